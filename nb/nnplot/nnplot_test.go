package nnplot

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/plot"
)

var update = flag.Bool("update", false, "write the golden figures anew; look at them before you commit")

// golden compares a figure with testdata, pixel by pixel: figures come out the
// same on every machine.
func golden(t *testing.T, name string, p *plot.Plot) {
	t.Helper()
	var got bytes.Buffer
	if err := png.Encode(&got, Render(p)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".png")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		seen := filepath.Join(os.TempDir(), filepath.Base(name)+"-got.png")
		os.WriteFile(seen, got.Bytes(), 0o644)
		t.Errorf("%s: the figure has changed; what came out is in %s", file, seen)
	}
}

func TestGoldenLearningCurves(t *testing.T) {
	rising, falling := make([]int, 30), make([]int, 30)
	for epoch := range rising {
		rising[epoch] = 9500 - 6000/(epoch+1)
		falling[epoch] = 9400 - 40*epoch
	}
	golden(t, "learning-curves", LearningCurves("correct test images (%)",
		Counts("rising", rising, 10000),
		Counts("falling", falling, 10000),
		Counts("flat", []int{5000, 5000, 5000, 5000}, 10000),
		Counts("close to flat", []int{5010, 5005, 5003, 5001}, 10000),
		Curve{Name: "nothing"},
	))
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{0, 29, "0 5 10 15 20 25"},
		{8.1, 94, "20 40 60 80"},
		{0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{-0.003, 0.0041, "-0.003 -0.002 -0.001 0.000 0.001 0.002 0.003 0.004"},
		{0, 120000, "0 20000 40000 60000 80000 100000 120000"},
	} {
		got := ""
		for i, tick := range (ticks{}).Ticks(c.low, c.high) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprint(tick.Label)
		}
		if got != c.want {
			t.Errorf("ticks from %v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

// The README's picture is the book's figure of the published runs.
func TestGoldenPictureOfTheREADME(t *testing.T) {
	text, err := os.ReadFile("../../nnlib/testdata/published-runs.json")
	if err != nil {
		t.Fatal(err)
	}
	var published struct{ Runs []struct{ Counts []int } }
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	golden(t, "../../../docs/15-or-100", LearningCurves("test images recognised (%)",
		Counts("15 hidden", published.Runs[0].Counts, 10000),
		Counts("100 hidden", published.Runs[1].Counts, 10000),
	))
}
