package nnlib

// This file looks into the engine. What it leaves out changes no bits, so only
// here one can see that it is left out.

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib/internal/arith"
	"nnbook/nnlib/nprand"
)

// bytePictures are ByteData with a label each; read counts calls of Bytes.
type bytePictures struct {
	pixels [][]byte
	read   int
}

func (p *bytePictures) Len() int                    { return len(p.pixels) }
func (p *bytePictures) Dims() (inputs, outputs int) { return len(p.pixels[0]), 2 }
func (p *bytePictures) Bytes(i int) []byte          { p.read++; return p.pixels[i] }
func (p *bytePictures) Target(i int, y []float64)   { y[i%2] = 1 }
func (p *bytePictures) Input(i int, x []float64) {
	for k, pixel := range p.pixels[i] {
		x[k] = FromByte(pixel)
	}
}

// Vector code packs the pictures before the first epoch and does not ask for
// them again. Without it they are read at each epoch.
func TestVectorCodeIsUsedWhereItApplies(t *testing.T) {
	fastest := arith.Names()[0]
	t.Cleanup(func() { arith.Select(fastest) })
	for _, c := range []struct {
		name              string
		inputs, miniBatch int
		weight            float64
		fast              bool
	}{
		{"pictures", 8, 3, 1, true},
		{"inputs that are no multiple of four", 7, 3, 1, false},
		{"the largest mini-batch", 8, arith.MaxMiniBatch, 1, true},
		{"a mini-batch that is too large", 8, arith.MaxMiniBatch + 1, 1, false},
		{"a weight that is infinite", 8, 3, math.Inf(1), false},
	} {
		for _, name := range arith.Names() {
			if err := arith.Select(name); err != nil {
				t.Fatal(err)
			}
			picture := []byte{0, 0, 255, 0, 51, 0, 0, 0}[:c.inputs]
			data := &bytePictures{pixels: slices.Repeat([][]byte{picture}, arith.MaxMiniBatch+1)}
			net, err := New([]int{c.inputs, 3, 2}, nprand.New(0))
			if err != nil {
				t.Fatal(err)
			}
			net.Weights[0].Set(0, 0, c.weight)
			readBefore := 0
			for epoch, err := range net.SGD(t.Context(), data, Config{Epochs: 2, MiniBatchSize: c.miniBatch, Eta: 1}) {
				if err != nil {
					t.Fatal(err)
				}
				if epoch == 0 {
					readBefore = data.read
				}
			}
			if fast := data.read == readBefore; fast != (c.fast && name != "sparse") {
				t.Errorf("%s, %s: vector code used: %v, want %v", c.name, name, fast, !fast)
			}
		}
	}
}

// A zero input adds nothing as long as all weights are finite.
func TestZeroInputsAreLeftOutWhereWeightsAreFinite(t *testing.T) {
	net, err := New([]int{5, 3, 2}, nprand.New(0))
	if err != nil {
		t.Fatal(err)
	}
	data := Examples{{X: mat.NewVecDense(5, []float64{0, 2, 0, 0, -1}), Y: mat.NewVecDense(2, nil)}}
	columns := func() []int {
		e := newEngine(net, data)
		e.load()
		e.addGradient(0)
		return e.changed
	}
	if got := columns(); !slices.Equal(got, []int{1, 4}) {
		t.Errorf("the gradient has columns %v, want 1 and 4", got)
	}
	net.Weights[0].Set(2, 0, math.NaN())
	if got := columns(); len(got) != 5 {
		t.Errorf("with a weight that is no number the gradient has columns %v, want all", got)
	}
}
