package help

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// describe says what the name at the cursor means: its declaration, and its
// comment.
func (c *checked) describe() string {
	path := c.path()
	for _, node := range slices.Backward(path) {
		switch n := node.(type) {
		case *ast.Ident:
			if text := c.meaning(n); text != "" {
				return text
			}
		case *ast.CallExpr:
			if n.Lparen < c.pos {
				return c.meaning(function(n.Fun))
			}
		}
	}
	return ""
}

// function is the name of what is called.
func function(f ast.Expr) *ast.Ident {
	switch f := f.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.ParenExpr:
		return function(f.X)
	case *ast.IndexExpr:
		return function(f.X)
	case *ast.IndexListExpr:
		return function(f.X)
	}
	return nil
}

func (c *checked) meaning(id *ast.Ident) string {
	if id == nil {
		return ""
	}
	obj := c.info.ObjectOf(id)
	if obj == nil {
		// A package that the cell does not use yet.
		if paths := c.packages(id.Name, nil); len(paths) > 0 {
			return c.packageText(id.Name, paths[0])
		}
		return ""
	}
	if p, ok := obj.(*types.PkgName); ok {
		return c.packageText(p.Name(), p.Imported().Path())
	}
	text := c.declaration(obj)
	if doc := c.doc(obj); doc != "" {
		text += "\n\n" + doc
	}
	return text
}

func (c *checked) packageText(name, path string) string {
	return strings.TrimSpace(fmt.Sprintf("package %s // import %q\n\n%s", name, path, c.reference[path].Docs[""]))
}

// declaration is what declares the object, a struct with a line for each field.
func (c *checked) declaration(obj types.Object) string {
	short := func(p *types.Package) string {
		if p == c.pkg {
			return ""
		}
		return p.Name()
	}
	text := types.ObjectString(obj, short)
	switch obj := obj.(type) {
	case *types.Const:
		return text + " = " + obj.Val().String()
	case *types.TypeName:
		s, ok := obj.Type().Underlying().(*types.Struct)
		if !ok || obj.IsAlias() {
			return text
		}
		head, _, _ := strings.Cut(text, " struct{")
		lines, hidden := "", ""
		for f := range s.Fields() {
			if c.visible(f) {
				lines += "\t" + f.Name() + " " + types.TypeString(f.Type(), short) + "\n"
			} else {
				hidden = "\t// and what is not exported\n"
			}
		}
		return head + " struct {\n" + lines + hidden + "}"
	}
	return text
}

// doc returns the comment of what is declared by a package or by a cell.
func (c *checked) doc(obj types.Object) string {
	if obj.Pkg() == nil { // the language's own
		return c.reference["builtin"].Docs[obj.Name()]
	}
	names := []string{obj.Name()}
	switch obj := obj.(type) {
	case *types.Func:
		if receiver := obj.Signature().Recv(); receiver != nil {
			names = []string{typeName(receiver.Type()) + "." + obj.Name()}
		}
	case *types.Var:
		if obj.IsField() {
			names = owners(obj)
		} else if obj.Parent() != obj.Pkg().Scope() {
			return "" // a local variable
		}
	}
	for _, name := range names {
		if obj.Pkg() == c.pkg {
			return c.cellDoc(name)
		}
		if doc := c.reference[obj.Pkg().Path()].Docs[name]; doc != "" {
			return doc
		}
	}
	return ""
}

func typeName(t types.Type) string {
	switch t := types.Unalias(deref(t)).(type) {
	case *types.Named:
		return t.Obj().Name()
	}
	return ""
}

// owners returns the names that a field has in its package's structs: T.F.
func owners(f *types.Var) []string {
	var names []string
	for _, text := range f.Pkg().Scope().Names() {
		t, ok := f.Pkg().Scope().Lookup(text).(*types.TypeName)
		if !ok {
			continue
		}
		if s, ok := t.Type().Underlying().(*types.Struct); ok {
			for own := range s.Fields() {
				if own == f.Origin() {
					names = append(names, text+"."+f.Name())
				}
			}
		}
	}
	return names
}

// cellDoc returns the comment on a declaration of the cells, the last one's.
func (c *checked) cellDoc(name string) string {
	of, method, _ := strings.Cut(name, ".")
	for _, cell := range slices.Backward(append(slices.Clone(c.question.Cells), Cell{Source: c.question.Source})) {
		code, _, _ := body(cell.Source, 0)
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, "cell.go", header+"\n"+code, parser.ParseComments|parser.SkipObjectResolution)
		for _, decl := range file.Decls { // go/doc leaves out the methods of what the cell does not declare
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Name.Name == method && f.Recv != nil && len(f.Recv.List) == 1 && strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*") == of {
				return strings.TrimSpace(f.Doc.Text())
			}
		}
		if docs, err := comments(fset, []*ast.File{file}, "main", doc.AllDecls); err == nil && docs[name] != "" {
			return docs[name]
		}
	}
	return ""
}
