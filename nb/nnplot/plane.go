package nnplot

// This file draws functions of two variables as coloured planes, seen from
// above, with points and paths on them; and puts small figures side by side.

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"nnbook/nb/canvas"
)

// Area is a part of the plane.
type Area struct{ X0, X1, Y0, Y1 float64 }

// Regions draws what a neuron answers in a plane, a value from 0 to 1: blue
// where it is 0, white where it is ½, orange, the lighter of the two, where it
// is 1; the line between them is black. The points of the classes, up to five, are drawn on it: of
// class 0 in blue, of class 1 in orange.
func Regions(area Area, answer func(x, y float64) float64, classes ...Line) *plot.Plot {
	const shades = 20
	p := newPlot("", "")
	p.Add(plane{area, func(x, y float64) color.RGBA {
		t := math.Floor(min(max(answer(x, y), 0), 0.9999)*shades) + 0.5 // as a shade
		sure := 2*t/shades - 1
		if sure > 0 {
			return diverging(0.45 * sure) // lighter than the blue, to be told from it where a printer has no colours
		}
		return diverging(0.75 * sure)
	}, func(x, y float64) bool { return answer(x, y) >= 0.5 }})
	var traces []trace
	for i, class := range classes {
		edge := trace{xys: class.points(), style: draw.LineStyle{Color: ink}, marker: markers[i%len(markers)]}
		traces = append(traces, edge)
	}
	for i, t := range traces {
		p.Add(spots{t, colors[i%len(colors)]})
	}
	area.frame(p)
	return p
}

// Contours draws the height of a landscape: the lower, the darker, a shade for
// each step between two of the levels, which rise. Paths, up to five, go over
// it from a ring to a marker.
func Contours(xLabel, yLabel string, area Area, height func(x, y float64) float64, levels []float64, paths ...Line) *plot.Plot {
	p := newPlot(xLabel, yLabel)
	band := func(x, y float64) int {
		h, n := height(x, y), 0
		for n < len(levels) && !(h < levels[n]) {
			n++
		}
		return n
	}
	p.Add(plane{area, func(x, y float64) color.RGBA {
		t := float64(band(x, y)) / float64(max(len(levels), 1))
		return mix(mix(blue, white, 0.35), white, math.Sqrt(t))
	}, nil})
	var traces []trace
	for i, path := range paths {
		t := trace{xys: path.points(), style: style(i + 1), name: path.Name}
		t.style.Width, t.style.Dashes = 1.6, nil
		traces = append(traces, t)
	}
	var entries key
	for i, t := range traces {
		p.Add(way{t, markers[i%len(markers)]})
		if t.name != "" {
			entries = append(entries, keyEntry{t.name, t.style.Color, markers[i%len(markers)]})
		}
	}
	area.frame(p)
	p.Add(entries)
	return p
}

// frame makes the axes end where the area does.
func (a Area) frame(p *plot.Plot) {
	if !(a.X0 < a.X1 && a.Y0 < a.Y1) {
		panic(fmt.Sprintf("nnplot: area %v, want X0 below X1 and Y0 below Y1", a))
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = a.X0, a.X1, a.Y0, a.Y1
}

// plane fills an area, and draws a line around where in is true.
type plane struct {
	area Area
	fill func(x, y float64) color.RGBA
	in   func(x, y float64) bool
}

func (l plane) Plot(c draw.Canvas, p *plot.Plot) {
	const dot = vg.Length(2.25)
	columns := int((c.Max.X - c.Min.X) / dot)
	rows := int((c.Max.Y - c.Min.Y) / dot)
	at := func(i, j float64) (x, y float64) {
		return l.area.X0 + (l.area.X1-l.area.X0)*i/float64(columns), l.area.Y0 + (l.area.Y1-l.area.Y0)*j/float64(rows)
	}
	fill := func(i, j int) color.RGBA { return l.fill(at(float64(i)+0.5, float64(j)+0.5)) }
	place := func(i, j float64) vg.Point {
		return vg.Point{X: c.Min.X + (c.Max.X-c.Min.X)*vg.Length(i)/vg.Length(columns), Y: c.Min.Y + (c.Max.Y-c.Min.Y)*vg.Length(j)/vg.Length(rows)}
	}
	for j := range rows {
		for from := 0; from < columns; { // dots of one colour together
			shade, to := fill(from, j), from+1
			for to < columns && fill(to, j) == shade {
				to++
			}
			low, high := wholePixels(place(float64(from), float64(j))), wholePixels(place(float64(to), float64(j+1)))
			c.FillPolygon(shade, rectangle(low.X, low.Y, high.X, high.Y))
			from = to
		}
	}
	if l.in == nil {
		return
	}
	for _, piece := range border(columns, rows, func(i, j float64) bool { return l.in(at(i, j)) }) {
		from, to := place(piece[0].X, piece[0].Y), place(piece[1].X, piece[1].Y)
		c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1.2}, from.X, from.Y, to.X, to.Y)
		disc(&c, ink, from, 0.5) // a round joint
		disc(&c, ink, to, 0.5)
	}
}

// wholePixels moves a corner to one of a pixel: two areas that meet there have
// no seam.
func wholePixels(p vg.Point) vg.Point {
	const steps = canvas.DPI / vg.Inch
	return vg.Point{X: vg.Length(math.Round(float64(p.X*steps))) / steps, Y: vg.Length(math.Round(float64(p.Y*steps))) / steps}
}

// border returns, as pieces of a line, where a property begins and ends in a
// plane of columns × rows squares: by the method of marching squares, with the
// place on a square's side found by halving.
func border(columns, rows int, in func(x, y float64) bool) (pieces [][2]plotter.XY) {
	isIn := make([][]bool, rows+1) // at the squares' corners
	for j := range isIn {
		isIn[j] = make([]bool, columns+1)
		for i := range isIn[j] {
			isIn[j][i] = in(float64(i), float64(j))
		}
	}
	for j := range rows {
		for i := range columns {
			corners := [4][2]int{{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}}
			var ends []plotter.XY // where the border crosses the sides, in their order
			for k, from := range corners {
				to := corners[(k+1)%4]
				if isIn[from[1]][from[0]] != isIn[to[1]][to[0]] {
					ends = append(ends, change(from, to, in))
				}
			}
			if len(ends) == 4 && in(float64(i)+0.5, float64(j)+0.5) != isIn[j][i] { // two corners are cut off: which?
				ends[0], ends[1], ends[2], ends[3] = ends[3], ends[0], ends[1], ends[2]
			}
			for k := 0; k+1 < len(ends); k += 2 {
				pieces = append(pieces, [2]plotter.XY{ends[k], ends[k+1]})
			}
		}
	}
	return pieces
}

// change finds the point between two corners at which the property changes.
func change(from, to [2]int, in func(x, y float64) bool) plotter.XY {
	a := plotter.XY{X: float64(from[0]), Y: float64(from[1])}
	b := plotter.XY{X: float64(to[0]), Y: float64(to[1])}
	first := in(a.X, a.Y)
	for range 6 {
		middle := plotter.XY{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
		if in(middle.X, middle.Y) == first {
			a = middle
		} else {
			b = middle
		}
	}
	return plotter.XY{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
}

// spots draws points with a light edge, to be seen on any colour.
type spots struct {
	trace
	fill color.RGBA
}

func (s spots) Plot(c draw.Canvas, p *plot.Plot) {
	for _, run := range placed(c, p, s.xys) {
		for _, at := range run {
			if !c.Contains(at) {
				continue
			}
			for _, offset := range []vg.Point{{X: -0.9}, {X: 0.9}, {Y: -0.9}, {Y: 0.9}} {
				s.marker(&c, paper, at.Add(offset))
			}
			s.marker(&c, s.fill, at)
		}
	}
}

func (s spots) GlyphBoxes(*plot.Plot) []plot.GlyphBox { return nil }

// way draws a path: a ring where it begins, a dot at each step, and a marker
// where it ends.
type way struct {
	trace
	end marker
}

func (w way) Plot(c draw.Canvas, p *plot.Plot) {
	for _, run := range placed(c, p, w.xys) {
		c.StrokeLines(w.style, c.ClipLinesXY(run)...)
		for i, at := range run {
			switch {
			case !c.Contains(at):
			case i == 0:
				disc(&c, w.style.Color, at, 4.5)
				disc(&c, paper, at, 2.8)
			case i == len(run)-1:
				w.end(&c, w.style.Color, at)
			case len(run) <= 60:
				disc(&c, w.style.Color, at, 1.9)
			}
		}
	}
}

func (w way) GlyphBoxes(*plot.Plot) []plot.GlyphBox { return nil }

// Notes writes a text above each of the first points of a line.
func Notes(p *plot.Plot, line Line, texts ...string) {
	p.Add(notes{trace{xys: line.points()[:len(texts)]}, texts})
}

type notes struct {
	trace
	texts []string
}

func (n notes) Plot(c draw.Canvas, p *plot.Plot) {
	for i, at := range n.xys {
		c.FillText(centred(10, ink), vg.Point{X: c.X(p.X.Norm(at.X)), Y: c.Y(p.Y.Norm(at.Y)) + 10}, n.texts[i])
	}
}

func (n notes) GlyphBoxes(*plot.Plot) []plot.GlyphBox { return nil }

// Panels puts small figures side by side, in rows of the given number of
// columns, each under its title.
func Panels(columns int, titles []string, figures ...*plot.Plot) image.Image {
	if columns < 1 || len(titles) != len(figures) {
		panic(fmt.Sprintf("nnplot: Panels: %d figures with %d titles in %d columns, want a title for each, and a column", len(figures), len(titles), columns))
	}
	rows := (len(figures) + columns - 1) / columns
	width := canvas.Width / vg.Length(columns)
	height := vg.Length(math.Round(float64(width * 0.92)))
	picture := canvas.New(canvas.Width, height*vg.Length(rows))
	whole := draw.New(picture)
	for i, p := range figures {
		x, y := width*vg.Length(i%columns), height*vg.Length(rows-1-i/columns)
		tile := draw.Crop(whole, x+4, x+width-4-canvas.Width, y+4, y+height-4-height*vg.Length(rows))
		title := centred(10, ink)
		tile.FillText(title, vg.Point{X: tile.Center().X, Y: tile.Max.Y - 8}, titles[i])
		for _, axis := range []*plot.Axis{&p.X, &p.Y} {
			axis.Tick.Label.Font.Size, axis.Label.TextStyle.Font.Size = 8, 9
		}
		p.Draw(draw.Crop(tile, 0, -4, 0, -18))
	}
	return picture.Paletted()
}

// Interpolated makes a function of values measured on a grid over the area,
// values[j][i] at column i from the left and row j from below: for Contours,
// where a value takes long to compute.
func Interpolated(area Area, values [][]float64) func(x, y float64) float64 {
	rows, columns := len(values), 0
	if rows > 0 {
		columns = len(values[0])
	}
	if rows < 2 || columns < 2 {
		panic(fmt.Sprintf("nnplot: Interpolated: %d × %d values, want at least 2 × 2", rows, columns))
	}
	// place finds the value before v on an axis, and how far v is on the way to the next.
	place := func(v, low, high float64, count int) (int, float64) {
		at := min(max((v-low)/(high-low), 0), 1) * float64(count-1)
		before := min(int(at), count-2)
		return before, at - float64(before)
	}
	return func(x, y float64) float64 {
		i, s := place(x, area.X0, area.X1, columns)
		j, t := place(y, area.Y0, area.Y1, rows)
		below := float64((1-s)*values[j][i]) + float64(s*values[j][i+1])
		above := float64((1-s)*values[j+1][i]) + float64(s*values[j+1][i+1])
		return float64((1-t)*below) + float64(t*above)
	}
}
