package exercise

import "testing"

func TestBestRate(t *testing.T) {
	for _, test := range []struct {
		starts, ends string
		f            func(steep, flat float64) float64
	}{
		{"passed: bestRate makes", "alike", func(s, f float64) float64 { return 2 / (s + f) }},
		{"not yet: bestRate(3, 1) = 0, want 0.5", "the same?)", func(s, f float64) float64 { return 0 }}, // the stub
		{"not yet", "(that is best along the steep direction: what does it do along the flat one?)", func(s, f float64) float64 { return 1 / s }},
		{"not yet", "(what does that do along the steep direction?)", func(s, f float64) float64 { return 1 / f }},
		{"not yet", "(that is where the steep direction begins to diverge)", func(s, f float64) float64 { return 2 / s }},
		{"not yet", "(is 1 - η·steep the same as η·flat - 1 there?)", func(s, f float64) float64 { return 1 / (s + f) }},
		{"not yet: bestRate(25, 1)", "(which of the two factors is below 0?)", func(s, f float64) float64 {
			if s == 3 {
				return 0.5
			}
			return 2 / (s - f)
		}},
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
		{"not yet", "(where is μ, the friction?)", each(func(w, v *float64, s, eta, mu float64) { *v -= eta * s; *w += *v })},
		{"not yet", "(is η in v already?)", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w += eta * *v })},
		{"not yet", "changes slope, which others still need: can it make a value of its own?", each(func(w, v *float64, s, eta, mu float64) { *v = mu**v - eta*s; *w += *v })},
	} {
		f := test.f
		if test.ends == "changes slope, which others still need: can it make a value of its own?" {
			f = func(w, v, slope []float64, eta, mu float64) { test.f(w, v, slope, eta, mu); slope[0] = 9 }
		}
		says(t, momentum(f), test.starts, test.ends)
	}
}
