package arith

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// Each implementation against portable Go, bit for bit, on all small lengths.
// Around what a loop may write, and behind what it may read, lies NaN: it must
// still be there afterwards, and must not have come into any sum.

func eachImplementation(t *testing.T, test func(t *testing.T, impl *implementation)) {
	for _, impl := range implementations {
		if impl != &portable && impl != &sparse {
			t.Run(impl.name, func(t *testing.T) { test(t, impl) })
		}
	}
}

// eachShape calls test with the loops for each shape of slab and their twins.
func eachShape(t *testing.T, impl *implementation, test func(t *testing.T, loops, twin loops)) {
	for _, loops := range impl.slabs {
		s := loops.shape
		t.Run(fmt.Sprintf("slab %d,%d", s.fours, s.mixed), func(t *testing.T) { test(t, loops, portableLoops(s.fours, s.mixed)) })
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

// both runs f with guarded copies of written, once for portable and once for
// another implementation or its loops, and compares what it wrote.
func both[T any](t *testing.T, what string, impl, portable T, written []float64, f func(impl T, written []float64)) {
	t.Helper()
	want, wantAll := guarded(written)
	f(portable, want)
	got, gotAll := guarded(written)
	f(impl, got)
	for i := range gotAll {
		if math.Float64bits(gotAll[i]) != math.Float64bits(wantAll[i]) && !(math.IsNaN(gotAll[i]) && math.IsNaN(wantAll[i])) {
			t.Fatalf("%s: value %d of %d (5 more before and after) is %x, want %x", what, i-5, len(got), gotAll[i], wantAll[i])
		}
	}
}

// padded returns a guarded matrix with rows of whole vectors.
func (s *stream) padded(rows, cols int) Matrix {
	m := Matrix{Rows: rows, Cols: cols, Stride: vectors(cols) * lanes}
	m.Data, _ = guarded(s.slice(rows * m.Stride))
	return m
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

func TestSumsOfImagesEqualPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		eachShape(t, impl, func(t *testing.T, of, twin loops) {
			s := stream(1)
			for groups := range 20 {
				w, _ := guarded(s.slice(4 * groups * of.width()))
				image := packed(s.bytes(4 * groups))
				for _, room := range []int{0, 3} {
					var filled []*buckets
					both(t, fmt.Sprintf("%d groups", groups), of, twin, make([]float64, len(sums{})), func(of loops, out []float64) {
						b := newBuckets(room, groups)
						for number := range room {
							of.image(w, image[min(number, len(image)):], (*sums)(out), b, number)
						}
						of.image(w, image, (*sums)(out), nil, 0)
						filled = append(filled, b)
					})
					if want, got := filled[0], filled[1]; !slices.Equal(got.entries, want.entries) || !slices.Equal(got.ends, want.ends) {
						t.Fatalf("%d groups: buckets are\n%x, want\n%x", groups, got, want)
					}
				}
			}
		})
	})
}

func TestSumsOfActivationsEqualPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		eachShape(t, impl, func(t *testing.T, of, twin loops) {
			if of.dense == nil {
				return
			}
			s := stream(7)
			for cols := range 80 {
				w, _ := guarded(s.slice(cols * of.width()))
				a, _ := guarded(s.slice(cols))
				both(t, fmt.Sprintf("%d columns", cols), of, twin, make([]float64, len(sums{})), func(of loops, out []float64) { of.dense(w, a, (*sums)(out)) })
			}
		})
	})
}

func TestDescentOfSlabsEqualsPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		eachShape(t, impl, func(t *testing.T, of, twin loops) {
			s := stream(2)
			const groups = 9
			for images := 1; images < 14; images++ {
				low, _ := guarded(s.slice(images * of.width()))
				high, _ := guarded(s.slice(images * of.width()))
				b := newBuckets(images, groups)
				for number := range images {
					b.add(packed(s.bytes(4*groups)), number)
				}
				b.filled = b.list(b.filled, false)
				both(t, fmt.Sprintf("%d images", images), of, twin, s.slice(groups*4*of.width()), func(of loops, w []float64) { of.descend(w, b, low, high, []float64{1, 0.9}[images%2], 0.3) })
			}
		})
	})
}

func TestSigmoidEqualsPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		s := stream(3)
		edges := []float64{0, math.Copysign(0, -1), 0x1p-26, -0x1p-26, 0x1.0000000000001p-26, 0x1p-1074, 708, -708, 708.0000000000001, 709.78271289338397,
			-709.78271289338397, -709.7827128933841, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, -math.MaxFloat64, 745.2, -745.2}
		for _, edge := range edges {
			both(t, fmt.Sprintf("σ(%v)", edge), impl, &portable, []float64{edge, 1, -edge, 2}, func(impl *implementation, a []float64) {
				impl.sigmoid(Matrix{1, 4, 4, a}, make([]float64, 4))
			})
		}
		for n := range 750 {
			rows, cols := n%4, n%11*lanes
			z, b := s.slice(rows*cols), s.slice(cols)
			size := []float64{1e-30, 1e-8, 1e-3, 1, 40, 800}[n%6]
			for i := range z {
				z[i] *= size
			}
			for i := range b {
				b[i] *= size
			}
			both(t, fmt.Sprintf("σ of %d × %d values up to %v", rows, cols, size), impl, &portable, z, func(impl *implementation, a []float64) {
				impl.sigmoid(Matrix{rows, cols, cols, a}, b)
			})
		}
	})
}

func TestBackEqualsPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		s := stream(4)
		for rows := 1; rows < 14; rows++ {
			for cols := 1; cols < 24; cols++ {
				examples := (rows + cols) % 4
				w, d, a := s.padded(rows, cols), s.padded(examples, rows), s.padded(examples, cols)
				for j := range rows { // the padding of weights is 0
					clear(w.padded(j)[cols:])
				}
				delta := s.padded(examples, cols)
				both(t, fmt.Sprintf("%d × %d, %d examples", rows, cols, examples), impl, &portable, delta.Data, func(impl *implementation, out []float64) {
					delta.Data = out
					impl.back(delta, w, d, a)
				})
			}
		}
	})
}

func TestDescentEqualsPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		s := stream(5)
		for examples := 1; examples < 14; examples++ {
			for cols := 1; cols < 24; cols++ {
				rows := (examples + cols) % 5
				d, a, w := s.padded(examples, rows), s.padded(examples, cols), s.padded(rows, cols)
				both(t, fmt.Sprintf("%d × %d, %d examples", rows, cols, examples), impl, &portable, w.Data, func(impl *implementation, out []float64) {
					w.Data = out
					impl.descend(w, d, a, 0.3)
				})
			}
		}
	})
}

func TestScaleEqualsPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		s := stream(8)
		for size := lanes; size < 100; size += lanes {
			for _, groups := range [][]uint32{nil, {0}, {2}, {0, 1, 3}, {0, 1, 2, 3}} {
				both(t, fmt.Sprintf("groups %d of 4, each of %d", groups, size), impl, &portable, s.slice(4*size), func(impl *implementation, v []float64) { impl.scale(v, groups, size, 0.7) })
			}
		}
	})
}

func TestMagnitudeEqualsPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		s := stream(9)
		for n := lanes; n < 100; n += lanes {
			for _, odd := range []float64{s.next(), math.Copysign(0, -1), math.Inf(-1), math.NaN()} {
				v := s.slice(n)
				v[n/2] = odd
				both(t, fmt.Sprintf("%d values, one is %v", n, odd), impl, &portable, v, func(impl *implementation, v []float64) { v[0] = impl.magnitude(v) })
			}
		}
		if sum := impl.magnitude(nil); sum != 0 {
			t.Errorf("of no values it is %v", sum)
		}
	})
}

// packed lists the groups of an image by plain Go.
func packed(bytes []byte) []uint64 {
	list := make([]uint64, len(bytes)/4+1)
	return list[:packGroups(list, bytes, 0)]
}

func TestPackedImagesEqualPortable(t *testing.T) {
	eachImplementation(t, func(t *testing.T, impl *implementation) {
		s := stream(6)
		f := &Fast{impl: impl}
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

// The layout decides no bits, but each weight must have a slot of its own, and
// all weights must come back from theirs.
func TestLayoutKeepsEachWeight(t *testing.T) {
	s := stream(9)
	for rows := 1; rows < 130; rows += 3 {
		for _, cols := range []int{4, 5, 6, 7, 84} {
			for _, impl := range implementations {
				if len(impl.slabs) == 0 {
					continue
				}
				l := newLayout(rows, cols, impl.slabs, cols%4 == 0)
				w, got := Matrix{rows, cols, cols, s.slice(rows * cols)}, Matrix{rows, cols, cols, make([]float64, rows*cols)}
				l.load(w)
				l.store(got)
				sameBits(t, fmt.Sprintf("%s: %d × %d", impl.name, rows, cols), got.Data, w.Data)
				filled := 0
				for _, s := range l.slabs {
					for _, weight := range s.w {
						if weight != 0 {
							filled++
						}
					}
				}
				if filled != rows*cols {
					t.Errorf("%s: %d of %d × %d slots are filled", impl.name, filled, rows, cols)
				}
			}
		}
	}
}
