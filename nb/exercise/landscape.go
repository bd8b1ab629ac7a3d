package exercise

// The exercises of the interlude on the landscape.

import (
	"fmt"
	"slices"
)

// BestRate checks the learning rate at which a ravine's steepest and flattest
// directions shrink alike: 2/(steep + flat).
func BestRate(f func(steep, flat float64) float64) { fmt.Println(bestRate(f)) }

func bestRate(f func(steep, flat float64) float64) string {
	at := func(steep, flat float64) attempt {
		return value(fmt.Sprintf("bestRate(%v, %v)", steep, flat), func() float64 { return f(steep, flat) }, 2/(steep+flat),
			guess{0, "with η = 0 nothing moves: where are |1 - η·steep| and |1 - η·flat| the same?"},
			guess{1 / steep, "that is best along the steep direction: what does it do along the flat one?"},
			guess{1 / flat, "what does that do along the steep direction?"},
			guess{2 / steep, "that is where the steep direction begins to diverge"},
			guess{1 / (steep + flat), "is 1 - η·steep the same as η·flat - 1 there?"},
			guess{2 / (steep - flat), "which of the two factors is below 0?"},
			guess{(1/steep + 1/flat) / 2, "half-way between the best rates of both: are |1 - η·steep| and |1 - η·flat| the same there?"},
			guess{2 / flat, "what does that do along the steep direction?"},
			guess{(steep + flat) / 2, "a steeper ravine needs a smaller rate: is this a rate, or one over it?"})
	}
	return verdict("bestRate makes both directions shrink alike", at(5, 1), at(25, 1), at(4, 4), at(100, 0.5))
}

// Momentum checks a step of v → μ v - η slope, w → w + v, in place.
func Momentum(f func(w, v, slope []float64, eta, mu float64)) { fmt.Println(momentum(f)) }

func momentum(f func(w, v, slope []float64, eta, mu float64)) string {
	at := func(mu float64, w, v, slope []float64) attempt {
		const eta = 0.5
		call := fmt.Sprintf("momentum(w = %v, v = %v, slope = %v, η = %v, μ = %v)", w, v, slope, eta, mu)
		// each applies a formula for one weight.
		each := func(formula func(w, v, slope float64) (float64, float64)) []float64 {
			var all []float64
			for i := range w {
				wi, vi := formula(w[i], v[i], slope[i])
				all = append(all, wi, vi)
			}
			return all
		}
		want := each(func(w, v, s float64) (float64, float64) { v = mu*v - eta*s; return w + v, v })
		guesses := []struct {
			values   []float64
			question string
		}{
			{each(func(w, v, s float64) (float64, float64) { return w, v }), "what becomes of v, and then of w?"},
			{each(func(w, v, s float64) (float64, float64) { return w - eta*s, v }), "where does v come in?"},
			{each(func(w, v, s float64) (float64, float64) { return w + v, mu*v - eta*s }), "which changes first, v or w?"},
			{each(func(w, v, s float64) (float64, float64) { return w, mu*v - eta*s }), "v has changed: what about w?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v + eta*s; return w + v, v }), "is that a push downhill, or uphill?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v - s; return w + v, v }), "where is η?"},
			{each(func(w, v, s float64) (float64, float64) { v -= eta * s; return w + v, v }), "where is μ, which slows the speed down?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v - eta*s; return w + eta*v, v }), "is η in v already?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v - eta*s; return w - v, v }), "v already points downhill: is it added to w?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v + eta*s; return w - v, v }), "which way does v point: is w + v downhill?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v - eta*s; return w - eta*s, v }), "is w moved by the slope, or by the speed?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v - eta*s; return w + v - eta*s, v }), "the slope is in v already: is w pushed twice?"},
			{each(func(w, v, s float64) (float64, float64) { v = (1-mu)*v - eta*s; return w + v, v }),
				"is μ the share of the speed that is lost, or the one that is left?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu * (v - eta*s); return w + v, v }), "does μ slow the old speed only, or the new push as well?"},
			{each(func(w, v, s float64) (float64, float64) { v = mu*v - (1-mu)*eta*s; return w + v, v }), "is the push of the slope η, or a share of it?"},
		}
		return attempt{call, func() string {
			w, v, s := slices.Clone(w), slices.Clone(v), slices.Clone(slope)
			f(w, v, s, eta, mu)
			var got []float64
			for i := range w {
				got = append(got, w[i], v[i])
			}
			if nearAll(got, want) {
				return kept(argument{"slope", slices.Equal(s, slope)})
			}
			i := 0 // of the first weight that is wrong
			for nearAll(got[2*i:2*i+2], want[2*i:2*i+2]) {
				i++
			}
			gw, gv, ww, wv := got[2*i], got[2*i+1], want[2*i], want[2*i+1]
			text := fmt.Sprintf(" leaves w_%d = %s and v_%d = %s, want %s and %s", i+1, digits(gw, ww), i+1, digits(gv, wv), digits(ww, gw), digits(wv, gv))
			if i > 0 {
				return text + " (is every weight moved?)"
			}
			for _, g := range guesses {
				if nearAll(got, g.values) {
					return text + " (" + g.question + ")"
				}
			}
			return text
		}}
	}
	return verdict("momentum keeps rolling, brakes, and is pushed downhill", at(0.9, []float64{1}, []float64{2}, []float64{4}),
		at(0, []float64{1, -3}, []float64{5, 5}, []float64{0.5, -1}), at(0.5, []float64{0, 1, 2}, []float64{1, 0, -1}, []float64{3, 2, 1}))
}
