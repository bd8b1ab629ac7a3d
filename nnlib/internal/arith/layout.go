package arith

import "unsafe"

// This file says how the fast path stores the weights of a layer. Its kernels
// work on vectors of neurons: lane by lane, each neuron's sum is made in the
// order that generic.go specifies, and several neurons' sums side by side.

// lanes is the number of doubles in a vector.
const lanes = 4

// slots is a layer in the order of the kernels: a place for each neuron of kind
// F or P, and two for one of kind S. Of these the first takes the columns 0
// and 1 modulo 4 and the second the columns 2 and 3; elsewhere their weights
// are 0, which adds nothing. So kinds P and S both add up two sums, of the
// even and of the odd columns.
type slots struct {
	rows, cols int
	slabs      []slab
	runs       []run  // of F rows
	mixed      []pair // of P and S rows
}

// slab is a part of the slots with its weights, small enough for its sums to
// stay in registers: f vectors of F rows, then m vectors of mixed slots.
type slab struct {
	f, m int
	w    []float64 // cols × width(), input-major: column k begins at k*width()
}

func (s *slab) width() int { return (s.f + s.m) * lanes }

// run is a row of neighbouring F neurons that have neighbouring slots.
type run struct{ slab, slot, neuron, count int }

// pair is where a P or S neuron is. A P neuron has one slot, twice.
type pair struct{ slab, first, second, neuron int }

// newSlots cuts a layer into slabs of up to wide F vectors. The last F slab
// takes the mixed vector along where there is only one.
func newSlots(rows, cols, wide int) *slots {
	s := &slots{rows: rows, cols: cols}
	var fused, pairs, singles []int // neurons by slot, S neurons twice
	for j, kind := range Kinds(rows, cols) {
		switch kind {
		case F:
			fused = append(fused, j)
		case P:
			pairs = append(pairs, j)
		case S:
			singles = append(singles, j, j)
		}
	}
	mixed := append(pairs, singles...)
	// Where the vectors do not fill a slab some stay zero: that costs less than
	// a kernel for each shape.
	f, m := vectors(len(fused)), vectors(len(mixed))
	for f > 0 {
		part := slab{f: 3}
		switch {
		case f > wide/2 && wide > 3:
			part.f = wide
		case f <= 3 && m == 1:
			part.m, m = 1, 0
		}
		s.slabs = append(s.slabs, part)
		f -= part.f
	}
	for ; m > 0; m -= 2 {
		s.slabs = append(s.slabs, slab{m: 2})
	}
	for i := range s.slabs {
		s.slabs[i].w = aligned(cols * s.slabs[i].width())
	}
	s.place(fused, mixed)
	return s
}

func vectors(n int) int { return (n + lanes - 1) / lanes }

// place gives the neurons their slots.
func (s *slots) place(fused, mixed []int) {
	slab, slot := 0, 0
	for _, j := range fused {
		if slot == s.slabs[slab].f*lanes {
			slab, slot = slab+1, 0
		}
		at := run{slab, slot, j, 1}
		slot++
		if n := len(s.runs); n > 0 && at.slot > 0 && s.runs[n-1].neuron+s.runs[n-1].count == j {
			s.runs[n-1].count++
			continue
		}
		s.runs = append(s.runs, at)
	}
	first := 0 // slab with mixed slots
	for first < len(s.slabs) && s.slabs[first].m == 0 {
		first++
	}
	where := func(i int) (slab, slot int) {
		slab = first
		for ; i >= s.slabs[slab].m*lanes; slab++ {
			i -= s.slabs[slab].m * lanes
		}
		return slab, s.slabs[slab].f*lanes + i
	}
	for i := 0; i < len(mixed); i++ {
		slab, slot := where(i)
		at := pair{slab, slot, slot, mixed[i]}
		if i+1 < len(mixed) && mixed[i+1] == mixed[i] {
			i++
			_, at.second = where(i) // in the same slab: see newSlots
		}
		s.mixed = append(s.mixed, at)
	}
}

// load copies the weights of w to their slots.
func (s *slots) load(w Matrix) {
	s.each(w, func(slab, row []float64, width int) {
		for k, weight := range row {
			slab[k*width] = weight
		}
	})
}

// store copies the weights back.
func (s *slots) store(w Matrix) {
	s.each(w, func(slab, row []float64, width int) {
		for k := range row {
			row[k] = slab[k*width]
		}
	})
}

// each calls f for each neuron's weights and their slots, one every width; for
// each pair of columns where the neuron has two slots.
func (s *slots) each(w Matrix, f func(slab, row []float64, width int)) {
	for _, r := range s.runs {
		slab := &s.slabs[r.slab]
		for i := range r.count {
			f(slab.w[r.slot+i:], w.Row(r.neuron+i), slab.width())
		}
	}
	for _, p := range s.mixed {
		slab, row := &s.slabs[p.slab], w.Row(p.neuron)
		if p.first == p.second {
			f(slab.w[p.first:], row, slab.width())
			continue
		}
		for k := 0; k < len(row); k += 2 {
			slot := p.first
			if k&2 != 0 && k < len(row)&^3 {
				slot = p.second
			}
			f(slab.w[k*slab.width()+slot:], row[k:min(k+2, len(row))], slab.width())
		}
	}
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
