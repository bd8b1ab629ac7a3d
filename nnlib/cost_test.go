package nnlib_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// By hand: ½(0.2² + 0.3²), -(ln 0.8 + ln 0.7), and the errors a - y, for the
// quadratic cost times 0.8 · 0.2 and 0.3 · 0.7.
func ExampleCostFunction() {
	a := mat.NewVecDense(2, []float64{0.8, 0.3})
	y := mat.NewVecDense(2, []float64{1, 0})
	for _, cost := range []nnlib.CostFunction{nnlib.Quadratic, nnlib.CrossEntropy} {
		fmt.Printf("%v: C = %.4f, δ = %.4f\n", cost, cost.Value(a, y), cost.Delta(a, y).RawVector().Data)
	}
	// Output:
	// quadratic: C = 0.0650, δ = [-0.0320 0.0630]
	// cross-entropy: C = 0.5798, δ = [-0.2000 0.3000]
}

func TestCrossEntropyIsFiniteForOutputsThatAreCertain(t *testing.T) {
	for _, c := range []struct{ a, y, want float64 }{
		{0, 0, 0}, {1, 1, 0}, {0, 1, 1022 * math.Ln2}, {1, 0, 54 * math.Ln2}, {0.5, 0.5, math.Ln2}, {1 - 0x1p-53, 0, 53 * math.Ln2},
	} {
		got := nnlib.CrossEntropy.Value(mat.NewVecDense(1, []float64{c.a}), mat.NewVecDense(1, []float64{c.y}))
		if math.Abs(got-c.want) > 1e-15*c.want {
			t.Errorf("cost of output %v where %v is wanted is %v, want %v", c.a, c.y, got, c.want)
		}
	}
	y := mat.NewVecDense(1, []float64{1})
	for _, cost := range []nnlib.CostFunction{nnlib.Quadratic, nnlib.CrossEntropy} {
		if got := cost.Value(mat.NewVecDense(1, []float64{math.NaN()}), y); !math.IsNaN(got) {
			t.Errorf("%v: cost of output NaN is %v, want NaN", cost, got)
		}
	}
}

func TestNewScaledDividesTheWeightsOfNew(t *testing.T) {
	sizes := []int{9, 4, 7, 2}
	net, err := nnlib.NewScaled(sizes, nprand.New(3))
	if err != nil {
		t.Fatal(err)
	}
	want := newNetwork(t, 3, sizes...)
	for i, w := range want.Weights { // l = i+2
		for j := range sizes[i+1] {
			row := w.RawRowView(j)
			for k := range row {
				row[k] /= math.Sqrt(float64(sizes[i]))
			}
		}
	}
	sameBits(t, net, want)
	if net, err := nnlib.NewScaled([]int{5}, nprand.New(0)); err == nil || net != nil {
		t.Errorf("NewScaled of one layer = %v, %v, want an error", net, err)
	}
}

func TestNamesOfCostsAndInitialWeights(t *testing.T) {
	for _, cost := range []nnlib.CostFunction{nnlib.Quadratic, nnlib.CrossEntropy} {
		if got, err := nnlib.ParseCost(cost.String()); got != cost || err != nil {
			t.Errorf("ParseCost(%q) = %v, %v, want that cost", cost, got, err)
		}
	}
	for name, want := range map[string]func([]int, nnlib.Source) (*nnlib.Network, error){"normal": nnlib.New, "scaled": nnlib.NewScaled} {
		create, err := nnlib.ParseInitial(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err1 := create([]int{9, 4, 2}, nprand.New(3))
		net, err2 := want([]int{9, 4, 2}, nprand.New(3))
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		sameBits(t, got, net)
	}
	_, errCost := nnlib.ParseCost("Quadratic")
	_, errInitial := nnlib.ParseInitial("")
	for err, want := range map[error]string{
		errCost:    `nnlib: cost = "Quadratic", want quadratic or cross-entropy`,
		errInitial: `nnlib: initial weights = "", want normal or scaled`,
	} {
		if wrong := new(nnlib.ValueError); !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
