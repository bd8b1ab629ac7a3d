package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"time"

	"nnbook/mnist"
)

// What the book needs is said in one place of the checkout each.
var (
	goNeeded     = needed{"go.mod", regexp.MustCompile(`(?m)^go (\d+\.\d+)`)}
	pythonNeeded = needed{"tools/pyproject.toml", regexp.MustCompile(`(?m)^requires-python = ">=(\d+\.\d+)"`)}
)

// A needed is where the version of a program is said that the book needs.
type needed struct {
	file string
	line *regexp.Regexp
}

// A machine is what doctor asks: the one that it runs on, or one that a test makes up.
type machine struct {
	os, arch string   // as in runtime.GOOS and runtime.GOARCH
	dirs     []string // where a checkout is looked for, with the directories above
	getenv   func(name string) string
	readFile func(name string) ([]byte, error)
	// output runs a command and returns what it prints, errors too.
	output func(ctx context.Context, name string, args ...string) (string, error)
}

// How long a command may take; the first cell of a kernel may have all to build.
const (
	askTime  = 20 * time.Second
	cellTime = 3 * time.Minute
)

// A check looks at one thing that the book needs. It returns what is there,
// or an error that says what is not and how to get it.
type check struct {
	name string
	run  func(ctx context.Context) (found string, err error)
}

// A remark is an error about what works, but not as well as it could.
type remark struct{ error }

// doctor prints a line per check, and fails if something is missing.
func doctor(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if err := parse(newFlags("doctor"), args, stdout); err != nil {
		return err
	}
	this := machine{os: runtime.GOOS, arch: runtime.GOARCH, getenv: os.Getenv, readFile: os.ReadFile, output: output}
	if dir, err := os.Getwd(); err == nil {
		this.dirs = append(this.dirs, dir)
	}
	if program, err := os.Executable(); err == nil { // make lab puts it into .lab/bin of its checkout
		this.dirs = append(this.dirs, filepath.Dir(program))
	}
	return this.examine(ctx, append(this.checks(), check{"data", localData}), stdout)
}

// checks returns what the book needs on such a machine.
func (m machine) checks() []check {
	if m.os == "windows" { // Python and make would be of no use
		return []check{{"system", m.system}, {"Go", m.goTool}, {"kernel", m.labKernel}}
	}
	return []check{{"system", m.system}, {"Go", m.goTool}, {"Python", m.python}, {"make", m.makeTool}, {"kernel", m.labKernel}}
}

func (m machine) examine(ctx context.Context, checks []check, stdout io.Writer) error {
	missing := 0
	for _, c := range checks {
		found, err := c.run(ctx)
		mark := "ok     "
		if err != nil {
			mark, found = "MISSING", err.Error()
			if errors.As(err, new(remark)) {
				mark = "NOTE   "
			} else {
				missing++
			}
		}
		if _, err := fmt.Fprintf(stdout, "%s  %-6s  %s\n", mark, c.name, found); err != nil {
			return err
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of the things above are missing", missing)
	}
	return nil
}

// system names the kind of machine; a remark says what is peculiar to it.
func (m machine) system(ctx context.Context) (string, error) {
	name := m.os + "/" + m.arch
	switch {
	case m.os == "windows":
		return "", remark{errors.New(name + ": train, sweep and data work here; the notebooks need WSL or the container")}
	case m.os == "darwin" && m.arch == "amd64":
		if out, err := m.output(ctx, "sysctl", "-n", "sysctl.proc_translated"); err == nil && strings.TrimSpace(out) == "1" {
			return "", remark{errors.New(name + " on an arm64 Mac, translated by Rosetta, which is slower: " +
				"take the Go for Apple silicon from https://go.dev/dl, then rm -rf .lab")}
		}
	case m.os == "linux" && m.inWSL():
		for _, dir := range m.dirs {
			if windowsDrive.MatchString(dir) {
				return "", remark{fmt.Errorf("%s in WSL, on a drive of Windows, %s, where files are slow: clone the book into your home, cd ~", name, dir)}
			}
		}
		return name + " in WSL", nil
	case m.os == "linux" && m.onAlpine():
		return "", remark{errors.New(name + ", Alpine: JupyterLab's packages come ready made for its C library (musl) on " +
			"x86-64 and arm64 alone; where pip finds none, use the container")}
	}
	return name, nil
}

// windowsDrive is where WSL shows C: and the others.
var windowsDrive = regexp.MustCompile(`^/mnt/[a-z](/|$)`)

func (m machine) inWSL() bool {
	version, err := m.readFile("/proc/version")
	return err == nil && bytes.Contains(bytes.ToLower(version), []byte("microsoft"))
}

func (m machine) onAlpine() bool {
	_, err := m.readFile("/etc/alpine-release")
	return err == nil
}

// goTool asks outside the checkout: in it, an old go fetches the newer one that
// go.mod names and reports that, while the kernel has the old one.
func (m machine) goTool(ctx context.Context) (string, error) {
	least := m.least(goNeeded)
	return m.version(ctx, regexp.MustCompile(`go(\d+\.\d+)\S*`), least, "Go"+orNewer(least)+": https://go.dev/dl",
		"go", "-C", "/", "env", "GOVERSION")
}

func (m machine) python(ctx context.Context) (string, error) {
	command := m.getenv("PYTHON")
	if command == "" {
		command = "python3"
	}
	least := m.least(pythonNeeded)
	want, venv := "Python"+orNewer(least)+" with venv: https://www.python.org/downloads; make lab PYTHON=… names another", "install all of Python"
	switch {
	case m.os == "darwin":
		want += "; the one that comes with Apple's tools is too old"
	case m.onAlpine():
		want, venv = "Python"+orNewer(least)+": apk add python3; make lab PYTHON=… names another", "apk add python3"
	case m.os == "linux":
		want += "; on Debian and Ubuntu, apt install python3-venv"
		venv = "on Debian and Ubuntu, apt install python3-venv"
	}
	found, err := m.version(ctx, regexp.MustCompile(`Python (\d+\.\d+)\S*`), least, want, command, "--version")
	if err != nil {
		return "", err
	}
	if _, err := m.output(ctx, command, "-c", "import venv, ensurepip"); err != nil {
		return "", fmt.Errorf("%s cannot make virtual environments: %s", found, venv)
	}
	return found, nil
}

func (m machine) makeTool(ctx context.Context) (string, error) {
	out, err := m.output(ctx, "make", "--version")
	if err != nil {
		switch {
		case m.os == "darwin": // there, make may be a stand-in that asks for the tools
			return "", errors.New("want make: xcode-select --install")
		case m.onAlpine():
			return "", errors.New("want make: apk add make")
		}
		return "", errors.New("want make: on Debian and Ubuntu, apt install make")
	}
	line, _, _ := strings.Cut(out, "\n")
	return line, nil
}

// labKernel has a cell run by what make lab has installed in the checkout that we are in.
func (m machine) labKernel(ctx context.Context) (string, error) {
	if m.os == "windows" {
		return "", errors.New("GoNB does not run on Windows itself: make lab in WSL (wsl --install), or the container; docs/teaching.md has the steps")
	}
	root, err := m.checkout()
	if err != nil {
		return "", err
	}
	if _, err := m.readFile(filepath.Join(root, ".lab/venv/share/jupyter/kernels/gonb/kernel.json")); err != nil {
		return "", fmt.Errorf("not there yet: make lab installs JupyterLab and the GoNB kernel in %s", filepath.Join(root, ".lab"))
	}
	ctx, cancel := context.WithTimeout(ctx, cellTime)
	defer cancel()
	out, err := m.output(ctx, "make", "-s", "--no-print-directory", "-C", root, "try-kernel") // make cleans the surroundings
	if err != nil {
		said, _, _ := strings.Cut(out, "\n") // then make's own words
		return "", fmt.Errorf("%s; make lab sets it up anew after rm -rf .lab", said)
	}
	return strings.TrimSpace(out), nil
}

// module is the path of nnbook's module, whoever has published it.
var module = strings.TrimSuffix(reflect.TypeFor[mnist.Set]().PkgPath(), "/mnist")

// checkout returns the directory of nnbook's go.mod.
func (m machine) checkout() (string, error) {
	for _, dir := range m.dirs {
		for below := ""; dir != below; dir = filepath.Dir(dir) {
			if mod, err := m.readFile(filepath.Join(dir, "go.mod")); err == nil && bytes.HasPrefix(mod, []byte("module "+module+"\n")) {
				return dir, nil
			}
			below = dir
		}
	}
	return "", errors.New("not inside a checkout of nnbook: change to one and ask again")
}

// localData looks at the data without fetching them.
func localData(context.Context) (string, error) {
	train, test, err := mnist.Local()
	if err != nil {
		hint := "nnbook data, or make lab, downloads MNIST (12 MB)"
		if os.Getenv("NNBOOK_MNIST") != "" {
			hint = "without NNBOOK_MNIST, nnbook data downloads MNIST (12 MB)"
		}
		return "", fmt.Errorf("%w; %s; NNBOOK_DIGITS=drawn does without", err, hint)
	}
	var line strings.Builder
	err = describe(&line, train, test)
	return strings.TrimSpace(line.String()), err
}

// least returns the oldest version that will do, such as 1.26, or "" where no checkout says it.
func (m machine) least(n needed) string {
	root, err := m.checkout()
	if err != nil {
		return ""
	}
	text, _ := m.readFile(filepath.Join(root, n.file))
	if match := n.line.FindSubmatch(text); match != nil {
		return string(match[1])
	}
	return ""
}

func orNewer(least string) string {
	if least == "" {
		return ""
	}
	return " " + least + " or newer"
}

// version runs a command that prints its version, and compares that with the
// oldest one that will do.
func (m machine) version(ctx context.Context, pattern *regexp.Regexp, least, want, name string, args ...string) (string, error) {
	out, err := m.output(ctx, name, args...)
	if strings.Contains(out, "xcode-select") { // macOS has stand-ins for what its tools bring
		return "", fmt.Errorf("%s comes with Apple's tools, which are missing: xcode-select --install; want %s", name, want)
	}
	if err != nil {
		return "", errors.New("want " + want)
	}
	match := pattern.FindStringSubmatch(out)
	if match == nil {
		return "", fmt.Errorf("%s says %.40q; want %s", name, out, want)
	}
	if older(match[1], least) {
		return "", fmt.Errorf("%s; want %s", match[0], want)
	}
	return match[0], nil
}

// older compares versions of two numbers.
func older(a, b string) bool {
	var major, minor, wantMajor, wantMinor int
	fmt.Sscanf(a, "%d.%d", &major, &minor)
	fmt.Sscanf(b, "%d.%d", &wantMajor, &wantMinor)
	return major < wantMajor || major == wantMajor && minor < wantMinor
}

// output runs a command on this machine.
func output(ctx context.Context, name string, args ...string) (string, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, askTime)
		defer cancel()
	}
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	return string(out), err
}
