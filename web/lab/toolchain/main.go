// Command toolchain writes what the browser's lab compiles and links with, from
// the Go at hand: the compiler and the linker as WebAssembly, the archives of
// the packages that a cell may import, and an index that says what there is.
//
//	toolchain FOLDER     run in the module's root
//
// Each file is packed, and named by a hash of its content.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	gonum.org/v1/gonum/mat gonum.org/v1/gonum/floats gonum.org/v1/gonum/stat
	gonum.org/v1/plot gonum.org/v1/plot/plotter gonum.org/v1/plot/plotutil gonum.org/v1/plot/vg gonum.org/v1/plot/vg/draw gonum.org/v1/plot/palette
	github.com/janpfeifer/gonb/gonbui github.com/janpfeifer/gonb/gonbui/comms github.com/janpfeifer/gonb/gonbui/protocol
	bufio bytes cmp compress/gzip container/heap container/list container/ring context
	crypto/md5 crypto/rand crypto/sha1 crypto/sha256 crypto/sha512 embed
	encoding/base64 encoding/binary encoding/csv encoding/gob encoding/hex encoding/json errors flag fmt
	hash/crc32 hash/fnv html image image/color image/draw image/gif image/jpeg image/png io io/fs iter log
	maps math math/big math/bits math/cmplx math/rand math/rand/v2 os path path/filepath reflect regexp runtime runtime/debug
	slices sort strconv strings sync sync/atomic syscall/js testing text/tabwriter text/template time unicode unicode/utf16 unicode/utf8 unsafe`)

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
	index := cells.Index{Go: runtime.Version(), Tools: map[string]cells.File{}, Packages: map[string]cells.Package{}}

	overlay, err := trimmedCompiler(tmp)
	if err != nil {
		return err
	}
	for name, path := range map[string]string{"compile": "cmd/compile", "link": "cmd/link", "driver": "./web/lab/driver", "helper": "./web/lab/helper"} {
		out := filepath.Join(tmp, name)
		if _, err := run("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-overlay="+overlay, "-o", out, path); err != nil {
			return err
		}
		if index.Tools[name], err = pack(folder, name+".wasm", out); err != nil {
			return err
		}
	}

	mod, err := lightModules(tmp)
	if err != nil {
		return err
	}
	// Without DWARF an archive is half as large, and links faster.
	list := append([]string{"go", "list", "-export", "-deps", "-json=ImportPath,Name,Export,Dir,GoFiles,Imports,ImportMap,Standard",
		"-trimpath", "-gcflags=all=-dwarf=false", "-tags=wasmsimd", "-mod=mod", "-modfile=" + mod}, packages...)
	out, err := run(list...)
	if err != nil {
		return err
	}
	reference := help.Reference{}
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
		file, err := pack(folder, p.Name+".a", p.Export)
		if err != nil {
			return err
		}
		for i, path := range p.Imports {
			if mapped, ok := p.ImportMap[path]; ok {
				p.Imports[i] = mapped
			}
		}
		entry := cells.Package{Name: p.Name, File: file, Imports: p.Imports}
		if slices.Contains(packages, p.ImportPath) {
			entry.Exports, err = exports(p.Dir, p.GoFiles)
			if err != nil {
				return err
			}
			if reference[p.ImportPath], err = help.Describe(p.ImportPath, p.Export, p.Dir, p.GoFiles); err != nil {
				return err
			}
		}
		index.Packages[p.ImportPath] = entry
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
	if err := os.WriteFile(filepath.Join(tmp, "reference"), known.Bytes(), 0o644); err != nil {
		return err
	}
	if index.Tools["reference"], err = pack(folder, "reference.gob", filepath.Join(tmp, "reference")); err != nil {
		return err
	}
	text, err := json.Marshal(index)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "index.json"), text, 0o644)
}

// run returns what a command prints, which is run for the browser.
func run(command ...string) ([]byte, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(command[:2], " "), err, failed.Bytes())
	}
	return out, nil
}

// pack writes a file into the folder, packed, under a name that has its hash.
func pack(folder, name, path string) (cells.File, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return cells.File{}, err
	}
	sum := sha256.Sum256(content)
	base, ext, _ := strings.Cut(name, ".")
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if _, err := w.Write(content); err != nil {
		return cells.File{}, err
	}
	if err := w.Close(); err != nil {
		return cells.File{}, err
	}
	file := cells.File{Name: base + "-" + hex.EncodeToString(sum[:8]) + "." + ext + ".gz", Size: len(content), Packed: packed.Len()}
	return file, os.WriteFile(filepath.Join(folder, file.Name), packed.Bytes(), 0o644)
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

var (
	otherMachine = regexp.MustCompile(`(?m)^\s+("cmd/compile/internal/(amd64|arm|arm64|loong64|mips|mips64|ppc64|riscv64|s390x|x86)"|"[a-z0-9]+":\s+(amd64|arm|arm64|loong64|mips|mips64|ppc64|riscv64|s390x|x86)\.Init,)\n`)
	firstSwitch  = regexp.MustCompile(`(?s)(\tswitch arch \{\n).*?(\tcase "wasm":\n)`)
)

// trimmedCompiler is an overlay that leaves the compiler the one machine that a
// cell is compiled for, a quarter less to fetch.
func trimmedCompiler(tmp string) (string, error) {
	replace := map[string]string{}
	for file, edit := range map[string]func(string) string{
		"main.go":                func(s string) string { return otherMachine.ReplaceAllString(s, "") },
		"internal/ssa/config.go": func(s string) string { return firstSwitch.ReplaceAllString(s, "$1$2") },
	} {
		//lint:ignore SA1019 go run starts this, on the machine of its Go
		path := filepath.Join(runtime.GOROOT(), "src", "cmd", "compile", filepath.FromSlash(file))
		source, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		edited := edit(string(source))
		if edited == string(source) {
			return "", fmt.Errorf("%s is not as expected: nothing to leave out", path)
		}
		replace[path] = filepath.Join(tmp, filepath.Base(file))
		if err := os.WriteFile(replace[path], []byte(edited), 0o644); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(tmp, "overlay.json")
	return path, os.WriteFile(path, text, 0o644)
}

// lightModules is a go.mod in which our own packages stand in for those that
// bring too much along.
func lightModules(tmp string) (string, error) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	for _, m := range []struct{ path, pkg, own string }{
		{"github.com/janpfeifer/gonb", "gonbui", "web/lab/toolchain/_gonbui/gonbui.go"},
		{"github.com/gofrs/uuid", ".", "web/lab/toolchain/_uuid/uuid.go"},
	} {
		dir, err := run("go", "list", "-m", "-f", "{{.Dir}}", m.path)
		if err != nil {
			return "", err
		}
		copied := filepath.Join(tmp, "modules", m.path)
		if err := os.CopyFS(copied, os.DirFS(strings.TrimSpace(string(dir)))); err != nil {
			return "", err
		}
		files, err := filepath.Glob(filepath.Join(copied, m.pkg, "*.go"))
		if err != nil || len(files) == 0 {
			return "", fmt.Errorf("no package %s in %s", m.pkg, m.path)
		}
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				return "", err
			}
		}
		own, err := os.ReadFile(m.own)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(files[0], own, 0o644); err != nil {
			return "", err
		}
		if _, err := os.Stat(filepath.Join(copied, "go.mod")); err != nil {
			if err := os.WriteFile(filepath.Join(copied, "go.mod"), []byte("module "+m.path+"\n"), 0o644); err != nil {
				return "", err
			}
		}
		mod = fmt.Appendf(mod, "replace %s => %s\n", m.path, copied)
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return "", err
	}
	path := filepath.Join(tmp, "go.mod")
	return path, errors.Join(os.WriteFile(path, mod, 0o644), os.WriteFile(filepath.Join(tmp, "go.sum"), sum, 0o644))
}
