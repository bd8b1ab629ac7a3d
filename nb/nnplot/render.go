package nnplot

// This file makes a picture of a figure, as small a one as may be: notebooks
// keep all of theirs.

import (
	"cmp"
	"image"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Render draws the figure as an image of Width × Height at DPI.
func Render(p *plot.Plot) image.Image {
	canvas := vgimg.NewWith(vgimg.UseWH(Width, Height), vgimg.UseDPI(DPI))
	area := draw.New(canvas)
	p.Draw(draw.Crop(area, 6, -6, 6, -10))
	return paletted(canvas.Image().(*image.RGBA))
}

// paletted makes a PNG a third of its size. Figures have a few colours, and at
// the edges of lines and letters mixtures of them, many of which occur once or
// twice: beyond the 256 most frequent colours, the nearest one will do.
func paletted(img *image.RGBA) *image.Paletted {
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

// number orders colors.
func number(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
