package arith

import (
	"math"
	"slices"
)

// Fast trains and evaluates a network on images by the inner loops of an
// implementation. It holds a copy of the weights and biases in an order of its
// own; Load and Store exchange them with the network's.
//
// It skips zero pixels, which is exact as long as all numbers are finite: 0
// times infinity is not 0. That they are follows from these premises.
//
//   - Weights and biases are within limit. Load looks at each. After that bound
//     is no less than the largest: UpdateMiniBatch adds to it what a step can
//     change at most, before it makes the step.
//   - An input is a pixel/255 and an activation is a σ(z), so both are 0 to 1. A
//     sum over n columns, n far below 1e100, is then at most n limit in size,
//     and finite.
//   - Deltas may be anything, as targets may; where their magnitudes do not add
//     up to limit at most (one is infinite, not a number) no step is made.
//   - A weight's gradient for an example is a delta times an input or activation,
//     so no larger than that delta. Summed over a mini-batch it is at most the sum
//     of all magnitudes of deltas, and the step at most rate times that. The
//     factor of a weight's decay is at most 1.
//
// Rounding may make a sum or a bound larger by a few parts in 1e16; limit is
// that far below the largest double, 1.8e308, that this does not matter.
//
// Bits also need that no weight is NaN, whose bits would depend on the order of
// operands, or -0, which adding a skipped product of 0 would turn into 0.
type Fast struct {
	impl   *implementation
	groups int // of four pixels, in an image
	layers []fastLayer
	bound  float64 // no weight or bias is larger

	buckets *buckets // of the mini-batch at hand
	ones    []float64
	sums    sums // of a slab, for one image
}

// limit is far above any weight that a network learns.
const limit = 1e100

// whole takes all weights of a layer as one group.
var whole = []uint32{0}

// MaxMiniBatch is the largest mini-batch that Fast takes. Sums over it are made
// from buckets of this size, one per group of pixels.
const MaxMiniBatch = 1024

// fastLayer is layer l = i+2.
type fastLayer struct {
	layout
	b []float64 // padded with -Inf, so that padded activations are 0

	// Of layers above 2: the weights row by row, to go back through and to
	// descend; the slots are copied from them.
	w Matrix

	a, delta Matrix // a row for each image

	low, high []Matrix // of layer 2: by slab, the deltas in the order of its slots
}

// NewFast returns a Fast for networks of these sizes, or nil where there is
// no fast path: if the loops of sparse.go are selected, or the number of inputs
// is not a multiple of four.
func NewFast(sizes []int) *Fast {
	groups := sizes[0] / 4
	if len(selected.slabs) == 0 || sizes[0]%4 != 0 || groups > math.MaxUint32/MaxMiniBatch {
		return nil
	}
	f := &Fast{impl: selected, groups: groups}
	for i, rows := range sizes[1:] { // l = i+2
		l := fastLayer{layout: newLayout(rows, sizes[i], f.impl.slabs, i == 0)}
		l.b = aligned(vectors(rows) * lanes)
		for j := rows; j < len(l.b); j++ {
			l.b[j] = math.Inf(-1)
		}
		if i > 0 {
			l.w = newPadded(rows, sizes[i])
		}
		f.layers = append(f.layers, l)
	}
	return f
}

// Load takes the weights and biases of all layers; a bias vector is a matrix
// of one column. It reports whether Fast may be used on them.
func (f *Fast) Load(w, b []Matrix) bool {
	f.bound = 0
	for i := range f.layers {
		l := &f.layers[i]
		for j := range l.rows {
			if !f.admit(w[i].Row(j)) || !f.admit(b[i].Row(j)) {
				return false
			}
			l.b[j] = b[i].Row(j)[0]
			if i > 0 {
				copy(l.w.Row(j), w[i].Row(j))
			}
		}
		l.load(w[i])
	}
	return true
}

// admit raises the bound to the values of v and reports whether all are within
// limit and none is -0.
func (f *Fast) admit(v []float64) bool {
	const minusZero = 1 << 63
	for _, x := range v {
		if math.Float64bits(x) == minusZero || !(math.Abs(x) <= limit) {
			return false
		}
		f.bound = max(f.bound, math.Abs(x))
	}
	return true
}

// Store writes the weights and biases of all layers to w and b.
func (f *Fast) Store(w, b []Matrix) {
	for i := range f.layers {
		l := &f.layers[i]
		l.store(w[i])
		for j := range l.rows {
			b[i].Row(j)[0] = l.b[j]
		}
	}
}

// Pack appends an image to a list of groups: a word for each four neighbouring
// pixels that are not all 0, with the group's number above and its four bytes
// below.
func (f *Fast) Pack(list []uint64, image []byte) []uint64 {
	const beyond = 4 // words that pack may write behind the last group
	n, groups, whole := len(list), len(image)/4, len(image)/16*4
	list = slices.Grow(list, groups+beyond)
	n += f.impl.pack(list[n:n+groups+beyond], image[:4*whole])
	n += packGroups(list[n:n+groups-whole+beyond], image[4*whole:], whole)
	return list[:n]
}

// reserve makes room for n images at once.
func (f *Fast) reserve(n int) {
	if n > len(f.ones) {
		f.ones = slices.Repeat([]float64{1}, n)
		for i := range f.layers {
			l := &f.layers[i]
			l.a, l.delta = newPadded(n, l.rows), newPadded(n, l.rows)
		}
		first := &f.layers[0]
		first.low, first.high = nil, nil
		for _, s := range first.slabs {
			low := newPadded(n, s.width())
			high := low // the same without singles
			if len(s.mixed) > 0 {
				high = newPadded(n, s.width())
			}
			first.low, first.high = append(first.low, low), append(first.high, high)
		}
		f.buckets = newBuckets(n, f.groups)
	}
	for i := range f.layers {
		f.layers[i].a.Rows, f.layers[i].delta.Rows = n, n
	}
}

// Step is a step of gradient descent: w = Decay w - Rate Σ ∂C/∂w, and biases
// without Decay.
type Step struct {
	Rate  float64
	Decay float64                     // 0 to 1
	Delta func(delta, a, y []float64) // computes the error δ of outputs a with targets y
}

// UpdateMiniBatch makes one step of gradient descent with the given images,
// at most MaxMiniBatch, and their targets, one after the other in y.
// Next are the images of the mini-batch after this one. It reports whether the
// step was made; where a weight might have left its limit or become -0, nothing
// is changed.
func (f *Fast) UpdateMiniBatch(images [][]uint64, y []float64, step Step, next [][]uint64) bool {
	f.reserve(len(images))
	f.buckets.clear()
	f.feedforward(images, next, f.buckets)
	slope := f.backward(y, step.Delta)
	bound := f.bound + step.Rate*slope
	inLimits := slope <= limit && step.Rate <= limit && bound <= limit
	if !inLimits || !(step.Decay > 0.5) { // half the smallest number would round to 0
		return false
	}
	f.bound = bound
	f.descend(step.Decay, step.Rate)
	return true
}

// feedforward computes the activations of all layers for some images, and
// puts these into the buckets unless they are nil.
func (f *Fast) feedforward(images, next [][]uint64, into *buckets) {
	first := &f.layers[0]
	for _, image := range next { // the looking up of their pages goes on side by side
		f.impl.fetch(image[:min(1, len(image))])
	}
	for i := range first.slabs {
		s := &first.slabs[i]
		for e, image := range images {
			s.image(s.w, image, &f.sums, into, e)
			if i == 0 && e < len(next) {
				f.impl.fetch(next[e])
			}
			s.finish(first.a.Row(e), nil, &f.sums)
		}
		into = nil // they are there now
	}
	f.impl.sigmoid(first.a, first.b)
	for i := 1; i < len(f.layers); i++ { // l = i+2
		l, below := &f.layers[i], &f.layers[i-1]
		for i := range l.slabs {
			s := &l.slabs[i]
			for e := range images {
				a := below.a.Row(e)
				s.dense(s.w, a, &f.sums)
				s.finish(l.a.Row(e), a, &f.sums)
			}
		}
		f.impl.sigmoid(l.a, l.b)
	}
}

// backward computes the deltas of all layers after feedforward, and returns the
// sum of their magnitudes; NaN where there is one.
func (f *Fast) backward(y []float64, outputDelta func(delta, a, y []float64)) (slope float64) {
	for i := len(f.layers) - 1; i >= 0; i-- { // l = i+2
		l := &f.layers[i]
		if i < len(f.layers)-1 {
			up := &f.layers[i+1]
			f.impl.back(l.delta, up.w, up.delta, l.a)
		}
		if i == len(f.layers)-1 {
			for e := range l.delta.Rows {
				outputDelta(l.delta.Row(e), l.a.Row(e), y[e*l.rows:][:l.rows])
			}
		}
		slope += f.impl.magnitude(l.delta.Data[:l.delta.Rows*l.delta.Stride])
	}
	return slope
}

// descend applies the gradients of the mini-batch to all weights and biases; the
// padding stays 0.
func (f *Fast) descend(decay, rate float64) {
	for i := range f.layers { // l = i+2
		l := &f.layers[i]
		ones := Matrix{Rows: l.delta.Rows, Cols: 1, Stride: 1, Data: f.ones}
		b := Matrix{Rows: 1, Cols: l.rows, Stride: len(l.b), Data: l.b}
		f.impl.descend(b, ones, l.delta, rate)
		if i == 0 {
			f.descendFirst(decay, rate)
			continue
		}
		if decay != 1 {
			f.impl.scale(l.w.Data, whole, len(l.w.Data), decay)
		}
		f.impl.descend(l.w, l.delta, f.layers[i-1].a, rate)
		l.load(l.w)
	}
}

// descendFirst applies them to the weights of layer 2, of which only those of
// pixels that are in some image change.
func (f *Fast) descendFirst(decay, rate float64) {
	l := &f.layers[0]
	b := f.buckets
	b.filled = b.list(b.filled, false)
	if decay != 1 {
		b.empty = b.list(b.empty, true)
	}
	for i := len(l.slabs) - 1; i >= 0; i-- { // the last is still in the cache
		s, low, high := &l.slabs[i], l.low[i], l.high[i]
		s.spread(low, high, l.delta)
		s.descend(s.w, b, low.Data, high.Data, decay, rate)
		if decay != 1 {
			f.impl.scale(s.w, b.empty, 4*s.width(), decay)
		}
	}
}

// Feedforward calls visit for each of n images with its number and the
// activations of layers 2 … L, which are good until visit returns.
func (f *Fast) Feedforward(n int, image func(i int) []byte, visit func(i int, activations [][]float64)) {
	const together = 20
	activations := make([][]float64, len(f.layers))
	images := make([][]uint64, 0, together)
	lists := make([]uint64, 0, together*f.groups+4) // they must not move
	for start := 0; start < n; start += together {
		images, lists = images[:0], lists[:0]
		for i := start; i < min(start+together, n); i++ {
			begin := len(lists)
			lists = f.Pack(lists, image(i))
			images = append(images, lists[begin:])
		}
		f.reserve(len(images))
		f.feedforward(images, nil, nil)
		for e := range images {
			for i := range f.layers {
				activations[i] = f.layers[i].a.Row(e)
			}
			visit(start+e, activations)
		}
	}
}
