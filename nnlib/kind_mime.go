//go:build !js

package nnlib

import (
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// mimeTypes returns the MIME type of a file that begins with head, and the more
// general ones; none if it is unknown.
func mimeTypes(head []byte) (types []string) {
	for m := mimetype.Detect(head); m.Parent() != nil; m = m.Parent() {
		mime, _, _ := strings.Cut(m.String(), ";") // without the character set
		types = append(types, mime)
	}
	return types
}
