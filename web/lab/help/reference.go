package help

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Reference is what is known of the packages that a cell may import, by path.
type Reference map[string]Package

// Package is what one exports.
type Package struct {
	Export []byte            // an archive's head: the types, as the compiler reads them
	Docs   map[string]string // comments: "New", "Network.SGD", "Config.Eta"; the package's under ""
}

// Write writes the reference for Read, which a worker of the lab calls: the same
// one to the same bytes, as JSON has the keys of maps in order.
func (r Reference) Write(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// Read reads what Write has written.
func Read(r io.Reader) (Reference, error) {
	var reference Reference
	err := json.NewDecoder(r).Decode(&reference)
	return reference, err
}

// Describe returns what a package exports, of the archive that it is compiled
// to ("": there is none, as of builtin) and its source files.
func Describe(path, archive, dir string, files []string) (Package, error) {
	var export []byte
	if archive != "" {
		var err error
		if export, err = head(archive); err != nil {
			return Package{}, err
		}
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return Package{}, err
		}
		parsed = append(parsed, f)
	}
	var mode doc.Mode
	if path == "builtin" {
		mode = doc.AllDecls // len is not exported
	}
	docs, err := comments(fset, parsed, path, mode)
	return Package{export, docs}, err
}

// head returns an archive up to the end of its first entry, where the types are.
func head(archive string) ([]byte, error) {
	const magic, header = len("!<arch>\n"), 60
	content, err := os.ReadFile(archive)
	if err != nil {
		return nil, err
	}
	if len(content) < magic+header {
		return nil, fmt.Errorf("%s: %d bytes, want an archive", archive, len(content))
	}
	size, err := strconv.Atoi(strings.TrimSpace(string(content[magic+48 : magic+58])))
	if err != nil || size < 0 || magic+header+size > len(content) {
		return nil, fmt.Errorf("%s: %d bytes, want an archive whose first entry says its size", archive, len(content))
	}
	return content[:magic+header+size], nil
}

// comments returns the texts of Package.Docs.
func comments(fset *token.FileSet, files []*ast.File, path string, mode doc.Mode) (map[string]string, error) {
	p, err := doc.NewFromFiles(fset, files, path, mode)
	if err != nil {
		return nil, err
	}
	docs := map[string]string{"": p.Synopsis(p.Doc)}
	add := func(name, text string) {
		if text != "" {
			docs[name] = plain(p.Parser(), text)
		}
	}
	values := func(groups []*doc.Value) {
		for _, group := range groups {
			for _, spec := range group.Decl.Specs {
				s := spec.(*ast.ValueSpec)
				for _, name := range s.Names {
					add(name.Name, cmp.Or(s.Doc.Text(), s.Comment.Text(), group.Doc))
				}
			}
		}
	}
	funcs := func(of string, all []*doc.Func) {
		for _, f := range all {
			add(of+f.Name, f.Doc)
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs("", p.Funcs)
	for _, t := range p.Types {
		add(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
		for _, spec := range t.Decl.Specs {
			ast.Inspect(spec, func(n ast.Node) bool {
				if f, ok := n.(*ast.Field); ok {
					for _, name := range f.Names {
						add(t.Name+"."+name.Name, cmp.Or(f.Doc.Text(), f.Comment.Text()))
					}
				}
				return true
			})
		}
	}
	return docs, nil
}

// plain is a comment's text in lines that fit a cell.
func plain(p *comment.Parser, text string) string {
	printer := comment.Printer{TextWidth: 76}
	return strings.TrimSpace(string(printer.Text(p.Parse(text))))
}
