package nnlib_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// toy makes count examples whose inputs are drawn, four fifths of them zero
// as in pictures, and whose target is one of the unit vectors; of a single
// output it is 0 or 1.
func toy(seed uint64, count, inputs, outputs int) nnlib.Examples {
	rng := nprand.New(seed)
	examples := make(nnlib.Examples, count)
	for i := range examples {
		x, y := mat.NewVecDense(inputs, nil), mat.NewVecDense(outputs, nil)
		for k := range inputs {
			if rng.Float64() > 0.8 {
				x.SetVec(k, rng.NormFloat64())
			}
		}
		if outputs == 1 {
			y.SetVec(0, math.Round(rng.Float64()))
		} else {
			y.SetVec(int(rng.Float64()*float64(outputs)), 1)
		}
		examples[i].X, examples[i].Y = x, y
	}
	return examples
}

// shapes are networks with each kind of row and leftover, of one neuron and of
// many, without a hidden layer and with three.
var shapes = [][]int{
	{1, 1}, {3, 1}, {2, 3, 1}, {3, 4, 2}, {7, 5, 6, 3}, {5, 4, 3, 2, 1},
	{784, 10}, {785, 13, 10}, {100, 97, 3}, {130, 71, 11, 2}, {9216, 1}, {1, 9216},
}

// The worked example of the published page.
func ExampleAffine() {
	w := mat.NewDense(2, 4, []float64{
		0.3490, 0.2552, 1.7718, -0.6382,
		1.5340, 0.2998, -1.0761, -1.4656,
	})
	a := mat.NewVecDense(4, []float64{0.2871, 0.7834, 0.6244, 0.6702})
	b := mat.NewVecDense(2, []float64{-1.3518, -2.1354})
	z := nnlib.Affine(w, a, b)
	fmt.Printf("%.4f\n", nnlib.Sigmoid(z).RawVector().Data)
	// Output: [0.4078 0.0425]
}

// Learning XOR, a whole run on four examples.
func ExampleNetwork_SGD() {
	vec := func(v ...float64) *mat.VecDense { return mat.NewVecDense(len(v), v) }
	xor := nnlib.Examples{
		{X: vec(0, 0), Y: vec(1, 0)},
		{X: vec(0, 1), Y: vec(0, 1)},
		{X: vec(1, 0), Y: vec(0, 1)},
		{X: vec(1, 1), Y: vec(1, 0)},
	}
	net, err := nnlib.New([]int{2, 3, 2}, nprand.New(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg := nnlib.Config{Epochs: 200, MiniBatchSize: 4, Eta: 10}
	for epoch, err := range net.SGD(context.Background(), xor, cfg) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if epoch%50 == 49 {
			fmt.Printf("Epoch %d : %d / %d\n", epoch, net.Evaluate(xor), xor.Len())
		}
	}
	// Output:
	// Epoch 49 : 2 / 4
	// Epoch 99 : 4 / 4
	// Epoch 149 : 4 / 4
	// Epoch 199 : 4 / 4
}

// For both costs; the differences leave every bit of the network as it was.
func TestBackpropMatchesFiniteDifferences(t *testing.T) {
	for _, sizes := range [][]int{{3, 2}, {2, 3, 1}, {3, 4, 2}, {6, 5, 4, 3}, {4, 3, 2, 3, 5}} {
		for _, cost := range []nnlib.CostFunction{nnlib.Quadratic, nnlib.CrossEntropy} {
			t.Run(fmt.Sprintf("%v,%v", sizes, cost), func(t *testing.T) {
				net, same := newNetwork(t, 1, sizes...), newNetwork(t, 1, sizes...)
				net.Cost = cost
				example := toy(2, 1, sizes[0], sizes[len(sizes)-1])[0]
				nablaB, nablaW := net.Backprop(example.X, example.Y)
				wantB, wantW := net.FiniteDifferences(example.X, example.Y, 1e-5)
				sameBits(t, net, same)
				check := func(name string, got, want float64) {
					if math.Abs(got-want) > 1e-9 {
						t.Errorf("∂C/∂%s = %v, by finite differences %v", name, got, want)
					}
				}
				for i := range net.Weights { // l = i+2
					rows, cols := net.Weights[i].Dims()
					for j := range rows {
						check(fmt.Sprintf("b^%d_%d", i+2, j), nablaB[i].AtVec(j), wantB[i].AtVec(j))
						for k := range cols {
							check(fmt.Sprintf("w^%d_%d,%d", i+2, j, k), nablaW[i].At(j, k), wantW[i].At(j, k))
						}
					}
				}
			})
		}
	}
}

// readable trains net as SGD does, through UpdateMiniBatch, or with
// regularisation through UpdateRegularised.
func readable(net *nnlib.Network, data nnlib.Examples, cfg nnlib.Config) {
	order := slices.Clone(data)
	for range cfg.Epochs {
		net.Rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for miniBatch := range slices.Chunk(order, cfg.MiniBatchSize) {
			if cfg.Lambda == 0 {
				net.UpdateMiniBatch(miniBatch, cfg.Eta, cfg.MiniBatchSize)
			} else {
				net.UpdateRegularised(miniBatch, cfg, len(data))
			}
		}
	}
}

func sameBits(t *testing.T, got, want *nnlib.Network) {
	t.Helper()
	g, w := parameters(got), parameters(want)
	for i := range g {
		if math.Float64bits(g[i]) != math.Float64bits(w[i]) && !(math.IsNaN(g[i]) && math.IsNaN(w[i])) {
			t.Fatalf("parameter %d of %d is %x, want %x", i, len(g), g[i], w[i])
		}
	}
}

// variants are the page's way to learn, and those that chapter 9 adds.
var variants = []struct {
	cost   nnlib.CostFunction
	lambda float64
}{{nnlib.Quadratic, 0}, {nnlib.Quadratic, 1.3}, {nnlib.CrossEntropy, 0}, {nnlib.CrossEntropy, 0.7}}

func TestBitsOfSGDAreThoseOfUpdateMiniBatch(t *testing.T) {
	for _, v := range variants {
		cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 4, Eta: 3, Lambda: v.lambda} // 18 examples: the last mini-batch is short
		for _, sizes := range shapes {
			t.Run(fmt.Sprintf("%v,%v,lambda=%v", sizes, v.cost, v.lambda), func(t *testing.T) {
				data := toy(3, 18, sizes[0], sizes[len(sizes)-1])
				got, want := newNetwork(t, 4, sizes...), newNetwork(t, 4, sizes...)
				got.Cost, want.Cost = v.cost, v.cost
				train(t, got, data, cfg)
				readable(want, data, cfg)
				sameBits(t, got, want)
				if got, want := got.Evaluate(data), correct(want, data); got != want {
					t.Errorf("Evaluate = %d, by Feedforward %d", got, want)
				}
			})
		}
	}
}

// correct is Evaluate by Feedforward, without numbers that are none.
func correct(net *nnlib.Network, data nnlib.Examples) int {
	answer := func(v *mat.VecDense) int {
		best := 0
		for j := range v.Len() {
			if v.AtVec(j) > v.AtVec(best) {
				best = j
			}
		}
		if v.Len() == 1 && v.AtVec(0) > 0.5 {
			best = 1
		}
		return best
	}
	count := 0
	for _, e := range data {
		if answer(net.Feedforward(e.X).Output()) == answer(e.Y) {
			count++
		}
	}
	return count
}

// Where weights are not finite, a zero pixel no longer adds nothing.
func TestBitsHoldForWeightsThatAreNotFinite(t *testing.T) {
	cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 4, Eta: 3, Lambda: 1}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -math.MaxFloat64} {
		for layer := range 2 {
			t.Run(fmt.Sprintf("%v in layer %d", bad, layer+2), func(t *testing.T) {
				data := toy(5, 18, 20, 3)
				got, want := newNetwork(t, 6, 20, 7, 3), newNetwork(t, 6, 20, 7, 3)
				for _, net := range []*nnlib.Network{got, want} {
					net.Weights[layer].Set(1, 2, bad)
					net.Weights[layer].Set(2, 5, bad)
				}
				train(t, got, data, cfg)
				readable(want, data, cfg)
				sameBits(t, got, want)
			})
		}
	}
}

func TestTenEpochsAndTwentyAreThirty(t *testing.T) {
	data := toy(9, 50, 8, 3)
	inOne, inTwo := newNetwork(t, 1, 8, 4, 3), newNetwork(t, 1, 8, 4, 3)
	cfg := nnlib.Config{Epochs: 30, MiniBatchSize: 7, Eta: 1}
	train(t, inOne, data, cfg)
	cfg.Epochs = 10
	train(t, inTwo, data, cfg)
	cfg.Epochs = 20
	train(t, inTwo, data, cfg)
	sameBits(t, inTwo, inOne)
}

func TestSGDLeavesTheDataAlone(t *testing.T) {
	data, same := toy(9, 50, 8, 3), toy(9, 50, 8, 3)
	train(t, newNetwork(t, 1, 8, 4, 3), data, nnlib.Config{Epochs: 3, MiniBatchSize: 7, Eta: 1})
	for i := range data {
		if !mat.Equal(data[i].X, same[i].X) || !mat.Equal(data[i].Y, same[i].Y) {
			t.Fatalf("example %d has changed", i)
		}
	}
}

func TestChangesBetweenEpochsCount(t *testing.T) {
	data := toy(9, 50, 8, 3)
	net, want := newNetwork(t, 1, 8, 4, 3), newNetwork(t, 1, 8, 4, 3)
	cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 7, Eta: 1}
	for epoch, err := range net.SGD(t.Context(), data, cfg) {
		if err != nil {
			t.Fatal(err)
		}
		if epoch == 0 {
			net.Weights[0] = mat.NewDense(4, 8, nil)
		}
	}
	cfg.Epochs = 1
	train(t, want, data, cfg)
	want.Weights[0].Zero()
	train(t, want, data, cfg)
	sameBits(t, net, want)
}

func TestCancelledTrainingCanGoOn(t *testing.T) {
	data := toy(9, 50, 8, 3)
	net := newNetwork(t, 1, 8, 4, 3)
	cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 7, Eta: 1}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	epochs := 0
	for epoch, err := range net.SGD(ctx, data, cfg) {
		epochs++
		switch {
		case epoch == 0 && err != nil:
			t.Fatal(err)
		case epoch == 0:
			cancel()
		case !errors.Is(err, context.Canceled):
			t.Errorf("epoch %d: error %v, want context.Canceled", epoch, err)
		}
	}
	if epochs != 2 {
		t.Errorf("%d passes of the loop, want 2: one epoch, one error", epochs)
	}
	train(t, net, data, cfg)
}

func TestBreakKeepsTheFinishedEpoch(t *testing.T) {
	data := toy(9, 50, 8, 3)
	net, want := newNetwork(t, 1, 8, 4, 3), newNetwork(t, 1, 8, 4, 3)
	cfg := nnlib.Config{Epochs: 30, MiniBatchSize: 7, Eta: 1}
	for range net.SGD(t.Context(), data, cfg) {
		break
	}
	cfg.Epochs = 1
	train(t, want, data, cfg)
	sameBits(t, net, want)
}

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
		{with(func(c *nnlib.Config) { c.Epochs = 0 }), data, nil, "Config.Epochs is 0, want at least 1"},
		{with(func(c *nnlib.Config) { c.MiniBatchSize = -1 }), data, nil, "Config.MiniBatchSize is -1, want at least 1"},
		{with(func(c *nnlib.Config) { c.Eta = 0 }), data, nil, "Config.Eta, the learning rate, is 0"},
		{with(func(c *nnlib.Config) { c.Eta = math.NaN() }), data, nil, "is NaN, want a finite number above 0"},
		{with(func(c *nnlib.Config) { c.Eta = math.Inf(1) }), data, nil, "is +Inf"},
		{with(func(c *nnlib.Config) { c.Lambda = -1 }), data, nil, "Config.Lambda, the regularisation, is -1, want a finite number ≥ 0"},
		{with(func(c *nnlib.Config) { c.Lambda = math.NaN() }), data, nil, "Config.Lambda, the regularisation, is NaN"},
		{with(func(c *nnlib.Config) { c.Lambda = math.Inf(1) }), data, nil, "Config.Lambda, the regularisation, is +Inf"},
		{with(func(c *nnlib.Config) { c.Eta, c.Lambda = 2, 2.6 }), data, nil, "Config.Lambda is 2.6, want at most 2.5: the number of examples, 5, divided by Eta"},
		{good, data, func(n *nnlib.Network) { n.Cost = 7 }, "Network.Cost is CostFunction(7), want Quadratic or CrossEntropy"},
		{good, nnlib.Examples{}, nil, "no examples"},
		{good, toy(1, 5, 9, 3), nil, "the data have 9 inputs and 3 outputs, the network 8 and 3"},
		{good, append(toy(1, 5, 8, 3), toy(1, 1, 7, 3)...), nil, "example 5 has 7 inputs and 3 outputs, want 8 and 3 as the first"},
		{good, data, func(n *nnlib.Network) { n.Rand = nil }, "Network.Rand is nil"},
		{good, data, func(n *nnlib.Network) { n.Weights = n.Weights[1:] }, "1 weight matrices and 2 bias vectors, want 2 of each"},
		{good, data, func(n *nnlib.Network) { n.Weights[1] = mat.NewDense(2, 4, nil) }, "Weights[1] is 2 × 4, want 3 × 4"},
		{good, data, func(n *nnlib.Network) { n.Biases[0] = mat.NewVecDense(5, nil) }, "Biases[0] has 5 values, want 4"},
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
	for _, sizes := range [][]int{nil, {784}, {784, 0, 10}, {-1, 2}, {1 << 20, 1 << 20}, {1 << 62, 1 << 62}} {
		if net, err := nnlib.New(sizes, nprand.New(0)); err == nil || net != nil {
			t.Errorf("New(%v) = %v, %v, want an error", sizes, net, err)
		}
	}
}

func TestPanicsNameBothLengths(t *testing.T) {
	net := newNetwork(t, 1, 8, 4, 3)
	for want, f := range map[string]func(){
		"nnlib: input has 7 values, Sizes[0] is 8":  func() { net.Feedforward(mat.NewVecDense(7, nil)) },
		"nnlib: target has 2 values, Sizes[2] is 3": func() { net.Backprop(mat.NewVecDense(8, nil), mat.NewVecDense(2, nil)) },
		"nnlib: Bytes(0) of the data has 9 values, Dims promises 8": func() {
			net.Evaluate(&pictures{8, 3, make([]byte, 9), make([]byte, 1)})
		},
		"nnlib: 0 examples in a mini-batch of size 0":                            func() { net.UpdateMiniBatch(nil, 3, 0) },
		"nnlib: 5 examples in a mini-batch of size 4":                            func() { net.UpdateMiniBatch(toy(1, 5, 8, 3), 3, 4) },
		"nnlib: 4 training examples, 5 in a mini-batch of them":                  func() { net.UpdateRegularised(toy(1, 5, 8, 3), nnlib.Config{MiniBatchSize: 5, Eta: 3}, 4) },
		"nnlib: output of 3 values, wanted output of 2":                          func() { nnlib.Quadratic.Value(mat.NewVecDense(3, nil), mat.NewVecDense(2, nil)) },
		"nnlib: output of 2 values, wanted output of 3":                          func() { nnlib.CrossEntropy.Delta(mat.NewVecDense(2, nil), mat.NewVecDense(3, nil)) },
		"nnlib: Network.Cost is CostFunction(2), want Quadratic or CrossEntropy": func() { nnlib.CostFunction(2).Value(mat.NewVecDense(2, nil), mat.NewVecDense(2, nil)) },
		"nnlib: finite differences with h = 0, want a finite number above 0": func() {
			net.FiniteDifferences(mat.NewVecDense(8, nil), mat.NewVecDense(3, nil), 0)
		},
		"nnlib: the data have 9 inputs and 3 outputs, the network 8 and 3 (Sizes [8 4 3])": func() { net.GradientNorms(toy(1, 5, 9, 3)) },
		"nnlib: no examples in the data": func() { net.Outputs(nnlib.Examples{}) },
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

func TestSGDAllocatesNothingPerMiniBatch(t *testing.T) {
	data := toy(9, 500, 30, 3)
	net := newNetwork(t, 1, 30, 4, 3)
	allocations := func(miniBatch int) float64 {
		return testing.AllocsPerRun(5, func() {
			train(t, net, data, nnlib.Config{Epochs: 1, MiniBatchSize: miniBatch, Eta: 1})
		})
	}
	if few, many := allocations(500), allocations(1); many > few {
		t.Errorf("500 mini-batches allocate %v times, one %v times", many, few)
	}
}

func TestEvaluateCountsNoAnswerThatIsNotANumber(t *testing.T) {
	net := newNetwork(t, 1, 8, 4, 3)
	net.Biases[1].SetVec(0, math.NaN())
	if got := net.Evaluate(toy(1, 20, 8, 3)); got != 0 {
		t.Errorf("Evaluate = %d with an output that is NaN, want 0", got)
	}
}
