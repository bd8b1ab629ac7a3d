package nnlib

// This file holds what network.go needs of vectors and matrices. Sums of
// products are made by arith: those of gonum differ from machine to machine.
// Operations on single elements have one correct result, so for them gonum
// serves as well as any.

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// mulVec returns w a.
func mulVec(w *mat.Dense, a *mat.VecDense) *mat.VecDense {
	z := mat.NewVecDense(w.RawMatrix().Rows, nil)
	arith.MulVec(values(z), matrix(w), values(a))
	return z
}

// MulTrans returns wᵀ δ, the errors δ sent back through the weights w: for those
// who write (BP2) themselves and want the same bits as Backprop. It panics where
// the shapes do not fit.
func MulTrans(w *mat.Dense, delta *mat.VecDense) *mat.VecDense {
	if rows, cols := w.Dims(); delta.Len() != rows {
		panic(fmt.Sprintf("nnlib: wᵀ δ with w %d × %d and δ of %d values", rows, cols, delta.Len()))
	}
	s := mat.NewVecDense(w.RawMatrix().Cols, nil)
	arith.MulTransVec(values(s), matrix(w), values(delta))
	return s
}

// hadamard returns u ⊙ v, the products u_j v_j.
func hadamard(u, v *mat.VecDense) *mat.VecDense {
	var uv mat.VecDense
	uv.MulElemVec(u, v)
	return &uv
}

// outer returns u vᵀ, the matrix of the products u_j v_k.
func outer(u, v *mat.VecDense) *mat.Dense {
	uv := mat.NewDense(u.Len(), v.Len(), nil)
	for j := range u.Len() {
		for k := range v.Len() {
			uv.Set(j, k, u.AtVec(j)*v.AtVec(k))
		}
	}
	return uv
}

// zeros returns vectors and matrices of 0, in the shapes of Biases and Weights.
func (n *Network) zeros() (b []*mat.VecDense, w []*mat.Dense) {
	for i, rows := range n.Sizes[1:] { // l = i+2
		b = append(b, mat.NewVecDense(rows, nil))
		w = append(w, mat.NewDense(rows, n.Sizes[i], nil))
	}
	return b, w
}

// normal draws count numbers from the normal distribution.
func normal(rand Source, count int) []float64 {
	v := make([]float64, count)
	for i := range v {
		v[i] = rand.NormFloat64()
	}
	return v
}

// matrix returns m as arith has it, not copied.
func matrix(m *mat.Dense) arith.Matrix {
	raw := m.RawMatrix()
	return arith.Matrix{Rows: raw.Rows, Cols: raw.Cols, Stride: raw.Stride, Data: raw.Data}
}

// values returns the components of v, copied only where they do not lie side
// by side.
func values(v *mat.VecDense) []float64 {
	raw := v.RawVector()
	if raw.Inc == 1 {
		return raw.Data
	}
	all := make([]float64, raw.N)
	for i := range all {
		all[i] = raw.Data[i*raw.Inc]
	}
	return all
}

// upTo returns 0, 1, … n-1.
func upTo(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}
