package nnplot

import (
	"testing"

	"nnbook/nb/canvas"
)

func TestGoldenNetwork(t *testing.T) {
	golden(t, "network", Network([]int{784, 15, 10}))
	golden(t, "network-small", Network([]int{3, 4, 2}))
	golden(t, "network-deep", Network([]int{784, 1, 12, 13, 100, 1}))
}

func TestGoldenDeltas(t *testing.T) {
	golden(t, "deltas", Deltas(
		[][]float64{{0.05, 0.1}, {0.5933, 0.5969, 0.4}, {0.7514}},
		[][]float64{{0.000877, -0.00354, 0}, {0.1385}},
	))
	many := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}
	golden(t, "deltas-large", Deltas(
		[][]float64{many, many[:5], many, many[:1]},
		[][]float64{{-0.02, 0.0000123, nan, 1e-9, 0.01}, many, {-0.6}},
	))
}

func TestNetworksTakeWhatIsThere(t *testing.T) {
	canvas.Render(Network(nil))
	canvas.Render(Network([]int{1}))
	canvas.Render(Network([]int{1, 1}))
	canvas.Render(Deltas(nil, nil))
	canvas.Render(Deltas([][]float64{{1}}, nil))
	canvas.Render(Deltas([][]float64{{}, {inf}}, [][]float64{{nan}}))
}

func TestSlipsWithNetworksPanic(t *testing.T) {
	wantPanic(t, "nnplot: Network of sizes [2 0]: 0 neurons in layer 2, want at least 1", func() { Network([]int{2, 0}) })
	wantPanic(t, "nnplot: Deltas: 2 layers of activations and 2 of deltas, want one fewer, as inputs have none", func() {
		Deltas([][]float64{{1}, {1}}, [][]float64{{1}, {1}})
	})
	wantPanic(t, "nnplot: Deltas: layer 2 has 2 activations and 1 deltas", func() {
		Deltas([][]float64{{1}, {1, 2}}, [][]float64{{1}})
	})
}

func TestDeltasWithWeights(t *testing.T) {
	w2 := [][]float64{{1, -2}, {0.5, 1}, {-1, 2}}
	w3 := [][]float64{{2, -1, 3}, {-1, 1, nan}}
	a := [][]float64{{1, 0.5}, {0.5, 0.7311, 0.2689}, {0.5189, 0.4425}}
	golden(t, "deltas-unknown", Deltas([][]float64{{1, 0.5}, {nan, nan, nan}, {nan, nan}}, [][]float64{{nan, nan, nan}, {nan, nan}}, w2))
	golden(t, "deltas-weights", Deltas(a, [][]float64{{0.0991, -0.0525, 0.0223}, {0.1295, -0.1375}}, w2, w3))
	wantPanic(t, "nnplot: Deltas: numbers for connections into 2 neurons of layer 2, which has not as many", func() { Deltas(a, a[1:], w3) })
}

func TestWeighted(t *testing.T) {
	golden(t, "weighted", Weighted([][]float64{{0.2871, 0.7834, 0.6244, 0.6702}, {0.4078, nan}},
		[][]float64{{0.349, 0.2552, 1.7718, -0.6382}, {1.534, 0.2998, -1.0761, -1.4656}}))
}
