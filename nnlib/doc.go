// Package nnlib is a small neural network to learn from: fully connected
// layers of sigmoid neurons, trained by stochastic gradient descent with
// backpropagation.
//
//	net, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))
//	if err != nil {
//		return err
//	}
//	cfg := nnlib.Config{Epochs: 30, MiniBatchSize: 10, Eta: 3.0}
//	for epoch, err := range net.SGD(ctx, train, cfg) {
//		if err != nil {
//			return err
//		}
//		fmt.Printf("Epoch %d : %d / %d\n", epoch, net.Evaluate(test), test.Len())
//	}
//
// The example below is a whole program, to be run. Train and test are [Data]:
// mnist.Set is one, and [Examples] are for data written out by hand.
//
// # What to read
//
// The file network.go is the method, from New to Evaluate, with the equations
// beside it. UpdateMiniBatch and Backprop are there to be read and to be called
// from a notebook; SGD comes to the same bits faster, by the file engine.go.
// Three additions may be used one by one: another cost, by Network.Cost; other
// initial weights, by [NewScaled]; and regularisation, by Config.Lambda.
//
// Evaluate counts right answers. Outputs, Answers, MeanCost, Saturation,
// Gradient and GradientNorms say more about a network, and FiniteDifferences
// checks Backprop.
//
// # Sources
//
// Notation and method are those of Michael A. Nielsen, "Neural Networks and
// Deep Learning" (2015). A published page, whose address is not known to us,
// adapts its first chapter. The plain equation numbers in comments, such as (7),
// are the page's; an N marks those of the book, such as (N93). BP1 to BP4 are
// Nielsen's names.
//
// # Shapes and units
//
// Layers count from 1, the inputs, to L, the outputs, as in the equations;
// slices count from 0. A loop over the layers that have weights therefore says
// l = i+2:
//
//	Sizes[i]    neurons in layer i+1
//	Weights[i]  w^l, Sizes[i+1] × Sizes[i]: w_jk leads from neuron k of layer l-1 to neuron j of layer l
//	Biases[i]   b^l, Sizes[i+1] values
//	x, y        input and target of an example, Sizes[0] and Sizes[L-1] values
//	z, a, delta weighted inputs, activations and errors of a layer, a value for each neuron
//
// Activations lie between 0 and 1, and so should targets. Inputs may be any
// numbers; pixels are scaled from 0 … 255 to 0 … 1.
//
// # Errors
//
// What may come from outside the program (sizes, hyper-parameters, data,
// files) is answered by an error, a vector of the wrong length by a panic. Both
// say what was given and what was wanted. SGD returns its errors before it has
// changed anything. What only looks at a network, such as Evaluate, panics
// where the data or the weights do not fit it.
//
// # Arithmetic
//
// The same generator, data and Config give the same weights, bit for bit, on
// every machine. The order of every sum is part of the definition, and so is
// each rounding; docs/arithmetic.md has them all.
//
// A Network is not safe for concurrent use while it is trained. Several
// networks may be trained at once, on the same data.
package nnlib
