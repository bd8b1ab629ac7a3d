package arith

import (
	"fmt"
	"math"
	"testing"
)

// Each implementation against plain Go, bit for bit, on all small lengths.
// Around what a kernel may write, and behind what it may read, lies NaN: it
// must still be there afterwards, and must not have come into any sum.

func eachVector(t *testing.T, test func(t *testing.T, v *vector)) {
	for _, v := range implementations {
		if v != plain && v.name != "none" {
			t.Run(v.name, func(t *testing.T) { test(t, v) })
		}
	}
}

// guarded returns a copy of v with NaN before and after it.
func guarded(v []float64) (inside, all []float64) {
	const guard = 5 // not whole vectors: nothing is aligned
	all = make([]float64, len(v)+2*guard)
	for i := range all {
		all[i] = math.NaN()
	}
	inside = all[guard : guard+len(v) : guard+len(v)]
	copy(inside, v)
	return inside, all
}

// both runs f with guarded copies of written, once for plain and once for v,
// and compares what it wrote.
func both(t *testing.T, what string, v *vector, written []float64, f func(v *vector, written []float64)) {
	t.Helper()
	want, wantAll := guarded(written)
	f(plain, want)
	got, gotAll := guarded(written)
	f(v, got)
	for i := range gotAll {
		if math.Float64bits(gotAll[i]) != math.Float64bits(wantAll[i]) && !(math.IsNaN(gotAll[i]) && math.IsNaN(wantAll[i])) {
			t.Fatalf("%s: value %d of %d (5 more before and after) is %x, want %x", what, i-5, len(got), gotAll[i], wantAll[i])
		}
	}
}

func (s *stream) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		if s.next() > 0.4 {
			b[i] = byte(128 + 127*s.next())
		}
	}
	return b
}

func TestForwardKernelsEqualPlain(t *testing.T) {
	eachVector(t, func(t *testing.T, v *vector) {
		s := stream(1)
		for _, shape := range shapes {
			f, m := shape[0], shape[1]
			if f > v.wide {
				continue
			}
			for cols := range 80 {
				w, _ := guarded(s.slice(cols * (f + m) * lanes))
				a, _ := guarded(s.slice(cols))
				what := fmt.Sprintf("%d F and %d mixed vectors, %d columns", f, m, cols)
				if f <= 3 {
					both(t, what+", dense", v, make([]float64, len(sums{})), func(v *vector, sums []float64) {
						v.dense[f][m](w, a, (*[12 * lanes]float64)(sums))
					})
				}
				if cols%4 > 0 {
					continue
				}
				image := packed(s.bytes(cols))
				for _, size := range []int{0, 3} {
					filled := map[*vector]string{}
					both(t, what+", bytes", v, make([]float64, len(sums{})), func(v *vector, sums []float64) {
						buckets, counts := make([]uint64, cols/4*size), make([]uint32, cols/4)
						for number := range size {
							v.bytes[f][m](w, image[min(number, len(image)):], (*[12 * lanes]float64)(sums), buckets, counts, size, number)
						}
						v.bytes[f][m](w, image, (*[12 * lanes]float64)(sums), nil, nil, 0, 0)
						filled[v] = fmt.Sprintf("%x %d", buckets, counts)
					})
					if filled[v] != filled[plain] {
						t.Fatalf("%s: buckets and counts are\n%s, want\n%s", what, filled[v], filled[plain])
					}
				}
			}
		}
	})
}

func TestUpdateKernelsEqualPlain(t *testing.T) {
	eachVector(t, func(t *testing.T, v *vector) {
		s := stream(2)
		const groups = 9
		for _, shape := range shapes {
			vectors := shape[0] + shape[1]
			if shape[0] > v.wide {
				continue
			}
			for size := 1; size < 14; size++ {
				width := vectors * lanes
				low, _ := guarded(s.slice(size * width))
				high, _ := guarded(s.slice(size * width))
				buckets, counts := make([]uint64, groups*size), make([]uint32, groups)
				for e := range size {
					fill(buckets, counts, packed(s.bytes(4*groups)), size, e)
				}
				var listed []uint32
				for g, count := range counts {
					if count > 0 {
						listed = append(listed, uint32(g))
					}
				}
				both(t, fmt.Sprintf("%d vectors, %d images", vectors, size), v, s.slice(groups*4*width), func(v *vector, w []float64) {
					v.update[vectors](w, listed, buckets, counts, size, low, high, 0.3)
				})
			}
		}
	})
}

func TestSigmoidKernelsEqualPlain(t *testing.T) {
	eachVector(t, func(t *testing.T, v *vector) {
		s := stream(3)
		edges := []float64{0, math.Copysign(0, -1), 0x1p-26, -0x1p-26, 0x1.0000000000001p-26, 0x1p-1074, 708, -708, 708.0000000000001, 709.78271289338397,
			-709.78271289338397, -709.7827128933841, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, -math.MaxFloat64, 745.2, -745.2}
		for _, edge := range edges {
			both(t, fmt.Sprintf("σ(%v)", edge), v, []float64{edge, 1, -edge, 2}, func(v *vector, a []float64) { v.sigmoid(a, make([]float64, 4)) })
		}
		for n := 0; n < 3000; n += 4 {
			z, b := s.slice(min(n, 40)), s.slice(min(n, 40))
			scale := []float64{1e-30, 1e-8, 1e-3, 1, 40, 800}[n/4%6]
			for i := range z {
				z[i] *= scale
				b[i] *= scale
			}
			both(t, fmt.Sprintf("σ of %d values up to %v", len(z), scale), v, z, func(v *vector, a []float64) { v.sigmoid(a, b) })
		}
	})
}

func TestDeltaKernelsEqualPlain(t *testing.T) {
	eachVector(t, func(t *testing.T, v *vector) {
		s := stream(4)
		for rows := 1; rows < 14; rows++ {
			for cols := 0; cols < 24; cols += 4 {
				stride, body := cols+rows%3, max(0, cols-rows%2*4)
				w, _ := guarded(s.slice(rows * stride))
				d, _ := guarded(s.slice(rows))
				a, _ := guarded(s.slice(cols))
				both(t, fmt.Sprintf("%d × %d", rows, cols), v, make([]float64, cols), func(v *vector, delta []float64) { v.delta(delta, w, stride, body, d, a) })
			}
		}
	})
}

func TestDescendKernelsEqualPlain(t *testing.T) {
	eachVector(t, func(t *testing.T, v *vector) {
		s := stream(5)
		for examples := 1; examples < 14; examples++ {
			for cols := 0; cols < 24; cols += 4 {
				stride, dStride := cols+examples%3, 1+examples%4
				a, _ := guarded(s.slice(examples * stride))
				d, _ := guarded(s.slice(examples * dStride))
				both(t, fmt.Sprintf("%d columns, %d examples", cols, examples), v, s.slice(cols), func(v *vector, w []float64) {
					v.descend(w, a, stride, d, dStride, examples, 0.3)
				})
			}
		}
	})
}

// packed lists the groups of an image by plain Go.
func packed(bytes []byte) []uint64 {
	list := make([]uint64, len(bytes)/4+1)
	return list[:packGroups(list, bytes, 0)]
}

func TestPackedImagesEqualPlain(t *testing.T) {
	eachVector(t, func(t *testing.T, v *vector) {
		s := stream(6)
		f := &Fast{v: v}
		for groups := range 100 {
			bytes := s.bytes(4 * groups)
			if groups%3 == 0 { // all kinds of gaps
				for i := range bytes {
					if s.next() > -0.5 {
						bytes[i] = 0
					}
				}
			}
			got, want := f.Pack([]uint64{7}, bytes), packed(bytes)
			if got[0] != 7 || fmt.Sprint(got[1:]) != fmt.Sprint(want) {
				t.Fatalf("%d groups: %x, want 7 and %x", groups, got, want)
			}
		}
	})
}
