package cells

import (
	"fmt"
	"slices"
	"strings"
)

const help = `Cells are Go, compiled and run in this tab. What a cell declares stays; after %% comes what it does.
%% or %main [ARGUMENTS]   the rest of the cell is the body of main
%args ARGUMENTS           what the program finds in os.Args
%env NAME VALUE           sets an environment variable, for this cell and those after it
%list, %ls                says what is declared
%remove, %rm NAME …       forgets declarations
%reset                    forgets all of them
%version                  says which Go this is
`

// commands carries out the lines that begin with %, and returns the cell's Go
// code with the same lines, main's body in its braces.
func (s *Session) commands(source string, p *Program) (string, error) {
	lines := strings.Split(source, "\n")
	inMain := false
	for i, line := range lines {
		if !strings.HasPrefix(line, "%") && !strings.HasPrefix(line, "!") {
			continue
		}
		lines[i] = ""
		words := strings.Fields(strings.TrimPrefix(line, "%"))
		if strings.HasPrefix(line, "!") {
			words = []string{line}
		}
		if len(words) == 0 {
			continue
		}
		switch command, rest := words[0], words[1:]; command {
		case "%", "main":
			if inMain {
				return "", s.problem(s.last(source), i+1, 1, "main begins twice")
			}
			inMain = true
			lines[i] = "func main() {"
			if len(rest) > 0 {
				p.Args = rest
				lines[i] += " flag.Parse()"
			}
		case "args":
			p.Args = rest
		case "env":
			name, value, ok := strings.Cut(strings.Join(rest, " "), "=")
			if !ok {
				name, value, _ = strings.Cut(strings.Join(rest, " "), " ")
			}
			if name == "" {
				return "", s.problem(s.last(source), i+1, 1, "%%env of nothing, want %%env NAME VALUE")
			}
			s.env[name] = value
		case "ls", "list":
			p.Says += s.list()
		case "rm", "remove":
			for _, name := range rest {
				if !slices.ContainsFunc(s.units, func(u unit) bool { return slices.Contains(u.names, name) }) {
					p.Says += fmt.Sprintf("%s is not declared.\n", name)
				}
				s.units = replaced(s.units, []unit{{kind: "func", names: []string{name}}})
				s.units = s.units[:len(s.units)-1]
			}
		case "reset":
			s.units = nil
		case "help":
			p.Says += help
		case "version":
			p.Says += s.index.Go + ", in the browser\n"
		case "autoget", "noautoget", "goflags", "widgets", "with_inputs", "with_password":
			// The lab's packages are all there is, and input is asked for when a program reads it.
		default:
			what := "%" + command
			if strings.HasPrefix(line, "!") {
				what = "!, a command of the shell,"
			}
			return "", s.problem(s.last(source), i+1, 1, "%s is not to be had in the browser; %%help says what is", what)
		}
	}
	if inMain {
		lines = append(lines, "}")
	}
	return strings.Join(lines, "\n"), nil
}

// last is the number of the cell that has this source: the one at hand.
func (s *Session) last(source string) int {
	id := 0
	for cell, lines := range s.sources {
		if cell > id && strings.Join(lines, "\n") == source {
			id = cell
		}
	}
	return id
}

// list says what is declared.
func (s *Session) list() string {
	var b strings.Builder
	for _, kind := range []string{"import", "const", "type", "var", "func"} {
		for _, u := range s.units {
			if u.kind != kind {
				continue
			}
			names := strings.Join(u.names, ", ")
			if kind == "import" {
				names = strings.TrimSpace(names + " " + u.path)
			}
			fmt.Fprintf(&b, "%s %s (cell %d)\n", kind, names, u.cell)
		}
	}
	if b.Len() == 0 {
		return "Nothing is declared.\n"
	}
	return b.String()
}
