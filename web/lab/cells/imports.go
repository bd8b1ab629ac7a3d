package cells

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// imports returns the import declarations that the code of a program needs, and
// tells p of them: those of the cells, as far as they are used, and for other
// names what the lab has, as goimports finds it.
func (s *Session) imports(code string, p *Program) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", header+code, 0)
	if err != nil {
		return "", err // each cell was parsed: it cannot be
	}
	var b strings.Builder
	add := func(name, path string) {
		if path != "C" {
			p.Imports = append(p.Imports, path)
			fmt.Fprintf(&b, "import %s %s\n", name, strconv.Quote(path))
		}
	}
	needed := selected(file)
	_, loads := needed["mnist"]
	p.Digits = loads || slices.Contains(needed["nb"], "Data")
	for _, u := range s.next {
		if u.kind != "import" {
			continue
		}
		name := u.names[0]
		has, ok := s.index.Packages[u.path]
		switch {
		case !ok || has.Exports == nil && u.path != "unsafe":
			return "", s.problem(u.cell, u.line, u.column, "package %s does not come with the lab in the browser", u.path)
		case name == "_" || name == ".":
			add(name, u.path)
			continue
		}
		name = cmp.Or(name, has.Name)
		if _, ok := needed[name]; ok {
			add(name, u.path)
			delete(needed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if path := s.index.find(name, needed[name]); path != "" {
			add(name, path)
		}
	}
	return b.String(), nil
}

// selected returns what a program selects (x.Y) of names that it does not
// declare: {x: {Y, …}}.
func selected(file *ast.File) map[string][]string {
	unresolved := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		unresolved[id] = true
	}
	found := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && unresolved[x] {
				found[x.Name] = append(found[x.Name], sel.Sel.Name)
			}
		}
		return true
	})
	return found
}

// find returns the path of the package of this name that exports all that is
// selected of it. Of several it takes the standard library's, then what
// goimports would: crypto/rand, if that has it all, before math/rand.
func (index *Index) find(name string, selected []string) string {
	best := ""
	for path, p := range index.Packages {
		has := func(export string) bool { return slices.Contains(p.Exports, export) }
		if p.Name != name || p.Exports == nil || slices.ContainsFunc(selected, func(s string) bool { return !has(s) }) {
			continue
		}
		standard := func(path string) bool { return !strings.Contains(path, ".") && !strings.HasPrefix(path, Book) }
		before := func(a, b string) int {
			if standard(a) != standard(b) {
				return map[bool]int{true: -1, false: 1}[standard(a)]
			}
			return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
		}
		if best == "" || before(path, best) < 0 {
			best = path
		}
	}
	return best
}
