// Package mnist is the data of the book: handwritten digits, 28×28 pixels
// each, with the labels 0 … 9; 60,000 to train on and 10,000 to test with.
//
//	train, test, err := mnist.Load(ctx)
//
// finds the files, fetches them once where there are none, and checks every
// byte; see [Load]. Both sets are what nnlib calls Data: example i is an input
// x of 784 numbers, pixel/255 row by row, and a target y, the unit vector of
// the label. [Set.Digit] shows example i as an image.
//
// Where MNIST cannot be had, [Drawn] makes digits of the same shape.
//
// The data set is by Y. LeCun, C. Cortes and C. J. C. Burges,
// http://yann.lecun.com/exdb/mnist.
package mnist

import (
	"fmt"
	"image"
	"image/color"

	"nnbook/nnlib"
)

const (
	side    = 28          // pixels in a row, and rows
	size    = side * side // pixels of a digit: 784
	classes = 10          // labels are 0 … 9
)

// Set is a sequence of digits. It satisfies nnlib.ByteData. Reading it from
// several goroutines at once is safe; nothing in this package changes one.
// [New] makes one and checks it.
type Set struct {
	Images []byte // 784 pixels per digit, row by row: 0 paper … 255 full ink
	Labels []byte // one per digit, 0 … 9
	source string
}

// New returns a set of the given digits, which it does not copy: 784 pixels for
// each label, and labels 0 … 9. Anything else is an error.
func New(images, labels []byte) (*Set, error) {
	s := &Set{images, labels, "other digits"}
	if err := s.checkLengths(); err != nil {
		return nil, err
	}
	for i, label := range labels {
		if label >= classes {
			return nil, fmt.Errorf("mnist: label %d of digit %d, want 0 to 9", label, i)
		}
	}
	return s, nil
}

// checkLengths says whether there are as many images as labels.
func (s *Set) checkLengths() error {
	if len(s.Images) != size*len(s.Labels) {
		return fmt.Errorf("mnist: %d bytes of images for %d labels, want %d for each", len(s.Images), len(s.Labels), size)
	}
	return nil
}

// Source says which data these are: "MNIST", "drawn digits" or "other digits".
func (s *Set) Source() string { return s.source }

// Len is the number of digits.
func (s *Set) Len() int { return len(s.Labels) }

// Dims gives the lengths of x and y: 784 and 10.
func (s *Set) Dims() (inputs, outputs int) { return size, classes }

// Input writes the pixels of digit i into x: 784 values 0 … 1, row by row.
func (s *Set) Input(i int, x []float64) {
	for k, p := range s.Bytes(i) {
		x[k] = nnlib.FromByte(p)
	}
}

// Target writes the target of digit i into y, 10 values: 1 at its label, 0
// elsewhere. It panics where there is no such label; see New.
func (s *Set) Target(i int, y []float64) {
	label := s.Labels[i]
	if label >= classes {
		panic(fmt.Sprintf("mnist: label %d of digit %d, want 0 to 9", label, i))
	}
	clear(y)
	y[label] = 1
}

// Bytes returns the 784 pixels of digit i, not copied. It panics where images
// and labels differ in number; see New.
func (s *Set) Bytes(i int) []byte {
	if len(s.Images) != size*len(s.Labels) {
		panic(s.checkLengths())
	}
	return s.Images[i*size : (i+1)*size : (i+1)*size]
}

// Slice returns the digits lo … hi-1. They share their memory with s.
func (s *Set) Slice(lo, hi int) *Set {
	if lo < 0 || hi < lo || hi > s.Len() {
		panic(fmt.Sprintf("mnist: Slice(%d, %d) of %d digits", lo, hi, s.Len()))
	}
	if err := s.checkLengths(); err != nil {
		panic(err)
	}
	return &Set{s.Images[lo*size : hi*size : hi*size], s.Labels[lo:hi:hi], s.source}
}

// Split parts s into its first five sixths, to train on, and its last sixth,
// rounded down, to choose η and the like by. Of the 60,000 these are the
// usual 50,000 and 10,000. Both share their memory with s.
func (s *Set) Split() (training, validation *Set) {
	cut := s.Len() - s.Len()/6
	return s.Slice(0, cut), s.Slice(cut, s.Len())
}

// Digit returns digit i. It shares its pixels with s.
func (s *Set) Digit(i int) Digit { return Digit{int(s.Labels[i]), s.Bytes(i)} }

// Digit is one labelled digit, and an [image.Image] of it: dark ink on white
// paper, so grey 255-pixel.
type Digit struct {
	Label  int    // 0 … 9
	Pixels []byte // 784, row by row: 0 paper … 255 full ink
}

// ColorModel is that of greys.
func (d Digit) ColorModel() color.Model { return color.GrayModel }

// Bounds is (0, 0) to (28, 28).
func (d Digit) Bounds() image.Rectangle { return image.Rect(0, 0, side, side) }

// At is the [color.Gray] of column x, row y. All around the digit is paper.
func (d Digit) At(x, y int) color.Color {
	if !(image.Point{x, y}).In(d.Bounds()) {
		return color.Gray{Y: 255}
	}
	return color.Gray{Y: 255 - d.Pixels[y*side+x]}
}
