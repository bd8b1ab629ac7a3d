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

// A check looks at one thing that the book needs. It returns what is there,
// or an error that says what is not and how to get it.
type check struct {
	name string
	run  func(ctx context.Context) (found string, err error)
}

// doctor prints a line per check, and fails if something is missing.
func doctor(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if err := parse(newFlags("doctor"), args, stdout); err != nil {
		return err
	}
	missing := 0
	for _, c := range []check{{"Go", goTool}, {"Python", python}, {"make", makeTool}, {"kernel", labKernel}, {"data", localData}} {
		found, err := c.run(ctx)
		mark := "ok     "
		if err != nil {
			mark, found = "MISSING", err.Error()
			missing++
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

func goTool(ctx context.Context) (string, error) {
	return version(ctx, regexp.MustCompile(`go1\.(\d+)\S*`), goMinor, "Go 1.26 or newer: https://go.dev/dl", []string{"go", "version"})
}

func python(ctx context.Context) (string, error) {
	command := os.Getenv("PYTHON")
	if command == "" {
		command = "python3"
	}
	const hint = "Python 3.10 or newer with venv: https://www.python.org/downloads, or on Debian and Ubuntu apt install python3-venv; make lab PYTHON=… names another"
	found, err := version(ctx, regexp.MustCompile(`Python 3\.(\d+)\S*`), pythonMinor, hint, []string{command, "--version"})
	if err != nil {
		return "", err
	}
	if _, err := output(ctx, command, "-c", "import venv, ensurepip"); err != nil {
		return "", errors.New(found + " without venv; want " + hint)
	}
	return found, nil
}

func makeTool(ctx context.Context) (string, error) {
	out, err := output(ctx, "make", "--version")
	if err != nil {
		return "", errors.New("want make: xcode-select --install on macOS, apt install make on Debian and Ubuntu")
	}
	line, _, _ := strings.Cut(out, "\n")
	return line, nil
}

// labKernel looks for what make lab installs, in the checkout that we are in.
func labKernel(context.Context) (string, error) {
	if runtime.GOOS == "windows" {
		return "", errors.New("the GoNB kernel does not run on Windows itself; use the book in WSL (https://learn.microsoft.com/windows/wsl)")
	}
	root, err := checkout()
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

// checkout returns the directory of nnbook's go.mod, at or above this one.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && bytes.HasPrefix(mod, []byte("module nnbook\n")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("not inside a checkout of nnbook: change to one and ask again")
		}
		dir = parent
	}
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
func version(ctx context.Context, pattern *regexp.Regexp, minor int, want string, command []string) (string, error) {
	out, err := output(ctx, command[0], command[1:]...)
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

func output(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	return string(out), err
}
