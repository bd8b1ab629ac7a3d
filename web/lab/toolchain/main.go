// Command toolchain writes what the browser's lab compiles and links with, from
// the Go at hand: the compiler and the linker as WebAssembly, the archives of
// the packages that a cell may import, and an index that says what there is.
//
//	toolchain FOLDER     run in the module's root
//
// Files: main.go what is written, archives.go which archives lie together in a
// file, light.go what is left out of all this, so that there is less to fetch,
// first.go the program of the first cell.
// web/lab.py packs the files and names them by their content.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"nnbook/web/lab/cells"
	"nnbook/web/lab/help"
)

// What a cell may import: the book's packages, those that they are made of, and
// of the standard library what a learner may want.
var packages = strings.Fields(`
	nnbook/nnlib nnbook/nnlib/nprand nnbook/mnist nnbook/nb nnbook/nb/nnplot nnbook/nb/exercise nnbook/nb/play nnbook/nb/sweep nnbook/web/hands
	gonum.org/v1/gonum/mat gonum.org/v1/gonum/floats gonum.org/v1/gonum/stat gonum.org/v1/gonum/stat/distuv
	gonum.org/v1/plot gonum.org/v1/plot/plotter gonum.org/v1/plot/plotutil gonum.org/v1/plot/vg gonum.org/v1/plot/vg/draw gonum.org/v1/plot/palette
	github.com/janpfeifer/gonb/gonbui github.com/janpfeifer/gonb/gonbui/comms github.com/janpfeifer/gonb/gonbui/protocol
	bufio bytes cmp compress/gzip container/heap container/list container/ring context
	crypto/md5 crypto/rand crypto/sha1 crypto/sha256 crypto/sha512 embed
	encoding/base64 encoding/binary encoding/csv encoding/gob encoding/hex encoding/json errors flag fmt
	hash/crc32 hash/fnv html image image/color image/draw image/gif image/jpeg image/png io io/fs iter log
	maps math math/big math/bits math/cmplx math/rand math/rand/v2 os path path/filepath reflect regexp runtime runtime/debug
	slices sort strconv strings sync sync/atomic syscall/js testing text/tabwriter text/template time unicode unicode/utf16 unicode/utf8 unsafe`)

// Packages that are compiled with inlining: what trains, and what every program rests on.
var inlined = strings.Fields("nnbook/nnlib/... nnbook/mnist math math/bits runtime internal/... sync/...")

func main() {
	log.SetFlags(0)
	log.SetPrefix("toolchain: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: toolchain FOLDER")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "toolchain-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	index := cells.Index{Go: runtime.Version(), Tools: map[string]cells.File{}, Bundles: map[string]cells.File{}, Packages: map[string]cells.Package{}, Programs: map[string]cells.File{}}

	overlay, err := oneMachine(tmp)
	if err != nil {
		return err
	}
	// Without inlining the compiler is a quarter smaller, and not slower; so is the driver, a little. The linker would be slower.
	flags := map[string]string{"compile": "all=-l", "driver": "all=-l"}
	for name, path := range map[string]string{"compile": "cmd/compile", "link": "cmd/link", "driver": "./web/lab/driver", "helper": "./web/lab/helper"} {
		out := filepath.Join(tmp, name)
		if _, err := run("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-gcflags="+flags[name], "-overlay="+overlay, "-o", out, path); err != nil {
			return err
		}
		content, err := os.ReadFile(out)
		if err != nil {
			return err
		}
		if index.Tools[name], err = put(folder, name+".wasm", content); err != nil {
			return err
		}
	}

	mod, err := lightModules(tmp)
	if err != nil {
		return err
	}
	// Without DWARF an archive is half as large, and links faster. Without inlining, a sixth is saved of what is left.
	list := []string{"go", "list", "-export", "-deps", "-json=ImportPath,Name,Export,Dir,GoFiles,Imports,ImportMap,Standard",
		"-trimpath", "-tags=wasmsimd", "-mod=mod", "-modfile=" + mod, "-gcflags=all=-dwarf=false -l"}
	for _, pattern := range inlined {
		list = append(list, "-gcflags="+pattern+"=-dwarf=false")
	}
	out, err := run(append(list, packages...)...)
	if err != nil {
		return err
	}
	reference := help.Reference{}
	archives, exported := map[string][]byte{}, map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name, Export, Dir string
			GoFiles, Imports              []string
			ImportMap                     map[string]string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if p.Export == "" { // unsafe has no archive
			index.Packages[p.ImportPath] = cells.Package{Name: p.Name}
			continue
		}
		archive, err := os.ReadFile(p.Export)
		if err != nil {
			return err
		}
		for i, path := range p.Imports {
			if mapped, ok := p.ImportMap[path]; ok {
				p.Imports[i] = mapped
			}
		}
		entry := cells.Package{Name: p.Name, Imports: p.Imports}
		if slices.Contains(packages, p.ImportPath) {
			entry.Exports, err = exports(p.Dir, p.GoFiles)
			if err == nil {
				reference[p.ImportPath], err = help.Describe(p.ImportPath, p.Export, p.Dir, p.GoFiles)
			}
		} else { // the compiler never reads it
			archive, err = withoutExports(archive)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.ImportPath, err)
		}
		archives[p.ImportPath], exported[p.ImportPath] = archive, p.Export
		index.Packages[p.ImportPath] = entry
	}
	if err := bundle(folder, &index, archives); err != nil {
		return err
	}
	if err := programs(folder, tmp, &index, exported); err != nil {
		return err
	}
	//lint:ignore SA1019 go run starts this, on the machine of its Go
	builtin := filepath.Join(runtime.GOROOT(), "src", "builtin")
	if reference["builtin"], err = help.Describe("builtin", "", builtin, []string{"builtin.go"}); err != nil {
		return err
	}
	var known bytes.Buffer
	if err := reference.Write(&known); err != nil {
		return err
	}
	if index.Tools["reference"], err = put(folder, "reference.json", known.Bytes()); err != nil {
		return err
	}
	text, err := json.Marshal(index)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "index.json"), text, 0o644)
}

// run returns what a command prints, which is run for the browser.
func run(command ...string) ([]byte, error) { return runIn("", command...) }

func runIn(folder string, command ...string) ([]byte, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(command[:2], " "), err, failed.Bytes())
	}
	return out, nil
}

// put writes a file into the folder.
func put(folder, name string, content []byte) (cells.File, error) {
	return cells.File{Name: name, Size: len(content)}, os.WriteFile(filepath.Join(folder, name), content, 0o644)
}

// exports returns the exported names that a package declares.
func exports(dir string, files []string) ([]string, error) {
	var names []string
	add := func(id *ast.Ident) {
		if id.IsExported() {
			names = append(names, id.Name)
		}
	}
	for _, name := range files {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, name)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					add(d.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						add(s.Name)
					case *ast.ValueSpec:
						for _, id := range s.Names {
							add(id)
						}
					}
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
