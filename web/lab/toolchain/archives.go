package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nnbook/web/lab/cells"
)

// Archives lie together in a file if a cell that needs one needs the others,
// too: that is fewer files to ask for, and what is alike is packed once. The
// files are, in this order, what the book's cells use, in two as the one changes
// with Go and its modules alone, the modules that figures need besides, and the
// rest, each by itself.
var together = []struct {
	name  string
	roots []string
	has   func(path string) bool
}{
	{"modules", each, notOurs},
	{"book", each, func(string) bool { return true }},
	{"figures", figures, notOurs},
}

var each, figures = []string{"nnbook/nb", "nnbook/nnlib", "nnbook/nnlib/nprand", "nnbook/mnist"}, []string{"nnbook/nb/nnplot"}

func notOurs(path string) bool { return !strings.HasPrefix(path, cells.Book) }

// bundle writes the archives, and says in the index where each lies.
func bundle(folder string, index *cells.Index, archives map[string][]byte) error {
	left := maps.Clone(archives)
	write := func(name string, paths []string) error {
		var all []byte
		for _, path := range paths {
			p := index.Packages[path]
			p.Bundle, p.At, p.Size = name, len(all), len(archives[path])
			index.Packages[path] = p
			all = append(all, archives[path]...)
			delete(left, path)
		}
		file, err := put(folder, name+".archives", all)
		index.Bundles[name] = file
		return err
	}
	for _, b := range together {
		paths := index.Closure(b.roots)
		paths = slices.DeleteFunc(paths, func(path string) bool { return left[path] == nil || !b.has(path) })
		if err := write(b.name, paths); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(left)) {
		if err := write(strings.ReplaceAll(path, "/", "-"), []string{path}); err != nil {
			return err
		}
	}
	_, index.First = index.Linked(each)
	_, index.Later = index.Linked(figures)
	index.Later = slices.DeleteFunc(index.Later, func(name string) bool { return slices.Contains(index.First, name) })
	return nil
}

// withoutExports returns an archive that the linker can read and the compiler
// need not: it reads those alone that a cell names.
func withoutExports(archive []byte) ([]byte, error) {
	const magic = "!<arch>\n"
	const header = 60 // of a part: name 16, date 12, owner 6, group 6, mode 8, size 10, end 2
	if len(archive) < len(magic)+header || !bytes.HasPrefix(archive, []byte(magic+"__.PKGDEF")) {
		return nil, errors.New("an archive that does not begin with what it exports")
	}
	sizeAt, end := len(magic)+48, len(magic)+header
	size, err := strconv.Atoi(strings.TrimSpace(string(archive[sizeAt : sizeAt+10])))
	if size += size % 2; err != nil || size < 0 || end+size > len(archive) {
		return nil, fmt.Errorf("an archive whose first part has %q bytes, of %d", archive[sizeAt:sizeAt+10], len(archive))
	}
	return slices.Concat(archive[:sizeAt], fmt.Appendf(nil, "%-10d", 0), archive[sizeAt+10:end], archive[end+size:]), nil
}
