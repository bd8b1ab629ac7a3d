package help

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"nnbook/web/lab/cells"
)

const (
	header = "package main;"
	// What stands for a name of which nothing is written yet: "x." is no expression.
	nothing = "nothing_yet"
)

// checked is a cell, as far as it can be understood.
type checked struct {
	*Help
	question Question
	prefix   string    // what is written of the name at the cursor
	pos      token.Pos // of the cursor
	file     *ast.File
	pkg      *types.Package
	info     *types.Info
	selected map[string][]string // of packages that are not declared
}

// check parses and checks the cell; nil where the cursor is in no Go code.
func (h *Help) check(q Question, completes bool) *checked {
	h.know(q.Cells)
	code, at, ok := body(q.Source, q.Cursor)
	if !ok {
		return nil
	}
	word := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	prefix := code[len(strings.TrimRightFunc(code[:at], word)):at]
	if next, _ := utf8.DecodeRuneInString(code[at:]); completes && prefix == "" && !word(next) {
		code = code[:at] + nothing + code[at:]
	}
	c := &checked{Help: h, question: q, prefix: prefix}
	file, code := legible(code, at)
	imports := c.imports(file) + "\n"
	fset := token.NewFileSet()
	mode := parser.AllErrors | parser.SkipObjectResolution | parser.ParseComments
	c.file, _ = parser.ParseFile(fset, "", header+imports+code, mode)
	c.pos = c.file.FileStart + token.Pos(len(header)+len(imports)+at)
	if c.comment() {
		return nil
	}
	files := []*ast.File{c.file} // first: what it declares counts
	if earlier, _ := parser.ParseFile(fset, "", h.declared, mode); earlier != nil {
		files = append(files, earlier)
	}
	c.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, Implicits: map[ast.Node]types.Object{},
	}
	config := types.Config{Importer: h.importer, Error: func(error) {}} // goes on where something is wrong
	c.pkg, _ = config.Check("main", fset, files, c.info)
	return c
}

// legible parses the code. The parser skips much after an error, so where that
// loses the cursor, lines with errors are left out but for their braces.
func legible(code string, at int) (*ast.File, string) {
	for range 10 {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", header+"\n"+code, parser.AllErrors)
		var list scanner.ErrorList
		if understood(file, file.FileStart+token.Pos(len(header)+1+at)) || !errors.As(err, &list) {
			return file, code
		}
		before := code
		for _, e := range list {
			offset := min(e.Pos.Offset-len(header)-1, len(code))
			from := strings.LastIndex(code[:offset], "\n") + 1
			to := len(code)
			if i := strings.Index(code[offset:], "\n"); i >= 0 {
				to = offset + i
			}
			if at < from || to < at {
				code = code[:from] + blank(code[from:to]) + code[to:]
			}
			if code != before {
				break
			}
		}
		if code == before {
			return file, code
		}
	}
	file, _ := parser.ParseFile(token.NewFileSet(), "", header+"\n"+code, parser.AllErrors)
	return file, code
}

// understood reports whether there is a name at a place.
func understood(file *ast.File, pos token.Pos) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && inside(id, pos) {
			found = true
		}
		return !found
	})
	return found
}

// blank returns as many bytes, spaces in place of all but the braces that the
// line leaves open or closes.
func blank(line string) string {
	b := bytes.Repeat([]byte{' '}, len(line))
	var open []int
	for i := range b {
		switch {
		case line[i] == '{':
			open = append(open, i)
		case line[i] == '}' && len(open) > 0:
			open = open[:len(open)-1]
		case line[i] == '}':
			b[i] = '}'
		}
	}
	for _, i := range open {
		b[i] = '{'
	}
	return string(b)
}

// imports returns import declarations for the packages that the cell selects
// from, and does not import itself.
func (c *checked) imports(file *ast.File) string {
	c.selected = cells.Selected(file)
	maps.DeleteFunc(c.selected, func(name string, _ []string) bool { return c.session.Declares(name) })
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		if spec.Name != nil {
			delete(c.selected, spec.Name.Name)
		} else {
			delete(c.selected, c.index.Packages[path].Name)
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.selected)) {
		// What is half written is no name of the package yet.
		c.selected[name] = slices.DeleteFunc(c.selected[name], func(s string) bool { return s == nothing || s == c.prefix })
		path := c.session.Imported(name)
		if path != "" {
			delete(c.selected, name)
		} else {
			path = c.session.Find(name, c.selected[name])
		}
		if path != "" {
			fmt.Fprintf(&b, "import %s %q; ", name, path)
		}
	}
	return b.String()
}

// comment reports whether the cursor is in a comment or a text.
func (c *checked) comment() bool {
	found := false
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			quoted := n.Kind == token.STRING || n.Kind == token.CHAR
			found = found || quoted && n.Pos() < c.pos && c.pos < n.End()
		case *ast.CommentGroup:
			return false
		}
		return true
	})
	for _, group := range c.file.Comments {
		for _, comment := range group.List {
			found = found || comment.Pos() < c.pos && c.pos <= comment.End()
		}
	}
	return found
}

// body returns the Go code of a cell, the lines after %% as the body of main,
// and where the cursor is in it; not ok, where that is in no Go code.
func body(source string, cursor int) (code string, at int, ok bool) {
	characters := []rune(source)
	if cursor < 0 || cursor > len(characters) {
		return "", 0, false
	}
	left := len(string(characters[:cursor])) // bytes in front of the cursor
	var b strings.Builder
	inMain := false
	for line := range strings.Lines(source) {
		text := strings.TrimSuffix(line, "\n")
		command := strings.HasPrefix(text, "%") || strings.HasPrefix(text, "!")
		if left >= 0 && left <= len(text) {
			at, ok = b.Len()+left, !command
		}
		left -= len(line)
		if words := strings.Fields(text); command && !inMain && (words[0] == "%%" || words[0] == "%main") {
			inMain = true
			text = "func main() {"
		} else if command {
			text = ""
		}
		b.WriteString(text + "\n")
	}
	if source == "" || left == 0 && strings.HasSuffix(source, "\n") { // on a last line that is empty
		at, ok = b.Len(), true
		b.WriteString("\n")
	}
	if inMain {
		b.WriteString("}\n")
	}
	return b.String(), at, ok
}
