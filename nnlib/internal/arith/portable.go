package arith

import (
	"encoding/binary"
	"math"
)

// vector is an implementation of the fast path's inner loops. The plain Go
// below is one; the others give the same bits.
//
// Images come as lists of their non-empty groups of four neighbouring pixels:
// a word for each, with the group's number above and its four bytes below.
type vector struct {
	name string
	wide int // F vectors of the widest slab of images: 3, or 12

	// bytes and dense make the sums of one slab, by its f and m, for one
	// image or for one vector of activations: sums gets the f vectors of F
	// rows, finished, then the m vectors of even columns and the m of odd
	// ones, and last the m of what two or three leftover columns add.
	//
	// Where size is not 0, bytes also puts the image's groups into the
	// buckets, which have room for so many images, as the image's number.
	bytes [13][3]func(w []float64, image []uint64, sums *sums, buckets []uint64, counts []uint32, size, number int)
	dense [4][3]func(w []float64, a []float64, sums *sums)

	// update descends the weights of a slab with so many vectors, at the
	// listed groups of pixels. Pixels 0 and 1 of a group take their deltas
	// from low, 2 and 3 from high: by image number, a slab's width each.
	update [13]func(w []float64, groups []uint32, buckets []uint64, counts []uint32, size int, low, high []float64, rate float64)

	// sigmoid computes a = σ(a + b); the lengths are multiples of 4.
	sigmoid func(a, b []float64)
	// delta computes δ = (wᵀ d) ⊙ a(1-a), of a multiple of 4 columns; w has a
	// row of stride values for each d. Columns from body, a multiple of 4, take
	// the rows one by one, as the last columns do in MulTransVec.
	delta func(delta, w []float64, stride, body int, d, a []float64)
	// descend computes w_k = w_k - rate*Σ d a_k over so many examples, each
	// with one d and a row of a; the length of w is a multiple of 4.
	descend func(w, a []float64, stride int, d []float64, dStride, examples int, rate float64)
	// pack writes the groups of an image's bytes that are not empty to list and
	// returns how many they are. It may write beyond them, all groups and
	// three more, and may leave out the last bytes if they are less than 16.
	pack func(list []uint64, bytes []byte) int
	// fetch may bring an image that is needed soon into the caches.
	fetch func(image []uint64)
}

// sums are those of a slab.
type sums = [12 * lanes]float64

// shapes lists the slabs that newSlots makes: f and m. The last one is for
// images only.
var shapes = [][2]int{{3, 0}, {3, 1}, {0, 2}, {12, 0}}

// Bytes[p] is pixel p as an input: p/255.
var Bytes = func() (x [256]float64) {
	for p := range x {
		x[p] = float64(p) / 255
	}
	return x
}()

// pixel returns pixel r of a group as an input.
func pixel(group uint64, r int) float64 { return Bytes[byte(group>>(8*r))] }

// plain is the implementation in Go.
var plain = newPlain()

func newPlain() *vector {
	v := &vector{
		name:    "plain",
		wide:    12,
		sigmoid: sigmoid,
		delta:   delta,
		descend: descend,
		pack:    func(list []uint64, bytes []byte) int { return packGroups(list, bytes, 0) },
		fetch:   func([]uint64) {},
	}
	for _, shape := range shapes {
		f, m := shape[0], shape[1]
		v.bytes[f][m] = func(w []float64, image []uint64, sums *sums, buckets []uint64, counts []uint32, size, number int) {
			forward(f, m, w, len(image), sums, func(i int) (group int, x [4]float64) {
				return int(image[i] >> 32), [4]float64{pixel(image[i], 0), pixel(image[i], 1), pixel(image[i], 2), pixel(image[i], 3)}
			})
			if size > 0 {
				fill(buckets, counts, image, size, number)
			}
		}
		if f <= 3 {
			v.dense[f][m] = func(w []float64, a []float64, sums *sums) {
				forward(f, m, w, len(a)/4, sums, func(i int) (group int, x [4]float64) { return i, [4]float64(a[4*i:]) })
				leftover(f, m, w, a, sums)
			}
		}
		v.update[f+m] = func(w []float64, groups []uint32, buckets []uint64, counts []uint32, size int, low, high []float64, rate float64) {
			update((f+m)*lanes, w, groups, buckets, counts, size, low, high, rate)
		}
	}
	return v
}

// forward: four sums for each F slot, one per column modulo 4, and two for
// each mixed slot. Next gives the groups of four columns.
func forward(f, m int, w []float64, groups int, sums *sums, next func(i int) (group int, x [4]float64)) {
	fSlots, width := f*lanes, (f+m)*lanes
	var l [4][len(sums)]float64
	for i := range groups {
		group, x := next(i)
		for r := range 4 {
			column := w[(4*group+r)*width:][:width]
			for slot := range fSlots {
				l[r][slot] = math.FMA(column[slot], x[r], l[r][slot])
			}
			for slot := fSlots; slot < width; slot++ {
				l[r%2][slot] += float64(column[slot] * x[r])
			}
		}
	}
	for slot := range fSlots {
		sums[slot] = (l[0][slot] + l[2][slot]) + (l[1][slot] + l[3][slot])
	}
	copy(sums[fSlots:], l[0][fSlots:width])
	copy(sums[width:], l[1][fSlots:width])
}

// leftover adds the products of the up to three last columns, as addLeftover
// does, to the F rows; those of the mixed slots it stores unless it is one.
func leftover(f, m int, w []float64, a []float64, sums *sums) {
	fSlots, width := f*lanes, (f+m)*lanes
	a = a[len(a)&^3:]
	w = w[len(w)-len(a)*width:]
	for slot := range width {
		var column [3]float64
		for k := range a {
			column[k] = w[k*width+slot]
		}
		if slot < fSlots {
			sums[slot] = addLeftover(sums[slot], column[:len(a)], a)
		} else if len(a) >= 2 {
			sums[2*m*lanes+slot] = addLeftover(0, column[:len(a)], a)
		}
	}
}

// fill puts each group of an image into its bucket, with the image's number.
func fill(buckets []uint64, counts []uint32, image []uint64, size, number int) {
	for _, group := range image {
		g := int(group >> 32)
		buckets[g*size+int(counts[g])] = group&0xffffffff | uint64(number)<<32
		counts[g]++
	}
}

// update computes w = w - rate*Σ d x over the images in a pixel's bucket.
func update(width int, w []float64, groups []uint32, buckets []uint64, counts []uint32, size int, low, high []float64, rate float64) {
	for _, g := range groups {
		bucket := buckets[int(g)*size:][:counts[g]]
		for r := range 4 {
			d := low
			if r >= 2 {
				d = high
			}
			column := w[(4*int(g)+r)*width:][:width]
			for slot := range column {
				sum := 0.0
				for _, entry := range bucket {
					sum += float64(pixel(entry, r) * d[int(entry>>32)*width+slot])
				}
				column[slot] -= float64(rate * sum)
			}
		}
	}
}

// sigmoid computes a = σ(a + b).
func sigmoid(a, b []float64) {
	for i, b := range b {
		a[i] = Sigmoid(a[i] + b)
	}
}

// delta computes δ = (wᵀ d) ⊙ a(1-a).
func delta(delta, w []float64, stride, body int, d, a []float64) {
	MulTransVec(delta[:body], Matrix{Rows: len(d), Cols: body, Stride: stride, Data: w}, d)
	clear(delta[body:])
	for j, d := range d {
		addScaled(delta[body:], d, w[j*stride+body:])
	}
	for i, a := range a[:len(delta)] {
		delta[i] *= float64(a * (1 - a))
	}
}

// descend computes w = w - rate*Σ d a over the examples.
func descend(w, a []float64, stride int, d []float64, dStride, examples int, rate float64) {
	for k := range w {
		sum := 0.0
		for e := range examples {
			sum += float64(d[e*dStride] * a[e*stride+k])
		}
		w[k] -= float64(rate * sum)
	}
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
