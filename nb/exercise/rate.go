package exercise

// The exercises of chapter 6, how fast it should learn.

import (
	"fmt"
	"slices"
)

// OneStep checks the learning rate at which one step of gradient descent ends
// at the bottom of the bowl C(w) = ½ c w².
func OneStep(f func(c float64) float64) { fmt.Println(oneStep(f)) }

func oneStep(f func(c float64) float64) string {
	at := func(c float64) attempt {
		return value(fmt.Sprintf("oneStep(%v)", c), func() float64 { return f(c) }, 1/c,
			guess{0, "a rate of 0 stays where it is: which η makes w - η c w zero?"},
			guess{1, "that is right for c = 1: does a steeper bowl need the same rate?"},
			guess{2 / c, "that step ends as far on the other side: how long is the way to the bottom?"},
			guess{1 / (2 * c), "that is half of the way: what is left of w after such a step?"},
			guess{c, "does a steeper bowl need longer steps, or shorter ones?"})
	}
	return verdict("oneStep ends at the bottom, in a flat bowl and in a steep one", at(4), at(0.5), at(20))
}

// Choose checks which learning rate has the largest mean over its runs.
func Choose(f func(etas []float64, runs [][]float64) float64) { fmt.Println(choose(f)) }

func choose(f func(etas []float64, runs [][]float64) float64) string {
	at := func(want float64, etas []float64, runs [][]float64, guesses ...guess) attempt {
		call := fmt.Sprintf("choose(%v, %v)", etas, runs)
		return value(call, func() float64 {
			copies := make([][]float64, len(runs))
			for i := range runs {
				copies[i] = slices.Clone(runs[i])
			}
			return f(slices.Clone(etas), copies)
		}, want, guesses...)
	}
	return verdict("choose goes by the mean of the runs, and returns the learning rate",
		at(3, []float64{0.3, 3, 30}, [][]float64{{9180, 9190}, {9360, 9380}, {7250, 4650}},
			guess{0, "which of the three has the largest mean?"},
			guess{1, "is that the place of the rate, or the rate?"},
			guess{9370, "that is the largest mean: which rate has it?"},
			guess{0.3, "is the first one kept although the next is better?"},
			guess{30, "is it the largest mean that you look for? Or is the last one kept?"}),
		at(1, []float64{1, 10}, [][]float64{{9320, 9340, 9330}, {9390, 9210, 9360}},
			guess{10, "its best run is the best of all: and the mean of its runs?"}),
		at(10, []float64{1, 10}, [][]float64{{9000, 9010, 9020}, {9300}},
			guess{1, "its sum is larger, of more runs: and the mean?"}))
}

// NextEta checks a learning rate that is halved when an epoch brings no new
// best count.
func NextEta(f func(eta float64, counts []int) float64) { fmt.Println(nextEta(f)) }

func nextEta(f func(eta float64, counts []int) float64) string {
	at := func(eta float64, counts []int, want float64, guesses ...guess) attempt {
		call := fmt.Sprintf("nextEta(%v, %v)", eta, counts)
		return value(call, func() float64 { return f(eta, slices.Clone(counts)) }, want, guesses...)
	}
	return verdict("nextEta keeps the rate while it helps, and halves it where it does not",
		at(8, []int{9000, 9150, 9100}, 4,
			guess{8, "the last count is not a new best: what becomes of the rate?"},
			guess{16, "should the steps become longer, or shorter?"}),
		at(8, []int{9000, 9150, 9200}, 8,
			guess{4, "the last count is a new best, if it is compared with those before it only: does the rate need to change?"}),
		at(6, []int{9100, 9300, 9150, 9200}, 3,
			guess{6, "better than the count before, but is it the best of all?"}),
		at(6, []int{9100, 9300, 9300}, 3,
			guess{6, "as good as the best is no new best"}),
		at(8, []int{9300, 9200, 9250, 9100}, 4,
			guess{1, "three counts before it are better: is the rate halved for each of them?"}),
		at(6, []int{9100}, 6,
			guess{3, "after one epoch there is nothing to compare with: is its count a new best?"}))
}
