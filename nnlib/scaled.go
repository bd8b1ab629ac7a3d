package nnlib

import "math"

// NewScaled returns a network as New does, from the same draws in the same
// order, with each weight divided by the square root of the number of neurons
// that its layer takes in: they are of variance 1/n_in, so that weighted inputs
// are of about the same size in narrow and in wide layers, and few neurons
// begin saturated. Biases stay of variance 1.
func NewScaled(sizes []int, rand Source) (*Network, error) {
	n, err := New(sizes, rand)
	if err != nil {
		return nil, err
	}
	for i, w := range n.Weights { // l = i+2
		root := math.Sqrt(float64(n.Sizes[i]))
		w.Apply(func(_, _ int, weight float64) float64 { return weight / root }, w)
	}
	return n, nil
}
