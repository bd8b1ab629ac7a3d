package play

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
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

// counts collects a run's counts until it pauses, and the fingerprint.
func (p page) counts(t testing.TB, n int) (counts []int, weights string) {
	t.Helper()
	for {
		m := p.next(t)
		switch {
		case m["n"] != float64(n): // of an older run
		case m["kind"] == "count":
			counts = append(counts, int(m["count"].(float64)))
		case m["kind"] == "paused":
			return counts, m["weights"].(string)
		case m["kind"] != "begun":
			t.Fatalf("run %d: %v", n, m)
		}
	}
}

var digits, others = mnist.Drawn(300, 1), mnist.Drawn(50, 2)

func TestAnswerIsWhatTheNetworkSays(t *testing.T) {
	p := newPage(t, digits, others)
	a := p.ask(t, `{"kind": "draw", "n": 1, "digit": 7}`)
	want := p.net.Outputs(others.Slice(7, 8)).RawRowView(0)
	for j, output := range a["outputs"].([]any) {
		if output != want[j] {
			t.Errorf("output %d is %v, want %v", j, output, want[j])
		}
	}
	if got, want := a["answer"], p.net.Answers(others.Slice(7, 8))[0]; got != float64(want) {
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
		{`{"kind": "draw", "n": N, "digit": 50}`, "test image 50, want 0 to 49"},
		{`{"kind": "draw", "n": N, "digit": -1}`, "test image -1"},
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
		{`{"kind": "train", "n": N, "knobs": {"hidden": 5, "batch": 10, "eta": 3, "init": "normal"}}`, "0 epochs"},
		{`{"kind": "train", "n": N, "epochs": 1, "knobs": {"hidden": 1001}}`, "1001 hidden neurons"},
		{`{"kind": "train", "n": N, "epochs": 1, "knobs": {"hidden": 5, "batch": 301}}`, "mini-batches of 301"},
		{`{"kind": "train", "n": N, "epochs": 1, "knobs": {"hidden": 5, "batch": 10, "eta": -1}}`, "Config.Eta = -1, want a finite number above 0"},
		{`{"kind": "train", "n": N, "epochs": 1, "knobs": {"hidden": 5, "batch": 10, "eta": 3, "init": "zero"}}`, `initial weights = "zero"`},
		{`{"kind": "train", "n": N, "epochs": 1, "knobs": {"hidden": 5, "batch": 10, "eta": 3, "init": "normal", "seed": -1}}`, "cannot be read"},
		{`{"kind": "continue", "n": N, "epochs": 1}`, "run 0 has not begun"},
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

const quick = `{"kind": "train", "n": %d, "run": %d, "epochs": %d, "knobs": {"hidden": 6, "eta": 3, "batch": 10, "init": "normal", "seed": 0}}`

func TestTrainingCountsAsTheLibraryDoes(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(fmt.Sprintf(quick, 1, 0, 3))
	got, weights := p.counts(t, 1)

	net, err := nnlib.New([]int{784, 6, 10}, nprand.New(0))
	if err != nil {
		t.Fatal(err)
	}
	want := []int{net.Evaluate(others)}
	for _, err := range net.SGD(t.Context(), digits, nnlib.Config{Epochs: 3, MiniBatchSize: 10, Eta: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, net.Evaluate(others))
	}
	if !slices.Equal(got, want) || weights != Fingerprint(net) {
		t.Errorf("counts %v, weights %s; want %v, %s", got, weights, want, Fingerprint(net))
	}
}

func TestPausedAndContinuedIsAsUninterrupted(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(fmt.Sprintf(quick, 1, 1, 4))
	want, weights := p.counts(t, 1)

	p.Handle(fmt.Sprintf(quick, 2, 1, 3))
	p.Handle(`{"kind": "pause", "n": 3, "run": 1}`)
	got, _ := p.counts(t, 2)
	if len(got) < 2 { // it may have trained further than one epoch before the message came
		t.Fatalf("paused with counts %v, want one epoch at least", got)
	}
	p.Handle(fmt.Sprintf(`{"kind": "continue", "n": 4, "run": 1, "epochs": %d}`, len(want)-len(got)))
	more, end := p.counts(t, 2)
	if got = append(got, more...); !slices.Equal(got, want) || end != weights {
		t.Errorf("counts %v, weights %s; want %v, %s", got, end, want, weights)
	}
}

func TestANewValueStopsTheRunInHand(t *testing.T) {
	p := newPage(t, mnist.Drawn(5000, 1), others)
	p.Handle(strings.Replace(fmt.Sprintf(quick, 1, 0, 1000), `"hidden": 6`, `"hidden": 300`, 1)) // would take minutes
	p.next(t)
	p.Handle(fmt.Sprintf(quick, 2, 0, 1))
	p.counts(t, 2)
}

func TestTwoRunsSideBySide(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(fmt.Sprintf(quick, 1, 0, 2))
	p.Handle(fmt.Sprintf(quick, 1, 1, 2))
	counts, ended := [runs][]int{}, 0
	for ended < runs {
		m := p.next(t)
		run := int(m["run"].(float64))
		switch m["kind"] {
		case "count":
			counts[run] = append(counts[run], int(m["count"].(float64)))
		case "paused":
			ended++
		}
	}
	p.Close()
	if !slices.Equal(counts[0], counts[1]) || !slices.Equal(counts[0][1:], p.Counts(0)) {
		t.Errorf("equal knobs give %v and %v; kept are %v", counts[0], counts[1], p.Counts(0))
	}
}

// The chapter says so; the numbers are the published ones.
func TestKnobsGiveThePublishedTranscript(t *testing.T) {
	if os.Getenv("NNBOOK_MNIST") == "" {
		t.Skip("NNBOOK_MNIST names no directory")
	}
	train, test, err := mnist.Local()
	if err != nil {
		t.Fatal(err)
	}
	p := newPage(t, train, test)
	p.Handle(`{"kind": "train", "n": 1, "run": 0, "epochs": 3,
		"knobs": {"hidden": 15, "eta": 3, "batch": 10, "init": "normal", "seed": 0}}`)
	if got, _ := p.counts(t, 1); !slices.Equal(got, []int{751, 8881, 9080, 9144}) {
		t.Errorf("counts %v, want 751 before training, then 8881, 9080, 9144", got)
	}
}

func FuzzHandle(f *testing.F) {
	for _, text := range []string{
		`{"kind": "hello"}`, fmt.Sprintf(quick, 1, 0, 1), `{"kind": "pause", "n": 2, "run": 1}`,
		`{"kind": "draw", "n": 1, "pen": 0.1, "prepare": true, "strokes": [[[0.4, 0.2], [0.4, 0.8]], [[0.6, 0.5]]], "turn": 30}`,
		`{"kind": "draw", "n": 1, "digit": 3, "thicken": -1.5, "right": 4, "down": -4, "noise": 50}`,
		`{"kind": "continue", "n": 3, "run": 0, "epochs": 2}`,
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
