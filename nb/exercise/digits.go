package exercise

// The exercises of chapter 2, the digits.

import (
	"bytes"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// Unit checks y, the target of a label: 1 at the label, else 0.
func Unit(f func(label int) *mat.VecDense) { fmt.Println(unit(f)) }

func unit(f func(label int) *mat.VecDense) string {
	y := func(at int, value float64) *mat.VecDense {
		v := mat.NewVecDense(10, nil)
		v.SetVec(at, value)
		return v
	}
	attempts := []attempt{}
	for _, label := range []int{3, 9, 0, 1} {
		guesses := []vectorGuess{
			{mat.NewVecDense(10, nil), "which output is to be 1?"},
			{y(label, float64(label)), "how large is the wanted output: as large as the label?"},
			{y(9-label, 1), "from which end is counted?"},
		}
		if label > 0 {
			guesses = append(guesses, vectorGuess{y(label-1, 1), "which digit is the first of the ten?"})
		}
		if label < 9 {
			guesses = append(guesses, vectorGuess{y(label+1, 1), "from which number are the components counted?"})
		}
		attempts = append(attempts, vector(fmt.Sprintf("unit(%d)", label), func() *mat.VecDense { return f(label) }, y(label, 1), guesses...))
	}
	return verdict("each of the ten labels has an output of its own", attempts...)
}

// Input checks x, the input that a network gets for some pixels: pixel/255.
func Input(f func(pixels []byte) *mat.VecDense) { fmt.Println(input(f)) }

func input(f func(pixels []byte) *mat.VecDense) string {
	at := func(pixels ...byte) attempt {
		each := func(number func(pixel byte) float64) *mat.VecDense {
			v := mat.NewVecDense(len(pixels), nil)
			for k, pixel := range pixels {
				v.SetVec(k, number(pixel))
			}
			return v
		}
		return vector(fmt.Sprintf("input(%v)", pixels), func() *mat.VecDense { return f(slices.Clone(pixels)) }, each(nnlib.FromByte),
			vectorGuess{each(func(pixel byte) float64 { return 0 }), "what becomes of the pixels?"},
			vectorGuess{each(func(pixel byte) float64 { return float64(pixel) }), "how large may an input be?"},
			vectorGuess{each(func(pixel byte) float64 { return float64(pixel / 255) }), "what is 51/255 if both are whole numbers?"},
			vectorGuess{each(func(pixel byte) float64 { return float64(pixel) / 256 }), "what does full ink, 255, become?"},
			vectorGuess{each(func(pixel byte) float64 { return 1 - nnlib.FromByte(pixel) }), "is 0 paper or ink?"})
	}
	return verdict("paper is 0, full ink is 1, and every shade has its place between",
		at(0, 51, 255),
		at(1, 2, 128, 254),
		attempt{"input", func() string {
			pixels := []byte{0, 51, 255}
			f(pixels)
			return kept(argument{"pixels", bytes.Equal(pixels, []byte{0, 51, 255})})
		}})
}

// Offset checks where in the file of images the byte of a pixel is, all three
// arguments and the offset counted from 0.
func Offset(f func(image, row, column int) int) { fmt.Println(offset(f)) }

func offset(f func(image, row, column int) int) string {
	at := func(image, row, column int) attempt {
		want := 16 + 28*28*image + 28*row + column
		number := func(n int) float64 { return float64(n) }
		return value(fmt.Sprintf("offset(%d, %d, %d)", image, row, column), func() float64 { return number(f(image, row, column)) }, number(want),
			guess{number(want - 16), "what stands before the first pixel?"},
			guess{number(want - 12), "how many numbers of four bytes are there in the header of a file of images?"},
			guess{number(want - 8), "how many numbers of four bytes are there in the header of a file of images?"},
			guess{number(want + 1), "does the count begin at 0?"},
			guess{number(want - 28*28), "does the count begin at 0?"},
			guess{number(want + 28*28), "does the count begin at 0?"},
			guess{number(want - 27*row), "how many bytes does a whole row take?"},
			guess{number(16 + 28*28*image + 28*column + row), "what is complete first in the file, a row or a column?"},
			guess{number(16 + 28*image + 28*row + column), "how many bytes does a whole image take?"},
			guess{0, "how many bytes stand before this one?"})
	}
	return verdict("each of the 47,040,000 pixels is found",
		at(0, 0, 0), at(0, 0, 5), at(0, 2, 3), at(1, 0, 0), at(7, 20, 11), at(59999, 27, 27))
}

// MostFrequent checks which label occurs most often; of several, the smallest.
func MostFrequent(f func(labels []byte) int) { fmt.Println(mostFrequent(f)) }

func mostFrequent(f func(labels []byte) int) string {
	at := func(want int, labels ...byte) attempt {
		equal := -1 // equal is the largest of those that occur as often, if there are several
		var counts [10]int
		for _, label := range labels {
			counts[label]++
		}
		times := counts[want]
		for label := range counts {
			if label != want && counts[label] == times {
				equal = label
			}
		}
		return value(fmt.Sprintf("mostFrequent(%v)", labels), func() float64 { return float64(f(slices.Clone(labels))) }, float64(want),
			guess{float64(equal), "several labels occur as often: which of them is wanted?"},
			guess{0, "is every label looked at?"},
			guess{float64(times), "is that the label, or how often it occurs?"},
			guess{float64(slices.Max(labels)), "is that the largest label, or the one that occurs most often?"},
			guess{float64(labels[len(labels)-1]), "is that the last label, or the one that occurs most often?"},
			guess{float64(labels[0]), "is that the first label, or the one that occurs most often?"})
	}
	return verdict("mostFrequent finds the best answer of those who do not look",
		at(7, 7),
		at(5, 5, 9, 5, 2, 5, 1),
		at(8, 3, 8, 3, 8, 8, 8, 9),
		at(0, 0, 4, 4, 0, 0),
		at(2, 6, 2, 9, 6, 2))
}
