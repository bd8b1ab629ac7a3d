package nnplot

// This file draws values over epochs and over anything else, as lines with
// their names at their ends, as bands, and as points.

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"nnbook/nb/canvas"
)

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

// LearningCurves draws up to ten curves over the epochs; yLabel says what
// their values are, with the unit.
func LearningCurves(yLabel string, curves ...Curve) *plot.Plot {
	var traces []trace
	for i, c := range curves {
		traces = append(traces, trace{xys: perEpoch(c.Values), style: style(i), name: c.Name})
	}
	p := newPlot("epoch", yLabel)
	p.Add(horizontalGrid())
	addTraces(p, traces)
	epochs(p)
	return p
}

// Band is what several runs give after each epoch: values from Low to High, of
// which Middle is typical. The three have the same length.
type Band struct {
	Name              string
	Low, Middle, High []float64 // after epoch 0, 1, …
}

// Spread makes a Band of runs, each a value after each epoch: the least, the
// median and the largest value. Where a shorter run has ended, the others
// count. Values that are not finite are left out; where none is left, the band
// has a gap.
func Spread(name string, runs [][]float64) Band {
	b := Band{Name: name}
	for epoch := 0; ; epoch++ {
		var values []float64
		ended := true
		for _, run := range runs {
			if epoch < len(run) {
				ended = false
				if drawable(run[epoch]) {
					values = append(values, run[epoch])
				}
			}
		}
		if ended {
			return b
		}
		low, middle, high := math.NaN(), math.NaN(), math.NaN()
		if n := len(values); n > 0 {
			slices.Sort(values)
			low, middle, high = values[0], (values[(n-1)/2]+values[n/2])/2, values[n-1]
		}
		b.Low, b.Middle, b.High = append(b.Low, low), append(b.Middle, middle), append(b.High, high)
	}
}

// LearningBands draws up to ten bands over the epochs, each a lighter area with
// its middle as a line. yLabel says what the values are, with the unit.
func LearningBands(yLabel string, bands ...Band) *plot.Plot {
	p := newPlot("epoch", yLabel)
	p.Add(horizontalGrid())
	var edges, middles []trace
	for i, b := range bands {
		if len(b.Low) != len(b.Middle) || len(b.High) != len(b.Middle) {
			panic(fmt.Sprintf("nnplot: band %q has %d low, %d middle and %d high values, want as many of each",
				b.Name, len(b.Low), len(b.Middle), len(b.High)))
		}
		low, high := perEpoch(b.Low), perEpoch(b.High)
		p.Add(area{low, high, style(i).Color})
		edge := style(i)
		edge.Width, edge.Dashes = 0.6, nil
		edges = append(edges, trace{xys: low, style: edge}, trace{xys: high, style: edge})
		middles = append(middles, trace{xys: perEpoch(b.Middle), style: style(i), name: b.Name})
	}
	addTraces(p, append(edges, middles...))
	epochs(p)
	return p
}

// Line is a named series of points, in the order in which they are joined.
type Line struct {
	Name string
	X, Y []float64 // of the same length
}

// Lines draws up to ten lines, with their names at their ends. If there are
// only a few points, as in a sweep, they are marked: between them nothing was
// measured.
func Lines(xLabel, yLabel string, lines ...Line) *plot.Plot {
	p := newPlot(xLabel, yLabel)
	p.Add(horizontalGrid())
	var traces []trace
	for i, l := range lines {
		t := trace{xys: l.points(), style: style(i), name: l.Name}
		if len(l.X) <= 16 {
			t.marker = markers[i%len(markers)]
		}
		traces = append(traces, t)
	}
	addTraces(p, traces)
	return p
}

// Points draws up to five series as points that are not joined, each with a
// marker of its own. The names stand above the figure.
func Points(xLabel, yLabel string, series ...Line) *plot.Plot {
	p := newPlot(xLabel, yLabel)
	p.Add(horizontalGrid())
	var traces []trace
	var entries key
	for i, l := range series {
		s := draw.LineStyle{Color: style(i).Color}
		marker := markers[i%len(markers)]
		traces = append(traces, trace{xys: l.points(), style: s, marker: marker})
		if l.Name != "" {
			entries = append(entries, keyEntry{l.Name, s.Color, marker})
		}
	}
	addTraces(p, traces)
	p.X.Min, p.X.Max = pad(p.X.Min, p.X.Max)
	p.Add(entries)
	return p
}

// Mark draws a thin dashed line over a finished figure, to point something
// out, and its name behind its end. The axes stay as they are.
func Mark(p *plot.Plot, line Line) {
	t := trace{
		xys:   line.points(),
		style: draw.LineStyle{Color: ink, Width: 1.2, Dashes: []vg.Length{4, 3}},
		name:  line.Name,
	}
	x0, x1, y0, y1 := p.X.Min, p.X.Max, p.Y.Min, p.Y.Max
	p.Add(t, names{t})
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x0, x1, y0, y1
}

func (l Line) points() plotter.XYs {
	if len(l.X) != len(l.Y) {
		panic(fmt.Sprintf("nnplot: line %q has %d x and %d y values, want as many of each", l.Name, len(l.X), len(l.Y)))
	}
	xys := make(plotter.XYs, len(l.X))
	for i, x := range l.X {
		xys[i] = plotter.XY{X: x, Y: l.Y[i]}
	}
	return xys
}

func perEpoch(values []float64) plotter.XYs {
	xys := make(plotter.XYs, len(values))
	for epoch, v := range values {
		xys[epoch] = plotter.XY{X: float64(epoch), Y: v}
	}
	return xys
}

// epochs makes x an axis of epochs: from 0, and without parts of one.
func epochs(p *plot.Plot) {
	p.X.Min, p.X.Max = 0, max(p.X.Max, 1)
	p.X.Tick.Marker = ticks{least: 1}
}

// addTraces adds lines and their names, and sets both axes' ranges by them.
func addTraces(p *plot.Plot, traces []trace) {
	x := &linear{low: math.Inf(1), high: math.Inf(-1)}
	y := &linear{low: math.Inf(1), high: math.Inf(-1)}
	for _, t := range traces {
		p.Add(t)
		for _, at := range t.xys {
			if drawable(at.X) && drawable(at.Y) {
				x.positive(at.X)
				y.positive(at.Y)
			}
		}
	}
	p.X.Scale, p.Y.Scale = x, y
	if p.X.Min > p.X.Max { // there are no points
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	}
	if p.X.Min == p.X.Max {
		p.X.Min, p.X.Max = pad(p.X.Min, p.X.Max)
	}
	p.Y.Min, p.Y.Max = pad(p.Y.Min, p.Y.Max)
	p.Add(names(traces))
}

// trace is one line: through points that lie in the figure, with gaps where
// they do not. A point alone between gaps is marked.
type trace struct {
	xys    plotter.XYs
	style  draw.LineStyle // no line if its width is 0
	marker marker         // drawn at each point; nil for none
	name   string
}

func (t trace) Plot(c draw.Canvas, p *plot.Plot) {
	for _, run := range placed(c, p, t.xys) {
		c.StrokeLines(t.style, c.ClipLinesXY(run)...)
		for _, at := range run {
			switch {
			case !c.Contains(at):
			case t.marker != nil:
				t.marker(&c, t.style.Color, at)
			case len(run) == 1:
				markers[0](&c, t.style.Color, at)
			}
		}
	}
}

// placed finds where points are on the canvas, cut into runs without gaps.
func placed(c draw.Canvas, p *plot.Plot, xys plotter.XYs) [][]vg.Point {
	var runs [][]vg.Point
	var run []vg.Point
	for _, at := range xys {
		x, y := p.X.Norm(at.X), p.Y.Norm(at.Y)
		if drawable(x) && drawable(y) {
			run = append(run, vg.Point{X: c.X(x), Y: c.Y(y)})
		} else if run != nil {
			runs, run = append(runs, run), nil
		}
	}
	if run != nil {
		runs = append(runs, run)
	}
	return runs
}

// DataRange is the range of what is finite.
func (t trace) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax, ymin, ymax = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, at := range t.xys {
		if drawable(at.X) && drawable(at.Y) {
			xmin, xmax = min(xmin, at.X), max(xmax, at.X)
			ymin, ymax = min(ymin, at.Y), max(ymax, at.Y)
		}
	}
	return xmin, xmax, ymin, ymax
}

// GlyphBoxes keeps lines and markers at the edge from being cut.
func (t trace) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	r := t.style.Width / 2
	if t.marker != nil {
		r = markerRadius
	}
	var boxes []plot.GlyphBox
	for _, at := range t.xys {
		x, y := p.X.Norm(at.X), p.Y.Norm(at.Y)
		if drawable(x) && drawable(y) {
			boxes = append(boxes, plot.GlyphBox{X: x, Y: y, Rectangle: vg.Rectangle{
				Min: vg.Point{X: -r, Y: -r}, Max: vg.Point{X: r, Y: r},
			}})
		}
	}
	return boxes
}

// area fills what is between two lines.
type area struct {
	low, high plotter.XYs
	color     color.Color
}

func (a area) Plot(c draw.Canvas, p *plot.Plot) {
	var low, high plotter.XYs // gaps are gaps of both
	for i := range a.low {
		gap := !drawable(p.Y.Norm(a.low[i].Y)) || !drawable(p.Y.Norm(a.high[i].Y))
		if gap {
			low, high = append(low, plotter.XY{Y: math.NaN()}), append(high, plotter.XY{Y: math.NaN()})
		} else {
			low, high = append(low, a.low[i]), append(high, a.high[i])
		}
	}
	lows, highs := placed(c, p, low), placed(c, p, high)
	r, g, b, _ := a.color.RGBA()
	light := color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0x38}
	for i, run := range lows {
		slices.Reverse(highs[i])
		c.FillPolygon(light, c.ClipPolygonXY(append(run, highs[i]...)))
	}
}

// names are the names of lines, behind their ends.
type names []trace

type nameplace struct {
	x, y  float64 // as a share of the axes
	trace trace
}

// places finds the lines' ends and moves names apart where they would overlap.
func (n names) places(p *plot.Plot) []nameplace {
	const apart = 0.07 // of the height of the y axis
	var places []nameplace
	for _, t := range n {
		for _, at := range slices.Backward(t.xys) {
			x, y := p.X.Norm(at.X), p.Y.Norm(at.Y)
			if drawable(x) && drawable(y) {
				if t.name != "" && x >= 0 && x <= 1 && y >= 0 && y <= 1 {
					places = append(places, nameplace{x, y, t})
				}
				break
			}
		}
	}
	slices.SortStableFunc(places, func(a, b nameplace) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	for i := 1; i < len(places); i++ {
		places[i].y = max(places[i].y, places[i-1].y+apart)
	}
	for i, top := len(places)-1, 1.0; i >= 0; i, top = i-1, top-apart {
		places[i].y = min(places[i].y, top)
	}
	return places
}

func (n names) style(t trace) (text.Style, vg.Point) {
	offset := vg.Point{X: 6}
	if t.marker != nil {
		offset.X += markerRadius
	}
	s := centred(10, t.style.Color)
	s.XAlign = draw.XLeft
	return s, offset
}

func (n names) Plot(c draw.Canvas, p *plot.Plot) {
	for _, place := range n.places(p) {
		s, offset := n.style(place.trace)
		c.FillText(s, vg.Point{X: c.X(place.x), Y: c.Y(place.y)}.Add(offset), place.trace.name)
	}
}

func (n names) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	var boxes []plot.GlyphBox
	for _, place := range n.places(p) {
		s, offset := n.style(place.trace)
		boxes = append(boxes, plot.GlyphBox{X: place.x, Y: place.y, Rectangle: s.Rectangle(place.trace.name).Add(offset)})
	}
	return boxes
}

// markerRadius is about that of each marker.
const markerRadius = vg.Length(3.2)

// marker draws a shape at a point.
type marker func(c *draw.Canvas, clr color.Color, at vg.Point)

// markers has a shape for each series.
var markers = []marker{
	func(c *draw.Canvas, clr color.Color, at vg.Point) { disc(c, clr, at, markerRadius) },
	polygon([]vg.Point{{X: -1.15, Y: -0.9}, {X: 1.15, Y: -0.9}, {X: 0, Y: 1.2}}), // triangle
	polygon(rectangle(-0.9, -0.9, 0.9, 0.9)),
	polygon([]vg.Point{{X: 0, Y: -1.3}, {X: 1.3, Y: 0}, {X: 0, Y: 1.3}, {X: -1.3, Y: 0}}), // diamond
	polygon([]vg.Point{{X: -1.15, Y: 0.9}, {X: 1.15, Y: 0.9}, {X: 0, Y: -1.2}}),           // triangle, upside down
}

// polygon is a marker with these corners around (0, 0), in radii.
func polygon(corners []vg.Point) marker {
	for i, corner := range corners {
		corners[i] = corner.Scale(markerRadius)
	}
	return func(c *draw.Canvas, clr color.Color, at vg.Point) {
		var points []vg.Point
		for _, corner := range corners {
			points = append(points, at.Add(corner))
		}
		c.FillPolygon(clr, points)
	}
}

func disc(c *draw.Canvas, clr color.Color, at vg.Point, radius vg.Length) {
	c.SetColor(clr)
	draw.CircleGlyph{}.DrawGlyph(c, draw.GlyphStyle{Color: clr, Radius: radius}, at)
}

// key names series by their markers, in rows above the figure.
type key []keyEntry

type keyEntry struct {
	name   string
	color  color.Color
	marker marker
}

const keyRow = vg.Length(16) // its height

// places finds each entry's row, from the top, and x.
func (k key) places() (places []vg.Point, rows int) {
	x := vg.Length(0)
	for _, e := range k {
		width := centred(10, ink).Width(e.name) + 28
		if x > 0 && x+width > canvas.Width-70 { // the y axis has its part, too
			x = 0
			rows++
		}
		places = append(places, vg.Point{X: x, Y: vg.Length(rows)})
		x += width
	}
	return places, rows + 1
}

func (k key) Plot(c draw.Canvas, _ *plot.Plot) {
	places, rows := k.places()
	for i, e := range k {
		at := vg.Point{X: c.Min.X + places[i].X + 6, Y: c.Max.Y + vg.Length(keyRow*(vg.Length(rows)-places[i].Y-0.4))}
		e.marker(&c, e.color, at)
		s := centred(10, e.color)
		s.XAlign = draw.XLeft
		c.FillText(s, at.Add(vg.Point{X: 8}), e.name)
	}
}

func (k key) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	if len(k) == 0 {
		return nil
	}
	_, rows := k.places()
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: keyRow * vg.Length(rows)}}}}
}
