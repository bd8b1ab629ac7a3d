package exercise

// The exercises of chapter 4, backpropagation.

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// OutputError checks δ^L = (a^L - y) ⊙ σ'(z^L), with σ'(z) = a (1 - a).  (BP1)
func OutputError(f func(a, y *mat.VecDense) *mat.VecDense) { fmt.Println(outputError(f)) }

func outputError(f func(a, y *mat.VecDense) *mat.VecDense) string {
	at := func(a, y *mat.VecDense) attempt {
		n := a.Len()
		// each makes a guess of a formula for one neuron.
		each := func(formula func(a, y float64) float64, question string) vectorGuess {
			v := mat.NewVecDense(a.Len(), nil)
			for j := range a.Len() {
				v.SetVec(j, formula(a.AtVec(j), y.AtVec(j)))
			}
			return vectorGuess{v, question}
		}
		first := mat.NewVecDense(a.Len(), nil) // return stands inside the loop
		first.SetVec(0, nnlib.Quadratic.Delta(a, y).AtVec(0))
		call := fmt.Sprintf("outputError(a = %s, y = %s)", list(a), list(y))
		return vector(call, func() *mat.VecDense { return f(mat.VecDenseCopyOf(a), mat.VecDenseCopyOf(y)) },
			nnlib.Quadratic.Delta(a, y),
			each(func(a, y float64) float64 { return 0 }, "what are a - y and a (1 - a) here?"),
			each(func(a, y float64) float64 { return (y - a) * a * (1 - a) },
				"the output is too high, and more z makes it worse: should δ be above 0 or below?"),
			each(func(a, y float64) float64 { return a - y }, "where is σ'?"),
			each(func(a, y float64) float64 { return y - a }, "where is σ', and which way round is the difference?"),
			each(func(a, y float64) float64 { return a * (1 - a) }, "there are three factors, a - y, a and 1 - a: are all there?"),
			each(func(a, y float64) float64 { return a * a * (1 - a) }, "where is y?"),
			each(func(a, y float64) float64 { return (a - y) * a }, "σ' is a (1 - a): where is 1 - a?"),
			each(func(a, y float64) float64 { return (a - y) * a * (1 - a) / float64(n) }, "each output has an error of its own: who divides by their number?"),
			each(func(a, y float64) float64 { return (a - y) * sigma(a) * (1 - sigma(a)) },
				"a is σ(z) already: does it need another sigmoid?"),
			each(func(a, y float64) float64 { return (a - y) * (a - y) / 2 }, "is that the cost, or twice its slope? The ½ and the 2 of the square are gone in it"),
			vectorGuess{first, "is the error of every output set?"})
	}
	a, y := vec(0.9, 0.2, 0.5), vec(1, 0, 0)
	return verdict("outputError is right for outputs that are too high and too low, for any number of them",
		at(vec(0.75), vec(0)),
		at(vec(0.75), vec(1)),
		at(a, y),
		attempt{"outputError", func() string {
			a2, y2 := mat.VecDenseCopyOf(a), mat.VecDenseCopyOf(y)
			f(a2, y2)
			return kept(argument{"a", mat.Equal(a2, a)}, argument{"y", mat.Equal(y2, y)})
		}})
}

// HiddenError checks δ^{l-1} = ((w^l)^T δ^l) ⊙ σ'(z^{l-1}), given w^l, δ^l and
// a^{l-1}.                                                               (BP2)
func HiddenError(f func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense) {
	fmt.Println(hiddenError(f))
}

func hiddenError(f func(w *mat.Dense, delta, a *mat.VecDense) *mat.VecDense) string {
	at := func(w *mat.Dense, delta, a *mat.VecDense) attempt {
		rows, cols := w.Dims()
		// each makes a guess of a weight from k to j, and a factor for neuron k.
		each := func(weight func(j, k int) float64, factor func(a float64) float64, question string) vectorGuess {
			v := mat.NewVecDense(cols, nil)
			for k := range cols {
				sum := 0.0
				for j := range rows {
					sum += weight(j, k) * delta.AtVec(j)
				}
				v.SetVec(k, sum*factor(a.AtVec(k)))
			}
			return vectorGuess{v, question}
		}
		one := func(float64) float64 { return 1 }
		guesses := []vectorGuess{
			{mat.NewVecDense(cols, nil), "which δ^l_j does neuron k act on, and by which weights?"},
			each(w.At, one, "where is σ'?"),
			each(w.At, func(a float64) float64 { return a }, "σ' is a (1 - a): where is 1 - a?"),
			each(w.At, func(a float64) float64 { return 1 - a }, "σ' is a (1 - a): where is a?"),
			each(w.At, func(a float64) float64 { return -slope(a) }, "the error is carried back as it is: where does the minus come from?"),
			each(w.At, func(a float64) float64 { return slope(sigma(a)) }, "a is σ(z) already: does it need another sigmoid?"),
			each(func(j, k int) float64 { return 1 }, slope, "where are the weights?"),
		}
		if rows == cols {
			across := func(j, k int) float64 { return w.At(k, j) }
			guesses = append(guesses,
				each(across, slope, "w_jk leads from k to j: is w transposed, is the sum over j?"),
				each(across, one, "where is σ', and where is the transpose of w?"))
		}
		if rows > 1 && cols > 1 {
			guesses = append(guesses, each(func(j, k int) float64 {
				if j != k {
					return 0
				}
				return w.At(j, k)
			}, slope, "does neuron k act on every neuron j?"))
		}
		if rows > 2 {
			guesses = append(guesses, each(func(j, k int) float64 {
				if j == rows-1 {
					return 0
				}
				return w.At(j, k)
			}, slope, "is the last j in the sum?"))
		}
		if rows > 1 {
			guesses = append(guesses, each(func(j, k int) float64 {
				if j < rows-1 {
					return 0
				}
				return w.At(j, k)
			}, slope, "is only the last j left of the sum?"), each(func(j, k int) float64 {
				if j > 0 {
					return 0
				}
				return w.At(j, k)
			}, slope, "is only the first j in the sum?"))
		}
		running, on := 0.0, mat.NewVecDense(cols, nil)
		for k := range cols {
			for j := range rows {
				running += w.At(j, k) * delta.AtVec(j)
			}
			on.SetVec(k, running*slope(a.AtVec(k)))
		}
		right := each(w.At, slope, "").value
		first := mat.NewVecDense(cols, nil)
		first.SetVec(0, right.AtVec(0))
		guesses = append(guesses, vectorGuess{on, "does the sum begin anew for each neuron k?"},
			vectorGuess{first, "is the error of every neuron k set?"})
		call := fmt.Sprintf("hiddenError(w %d × %d, delta of %d, a of %d)", rows, cols, delta.Len(), a.Len())
		return vector(call, func() *mat.VecDense {
			return f(mat.DenseCopyOf(w), mat.VecDenseCopyOf(delta), mat.VecDenseCopyOf(a))
		}, right, guesses...)
	}
	// Square first: there a forgotten transpose gives an answer, elsewhere a panic.
	w, delta, a := mat.NewDense(2, 2, []float64{1, 2, -3, 0.5}), vec(0.5, 0.25), vec(0.5, 0.75)
	return verdict("hiddenError sums over all neurons of the next layer, for any number of neurons",
		at(w, delta, a),
		at(mat.NewDense(1, 3, []float64{2, -1, 3}), vec(0.125), vec(0.5, 0.75, 0.25)),
		at(mat.NewDense(3, 2, []float64{1, -1, 2, 0.5, 0, 3}), vec(0.5, -1, 0.25), vec(0.25, 0.5)),
		attempt{"hiddenError", func() string {
			w2, delta2, a2 := mat.DenseCopyOf(w), mat.VecDenseCopyOf(delta), mat.VecDenseCopyOf(a)
			f(w2, delta2, a2)
			return kept(argument{"w", mat.Equal(w2, w)}, argument{"delta", mat.Equal(delta2, delta)}, argument{"a", mat.Equal(a2, a)})
		}})
}

// WeightGradient checks ∂C/∂w^l_jk = δ^l_j a^{l-1}_k.                    (BP4)
func WeightGradient(f func(delta, a *mat.VecDense) *mat.Dense) { fmt.Println(weightGradient(f)) }

func weightGradient(f func(delta, a *mat.VecDense) *mat.Dense) string {
	at := func(delta, a *mat.VecDense) attempt {
		// both makes a matrix of a formula for δ_j and a_k.
		both := func(formula func(d, a float64) float64) *mat.Dense {
			m := mat.NewDense(delta.Len(), a.Len(), nil)
			m.Apply(func(j, k int, _ float64) float64 { return formula(delta.AtVec(j), a.AtVec(k)) }, m)
			return m
		}
		want := both(func(d, a float64) float64 { return d * a })
		diagonal, row := mat.NewDense(delta.Len(), a.Len(), nil), mat.NewDense(delta.Len(), a.Len(), nil)
		for j := range min(delta.Len(), a.Len()) {
			diagonal.Set(j, j, want.At(j, j))
		}
		row.SetRow(0, want.RawRowView(0))
		column := mat.NewDense(delta.Len(), a.Len(), nil)
		column.SetCol(0, mat.Col(nil, 0, want))
		call := fmt.Sprintf("weightGradient(delta = %s, a = %s)", list(delta), list(a))
		return attempt{call, func() string {
			got := f(mat.VecDenseCopyOf(delta), mat.VecDenseCopyOf(a))
			return wrongMatrix(got, want,
				matrixGuess{mat.NewDense(delta.Len(), a.Len(), nil), "what does each pair of δ_j and a_k give?"},
				matrixGuess{mat.DenseCopyOf(want.T()), "row j belongs to neuron j with δ_j: are rows and columns swapped?"},
				matrixGuess{both(func(d, a float64) float64 { return d * a * (1 - a) }),
					"z_j changes with w_jk by a_k alone: is σ' in δ already?"},
				matrixGuess{both(func(d, a float64) float64 { return d }), "where is a?"},
				matrixGuess{both(func(d, a float64) float64 { return a }), "where is δ?"},
				matrixGuess{both(func(d, a float64) float64 { return d + a }), "is it a sum, or a product?"},
				matrixGuess{diagonal, "does every j meet every k, or only its own number?"},
				matrixGuess{row, "is every row set?"},
				matrixGuess{column, "is every column set?"},
				matrixGuess{both(func(d, a float64) float64 { return -d * a }), "which sign should it have? The step against it is made elsewhere"})
		}}
	}
	delta, a := vec(0.5, -1), vec(0.25, 0.75)
	return verdict("weightGradient has a row for each δ and a column for each a",
		at(delta, a),
		at(vec(0.125), vec(0.5, 0.75, 0.25)),
		at(vec(1, -2, 3), vec(0.5, 0)),
		attempt{"weightGradient", func() string {
			delta2, a2 := mat.VecDenseCopyOf(delta), mat.VecDenseCopyOf(a)
			f(delta2, a2)
			return kept(argument{"delta", mat.Equal(delta2, delta)}, argument{"a", mat.Equal(a2, a)})
		}})
}

// matrixGuess is a guess where the answer is a matrix.
type matrixGuess struct {
	value    *mat.Dense
	question string
}

// wrongMatrix says what is wrong with a matrix, as vector does of a vector.
func wrongMatrix(got, want *mat.Dense, guesses ...matrixGuess) string {
	rows, cols := want.Dims()
	if got == nil {
		return fmt.Sprintf(" = nil, want a matrix of %d × %d", rows, cols)
	}
	if r, c := got.Dims(); r != rows || c != cols {
		text := fmt.Sprintf(" is %d × %d, want %d × %d", r, c, rows, cols)
		if r == cols && c == rows {
			text += " (which of the two says how many rows there are?)"
		}
		return text
	}
	if mat.EqualApprox(got, want, 1e-9) {
		return ""
	}
	text := fmt.Sprintf(" = %s, want %s", table(got), table(want))
	for _, g := range guesses {
		if r, c := g.value.Dims(); r == rows && c == cols && mat.EqualApprox(got, g.value, 1e-9) {
			return text + " (" + g.question + ")"
		}
	}
	return text
}

// table writes the rows of a matrix in one line.
func table(m *mat.Dense) string {
	text := "["
	rows, _ := m.Dims()
	for j := range rows {
		text += list(vec(m.RawRowView(j)...))
	}
	return text + "]"
}

// Backprop checks a whole backpropagation by finite differences, from the
// output back, as the errors flow: the first gradient that is wrong names the
// equation.
func Backprop(f func(net *nnlib.Network, x, y *mat.VecDense) ([]*mat.VecDense, []*mat.Dense)) {
	fmt.Println(backprop(f))
}

func backprop(f func(net *nnlib.Network, x, y *mat.VecDense) ([]*mat.VecDense, []*mat.Dense)) string {
	at := func(sizes ...int) attempt {
		return attempt{fmt.Sprintf("sizes %v:", sizes), func() string {
			net, err := nnlib.New(sizes, new(spread))
			if err != nil {
				return " " + err.Error()
			}
			x, y := mat.NewVecDense(sizes[0], nil), mat.NewVecDense(sizes[len(sizes)-1], nil)
			for k := range sizes[0] {
				x.SetVec(k, 1/float64(k+2))
			}
			y.SetVec(0, 1)
			wantB, wantW := net.FiniteDifferences(x, y, 1e-5)
			net2, x2, y2 := copyOf(net), mat.VecDenseCopyOf(x), mat.VecDenseCopyOf(y)
			gotB, gotW := f(net2, x2, y2)
			if wrong := wrongGradient(net, net.Feedforward(x), gotB, wantB, gotW, wantW); wrong != "" {
				return wrong
			}
			if changes := kept(argument{"the network", slices.Equal(parametersOf(net2), parametersOf(net))},
				argument{"x", mat.Equal(x2, x)}, argument{"y", mat.Equal(y2, y)}); changes != "" {
				return " the gradient is right, but its function" + changes
			}
			return ""
		}}
	}
	// All layers alike first: there no shape gives a slip away.
	return verdict("the gradient of every weight and bias is what finite differences measure",
		at(3, 3, 3, 3), at(2, 3, 1), at(2, 4, 3, 5, 2))
}

// wrongGradient says which layer's gradient is the first that is wrong, from
// the output back. a are the activations.
func wrongGradient(net *nnlib.Network, a, gotB, wantB []*mat.VecDense, gotW, wantW []*mat.Dense) string {
	if len(gotB) != len(wantB) || len(gotW) != len(wantW) {
		text := fmt.Sprintf(" %d bias gradients and %d weight gradients, want %d of each", len(gotB), len(gotW), len(wantB))
		if len(gotB) > len(wantB) {
			text += " (are they appended to those that are there already?)"
		}
		return text
	}
	last := len(wantB) - 1
	for i := range last {
		if gotB[i] != nil && gotB[i] == gotB[i+1] {
			return fmt.Sprintf(" ∂C/∂b^%d and ∂C/∂b^%d are one and the same vector (which line should make a new δ?)", i+2, i+3)
		}
	}
	if last > 0 && gotB[0] != nil && gotB[last] != nil && measured(gotB[0], wantB[last]) && measured(gotB[last], wantB[0]) {
		return fmt.Sprintf(" ∂C/∂b^%d stands where ∂C/∂b^2 should (in which order do the layers stand?)", last+2)
	}
	for i := last; i >= 0; i-- { // l = i+2
		b, w := fmt.Sprintf(" ∂C/∂b^%d", i+2), fmt.Sprintf(" ∂C/∂w^%d", i+2)
		switch {
		case gotB[i] == nil:
			return b + " is nil: does the loop come to that layer?"
		case gotB[i].Len() != wantB[i].Len():
			return fmt.Sprintf("%s has %d values, want %d", b, gotB[i].Len(), wantB[i].Len())
		case !measured(gotB[i], wantB[i]) && mat.Norm(gotB[i], 1) == 0 && gotW[i] != nil && measured(gotW[i], wantW[i]):
			return fmt.Sprintf("%s is 0, though ∂C/∂w^%d is right (what does the loop put there?)", b, i+2)
		case !measured(gotB[i], wantB[i]) && i == last && mat.Norm(gotB[i], 1) == 0 && i > 0 && gotB[0] != nil && mat.Norm(gotB[0], 1) > 0:
			return fmt.Sprintf("%s is 0, though ∂C/∂b^2 is not (with which layer does the loop begin?)", b)
		case !measured(gotB[i], wantB[i]) && i == last:
			return fmt.Sprintf("%s = %s, want %s (δ^%d is wrong from the start: which equation begins?)", b, list(gotB[i]), list(wantB[i]), i+2)
		case !measured(gotB[i], wantB[i]) && mat.Norm(gotB[i], 1) == 0:
			return fmt.Sprintf("%s is 0, though ∂C/∂b^%d is right (does the loop come to layer %d, and what does it put there?)", b, i+3, i+2)
		case !measured(gotB[i], wantB[i]):
			return fmt.Sprintf("%s = %s, want %s, though ∂C/∂b^%d is right (%s)",
				b, list(gotB[i]), list(wantB[i]), i+3, wrongStepBack(net, a, i, gotB[i], wantB[i+1]))
		case gotW[i] == nil:
			return w + " is nil: does the loop come to that layer?"
		}
		rows, cols := gotW[i].Dims()
		if r, c := wantW[i].Dims(); rows != r || cols != c {
			return fmt.Sprintf("%s is %d × %d, want %d × %d", w, rows, cols, r, c)
		}
		if measured(gotW[i], wantW[i]) {
			continue
		}
		question := fmt.Sprintf("by which activations is δ^%d multiplied, and which way round?", i+2)
		twice := mat.NewDense(rows, cols, nil)
		twice.Apply(func(j, _ int, v float64) float64 { return v * slope(a[i+1].AtVec(j)) }, wantW[i])
		switch {
		case mat.Norm(gotW[i], 1) == 0:
			return fmt.Sprintf("%s is 0, though ∂C/∂b^%d is right (what does the loop put there?)", w, i+2)
		case measured(gotW[i], twice):
			question = fmt.Sprintf("is σ' in δ^%d already?", i+2)
		}
		return fmt.Sprintf("%s is wrong, though ∂C/∂b^%d is right (%s)", w, i+2, question)
	}
	return ""
}

// wrongStepBack asks what may be wrong with δ^l, l = i+2, where δ^{l+1} is right.
// It does not tell at which layer the slope is taken: that is what chapter 4 has
// the reader find out.
func wrongStepBack(net *nnlib.Network, a []*mat.VecDense, i int, got, delta *mat.VecDense) string {
	// back is (BP2) with weights and a slope of one's own.
	back := func(w mat.Matrix, slope func(a float64) float64) *mat.VecDense {
		rows, cols := w.Dims()
		if cols != delta.Len() || rows != got.Len() {
			return mat.NewVecDense(got.Len(), nil)
		}
		v := mat.NewVecDense(rows, nil)
		v.MulVec(w, delta)
		for k := range rows {
			v.SetVec(k, v.AtVec(k)*slope(a[i+1].AtVec(k)))
		}
		return v
	}
	w := net.Weights[i+1]
	switch {
	case measured(got, back(w.T(), func(float64) float64 { return 1 })):
		return fmt.Sprintf("where is σ'(z^%d)?", i+2)
	case measured(got, back(w.T(), func(a float64) float64 { return a })):
		return "σ' is a (1 - a): where is 1 - a?"
	case measured(got, back(w, slope)):
		return fmt.Sprintf("w^%d leads forward: how does δ^%d come back through it?", i+3, i+3)
	case measured(got, back(net.Weights[i].T(), slope)):
		return fmt.Sprintf("which weights lead from layer %d to layer %d?", i+2, i+3)
	}
	return fmt.Sprintf("which line makes δ^%d of δ^%d?", i+2, i+3)
}

// slope is σ'(z) where σ(z) is a.                                         (40)
func slope(a float64) float64 { return a * (1 - a) }

// measured allows for what finite differences cannot tell.
func measured(got, want mat.Matrix) bool { return mat.EqualApprox(got, want, 1e-8) }

// spread is a source of weights from -2 to 2, evenly spread and never twice
// the same.
type spread struct{ drawn int }

func (s *spread) NormFloat64() float64 {
	s.drawn++
	_, part := math.Modf(float64(s.drawn) * math.Phi)
	return float64(4*part) - 2
}

func (s *spread) Shuffle(int, func(i, j int)) {}
