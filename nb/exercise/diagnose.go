package exercise

// The cases and the exercises of chapter 7, it does not learn.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// Training is what a training starts from. An experiment changes one thing of
// it.
type Training struct {
	Net    *nnlib.Network // not yet trained
	Config nnlib.Config
	Images int // of the training set, the first ones, to learn from
}

// Evidence is what chapter 7 measures of a network, before its training and
// after each epoch.
type Evidence struct {
	Cost              float64   // mean over the images that it trains on
	Train, Validation float64   // share recognised of these and of the validation images, in percent
	Saturated         []float64 // net.Saturation: a share, 0 … 1, for each of the layers 2 … L
	Gradient          []float64 // net.GradientNorms: a length for each of the layers 2 … L
}

// What may be at fault, as the learner's diagnosis names it.
const (
	Initialisation = "initialisation"
	TooLittleData  = "too little data"
	TooFewEpochs   = "too few epochs"
	Architecture   = "architecture"
	RateTooHigh    = "rate too high"
	RateTooLow     = "rate too low"
)

// setting says how a Training is drawn up.
type setting struct {
	sizes     []int
	scaled    bool    // drawn by nnlib.NewScaled, not by New
	positive  bool    // and then without their signs, biases too
	times     float64 // and then multiplied by this, biases too
	eta       float64
	miniBatch int
	images    int
}

const caseEpochs = 5

// caseSettings are those of A to G, and one that learns. Read on only if you have solved them.
var caseSettings = map[string]setting{
	"healthy": {sizes: []int{784, 30, 10}, scaled: true, times: 1, eta: 3, miniBatch: 10, images: 5000},
	"A":       {sizes: []int{784, 30, 10}, times: 1, eta: 0.001, miniBatch: 10, images: 5000},
	"B":       {sizes: []int{784, 30, 10}, scaled: true, times: 1, eta: 1, miniBatch: 2, images: 100},
	"C":       {sizes: []int{784, 30, 10}, positive: true, times: 1, eta: 3, miniBatch: 10, images: 5000},
	"D":       {sizes: []int{784, 30, 30, 10}, scaled: true, times: 1, eta: 3, miniBatch: 10, images: 500},
	"E":       {sizes: []int{784, 30, 10}, times: 1, eta: 100, miniBatch: 10, images: 5000},
	"F":       {sizes: []int{784, 16, 16, 16, 16, 16, 16, 10}, scaled: true, times: 1, eta: 3, miniBatch: 10, images: 5000},
	// The number of hidden neurons is a multiple of four because the rows of a
	// matrix come in groups of four: left-over rows are summed in another order
	// (docs/arithmetic.md), and neurons that differ in the last bit drift apart.
	"G": {sizes: []int{784, 16, 10}, times: 0, eta: 3, miniBatch: 10, images: 5000},
}

// Case returns the training of a case of chapter 7: "A" to "G", or "healthy".
// Each call draws it up anew. To know how is to know the answer: Settings
// tells, once the case is solved.
func Case(name string, rand nnlib.Source) Training {
	return mustCase(name).training(rand)
}

// Settings says how a case was drawn up. It gives the answer away.
func Settings(name string) string {
	s := mustCase(name)
	weights := "weights and biases N(0, 1)"
	switch {
	case s.times == 0:
		weights = "all weights and biases 0"
	case s.positive:
		weights = "weights and biases N(0, 1) without their signs"
	case s.times != 1:
		weights += fmt.Sprintf(" times %v", s.times)
	case s.scaled:
		weights = "weights N(0, 1/n_in), biases N(0, 1)"
	}
	return fmt.Sprintf("layers %s; %s; η = %v; mini-batches of %d; %d epochs of %d images",
		dashed(s.sizes), weights, s.eta, s.miniBatch, caseEpochs, s.images)
}

func mustCase(name string) setting {
	s, ok := caseSettings[name]
	if !ok {
		panic(fmt.Sprintf("exercise: case %q, want A to G or healthy", name))
	}
	return s
}

func (s setting) training(rand nnlib.Source) Training {
	t := Training{s.zeros(), nnlib.Config{Epochs: caseEpochs, MiniBatchSize: s.miniBatch, Eta: s.eta}, s.images}
	t.Net.Rand = rand
	if s.times == 0 {
		return t
	}
	draw := nnlib.New
	if s.scaled {
		draw = nnlib.NewScaled
	}
	net, err := draw(s.sizes, rand)
	if err != nil {
		panic(err) // the sizes are ours
	}
	for i := range net.Weights { // l = i+2
		net.Weights[i].Scale(s.times, net.Weights[i])
		net.Biases[i].ScaleVec(s.times, net.Biases[i])
		if s.positive {
			withoutSigns(net.Weights[i].RawMatrix().Data)
			withoutSigns(net.Biases[i].RawVector().Data)
		}
	}
	t.Net = net
	return t
}

func withoutSigns(values []float64) {
	for i, v := range values {
		values[i] = math.Abs(v)
	}
}

// zeros is the network of the setting with all weights and biases 0.
func (s setting) zeros() *nnlib.Network {
	net := &nnlib.Network{Sizes: slices.Clone(s.sizes)}
	for i, rows := range s.sizes[1:] { // l = i+2
		net.Weights = append(net.Weights, mat.NewDense(rows, s.sizes[i], nil))
		net.Biases = append(net.Biases, mat.NewVecDense(rows, nil))
	}
	return net
}

func dashed(sizes []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(sizes), "[]"), " ", "-")
}

// ChanceCost checks the quadratic cost of a network that says a at each of
// its ten outputs, whatever it is shown: ½ ((1-a)² + 9 a²).
func ChanceCost(f func(a float64) float64) { fmt.Println(chanceCost(f)) }

func chanceCost(f func(a float64) float64) string {
	at := func(a float64) attempt {
		miss, noes := (1-a)*(1-a), 9*a*a
		return value(fmt.Sprintf("chanceCost(%v)", a), func() float64 { return f(a) }, (miss+noes)/2,
			guess{miss + noes, "the quadratic cost has a factor in front, of the whole sum: which?"},
			guess{miss / 2, "that is the output of the digit shown; what do the nine others cost?"},
			guess{noes / 2, "those are the nine that should be 0; and the one that should be 1?"},
			guess{(miss + a*a) / 2, "how many outputs should be 0?"},
			guess{(miss + 10*a*a) / 2, "ten outputs: how many of them should be 0?"},
			guess{(miss + 81*a*a) / 2, "nine squares: is the 9 squared as well?"},
			guess{(1 - a + 9*a) / 2, "is each difference squared?"},
			guess{(miss + noes) / 20, "is it a sum over the outputs, or their mean?"},
			guess{5 * miss, "is 1 wanted of all ten outputs?"},
			guess{5 * a * a, "is 0 wanted of all ten outputs?"})
	}
	return verdict("chanceCost knows the price of an answer that is always the same",
		at(0), at(1), at(0.2), at(0.5))
}

// Fall checks by how much the cost is expected to fall: steps η Σ_l ‖∂C/∂w^l‖².
func Fall(f func(steps int, eta float64, gradient []float64) float64) { fmt.Println(fall(f)) }

func fall(f func(steps int, eta float64, gradient []float64) float64) string {
	const twice = "a step is η times the gradient, and the slope is the gradient once more: how often does its length count?"
	at := func(steps int, eta float64, gradient ...float64) attempt {
		sum, squares := 0.0, 0.0
		for _, norm := range gradient {
			sum += norm
			squares += norm * norm
		}
		rate := float64(steps) * eta
		return value(fmt.Sprintf("fall(%d, %v, %v)", steps, eta, gradient),
			func() float64 { return f(steps, eta, slices.Clone(gradient)) }, rate*squares,
			guess{0, "how long is one step, and how steep is the slope along it?"},
			guess{eta * squares, "that is one step; how many are there?"},
			guess{float64(steps) * squares, "where is the learning rate?"},
			guess{rate * eta * squares, "how often does η count: does the slope depend on it?"},
			guess{rate * squares / 2, "a step of this length down this slope: where does a half come from?"},
			guess{rate * gradient[0] * gradient[0], "is every layer in the sum?"},
			guess{rate * gradient[len(gradient)-1] * gradient[len(gradient)-1], "is every layer in the sum?"},
			guess{rate * sum, twice},
			guess{rate * sum * sum, "are the lengths squared before they are added, or after?"},
			guess{rate * math.Sqrt(squares), twice},
			guess{-rate * squares, "a fall by 0.1 is 0.1, not -0.1: which sign?"})
	}
	return verdict("fall says what many small steps should do, for any number of layers",
		at(1, 0.25, 3),
		at(10, 0.01, 3, 2),
		at(500, 0.001, 0.25, 0.5, 0.125))
}

// Rectified checks a hidden neuron's other function, max(0, z), and its slope,
// which is given the activation a as σ' is.
func Rectified(value, slope func(float64) float64) { fmt.Println(rectified(value, slope)) }

func rectified(f, g func(float64) float64) string {
	a := func(z, want float64, guesses ...guess) attempt {
		return value(fmt.Sprintf("rectified(%v)", z), func() float64 { return f(z) }, want, guesses...)
	}
	slope := func(a, want float64, guesses ...guess) attempt {
		return value(fmt.Sprintf("slopeAt(%v)", a), func() float64 { return g(a) }, want, guesses...)
	}
	return verdict("rectified lets through what is above 0, and slopeAt says where",
		a(3, 3,
			guess{0, "3 is above 0: what becomes of it?"},
			guess{1, "not a step: how large should the answer to 3 be?"}),
		a(-2, 0,
			guess{-2, "-2 is below 0: does it come through?"},
			guess{2, "that is the size of z; what is wanted below 0?"},
			guess{-0.2, "a little comes through: what is the larger one of 0 and -2?"}),
		a(0.25, 0.25),
		slope(3, 1,
			guess{0, "the activation is above 0: how fast does it grow with z?"},
			guess{3, "how steep is the line a = z?"},
			guess{-6, "a (1 - a) is the slope of the sigmoid; and that of a straight line?"}),
		slope(0, 0,
			guess{1, "a is 0 because z was below 0: does a change when z does, a little?"}),
		slope(0.25, 1,
			guess{0.25, "how steep is the line a = z?"},
			guess{0.1875, "a (1 - a) is the slope of the sigmoid; and that of a straight line?"}))
}

// Diagnose checks a diagnosis by the evidence before training and after five
// epochs, on networks measured beforehand.
func Diagnose(f func(first, last Evidence) string) { fmt.Println(diagnose(f)) }

func diagnose(f func(first, last Evidence) string) string {
	// In the order in which the exercise asks: where a diagnosis comes too early,
	// its condition holds and should not; where too late, the wanted one does not.
	order := []string{TooLittleData, Initialisation, RateTooHigh, Architecture, RateTooLow, TooFewEpochs}
	condition := map[string]string{TooLittleData: "byHeart", Initialisation: "bornStuck", RateTooHigh: "gotStuck", Architecture: "fades", RateTooLow: "stands"}
	question := map[string]string{
		TooLittleData:  "do the two shares lie far apart at the end?",
		Initialisation: "how much was saturated before the first step?",
		RateTooHigh:    "how much is saturated at the end?",
		Architecture:   "how does the gradient of the first layer compare with that of the last, before training?",
		RateTooLow:     "by how much has the share recognised moved?",
	}
	hint := func(got, want string) string {
		g, w := slices.Index(order, got), slices.Index(order, want)
		switch {
		case g < 0:
			return "" // of which the learner has no condition
		case g < w:
			return fmt.Sprintf(" (%s holds here, and comes first: %s)", condition[got], question[got])
		}
		return fmt.Sprintf(" (%s does not hold here: %s)", condition[want], question[want])
	}
	var attempts []attempt
	for _, m := range measuredCases {
		attempts = append(attempts, attempt{"diagnose", func() string {
			if got := f(m.first.clone(), m.last.clone()); got != m.cause {
				return fmt.Sprintf(" = %q, want %q%s before training: %v; at the end: %v",
					got, m.cause, hint(got, m.cause), m.first, m.last)
			}
			return ""
		}})
	}
	return verdict(fmt.Sprintf("diagnose is right about %d networks", len(measuredCases)), attempts...)
}

func (e Evidence) clone() Evidence {
	e.Saturated, e.Gradient = slices.Clone(e.Saturated), slices.Clone(e.Gradient)
	return e
}

func (e Evidence) String() string {
	return fmt.Sprintf("cost %v, training %v %%, validation %v %%, saturated %v, gradient %v",
		e.Cost, e.Train, e.Validation, e.Saturated, e.Gradient)
}

// RepairG checks a repair of case G: one thing changed, the same layers, and
// it learns. history trains what it is given and measures as it goes.
func RepairG(repair func() Training, history func(Training) []Evidence) {
	fmt.Println(repairG(repair, history))
}

func repairG(repair func() Training, history func(Training) []Evidence) string {
	const enough = 75 // percent of the validation images, and far more than case G can reach
	return verdict("repaired, case G learns", attempt{"repairG", func() string {
		t, g := repair(), caseSettings["G"]
		if t.Net == nil {
			return " returns no network: does it start from exercise.Case?"
		}
		if !slices.Equal(t.Net.Sizes, g.sizes) {
			return fmt.Sprintf(" has layers %s, want %s: can the same neurons do it?", dashed(t.Net.Sizes), dashed(g.sizes))
		}
		if t.Config.Epochs > 50 {
			return fmt.Sprintf(" asks for %d epochs, want at most 50: does anything change from epoch to epoch?", t.Config.Epochs)
		}
		changed := changedThings(t, g)
		switch len(changed) {
		case 0:
			return " changes nothing: what do the hidden neurons of case G have in common?"
		case 1:
		default:
			return fmt.Sprintf(" changes %s: which of them did it? One thing at a time", strings.Join(changed, " and "))
		}
		evidence := history(t)
		if last := evidence[len(evidence)-1]; !(last.Validation >= enough) {
			return fmt.Sprintf(" changes %s, and then recognises %.1f percent of the validation images, want at least %d:"+
				" what do the hidden neurons have in common?", changed[0], last.Validation, enough)
		}
		return ""
	}})
}

// changedThings names what a training has that the one of a setting has not.
func changedThings(t Training, s setting) (changed []string) {
	was := s.training(nil) // s is case G: nothing is drawn
	for _, c := range []struct {
		name string
		same bool
	}{
		{"the initial weights or biases", sameWeights(t.Net, was.Net)},
		{"the cost", t.Net.Cost == was.Net.Cost},
		{"the learning rate", t.Config.Eta == was.Config.Eta},
		{"the mini-batches", t.Config.MiniBatchSize == was.Config.MiniBatchSize},
		{"the epochs", t.Config.Epochs == was.Config.Epochs},
		{"the regularisation", t.Config.Lambda == was.Config.Lambda},
		{"the images", t.Images == was.Images},
	} {
		if !c.same {
			changed = append(changed, c.name)
		}
	}
	return changed
}

func sameWeights(a, b *nnlib.Network) bool {
	for i := range a.Weights { // l = i+2
		if !mat.Equal(a.Weights[i], b.Weights[i]) || !mat.Equal(a.Biases[i], b.Biases[i]) {
			return false
		}
	}
	return true
}

// measuredCases are the networks that a diagnosis is tried on: other ones than the
// cases, by MNIST and the seed 1. The test measures them again.
var measuredCases = []struct {
	setting     setting
	cause       string
	first, last Evidence
}{
	{setting{sizes: []int{784, 16, 10}, positive: true, times: 1, eta: 3, miniBatch: 10, images: 5000}, Initialisation,
		Evidence{4.5, 11, 10.9, []float64{1, 1}, []float64{3.3e-15, 0.00054}},
		Evidence{3.28, 11, 10.9, []float64{1, 0.7}, []float64{5.6e-13, 0.012}}},
	{setting{sizes: []int{784, 16, 10}, scaled: true, times: 1, eta: 100, miniBatch: 10, images: 5000}, RateTooHigh,
		Evidence{1.24, 6.44, 5.95, []float64{0, 0}, []float64{0.26, 0.49}},
		Evidence{0.901, 9.9, 9.61, []float64{0.92, 1}, []float64{1.5e-07, 2.9e-07}}},
	{setting{sizes: []int{784, 16, 10}, scaled: true, times: 1, eta: 1, miniBatch: 2, images: 150}, TooLittleData,
		Evidence{1.23, 6, 5.95, []float64{0, 0}, []float64{0.26, 0.49}},
		Evidence{0.165, 82.7, 60.8, []float64{0.091, 0.091}, []float64{0.079, 0.062}}},
	{setting{sizes: []int{784, 16, 16, 16, 16, 16, 10}, scaled: true, times: 1, eta: 1, miniBatch: 10, images: 5000},
		Architecture,
		Evidence{1.26, 9.58, 9.91, []float64{0, 0, 0, 0, 0, 0},
			[]float64{0.00088, 0.0015, 0.0054, 0.03, 0.13, 0.63}},
		Evidence{0.451, 10, 9.67, []float64{0, 0, 0, 0, 0, 0},
			[]float64{3.5e-05, 2.5e-05, 9.1e-05, 0.0004, 0.0015, 0.011}}},
	{setting{sizes: []int{784, 16, 10}, times: 1, eta: 0.001, miniBatch: 10, images: 5000}, RateTooLow,
		Evidence{1.44, 5.88, 5.11, []float64{0.63, 0.086}, []float64{0.15, 0.31}},
		Evidence{1.08, 6.92, 5.87, []float64{0.64, 0.075}, []float64{0.13, 0.29}}},
	{setting{sizes: []int{784, 16, 10}, scaled: true, times: 1, eta: 3, miniBatch: 10, images: 300}, TooFewEpochs,
		Evidence{1.24, 5, 5.95, []float64{0, 0}, []float64{0.26, 0.49}},
		Evidence{0.14, 83.7, 72.4, []float64{0.088, 0.1}, []float64{0.032, 0.027}}},
	{setting{sizes: []int{784, 30, 30, 10}, times: 20, eta: 1, miniBatch: 10, images: 2000}, Initialisation,
		Evidence{1.98, 9.3, 10.4, []float64{0.98, 0.94, 0.96}, []float64{0.21, 0.036, 0.024}},
		Evidence{1.3, 8.5, 9.72, []float64{0.98, 0.94, 0.97}, []float64{0.11, 0.028, 0.017}}},
	{setting{sizes: []int{784, 30, 30, 10}, times: 1, eta: 100, miniBatch: 10, images: 2000}, RateTooHigh,
		Evidence{1.58, 8.85, 9.62, []float64{0.63, 0.11, 0.26}, []float64{0.13, 0.3, 0.47}},
		Evidence{0.5, 11, 10.6, []float64{0.76, 0.96, 1}, []float64{5.2e-11, 1.3e-10, 1.6e-09}}},
	{setting{sizes: []int{784, 50, 10}, scaled: true, times: 1, eta: 1, miniBatch: 2, images: 100}, TooLittleData,
		Evidence{1.51, 11, 9.67, []float64{0, 0}, []float64{0.42, 1.1}},
		Evidence{0.124, 90, 61.1, []float64{0.004, 0.074}, []float64{0.062, 0.06}}},
	{setting{sizes: []int{784, 12, 12, 12, 12, 12, 12, 12, 10}, scaled: true, times: 1, eta: 3, miniBatch: 10, images: 2000},
		Architecture,
		Evidence{1.41, 9.55, 9.91, []float64{0, 0, 0, 0, 0, 0, 0, 0},
			[]float64{1.5e-05, 1.4e-05, 5.6e-05, 0.00038, 0.0015, 0.013, 0.093, 0.5}},
		Evidence{0.452, 10.7, 9.83, []float64{0, 0, 0, 0, 0, 0, 0, 0},
			[]float64{2.3e-06, 1.3e-06, 5.6e-06, 3e-05, 8e-05, 0.00053, 0.0025, 0.011}}},
	{setting{sizes: []int{784, 30, 30, 10}, times: 1, eta: 0.001, miniBatch: 10, images: 5000}, RateTooLow,
		Evidence{1.58, 9.14, 9.62, []float64{0.63, 0.11, 0.26}, []float64{0.13, 0.3, 0.47}},
		Evidence{0.85, 9.82, 10.2, []float64{0.63, 0.12, 0.24}, []float64{0.12, 0.24, 0.34}}},
	{setting{sizes: []int{784, 30, 30, 10}, times: 1, eta: 1, miniBatch: 10, images: 1000}, TooFewEpochs,
		Evidence{1.59, 8.4, 9.62, []float64{0.63, 0.11, 0.26}, []float64{0.13, 0.3, 0.47}},
		Evidence{0.254, 64.6, 56.4, []float64{0.67, 0.19, 0.21}, []float64{0.02, 0.024, 0.034}}},
}
