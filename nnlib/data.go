package nnlib

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
)

// Data is what a network learns from, or is tested on: the examples
// 0 … Len()-1, each an input x and the wanted output y.
type Data interface {
	// Len is the number of examples.
	Len() int
	// Dims gives the lengths of x and of y: 784 and 10 for MNIST.
	Dims() (inputs, outputs int)
	// Input writes the input of example i into x.
	Input(i int, x []float64)
	// Target writes the wanted output of example i into y.
	Target(i int, y []float64)
}

// ByteData are Data whose inputs are bytes, as pixels are, and mostly 0.
// Networks train on them several times faster, to the same bits, if the number
// of inputs is a multiple of four and mini-batches have at most 1024 examples.
type ByteData interface {
	Data
	// Bytes returns the input of example i, a byte for each value, of which
	// Input makes numbers by FromByte. It is only read.
	Bytes(i int) []byte
}

// FromByte returns the input that a byte stands for: pixel/255.
func FromByte(pixel byte) float64 { return arith.Bytes[pixel] }

// Examples are Data written out by hand, for small demonstrations and tests.
// All inputs have one length, and all outputs.
type Examples []struct{ X, Y *mat.VecDense }

func (e Examples) Len() int { return len(e) }

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

func (e Examples) Input(i int, x []float64) { copy(x, values(e[i].X)) }

func (e Examples) Target(i int, y []float64) { copy(y, values(e[i].Y)) }
