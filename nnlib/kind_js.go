package nnlib

// mimeTypes knows none: in WebAssembly the library that does is left out, since
// a page would take a tenth longer to load.
func mimeTypes([]byte) []string { return nil }
