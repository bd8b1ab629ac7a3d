package arith

import (
	"fmt"
	"testing"
)

// scribble draws something like a digit: a line two pixels wide that turns at
// random, in the middle of 28 × 28.
func (s *stream) scribble() []byte {
	image := make([]byte, 28*28)
	row, column := 14.0, 14.0
	down, right := s.next(), s.next()
	for range 46 {
		for i := range 2 {
			for j := range 2 {
				image[(int(row)+i)*28+int(column)+j] = byte(128 + 127*s.next())
			}
		}
		down, right = down+s.next(), right+s.next()
		row, column = min(max(row+down, 4), 22), min(max(column+right, 4), 22)
	}
	return image
}

// The inner loops of a slab by themselves, on a mini-batch of ten: the sums, and
// a whole step.
func BenchmarkLoops(b *testing.B) {
	s := stream(1)
	var images [100][10][]uint64
	for i := range images {
		for e := range images[i] {
			images[i][e] = packed(s.scribble())
		}
	}
	for _, impl := range implementations {
		for _, of := range impl.slabs {
			name := fmt.Sprintf("%s/%d,%d/", impl.name, of.fours, of.mixed)
			w := aligned(784 * of.width())
			low, high := newPadded(10, of.width()), newPadded(10, of.width())
			into := newBuckets(10, 196)
			b.Run(name+"image", func(b *testing.B) {
				var sums sums
				for i := 0; b.Loop(); i++ {
					into.clear()
					for e, image := range images[i%len(images)] {
						of.image(w, image, &sums, into, e)
					}
				}
			})
			b.Run(name+"step", func(b *testing.B) {
				var sums sums
				for i := 0; b.Loop(); i++ {
					into.clear()
					for e, image := range images[i%len(images)] {
						of.image(w, image, &sums, into, e)
					}
					into.filled = into.list(into.filled, false)
					of.descend(w, into, low.Data, high.Data, 1, 0.3)
				}
			})
		}
	}
}
