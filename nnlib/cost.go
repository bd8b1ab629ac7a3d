package nnlib

// This file holds the cost functions: what it costs that an output is not its
// target, and the error δ^L with which backpropagation begins.

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// CostFunction says how far an output a is from its target y.
type CostFunction int

const (
	Quadratic    CostFunction = iota // C = ½ Σ_j (y_j - a_j)²
	CrossEntropy                     // C = -Σ_j [y_j ln a_j + (1 - y_j) ln(1 - a_j)]   (N63)
)

// String returns "quadratic" or "cross-entropy".
func (c CostFunction) String() string {
	switch c {
	case Quadratic:
		return "quadratic"
	case CrossEntropy:
		return "cross-entropy"
	}
	return fmt.Sprintf("CostFunction(%d)", int(c))
}

// ParseCost returns the cost function with this name: "quadratic" or
// "cross-entropy". Its error is a *ValueError.
func ParseCost(name string) (CostFunction, error) {
	for _, c := range []CostFunction{Quadratic, CrossEntropy} {
		if c.String() == name {
			return c, nil
		}
	}
	return 0, &ValueError{"cost", fmt.Sprintf("%.40q", name), fmt.Sprintf("%v or %v", Quadratic, CrossEntropy)}
}

// Value returns the cost, 0 or more, of one example with output a and target y,
// whose values lie between 0 and 1. It is finite even where rounding has made
// an output 0 or 1: CrossEntropy takes a_j for at least 2^-1022 and 1 - a_j for
// at least 2^-54. It panics where a and y differ in length.
func (c CostFunction) Value(a, y *mat.VecDense) float64 {
	c.mustFit(a, y)
	return c.value(values(a), values(y))
}

func (c CostFunction) value(a, y []float64) float64 {
	sum := 0.0
	for j, a := range a {
		if c == CrossEntropy {
			sum -= float64(y[j]*arith.Log(max(a, 0x1p-1022))) + float64((1-y[j])*arith.Log(max(1-a, 0x1p-54)))
		} else {
			sum += float64((y[j]-a)*(y[j]-a)) / 2
		}
	}
	return sum
}

// Delta returns the output error δ^L = ∂C/∂z^L of one example with output a and
// target y. It is (a - y) ⊙ σ'(z^L) for Quadratic, by (39) and (BP1). The
// derivative of CrossEntropy divides by σ', so that a - y is left (N66). It
// panics where a and y differ in length.
func (c CostFunction) Delta(a, y *mat.VecDense) *mat.VecDense {
	c.mustFit(a, y)
	delta := mat.NewVecDense(a.Len(), nil)
	c.delta(values(delta), values(a), values(y))
	return delta
}

func (c CostFunction) delta(delta, a, y []float64) {
	for j, a := range a {
		delta[j] = a - y[j]
		if c == Quadratic {
			delta[j] = float64(delta[j] * float64(a*(1-a)))
		}
	}
}

func (c CostFunction) check() error {
	if c != Quadratic && c != CrossEntropy {
		return fmt.Errorf("nnlib: Network.Cost is %v, want Quadratic or CrossEntropy", c)
	}
	return nil
}

// mustFit panics where c is no cost, or a and y differ in length.
func (c CostFunction) mustFit(a, y *mat.VecDense) {
	if err := c.check(); err != nil {
		panic(err)
	}
	if a.Len() != y.Len() {
		panic(fmt.Sprintf("nnlib: output of %d values, target of %d", a.Len(), y.Len()))
	}
}
