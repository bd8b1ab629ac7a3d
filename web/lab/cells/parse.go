package cells

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
)

const header = "package main\n" // in front of a cell's code: the cell's line 1 is line 2

// parse returns what the code of a cell declares.
func parse(id int, code string) ([]unit, error) {
	fset := token.NewFileSet()
	src := header + code
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if list, ok := err.(scanner.ErrorList); ok {
		list.RemoveMultiples()
		for _, e := range list {
			e.Pos.Filename = fmt.Sprintf("Cell[%d]", id)
			e.Pos.Line--
		}
		return nil, list
	} else if err != nil {
		return nil, err
	}
	c := cell{id, src, fset}
	var units []unit
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			u := c.unit("func", d.Pos(), d.End())
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) == 1 {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			u.names, u.at = []string{name}, []int{c.offset(d.Name.Pos()) - c.offset(d.Pos())}
			units = append(units, u)
		case *ast.GenDecl:
			units = append(units, c.group(d)...)
		}
	}
	return units, nil
}

// receiver is the type's name of a method's receiver.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.ParenExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// cell is a cell's code while its declarations are taken apart.
type cell struct {
	id   int
	src  string
	fset *token.FileSet
}

func (c cell) offset(pos token.Pos) int { return c.fset.PositionFor(pos, false).Offset }

func (c cell) unit(kind string, from, to token.Pos) unit {
	place := c.fset.PositionFor(from, false)
	return unit{kind: kind, text: c.src[place.Offset:c.offset(to)], cell: c.id, line: place.Line - 1, column: place.Column}
}

// group returns the parts of a declaration: constants stay together, as each may
// take its value from the one above it.
func (c cell) group(d *ast.GenDecl) []unit {
	if len(d.Specs) == 0 {
		return nil
	}
	if d.Tok == token.CONST {
		u := c.unit("const", d.Specs[0].Pos(), d.Specs[len(d.Specs)-1].End())
		for _, spec := range d.Specs {
			u = c.named(u, spec.(*ast.ValueSpec).Names, d.Specs[0].Pos())
		}
		return []unit{u}
	}
	var units []unit
	for _, spec := range d.Specs {
		u := c.unit(d.Tok.String(), spec.Pos(), spec.End())
		switch s := spec.(type) {
		case *ast.ImportSpec:
			u.path, _ = strconv.Unquote(s.Path.Value)
			u.names = []string{""}
			if s.Name != nil {
				u.names[0] = s.Name.Name
			}
		case *ast.TypeSpec:
			u = c.named(u, []*ast.Ident{s.Name}, spec.Pos())
		case *ast.ValueSpec:
			u = c.named(u, s.Names, spec.Pos())
		}
		units = append(units, u)
	}
	return units
}

// named adds names to a unit whose text begins at from.
func (c cell) named(u unit, names []*ast.Ident, from token.Pos) unit {
	for _, id := range names {
		u.names = append(u.names, id.Name)
		u.at = append(u.at, c.offset(id.Pos())-c.offset(from))
	}
	return u
}
