package nnplot

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

func labels(t plot.Ticker, low, high float64) string {
	var labels []string
	for _, tick := range t.Ticks(low, high) {
		if !tick.IsMinor() {
			labels = append(labels, tick.Label)
		}
	}
	return strings.Join(labels, " ")
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{0, 29, "0 5 10 15 20 25"},
		{8.1, 94, "20 40 60 80"},
		{0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{-0.003, 0.0041, "−0.003 −0.002 −0.001 0.000 0.001 0.002 0.003 0.004"},
		{0, 120000, "0 20000 40000 60000 80000 100000 120000"},
		{0, 4000, "0 1000 2000 3000 4000"},
		{1e-9, 5e-9, "1e−9 2e−9 3e−9 4e−9 5e−9"},
		{0, 5e20, "0 1e20 2e20 3e20 4e20 5e20"},
		{0, math.Inf(1), ""},
	} {
		if got := labels(ticks{}, c.low, c.high); got != c.want {
			t.Errorf("ticks from %v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

func TestLogTicksArePowersOfTen(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{0.0005, 200, "0.001 0.01 0.1 1 10 100"},
		{0.9, 25, "1 2 5 10 20"},
		{0.3, 0.8, "0.3 0.4 0.5 0.6 0.7 0.8"},
		{1e-17, 10, "1e−15 1e−12 1e−9 1e−6 1e−3 1"},
		{0.2, 0.9, "0.2 0.5"},
		{91, 95, "91 92 93 94 95"},
		{-1, 1, ""},
	} {
		if got := labels(logTicks{}, c.low, c.high); got != c.want {
			t.Errorf("ticks from %v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

func TestLog2IsALogarithm(t *testing.T) {
	for _, x := range []float64{math.SmallestNonzeroFloat64, 1e-300, 0.1, 0.5, 0.75, 1, 1.5, 2, math.Pi, 1e20, math.MaxFloat64} {
		if got, want := log2(x), math.Log2(x); math.Abs(got-want) > 1e-14*max(1, math.Abs(want)) {
			t.Errorf("log2(%v) = %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{0, -1, math.Inf(1), math.NaN()} {
		if got := log2(x); !math.IsNaN(got) {
			t.Errorf("log2(%v) = %v, want NaN", x, got)
		}
	}
}

func TestDecimalHasNoNegativeZero(t *testing.T) {
	for v, want := range map[float64]string{-0.001: "0.00", -0.01: "−0.01", 0.004: "0.00"} {
		if got := decimal(v, -2); got != want {
			t.Errorf("%v with two digits is %q, want %q", v, got, want)
		}
	}
}
