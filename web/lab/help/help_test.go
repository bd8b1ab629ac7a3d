package help

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nnbook/web/lab/cells"
)

var imported = strings.Fields(`nnbook/nnlib nnbook/nnlib/nprand nnbook/nb nnbook/nb/nnplot
	gonum.org/v1/gonum/mat gonum.org/v1/plot builtin crypto/rand fmt math math/rand math/rand/v2 os strings`)

// lab is the help on the packages above, as this machine's Go compiles them.
var lab = sync.OnceValues(func() (*Help, error) {
	out, err := exec.Command("go", append([]string{"list", "-export", "-json=ImportPath,Name,Export,Dir,GoFiles"}, imported...)...).Output()
	if err != nil {
		return nil, err
	}
	reference, index := Reference{}, &cells.Index{Packages: map[string]cells.Package{}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name, Export, Dir string
			GoFiles                       []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if reference[p.ImportPath], err = Describe(p.ImportPath, p.Export, p.Dir, p.GoFiles); err != nil {
			return nil, err
		}
		if p.Name != "builtin" {
			index.Packages[p.ImportPath] = cells.Package{Name: p.Name, Exports: []string{}}
		}
	}
	var packed bytes.Buffer
	if err := reference.Write(&packed); err != nil {
		return nil, err
	}
	if reference, err = Read(&packed); err != nil {
		return nil, err
	}
	h := New(index, reference)
	for path, entry := range index.Packages {
		p, err := h.importer.Import(path)
		if err != nil {
			return nil, err
		}
		for _, name := range exported(p) {
			entry.Exports = append(entry.Exports, name.Text)
		}
		index.Packages[path] = entry
	}
	return h, nil
})

// at is a question on the place of a | in a cell.
func at(t *testing.T, source string, earlier ...string) (*Help, Question) {
	t.Helper()
	h, err := lab()
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(source, "|")
	if !ok {
		t.Fatalf("no | in %q", source)
	}
	q := Question{Source: before + after, Cursor: len([]rune(before))}
	for i, source := range earlier {
		q.Cells = append(q.Cells, Cell{i + 1, source})
	}
	return h, q
}

const network = "%%\nnet, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))\nnb.Check(err)\n"

func TestNamesAreCompleted(t *testing.T) {
	earlier := []string{
		"type box struct{ width, height float64 }\nfunc (b box) area() float64 { return b.width * b.height }",
		"func twice(x float64) float64 { return 2 * x }\nconst limit = 3",
		"import r \"math/rand\"",
		"var strings = box{}",
	}
	for _, test := range []struct{ name, source, want, not string }{
		{"a variable of the cell", network + "net.|", "SGD Evaluate Weights Feedforward", "engine"},
		{"with what follows", network + "net.|\nfmt.Println(net)", "SGD Evaluate", ""},
		{"in a call", network + "fmt.Println(net.|", "SGD Evaluate", ""},
		{"in a call that goes on", network + "fmt.Println(net.|)\nx := 3", "SGD Evaluate", ""},
		{"the head of a loop", network + "for _, err := range net.|", "SGD", ""},
		{"a condition", network + "if net.E|", "Evaluate", "SGD"},
		{"letters of any case", network + "net.sg|", "SGD", "Evaluate"},
		{"within a word", network + "net.Eval|uate(nil)", "Evaluate", "SGD"},
		{"a package", "%%\nnnlib.|", "New Load Sigmoid", "box"},
		{"a package without main", "func f() { nnlib.| }", "New Load", ""},
		{"a package's letters", "%%\nnnlib.N|", "New Network", "Load"},
		{"a package that is imported", "%%\nr.|", "Intn", ""},
		{"packages of one name", "%%\nrand.|", "IntN Intn Reader", ""},
		{"the one that the cell uses", "%%\nfmt.Println(rand.IntN(3))\nrand.|", "IntN N", "Reader"},
		{"a package's name", "%%\nnnp|", "nnplot", "nnlib"},
		{"a field of a literal", "%%\n_ = nnlib.Config{|}", "Epochs MiniBatchSize Eta", ""},
		{"the second field", "%%\n_ = nnlib.Config{Epochs: 3, E|}", "Eta Epochs", "MiniBatchSize"},
		{"a literal without an end", network + "for _, err := range net.SGD(nb.Context(), nil, nnlib.Config{Ep|", "Epochs", "Eta"},
		{"a value of a literal", "%%\nn := 3\n_ = nnlib.Config{Epochs: n|}", "n nil nnlib", ""},
		{"earlier cells' names", "%%\ntw|", "twice", "limit"},
		{"earlier cells' fields and methods", "%%\nb := box{}\nb.|", "width height area", ""},
		{"an earlier cell's variable, named like a package", "%%\nstrings.|", "width area", "Split"},
		{"a local variable", "%%\nfirst := 1\nfmt.Println(f|", "first fmt float64", ""},
		{"none of those to come", "%%\nf|\nfirst := 1", "fmt float64 func for", "first"},
		{"a parameter", "func f(image []float64) float64 { return im| }", "image import", ""},
		{"a method's receiver", "func (b box) half() float64 { return b.w| }", "width", "height"},
		{"what a call returns", "%%\nnprand.New(0).|", "NormFloat64", ""},
		{"the language", "%%\nle|", "len", ""},
		{"what the cell declares anew", "type box struct{ depth int }\n%%\nbox{}.|", "depth", "width"},
		{"other letters than ASCII", "%%\nη := 3.0\nfmt.Println(\"Größe\", η|", "η", ""},
		{"wrong code beside it", "func g() { this is no Go }\n%%\nx := undefined.Thing(\nnnlib.|", "New", ""},
		{"wrong code above it", network + "x x x := 3\nfor i in net {\n}\nnet.|\n", "SGD", ""},
		{"another kind of wrong", "func g() int { return \"text\" }\n%%\nvar v box = 3\nv.|", "width area", ""},
		{"not in a comment", "%%\n// nnlib.|", "", "fmt"},
		{"not in a text", "%%\nfmt.Println(\"nnlib.|\")", "", "fmt"},
		{"not in a command", "%env nnlib.|", "", "fmt"},
		{"an empty cell", "|", "", "len"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, q := at(t, test.source, earlier...)
			done := h.Complete(q)
			var got []string
			for _, n := range done.Names {
				got = append(got, n.Text)
			}
			for want := range strings.FieldsSeq(test.want) {
				if !slices.Contains(got, want) {
					t.Errorf("no %s in %v", want, got)
				}
			}
			if test.not != "" && slices.Contains(got, test.not) {
				t.Errorf("%s in %v", test.not, got)
			}
			if slices.Contains(got, nothing) {
				t.Errorf("%s in %v", nothing, got)
			}
			written := string([]rune(q.Source)[done.Start:done.End])
			for _, text := range got {
				if !strings.HasPrefix(strings.ToLower(text), strings.ToLower(written)) {
					t.Errorf("%s in place of %q", text, written)
				}
			}
		})
	}
}

func TestWhatANameMeans(t *testing.T) {
	earlier := []string{
		"// box has an area.\ntype box struct{ width, height float64 }",
		"// area is its width times its height.\nfunc (b box) area() float64 { return b.width * b.height }\n\n// twice is x + x.\nfunc twice(x float64) float64 { return 2 * x }\nconst limit = 3",
	}
	for _, test := range []struct{ name, source, want string }{
		{"a function", "%%\nnnlib.New|()", "func nnlib.New(sizes []int, "},
		{"its comment", "%%\nnnlib.Ne|w()", "New returns a network"},
		{"between its parentheses", "%%\nnnlib.New(|)", "func nnlib.New(sizes []int, "},
		{"before its parentheses are closed", "%%\nnnlib.New(|", "func nnlib.New(sizes []int, "},
		{"a method", network + "net.SG|D", "func (*nnlib.Network).SGD(ctx context.Context, "},
		{"a method's comment", network + "net.SGD|", "SGD "},
		{"a struct", "%%\n_ = nnlib.Con|fig{}", "type nnlib.Config struct {\n\tEpochs int\n"},
		{"a field", "%%\n_ = nnlib.Config{Et|a: 3}", "field Eta float64\n\nlearning rate"},
		{"a package", "%%\nfmt.Println()\nma|th.Sqrt(2)", "package math // import \"math\"\n\nPackage math provides"},
		{"a package that is not used yet", "%%\nnnli|b", "package nnlib // import \"nnbook/nnlib\""},
		{"a constant", "%%\n_ = math.P|i", "const math.Pi untyped float = 3.14159"},
		{"a variable", network + "n|et", "var net *nnlib.Network"},
		{"an earlier cell's function", "%%\ntwice|(3)", "func twice(x float64) float64\n\ntwice is x + x."},
		{"an earlier cell's method", "%%\nbox{}.area|()", "func (box).area() float64\n\narea is its width times its height."},
		{"an earlier cell's type", "%%\nbo|x{}", "type box struct {\n\twidth float64\n\theight float64\n}\n\nbox has an area."},
		{"the language", "%%\nlen|(\"\")", "The len built-in function returns"},
		{"nothing", "%%\nunknow|n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, q := at(t, test.source, earlier...)
			got := h.Inspect(q)
			if !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// A session is not begun anew with each question, and yet knows what is asked.
func TestCellsThatFollow(t *testing.T) {
	for _, test := range []struct{ cells, want string }{
		{"const a1 = 1", "a1"},
		{"const a1 = 1; const a2 = 1", "a1 a2"},
		{"const a2 = 1", "a2"},
		{"const a1 = 1; const a2 = 1", "a1 a2"},
		{"const a2 = 1; %rm a2", ""},
	} {
		h, q := at(t, "%%\n_ = a|", strings.Split(test.cells, "; ")...)
		var got []string
		for _, name := range h.Complete(q).Names {
			if name.Kind == "constant" {
				got = append(got, name.Text)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.cells, got, test.want)
		}
	}
}

// Whatever is written, and wherever the cursor is, it answers, and soon.
func TestEveryPlaceIsAnswered(t *testing.T) {
	source := network + "for epoch, err := range net.SGD(nb.Context(), nil, nnlib.Config{Epochs: 3, Eta: 0.5}) {\n\tif nb.Stopped(err) {\n\t\tbreak\n\t}\n\tfmt.Printf(\"%d: %v\\n\", epoch, net.Sizes[0]) // η\n}"
	h, q := at(t, source+"|")
	h.Complete(q)
	for q.Cursor = 0; q.Cursor <= len([]rune(q.Source)); q.Cursor++ {
		start := time.Now()
		h.Complete(q)
		h.Inspect(q)
		half := Question{Source: string([]rune(q.Source)[:q.Cursor]), Cursor: q.Cursor}
		h.Complete(half)
		h.Inspect(half)
		if took := time.Since(start); took > time.Second {
			t.Errorf("after %d characters: %v", q.Cursor, took)
		}
	}
	for _, cursor := range []int{-1, 1 << 20} {
		if done := h.Complete(Question{Source: "x", Cursor: cursor}); len(done.Names) != 0 {
			t.Errorf("cursor %d: %v", cursor, done.Names)
		}
	}
}

func TestDescribeRefusesWhatIsNoArchive(t *testing.T) {
	if _, err := Describe("x", "help_test.go", ".", nil); err == nil || !strings.Contains(err.Error(), "help_test.go: ") {
		t.Errorf("error %v, want one that names the file", err)
	}
}
