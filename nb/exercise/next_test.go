package exercise

import (
	"math"
	"slices"
	"testing"
)

// A right solution, the usual mistakes and the stub, each with its answer.

func TestCrossEntropy(t *testing.T) {
	first := "not yet: crossEntropy(0.8, 1) "
	for _, test := range []struct {
		want string
		f    func(a, y float64) float64
	}{
		{"passed: crossEntropy is small where the output is right, large where it is wrong, and 0 where it is exact",
			func(a, y float64) float64 {
				if y == 1 {
					return -math.Log(a)
				}
				return -math.Log(1 - a)
			}},
		{first + "= 0, want 0.2231 (what is -ln 0.8?)", // the stub
			func(a, y float64) float64 { return 0 }},
		{first + "= 1.609, want 0.2231 (1 is wanted: which of the two terms is left, ln a or ln(1 - a)?)",
			func(a, y float64) float64 { return -y*math.Log(1-a) - (1-y)*math.Log(a) }},
		{first + "= -0.2231, want 0.2231 (a cost is above 0, the logarithm of a share below it: which sign is in front?)",
			func(a, y float64) float64 { return y*math.Log(a) + (1-y)*math.Log(1-a) }},
		{first + "= 0.02, want 0.2231 (that is the quadratic cost: what is the logarithm here?)",
			func(a, y float64) float64 { return 0.5 * (a - y) * (a - y) }},
		{first + "= 0.09691, want 0.2231 (is that the natural logarithm?)",
			func(a, y float64) float64 { return -math.Log10(a) }},
		{first + "= 0.3219, want 0.2231 (is that the natural logarithm?)",
			func(a, y float64) float64 { return -math.Log2(a) }},
		{"not yet: crossEntropy(0.8, 0) = 0, want 1.609 (0 is wanted: which of the two terms is left?)",
			func(a, y float64) float64 { return -y * math.Log(a) }},
		{"not yet: crossEntropy(0.8, 0) = 0.2231, want 1.609 (0 is wanted: which of the two terms is left, ln a or ln(1 - a)?)",
			func(a, y float64) float64 { return -math.Log(a) }},
		{"not yet: crossEntropy(0.8, 0) = NaN, want 1.609 (a number below 0 has no logarithm: what is above 0, 1 - a or a - 1?)",
			func(a, y float64) float64 {
				if y == 1 {
					return -math.Log(a)
				}
				return -math.Log(a - 1)
			}},
		{"not yet: crossEntropy(0, 0) = NaN, want 0 (0 times ln 0 is not a number for a computer: which term is not needed here?)",
			func(a, y float64) float64 { return -(y*math.Log(a) + (1-y)*math.Log(1-a)) }},
	} {
		if got := crossEntropy(test.f); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestDecay(t *testing.T) {
	first, second := "not yet: decay(2, 0, 0.5, 10, 100) ", "not yet: decay(2, 0.25, 0.5, 10, 100) "
	for _, test := range []struct {
		want string
		f    func(w, slope, eta, lambda, n float64) float64
	}{
		{"passed: decay shrinks the weight by a share, then goes down the slope",
			func(w, slope, eta, lambda, n float64) float64 { return (1-eta*lambda/n)*w - eta*slope }},
		{first + "= 0, want 1.9 (how much of w is left after one step?)", // the stub
			func(w, slope, eta, lambda, n float64) float64 { return 0 }},
		{first + "= 2, want 1.9 (where is λ?)",
			func(w, slope, eta, lambda, n float64) float64 { return w - eta*slope }},
		{first + "= 2.1, want 1.9 (should the weight grow or shrink?)",
			func(w, slope, eta, lambda, n float64) float64 { return (1+eta*lambda/n)*w - eta*slope }},
		{first + "= -8, want 1.9 (by what is λ divided?)",
			func(w, slope, eta, lambda, n float64) float64 { return (1-eta*lambda)*w - eta*slope }},
		{first + "= 1.8, want 1.9 (is the shrinking part of the step, whose length is η?)",
			func(w, slope, eta, lambda, n float64) float64 { return (1-lambda/n)*w - eta*slope }},
		{first + "= 1.95, want 1.9 (does each weight lose the same, or the same share?)",
			func(w, slope, eta, lambda, n float64) float64 { return w - eta*lambda/n - eta*slope }},
		{second + "= 2.025, want 1.775 (which way does a step of descent go?)",
			func(w, slope, eta, lambda, n float64) float64 { return (1-eta*lambda/n)*w + eta*slope }},
		{second + "= 1.781, want 1.775 (does the slope shrink, too, or only the weight?)",
			func(w, slope, eta, lambda, n float64) float64 { return (1 - eta*lambda/n) * (w - eta*slope) }},
		{second + "= 1.9, want 1.775 (where is the slope?)",
			func(w, slope, eta, lambda, n float64) float64 { return (1 - eta*lambda/n) * w }},
	} {
		got := decay(func(w, slope, eta, lambda float64, n int) float64 {
			return test.f(w, slope, eta, lambda, float64(n))
		})
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestEarlyStop(t *testing.T) {
	// stops is right if only a lower cost, by the given comparison, ends the waiting.
	stops := func(lower func(a, b float64) bool, keepLast bool) func([]float64, int) int {
		return func(costs []float64, patience int) int {
			best := 0
			for epoch, cost := range costs {
				if lower(cost, costs[best]) {
					best = epoch
				}
				if epoch-best == patience {
					if keepLast {
						return epoch
					}
					return best
				}
			}
			return best
		}
	}
	// counts is right in what it keeps, and counts the waiting by its own rule.
	counts := func(rule func(costs []float64, epoch, best int) (worse, anew bool)) func([]float64, int) int {
		return func(costs []float64, patience int) int {
			best, waited := 0, 0
			for epoch := 1; epoch < len(costs) && waited < patience; epoch++ {
				worse, anew := rule(costs, epoch, best)
				if anew {
					waited = 0
				}
				if worse {
					waited++
				}
				if costs[epoch] < costs[best] {
					best = epoch
				}
			}
			return best
		}
	}
	less := func(a, b float64) bool { return a < b }
	for _, test := range []struct {
		want string
		f    func([]float64, int) int
	}{
		{"passed: earlyStop keeps the best epoch that patience lets it see", stops(less, false)},
		{"not yet: earlyStop([0.9 0.7 0.8], 5) = 0, want 1 (which epoch has the lowest cost?)", // the stub
			func([]float64, int) int { return 0 }},
		{"not yet: earlyStop([0.9 0.7 0.71 0.72], 2) = 3, want 1 (there it stops, but which epoch's network is kept?)", stops(less, true)},
		{"not yet: earlyStop([0.9 0.7 0.71 0.6], 1) = 3, want 1 (had there not been an epoch without a lower cost before?)",
			func(costs []float64, _ int) int { return slices.Index(costs, slices.Min(costs)) }},
		{"not yet: earlyStop([0.9 0.7 0.71 0.6], 2) = 1, want 3 (how many epochs without a lower cost does a patience of 2 allow?)",
			func(costs []float64, patience int) int { return stops(less, false)(costs, 1) }},
		{"not yet: earlyStop([0.8 0.5 0.5 0.5 0.4], 2) = 4, want 1 (is an equal cost a lower one?)",
			stops(func(a, b float64) bool { return a <= b }, false)},
		{"not yet: earlyStop([0.9 0.7 0.75 0.6 0.65 0.5], 2) = 3, want 5 (two such epochs, but not in a row: does the count begin anew after a lower cost?)",
			counts(func(costs []float64, epoch, best int) (worse, anew bool) { return costs[epoch] >= costs[best], false })},
		{"not yet: earlyStop([0.9 0.5 0.7 0.6 0.65 0.4], 3) = 5, want 1 (lower than the epoch before, or than the lowest so far?)",
			counts(func(costs []float64, epoch, best int) (worse, anew bool) {
				return costs[epoch] >= costs[epoch-1], costs[epoch] < costs[epoch-1]
			})},
	} {
		if got := earlyStop(test.f); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestRecipe(t *testing.T) {
	for _, test := range []struct {
		want           string
		correct, total int
	}{
		{"passed: 9716 of 10000 validation images recognised, at least 9700 were wanted", 9716, 10000},
		{"passed: 97 of 100 validation images recognised, at least 97 were wanted", 97, 100},
		{"not yet: your recipe recognises 9699 of 10000 validation images, want 9700 " +
			"(close: which of the neurons, the initial weights and the learning rate is not yet the best one above?)", 9699, 10000},
		{"not yet: your recipe recognises 9414 of 10000 validation images, want 9700 " + // the stub
			"(which initial weights came out best above, and how many neurons? Which learning rate goes with your cost?)", 9414, 10000},
		{"not yet: your recipe recognises 890 of 10000 validation images, want 9700 " +
			"(that is far off: is the learning rate too high for this cost?)", 890, 10000},
	} {
		if got := recipe(test.correct, test.total); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
