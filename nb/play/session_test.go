package play

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// page is a page that a session answers.
type page struct {
	*Session
	said chan map[string]any
}

func newPage(t testing.TB, train, test *mnist.Set) page {
	t.Helper()
	net, err := nnlib.New([]int{784, 4, 10}, nprand.New(0))
	if err != nil {
		t.Fatal(err)
	}
	p := page{said: make(chan map[string]any, 10_000)}
	p.Session, err = NewSession(net, train, test, func(text string) {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Errorf("sent %.100q: %v", text, err)
		}
		p.said <- m
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// ask sends a message and returns the answer.
func (p page) ask(t testing.TB, text string) map[string]any {
	t.Helper()
	p.Handle(text)
	return p.next(t)
}

func (p page) next(t testing.TB) map[string]any {
	t.Helper()
	select {
	case m := <-p.said:
		return m
	case <-time.After(time.Minute):
		t.Fatal("no message in a minute")
		return nil
	}
}

var digits, others = mnist.Drawn(300, 1), mnist.Drawn(50, 2)

func TestAnswerIsWhatTheNetworkSays(t *testing.T) {
	p := newPage(t, digits, others)
	a := p.ask(t, `{"kind": "draw", "n": 1, "digit": 7}`)
	want := p.pupil.net.Outputs(others.Slice(7, 8)).RawRowView(0)
	for j, output := range a["outputs"].([]any) {
		if output != want[j] {
			t.Errorf("output %d is %v, want %v", j, output, want[j])
		}
	}
	if got, want := a["answer"], p.pupil.net.Answers(others.Slice(7, 8))[0]; got != float64(want) {
		t.Errorf("answer %v, want %d", got, want)
	}
	if a["label"] != float64(others.Labels[7]) || len(a["hidden"].([]any)) != 4 || a["blank"] != false {
		t.Errorf("label %v, %d hidden, blank %v; want %d, 4, false", a["label"], len(a["hidden"].([]any)), a["blank"], others.Labels[7])
	}
}

func TestBlankPaperIsAnswered(t *testing.T) {
	p := newPage(t, digits, others)
	if a := p.ask(t, `{"kind": "draw", "n": 1, "pen": 0.1, "prepare": true}`); a["kind"] != "answer" || a["blank"] != true {
		t.Errorf("got %v, want an answer, to blank paper", a)
	}
}

func TestWrongMessagesAreAnsweredByErrors(t *testing.T) {
	p := newPage(t, digits, others)
	for i, test := range []struct{ message, want string }{
		{`{`, "cannot be read"},
		{`[1]`, "cannot be read"},
		{`{"kind": "draw", "n": 1e999}`, "cannot be read"},
		{`{"kind": "draw", "strokes": [[["a", 1]]]}`, "cannot be read"},
		{strings.Repeat(" ", maxMessage) + "{}", "bytes, want at most"},
		{`{"kind": "sing", "n": N}`, `kind "sing"`},
		{`{"kind": "draw", "n": N, "digit": 50}`, "image 50, want 0 to 49"},
		{`{"kind": "draw", "n": N, "digit": -1}`, "image -1"},
		{`{"kind": "draw", "n": N, "strokes": [[[0, 0]]]}`, "a pen of diameter 0"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "strokes": [[]]}`, "stroke 0 has no points"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "strokes": [[[0, 1e300]]]}`, "point 0 of stroke 0"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "strokes": [[` + strings.Repeat("[0, 0],", maxPoints) + `[0, 0]]]}`, "5001 points"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "strokes": [[` + strings.Repeat("[0, 0],[1, 1],", 101) + `[0, 0]]]}`, "length 202"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "turn": 361}`, "361 degrees"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "thicken": 1e9}`, "thicken by 1e+09"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "right": -29}`, "shift by -29"},
		{`{"kind": "draw", "n": N, "pen": 0.1, "noise": 101}`, "noise in 101"},
		{`{"kind": "train", "n": N, "run": 2}`, "run 2, want 0 to 1"},
		{train("epochs", 0), "0 epochs"},
		{train("hidden", []int{201}), "201 neurons in hidden layer 1, want 1 to 200"},
		{train("hidden", []int{5, 0}), "0 neurons in hidden layer 2"},
		{train("hidden", []int{5, 5, 5, 5}), "4 hidden layers, want 0 to 3"},
		{train("hidden", 5), "cannot be read"},
		{train("images", 251), "251 training images, want 10 to 250"},
		{train("images", 9), "9 training images"},
		{train("batch", 251), "mini-batches of 251, want 1 to 250"},
		{train("batch", 0), "mini-batches of 0"},
		{train("eta", -1), "η = -1, want above 0, at most 1000"},
		{train("eta", 1e9), "η = 1e+09"},
		{train("lambda", -1), "λ = -1, want 0 to 1000"},
		{train("lambda", 900), "λ = 900, want at most n/η, here 250/3"},
		{train("init", "zero"), `initial weights = "zero"`},
		{train("cost", "free"), `cost = "free"`},
		{train("seed", -1), "cannot be read"},
		{`{"kind": "train", "n": N, "transcript": 0}`, "transcript 0, want one of the 0"},
		{`{"kind": "continue", "n": N, "epochs": 1}`, "run 0 has not begun"},
		{`{"kind": "store", "n": N, "name": "x"}`, "run A has no epoch to keep yet"},
		{`{"kind": "export", "n": N}`, "no run is kept yet"},
	} {
		m := p.ask(t, strings.Replace(test.message, "N", fmt.Sprint(i+1), 1))
		if text, _ := m["text"].(string); m["kind"] != "error" || !strings.Contains(text, test.want) || !strings.HasPrefix(text, "play: ") {
			t.Errorf("%.80s: got %v, want an error with %q", test.message, m, test.want)
		}
	}
}

func TestMessagesThatWereOvertakenAreDropped(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(`{"kind": "draw", "n": 5, "digit": 1}`)
	p.Handle(`{"kind": "draw", "n": 4, "digit": 2}`)
	p.Handle(`{"kind": "draw", "n": 6, "digit": 3}`)
	if first, second := p.next(t), p.next(t); first["n"] != 5.0 || second["n"] != 6.0 {
		t.Errorf("answers to %v and %v, want to 5 and 6", first["n"], second["n"])
	}
}

func FuzzHandle(f *testing.F) {
	for _, text := range []string{
		`{"kind": "hello"}`, quick(1, 0, 1), `{"kind": "pause", "n": 2, "run": 1}`,
		`{"kind": "draw", "n": 1, "pen": 0.1, "prepare": true, "strokes": [[[0.4, 0.2], [0.4, 0.8]], [[0.6, 0.5]]], "turn": 30}`,
		`{"kind": "draw", "n": 1, "digit": 3, "thicken": -1.5, "right": 4, "down": -4, "noise": 50}`,
		`{"kind": "keep", "n": 4, "label": 3, "pen": 0.1, "strokes": [[[0.4, 0.2], [0.4, 0.8]]]}`,
		`{"kind": "continue", "n": 3, "run": 0, "epochs": 2}`, `{"kind": "store", "n": 4, "run": 0, "name": "x"}`,
		`{"kind": "discard", "n": 5, "id": 1}`, `{"kind": "export", "n": 6}`, `{"kind": "train", "n": 7, "transcript": 1}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := newPage(t, mnist.Drawn(20, 1), others)
		p.Handle(text)
		p.Close()
		for range len(p.said) {
			m := <-p.said
			if pixels, ok := m["pixels"].(string); m["kind"] == "answer" && (!ok || len(pixels) != 1048) {
				t.Errorf("%q is answered with %d characters of pixels", text, len(pixels))
			}
		}
	})
}
