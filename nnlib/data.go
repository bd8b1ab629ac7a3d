package nnlib

// This file says what data a network takes.

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// Data are the examples 0 … Len()-1 that a network learns from, or is tested
// on. Each has an input x and a target y, the output that is wanted for it. SGD
// reads all examples once before it trains. Where several networks use the same
// data at once, the methods must be safe for that.
type Data interface {
	// Len is the number of examples.
	Len() int
	// Dims gives the lengths of x and of y: 784 and 10 for MNIST.
	Dims() (inputs, outputs int)
	// Input writes the input of example i into x, where every value is 0 before.
	Input(i int, x []float64)
	// Target writes the target of example i into y, where every value is 0
	// before: a 1 is all that a label needs.
	Target(i int, y []float64)
}

// ByteData are Data whose inputs are bytes, as pixels are, and mostly 0.
// Networks train on them several times faster, to the same bits, if the number
// of inputs is a multiple of four and mini-batches have at most 1024 examples.
//
// Bytes and Input must agree. Networks read the bytes and look at a few
// examples only to compare. So a type that embeds ByteData and replaces Input has
// to replace Bytes as well.
type ByteData interface {
	Data
	// Bytes returns the input of example i, a byte for each value: FromByte
	// gives the number that Input writes. The slice is only read.
	Bytes(i int) []byte
}

// FromByte returns the input, 0 … 1, that a byte stands for: pixel/255.
func FromByte(pixel byte) float64 { return arith.Bytes[pixel] }

// Examples are Data written out by hand, for small demonstrations and tests.
// All inputs have one length, and so have all targets.
type Examples []struct{ X, Y *mat.VecDense }

// Len is the number of examples.
func (e Examples) Len() int { return len(e) }

// Dims gives the lengths of X and Y.
func (e Examples) Dims() (inputs, outputs int) {
	if len(e) == 0 {
		return 0, 0
	}
	return e[0].X.Len(), e[0].Y.Len()
}

// check says which example has no vectors, or others than the first.
func (e Examples) check() error {
	for i, example := range e {
		if example.X == nil || example.Y == nil {
			return fmt.Errorf("nnlib: example %d has no X or no Y", i)
		}
		inputs, outputs := e.Dims()
		if x, y := example.X.Len(), example.Y.Len(); x != inputs || y != outputs {
			return fmt.Errorf("nnlib: example %d has %d inputs and %d outputs, want %d and %d as the first", i, x, y, inputs, outputs)
		}
	}
	return nil
}

// Input copies X of example i into x.
func (e Examples) Input(i int, x []float64) { copy(x, values(e[i].X)) }

// Target copies Y of example i into y.
func (e Examples) Target(i int, y []float64) { copy(y, values(e[i].Y)) }
