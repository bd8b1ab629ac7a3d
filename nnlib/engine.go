package nnlib

// This file is the one seam between what network.go says and how it is
// computed: whole mini-batches and whole evaluations go through an engine. It
// makes the same sums in the same order as Backprop and UpdateMiniBatch, so
// the bits are the same, but leaves out zero pixels and allocates nothing.
// Where it can it leaves the work to the vector kernels.

import (
	"context"
	"slices"

	"nnbook/nnlib/internal/arith"
)

// engine works on a network's weights and biases, for one set of data.
type engine struct {
	data   Data
	layers []layer                     // 2 … L, in place
	x, y   []float64                   // the example at hand
	delta  func(delta, a, y []float64) // the error of the outputs, by the network's cost

	// The inputs of many data are mostly 0. Where that is so, layer 2 needs
	// the other columns of its weights only.
	finite  bool   // all weights of layer 2 are finite: 0 times each is 0
	columns []int  // of the example at hand, ascending
	touched []int  // of the mini-batch at hand: where sums of layer 2 are made
	isIn    []bool // whether a column is in touched

	// The vector kernels, for images of bytes.
	fast   *arith.Fast // nil: not for this network, data or processor
	isFast bool        // the weights are there, and those in layers out of date
	bytes  ByteData    // data
	images []uint64    // all of data, packed one after the other
	starts []int       // where each begins, and the last ends
	batch  [][]uint64  // the mini-batch at hand, then the next one
	wanted []float64   // its outputs
}

// layer is layer l = i+2 of an engine.
type layer struct {
	w     arith.Matrix
	b     arith.Matrix // one column
	kinds []arith.Kind
	all   []int // all columns of w

	a, delta []float64    // of the example at hand
	sumB     []float64    // sums over the mini-batch at hand, else 0
	sumW     arith.Matrix // the same; no Data before sums are made
}

// newEngine returns an engine for networks of these sizes, and for data that
// have been checked against them; use comes next.
func newEngine(sizes []int, data Data) *engine {
	e := &engine{
		data: data,
		x:    make([]float64, sizes[0]),
		y:    make([]float64, sizes[len(sizes)-1]),
		isIn: make([]bool, sizes[0]),
	}
	for i, rows := range sizes[1:] { // l = i+2
		cols := sizes[i]
		e.layers = append(e.layers, layer{
			kinds: arith.Kinds(rows, cols),
			all:   upTo(cols),
			a:     make([]float64, rows),
			delta: make([]float64, rows),
			sumB:  make([]float64, rows),
			sumW:  arith.Matrix{Rows: rows, Cols: cols, Stride: cols},
		})
	}
	if bytes, ok := data.(ByteData); ok {
		e.bytes, e.fast = bytes, arith.NewFast(sizes)
	}
	return e
}

// pack prepares all images of the data for training.
func (e *engine) pack() {
	if e.fast == nil {
		return
	}
	n := e.data.Len()
	e.starts = make([]int, 1, n+1)
	for i := range n {
		if i == 1000 { // enough to know about how long the list will be
			e.images = slices.Grow(e.images, len(e.images)/i*(n-i)*21/20)
		}
		e.images = e.fast.Pack(e.images, e.bytes.Bytes(i))
		e.starts = append(e.starts, len(e.images))
	}
}

// use makes the engine work on n, which is of the engine's sizes. It is to be
// called again after n's weights may have been changed by others.
func (e *engine) use(n *Network) {
	e.delta = n.Cost.delta
	for i := range e.layers { // l = i+2
		b := n.Biases[i].RawVector()
		e.layers[i].w = matrix(n.Weights[i])
		e.layers[i].b = arith.Matrix{Rows: b.N, Cols: 1, Stride: b.Inc, Data: b.Data}
	}
	e.isFast = e.fast != nil && e.fast.Load(e.parameters())
	if !e.isFast {
		e.look()
	}
}

// finish brings the network up to date.
func (e *engine) finish() {
	if e.isFast {
		e.fast.Store(e.parameters())
		e.isFast = false
		e.look()
	}
}

// look sees whether zero pixels may be skipped.
func (e *engine) look() {
	e.finite = true
	for j := range e.layers[0].w.Rows {
		e.finite = e.finite && arith.Finite(e.layers[0].w.Row(j))
	}
}

func (e *engine) parameters() (w, b []arith.Matrix) {
	for _, l := range e.layers {
		w, b = append(w, l.w), append(b, l.b)
	}
	return w, b
}

// updateMiniBatch does what Network.UpdateMiniBatch does, with the examples
// that are first in order, as many as a mini-batch has. It reports whether it
// did so; where ctx is cancelled it has not changed the network, and is done.
func (e *engine) updateMiniBatch(ctx context.Context, order []int, cfg Config) bool {
	if ctx.Err() != nil {
		return false
	}
	miniBatch := order[:min(cfg.MiniBatchSize, len(order))]
	step := arith.Step{Rate: cfg.rate(), Decay: cfg.decay(e.data.Len()), Delta: e.delta}
	if e.isFast && e.updateFast(order, len(miniBatch), step) {
		return true
	}
	e.finish() // the kernels would leave their limits, or were not in use
	for _, example := range miniBatch {
		if ctx.Err() != nil { // a mini-batch may be all of the data
			return false
		}
		e.sum(example)
	}
	for i := range e.layers {
		l := &e.layers[i]
		columns := l.all
		if i == 0 {
			columns = e.touched
		}
		if step.Decay != 1 {
			arith.Scale(l.w, step.Decay)
		}
		finite := arith.DescendColumns(l.w, step.Rate, l.sumW, columns)
		if i == 0 {
			e.finite = e.finite && finite
		}
		for j, sum := range l.sumB {
			l.b.Data[j*l.b.Stride] -= float64(step.Rate * sum)
		}
		clear(l.sumB)
	}
	for _, k := range e.touched {
		e.isIn[k] = false
	}
	e.touched = e.touched[:0]
	return true
}

// updateFast does so by the vector kernels, if they can.
func (e *engine) updateFast(order []int, size int, step arith.Step) bool {
	if size > arith.MaxMiniBatch {
		return false
	}
	outputs := len(e.y)
	if len(e.wanted) < size*outputs {
		e.wanted = make([]float64, size*outputs)
	}
	e.batch = e.batch[:0]
	for _, example := range order[:min(2*size, len(order))] {
		e.batch = append(e.batch, e.images[e.starts[example]:e.starts[example+1]])
	}
	for i, example := range order[:size] {
		e.data.Target(example, e.wanted[i*outputs:][:outputs])
	}
	return e.fast.UpdateMiniBatch(e.batch[:size], e.wanted, step, e.batch[size:])
}

// sum adds an example's gradient to the sums of the mini-batch.
func (e *engine) sum(example int) {
	for i := range e.layers {
		if w := &e.layers[i].sumW; w.Data == nil {
			w.Data = make([]float64, w.Rows*w.Cols)
		}
	}
	e.data.Input(example, e.x)
	e.data.Target(example, e.y)
	e.feedforward()
	e.backprop()
}

// feedforward computes the activations of all layers for the input x.
func (e *engine) feedforward() {
	in, columns := e.x, e.layers[0].all
	if e.finite {
		e.columns = arith.NonZero(e.columns[:0], e.x)
		columns = e.columns
	}
	for i := range e.layers {
		l := &e.layers[i]
		arith.MulVecColumns(l.a, l.w, l.kinds, in, columns)
		for j, z := range l.a {
			l.a[j] = arith.Sigmoid(z + l.b.Data[j*l.b.Stride])
		}
		if i+1 < len(e.layers) {
			in, columns = l.a, e.layers[i+1].all
		}
	}
}

// backprop adds the example's gradient, after feedforward, to the sums.
func (e *engine) backprop() {
	last := len(e.layers) - 1
	for i := last; i >= 0; i-- { // l = i+2
		l := &e.layers[i]
		if i == last {
			e.delta(l.delta, l.a, e.y)
		}
		for j, a := range l.a {
			if i < last {
				l.delta[j] = float64(l.delta[j] * float64(a*(1-a)))
			}
			l.sumB[j] += l.delta[j]
		}
		if i == 0 {
			arith.AddOuterColumns(l.sumW, l.delta, e.x, e.touch(l.delta))
			return
		}
		below := &e.layers[i-1]
		arith.AddOuterColumns(l.sumW, l.delta, below.a, l.all)
		arith.MulTransVec(below.delta, l.w, l.delta)
	}
}

// touch returns the columns where the gradient of layer 2 is not zero and
// remembers them for the update.
func (e *engine) touch(delta []float64) []int {
	columns := e.columns
	if !e.finite || !arith.Finite(delta) {
		columns = e.layers[0].all
	}
	for _, k := range columns {
		if !e.isIn[k] {
			e.isIn[k] = true
			e.touched = append(e.touched, k)
		}
	}
	return columns
}

// each calls visit for each example with its number and the activations of
// layers 2 … L, which are good until visit returns.
func (e *engine) each(visit func(example int, activations [][]float64)) {
	if e.isFast {
		e.fast.Feedforward(e.data.Len(), e.bytes.Bytes, visit)
		return
	}
	activations := make([][]float64, len(e.layers))
	for i, l := range e.layers {
		activations[i] = l.a
	}
	for example := range e.data.Len() {
		e.data.Input(example, e.x)
		e.feedforward()
		visit(example, activations)
	}
}
