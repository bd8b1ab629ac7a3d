package exercise

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

func TestChanceCost(t *testing.T) {
	for _, test := range []struct {
		want string
		f    func(a float64) float64
	}{
		{"passed: chanceCost knows the price of an answer that is always the same",
			func(a float64) float64 { return ((1-a)*(1-a) + 9*a*a) / 2 }},
		{"not yet: chanceCost(0) = 0, want 0.5 (those are the nine that should be 0; and the one that should be 1?)", // the stub
			func(a float64) float64 { return 0 }},
		{"not yet: chanceCost(0) = 1, want 0.5 (the quadratic cost has a factor in front, of the whole sum: which?)",
			func(a float64) float64 { return (1-a)*(1-a) + 9*a*a }},
		{"not yet: chanceCost(1) = 0, want 4.5 (that is the output of the digit shown; what do the nine others cost?)",
			func(a float64) float64 { return (1 - a) * (1 - a) / 2 }},
		{"not yet: chanceCost(1) = 0.5, want 4.5 (how many outputs should be 0?)",
			func(a float64) float64 { return ((1-a)*(1-a) + a*a) / 2 }},
		{"not yet: chanceCost(1) = 5, want 4.5 (ten outputs: how many of them should be 0?)",
			func(a float64) float64 { return ((1-a)*(1-a) + 10*a*a) / 2 }},
		{"not yet: chanceCost(0) = 5, want 0.5 (is 1 wanted of all ten outputs?)",
			func(a float64) float64 { return 5 * (1 - a) * (1 - a) }},
		{"not yet: chanceCost(1) = 40.5, want 4.5 (nine squares: is the 9 squared as well?)",
			func(a float64) float64 { return ((1-a)*(1-a) + 9*a*9*a) / 2 }},
		{"not yet: chanceCost(0.2) = 1.3, want 0.5 (is each difference squared?)",
			func(a float64) float64 { return ((1 - a) + 9*a) / 2 }},
		{"not yet: chanceCost(0) = 0.05, want 0.5 (is it a sum over the outputs, or their mean?)",
			func(a float64) float64 { return ((1-a)*(1-a) + 9*a*a) / 20 }},
		{"not yet: chanceCost(0.2) = 0.66, want 0.5",
			func(a float64) float64 { return 0.5 + 4*a*a }},
	} {
		if got := chanceCost(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestRectified(t *testing.T) {
	value := func(z float64) float64 { return max(0, z) }
	slope := func(a float64) float64 {
		if a > 0 {
			return 1
		}
		return 0
	}
	for _, test := range []struct {
		want         string
		value, slope func(float64) float64
	}{
		{"passed: rectified lets through what is above 0, and slopeAt says where", value, slope},
		{"not yet: rectified(3) = 0, want 3 (3 is above 0: what becomes of it?)", // the stub
			func(float64) float64 { return 0 }, func(float64) float64 { return 0 }},
		{"not yet: rectified(-2) = -2, want 0 (-2 is below 0: does it come through?)",
			func(z float64) float64 { return z }, slope},
		{"not yet: rectified(-2) = 2, want 0 (that is the size of z; what is wanted below 0?)", math.Abs, slope},
		{"not yet: rectified(3) = 1, want 3 (not a step: how large should the answer to 3 be?)", slope, slope},
		{"not yet: rectified(-2) = -0.2, want 0 (a little comes through: what is the larger one of 0 and -2?)",
			func(z float64) float64 { return max(0.1*z, z) }, slope},
		{"not yet: slopeAt(3) = 0, want 1 (the activation is above 0: how fast does it grow with z?)",
			value, func(float64) float64 { return 0 }},
		{"not yet: slopeAt(3) = -6, want 1 (a (1 - a) is the slope of the sigmoid; and that of a straight line?)",
			value, func(a float64) float64 { return a * (1 - a) }},
		{"not yet: slopeAt(3) = 3, want 1 (how steep is the line a = z?)", value, value},
		{"not yet: slopeAt(0) = 1, want 0 (a is 0 because z was below 0: does a change when z does, a little?)",
			value, func(float64) float64 { return 1 }},
	} {
		if got := rectified(test.value, test.slope); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestFall(t *testing.T) {
	squares := func(gradient []float64) (sum float64) {
		for _, norm := range gradient {
			sum += norm * norm
		}
		return sum
	}
	first, second := "not yet: fall(1, 0.25, [3]) ", "not yet: fall(10, 0.01, [3 2]) "
	const twice = "(a step is η times the gradient, and the slope is the gradient once more: how often does its length count?)"
	for _, test := range []struct {
		want string
		f    func(steps int, eta float64, gradient []float64) float64
	}{
		{"passed: fall says what many small steps should do, for any number of layers",
			func(steps int, eta float64, g []float64) float64 { return float64(steps) * eta * squares(g) }},
		{first + "= 0, want 2.25 (how long is one step, and how steep is the slope along it?)", // the stub
			func(steps int, eta float64, g []float64) float64 { return 0 }},
		{first + "= -2.25, want 2.25 (a fall by 0.1 is 0.1, not -0.1: which sign?)",
			func(steps int, eta float64, g []float64) float64 { return -float64(steps) * eta * squares(g) }},
		{first + "= 9, want 2.25 (where is the learning rate?)",
			func(steps int, eta float64, g []float64) float64 { return float64(steps) * squares(g) }},
		{first + "= 0.75, want 2.25 " + twice,
			func(steps int, eta float64, g []float64) float64 { return float64(steps) * eta * math.Sqrt(squares(g)) }},
		{first + "= 0.5625, want 2.25 (how often does η count: does the slope depend on it?)",
			func(steps int, eta float64, g []float64) float64 { return float64(steps) * eta * eta * squares(g) }},
		{first + "= 1.125, want 2.25 (a step of this length down this slope: where does a half come from?)",
			func(steps int, eta float64, g []float64) float64 { return float64(steps) * eta * squares(g) / 2 }},
		{second + "= 0.4, want 1.3 (is every layer in the sum?)",
			func(steps int, eta float64, g []float64) float64 { return float64(steps) * eta * squares(g[len(g)-1:]) }},
		{second + "= 0.13, want 1.3 (that is one step; how many are there?)",
			func(steps int, eta float64, g []float64) float64 { return eta * squares(g) }},
		{second + "= 2.5, want 1.3 (are the lengths squared before they are added, or after?)",
			func(steps int, eta float64, g []float64) float64 {
				sum := 0.0
				for _, norm := range g {
					sum += norm
				}
				return float64(steps) * eta * sum * sum
			}},
		{"not yet: fall(500, 0.001, [0.25 0.5 0.125]) = 0.1562, want 0.1641",
			func(steps int, eta float64, g []float64) float64 {
				return float64(steps) * eta * squares(g[:min(2, len(g))])
			}},
	} {
		if got := fall(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestDiagnose(t *testing.T) {
	highest := func(shares []float64) float64 { return mat.Max(mat.NewVecDense(len(shares), shares)) }
	type conditions struct{ byHeart, bornStuck, gotStuck, fades, stands bool }
	conditionsOf := func(first, last Evidence) conditions {
		return conditions{
			byHeart:   last.Train > last.Validation+15,
			bornStuck: highest(first.Saturated) > 0.9,
			gotStuck:  highest(last.Saturated) > 0.9,
			fades:     first.Gradient[0] < first.Gradient[len(first.Gradient)-1]/100,
			stands:    last.Train < first.Train+5,
		}
	}
	name := func(c conditions) string {
		switch {
		case c.byHeart:
			return TooLittleData
		case c.bornStuck:
			return Initialisation
		case c.gotStuck:
			return RateTooHigh
		case c.fades:
			return Architecture
		case c.stands:
			return RateTooLow
		}
		return TooFewEpochs
	}
	wrong := func(got, want, question string) string {
		return fmt.Sprintf("not yet: diagnose = %q, want %q (%s) before training: cost ", got, want, question)
	}
	for _, test := range []struct {
		want string // how it begins
		f    func(first, last Evidence) string
	}{
		{"passed: diagnose is right about 12 networks",
			func(first, last Evidence) string { return name(conditionsOf(first, last)) }},
		{wrong(TooFewEpochs, Initialisation, "bornStuck does not hold here: how much was saturated before the first step?"), // the stub
			func(first, last Evidence) string { return name(conditions{}) }},
		{wrong(TooFewEpochs, RateTooHigh, "gotStuck does not hold here: how much is saturated at the end?"),
			func(first, last Evidence) string {
				return name(conditions{bornStuck: conditionsOf(first, last).bornStuck})
			}},
		{wrong(Initialisation, RateTooHigh, "bornStuck holds here, and comes first: how much was saturated before the first step?"), // of the end
			func(first, last Evidence) string {
				return name(conditions{bornStuck: conditionsOf(first, last).gotStuck})
			}},
		{wrong(TooFewEpochs, TooLittleData, "byHeart does not hold here: do the two shares lie far apart at the end?"),
			func(first, last Evidence) string {
				c := conditionsOf(first, last)
				c.byHeart = false
				return name(c)
			}},
		{wrong(RateTooLow, Architecture, "fades does not hold here: how does the gradient of the first layer compare with that of the last, before training?"),
			func(first, last Evidence) string {
				c := conditionsOf(first, last)
				c.fades = false
				return name(c)
			}},
		{wrong(TooFewEpochs, RateTooLow, "stands does not hold here: by how much has the share recognised moved?"),
			func(first, last Evidence) string {
				c := conditionsOf(first, last)
				c.stands = false
				return name(c)
			}},
		{wrong(RateTooLow, TooFewEpochs, "stands holds here, and comes first: by how much has the share recognised moved?"),
			func(first, last Evidence) string {
				c := conditionsOf(first, last)
				c.stands = true
				return name(c)
			}},
		{wrong(TooLittleData, RateTooHigh, "byHeart holds here, and comes first: do the two shares lie far apart at the end?"), // by a hair
			func(first, last Evidence) string {
				c := conditionsOf(first, last)
				c.byHeart = last.Train > last.Validation+0.2
				return name(c)
			}},
		{`not yet: diagnose = "bad luck", want "initialisation" before training: cost `,
			func(first, last Evidence) string { return "bad luck" }},
		{"not yet: diagnose panics: runtime error: index out of range [2] with length 2",
			func(first, last Evidence) string { return name(conditions{fades: first.Gradient[2] < 0.01}) }},
	} {
		if got := diagnose(test.f); !strings.HasPrefix(got, test.want) {
			t.Errorf("\n got %s\nwant %s…", got, test.want)
		}
	}
}

// historyOf trains, and measures as the chapter does.
func historyOf(t *testing.T, training Training, train, validation *mnist.Set) []Evidence {
	t.Helper()
	net := training.Net
	train = train.Slice(0, training.Images)
	some := train.Slice(0, min(300, train.Len()))
	measure := func() Evidence {
		share := func(data *mnist.Set) float64 { return 100 * float64(net.Evaluate(data)) / float64(data.Len()) }
		return Evidence{net.MeanCost(train), share(train), share(validation), net.Saturation(some), net.GradientNorms(some)}
	}
	history := []Evidence{measure()}
	for _, err := range net.SGD(context.Background(), train, training.Config) {
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, measure())
	}
	return history
}

func TestMeasuredCasesAreAsMeasured(t *testing.T) {
	if os.Getenv("NNBOOK_MNIST") == "" {
		t.Skip("NNBOOK_MNIST is not set: the cases of chapter 7 are not measured again")
	}
	train, _, err := mnist.Local()
	if err != nil {
		t.Fatal(err)
	}
	train, validation := train.Split()
	for i, m := range measuredCases {
		history := historyOf(t, m.setting.training(nprand.New(1)), train, validation)
		for _, c := range []struct {
			when      string
			got, want Evidence
		}{{"before training", history[0], m.first}, {"at the end", history[len(history)-1], m.last}} {
			if got := rounded(c.got); got != c.want.String() {
				t.Errorf("network %d, %s, %s:\n got %s\nwant %s", i, m.cause, c.when, got, c.want)
			}
		}
	}
}

// rounded is as Evidence.String, with as many digits as measuredCases have.
func rounded(e Evidence) string {
	round := func(digits int, values ...float64) []float64 {
		out := make([]float64, len(values))
		for i, x := range values {
			fmt.Sscan(fmt.Sprintf("%.*g", digits, x), &out[i])
		}
		return out
	}
	three := round(3, e.Cost, e.Train, e.Validation)
	return Evidence{three[0], three[1], three[2], round(2, e.Saturated...), round(2, e.Gradient...)}.String()
}

func TestRepairG(t *testing.T) {
	train, test := mnist.Drawn(5000, 1), mnist.Drawn(1000, 2)
	history := func(training Training) []Evidence { return historyOf(t, training, train, test) }
	caseG := func() Training { return Case("G", nprand.New(0)) }
	anew := func(draw func([]int, nnlib.Source) (*nnlib.Network, error), sizes ...int) *nnlib.Network {
		net, err := draw(sizes, nprand.New(0))
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	for _, test := range []struct {
		want   string // how it begins
		repair func() Training
	}{
		{"passed: repaired, case G learns",
			func() Training {
				g := caseG()
				g.Net = anew(nnlib.NewScaled, 784, 16, 10)
				return g
			}},
		{"not yet: repairG changes nothing: what do the hidden neurons of case G have in common?", // the stub
			caseG},
		{"not yet: repairG changes the epochs, and then recognises ",
			func() Training {
				g := caseG()
				g.Config.Epochs = 6
				return g
			}},
		{"not yet: repairG changes the initial weights or biases and the learning rate: which of them did it?",
			func() Training {
				g := caseG()
				g.Net, g.Config.Eta = anew(nnlib.New, 784, 16, 10), 1
				return g
			}},
		{"not yet: repairG changes the initial weights or biases, and then recognises ", // all alike again
			func() Training {
				g := caseG()
				for _, w := range g.Net.Weights {
					w.Apply(func(j, k int, v float64) float64 { return 0.1 }, w)
				}
				return g
			}},
		{"not yet: repairG has layers 784-30-10, want 784-16-10: can the same neurons do it?",
			func() Training {
				g := caseG()
				g.Net = anew(nnlib.New, 784, 30, 10)
				return g
			}},
		{"not yet: repairG asks for 1000 epochs, want at most 50: does anything change from epoch to epoch?",
			func() Training {
				g := caseG()
				g.Config.Epochs = 1000
				return g
			}},
		{"not yet: repairG returns no network: does it start from exercise.Case?",
			func() Training { return Training{} }},
	} {
		if got := repairG(test.repair, history); !strings.HasPrefix(got, test.want) {
			t.Errorf("\n got %s\nwant %s…", got, test.want)
		}
	}
}

// Neurons that start alike stay alike, bit by bit, as long as their weights
// come in groups of four.
func TestCaseGStaysSymmetric(t *testing.T) {
	g := Case("G", nprand.New(0))
	historyOf(t, g, mnist.Drawn(5000, 1), mnist.Drawn(10, 2))
	for j := range g.Net.Sizes[1] {
		if !mat.Equal(g.Net.Weights[0].RowView(j), g.Net.Weights[0].RowView(0)) {
			t.Errorf("hidden neuron %d has other weights than neuron 0", j)
		}
	}
}

// The text of a case names what was done to it, and what a case does is drawn
// up anew each time.
func TestSettings(t *testing.T) {
	want := "layers 784-30-10; weights and biases N(0, 1) without their signs; η = 3; mini-batches of 10; 5 epochs of 5000 images"
	if got := Settings("C"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	a, b := Case("C", nprand.New(0)), Case("C", nprand.New(0))
	a.Net.Weights[0].Zero()
	if mat.Equal(a.Net.Weights[0], b.Net.Weights[0]) {
		t.Error("two calls of Case share their weights")
	}
}
