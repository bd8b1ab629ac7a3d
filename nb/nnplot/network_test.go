package nnplot

import "testing"

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
	Render(Network(nil))
	Render(Network([]int{1}))
	Render(Network([]int{1, 1}))
	Render(Deltas(nil, nil))
	Render(Deltas([][]float64{{1}}, nil))
	Render(Deltas([][]float64{{}, {inf}}, [][]float64{{nan}}))
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
