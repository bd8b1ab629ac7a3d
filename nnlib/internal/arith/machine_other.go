//go:build !((amd64 || arm64) && !purego) && !(wasm && wasmsimd)

package arith

// machine returns nothing: this one is served by portable Go alone.
func machine() []*implementation { return nil }
