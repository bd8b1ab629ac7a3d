package cells

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Steps are how a program is built: what stands in importcfg, and what the
// compiler and the linker are called with.
type Steps struct {
	Config  string   `json:"config"`
	Compile []string `json:"compile"`
	Link    []string `json:"link"`
}

// Steps builds the program in a folder, from main.go and importcfg there to
// main.wasm, the same bytes in any folder. archive says where the archive of a
// package is.
func (p *Program) Steps(folder string, archive func(path string) string) Steps {
	var config strings.Builder
	for _, path := range p.Packages {
		fmt.Fprintf(&config, "packagefile %s=%s\n", path, archive(path))
	}
	fmt.Fprintf(&config, "packagefile command-line-arguments=%s/main.a\n", folder)
	in := func(arguments string) []string { return strings.Fields(strings.ReplaceAll(arguments, "$", folder)) }
	return Steps{
		Config:  config.String(),
		Compile: in("-o=$/main.a -p=main -complete -dwarf=false -importcfg=$/importcfg -trimpath=$=> -pack $/main.go"),
		Link:    in("-o=$/main.wasm -s -w -importcfg=$/importcfg -buildmode=exe $/main.a"),
	}
}

// place says what the program is linked with, or that the lab has it already.
func (index *Index) place(p *Program) {
	p.Packages, p.Bundles = index.Linked(p.Imports)
	if _, ok := index.Programs[p.Key()]; ok {
		p.Ready = p.Key()
	}
}

// Key tells a program from others, of which some come with the lab.
func (p *Program) Key() string {
	sum := sha256.Sum256([]byte(p.Main))
	return hex.EncodeToString(sum[:8])
}

// Linked returns the packages that a program with these imports is linked with,
// and the bundles in which they lie.
func (index *Index) Linked(imports []string) (packages, bundles []string) {
	for _, path := range index.Closure(append(slices.Clone(imports), "runtime")) {
		if bundle := index.Packages[path].Bundle; bundle != "" {
			packages = append(packages, path)
			if !slices.Contains(bundles, bundle) {
				bundles = append(bundles, bundle)
			}
		}
	}
	return packages, bundles
}

// Closure returns the packages and all that they import, sorted.
func (index *Index) Closure(paths []string) []string {
	seen := map[string]bool{}
	for todo := slices.Clone(paths); len(todo) > 0; {
		path := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[path] {
			seen[path] = true
			todo = append(todo, index.Packages[path].Imports...)
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
