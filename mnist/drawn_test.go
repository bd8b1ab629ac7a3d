package mnist

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"testing"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// The hash was taken from this package when its digits had been looked at. It
// changes only with the way they are drawn, never with the machine.
func TestDrawnDigitsAreTheSameOnEveryMachine(t *testing.T) {
	const want = "16814dac5d0ab439a324c48fdf7917e5659cf9a18d5349c5ba422c894368f278"
	s := Drawn(100, 1)
	sum := sha256.Sum256(append(s.Images, s.Labels...))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the first 100 images and labels of seed 1 have SHA-256 %s, want %s", got, want)
	}
}

func TestDrawnDigitsDependOnSeedAndPlaceOnly(t *testing.T) {
	many := Drawn(500, 7)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	few := Drawn(50, 7)
	if !bytes.Equal(few.Images, many.Slice(0, 50).Images) || !bytes.Equal(few.Labels, many.Slice(0, 50).Labels) {
		t.Error("50 digits drawn by one worker are not the first 50 of 500 drawn by several")
	}
	if bytes.Equal(few.Images, Drawn(50, 8).Images) {
		t.Error("seeds 7 and 8 draw the same digits")
	}
}

func TestDrawnDigitsAreVariedAndOnTheSheet(t *testing.T) {
	s := Drawn(2000, 3)
	counts := make([]int, classes)
	for i := range s.Len() {
		counts[s.Labels[i]]++
		ink := 0
		for _, p := range s.Bytes(i) {
			ink += int(p)
		}
		if share := float64(ink) / 255 / size; share < 0.02 || share > 0.4 {
			t.Errorf("digit %d, a %d: ink on %.3f of the sheet, want 0.02 to 0.4", i, s.Labels[i], share)
		}
	}
	for label, n := range counts {
		if n < 140 || n > 260 {
			t.Errorf("%d of 2000 digits are a %d, want about 200", n, label)
		}
	}
}

func TestDrawnDigitsCanBeLearnt(t *testing.T) {
	t.Setenv(envDigits, "drawn")
	train, test, err := Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 60000 || test.Len() != 10000 || train.Source() != "drawn digits" {
		t.Fatalf("got %d and %d %s, want 60000 and 10000 drawn digits", train.Len(), test.Len(), train.Source())
	}
	net, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range net.SGD(t.Context(), train, nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: 3}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := net.Evaluate(test); got < 9000 {
		t.Errorf("after one epoch %d of 10000 are right, want 9000", got)
	}
}

func BenchmarkDrawn(b *testing.B) {
	for b.Loop() {
		Drawn(1000, 1)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/digit")
}
