// Package canvas makes small pictures of figures, the same pixels on every
// machine: notebooks store all of them. It knows what can draw itself, not what a
// plot is, so that a cell without a figure is not linked with all of gonum/plot.
package canvas

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The size of figures, in print and on the screen, and their dots per inch: 144
// pixels are an inch in print, and 96 pixels of a web page.
const (
	Width  = 16 * vg.Centimeter
	Height = 9 * vg.Centimeter
	DPI    = 144
)

// Figure is what draws itself, such as a *plot.Plot.
type Figure interface{ Draw(draw.Canvas) }

// Render draws the figure as an image of Width × Height at DPI.
func Render(f Figure) image.Image {
	c := New(Width, Height)
	f.Draw(draw.Crop(draw.New(c), 6, -6, 6, -10))
	return c.Paletted()
}

// Canvas gives the same pixels on every machine. Some have an instruction that
// multiplies and adds with one rounding, so what gonum/plot computes differs in
// the last bit. Here corners and centres are moved to the next 1/64 of a pixel,
// which is as finely as curves are filled, in integers. Letters are filled as
// curves, too: the usual way to draw them has floating-point numbers in it.
type Canvas struct{ *vgimg.Canvas }

// New returns a white canvas.
func New(width, height vg.Length) Canvas {
	return Canvas{vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(DPI))}
}

// Stroke draws along a path.
func (c Canvas) Stroke(p vg.Path) { c.Canvas.Stroke(snapped(p)) }

// Fill fills the area within a path.
func (c Canvas) Fill(p vg.Path) { c.Canvas.Fill(snapped(p)) }

func snapped(p vg.Path) vg.Path {
	p = slices.Clone(p)
	for i := range p {
		p[i].Pos = snap(p[i].Pos)
		p[i].Control = slices.Clone(p[i].Control)
		for j := range p[i].Control {
			p[i].Control[j] = snap(p[i].Control[j])
		}
	}
	return p
}

func snap(p vg.Point) vg.Point {
	const steps = 64 * DPI / vg.Inch
	return vg.Point{
		X: vg.Length(math.Round(float64(p.X*steps))) / steps,
		Y: vg.Length(math.Round(float64(p.Y*steps))) / steps,
	}
}

// FillString writes s from left to right, its baseline starting at a point.
func (c Canvas) FillString(f font.Face, at vg.Point, s string) {
	const em = 2048 << 6 // a size at which the outlines' numbers, 26.6 bits, are exact
	const (              // what outlines consist of, as in golang.org/x/image/font/sfnt
		moveTo = iota
		lineTo
		quadTo
		cubeTo
	)
	at = snap(at)
	pen := 0
	point := func(x, y int) vg.Point {
		scale := float64(f.Font.Size) / em
		return vg.Point{X: at.X + vg.Length(float64(pen+x)*scale), Y: at.Y - vg.Length(float64(y)*scale)}
	}
	var p vg.Path
	last, _ := f.Face.GlyphIndex(nil, 0)
	for i, r := range s {
		glyph, _ := f.Face.GlyphIndex(nil, r) // that of an empty box if there is none
		if kern, err := f.Face.Kern(nil, last, glyph, em, 0); err == nil && i > 0 {
			pen += int(kern)
		}
		last = glyph
		outline, _ := f.Face.LoadGlyph(nil, glyph, em, nil)
		for k, segment := range outline {
			a := segment.Args
			p0, p1, p2 := point(int(a[0].X), int(a[0].Y)), point(int(a[1].X), int(a[1].Y)), point(int(a[2].X), int(a[2].Y))
			switch segment.Op {
			case moveTo:
				if k > 0 {
					p.Close()
				}
				p.Move(p0)
			case lineTo:
				p.Line(p0)
			case quadTo:
				p.QuadTo(p0, p1)
			case cubeTo:
				p.CubeTo(p0, p1, p2)
			}
		}
		if len(outline) > 0 {
			p.Close()
		}
		advance, _ := f.Face.GlyphAdvance(nil, glyph, em, 0)
		pen += int(advance)
	}
	c.Fill(p)
}

// Paletted is the image as it is drawn by now, for a PNG of a third of the size.
// Figures have a few colours, and at the edges of lines and letters mixtures of
// them, many of them only once or twice: beyond the 256 most frequent colours,
// the nearest one will do.
func (c Canvas) Paletted() *image.Paletted {
	img := c.Image().(*image.RGBA)
	count := map[color.RGBA]int{}
	for at := 0; at < len(img.Pix); at += 4 {
		count[pixel(img, at)]++
	}
	var colors []color.RGBA
	for c := range count {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(number(a), number(b)))
	})
	small := image.NewPaletted(img.Rect, nil)
	for _, c := range colors[:min(len(colors), 256)] {
		small.Palette = append(small.Palette, c)
	}
	index := map[color.RGBA]uint8{}
	for _, c := range colors {
		index[c] = uint8(small.Palette.Index(c))
	}
	for at := range small.Pix {
		small.Pix[at] = index[pixel(img, 4*at)]
	}
	return small
}

func pixel(img *image.RGBA, at int) color.RGBA {
	return color.RGBA{img.Pix[at], img.Pix[at+1], img.Pix[at+2], img.Pix[at+3]}
}

// number puts colours in an order.
func number(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
