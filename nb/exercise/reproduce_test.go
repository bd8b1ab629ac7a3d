package exercise

import (
	"fmt"
	"math"
	"testing"
)

// A right solution, the usual mistakes and the stub, each with its answer.

func TestNotAssociative(t *testing.T) {
	for _, test := range []struct {
		want    string
		a, b, c float64
	}{
		{"passed: the order of these three matters",
			1e17, 5, 5},
		{"passed: the order of these three matters",
			0.3, 0.2, 0.1},
		{"not yet: three gives 0.1, 0.2 and 0.3, which the chapter has tried: which others are there?",
			0.1, 0.2, 0.3},
		{"not yet: three gives 1, 1e+16 and -1e+16, which the chapter has tried: which others are there?",
			1, 1e16, -1e16},
		{"not yet: three gives 0, 0 and 0: (a + b) + c and a + (b + c) are both 0 (which sum of two of them has to be rounded?)", // the stub
			0, 0, 0},
		{"not yet: three gives 1, 2 and 3: (a + b) + c and a + (b + c) are both 6 (which sum of two of them has to be rounded?)",
			1, 2, 3},
		{"not yet: three gives 1e+308, 1e+308 and -1e+308, whose sums are not both finite numbers: are there any that are?",
			1e308, 1e308, -1e308},
		{"not yet: three gives NaN, 0 and 0, whose sums are not both finite numbers: are there any that are?",
			math.NaN(), 0, 0},
	} {
		if got := notAssociative(func() (a, b, c float64) { return test.a, test.b, test.c }); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestFourLanes(t *testing.T) {
	// lanes makes a solution of where a column goes and how the lanes are added.
	lanes := func(lane func(k, n int) int, add func(l [4]float64) float64) func(w, x []float64) float64 {
		return func(w, x []float64) float64 {
			var l [4]float64
			for k := range w {
				l[lane(k, len(w))] += float64(w[k] * x[k])
			}
			return add(l)
		}
	}
	mod4 := func(k, n int) int { return k % 4 }
	right := func(l [4]float64) float64 { return (l[0] + l[2]) + (l[1] + l[3]) }
	long := "not yet: fourLanes of 784 weights and pixels = "
	for _, test := range []struct {
		want string
		f    func(w, x []float64) float64
	}{
		{"passed: fourLanes is right to the last bit",
			lanes(mod4, right)},
		{"not yet: fourLanes([1 2 3 4], [1 1 1 0.5]) = 0, want 8 (what is the sum of the products w x?)", // the stub
			func(w, x []float64) float64 { return 0 }},
		{"not yet: fourLanes([1 2 3 4], [1 1 1 0.5]) = 10, want 8",
			func(w, x []float64) float64 { return 10 }},
		{"not yet: fourLanes([1 0 2 0 3 0 4 1], [2 1 1 1 1 1 1 5]) = 4, want 16",
			func(w, x []float64) float64 { return lanes(mod4, right)(w[:4], x[:4]) }},
		{long + "298.22333061615075, want 298.22333061615257 (is that one lane?)",
			lanes(func(k, n int) int { return 0 }, right)},
		{long + "298.22333061615251, want 298.22333061615257 (which two lanes are added first, and which two then?)",
			lanes(mod4, func(l [4]float64) float64 { return (l[0] + l[1]) + (l[2] + l[3]) })},
		{long + "298.22333061615251, want 298.22333061615257 (which two lanes are added first, and which two then?)",
			lanes(mod4, func(l [4]float64) float64 { return l[0] + l[2] + l[1] + l[3] })},
		{"not yet: fourLanes of 784 others = 1396.3410924900197, want 1396.3410924900199 (which two lanes are added first, and which two then?)",
			lanes(mod4, func(l [4]float64) float64 { return (l[0] + l[3]) + (l[1] + l[2]) })},
		{long + "298.22333061615245, want 298.22333061615257 (here a product and a sum are one step that rounds once: what does float64(w * x) do?)",
			func(w, x []float64) float64 {
				var l [4]float64
				for k := range w {
					l[k%4] = math.FMA(w[k], x[k], l[k%4])
				}
				return right(l)
			}},
		{long + "298.2233306161512, want 298.22333061615257 (column k goes to lane k mod 4: to which lane does column 1 go?)",
			lanes(func(k, n int) int { return k / (n / 4) }, right)},
		{"not yet: fourLanes([1 2 3 4], [1 1 1 0.5]) panics: runtime error: index out of range [4] with length 4",
			func(w, x []float64) float64 { return w[len(x)] }},
	} {
		if got := fourLanes(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestReport(t *testing.T) {
	first := "not yet: report(93.374, 0.232) = "
	for _, test := range []struct {
		want string
		f    func(mean, deviation float64) string
	}{
		{"passed: report writes the digits that deserve it",
			func(mean, deviation float64) string {
				decimals := max(0, int(math.Ceil(-math.Log10(deviation))))
				return fmt.Sprintf("%.*f ± %.*f", decimals, mean, decimals, deviation)
			}},
		{first + `"", want "93.4 ± 0.2" (how many digits of the mean would be the same in another run?)`, // the stub
			func(mean, deviation float64) string { return "" }},
		{first + `"93.374 ± 0.232", want "93.4 ± 0.2" (which digits of the mean does the deviation leave in doubt?)`,
			func(mean, deviation float64) string { return fmt.Sprint(mean, " ± ", deviation) }},
		{`not yet: report(97.8236, 0.0738) = "97.8 ± 0.1", want "97.82 ± 0.07" (where does 0.0738 have its first digit that is not 0?)`,
			func(mean, deviation float64) string { return fmt.Sprintf("%.1f ± %.1f", mean, deviation) }},
		{first + `"93 ± 0", want "93.4 ± 0.2" (where does 0.232 have its first digit that is not 0?)`,
			func(mean, deviation float64) string {
				decimals := int(math.Floor(-math.Log10(deviation)))
				return fmt.Sprintf("%.*f ± %.*f", decimals, mean, decimals, deviation)
			}},
		{`not yet: report(82.297, 3.4) = "82.3 ± 3.4", want "82 ± 3" (where does 3.4 have its first digit that is not 0?)`,
			func(mean, deviation float64) string {
				decimals := int(-math.Log10(deviation)) + 1
				return fmt.Sprintf("%.*f ± %.*f", decimals, mean, decimals, deviation)
			}},
		{first + `"93.4±0.2", want "93.4 ± 0.2" (the numbers are right: write ± with a space before and after it)`,
			func(mean, deviation float64) string { return fmt.Sprintf("%.1f±%.1f", mean, deviation) }},
		{first + `"93.4", want "93.4 ± 0.2"`,
			func(mean, deviation float64) string { return fmt.Sprintf("%.1f", mean) }},
		{`not yet: report(82.297, 3.4) panics: negative decimals`,
			func(mean, deviation float64) string {
				decimals := int(math.Floor(-math.Log10(deviation))) + 1
				if decimals < 1 {
					panic("negative decimals")
				}
				return fmt.Sprintf("%.*f ± %.*f", decimals, mean, decimals, deviation)
			}},
	} {
		if got := report(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
