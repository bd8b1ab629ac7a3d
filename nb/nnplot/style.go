package nnplot

import (
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	ink   = color.Gray{0x33} // text and axes
	muted = color.Gray{0x77} // what is there but does not matter
	faint = color.Gray{0xdd} // grid
	paper = color.White
)

// The colours are the ones of Okabe and Ito, "Color Universal Design" (2008),
// that are dark enough for lines on white.
var (
	blue      = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	vermilion = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	green     = color.RGBA{0x00, 0x7a, 0x59, 0xff}
	purple    = color.RGBA{0xa8, 0x4c, 0x7f, 0xff}
	white     = color.RGBA{0xff, 0xff, 0xff, 0xff}
)

var (
	colors = []color.RGBA{blue, vermilion, green, purple, {0x33, 0x33, 0x33, 0xff}}
	dashes = [][]vg.Length{nil, {8, 3}, {2, 3}, {10, 3, 2, 3}, {5, 2}}
)

// style tells curve i from the others, by colour and dash together. There are
// ten: from the sixth on, colours come back with another dash, and thinner.
func style(i int) draw.LineStyle {
	n, round := len(colors), i/len(colors)%2
	return draw.LineStyle{
		Color:  colors[i%n],
		Width:  []vg.Length{2, 1.3}[round],
		Dashes: dashes[(i+2*round)%n],
	}
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
	return p
}

// horizontalGrid is the only grid there is: values are read off to the left.
func horizontalGrid() *plotter.Grid {
	return &plotter.Grid{Horizontal: draw.LineStyle{Color: faint, Width: 0.8}}
}

func face(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// centred is the style of a text whose middle is at its place.
func centred(size vg.Length, c color.Color) text.Style {
	return text.Style{Color: c, Font: face(size), XAlign: draw.XCenter, YAlign: -0.4, Handler: plot.DefaultTextHandler}
}

// fitting is the size of type, from 5 to 10 points, at which each text is no
// wider than width.
func fitting(texts []string, width vg.Length) vg.Length {
	widest := vg.Length(0)
	for _, t := range texts {
		widest = max(widest, centred(10, ink).Width(t))
	}
	if widest <= width {
		return 10
	}
	return max(5, 10*width/widest)
}

// wrap breaks a text at its spaces into lines no wider than width. A longer word
// has a line of its own.
func wrap(t string, width vg.Length) []string {
	style := centred(10, ink)
	var lines []string
	for paragraph := range strings.SplitSeq(t, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && style.Width(line+" "+word) > width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// mix is the colour at share t, 0 … 1, of the way from a to b.
func mix(a, b color.RGBA, t float64) color.RGBA {
	between := func(a, b uint8) uint8 {
		return uint8(float64(a) + float64(t*(float64(b)-float64(a))) + 0.5)
	}
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 0xff}
}

// diverging is the colour of a value -1 … 1: blue below 0, white, orange above.
func diverging(t float64) color.RGBA {
	if t < 0 {
		return mix(white, blue, min(-t, 1))
	}
	return mix(white, vermilion, min(t, 1))
}

// magnitude is the largest absolute value among the finite ones, or 0.
func magnitude(values []float64) float64 {
	largest := 0.0
	for _, v := range values {
		if drawable(v) {
			largest = max(largest, math.Abs(v))
		}
	}
	return largest
}

// signed is the colour of a value from -scale to scale, grey if it is no number.
func signed(v, scale float64) color.RGBA {
	if !drawable(v) {
		return color.RGBA{muted.Y, muted.Y, muted.Y, 0xff}
	}
	return diverging(v / scale)
}

// inkOn is the colour, black or white, in which a text can be read on c.
func inkOn(c color.RGBA) color.Color {
	r, g, b := int(c.R), int(c.G), int(c.B)
	if luminance := 2126*r*r + 7152*g*g + 722*b*b; luminance < 2400*255*255 { // 24 % of white's
		return color.White
	}
	return color.Black
}

// rectangle is the path around the area between two corners.
func rectangle(x0, y0, x1, y1 vg.Length) []vg.Point {
	return []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}
