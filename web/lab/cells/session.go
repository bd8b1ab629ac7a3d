// Package cells makes Go programs of a notebook's cells, as GoNB does, for the
// lab that runs in a browser. What a cell declares stays for the cells after it
// and is replaced by what they declare under the same name; what stands after
// %% is the body of main.
//
//	s := cells.New(index)
//	p, err := s.Cell(3, source)   // p.Main is the text of main.go
//	s.Keep()                      // it has compiled: its declarations stay
//
// Files: session.go what is declared, parse.go a cell's text, imports.go what a
// program imports, commands.go the lines that begin with %, build.go how a
// program is built, messages.go what the compiler and a panic say, by the cell's
// lines.
package cells

import (
	"fmt"
	"slices"
	"strings"
)

// Session is what one kernel knows of its notebook.
type Session struct {
	index   *Index
	units   []unit           // declared by cells that compiled
	next    []unit           // those, and what the cell at hand declares
	sources map[int][]string // the lines of each cell, for messages
	env     map[string]string
}

// New returns the session of a notebook of which no cell has run.
func New(index *Index) *Session {
	return &Session{index: index, sources: map[int][]string{}, env: map[string]string{}}
}

// Program is what a cell becomes.
type Program struct {
	Says     string            `json:"says"`     // answers to the cell's commands
	Main     string            `json:"main"`     // the text of main.go; empty: there is nothing to compile
	Runs     bool              `json:"runs"`     // else it declares only, and is compiled to be checked
	Digits   bool              `json:"digits"`   // it reads MNIST, or may
	Imports  []string          `json:"imports"`  // the packages that main.go names
	Packages []string          `json:"packages"` // the packages that it is linked with
	Bundles  []string          `json:"bundles"`  // in which they lie
	Ready    string            `json:"ready"`    // the key of the program, where the lab has it
	Args     []string          `json:"args"`
	Env      map[string]string `json:"env"`
}

// unit is one declaration: a function, a method, an import, a type, or what
// stands together: constants in their parentheses, variables with one value.
type unit struct {
	kind         string   // "import", "const", "type", "var", "func"
	names        []string // what it declares, "T.M" for a method M of T
	at           []int    // where the names stand in text; of an init_…, where that stands
	path         string   // of an import, whose only name is the one given to it, or ""
	text         string   // less the keyword and parentheses, but for functions
	cell         int
	line, column int
}

// Cell returns the program of a cell, numbered as in the notebook. An error is
// for the reader, with the cell's lines.
func (s *Session) Cell(id int, source string) (*Program, error) {
	s.next = s.units
	s.sources[id] = strings.Split(source, "\n")
	p := &Program{Args: []string{}, Imports: []string{}, Packages: []string{}, Bundles: []string{}}
	code, err := s.commands(source, p)
	if err != nil {
		return nil, err
	}
	p.Env = s.env
	if strings.TrimSpace(code) == "" {
		s.next = s.units
		return p, nil
	}
	declared, err := parse(id, code)
	if err != nil {
		return nil, s.explained(err)
	}
	if len(declared) == 0 { // a comment
		s.next = s.units
		return p, nil
	}
	s.next = replaced(s.units, declared)
	p.Runs = slices.ContainsFunc(declared, func(u unit) bool { return u.kind == "var" || u.runs() })
	return p, s.compose(p, slices.ContainsFunc(declared, unit.isMain))
}

// Keep is called when the last cell's program has compiled.
func (s *Session) Keep() {
	s.units = slices.DeleteFunc(slices.Clone(s.next), unit.isMain)
}

func (u unit) isMain() bool { return u.kind == "func" && u.names[0] == "main" }

// runs reports whether a function is called without anything calling it.
func (u unit) runs() bool {
	return u.kind == "func" && (u.isMain() || u.names[0] == "init" || strings.HasPrefix(u.names[0], "init_"))
}

// replaced returns the old declarations, less what the new ones declare anew,
// and the new ones.
func replaced(old, declared []unit) []unit {
	var units []unit
	for _, o := range old {
		for _, d := range declared {
			if o.kind == "import" || d.kind == "import" {
				if o.kind == d.kind && o.path == d.path && o.names[0] == d.names[0] {
					o.names = nil
				}
			} else if o.kind == d.kind && o.text == d.text {
				o.names = nil
			} else {
				for _, name := range d.names {
					o = o.without(name)
				}
			}
			if len(o.names) == 0 {
				break
			}
		}
		if len(o.names) > 0 {
			units = append(units, o)
		}
	}
	return append(units, declared...)
}

// without returns the unit without a name that is now declared elsewhere: what
// stands together with others becomes _, so that they keep their values. A unit
// without names is gone.
func (u unit) without(name string) unit {
	i := slices.Index(u.names, name)
	if i < 0 || name == "_" {
		return u
	}
	if at := u.at[i]; len(u.names) > 1 {
		u.text = u.text[:at] + "_" + u.text[at+len(name):]
		u.at = slices.Clone(u.at)
		for j := range u.at {
			if u.at[j] > at {
				u.at[j] += len("_") - len(name)
			}
		}
	}
	u.names = slices.Clone(u.names)
	u.names[i] = "_"
	if !slices.ContainsFunc(u.names, func(n string) bool { return n != "_" }) {
		u.names = nil
	}
	return u
}

// compose writes main.go. Directives keep the cells' lines in what the compiler
// and a panic say.
func (s *Session) compose(p *Program, hasMain bool) error {
	var b strings.Builder
	for _, kind := range []string{"type", "const", "var", "func"} {
		for _, u := range s.next {
			if u.kind != kind {
				continue
			}
			place := fmt.Sprintf("//line Cell[%d]:%d:%d\n", u.cell, u.line, u.column)
			if kind != "func" {
				fmt.Fprintf(&b, "%s (\n%s%s\n)\n", kind, place, u.text)
				continue
			}
			text := u.text
			if strings.HasPrefix(u.names[0], "init_") {
				text = text[:u.at[0]] + "init" + text[u.at[0]+len(u.names[0]):]
			}
			b.WriteString(place + text + "\n")
		}
	}
	if !hasMain {
		b.WriteString("func main() {}\n")
	}
	imports, err := s.imports(b.String(), p)
	if err != nil {
		return err
	}
	p.Main = "package main\n" + imports + b.String()
	s.index.place(p)
	return nil
}
