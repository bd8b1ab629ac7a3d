package arith

import (
	"math"
	"unsafe"
)

// This file says where the fast path keeps the weights of a layer.
//
// Its inner loops work on vectors of neurons: lane by lane each neuron's sum is
// made in the order that generic.go specifies, and the sums of several neurons
// side by side. So a neuron has a slot, a lane of some vector, and the weights
// of all slots for one column lie next to each other. Enough vectors for their
// sums to stay in registers are a slab; a large layer is cut into several.
//
// This is a layer of 15 neurons with 784 inputs, which is one slab of shape
// {3, 1}. Neurons 0 to 11 are fours, 12 and 13 a pair, and 14 is a single:
//
//	            vectors of fours               mixed
//	         +-----------+-----------+-------------+-------------+
//	slot     | 0 1 2 3   | 4 5 6 7   | 8 9 10 11   | 12 13 14 15 |
//	neuron   | 0 1 2 3   | 4 5 6 7   | 8 9 10 11   | 12 13 14 14 |
//	         +-----------+-----------+-------------+-------------+
//	column 0 | w w w w   | w w w w   | w w  w  w   |  w  w  w  0 | \
//	column 1 | w w w w   | w w w w   | w w  w  w   |  w  w  w  0 |  | group 0
//	column 2 | w w w w   | w w w w   | w w  w  w   |  w  w  0  w |  |
//	column 3 | w w w w   | w w w w   | w w  w  w   |  w  w  0  w | /
//	column 4 | w w w w   | w w w w   | w w  w  w   |  w  w  w  0 | \
//	...                                                              group 1
//
// In memory it is read line by line: slab.w[column*16+slot].
//
// A vector of fours has the four neurons that are multiplied together, which
// are neighbours: a slot of each has four sums, one for each column modulo 4.
// A pair has two, for even and odd columns. So has a single here: it takes two
// slots, one for columns 0 and 1 modulo 4, one for 2 and 3, and zeros elsewhere,
// which add nothing. The vectors of both kinds can thus be mixed.

// layout is how a layer is cut into slabs.
type layout struct {
	rows, cols int
	slabs      []slab
}

// slab is a part of a layer.
type slab struct {
	*loops
	w     []float64
	fours []run   // further slots of fours are padding
	mixed []mixed // pairs and singles
}

// run is n fours, neighbours, in the slots from slot on.
type run struct{ neuron, slot, n int }

// mixed is where a neuron is that belongs to a pair or is a single. Low is its
// slot for columns 0 and 1 modulo 4, high that for 2 and 3: the same for a pair.
type mixed struct{ neuron, low, high int }

// newLayout cuts a layer into slabs for which there are loops, and which for
// images only if it is for images.
func newLayout(rows, cols int, of []loops, images bool) layout {
	l := layout{rows: rows, cols: cols}
	var fours, pairs, singles []int // neurons by slot, of fours the first, singles twice
	for j, kind := range Kinds(rows, cols) {
		switch {
		case kind == four && (len(fours) == 0 || fours[len(fours)-1]+lanes <= j):
			fours = append(fours, j)
		case kind == pair:
			pairs = append(pairs, j)
		case kind == single:
			singles = append(singles, j, j)
		}
	}
	slots := append(pairs, singles...)
	for len(fours) > 0 || len(slots) > 0 {
		s := slab{loops: bestLoops(of, images, len(fours), vectors(len(slots)))}
		s.w = aligned(cols * s.width())
		n := min(len(fours), s.shape.fours)
		s.placeFours(fours[:n])
		fours = fours[n:]
		n = min(len(slots), s.shape.mixed*lanes)
		s.place(slots[:n])
		slots = slots[n:]
		l.slabs = append(l.slabs, s)
	}
	return l
}

// bestLoops returns the loops that waste least when these numbers of vectors, of
// fours and of mixed slots, are still to be placed.
func bestLoops(of []loops, images bool, fours, mixed int) (best *loops) {
	const each = 2 // what a slab costs besides its vectors, in vectors
	least := math.Inf(1)
	for i := range of {
		s := of[i].shape
		used := min(s.fours, fours) + min(s.mixed, mixed)
		cost := float64(each+s.fours+s.mixed) / float64(used)
		if cost < least && (images || of[i].dense != nil) {
			best, least = &of[i], cost
		}
	}
	return best
}

// vectors returns how many vectors hold n doubles.
func vectors(n int) int { return (n + lanes - 1) / lanes }

// placeFours gives fours their slots; of each vector of them it takes the first.
func (s *slab) placeFours(neurons []int) {
	for v, neuron := range neurons {
		last := len(s.fours) - 1
		if last < 0 || s.fours[last].neuron+s.fours[last].n != neuron {
			s.fours = append(s.fours, run{neuron: neuron, slot: v * lanes})
			last++
		}
		s.fours[last].n += lanes
	}
}

// place gives neurons their mixed slots, where singles are listed twice.
func (s *slab) place(neurons []int) {
	for i := 0; i < len(neurons); i++ {
		at := s.shape.fours*lanes + i
		m := mixed{neurons[i], at, at}
		if i+1 < len(neurons) && neurons[i+1] == neurons[i] {
			i++
			m.high++
		}
		s.mixed = append(s.mixed, m)
	}
}

// load copies the weights of w to their slots.
func (l *layout) load(w Matrix) {
	l.match(w, func(slots, row []float64, width int) {
		for k, weight := range row {
			slots[k*width] = weight
		}
	})
}

// store copies the weights back.
func (l *layout) store(w Matrix) {
	l.match(w, func(slots, row []float64, width int) {
		for k := range row {
			row[k] = slots[k*width]
		}
	})
}

// match calls f with a part of each neuron's row and the slots of its weights,
// one every width: the whole row of fours and pairs; of singles, which have two
// slots, two columns at a time.
func (l *layout) match(w Matrix, f func(slots, row []float64, width int)) {
	for i := range l.slabs {
		s := &l.slabs[i]
		width := s.width()
		for _, r := range s.fours {
			for i := range r.n {
				f(s.w[r.slot+i:], w.Row(r.neuron+i), width)
			}
		}
		for _, m := range s.mixed {
			row := w.Row(m.neuron)
			if m.low == m.high {
				f(s.w[m.low:], row, width)
				continue
			}
			for k := 0; k < len(row); k += 2 {
				slot := m.low
				if k&2 != 0 && k < len(row)&^3 { // leftover columns are all in low
					slot = m.high
				}
				f(s.w[k*width+slot:], row[k:min(k+2, len(row))], width)
			}
		}
	}
}

// finish makes the rest of the sums and writes them to z, in the order of the
// neurons. A are the activations of which they are sums; nil for an image.
func (s *slab) finish(z, a []float64, sums *sums) {
	for _, r := range s.fours {
		copy(z[r.neuron:][:r.n], sums[r.slot:])
	}
	m, leftover := s.shape.mixed*lanes, len(a)&3
	for _, at := range s.mixed {
		var sum float64
		if at.low == at.high {
			sum = sums[at.low] + sums[m+at.low]
		} else {
			sum = (sums[at.low] + sums[at.high]) + (sums[m+at.low] + sums[m+at.high])
		}
		switch {
		case leftover == 1:
			last := len(a) - 1
			sum = fma(s.w[last*s.width()+at.low], a[last], sum)
		case leftover > 1:
			sum += sums[2*m+at.low]
		}
		z[at.neuron] = sum
	}
}

// spread brings the deltas of a layer, a row for each image, into the order of the
// slots, for pixels 0 and 1 of a group and for 2 and 3. The other slot of a single
// keeps its zeros.
func (s *slab) spread(low, high, delta Matrix) {
	for e := range delta.Rows {
		low, high, delta := low.padded(e), high.padded(e), delta.padded(e)
		for _, r := range s.fours {
			copy(low[r.slot:][:r.n], delta[r.neuron:])
			copy(high[r.slot:][:r.n], delta[r.neuron:])
		}
		for _, at := range s.mixed {
			low[at.low] = delta[at.neuron]
			high[at.high] = delta[at.neuron]
		}
	}
}

// newPadded returns a matrix of zeros whose rows are whole vectors.
func newPadded(rows, cols int) Matrix {
	stride := vectors(cols) * lanes
	return Matrix{Rows: rows, Cols: cols, Stride: stride, Data: aligned(rows * stride)}
}

// aligned returns n zeros that begin at a cache line, so that a vector is
// never cut by the end of one.
func aligned(n int) []float64 {
	const line = 8
	v := make([]float64, n+line-1)
	skip := 0
	for uintptr(unsafe.Pointer(&v[skip]))%(8*line) != 0 {
		skip++
	}
	return v[skip : skip+n : skip+n]
}
