package exercise

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestNAND(t *testing.T) {
	for _, test := range []struct {
		starts, ends string
		w1, w2, b    float64
	}{
		{"passed: not both", "be built", -10, -10, 15},
		{"not yet: nand answers 0.500 at [0 0], want 1", "(what makes the four answers differ?)", 0, 0, 0}, // the stub
		{"not yet: nand", "(all four are the opposite of what is wanted: what turns them round?)", 10, 10, -15},
		{"not yet: nand", "(the right side, but unsure: what makes a neuron surer?)", -1, -1, 1.5},
		{"not yet: nand answers 0.500 at [0 1], want 1", "(this corner lies on the line: which of the three numbers moves the line?)", -10, -10, 10},
		{"not yet: nand answers 0.007 at [0 1], want 1", "(on which side of the line is this corner?)", -10, -10, 5},
	} {
		says(t, nand(func() (w1, w2, b float64) { return test.w1, test.w2, test.b }), test.starts, test.ends)
	}
}

func TestXOR(t *testing.T) {
	for _, test := range []struct {
		starts, ends string
		w2           *mat.Dense
		b2           *mat.VecDense
		w3           *mat.Dense
		b3           *mat.VecDense
	}{
		{"passed: exactly one", "can say", mat.NewDense(2, 2, []float64{10, 10, 10, 10}), vec(-5, -15), mat.NewDense(1, 2, []float64{10, -10}), vec(-5)}, // OR, but not AND
		{"passed: exactly one", "can say", mat.NewDense(2, 2, []float64{10, 10, -10, -10}), vec(-5, 15), mat.NewDense(1, 2, []float64{10, 10}), vec(-15)},
		{"not yet: xor returns nil", "of two layers", nil, nil, nil, nil}, // the stub
		{"not yet: xor: w^3 is 2 × 1", "(row j belongs to neuron j of layer 3)", mat.NewDense(2, 2, nil), vec(0, 0), mat.NewDense(2, 1, nil), vec(0)},
		{"not yet: xor answers", "what turns them round?)", mat.NewDense(2, 2, []float64{10, 10, -10, -10}), vec(-5, 15), mat.NewDense(1, 2, []float64{-10, -10}), vec(15)},
		{"not yet: xor answers 0.006 at [0 1], want 1; there the hidden neurons say 0.00 and 0.99", "(w^2 has a row for each hidden neuron: are yours in columns?)",
			mat.NewDense(2, 2, []float64{10, -10, 10, -10}), vec(-5, 15), mat.NewDense(1, 2, []float64{10, 10}), vec(-15)},
		{"not yet: xor answers 0.006 at [0 1], want 1; there the hidden neurons say 0.99 and 0.00", "(on which side of the line is this corner?)",
			mat.NewDense(2, 2, []float64{10, 10, -10, -10}), vec(-5, -15), mat.NewDense(1, 2, []float64{10, 10}), vec(-15)}, // NAND with AND's bias
		{"not yet: xor answers", "(on which side of the line is this corner?)", mat.NewDense(2, 2, []float64{10, 10, -10, -10}), vec(-5, 15), mat.NewDense(1, 2, []float64{10, 10}), vec(-5)},
	} {
		says(t, xor(func() (*mat.Dense, *mat.VecDense, *mat.Dense, *mat.VecDense) {
			return test.w2, test.b2, test.w3, test.b3
		}), test.starts, test.ends)
	}
}

func TestBump(t *testing.T) {
	step := func(x, s float64) float64 { return sigma(1000 * (x - s)) }
	for _, test := range []struct {
		starts, ends string
		f            func(x, left, right, height float64) float64
	}{
		{"passed: bump is up", "outside", func(x, l, r, h float64) float64 { return h * (step(x, l) - step(x, r)) }},
		{"not yet: bump(0.5, 0.25, 0.75, 2) = 0, want 2", "with which signs?)", func(x, l, r, h float64) float64 { return 0 }}, // the stub
		{"not yet", "(where is the height?)", func(x, l, r, h float64) float64 { return step(x, l) - step(x, r) }},
		{"not yet", "(which step goes up, and which down?)", func(x, l, r, h float64) float64 { return h * (step(x, r) - step(x, l)) }},
		{"not yet: bump(0.9", "(what brings it down again to the right of its end?)", func(x, l, r, h float64) float64 { return h * step(x, l) }},
		{"passed: bump is up", "outside", func(x, l, r, h float64) float64 { return h * step(x, l) * step(r, x) }},
		{"not yet: bump(0.9", "(does the step down take away as much as the step up has added?)", func(x, l, r, h float64) float64 { return h*step(x, l) - step(x, r) }},
		{"not yet: bump(0.5, 0.25, 0.75, -3) = 3", "(a bump may also go down: is its sign lost?)",
			func(x, l, r, h float64) float64 { return math.Abs(h * (step(x, l) - step(x, r))) }},
		{"not yet: bump(0.9", "(which of the steps goes down?)", func(x, l, r, h float64) float64 { return h * (step(x, l) + step(x, r)) }},
		{"not yet: bump(0.1", "(is that 0 to the left of its beginning?)", func(x, l, r, h float64) float64 { return h * (1 - step(x, r)) }},
	} {
		says(t, bump(test.f), test.starts, test.ends)
	}
}
