package play

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// numbers are a list of the page's, as whole numbers.
func numbers(list any) []int {
	var all []int
	for _, v := range list.([]any) {
		all = append(all, int(v.(float64)))
	}
	return all
}

// kept is a message that keeps a stroke from top to bottom, at x, as a digit.
func kept(n, label int, x float64) string {
	return fmt.Sprintf(`{"kind": "keep", "n": %d, "label": %d, "pen": 0.1, "strokes": [[[%v, 0.1], [%v, 0.9]]]}`, n, label, x, x)
}

func TestDigitsAreKeptAndDropped(t *testing.T) {
	p := newPage(t, digits, others)
	var last *mnist.Set
	p.Own(mnist.Drawn(1, 3), func(own *mnist.Set) { last = own })
	if m := p.ask(t, `{"kind": "hello"}`); m["kind"] != "ready" {
		t.Fatal(m)
	}
	if m := p.next(t); m["kind"] != "owned" || !slices.Equal(numbers(m["labels"]), []int{8}) {
		t.Errorf("after a page was loaded: labels %v, want the digit that was kept before", m["labels"])
	}
	p.ask(t, kept(1, 1, 0.3))
	m := p.ask(t, kept(2, 7, 0.6))
	if m["kind"] != "owned" || !slices.Equal(numbers(m["labels"]), []int{8, 1, 7}) || len(numbers(m["now"])) != 3 {
		t.Errorf("after two were kept: %v, now %v", m["labels"], m["now"])
	}
	m = p.ask(t, `{"kind": "drop", "n": 3, "index": 1}`)
	if !slices.Equal(numbers(m["labels"]), []int{8, 7}) || string(last.Labels) != "\x08\x07" || last.Len() != len(last.Images)/784 {
		t.Errorf("after one was dropped: labels %v, kept %v", m["labels"], last.Labels)
	}
	if want := (Drawing{[][]Point{{{0.6, 0.1}, {0.6, 0.9}}}, 0.1}).Plain(); Picture(last.Bytes(1)) != want {
		t.Error("what is kept is not what was drawn")
	}
	for n, test := range []struct{ message, want string }{
		{kept(10, 10, 0.5), "play: a digit kept as a 10, want 0 to 9"},
		{`{"kind": "keep", "n": 11, "label": 1, "pen": 0.1}`, "play: there is nothing on the paper to keep"},
		{`{"kind": "drop", "n": 12, "index": 2}`, "play: digit 2 of those kept, want one of 2, from 0"},
		{`{"kind": "learn", "n": 13, "rate": 1}`, "play: a lesson of 0 steps, want 1 to 200"},
		{`{"kind": "learn", "n": 14, "steps": 1}`, "play: a lesson with η = 0, want a number above 0, up to 10"},
	} {
		if m := p.ask(t, test.message); m["text"] != test.want {
			t.Errorf("error %d: %v, want %q", n, m, test.want)
		}
	}
	for i := range maxOwn {
		p.Handle(kept(20+i, 1, 0.5))
	}
	for range maxOwn - 2 {
		p.next(t)
	}
	if m := p.next(t); m["text"] != "play: 200 digits are kept, and there is no place for more" {
		t.Errorf("digit %d was kept: %v", maxOwn+1, m)
	}
}

func TestALessonIsTheTrainingThatItSays(t *testing.T) {
	for _, old := range []bool{false, true} {
		p := newPage(t, digits, others)
		p.ask(t, kept(1, 1, 0.3))
		p.ask(t, kept(2, 7, 0.6))
		before := clone(p.pupil.net)
		p.Handle(fmt.Sprintf(`{"kind": "learn", "n": 3, "steps": 5, "rate": 2, "old": %v}`, old))
		var m map[string]any
		for step := 1; step <= 5; step++ {
			if m = p.next(t); m["kind"] != "learned" || m["steps"] != float64(step) || m["busy"] != (step < 5) {
				t.Fatalf("step %d: %v", step, m)
			}
		}
		want := clone(before)
		want.Rand = nprand.New(0)
		for step := range 5 {
			set := p.pupil.own
			if old {
				set = p.among(set, step)
				if set.Len() != 2+oldOnes || set.Labels[2] != digits.Labels[oldOnes*step] {
					t.Fatalf("step %d has %d digits, the first old one a %d", step, set.Len(), set.Labels[2])
				}
			}
			for range want.SGD(t.Context(), set, nnlib.Config{Epochs: 1, MiniBatchSize: set.Len(), Eta: 2}) {
			}
		}
		if Fingerprint(p.pupil.net) != Fingerprint(want) {
			t.Errorf("old %v: it has learned something else", old)
		}
		if got, want := int(m["count"].(float64)), want.Evaluate(others); got != want || m["of"] != float64(others.Len()) {
			t.Errorf("old %v: %d recognised of %v, want %d", old, got, m["of"], want)
		}
		if !old && !slices.Equal(numbers(m["now"]), []int{1, 7}) {
			t.Errorf("its own digits are answered with %v, want 1, 7", m["now"])
		}
		if m := p.ask(t, `{"kind": "unlearn", "n": 4}`); m["steps"] != 0.0 || m["count"] != m["before"] || Fingerprint(p.pupil.net) != Fingerprint(before) {
			t.Errorf("old %v: after unlearn %v", old, m)
		}
	}
}

func TestALessonCanBeGivenUp(t *testing.T) {
	p := newPage(t, nil, others)
	p.ask(t, kept(1, 1, 0.3))
	if m := p.ask(t, `{"kind": "learn", "n": 2, "steps": 1, "rate": 1, "old": true}`); m["text"] != "play: there are no old digits here to learn from" {
		t.Error(m)
	}
	p.Handle(`{"kind": "learn", "n": 3, "steps": 200, "rate": 1}`)
	p.Handle(`{"kind": "learn", "n": 4, "steps": 200, "rate": 1}`)
	p.Handle(`{"kind": "unlearn", "n": 5}`)
	refused := false
	for {
		m := p.next(t)
		refused = refused || m["text"] == "play: it is learning already"
		if m["kind"] == "learned" && m["steps"] == 0.0 && m["busy"] == false {
			break
		}
	}
	if !refused {
		t.Error("two lessons at once")
	}
	p.Handle(`{"kind": "learn", "n": 6, "steps": 200, "rate": 1}`)
	p.Close() // waits for it
}

func TestWhatPixelsArguedAddsUp(t *testing.T) {
	for _, sizes := range [][]int{{784, 10}, {784, 6, 10}, {784, 8, 5, 10}} {
		net, err := nnlib.New(sizes, nprand.New(5))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			pic := Picture(digits.Bytes(i))
			for digit := range 10 {
				argued, empty := Argued(net, &pic, digit)
				sum := empty
				for k, v := range argued {
					sum += v
					if pic[k] == 0 && v != 0 {
						t.Fatalf("%v: pixel %d is paper and argued %v", sizes, k, v)
					}
				}
				a := net.Feedforward(pic.input())
				last := len(net.Weights) - 1
				if z := nnlib.Affine(net.Weights[last], a[last], net.Biases[last]).AtVec(digit); math.Abs(sum-z) > 1e-9*max(1, math.Abs(z)) {
					t.Errorf("%v: image %d, digit %d: blank paper and all arguments are %v, want z = %v", sizes, i, digit, sum, z)
				}
			}
		}
	}
}

// With one hidden layer they are what a sum over many small steps from blank paper comes to.
func TestWhatPixelsArguedIsTheMeanGradient(t *testing.T) {
	net, err := nnlib.New([]int{784, 6, 10}, nprand.New(5))
	if err != nil {
		t.Fatal(err)
	}
	pic := Picture(digits.Bytes(0))
	x := pic.input()
	argued, _ := Argued(net, &pic, 3)
	const steps = 2000
	mean := make([]float64, len(pic))
	for step := range steps {
		at := clone(net)
		part := (float64(step) + 0.5) / steps
		at.Weights[0].Scale(part, at.Weights[0]) // w·(part·x)
		a := at.Feedforward(x)
		for j := range 6 {
			s := a[1].AtVec(j)
			slope := net.Weights[1].At(3, j) * s * (1 - s) / steps
			for k := range mean {
				mean[k] += slope * net.Weights[0].At(j, k) * x.AtVec(k)
			}
		}
	}
	for k := range mean {
		if math.Abs(mean[k]-argued[k]) > 1e-5 {
			t.Fatalf("pixel %d argued %v, the mean gradient times its ink is %v", k, argued[k], mean[k])
		}
	}
}

func TestSoftmaxIsSharesOfOdds(t *testing.T) {
	shares := Softmax([]float64{0, math.Log(3), -1000, 1000, 1000})
	for d, want := range []float64{0, 0, 0, 0.5, 0.5} {
		if math.Abs(shares[d]-want) > 1e-12 {
			t.Errorf("share %d is %v, want %v", d, shares[d], want)
		}
	}
	// Yes-or-no answers p, given that one alone is right: p/(1-p), divided by their sum.
	z, odds, sum := []float64{-2, 0.3, 1}, []float64{}, 0.0
	for _, v := range z {
		p := 1 / (1 + math.Exp(-v))
		odds = append(odds, p/(1-p))
		sum += p / (1 - p)
	}
	for d, share := range Softmax(z) {
		if math.Abs(share-odds[d]/sum) > 1e-12 {
			t.Errorf("share %d is %v, want %v", d, share, odds[d]/sum)
		}
	}
}

func TestAnswerSaysWhatArgued(t *testing.T) {
	p := newPage(t, digits, others)
	text, _ := json.Marshal(map[string]any{"kind": "draw", "n": 1, "digit": 7})
	var a answer
	p.Session.send = func(text string) {
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Error(err)
		}
	}
	p.Handle(string(text))
	if len(a.Argued) != 784 || slices.Max(a.Argued) != 255 && slices.Min(a.Argued) != 1 || a.Argued[0] != 128 {
		t.Errorf("argued: %d pixels, %d to %d, the corner %d", len(a.Argued), slices.Min(a.Argued), slices.Max(a.Argued), a.Argued[0])
	}
	output := a.Outputs[a.Answer]
	if z := a.Empty + a.For - a.Against; math.Abs(1/(1+math.Exp(-z))-output) > 1e-9 {
		t.Errorf("blank paper and arguments come to σ(%v), the output is %v", z, output)
	}
}
