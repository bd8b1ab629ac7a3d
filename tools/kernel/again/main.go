// Again stands in for go build in the kernel. A cell is a new main.go; the hundreds of packages around it are mostly
// what they were for the cell before, and to find that out takes go build longer than to compile and link. So
// go build's calls of the compiler and the linker are noted, and made again for the next cell, as long as nothing
// that they depend on has changed. Else, and whenever one of them fails, go build does it, and says what is wrong.
// So is what go env has said, which goimports asks for each cell.
//
//	again STDIN build -o PROGRAM  in the kernel's folder, as go build; STDIN is stdin.go, for cells that read
//	again STDIN env -json NAMES   in the kernel's folder, as go env
//	again -note TOOL ARGUMENTS    by go build, for each call of a tool (go help build: -toolexec)
package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

var (
	kernel = os.Getenv("GONB_TMP_DIR")
	noted  = filepath.Join(kernel, "again") // of the last cell that go build has built
	noting = noted + ".new"
)

func main() {
	stdin, args := os.Args[1], os.Args[2:]
	switch {
	case stdin == "-note":
		note(args)
		fmt.Fprintln(os.Stderr, syscall.Exec(args[0], args, os.Environ())) // the tool, or why not
		os.Exit(1)
	case args[0] == "env":
		env(args)
	default:
		build(args, stdin)
	}
}

// env prints what go env has said where the settings were the same.
func env(args []string) {
	path := filepath.Join(kernel, "env")
	key := settings(args).Sum(nil)
	if said, _ := os.ReadFile(path); bytes.HasSuffix(said, key) { // which is written last
		os.Stdout.Write(said[:len(said)-len(key)])
		return
	}
	ask := exec.Command("go", args...)
	ask.Stderr = os.Stderr
	said, err := ask.Output()
	os.Stdout.Write(said)
	if err != nil {
		os.Exit(max(1, ask.ProcessState.ExitCode()))
	}
	os.WriteFile(path, append(said, key...), 0o600)
}

// reads finds in a cell that it reads standard input, which it does not have.
var reads = regexp.MustCompile(`os\.Stdin|fmt\.Scan`)

func build(args []string, stdin string) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt) // the tools hear it as well, and are waited for
	cell, _ := os.ReadFile(filepath.Join(kernel, "main.go"))
	// Not for every cell: where stdin.go is built in, Go no longer finds out that all goroutines wait.
	if args[1] == "-o" && reads.Match(cell) && !bytes.Contains(cell, []byte("gonbui.RequestInput")) {
		overlay := filepath.Join(kernel, "overlay.json")
		os.WriteFile(overlay, fmt.Appendf(nil, `{"Replace": {%q: %q}}`, filepath.Join(kernel, "stdin.go"), stdin), 0o600)
		args = slices.Insert(slices.Clone(args), 1, "-overlay="+overlay)
	}
	now := state(args) // before go build looks: what changes meanwhile is seen for the next cell
	if again(cell, now, args[len(args)-1]) {
		return
	}
	if len(stop) > 0 {
		os.Exit(130)
	}
	if self, err := os.Executable(); err == nil {
		args = slices.Insert(slices.Clone(args), 1, "-toolexec="+self+" -note")
	}
	os.RemoveAll(noting)
	build := exec.Command("go", args...)
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	temp := filepath.Join(kernel, "build") // a build that is interrupted leaves its own behind, until the next
	os.RemoveAll(temp)
	os.Mkdir(temp, 0o700)
	build.Env = append(os.Environ(), "GOTMPDIR="+temp)
	if build.Run() != nil {
		os.RemoveAll(noting)
		os.Exit(max(1, build.ProcessState.ExitCode()))
	}
	if _, err := os.Stat(filepath.Join(noting, "compile")); err == nil { // not where the cell's code was built before
		os.RemoveAll(noted)
		os.WriteFile(filepath.Join(noting, "state"), now, 0o600)
		os.Rename(noting, noted)
	}
	os.RemoveAll(noting)
}

// settings is a hash of what is asked of go, and of its settings.
func settings(args []string) hash.Hash {
	h := sha256.New()
	config, _ := os.UserConfigDir()
	fmt.Fprintf(h, "%q %q", args, slices.Sorted(slices.Values(os.Environ())))
	add(h, cmp.Or(os.Getenv("GOENV"), filepath.Join(config, "go", "env")))
	return h
}

// state is a hash of all that a build depends on but main.go: settings, lists of modules, and the size and time of
// every file in the local modules' folders with Go in them, and below (go:embed may name it). Other modules do not change.
func state(args []string) []byte {
	h := settings(args)
	files, _ := os.ReadDir(kernel)
	for _, file := range files {
		if !file.IsDir() && !slices.Contains([]string{"main.go", filepath.Base(kernel), "env", "overlay.json"}, file.Name()) {
			add(h, filepath.Join(kernel, file.Name()))
		}
	}
	modules := []string{kernel}
	for i := 0; i < len(modules); i++ {
		work, _ := os.ReadFile(filepath.Join(modules[i], "go.work"))
		mod, _ := os.ReadFile(filepath.Join(modules[i], "go.mod"))
		for word := range strings.FieldsSeq(string(work) + string(mod)) { // use FOLDER; replace MODULE => FOLDER
			folder := strings.Trim(word, `"`)
			if strings.HasPrefix(folder, ".") {
				folder = filepath.Join(modules[i], folder)
			}
			if filepath.IsAbs(folder) && !strings.HasPrefix(folder, "//") && !slices.Contains(modules, folder) {
				modules = append(modules, folder)
				addFolder(h, folder, false)
			}
		}
	}
	return h.Sum(nil)
}

func addFolder(h hash.Hash, folder string, all bool) {
	entries, err := os.ReadDir(folder)
	fmt.Fprintf(h, "%q %v\n", folder, err)
	all = all || slices.ContainsFunc(entries, func(entry os.DirEntry) bool { return filepath.Ext(entry.Name()) == ".go" })
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		switch {
		case entry.IsDir() && (all || !strings.HasPrefix(entry.Name(), ".")): // .git and .lab hold no package
			addFolder(h, path, all)
		case entry.Type()&os.ModeSymlink != 0, !entry.IsDir() && (all || strings.HasPrefix(entry.Name(), "go.")):
			add(h, path)
		}
	}
}

func add(h hash.Hash, path string) {
	switch info, err := os.Stat(path); {
	case err != nil:
		fmt.Fprintln(h, err)
	case info.IsDir(): // by a link: what lies there is not looked at, so the state is never the same
		fmt.Fprintln(h, time.Now())
	default:
		fmt.Fprintf(h, "%q %d %d\n", path, info.Size(), info.ModTime().UnixNano())
	}
}

// again makes the calls that were noted, where the state then was what it is now; false if it cannot.
func again(cell, now []byte, program string) bool {
	then, _ := os.ReadFile(filepath.Join(noted, "state"))
	if !bytes.Equal(then, now) || bytes.Contains(cell, []byte("//go:")) { // such lines are go build's to read
		return false
	}
	defer os.Remove(filepath.Join(noted, "_pkg_.a")) // the cell, compiled
	for _, tool := range []string{"compile", "link"} {
		call, err := os.ReadFile(filepath.Join(noted, tool))
		if err != nil {
			return false
		}
		words := strings.Split(string(call), "\n")
		cmd := exec.Command(words[1], words[2:]...)
		cmd.Env = append(os.Environ(), words[0])
		if cmd.Run() != nil {
			return false
		}
	}
	return os.Rename(filepath.Join(noted, "exe", "a.out"), program) == nil
}

// hidden is what a cell cannot import of what it is linked with: lines of the list that the linker reads.
var hidden = regexp.MustCompile(`(?m)^(modinfo |packagefile ([^=\n]*/)?(internal|vendor)[/=]).*\n`)

// note keeps a call that builds the cell, and the list of packages that it reads. Go build is about to remove its folder:
// what else a call reads there, a cell rewritten by -cover say, is missing when it is made again, and go build builds.
// The cells to come may import all that this one is linked with, not only what it imports itself.
func note(args []string) {
	at := slices.Index(args, "-importcfg") + 1
	if at == 0 || os.Getenv("TOOLEXEC_IMPORTPATH") != filepath.Base(kernel) {
		return
	}
	work := filepath.Dir(args[at])
	call := []string{"GOROOT=" + os.Getenv("GOROOT")} // what go build sets
	for _, arg := range args {
		if strings.HasPrefix(arg, "-buildid=") { // by it go build would take a later cell's program for this one's
			arg = "-buildid=again"
		}
		call = append(call, strings.ReplaceAll(arg, work, noted))
	}
	keep := func(name string, text []byte) { os.WriteFile(filepath.Join(noting, name), text, 0o600) }
	os.MkdirAll(filepath.Join(noting, "exe"), 0o700)
	keep(filepath.Base(args[0]), []byte(strings.Join(call, "\n")))
	if list, err := os.ReadFile(args[at]); err == nil && filepath.Base(args[0]) == "link" {
		list = bytes.ReplaceAll(list, []byte(work), []byte(noted))
		keep("importcfg.link", list)
		keep("importcfg", hidden.ReplaceAll(list, nil)) // for the compiler
	}
}
