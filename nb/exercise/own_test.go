package exercise

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// says compares a verdict by its beginning and its end.
func says(t *testing.T, got, starts, ends string) {
	t.Helper()
	if !strings.HasPrefix(got, starts) || !strings.HasSuffix(got, ends) {
		t.Errorf("\n got %s\nwant %s … %s", got, starts, ends)
	}
}

// drawn is a network whose numbers are drawn by fill, in the order of calls.
func drawn(order func(sizes []int, biases, weights func(i int)) func()) func([]int, nnlib.Source) *nnlib.Network {
	return func(sizes []int, rand nnlib.Source) *nnlib.Network {
		net := &nnlib.Network{Sizes: sizes, Rand: rand}
		for i := range sizes[1:] {
			net.Biases = append(net.Biases, mat.NewVecDense(sizes[i+1], nil))
			net.Weights = append(net.Weights, mat.NewDense(sizes[i+1], sizes[i], nil))
		}
		order(sizes, func(i int) {
			for j := range sizes[i+1] {
				net.Biases[i].SetVec(j, rand.NormFloat64())
			}
		}, func(i int) {
			for j := range sizes[i+1] {
				for k := range sizes[i] {
					net.Weights[i].Set(j, k, rand.NormFloat64())
				}
			}
		})()
		return net
	}
}

func TestNewNetwork(t *testing.T) {
	type network = nnlib.Network
	book := func(sizes []int, rand nnlib.Source) *network {
		net, err := nnlib.New(sizes, rand)
		must(err)
		return net
	}
	changed := func(change func(net *network)) func([]int, nnlib.Source) *network {
		return func(sizes []int, rand nnlib.Source) *network { net := book(sizes, rand); change(net); return net }
	}
	for _, test := range []struct {
		starts, ends string
		f            func([]int, nnlib.Source) *network
	}{
		{"passed: newNetwork draws", "number by number", book},
		{"not yet: newNetwork([2 2], a source of 1, 2, 3, …) = nil", "want a network",
			func([]int, nnlib.Source) *network { return nil }},
		{"not yet", "has Sizes [], want [2 2]", changed(func(net *network) { net.Sizes = nil })},
		{"not yet", "has another Rand than the source, which it needs to shuffle the examples", changed(func(net *network) { net.Rand = nil })},
		{"not yet", "(do inputs have biases?)", changed(func(net *network) { net.Biases = append(net.Biases, vec(1)) })},
		{"not yet", "want 1 of each", changed(func(net *network) { net.Weights = nil })},
		{"not yet", ": w^2 or b^2 is nil", changed(func(net *network) { net.Weights[0] = nil })},
		{"not yet: newNetwork([2 3 1]", "(row j belongs to neuron j of layer 2)", changed(func(net *network) {
			for i, w := range net.Weights {
				net.Weights[i] = mat.DenseCopyOf(w.T())
			}
			if len(net.Sizes) == 2 { // square: as drawn
				net.Weights[0] = mat.DenseCopyOf(net.Weights[0].T())
			}
		})},
		{"not yet", "(what does rand.NormFloat64() give?)", changed(func(net *network) {
			net.Biases[0].Zero()
			net.Weights[0].Zero()
		})},
		{"not yet", "(is rand the source that they are drawn from?)", func(sizes []int, _ nnlib.Source) *network { return book(sizes, nprand.New(0)) }},
		{"not yet", "(is each weight a number as it comes from rand, and drawn for itself?)", changed(func(net *network) { net.Weights[0].Scale(0.5, net.Weights[0]) })},
		{"not yet", "(is each weight a number as it comes from rand, and drawn for itself?)", changed(func(net *network) { net.Weights[0].SetRow(1, net.Weights[0].RawRowView(0)) })},
		{"not yet", "(where do the weights get their values?)", drawn(func(sizes []int, biases, _ func(int)) func() {
			return func() {
				for i := range sizes[1:] {
					biases(i)
				}
			}
		})},
		{"not yet: newNetwork([2 3 1]", "(in which order are the numbers drawn?)", drawn(func(sizes []int, biases, weights func(int)) func() {
			return func() { // from the last layer on
				for i := len(sizes) - 2; i >= 0; i-- {
					biases(i)
				}
				for i := len(sizes) - 2; i >= 0; i-- {
					weights(i)
				}
			}
		})},
		{"not yet", "(where do the biases get their values?)", drawn(func(sizes []int, _, weights func(int)) func() {
			return func() {
				for i := range sizes[1:] {
					weights(i)
				}
			}
		})},
		{"not yet", "(which come first, the weights or the biases?)", drawn(func(sizes []int, biases, weights func(int)) func() {
			return func() {
				for i := range sizes[1:] {
					weights(i)
				}
				for i := range sizes[1:] {
					biases(i)
				}
			}
		})},
		{"not yet: newNetwork([2 3 1]", "(the biases of all layers come first: what is drawn after b^2?)", drawn(func(sizes []int, biases, weights func(int)) func() {
			return func() {
				for i := range sizes[1:] {
					biases(i)
					weights(i)
				}
			}
		})},
		{"not yet", "(a matrix is drawn row by row: in which order are the numbers here?)", changed(func(net *network) {
			for _, w := range net.Weights {
				if r, c := w.Dims(); r == c {
					w.Copy(mat.DenseCopyOf(w.T()))
				}
			}
		})},
		{"not yet", "(are more numbers drawn than there are weights and biases?)",
			func(sizes []int, rand nnlib.Source) *network { rand.NormFloat64(); return book(sizes, rand) }},
		{"not yet", "changes sizes, which others still need: can it make a value of its own?",
			func(sizes []int, rand nnlib.Source) *network { net := book(sizes, rand); sizes[0]++; return net }},
	} {
		says(t, newNetwork(test.f), test.starts, test.ends)
	}
}

func TestFeedforward(t *testing.T) {
	type vectors = []*mat.VecDense
	layers := func(step func(net *nnlib.Network, i int, x, a *mat.VecDense) *mat.VecDense) func(*nnlib.Network, *mat.VecDense) vectors {
		return func(net *nnlib.Network, x *mat.VecDense) vectors {
			all := vectors{x}
			for i := range net.Weights {
				all = append(all, step(net, i, x, all[i]))
			}
			return all
		}
	}
	right := func(net *nnlib.Network, i int, _, a *mat.VecDense) *mat.VecDense {
		return nnlib.Sigmoid(nnlib.Affine(net.Weights[i], a, net.Biases[i]))
	}
	for _, test := range []struct {
		starts, ends string
		f            func(*nnlib.Network, *mat.VecDense) vectors
	}{
		{"passed: feedforward", "what each of them answers", layers(right)},
		{"not yet: feedforward for sizes [2 2 2] returns no activations", "want those of 3 layers", func(*nnlib.Network, *mat.VecDense) vectors { return nil }},
		{"not yet", "(which layer are the inputs?)", func(net *nnlib.Network, x *mat.VecDense) vectors { return layers(right)(net, x)[1:] }},
		{"not yet", "returns the activations of 1 layers, want 3", func(net *nnlib.Network, x *mat.VecDense) vectors { return layers(right)(net, x)[2:] }},
		{"not yet: feedforward for sizes [2 2 2]: a^2", "(where is the sigmoid?)", layers(func(net *nnlib.Network, i int, _, a *mat.VecDense) *mat.VecDense {
			return nnlib.Affine(net.Weights[i], a, net.Biases[i])
		})},
		{"not yet", "(where is the bias?)", layers(func(net *nnlib.Network, i int, _, a *mat.VecDense) *mat.VecDense {
			return nnlib.Sigmoid(nnlib.Affine(net.Weights[i], a, mat.NewVecDense(net.Biases[i].Len(), nil)))
		})},
		{"not yet: feedforward for sizes [2 2 2]: a^2", "(w_jk leads from k to j: is w transposed?)", layers(func(net *nnlib.Network, i int, _, a *mat.VecDense) *mat.VecDense {
			return nnlib.Sigmoid(nnlib.Affine(mat.DenseCopyOf(net.Weights[i].T()), a, net.Biases[i]))
		})},
		{"not yet: feedforward for sizes [2 2 2]: a^3", "(where is the sigmoid?)", layers(func(net *nnlib.Network, i int, x, a *mat.VecDense) *mat.VecDense {
			if i == len(net.Weights)-1 {
				return nnlib.Affine(net.Weights[i], a, net.Biases[i])
			}
			return right(net, i, x, a)
		})},
		{"passed", "what each of them answers", layers(func(net *nnlib.Network, i int, _, a *mat.VecDense) *mat.VecDense { // by gonum
			var z mat.VecDense
			z.MulVec(net.Weights[i], a)
			z.AddVec(&z, net.Biases[i])
			return nnlib.Sigmoid(&z)
		})},
		{"not yet", "(is the sigmoid applied twice?)", layers(func(net *nnlib.Network, i int, x, a *mat.VecDense) *mat.VecDense {
			return nnlib.Sigmoid(right(net, i, x, a))
		})},
		{"not yet: feedforward for sizes [2 2 2]: a^3", "(which layer's activations go into this one?)", layers(func(net *nnlib.Network, i int, x, _ *mat.VecDense) *mat.VecDense {
			return right(net, i, nil, x)
		})},
		{"not yet: feedforward for sizes [2 2 2]: a^1", "(is that a vector of this layer's own, or do all layers share one, which the last has overwritten?)",
			layers(func(net *nnlib.Network, i int, x, a *mat.VecDense) *mat.VecDense {
				x.CopyVec(right(net, i, nil, x)) // x is all[0], too
				return x
			})},
		{"not yet: feedforward for sizes [2 2 2]: a^3", "(which layer's weights and biases are these?)", layers(func(net *nnlib.Network, _ int, _, a *mat.VecDense) *mat.VecDense {
			return right(net, 0, nil, a)
		})},
		{"not yet: feedforward changes x", "of its own?", func(net *nnlib.Network, x *mat.VecDense) vectors {
			all := layers(right)(net, mat.VecDenseCopyOf(x))
			x.Zero()
			return all
		}},
	} {
		says(t, feedforward(test.f), test.starts, test.ends)
	}
}

func TestArgmax(t *testing.T) {
	best := func(better func(a, b float64) bool) func(*mat.VecDense) int {
		return func(a *mat.VecDense) int {
			at := 0
			for j := range a.Len() {
				if better(a.AtVec(j), a.AtVec(at)) {
					at = j
				}
			}
			return at
		}
	}
	right := best(func(a, b float64) bool { return a > b })
	for _, test := range []struct {
		starts, ends string
		f            func(*mat.VecDense) int
	}{
		{"passed: argmax finds", "surest", right},
		{"not yet: argmax([1.5 5.5 3.5 2.5 0.5]) = 0, want 1", "(is every component looked at?)", func(*mat.VecDense) int { return 0 }}, // the stub
		{"not yet: argmax([1.5 5.5 3.5 2.5 0.5]) = 4, want 1", "(is that the largest, or the smallest?)", best(func(a, b float64) bool { return a < b })},
		{"not yet: argmax([1.5 5.5 3.5 2.5 0.5]) = 5, want 1", "(where does the largest stand, not how large is it?)", func(a *mat.VecDense) int { return int(mat.Max(a)) }},
		{"not yet: argmax([0.9 0.2 0.5]) = 2, want 0", "(is each compared with the largest so far, or with the one before it?)", func(a *mat.VecDense) int {
			at := 0
			for j := 1; j < a.Len(); j++ {
				if a.AtVec(j) > a.AtVec(j-1) {
					at = j
				}
			}
			return at
		}},
		{"not yet: argmax([1.5 5.5 3.5 2.5 0.5]) = 3, want 1", "(is each compared with the largest so far, or with the first?)", func(a *mat.VecDense) int {
			at := 0
			for j := range a.Len() {
				if a.AtVec(j) > a.AtVec(0) {
					at = j
				}
			}
			return at
		}},
		{"not yet: argmax([0.25 0.75 0.75]) = 2, want 1", "(there are several as large: which of them is the answer?)", best(func(a, b float64) bool { return a >= b })},
		{"not yet", "(components are counted from 0: is that where it stands?)", func(a *mat.VecDense) int { return right(a) + 1 }},
		{"not yet: argmax([-2 -1 -3]) = 0, want 1", "(can all be below 0? What is the first of them compared with?)", func(a *mat.VecDense) int { // 0 is taken for the first value
			at, most := 0, 0.0
			for j := range a.Len() {
				if a.AtVec(j) > most {
					at, most = j, a.AtVec(j)
				}
			}
			return at
		}},
	} {
		says(t, argmax(test.f), test.starts, test.ends)
	}
}

func TestEvaluate(t *testing.T) {
	book := (*nnlib.Network).Evaluate
	for _, test := range []struct {
		starts, ends string
		f            func(*nnlib.Network, nnlib.Data) int
	}{
		{"passed: evaluate counts", "names", book},
		{"not yet: evaluate of a network that gets some right, 10 examples = 0", "(when is an answer the same as the label?)", func(*nnlib.Network, nnlib.Data) int { return 0 }},
		{"not yet", "(are the right answers counted, or the wrong ones?)", func(net *nnlib.Network, data nnlib.Data) int { return data.Len() - book(net, data) }},
		{"not yet", "(is every answer counted, whatever it is?)", func(_ *nnlib.Network, data nnlib.Data) int { return data.Len() }},
		{"not yet", "(a count is wanted, not a share)", func(net *nnlib.Network, data nnlib.Data) int { return 100 * book(net, data) / data.Len() }},
		{"not yet", "(is the wanted output of each example written into y?)", func(net *nnlib.Network, data nnlib.Data) (zeros int) {
			for _, answer := range net.Answers(data.(nnlib.Examples)) {
				if answer == 0 {
					zeros++
				}
			}
			return zeros
		}},
		{"not yet", "(is the input of each example written into x?)", func(net *nnlib.Network, data nnlib.Data) int {
			blank := make(nnlib.Examples, data.Len())
			for i, e := range data.(nnlib.Examples) {
				blank[i].X, blank[i].Y = vec(0), e.Y
			}
			return book(net, blank)
		}},
		{"not yet", "(is the first example counted? They are numbered from 0)", func(net *nnlib.Network, data nnlib.Data) int { return book(net, data.(nnlib.Examples)[1:]) }},
		{"not yet", "(is the last example counted?)", func(net *nnlib.Network, data nnlib.Data) int { return book(net, data.(nnlib.Examples)[:data.Len()-1]) }},
		{"not yet: evaluate of a network whose outputs are all below ½, 10 examples = 0", "(when is an answer the same as the label?)", func(net *nnlib.Network, data nnlib.Data) (correct int) {
			x, y := example(data)
			for i := range data.Len() { // the label's own output says yes
				data.Input(i, x.RawVector().Data)
				data.Target(i, y.RawVector().Data)
				if net.Feedforward(x).Output().AtVec(nnlib.Answer(y.RawVector().Data)) > 0.5 {
					correct++
				}
			}
			return correct
		}},
		{"not yet: evaluate changes the network", "of its own?", func(net *nnlib.Network, data nnlib.Data) int {
			defer net.Weights[0].Zero()
			return book(net, data)
		}},
	} {
		says(t, evaluate(test.f), test.starts, test.ends)
	}
}

// step is a step of gradient descent with its parts to be replaced.
func step(net *nnlib.Network, train nnlib.Data, batch []int, rate float64) {
	start := copyOf(net)
	x, y := example(train)
	for _, i := range batch {
		train.Input(i, x.RawVector().Data)
		train.Target(i, y.RawVector().Data)
		nablaB, nablaW := start.Backprop(x, y)
		for l := range net.Weights {
			nablaW[l].Scale(rate, nablaW[l])
			net.Weights[l].Sub(net.Weights[l], nablaW[l])
			net.Biases[l].AddScaledVec(net.Biases[l], -rate, nablaB[l])
		}
	}
}

func example(train nnlib.Data) (x, y *mat.VecDense) {
	inputs, outputs := train.Dims()
	return mat.NewVecDense(inputs, nil), mat.NewVecDense(outputs, nil)
}

func update(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
	step(net, train, batch, eta/float64(len(batch)))
}

func TestSumGradients(t *testing.T) {
	type adder = func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense)
	sum := func(scale float64, which func(batch []int, n int) []int) adder {
		return func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
			moved := copyOf(net)
			step(moved, train, which(batch, train.Len()), -scale)
			for l := range net.Weights {
				moved.Weights[l].Sub(moved.Weights[l], net.Weights[l])
				moved.Biases[l].SubVec(moved.Biases[l], net.Biases[l])
			}
			return moved.Biases, moved.Weights
		}
	}
	all := func(batch []int, _ int) []int { return batch }
	// times gives the right sums, those by the biases and those by the weights multiplied.
	times := func(biases, weights float64) adder {
		return func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
			b, w := sum(1, all)(net, train, batch)
			for l := range b {
				b[l].ScaleVec(biases, b[l])
				w[l].Scale(weights, w[l])
			}
			return b, w
		}
	}
	// but gives the right sums, and none for layer l = i+2.
	but := func(i int) adder {
		return func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
			b, w := sum(1, all)(net, train, batch)
			b[i].Zero()
			w[i].Zero()
			return b, w
		}
	}
	for _, test := range []struct {
		starts, ends string
		f            adder
	}{
		{"passed: sumGradients adds up", "asks for", sum(1, all)},
		{"not yet: sumGradients of the examples [3]: ∂C/∂b^3 = [0 0]", "(what does each example add?)", sum(1, func([]int, int) []int { return nil })},
		{"not yet: sumGradients of the examples [4 2]", "(the sum is wanted here: who divides by m?)",
			func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
				return sum(1/float64(len(batch)), all)(net, train, batch)
			}},
		{"not yet", "(is only the last example left of the sum?)", sum(1, func(batch []int, _ int) []int { return batch[len(batch)-1:] })},
		{"not yet", "(is only the first example in the sum?)", sum(1, func(batch []int, _ int) []int { return batch[:1] })},
		{"not yet", "(batch says which examples they are: is that used?)", sum(1, func(batch []int, _ int) []int { return upTo(len(batch)) })},
		{"not yet", "(is the whole of train in the mini-batch?)", sum(1, func(_ []int, n int) []int { return upTo(n) })},
		{"not yet", "(the gradients are added up: who steps against them?)", sum(-1, all)},
		{"not yet", "has 0 vectors of biases and 0 matrices of weights, want 2 of each",
			func(*nnlib.Network, nnlib.Data, []int) ([]*mat.VecDense, []*mat.Dense) { return nil, nil }},
		{"not yet: sumGradients of the examples [3]: those by the biases are right, those by the weights are not", "(what does each example add?)",
			times(1, 0)},
		{"not yet: sumGradients of the examples [3]: those by the weights are right, those by the biases are not", "(what does each example add?)",
			times(0, 1)},
		{"not yet: sumGradients of the examples [3]", "(is each gradient added to the sum, and once?)", sum(2, all)},
		{"not yet: sumGradients of the examples [3]", "(the sum is wanted here: who divides?)",
			func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
				return sum(1/float64(train.Len()), all)(net, train, batch)
			}},
		{"not yet: sumGradients of the examples [4 2]: those by the biases are right, those by the weights are not", "(is only the last example left of the sum?)",
			func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
				b, _ := sum(1, all)(net, train, batch)
				_, w := sum(1, all)(net, train, batch[len(batch)-1:])
				return b, w
			}},
		{"not yet: sumGradients of the examples [3]: ∂C/∂b^2 = [0 0 0], want [", "(does the loop over the layers come to layer 2?)", but(0)},
		{"not yet: sumGradients of the examples [3]: ∂C/∂b^3 = [0 0], want [", "(does the loop over the layers come to layer 3?)", but(1)},
		{"passed", "asks for", // added up from the last to the first, in what the last has returned
			func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
				b, w := sum(1, all)(net, train, batch[len(batch)-1:])
				for k := len(batch) - 2; k >= 0; k-- {
					nablaB, nablaW := sum(1, all)(net, train, batch[k:k+1])
					for l := range b {
						b[l].AddVec(b[l], nablaB[l])
						w[l].Add(w[l], nablaW[l])
					}
				}
				return b, w
			}},
		{"not yet: sumGradients changes batch", "of its own?",
			func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
				slices.Sort(batch)
				return sum(1, all)(net, train, batch)
			}},
		{"not yet: sumGradients changes the network", "of its own?",
			func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense) {
				defer update(net, train, batch, 1)
				return sum(1, all)(net, train, batch)
			}},
	} {
		says(t, sumGradients(test.f), test.starts, test.ends)
	}
}

func TestUpdateMiniBatch(t *testing.T) {
	type updater = func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64)
	only := func(weights, biases bool) updater {
		return func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			before := copyOf(net)
			update(net, train, batch, eta)
			for l := range net.Weights {
				if !weights {
					net.Weights[l].Copy(before.Weights[l])
				}
				if !biases {
					net.Biases[l].CopyVec(before.Biases[l])
				}
			}
		}
	}
	// moved makes the right step, and changes it: was and is are a number before and after.
	moved := func(weights, biases func(was, is float64) float64) updater {
		return func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			before := copyOf(net)
			update(net, train, batch, eta)
			for l, w := range net.Weights {
				w.Apply(func(j, k int, v float64) float64 { return weights(before.Weights[l].At(j, k), v) }, w)
				net.Biases[l] = fill(net.Biases[l], func(j int) float64 { return biases(before.Biases[l].AtVec(j), net.Biases[l].AtVec(j)) })
			}
		}
	}
	right := func(_, is float64) float64 { return is }
	against := func(was, is float64) float64 { return 2*was - is }
	unscaled := func(was, is float64) float64 { return was + (is-was)/3 } // η/m is 3 for the first
	// inOne makes the step in layer l = i+2 alone.
	inOne := func(i int) updater {
		return func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			other := copyOf(net)
			update(net, train, batch, eta)
			net.Weights[1-i], net.Biases[1-i] = other.Weights[1-i], other.Biases[1-i]
		}
	}
	by := func(rate func(eta float64, m int) float64) updater {
		return func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			step(net, train, batch, rate(eta, len(batch)))
		}
	}
	for _, test := range []struct {
		starts, ends string
		f            updater
	}{
		{"not yet: updateMiniBatch with the examples [4 2]", "(by what is the sum multiplied? (In Go, 1 / 2 is 0.))", by(func(eta float64, m int) float64 { return eta * float64(1/m) })},
		{"not yet: updateMiniBatch with the examples [3]", "(is it η/m, or m/η?)", by(func(eta float64, m int) float64 { return float64(m) / eta })},
		{"not yet: updateMiniBatch with the examples [4 2]", "(is the sum divided by m, or multiplied?)", by(func(eta float64, m int) float64 { return eta * float64(m) })},
		{"not yet", "(do the biases step against the slope, as the weights do?)", moved(right, against)},
		{"not yet", "(do the weights step against the slope, as the biases do?)", moved(against, right)},
		{"not yet", "(are the biases' sums multiplied by η/m as well?)", moved(right, unscaled)},
		{"not yet", "(are the weights' sums multiplied by η/m as well?)", moved(unscaled, right)},
		{"not yet", "(which of the two is taken away from the other?)", moved(
			func(_, is float64) float64 { return -is }, func(_, is float64) float64 { return -is })},
		{"not yet", "(that is the step: what are the weights and biases after it?)", moved(
			func(was, is float64) float64 { return is - was }, func(was, is float64) float64 { return is - was })},
		{"not yet", "(that is the step, or its opposite: what are the weights and biases after it?)", moved(
			func(was, is float64) float64 { return was - is }, func(was, is float64) float64 { return was - is })},
		{"not yet: updateMiniBatch with the examples [3]: the step is wrong, though b^2_1", "(does the loop come to the last layer?)", inOne(0)},
		{"not yet: updateMiniBatch with the examples [3]: b^2_1 = ", "(does the loop come to the first layer that has weights?)", inOne(1)},
		{"not yet: updateMiniBatch with the examples [4 2]", "and their mean makes one step: when do the weights change?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			for _, i := range batch {
				step(net, train, []int{i}, eta)
			}
		}},
		{"not yet: updateMiniBatch with the examples [4 2] changes batch", "of its own?", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			slices.Sort(batch)
			update(net, train, batch, eta)
		}},
		{"passed", "gradients", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) { // by matrices of its own
			after := copyOf(net)
			update(after, train, batch, eta)
			net.Weights, net.Biases = after.Weights, after.Biases
		}},
		{"passed: updateMiniBatch steps once", "mean of the gradients", update},
		{"not yet: updateMiniBatch with the examples [3]", "(what changes the weights? And has sumGradients passed?)", func(*nnlib.Network, nnlib.Data, []int, float64) {}},
		{"not yet", "(is that a step against the slope, or along it?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			update(net, train, batch, -eta)
		}},
		{"not yet: updateMiniBatch with the examples [4 2]", "(is it the sum of the gradients, or their mean?)", step},
		{"not yet", "(by how many is divided: the examples of the mini-batch, or all?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			step(net, train, batch, eta/float64(train.Len()))
		}},
		{"not yet: updateMiniBatch with the examples [3]", "(by what is the sum multiplied before it is taken away?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			step(net, train, batch, 1)
		}},
		{"not yet: updateMiniBatch with the examples [4 2]", "(are the biases' sums divided by m as well?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			before := copyOf(net)
			only(true, false)(net, train, batch, eta)
			sums := copyOf(before)
			step(sums, train, batch, eta)
			net.Biases = sums.Biases
		}},
		{"not yet: updateMiniBatch with the examples [4 2]", "(are the weights' sums divided by m as well?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			before := copyOf(net)
			only(false, true)(net, train, batch, eta)
			sums := copyOf(before)
			step(sums, train, batch, eta)
			net.Weights = sums.Weights
		}},
		{"not yet", "(is it divided by m twice?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			update(net, train, batch, eta/float64(len(batch)))
		}},
		{"not yet: updateMiniBatch with the examples [3]: the step is wrong, though b^2_1", "(where do the weights change?)", only(false, true)},
		{"not yet", "(where do the biases change?)", only(true, false)},
		{"not yet", "(is only the last example left of the sum?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			step(net, train, batch[len(batch)-1:], eta/float64(len(batch)))
		}},
		{"not yet", "(batch says which examples they are: is that used?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			update(net, train, upTo(len(batch)), eta)
		}},
		{"not yet", "(is the whole of train in the mini-batch?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			step(net, train, upTo(train.Len()), eta/float64(len(batch)))
		}},
		{"not yet: updateMiniBatch with the examples [4 2]", "(all gradients of a mini-batch are taken at the same weights: when do the weights change?)", func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64) {
			for _, i := range batch {
				step(net, train, []int{i}, eta/float64(len(batch)))
			}
		}},
	} {
		says(t, updateMiniBatch(test.f), test.starts, test.ends)
	}
}

// batches shuffles and cuts.
func batches(order []int, m int, rand nnlib.Source) (cut [][]int) {
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for k := 0; k < len(order); k += m {
		cut = append(cut, order[k:min(k+m, len(order))])
	}
	return cut
}

// inFileOrder does not shuffle.
type inFileOrder struct{ nnlib.Source }

func (inFileOrder) Shuffle(int, func(i, j int)) {}

func TestMiniBatches(t *testing.T) {
	for _, test := range []struct {
		starts, ends string
		f            func(order []int, m int, rand nnlib.Source) [][]int
	}{
		{"passed: miniBatches shuffles", "in one mini-batch", batches},
		{"not yet: miniBatches([0 1 2 3 4 5], 2, rand) = [], want [[", "]]", func([]int, int, nnlib.Source) [][]int { return nil }},
		{"not yet", "(are they shuffled, all of them?)", func(order []int, m int, rand nnlib.Source) [][]int { return batches(order, m, inFileOrder{rand}) }},
		{"not yet", "(order is shuffled, the mini-batches are not: are they cut from it, and when?)", func(order []int, m int, rand nnlib.Source) [][]int {
			cut := batches(append([]int(nil), order...), m, inFileOrder{rand})
			batches(order, m, rand)
			return cut
		}},
		{"not yet: miniBatches([0 1 2 3 4 5 6], 3, rand)", "(what becomes of the examples at the end, too few for a whole mini-batch?)", func(order []int, m int, rand nnlib.Source) [][]int {
			cut := batches(order, m, rand)
			if len(order)%m > 0 {
				cut = cut[:len(cut)-1]
			}
			return cut
		}},
		{"not yet", "(the order is right: how long is a mini-batch?)", func(order []int, m int, rand nnlib.Source) [][]int { return batches(order, len(order)/m, rand) }},
		{"not yet", "(do the mini-batches share one slice, which the last has overwritten?)", func(order []int, m int, rand nnlib.Source) (cut [][]int) {
			shared := make([]int, m)
			for _, batch := range batches(order, m, rand) {
				copy(shared, batch)
				cut = append(cut, shared)
			}
			return cut
		}},
		{"not yet", "(is order[k:n] with or without order[n]?)", func(order []int, m int, rand nnlib.Source) [][]int {
			cut := batches(order, m, rand)
			for i := range cut {
				cut[i] = cut[i][:min(m-1, len(cut[i]))]
			}
			return cut
		}},
		{"not yet", "(how far is it from the beginning of one mini-batch to that of the next?)", func(order []int, m int, rand nnlib.Source) (cut [][]int) {
			batches(order, m, rand)
			for k := range order {
				cut = append(cut, order[k:min(k+m, len(order))])
			}
			return cut
		}},
		{"not yet: miniBatches([0 1 2 3 4 5 6], 3, rand) panics", "slice bounds out of range [:9] with capacity 7", func(order []int, m int, rand nnlib.Source) (cut [][]int) {
			batches(order, m, rand)
			for k := 0; k < len(order); k += m {
				cut = append(cut, order[k:k+m])
			}
			return cut
		}},
		{"not yet", "[3 2] [5 4] [0 1] []], want [[3 2] [5 4] [0 1]] (the last one is empty: where does the loop end?)", func(order []int, m int, rand nnlib.Source) (cut [][]int) {
			batches(order, m, rand)
			for k := 0; k <= len(order); k += m {
				cut = append(cut, order[k:min(k+m, len(order))])
			}
			return cut
		}},
		{"not yet", "(where does the first begin, and where the next?)", func(order []int, m int, rand nnlib.Source) [][]int {
			cut := batches(order, m, rand)
			return slices.Repeat(cut[:1], len(cut))
		}},
		{"not yet", "(is every number there once? A swap gives each of two places what was in the other)", func(order []int, m int, rand nnlib.Source) [][]int {
			rand.Shuffle(len(order), func(i, j int) { order[i] = order[j] })
			return batches(order, m, inFileOrder{rand})
		}},
		{"not yet: miniBatches([0 1 2 3 4 5], 2, rand) = [[3 2] [5 4]], want", "(which are missing, and where in order do they stand?)", func(order []int, m int, rand nnlib.Source) (cut [][]int) {
			batches(order, m, rand)
			for k := 0; k+m < len(order); k += m {
				cut = append(cut, order[k:k+m])
			}
			return cut
		}},
		{"not yet", "(is order shuffled by rand, all of it, and once?)", func(order []int, m int, rand nnlib.Source) [][]int {
			rand.Shuffle(len(order)-1, func(i, j int) { order[i], order[j] = order[j], order[i] })
			return batches(order, m, inFileOrder{rand})
		}},
		{"not yet", "(is order shuffled by rand, all of it, and once?)", func(order []int, m int, _ nnlib.Source) [][]int { return batches(order, m, nprand.New(1)) }},
		{"passed", "in one mini-batch", func(order []int, m int, rand nnlib.Source) (cut [][]int) { // copies, which nothing else will change
			for _, batch := range batches(order, m, rand) {
				cut = append(cut, slices.Clone(batch))
			}
			return cut
		}},
		{"not yet", "order should go on from where this one left it", func(order []int, m int, rand nnlib.Source) [][]int {
			return batches(append([]int(nil), order...), m, rand)
		}},
	} {
		says(t, miniBatches(test.f), test.starts, test.ends)
	}
}

func TestSGD(t *testing.T) {
	type trainer = func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(epoch int))
	epoch := func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64) {
		for _, batch := range batches(order, m, net.Rand) {
			update(net, train, batch, eta)
		}
	}
	// each makes its epochs one like the other, with the numbers in order.
	each := func(order func(n int) []int, epoch func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64)) trainer {
		return func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			order := order(train.Len())
			for i := range epochs {
				epoch(net, train, order, m, eta)
				ended(i)
			}
		}
	}
	for _, test := range []struct {
		starts, ends string
		f            trainer
	}{
		{"not yet: sgd with 1 epochs, mini-batches of 5: ended is called, but nothing is learned", "Have miniBatches and updateMiniBatch passed?)",
			each(upTo, func(*nnlib.Network, nnlib.Data, []int, int, float64) {})},
		{"not yet: sgd with 1 epochs, mini-batches of 1", "(are the examples shuffled?)", each(upTo, func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64) {
			for batch := range slices.Chunk(order, m) {
				update(net, train, batch, eta)
			}
		})},
		{"not yet", "(which numbers stand in order?)", each(func(n int) []int { return make([]int, n) }, epoch)},
		{"not yet", "(how many numbers stand in order, and which?)", each(func(n int) []int { return append(make([]int, n), upTo(n)...) }, epoch)},
		{"not yet: sgd with 1 epochs, mini-batches of 5 panics: runtime error: index out of range [5]", "with length 5",
			each(func(n int) []int { return upTo(n + 1)[1:] }, epoch)},
		{"not yet: sgd with 1 epochs, mini-batches of 5", "(updateMiniBatch divides by m: is it done twice?)", each(upTo, func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64) {
			epoch(net, train, order, m, eta/float64(m))
		})},
		{"not yet", "(is a step made with a mini-batch, or with all examples?)", each(upTo, func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64) {
			for range batches(order, m, net.Rand) {
				update(net, train, order, eta)
			}
		})},
		{"not yet", "(is there a step with each of the mini-batches?)", each(upTo, func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64) {
			update(net, train, batches(order, m, net.Rand)[0], eta)
		})},
		{"not yet", "(are all mini-batches used, with the net's own Rand?)", each(upTo, func(net *nnlib.Network, train nnlib.Data, order []int, m int, eta float64) {
			for k := range batches(order, m, net.Rand) { // and shuffled before each step
				update(net, train, batches(order, m, net.Rand)[k], eta)
			}
		})},
		{"not yet: sgd with 3 epochs", "epoch 1 has the mini-batches of epoch 0 (how often are they made?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			once := batches(upTo(train.Len()), m, net.Rand)
			for i := range epochs {
				for _, batch := range once {
					update(net, train, batch, eta)
				}
				ended(i)
			}
		}},
		{"not yet: sgd with 3 epochs", "ended is called with [0], want [0 1 2] (how many epochs are there?)", func(net *nnlib.Network, train nnlib.Data, _, m int, eta float64, ended func(int)) {
			epoch(net, train, upTo(train.Len()), m, eta)
			ended(0)
		}},
		{"not yet: sgd with 1 epochs, mini-batches of 1", "want once for each epoch (is an epoch over after each mini-batch?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			order := upTo(train.Len())
			for i := range epochs {
				for _, batch := range batches(order, m, net.Rand) {
					update(net, train, batch, eta)
					ended(i)
				}
			}
		}},
		{"passed: sgd shuffles", "epoch after epoch", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			order := upTo(train.Len())
			for i := range epochs {
				epoch(net, train, order, m, eta)
				ended(i)
			}
		}},
		{"not yet: sgd with 1 epochs", "nothing is learned, and ended is never called", func(*nnlib.Network, nnlib.Data, int, int, float64, func(int)) {}},
		{"not yet", "ended is never called (when is an epoch over?)", func(net *nnlib.Network, train nnlib.Data, _, m int, eta float64, _ func(int)) {
			epoch(net, train, upTo(train.Len()), m, eta)
		}},
		{"not yet", "ended is called 5 times, want once for each epoch", func(net *nnlib.Network, train nnlib.Data, _, m int, eta float64, ended func(int)) {
			for i := range train.Len() {
				epoch(net, train, upTo(train.Len()), m, eta)
				ended(i)
			}
		}},
		{"not yet", "want [0] (which number does the first epoch have?)", func(net *nnlib.Network, train nnlib.Data, _, m int, eta float64, ended func(int)) {
			epoch(net, train, upTo(train.Len()), m, eta)
			ended(1)
		}},
		{"not yet: sgd with 1 epochs", "ended is called with [0 1], want [0] (if the first epoch has the number 0, which has the last?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			order := upTo(train.Len())
			for i := 0; i <= epochs; i++ {
				epoch(net, train, order, m, eta)
				ended(i)
			}
		}},
		{"not yet", "(are all mini-batches used, with the net's own Rand?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			order, own := upTo(train.Len()), copyOf(net)
			own.Rand = nprand.New(0)
			for i := range epochs {
				epoch(own, train, order, m, eta)
				net.Weights, net.Biases = own.Weights, own.Biases
				ended(i)
			}
		}},
		{"not yet", "ended(0) is called before anything is learned (when is an epoch over?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			for i := range epochs {
				ended(i)
				epoch(net, train, upTo(train.Len()), m, eta)
			}
		}},
		{"not yet: sgd with 3 epochs", "epoch 1 shuffles the examples from file order again (when is order made?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			for i := range epochs {
				epoch(net, train, upTo(train.Len()), m, eta)
				ended(i)
			}
		}},
		{"not yet", "the network is wrong after epoch 0 (are all mini-batches used, with the net's own Rand?)", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			for i := range epochs {
				for _, batch := range batches(upTo(train.Len()), m, net.Rand)[:1] {
					update(net, train, batch[:1], eta)
				}
				ended(i)
			}
		}},
		{"not yet", "the network still changes after the last call of ended", func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(int)) {
			order := upTo(train.Len())
			for i := range epochs {
				epoch(net, train, order, m, eta)
				ended(i)
			}
			epoch(net, train, order, m, eta)
		}},
	} {
		says(t, sgd(test.f), test.starts, test.ends)
	}
}

func TestOwn(t *testing.T) {
	train, test := mnist.Drawn(500, 1), mnist.Drawn(200, 2)
	book := func(sizes []int, epochs, m int, eta float64) (counts []int) {
		net, err := nnlib.New(sizes, nprand.New(0))
		must(err)
		for _, err := range net.SGD(context.Background(), train, nnlib.Config{Epochs: epochs, MiniBatchSize: m, Eta: eta}) {
			must(err)
			counts = append(counts, net.Evaluate(test))
		}
		return counts
	}
	for _, c := range []struct {
		starts, ends string
		f            func(sizes []int, epochs, m int, eta float64) []int
	}{
		{"passed: your own network", "first line", book},
		{"not yet: run([784 15 10], 1, 10, 3) returns 0 counts", "its only epoch", func([]int, int, int, float64) []int { return nil }},
		{"not yet", "(which images are counted, those that it learns from?)", func(sizes []int, epochs, m int, eta float64) []int {
			net, err := nnlib.New(sizes, nprand.New(0))
			must(err)
			for _, err := range net.SGD(context.Background(), train, nnlib.Config{Epochs: epochs, MiniBatchSize: m, Eta: eta}) {
				must(err)
			}
			return []int{net.Evaluate(train)}
		}},
		{"not yet", "nnlib.MulTrans?)", func(s []int, e, m int, eta float64) []int { return []int{book(s, e, m, eta)[0] + 1} }},
		{"not yet", "(which piece has not passed its check yet?)", func(s []int, e, m int, eta float64) []int { return []int{book(s, e, m, eta)[0] + 50} }},
		{"not yet: run([784 15 10], 1, 10, 3) panics", "", func([]int, int, int, float64) []int { panic("no piece") }},
	} {
		says(t, own(c.f, train, test), c.starts, c.ends)
	}
}
