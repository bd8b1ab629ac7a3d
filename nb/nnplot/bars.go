package nnplot

// This file draws bars: how many of each.

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"nnbook/nb/canvas"
)

// Histogram counts the values in bins of equal width from low to high; high
// belongs to the last bin. A note below the figure says how many values lie
// outside, or are not numbers. xLabel says what the values are, yLabel what is
// counted.
func Histogram(xLabel, yLabel string, values []float64, low, high float64, bins int) *plot.Plot {
	if bins < 1 || !(low < high) || !drawable(high-low) {
		panic(fmt.Sprintf("nnplot: Histogram with %d bins from %v to %v, want at least 1 bin and low below high", bins, low, high))
	}
	counts := make([]float64, bins)
	outside := 0
	for _, v := range values {
		if !(v >= low && v <= high) {
			outside++
			continue
		}
		counts[min(int((v-low)/(high-low)*float64(bins)), bins-1)]++
	}
	if outside > 0 {
		xLabel += fmt.Sprintf("   (%d of %d values lie outside)", outside, len(values))
	}
	p := newPlot(xLabel, yLabel)
	p.Add(horizontalGrid())
	var b bars
	for i, count := range counts {
		edge := func(i int) float64 { return low + float64((high-low)*(float64(i)/float64(bins))) }
		b = append(b, bar{from: edge(i), to: edge(i + 1), height: count})
	}
	p.Add(b)
	b.setHeights(p)
	p.X.Min, p.X.Max = low, high
	p.Y.Tick.Marker = ticks{least: 1}
	return p
}

// Bars draws a bar for each value, with its name below and the value at its
// end, rounded to three digits or more. A value that is not finite has no bar.
// yLabel says what the values are, with the unit.
func Bars(yLabel string, names []string, values []float64) *plot.Plot {
	if len(names) != len(values) {
		panic(fmt.Sprintf("nnplot: Bars: %d names for %d values", len(names), len(values)))
	}
	p := newPlot("", yLabel)
	pitch := (canvas.Width - 80) / vg.Length(max(len(names), 1))
	last := decade(max(magnitude(values), math.SmallestNonzeroFloat64)) - 2
	var (
		b      bars
		broken [][]string
		lines  []string
	)
	for i, v := range values {
		broken = append(broken, wrap(names[i], pitch-6))
		lines = append(lines, broken[i]...)
		if drawable(v) {
			b = append(b, bar{float64(i) - 0.36, float64(i) + 0.36, v, decimal(v, min(last, 0))})
		}
	}
	p.Add(b)
	b.setHeights(p)
	p.X.Min, p.X.Max = -0.5, max(float64(len(names)), 1)-0.5
	p.X.Tick.Marker = level(broken)
	p.X.Tick.Color = paper // marks are only a distance from the axis
	p.X.Tick.Label.Font.Size = fitting(lines, pitch-6)
	return p
}

// level makes marks at 0, 1, … of labels of several lines, filled up to as many
// lines each: gonum/plot does not write the others at the same height.
func level(labels [][]string) plot.ConstantTicks {
	most := 0
	for _, lines := range labels {
		most = max(most, len(lines))
	}
	var marks plot.ConstantTicks
	for i, lines := range labels {
		label := strings.Join(lines, "\n") + strings.Repeat("\n ", most-len(lines))
		marks = append(marks, plot.Tick{Value: float64(i), Label: label})
	}
	return marks
}

// bars stand on 0.
type bars []bar

type bar struct {
	from, to float64 // on the x axis
	height   float64
	label    string // at its end
}

// setHeights makes the y axis hold all bars, and the labels at their ends.
func (b bars) setHeights(p *plot.Plot) {
	p.Y.Min, p.Y.Max = 0, 0
	for _, bar := range b {
		p.Y.Min, p.Y.Max = min(p.Y.Min, bar.height), max(p.Y.Max, bar.height)
	}
	if p.Y.Min == p.Y.Max {
		p.Y.Max = 1
	}
	air := float64((p.Y.Max - p.Y.Min) * 0.08)
	if p.Y.Min < 0 {
		p.Y.Min -= air
	}
	if p.Y.Max > 0 {
		p.Y.Max += air
	}
}

func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var labels []string
	narrowest := c.Max.X - c.Min.X
	for _, bar := range b {
		labels = append(labels, bar.label)
		narrowest = min(narrowest, x(bar.to)-x(bar.from))
	}
	size := fitting(labels, narrowest*1.3)
	for _, bar := range b {
		corners := rectangle(x(bar.from)+0.4, y(0), x(bar.to)-0.4, y(bar.height))
		c.FillPolygon(blue, c.ClipPolygonXY(corners))
		away := vg.Length(0.7 * size)
		if bar.height < 0 {
			away = -away
		}
		at := vg.Point{X: x((bar.from + bar.to) / 2), Y: y(bar.height) + away}
		c.FillText(centred(size, ink), at, bar.label)
	}
	if p.Y.Min < 0 {
		c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.8}, c.Min.X, y(0), c.Max.X, y(0))
	}
}
