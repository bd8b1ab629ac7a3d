// Package help completes names in a cell that is being written, and says what
// they mean, by Go's own parser and type checker: for the browser's lab.
//
//	h := help.New(index, reference)
//	h.Complete(help.Question{Cells: kept, Source: source, Cursor: 7})
//	h.Inspect(…)
//
// Files: help.go the questions, check.go a cell as far as it can be understood,
// names.go what may stand at a place, describe.go what a name means,
// reference.go what is known of the packages.
package help

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"slices"
	"strings"

	"nnbook/web/lab/cells"
)

// Help answers questions on the cells of one lab.
type Help struct {
	index     *cells.Index
	reference Reference
	importer  types.Importer

	kept     []Cell // what session knows
	session  *cells.Session
	declared string // its program
}

// Question is on a place in a cell.
type Question struct {
	Cells  []Cell // those that have compiled, in the order in which they ran
	Source string // of the cell at hand
	Cursor int    // characters in front of the cursor
}

// Cell is a cell that has compiled.
type Cell struct {
	Number int
	Source string
}

// Completion says what may stand in place of the characters from Start to End.
type Completion struct {
	Start, End int
	Names      []Name
}

// Name is one that may stand at a place.
type Name struct {
	Text string
	Kind string // "function", "variable", "field", "type", "constant", "package", "keyword"
}

// New returns the help on cells that are compiled with the packages of index.
func New(index *cells.Index, reference Reference) *Help {
	open := func(path string) (io.ReadCloser, error) {
		p, ok := reference[path]
		if !ok {
			return nil, fmt.Errorf("package %s does not come with the lab", path)
		}
		return io.NopCloser(bytes.NewReader(p.Export)), nil
	}
	return &Help{index: index, reference: reference, importer: importer.ForCompiler(token.NewFileSet(), "gc", open)}
}

// know brings the session up to the cells. Most often they are those of the last
// question, and a few more.
func (h *Help) know(all []Cell) {
	if h.session == nil || len(all) < len(h.kept) || !slices.Equal(h.kept, all[:len(h.kept)]) {
		h.session, h.kept = cells.New(h.index), nil
	}
	for _, cell := range all[len(h.kept):] {
		if _, err := h.session.Cell(cell.Number, cell.Source); err == nil { // it has compiled, so it is nil
			h.session.Keep()
		}
	}
	h.kept = slices.Clone(all)
	if program, err := h.session.Declared(); err == nil {
		h.declared = program
	}
}

// Complete returns the names that may stand at the cursor. There are none where
// nothing is understood.
func (h *Help) Complete(q Question) (done Completion) {
	done = Completion{Start: q.Cursor, End: q.Cursor, Names: []Name{}}
	defer func() { _ = recover() }() // the type checker is not made for what is half written
	c := h.check(q, true)
	if c == nil {
		return done
	}
	done.Start -= len([]rune(c.prefix))
	seen := map[string]bool{}
	for _, name := range c.names() {
		if !seen[name.Text] && len(name.Text) >= len(c.prefix) && strings.EqualFold(name.Text[:len(c.prefix)], c.prefix) {
			done.Names = append(done.Names, name)
		}
		seen[name.Text] = true
	}
	return done
}

// Inspect says what the name at the cursor means, or the function whose
// arguments stand there; "" where that is unknown.
func (h *Help) Inspect(q Question) (text string) {
	defer func() { _ = recover() }()
	c := h.check(q, false)
	if c == nil {
		return ""
	}
	return c.describe()
}

// packages returns the paths that a name may mean, less those that do not export
// what the cell selects; those of the standard library first.
func (h *Help) packages(name string, selected []string) []string {
	var paths []string
	for path, p := range h.index.Packages {
		lacks := func(export string) bool { return !slices.Contains(p.Exports, export) }
		if p.Name == name && p.Exports != nil && !slices.ContainsFunc(selected, lacks) {
			paths = append(paths, path)
		}
	}
	first := h.session.Find(name, selected)
	slices.SortFunc(paths, func(a, b string) int {
		if (a == first) != (b == first) {
			return map[bool]int{true: -1, false: 1}[a == first]
		}
		return cmp.Compare(a, b)
	})
	return paths
}

// importable returns the names of all packages that a cell may import.
func (h *Help) importable() []string {
	names := map[string]bool{}
	for _, p := range h.index.Packages {
		if p.Exports != nil {
			names[p.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// inside reports whether a place is in a node, its end included.
func inside(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos <= n.End() }
