package exercise

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

func TestUnit(t *testing.T) {
	with := func(n int, at, value func(label int) int) func(int) *mat.VecDense {
		return func(label int) *mat.VecDense {
			y := mat.NewVecDense(n, nil)
			y.SetVec(at(label), float64(value(label)))
			return y
		}
	}
	label := func(label int) int { return label }
	one := func(int) int { return 1 }
	wanted := ", want [0 0 0 1 0 0 0 0 0 0] "
	for _, test := range []struct {
		want string
		f    func(label int) *mat.VecDense
	}{
		{"passed: each of the ten labels has an output of its own", with(10, label, one)},
		{"not yet: unit(3) = nil, want a vector of 10 values", // the stub
			func(int) *mat.VecDense { return nil }},
		{"not yet: unit(3) = [0 0 0 0 0 0 0 0 0 0]" + wanted + "(which output is to be 1?)",
			func(int) *mat.VecDense { return mat.NewVecDense(10, nil) }},
		{"not yet: unit(3) has 9 values, want 10", with(9, label, one)},
		{"not yet: unit(3) = [0 0 1 0 0 0 0 0 0 0]" + wanted + "(which digit is the first of the ten?)",
			with(10, func(label int) int { return label - 1 }, one)},
		{"not yet: unit(3) = [0 0 0 3 0 0 0 0 0 0]" + wanted + "(how large is the wanted output: as large as the label?)",
			with(10, label, label)},
		{"not yet: unit(3) = [0 0 0 0 0 0 1 0 0 0]" + wanted + "(from which end is counted?)",
			with(10, func(label int) int { return 9 - label }, one)},
		{"not yet: unit(0) = [0 1 0 0 0 0 0 0 0 0], want [1 0 0 0 0 0 0 0 0 0] (from which number are the components counted?)",
			with(10, func(label int) int { return max(label, 1) }, one)},
	} {
		if got := unit(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestInput(t *testing.T) {
	each := func(number func(pixel byte) float64) func([]byte) *mat.VecDense {
		return func(pixels []byte) *mat.VecDense {
			x := mat.NewVecDense(len(pixels), nil)
			for k, pixel := range pixels {
				x.SetVec(k, number(pixel))
			}
			return x
		}
	}
	for _, test := range []struct {
		want string
		f    func(pixels []byte) *mat.VecDense
	}{
		{"passed: paper is 0, full ink is 1, and every shade has its place between", each(nnlib.FromByte)},
		{"not yet: input([0 51 255]) = nil, want a vector of 3 values", // the stub
			func([]byte) *mat.VecDense { return nil }},
		{"not yet: input([0 51 255]) = [0 0 0], want [0 0.2 1] (what becomes of the pixels?)",
			each(func(byte) float64 { return 0 })},
		{"not yet: input([0 51 255]) = [0 51 255], want [0 0.2 1] (how large may an input be?)",
			each(func(pixel byte) float64 { return float64(pixel) })},
		{"not yet: input([0 51 255]) = [0 0 1], want [0 0.2 1] (what is 51/255 if both are whole numbers?)",
			each(func(pixel byte) float64 { return float64(pixel / 255) })},
		{"not yet: input([0 51 255]) = [0 0.1992 0.9961], want [0 0.2 1] (what does full ink, 255, become?)",
			each(func(pixel byte) float64 { return float64(pixel) / 256 })},
		{"not yet: input([0 51 255]) = [1 0.8 0], want [0 0.2 1] (is 0 paper or ink?)",
			each(func(pixel byte) float64 { return 1 - nnlib.FromByte(pixel) })},
		{"not yet: input([0 51 255]) has 784 values, want 3",
			func([]byte) *mat.VecDense { return mat.NewVecDense(784, nil) }},
		{"not yet: input changes pixels, which others still need: can it make a value of its own?",
			func(pixels []byte) *mat.VecDense {
				x := each(nnlib.FromByte)(pixels)
				clear(pixels)
				return x
			}},
	} {
		if got := input(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestOffset(t *testing.T) {
	for _, test := range []struct {
		want string
		f    func(image, row, column int) int
	}{
		{"passed: each of the 47,040,000 pixels is found",
			func(i, r, c int) int { return 16 + 784*i + 28*r + c }},
		{"not yet: offset(0, 0, 0) = 0, want 16 (what stands before the first pixel?)", // the stub
			func(i, r, c int) int { return 0 }},
		{"not yet: offset(0, 0, 0) = 4, want 16 (how many numbers of four bytes are there in the header of a file of images?)",
			func(i, r, c int) int { return 4 + 784*i + 28*r + c }},
		{"not yet: offset(0, 0, 0) = 8, want 16 (how many numbers of four bytes are there in the header of a file of images?)",
			func(i, r, c int) int { return 8 + 784*i + 28*r + c }},
		{"not yet: offset(0, 0, 0) = 17, want 16 (does the count begin at 0?)",
			func(i, r, c int) int { return 17 + 784*i + 28*r + c }},
		{"not yet: offset(0, 0, 5) = 156, want 21 (what is complete first in the file, a row or a column?)",
			func(i, r, c int) int { return 16 + 784*i + 28*c + r }},
		{"not yet: offset(1, 0, 0) = 44, want 800 (how many bytes does a whole image take?)",
			func(i, r, c int) int { return 16 + 28*i + 28*r + c }},
		{"not yet: offset(0, 0, 0) = -768, want 16 (does the count begin at 0?)",
			func(i, r, c int) int { return 16 + 784*(i-1) + 28*r + c }},
		{"not yet: offset(0, 2, 3) = 21, want 75 (how many bytes does a whole row take?)",
			func(i, r, c int) int { return 16 + 784*i + r + c }},
		{"not yet: offset(0, 0, 0) = 800, want 16 (does the count begin at 0?)",
			func(i, r, c int) int { return 16 + 784*(i+1) + 28*r + c }},
		{"not yet: offset(0, 2, 3) = 22, want 75",
			func(i, r, c int) int { return 16 + 784*i + r + c + min(r, 1) }},
	} {
		if got := offset(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestMostFrequent(t *testing.T) {
	count := func(labels []byte) (counts [10]int) {
		for _, label := range labels {
			counts[label]++
		}
		return counts
	}
	best := func(labels []byte) (digit int) {
		counts := count(labels)
		for i := range counts {
			if counts[i] > counts[digit] {
				digit = i
			}
		}
		return digit
	}
	five := "not yet: mostFrequent([5 9 5 2 5 1]) "
	for _, test := range []struct {
		want string
		f    func(labels []byte) int
	}{
		{"passed: mostFrequent finds the best answer of those who do not look", best},
		{"not yet: mostFrequent([7]) = 0, want 7 (is every label looked at?)", // the stub
			func([]byte) int { return 0 }},
		{"not yet: mostFrequent([7]) = 1, want 7 (is that the label, or how often it occurs?)",
			func(labels []byte) int { return count(labels)[best(labels)] }},
		{five + "= 9, want 5 (is that the largest label, or the one that occurs most often?)",
			func(labels []byte) (most int) {
				for _, label := range labels {
					most = max(most, int(label))
				}
				return most
			}},
		{five + "= 1, want 5 (is that the last label, or the one that occurs most often?)",
			func(labels []byte) int { return int(labels[len(labels)-1]) }},
		{"not yet: mostFrequent([3 8 3 8 8 8 9]) = 3, want 8 (is that the first label, or the one that occurs most often?)",
			func(labels []byte) int { return int(labels[0]) }},
		{"not yet: mostFrequent([6 2 9 6 2]) = 6, want 2 (several labels occur as often: which of them is wanted?)",
			func(labels []byte) (digit int) {
				counts := count(labels)
				for i := range counts {
					if counts[i] >= counts[digit] {
						digit = i
					}
				}
				return digit
			}},
		{"not yet: mostFrequent([0 4 4 0 0]) = 1, want 0",
			func(labels []byte) int { return max(best(labels), 1) }},
	} {
		if got := mostFrequent(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
