package nnlib

// This file is the method, to be read from top to bottom with the equations
// beside it: a network, its answer, the gradient, a step, the training, the
// test. check.go has what is checked on the way, engine.go how SGD and Evaluate
// compute the same faster.

import (
	"context"
	"iter"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// Network is a neural network of fully connected layers of sigmoid neurons.
// Weights and biases may be changed at any time but during an epoch of SGD;
// they must keep the shapes that Sizes asks for.
type Network struct {
	Sizes   []int           // number of neurons in layers 1 … L
	Weights []*mat.Dense    // w^2 … w^L
	Biases  []*mat.VecDense // b^2 … b^L
	Rand    Source          // shuffles the examples; nil after Load
	Cost    CostFunction    // what SGD makes small: Quadratic unless set

	order []int // the examples as shuffled by the last epoch of SGD
}

// Source draws random numbers. A *nprand.Generator is one.
type Source interface {
	// NormFloat64 draws from the normal distribution of mean 0 and variance 1.
	NormFloat64() float64
	// Shuffle permutes n things at random by calls of swap.
	Shuffle(n int, swap func(i, j int))
}

// New returns a network with the given number of neurons in each layer, the
// inputs first, at least two layers. All biases, layer by layer, and then all
// weights, layer by layer and row by row, are drawn from rand's normal
// distribution. The network keeps rand for SGD, and a copy of sizes. Sizes below
// 1, or of more than 2^28 weights and biases together, are an error.
func New(sizes []int, rand Source) (*Network, error) {
	if err := checkSizes(sizes); err != nil {
		return nil, err
	}
	n := &Network{Sizes: slices.Clone(sizes), Rand: rand}
	for _, rows := range sizes[1:] {
		n.Biases = append(n.Biases, mat.NewVecDense(rows, normal(rand, rows)))
	}
	for i, rows := range sizes[1:] { // l = i+2
		cols := sizes[i]
		n.Weights = append(n.Weights, mat.NewDense(rows, cols, normal(rand, rows*cols)))
	}
	return n, nil
}

// Activations are a^1 … a^L: what each layer makes of an input.
type Activations []*mat.VecDense

// Output returns a^L, the network's output.
func (a Activations) Output() *mat.VecDense { return a[len(a)-1] }

// Feedforward returns the activations of all layers for the input x: a^1,
// which is x itself, then a^2 … a^L, the last being the network's output. It
// panics where x does not have a value for each input.
func (n *Network) Feedforward(x *mat.VecDense) Activations {
	n.mustFit("input", x, 0)
	a := Activations{x}
	for i, w := range n.Weights { // l = i+2
		a = append(a, Sigmoid(Affine(w, a[i], n.Biases[i]))) // (7): a^l = σ(w^l a^{l-1} + b^l)
	}
	return a
}

// Backprop returns the gradient of the cost of one example with input x and
// target y: ∂C/∂b^l and ∂C/∂w^l, in the shapes of Biases and Weights. It panics
// where x or y does not have a value for each input or output.
func (n *Network) Backprop(x, y *mat.VecDense) (nablaB []*mat.VecDense, nablaW []*mat.Dense) {
	n.mustFit("target", y, len(n.Sizes)-1)
	nablaB = make([]*mat.VecDense, len(n.Biases))
	nablaW = make([]*mat.Dense, len(n.Weights))
	a := n.Feedforward(x)
	last := len(n.Weights) - 1
	var delta *mat.VecDense
	for i := last; i >= 0; i-- { // l = i+2, so a^l is a[i+1]
		if i == last { // (BP1): δ^L = (a^L - y) ⊙ σ'(z^L) for the quadratic cost
			delta = n.Cost.Delta(a.Output(), y)
		} else { // (BP2): δ^l = ((w^{l+1})^T δ^{l+1}) ⊙ σ'(z^l)
			delta = hadamard(MulTrans(n.Weights[i+1], delta), a.SigmoidPrime(i+1))
		}
		nablaB[i] = delta              // (BP3): ∂C/∂b^l_j = δ^l_j
		nablaW[i] = outer(delta, a[i]) // (BP4): ∂C/∂w^l_jk = δ^l_j a^{l-1}_k
	}
	return nablaB, nablaW
}

// UpdateMiniBatch makes one step of gradient descent with the learning rate
// eta, against the sum of the examples' gradients divided by m, the size of a
// mini-batch. The last mini-batch of an epoch may have fewer examples: its step
// is shorter. It panics where there are more, or vectors do not fit.
func (n *Network) UpdateMiniBatch(miniBatch Examples, eta float64, m int) {
	mustBeMiniBatch(miniBatch, m)
	sumB, sumW := n.sumGradients(miniBatch)
	n.descend(sumB, sumW, eta/float64(m))
}

// sumGradients adds up the gradients of the examples, one after the other.
func (n *Network) sumGradients(miniBatch Examples) (sumB []*mat.VecDense, sumW []*mat.Dense) {
	sumB, sumW = n.zeros()
	for _, example := range miniBatch {
		nablaB, nablaW := n.Backprop(example.X, example.Y)
		for i := range n.Weights { // l = i+2
			sumB[i].AddVec(sumB[i], nablaB[i])
			sumW[i].Add(sumW[i], nablaW[i])
		}
	}
	return sumB, sumW
}

// descend makes a step downhill; rate is η/m.
func (n *Network) descend(sumB []*mat.VecDense, sumW []*mat.Dense, rate float64) {
	for i, w := range n.Weights { // l = i+2
		sumW[i].Scale(rate, sumW[i])
		w.Sub(w, sumW[i]) // (24): w^l = w^l - η/m Σ ∂C/∂w^l
		sumB[i].ScaleVec(rate, sumB[i])
		n.Biases[i].SubVec(n.Biases[i], sumB[i]) // (25): b^l = b^l - η/m Σ ∂C/∂b^l
	}
}

// Config holds the hyper-parameters of SGD. None has a default; without Lambda
// there is no regularisation.
type Config struct {
	Epochs        int     // passes through the training data, at least 1
	MiniBatchSize int     // m, examples per step, at least 1
	Eta           float64 // learning rate η: finite and greater than 0
	Lambda        float64 // L2 regularisation λ, see UpdateRegularised: 0 for none, at most n/η
}

// SGD trains the network by stochastic gradient descent. It is a loop over the
// numbers 0, 1, … of the epochs as they end:
//
//	for epoch, err := range net.SGD(ctx, train, cfg) { … }
//
// Each epoch shuffles the examples, cuts them into mini-batches, and makes a
// step with each. The steps are those of UpdateMiniBatch, or of UpdateRegularised
// where there is a Lambda, to the same bits; engine.go makes them faster. The
// test TestBitsOfSGDAreThoseOfUpdateMiniBatch shows that they are the same.
//
// The loop's body may read and change the network, and break. An error comes
// with the last pass. Where the arguments are wrong, nothing has been changed. A
// cancelled ctx ends training between two mini-batches, or in the middle of a
// long one, which then changes nothing; the error wraps that of ctx. The network
// can be used and trained further.
//
// Each epoch shuffles the order that the last one left, also from one SGD to the
// next with as many examples: ten epochs and then twenty are the same as thirty.
// The data are only read; they must not change meanwhile. Each loop over the
// result trains anew.
func (n *Network) SGD(ctx context.Context, train Data, cfg Config) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		if err := n.checkTraining(train, cfg); err != nil {
			yield(0, err)
			return
		}
		engine := newTraining(n, train, cfg)
		for epoch := range cfg.Epochs {
			err := engine.begin(ctx)
			if err == nil {
				n.shuffle(train.Len())
				for miniBatch := range slices.Chunk(n.order, cfg.MiniBatchSize) {
					engine.updateMiniBatch(ctx, miniBatch) // as UpdateMiniBatch, until ctx is cancelled
				}
				err = engine.end(ctx)
			}
			if !yield(epoch, err) || err != nil {
				return
			}
		}
	}
}

// shuffle puts the examples 0 … count-1 in a new order, made from the last one.
func (n *Network) shuffle(count int) {
	if len(n.order) != count {
		n.order = upTo(count)
	}
	n.Rand.Shuffle(count, func(i, j int) { n.order[i], n.order[j] = n.order[j], n.order[i] })
}

// Evaluate returns how many of the examples the network answers right: of
// digits, how many it recognises. An example is right where its output and its
// target have the same Answer. Evaluate panics where the data or the weights do
// not fit the network.
func (n *Network) Evaluate(data Data) int {
	correct := 0
	for output, target := range n.outputs(data) {
		if answer := Answer(output); answer >= 0 && answer == Answer(target) {
			correct++
		}
	}
	return correct
}

// Answer returns what an output, or a target, stands for. Of several values it
// is the index of the largest, or the first of equal ones: the digit. A single
// value stands for yes or no: 1 above the threshold 0.5, else 0. Where a value
// is not a number (NaN), the answer is -1, which is never right.
func Answer(output []float64) int {
	answer := arith.Argmax(output)
	if len(output) == 1 && output[0] > 0.5 {
		answer = 1
	}
	return answer
}

// Affine returns the weighted inputs z = w a + b of a layer.               (8)
// It panics where the shapes do not fit.
func Affine(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
	mustBeAffine(w, a, b)
	z := mulVec(w, a)
	z.AddVec(z, b)
	return z
}

// Sigmoid returns a = σ(z) = 1/(1 + e^-z) for each component.              (3)
func Sigmoid(z *mat.VecDense) *mat.VecDense {
	a := mat.NewVecDense(z.Len(), nil)
	for j := range z.Len() {
		a.SetVec(j, arith.Sigmoid(z.AtVec(j)))
	}
	return a
}

// SigmoidPrime returns σ'(z) for each neuron of the layer whose activations are
// a[i]. As a = σ(z), the slope σ(z)(1 - σ(z)) is a (1 - a).               (40)
func (a Activations) SigmoidPrime(i int) *mat.VecDense {
	prime := mat.NewVecDense(a[i].Len(), nil)
	for j := range a[i].Len() {
		prime.SetVec(j, a[i].AtVec(j)*(1-a[i].AtVec(j)))
	}
	return prime
}
