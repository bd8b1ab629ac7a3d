package nnplot

import (
	"math"
	"testing"
)

func TestRegions(t *testing.T) {
	ring := func(x, y float64) float64 { return 1 / (1 + math.Exp(4*(x*x+y*y-1))) }
	golden(t, "regions", Regions(Area{-2, 2, -1.5, 1.5}, ring,
		Line{X: []float64{-1.5, 1.5, 1.2}, Y: []float64{1, 1, -1}}, Line{X: []float64{0, 0.5}, Y: []float64{0, -0.25}}))
}

func TestContours(t *testing.T) {
	bowl := func(x, y float64) float64 { return x*x/2 + 4*y*y }
	golden(t, "contours", Contours("w₁", "w₂", Area{-3, 3, -1.5, 1.5}, bowl, []float64{0.1, 0.5, 1, 2, 4, 8},
		Line{Name: "short steps", X: []float64{-2.5, -1, -0.4, 0}, Y: []float64{1, 0.2, 0, 0}},
		Line{Name: "long steps", X: []float64{-2.5, 2, 4}, Y: []float64{1, -1, 3}}))
	wantPanic(t, "nnplot: area {1 1 0 2}, want X0 below X1 and Y0 below Y1", func() { Contours("", "", Area{1, 1, 0, 2}, bowl, nil) })
}

func TestPanels(t *testing.T) {
	half := func(x, y float64) float64 { return 0.5 + x/4 }
	area := Area{-2, 2, -2, 2}
	golden(t, "panels", Panels(3, []string{"one", "two", "three", "four"}, Regions(area, half), Regions(area, half), Regions(area, half), Regions(area, half)))
	wantPanic(t, "nnplot: Panels: 1 figures with 0 titles in 2 columns, want a title for each, and a column", func() { Panels(2, nil, Regions(area, half)) })
}

func TestNotes(t *testing.T) {
	line := Line{X: []float64{0, 1, 2}, Y: []float64{1, 3, 2}}
	p := Points("x", "y", line)
	Notes(p, line, "0", "1")
	golden(t, "notes", p)
}

func TestInterpolated(t *testing.T) {
	f := Interpolated(Area{0, 2, 10, 11}, [][]float64{{0, 1, 4}, {2, 3, 8}})
	for _, test := range []struct{ x, y, want float64 }{{0, 10, 0}, {2, 11, 8}, {0.5, 10, 0.5}, {1.5, 10.5, 4}, {-1, 9, 0}, {5, 12, 8}} {
		if got := f(test.x, test.y); got != test.want {
			t.Errorf("at (%v, %v): %v, want %v", test.x, test.y, got, test.want)
		}
	}
	wantPanic(t, "nnplot: Interpolated: 1 × 2 values, want at least 2 × 2", func() { Interpolated(Area{0, 1, 0, 1}, [][]float64{{1, 2}}) })
}

// Border crosses a square where two opposite corners are in on the side of the
// corners that its centre is not with.
func TestBorderOfASaddle(t *testing.T) {
	for _, joined := range []bool{true, false} {
		pieces := border(1, 1, func(x, y float64) bool {
			if joined && x == 0.5 && y == 0.5 {
				return true
			}
			return x < 0.4 && y < 0.4 || x > 0.6 && y > 0.6
		})
		if len(pieces) != 2 {
			t.Fatalf("joined %t: %d pieces, want 2", joined, len(pieces))
		}
		for _, piece := range pieces {
			// Joined, the border cuts off the corners that are out: (1, 0) and (0, 1).
			if sum := piece[0].X + piece[0].Y + piece[1].X + piece[1].Y; joined != (sum > 1.5 && sum < 2.5) {
				t.Errorf("joined %t: a piece from %v to %v", joined, piece[0], piece[1])
			}
		}
	}
}
