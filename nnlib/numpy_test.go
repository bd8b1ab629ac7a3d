package nnlib_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// Runs that the page never made, against NumPy itself: without a hidden layer
// and with several, with short last mini-batches, on part of the data, from
// seeds of any size; by cross-entropy, regularised, from scaled weights.
// testdata/numpy_runs.py made the expected numbers.
func TestOtherRunsAgreeWithNumPy(t *testing.T) {
	if testing.Short() {
		t.Skip("optional: it takes a while")
	}
	training, testing10k := loadMNIST(t)
	var golden struct {
		Runs []struct {
			Sizes     []int
			Eta       float64
			MiniBatch int `json:"mini_batch"`
			Train     int
			Epochs    int
			Seed      string
			Cost      string
			Lambda    float64
			Scaled    bool
			MeanCost  float64 `json:"mean_cost"` // of the test images, at the end
			Counts    []int
			Biases    [][]float64
			RowSums   [][]float64 `json:"row_sums"`
			ColSums   [][]float64 `json:"column_sums"` // every 37th
		}
	}
	readGolden(t, "numpy-runs.json", &golden)
	if len(golden.Runs) < 10 {
		t.Fatalf("%d runs in numpy-runs.json", len(golden.Runs))
	}
	for _, run := range golden.Runs {
		t.Run(fmt.Sprintf("%v,eta=%v,%s,lambda=%v", run.Sizes, run.Eta, run.Cost, run.Lambda), func(t *testing.T) {
			seed, _ := new(big.Int).SetString(run.Seed, 10)
			rng, err := nprand.NewBig(seed)
			if err != nil {
				t.Fatal(err)
			}
			initialise := nnlib.New
			if run.Scaled {
				initialise = nnlib.NewScaled
			}
			net, err := initialise(run.Sizes, rng)
			if err != nil {
				t.Fatal(err)
			}
			net.Cost = map[string]nnlib.CostFunction{"quadratic": nnlib.Quadratic, "cross-entropy": nnlib.CrossEntropy}[run.Cost]
			cfg := nnlib.Config{Epochs: run.Epochs, MiniBatchSize: run.MiniBatch, Eta: run.Eta, Lambda: run.Lambda}
			for epoch, err := range net.SGD(t.Context(), training.Slice(0, run.Train), cfg) {
				if err != nil {
					t.Fatal(err)
				}
				if got := net.Evaluate(testing10k); got != run.Counts[epoch] {
					t.Errorf("Epoch %d : %d / 10000, NumPy %d", epoch, got, run.Counts[epoch])
				}
			}
			compare := func(what string, j int, got, want float64) {
				if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
					t.Errorf("%s %d is %v, NumPy %v", what, j, got, want)
				}
			}
			compare("mean cost of epoch", run.Epochs-1, net.MeanCost(testing10k), run.MeanCost)
			for i, w := range net.Weights { // l = i+2
				rows, cols := w.Dims()
				columns := make([]float64, cols)
				for j := range rows {
					compare(fmt.Sprintf("b^%d", i+2), j, net.Biases[i].AtVec(j), run.Biases[i][j])
					sum := 0.0
					for k := range cols {
						sum += w.At(j, k)
						columns[k] += w.At(j, k)
					}
					compare(fmt.Sprintf("sum of row of w^%d", i+2), j, sum, run.RowSums[i][j])
				}
				for n, want := range run.ColSums[i] {
					compare(fmt.Sprintf("sum of column of w^%d", i+2), 37*n, columns[37*n], want)
				}
			}
		})
	}
}
