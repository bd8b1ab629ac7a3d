package nnplot

// This file draws networks: neurons as circles, in a column for each layer, and
// connections as lines.

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Network draws a network with the given number of neurons in each layer, the
// inputs first. Of a layer of more than twelve, the first and the last four are
// shown, with dots between. Inputs, which only hold a value, are white circles.
func Network(sizes []int) *plot.Plot {
	d := diagram{sizes: sizes, most: 12, ends: 4, radius: 12}
	for l, size := range sizes {
		if size < 1 {
			panic(fmt.Sprintf("nnplot: Network of sizes %v: %d neurons in layer %d, want at least 1", sizes, size, l+1))
		}
		d.fills = append(d.fills, slices.Repeat([]color.RGBA{neuron(l)}, size))
	}
	return d.figure()
}

// Deltas draws a small network with what backpropagation has computed for one
// example: activations[0] are the inputs a^1, then come a^2 … a^L; deltas[0]
// are δ^2 … δ^L, so one layer fewer. The larger its δ, the darker a neuron (by
// the square root, so that small ones show too): blue below 0, orange above. Both
// numbers stand below it; one that is NaN, not computed yet, is shown as ?. Of a
// layer of more than five neurons, the first and the last two are shown.
//
// Numbers may be written on the connections: edges[i][j][k] on the one from
// neuron k to neuron j of layer i+2, its weight, say. NaN writes nothing.
func Deltas(activations, deltas [][]float64, edges ...[][]float64) *plot.Plot {
	if len(deltas) != max(len(activations)-1, 0) {
		panic(fmt.Sprintf("nnplot: Deltas: %d layers of activations and %d of deltas, want one fewer, as inputs have none",
			len(activations), len(deltas)))
	}
	d := diagram{most: 5, ends: 2, radius: 13}
	scale := 0.0
	for _, delta := range deltas {
		scale = max(scale, magnitude(delta))
	}
	if scale == 0 {
		scale = 1
	}
	for i, layer := range activations { // l = i+1
		if i > 0 && len(deltas[i-1]) != len(layer) {
			panic(fmt.Sprintf("nnplot: Deltas: layer %d has %d activations and %d deltas", i+1, len(layer), len(deltas[i-1])))
		}
		fills := make([]color.RGBA, len(layer))
		texts := make([][]string, len(layer))
		for j, a := range layer {
			fills[j], texts[j] = white, []string{activation(a)}
			if i > 0 {
				delta := deltas[i-1][j]
				if math.IsNaN(delta) { // not computed yet
					texts[j] = append(texts[j], "δ = ?")
					continue
				}
				fills[j] = signed(root(delta), root(scale))
				texts[j] = append(texts[j], "δ = "+threeDigits(delta))
			}
		}
		d.sizes = append(d.sizes, len(layer))
		d.fills, d.texts = append(d.fills, fills), append(d.texts, texts)
	}
	d.number("Deltas", edges)
	p := d.figure()
	p.X.Label.Text = "a: computed from left to right →        ← δ: from right to left"
	return p
}

// Weighted draws a small network with the activations of its layers below the
// neurons, a^1 first, NaN as ?, and on each connection its weight, numbered as
// for Deltas.
func Weighted(activations [][]float64, weights ...[][]float64) *plot.Plot {
	d := diagram{most: 5, ends: 2, radius: 13}
	for i, layer := range activations { // l = i+1
		var texts [][]string
		for _, a := range layer {
			texts = append(texts, []string{activation(a)})
		}
		d.sizes, d.texts = append(d.sizes, len(layer)), append(d.texts, texts)
		d.fills = append(d.fills, slices.Repeat([]color.RGBA{neuron(i)}, len(layer)))
	}
	d.number("Weighted", weights)
	return d.figure()
}

// neuron is the colour of those of layer i+1: inputs only hold a value.
func neuron(i int) color.RGBA {
	if i == 0 {
		return white
	}
	return color.RGBA{0xb9, 0xd9, 0xec, 0xff}
}

func activation(a float64) string {
	if math.IsNaN(a) {
		return "a = ?"
	}
	return "a = " + decimal(a, -3)
}

// number writes numbers on the connections.
func (d *diagram) number(caller string, edges [][][]float64) {
	for i, rows := range edges { // l = i+2
		if i+1 >= len(d.sizes) || len(rows) != d.sizes[i+1] {
			panic(fmt.Sprintf("nnplot: %s: numbers for connections into %d neurons of layer %d, which has not as many", caller, len(rows), i+2))
		}
		texts := make([][]string, len(rows))
		for j, row := range rows {
			for _, v := range row {
				text := ""
				if short := strconv.FormatFloat(v, 'f', -1, 64); len(short) <= 4 && !math.IsNaN(v) {
					text = strings.Replace(short, "-", "−", 1)
				} else if !math.IsNaN(v) {
					text = threeDigits(v)
				}
				texts[j] = append(texts[j], text)
			}
		}
		d.edges = append(d.edges, texts)
	}
}

// root makes small values easier to see: the square root, with v's sign.
func root(v float64) float64 { return math.Copysign(math.Sqrt(math.Abs(v)), v) }

// threeDigits writes v with three digits that count.
func threeDigits(v float64) string {
	switch {
	case !drawable(v):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case v == 0:
		return "0"
	}
	return decimal(v, decade(math.Abs(v))-2)
}

// diagram is a network as it is drawn.
type diagram struct {
	sizes  []int
	fills  [][]color.RGBA // of each neuron
	texts  [][][]string   // lines below each neuron; nil for none
	edges  [][][]string   // on the connection from k to j of layer i+2; "" for none
	most   int            // neurons shown of a layer; of a larger one,
	ends   int            // as many from either end
	radius vg.Length      // of a neuron, at most
}

func (d diagram) figure() *plot.Plot {
	p := newPlot("", "")
	p.HideAxes()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.Add(d)
	return p
}

// slots says which neurons of layer l are shown, from the top; -1 is a gap.
func (d diagram) slots(l int) []int {
	var slots []int
	for j := range d.sizes[l] {
		switch {
		case d.sizes[l] <= d.most, j < d.ends, j >= d.sizes[l]-d.ends:
			slots = append(slots, j)
		case j == d.ends:
			slots = append(slots, -1)
		}
	}
	return slots
}

func (d diagram) Plot(c draw.Canvas, _ *plot.Plot) {
	const label = vg.Length(22) // the height of the labels above and below
	highest, lines := 1, 0
	for l := range d.sizes {
		highest = max(highest, len(d.slots(l)))
	}
	for _, layer := range d.texts {
		for _, texts := range layer {
			lines = max(lines, len(texts))
		}
	}
	const lineHeight = vg.Length(12)
	below := lineHeight * vg.Length(lines)
	pitch := min((c.Max.Y-c.Min.Y-2*label)/vg.Length(highest), 3*d.radius+below)
	radius := min(d.radius, (pitch-below)*0.4)
	columns := (c.Max.X - c.Min.X) / vg.Length(max(len(d.sizes), 1))

	centre := func(l, slot, slots int) vg.Point {
		return vg.Point{
			X: c.Min.X + vg.Length(columns*(vg.Length(l)+0.5)),
			Y: c.Center().Y + below/2 + vg.Length(pitch*((vg.Length(slots)-1)/2-vg.Length(slot))),
		}
	}
	for l := 1; l < len(d.sizes); l++ {
		before, slots := d.slots(l-1), d.slots(l)
		for s, j := range slots {
			for r, k := range before {
				if j >= 0 && k >= 0 {
					from, to := centre(l-1, r, len(before)), centre(l, s, len(slots))
					c.StrokeLine2(draw.LineStyle{Color: color.Gray{0x99}, Width: 0.5}, from.X, from.Y, to.X, to.Y)
				}
			}
		}
	}
	for i, rows := range d.edges { // l = i+2
		before, slots := d.slots(i), d.slots(i+1)
		for s, j := range slots {
			for r, k := range before {
				if j < 0 || k < 0 || k >= len(rows[j]) || rows[j][k] == "" {
					continue
				}
				from, to := centre(i, r, len(before)), centre(i+1, s, len(slots))
				const t = 0.26 // before lines from two neurons cross
				d.write(&c, vg.Point{X: from.X + (to.X-from.X)*t, Y: from.Y + (to.Y-from.Y)*t}, []string{rows[j][k]}, 11)
			}
		}
	}
	for l, size := range d.sizes {
		slots := d.slots(l)
		for s, j := range slots {
			at := centre(l, s, len(slots))
			if j < 0 {
				room := 2*pitch - 2*radius - below // between the texts above and the neuron below
				apart := min(pitch/4, room/5)
				for _, offset := range []vg.Length{-apart, 0, apart} {
					disc(&c, ink, vg.Point{X: at.X, Y: at.Y - below/2 + offset}, 1.6)
				}
				continue
			}
			disc(&c, ink, at, radius)
			disc(&c, d.fills[l][j], at, radius-1)
			if d.texts != nil {
				d.write(&c, vg.Point{X: at.X, Y: at.Y - radius - lineHeight*0.7}, d.texts[l][j], lineHeight)
			}
		}
		x := centre(l, 0, 1).X
		c.FillText(centred(10, muted), vg.Point{X: x, Y: c.Max.Y - label/2}, fmt.Sprintf("layer %d", l+1))
		c.FillText(centred(10, ink), vg.Point{X: x, Y: c.Min.Y + label/2}, d.label(l, size))
	}
}

// write writes lines from the top, on white so that connections do not cross
// them.
func (d diagram) write(c *draw.Canvas, at vg.Point, lines []string, height vg.Length) {
	for i, line := range lines {
		style := centred(9, ink)
		middle := vg.Point{X: at.X, Y: at.Y - height*vg.Length(i)}
		w := style.Width(line)/2 + 1
		c.FillPolygon(paper, rectangle(middle.X-w, middle.Y-height/2, middle.X+w, middle.Y+height/2))
		c.FillText(style, middle, line)
	}
}

// label counts the neurons of layer l.
func (d diagram) label(l, size int) string {
	what := "hidden"
	switch {
	case l == 0:
		what = "input"
	case l == len(d.sizes)-1:
		what = "output"
	}
	if what != "hidden" && size != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", size, what)
}
