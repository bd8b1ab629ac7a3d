package arith

import (
	"fmt"
	"os"
)

//go:generate go -C _amd64 run . -pkg arith -out ../loops_amd64.s -stubs ../loops_amd64.go
//go:generate go run ./_arm64 -out loops_arm64.s -stubs loops_arm64.go
//go:generate go -C _wasm run .

// implementations lists what can run on this processor, the fastest first.
// The file of each machine, machine_*.go, says what it adds to the portable
// ones.
var implementations = append(machine(), &portable, &sparse)

// sparse stands for no fast path at all: the loops of sparse.go, which serve
// any data.
var sparse = implementation{name: "sparse"}

// selected is what NewFast uses: the fastest, or what NNBOOK_ARITH names.
var selected = implementations[0]

// Err says what is wrong with NNBOOK_ARITH.
var Err error

func init() {
	if name := os.Getenv("NNBOOK_ARITH"); name != "" {
		Err = Select(name)
	}
}

// Names lists the implementations that can run on this processor, the fastest
// first.
func Names() []string {
	var names []string
	for _, impl := range implementations {
		names = append(names, impl.name)
	}
	return names
}

// Select chooses the implementation for what NewFast returns from now on. It is
// for tests, and not to be called while networks are trained.
func Select(name string) error {
	for _, impl := range implementations {
		if impl.name == name {
			selected = impl
			return nil
		}
	}
	return fmt.Errorf("nnlib: NNBOOK_ARITH is %q, want one of %q", name, Names())
}
