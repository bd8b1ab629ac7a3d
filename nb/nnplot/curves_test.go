package nnplot

import (
	"bytes"
	"encoding/json"
	"image/png"
	"math"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/plot"

	"nnbook/nb/canvas"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

func TestGoldenLearningCurves(t *testing.T) {
	rising, falling := make([]int, 30), make([]int, 30)
	for epoch := range rising {
		rising[epoch] = 9500 - 6000/(epoch+1)
		falling[epoch] = 9400 - 40*epoch
	}
	golden(t, "learning-curves", LearningCurves("correct test images (%)",
		Counts("rising", rising, 10000),
		Counts("falling", falling, 10000),
		Counts("flat", []int{5000, 5000, 5000, 5000}, 10000),
		Counts("close to flat", []int{5010, 5005, 5003, 5001}, 10000),
		Curve{Name: "nothing"},
	))
}

// The README's picture is the book's figure of the published runs.
func TestGoldenPictureOfTheREADME(t *testing.T) {
	text, err := os.ReadFile("../../nnlib/testdata/published-runs.json")
	if err != nil {
		t.Fatal(err)
	}
	var published struct{ Runs []struct{ Counts []int } }
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	golden(t, "../../../docs/15-or-100", LearningCurves("test images recognised (%)",
		Counts("15 hidden", published.Runs[0].Counts, 10000),
		Counts("100 hidden", published.Runs[1].Counts, 10000),
	))
}

// Ten curves that end close together: names must not overlap nor leave the
// figure, and a gap, a single epoch and a last value that is infinite show.
func TestGoldenTenCurves(t *testing.T) {
	var curves []Curve
	for digit := range 10 {
		c := Curve{Name: "digit " + string(rune('0'+digit))}
		for epoch := range 30 {
			c.Values = append(c.Values, 97-float64(60+2*digit)/float64(1+epoch+digit))
		}
		curves = append(curves, c)
	}
	curves[3].Values[5], curves[3].Values[6] = nan, inf
	curves[4].Values[29] = nan
	curves[7].Values = []float64{50}
	golden(t, "ten-curves", LearningCurves("recall (%)", curves...))
}

// wobble is a number between 0 and 1 that looks random.
func wobble(i int) float64 {
	return float64(uint32(i)*2654435761>>8%1000) / 1000
}

// wobblyRuns are runs that rise from start to end, some shorter than others.
func wobblyRuns(start, end, width float64) [][]float64 {
	runs := make([][]float64, 7)
	for i := range runs {
		for epoch := range 30 - 2*(i%2) {
			away := (end - start) / float64(1+epoch)
			runs[i] = append(runs[i], end-away+float64(width*(wobble(100*i+epoch)-0.5)))
		}
	}
	return runs
}

func TestGoldenLearningBands(t *testing.T) {
	golden(t, "learning-bands", LearningBands("test images recognised (%)",
		Spread("15 hidden", wobblyRuns(80, 93, 2)),
		Spread("30 hidden", wobblyRuns(70, 95, 3)),
		Spread("100 hidden", wobblyRuns(55, 88, 9)),
	))
}

func TestSpreadIsLeastMedianAndLargest(t *testing.T) {
	b := Spread("four", [][]float64{{4, 1, nan, 7}, {2, nan, nan}, {3, 5, inf}, {9}})
	for what, c := range map[string]struct{ got, want []float64 }{
		"low":    {b.Low, []float64{2, 1, nan, 7}},
		"middle": {b.Middle, []float64{3.5, 3, nan, 7}},
		"high":   {b.High, []float64{9, 5, nan, 7}},
	} {
		same := func(a, b float64) bool { return a == b || a != a && b != b }
		if !slices.EqualFunc(c.got, c.want, same) {
			t.Errorf("%s is %v, want %v", what, c.got, c.want)
		}
	}
}

func TestGoldenLines(t *testing.T) {
	var fine Line
	for i := range 101 {
		x := float64(i)/25 - 2
		fine.X, fine.Y = append(fine.X, x), append(fine.Y, x*x*x)
	}
	fine.Name = "x³"
	golden(t, "lines", Lines("x", "value", fine,
		Line{Name: "measured", X: []float64{-2, -1.5, 0, 1, 2}, Y: []float64{6, 5, 1, 0.5, 4}},
		Line{Name: "alone", X: []float64{1.5}, Y: []float64{-5}},
	))
}

// A sweep over decades: points at or below 0 have no place.
func TestGoldenLogarithmicAxes(t *testing.T) {
	p := Lines("learning rate η", "distance of two runs",
		Line{Name: "grows", X: []float64{0.001, 0.01, 0.1, 1, 10, 100}, Y: []float64{2e-16, 3e-12, 0, 2e-6, 0.04, 7}},
		Line{Name: "stays", X: []float64{0, 0.002, 0.02, 0.2, 2, 20}, Y: []float64{1, 1e-9, 2e-9, 1e-9, -1, 3e-9}},
	)
	LogX(p)
	LogY(p)
	golden(t, "logarithmic", p)
}

func TestGoldenPoints(t *testing.T) {
	series := make([]Line, 5)
	for i, name := range []string{"15 hidden, N(0, 1)", "30 hidden, N(0, 1)", "100 hidden, N(0, 1)", "15 hidden, N(0, 1/n)", "100 hidden, N(0, 1/n)"} {
		series[i].Name = name
		for k := range 12 {
			series[i].X = append(series[i].X, 0.02+float64(0.5*wobble(30*i+k)))
			series[i].Y = append(series[i].Y, float64(80+3*i)+float64(4*wobble(70*i+k+500)))
		}
	}
	series[0].Y[3] = nan
	p := Points("share of saturated neurons", "recognised (%)", series...)
	LogX(p)
	golden(t, "points", p)
}

func TestCurvesTakeWhatIsThere(t *testing.T) {
	empty := newPlotOfCurves(t, nil, nil)
	for what, p := range map[string]*plot.Plot{
		"no curves":        LearningCurves("y"),
		"no values":        LearningCurves("y", Curve{Name: "a"}),
		"no finite values": LearningCurves("y", Curve{"a", []float64{nan, inf, -inf}}),
		"bands of nothing": LearningBands("y", Spread("a", nil), Spread("b", [][]float64{{}, {nan}})),
		"lines of nothing": Lines("epoch", "y", Line{Name: "a", X: []float64{nan, 1}, Y: []float64{1, inf}}),
		"no lines":         Lines("epoch", "y"),
	} {
		if p.X.Min != empty.X.Min || p.X.Max != empty.X.Max || !(p.Y.Min < p.Y.Max) {
			t.Errorf("%s: axes %v … %v, %v … %v", what, p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
		}
		canvas.Render(p)
	}
	for _, values := range [][]float64{{3}, {0, 0}, {-7, -7, -7}, {1e300, -1e300}, {1e-300, 2e-300}, {1e20, 1e20}, {math.MaxFloat64, -math.MaxFloat64}} {
		p := newPlotOfCurves(t, values, values)
		canvas.Render(p)
		LogX(p)
		LogY(p)
		canvas.Render(p)
		canvas.Render(LearningBands("y", Spread("a", [][]float64{values, {1, 2, 3}})))
	}
	p := LearningCurves("y", Curve{"a", []float64{0, -1}}) // nothing that could be shown
	LogY(p)
	canvas.Render(p)
}

func newPlotOfCurves(t *testing.T, x, y []float64) *plot.Plot {
	t.Helper()
	canvas.Render(Points("x", "y", Line{X: x, Y: y}))
	return Lines("x", "y", Line{Name: "line", X: x, Y: y})
}

// A value between gaps has no line to a neighbour; it is drawn as a dot.
func TestValueBetweenGapsIsSeen(t *testing.T) {
	var with, without bytes.Buffer
	p := LearningCurves("y", Curve{"", []float64{1, nan, 2, nan, 1}})
	q := LearningCurves("y", Curve{"", []float64{1, nan, nan, nan, 1}})
	q.Y.Min, q.Y.Max = p.Y.Min, p.Y.Max
	png.Encode(&with, canvas.Render(p))
	png.Encode(&without, canvas.Render(q))
	if bytes.Equal(with.Bytes(), without.Bytes()) {
		t.Error("the figure is the same without it")
	}
}

func TestSlipsWithCurvesPanic(t *testing.T) {
	wantPanic(t, `nnplot: line "a" has 2 x and 1 y values, want as many of each`, func() {
		Lines("x", "y", Line{"a", []float64{1, 2}, []float64{1}})
	})
	wantPanic(t, `nnplot: band "a" has 1 low, 2 middle and 1 high values, want as many of each`, func() {
		LearningBands("y", Band{"a", []float64{1}, []float64{1, 2}, []float64{1}})
	})
	wantPanic(t, "nnplot: LogY of a figure that is not of curves or points, or of an axis that is logarithmic already", func() {
		LogY(Confusion(nil))
	})
}

func TestMarkLeavesTheAxes(t *testing.T) {
	p := Histogram("value", "counted", []float64{1, 2, 2, 3, 3, 3, 4}, 0, 5, 5)
	x0, x1, y0, y1 := p.X.Min, p.X.Max, p.Y.Min, p.Y.Max
	Mark(p, Line{Name: "the page's", X: []float64{2.5, 2.5}, Y: []float64{0, 9}})
	if p.X.Min != x0 || p.X.Max != x1 || p.Y.Min != y0 || p.Y.Max != y1 {
		t.Errorf("axes are %v to %v and %v to %v, want %v to %v and %v to %v", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max, x0, x1, y0, y1)
	}
	p = Histogram("value", "counted", []float64{1, 2, 2, 3, 3, 3, 4}, 0, 5, 5)
	Mark(p, Line{Name: "the page's", X: []float64{2.5, 2.5}, Y: []float64{0, 3.2}})
	golden(t, "mark", canvas.Render(p))
}
