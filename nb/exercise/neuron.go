package exercise

// The exercises of chapter 1, from a neuron to a layer.

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// Sigmoid checks σ(z) = 1/(1 + e^-z).                                      (3)
func Sigmoid(f func(z float64) float64) { fmt.Println(sigmoid(f)) }

func sigmoid(f func(z float64) float64) string {
	at := func(z, want float64, guesses ...guess) attempt {
		return value(fmt.Sprintf("sigmoid(%v)", z), func() float64 { return f(z) }, want, guesses...)
	}
	return verdict("sigmoid is right from -1000 to 1000",
		at(0, 0.5,
			guess{0, "what is e^0?"},
			guess{1, "what is added to e^0 before dividing?"},
			guess{2, "are there parentheses around the whole denominator?"},
			guess{math.Inf(1), "is e^-z added to the 1, or taken away?"}),
		at(2, sigma(2),
			guess{sigma(-2), "which sign does the exponent have?"},
			guess{0.5, "where is z?"}),
		at(-2, sigma(-2)),
		// e^z/(1 + e^z) is the same number, but not for a computer.
		at(1000, 1, guess{math.NaN(), "e^1000 is too large for a float64; is e^-1000?"}),
		at(-1000, 0))
}

// Neuron checks a = σ(Σ_k w_k a_k + b) for one neuron.
func Neuron(f func(w, a []float64, b float64) float64) { fmt.Println(neuron(f)) }

func neuron(f func(w, a []float64, b float64) float64) string {
	at := func(w, a []float64, b float64) attempt {
		z, inputs, weights, eachSquashed := 0.0, 0.0, 0.0, 0.0
		for k := range w {
			z += w[k] * a[k]
			inputs += a[k]
			weights += w[k]
			eachSquashed += sigma(w[k] * a[k])
		}
		first, last := w[0]*a[0], w[len(w)-1]*a[len(a)-1]
		call := fmt.Sprintf("neuron(%v, %v, %v)", w, a, b)
		return value(call, func() float64 { return f(slices.Clone(w), slices.Clone(a), b) }, sigma(z+b),
			guess{0, "what is the weighted sum here, and the sigmoid of it?"},
			guess{z + b, "where is the sigmoid?"},
			guess{z, "where are the bias and the sigmoid?"},
			guess{sigma(z), "where is the bias?"},
			guess{sigma(z - b), "is the bias added?"},
			guess{sigma(z) + b, "does the bias come before the sigmoid, or after it?"},
			guess{sigma(-(z + b)), "which sign does the exponent have?"},
			guess{sigma(inputs + b), "where are the weights?"},
			guess{sigma(weights + b), "where are the activations?"},
			guess{sigma(z + float64(len(w))*b), "is the bias added once, or once for each input?"},
			guess{sigma(first + b), "is only the first input in the sum?"},
			guess{sigma(last + b), "is only the last input left of the sum?"},
			guess{sigma(z - last + b), "is the last input in the sum?"},
			guess{sigma(z - first + b), "is the first input in the sum? A list begins at 0"},
			guess{eachSquashed + b, "is the sigmoid applied to each term, or to the sum?"},
			guess{sigma(sigma(z + b)), "is the sigmoid applied twice?"})
	}
	w, a := []float64{2, -1, 3}, []float64{0.5, 0.25, 1}
	return verdict("neuron weighs its inputs, adds its bias and squeezes the sum, for any number of inputs",
		at(w, a, -1.25),
		at([]float64{1, -1}, []float64{0.25, 0.75}, 0.1),
		at([]float64{-4}, []float64{0.5}, 1),
		attempt{"neuron", func() string {
			w2, a2 := slices.Clone(w), slices.Clone(a)
			f(w2, a2, 1)
			return kept(argument{"w", slices.Equal(w2, w)}, argument{"a", slices.Equal(a2, a)})
		}})
}

// Layer checks a^l = σ(w^l a^{l-1} + b^l).                                 (7)
func Layer(f func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense) { fmt.Println(layer(f)) }

func layer(f func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense) string {
	at := func(w *mat.Dense, a, b *mat.VecDense) attempt {
		rows, cols := w.Dims()
		zero := mat.NewVecDense(rows, nil)
		// each makes a guess of what the sum of neuron j begins with, and of its terms.
		each := func(begins func(j int) float64, term func(j, k int) float64, question string) vectorGuess {
			v := mat.NewVecDense(rows, nil)
			for j := range rows {
				z := begins(j)
				for k := range cols {
					z += term(j, k)
				}
				v.SetVec(j, sigma(z))
			}
			return vectorGuess{v, question}
		}
		weighed := func(j, k int) float64 { return w.At(j, k) * a.AtVec(k) }
		running := 0.0 // all that was added up for earlier neurons
		onlyFirst := mat.NewVecDense(rows, nil)
		onlyFirst.SetVec(0, nnlib.Sigmoid(nnlib.Affine(w, a, b)).AtVec(0))
		guesses := []vectorGuess{
			{zero, "what is w a + b here, and the sigmoid of it?"},
			{nnlib.Affine(w, a, b), "where is the sigmoid?"},
			{nnlib.Affine(w, a, zero), "where are the bias and the sigmoid?"},
			{nnlib.Sigmoid(nnlib.Affine(w, a, zero)), "where is the bias?"},
			{nnlib.Sigmoid(nnlib.Sigmoid(nnlib.Affine(w, a, b))), "is the sigmoid applied twice?"},
			{onlyFirst, "is every neuron's activation set?"},
			each(func(j int) float64 { return 0 }, func(j, k int) float64 { return weighed(j, k) + b.AtVec(j) },
				"is the bias added once for each neuron, or once for each input?"),
			each(func(j int) float64 { running += b.AtVec(j); return running }, func(j, k int) float64 { running += weighed(j, k); return weighed(j, k) },
				"does the sum begin anew for each neuron?"),
			each(b.AtVec, func(j, k int) float64 {
				if k < cols-1 {
					return 0
				}
				return weighed(j, k)
			}, "is only the last input left of the sum?"),
		}
		if rows == cols {
			guesses = append(guesses, vectorGuess{nnlib.Sigmoid(nnlib.Affine(mat.DenseCopyOf(w.T()), a, b)),
				"row j of w holds the weights of neuron j: is w transposed here?"},
				each(b.AtVec, func(j, k int) float64 { return w.At(j, k) * a.AtVec(j) }, "which activation does w_jk weigh, that of j or that of k?"))
		}
		call := fmt.Sprintf("layer(w %d × %d, a of %d, b of %d)", rows, cols, a.Len(), b.Len())
		return vector(call, func() *mat.VecDense { return f(mat.DenseCopyOf(w), mat.VecDenseCopyOf(a), mat.VecDenseCopyOf(b)) },
			nnlib.Sigmoid(nnlib.Affine(w, a, b)), guesses...)
	}
	// Square first: there a transposed w gives an answer, elsewhere a panic.
	w, a, b := mat.NewDense(2, 2, []float64{1, 2, -3, 0.5}), vec(0.5, 0.25), vec(-0.5, 0.75)
	return verdict("layer is right for any number of neurons and of inputs",
		at(w, a, b),
		at(mat.NewDense(2, 4, []float64{1, -1, 2, 0.5, 0, 3, -2, 1}), vec(0.5, 1, 0.25, 0), vec(-1, 0.5)),
		at(mat.NewDense(3, 1, []float64{1, 0, -1}), vec(0.5), vec(0, 1, 2)),
		attempt{"layer", func() string {
			w2, a2, b2 := mat.DenseCopyOf(w), mat.VecDenseCopyOf(a), mat.VecDenseCopyOf(b)
			f(w2, a2, b2)
			return kept(argument{"w", mat.Equal(w2, w)}, argument{"a", mat.Equal(a2, a)}, argument{"b", mat.Equal(b2, b)})
		}})
}

// Parameters checks how many weights and biases a network of these sizes has.
func Parameters(f func(sizes []int) int) { fmt.Println(parameters(f)) }

func parameters(f func(sizes []int) int) string {
	at := func(sizes ...int) attempt {
		weights, biases, product := 0, 0, 1
		for _, size := range sizes {
			product *= size
		}
		for i := range sizes[1:] { // l = i+2
			weights += sizes[i+1] * sizes[i]
			biases += sizes[i+1]
		}
		neurons := sizes[0] + biases
		call := fmt.Sprintf("parameters(%v)", sizes)
		return value(call, func() float64 { return float64(f(slices.Clone(sizes))) }, float64(weights+biases),
			guess{0, "how many weights does each matrix have?"},
			guess{float64(weights), "where are the biases?"},
			guess{float64(biases), "where are the weights?"},
			guess{float64(weights + neurons), "do the inputs have biases?"},
			guess{float64(weights + neurons - sizes[len(sizes)-1]), "which layers have biases: the inputs, the outputs?"},
			guess{float64(product), "are all sizes multiplied with each other? Which layers have weights between them?"},
			guess{float64(neurons), "is a weight there for each neuron, or for each pair of neurons?"})
	}
	return verdict("parameters counts the weights and biases of any network",
		at(3, 4, 2), at(2, 1), at(784, 15, 10), at(784, 30, 20, 10), attempt{"parameters", func() string {
			sizes := []int{3, 4, 2}
			f(sizes)
			return kept(argument{"sizes", slices.Equal(sizes, []int{3, 4, 2})})
		}})
}

// sigma is σ(z).
func sigma(z float64) float64 { return nnlib.Sigmoid(vec(z)).AtVec(0) }
