package exercise

// The exercises of chapter 8, the same seed.

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// NotAssociative checks three numbers whose sum depends on which two come first.
func NotAssociative(f func() (a, b, c float64)) { fmt.Println(notAssociative(f)) }

func notAssociative(f func() (a, b, c float64)) string {
	return verdict("the order of these three matters", attempt{"three", func() string {
		a, b, c := f()
		first, last := (a+b)+c, a+(b+c)
		switch {
		case math.IsNaN(first-last) || math.IsInf(first-last, 0):
			return fmt.Sprintf(" gives %v, %v and %v, whose sums are not both finite numbers: are there any that are?", a, b, c)
		case first == last:
			return fmt.Sprintf(" gives %v, %v and %v: (a + b) + c and a + (b + c) are both %v (which sum of two of them has to be rounded?)", a, b, c, first)
		case [3]float64{a, b, c} == [3]float64{0.1, 0.2, 0.3} || [3]float64{a, b, c} == [3]float64{1, 1e16, -1e16}:
			return fmt.Sprintf(" gives %v, %v and %v, which the chapter has tried: which others are there?", a, b, c)
		}
		return ""
	}})
}

// FourLanes checks a dot product that is added in four lanes, to the last bit.
func FourLanes(f func(w, x []float64) float64) { fmt.Println(fourLanes(f)) }

func fourLanes(f func(w, x []float64) float64) string {
	at := func(call string, w, x []float64) attempt {
		var l, fused [4]float64
		inOrder := 0.0
		for k := range w {
			l[k%4] += float64(w[k] * x[k])
			fused[k%4] = math.FMA(w[k], x[k], fused[k%4])
			inOrder += float64(w[k] * x[k])
		}
		quarter := len(w) / 4
		var blocks [4]float64
		for k := range w {
			blocks[k/quarter] += float64(w[k] * x[k])
		}
		want := (l[0] + l[2]) + (l[1] + l[3])
		return attempt{call, func() string {
			got := f(slices.Clone(w), slices.Clone(x))
			question := ""
			switch got {
			case want:
				return ""
			case inOrder:
				question = " (is that one lane?)"
			case (l[0] + l[1]) + (l[2] + l[3]), l[0] + l[1] + l[2] + l[3], (l[0] + l[3]) + (l[1] + l[2]), l[0] + l[2] + l[1] + l[3]:
				question = " (which two lanes are added first, and which two then?)"
			case (fused[0] + fused[2]) + (fused[1] + fused[3]):
				question = " (here a product and a sum are one step that rounds once: what does float64(w * x) do?)"
			case (blocks[0] + blocks[2]) + (blocks[1] + blocks[3]):
				question = " (column k goes to lane k mod 4: to which lane does column 1 go?)"
			case 0:
				question = " (what is the sum of the products w x?)"
			}
			if math.Abs(got-want) > 1e-9 {
				return fmt.Sprintf(" = %v, want %v%s", got, want, question)
			}
			return fmt.Sprintf(" = %.17g, want %.17g%s", got, want, question)
		}}
	}
	// Square roots are the same on every machine. Each mistake above makes
	// another sum of the one pair or the other.
	roots := func(less, over float64) (w, x []float64) {
		for k := range 784 {
			w, x = append(w, math.Sqrt(float64(k+2))-less), append(x, math.Sqrt(float64(785-k))/over)
		}
		return w, x
	}
	w, x := roots(16, 28)
	w2, x2 := roots(14, 27)
	return verdict("fourLanes is right to the last bit",
		at("fourLanes([1 2 3 4], [1 1 1 0.5])", []float64{1, 2, 3, 4}, []float64{1, 1, 1, 0.5}),
		at("fourLanes([1 0 2 0 3 0 4 1], [2 1 1 1 1 1 1 5])", []float64{1, 0, 2, 0, 3, 0, 4, 1}, []float64{2, 1, 1, 1, 1, 1, 1, 5}),
		at("fourLanes of 784 weights and pixels", w, x),
		at("fourLanes of 784 others", w2, x2))
}

// Report checks a mean with its spread, in as many digits as they deserve.
func Report(f func(mean, deviation float64) string) { fmt.Println(report(f)) }

func report(f func(mean, deviation float64) string) string {
	at := func(mean, deviation float64, want string) attempt {
		return attempt{fmt.Sprintf("report(%v, %v)", mean, deviation), func() string {
			got, question := f(mean, deviation), ""
			switch got {
			case want:
				return ""
			case "":
				question = " (how many digits of the mean would be the same in another run?)"
			case fmt.Sprintf("%v ± %v", mean, deviation), fmt.Sprintf("%f ± %f", mean, deviation):
				question = " (which digits of the mean does the deviation leave in doubt?)"
			case fmt.Sprintf("%.0f ± %.0f", mean, deviation), fmt.Sprintf("%.1f ± %.1f", mean, deviation), fmt.Sprintf("%.2f ± %.2f", mean, deviation),
				fmt.Sprintf("%.3f ± %.3f", mean, deviation):
				question = fmt.Sprintf(" (where does %v have its first digit that is not 0?)", deviation)
			case strings.ReplaceAll(want, " ", ""), strings.ReplaceAll(want, "±", "+-"), strings.ReplaceAll(want, "±", "+/-"):
				question = " (the numbers are right: write ± with a space before and after it)"
			}
			return fmt.Sprintf(" = %q, want %q%s", got, want, question)
		}}
	}
	return verdict("report writes the digits that deserve it",
		at(93.374, 0.232, "93.4 ± 0.2"),
		at(97.8236, 0.0738, "97.82 ± 0.07"),
		at(82.297, 3.4, "82 ± 3"))
}
