package nnlib_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
	"nnbook/nnlib/internal/arith"
	"nnbook/nnlib/nprand"
)

// pictures are ByteData: most bytes are 0, as in pictures of digits.
type pictures struct {
	inputs, outputs int
	pixels, labels  []byte
}

func drawPictures(seed uint64, count, inputs, outputs int) *pictures {
	rng := nprand.New(seed)
	p := &pictures{inputs, outputs, make([]byte, count*inputs), make([]byte, count)}
	for i := range p.pixels {
		if rng.Float64() > 0.8 {
			p.pixels[i] = byte(256 * rng.Float64())
		}
	}
	for i := range p.labels {
		p.labels[i] = byte(float64(max(outputs, 2)) * rng.Float64())
	}
	return p
}

func (p *pictures) Len() int                    { return len(p.labels) }
func (p *pictures) Dims() (inputs, outputs int) { return p.inputs, p.outputs }
func (p *pictures) Bytes(i int) []byte          { return p.pixels[i*p.inputs:][:p.inputs] }
func (p *pictures) Input(i int, x []float64) {
	for k, pixel := range p.Bytes(i) {
		x[k] = nnlib.FromByte(pixel)
	}
}
func (p *pictures) Target(i int, y []float64) {
	if len(y) == 1 {
		y[0] = float64(p.labels[i])
	} else {
		y[p.labels[i]] = 1
	}
}

// examples lists data for the readable path.
func examples(data nnlib.Data) nnlib.Examples {
	all := make(nnlib.Examples, data.Len())
	for i := range all {
		all[i].X, all[i].Y = example(data, i)
	}
	return all
}

// eachImplementation runs a test or a benchmark with each implementation of the
// vector code that this processor has, and without.
func eachImplementation[T interface {
	testing.TB
	Run(name string, f func(T)) bool
}](t T, test func(T)) {
	fastest := arith.Names()[0]
	t.Cleanup(func() { arith.Select(fastest) })
	for _, name := range arith.Names() {
		t.Run(name, func(t T) {
			if err := arith.Select(name); err != nil {
				t.Fatal(err)
			}
			test(t)
		})
	}
}

// NNBOOK_TEST_REQUIRE lists implementations that must be there, as in CI.
func TestRequiredImplementationsAreThere(t *testing.T) {
	for _, name := range strings.Fields(os.Getenv("NNBOOK_TEST_REQUIRE")) {
		if !slices.Contains(arith.Names(), name) {
			t.Errorf("no implementation %s on this processor, only %q", name, arith.Names())
		}
	}
}

// variants are the page's way to learn, and those that chapter 9 adds.
var variants = []struct {
	cost   nnlib.CostFunction
	lambda float64
}{{nnlib.Quadratic, 0}, {nnlib.Quadratic, 1.3}, {nnlib.CrossEntropy, 0}, {nnlib.CrossEntropy, 0.7}}

// shapes are networks with each kind of row and leftover, of one neuron
// and of many, without a hidden layer and with three.
var shapes = [][]int{
	{1, 1}, {3, 1}, {2, 3, 1}, {3, 4, 2}, {7, 5, 6, 3}, {5, 4, 3, 2, 1},
	{784, 10}, {785, 13, 10}, {100, 97, 3}, {130, 71, 11, 2}, {9216, 1}, {1, 9216},
}

// pictureShapes have each kind of slab and leftover. Where the number of inputs
// is not a multiple of four there is no vector code, which must not show.
var pictureShapes = [][]int{
	{4, 1}, {4, 2}, {8, 3}, {4, 4}, {12, 5, 2}, {8, 6, 7, 3}, {16, 5, 4, 3, 2, 1}, {7, 5, 3},
	{784, 10}, {784, 15, 10}, {784, 100, 10}, {128, 71, 13, 2}, {9216, 1}, {4, 2303, 3}, {400, 30, 20, 10}, {784, 13, 10},
}

// SGD and the readable UpdateMiniBatch end with the same bits, by each
// implementation, each cost, with and without regularisation; the last
// mini-batch is short.
func TestBitsOfSGDAreThoseOfUpdateMiniBatch(t *testing.T) {
	compare := func(sizes []int, data nnlib.Data) {
		for _, v := range variants {
			cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 10, Eta: 3, Lambda: v.lambda}
			want := newNetwork(t, 4, sizes...)
			want.Cost = v.cost
			readable(want, examples(data), cfg)
			t.Run(fmt.Sprintf("%T,%v,%v,lambda=%v", data, sizes, v.cost, v.lambda), func(t *testing.T) {
				eachImplementation(t, func(t *testing.T) {
					got := newNetwork(t, 4, sizes...)
					got.Cost = v.cost
					train(t, got, data, cfg)
					sameBits(t, got, want)
					if got, want := got.Evaluate(data), correct(want, examples(data)); got != want {
						t.Errorf("Evaluate = %d, by Feedforward %d", got, want)
					}
				})
			})
		}
	}
	for _, sizes := range shapes {
		compare(sizes, toy(3, 23, sizes[0], sizes[len(sizes)-1]))
	}
	for _, sizes := range pictureShapes {
		compare(sizes, drawPictures(3, 23, sizes[0], sizes[len(sizes)-1]))
	}
}

func TestBitsAreTheSameForMiniBatchesOfAnySize(t *testing.T) {
	data := drawPictures(5, 1300, 16, 3)
	for _, size := range []int{1, 2, 7, 64, 1000, arith.MaxMiniBatch, arith.MaxMiniBatch + 1, 5000, math.MaxInt} {
		cfg := nnlib.Config{Epochs: 1, MiniBatchSize: size, Eta: 5, Lambda: 10}
		want := newNetwork(t, 6, 16, 7, 3)
		want.Cost = nnlib.CrossEntropy
		readable(want, examples(data), cfg)
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			eachImplementation(t, func(t *testing.T) {
				got := newNetwork(t, 6, 16, 7, 3)
				got.Cost = nnlib.CrossEntropy
				train(t, got, data, cfg)
				sameBits(t, got, want)
			})
		})
	}
}

func TestBitsAreTheSameForASingleExample(t *testing.T) {
	data := drawPictures(5, 1, 16, 3)
	cfg := nnlib.Config{Epochs: 3, MiniBatchSize: 1, Eta: 5, Lambda: 0.1}
	want := newNetwork(t, 6, 16, 7, 3)
	readable(want, examples(data), cfg)
	eachImplementation(t, func(t *testing.T) {
		got := newNetwork(t, 6, 16, 7, 3)
		train(t, got, data, cfg)
		sameBits(t, got, want)
	})
}

// From a factor of 1, by rounding, to one of 0; weights become as small as
// numbers get, 0 and -0.
func TestBitsAreTheSameForAnyDecay(t *testing.T) {
	data := drawPictures(5, 24, 16, 3)
	const eta = 3.0
	for _, lambda := range []float64{1e-300, 0.01, 3.9, 4, 4.1, 7.9, 8} { // 1 - ηλ/n from 1 to 0
		prepare := func(t *testing.T) *nnlib.Network {
			net := newNetwork(t, 6, 16, 7, 3)
			for k, weight := range []float64{5e-324, -5e-324, 1e-310, -1e-310, 0} {
				net.Weights[0].Set(k, 3, weight)
				net.Weights[1].Set(1, k, weight)
			}
			return net
		}
		cfg := nnlib.Config{Epochs: 30, MiniBatchSize: 5, Eta: eta, Lambda: lambda}
		want := prepare(t)
		readable(want, examples(data), cfg)
		t.Run(fmt.Sprint(lambda), func(t *testing.T) {
			eachImplementation(t, func(t *testing.T) {
				got := prepare(t)
				train(t, got, data, cfg)
				sameBits(t, got, want)
			})
		})
	}
}

// Weights that are not finite, huge or -0, and rates that make them so, leave
// the fast path or never take it.
func TestBitsAreTheSameOutsideTheLimits(t *testing.T) {
	data := drawPictures(7, 25, 16, 3)
	for _, weight := range []float64{math.NaN(), math.Inf(1), 1e308, -1e101, math.Copysign(0, -1), 1e99} {
		for _, eta := range []float64{3, 1e101, 1e300} {
			prepare := func(t *testing.T) *nnlib.Network {
				net := newNetwork(t, 8, 16, 7, 3)
				net.Weights[0].Set(4, 3, weight)
				net.Weights[1].Set(2, 6, weight)
				net.Biases[0].SetVec(1, weight)
				return net
			}
			cfg := nnlib.Config{Epochs: 2, MiniBatchSize: 4, Eta: eta}
			want := prepare(t)
			readable(want, examples(data), cfg)
			t.Run(fmt.Sprintf("%v,eta=%v", weight, eta), func(t *testing.T) {
				eachImplementation(t, func(t *testing.T) {
					got := prepare(t)
					train(t, got, data, cfg)
					sameBits(t, got, want)
				})
			})
		}
	}
}

func TestSGDOnPicturesAllocatesNothingPerMiniBatch(t *testing.T) {
	data := drawPictures(9, 500, 64, 3)
	eachImplementation(t, func(t *testing.T) {
		net := newNetwork(t, 1, 64, 4, 3)
		net.Cost = nnlib.CrossEntropy
		allocations := func(miniBatch int) float64 {
			return testing.AllocsPerRun(5, func() {
				train(t, net, data, nnlib.Config{Epochs: 1, MiniBatchSize: miniBatch, Eta: 1, Lambda: 1})
			})
		}
		if few, many := allocations(250), allocations(1); many > few+10 { // 10: growing lists
			t.Errorf("500 mini-batches allocate %v times, two %v times", many, few)
		}
	})
}

func TestBitsAreTheSameForStridedWeights(t *testing.T) {
	data := drawPictures(7, 20, 12, 3)
	cfg := nnlib.Config{Epochs: 1, MiniBatchSize: 5, Eta: 3}
	want := newNetwork(t, 8, 12, 6, 3)
	readable(want, examples(data), cfg)
	eachImplementation(t, func(t *testing.T) {
		got := newNetwork(t, 8, 12, 6, 3)
		for i, w := range got.Weights {
			rows, cols := w.Dims()
			view := mat.NewDense(rows+1, cols+3, nil).Slice(1, rows+1, 2, cols+2).(*mat.Dense)
			view.Copy(w)
			b := mat.NewDense(rows, 2, nil).ColView(1).(*mat.VecDense)
			b.CopyVec(got.Biases[i])
			got.Weights[i], got.Biases[i] = view, b
		}
		train(t, got, data, cfg)
		sameBits(t, got, want)
	})
}

// Several networks at once, as a sweep trains them, come out as one by one.
func TestBitsAreTheSameForNetworksTrainedAtOnce(t *testing.T) {
	data := drawPictures(11, 300, 64, 5)
	cfg := nnlib.Config{Epochs: 3, MiniBatchSize: 10, Eta: 3}
	for seed := range uint64(8) {
		want := newNetwork(t, seed, 64, 15, 5)
		train(t, want, data, cfg)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			got := newNetwork(t, seed, 64, 15, 5)
			train(t, got, data, cfg)
			sameBits(t, got, want)
		})
	}
}
