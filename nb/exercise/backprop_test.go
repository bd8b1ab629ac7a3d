package exercise

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// fill makes a vector as long as v of a formula for its component j.
func fill(v *mat.VecDense, formula func(j int) float64) *mat.VecDense {
	out := mat.NewVecDense(v.Len(), nil)
	for j := range v.Len() {
		out.SetVec(j, formula(j))
	}
	return out
}

func TestOutputError(t *testing.T) {
	high, low := "not yet: outputError(a = [0.75], y = [0]) ", "not yet: outputError(a = [0.75], y = [1]) "
	each := func(formula func(a, y float64) float64) func(a, y *mat.VecDense) *mat.VecDense {
		return func(a, y *mat.VecDense) *mat.VecDense {
			return fill(a, func(j int) float64 { return formula(a.AtVec(j), y.AtVec(j)) })
		}
	}
	for _, test := range []struct {
		want string
		f    func(a, y *mat.VecDense) *mat.VecDense
	}{
		{"passed: outputError is right for outputs that are too high and too low, for any number of them",
			nnlib.Quadratic.Delta},
		{high + "= [0], want [0.1406] (what are a - y and a (1 - a) here?)", // the stub
			each(func(a, y float64) float64 { return 0 })},
		{high + "= nil, want a vector of 1 values",
			func(a, y *mat.VecDense) *mat.VecDense { return nil }},
		{high + "= [-0.1406], want [0.1406] (the output is too high, and more z makes it worse: should δ be above 0 or below?)",
			each(func(a, y float64) float64 { return (y - a) * a * (1 - a) })},
		{high + "= [0.75], want [0.1406] (where is σ'?)",
			each(func(a, y float64) float64 { return a - y })},
		{high + "= [-0.75], want [0.1406] (where is σ', and which way round is the difference?)",
			each(func(a, y float64) float64 { return y - a })},
		{high + "= [0.1875], want [0.1406] (there are three factors, a - y, a and 1 - a: are all there?)",
			each(func(a, y float64) float64 { return a * (1 - a) })},
		{low + "= [0.1406], want [-0.04688] (where is y?)",
			each(func(a, y float64) float64 { return a * a * (1 - a) })},
		{high + "= [0.5625], want [0.1406] (σ' is a (1 - a): where is 1 - a?)",
			each(func(a, y float64) float64 { return (a - y) * a })},
		{high + "= [0.1875], want [0.1406] (there are three factors, a - y, a and 1 - a: are all there?)",
			each(func(a, y float64) float64 { return (a - y) * (1 - a) })},
		{"not yet: outputError(a = [0.9 0.2 0.5], y = [1 0 0]) = [-0.003 0.01067 0.04167], want [-0.009 0.032 0.125] (each output has an error of its own: who divides by their number?)",
			func(a, y *mat.VecDense) *mat.VecDense {
				delta := nnlib.Quadratic.Delta(a, y)
				delta.ScaleVec(1/float64(a.Len()), delta)
				return delta
			}},
		{high + "= [0.1634], want [0.1406] (a is σ(z) already: does it need another sigmoid?)",
			each(func(a, y float64) float64 { return (a - y) * logistic(a) * (1 - logistic(a)) })},
		{high + "= [0.2812], want [0.1406] (is that the cost, or twice its slope? The ½ and the 2 of the square are gone in it)",
			each(func(a, y float64) float64 { return (a - y) * (a - y) / 2 })},
		{"not yet: outputError(a = [0.9 0.2 0.5], y = [1 0 0]) = [-0.009 0 0], want [-0.009 0.032 0.125] (is the error of every output set?)", // return stands inside the loop
			func(a, y *mat.VecDense) *mat.VecDense {
				delta := mat.NewVecDense(a.Len(), nil)
				delta.SetVec(0, nnlib.Quadratic.Delta(a, y).AtVec(0))
				return delta
			}},
		{"not yet: outputError changes a, which others still need: can it make a value of its own?",
			func(a, y *mat.VecDense) *mat.VecDense {
				a.CopyVec(nnlib.Quadratic.Delta(a, y))
				return a
			}},
	} {
		if got := outputError(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

// before is (BP2) with its parts to be replaced.
func before(w mat.Matrix, delta, a *mat.VecDense, slope func(a float64) float64) *mat.VecDense {
	var sums mat.VecDense
	sums.MulVec(w, delta)
	return fill(a, func(k int) float64 { return sums.AtVec(k) * slope(a.AtVec(k)) })
}

func TestHiddenError(t *testing.T) {
	square := "not yet: hiddenError(w 2 × 2, delta of 2, a of 2) "
	for _, test := range []struct {
		want string
		f    func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense
	}{
		{"passed: hiddenError sums over all neurons of the next layer, for any number of neurons",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense { return before(w.T(), delta, a, slope) }},
		{square + "= [0 0], want [-0.0625 0.2109] (which δ^l_j does neuron k act on, and by which weights?)", // the stub
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense { return mat.NewVecDense(a.Len(), nil) }},
		{square + "= [0.25 -0.2578], want [-0.0625 0.2109] (w_jk leads from k to j: is w transposed, is the sum over j?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense { return before(w, delta, a, slope) }},
		{square + "= [-0.25 1.125], want [-0.0625 0.2109] (where is σ'?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return before(w.T(), delta, a, func(float64) float64 { return 1 })
			}},
		{square + "= [1 -1.375], want [-0.0625 0.2109] (where is σ', and where is the transpose of w?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return before(w, delta, a, func(float64) float64 { return 1 })
			}},
		{square + "= [-0.125 0.8438], want [-0.0625 0.2109] (σ' is a (1 - a): where is 1 - a?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return before(w.T(), delta, a, func(a float64) float64 { return a })
			}},
		{square + "= [-0.125 0.2812], want [-0.0625 0.2109] (σ' is a (1 - a): where is a?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return before(w.T(), delta, a, func(a float64) float64 { return 1 - a })
			}},
		{square + "= [0.0625 -0.2109], want [-0.0625 0.2109] (the error is carried back as it is: where does the minus come from?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return before(w.T(), delta, a, func(a float64) float64 { return -slope(a) })
			}},
		{square + "= [0.125 0.02344], want [-0.0625 0.2109] (does neuron k act on every neuron j?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return fill(a, func(k int) float64 { return w.At(k, k) * delta.AtVec(k) * slope(a.AtVec(k)) })
			}},
		{square + "= [-0.05875 0.2451], want [-0.0625 0.2109] (a is σ(z) already: does it need another sigmoid?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return before(w.T(), delta, a, func(a float64) float64 { return slope(logistic(a)) })
			}},
		{square + "= [0.1875 0.1406], want [-0.0625 0.2109] (where are the weights?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return fill(a, func(k int) float64 { return mat.Sum(delta) * slope(a.AtVec(k)) })
			}},
		{square + "= [-0.1875 0.02344], want [-0.0625 0.2109] (is only the last j left of the sum?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				j := delta.Len() - 1
				return fill(a, func(k int) float64 { return w.At(j, k) * delta.AtVec(j) * slope(a.AtVec(k)) })
			}},
		{square + "= [0.125 0.1875], want [-0.0625 0.2109] (is only the first j in the sum?)", // return stands inside the loop
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return fill(a, func(k int) float64 { return w.At(0, k) * delta.AtVec(0) * slope(a.AtVec(k)) })
			}},
		{square + "= [-0.0625 0.1641], want [-0.0625 0.2109] (does the sum begin anew for each neuron k?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				sum := 0.0
				return fill(a, func(k int) float64 {
					for j := range delta.Len() {
						sum += w.At(j, k) * delta.AtVec(j)
					}
					return sum * slope(a.AtVec(k))
				})
			}},
		{square + "= [-0.0625 0], want [-0.0625 0.2109] (is the error of every neuron k set?)",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				out := before(w.T(), delta, a, slope)
				out.SetVec(1, 0)
				return out
			}},
		{square + "has 1 values, want 2",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense { return vec(1) }},
		{"not yet: hiddenError(w 3 × 2, delta of 3, a of 2) = [-0.2812 -0.25], want [-0.2812 -0.0625] (is the last j in the sum?)", // for 2 there are 2, for 3
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				return fill(a, func(k int) float64 {
					sum := 0.0
					for j := range min(2, delta.Len()) {
						sum += w.At(j, k) * delta.AtVec(j)
					}
					return sum * slope(a.AtVec(k))
				})
			}},
		{"not yet: hiddenError changes a, which others still need: can it make a value of its own?",
			func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense {
				a.CopyVec(before(w.T(), delta, a, slope))
				return a
			}},
	} {
		if got := hiddenError(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestWeightGradient(t *testing.T) {
	first := "not yet: weightGradient(delta = [0.5 -1], a = [0.25 0.75]) "
	want := "want [[0.125 0.375][-0.25 -0.75]]"
	both := func(formula func(d, a float64) float64) func(delta, a *mat.VecDense) *mat.Dense {
		return func(delta, a *mat.VecDense) *mat.Dense {
			m := mat.NewDense(delta.Len(), a.Len(), nil)
			m.Apply(func(j, k int, _ float64) float64 { return formula(delta.AtVec(j), a.AtVec(k)) }, m)
			return m
		}
	}
	product := both(func(d, a float64) float64 { return d * a })
	for _, test := range []struct {
		want string
		f    func(delta, a *mat.VecDense) *mat.Dense
	}{
		{"passed: weightGradient has a row for each δ and a column for each a",
			product},
		{first + "= [[0 0][0 0]], " + want + " (what does each pair of δ_j and a_k give?)", // the stub
			both(func(d, a float64) float64 { return 0 })},
		{first + "= nil, want a matrix of 2 × 2",
			func(delta, a *mat.VecDense) *mat.Dense { return nil }},
		{first + "= [[0.125 -0.25][0.375 -0.75]], " + want + " (row j belongs to neuron j with δ_j: are rows and columns swapped?)",
			func(delta, a *mat.VecDense) *mat.Dense { return product(a, delta) }},
		{first + "= [[0.09375 0.09375][-0.1875 -0.1875]], " + want + " (z_j changes with w_jk by a_k alone: is σ' in δ already?)",
			both(func(d, a float64) float64 { return d * slope(a) })},
		{first + "= [[0.5 0.5][-1 -1]], " + want + " (where is a?)",
			both(func(d, a float64) float64 { return d })},
		{first + "= [[0.25 0.75][0.25 0.75]], " + want + " (where is δ?)",
			both(func(d, a float64) float64 { return a })},
		{first + "= [[0.75 1.25][-0.75 -0.25]], " + want + " (is it a sum, or a product?)",
			both(func(d, a float64) float64 { return d + a })},
		{first + "= [[-0.125 -0.375][0.25 0.75]], " + want + " (which sign should it have? The step against it is made elsewhere)",
			both(func(d, a float64) float64 { return -d * a })},
		{first + "= [[0.125 0.375][0 0]], " + want + " (is every row set?)",
			func(delta, a *mat.VecDense) *mat.Dense {
				m := product(delta, a)
				m.SetRow(1, []float64{0, 0})
				return m
			}},
		{first + "= [[0.125 0][-0.25 0]], " + want + " (is every column set?)",
			func(delta, a *mat.VecDense) *mat.Dense {
				m := product(delta, a)
				m.SetCol(1, []float64{0, 0})
				return m
			}},
		{first + "= [[0.125 0][0 -0.75]], " + want + " (does every j meet every k, or only its own number?)",
			func(delta, a *mat.VecDense) *mat.Dense {
				m := product(delta, a)
				m.Set(0, 1, 0)
				m.Set(1, 0, 0)
				return m
			}},
		{"not yet: weightGradient(delta = [0.125], a = [0.5 0.75 0.25]) is 3 × 1, want 1 × 3 (which of the two says how many rows there are?)",
			func(delta, a *mat.VecDense) *mat.Dense {
				if delta.Len() == a.Len() {
					return product(delta, a)
				}
				return product(a, delta)
			}},
		{"not yet: weightGradient changes delta, which others still need: can it make a value of its own?",
			func(delta, a *mat.VecDense) *mat.Dense {
				m := product(delta, a)
				delta.Zero()
				return m
			}},
	} {
		if got := weightGradient(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

// Each line of a backpropagation gone wrong, by the place that the check names.
func TestBackprop(t *testing.T) {
	type (
		vectors  = []*mat.VecDense
		matrices = []*mat.Dense
	)
	first := "not yet: sizes [3 3 3 3]: "
	// spoiled is a right answer with something done to it.
	spoiled := func(spoil func(net *nnlib.Network, x *mat.VecDense, b vectors, w matrices)) func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) {
		return func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) {
			b, w := net.Backprop(x, y)
			spoil(net, x, b, w)
			return b, w
		}
	}
	// looped is a backpropagation with a (BP2) to be replaced; lower are the weights that are one layer too low.
	looped := func(bp2 func(w *mat.Dense, lower mat.Matrix, delta, a *mat.VecDense) *mat.VecDense) func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) {
		return func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) {
			a := net.Feedforward(x)
			b, w := make(vectors, len(net.Biases)), make(matrices, len(net.Weights))
			delta := nnlib.Quadratic.Delta(a.Output(), y)
			for i := len(w) - 1; i >= 0; i-- {
				w[i] = new(mat.Dense)
				w[i].Outer(1, delta, a[i])
				b[i] = delta
				if i > 0 {
					delta = bp2(net.Weights[i], net.Weights[i-1], delta, a[i])
				}
			}
			return b, w
		}
	}
	for _, test := range []struct {
		starts, ends string
		f            func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices)
	}{
		{"passed: the gradient of every weight and bias", " is what finite differences measure",
			(*nnlib.Network).Backprop},
		{first + "0 bias gradients and 0 weight gradients", ", want 3 of each",
			func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) { return nil, nil }},
		{first + "∂C/∂b^4 = [", "] (δ^4 is wrong from the start: which equation begins?)",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, _ matrices) { b[2].ScaleVec(-1, b[2]) })},
		{first + "∂C/∂b^3 = [", "], though ∂C/∂b^4 is right (which line makes δ^3 of δ^4?)",
			spoiled(func(net *nnlib.Network, x *mat.VecDense, b vectors, _ matrices) {
				b[1] = before(net.Weights[2].T(), b[2], net.Feedforward(x)[1], slope) // the slope of the wrong layer
			})},
		{first + "∂C/∂b^2 = [", "], though ∂C/∂b^3 is right (w^3 leads forward: how does δ^3 come back through it?)",
			spoiled(func(net *nnlib.Network, x *mat.VecDense, b vectors, _ matrices) {
				b[0] = before(net.Weights[1], b[1], net.Feedforward(x)[1], slope) // no transpose
			})},
		{first + "∂C/∂b^3 = [", "], though ∂C/∂b^4 is right (where is σ'(z^3)?)", looped(func(w *mat.Dense, _ mat.Matrix, delta, a *mat.VecDense) *mat.VecDense {
			return before(w.T(), delta, a, func(float64) float64 { return 1 })
		})},
		{first + "∂C/∂b^3 = [", "(σ' is a (1 - a): where is 1 - a?)", looped(func(w *mat.Dense, _ mat.Matrix, delta, a *mat.VecDense) *mat.VecDense {
			return before(w.T(), delta, a, func(a float64) float64 { return a })
		})},
		{first + "∂C/∂b^3 = [", "(which weights lead from layer 3 to layer 4?)", looped(func(_ *mat.Dense, lower mat.Matrix, delta, a *mat.VecDense) *mat.VecDense {
			return before(lower.T(), delta, a, slope)
		})},
		{first + "∂C/∂b^2 and ∂C/∂b^3 are one and the same vector", "(which line should make a new δ?)", looped(func(w *mat.Dense, _ mat.Matrix, delta, a *mat.VecDense) *mat.VecDense {
			delta.CopyVec(before(w.T(), delta, a, slope))
			return delta
		})},
		{first + "∂C/∂b^4 stands where ∂C/∂b^2 should", "(in which order do the layers stand?)", // appended on the way back
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, w matrices) { slices.Reverse(b); slices.Reverse(w) })},
		{first + "6 bias gradients and 6 weight gradients, want 3 of each", "(are they appended to those that are there already?)",
			func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) {
				b, w := net.Backprop(x, y)
				return append(b, b...), append(w, w...)
			}},
		{first + "∂C/∂b^4 is 0, though ∂C/∂b^2 is not", "(with which layer does the loop begin?)",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, w matrices) { b[2].Zero(); w[2].Zero() })},
		{first + "∂C/∂b^4 is 0, though ∂C/∂w^4 is right", "(what does the loop put there?)",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, _ matrices) { b[0].Zero(); b[1].Zero(); b[2].Zero() })},
		{first + "∂C/∂b^4 = [0 0 0], want [", "(δ^4 is wrong from the start: which equation begins?)", // the stub
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, w matrices) {
				for i := range b {
					b[i].Zero()
					w[i].Zero()
				}
			})},
		{first + "∂C/∂w^4 is wrong, though ∂C/∂b^4 is right", "(is σ' in δ^4 already?)",
			spoiled(func(net *nnlib.Network, x *mat.VecDense, b vectors, w matrices) {
				a := net.Feedforward(x)
				w[2].Outer(1, fill(b[2], func(j int) float64 { return b[2].AtVec(j) * slope(a[3].AtVec(j)) }), a[2])
			})},
		{first + "the gradient is right, but its function changes the network", "of its own?",
			spoiled(func(net *nnlib.Network, _ *mat.VecDense, _ vectors, w matrices) {
				net.Weights[0].Sub(net.Weights[0], w[0])
			})},
		{first + "the gradient is right, but its function changes x", "of its own?",
			spoiled(func(_ *nnlib.Network, x *mat.VecDense, _ vectors, _ matrices) { x.Zero() })},
		{"passed", "measure", looped(func(w *mat.Dense, _ mat.Matrix, delta, a *mat.VecDense) *mat.VecDense {
			return before(w.T(), delta, a, slope) // in gonum's order of sums
		})},
		{first + "∂C/∂w^4 is wrong, though ∂C/∂b^4 is right", " (by which activations is δ^4 multiplied, and which way round?)",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, _ vectors, w matrices) { w[2] = mat.DenseCopyOf(w[2].T()) })},
		{first + "∂C/∂w^3 is wrong", "which way round?)",
			spoiled(func(net *nnlib.Network, x *mat.VecDense, b vectors, w matrices) {
				w[1].Outer(1, b[1], net.Feedforward(x)[2]) // the activations of the wrong layer
			})},
		{first + "∂C/∂b^2 and ∂C/∂b^3 are one and the same vector", " (which line should make a new δ?)",
			func(net *nnlib.Network, x, y *mat.VecDense) (vectors, matrices) {
				b, w := net.Backprop(x, y)
				for i := len(b) - 2; i >= 0; i-- { // overwritten on the way back
					if b[i].Len() == b[i+1].Len() {
						b[i+1].CopyVec(b[i])
						b[i] = b[i+1]
					}
				}
				return b, w
			}},
		{first + "∂C/∂b^2 is 0, though ∂C/∂b^3 is right", "(does the loop come to layer 2, and what does it put there?)",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, w matrices) { b[0].Zero(); w[0].Zero() })},
		{first + "∂C/∂w^4 is 0, though ∂C/∂b^4 is right", "(what does the loop put there?)",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, _ vectors, w matrices) { w[2].Zero() })},
		{first + "∂C/∂b^2 is nil", ": does the loop come to that layer?",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, _ matrices) { b[0] = nil })},
		{first + "∂C/∂w^2 is nil", ": does the loop come to that layer?",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, _ vectors, w matrices) { w[0] = nil })},
		{first + "∂C/∂b^4 has 4 values", ", want 3",
			spoiled(func(_ *nnlib.Network, _ *mat.VecDense, b vectors, _ matrices) { b[2] = mat.NewVecDense(4, nil) })},
		{"not yet: sizes [2 3 1]: ∂C/∂w^3 is 3 × 1", ", want 1 × 3",
			spoiled(func(net *nnlib.Network, x *mat.VecDense, b vectors, w matrices) {
				if last := len(b) - 1; b[last].Len() == 1 {
					w[last] = mat.DenseCopyOf(w[last].T())
				}
			})},
	} {
		if got := backprop(test.f); !strings.HasPrefix(got, test.starts) || !strings.HasSuffix(got, test.ends) {
			t.Errorf("\n got %s\nwant %s … %s", got, test.starts, test.ends)
		}
	}
}
