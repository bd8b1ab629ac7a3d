package exercise

import "testing"

func TestBestRate(t *testing.T) {
	for _, test := range []struct {
		starts, ends string
		f            func(steep, flat float64) float64
	}{
		{"passed: bestRate makes", "alike", func(s, f float64) float64 { return 2 / (s + f) }},
		{"not yet: bestRate(5, 1) = 0, want 0.3333", "the same?)", func(s, f float64) float64 { return 0 }}, // the stub
		{"not yet", "(that is best along the steep direction: what does it do along the flat one?)", func(s, f float64) float64 { return 1 / s }},
		{"not yet", "(what does that do along the steep direction?)", func(s, f float64) float64 { return 1 / f }},
		{"not yet", "(that is where the steep direction begins to diverge)", func(s, f float64) float64 { return 2 / s }},
		{"not yet", "(is 1 - η·steep the same as η·flat - 1 there?)", func(s, f float64) float64 { return 1 / (s + f) }},
		{"not yet", "(which of the two factors is below 0?)", func(s, f float64) float64 { return 2 / (s - f) }},
		{"not yet", "(half-way between the best rates of both: are |1 - η·steep| and |1 - η·flat| the same there?)",
			func(s, f float64) float64 { return (1/s + 1/f) / 2 }},
		{"not yet", "(a steeper ravine needs a smaller rate: is this a rate, or one over it?)", func(s, f float64) float64 { return (s + f) / 2 }},
	} {
		says(t, bestRate(test.f), test.starts, test.ends)
	}
}

func TestMomentum(t *testing.T) {
	type roll = func(w, v, slope []float64, eta, mu float64)
	each := func(step func(w, v *float64, s, eta, mu float64)) roll {
		return func(w, v, slope []float64, eta, mu float64) {
			for i := range w {
				step(&w[i], &v[i], slope[i], eta, mu)
			}
		}
	}
	for _, test := range []struct {
		starts, ends string
		f            roll
	}{
		{"passed: momentum keeps rolling", "downhill", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w += *v })},
		{"not yet: momentum(w = [1]", "(what becomes of v, and then of w?)", func(w, v, slope []float64, eta, mu float64) {}},
		{"not yet", "(where does v come in?)", each(func(w, v *float64, s, eta, mu float64) { *w -= eta * s })},
		{"not yet", "(which changes first, v or w?)", each(func(w, v *float64, s, eta, mu float64) { *w += *v; *v = mu**v - eta*s })},
		{"not yet", "(v has changed: what about w?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s })},
		{"not yet", "(is that a push downhill, or uphill?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v + eta*s; *w += *v })},
		{"not yet", "(where is η?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - s; *w += *v })},
		{"not yet", "(where is μ, which slows the speed down?)", each(func(w, v *float64, s, eta, mu float64) { *v -= eta * s; *w += *v })},
		{"not yet", "(is η in v already?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w += eta * *v })},
		{"not yet", "(v already points downhill: is it added to w?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w -= *v })},
		{"not yet", "(which way does v point: is w + v downhill?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v + eta*s; *w -= *v })},
		{"not yet", "(is w moved by the slope, or by the speed?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w -= eta * s })},
		{"not yet", "(the slope is in v already: is w pushed twice?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w += *v - eta*s })},
		{"not yet", "(is μ the share of the speed that is lost, or the one that is left?)",
			each(func(w, v *float64, s, eta, mu float64) { *v = (1-mu)**v - eta*s; *w += *v })},
		{"not yet", "(is the push of the slope η, or a share of it?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - (1-mu)*eta*s; *w += *v })},
		{"not yet: momentum(w = [1 -3]", "leaves w_2 = -3 and v_2 = 5, want -2.5 and 0.5 (is every weight moved?)",
			func(w, v, slope []float64, eta, mu float64) { v[0] = mu*v[0] - eta*slope[0]; w[0] += v[0] }},
		{"not yet", "changes slope, which others still need: can it make a value of its own?", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w += *v })},
	} {
		f := test.f
		if test.ends == "changes slope, which others still need: can it make a value of its own?" {
			f = func(w, v, slope []float64, eta, mu float64) { test.f(w, v, slope, eta, mu); slope[0] = 9 }
		}
		says(t, momentum(f), test.starts, test.ends)
	}
}
