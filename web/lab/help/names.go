package help

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// names returns what may stand at the cursor, the nearest first.
func (c *checked) names() []Name {
	path := c.path()
	for i, node := range slices.Backward(path) {
		if s, ok := node.(*ast.SelectorExpr); ok && s.X.End() < c.pos {
			return c.members(s)
		}
		if lit, ok := node.(*ast.CompositeLit); ok && lit.Lbrace < c.pos {
			if i+1 < len(path) && c.isKey(lit, path[i+1]) {
				return append(c.fields(lit), c.scoped()...)
			}
			break
		}
	}
	return c.scoped()
}

// path returns the nodes that the cursor is in, the innermost last.
func (c *checked) path() []ast.Node {
	var path []ast.Node
	ast.Inspect(c.file, func(n ast.Node) bool {
		if n == nil || !inside(n, c.pos) {
			return false
		}
		switch n.(type) {
		case *ast.Comment, *ast.CommentGroup:
			return false
		}
		path = append(path, n)
		return true
	})
	// Of siblings that meet at the cursor the later one is in the path as well, behind the earlier one's children.
	return path
}

// isKey reports whether an element of a literal is, or may become, a field's name.
func (c *checked) isKey(lit *ast.CompositeLit, element ast.Node) bool {
	if pair, ok := element.(*ast.KeyValueExpr); ok {
		return inside(pair.Key, c.pos)
	}
	_, ok := element.(*ast.Ident)
	return ok && slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool { return e == element })
}

// fields returns those of a literal's struct.
func (c *checked) fields(lit *ast.CompositeLit) []Name {
	t := c.info.TypeOf(lit)
	if t == nil {
		return nil
	}
	s, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var names []Name
	for f := range s.Fields() {
		if c.visible(f) {
			names = append(names, name(f))
		}
	}
	return names
}

// members returns what can be selected.
func (c *checked) members(s *ast.SelectorExpr) []Name {
	if x, ok := s.X.(*ast.Ident); ok {
		if selected, ok := c.selected[x.Name]; ok { // a package that no cell imports: there may be several
			var names []Name
			for _, path := range c.packages(x.Name, selected) {
				if p, err := c.importer.Import(path); err == nil {
					names = append(names, exported(p)...)
				}
			}
			return names
		}
		if p, ok := c.info.Uses[x].(*types.PkgName); ok {
			return exported(p.Imported())
		}
	}
	value, ok := c.info.Types[s.X]
	if !ok || value.Type == nil {
		return nil
	}
	var names []Name
	if !value.IsType() {
		names = c.selectable(value.Type, map[types.Type]bool{})
	}
	t := value.Type
	if _, pointer := t.(*types.Pointer); !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for method := range types.NewMethodSet(t).Methods() {
		if c.visible(method.Obj()) {
			names = append(names, name(method.Obj()))
		}
	}
	return names
}

// selectable returns the fields of a struct, those of embedded ones included.
func (c *checked) selectable(t types.Type, seen map[types.Type]bool) []Name {
	t = deref(t)
	s, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return nil
	}
	seen[t] = true
	var names, deeper []Name
	for f := range s.Fields() {
		if c.visible(f) {
			names = append(names, name(f))
		}
		if f.Embedded() {
			deeper = append(deeper, c.selectable(f.Type(), seen)...)
		}
	}
	return append(names, deeper...)
}

// scoped returns what the cursor is in the scope of, then packages and what the
// language has.
func (c *checked) scoped() []Name {
	var names []Name
	scope := c.pkg.Scope().Innermost(c.pos)
	if scope == nil {
		scope = c.pkg.Scope()
	}
	for ; scope != nil && scope != types.Universe; scope = scope.Parent() {
		for _, text := range scope.Names() {
			obj := scope.Lookup(text)
			local := scope != c.pkg.Scope() && scope.Parent() != c.pkg.Scope()
			if text == nothing || text == "main" || local && obj.Pos() >= c.pos-token.Pos(len(c.prefix)) {
				continue
			}
			names = append(names, name(obj))
		}
	}
	for _, text := range c.importable() {
		names = append(names, Name{text, "package"})
	}
	if c.prefix == "" {
		return names
	}
	for _, text := range types.Universe.Names() {
		names = append(names, name(types.Universe.Lookup(text)))
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		names = append(names, Name{t.String(), "keyword"})
	}
	return names
}

func exported(p *types.Package) []Name {
	var names []Name
	for _, text := range p.Scope().Names() {
		if obj := p.Scope().Lookup(text); obj.Exported() {
			names = append(names, name(obj))
		}
	}
	return names
}

// visible reports whether the cell may select a field or a method.
func (c *checked) visible(obj types.Object) bool { return obj.Exported() || obj.Pkg() == c.pkg }

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func name(obj types.Object) Name {
	kind := "variable"
	switch obj := obj.(type) {
	case *types.Func, *types.Builtin:
		kind = "function"
	case *types.TypeName:
		kind = "type"
	case *types.Const, *types.Nil:
		kind = "constant"
	case *types.PkgName:
		kind = "package"
	case *types.Var:
		if obj.IsField() {
			kind = "field"
		}
	}
	return Name{obj.Name(), kind}
}
