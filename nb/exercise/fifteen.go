package exercise

// The exercises of chapter 5, fifteen or a hundred.

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Precision checks the share of the answers with a digit that are right.
func Precision(f func(answers, labels []int, digit int) float64) { fmt.Println(precision(f)) }

func precision(f func(answers, labels []int, digit int) float64) string {
	at := func(answers, labels []int, digit int) attempt {
		images, answered, right, same := 0.0, 0.0, 0.0, 0.0
		for i, label := range labels {
			if label == digit {
				images++
			}
			if answers[i] == digit {
				answered++
			}
			if answers[i] == label {
				same++
				if label == digit {
					right++
				}
			}
		}
		want := 0.0
		if answered > 0 {
			want = right / answered
		}
		call := fmt.Sprintf("precision(%v, %v, %d)", answers, labels, digit)
		return value(call, func() float64 { return f(slices.Clone(answers), slices.Clone(labels), digit) }, want,
			guess{math.NaN(), "what is to be said of a digit that is never answered?"},
			guess{0, "how often is the digit answered, how often of these is it right, and are they divided as float64s?"},
			guess{right, "this many are right: out of how many?"},
			guess{right / images, "is that the share of the answers that name it, or of its images?"},
			guess{right / float64(len(labels)), "does it matter how often other digits are answered?"},
			guess{same / float64(len(labels)), "do all digits count here, or one?"})
	}
	return verdict("precision is the share of the answers with a digit that are right",
		at([]int{3, 5, 3, 3, 3, 3, 5}, []int{3, 3, 3, 8, 8, 3, 5}, 3),
		at([]int{1, 2, 2, 2, 9}, []int{1, 2, 2, 2, 7}, 2),
		at([]int{1, 8, 1}, []int{1, 6, 6}, 1),
		at([]int{1, 8, 1}, []int{1, 8, 6}, 8),
		at([]int{1, 8, 1}, []int{1, 6, 6}, 6))
}

// MeanAndDeviation checks the mean and the standard deviation of a few runs.
func MeanAndDeviation(f func(values []float64) (mean, deviation float64)) {
	fmt.Println(meanAndDeviation(f))
}

func meanAndDeviation(f func(values []float64) (mean, deviation float64)) string {
	at := func(values ...float64) []attempt {
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		n := float64(len(values))
		mean, squares, absolute := sum/n, 0.0, 0.0
		sofar, early := 0.0, 0.0 // with what there is of the mean in a single loop
		for _, v := range values {
			sofar += v / n
			early += (v - sofar) * (v - sofar)
			squares += (v - mean) * (v - mean)
			absolute += math.Abs(v - mean)
		}
		early = math.Sqrt(early / (n - 1))
		call := fmt.Sprintf("meanAndDeviation(%v)", values)
		return []attempt{
			value(call+": the mean", func() float64 { mean, _ := f(slices.Clone(values)); return mean }, mean,
				guess{0, "what is the sum, and how many values are there?"},
				guess{sum, "a sum of how many values?"},
				guess{sum / (n - 1), "n - 1 is for the deviation: of how many values is this the mean?"}),
			value(call+": the deviation", func() float64 { _, deviation := f(slices.Clone(values)); return deviation },
				math.Sqrt(squares/(n-1)),
				guess{0, "how far is each value from the mean, and what happens to these differences before they are added?"},
				guess{early, "is the mean complete before the first difference is taken?"},
				guess{math.Sqrt(squares / n), "n values have n - 1 differences to learn from: by what is the sum divided?"},
				guess{squares / (n - 1), "this is in squared units: which step is left?"},
				guess{squares / n, "this is in squared units: which step is left, and by what is the sum divided?"},
				guess{math.Sqrt(squares), "a sum of how many squares?"},
				guess{absolute / n, "is each difference squared before they are added?"},
				guess{absolute / (n - 1), "is each difference squared before they are added?"}),
		}
	}
	passed := "meanAndDeviation says where values lie and how far apart"
	return verdict(passed, slices.Concat(
		at(1, 3, 8),
		at(2, 4, 4, 5, 5, 7, 8, 5),
		at(9361, 8747))...)
}

// ScaleWeights checks that each weight is divided by √n_in.
func ScaleWeights(f func(w *mat.Dense)) { fmt.Println(scaleWeights(f)) }

func scaleWeights(f func(w *mat.Dense)) string {
	at := func(w *mat.Dense) attempt {
		rows, cols := w.Dims()
		times := func(factor float64) *mat.VecDense {
			var product mat.Dense
			product.Scale(factor, w)
			return vec(product.RawMatrix().Data...)
		}
		in, out := float64(cols), float64(rows)
		onlyFirst := times(1)
		for k := range cols {
			onlyFirst.SetVec(k, onlyFirst.AtVec(k)/math.Sqrt(in))
		}
		call := fmt.Sprintf("after scale, the weights %s, a row of %d for each neuron,", list(times(1)), cols)
		got := func() *mat.VecDense {
			changed := mat.DenseCopyOf(w)
			f(changed)
			return vec(changed.RawMatrix().Data...)
		}
		return vector(call, got, times(1/math.Sqrt(in)),
			vectorGuess{times(1), "is w itself changed?"},
			vectorGuess{times(1 / math.Sqrt(out)), "n_in is the number of inputs: is that w's rows, or its columns?"},
			vectorGuess{times(1 / in), "a variance of 1/n_in is a standard deviation of what?"},
			vectorGuess{times(0), "is 1/n_in computed as a float64? With whole numbers 1/4 is 0"},
			vectorGuess{times(1.0 / 28), "28 is the root of 784: how many inputs has this layer?"},
			vectorGuess{onlyFirst, "are the weights of every neuron divided?"},
			vectorGuess{times(math.Sqrt(in)), "should the weights grow or shrink?"},
			vectorGuess{times(1 / math.Sqrt(in*out)), "how many inputs does one neuron have?"})
	}
	return verdict("scale divides each weight by the root of the number of inputs",
		at(mat.NewDense(2, 4, []float64{2, -1, 0.5, 4, -2, 0, 1, 3})),
		at(mat.NewDense(1, 9, []float64{3, -3, 6, 0, 9, 1, -6, 12, 3})))
}
