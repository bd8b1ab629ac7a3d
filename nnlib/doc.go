// Package nnlib is a small neural network to learn from: fully connected
// layers of sigmoid neurons, trained by stochastic gradient descent with
// backpropagation. It follows the notation of Michael A. Nielsen's "Neural
// Networks and Deep Learning" (2015). Equation numbers in comments are those of
// a published page that adapts its first chapter; (N57) is number 57 of the book.
//
// # Use
//
//	net, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))
//	...
//	cfg := nnlib.Config{Epochs: 30, MiniBatchSize: 10, Eta: 3.0}
//	for epoch, err := range net.SGD(ctx, train, cfg) {
//		if err != nil {
//			return err
//		}
//		fmt.Printf("Epoch %d : %d / %d\n", epoch, net.Evaluate(test), test.Len())
//	}
//
// That is the method of the page. Three things that it leaves for later may be
// added, one by one: another cost, net.Cost = nnlib.CrossEntropy; other initial
// weights, by NewScaled in place of New; and regularisation, by Config.Lambda.
//
// Evaluate counts right answers. Outputs, Answers, MeanCost, Saturation and
// GradientNorms say more about a network, FiniteDifferences checks Backprop.
//
// # Shapes
//
// Layers count from 1, the inputs, to L, as in the equations; slices count
// from 0. A loop over the layers that have weights therefore says l = i+2:
//
//	Weights[i]  w^l  Sizes[i+1] × Sizes[i], w_jk leads from neuron k of layer l-1 to neuron j of layer l
//	Biases[i]   b^l  Sizes[i+1]
//	a, z, delta      as long as their layer has neurons
//
// # Errors
//
// What may come from outside the program (sizes, hyper-parameters, data,
// files) is answered by an error, a vector of the wrong length by a panic;
// both say what was given and what was wanted.
//
// # Arithmetic
//
// The same generator, data and Config give the same weights, bit for bit, on
// every machine: the order of every sum is part of the definition
// (docs/arithmetic.md). A Network is not safe for concurrent use while it is
// trained; several networks may be trained at once.
package nnlib
