package nnlib_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
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

// correct is Evaluate by Feedforward.
func correct(net *nnlib.Network, data nnlib.Examples) int {
	count := 0
	for _, e := range data {
		got, want := largest(net.Feedforward(e.X).Output().RawVector().Data), largest(e.Y.RawVector().Data)
		if got >= 0 && got == want {
			count++
		}
	}
	return count
}

// largest returns where the first largest value is, of a single one whether it
// is above a half, and -1 where one is not a number.
func largest(values []float64) (at int) {
	for i, v := range values {
		if math.IsNaN(v) {
			return -1
		}
		if v > values[at] {
			at = i
		}
	}
	if len(values) == 1 && values[0] > 0.5 {
		return 1
	}
	return at
}

// Where weights or errors are not finite, a zero pixel no longer adds nothing.
// A single example shows it; with many it spreads to all weights.
func TestBitsHoldForWeightsThatAreNotFinite(t *testing.T) {
	for _, examples := range []int{1, 18} {
		cfg := nnlib.Config{Epochs: min(examples, 2), MiniBatchSize: 4, Eta: 3, Lambda: 0.1}
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -math.MaxFloat64} {
			for layer := range 2 {
				t.Run(fmt.Sprintf("%d examples, %v in layer %d", examples, bad, layer+2), func(t *testing.T) {
					data := toy(5, examples, 20, 3)
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
}

// A step makes weights infinite where its example has an input. The next example
// has none there, and 0 times infinity is not 0.
func TestBitsHoldWhereWeightsBecomeInfinite(t *testing.T) {
	data := nnlib.Examples{
		{X: vector(1e20, 0, 0, 0), Y: vector(1, 0)},
		{X: vector(0, 1e20, 0, 0), Y: vector(0, 1)},
	}
	cfg := nnlib.Config{Epochs: 1, MiniBatchSize: 1, Eta: 1e300}
	prepare := func() *nnlib.Network {
		net := newNetwork(t, 0, 4, 2)
		net.Weights[0].Zero() // so that the first example is not certain of anything
		return net
	}
	got, want := prepare(), prepare()
	train(t, got, data, cfg)
	readable(want, data, cfg)
	if !math.IsNaN(want.Weights[0].At(0, 0)) {
		t.Fatalf("weights are %v, want some that are no numbers: this test shows nothing", want.Weights[0].RawMatrix().Data)
	}
	sameBits(t, got, want)
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
