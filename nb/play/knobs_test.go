package play

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// train is a message of kind "train" with number N, in which one value is another.
func train(name string, value any) string {
	knobs := map[string]any{"hidden": []int{6}, "cost": "quadratic", "lambda": 0, "init": "normal", "images": 250, "eta": 3, "batch": 10, "seed": 0}
	m := map[string]any{"kind": "train", "run": 0, "epochs": 1, "knobs": knobs}
	if _, ok := knobs[name]; ok {
		knobs[name] = value
	} else {
		m[name] = value
	}
	text, _ := json.Marshal(m)
	return `{"n": N, ` + string(text[1:])
}

// numbered puts the number into such a message.
func numbered(n int, message string) string { return strings.Replace(message, "N", fmt.Sprint(n), 1) }

// quick trains for some epochs, each of which takes a millisecond.
func quick(n, run, epochs int) string {
	return strings.Replace(numbered(n, train("epochs", epochs)), `"run":0`, fmt.Sprintf(`"run":%d`, run), 1)
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
			weights, _ := m["weights"].(string) // none before the first count
			return counts, weights
		case m["kind"] != "begun" && m["kind"] != "weights":
			t.Fatalf("run %d: %v", n, m)
		}
	}
}

func TestTrainingMeasuresAsTheLibraryDoes(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(numbered(1, strings.NewReplacer(`[6]`, `[6,5]`, "quadratic", "cross-entropy", `"lambda":0`, `"lambda":2`,
		"normal", "scaled", `"images":250`, `"images":120`, `"eta":3`, `"eta":0.5`, `"seed":0`, `"seed":7`).Replace(train("epochs", 3))))
	_, weights := p.counts(t, 1)
	p.Close()

	learn, judge := digits.Slice(0, 120), digits.Slice(250, 300)
	net, err := nnlib.NewScaled([]int{784, 6, 5, 10}, nprand.New(7))
	if err != nil {
		t.Fatal(err)
	}
	net.Cost = nnlib.CrossEntropy
	var want []Measured
	measure := func() {
		want = append(want, Measured{len(want), net.Evaluate(judge), net.MeanCost(judge),
			net.Evaluate(learn), net.MeanCost(learn), net.Saturation(judge)[:2]})
	}
	measure()
	for _, err := range net.SGD(t.Context(), learn, nnlib.Config{Epochs: 3, MiniBatchSize: 10, Eta: 0.5, Lambda: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		measure()
	}
	got := p.Curves()[0]
	if fmt.Sprint(got.Points) != fmt.Sprint(want) || weights != Fingerprint(net) {
		t.Errorf("measured\n%v, weights %s; want\n%v, %s", got.Points, weights, want, Fingerprint(net))
	}
	if got.Of != 50 || got.TrainOf != 120 || got.Test {
		t.Errorf("judged by %d, %d, test %v; want 50 validation images and 120 to train on", got.Of, got.TrainOf, got.Test)
	}
}

func TestNoHiddenLayerTrains(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(numbered(1, train("hidden", []int{})))
	if counts, _ := p.counts(t, 1); len(counts) != 2 {
		t.Errorf("counts %v, want two", counts)
	}
}

func TestPausedAndContinuedIsAsUninterrupted(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(quick(1, 1, 40))
	want, weights := p.counts(t, 1)

	// Paused in the middle, and continued once before and once after its end.
	p.Handle(quick(2, 1, 1000))
	p.Handle(`{"kind": "pause", "n": 3, "run": 1}`)
	got, _ := p.counts(t, 2)
	if len(got) >= len(want) {
		t.Fatalf("paused after %d counts, want fewer than %d", len(got), len(want))
	}
	n := 4
	for ; len(got) < len(want); n++ {
		more := min(25, len(want)-len(got))
		if len(got) == 0 { // before it had begun
			more = 24
		}
		p.Handle(fmt.Sprintf(`{"kind": "continue", "n": %d, "run": 1, "epochs": %d}`, n, more))
		counts, end := p.counts(t, 2)
		got = append(got, counts...)
		if len(got) == len(want) && end != weights {
			t.Errorf("weights %s, want %s", end, weights)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
}

// A long epoch must not keep the reader waiting, nor the other run.
func TestARunRestsInTheMiddleOfAnEpoch(t *testing.T) {
	p := newPage(t, mnist.Drawn(12_000, 1), others)
	slow := strings.NewReplacer(`[6]`, `[200,200,200]`, `"images":250`, `"images":10000`).Replace(train("epochs", 1000))
	p.Handle(numbered(1, slow))
	p.Handle(strings.Replace(numbered(2, slow), `"run":0`, `"run":1`, 1))
	for begun := map[any]bool{}; len(begun) < runs; { // both are past what is measured at first
		if m := p.next(t); m["kind"] == "weights" {
			begun[m["run"]] = true
		}
	}
	start := time.Now()
	p.Handle(`{"kind": "pause", "n": 3, "run": 0}`)
	for m := p.next(t); m["kind"] != "paused" || m["run"] != 0.0; m = p.next(t) {
	}
	waited := time.Since(start)
	t.Logf("paused after %v", waited)
	if waited > 2*time.Second { // a tenth of it on a quiet machine
		t.Errorf("paused after %v", waited)
	}
}

func TestANewValueStopsTheRunInHand(t *testing.T) {
	p := newPage(t, mnist.Drawn(5000, 1), others)
	p.Handle(numbered(1, strings.NewReplacer(`[6]`, `[200,200]`, `"images":250`, `"images":4000`).Replace(train("epochs", 1000)))) // would take minutes
	p.next(t)
	p.Handle(quick(2, 0, 1))
	p.counts(t, 2)
}

func TestAWrongKnobEndsTheRun(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(quick(1, 0, 1000))
	p.Handle(numbered(2, train("eta", -1)))
	p.Handle(`{"kind": "continue", "n": 3, "run": 0, "epochs": 1}`)
	for m := p.next(t); ; m = p.next(t) {
		if text, _ := m["text"].(string); strings.Contains(text, "was given up") {
			return
		} else if m["kind"] == "paused" {
			t.Fatal("the run came to its end")
		}
	}
}

func TestTwoRunsSideBySide(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(quick(1, 0, 2))
	p.Handle(quick(1, 1, 2))
	for ended := 0; ended < runs; {
		if p.next(t)["kind"] == "paused" {
			ended++
		}
	}
	p.Close()
	if c := p.Curves(); len(c) != 2 || c[0].Name != "A" || c[1].Name != "B" || fmt.Sprint(c[0].Points) != fmt.Sprint(c[1].Points) {
		t.Errorf("equal knobs give %v", c)
	}
}

func TestALongRunIsKeptThinned(t *testing.T) {
	p := newPage(t, mnist.Drawn(60, 1), others)
	long := strings.NewReplacer(`[6]`, `[1]`, `"images":250`, `"images":10`).Replace(train("epochs", 1000))
	p.Handle(numbered(1, long))
	counts, want := p.counts(t, 1)
	p.Handle(`{"kind": "continue", "n": 2, "run": 0, "epochs": 3}`)
	p.counts(t, 1)
	if len(counts) > maxCurve+maxCurve/2+2 {
		t.Errorf("%d counts are told of 1000 epochs", len(counts))
	}
	p.Close()
	points := p.Curves()[0].Points
	if len(points) > maxCurve || points[0].Epochs != 0 || points[len(points)-1].Epochs != 1003 {
		t.Fatalf("%d points, from %d to %d", len(points), points[0].Epochs, points[len(points)-1].Epochs)
	}
	for i := range points[:len(points)-1] {
		if points[i].Epochs != 2*i {
			t.Fatalf("point %d is of epoch %d, want every second", i, points[i].Epochs)
		}
	}
	if want == "" {
		t.Error("no fingerprint")
	}
}

func TestRunsAreKeptNamedAndExported(t *testing.T) {
	p := newPage(t, digits, others)
	p.Handle(quick(1, 0, 2))
	p.counts(t, 1)
	kept := func(message string) []any {
		t.Helper()
		m := p.ask(t, message)
		if m["kind"] != "kept" {
			t.Fatalf("%s: %v", message, m)
		}
		return m["kept"].([]any)
	}
	kept(`{"kind": "store", "n": 2, "run": 0, "name": "a, \"quoted\" "}`)
	kept(`{"kind": "store", "n": 3, "run": 0, "name": "twice"}`)
	if all := kept(`{"kind": "store", "n": 4, "run": 0, "name": "twice"}`); len(all) != 3 || all[2].(map[string]any)["name"] != "twice (2)" {
		t.Errorf("kept %v", all)
	}
	kept(`{"kind": "discard", "n": 5, "id": 2}`)
	if c, _ := p.curve(0); c.About != "6 hidden, η = 3, 250 images, seed 0" {
		t.Errorf("the knobs in words: %q", c.About)
	}
	text := p.ask(t, `{"kind": "export", "n": 6}`)["text"].(string)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 1+2*3 {
		t.Fatalf("exported %d rows (%v), want 7:\n%s", len(rows), err, text)
	}
	if got := strings.Join(rows[2][:11], "|"); got != `a, "quoted"|6|quadratic|0|normal|250|3|10|0|validation|0` || rows[6][0] != "twice (2)" {
		t.Errorf("rows begin %s and %s", got, rows[6][0])
	}
	for n := 7; len(p.kept) < maxKept; n++ {
		kept(fmt.Sprintf(`{"kind": "store", "n": %d, "run": 0, "name": "x"}`, n))
	}
	if m := p.ask(t, `{"kind": "store", "n": 99, "run": 0, "name": "x"}`); m["kind"] != "error" {
		t.Errorf("one too many: %v", m)
	}
	var saved string
	p.Save = func(csv string) (string, error) { saved = csv; return "runs/knobs.csv", nil }
	if m := p.ask(t, `{"kind": "export", "n": 99}`); m["file"] != "runs/knobs.csv" || m["text"] != nil || !strings.HasPrefix(saved, "name,") {
		t.Errorf("saved %.20q and told %v", saved, m)
	}
	if m := p.ask(t, `{"kind": "hello"}`); len(m["kept"].([]any)) != maxKept {
		t.Errorf("a page that is loaded anew is told %v", m["kept"])
	}
}

// The lines are what the page prints, and what the sweep of chapter 9 holds.
func TestTranscriptsAreThePublishedOnes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "nnlib", "testdata", "published-runs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var published struct {
		Runs []struct {
			Sizes     []int
			Eta       float64
			Published []int
			Counts    []int
		}
	}
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	for i, run := range published.Runs {
		tr := transcripts[i]
		var lines [][2]int
		for _, epoch := range run.Published {
			lines = append(lines, [2]int{epoch, run.Counts[epoch]})
		}
		if !slices.Equal(tr.Lines, lines) || tr.Knobs.Hidden[0] != run.Sizes[1] || tr.Knobs.Eta != run.Eta || tr.Epochs != len(run.Counts) {
			t.Errorf("transcript %d is %v, published is %v, %v of %v", i, tr, run.Sizes, run.Eta, lines)
		}
	}
	rows, err := os.ReadFile(filepath.Join("..", "..", "notebooks", "data", "next-plain.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range transcripts[4].Lines {
		if row := fmt.Sprintf("\n784-100-10,scaled,cross-entropy,0,0.1,10,0,0,60000,60,%d,0,%d\n", line[0], line[1]); !strings.Contains(string(rows), row) {
			t.Errorf("chapter 9's sweep has no row %s", row)
		}
	}
}

// The chapter says so.
func TestATranscriptComesOutAsPublished(t *testing.T) {
	if os.Getenv("NNBOOK_MNIST") == "" {
		t.Skip("NNBOOK_MNIST names no directory")
	}
	all, test, err := mnist.Local()
	if err != nil {
		t.Fatal(err)
	}
	p := newPage(t, all, test)
	for i, tr := range transcripts {
		if i > 0 && testing.Short() {
			break
		}
		p.Handle(fmt.Sprintf(`{"kind": "train", "n": %d, "run": 0, "transcript": %d}`, 10*i+1, i))
		for epochs := 0; epochs < 3; {
			m := p.next(t)
			if m["kind"] == "error" {
				t.Fatal(m["text"])
			}
			if m["kind"] != "count" || m["n"] != float64(10*i+1) || m["epochs"] == 0.0 {
				continue
			}
			if want := tr.Lines[epochs][1]; m["count"] != float64(want) || m["of"] != 10_000.0 || m["test"] != true {
				t.Errorf("%s: epoch %d has %v of %v (test %v), want %d of 10,000 test images", tr.Name, epochs, m["count"], m["of"], m["test"], want)
			}
			epochs++
		}
	}
}
