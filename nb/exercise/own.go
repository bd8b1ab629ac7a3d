package exercise

// The exercises that run through chapters 1 to 4: a network of the learner's
// own, piece by piece. An nnlib.Network holds its numbers; none of the methods
// is the learner's.

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// NewNetwork checks how a network is drawn: the biases of all layers, then the
// weights of all layers, row by row.
func NewNetwork(f func(sizes []int, rand nnlib.Source) *nnlib.Network) { fmt.Println(newNetwork(f)) }

func newNetwork(f func(sizes []int, rand nnlib.Source) *nnlib.Network) string {
	at := func(sizes ...int) attempt {
		return attempt{fmt.Sprintf("newNetwork(%v, a source of 1, 2, 3, …)", sizes), func() string {
			want, err := nnlib.New(sizes, new(counting))
			if err != nil {
				return " " + err.Error()
			}
			source := new(counting)
			got := f(slices.Clone(sizes), source)
			if wrong := misshapen(got, want); wrong != "" {
				return wrong
			}
			wantAll, gotAll := parametersOf(want), parametersOf(got)
			if slices.Equal(gotAll, wantAll) {
				if got.Rand != nnlib.Source(source) {
					return " has another Rand than the source, which it needs to shuffle the examples"
				}
				return ""
			}
			first := slices.IndexFunc(gotAll, func(v float64) bool { return v != 0 })
			b, w := got.Biases[0].AtVec(0), got.Weights[0].At(0, 0)
			biases := len(values(want.Biases))
			rightBiases := slices.Equal(gotAll[:biases], wantAll[:biases])
			question := "in which order are the numbers drawn?"
			switch {
			case first < 0:
				question = "what does rand.NormFloat64() give?"
			case source.drawn == 0:
				question = "is rand the source that they are drawn from?"
			case source.drawn > len(wantAll):
				question = "are more numbers drawn than there are weights and biases?"
			case slices.Equal(gotAll[:biases], make([]float64, biases)):
				question = "where do the biases get their values?"
			case w == 1:
				question = "which come first, the weights or the biases?"
			case b == 1 && w == float64(sizes[1]+1) && len(sizes) > 2:
				question = "the biases of all layers come first: what is drawn after b^2?"
			case rightBiases && slices.Equal(gotAll[biases:], make([]float64, len(gotAll)-biases)):
				question = "where do the weights get their values?"
			case rightBiases && !slices.Equal(slices.Sorted(slices.Values(gotAll)), wantAll):
				question = "is each weight a number as it comes from rand, and drawn for itself?"
			case rightBiases:
				question = "a matrix is drawn row by row: in which order are the numbers here?"
			}
			return fmt.Sprintf(" has b^2 = %s and w^2 = %s, want %s and %s (%s)", list(got.Biases[0]), table(got.Weights[0]),
				list(want.Biases[0]), table(want.Weights[0]), question)
		}}
	}
	return verdict("newNetwork draws the same network as the page, number by number", at(2, 2), at(2, 3, 1), at(3, 2, 2, 2),
		attempt{"newNetwork", func() string {
			sizes := []int{2, 3, 1}
			f(sizes, new(counting))
			return kept(argument{"sizes", slices.Equal(sizes, []int{2, 3, 1})})
		}})
}

// counting is a source of the numbers 1, 2, 3, …
type counting struct{ drawn int }

func (c *counting) NormFloat64() float64 { c.drawn++; return float64(c.drawn) }

func (c *counting) Shuffle(int, func(i, j int)) {}

// misshapen says which weights or biases have not the shape of want's.
func misshapen(got, want *nnlib.Network) string {
	switch {
	case got == nil:
		return " = nil, want a network"
	case !slices.Equal(got.Sizes, want.Sizes):
		return fmt.Sprintf(" has Sizes %v, want %v", got.Sizes, want.Sizes)
	case len(got.Biases) == len(want.Biases)+1:
		return fmt.Sprintf(" has %d vectors of biases, want %d (do inputs have biases?)", len(got.Biases), len(want.Biases))
	case len(got.Biases) != len(want.Biases) || len(got.Weights) != len(want.Weights):
		return fmt.Sprintf(" has %d vectors of biases and %d matrices of weights, want %d of each", len(got.Biases), len(got.Weights), len(want.Biases))
	}
	for i, w := range want.Weights { // l = i+2
		if got.Weights[i] == nil || got.Biases[i] == nil {
			return fmt.Sprintf(": w^%d or b^%d is nil", i+2, i+2)
		}
		rows, cols := w.Dims()
		r, c := got.Weights[i].Dims()
		switch {
		case r == cols && c == rows && r != c:
			return fmt.Sprintf(": w^%d is %d × %d, want %d × %d (row j belongs to neuron j of layer %d)", i+2, r, c, rows, cols, i+2)
		case r != rows || c != cols:
			return fmt.Sprintf(": w^%d is %d × %d, want %d × %d", i+2, r, c, rows, cols)
		case got.Biases[i].Len() != rows:
			return fmt.Sprintf(": b^%d has %d values, want %d", i+2, got.Biases[i].Len(), rows)
		}
	}
	return ""
}

// parametersOf returns all biases and then all weights of a network.
func parametersOf(net *nnlib.Network) []float64 {
	all := values(net.Biases)
	for _, w := range net.Weights {
		rows, _ := w.Dims()
		for j := range rows {
			all = append(all, w.RawRowView(j)...)
		}
	}
	return all
}

func values(vectors []*mat.VecDense) (all []float64) {
	for _, v := range vectors {
		for j := range v.Len() {
			all = append(all, v.AtVec(j))
		}
	}
	return all
}

// Feedforward checks the activations of all layers, the inputs first.      (7)
func Feedforward(f func(net *nnlib.Network, x *mat.VecDense) []*mat.VecDense) {
	fmt.Println(feedforward(f))
}

func feedforward(f func(net *nnlib.Network, x *mat.VecDense) []*mat.VecDense) string {
	at := func(sizes ...int) []attempt {
		net, x := toyNetwork(sizes...)
		want := net.Feedforward(x)
		call := fmt.Sprintf("feedforward for sizes %v", sizes)
		attempts := []attempt{{call, func() string {
			got := f(copyOf(net), mat.VecDenseCopyOf(x))
			switch len(got) {
			case len(want):
				return ""
			case 0:
				return fmt.Sprintf(" returns no activations, want those of %d layers", len(want))
			case len(want) - 1:
				return fmt.Sprintf(" returns the activations of %d layers, want %d (which layer are the inputs?)", len(got), len(want))
			}
			return fmt.Sprintf(" returns the activations of %d layers, want %d", len(got), len(want))
		}}}
		for l := range want { // layer l+1
			var guesses []vectorGuess
			if l < len(want)-1 {
				guesses = append(guesses, vectorGuess{want[len(want)-1], "is that a vector of this layer's own, or do all layers share one, which the last has overwritten?"})
			}
			if l > 0 {
				w, b := net.Weights[l-1], net.Biases[l-1]
				zero := mat.NewVecDense(b.Len(), nil)
				guesses = append(guesses,
					vectorGuess{nnlib.Affine(w, want[l-1], b), "where is the sigmoid?"},
					vectorGuess{nnlib.Sigmoid(nnlib.Affine(w, want[l-1], zero)), "where is the bias?"},
					vectorGuess{nnlib.Sigmoid(want[l]), "is the sigmoid applied twice?"})
				if r, c := net.Weights[0].Dims(); l > 1 && r == b.Len() && c == want[l-1].Len() {
					guesses = append(guesses,
						vectorGuess{nnlib.Sigmoid(nnlib.Affine(net.Weights[0], want[l-1], net.Biases[0])), "which layer's weights and biases are these?"},
						vectorGuess{nnlib.Sigmoid(nnlib.Affine(net.Weights[0], want[l-1], b)), "which layer's weights are these?"},
						vectorGuess{nnlib.Sigmoid(nnlib.Affine(w, want[l-1], net.Biases[0])), "which layer's biases are these?"})
				}
				if b.Len() == want[l-1].Len() {
					guesses = append(guesses, vectorGuess{nnlib.Sigmoid(nnlib.Affine(mat.DenseCopyOf(w.T()), want[l-1], b)), "w_jk leads from k to j: is w transposed?"})
				}
				if l > 1 && x.Len() == sizes[l-1] {
					guesses = append(guesses, vectorGuess{nnlib.Sigmoid(nnlib.Affine(w, x, b)), "which layer's activations go into this one?"})
				}
			}
			attempts = append(attempts, vector(fmt.Sprintf("%s: a^%d", call, l+1), func() *mat.VecDense {
				return f(copyOf(net), mat.VecDenseCopyOf(x))[l]
			}, want[l], guesses...))
		}
		return attempts
	}
	// All layers alike first: there no shape gives a slip away.
	return verdict("feedforward goes through all layers, and keeps what each of them answers", slices.Concat(
		at(2, 2, 2), at(3, 4, 2), at(2, 1, 3, 1), []attempt{{"feedforward", func() string {
			net, x := toyNetwork(2, 2, 2)
			net2, x2 := copyOf(net), mat.VecDenseCopyOf(x)
			f(net2, x2)
			return kept(argument{"the network", slices.Equal(parametersOf(net2), parametersOf(net))}, argument{"x", mat.Equal(x2, x)})
		}}})...)
}

// toyNetwork returns a network, evenly spread, and an input for it.
func toyNetwork(sizes ...int) (*nnlib.Network, *mat.VecDense) {
	net, err := nnlib.New(sizes, new(spread))
	must(err)
	x := mat.NewVecDense(sizes[0], nil)
	for k := range sizes[0] {
		x.SetVec(k, 1/float64(k+2))
	}
	return net, x
}

func copyOf(net *nnlib.Network) *nnlib.Network {
	c := &nnlib.Network{Sizes: slices.Clone(net.Sizes), Rand: net.Rand}
	for i := range net.Weights { // l = i+2
		c.Weights = append(c.Weights, mat.DenseCopyOf(net.Weights[i]))
		c.Biases = append(c.Biases, mat.VecDenseCopyOf(net.Biases[i]))
	}
	return c
}

// Argmax checks the index of the first largest component.
func Argmax(f func(a *mat.VecDense) int) { fmt.Println(argmax(f)) }

func argmax(f func(a *mat.VecDense) int) string {
	// slip is what a usual mistake makes of this vector alone.
	at := func(slip guess, want float64, a ...float64) attempt {
		largest := slices.Max(a)
		last := len(a) - 1
		for a[last] != largest {
			last--
		}
		if float64(last) != want {
			slip = guess{float64(last), "there are several as large: which of them is the answer?"}
		}
		return value(fmt.Sprintf("argmax(%v)", a), func() float64 { return float64(f(vec(slices.Clone(a)...))) }, want,
			slip,
			guess{float64(slices.Index(a, slices.Min(a))), "is that the largest, or the smallest?"},
			guess{want + 1, "components are counted from 0: is that where it stands?"},
			guess{math.Trunc(largest), "where does the largest stand, not how large is it?"},
			guess{0, "is every component looked at?"})
	}
	none := guess{-1, "components are counted from 0"}
	return verdict("argmax finds the output that is surest", at(guess{3, "is each compared with the largest so far, or with the first?"}, 1, 1.5, 5.5, 3.5, 2.5, 0.5), at(none, 2, 0.2, 0.1, 0.9),
		at(guess{2, "is each compared with the largest so far, or with the one before it?"}, 0, 0.9, 0.2, 0.5),
		at(guess{0, "can all be below 0? What is the first of them compared with?"}, 1, -2, -1, -3),
		at(none, 1, 0.25, 0.75, 0.75), at(none, 0, 0.5))
}

// Evaluate checks how many examples are recognised.
func Evaluate(f func(net *nnlib.Network, data nnlib.Data) int) { fmt.Println(evaluate(f)) }

func evaluate(f func(net *nnlib.Network, data nnlib.Data) int) string {
	at := func(what string, net *nnlib.Network, data nnlib.Examples) attempt {
		right, zeros, deaf := float64(net.Evaluate(data)), 0.0, 0.0
		blank := net.Answers(nnlib.Examples{{X: mat.NewVecDense(1, nil), Y: data[0].Y}})[0]
		for i, answer := range net.Answers(data) {
			if answer == 0 {
				zeros++
			}
			if data[i].Y.AtVec(blank) == 1 {
				deaf++
			}
		}
		recognised := func(part nnlib.Examples) float64 { return float64(net.Evaluate(part)) }
		return value(fmt.Sprintf("evaluate of %s, %d examples", what, len(data)), func() float64 { return float64(f(copyOf(net), data)) }, right,
			guess{float64(len(data)) - right, "are the right answers counted, or the wrong ones?"},
			guess{0, "when is an answer the same as the label?"},
			guess{float64(len(data)), "is every answer counted, whatever it is?"},
			guess{100 * right / float64(len(data)), "a count is wanted, not a share"},
			guess{zeros, "is the wanted output of each example written into y?"},
			guess{deaf, "is the input of each example written into x?"},
			guess{recognised(data[1:]), "is the first example counted? They are numbered from 0"},
			guess{recognised(data[:len(data)-1]), "is the last example counted?"})
	}
	data := smallAndLarge()
	half, _ := toyNetwork(1, 3, 2)
	unsure := trained(8)
	for j := range 2 { // as before, by less
		unsure.Biases[0].SetVec(j, unsure.Biases[0].AtVec(j)-9)
	}
	return verdict("evaluate counts the examples whose label the surest output names", at("a network that gets some right", trained(3), data),
		at("an untrained network", half, data), at("a network that learned more", trained(8), data[:7]),
		at("a network whose outputs are all below ½", unsure, data),
		attempt{"evaluate", func() string {
			net := trained(1)
			f(net, data)
			return kept(argument{"the network", slices.Equal(parametersOf(net), parametersOf(trained(1)))})
		}})
}

// trained is the network of EpochsUntil after the given number of epochs.
func trained(epochs int) *nnlib.Network {
	net := backwards()
	data := smallAndLarge()
	for _, err := range net.SGD(context.Background(), data, nnlib.Config{Epochs: epochs, MiniBatchSize: len(data), Eta: 10}) {
		must(err)
	}
	return net
}

// SumGradients checks the sum of the examples' gradients.
func SumGradients(f func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense)) {
	fmt.Println(sumGradients(f))
}

func sumGradients(f func(net *nnlib.Network, train nnlib.Data, batch []int) ([]*mat.VecDense, []*mat.Dense)) string {
	train := fiveExamples()
	net, _ := toyNetwork(2, 3, 2)
	at := func(batch ...int) attempt {
		// sums of the gradients of some examples, times a factor
		sums := func(examples []int, factor float64) []float64 {
			sum := make([]float64, len(parametersOf(net)))
			for _, i := range examples {
				nablaB, nablaW := net.Backprop(train[i].X, train[i].Y)
				for p, slope := range parametersOf(&nnlib.Network{Biases: nablaB, Weights: nablaW}) {
					sum[p] += factor * slope
				}
			}
			return sum
		}
		want := sums(batch, 1)
		guesses := []struct {
			values   []float64
			question string
		}{
			{make([]float64, len(want)), "what does each example add?"},
			{sums(batch, 1/float64(len(batch))), "the sum is wanted here: who divides by m?"},
			{sums(batch, 1/float64(len(train))), "the sum is wanted here: who divides?"},
			{sums(batch, 2), "is each gradient added to the sum, and once?"},
			{sums(batch[len(batch)-1:], 1), "is only the last example left of the sum?"},
			{sums(batch[:1], 1), "is only the first example in the sum?"},
			{sums(upTo(len(batch)), 1), "batch says which examples they are: is that used?"},
			{sums(upTo(len(train)), 1), "is the whole of train in the mini-batch?"},
			{sums(batch, -1), "the gradients are added up: who steps against them?"},
		}
		return attempt{fmt.Sprintf("sumGradients of the examples %v", batch), func() string {
			gotB, gotW := f(copyOf(net), train, slices.Clone(batch))
			sum := &nnlib.Network{Sizes: net.Sizes, Biases: gotB, Weights: gotW}
			if wrong := misshapen(sum, net); wrong != "" {
				return wrong
			}
			got := parametersOf(sum)
			if nearAll(got, want) {
				return ""
			}
			// Where one half is right, the other is compared alone.
			biases := len(values(net.Biases))
			from, to, text := 0, len(want), differing(sum, want)
			switch {
			case nearAll(got[:biases], want[:biases]):
				from, text = biases, ": those by the biases are right, those by the weights are not"
			case nearAll(got[biases:], want[biases:]):
				to, text = biases, ": those by the weights are right, those by the biases are not"
			}
			for _, g := range guesses {
				if nearAll(got[from:to], g.values[from:to]) {
					return text + " (" + g.question + ")"
				}
			}
			for i := range gotB { // l = i+2
				if mat.Norm(gotB[i], 1) == 0 || mat.Norm(gotW[i], 1) == 0 {
					return fmt.Sprintf("%s (does the loop over the layers come to layer %d?)", text, i+2)
				}
			}
			return text
		}}
	}
	return verdict("sumGradients adds up what each example of the mini-batch asks for", at(3), at(4, 2), at(1, 3, 4, 0),
		attempt{"sumGradients", func() string {
			same, batch := copyOf(net), []int{4, 1}
			f(same, train, batch)
			return kept(argument{"the network", slices.Equal(parametersOf(same), parametersOf(net))}, argument{"batch", slices.Equal(batch, []int{4, 1})})
		}})
}

// differing says which gradient is the first that is wrong, from the outputs back.
func differing(got *nnlib.Network, want []float64) string {
	end := len(values(got.Biases))
	for i := len(got.Biases) - 1; i >= 0; i-- { // l = i+2
		end -= got.Biases[i].Len()
		if b := vec(want[end : end+got.Biases[i].Len()]...); !nearVec(got.Biases[i], b) {
			return fmt.Sprintf(": ∂C/∂b^%d = %s, want %s", i+2, list(got.Biases[i]), list(b))
		}
	}
	return ""
}

// UpdateMiniBatch checks a step of gradient descent with a few examples. (24, 25)
func UpdateMiniBatch(f func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64)) {
	fmt.Println(updateMiniBatch(f))
}

func updateMiniBatch(f func(net *nnlib.Network, train nnlib.Data, batch []int, eta float64)) string {
	train := fiveExamples()
	at := func(batch ...int) attempt {
		const eta = 3.0
		m := float64(len(batch))
		start, _ := toyNetwork(2, 3, 2)
		// stepped makes a step with some parts of the right one.
		stepped := func(examples []int, rate, weights, biases float64) []float64 {
			net := copyOf(start)
			for _, i := range examples {
				nablaB, nablaW := start.Backprop(train[i].X, train[i].Y)
				for l := range net.Weights {
					net.Weights[l].Apply(func(j, k int, w float64) float64 { return w - weights*rate*nablaW[l].At(j, k) }, net.Weights[l])
					net.Biases[l].AddScaledVec(net.Biases[l], -biases*rate, nablaB[l])
				}
			}
			return parametersOf(net)
		}
		inTurn := func(m int) []float64 {
			net := copyOf(start)
			for _, i := range batch {
				net.UpdateMiniBatch(train[i:i+1], eta, m)
			}
			return parametersOf(net)
		}
		rate := eta / m
		before, want := parametersOf(start), stepped(batch, rate, 1, 1)
		// mixed takes so much of each number as it was, and as it should be.
		mixed := func(was, is float64) []float64 {
			all := make([]float64, len(want))
			floats.AddScaled(all, was, before)
			floats.AddScaled(all, is, want)
			return all
		}
		// alone makes the step in layer i+2, and in no other.
		alone := func(i int) []float64 {
			net, stepped := copyOf(start), copyOf(start)
			for _, k := range batch {
				nablaB, nablaW := start.Backprop(train[k].X, train[k].Y)
				stepped.Biases[i].AddScaledVec(stepped.Biases[i], -rate, nablaB[i])
				nablaW[i].Scale(rate, nablaW[i])
				stepped.Weights[i].Sub(stepped.Weights[i], nablaW[i])
			}
			net.Biases[i], net.Weights[i] = stepped.Biases[i], stepped.Weights[i]
			return parametersOf(net)
		}
		still := "what changes the weights? And has sumGradients passed?"
		if m > 1 { // one alone has made a step
			still = "by what is the sum multiplied? (In Go, 1 / 2 is 0.)"
		}
		guesses := []struct {
			values   []float64
			question string
		}{
			{before, still},
			{stepped(batch, -rate, 1, 1), "is that a step against the slope, or along it?"},
			{stepped(batch, 1, 1, 1), "by what is the sum multiplied before it is taken away?"},
			{stepped(batch, 1/m, 1, 1), "where is the learning rate η?"},
			{stepped(batch, eta, 1, 1), "is it the sum of the gradients, or their mean?"},
			{stepped(batch, 1/rate, 1, 1), "is it η/m, or m/η?"},
			{stepped(batch, eta*m, 1, 1), "is the sum divided by m, or multiplied?"},
			{stepped(batch, rate, 1, m), "are the biases' sums divided by m as well?"},
			{stepped(batch, rate, m, 1), "are the weights' sums divided by m as well?"},
			{stepped(batch, rate, 1, 1/rate), "are the biases' sums multiplied by η/m as well?"},
			{stepped(batch, rate, 1/rate, 1), "are the weights' sums multiplied by η/m as well?"},
			{stepped(batch, rate, 1, -1), "do the biases step against the slope, as the weights do?"},
			{stepped(batch, rate, -1, 1), "do the weights step against the slope, as the biases do?"},
			{mixed(0, -1), "which of the two is taken away from the other?"},
			{mixed(-1, 1), "that is the step: what are the weights and biases after it?"},
			{mixed(1, -1), "that is the step, or its opposite: what are the weights and biases after it?"},
			{alone(0), "does the loop come to the last layer?"},
			{alone(1), "does the loop come to the first layer that has weights?"},
			{stepped(batch, eta/float64(len(train)), 1, 1), "by how many is divided: the examples of the mini-batch, or all?"},
			{stepped(batch, rate/m, 1, 1), "is it divided by m twice?"},
			{stepped(batch, rate, 1, 0), "where do the biases change?"},
			{stepped(batch, rate, 0, 1), "where do the weights change?"},
			{stepped(batch[len(batch)-1:], rate, 1, 1), "is only the last example left of the sum?"},
			{stepped(upTo(len(batch)), rate, 1, 1), "batch says which examples they are: is that used?"},
			{stepped(upTo(len(train)), rate, 1, 1), "is the whole of train in the mini-batch?"},
			{inTurn(len(batch)), "all gradients of a mini-batch are taken at the same weights: when do the weights change?"},
			{inTurn(1), "all gradients of a mini-batch are taken at the same weights, and their mean makes one step: when do the weights change?"},
		}
		return attempt{fmt.Sprintf("updateMiniBatch with the examples %v", batch), func() string {
			net, which := copyOf(start), slices.Clone(batch)
			f(net, train, which, eta)
			got := parametersOf(net)
			if nearAll(got, want) {
				return kept(argument{"batch", slices.Equal(which, batch)})
			}
			at := slices.IndexFunc(upTo(len(want)), func(i int) bool { return !near(got[i], want[i]) })
			text := fmt.Sprintf(": b^2_1 = %s, want %s", digits(got[0], want[0]), digits(want[0], got[0]))
			if at > 0 {
				text = fmt.Sprintf(": the step is wrong, though b^2_1 = %s is right", digits(got[0], want[0]))
			}
			for _, g := range guesses {
				if nearAll(got, g.values) {
					return text + " (" + g.question + ")"
				}
			}
			return text
		}}
	}
	return verdict("updateMiniBatch steps once, against the mean of the gradients", at(3), at(4, 2), at(1, 3, 4, 0))
}

// fiveExamples are examples with two inputs and two outputs.
func fiveExamples() (examples nnlib.Examples) {
	for i := range 5 {
		v := float64(i)
		examples = append(examples, struct{ X, Y *mat.VecDense }{vec(v/4, 1-v*v/16), vec(float64(i%2), float64(1-i%2))})
	}
	return examples
}

func nearAll(a, b []float64) bool {
	return len(a) == len(b) && !slices.ContainsFunc(upTo(len(a)), func(i int) bool { return !near(a[i], b[i]) })
}

// must panics, which is a verdict like any other.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func upTo(n int) (numbers []int) {
	for i := range n {
		numbers = append(numbers, i)
	}
	return numbers
}

// MiniBatches checks the shuffle of an epoch, in place, and the cut.
func MiniBatches(f func(order []int, m int, rand nnlib.Source) [][]int) { fmt.Println(miniBatches(f)) }

func miniBatches(f func(order []int, m int, rand nnlib.Source) [][]int) string {
	at := func(n, m int) attempt {
		return attempt{fmt.Sprintf("miniBatches(%v, %d, rand)", upTo(n), m), func() string {
			want := upTo(n)
			nprand.New(0).Shuffle(n, func(i, j int) { want[i], want[j] = want[j], want[i] })
			order := slices.Clip(upTo(n)) // what is cut beyond its end panics
			got := f(order, m, nprand.New(0))
			flat := slices.Concat(got...)
			cut := func(list []int) [][]int { return slices.Collect(slices.Chunk(list, m)) }
			text := fmt.Sprintf(" = %v, want %v", got, cut(want))
			full := want[:n-n%m]
			switch {
			case slices.EqualFunc(got, cut(want), slices.Equal) && !slices.Equal(order, want):
				return " shuffles a copy: in the next epoch, order should go on from where this one left it"
			case slices.EqualFunc(got, cut(want), slices.Equal):
				return ""
			case len(flat) == 0:
				return text
			case slices.EqualFunc(got, cut(upTo(n)), slices.Equal) && slices.Equal(order, want):
				return text + " (order is shuffled, the mini-batches are not: are they cut from it, and when?)"
			case slices.EqualFunc(got, cut(upTo(n)), slices.Equal):
				return text + " (are they shuffled, all of them?)"
			case len(got[len(got)-1]) == 0:
				return text + " (the last one is empty: where does the loop end?)"
			case len(got) > 1 && !slices.ContainsFunc(got, func(batch []int) bool { return !slices.Equal(batch, want[:min(m, n)]) }):
				return text + " (where does the first begin, and where the next?)"
			case len(got) > 1 && !slices.ContainsFunc(got, func(batch []int) bool { return !slices.Equal(batch, got[0]) }):
				return text + " (do the mini-batches share one slice, which the last has overwritten?)"
			case m > 1 && slices.EqualFunc(got, cut(want), func(a, b []int) bool { return slices.Equal(a, b[:max(0, min(m-1, len(b)))]) }):
				return text + " (is order[k:n] with or without order[n]?)"
			case len(got) == n && n > 1 && m > 1:
				return text + " (how far is it from the beginning of one mini-batch to that of the next?)"
			case slices.Equal(flat, full) && n%m > 0:
				return text + " (what becomes of the examples at the end, too few for a whole mini-batch?)"
			case slices.Equal(flat, want):
				return text + " (the order is right: how long is a mini-batch?)"
			}
			slices.Sort(flat)
			switch once := slices.Compact(slices.Clone(flat)); {
			case len(once) < len(flat):
				return text + " (is every number there once? A swap gives each of two places what was in the other)"
			case len(flat) < n:
				return text + " (which are missing, and where in order do they stand?)"
			}
			return text + " (is order shuffled by rand, all of it, and once?)"
		}}
	}
	return verdict("miniBatches shuffles, and every example is in one mini-batch", at(6, 2), at(7, 3), at(3, 10))
}

// SGD checks a whole training with a given network: its epochs, and what is
// called at the end of each.
func SGD(f func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(epoch int))) {
	fmt.Println(sgd(f))
}

func sgd(f func(net *nnlib.Network, train nnlib.Data, epochs, m int, eta float64, ended func(epoch int))) string {
	train := fiveExamples()
	at := func(epochs, m int) attempt {
		const eta = 2.0
		fresh := func() *nnlib.Network {
			net, _ := toyNetwork(2, 3, 2)
			net.Rand = nprand.New(7) // no seed that a learner would think of
			return net
		}
		return attempt{fmt.Sprintf("sgd with %d epochs, mini-batches of %d", epochs, m), func() string {
			var want, sameOrder, sameBatches [][]float64 // after each epoch; with order made anew; with mini-batches made but once
			cfg := nnlib.Config{Epochs: epochs, MiniBatchSize: m, Eta: eta}
			net, anew := fresh(), fresh()
			for _, err := range net.SGD(context.Background(), train, cfg) {
				must(err)
				want = append(want, parametersOf(net))
			}
			// steps makes a step with each of the mini-batches.
			steps := func(net *nnlib.Network, batches [][]int, eta float64) []float64 {
				for _, batch := range batches {
					var examples nnlib.Examples
					for _, i := range batch {
						examples = append(examples, train[i])
					}
					net.UpdateMiniBatch(examples, eta, len(examples))
				}
				return parametersOf(net)
			}
			// cut shuffles, as the exercise before does.
			cut := func(order []int, rand nnlib.Source) [][]int {
				rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
				return slices.Collect(slices.Chunk(order, m))
			}
			first, again := cut(upTo(len(train)), fresh().Rand), fresh()
			for range epochs {
				sameOrder = append(sameOrder, steps(anew, cut(upTo(len(train)), anew.Rand), eta))
				sameBatches = append(sameBatches, steps(again, first, eta))
			}
			all := slices.Repeat([][]int{upTo(len(train))}, len(first))
			guesses := []struct {
				values   []float64
				question string
			}{
				{steps(fresh(), cut(upTo(len(train)), inOrder{}), eta), "are the examples shuffled?"},
				{steps(fresh(), cut(make([]int, len(train)), fresh().Rand), eta), "which numbers stand in order?"},
				{steps(fresh(), cut(append(make([]int, len(train)), upTo(len(train))...), fresh().Rand), eta), "how many numbers stand in order, and which?"},
				{steps(fresh(), first, eta/float64(m)), "updateMiniBatch divides by m: is it done twice?"},
				{steps(fresh(), all, eta), "is a step made with a mini-batch, or with all examples?"},
				{steps(fresh(), first[:1], eta), "is there a step with each of the mini-batches?"},
			}
			learner, start := fresh(), parametersOf(fresh())
			var numbers []int
			var got [][]float64
			f(learner, train, epochs, m, eta, func(epoch int) {
				numbers = append(numbers, epoch)
				got = append(got, parametersOf(learner))
			})
			end := parametersOf(learner)
			switch {
			case len(numbers) == 0 && nearAll(end, start):
				return ": nothing is learned, and ended is never called"
			case len(numbers) == 0:
				return ": ended is never called (when is an epoch over?)"
			case len(numbers) > epochs && len(numbers) == epochs*len(first):
				return fmt.Sprintf(": ended is called %d times, want once for each epoch (is an epoch over after each mini-batch?)", len(numbers))
			case len(numbers) > epochs && len(numbers) != epochs+1:
				return fmt.Sprintf(": ended is called %d times, want once for each epoch", len(numbers))
			case len(numbers) < epochs:
				return fmt.Sprintf(": ended is called with %v, want %v (how many epochs are there?)", numbers, upTo(epochs))
			case slices.Equal(numbers, upTo(epochs+1)):
				return fmt.Sprintf(": ended is called with %v, want %v (if the first epoch has the number 0, which has the last?)", numbers, upTo(epochs))
			case !slices.Equal(numbers, upTo(epochs)):
				return fmt.Sprintf(": ended is called with %v, want %v (which number does the first epoch have?)", numbers, upTo(epochs))
			case nearAll(end, start):
				return ": ended is called, but nothing is learned (is there a step with each mini-batch? Have miniBatches and updateMiniBatch passed?)"
			case nearAll(got[0], start):
				return ": ended(0) is called before anything is learned (when is an epoch over?)"
			}
			for epoch := range want {
				switch {
				case nearAll(got[epoch], want[epoch]):
				case epoch > 0 && nearAll(got[epoch], sameOrder[epoch]):
					return fmt.Sprintf(": epoch %d shuffles the examples from file order again (when is order made?)", epoch)
				case epoch > 0 && nearAll(got[epoch], sameBatches[epoch]):
					return fmt.Sprintf(": epoch %d has the mini-batches of epoch %d (how often are they made?)", epoch, epoch-1)
				case epoch > 0:
					return fmt.Sprintf(": the network is wrong after epoch %d, though it is right after epoch %d (what is different there?)", epoch, epoch-1)
				default:
					for _, g := range guesses {
						if nearAll(got[0], g.values) {
							return ": the network is wrong after epoch 0 (" + g.question + ")"
						}
					}
					return ": the network is wrong after epoch 0 (are all mini-batches used, with the net's own Rand?)"
				}
			}
			if !nearAll(end, want[epochs-1]) {
				return ": the network still changes after the last call of ended"
			}
			return ""
		}}
	}
	// In file order 0 … 4 before the first shuffle; five examples in twos use a short mini-batch, which nnlib
	// divides by the full size: whole ones only.
	return verdict("sgd shuffles, steps and counts, epoch after epoch", at(1, 5), at(1, 1), at(3, 1), at(4, 5))
}

// Own runs the learner's whole program on the data for an epoch, and compares
// its count with that of nnlib.
func Own(f func(sizes []int, epochs, m int, eta float64) (counts []int), train, test nnlib.Data) {
	fmt.Println(own(f, train, test))
}

func own(f func(sizes []int, epochs, m int, eta float64) (counts []int), train, test nnlib.Data) string {
	return verdict("your own network, from the first draw to the last count, prints the page's first line", attempt{
		"run([784 15 10], 1, 10, 3)", func() string {
			counts := f([]int{784, 15, 10}, 1, 10, 3)
			if len(counts) != 1 {
				return fmt.Sprintf(" returns %d counts, want 1, of its only epoch", len(counts))
			}
			net, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))
			must(err)
			for _, err := range net.SGD(context.Background(), train, nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: 3}) {
				must(err)
			}
			switch want := net.Evaluate(test); {
			case counts[0] == want:
				return ""
			case counts[0] == net.Evaluate(train):
				return fmt.Sprintf(" = %v, want [%d] (which images are counted, those that it learns from?)", counts, want)
			case math.Abs(float64(counts[0]-want)) < 0.05*float64(test.Len()):
				return fmt.Sprintf(" = %v, want [%d] (it learns as well as the page's, by other numbers. Is their source nprand.New(0)? Are the gradients "+
					"added up first, and the sum multiplied by η/m then? Do the products come from nnlib.Affine and nnlib.MulTrans?)", counts, want)
			default:
				return fmt.Sprintf(" = %v, want [%d] (which piece has not passed its check yet?)", counts, want)
			}
		}})
}
