package exercise

// The exercises of chapter 3, learning by gradient descent.

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// OneStepEta checks a learning rate by which the chapter's neuron, of weight 0
// and no bias, with the input 1 and the target 0.2, is at the bottom of
// its cost after one step.
func OneStepEta(f func() float64) { fmt.Println(oneStepEta(f)) }

func oneStepEta(f func() float64) string {
	return verdict("one step leads to where the cost is below 0.0001",
		attempt{"goodEta()", func() string {
			eta := f()
			w := -eta * (0.5 - 0.2) * 0.25 // (24) where a = ½ and σ' = ¼
			off := sigma(w) - 0.2
			if off*off/2 < 0.0001 {
				return ""
			}
			question := "is the step too long or too short?"
			if !(eta > 0) {
				question = "does a step go downhill then?"
			}
			return fmt.Sprintf(" = %.4g leads from w = 0 to w = %.4g, where the cost is %.4f, want below 0.0001 (%s)",
				eta, w, off*off/2, question)
		}})
}

// QuadraticCost checks C = ½ Σ_j (y_j - a_j)².
func QuadraticCost(f func(a, y *mat.VecDense) float64) { fmt.Println(quadraticCost(f)) }

func quadraticCost(f func(a, y *mat.VecDense) float64) string {
	at := func(a, y *mat.VecDense) attempt {
		sum, squares, sizes, last, first := 0.0, 0.0, 0.0, 0.0, 0.0
		for j := range a.Len() {
			off := y.AtVec(j) - a.AtVec(j)
			sum += off
			sizes += math.Abs(off)
			squares += off * off
			last = off * off
			if j == 0 {
				first = last
			}
		}
		call := fmt.Sprintf("quadratic(a %s, y %s)", list(a), list(y))
		return value(call, func() float64 { return f(mat.VecDenseCopyOf(a), mat.VecDenseCopyOf(y)) }, squares/2,
			guess{0, "how far is the first output from the wanted one? (And in Go, 1 / 2 is 0.)"},
			guess{squares, "where is the ½?"},
			guess{squares / float64(a.Len()), "is it half the sum, or the mean?"},
			guess{math.Sqrt(squares), "the length of y - a, or half its square?"},
			guess{sum / 2, "where is the square?"},
			guess{sum * sum / 2, "the square of the sum, or the sum of the squares?"},
			guess{sizes / 2, "the size of a difference, or its square?"},
			guess{squares / 4, "is it halved twice?"},
			guess{last / 2, "is only the last output left of the sum?"},
			guess{first / 2, "is only the first output in the sum?"},
			guess{(squares - last) / 2, "is the last output in the sum?"},
			guess{(squares - first) / 2, "is the first output in the sum? Components are counted from 0"},
			guess{-squares / 2, "can the square of a difference be below 0?"})
	}
	a, y := vec(0.5, 0.25, 1), vec(0, 1, 0.125)
	return verdict("quadratic is right for any number of outputs",
		at(a, y),
		at(vec(0.5), vec(1)),
		at(vec(0, 1, 0, 0.5, 0, 0, 0, 0, 0, 0.75), vec(0, 0, 0, 1, 0, 0, 0, 0, 0, 0)),
		attempt{"quadratic", func() string {
			a2, y2 := mat.VecDenseCopyOf(a), mat.VecDenseCopyOf(y)
			f(a2, y2)
			return kept(argument{"a", mat.Equal(a2, a)}, argument{"y", mat.Equal(y2, y)})
		}})
}

// DescentStep checks a step of gradient descent, (24) and (25), for a neuron
// with one input: w - η (a-y) σ'(z) x and b - η (a-y) σ'(z).
func DescentStep(f func(w, b, x, y, eta float64) (float64, float64)) { fmt.Println(descentStep(f)) }

func descentStep(f func(w, b, x, y, eta float64) (float64, float64)) string {
	var attempts []attempt
	at := func(w, b, x, y, eta float64) {
		a := sigma(w*x + b)
		slope := a * (1 - a) // σ'(z)
		delta := (a - y) * slope
		newW, newB := w-eta*delta*x, b-eta*delta
		noBias := sigma(w * x)
		late := sigma(newW*x + b) // what b meets where w has been changed before
		call := fmt.Sprintf("descend(w %v, b %v, x %v, y %v, η %v)", w, b, x, y, eta)
		attempts = append(attempts,
			value("the new w of "+call, func() float64 { w, _ := f(w, b, x, y, eta); return w }, newW,
				guess{w, "a step changes the weight: by how much?"},
				guess{0, "what is a here, and how far is it from y?"},
				guess{w + eta*delta*x, "which way is downhill?"},
				guess{w - delta*x, "where is the learning rate η?"},
				guess{w - eta*delta, "by what is the weight multiplied in z?"},
				guess{w - eta*(a-y)*x, "where is the slope of the sigmoid, a (1 - a)?"},
				guess{w - eta*(a-y)*a*x, "the slope of the sigmoid is a (1 - a): are both factors there?"},
				guess{w - eta*slope*x, "where is a - y?"},
				guess{w - eta*(noBias-y)*noBias*(1-noBias)*x, "where is b in z?"},
				guess{w - eta*(1-a-y)*slope*x, "is a near 1 where z is large? Mind the sign of the exponent"},
				guess{-eta * delta * x, "that is the change of w; what is w after it?"},
				guess{newB, "which of the two is returned first?"}),
			value("the new b of "+call, func() float64 { _, b := f(w, b, x, y, eta); return b }, newB,
				guess{b, "does the bias learn as well?"},
				guess{b + eta*delta, "which way is downhill?"},
				guess{b - eta*delta*x, "is the bias multiplied by x?"},
				guess{b - delta, "where is the learning rate η?"},
				guess{-eta * delta, "that is the change of b; what is b after it?"},
				guess{newW, "which of the two is returned second?"},
				guess{b - eta*(a-y), "where is the slope of the sigmoid, a (1 - a)?"},
				guess{b - eta*(late-y)*late*(1-late), "is a from before the step, or with the new w?"}))
	}
	at(2, -3, 1.5, 1, 4) // z = 0, so a = ½ and σ' = ¼
	at(1.5, 0.5, -1, 0, 3)
	at(-0.75, 2, 0, 1, 10)
	return verdict("descend makes a step downhill, with the weight and with the bias", attempts...)
}

// EpochsUntil checks a training that ends as soon as enough examples are
// recognised.
func EpochsUntil(f func(want int, net *nnlib.Network, train, test nnlib.Data, cfg nnlib.Config) int) {
	fmt.Println(epochsUntil(f))
}

func epochsUntil(f func(want int, net *nnlib.Network, train, test nnlib.Data, cfg nnlib.Config) int) string {
	data := smallAndLarge()
	val := slices.Delete(slices.Clone(data), 5, 7) // without the two that are learned first
	cfg := nnlib.Config{Epochs: 8, MiniBatchSize: len(data), Eta: 10}
	var counts, ofTrain []int
	net := backwards()
	for _, err := range net.SGD(context.Background(), data, cfg) {
		if err != nil {
			return err.Error()
		}
		counts, ofTrain = append(counts, net.Evaluate(val)), append(ofTrain, net.Evaluate(data))
	}
	at := func(want int) attempt {
		enough := func(count int) bool { return count >= want }
		epochs, early := slices.IndexFunc(counts, enough)+1, slices.IndexFunc(ofTrain, enough)+1
		call := fmt.Sprintf("a network that recognises %v after its epochs: epochsUntil(%d, …)", counts, want)
		guesses := []guess{{float64(epochs - 1), "the first epoch has the number 0: how many epochs are done then?"}}
		if epochs == 0 {
			guesses = []guess{{float64(len(counts)), "want 0 where it is never reached: after the loop, what is returned?"},
				{float64(len(counts) - 1), "want 0 where it is never reached: after the loop, what is returned?"}}
		} else {
			guesses = append(guesses,
				guess{0, "what is returned in the loop, as soon as there are enough?"},
				guess{float64(len(counts)), "does the loop end as soon as there are enough?"},
				guess{float64(early), "which examples are counted, those that it learns from?"},
				guess{float64(epochs + 1), "is as many as wanted enough?"})
		}
		return value(call, func() float64 { return float64(f(want, backwards(), data, val, cfg)) }, float64(epochs), guesses...)
	}
	return verdict("epochsUntil trains until enough are recognised, and no longer",
		at(counts[3]),
		at(counts[0]),
		at(len(data)+1),
		attempt{"epochsUntil", func() string {
			net := backwards()
			f(counts[3], net, data, val, cfg)
			if after := net.Evaluate(val); after != counts[3] {
				return fmt.Sprintf(" leaves a network that recognises %d, want %d (does it train on?)", after, counts[3])
			}
			return ""
		}})
}

// smallAndLarge are the numbers 0 … 0.9, small ones for output 0 and large
// ones for output 1.
func smallAndLarge() nnlib.Examples {
	examples := make(nnlib.Examples, 10)
	for i := range examples {
		examples[i].X, examples[i].Y = vec(float64(i)/10), vec(1, 0)
		if i >= 5 {
			examples[i].Y = vec(0, 1)
		}
	}
	return examples
}

// backwards is a network that takes small numbers for large ones, before it
// has learned.
func backwards() *nnlib.Network {
	return &nnlib.Network{
		Sizes:   []int{1, 2},
		Weights: []*mat.Dense{mat.NewDense(2, 1, []float64{2, -2})},
		Biases:  []*mat.VecDense{vec(-1, 1)},
		Rand:    inOrder{},
	}
}

// inOrder is a Source that leaves the examples in their order.
type inOrder struct{}

func (inOrder) NormFloat64() float64               { return 0 }
func (inOrder) Shuffle(n int, swap func(i, j int)) {}
