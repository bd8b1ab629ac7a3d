package nnlib

import "bytes"

// mimeTypes knows a web page, which is what comes most often in the place of a
// file. The library that knows the rest is left out in WebAssembly, since a page
// would take a tenth longer to load.
func mimeTypes(head []byte) []string {
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))))
	if bytes.HasPrefix(text, []byte("<!doctype html")) || bytes.HasPrefix(text, []byte("<html")) {
		return []string{"text/html", "text/plain"}
	}
	return nil
}
