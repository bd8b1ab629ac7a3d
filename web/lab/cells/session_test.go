package cells

import (
	"strings"
	"testing"
)

// index has a few packages, as the toolchain would write it.
var index = &Index{Go: "go1.26", Packages: map[string]Package{
	"fmt":                  {Name: "fmt", Exports: []string{"Println", "Sprint"}},
	"math":                 {Name: "math", Exports: []string{"Sqrt"}},
	"math/rand":            {Name: "rand", Exports: []string{"Int", "Intn", "Read"}},
	"math/rand/v2":         {Name: "rand", Exports: []string{"Int", "IntN"}},
	"crypto/rand":          {Name: "rand", Exports: []string{"Int", "Read"}},
	"flag":                 {Name: "flag", Exports: []string{"Parse"}},
	"net":                  {Name: "net"}, // is linked with, but not to be imported
	"nnbook/nnlib":         {Name: "nnlib", Exports: []string{"New"}},
	"gonum.org/v1/foo/mat": {Name: "mat", Exports: []string{"NewDense"}},
}}

// run gives the session a cell that compiles.
func run(t *testing.T, s *Session, id int, source string) *Program {
	t.Helper()
	p, err := s.Cell(id, source)
	if err != nil {
		t.Fatalf("cell %d: %v", id, err)
	}
	s.Keep()
	return p
}

func TestDeclarationsStayAndAreReplaced(t *testing.T) {
	s := New(index)
	run(t, s, 1, "type P struct{ x int }\n\nfunc (p *P) get() int { return p.x }\nfunc twice(x int) int { return 2 * x }\nvar a, b = 1, 2\nconst (\n\tA = iota\n\tB\n)")
	p := run(t, s, 2, "func twice(x int) int { return x + x }\nfunc (p *P) get() int { return 7 }\nvar a = \"text\"\nconst A = 5")
	for _, want := range []string{"type (", "return x + x", "return 7", "_, b = 1, 2", `a = "text"`, "_ = iota\n\tB", "A = 5"} {
		if !strings.Contains(p.Main, want) {
			t.Errorf("no %q in\n%s", want, p.Main)
		}
	}
	for _, gone := range []string{"2 * x", "return p.x"} {
		if strings.Contains(p.Main, gone) {
			t.Errorf("%q is still in\n%s", gone, p.Main)
		}
	}
	// Another kind of thing under the same name replaces it, too; the last name of a line takes the line along.
	if p = run(t, s, 3, "func b() {}\ntype twice int"); strings.Contains(p.Main, "= 1, 2") || strings.Contains(p.Main, "x + x") {
		t.Errorf("what b and twice were is still in\n%s", p.Main)
	}
}

func TestCellThatDoesNotCompileLeavesNothing(t *testing.T) {
	s := New(index)
	run(t, s, 1, "func f() int { return 1 }")
	if _, err := s.Cell(2, "func f() int { return undefined }"); err != nil {
		t.Fatal(err) // the compiler will say so
	}
	if p := run(t, s, 3, "%%\nfmt.Println(f())"); !strings.Contains(p.Main, "return 1") {
		t.Errorf("f is not as it was:\n%s", p.Main)
	}
}

func TestCellThatOnlyCommentsHasNoProgram(t *testing.T) {
	s := New(index)
	run(t, s, 1, "func f() int { return 1 }")
	if p := run(t, s, 2, "// f is one.\n/* so\nit is */"); p.Main != "" || p.Runs {
		t.Errorf("got %+v", p)
	}
	if p := run(t, s, 3, "%%\nfmt.Println(f())"); !strings.Contains(p.Main, "return 1") {
		t.Errorf("f is gone:\n%s", p.Main)
	}
}

func TestMain(t *testing.T) {
	s := New(index)
	p := run(t, s, 1, "func f() {}\n%% -v one\nf()")
	if !p.Runs || strings.Join(p.Args, " ") != "-v one" || !strings.Contains(p.Main, "flag.Parse()") {
		t.Errorf("%%%% with arguments: %+v", p)
	}
	if p = run(t, s, 2, "func main() { f() }"); !p.Runs || strings.Count(p.Main, "func main") != 1 {
		t.Errorf("main of an earlier cell is left: %+v", p)
	}
	if p = run(t, s, 3, "func g() {}"); p.Runs || !strings.Contains(p.Main, "func main() {}") {
		t.Errorf("a cell that only declares: %+v", p)
	}
	if p = run(t, s, 4, "func init_one() {}\nfunc init_two() {}"); !p.Runs || strings.Count(p.Main, "func init()") != 2 {
		t.Errorf("init_ functions: %+v", p)
	}
	if p = run(t, s, 5, "func init_one() { f() }\n%%"); strings.Count(p.Main, "func init()") != 2 || !strings.Contains(p.Main, "func init() { f() }") {
		t.Errorf("init_one is replaced by name: %s", p.Main)
	}
	if p = run(t, s, 6, "var x = f2()\nfunc f2() int { return 1 }"); !p.Runs {
		t.Errorf("a variable's value is not computed: %+v", p)
	}
}

func TestImports(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"found", "%%\nfmt.Println(math.Sqrt(2))", "fmt math"},
		{"by what is selected", "%%\n_ = rand.IntN(3)", "math/rand/v2"},
		{"crypto before math, as goimports does", "%%\n_, _ = rand.Read(nil)", "crypto/rand"},
		{"an older package", "%%\n_ = rand.Intn(3)", "math/rand"},
		{"the book's", "%%\nnnlib.New()", "nnbook/nnlib"},
		{"declared, and not used", "import \"math\"\n%%\nfmt.Println()", "fmt"},
		{"declared", "import \"math/rand\"\n%%\nfmt.Println(rand.Int())", "math/rand fmt"},
		{"under another name", "import r \"math/rand\"\n%%\nfmt.Println(r.Int())", "math/rand fmt"},
		{"a variable is no package", "%%\nvar fmt struct{ Println int }\n_ = fmt.Println", ""},
		{"not to be imported", "%%\nnet.Dial()", ""},
		{"for what it does", "import _ \"math\"\n%%", "math"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(run(t, New(index), 1, test.source).Imports, " "); got != test.want {
				t.Errorf("imports %q, want %q", got, test.want)
			}
		})
	}
	if p := run(t, New(index), 1, "func f() {}"); p.Imports == nil {
		t.Error("no list of imports where there are none: JSON's null")
	}
	s := New(index)
	run(t, s, 1, "import \"math/rand\"")
	if p := run(t, s, 2, "%%\nfmt.Println(rand.Int())"); strings.Join(p.Imports, " ") != "math/rand fmt" {
		t.Errorf("an import does not stay: %v", p.Imports)
	}
}

// What reads MNIST is fetched for as it is built; what does not may never fetch it.
func TestDigits(t *testing.T) {
	for _, test := range []struct {
		source string
		want   bool
	}{
		{"%%\ntrain, test := nb.Data()", true},
		{"func digits() { mnist.Load(\"\") }\n%%\ndigits()", true},
		{"%%\nnb.Check(nil)", false},
		{"%%\nvar nb struct{ Data int }\n_ = nb.Data", false},
	} {
		if got := run(t, New(index), 1, test.source).Digits; got != test.want {
			t.Errorf("%s: reads MNIST: %v, want %v", test.source, got, test.want)
		}
	}
}

func TestWhatIsWrongIsSaidByCellLine(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"syntax", "%%\nfmt.Println(1", "Cell[7]: Line 2: missing ',' before newline"},
		{"no such package", "\nimport \"net/http\"", "Cell[7]: Line 2: package net/http does not come with the lab"},
		{"shell", "%%\n!ls", "Cell[7]: Line 2: !, a command of the shell, is not to be had"},
		{"command", "%capture x", "%capture is not to be had in the browser; %help"},
		{"twice", "%%\n%%", "Cell[7]: Line 2: main begins twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := New(index).Cell(7, test.source)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, %v, want %q", p, err, test.want)
			}
		})
	}
	s := New(index)
	run(t, s, 3, "func f() {\n\tg()\n}\nfunc g() {}")
	got := s.Explain("/Cell[3]:2:2: undefined: g\nmain.f(...)\n\t/book/Cell[3]:2 +0x7\n")
	if want := "Cell[3]: Line 2: undefined: g\n    \tg()\n    \t^\nmain.f(...)\n\tCell[3]: Line 2 +0x7\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCommands(t *testing.T) {
	s := New(index)
	run(t, s, 1, "func f() {}\ntype T int")
	for _, test := range []struct{ source, want string }{
		{"%list", "type T (cell 1)\nfunc f (cell 1)\n"},
		{"%version", "go1.26, in the browser\n"},
		{"%rm f other", "other is not declared.\n"},
		{"%ls", "type T (cell 1)\n"},
		{"%reset\n%ls", "Nothing is declared.\n"},
	} {
		if p := run(t, s, 2, test.source); p.Says != test.want || p.Main != "" {
			t.Errorf("%s: %q, %q, want %q", test.source, p.Says, p.Main, test.want)
		}
	}
	if p := run(t, s, 3, "%env A=b c\n%env D e"); p.Env["A"] != "b c" || p.Env["D"] != "e" {
		t.Errorf("environment %v", p.Env)
	}
	if p := run(t, s, 4, "%help"); !strings.Contains(p.Says, "%reset") {
		t.Errorf("help: %s", p.Says)
	}
}

func TestProgramSaysWhatItIsLinkedWith(t *testing.T) {
	index := &Index{Packages: map[string]Package{
		"runtime": {Name: "runtime", Bundle: "go"},
		"fmt":     {Name: "fmt", Bundle: "go", Imports: []string{"io", "unsafe"}, Exports: []string{"Println"}},
		"io":      {Name: "io", Bundle: "go"},
		"unsafe":  {Name: "unsafe"},
		"md5":     {Name: "md5", Bundle: "md5", Imports: []string{"io"}, Exports: []string{"New"}},
	}}
	const source = "%%\nfmt.Println(1)"
	p := run(t, New(index), 1, source)
	if got, want := strings.Join(p.Packages, " ")+"; "+strings.Join(p.Bundles, " "), "fmt io runtime; go"; got != want || p.Ready != "" {
		t.Errorf("%s, ready %q; want %s, and not ready", got, p.Ready, want)
	}
	steps := p.Steps("/cell", func(path string) string { return "/pkg/" + path + ".a" })
	if want := "packagefile fmt=/pkg/fmt.a\npackagefile io=/pkg/io.a\npackagefile runtime=/pkg/runtime.a\npackagefile command-line-arguments=/cell/main.a\n"; steps.Config != want {
		t.Errorf("%q, want %q", steps.Config, want)
	}
	// What comes with the lab is known again by its text and its place in the notebook.
	index.Programs = map[string]File{p.Key(): {Name: "first.wasm"}}
	for id, source := range map[int]string{1: source, 2: source, 3: "%%\nfmt.Println(2)"} {
		if again := run(t, New(index), id, source); (again.Ready == p.Key()) != (id == 1) {
			t.Errorf("cell %d %q: ready %q, key %q", id, source, again.Ready, p.Key())
		}
	}
}
