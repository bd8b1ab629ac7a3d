package nnplot

// This file draws tables of numbers whose colours show where the large ones are.

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"nnbook/nb/canvas"
)

// Confusion shows which digits are taken for which: counts[i][j] is how many
// images of digit i were answered with j. The table is square, digit 0 at the
// top and to the left. Right answers, on the diagonal, are pale; the larger the
// share of a mistake in its row, the darker it is.
func Confusion(counts [][]int) *plot.Plot {
	n := len(counts)
	digits := make([]string, n)
	shares := make([][]float64, n)
	worst := 0.0
	for i, row := range counts {
		if len(row) != n {
			panic(fmt.Sprintf("nnplot: Confusion: row %d has %d counts, want %d, one for each row", i, len(row), n))
		}
		digits[i] = strconv.Itoa(i)
		shares[i] = make([]float64, n)
		total := 0
		for _, count := range row {
			total += count
		}
		for j, count := range row {
			if count > 0 {
				shares[i][j] = float64(count) / float64(total)
			}
			if i != j {
				worst = max(worst, shares[i][j])
			}
		}
	}
	fromBelow := slices.Clone(digits)
	slices.Reverse(fromBelow)
	c := newCells(digits, fromBelow)
	for i, row := range counts {
		for j, count := range row {
			cell := cell{text: strconv.Itoa(count), fill: mix(white, blue, 0.15)}
			if i != j {
				cell.fill = mix(none, orange, shares[i][j]/max(worst, 1e-9))
			}
			cell.dim = count == 0
			c.rows[n-1-i][j] = cell
		}
	}
	return c.figure("answer", "wanted digit")
}

// HeatMap shows a value for each pair of xs and ys: values[j][i] is the one at
// xs[i] and ys[j]. The larger it is, the darker its cell; in it stands the
// number, with one decimal. As on any y axis, ys[0] is at the bottom. Cells of
// values that are not finite stay blank.
func HeatMap(xLabel, yLabel string, xs, ys []string, values [][]float64) *plot.Plot {
	if len(values) != len(ys) {
		panic(fmt.Sprintf("nnplot: HeatMap: %d rows of values for %d ys", len(values), len(ys)))
	}
	low, high := 0.0, 0.0
	started := false
	for j, row := range values {
		if len(row) != len(xs) {
			panic(fmt.Sprintf("nnplot: HeatMap: row %d has %d values for %d xs", j, len(row), len(xs)))
		}
		for _, v := range row {
			if drawable(v) {
				if !started {
					low, high, started = v, v, true
				}
				low, high = min(low, v), max(high, v)
			}
		}
	}
	c := newCells(xs, ys)
	for j, row := range values {
		for i, v := range row {
			if !drawable(v) {
				c.rows[j][i] = cell{text: "–", fill: white, dim: true}
				continue
			}
			share := 0.5
			if high > low {
				share = (v - low) / (high - low)
			}
			c.rows[j][i] = cell{text: decimal(v, -1), fill: mix(none, blue, share)}
		}
	}
	return c.figure(xLabel, yLabel)
}

// orange is vermilion, light enough for black numbers.
var orange = mix(white, vermilion, 0.8)

// none is the colour of a cell with nothing in it: not quite white, so that
// cells can be told from what is around them.
var none = color.RGBA{0xf4, 0xf4, 0xf4, 0xff}

// cells is a table, its first row at the bottom.
type cells struct {
	xs, ys []string
	rows   [][]cell
}

type cell struct {
	text string
	fill color.RGBA
	dim  bool // the text does not matter
}

func newCells(xs, ys []string) cells {
	c := cells{xs, ys, make([][]cell, len(ys))}
	for j := range c.rows {
		c.rows[j] = make([]cell, len(xs))
	}
	return c
}

func (c cells) figure(xLabel, yLabel string) *plot.Plot {
	p := newPlot(xLabel, yLabel)
	p.Add(c)
	var xs, ys plot.ConstantTicks
	for i, x := range c.xs {
		xs = append(xs, plot.Tick{Value: float64(i), Label: x})
	}
	for j, y := range c.ys {
		ys = append(ys, plot.Tick{Value: float64(j), Label: y})
	}
	nominal(&p.X, xs)
	nominal(&p.Y, ys)
	p.X.Tick.Label.Font.Size = fitting(c.xs, (canvas.Width-80)/vg.Length(max(len(c.xs), 1))-4)
	return p
}

// nominal makes an axis of names, without a line.
func nominal(axis *plot.Axis, names plot.ConstantTicks) {
	axis.Min, axis.Max = -0.5, max(float64(len(names)), 1)-0.5
	axis.LineStyle.Width, axis.Tick.Length = 0, 0
	axis.Padding = 4
	axis.Tick.Marker = names
}

func (c cells) Plot(to draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&to)
	var texts []string
	for _, row := range c.rows {
		for _, cell := range row {
			texts = append(texts, cell.text)
		}
	}
	width, height := x(1)-x(0), y(1)-y(0)
	style := centred(min(fitting(texts, width-4), max(5, height-2)), ink)
	for j, row := range c.rows {
		for i, cell := range row {
			at := vg.Point{X: x(float64(i)), Y: y(float64(j))}
			w, h := width/2-0.75, height/2-0.75 // which leaves gaps
			to.FillPolygon(cell.fill, rectangle(at.X-w, at.Y-h, at.X+w, at.Y+h))
			style.Color = inkOn(cell.fill)
			if cell.dim {
				style.Color = muted
			}
			to.FillText(style, at, cell.text)
		}
	}
}
