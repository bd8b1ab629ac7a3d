package nnplot

import (
	"testing"

	"nnbook/nb/canvas"
)

func TestGoldenConfusion(t *testing.T) {
	counts := make([][]int, 10)
	for i := range counts {
		counts[i] = make([]int, 10)
		for j := range counts[i] {
			counts[i][j] = max(0, int(60*wobble(10*i+j))-25)
		}
		counts[i][i] = 900 + 13*i
	}
	counts[4][9], counts[7][7] = 312, 0
	golden(t, "confusion", Confusion(counts))
}

func TestGoldenHeatMap(t *testing.T) {
	xs := []string{"0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "30", "100"}
	ys := []string{"1", "10", "100", "1000"}
	values := make([][]float64, len(ys))
	for j := range values {
		for i := range xs {
			from := float64(i - 3 - 2*j)
			values[j] = append(values[j], max(9.8, 96-float64(2.5*float64(from*from))))
		}
	}
	values[0][10], values[1][10] = nan, inf
	golden(t, "heat-map", HeatMap("learning rate η", "mini-batch size m", xs, ys, values))
}

func TestMatricesTakeWhatIsThere(t *testing.T) {
	canvas.Render(Confusion(nil))
	canvas.Render(Confusion([][]int{{0}}))
	canvas.Render(Confusion([][]int{{0, 0}, {3, 5}}))
	canvas.Render(HeatMap("x", "y", nil, nil, nil))
	canvas.Render(HeatMap("x", "y", nil, []string{"a"}, [][]float64{nil}))
	canvas.Render(HeatMap("x", "y", []string{"a"}, []string{"b"}, [][]float64{{nan}}))
	canvas.Render(HeatMap("x", "y", []string{"a"}, []string{"b"}, [][]float64{{-3}}))
}

func TestSlipsWithMatricesPanic(t *testing.T) {
	wantPanic(t, "nnplot: Confusion: row 1 has 1 counts, want 2, one for each row", func() { Confusion([][]int{{1, 2}, {1}}) })
	wantPanic(t, "nnplot: HeatMap: 1 rows of values for 0 ys", func() { HeatMap("x", "y", nil, nil, [][]float64{{1}}) })
	wantPanic(t, "nnplot: HeatMap: row 0 has 2 values for 1 xs", func() {
		HeatMap("x", "y", []string{"a"}, []string{"b"}, [][]float64{{1, 2}})
	})
}
