package nnlib

// This file computes what network.go says, for whole mini-batches and whole
// evaluations. It makes the same sums in the same order as UpdateMiniBatch,
// Backprop and Feedforward, so the bits are the same, but leaves out zero
// pixels and allocates nothing. Where it can it leaves the work to the vector
// code of arith.

import (
	"context"
	"fmt"
	"iter"

	"nnbook/nnlib/internal/arith"
)

// engine works on a network's weights and biases, for one set of data.
type engine struct {
	net    *Network
	data   Data
	bytes  ByteData // data, if they are of bytes
	count  int      // of the examples
	layers []layer  // 2 … L, in place
	x, y   []float64

	// The inputs of many data are mostly 0. Then layer 2 needs few columns of
	// its weights, as long as these are finite: 0 times each is 0.
	finite    bool
	nonZero   []int  // columns where x is not 0, ascending
	changed   []int  // columns of layer 2 where the sums of the mini-batch are made
	isChanged []bool // whether a column is in changed

	// Training.
	step arith.Step
	done int // examples of this epoch

	// Vector code, for images of bytes.
	fast    *arith.Fast // nil: not for this network, data or processor
	isFast  bool        // the weights are there, and those in layers out of date
	images  []uint64    // all of data, packed one after the other
	starts  []int       // where each begins, and the last ends
	inOrder [][]uint64  // each, in the network's order
	targets []float64
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

// newEngine returns an engine for a network and data that have been checked
// against each other. Before it computes, load has to be called.
func newEngine(n *Network, data Data) *engine {
	inputs, outputs := data.Dims()
	e := &engine{
		net:       n,
		data:      data,
		count:     data.Len(),
		x:         make([]float64, inputs),
		y:         make([]float64, outputs),
		isChanged: make([]bool, inputs),
	}
	for i, rows := range n.Sizes[1:] { // l = i+2
		cols := n.Sizes[i]
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
		e.bytes, e.fast = bytes, arith.NewFast(n.Sizes)
	}
	return e
}

// load takes over the weights and biases. It has to be called again after they
// may have been changed by others.
func (e *engine) load() {
	for i := range e.layers { // l = i+2
		b := e.net.Biases[i].RawVector()
		e.layers[i].w = matrix(e.net.Weights[i])
		e.layers[i].b = arith.Matrix{Rows: b.N, Cols: 1, Stride: b.Inc, Data: b.Data}
	}
	e.isFast = e.fast != nil && e.fast.Load(e.parameters())
	e.finite = !e.isFast && finite(e.layers[0].w)
}

// store brings the network up to date, and leaves the vector code.
func (e *engine) store() {
	if e.isFast {
		e.fast.Store(e.parameters())
		e.isFast = false
		e.finite = finite(e.layers[0].w)
	}
}

func (e *engine) parameters() (w, b []arith.Matrix) {
	for _, l := range e.layers {
		w, b = append(w, l.w), append(b, l.b)
	}
	return w, b
}

// finite reports whether no weight is infinite or not a number.
func finite(w arith.Matrix) bool {
	for j := range w.Rows {
		if !arith.Finite(w.Row(j)) {
			return false
		}
	}
	return true
}

// newTraining returns an engine for SGD, with all images packed.
func newTraining(n *Network, train Data, cfg Config) *engine {
	e := newEngine(n, train)
	e.step = arith.Step{Rate: cfg.rate(), Decay: cfg.decay(e.count)}
	if e.fast == nil {
		return e
	}
	e.starts = make([]int, 1, e.count+1)
	for i := range e.count {
		if i == 1000 { // enough to know about how long the list will be
			images := make([]uint64, 0, len(e.images)+len(e.images)/i*(e.count-i)*21/20) // to grow it would fill its pages
			inHugePages(images)
			e.images = append(images, e.images...)
		}
		e.images = e.fast.Pack(e.images, e.bytes.Bytes(i))
		e.starts = append(e.starts, len(e.images))
	}
	return e
}

// begin prepares an epoch. The caller may have changed the network before it.
func (e *engine) begin(ctx context.Context) error {
	if err := e.net.checkTrainable(); err != nil {
		return err
	}
	if n := e.data.Len(); n != e.count {
		return fmt.Errorf("nnlib: %d examples in the data, %d when training began", n, e.count)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("nnlib: training stopped before an epoch: %w", err)
	}
	e.step.Delta = costs[e.net.Cost].delta
	e.done = 0
	e.load()
	return nil
}

// updateMiniBatch makes one step with these examples, which come next in the
// network's order. Once ctx is cancelled it changes nothing.
func (e *engine) updateMiniBatch(ctx context.Context, miniBatch []int) {
	if ctx.Err() != nil {
		return
	}
	if !e.isFast || !e.updateFast(miniBatch) {
		e.store() // the vector code would leave its limits, or was not in use
		for _, example := range miniBatch {
			if ctx.Err() != nil { // a mini-batch may be all of the data
				return
			}
			e.addGradient(example)
		}
		e.descend()
	}
	e.done += len(miniBatch)
}

// end leaves the network as it is after the epoch.
func (e *engine) end(ctx context.Context) error {
	e.store()
	if e.done < e.count {
		return fmt.Errorf("nnlib: training stopped, %d examples before the end of an epoch: %w", e.count-e.done, ctx.Err())
	}
	return nil
}

// updateFast makes the step by the vector code. It reports whether that could.
func (e *engine) updateFast(miniBatch []int) bool {
	size := len(miniBatch)
	if size > arith.MaxMiniBatch {
		return false
	}
	if e.done == 0 {
		e.arrange()
	}
	outputs := len(e.y)
	if len(e.targets) < size*outputs {
		e.targets = make([]float64, size*outputs)
	}
	y := e.targets[:size*outputs]
	for i, example := range miniBatch {
		e.target(example, y[i*outputs:][:outputs])
	}
	batch, after := e.inOrder[e.done:][:size], e.inOrder[e.done+size:]
	return e.fast.UpdateMiniBatch(batch, y, e.step, after[:min(size, len(after))])
}

// arrange puts the images in the network's order, for all of an epoch: where they
// begin is looked up far faster at once than for each mini-batch.
func (e *engine) arrange() {
	e.inOrder = e.inOrder[:0]
	for _, example := range e.net.order {
		e.inOrder = append(e.inOrder, e.images[e.starts[example]:e.starts[example+1]])
	}
}

// addGradient adds an example's gradient to the sums of the mini-batch.
func (e *engine) addGradient(example int) {
	for i := range e.layers {
		if w := &e.layers[i].sumW; w.Data == nil {
			w.Data = make([]float64, w.Rows*w.Cols)
		}
	}
	e.input(example)
	e.target(example, e.y)
	e.feedforward()
	e.backprop()
}

// input puts an example's input into x. What counts of ByteData are the bytes.
func (e *engine) input(example int) {
	if e.bytes == nil {
		clear(e.x)
		e.data.Input(example, e.x)
		return
	}
	for k, pixel := range e.bytes.Bytes(example) {
		e.x[k] = FromByte(pixel)
	}
}

// target puts an example's target into y.
func (e *engine) target(example int, y []float64) {
	clear(y)
	e.data.Target(example, y)
}

// feedforward computes the activations of all layers for the input x.
func (e *engine) feedforward() {
	in, columns := e.x, e.layers[0].all
	if e.finite {
		e.nonZero = arith.NonZero(e.nonZero[:0], e.x)
		columns = e.nonZero
	}
	for i := range e.layers { // l = i+2
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
			costs[e.net.Cost].delta(l.delta, l.a, e.y)
		} else {
			above := &e.layers[i+1]
			arith.MulTransVec(l.delta, above.w, above.delta)
			for j, a := range l.a {
				l.delta[j] = float64(l.delta[j] * float64(a*(1-a)))
			}
		}
		for j, d := range l.delta {
			l.sumB[j] += d
		}
		if i > 0 {
			arith.AddOuterColumns(l.sumW, l.delta, e.layers[i-1].a, l.all)
		} else {
			arith.AddOuterColumns(l.sumW, l.delta, e.x, e.gradientColumns())
		}
	}
}

// gradientColumns returns the columns where the gradient of layer 2 is not 0,
// and remembers them for descend.
func (e *engine) gradientColumns() []int {
	first := &e.layers[0]
	columns := e.nonZero
	if !e.finite || !arith.Finite(first.delta) {
		columns = first.all
	}
	for _, k := range columns {
		if !e.isChanged[k] {
			e.isChanged[k] = true
			e.changed = append(e.changed, k)
		}
	}
	return columns
}

// descend makes the step by the sums of the mini-batch, and sets them to 0.
func (e *engine) descend() {
	for i := range e.layers { // l = i+2
		l := &e.layers[i]
		if e.step.Decay != 1 {
			arith.Scale(l.w, e.step.Decay)
		}
		if i > 0 {
			arith.DescendColumns(l.w, e.step.Rate, l.sumW, l.all)
		} else if !arith.DescendColumns(l.w, e.step.Rate, l.sumW, e.changed) {
			e.finite = false
		}
		for j, sum := range l.sumB {
			l.b.Data[j*l.b.Stride] -= float64(e.step.Rate * sum)
		}
		clear(l.sumB)
	}
	for _, k := range e.changed {
		e.isChanged[k] = false
	}
	e.changed = e.changed[:0]
}

// activations goes through the examples: the number of each, and its
// a^2 … a^L, which are good until the next one.
func (e *engine) activations() iter.Seq2[int, [][]float64] {
	return func(yield func(int, [][]float64) bool) {
		if e.isFast {
			more := true
			e.fast.Feedforward(e.count, e.bytes.Bytes, func(example int, a [][]float64) { more = more && yield(example, a) })
			return
		}
		a := make([][]float64, len(e.layers))
		for i, l := range e.layers { // l = i+2
			a[i] = l.a
		}
		for example := range e.count {
			e.input(example)
			e.feedforward()
			if !yield(example, a) {
				return
			}
		}
	}
}
