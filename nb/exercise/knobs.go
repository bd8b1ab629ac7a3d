package exercise

// The exercises of chapter 11, turn the knobs, but for Setting.

import (
	"fmt"
	"slices"
	"strings"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// unseenLimit is how many of 10,000 unseen images a network may recognise at most that
// has learned others by heart.
const unseenLimit = 8000

// ByHeart checks a number of training images and of hidden neurons with which a
// training ends that knows all of its images, and few of total others.
func ByHeart(setting func() (images, hidden int), total int, training func(images, hidden int) (known, unseen int)) {
	fmt.Println(byHeart(setting, total, training))
}

func byHeart(setting func() (images, hidden int), total int, training func(images, hidden int) (known, unseen int)) string {
	limit := unseenLimit * total / 10_000
	return verdict("all that it was shown is known, and much of the rest is not", attempt{"byHeart", func() string {
		images, hidden := setting()
		switch {
		case images < 100 || images > 50_000:
			return fmt.Sprintf(" has %d training images, want 100 to 50000", images)
		case hidden < 1 || hidden > 100:
			return fmt.Sprintf(" has %d hidden neurons, want 1 to 100", hidden)
		}
		switch known, unseen := training(images, hidden); {
		case known < images:
			return fmt.Sprintf(": %d hidden neurons know %d of their %d images, want all (too few neurons, too few steps, or so many neurons that the steps are too long?)",
				hidden, known, images)
		case unseen >= limit:
			return fmt.Sprintf(": %d of the %d unseen images are recognised, want fewer than %d (from how few images can one not tell what a digit is?)",
				unseen, total, limit)
		}
		return ""
	}})
}

// depthGoal is how many of 10,000 validation images the deep network is to
// recognise after one epoch.
const depthGoal = 9000

// OneKnob checks that one of three knobs, and no other, is turned from where it
// stands (scaled weights, the quadratic cost, η = 0.5), and that a training which
// counts total images comes to what is asked for.
func OneKnob(knobs func() (scaled bool, cost nnlib.CostFunction, eta float64), total int,
	training func(scaled bool, cost nnlib.CostFunction, eta float64) int) {
	fmt.Println(oneKnob(knobs, total, training))
}

func oneKnob(knobs func() (scaled bool, cost nnlib.CostFunction, eta float64), total int,
	training func(scaled bool, cost nnlib.CostFunction, eta float64) int) string {
	goal := depthGoal * total / 10_000
	return verdict(fmt.Sprintf("one knob brings the deep network to %d after one epoch", goal), attempt{"deep", func() string {
		scaled, cost, eta := knobs()
		turned := 0
		for _, is := range []bool{!scaled, cost != nnlib.Quadratic, eta != 0.5} {
			if is {
				turned++
			}
		}
		switch {
		case turned == 0:
			return ": no knob is turned, want one"
		case turned > 1:
			return fmt.Sprintf(": %d knobs are turned, want one (which of them does it?)", turned)
		case !(eta > 0 && eta <= 1000):
			return fmt.Sprintf(" has η = %v, want above 0, at most 1000", eta)
		}
		if count := training(scaled, cost, eta); count < goal {
			return fmt.Sprintf(": %d of %d are recognised after one epoch, want %d (what is small in every layer before the last?)", count, total, goal)
		}
		return ""
	}})
}

// riddles are the runs that differ from the page's in one knob, with its name.
var riddles = []struct {
	knob                  string
	hidden, images, batch int
	eta, lambda           float64
}{
	{"images", 15, 500, 10, 3, 0},
	{"lambda", 15, 50_000, 10, 3, 25},
	{"batch", 15, 50_000, 1000, 3, 0},
	{"hidden", 5, 50_000, 10, 3, 0},
	{"eta", 15, 50_000, 10, 30, 0},
}

// Riddle returns one of five networks, how to train it for some epochs, and on how
// many images. In one of these it differs from the page's; WhichKnobs knows in which.
func Riddle(i, epochs int) (net *nnlib.Network, cfg nnlib.Config, images int) {
	r := riddles[i]
	net, err := nnlib.New([]int{784, r.hidden, 10}, nprand.New(0))
	if err != nil {
		panic(err)
	}
	return net, nnlib.Config{Epochs: epochs, MiniBatchSize: r.batch, Eta: r.eta, Lambda: r.lambda}, r.images
}

// WhichKnobs checks which knob each of the five riddles has turned: "hidden",
// "eta", "batch", "lambda" or "images".
func WhichKnobs(answers func() []string) { fmt.Println(whichKnobs(answers)) }

func whichKnobs(answers func() []string) string {
	var names []string
	for _, r := range riddles {
		names = append(names, r.knob)
	}
	slices.Sort(names)
	return verdict("each run is known by its curves", attempt{"whichKnobs", func() string {
		got := answers()
		if len(got) != len(riddles) {
			return fmt.Sprintf(" gives %d names, want %d", len(got), len(riddles))
		}
		right := 0
		for i, name := range got {
			if !slices.Contains(names, name) && name != "?" {
				return fmt.Sprintf(" names %q, want one of %s", name, strings.Join(names, ", "))
			}
			if name == riddles[i].knob {
				right++
			}
		}
		if right < len(riddles) {
			return fmt.Sprintf(": %d of %d are right (which is smooth, which jumps, which has a gap between its two curves, and which neurons are saturated?)",
				right, len(riddles))
		}
		return ""
	}})
}

// Sign checks a verdict over two kinds of runs, the same seeds in the same order:
// "first" or "second" where at least five seeds agree without exception, else
// "cannot say".
func Sign(f func(first, second []int) string) { fmt.Println(sign(f)) }

func sign(f func(first, second []int) string) string {
	at := func(first, second []int, want, question string) attempt {
		return attempt{fmt.Sprintf("verdict(%v, %v)", first, second), func() string {
			a, b := slices.Clone(first), slices.Clone(second)
			got := f(a, b)
			if got != want {
				return fmt.Sprintf(" = %q, want %q (%s)", got, want, question)
			}
			return kept(argument{"first", slices.Equal(a, first)}, argument{"second", slices.Equal(b, second)})
		}}
	}
	return verdict("the seeds decide, or nobody does",
		at([]int{95, 96, 97, 98, 99}, []int{91, 92, 93, 94, 95}, "first", "which is ahead, seed by seed? Five that agree are enough"),
		at([]int{91, 92, 93, 94, 95}, []int{92, 93, 94, 95, 96}, "second", "which is ahead, seed by seed? Five that agree are enough"),
		at([]int{90, 99, 99, 99, 99}, []int{91, 90, 90, 90, 90}, "cannot say", "do all seeds agree, or only their mean?"),
		at([]int{99, 99, 99, 99}, []int{90, 90, 90, 90}, "cannot say", "how often do four tossed coins fall alike?"),
		at([]int{99, 99, 90, 99, 99}, []int{90, 90, 90, 90, 90}, "cannot say", "which is ahead where both are equal?"),
		at([]int{90, 90, 90, 90, 90}, []int{99, 99, 90, 99, 99}, "cannot say", "which is ahead where both are equal?"),
		at([]int{99, 99, 99, 99, 99, 90}, []int{90, 90, 90, 90, 90, 99}, "cannot say", "five agree, but do all?"),
		at([]int{80, 90, 81, 91, 82, 92}, []int{79, 89, 80, 90, 81, 91}, "first", "is it the seeds that are compared, pair by pair?"))
}
