package nnlib

// This file adds initial weights that suit wide layers.

import (
	"fmt"
	"math"
)

// NewScaled returns a network as New does, from the same draws in the same
// order, and then divides each weight by the square root of n_in, the number of
// neurons from which its layer takes its inputs. The weights have variance
// 1/n_in, so weighted inputs are about as large in wide layers as in narrow
// ones, and few neurons begin saturated. Biases keep variance 1.
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

// ParseInitial returns the function that draws initial weights by this name: New
// for "normal", NewScaled for "scaled". Its error is a *ValueError.
func ParseInitial(name string) (func(sizes []int, rand Source) (*Network, error), error) {
	switch name {
	case "normal":
		return New, nil
	case "scaled":
		return NewScaled, nil
	}
	return nil, &ValueError{"initial weights", fmt.Sprintf("%.40q", name), "normal or scaled"}
}
