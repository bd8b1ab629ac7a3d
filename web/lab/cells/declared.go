package cells

import (
	"cmp"
	"go/ast"
	"slices"
)

// What package help asks, which looks at a cell that is still being written.

// Declared returns a program of all that is declared. It does nothing.
func (s *Session) Declared() (string, error) {
	var p Program
	s.next = s.units
	err := s.compose(&p, false)
	return p.Main, err
}

// Declares reports whether a cell has declared the name, other than by an import.
func (s *Session) Declares(name string) bool {
	return slices.ContainsFunc(s.units, func(u unit) bool { return u.kind != "import" && slices.Contains(u.names, name) })
}

// Imported returns the path that a cell has imported under this name, or "".
func (s *Session) Imported(name string) string {
	for _, u := range s.units {
		if u.kind == "import" && cmp.Or(u.names[0], s.index.Packages[u.path].Name) == name {
			return u.path
		}
	}
	return ""
}

// Find returns the path of the package that a cell means which selects this of
// a name, or "".
func (s *Session) Find(name string, selected []string) string {
	return cmp.Or(s.Imported(name), s.index.find(name, selected))
}

// Selected returns what a file selects (x.Y) of names that it does not declare:
// {x: {Y, …}}.
func Selected(file *ast.File) map[string][]string { return selected(file) }
