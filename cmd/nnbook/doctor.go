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
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"nnbook/mnist"
)

// What the book needs; the README says the same.
const (
	goMinor     = 26 // Go 1.26
	pythonMinor = 10 // Python 3.10
)

// A machine is what doctor asks: the one that it runs on, or one that a test makes up.
type machine struct {
	os, arch string   // as in runtime.GOOS and runtime.GOARCH
	dirs     []string // where a checkout is looked for, with the directories above
	getenv   func(name string) string
	readFile func(name string) ([]byte, error)
	// output runs a command and returns what it prints, errors too.
	output func(ctx context.Context, name string, args ...string) (string, error)
}

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
	const want = "Go 1.26 or newer: https://go.dev/dl"
	return m.version(ctx, regexp.MustCompile(`go1\.(\d+)\S*`), goMinor, want, []string{"go", "-C", "/", "env", "GOVERSION"})
}

func (m machine) python(ctx context.Context) (string, error) {
	command := m.getenv("PYTHON")
	if command == "" {
		command = "python3"
	}
	want, venv := "Python 3.10 or newer with venv: https://www.python.org/downloads; make lab PYTHON=… names another", "install all of Python"
	switch {
	case m.os == "darwin":
		want += "; the one that comes with Apple's tools is too old"
	case m.onAlpine():
		want, venv = "Python 3.10 or newer: apk add python3; make lab PYTHON=… names another", "apk add python3"
	case m.os == "linux":
		want += "; on Debian and Ubuntu, apt install python3-venv"
		venv = "on Debian and Ubuntu, apt install python3-venv"
	}
	found, err := m.version(ctx, regexp.MustCompile(`Python 3\.(\d+)\S*`), pythonMinor, want, []string{command, "--version"})
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

// labKernel looks for what make lab installs, in the checkout that we are in.
func (m machine) labKernel(context.Context) (string, error) {
	if m.os == "windows" {
		return "", errors.New("GoNB does not run on Windows itself: make lab in WSL (wsl --install), or the container; docs/teaching.md has the steps")
	}
	root, err := m.checkout()
	if err != nil {
		return "", err
	}
	for _, file := range []string{"venv/bin/jupyter-lab", "bin/gonb", "venv/share/jupyter/kernels/gonb/kernel.json"} {
		if _, err := os.Stat(filepath.Join(root, ".lab", file)); err != nil {
			return "", fmt.Errorf("no .lab/%s: make lab installs JupyterLab and the GoNB kernel in %s", file, root)
		}
	}
	return "JupyterLab and GoNB in " + filepath.Join(root, ".lab"), nil
}

// checkout returns the directory of nnbook's go.mod.
func (m machine) checkout() (string, error) {
	for _, dir := range m.dirs {
		for below := ""; dir != below; dir = filepath.Dir(dir) {
			if mod, err := m.readFile(filepath.Join(dir, "go.mod")); err == nil && bytes.HasPrefix(mod, []byte("module nnbook\n")) {
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

// version runs a command that prints its version and compares the minor one.
func (m machine) version(ctx context.Context, pattern *regexp.Regexp, minor int, want string, command []string) (string, error) {
	out, err := m.output(ctx, command[0], command[1:]...)
	if strings.Contains(out, "xcode-select") { // macOS has stand-ins for what its tools bring
		return "", fmt.Errorf("%s comes with Apple's tools, which are missing: xcode-select --install; want %s", command[0], want)
	}
	if err != nil {
		return "", errors.New("want " + want)
	}
	match := pattern.FindStringSubmatch(out)
	if match == nil {
		return "", fmt.Errorf("%s says %.40q; want %s", command[0], out, want)
	}
	if got, _ := strconv.Atoi(match[1]); got < minor {
		return "", fmt.Errorf("%s; want %s", match[0], want)
	}
	return match[0], nil
}

// output runs a command on this machine.
func output(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	return string(out), err
}
