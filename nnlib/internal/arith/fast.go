package arith

import (
	"math"
	"slices"
)

// Fast trains and evaluates a network on images by the vector kernels. It
// holds a copy of the weights and biases in an order of its own; Load and
// Store exchange them with the network's.
//
// All weights must stay within limit. Then no product or sum leaves the range
// of finite numbers, so that zero pixels can be skipped, and no weight is
// NaN, whose bits would depend on the order of operands.
type Fast struct {
	v      *vector
	layers []fastLayer
	bound  float64 // no weight or bias is larger

	buckets []uint64 // by group of pixels: the images of which it is a part
	counts  []uint32
	groups  []uint32 // whose bucket is not empty
	ones    []float64
	sums    sums // of a slab, for one image
}

// limit is far above any weight that a network learns, and far enough below
// the largest double.
const limit = 1e100

// MaxMiniBatch is the largest mini-batch that Fast takes. Sums over it are made
// from buckets of this size, one per group of pixels.
const MaxMiniBatch = 1024

// fastLayer is layer l = i+2.
type fastLayer struct {
	*slots
	b      []float64 // padded with -Inf, so that padded activations are 0
	stride int       // rows, padded to whole vectors

	// Of layers above 2: the weights row by row, to go back through and to
	// descend; the slots are copied from them.
	w Matrix

	a, delta []float64 // a row of stride for each image

	low, high [][]float64 // of layer 2: deltas by slab, image and slot
}

// NewFast returns a Fast for networks of these sizes, or nil where the vector
// kernels do not apply: without an implementation for this processor, or with
// a number of inputs that is not a multiple of four.
func NewFast(sizes []int) *Fast {
	if selected.name == "none" || sizes[0]%4 != 0 {
		return nil
	}
	f := &Fast{v: selected, counts: make([]uint32, sizes[0]/4), groups: make([]uint32, 0, sizes[0]/4)}
	for i, rows := range sizes[1:] { // l = i+2
		wide := 3
		if i == 0 {
			wide = f.v.wide
		}
		l := fastLayer{slots: newSlots(rows, sizes[i], wide), stride: vectors(rows) * lanes}
		l.b = aligned(l.stride)
		for j := rows; j < l.stride; j++ {
			l.b[j] = math.Inf(-1)
		}
		if i > 0 {
			cols := vectors(sizes[i]) * lanes
			l.w = Matrix{Rows: rows, Cols: cols, Stride: cols, Data: aligned(rows * cols)}
		}
		f.layers = append(f.layers, l)
	}
	return f
}

// Load takes the weights and biases of all layers; a bias vector is a matrix
// of one column. It reports whether all are within limit and none is -0, which
// a kernel might turn into 0; otherwise Fast must not be used.
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

// admit raises the bound to the values of v and reports whether Fast may use
// them.
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

// Pack appends the non-empty groups of an image of bytes to a list.
func (f *Fast) Pack(list []uint64, image []byte) []uint64 {
	const beyond = 4 // what a kernel may write behind the last group
	n, groups, whole := len(list), len(image)/4, len(image)/16*4
	list = slices.Grow(list, groups+beyond)
	n += f.v.pack(list[n:n+groups+beyond], image[:4*whole])
	n += packGroups(list[n:n+groups-whole+beyond], image[4*whole:], whole)
	return list[:n]
}

// reserve makes room for so many images at once.
func (f *Fast) reserve(images int) {
	if len(f.layers[0].a) >= images*f.layers[0].stride {
		return
	}
	for i := range f.layers {
		l := &f.layers[i]
		l.a, l.delta = aligned(images*l.stride), aligned(images*l.stride)
	}
	first := &f.layers[0]
	first.low, first.high = nil, nil
	for _, s := range first.slabs {
		low := aligned(images * s.width())
		high := low // the same for F rows
		if s.m > 0 {
			high = aligned(images * s.width())
		}
		first.low, first.high = append(first.low, low), append(first.high, high)
	}
	f.buckets = make([]uint64, len(f.counts)*images)
	f.ones = make([]float64, images)
	for i := range f.ones {
		f.ones[i] = 1
	}
}

// Step is a step of gradient descent: w = Decay w - Rate Σ ∂C/∂w, and biases
// without Decay.
type Step struct {
	Rate  float64
	Decay float64                     // 0 to 1
	Delta func(delta, a, y []float64) // computes the error δ of outputs a, where y is wanted
}

// UpdateMiniBatch makes one step of gradient descent with the given images,
// at most MaxMiniBatch, and their wanted outputs, one after the other in y.
// Next are the images of the mini-batch after this one. It reports whether it
// did so; where a weight might have left its limit or become -0, nothing is
// changed.
func (f *Fast) UpdateMiniBatch(images [][]uint64, y []float64, step Step, next [][]uint64) bool {
	f.reserve(len(images))
	f.feedforward(images, next, len(images))
	steepest := f.backward(len(images), y, step.Delta)
	f.bound += step.Rate * float64(len(images)) * steepest                   // Decay makes no weight larger
	if !(f.bound <= limit) || !(step.Rate <= limit) || !(step.Decay > 0.5) { // half the smallest number rounds to 0
		return false
	}
	f.decay(step.Decay)
	f.descend(images, step.Rate)
	return true
}

// decay scales all weights; the padding stays 0.
func (f *Fast) decay(by float64) {
	if by == 1 {
		return
	}
	for i := range f.layers { // l = i+2
		l := &f.layers[i]
		scale(l.w.Data, by) // from where descend loads the slots
		for s := 0; i == 0 && s < len(l.slabs); s++ {
			scale(l.slabs[s].w, by)
		}
	}
}

// feedforward computes the activations of all layers for some images, and
// puts these into the buckets if it is told their size.
func (f *Fast) feedforward(images, next [][]uint64, size int) {
	first := &f.layers[0]
	clear(f.counts)
	for s := range first.slabs {
		slab := &first.slabs[s]
		for e, image := range images {
			f.v.bytes[slab.f][slab.m](slab.w, image, &f.sums, f.buckets, f.counts, size, e)
			if s == 0 && e < len(next) {
				f.v.fetch(next[e])
			}
			first.collect(s, &f.sums, first.a[e*first.stride:][:first.rows], nil)
		}
		size = 0
	}
	for i := range f.layers { // l = i+2
		l := &f.layers[i]
		for s := 0; i > 0 && s < len(l.slabs); s++ {
			slab, below := &l.slabs[s], &f.layers[i-1]
			for e := range images {
				a := below.a[e*below.stride:][:l.cols]
				f.v.dense[slab.f][slab.m](slab.w, a, &f.sums)
				l.collect(s, &f.sums, l.a[e*l.stride:][:l.rows], a)
			}
		}
		for e := range images {
			f.v.sigmoid(l.a[e*l.stride:][:l.stride], l.b)
		}
	}
}

// collect brings the sums of slab s into the order of the neurons. A are the
// activations of which they are sums; nil for an image.
func (s *slots) collect(slab int, sums *sums, z, a []float64) {
	for _, r := range s.runs {
		if r.slab == slab {
			copy(z[r.neuron:r.neuron+r.count], sums[r.slot:])
		}
	}
	leftover := len(a) & 3
	m, width := s.slabs[slab].m*lanes, s.slabs[slab].width()
	for _, p := range s.mixed {
		if p.slab != slab {
			continue
		}
		var sum float64
		if p.first == p.second {
			sum = sums[p.first] + sums[m+p.first]
		} else {
			sum = (sums[p.first] + sums[p.second]) + (sums[m+p.first] + sums[m+p.second])
		}
		switch {
		case leftover == 1:
			last := len(a) - 1
			sum = math.FMA(s.slabs[slab].w[last*width+p.first], a[last], sum)
		case leftover > 1:
			sum += sums[2*m+p.first]
		}
		z[p.neuron] = sum
	}
}

// backward computes the deltas of all layers after feedforward, and returns
// the largest; NaN where there is one.
func (f *Fast) backward(images int, y []float64, outputDelta func(delta, a, y []float64)) (steepest float64) {
	var bits uint64
	for i := len(f.layers) - 1; i >= 0; i-- { // l = i+2
		l := &f.layers[i]
		for e := range images {
			a, delta := l.a[e*l.stride:][:l.stride], l.delta[e*l.stride:][:l.stride]
			if i == len(f.layers)-1 {
				outputDelta(delta[:l.rows], a[:l.rows], y[e*l.rows:][:l.rows])
			} else {
				up := &f.layers[i+1]
				f.v.delta(delta, up.w.Data, up.w.Stride, l.rows&^3, up.delta[e*up.stride:][:up.rows], a)
			}
			for _, d := range delta {
				bits = max(bits, math.Float64bits(d)&^(1<<63)) // ordered as |d|, NaN above all
			}
		}
	}
	return math.Float64frombits(bits)
}

// descend applies the gradients of the mini-batch to all weights and biases.
func (f *Fast) descend(images [][]uint64, rate float64) {
	for i := range f.layers { // l = i+2
		l := &f.layers[i]
		f.v.descend(l.b, l.delta, l.stride, f.ones, 1, len(images), rate)
		if i == 0 {
			f.descendFirst(images, rate)
			continue
		}
		below := &f.layers[i-1]
		for j := range l.rows {
			f.v.descend(l.w.Row(j), below.a, below.stride, l.delta[j:], l.stride, len(images), rate)
		}
		l.load(Matrix{Rows: l.rows, Cols: l.cols, Stride: l.w.Stride, Data: l.w.Data})
	}
}

// descendFirst does so for the weights of layer 2, of which only those of
// pixels that are in some image change.
func (f *Fast) descendFirst(images [][]uint64, rate float64) {
	l := &f.layers[0]
	size := len(images)
	for e := range images {
		l.spread(e, l.delta[e*l.stride:])
	}
	groups := f.groups[:len(f.counts)]
	n := 0
	for g, count := range f.counts {
		groups[n] = uint32(g) // the next one overwrites it if its bucket is empty
		n += int((uint64(count) + 0xffffffff) >> 32)
	}
	for s := range l.slabs {
		slab := &l.slabs[s]
		f.v.update[slab.f+slab.m](slab.w, groups[:n], f.buckets, f.counts, size, l.low[s], l.high[s], rate)
	}
}

// spread brings the deltas of image e into the order of the slots. The other
// slot of an S neuron keeps its zeros.
func (l *fastLayer) spread(e int, delta []float64) {
	for _, r := range l.runs {
		at := e*l.slabs[r.slab].width() + r.slot
		copy(l.low[r.slab][at:], delta[r.neuron:r.neuron+r.count])
		if l.slabs[r.slab].m > 0 {
			copy(l.high[r.slab][at:], delta[r.neuron:r.neuron+r.count])
		}
	}
	for _, p := range l.mixed {
		at := e * l.slabs[p.slab].width()
		l.low[p.slab][at+p.first] = delta[p.neuron]
		l.high[p.slab][at+p.second] = delta[p.neuron]
	}
}

// Feedforward calls visit for each of n images with its number and the
// activations of layers 2 … L, which are good until visit returns.
func (f *Fast) Feedforward(n int, image func(i int) []byte, visit func(i int, activations [][]float64)) {
	const together = 20
	f.reserve(together)
	activations := make([][]float64, len(f.layers))
	images := make([][]uint64, 0, together)
	lists := make([]uint64, 0, together*len(f.counts)+4) // they must not move
	for start := 0; start < n; start += together {
		images, lists = images[:0], lists[:0]
		for i := start; i < min(start+together, n); i++ {
			begin := len(lists)
			lists = f.Pack(lists, image(i))
			images = append(images, lists[begin:])
		}
		f.feedforward(images, nil, 0)
		for e := range images {
			for i := range f.layers {
				l := &f.layers[i]
				activations[i] = l.a[e*l.stride:][:l.rows]
			}
			visit(start+e, activations)
		}
	}
}
