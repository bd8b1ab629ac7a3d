// Command _wasm writes the inner loops for WebAssembly, two doubles to a vector:
// a module of SIMD, where fma is emulated as in fma.go; one of relaxed SIMD, with
// the loops that use fma; and their declarations in Go. portable.go says in plain
// Go what each of them computes.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

// module is a file of WebAssembly; suffix is what its functions' names end in.
type module struct {
	name, suffix string
	functions    []*function
}

func main() {
	folder := flag.String("o", "..", "folder to write to")
	flag.Parse()
	simd, relaxed := module{"simd", "SIMD", loops(false)}, module{"relaxed", "Relaxed", loops(true)}
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(*folder, name), content, 0o666); err != nil {
			log.Fatal(err)
		}
	}
	for _, m := range []module{simd, relaxed} {
		write("loops_"+m.name+".wasm", encode(m.functions))
	}
	write("loops_wasm.go", declare(simd, relaxed))
}
