package nnlib

// This file is the network, to be read with the equations beside it. What it
// computes for one example at a time, engine.go computes for whole
// mini-batches with less work, to the same bits.

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
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

// Config holds the hyper-parameters of SGD. None has a default; without Lambda
// there is no regularisation.
type Config struct {
	Epochs        int     // passes through the training data, at least 1
	MiniBatchSize int     // examples per update of the weights, at least 1
	Eta           float64 // learning rate η: finite and greater than 0
	Lambda        float64 // L2 regularisation λ: 0 for none, at most n/η with n examples to train on
}

// maxParameters bounds the weights and biases of a network: 2 GiB of them.
const maxParameters = 1 << 28

// New returns a network with the given number of neurons in each layer, the
// inputs first, at least two layers. All biases, layer by layer, and then all
// weights, layer by layer and row by row, are drawn from rand's normal
// distribution. The network keeps rand for SGD, and a copy of sizes.
func New(sizes []int, rand Source) (*Network, error) {
	if err := checkSizes(sizes); err != nil {
		return nil, err
	}
	n := &Network{Sizes: slices.Clone(sizes), Rand: rand}
	draw := func(count int) []float64 {
		v := make([]float64, count)
		for i := range v {
			v[i] = rand.NormFloat64()
		}
		return v
	}
	for _, rows := range sizes[1:] {
		n.Biases = append(n.Biases, mat.NewVecDense(rows, draw(rows)))
	}
	for i, rows := range sizes[1:] { // l = i+2
		n.Weights = append(n.Weights, mat.NewDense(rows, sizes[i], draw(rows*sizes[i])))
	}
	return n, nil
}

func checkSizes(sizes []int) error {
	if len(sizes) < 2 {
		return fmt.Errorf("nnlib: sizes %v: %d layers, want at least 2 (inputs and outputs)", sizes, len(sizes))
	}
	parameters := int64(0)
	for i, size := range sizes {
		if size < 1 || size > maxParameters {
			return fmt.Errorf("nnlib: sizes %v: %d neurons in layer %d, want 1 to %d", sizes, size, i+1, maxParameters)
		}
		if i > 0 {
			parameters += int64(size) * int64(sizes[i-1]+1)
		}
		if parameters > maxParameters {
			return fmt.Errorf("nnlib: sizes %v: more than %d weights and biases", sizes, maxParameters)
		}
	}
	return nil
}

// Activations are a^1, …, a^L: what the layers of a network answer to an input.
type Activations []*mat.VecDense

// Output returns a^L, the answer of the last layer.
func (a Activations) Output() *mat.VecDense { return a[len(a)-1] }

// SigmoidPrime returns the slopes σ'(z) of the layer whose activations are
// a[i]: as a = σ(z), they are σ(z)(1 - σ(z)) = a (1 - a).                  (40)
func (a Activations) SigmoidPrime(i int) *mat.VecDense {
	prime := mat.NewVecDense(a[i].Len(), nil)
	for j := range a[i].Len() {
		prime.SetVec(j, a[i].AtVec(j)*(1-a[i].AtVec(j)))
	}
	return prime
}

// Feedforward returns the activations of all layers for the input x: a^1,
// which is x itself, then a^2 … a^L, the last being the network's output.
func (n *Network) Feedforward(x *mat.VecDense) Activations {
	n.mustFit("input", x, 0)
	activations := Activations{x}
	for i, w := range n.Weights { // l = i+2
		a := Sigmoid(Affine(w, activations[i], n.Biases[i])) // (7): a^l = σ(w^l a^{l-1} + b^l)
		activations = append(activations, a)
	}
	return activations
}

// Backprop returns the gradient of the cost of one example with input x and
// wanted output y: ∂C/∂b^l and ∂C/∂w^l, in the shapes of Biases and Weights.
func (n *Network) Backprop(x, y *mat.VecDense) (nablaB []*mat.VecDense, nablaW []*mat.Dense) {
	n.mustFit("wanted output", y, len(n.Sizes)-1)
	nablaB = make([]*mat.VecDense, len(n.Biases))
	nablaW = make([]*mat.Dense, len(n.Weights))
	activations := n.Feedforward(x)

	last := len(n.Weights) - 1
	delta := n.Cost.Delta(activations[last+1], y) // (BP1): δ^L = (a^L - y) ⊙ σ'(z^L) for the quadratic cost
	for i := last; ; i-- {                        // l = i+2
		nablaB[i] = delta                        // (BP3): ∂C/∂b^l_j = δ^l_j
		nablaW[i] = outer(delta, activations[i]) // (BP4): ∂C/∂w^l_jk = δ^l_j a^{l-1}_k
		if i == 0 {
			return nablaB, nablaW
		}
		delta = hadamard(MulTrans(n.Weights[i], delta), activations.SigmoidPrime(i)) // (BP2): δ^{l-1} = ((w^l)^T δ^l) ⊙ σ'(z^{l-1})
	}
}

// UpdateMiniBatch changes weights and biases by one step of gradient descent:
// against the sum of the examples' gradients, times Eta/MiniBatchSize. A
// mini-batch shorter than MiniBatchSize makes a smaller step. Count is the
// number of all training examples, by which Lambda is divided.
func (n *Network) UpdateMiniBatch(miniBatch Examples, cfg Config, count int) {
	if cfg.MiniBatchSize < 1 {
		panic(fmt.Sprintf("nnlib: Config.MiniBatchSize is %d, want at least 1", cfg.MiniBatchSize))
	}
	if count < 1 || count < len(miniBatch) {
		panic(fmt.Sprintf("nnlib: %d training examples, %d in a mini-batch of them", count, len(miniBatch)))
	}
	sumB := make([]*mat.VecDense, len(n.Biases))
	sumW := make([]*mat.Dense, len(n.Weights))
	for i, w := range n.Weights { // l = i+2
		rows, cols := w.Dims()
		sumB[i], sumW[i] = mat.NewVecDense(rows, nil), mat.NewDense(rows, cols, nil)
	}
	for _, example := range miniBatch {
		nablaB, nablaW := n.Backprop(example.X, example.Y)
		for i := range n.Weights { // l = i+2
			sumB[i].AddVec(sumB[i], nablaB[i])
			sumW[i].Add(sumW[i], nablaW[i])
		}
	}
	for i, w := range n.Weights { // l = i+2
		w.Scale(cfg.decay(count), w) // (N93): w^l = (1 - ηλ/n) w^l, the same if λ is 0
		sumW[i].Scale(cfg.rate(), sumW[i])
		w.Sub(w, sumW[i]) // (24): w^l = w^l - η/m Σ ∂C/∂w^l
		sumB[i].ScaleVec(cfg.rate(), sumB[i])
		n.Biases[i].SubVec(n.Biases[i], sumB[i]) // (25): b^l = b^l - η/m Σ ∂C/∂b^l
	}
}

// rate is η/m, also for a mini-batch that is shorter than m.
func (cfg Config) rate() float64 { return cfg.Eta / float64(cfg.MiniBatchSize) }

// decay is 1 - ηλ/n for n training examples.
func (cfg Config) decay(n int) float64 { return 1 - cfg.Eta*cfg.Lambda/float64(n) }

// SGD trains the network by stochastic gradient descent: each epoch shuffles
// the order of the examples, cuts it into mini-batches and makes one step
// with each. It is a loop over the numbers 0, 1, … of the epochs as they end:
//
//	for epoch, err := range net.SGD(ctx, train, cfg) { … }
//
// The loop's body may read and change the network, and break. An error comes
// with the last pass. It says what is wrong with the arguments, before anything
// was changed, or with what the loop's body has made of the network, or it
// wraps the error of ctx. A cancelled ctx ends
// training between two mini-batches, of which a long one is given up; the
// network can be used and trained further.
//
// The order carries over from epoch to epoch, also from one SGD to the next
// as long as the data have the same length: ten epochs and then twenty are
// the same as thirty. Other data start in their own order. The data are only
// read. Each loop over the result trains anew.
func (n *Network) SGD(ctx context.Context, train Data, cfg Config) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		if err := n.checkTraining(train, cfg); err != nil {
			yield(0, err)
			return
		}
		if len(n.order) != train.Len() {
			n.order = upTo(train.Len()) // in file order
		}
		engine := newEngine(n.Sizes, train)
		engine.pack()
		for epoch := range cfg.Epochs {
			if err := n.epoch(ctx, engine, cfg); err != nil {
				yield(epoch, err)
				return
			}
			if !yield(epoch, nil) {
				return
			}
		}
	}
}

// epoch trains on each example once, in a new order.
func (n *Network) epoch(ctx context.Context, engine *engine, cfg Config) error {
	if err := n.check(); err != nil { // the caller may have changed it
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("nnlib: training stopped before an epoch: %w", err)
	}
	engine.use(n)
	defer engine.finish()
	n.Rand.Shuffle(len(n.order), func(i, j int) { n.order[i], n.order[j] = n.order[j], n.order[i] })
	for order := n.order; len(order) > 0; order = order[min(cfg.MiniBatchSize, len(order)):] {
		if !engine.updateMiniBatch(ctx, order, cfg) {
			return fmt.Errorf("nnlib: training stopped, %d examples before the end of an epoch: %w", len(order), ctx.Err())
		}
	}
	return nil
}

func (n *Network) checkTraining(train Data, cfg Config) error {
	switch {
	case cfg.Epochs < 1:
		return fmt.Errorf("nnlib: Config.Epochs is %d, want at least 1", cfg.Epochs)
	case cfg.MiniBatchSize < 1:
		return fmt.Errorf("nnlib: Config.MiniBatchSize is %d, want at least 1", cfg.MiniBatchSize)
	case !(cfg.Eta > 0) || math.IsInf(cfg.Eta, 1):
		return fmt.Errorf("nnlib: Config.Eta, the learning rate, is %v, want a finite number above 0", cfg.Eta)
	case !(cfg.Lambda >= 0) || math.IsInf(cfg.Lambda, 1):
		return fmt.Errorf("nnlib: Config.Lambda, the regularisation, is %v, want a finite number from 0", cfg.Lambda)
	case arith.Err != nil:
		return arith.Err
	case n.Rand == nil:
		return errors.New("nnlib: Network.Rand is nil (as after Load): set it to the generator that is to shuffle the examples")
	}
	if err := n.check(); err != nil {
		return err
	}
	if err := n.checkData(train); err != nil {
		return err
	}
	if count := train.Len(); cfg.decay(count) < 0 {
		return fmt.Errorf("nnlib: Config.Lambda is %v, want at most %v: the number of examples, %d, divided by Eta", cfg.Lambda, float64(count)/cfg.Eta, count)
	}
	return nil
}

// check says whether weights and biases have the shapes that Sizes asks for,
// and whether there is such a cost.
func (n *Network) check() error {
	if err := checkSizes(n.Sizes); err != nil {
		return err
	}
	if layers := len(n.Sizes) - 1; len(n.Weights) != layers || len(n.Biases) != layers {
		return fmt.Errorf("nnlib: %d weight matrices and %d bias vectors, want %d of each for Sizes %v", len(n.Weights), len(n.Biases), layers, n.Sizes)
	}
	for i, w := range n.Weights { // l = i+2
		rows, cols := w.Dims()
		if rows != n.Sizes[i+1] || cols != n.Sizes[i] {
			return fmt.Errorf("nnlib: Weights[%d] is %d × %d, want %d × %d for Sizes %v", i, rows, cols, n.Sizes[i+1], n.Sizes[i], n.Sizes)
		}
		if biases := n.Biases[i].Len(); biases != rows {
			return fmt.Errorf("nnlib: Biases[%d] has %d values, want %d for Sizes %v", i, biases, rows, n.Sizes)
		}
	}
	return n.Cost.check()
}

func (n *Network) checkData(data Data) error {
	if data.Len() == 0 {
		return errors.New("nnlib: no examples in the data")
	}
	if examples, ok := data.(Examples); ok {
		if err := examples.check(); err != nil {
			return err
		}
	}
	inputs, outputs := data.Dims()
	if pictures, ok := data.(ByteData); ok { // kernels rely on it
		for i := range data.Len() {
			if n := len(pictures.Bytes(i)); n != inputs {
				return fmt.Errorf("nnlib: Bytes(%d) of the data has %d values, Dims promises %d", i, n, inputs)
			}
		}
	}
	if first, last := n.Sizes[0], n.Sizes[len(n.Sizes)-1]; inputs != first || outputs != last {
		return fmt.Errorf("nnlib: the data have %d inputs and %d outputs, the network %d and %d (Sizes %v)", inputs, outputs, first, last, n.Sizes)
	}
	return nil
}

// Evaluate returns for how many examples the largest output is where y is
// largest: the number of digits that are recognised. Of equal outputs the
// first counts; outputs that are not numbers are never right. It panics where
// the data or the weights do not fit the network.
func (n *Network) Evaluate(data Data) int {
	correct := 0
	_, outputs := data.Dims()
	y := make([]float64, outputs)
	n.each(data, func(example int, activations [][]float64) {
		data.Target(example, y)
		if answer := arith.Argmax(activations[len(activations)-1]); answer >= 0 && answer == arith.Argmax(y) {
			correct++
		}
	})
	return correct
}

// Affine returns the weighted inputs z = w a + b of a layer.               (8)
func Affine(w *mat.Dense, a, b *mat.VecDense) *mat.VecDense {
	rows, cols := w.Dims()
	if a.Len() != cols || b.Len() != rows {
		panic(fmt.Sprintf("nnlib: w a + b with w %d × %d, a of %d and b of %d values", rows, cols, a.Len(), b.Len()))
	}
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

// mustFit panics where v does not have a value for each neuron of a layer.
func (n *Network) mustFit(what string, v *mat.VecDense, layer int) {
	if v.Len() != n.Sizes[layer] {
		panic(fmt.Sprintf("nnlib: %s has %d values, Sizes[%d] is %d", what, v.Len(), layer, n.Sizes[layer]))
	}
}
