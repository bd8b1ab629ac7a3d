package nnlib

// This file measures gradients: how steep the cost is for the weights of each
// layer, and whether Backprop is right.

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// FiniteDifferences estimates what Backprop computes, by the definition of a
// derivative: (C(p+h) - C(p-h)) / 2h for each bias and weight p. Each takes two
// calls of Feedforward, so this is for small networks. Its error is of order h²,
// the error by rounding of order 1e-16/h; h = 1e-5 balances them. It changes the
// network meanwhile, and leaves it as it was. It panics where x, y or h do not fit.
func (n *Network) FiniteDifferences(x, y *mat.VecDense, h float64) (nablaB []*mat.VecDense, nablaW []*mat.Dense) {
	n.mustFit("input", x, 0)
	n.mustFit("target", y, len(n.Sizes)-1)
	if !(h > 0) || math.IsInf(h, 1) {
		panic(fmt.Sprintf("nnlib: finite differences with h = %v, want a finite number above 0", h))
	}
	cost := func() float64 {
		return n.Cost.Value(n.Feedforward(x).Output(), y)
	}
	slope := func(p *float64) float64 {
		saved := *p
		*p = saved + h
		above := cost()
		*p = saved - h
		below := cost()
		*p = saved
		return (above - below) / (2 * h)
	}
	for i, w := range n.Weights { // l = i+2
		rows, cols := w.Dims()
		b := n.Biases[i].RawVector()
		nablaB, nablaW = append(nablaB, mat.NewVecDense(rows, nil)), append(nablaW, mat.NewDense(rows, cols, nil))
		for j := range rows {
			nablaB[i].SetVec(j, slope(&b.Data[j*b.Inc]))
			for k := range cols {
				nablaW[i].Set(j, k, slope(&w.RawRowView(j)[k]))
			}
		}
	}
	return nablaB, nablaW
}

// GradientNorms returns for each of the layers 2 … L the length ‖∂C/∂w^l‖ of
// the gradient of MeanCost by its weights: the root of the sum of the squares
// of its components. It panics where the data or the weights do not fit the
// network.
func (n *Network) GradientNorms(data Data) []float64 {
	_, nablaW := n.Gradient(data)
	norms := make([]float64, len(nablaW))
	for i, nabla := range nablaW { // l = i+2
		sum := 0.0
		for _, g := range nabla.RawMatrix().Data {
			sum += float64(g * g)
		}
		norms[i] = math.Sqrt(sum)
	}
	return norms
}

// Gradient returns the gradient of MeanCost: the mean over all examples of what
// Backprop returns for one. It panics where the data or the weights do not fit
// the network.
func (n *Network) Gradient(data Data) (nablaB []*mat.VecDense, nablaW []*mat.Dense) {
	n.mustMatch(data)
	engine := newEngine(n, data)
	engine.fast = nil // it has no sums of gradients
	engine.load()
	for example := range data.Len() {
		engine.addGradient(example)
	}
	mean := func(sums []float64) []float64 {
		means := make([]float64, len(sums))
		for i, sum := range sums {
			means[i] = sum / float64(data.Len())
		}
		return means
	}
	for i, l := range engine.layers { // l = i+2
		nablaB = append(nablaB, mat.NewVecDense(n.Sizes[i+1], mean(l.sumB)))
		nablaW = append(nablaW, mat.NewDense(n.Sizes[i+1], n.Sizes[i], mean(l.sumW.Data)))
	}
	return nablaB, nablaW
}
