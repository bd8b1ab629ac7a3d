package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctorHasALineForEachThing(t *testing.T) {
	code, stdout, _ := call(t, t.Context(), "doctor")
	marks := map[string]bool{"ok": true, "NOTE": true, "MISSING": true}
	var names []string
	for line := range strings.Lines(stdout) {
		words := strings.Fields(line)
		if len(words) < 3 || !marks[words[0]] {
			t.Fatalf("doctor prints %q, want ok, NOTE or MISSING, a thing and what is there", line)
		}
		names = append(names, words[1])
	}
	if got := strings.Join(names, " "); got != "system Go Python make kernel data" && got != "system Go kernel data" {
		t.Errorf("doctor has lines for %s", got)
	}
	if missing := strings.Contains(stdout, "MISSING"); missing != (code == exitFailed) {
		t.Errorf("exit %d for\n%s", code, stdout)
	}
}

func TestDoctorNamesWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Chdir(t.TempDir())
	t.Setenv("NNBOOK_MNIST", "nowhere")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"doctor"}, &stdout, &stderr); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"https://go.dev/dl", "NNBOOK_MNIST"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("doctor prints\n%s\nwithout %q", stdout.String(), want)
		}
	}
	if _, err := os.Stat("nowhere"); err == nil {
		t.Error("doctor made a directory")
	}
}

// fails marks what a made-up command prints before it fails.
const fails = "FAILS "

// A place is a machine that a test makes up: what its files hold, and what its
// commands print. A file or command that is not there is missing.
type place struct {
	os, arch, dir   string
	files, commands map[string]string
}

func (p place) machine() machine {
	return machine{os: p.os, arch: p.arch, dirs: []string{p.dir},
		getenv: func(string) string { return "" },
		readFile: func(name string) ([]byte, error) {
			if text, ok := p.files[name]; ok {
				return []byte(text), nil
			}
			switch name { // a checkout, with what it says is needed
			case filepath.Join(p.dir, "go.mod"):
				return []byte("module " + module + "\n\ngo 1.26.0\n"), nil
			case filepath.Join(p.dir, "tools/pyproject.toml"):
				return []byte("[project]\nrequires-python = \">=3.10\"\n"), nil
			}
			return nil, fs.ErrNotExist
		},
		output: func(_ context.Context, name string, args ...string) (string, error) {
			text, ok := p.commands[strings.Join(append([]string{name}, args...), " ")]
			if !ok {
				return "", fs.ErrNotExist
			}
			if said, failed := strings.CutPrefix(text, fails); failed {
				return said, errors.New("exit status 1")
			}
			return text, nil
		}}
}

// What commands print where all is well, and where some of it is not.
const (
	askGo     = "go -C / env GOVERSION"
	askPython = "python3 --version"
	askVenv   = "python3 -c import venv, ensurepip"
	askMake   = "make --version"
	noTools   = fails + "xcode-select: note: No developer tools were found, requesting install.\n"
	wsl       = "Linux version 5.15.167.4-microsoft-standard-WSL2 (root@f9c826d3017f)"
	rosetta   = "sysctl -n sysctl.proc_translated"
)

func TestDoctorKnowsTheMachine(t *testing.T) {
	good := map[string]string{askGo: "go1.26.8\n", askPython: "Python 3.12.4\n", askVenv: "", askMake: "GNU Make 4.3\nmore\n"}
	but := func(changes ...string) map[string]string { // pairs: a command, what it prints
		commands := maps.Clone(good)
		for i := 0; i < len(changes); i += 2 {
			commands[changes[i]] = changes[i+1]
		}
		return commands
	}
	for name, c := range map[string]struct {
		place
		want []string // lines, each by its mark, thing and some of the rest, in this order
	}{
		"Debian": {place{"linux", "amd64", "/home/ada/nnbook", nil, good}, []string{
			"ok system linux/amd64", "ok Go go1.26.8", "ok Python Python 3.12.4", "ok make GNU Make 4.3"}},
		"Debian without python3-venv": {place{"linux", "amd64", "/", nil, but(askVenv, fails+"No module named 'ensurepip'")},
			[]string{"MISSING Python Python 3.12.4 cannot make virtual environments: on Debian and Ubuntu, apt install python3-venv"}},
		"old Go": {place{"linux", "amd64", "/", nil, but(askGo, "go1.22.2\n")},
			[]string{"MISSING Go go1.22.2; want Go 1.26 or newer: https://go.dev/dl"}},
		"a Go that is older than its flag -C": {place{"linux", "amd64", "/", nil, but(askGo, fails+"flag provided but not defined: -C")},
			[]string{"MISSING Go want Go 1.26 or newer: https://go.dev/dl"}},
		"WSL": {place{"linux", "amd64", "/home/ada/nnbook", map[string]string{"/proc/version": wsl}, good},
			[]string{"ok system linux/amd64 in WSL", "ok make"}},
		"WSL, first version, on C:": {place{"linux", "amd64", "/mnt/c/Users/ada/nnbook",
			map[string]string{"/proc/version": "Linux version 4.4.0-19041-Microsoft"}, good},
			[]string{"NOTE system linux/amd64 in WSL, on a drive of Windows, /mnt/c/Users/ada/nnbook, where files are slow"}},
		"not WSL, though a folder is called so": {place{"linux", "amd64", "/mnt/c/nnbook", nil, good}, []string{"ok system linux/amd64"}},
		"WSL, a disk mounted": {place{"linux", "amd64", "/mnt/disk/nnbook", map[string]string{"/proc/version": wsl}, good},
			[]string{"ok system linux/amd64 in WSL"}},
		"Alpine": {place{"linux", "arm64", "/", map[string]string{"/etc/alpine-release": "3.22.0\n"}, but(askMake, fails)}, []string{
			"NOTE system linux/arm64, Alpine: JupyterLab's packages come ready made", "ok Python", "MISSING make want make: apk add make"}},
		"macOS": {place{"darwin", "arm64", "/", nil, but(askMake, "GNU Make 3.81\n")}, []string{
			"ok system darwin/arm64", "ok Go", "ok Python", "ok make GNU Make 3.81"}},
		"macOS without Apple's tools": {place{"darwin", "arm64", "/", nil, but(askPython, noTools, askMake, noTools)}, []string{
			"MISSING Python python3 comes with Apple's tools, which are missing: xcode-select --install; want Python 3.10",
			"MISSING make want make: xcode-select --install"}},
		"macOS with the Python of Apple's tools": {place{"darwin", "arm64", "/", nil, but(askPython, "Python 3.9.6\n")},
			[]string{"MISSING Python Python 3.9.6; want Python 3.10 or newer with venv: https://www.python.org/downloads"}},
		"a Go for Intel on Apple silicon": {place{"darwin", "amd64", "/", nil, but(rosetta, "1\n")},
			[]string{"NOTE system darwin/amd64 on an arm64 Mac, translated by Rosetta"}},
		"an Intel Mac": {place{"darwin", "amd64", "/", nil, but(rosetta, "0\n")}, []string{"ok system darwin/amd64"}},
		"Windows": {place{"windows", "amd64", `C:\nnbook`, nil, map[string]string{askGo: "go1.26.8\n"}}, []string{
			"NOTE system windows/amd64: train, sweep and data work here; the notebooks need WSL or the container",
			"ok Go", "MISSING kernel GoNB does not run on Windows itself"}},
	} {
		var out bytes.Buffer
		m := c.machine()
		err := m.examine(t.Context(), m.checks(), &out)
		if missing := strings.Contains(out.String(), "MISSING"); missing != (err != nil) {
			t.Errorf("%s: error %v for\n%s", name, err, out.String())
		}
		rest := strings.Split(out.String(), "\n")
		for _, want := range c.want {
			for len(rest) > 0 && !strings.HasPrefix(strings.Join(strings.Fields(rest[0]), " "), want) {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				t.Errorf("%s: doctor prints\n%swithout %q, or not in this order", name, out.String(), want)
				break
			}
		}
	}
}

// A program that make lab has built knows its checkout wherever it is called.
func TestDoctorFindsTheCheckoutOfItsProgram(t *testing.T) {
	root := t.TempDir()
	m := machine{os: "linux", dirs: []string{t.TempDir(), filepath.Join(root, ".lab", "bin")}, readFile: os.ReadFile}
	if found, err := m.labKernel(t.Context()); err == nil || !strings.Contains(err.Error(), "not inside a checkout") {
		t.Errorf("without a checkout: %q, %v", found, err)
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module "+module+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if found, err := m.labKernel(t.Context()); err == nil || !strings.Contains(err.Error(), "make lab installs") {
		t.Errorf("before make lab: %q, %v", found, err)
	}
	spec := filepath.Join(root, ".lab/venv/share/jupyter/kernels/gonb/kernel.json")
	if err := os.MkdirAll(filepath.Dir(spec), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(spec, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	said, failed := "the kernel does not run a cell: no go\nmake: *** Error 1\n", errors.New("exit status 1")
	m.output = func(_ context.Context, name string, args ...string) (string, error) {
		if got, want := strings.Join(append([]string{name}, args...), " "), "make -s --no-print-directory -C "+root+" try-kernel"; got != want {
			t.Errorf("doctor runs %s, want %s", got, want)
		}
		return said, failed
	}
	if found, err := m.labKernel(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "the kernel does not run a cell: no go; ") {
		t.Errorf("files that are there, and a kernel that does not work: %q, %v", found, err)
	}
	said, failed = "a cell was run\n", nil
	if found, err := m.labKernel(t.Context()); found != "a cell was run" || err != nil {
		t.Errorf("a kernel that works: %q, %v", found, err)
	}
}

// The README says what is needed, too.
func TestREADMENamesTheVersions(t *testing.T) {
	m := machine{dirs: []string{"../.."}, readFile: os.ReadFile}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(readme)), " ")
	for _, want := range []string{"[Go](https://go.dev/dl) " + m.least(goNeeded) + " or newer",
		"[Python](https://www.python.org/downloads) " + m.least(pythonNeeded) + " or newer"} {
		if m.least(goNeeded) == "" || !strings.Contains(text, want) {
			t.Errorf("the README does not say %q", want)
		}
	}
}
