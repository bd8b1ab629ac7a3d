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
		{"not yet: sigmoid(2) = 0.1192, want 0.8808 (which sign does the exponent have?)",
			func(z float64) float64 { return 1 / (1 + math.Exp(z)) }},
		{"not yet: sigmoid(2) = 0.5, want 0.8808 (where is z?)",
			func(z float64) float64 { return 1 / (1 + math.Exp(0)) }},
		{"not yet: sigmoid(0) = +Inf, want 0.5 (is e^-z added to the 1, or taken away?)",
			func(z float64) float64 { return 1 / (1 - math.Exp(-z)) }},
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
	first := "not yet: neuron([2 -1 3], [0.5 0.25 1], -1.25) "
	for _, test := range []struct {
		want string
		f    func(w, a []float64, b float64) float64
	}{
		{"passed: neuron weighs its inputs, adds its bias and squeezes the sum, for any number of inputs",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a) + b) }},
		{first + "= 0, want 0.9241 (what is the weighted sum here, and the sigmoid of it?)", // the stub
			func(w, a []float64, b float64) float64 { return 0 }},
		{first + "= 2.5, want 0.9241 (where is the sigmoid?)",
			func(w, a []float64, b float64) float64 { return floats.Dot(w, a) + b }},
		{first + "= 3.75, want 0.9241 (where are the bias and the sigmoid?)",
			func(w, a []float64, b float64) float64 { return floats.Dot(w, a) }},
		{first + "= 0.977, want 0.9241 (where is the bias?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a)) }},
		{first + "= 0.9933, want 0.9241 (is the bias added?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a) - b) }},
		{first + "= -0.273, want 0.9241 (does the bias come before the sigmoid, or after it?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a)) + b }},
		{first + "= 0.07586, want 0.9241 (which sign does the exponent have?)",
			func(w, a []float64, b float64) float64 { return logistic(-floats.Dot(w, a) - b) }},
		{first + "= 0.6225, want 0.9241 (where are the weights?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Sum(a) + b) }},
		{first + "= 0.9399, want 0.9241 (where are the activations?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Sum(w) + b) }},
		{first + "= 0.5, want 0.9241 (is the bias added once, or once for each input?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w, a) + 3*b) }},
		{first + "= 0.4378, want 0.9241 (is only the first input in the sum?)", // return stands inside the loop
			func(w, a []float64, b float64) float64 { return logistic(w[0]*a[0] + b) }},
		{first + "= 0.852, want 0.9241 (is only the last input left of the sum?)", // = in place of +=
			func(w, a []float64, b float64) float64 { return logistic(w[len(w)-1]*a[len(w)-1] + b) }},
		{first + "= 0.3775, want 0.9241 (is the last input in the sum?)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w[:len(w)-1], a[:len(w)-1]) + b) }},
		{first + "= 0.8176, want 0.9241 (is the first input in the sum? A list begins at 0)",
			func(w, a []float64, b float64) float64 { return logistic(floats.Dot(w[1:], a[1:]) + b) }},
		{first + "= 0.8715, want 0.9241 (is the sigmoid applied to each term, or to the sum?)",
			func(w, a []float64, b float64) float64 {
				for k := range w {
					b += logistic(w[k] * a[k])
				}
				return b
			}},
		{first + "= 0.7159, want 0.9241 (is the sigmoid applied twice?)",
			func(w, a []float64, b float64) float64 { return logistic(logistic(floats.Dot(w, a) + b)) }},
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
		{square + "= [0.6508 0.5863], want [0.6225 0.3486] (is the sigmoid applied twice?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense { return nnlib.Sigmoid(right(w, a, b)) }},
		{square + "= [0.6225 0], want [0.6225 0.3486] (is every neuron's activation set?)", // return stands inside the loop
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				out := mat.NewVecDense(b.Len(), nil)
				out.SetVec(0, right(w, a, b).AtVec(0))
				return out
			}},
		{square + "= [0.5 0.5312], want [0.6225 0.3486] (is the bias added once for each neuron, or once for each input?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				b.ScaleVec(float64(a.Len()), b)
				return right(w, a, b)
			}},
		{square + "= [0.6225 0.4688], want [0.6225 0.3486] (does the sum begin anew for each neuron?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				z, out := nnlib.Affine(w, a, b), mat.NewVecDense(b.Len(), nil)
				for j, sum := range floats.CumSum(make([]float64, b.Len()), z.RawVector().Data) {
					out.SetVec(j, logistic(sum))
				}
				return out
			}},
		{square + "= [0.5 0.7058], want [0.6225 0.3486] (is only the last input left of the sum?)", // = in place of +=
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				out := mat.NewVecDense(b.Len(), nil)
				for j, k := range []int{1, 1} {
					out.SetVec(j, logistic(w.At(j, k)*a.AtVec(k)+b.AtVec(j)))
				}
				return out
			}},
		{square + "= [0.7311 0.5312], want [0.6225 0.3486] (which activation does w_jk weigh, that of j or that of k?)",
			func(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
				out := mat.NewVecDense(b.Len(), nil)
				for j := range b.Len() {
					out.SetVec(j, logistic((w.At(j, 0)+w.At(j, 1))*a.AtVec(j)+b.AtVec(j)))
				}
				return out
			}},
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
		{first + "= 27, want 26 (which layers have biases: the inputs, the outputs?)",
			func(s []int) int { return sum(s, func(i int) int { return s[i+1]*s[i] + s[i] }) }},
		{first + "= 24, want 26 (are all sizes multiplied with each other? Which layers have weights between them?)",
			func(s []int) int { return s[0] * s[1] * s[2] }},
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
	// Output: not yet: sigmoid(2) = 0.1192, want 0.8808 (which sign does the exponent have?)
}
