package exercise

// The exercises of the interlude on what a layer can express.

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// sure is how near to 0 or 1 an answer of a hand-set network must be.
const sure = 0.05

// corners are the pairs of two inputs that are each 0 or 1.
var corners = [][2]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}

// NAND checks a neuron that says no to two ones, and yes to all else.
func NAND(f func() (w1, w2, b float64)) { fmt.Println(nand(f)) }

func nand(f func() (w1, w2, b float64)) string {
	return verdict("not both: a gate of which every computer could be built", attempt{"nand", func() string {
		w1, w2, b := f()
		answer := func(c [2]float64) float64 { return sigma(w1*c[0] + w2*c[1] + b) }
		text, question := wrongCorner([]float64{1, 1, 1, 0}, answer)
		return text + question
	}})
}

// XOR checks a network of two layers that says yes to exactly one 1.
func XOR(f func() (w2 *mat.Dense, b2 *mat.VecDense, w3 *mat.Dense, b3 *mat.VecDense)) {
	fmt.Println(xor(f))
}

func xor(f func() (w2 *mat.Dense, b2 *mat.VecDense, w3 *mat.Dense, b3 *mat.VecDense)) string {
	return verdict("exactly one: what no single neuron can say", attempt{"xor", func() string {
		want, _ := toyNetwork(2, 2, 1)
		w2, b2, w3, b3 := f()
		if w2 == nil || b2 == nil || w3 == nil || b3 == nil {
			return " returns nil, want the weights and biases of two layers"
		}
		net := &nnlib.Network{Sizes: want.Sizes, Weights: []*mat.Dense{w2, w3}, Biases: []*mat.VecDense{b2, b3}}
		if wrong := misshapen(net, want); wrong != "" {
			return wrong
		}
		hidden := ""
		answer := func(c [2]float64) float64 {
			a := net.Feedforward(vec(c[0], c[1]))
			hidden = fmt.Sprintf("; there the hidden neurons say %.2f and %.2f", a[1].AtVec(0), a[1].AtVec(1))
			return a[2].AtVec(0)
		}
		wanted := []float64{0, 1, 1, 0}
		text, question := wrongCorner(wanted, answer)
		if text == "" {
			return ""
		}
		text += hidden // those of the corner that was looked at last, the wrong one
		net.Weights[0] = mat.DenseCopyOf(w2.T())
		if right, _ := wrongCorner(wanted, answer); right == "" {
			question = " (w^2 has a row for each hidden neuron: are yours in columns?)"
		}
		return text + question
	}})
}

// wrongCorner says which is the first corner with a wrong or an unsure answer,
// and asks what may be behind it.
func wrongCorner(want []float64, answer func(c [2]float64) float64) (text, question string) {
	inverted, equal := true, true
	for i, c := range corners {
		inverted = inverted && math.Abs(answer(c)-(1-want[i])) <= sure
		equal = equal && answer(c) == answer(corners[0])
	}
	for i, c := range corners {
		got := answer(c)
		if math.Abs(got-want[i]) <= sure {
			continue
		}
		text = fmt.Sprintf(" answers %.3f at %v, want %v", got, c, want[i])
		switch {
		case equal:
			return text, " (what makes the four answers differ?)"
		case inverted:
			return text, " (all four are the opposite of what is wanted: what turns them round?)"
		case math.Abs(got-0.5) < 1e-3:
			return text, " (this corner lies on the line: which of the three numbers moves the line?)"
		case (got > 0.5) == (want[i] == 1):
			return text, " (the right side, but unsure: what makes a neuron surer?)"
		}
		return text, " (on which side of the line is this corner?)"
	}
	return "", ""
}

// Bump checks a function that is height between left and right, 0 elsewhere.
func Bump(f func(x, left, right, height float64) float64) { fmt.Println(bump(f)) }

func bump(f func(x, left, right, height float64) float64) string {
	at := func(x, left, right, height, want float64, guesses ...guess) attempt {
		return value(fmt.Sprintf("bump(%v, %v, %v, %v)", x, left, right, height), func() float64 {
			return math.Round(f(x, left, right, height)*1e6) / 1e6
		}, want, guesses...)
	}
	return verdict("bump is up between its ends, and down outside",
		at(0.5, 0.25, 0.75, 2, 2, guess{0, "which two steps are there, and with which signs?"}, guess{1, "where is the height?"},
			guess{-2, "which step goes up, and which down?"}, guess{4, "are both steps added?"}),
		at(0.9, 0.25, 0.75, 2, 0, guess{2, "what brings it down again to the right of its end?"}, guess{4, "which of the steps goes down?"},
			guess{1, "does the step down take away as much as the step up has added?"}),
		at(0.1, 0.25, 0.75, 2, 0, guess{2, "is that 0 to the left of its beginning?"}, guess{-2, "is that 0 to the left of its beginning?"}),
		at(0.5, 0.25, 0.75, -3, -3, guess{3, "a bump may also go down: is its sign lost?"}))
}
