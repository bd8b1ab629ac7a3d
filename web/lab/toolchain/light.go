package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// An edit changes a file of Go's, or of a module's: most leave something out.
type edit struct {
	file   string
	out    *regexp.Regexp
	become string
}

const others = `(amd64|arm|arm64|loong64|mips|mips64|ppc64|riscv64|s390x|x86)`

// tools are the edits that leave the compiler and the linker the one machine
// that a cell is built for: a quarter less to fetch.
var tools = []edit{
	{"compile/main.go", regexp.MustCompile(`(?m)^\s+("cmd/compile/internal/` + others + `"|"[a-z0-9]+":\s+` + others + `\.Init,)\n`), ""},
	{"compile/internal/ssa/config.go", regexp.MustCompile(`(?s)\A(.*?\tswitch arch \{\n).*?(\tcase "wasm":\n)`), "$1$2"},
	{"link/main.go", regexp.MustCompile(`(?m)^\s+"cmd/link/internal/` + others + `"\n|^\tcase .*\n\t\tarch, theArch = ` + others + `\.Init\(\)\n`), ""},
}

// modules are those of which a part is left out that brings too much along, or
// has a stand-in of our own. own names that file, and the one in whose place it
// is; the other files of its folder go. What a cell can call stays, but for
// figures as PDF, EPS and TeX.
var modules = []struct {
	path  string
	own   map[string]string
	edits []edit
}{
	{"github.com/janpfeifer/gonb", map[string]string{"gonbui/gonbui.go": "web/lab/toolchain/_gonbui/gonbui.go"}, []edit{
		{"gonbui/protocol/protocol.go", regexp.MustCompile(`(?m)^import "encoding/gob"\n|^\tgob\.Register\(.*\)\n`), ""}, // for pipes
	}},
	{"github.com/ajstarks/svgo", nil, []edit{ // all of XML, for what html does as well
		{"svg.go", regexp.MustCompile(`"encoding/xml"`), `"html"`},
		{"svg.go", regexp.MustCompile(`xml\.Escape\(svg\.Writer, \[\]byte\((\w+)\)\)`), "io.WriteString(svg.Writer, html.EscapeString($1))"},
	}},
	{"github.com/gofrs/uuid", map[string]string{"uuid.go": "web/lab/toolchain/_uuid/uuid.go"}, nil},
	{"gonum.org/v1/plot", map[string]string{"font/liberation/liberation.go": "web/lab/toolchain/_liberation/liberation.go"}, []edit{
		{"vgall.go", regexp.MustCompile(`(?m)^.*/vg(eps|pdf|tex)"\n`), ""},
		{"text/latex.go", regexp.MustCompile(`(?s)\A.*\z`), "package text\n"}, // a cell cannot name it
		{"font/font.go", regexp.MustCompile(`\b(tf :?= )c\.faces\[key\]`), "${1}c.face(key)"},
		{"font/font.go", regexp.MustCompile(`\z`), late},
	}},
}

// late is added to gonum/plot's fonts, for those that the figures seldom want.
const late = `
// Late returns a font that no cache has, or nil.
var Late func(Font) *opentype.Font

func (c *Cache) face(key Font) *opentype.Font {
	if face := c.faces[key]; face != nil || Late == nil {
		return face
	}
	return Late(key)
}
`

// apply makes the edit in a folder. A version of the file in which there is
// nothing to edit is an error.
func (e edit) apply(folder string) (string, error) {
	path := filepath.Join(folder, filepath.FromSlash(e.file))
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	edited := e.out.ReplaceAllString(string(source), e.become)
	if edited == string(source) {
		return "", fmt.Errorf("%s is not as expected: nothing to edit", path)
	}
	return edited, nil
}

// oneMachine is an overlay with the edits of the compiler and the linker.
func oneMachine(tmp string) (string, error) {
	//lint:ignore SA1019 go run starts this, on the machine of its Go
	cmd := filepath.Join(runtime.GOROOT(), "src", "cmd")
	replace := map[string]string{}
	for i, e := range tools {
		edited, err := e.apply(cmd)
		if err != nil {
			return "", err
		}
		own := filepath.Join(tmp, fmt.Sprintf("edited%d.go", i))
		replace[filepath.Join(cmd, filepath.FromSlash(e.file))] = own
		if err := os.WriteFile(own, []byte(edited), 0o644); err != nil {
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

// lightModules is a go.mod by which modules are without what is left out.
func lightModules(tmp string) (string, error) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	for _, m := range modules {
		dir, err := run("go", "list", "-m", "-f", "{{.Dir}}", m.path)
		if err != nil {
			return "", err
		}
		copied := filepath.Join(tmp, "modules", m.path)
		if err := os.CopyFS(copied, os.DirFS(strings.TrimSpace(string(dir)))); err != nil {
			return "", err
		}
		for file, own := range m.own {
			if err := standIn(filepath.Join(copied, filepath.FromSlash(file)), own); err != nil {
				return "", err
			}
		}
		for _, e := range m.edits {
			edited, err := e.apply(copied)
			if err != nil {
				return "", err
			}
			if err := rewrite(filepath.Join(copied, filepath.FromSlash(e.file)), []byte(edited)); err != nil {
				return "", err
			}
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

// standIn puts our own file in the place of one, and of all others of its package.
func standIn(file, own string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	content, err := os.ReadFile(own)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.go"))
	for _, file := range files {
		err = errors.Join(err, os.Remove(file))
	}
	return errors.Join(err, os.WriteFile(file, content, 0o644))
}

// rewrite replaces a file that is a copy of one that may not be written.
func rewrite(file string, content []byte) error {
	return errors.Join(os.Remove(file), os.WriteFile(file, content, 0o644))
}
