package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nnbook/web/lab/cells"
)

func part(name, content string) string {
	head := name + strings.Repeat(" ", 16-len(name)) + "0           0     0     644     "
	size := []byte("          ")
	copy(size, strconv.Itoa(len(content)))
	if len(content)%2 == 1 {
		content += "\x00"
	}
	return head + string(size) + "`\n" + content
}

func TestAnArchiveWithoutExportsKeepsItsObject(t *testing.T) {
	object := part("_go_.o", "machine code")
	for _, exported := range []string{"", "even", "odd"} {
		got, err := withoutExports([]byte("!<arch>\n" + part("__.PKGDEF", exported) + object))
		if want := "!<arch>\n" + part("__.PKGDEF", "") + object; err != nil || string(got) != want {
			t.Errorf("exports %q: %q, %v, want %q", exported, got, err, want)
		}
	}
	for _, broken := range []string{"", "!<arch>\n", "!<arch>\n" + object, "!<arch>\n" + part("__.PKGDEF", "four")[:62]} {
		if got, err := withoutExports([]byte(broken)); err == nil {
			t.Errorf("%q became %q, want an error", broken, got)
		}
	}
}

func TestBundlesHoldEachArchiveOnce(t *testing.T) {
	folder := t.TempDir()
	index := cells.Index{Bundles: map[string]cells.File{}, Packages: map[string]cells.Package{
		"runtime": {}, "fmt": {Imports: []string{"runtime"}}, "nnbook/nb": {Imports: []string{"fmt", "gonum.org/x"}},
		"gonum.org/x": {Imports: []string{"fmt"}}, "crypto/md5": {}, "unsafe": {},
		"nnbook/nb/nnplot": {Imports: []string{"fmt", "gonum.org/x", "gonum.org/plot"}}, "gonum.org/plot": {Imports: []string{"gonum.org/x"}},
	}}
	archives := map[string][]byte{}
	for _, path := range []string{"runtime", "fmt", "nnbook/nb", "gonum.org/x", "crypto/md5", "nnbook/nb/nnplot", "gonum.org/plot"} {
		archives[path] = []byte("archive of " + path)
	}
	if err := bundle(folder, &index, archives); err != nil {
		t.Fatal(err)
	}
	alone := strings.ReplaceAll("nnbook/nb/nnplot", "/", "-")
	slices.Sort(index.First)
	slices.Sort(index.Later)
	if want := []string{"book", "modules"}; !slices.Equal(index.First, want) {
		t.Errorf("first %q, want %q", index.First, want)
	}
	if want := slices.Sorted(slices.Values([]string{"figures", alone})); !slices.Equal(index.Later, want) {
		t.Errorf("later %q, want %q", index.Later, want)
	}
	for path, want := range map[string]string{"runtime": "modules", "fmt": "modules", "gonum.org/x": "modules", "nnbook/nb": "book",
		"gonum.org/plot": "figures", "nnbook/nb/nnplot": alone, "crypto/md5": "crypto-md5", "unsafe": ""} {
		p := index.Packages[path]
		if p.Bundle != want {
			t.Errorf("%s is in the bundle %q, want %q", path, p.Bundle, want)
		} else if want != "" {
			content, err := os.ReadFile(filepath.Join(folder, index.Bundles[want].Name))
			if err != nil || string(content[p.At:p.At+p.Size]) != string(archives[path]) {
				t.Errorf("%s is not at %d of %q (%v)", path, p.At, content, err)
			}
		}
	}
}

// A new version of Go, or of a module, may have something else where we edit.
func TestEachEditFindsItsPlace(t *testing.T) {
	t.Chdir("../../..")
	if _, err := oneMachine(t.TempDir()); err != nil {
		t.Error(err)
	}
	if _, err := lightModules(t.TempDir()); err != nil {
		t.Error(err)
	}
}

// Whatever a cell of the book names comes with the lab, in both editions; what a
// reader imports for an exercise is what its solution imports.
func TestEachCellFindsItsPackages(t *testing.T) {
	t.Chdir("../../..")
	index := importable(t)
	notebooks, err := filepath.Glob("notebooks/*.ipynb")
	if err != nil || len(notebooks) == 0 {
		t.Fatalf("%d notebooks, %v", len(notebooks), err)
	}
	students, err := filepath.Glob("notebooks/student/*.ipynb")
	if err != nil || len(students) != len(notebooks) {
		t.Fatalf("%d student editions of %d notebooks, %v", len(students), len(notebooks), err)
	}
	for _, path := range slices.Concat(notebooks, students) {
		sources, err := codeCells(path)
		if err != nil || len(sources) == 0 && !strings.HasSuffix(path, "12-read-on.ipynb") {
			t.Fatalf("%s: %d cells of code, %v", path, len(sources), err)
		}
		session := cells.New(index)
		for i, source := range sources {
			program, err := session.Cell(i, source)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			session.Keep()
			for _, name := range unknown(t, index, program) {
				t.Errorf("%s: cell %d: %s is of no package of the lab", path, i, name)
			}
		}
	}
}

// importable returns the index of the packages that a cell may import, without
// their archives.
func importable(t *testing.T) *cells.Index {
	mod, err := lightModules(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(append([]string{"go", "list", "-json=ImportPath,Name,Dir,GoFiles", "-tags=wasmsimd", "-mod=mod", "-modfile=" + mod}, packages...)...)
	if err != nil {
		t.Fatal(err)
	}
	index := &cells.Index{Packages: map[string]cells.Package{}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name, Dir string
			GoFiles               []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return index
		} else if err != nil {
			t.Fatal(err)
		}
		names, err := exports(p.Dir, p.GoFiles)
		if err != nil {
			t.Fatal(err)
		}
		index.Packages[p.ImportPath] = cells.Package{Name: p.Name, Exports: names}
	}
}

// unknown returns what a program selects of names that it neither declares nor
// imports.
func unknown(t *testing.T, index *cells.Index, program *cells.Program) []string {
	if program.Main == "" {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", program.Main, 0)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]bool{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		imported[index.Packages[path].Name] = true
		if spec.Name != nil {
			imported[spec.Name.Name] = true
		}
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(file.Unresolved, x) && !imported[x.Name] {
				names = append(names, x.Name+"."+sel.Sel.Name)
			}
		}
		return true
	})
	return names
}
