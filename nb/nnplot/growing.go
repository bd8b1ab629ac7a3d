package nnplot

// This file draws learning curves while a network trains.

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// GrowingCurves are LearningCurves that get their values one after another; see
// Growing.
type GrowingCurves struct {
	yLabel string
	total  int
	curves []Curve
}

// Growing starts a figure of learning curves, for nb.NewLive to show while they
// grow; yLabel says what their values are, with the unit. It has room for all
// epochs from the start, so that only the curves move.
func Growing(yLabel string, epochs int) *GrowingCurves {
	return &GrowingCurves{yLabel: yLabel, total: epochs}
}

// Add gives a curve its value after one more epoch. A new name starts a new curve.
func (g *GrowingCurves) Add(name string, value float64) {
	i := 0
	for i < len(g.curves) && g.curves[i].Name != name {
		i++
	}
	if i == len(g.curves) {
		g.curves = append(g.curves, Curve{Name: name})
	}
	g.curves[i].Values = append(g.curves[i].Values, value)
}

// Epochs is how many epochs the longest curve has, and how many there will be.
func (g *GrowingCurves) Epochs() (done, total int) {
	for _, c := range g.curves {
		done = max(done, len(c.Values))
	}
	return done, g.total
}

// Draw draws the curves as far as they are.
func (g *GrowingCurves) Draw(c draw.Canvas) {
	p := LearningCurves(g.yLabel, g.curves...)
	p.X.Max = max(p.X.Max, float64(g.total-1))
	p.Draw(c)
}

// String says for those who cannot see the curves how far they are.
func (g *GrowingCurves) String() string {
	var texts []string
	for _, c := range g.curves {
		texts = append(texts, fmt.Sprintf("%s: %.4g", c.Name, c.Values[len(c.Values)-1]))
	}
	done, total := g.Epochs()
	return fmt.Sprintf("%s after %d of %d epochs. %s", g.yLabel, done, total, strings.Join(texts, ", "))
}
