// Package nnplot draws the book's figures, all in one style: on white, with a
// sans serif face, few grid lines, and curves told apart by colour, by dash
// and by their names at their ends, so that they can be read in print and by
// colour-blind people. Functions return a *plot.Plot, to be changed at will.
package nnplot

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Figures are this large, in print and on the screen, and so finely drawn.
const (
	Width  = 16 * vg.Centimeter
	Height = 9 * vg.Centimeter
	DPI    = 144
)

var (
	ink   = color.Gray{0x33} // text and axes
	faint = color.Gray{0xdd} // grid
	paper = color.White
)

// styles tell curves apart. The colours are the ones of Okabe and Ito, "Color
// Universal Design" (2008), that are dark enough for lines on white.
var styles = []draw.LineStyle{
	{Color: color.RGBA{0x00, 0x72, 0xb2, 0xff}, Width: 2},                                   // blue
	{Color: color.RGBA{0xd5, 0x5e, 0x00, 0xff}, Width: 2, Dashes: []vg.Length{8, 3}},        // vermilion
	{Color: color.RGBA{0x00, 0x7a, 0x59, 0xff}, Width: 2, Dashes: []vg.Length{2, 3}},        // green
	{Color: color.RGBA{0xa8, 0x4c, 0x7f, 0xff}, Width: 2, Dashes: []vg.Length{10, 3, 2, 3}}, // purple
	{Color: color.RGBA{0x33, 0x33, 0x33, 0xff}, Width: 2, Dashes: []vg.Length{5, 2}},        // ink
}

// Curve is a value after each epoch, with the name that stands at its end.
type Curve struct {
	Name   string
	Values []float64 // after epoch 0, 1, …
}

// Counts makes a Curve of a transcript: correct answers as a share of total,
// in percent.
func Counts(name string, counts []int, total int) Curve {
	c := Curve{Name: name}
	for _, count := range counts {
		c.Values = append(c.Values, 100*float64(count)/float64(total))
	}
	return c
}

// LearningCurves draws up to five curves over the epochs; yLabel says what
// their values are, with the unit.
func LearningCurves(yLabel string, curves ...Curve) *plot.Plot {
	p := newPlot("epoch", yLabel)
	var ends []end
	for i, c := range curves {
		style := styles[i%len(styles)]
		points := make(plotter.XYs, len(c.Values))
		for epoch, v := range c.Values {
			points[epoch] = plotter.XY{X: float64(epoch), Y: v}
		}
		if len(points) == 0 {
			continue
		}
		p.Add(&plotter.Line{XYs: points, LineStyle: style})
		ends = append(ends, end{points[len(points)-1], c.Name, style.Color})
	}
	p.X.Min, p.X.Max = 0, max(p.X.Max, 1)
	p.X.Tick.Marker = ticks{least: 1} // there are no parts of an epoch
	p.Y.Min, p.Y.Max = pad(p.Y.Min, p.Y.Max)
	p.Add(labels(ends, p.Y.Max-p.Y.Min))
	return p
}

// pad leaves a little air below and above.
func pad(low, high float64) (float64, float64) {
	air := max((high-low)*0.06, math.Abs(high)*0.01, 1e-9)
	return low - air, high + air
}

// end is where a curve ends, and what is to stand there.
type end struct {
	at    plotter.XY
	name  string
	color color.Color
}

// labels writes the names of curves behind their ends, moved apart where they
// would overlap; height is that of the y axis.
func labels(ends []end, height float64) *plotter.Labels {
	slices.SortFunc(ends, func(a, b end) int {
		switch {
		case a.at.Y < b.at.Y:
			return -1
		case a.at.Y > b.at.Y:
			return 1
		}
		return 0
	})
	l := &plotter.Labels{Offset: vg.Point{X: 6}}
	lowest := math.Inf(-1)
	for _, e := range ends {
		y := max(e.at.Y, lowest)
		lowest = y + height*0.07
		l.XYs = append(l.XYs, plotter.XY{X: e.at.X, Y: y})
		l.Labels = append(l.Labels, e.name)
		l.TextStyle = append(l.TextStyle, text.Style{Color: e.color, Font: face(10), YAlign: -0.4, Handler: plot.DefaultTextHandler})
	}
	return l
}

// newPlot returns an empty plot in the book's style.
func newPlot(xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = paper
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Label.TextStyle.Color = face(11), ink
		axis.Label.Padding = 4
		axis.Tick.Label.Font, axis.Tick.Label.Color = face(10), ink
		axis.LineStyle = draw.LineStyle{Color: ink, Width: 0.8}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = 4
		axis.Padding = 0
		axis.Tick.Marker = ticks{}
	}
	p.X.Label.Text, p.Y.Label.Text = xLabel, yLabel
	grid := plotter.NewGrid()
	grid.Vertical = draw.LineStyle{}
	grid.Horizontal = draw.LineStyle{Color: faint, Width: 0.8}
	p.Add(grid)
	return p
}

func face(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// ticks marks an axis at about six round values: steps of 1, 2 or 5 times a
// power of ten.
type ticks struct {
	least float64 // no step is smaller; 0 for any
}

func (t ticks) Ticks(low, high float64) []plot.Tick {
	exponent := math.Floor(math.Log10(max((high-low)/4, t.least)))
	unit := math.Pow10(int(exponent))
	step := unit
	for _, factor := range []float64{2, 5} {
		if (high-low)/(factor*unit) >= 4 {
			step = factor * unit
		}
	}
	var marks []plot.Tick
	for i := math.Ceil(low / step); i*step <= high; i++ {
		label := strconv.FormatFloat(i*step, 'f', max(0, -int(exponent)), 64)
		marks = append(marks, plot.Tick{Value: i * step, Label: label})
	}
	return marks
}

// Render draws the figure as an image of Width × Height at DPI.
func Render(p *plot.Plot) image.Image {
	canvas := vgimg.NewWith(vgimg.UseWH(Width, Height), vgimg.UseDPI(DPI))
	area := draw.New(canvas)
	p.Draw(draw.Crop(area, 6, -6, 6, -10))
	return canvas.Image()
}
