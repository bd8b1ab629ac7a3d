package nnplot

// This file is about axes: their ranges, their marks, and logarithmic ones.

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// linear is the scale of an axis of curves. It remembers the least and the
// largest value above 0, so that the axis can become logarithmic.
type linear struct {
	plot.LinearScale
	low, high float64
}

// positive extends the range by v if it is above 0.
func (l *linear) positive(v float64) {
	if v > 0 {
		l.low, l.high = min(l.low, v), max(l.high, v)
	}
}

// LogX makes the x axis of LearningCurves, LearningBands, Lines or Points
// logarithmic. Points at x ≤ 0 have no place there and are left out.
func LogX(p *plot.Plot) { logarithmic(&p.X, "LogX") }

// LogY makes the y axis of LearningCurves, LearningBands, Lines or Points
// logarithmic. Points at y ≤ 0 have no place there and are left out.
func LogY(p *plot.Plot) { logarithmic(&p.Y, "LogY") }

func logarithmic(axis *plot.Axis, caller string) {
	data, ok := axis.Scale.(*linear)
	if !ok {
		panic("nnplot: " + caller + " of a figure that is not of curves or points, or of an axis that is logarithmic already")
	}
	low, high := data.low, data.high
	if low > high { // no value above 0
		low, high = 1, 10
	}
	// The 16th root of the ratio is a sixteenth of the height.
	air := max(math.Sqrt(math.Sqrt(math.Sqrt(math.Sqrt(high/low)))), 1.1)
	axis.Min, axis.Max = max(low/air, math.SmallestNonzeroFloat64), high*air
	axis.Scale, axis.Tick.Marker = logScale{}, logTicks{}
	axis.Label.TextStyle.Handler = noWidth{axis.Label.TextStyle.Handler}
}

// noWidth hides how long an axis's label is from gonum/plot, which makes room
// for it around the mean of the axis's ends: on a logarithmic axis that is far
// from the middle, where the label stands.
type noWidth struct{ text.Handler }

func (n noWidth) Box(label string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = n.Handler.Box(label, f)
	return 0, height, depth
}

// logScale is where a value stands on a logarithmic axis; NaN for x ≤ 0.
type logScale struct{}

func (logScale) Normalize(low, high, x float64) float64 {
	start := log2(low)
	return (log2(x) - start) / (log2(high) - start)
}

// log2 is good to about 15 digits. Unlike math.Log2 it gives the same bits on
// every machine.
func log2(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.NaN()
	}
	m, exponent := math.Frexp(x) // x = m 2^exponent, ½ ≤ m < 1
	// ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), |s| ≤ ⅓
	s := (m - 1) / (m + 1)
	sum := 0.0
	for k, power := 1, s; k < 40; k, power = k+2, power*s*s {
		sum += power / float64(k)
	}
	return float64(exponent) + float64(2*sum/math.Ln2)
}

// pad leaves a little air below and above.
func pad(low, high float64) (float64, float64) {
	air := max((high-low)*0.06, math.Abs(high)*0.01, 1e-9)
	return low - air, high + air
}

// drawable says whether v is a number that an axis can have: sums of values
// above 1e300 would overflow.
func drawable(v float64) bool { return math.Abs(v) <= 1e300 }

// ticks marks an axis at about six round values: steps of 1, 2 or 5 times a
// power of ten.
type ticks struct {
	least float64 // no step is smaller; 0 for any
}

func (t ticks) Ticks(low, high float64) []plot.Tick {
	if !drawable(low) || !drawable(high-low) {
		return nil
	}
	exponent := decade(max((high-low)/4, t.least))
	unit := math.Pow10(exponent)
	step := unit
	for _, factor := range []float64{2, 5} {
		if (high-low)/(factor*unit) >= 4 {
			step = factor * unit
		}
	}
	var marks []plot.Tick
	for i := math.Ceil(low / step); i*step <= high && len(marks) < 20; i++ {
		marks = append(marks, plot.Tick{Value: i * step, Label: decimal(i*step, exponent)})
	}
	return marks
}

// logTicks marks powers of ten, some of them where there are many, and between
// them the multiples. A short axis has marks like a linear one.
type logTicks struct{}

func (logTicks) Ticks(low, high float64) []plot.Tick {
	if !(low > 0) || !drawable(high) {
		return nil
	}
	first, last := decade(low), decade(high)
	every := 1 + (last-first)/8
	var marks []plot.Tick
	labels := 0
	for k := first; k <= last; k++ {
		for digit := range 9 {
			v := float64(digit+1) * math.Pow10(k)
			label := ""
			switch {
			case v < low || v > high || digit > 0 && every > 1:
				continue
			case digit == 0 && k%every == 0, (digit == 1 || digit == 4) && high/low < 100:
				label = decimal(v, k)
				if k != 0 && (first < -5 || last > 6) { // all of them alike
					label = scientific(v, 0)
				}
				labels++
			}
			marks = append(marks, plot.Tick{Value: v, Label: label})
		}
	}
	if labels < 2 {
		return ticks{}.Ticks(low, high)
	}
	return marks
}

// decade is the exponent of x > 0 in scientific notation: 2 for 345.
func decade(x float64) int {
	_, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e")
	n, _ := strconv.Atoi(exponent)
	return n
}

// decimal writes v down to the digit that stands for 10^last.
func decimal(v float64, last int) string {
	switch {
	case v == 0 && last < -6:
		return "0"
	case last < -6 || math.Abs(v) >= 1e7:
		return scientific(v, max(0, decade(math.Abs(v))-last))
	}
	text := strconv.FormatFloat(v, 'f', max(0, -last), 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // no −0
	}
	return strings.ReplaceAll(text, "-", "−")
}

// scientific writes v like 2.5e−7, with the given digits after the point.
func scientific(v float64, digits int) string {
	label := strconv.FormatFloat(v, 'e', digits, 64)
	return strings.NewReplacer("e-0", "e−", "e+0", "e", "e+", "e", "-", "−").Replace(label)
}
