package arith

import (
	"encoding/binary"
	"math"
)

// portable has the inner loops in Go, which define what the others compute.
var portable = implementation{
	name:    "portable",
	slabs:   []loops{portableLoops(12, 0), portableLoops(3, 1), portableLoops(3, 0), portableLoops(0, 2)},
	sigmoid: sigmoid,
	back:    back,
	descend: descend,
	scale: func(v []float64, groups []uint32, size int, by float64) {
		for _, g := range groups {
			scale(v[int(g)*size:][:size], by)
		}
	},
	magnitude: magnitude,
	pack:      func(list []uint64, bytes []byte) int { return packGroups(list, bytes, 0) },
	fetch:     func([]uint64) {},
}

// Bytes[p] is pixel p as an input: p/255.
var Bytes = func() (x [256]float64) {
	for p := range x {
		x[p] = float64(p) / 255
	}
	return x
}()

// pixel returns pixel r of a group as an input.
func pixel(group uint64, r int) float64 { return Bytes[byte(group>>(8*r))] }

func portableLoops(fours, mixed int) loops {
	s := shape{fours, mixed}
	return loops{
		shape: s,
		image: func(w []float64, image []uint64, sums *sums, into *buckets, number int) {
			s.forward(w, len(image), sums, func(i int) (group int, x [4]float64) {
				return int(image[i] >> 32), [4]float64{pixel(image[i], 0), pixel(image[i], 1), pixel(image[i], 2), pixel(image[i], 3)}
			})
			if into != nil {
				into.add(image, number)
			}
		},
		dense: func(w, a []float64, sums *sums) {
			s.forward(w, len(a)/4, sums, func(i int) (group int, x [4]float64) { return i, [4]float64(a[4*i:]) })
			s.leftover(w, a, sums)
		},
		descend: func(w []float64, from *buckets, low, high []float64, decay, rate float64) {
			s.descend(w, from, low, high, decay, rate)
		},
	}
}

// width returns the number of slots.
func (s shape) width() int { return (s.fours + s.mixed) * lanes }

// forward makes four sums for each slot of fours, one per column modulo 4, and
// two for each mixed slot. Next gives the groups of four columns; one where x is
// 0 adds nothing.
func (s shape) forward(w []float64, groups int, out *sums, next func(i int) (group int, x [4]float64)) {
	fours, width := s.fours*lanes, s.width()
	var l [4]sums
	for i := range groups {
		group, x := next(i)
		for r, x := range x {
			if x != 0 {
				column := w[(4*group+r)*width:][:width]
				addFused(l[r][:fours], x, column)
				addScaled(l[r%2][fours:width], x, column[fours:])
			}
		}
	}
	for slot := range fours {
		out[slot] = (l[0][slot] + l[2][slot]) + (l[1][slot] + l[3][slot])
	}
	copy(out[fours:], l[0][fours:width])
	copy(out[width:], l[1][fours:width])
}

// leftover adds the products of the up to three last columns, as addLeftover
// does, to the fours; those of the mixed slots it stores unless it is one.
func (s shape) leftover(w, a []float64, out *sums) {
	fours, width := s.fours*lanes, s.width()
	a = a[len(a)&^3:]
	w = w[len(w)-len(a)*width:]
	for slot := range width {
		var column [3]float64
		for k := range a {
			column[k] = w[k*width+slot]
		}
		if slot < fours {
			out[slot] = addLeftover(out[slot], column[:len(a)], a)
		} else if len(a) >= 2 {
			out[2*s.mixed*lanes+slot] = addLeftover(0, column[:len(a)], a)
		}
	}
}

// newBuckets returns buckets for a number of groups.
func newBuckets(room, groups int) *buckets {
	b := &buckets{
		room:    room,
		entries: make([]uint64, groups*room),
		ends:    make([]uint32, groups),
		filled:  make([]uint32, groups),
		empty:   make([]uint32, groups),
		begins:  make([]uint32, groups),
	}
	for g := range b.begins {
		b.begins[g] = uint32(g * b.room)
	}
	b.clear()
	return b
}

// clear makes all buckets empty.
func (b *buckets) clear() { copy(b.ends, b.begins) }

// add puts each group of an image into its bucket, with the image's number.
func (b *buckets) add(image []uint64, number int) {
	for _, group := range image {
		end := &b.ends[group>>32]
		b.entries[*end] = group&0xffffffff | uint64(number)<<32
		*end++
	}
}

// list lists the groups whose buckets are empty, or those whose are not.
func (b *buckets) list(list []uint32, empty bool) []uint32 {
	list, begins, n := list[:len(b.ends)], b.begins[:len(b.ends)], 0
	for g, end := range b.ends {
		list[n] = uint32(g) // the next one overwrites it if it is of the other kind
		if (end == begins[g]) == empty {
			n++
		}
	}
	return list[:n]
}

// descend computes w = decay w - rate Σ d x over the images in a pixel's bucket. A
// pixel of 0 adds nothing.
func (s shape) descend(w []float64, from *buckets, low, high []float64, decay, rate float64) {
	width := s.width()
	var all sums
	sum := all[:width]
	for _, g := range from.filled {
		bucket := from.entries[int(g)*from.room : from.ends[g]]
		for r, d := range [][]float64{low, low, high, high} {
			clear(sum)
			for _, entry := range bucket {
				if x := pixel(entry, r); x != 0 {
					addScaled(sum, x, d[int(entry>>32)*width:])
				}
			}
			column := w[(4*int(g)+r)*width:]
			for slot, v := range sum {
				column[slot] = float64(decay*column[slot]) - float64(rate*v)
			}
		}
	}
}

// sigmoid computes a = σ(a + b) for each row.
func sigmoid(a Matrix, b []float64) {
	for e := range a.Rows {
		row := a.padded(e)
		for j, b := range b {
			row[j] = Sigmoid(row[j] + b)
		}
	}
}

// back computes δ = (wᵀ d) ⊙ a(1-a) for each example.
func back(delta, w, d, a Matrix) {
	for e := range delta.Rows {
		row := delta.padded(e)
		MulTransVec(row[:w.Cols], w, d.Row(e))
		clear(row[w.Cols:])
		for k, a := range a.padded(e) {
			row[k] *= float64(a * (1 - a))
		}
	}
}

// descend computes w = w - rate dᵀ a.
func descend(w, d, a Matrix, rate float64) {
	for j := range w.Rows {
		row := w.padded(j)
		for k := range row {
			sum := 0.0
			for e := range d.Rows {
				sum += float64(d.Data[e*d.Stride+j] * a.Data[e*a.Stride+k])
			}
			row[k] -= float64(rate * sum)
		}
	}
}

// scale computes v = by v.
func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

// magnitude adds up the magnitudes in four lanes.
func magnitude(v []float64) float64 {
	var a, b, c, d float64
	for ; len(v) >= 4; v = v[4:] {
		a += math.Abs(v[0])
		b += math.Abs(v[1])
		c += math.Abs(v[2])
		d += math.Abs(v[3])
	}
	return (a + b) + (c + d)
}

// packGroups writes a word for each group that is not empty: its number, counted
// from first, and its bytes.
func packGroups(list []uint64, bytes []byte, first int) (n int) {
	for g := range len(bytes) / 4 {
		word := uint64(binary.LittleEndian.Uint32(bytes[4*g:]))
		list[n] = word | uint64(first+g)<<32 // the next one overwrites it if it is empty
		n += int((word + 0xffffffff) >> 32)
	}
	return n
}
