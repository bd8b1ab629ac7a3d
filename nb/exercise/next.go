package exercise

// The exercises of chapter 9, what next.

import (
	"fmt"
	"math"
	"slices"

	"nnbook/nnlib"
)

// CrossEntropy checks the cost of one output a, of which y, 0 or 1, is wanted.
func CrossEntropy(f func(a, y float64) float64) { fmt.Println(crossEntropy(f)) }

func crossEntropy(f func(a, y float64) float64) string {
	at := func(a, y float64, guesses ...guess) attempt {
		want := nnlib.CrossEntropy.Value(vec(a), vec(y))
		return value(fmt.Sprintf("crossEntropy(%v, %v)", a, y), func() float64 { return f(a, y) }, want,
			append(guesses,
				guess{-want, "a cost is above 0, the logarithm of a share below it: which sign is in front?"},
				guess{0.5 * (y - a) * (y - a), "that is the quadratic cost: what is the logarithm here?"})...)
	}
	return verdict("crossEntropy is small where the output is right, large where it is wrong, and 0 where it is exact",
		at(0.8, 1,
			guess{0, "what is -ln 0.8?"},
			guess{-math.Log(0.2), "1 is wanted: which of the two terms is left, ln a or ln(1 - a)?"},
			guess{-math.Log10(0.8), "is that the natural logarithm?"},
			guess{-math.Log2(0.8), "is that the natural logarithm?"}),
		at(0.8, 0,
			guess{0, "0 is wanted: which of the two terms is left?"},
			guess{-math.Log(0.8), "0 is wanted: which of the two terms is left, ln a or ln(1 - a)?"},
			guess{math.NaN(), "a number below 0 has no logarithm: what is above 0, 1 - a or a - 1?"}),
		at(0.001, 1),
		at(0, 0, guess{math.NaN(), "0 times ln 0 is not a number for a computer: which term is not needed here?"}),
		at(1, 1, guess{math.NaN(), "0 times ln 0 is not a number for a computer: which term is not needed here?"}))
}

// Decay checks the update of a weight with L2 regularisation.             (N93)
func Decay(f func(w, slope, eta, lambda float64, n int) float64) { fmt.Println(decay(f)) }

func decay(f func(w, slope, eta, lambda float64, n int) float64) string {
	at := func(w, slope, eta, lambda float64, n int) attempt {
		share := eta * lambda / float64(n)
		call := fmt.Sprintf("decay(%v, %v, %v, %v, %d)", w, slope, eta, lambda, n)
		return value(call, func() float64 { return f(w, slope, eta, lambda, n) }, (1-share)*w-eta*slope,
			guess{0, "how much of w is left after one step?"},
			guess{w - eta*slope, "where is λ?"},
			guess{(1-share)*w + eta*slope, "which way does a step of descent go?"},
			guess{(1+share)*w - eta*slope, "should the weight grow or shrink?"},
			guess{(1-eta*lambda)*w - eta*slope, "by what is λ divided?"},
			guess{(1-lambda/float64(n))*w - eta*slope, "is the shrinking part of the step, whose length is η?"},
			guess{(1 - share) * (w - eta*slope), "does the slope shrink, too, or only the weight?"},
			guess{(1 - share) * w, "where is the slope?"},
			guess{w - share - eta*slope, "does each weight lose the same, or the same share?"})
	}
	return verdict("decay shrinks the weight by a share, then goes down the slope",
		at(2, 0, 0.5, 10, 100),
		at(2, 0.25, 0.5, 10, 100),
		at(-4, -0.5, 0.1, 50, 1000),
		at(3, 1, 0.5, 0, 10))
}

// EarlyStop checks which epoch's network early stopping keeps.
func EarlyStop(f func(costs []float64, patience int) int) { fmt.Println(earlyStop(f)) }

func earlyStop(f func(costs []float64, patience int) int) string {
	at := func(patience int, want float64, mistake guess, costs ...float64) attempt {
		call := fmt.Sprintf("earlyStop(%v, %d)", costs, patience)
		return value(call, func() float64 { return float64(f(slices.Clone(costs), patience)) }, want, mistake,
			guess{float64(len(costs) - 1), "the costs may end before patience does: which epoch was the lowest?"})
	}
	return verdict("earlyStop keeps the best epoch that patience lets it see",
		at(5, 1, guess{0, "which epoch has the lowest cost?"}, 0.9, 0.7, 0.8),
		at(2, 1, guess{3, "there it stops, but which epoch's network is kept?"}, 0.9, 0.7, 0.71, 0.72),
		at(1, 1, guess{3, "had there not been an epoch without a lower cost before?"}, 0.9, 0.7, 0.71, 0.6),
		at(2, 3, guess{1, "how many epochs without a lower cost does a patience of 2 allow?"}, 0.9, 0.7, 0.71, 0.6),
		at(2, 1, guess{4, "is an equal cost a lower one?"}, 0.8, 0.5, 0.5, 0.5, 0.4),
		at(3, 0, guess{-1, "was the first epoch not the best?"}, 0.5, 0.6),
		at(2, 5, guess{3, "two such epochs, but not in a row: does the count begin anew after a lower cost?"}, 0.9, 0.7, 0.75, 0.6, 0.65, 0.5),
		at(3, 1, guess{5, "lower than the epoch before, or than the lowest so far?"}, 0.9, 0.5, 0.7, 0.6, 0.65, 0.4))
}

// recipeGoal is what chapter 9 asks of a recipe, of 10,000 validation images.
const recipeGoal = 9700

// Recipe checks how many of the total of validation images a network by the
// learner's own recipe recognises.
func Recipe(correct, total int) { fmt.Println(recipe(correct, total)) }

func recipe(correct, total int) string {
	// Without MNIST the sets may have other sizes.
	goal := recipeGoal * total / 10000
	question := "close: which of the neurons, the initial weights and the learning rate is not yet the best one above?"
	switch {
	case correct*2 < total:
		question = "that is far off: is the learning rate too high for this cost?"
	case correct*100 < 95*total:
		question = "which initial weights came out best above, and how many neurons? Which learning rate goes with your cost?"
	}
	return verdict(fmt.Sprintf("%d of %d validation images recognised, at least %d were wanted", correct, total, goal),
		attempt{"your recipe", func() string {
			if correct >= goal {
				return ""
			}
			return fmt.Sprintf(" recognises %d of %d validation images, want %d (%s)", correct, total, goal, question)
		}})
}
