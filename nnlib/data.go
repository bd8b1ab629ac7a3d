package nnlib

import "gonum.org/v1/gonum/mat"

// Data is what a network learns from, or is tested on: the examples
// 0 … Len()-1, each an input x and the wanted output y.
type Data interface {
	// Len is the number of examples.
	Len() int
	// Dims gives the lengths of x and of y: 784 and 10 for MNIST.
	Dims() (inputs, outputs int)
	// Example writes example i into x and y, which have these lengths.
	Example(i int, x, y []float64)
}

// Examples are Data written out by hand, for small demonstrations and tests.
// All inputs have one length, and all outputs.
type Examples []struct{ X, Y *mat.VecDense }

func (e Examples) Len() int { return len(e) }

func (e Examples) Dims() (inputs, outputs int) {
	if len(e) == 0 {
		return 0, 0
	}
	return e[0].X.Len(), e[0].Y.Len()
}

func (e Examples) Example(i int, x, y []float64) {
	copy(x, values(e[i].X))
	copy(y, values(e[i].Y))
}
