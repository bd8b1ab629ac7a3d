package nnlib

// This file looks at networks without changing them: what they answer on data,
// what that costs, how many of their neurons are saturated.

import (
	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// The methods below take all examples of the data. Like Evaluate they panic
// where the data or the weights do not fit the network.

// Outputs returns the outputs a^L of all examples, a row for each.
func (n *Network) Outputs(data Data) *mat.Dense {
	n.mustMatch(data)
	outputs := mat.NewDense(data.Len(), n.Sizes[len(n.Sizes)-1], nil)
	n.each(data, func(example int, a [][]float64) { outputs.SetRow(example, a[len(a)-1]) })
	return outputs
}

// Answers returns for each example the index of the first largest output, and
// -1 where an output is not a number.
func (n *Network) Answers(data Data) []int {
	answers := make([]int, data.Len())
	n.each(data, func(example int, a [][]float64) { answers[example] = arith.Argmax(a[len(a)-1]) })
	return answers
}

// MeanCost returns the mean of the examples' costs by n.Cost. Regularisation is
// no part of it.
func (n *Network) MeanCost(data Data) float64 {
	_, outputs := data.Dims()
	y, sum := make([]float64, outputs), 0.0
	n.each(data, func(example int, a [][]float64) {
		data.Target(example, y)
		sum += n.Cost.value(a[len(a)-1], y)
	})
	return sum / float64(data.Len())
}

// Saturation returns for each of the layers 2 … L which share of its
// activations, over all neurons and examples, is at most 0.01 or at least
// 0.99. There the slope σ' is below 0.01, so that little can be learned.
func (n *Network) Saturation(data Data) []float64 {
	shares := make([]float64, len(n.Weights))
	n.each(data, func(_ int, activations [][]float64) {
		for i, layer := range activations { // l = i+2
			for _, a := range layer {
				if a <= 0.01 || a >= 0.99 {
					shares[i]++
				}
			}
		}
	})
	for i := range shares { // l = i+2
		shares[i] /= float64(data.Len()) * float64(n.Sizes[i+1])
	}
	return shares
}

// each calls visit for each example with its number and the activations of
// layers 2 … L, which are good until visit returns.
func (n *Network) each(data Data, visit func(example int, activations [][]float64)) {
	n.mustMatch(data)
	engine := newEngine(n.Sizes, data)
	engine.use(n)
	engine.each(visit)
}

// mustMatch panics where the network is not sound or the data do not fit it.
func (n *Network) mustMatch(data Data) {
	err := n.check()
	if err == nil {
		err = n.checkData(data)
	}
	if err != nil {
		panic(err)
	}
}
