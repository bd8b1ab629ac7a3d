package exercise

import (
	"strings"
	"testing"

	"nnbook/nnlib"
)

func TestByHeart(t *testing.T) {
	training := func(images, hidden int) (known, unseen int) { return min(images, 10*hidden), 7000 + 2*images }
	for _, test := range []struct {
		want           string
		images, hidden int
	}{
		{"passed: all that it was shown is known, and much of the rest is not", 200, 30},
		{"not yet: byHeart has 0 training images, want 100 to 50000", 0, 0}, // the stub
		{"not yet: byHeart has 0 hidden neurons, want 1 to 100", 100, 0},
		{"not yet: byHeart: 15 hidden neurons know 150 of their 200 images, want all (too few neurons, too few steps, or so many neurons that the steps are too long?)", 200, 15},
		{"not yet: byHeart: 8000 of the 10000 unseen images are recognised, want fewer than 8000 (from how few images can one not tell what a digit is?)", 500, 50},
	} {
		if got := byHeart(func() (int, int) { return test.images, test.hidden }, 10_000, training); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestOneKnob(t *testing.T) {
	training := func(scaled bool, cost nnlib.CostFunction, eta float64) int { return 8000 + int(500*eta) }
	for _, test := range []struct {
		want   string
		scaled bool
		cost   nnlib.CostFunction
		eta    float64
	}{
		{"passed: one knob brings the deep network to 9000 after one epoch", true, nnlib.Quadratic, 3},
		{"not yet: deep: no knob is turned, want one", true, nnlib.Quadratic, 0.5}, // the stub
		{"not yet: deep: 2 knobs are turned, want one (which of them does it?)", true, nnlib.CrossEntropy, 3},
		{"not yet: deep has η = -1, want above 0, at most 1000", true, nnlib.Quadratic, -1},
		{"not yet: deep: 8250 of 10000 are recognised after one epoch, want 9000 (what is small in every layer before the last?)", false, nnlib.Quadratic, 0.5},
	} {
		if got := oneKnob(func() (bool, nnlib.CostFunction, float64) { return test.scaled, test.cost, test.eta }, 10_000, training); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestWhichKnobs(t *testing.T) {
	for _, test := range []struct{ want, answers string }{
		{"passed: each run is known by its curves", "images lambda batch hidden eta"},
		{"not yet: whichKnobs: 0 of 5 are right (", "? ? ? ? ?"}, // the stub
		{"not yet: whichKnobs: 3 of 5 are right (", "images lambda batch eta hidden"},
		{`not yet: whichKnobs names "rate", want one of batch, eta, hidden, images, lambda`, "images lambda batch hidden rate"},
		{"not yet: whichKnobs gives 1 names, want 5", "eta"},
	} {
		if got := whichKnobs(func() []string { return strings.Fields(test.answers) }); !strings.HasPrefix(got, test.want) {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
	for i, r := range riddles {
		if net, cfg, images := Riddle(i, 3); net.Sizes[1] != r.hidden || cfg.Check(images) != nil || cfg.Epochs != 3 {
			t.Errorf("riddle %d is %v, %v of %d", i, net.Sizes, cfg, images)
		}
	}
}

func TestSign(t *testing.T) {
	decide := func(enough int, ahead func(a, b int) bool) func(first, second []int) string {
		return func(first, second []int) string {
			up, down := 0, 0
			for i := range first {
				if ahead(first[i], second[i]) {
					up++
				}
				if ahead(second[i], first[i]) {
					down++
				}
			}
			switch n := len(first); {
			case n >= enough && up == n:
				return "first"
			case n >= enough && down == n:
				return "second"
			}
			return "cannot say"
		}
	}
	above := func(a, b int) bool { return a > b }
	for _, test := range []struct {
		want string
		f    func(first, second []int) string
	}{
		{"passed: the seeds decide, or nobody does", decide(5, above)},
		{`not yet: verdict([95 96 97 98 99], [91 92 93 94 95]) = "", want "first" (which is ahead, seed by seed? Five that agree are enough)`, // the stub
			func(first, second []int) string { return "" }},
		{`not yet: verdict([99 99 99 99], [90 90 90 90]) = "first", want "cannot say" (how often do four tossed coins fall alike?)`, decide(0, above)},
		{`not yet: verdict([99 99 90 99 99], [90 90 90 90 90]) = "first", want "cannot say" (which is ahead where both are equal?)`,
			decide(5, func(a, b int) bool { return a >= b })},
		{`not yet: verdict([90 90 90 90 90], [99 99 90 99 99]) = "second", want "cannot say" (which is ahead where both are equal?)`,
			func(first, second []int) string { // whatever the first does not win is the second's
				up := 0
				for i := range first {
					if first[i] > second[i] {
						up++
					}
				}
				switch n := len(first); {
				case n >= 5 && up == n:
					return "first"
				case n >= 5 && up == 0:
					return "second"
				}
				return "cannot say"
			}},
		{`not yet: verdict([99 99 99 99 99 90], [90 90 90 90 90 99]) = "first", want "cannot say" (five agree, but do all?)`,
			func(first, second []int) string {
				up, down := 0, 0
				for i := range first {
					if first[i] > second[i] {
						up++
					} else if second[i] > first[i] {
						down++
					}
				}
				if up >= 5 {
					return "first"
				} else if down >= 5 {
					return "second"
				}
				return "cannot say"
			}},
		{`not yet: verdict([90 99 99 99 99], [91 90 90 90 90]) = "first", want "cannot say" (do all seeds agree, or only their mean?)`,
			func(first, second []int) string {
				sum := 0
				for i := range first {
					sum += first[i] - second[i]
				}
				if sum > 0 {
					return "first"
				}
				return "second"
			}},
	} {
		if got := sign(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
