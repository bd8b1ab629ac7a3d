package exercise

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// A right solution, the usual mistakes and the stub, each with its answer.

func TestSigmoid(t *testing.T) {
	for _, test := range []struct {
		want string
		f    func(z float64) float64
	}{
		{"passed: sigmoid is right from -1000 to 1000",
			logistic},
		{"not yet: sigmoid(0) = 0, want 0.5 (what is e^0?)", // the stub
			func(z float64) float64 { return 0 }},
		{"not yet: sigmoid(0) = 1, want 0.5 (what is added to e^0 before dividing?)",
			func(z float64) float64 { return 1 / math.Exp(-z) }},
		{"not yet: sigmoid(0) = 2, want 0.5 (are there parentheses around the whole denominator?)",
			func(z float64) float64 { return 1 + math.Exp(-z) }},
		{"not yet: sigmoid(2) = 0.1192, want 0.8808 (which sign has the exponent?)",
			func(z float64) float64 { return 1 / (1 + math.Exp(z)) }},
		{"not yet: sigmoid(2) = 0.5, want 0.8808 (where is z?)",
			func(z float64) float64 { return 1 / (1 + math.Exp(0)) }},
		{"not yet: sigmoid(2) = 0.982, want 0.8808",
			func(z float64) float64 { return 1 / (1 + math.Exp(-2*z)) }},
		{"not yet: sigmoid(-2) = 0.8808, want 0.1192",
			func(z float64) float64 { return 1 / (1 + math.Exp(-math.Abs(z))) }},
		{"not yet: sigmoid(1000) = NaN, want 1 (e^1000 is too large for a float64; is e^-1000?)",
			func(z float64) float64 { return math.Exp(z) / (1 + math.Exp(z)) }},
		{"not yet: sigmoid(0) = 0.5000001, want 0.5",
			func(z float64) float64 { return logistic(z) + 1e-7 }},
		{"not yet: sigmoid(0) panics: too hard",
			func(z float64) float64 { panic("too hard") }},
	} {
		if got := sigmoid(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func TestNeuron(t *testing.T) {
	first := "not yet: neuron([2 -1 3], [0.5 0.25 1], -1.5) "
	for _, test := range []struct {
		want string
		f    func(w, a []float64, b float64) float64
	}{
		{"passed: neuron weighs its inputs, adds its bias and squeezes the sum, for any number of inputs",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a) + b) }},
		{first + "= 0, want 0.9047 (what is the weighted sum here, and the sigmoid of it?)", // the stub
			func(w, a []float64, b float64) float64 { return 0 }},
		{first + "= 2.25, want 0.9047 (where is the sigmoid?)",
			func(w, a []float64, b float64) float64 { return floats.Dot(w, a) + b }},
		{first + "= 3.75, want 0.9047 (where are the bias and the sigmoid?)",
			func(w, a []float64, b float64) float64 { return floats.Dot(w, a) }},
		{first + "= 0.977, want 0.9047 (where is the bias?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a)) }},
		{first + "= 0.9948, want 0.9047 (is the bias added?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a) - b) }},
		{first + "= -0.523, want 0.9047 (does the bias come before the sigmoid, or after it?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a)) + b }},
		{first + "= 0.09535, want 0.9047 (which sign has the exponent?)",
			func(w, a []float64, b float64) float64 { return logistic(-floats.Dot(w, a) - b) }},
		{first + "= 0.5622, want 0.9047 (where are the weights?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Sum(a) + b) }},
		{first + "panics: runtime error: index out of range [3] with length 3",
			func(w, a []float64, b float64) float64 { return w[len(a)] }},
		{"not yet: neuron([1 -1], [0.25 0.75], 0.1) panics: runtime error: index out of range [2] with length 2",
			func(w, a []float64, b float64) float64 { return logistic(w[0]*a[0] + w[1]*a[1] + w[2]*a[2] + b) }},
		{"not yet: neuron changes a, which others still need: can it make a value of its own?",
			func(w, a []float64, b float64) float64 {
				floats.Mul(a, w)
				return logistic(floats.Sum(a) + b)
			}},
	} {
		if got := neuron(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestLayer(t *testing.T) {
	square, wide := "not yet: layer(w 2 × 2, a of 2, b of 2) ", "not yet: layer(w 2 × 4, a of 4, b of 2) "
	right := func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return nnlib.Sigmoid(nnlib.Affine(w, a, b)) }
	product := func(w mat.Matrix, a *mat.VecDense) *mat.VecDense {
		var z mat.VecDense
		z.MulVec(w, a)
		return &z
	}
	for _, test := range []struct {
		want string
		f    func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense
	}{
		{"passed: layer is right for any number of neurons and of inputs",
			right},
		{square + "= nil, want a vector of 2 values", // the stub
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return nil }},
		{square + "= [0 0], want [0.6225 0.3486] (what is w a + b here, and the sigmoid of it?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return mat.NewVecDense(b.Len(), nil) }},
		{square + "has 3 values, want 2",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return vec(1, 2, 3) }},
		{square + "= [0.5 0.5], want [0.6225 0.3486]",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return vec(0.5, 0.5) }},
		{square + "= [0.5 -0.625], want [0.6225 0.3486] (where is the sigmoid?)",
			nnlib.Affine},
		{square + "= [1 -1.375], want [0.6225 0.3486] (where are the bias and the sigmoid?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return product(w, a) }},
		{square + "= [0.7311 0.2018], want [0.6225 0.3486] (where is the bias?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return nnlib.Sigmoid(product(w, a)) }},
		{square + "= [0.3208 0.867], want [0.6225 0.3486] (row j of w holds the weights of neuron j: is w transposed here?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return right(mat.DenseCopyOf(w.T()), a, b) }},
		{square + "panics: mat: dimension mismatch",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return product(w, vec(1, 2, 3)) }},
		{wide + "has 4 values, want 2",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				out := mat.NewVecDense(a.Len(), nil)
				out.CopyVec(right(w, a, b))
				return out
			}},
		{"not yet: layer changes b, which others still need: can it make a value of its own?",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				b.AddVec(b, product(w, a))
				return nnlib.Sigmoid(b)
			}},
	} {
		if got := layer(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestParameters(t *testing.T) {
	sum := func(sizes []int, each func(i int) int) int {
		n := 0
		for i := range sizes[1:] {
			n += each(i)
		}
		return n
	}
	first := "not yet: parameters([3 4 2]) "
	for _, test := range []struct {
		want string
		f    func(sizes []int) int
	}{
		{"passed: parameters counts the weights and biases of any network",
			func(s []int) int { return sum(s, func(i int) int { return s[i+1] * (s[i] + 1) }) }},
		{first + "= 0, want 26 (how many weights does each matrix have?)", // the stub
			func(s []int) int { return 0 }},
		{first + "= 20, want 26 (where are the biases?)",
			func(s []int) int { return sum(s, func(i int) int { return s[i+1] * s[i] }) }},
		{first + "= 6, want 26 (where are the weights?)",
			func(s []int) int { return sum(s, func(i int) int { return s[i+1] }) }},
		{first + "= 29, want 26 (do the inputs have biases?)",
			func(s []int) int { return s[0] + sum(s, func(i int) int { return s[i+1] * (s[i] + 1) }) }},
		{first + "= 9, want 26 (is a weight there for each neuron, or for each pair of neurons?)",
			func(s []int) int { return s[0] + sum(s, func(i int) int { return s[i+1] }) }},
		{"not yet: parameters([2 1]) panics: runtime error: index out of range [2] with length 2",
			func(s []int) int { return s[1]*(s[0]+1) + s[2]*(s[1]+1) }},
		{"not yet: parameters changes sizes, which others still need: can it make a value of its own?",
			func(s []int) int {
				n := sum(s, func(i int) int { return s[i+1] * (s[i] + 1) })
				s[0] = 0
				return n
			}},
	} {
		if got := parameters(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

// What the learner sees is one line on stdout.
func ExampleSigmoid() {
	Sigmoid(func(z float64) float64 { return 1 / (1 + math.Exp(z)) })
	// Output: not yet: sigmoid(2) = 0.1192, want 0.8808 (which sign has the exponent?)
}
