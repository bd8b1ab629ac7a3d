package nnplot

import (
	"testing"

	"nnbook/nb/canvas"
)

func TestGoldenHistogram(t *testing.T) {
	var values []float64
	for i := range 2000 {
		values = append(values, wobble(i)+wobble(5000+i)+wobble(9000+i)-1.5)
	}
	values = append(values, nan, inf, 7)
	golden(t, "histogram", Histogram("activation", "neurons", values, -1.5, 1.5, 30))
}

func TestHistogramCountsEachValueOnce(t *testing.T) {
	p := Histogram("x", "y", []float64{0, 0.5, 1, 1.5, 2, 2, -0.1, 2.1, nan}, 0, 2, 2)
	if want := "x   (3 of 9 values lie outside)"; p.X.Label.Text != want {
		t.Errorf("x axis says %q, want %q", p.X.Label.Text, want)
	}
	if p.Y.Max < 4.3 || p.Y.Max > 4.4 { // 1, 1.5, 2 and 2, and some air
		t.Errorf("y axis to %v, want a little more than 4", p.Y.Max)
	}
}

func TestGoldenBars(t *testing.T) {
	golden(t, "bars", Bars("images",
		[]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
		[]float64{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}))
	golden(t, "bars-below-0", Bars("change (percentage points)",
		[]string{"100 hidden neurons", "initial weights N(0, 1/n)", "cross-entropy", "no number", "λ = 5"},
		[]float64{-1.234, 2.5, 0.0377, nan, -0.5}))
}

func TestBarsTakeWhatIsThere(t *testing.T) {
	canvas.Render(Bars("y", nil, nil))
	canvas.Render(Bars("y", []string{"", "a"}, []float64{0, 0}))
	canvas.Render(Bars("y", []string{"a"}, []float64{inf}))
	canvas.Render(Bars("y", []string{"a"}, []float64{-1e-9}))
	canvas.Render(Histogram("x", "y", nil, 0, 1, 1))
}

func TestSlipsWithBarsPanic(t *testing.T) {
	wantPanic(t, "nnplot: Bars: 1 names for 2 values", func() { Bars("y", []string{"a"}, []float64{1, 2}) })
	wantPanic(t, "nnplot: Histogram with 0 bins from 1 to 1, want at least 1 bin and low below high", func() { Histogram("x", "y", nil, 1, 1, 0) })
}
