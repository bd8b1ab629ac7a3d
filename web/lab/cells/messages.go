package cells

import (
	"errors"
	"fmt"
	"go/scanner"
	"regexp"
	"strconv"
	"strings"
)

// A place in a cell, as the compiler and a panic name it.
var place = regexp.MustCompile(`(?m)(?:\S*/)?Cell\[(\d+)\]:(\d+)(?::(\d+))?(:)?`)

// Explain returns a text of the compiler or of a panic with places in the words
// of the notebook. Where an error has a column, its line of the cell follows.
func (s *Session) Explain(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		m := place.FindStringSubmatch(line)
		if m == nil {
			if !strings.HasPrefix(line, "# ") { // the package's name
				b.WriteString(line)
			}
			continue
		}
		b.WriteString(place.ReplaceAllString(line, "Cell[$1]: Line $2$4"))
		id, _ := strconv.Atoi(m[1])
		number, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		if source := s.sources[id]; m[4] != "" && column > 0 && number >= 1 && number <= len(source) {
			shown := source[number-1]
			before := []rune(shown[:min(column-1, len(shown))])
			for i, r := range before {
				if r != '\t' {
					before[i] = ' '
				}
			}
			if !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "    %s\n    %s^\n", shown, string(before))
		}
	}
	return b.String()
}

// problem is an error at a place of a cell.
func (s *Session) problem(cell, line, column int, format string, args ...any) error {
	//lint:ignore ST1005 as the kernel on a machine names a cell
	return s.explained(fmt.Errorf("Cell[%d]:%d:%d: %s", cell, line, column, fmt.Sprintf(format, args...)))
}

func (s *Session) explained(err error) error {
	text := err.Error()
	var list scanner.ErrorList
	if errors.As(err, &list) {
		text = ""
		for _, e := range list {
			text += e.Error() + "\n"
		}
	}
	return errors.New(strings.TrimSuffix(s.Explain(text), "\n"))
}
