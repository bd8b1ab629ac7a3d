package nnlib

// This file looks at networks without changing them: what they answer on data,
// what that costs, how many of their neurons are saturated.

import (
	"iter"

	"gonum.org/v1/gonum/mat"
)

// The methods below take all examples of the data. Like Evaluate they panic
// where the data or the weights do not fit the network.

// Outputs returns the outputs a^L of all examples, one in each row.
func (n *Network) Outputs(data Data) *mat.Dense {
	var outputs []float64
	for _, a := range n.activations(data) {
		outputs = append(outputs, a[len(a)-1]...)
	}
	return mat.NewDense(data.Len(), n.Sizes[len(n.Sizes)-1], outputs)
}

// Answers returns the Answer of each example's output: for digits, which digit
// the network takes it for.
func (n *Network) Answers(data Data) []int {
	var answers []int
	for _, a := range n.activations(data) {
		answers = append(answers, Answer(a[len(a)-1]))
	}
	return answers
}

// MeanCost returns the mean of the examples' costs by n.Cost. Regularisation is
// no part of it.
func (n *Network) MeanCost(data Data) float64 {
	sum := 0.0
	for output, target := range n.outputs(data) {
		sum += n.Cost.value(output, target)
	}
	return sum / float64(data.Len())
}

// Saturation returns for each of the layers 2 … L the share, 0 … 1, of its
// activations that are at most 0.01 or at least 0.99, over all neurons and
// examples. There the slope σ' is below 0.01, and a neuron learns little.
func (n *Network) Saturation(data Data) []float64 {
	shares := make([]float64, len(n.Weights))
	for _, layers := range n.activations(data) {
		for i, layer := range layers { // l = i+2
			for _, a := range layer {
				if a <= 0.01 || a >= 0.99 {
					shares[i]++
				}
			}
		}
	}
	for i := range shares { // l = i+2
		shares[i] /= float64(data.Len()) * float64(n.Sizes[i+1])
	}
	return shares
}

// outputs goes through the examples: the output a^L and the target of each,
// which are good until the next one.
func (n *Network) outputs(data Data) iter.Seq2[[]float64, []float64] {
	return func(yield func([]float64, []float64) bool) {
		n.mustMatch(data)
		engine := newEngine(n, data)
		engine.load()
		for example, a := range engine.activations() {
			engine.target(example, engine.y)
			if !yield(a[len(a)-1], engine.y) {
				return
			}
		}
	}
}

// activations goes through the examples: the number of each, and its
// a^2 … a^L, which are good until the next one.
func (n *Network) activations(data Data) iter.Seq2[int, [][]float64] {
	n.mustMatch(data)
	engine := newEngine(n, data)
	engine.load()
	return engine.activations()
}
