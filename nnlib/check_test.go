package nnlib_test

// This file hands nnlib arguments and data that are wrong: each is a clear
// error before anything is changed, or a panic where the program is wrong.

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

func TestErrorsSayWhatIsWrong(t *testing.T) {
	good := nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: 3}
	with := func(change func(*nnlib.Config)) nnlib.Config {
		cfg := good
		change(&cfg)
		return cfg
	}
	data := toy(1, 5, 8, 3)
	for _, c := range []struct {
		cfg    nnlib.Config
		data   nnlib.Data
		change func(*nnlib.Network)
		want   string
	}{
		{with(func(c *nnlib.Config) { c.Epochs = 0 }), data, nil, "Config.Epochs = 0, want at least 1"},
		{with(func(c *nnlib.Config) { c.MiniBatchSize = -1 }), data, nil, "Config.MiniBatchSize = -1, want at least 1"},
		{with(func(c *nnlib.Config) { c.Eta = 0 }), data, nil, "Config.Eta = 0, want a finite number above 0"},
		{with(func(c *nnlib.Config) { c.Eta = math.NaN() }), data, nil, "= NaN, want a finite number above 0"},
		{with(func(c *nnlib.Config) { c.Eta = math.Inf(1) }), data, nil, "= +Inf"},
		{with(func(c *nnlib.Config) { c.Lambda = -1 }), data, nil, "Config.Lambda = -1, want a finite number ≥ 0"},
		{with(func(c *nnlib.Config) { c.Lambda = math.NaN() }), data, nil, "Config.Lambda = NaN"},
		{with(func(c *nnlib.Config) { c.Lambda = math.Inf(1) }), data, nil, "Config.Lambda = +Inf"},
		{with(func(c *nnlib.Config) { c.Eta, c.Lambda = 2, 2.6 }), data, nil, "Config.Lambda = 2.6, want at most n/η, here 5/2"},
		{good, data, func(n *nnlib.Network) { n.Cost = 7 }, "Network.Cost is CostFunction(7), want quadratic or cross-entropy"},
		{good, nnlib.Examples{}, nil, "no examples"},
		{good, toy(1, 5, 9, 3), nil, "the data have 9 inputs and 3 outputs, the network 8 and 3"},
		{good, append(toy(1, 5, 8, 3), toy(1, 1, 7, 3)...), nil, "example 5 has 7 inputs and 3 outputs, want 8 and 3 as the first"},
		{good, data, func(n *nnlib.Network) { n.Rand = nil }, "Network.Rand is nil"},
		{good, data, func(n *nnlib.Network) { n.Weights = n.Weights[1:] }, "1 weight matrices and 2 bias vectors, want 2 of each"},
		{good, data, func(n *nnlib.Network) { n.Weights[1] = mat.NewDense(2, 4, nil) }, "Weights[1] is 2 × 4, want 3 × 4"},
		{good, data, func(n *nnlib.Network) { n.Biases[0] = mat.NewVecDense(5, nil) }, "Biases[0] has 5 values, want 4"},
		{good, data, func(n *nnlib.Network) { n.Sizes = []int{8} }, "sizes [8] are too few layers"},
		{good, data, func(n *nnlib.Network) { n.Sizes = []int{1<<27 - 1, 2} }, "2 weight matrices and 2 bias vectors, want 1 of each"}, // 2^28 parameters
		{good, data, func(n *nnlib.Network) { n.Sizes = []int{1 << 27, 2} }, "more than 268435456 weights and biases"},
	} {
		net := newNetwork(t, 1, 8, 4, 3)
		if c.change != nil {
			c.change(net)
		}
		passes := 0
		for _, err := range net.SGD(t.Context(), c.data, c.cfg) {
			passes++
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		}
		if passes != 1 {
			t.Errorf("%s: %d passes of the loop, want 1", c.want, passes)
		}
	}
	for want, sizes := range map[string][]int{
		"sizes [] are too few layers":                                   nil,
		"sizes [784] are too few layers, want at least 2":               {784},
		"0 neurons in layer 2, want 1 to 268435456":                     {784, 0, 10},
		"-1 neurons in layer 1":                                         {-1, 2},
		"sizes [1048576 1048576]: more than 268435456 weights and bias": {1 << 20, 1 << 20},
		"sizes [1 134217728 1]: more than 268435456 weights and biases": {1, 1 << 27, 1},
		fmt.Sprintf("%d neurons in layer 1", math.MaxInt):               {math.MaxInt, math.MaxInt},
	} {
		if net, err := nnlib.New(sizes, nprand.New(0)); err == nil || net != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%v) = %v, %v, want an error with %q", sizes, net, err, want)
		}
	}
}

func TestPanicsNameBothLengths(t *testing.T) {
	net := newNetwork(t, 1, 8, 4, 3)
	for want, f := range map[string]func(){
		"nnlib: input has 7 values, Sizes[0] is 8":  func() { net.Feedforward(mat.NewVecDense(7, nil)) },
		"nnlib: target has 2 values, Sizes[2] is 3": func() { net.Backprop(mat.NewVecDense(8, nil), mat.NewVecDense(2, nil)) },
		"nnlib: Bytes(0) of the data has 7 values, Dims promises 8": func() {
			net.Evaluate(cut{drawPictures(1, 5, 8, 3)})
		},
		"nnlib: 0 examples in a mini-batch of size 0":                             func() { net.UpdateMiniBatch(nil, 3, 0) },
		"nnlib: 5 examples in a mini-batch of size 4":                             func() { net.UpdateMiniBatch(toy(1, 5, 8, 3), 3, 4) },
		"nnlib: 4 training examples, 5 in a mini-batch of them":                   func() { net.UpdateRegularised(toy(1, 5, 8, 3), nnlib.Config{MiniBatchSize: 5, Eta: 3}, 4) },
		"nnlib: 0 training examples, 0 in a mini-batch of them":                   func() { net.UpdateRegularised(nil, nnlib.Config{MiniBatchSize: 5, Eta: 3}, 0) },
		"nnlib: 5 examples in a mini-batch of size 3":                             func() { net.UpdateRegularised(toy(1, 5, 8, 3), nnlib.Config{MiniBatchSize: 3, Eta: 3}, 5) },
		"nnlib: output of 3 values, target of 2":                                  func() { nnlib.Quadratic.Value(mat.NewVecDense(3, nil), mat.NewVecDense(2, nil)) },
		"nnlib: output of 2 values, target of 3":                                  func() { nnlib.CrossEntropy.Delta(mat.NewVecDense(2, nil), mat.NewVecDense(3, nil)) },
		"nnlib: Network.Cost is CostFunction(2), want quadratic or cross-entropy": func() { nnlib.CostFunction(2).Value(mat.NewVecDense(2, nil), mat.NewVecDense(2, nil)) },
		"nnlib: finite differences with h = 0, want a finite number above 0": func() {
			net.FiniteDifferences(mat.NewVecDense(8, nil), mat.NewVecDense(3, nil), 0)
		},
		"nnlib: the data have 9 inputs and 3 outputs, the network 8 and 3 (Sizes [8 4 3])": func() { net.GradientNorms(toy(1, 5, 9, 3)) },
		"nnlib: no examples in the data":                        func() { net.Outputs(nnlib.Examples{}) },
		"nnlib: w a + b with w 4 × 8, a of 7 and b of 4 values": func() { nnlib.Affine(net.Weights[0], mat.NewVecDense(7, nil), net.Biases[0]) },
		"nnlib: w a + b with w 4 × 8, a of 8 and b of 3 values": func() { nnlib.Affine(net.Weights[0], mat.NewVecDense(8, nil), net.Biases[1]) },
		"nnlib: wᵀ δ with w 4 × 8 and δ of 3 values":            func() { nnlib.MulTrans(net.Weights[0], mat.NewVecDense(3, nil)) },
	} {
		func() {
			defer func() {
				if got := recover(); fmt.Sprint(got) != want {
					t.Errorf("panic %v, want %s", got, want)
				}
			}()
			f()
		}()
	}
}

// changed are data of which a method has been replaced.
type changed struct {
	nnlib.Data
	input, target func(i int, v []float64)
}

func (c changed) Input(i int, x []float64) {
	if c.Data.Input(i, x); c.input != nil {
		c.input(i, x)
	}
}

func (c changed) Target(i int, y []float64) {
	if c.Data.Target(i, y); c.target != nil {
		c.target(i, y)
	}
}

// halved are pictures whose inputs are half of what their bytes say.
type halved struct{ *pictures }

func (h halved) Input(i int, x []float64) {
	h.pictures.Input(i, x)
	for k := range x {
		x[k] /= 2
	}
}

// cut are pictures whose last byte is missing.
type cut struct{ *pictures }

func (c cut) Bytes(i int) []byte { return c.pictures.Bytes(i)[:7] }

func TestDataThatCannotBeReadAreAnErrorBeforeTraining(t *testing.T) {
	digits := func(change func(p *pictures)) *pictures {
		p := drawPictures(1, 100, 8, 3)
		change(p)
		return p
	}
	vec := func(n int) *mat.VecDense { return mat.NewVecDense(n, nil) }
	for want, data := range map[string]nnlib.Data{
		"no examples in the data": nil,
		"example 0 of the data cannot be read: runtime error: invalid memory address":                                                      (*pictures)(nil),
		"example 77 of the data cannot be read: runtime error: index out of range [23] with length 3":                                      digits(func(p *pictures) { p.labels[77] = 23 }),
		"example 60 of the data cannot be read: runtime error: slice bounds out of range [:8] with":                                        digits(func(p *pictures) { p.pixels = p.pixels[:480:480] }),
		"Bytes(0) of the data has 7 values, Dims promises 8":                                                                               cut{drawPictures(1, 100, 8, 3)},
		"Input(0) of the data writes 0.07058823529411765 for value 1, where Bytes has 36, which is 0.1411764705882353: the two must agree": halved{drawPictures(1, 100, 8, 3)},
		"example 4 of the data cannot be read: lost": changed{Data: toy(1, 5, 8, 3), input: func(i int, _ []float64) {
			if i == 4 {
				panic("lost")
			}
		}},
		"example 1 of the data cannot be read: runtime error: index out of range [3] with length 3": changed{Data: toy(1, 5, 8, 3), target: func(i int, y []float64) { y[2+i] = 1 }},
		"example 1 has no X or no Y": nnlib.Examples{{X: vec(8), Y: vec(3)}, {X: vec(8)}},
		"example 0 has no X or no Y": nnlib.Examples{{Y: vec(3)}},
	} {
		net := newNetwork(t, 1, 8, 4, 3)
		passes := 0
		for _, err := range net.SGD(t.Context(), data, nnlib.Config{Epochs: 2, MiniBatchSize: 10, Eta: 3}) {
			passes++
			if err == nil || !strings.Contains(err.Error(), "nnlib: "+want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
		}
		if passes != 1 {
			t.Errorf("%s: %d passes of the loop, want 1", want, passes)
		}
		sameBits(t, net, newNetwork(t, 1, 8, 4, 3))
	}
}

// Data may leave zeros out: what they are given is cleared.
func TestDataNeedNotWriteZeros(t *testing.T) {
	lazy := lazyExamples(toy(1, 50, 8, 3))
	cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 7, Eta: 3}
	got, want := newNetwork(t, 1, 8, 4, 3), newNetwork(t, 1, 8, 4, 3)
	train(t, got, lazy, cfg)
	readable(want, toy(1, 50, 8, 3), cfg)
	sameBits(t, got, want)
	if got, want := got.Evaluate(lazy), correct(want, toy(1, 50, 8, 3)); got != want {
		t.Errorf("Evaluate = %d, by Feedforward %d", got, want)
	}
	if got, want := got.MeanCost(lazy), want.MeanCost(toy(1, 50, 8, 3)); got != want {
		t.Errorf("MeanCost = %v, want %v", got, want)
	}
}

type lazyExamples nnlib.Examples

func (e lazyExamples) Len() int                    { return len(e) }
func (e lazyExamples) Dims() (inputs, outputs int) { return nnlib.Examples(e).Dims() }
func (e lazyExamples) Input(i int, x []float64)    { notZero(x, e[i].X) }
func (e lazyExamples) Target(i int, y []float64)   { notZero(y, e[i].Y) }

func notZero(to []float64, from *mat.VecDense) {
	for k := range from.Len() {
		if v := from.AtVec(k); v != 0 {
			to[k] = v
		}
	}
}

// A single output says yes above 0.5. Of equal outputs the first is the answer.
func TestAnswers(t *testing.T) {
	above := math.Nextafter(0.5, 1)
	for _, c := range []struct {
		output []float64
		want   int
	}{
		{[]float64{0}, 0}, {[]float64{0.5}, 0}, {[]float64{above}, 1}, {[]float64{1}, 1}, {[]float64{math.NaN()}, -1}, {[]float64{math.Inf(1)}, 1},
		{[]float64{0.5, 0.5}, 0}, {[]float64{0.5, above}, 1}, {[]float64{0, 0}, 0}, {[]float64{0, math.NaN()}, -1}, {[]float64{0.1, 0.3, 0.2, 0.3}, 1},
	} {
		if got := nnlib.Answer(c.output); got != c.want {
			t.Errorf("Answer(%v) = %d, want %d", c.output, got, c.want)
		}
	}
}

// Whether XOR is known is not answered by "all of it" before it is learned.
func TestSingleOutputIsCountedByItsThreshold(t *testing.T) {
	vec := func(v ...float64) *mat.VecDense { return mat.NewVecDense(len(v), v) }
	xor := nnlib.Examples{{X: vec(0, 0), Y: vec(0)}, {X: vec(0, 1), Y: vec(1)}, {X: vec(1, 0), Y: vec(1)}, {X: vec(1, 1), Y: vec(0)}}
	net := newNetwork(t, 0, 2, 3, 1)
	outputs := net.Outputs(xor)
	var answers []int
	right := 0
	for i := range xor {
		answers = append(answers, 0)
		if outputs.At(i, 0) > 0.5 {
			answers[i] = 1
		}
		if float64(answers[i]) == xor[i].Y.AtVec(0) {
			right++
		}
	}
	if got := net.Answers(xor); !slices.Equal(got, answers) {
		t.Errorf("Answers = %v for outputs %v, want %v", got, outputs.RawMatrix().Data, answers)
	}
	if got := net.Evaluate(xor); got != right || right == len(xor) {
		t.Errorf("untrained: Evaluate = %d, want %d, and not all", got, right)
	}
	net.Cost = nnlib.CrossEntropy
	train(t, net, xor, nnlib.Config{Epochs: 500, MiniBatchSize: 4, Eta: 5})
	if got := net.Evaluate(xor); got != 4 {
		t.Errorf("trained: Evaluate = %d, want 4", got)
	}
}

// What the loop's body does to the network or the data is an error at the next
// epoch, or counts; it never is a panic.
func TestLoopBodyMayDoAnything(t *testing.T) {
	data := toy(1, 20, 8, 3)
	grown := slices.Clone(data)
	for _, c := range []struct {
		name, want string // no error where want is empty
		do         func(n *nnlib.Network)
	}{
		{"Rand is taken away", "Network.Rand is nil", func(n *nnlib.Network) { n.Rand = nil }},
		{"weights are taken away", "1 weight matrices and 2 bias vectors", func(n *nnlib.Network) { n.Weights = n.Weights[:1] }},
		{"another cost is set", "", func(n *nnlib.Network) { n.Cost = nnlib.CrossEntropy }},
		{"a cost that there is not", "Network.Cost is CostFunction(-1)", func(n *nnlib.Network) { n.Cost = -1 }},
		{"trained on more data", "", func(n *nnlib.Network) {
			train(t, n, toy(2, 33, 8, 3), nnlib.Config{Epochs: 1, MiniBatchSize: 4, Eta: 1})
		}},
		{"trained on less data", "", func(n *nnlib.Network) {
			train(t, n, toy(2, 3, 8, 3), nnlib.Config{Epochs: 1, MiniBatchSize: 4, Eta: 1})
		}},
		{"data are added", "21 examples in the data, 20 when training began", func(n *nnlib.Network) { grown = append(grown, data[0]) }},
	} {
		net := newNetwork(t, 1, 8, 4, 3)
		grown = grown[:20]
		var err error
		epochs := 0
		for _, err = range net.SGD(t.Context(), (*growing)(&grown), nnlib.Config{Epochs: 3, MiniBatchSize: 6, Eta: 1}) {
			if epochs++; epochs == 1 {
				c.do(net)
			}
		}
		switch {
		case c.want == "" && (err != nil || epochs != 3):
			t.Errorf("%s: %d epochs, error %v, want 3 and none", c.name, epochs, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || epochs != 2):
			t.Errorf("%s: error %v in pass %d, want one with %q in pass 2", c.name, err, epochs, c.want)
		}
	}
}

// growing are examples to which some may be added.
type growing nnlib.Examples

func (g *growing) Len() int                    { return len(*g) }
func (g *growing) Dims() (inputs, outputs int) { return nnlib.Examples(*g).Dims() }
func (g *growing) Input(i int, x []float64)    { nnlib.Examples(*g).Input(i, x) }
func (g *growing) Target(i int, y []float64)   { nnlib.Examples(*g).Target(i, y) }
