package play

// This file asks an answer for its reasons: which pixels spoke for it, and what
// it becomes where one knows that there is a digit.

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// Argued returns what each pixel adds to the weighted input z of one neuron of
// the last layer, compared with blank paper, for which it is empty:
//
//	z = empty + sum of argued
//
// Going back from layer to layer, a neuron's activation has changed by
// Δa = σ(z) - σ(z of blank paper), and this is shared out among what came in by
// Δz, in which each input has the part w·Δa of the layer before. With one hidden
// layer that is the mean of the gradient on the straight way from blank paper to
// the picture, times the picture: M. Sundararajan, A. Taly and Q. Yan, "Axiomatic
// Attribution for Deep Networks", ICML (2017). With more it is the rescale rule of
// A. Shrikumar, P. Greenside and A. Kundaje, "Learning Important Features Through
// Propagating Activation Differences", ICML (2017).
func Argued(net *nnlib.Network, p *Picture, digit int) (argued []float64, empty float64) {
	x := p.input()
	a, blank := net.Feedforward(x), net.Feedforward(mat.NewVecDense(len(p), nil))
	last := len(net.Weights) - 1
	z := func(i int, a nnlib.Activations) *mat.VecDense { // z^l, l = i+2
		return nnlib.Affine(net.Weights[i], a[i], net.Biases[i])
	}
	// share is how much z of the digit moves for each 1 by which this layer's activations do.
	share := mat.VecDenseCopyOf(net.Weights[last].RowView(digit))
	for i := last - 1; i >= 0; i-- { // l = i+2
		z, before := z(i, a), z(i, blank)
		for j := range share.Len() {
			dz := z.AtVec(j) - before.AtVec(j)
			slope := float64((1 - a[i+1].AtVec(j)) * a[i+1].AtVec(j)) // σ'(z): the limit where nothing has changed
			if math.Abs(dz) > 1e-6 {
				slope = (a[i+1].AtVec(j) - blank[i+1].AtVec(j)) / dz
			}
			share.SetVec(j, float64(share.AtVec(j)*slope))
		}
		share = nnlib.MulTrans(net.Weights[i], share)
	}
	share.MulElemVec(share, x)
	return share.RawVector().Data, z(last, blank).AtVec(digit)
}

// Softmax returns the shares e^z_d / Σ e^z: all above 0, and 1 together.
func Softmax(z []float64) []float64 {
	most := slices.Max(z) // taking it off changes no share, and keeps e^z finite
	shares, sum := make([]float64, len(z)), 0.0
	for d := range z {
		shares[d] = math.Exp(z[d] - most) // to be shown, to a few digits: its last bit may differ between machines
		sum += shares[d]
	}
	for d := range shares {
		shares[d] /= sum
	}
	return shares
}
