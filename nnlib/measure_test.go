package nnlib_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

func sameValues(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			t.Errorf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// What is measured on whole data is what Feedforward and Backprop say of each
// example, by both costs and by every implementation.
func TestMeasuresAreThoseOfFeedforwardAndBackprop(t *testing.T) {
	for _, sizes := range [][]int{{8, 3}, {8, 5, 1}, {7, 5, 3}, {400, 30, 20, 10}, {784, 15, 10}} {
		layers := len(sizes) - 1
		data := drawPictures(3, 45, sizes[0], sizes[layers])
		for _, cost := range []nnlib.CostFunction{nnlib.Quadratic, nnlib.CrossEntropy} {
			net := newNetwork(t, 4, sizes...)
			net.Cost = cost
			var outputs, saturation, norms, gradientB, gradientW []float64
			var answers []int
			sum := 0.0
			for _, e := range examples(data) {
				a := net.Feedforward(e.X)
				outputs = append(outputs, a[layers].RawVector().Data...)
				answers = append(answers, largest(a[layers].RawVector().Data))
				sum += cost.Value(a[layers], e.Y)
			}
			for i := range layers { // l = i+2
				certain, gradient := 0, mat.NewDense(sizes[i+1], sizes[i], nil)
				biases := make([]float64, sizes[i+1])
				for _, e := range examples(data) {
					for _, a := range net.Feedforward(e.X)[i+1].RawVector().Data {
						if a <= 0.01 || a >= 0.99 {
							certain++
						}
					}
					nablaB, nablaW := net.Backprop(e.X, e.Y)
					for j := range biases {
						biases[j] += nablaB[i].AtVec(j)
					}
					gradient.Add(gradient, nablaW[i])
				}
				squares := 0.0
				for _, g := range gradient.RawMatrix().Data {
					gradientW = append(gradientW, g/45)
					squares += float64(g / 45 * (g / 45))
				}
				for _, b := range biases {
					gradientB = append(gradientB, b/45)
				}
				saturation = append(saturation, float64(certain)/float64(45*sizes[i+1]))
				norms = append(norms, math.Sqrt(squares))
			}
			t.Run(fmt.Sprintf("%v,%v", sizes, cost), func(t *testing.T) {
				eachImplementation(t, func(t *testing.T) {
					sameValues(t, "Outputs", net.Outputs(data).RawMatrix().Data, outputs)
					if got := net.Answers(data); !slices.Equal(got, answers) {
						t.Errorf("Answers = %v, want %v", got, answers)
					}
					sameValues(t, "MeanCost", []float64{net.MeanCost(data)}, []float64{sum / 45})
					sameValues(t, "Saturation", net.Saturation(data), saturation)
					sameValues(t, "GradientNorms", net.GradientNorms(data), norms)
					nablaB, nablaW := net.Gradient(data)
					var gotB, gotW []float64
					for i := range nablaW { // l = i+2
						gotB = append(gotB, nablaB[i].RawVector().Data...)
						gotW = append(gotW, nablaW[i].RawMatrix().Data...)
					}
					sameValues(t, "Gradient by the biases", gotB, gradientB)
					sameValues(t, "Gradient by the weights", gotW, gradientW)
				})
			})
		}
	}
}

func TestOutputsThatAreNotNumbersAnswerNothing(t *testing.T) {
	data := toy(1, 4, 8, 3)
	net := newNetwork(t, 1, 8, 4, 3)
	net.Biases[1].SetVec(2, math.NaN())
	if got := net.Answers(data); !slices.Equal(got, []int{-1, -1, -1, -1}) {
		t.Errorf("Answers = %v with an output that is NaN, want -1 for each", got)
	}
	if got := net.MeanCost(data); !math.IsNaN(got) {
		t.Errorf("MeanCost = %v with an output that is NaN, want NaN", got)
	}
}

// Without weights the biases alone decide: of these hidden neurons, two of four.
func TestSaturationCountsActivationsNear0And1(t *testing.T) {
	net := newNetwork(t, 1, 8, 4, 2)
	for _, w := range net.Weights {
		w.Zero()
	}
	copy(net.Biases[0].RawVector().Data, []float64{4.6, -4.6, 4.59, -4.59}) // σ(4.595) = 0.99
	copy(net.Biases[1].RawVector().Data, []float64{0, 100})
	if got := net.Saturation(toy(1, 5, 8, 2)); !slices.Equal(got, []float64{0.5, 0.5}) {
		t.Errorf("Saturation = %v, want [0.5 0.5]", got)
	}
}
