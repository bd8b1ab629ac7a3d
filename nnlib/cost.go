package nnlib

// This file holds the cost functions: what it costs that an output is not its
// target, and the error δ^L with which backpropagation begins.

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// CostFunction says how far an output a is from its target y.
type CostFunction int

const (
	Quadratic    CostFunction = iota // C = ½ Σ_j (y_j - a_j)²
	CrossEntropy                     // C = -Σ_j [y_j ln a_j + (1 - y_j) ln(1 - a_j)]   (N63)
)

// costs says of each cost function all that there is to know.
var costs = [...]struct {
	name  string
	value func(a, y float64) float64  // what one output adds to C
	delta func(delta, a, y []float64) // computes δ^L = ∂C/∂z^L
}{
	Quadratic:    {"quadratic", quadratic, quadraticDelta},
	CrossEntropy: {"cross-entropy", crossEntropy, crossEntropyDelta},
}

func quadratic(a, y float64) float64 { return float64((y-a)*(y-a)) / 2 }

// The derivative by a is a - y (39), so δ^L is (a - y) ⊙ σ'(z^L), (BP1).
func quadraticDelta(delta, a, y []float64) {
	for j, a := range a {
		delta[j] = float64((a - y[j]) * float64(a*(1-a)))
	}
}

// Rounding may have made an output 0 or 1, of which there is no logarithm.
func crossEntropy(a, y float64) float64 {
	return -(float64(y*arith.Log(max(a, 0x1p-1022))) + float64((1-y)*arith.Log(max(1-a, 0x1p-54))))
}

// The derivative by a is (a - y)/σ'(z^L), so a - y is left of (BP1).       (N66)
func crossEntropyDelta(delta, a, y []float64) {
	for j, a := range a {
		delta[j] = a - y[j]
	}
}

// ParseCost returns the cost function with this name: "quadratic" or
// "cross-entropy". Its error is a *ValueError.
func ParseCost(name string) (CostFunction, error) {
	for c := range costs {
		if costs[c].name == name {
			return CostFunction(c), nil
		}
	}
	return 0, &ValueError{"cost", fmt.Sprintf("%.40q", name), costNames()}
}

func costNames() string {
	var names []string
	for _, c := range costs {
		names = append(names, c.name)
	}
	return strings.Join(names, " or ")
}

// String returns the name of c, such as "cross-entropy".
func (c CostFunction) String() string {
	if c.check() != nil {
		return fmt.Sprintf("CostFunction(%d)", int(c))
	}
	return costs[c].name
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
	for j := range a {
		sum += costs[c].value(a[j], y[j])
	}
	return sum
}

// Delta returns the output error δ^L = ∂C/∂z^L of one example with output a and
// target y: (a - y) ⊙ σ'(z^L) for Quadratic, and a - y for CrossEntropy. It
// panics where a and y differ in length.
func (c CostFunction) Delta(a, y *mat.VecDense) *mat.VecDense {
	c.mustFit(a, y)
	delta := mat.NewVecDense(a.Len(), nil)
	costs[c].delta(values(delta), values(a), values(y))
	return delta
}

func (c CostFunction) check() error {
	if c < 0 || int(c) >= len(costs) {
		return fmt.Errorf("nnlib: Network.Cost is CostFunction(%d), want %s", int(c), costNames())
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
