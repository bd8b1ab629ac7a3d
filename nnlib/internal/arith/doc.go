// Package arith is the arithmetic of nnlib: sums of products, exp and the
// sigmoid, each with every rounding and the order of every addition fixed, so
// that they give the same bits on every machine. docs/arithmetic.md specifies
// it and says where it comes from; in short, a matrix times a vector adds up
// its products in interleaved lanes, as the vector unit of one processor did
// for the published numbers.
//
// Two rules hold throughout. A product that is added is either rounded first,
// float64(x*y) + z, or not at all, fma(x, y, z), which is math.FMA with a faster
// substitute where the processor has no such instruction: a plain x*y + z would
// be left to the compiler, which fuses it on some processors. And math.Exp and
// math.Log are not used, as they differ between them.
//
// Read generic.go first: dense loops that read like the specification, and
// define what all else must compute, bit for bit. sparse.go skips what cannot
// change a bit, the zero pixels, and serves any data on any processor.
//
// The fast path is for images. layout.go gives the weights an order that suits
// vectors of neurons; implementation.go declares the inner loops; portable.go
// has them in Go; fast.go makes mini-batches of them. A processor may have them
// in assembly, a browser in WebAssembly: machine_*.go says what it has, and the
// generator in a folder of its name, like _amd64, writes each loop. select.go
// chooses. Tests compare each implementation with portable.go, and every path
// with generic.go.
package arith
