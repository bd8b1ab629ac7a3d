package exercise

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// A right solution, the usual mistakes and the stub, each with its answer.

func TestOneStep(t *testing.T) {
	for _, test := range []struct {
		want string
		f    func(c float64) float64
	}{
		{"passed: oneStep ends at the bottom, in a flat bowl and in a steep one",
			func(c float64) float64 { return 1 / c }},
		{"not yet: oneStep(4) = 0, want 0.25 (a rate of 0 stays where it is: which η makes w - η c w zero?)", // the stub
			func(c float64) float64 { return 0 }},
		{"not yet: oneStep(4) = 1, want 0.25 (that is right for c = 1: does a steeper bowl need the same rate?)",
			func(c float64) float64 { return 1 }},
		{"not yet: oneStep(4) = 0.5, want 0.25 (that step ends as far on the other side: how long is the way to the bottom?)",
			func(c float64) float64 { return 2 / c }},
		{"not yet: oneStep(4) = 0.125, want 0.25 (that is half of the way: what is left of w after such a step?)",
			func(c float64) float64 { return 0.5 / c }},
		{"not yet: oneStep(4) = 4, want 0.25 (does a steeper bowl need longer steps, or shorter ones?)",
			func(c float64) float64 { return c }},
		{"not yet: oneStep(0.5) = 0.25, want 2",
			func(c float64) float64 { return 0.25 }},
	} {
		if got := oneStep(test.f); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestChoose(t *testing.T) {
	// largest makes a solution of what is said of a rate's runs.
	largest := func(of func(run []float64) float64) func(etas []float64, runs [][]float64) float64 {
		return func(etas []float64, runs [][]float64) float64 {
			best := 0
			for i := range runs {
				if of(runs[i]) > of(runs[best]) {
					best = i
				}
			}
			return etas[best]
		}
	}
	mean := func(run []float64) float64 { return stat.Mean(run, nil) }
	first := "not yet: choose([0.3 3 30], [[9180 9190] [9360 9380] [7250 4650]]) "
	for _, test := range []struct {
		want string
		f    func(etas []float64, runs [][]float64) float64
	}{
		{"passed: choose goes by the mean of the runs, and returns the learning rate",
			largest(mean)},
		{first + "= 0, want 3 (which of the three has the largest mean?)", // the stub
			func(etas []float64, runs [][]float64) float64 { return 0 }},
		{first + "= 1, want 3 (is that the place of the rate, or the rate?)",
			func(etas []float64, runs [][]float64) float64 { return 1 }},
		{first + "= 9370, want 3 (that is the largest mean: which rate has it?)",
			func(etas []float64, runs [][]float64) float64 { return mean(runs[1]) }},
		{first + "= 0.3, want 3 (is the first one kept although the next is better?)",
			func(etas []float64, runs [][]float64) float64 { return etas[0] }},
		{first + "= 30, want 3 (is it the largest mean that you look for? Or is the last one kept?)",
			largest(func(run []float64) float64 { return -mean(run) })},
		{"not yet: choose([1 10], [[9320 9340 9330] [9390 9210 9360]]) = 10, want 1 (its best run is the best of all: and the mean of its runs?)",
			largest(slices.Max[[]float64])},
		{"not yet: choose([1 10], [[9000 9010 9020] [9300]]) = 1, want 10 (its sum is larger, of more runs: and the mean?)",
			largest(func(run []float64) float64 { return mean(run) * float64(len(run)) })},
	} {
		if got := choose(test.f); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestNextEta(t *testing.T) {
	// unless makes a solution that halves the rate unless the last count is good.
	unless := func(good func(before []int, last int) bool) func(eta float64, counts []int) float64 {
		return func(eta float64, counts []int) float64 {
			last := len(counts) - 1
			if good(counts[:last], counts[last]) {
				return eta
			}
			return eta / 2
		}
	}
	for _, test := range []struct {
		want string
		f    func(eta float64, counts []int) float64
	}{
		{"passed: nextEta keeps the rate while it helps, and halves it where it does not",
			unless(func(before []int, last int) bool { return len(before) == 0 || last > slices.Max(before) })},
		{"not yet: nextEta(8, [9000 9150 9100]) = 8, want 4 (the last count is not a new best: what becomes of the rate?)", // the stub
			func(eta float64, counts []int) float64 { return eta }},
		{"not yet: nextEta(8, [9000 9150 9100]) = 16, want 4 (should the steps become longer, or shorter?)",
			func(eta float64, counts []int) float64 { return 2 * eta }},
		{"not yet: nextEta(8, [9000 9150 9200]) = 4, want 8 (the last count is a new best, if it is compared with those before it only: does the rate need to change?)",
			func(eta float64, counts []int) float64 { return eta / 2 }},
		{"not yet: nextEta(6, [9100 9300 9150 9200]) = 6, want 3 (better than the count before, but is it the best of all?)",
			unless(func(before []int, last int) bool { return len(before) == 0 || last > before[len(before)-1] })},
		{"not yet: nextEta(6, [9100 9300 9300]) = 6, want 3 (as good as the best is no new best)",
			unless(func(before []int, last int) bool { return len(before) == 0 || last >= slices.Max(before) })},
		{"not yet: nextEta(8, [9300 9200 9250 9100]) = 1, want 4 (three counts before it are better: is the rate halved for each of them?)",
			func(eta float64, counts []int) float64 {
				for _, count := range counts[:len(counts)-1] {
					if count >= counts[len(counts)-1] {
						eta /= 2
					}
				}
				return eta
			}},
		{"not yet: nextEta(6, [9100]) = 3, want 6 (after one epoch there is nothing to compare with: is its count a new best?)",
			unless(func(before []int, last int) bool { return len(before) > 0 && last > slices.Max(before) })},
		{"not yet: nextEta(6, [9100]) panics: slices.Max: empty list",
			unless(func(before []int, last int) bool { return last > slices.Max(before) })},
	} {
		if got := nextEta(test.f); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
