package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"nnbook/web/lab/cells"
)

func part(name, content string) string {
	head := name + strings.Repeat(" ", 16-len(name)) + "0           0     0     644     "
	size := []byte("          ")
	copy(size, strconv.Itoa(len(content)))
	if len(content)%2 == 1 {
		content += "\x00"
	}
	return head + string(size) + "`\n" + content
}

func TestAnArchiveWithoutExportsKeepsItsObject(t *testing.T) {
	object := part("_go_.o", "machine code")
	for _, exported := range []string{"", "even", "odd"} {
		got, err := withoutExports([]byte("!<arch>\n" + part("__.PKGDEF", exported) + object))
		if want := "!<arch>\n" + part("__.PKGDEF", "") + object; err != nil || string(got) != want {
			t.Errorf("exports %q: %q, %v, want %q", exported, got, err, want)
		}
	}
	for _, broken := range []string{"", "!<arch>\n", "!<arch>\n" + object, "!<arch>\n" + part("__.PKGDEF", "four")[:62]} {
		if got, err := withoutExports([]byte(broken)); err == nil {
			t.Errorf("%q became %q, want an error", broken, got)
		}
	}
}

func TestBundlesHoldEachArchiveOnce(t *testing.T) {
	folder := t.TempDir()
	index := cells.Index{Bundles: map[string]cells.File{}, Packages: map[string]cells.Package{
		"runtime": {}, "fmt": {Imports: []string{"runtime"}}, "nnbook/nb": {Imports: []string{"fmt", "gonum.org/x"}},
		"gonum.org/x": {Imports: []string{"fmt"}}, "crypto/md5": {}, "unsafe": {},
	}}
	archives := map[string][]byte{}
	for _, path := range []string{"runtime", "fmt", "nnbook/nb", "gonum.org/x", "crypto/md5"} {
		archives[path] = []byte("archive of " + path)
	}
	if err := bundle(folder, &index, archives); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"runtime": "modules", "fmt": "modules", "gonum.org/x": "modules", "nnbook/nb": "book", "crypto/md5": "crypto-md5", "unsafe": ""} {
		p := index.Packages[path]
		if p.Bundle != want {
			t.Errorf("%s is in the bundle %q, want %q", path, p.Bundle, want)
		} else if want != "" {
			content, err := os.ReadFile(filepath.Join(folder, index.Bundles[want].Name))
			if err != nil || string(content[p.At:p.At+p.Size]) != string(archives[path]) {
				t.Errorf("%s is not at %d of %q (%v)", path, p.At, content, err)
			}
		}
	}
}

// A new version of Go, or of a module, may have something else where we edit.
func TestEachEditFindsItsPlace(t *testing.T) {
	t.Chdir("../../..")
	if _, err := oneMachine(t.TempDir()); err != nil {
		t.Error(err)
	}
	if _, err := lightModules(t.TempDir()); err != nil {
		t.Error(err)
	}
}
