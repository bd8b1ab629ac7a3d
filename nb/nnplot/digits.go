package nnplot

// This file makes galleries: of digits, and of weights drawn like digits.

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"nnbook/nb/canvas"
)

// A gallery's measures, in pixels.
const (
	galleryWidth = 907 // as wide as other figures: canvas.Width at canvas.DPI
	galleryGap   = 5   // between pictures
	margin       = 1   // around them all
	smallest     = 2   // a picture's pixel is not drawn smaller,
	largest      = 8   // nor larger
	captionLine  = 24
	captionGap   = 4 // above and below a caption
	barWidth     = 360
	barHeight    = 16
)

// Digits is a gallery of pictures in the given number of columns, each enlarged
// without smoothing and framed. Its caption stands below it, broken into lines
// where it is long; captions is nil or has one for each picture.
//
// The more columns, the smaller the pictures: as a whole the gallery is as wide
// as other figures, 907 pixels, or narrower; it is wider only if there
// are more than 14 columns or a caption has a very long word.
func Digits(images []image.Image, captions []string, columns int) image.Image {
	checkGallery("Digits", len(images), captions, columns)
	c, _ := gallery(images, captions, columns, 0)
	return c.Image()
}

// side is the number of rows of a digit, and of pixels in a row.
const side = 28

// WeightImages is a gallery of weights: each row, of 784 = 28 × 28, is a
// picture with a weight at the pixel that it belongs to. Blue is below 0, white
// is 0, orange above; a bar below tells how much, for all pictures alike. Beyond
// its ends is one weight in a hundred: a few large ones would leave all others
// pale. Weights that are not finite are grey. Captions and columns are as in
// Digits.
func WeightImages(rows [][]float64, captions []string, columns int) image.Image {
	checkGallery("WeightImages", len(rows), captions, columns)
	var sizes []float64
	for i, row := range rows {
		if len(row) != side*side {
			panic(fmt.Sprintf("nnplot: WeightImages: row %d has %d weights, want %d (28 × 28 pixels)", i, len(row), side*side))
		}
		for _, w := range row {
			if drawable(w) && w != 0 {
				sizes = append(sizes, math.Abs(w))
			}
		}
	}
	scale, beyond := 1.0, false
	if n := len(sizes); n > 0 {
		slices.Sort(sizes)
		scale = sizes[(n-1)*99/100]
		beyond = sizes[n-1] > scale
	}
	low, high := decimal(-scale, decade(scale)-1), decimal(scale, decade(scale)-1) // two digits
	if beyond {
		low, high = "≤ "+low, "≥ "+high
	}
	images := make([]image.Image, len(rows))
	for i, row := range rows {
		img := image.NewRGBA(image.Rect(0, 0, side, side))
		for k, w := range row {
			img.Set(k%side, k/side, signed(w, scale))
		}
		images[i] = img
	}
	c, pictures := gallery(images, captions, columns, barHeight+2*captionGap+2*captionLine)
	colorBar(c, pictures.Max.Y+captionLine, low, "0", high)
	return c.Image()
}

func checkGallery(caller string, pictures int, captions []string, columns int) {
	if columns < 1 {
		panic(fmt.Sprintf("nnplot: %s in %d columns, want at least 1", caller, columns))
	}
	if captions != nil && len(captions) != pictures {
		panic(fmt.Sprintf("nnplot: %s: %d captions for %d pictures", caller, len(captions), pictures))
	}
}

// gallery draws the pictures on a canvas with some space left below them, in
// pixels, and says which part of it they take.
func gallery(images []image.Image, captions []string, columns, below int) (canvas.Canvas, image.Rectangle) {
	size := image.Pt(1, 1) // of the largest picture
	for _, img := range images {
		size.X, size.Y = max(size.X, img.Bounds().Dx()), max(size.Y, img.Bounds().Dy())
	}
	room := (galleryWidth-2*margin+galleryGap)/columns - galleryGap - 2
	scale := min(max(room/size.X, smallest), largest)
	cell := size.Mul(scale).Add(image.Pt(2, 2)) // with its frame

	type label []string
	var labels []label
	lines := 0
	for _, caption := range captions {
		broken := label(wrap(caption, points(cell.X)))
		for _, line := range broken {
			cell.X = max(cell.X, 1+int(centred(10, ink).Width(line)*canvas.DPI/vg.Inch))
		}
		labels, lines = append(labels, broken), max(lines, len(broken))
	}

	pitch := cell.Add(image.Pt(galleryGap, galleryGap))
	if lines > 0 {
		pitch.Y += lines*captionLine + 2*captionGap
	}
	rows := (len(images) + columns - 1) / columns
	pictures := image.Rect(0, 0, 2*margin, 2*margin)
	pictures.Max.X += min(columns, max(len(images), 1))*pitch.X - galleryGap
	pictures.Max.Y += max(rows*pitch.Y-galleryGap, 0)
	width := pictures.Dx()
	if below > 0 {
		width = max(width, barWidth+80)
	}
	height := pictures.Dy() + below
	c := canvas.New(points(width), points(height))
	pixels := c.Image()
	text := vgdraw.New(c)
	for i, img := range images {
		corner := image.Pt(margin+i%columns*pitch.X, margin+i/columns*pitch.Y)
		framed := image.Rectangle{Max: img.Bounds().Size().Mul(scale).Add(image.Pt(2, 2))}
		at := framed.Add(corner).Add(cell.Sub(framed.Max).Div(2))
		draw.Draw(pixels, at, image.NewUniform(muted), image.Point{}, draw.Src)
		draw.Draw(pixels, at.Inset(1), enlarged{img, scale}, image.Point{}, draw.Src)
		if captions == nil {
			continue
		}
		for j, line := range labels[i] {
			y := corner.Y + cell.Y + captionGap + j*captionLine + captionLine/2
			text.FillText(centred(10, ink), vg.Point{X: points(2*corner.X+cell.X) / 2, Y: points(height - y)}, line)
		}
	}
	return c, pictures
}

// points is the length of a number of pixels.
func points(pixels int) vg.Length { return vg.Length(pixels) * vg.Inch / canvas.DPI }

// enlarged is an image whose pixels are squares of scale × scale.
type enlarged struct {
	image.Image
	scale int
}

func (e enlarged) Bounds() image.Rectangle {
	return image.Rectangle{Max: e.Image.Bounds().Size().Mul(e.scale)}
}

func (e enlarged) At(x, y int) color.Color {
	corner := e.Image.Bounds().Min
	return e.Image.At(corner.X+x/e.scale, corner.Y+y/e.scale)
}

// colorBar draws the diverging colours, the top of the bar at pixel y, and names
// its left end, middle and right end.
func colorBar(c canvas.Canvas, y int, names ...string) {
	pixels := c.Image()
	width := pixels.Bounds().Dx()
	bar := image.Rect(0, 0, barWidth+1, barHeight).Add(image.Pt((width-barWidth)/2, y))
	draw.Draw(pixels, bar.Inset(-1), image.NewUniform(muted), image.Point{}, draw.Src)
	for x := range barWidth + 1 {
		shade := diverging(float64(2*x-barWidth) / barWidth)
		draw.Draw(pixels, image.Rect(x, 0, x+1, barHeight).Add(bar.Min), image.NewUniform(shade), image.Point{}, draw.Src)
	}
	text := vgdraw.New(c)
	for i, name := range names {
		at := vg.Point{
			X: points(bar.Min.X + i*barWidth/2),
			Y: text.Max.Y - points(bar.Max.Y+captionGap+captionLine/2),
		}
		text.FillText(centred(10, ink), at, name)
	}
}
