package exercise

import (
	"math"
	"slices"
	"testing"
)

func TestCentreOfMass(t *testing.T) {
	sums := func(weight func(ink byte) float64, end func(mass, right, down float64) (float64, float64)) func([]byte) (float64, float64) {
		return func(pixels []byte) (float64, float64) {
			var mass, right, down float64
			for k, ink := range pixels {
				w := weight(ink)
				mass, right, down = mass+w, right+w*float64(k%28), down+w*float64(k/28)
			}
			return end(mass, right, down)
		}
	}
	grey := func(ink byte) float64 { return float64(ink) }
	any := func(ink byte) float64 {
		if ink > 0 {
			return 1
		}
		return 0
	}
	mean := func(mass, right, down float64) (float64, float64) { return right / mass, down / mass }
	first := "not yet: centre of [column 5, row 20, ink 255] = "
	for _, test := range []struct {
		want string
		f    func([]byte) (float64, float64)
	}{
		{"passed: the centre of mass is found, and dark pixels pull harder", sums(grey, mean)},
		{first + "[0 0], want [5 20] (which pixels have ink?)", // the stub
			func([]byte) (float64, float64) { return 0, 0 }},
		{first + "[20 5], want [5 20] (which of the two is the column: the rest of k by 28, or how often 28 fits in?)",
			sums(grey, func(mass, right, down float64) (float64, float64) { return down / mass, right / mass })},
		{first + "[6 21], want [5 20] (from which number are columns and rows counted?)",
			sums(grey, func(mass, right, down float64) (float64, float64) { return right/mass + 1, down/mass + 1 })},
		{first + "[1275 5100], want [5 20] (by what is the sum to be divided?)",
			sums(grey, func(mass, right, down float64) (float64, float64) { return right, down })},
		{"not yet: centre of [column 4, row 2, ink 50 column 8, row 22, ink 150] = [6 12], want [7 17] (how much does a pixel count if it is half as dark?)",
			sums(any, mean)},
		{first + "[0.9843 0.9255], want [5 20] (a byte holds no more than 255: which product is larger than that?)", func(pixels []byte) (x, y float64) {
			mass := 0.0
			for k, ink := range pixels {
				mass, x, y = mass+float64(ink), x+float64(ink*byte(k%28)), y+float64(ink*byte(k/28))
			}
			return x / mass, y / mass
		}},
		{first + "[5 20.18], want [5 20] (a row is a whole number: is k / 28 one?)", func(pixels []byte) (x, y float64) {
			mass := 0.0
			for k, ink := range pixels {
				mass, x, y = mass+float64(ink), x+float64(ink)*float64(k%28), y+float64(ink)*float64(k)/28
			}
			return x / mass, y / mass
		}},
		{first + "[-8.5 6.5], want [5 20] (that is how far it is from the middle: where is it?)",
			sums(grey, func(mass, right, down float64) (float64, float64) { return right/mass - 13.5, down/mass - 13.5 })},
		{first + "[1.626 6.505], want [5 20] (by what is the sum to be divided: by the pixels, or by all their ink?)",
			sums(grey, func(mass, right, down float64) (float64, float64) { return right / 784, down / 784 })},
		{"not yet: centre of [column 1, row 2, ink 255 column 3, row 26, ink 85 column 25, row 14, ink 170] = [9 10], want [9.333 10] " +
			"(whole numbers lose the rest when they are divided: are these sums float64s?)",
			sums(grey, func(mass, right, down float64) (float64, float64) {
				return math.Floor(right / mass), math.Floor(down / mass)
			})},
		{"not yet: centre of [column 27, row 27, ink 102] = [NaN NaN], want [27 27]", func(pixels []byte) (float64, float64) { return sums(grey, mean)(pixels[:783]) }},
		{"not yet: centre changes pixels, which others still need: can it make a value of its own?", func(pixels []byte) (float64, float64) {
			x, y := sums(grey, mean)(pixels)
			clear(pixels)
			return x, y
		}},
	} {
		if got := centreOfMass(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestShift(t *testing.T) {
	// moved looks up each pixel where from says, and takes paper where there is none.
	moved := func(from func(k, right, down int) int) func([]byte, int, int) []byte {
		return func(pixels []byte, right, down int) []byte {
			there := make([]byte, len(pixels))
			for k := range there {
				if i := from(k, right, down); i >= 0 && i < len(pixels) {
					there[k] = pixels[i]
				}
			}
			return there
		}
	}
	at := func(x, y int) int {
		if x < 0 || x >= 28 {
			return -1
		}
		return 28*y + x
	}
	for _, test := range []struct {
		want string
		f    func([]byte, int, int) []byte
	}{
		{"passed: all ink is moved, and what leaves the picture is lost",
			moved(func(k, right, down int) int { return at(k%28-right, k/28-down) })},
		{"not yet: shifted(…, 0, 0) of [column 5, row 20, ink 255] has 0 pixels, want 784", // the stub
			func([]byte, int, int) []byte { return nil }},
		{"not yet: shifted(…, 0, 0) of [column 5, row 20, ink 255] has ink 0 at column 5, row 20, want 255 (which of the given pixels comes here?)",
			func(pixels []byte, _, _ int) []byte { return make([]byte, len(pixels)) }},
		{"not yet: shifted(…, 0, 0) of [column 5, row 20, ink 255] has ink 255 at column 20, row 5, want 0 (in which place stands the pixel of column x and row y: 28 x + y, or 28 y + x?)",
			moved(func(k, right, down int) int { return 28*(k%28-right) + k/28 - down })},
		{"not yet: shifted(…, 3, 0) of [column 5, row 20, ink 255] has ink 255 at column 5, row 20, want 0 (what has moved?)",
			moved(func(k, _, _ int) int { return k })},
		{"not yet: shifted(…, 3, 0) of [column 5, row 20, ink 255] has ink 255 at column 2, row 20, want 0 (where does ink come from that moves to the right?)",
			moved(func(k, right, down int) int { return at(k%28+right, k/28+down) })},
		{"not yet: shifted(…, 3, 0) of [column 5, row 20, ink 255] has ink 0 at column 8, row 20, want 255 (which of the two numbers is for the columns?)",
			moved(func(k, right, down int) int { return at(k%28-down, k/28-right) })},
		{"not yet: shifted(…, 0, 0) of [column 0, row 13, ink 255 column 13, row 0, ink 80 column 13, row 13, ink 7 column 27, row 27, ink 40] " +
			"has ink 0 at column 13, row 0, want 80 (columns and rows are counted from 0: are the first ones left out?)",
			moved(func(k, right, down int) int {
				if x, y := k%28-right, k/28-down; x > 0 && y > 0 {
					return at(x, y)
				}
				return -1
			})},
		{"not yet: shifted(…, 4, 0) of [column 25, row 10, ink 255 column 3, row 3, ink 80] has ink 255 at column 1, row 11, want 0 (what becomes of ink that leaves the picture at the right?)",
			moved(func(k, right, down int) int { return k - right - 28*down })},
		{"not yet: shifted(…, 4, 0) of [column 25, row 10, ink 255 column 3, row 3, ink 80] has ink 255 at column 1, row 10, want 0 (what becomes of ink that leaves the picture?)",
			moved(func(k, right, down int) int { return at((k%28-right+28)%28, (k/28-down+28)%28) })},
		{"not yet: shifted(…, 0, 0) of [column 5, row 20, ink 255] changes pixels, which others still need: can it make a value of its own?",
			func(pixels []byte, _, _ int) []byte { pixels[0]++; return pixels }},
	} {
		if got := shift(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestSoftmax(t *testing.T) {
	each := func(f func(z float64) float64) func([]float64) []float64 {
		return func(z []float64) []float64 {
			var all []float64
			for _, v := range z {
				all = append(all, f(v))
			}
			return all
		}
	}
	over := func(values []float64, by float64) []float64 {
		for d := range values {
			values[d] /= by
		}
		return values
	}
	sum := func(values []float64) (sum float64) {
		for _, v := range values {
			sum += v
		}
		return sum
	}
	plain := func(z []float64) []float64 { e := each(math.Exp)(z); return over(e, sum(e)) }
	first := "not yet: softmax([0 0]) = "
	for _, test := range []struct {
		want string
		f    func([]float64) []float64
	}{
		{"passed: the shares add up to 1, and large z do no harm", func(z []float64) []float64 {
			most := slices.Max(z)
			e := each(func(v float64) float64 { return math.Exp(v - most) })(z)
			return over(e, sum(e))
		}},
		{first + "nil, want a vector of 2 values", func(z []float64) []float64 { return nil }}, // the stub
		{first + "[0 0], want [0.5 0.5] (what is e^z of each of them?)", each(func(float64) float64 { return 0 })},
		{first + "[1 0.5], want [0.5 0.5] (is the sum complete before the first share is taken of it?)", func(z []float64) []float64 {
			e, sum := each(math.Exp)(z), 0.0
			for d := range e {
				sum += e[d]
				e[d] /= sum
			}
			return e
		}},
		{first + "[1 1], want [0.5 0.5] (by what must they be divided to add up to 1?)", each(math.Exp)},
		{"not yet: softmax([1 2 4]) = [0.7311 0.8808 0.982], want [0.04201 0.1142 0.8438] (each by itself is the sigmoid: what do the others do to a share?)",
			each(func(z float64) float64 { return 1 / (1 + math.Exp(-z)) })},
		{"not yet: softmax([1000 999 0]) = [NaN NaN 0], want [0.7311 0.2689 0] (e^z can be more than a float64 holds: what may be taken off all z first, and change no share?)", plain},
		{"not yet: softmax([0 0]) changes z, which others still need: can it make a value of its own?", func(z []float64) []float64 {
			e := each(math.Exp)(z)
			copy(z, over(e, sum(e)))
			return z
		}},
	} {
		if got := softmax(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestPool(t *testing.T) {
	blocks := func(of func(a, b, c, d float64) float64) func([]float64) []float64 {
		return func(m []float64) []float64 {
			var all []float64
			for k := range 196 {
				i := 56*(k/14) + 2*(k%14)
				all = append(all, of(m[i], m[i+1], m[i+28], m[i+29]))
			}
			return all
		}
	}
	first := "not yet: pool of a map with 3 at column 4, row 6, else 0, has "
	for _, test := range []struct {
		want string
		f    func([]float64) []float64
	}{
		{"passed: each block is as strong as its strongest value", blocks(func(a, b, c, d float64) float64 { return max(a, b, c, d) })},
		{first + "0 values, want 196 (how many blocks of 2 × 2 are there?)", func([]float64) []float64 { return nil }}, // the stub
		{first + "0 in column 2, row 3, want 3 (which four values meet here?)", func([]float64) []float64 { return make([]float64, 196) }},
		{first + "0.75 in column 2, row 3, want 3 (is it the mean that is asked for?)", blocks(func(a, b, c, d float64) float64 { return (a + b + c + d) / 4 })},
		{"not yet: pool of a map with 3 at column 5, row 7, else 0, has 0 in column 2, row 3, want 3 (which four values meet here?)", blocks(func(a, _, _, _ float64) float64 { return a })},
		{"not yet: pool of a map with 3 at column 5, row 6, else 0, has 0 in column 2, row 3, want 3 (which four values meet here?)",
			blocks(func(a, _, c, d float64) float64 { return max(a, c, d) })},
		{"not yet: pool of a map with 3 at column 4, row 7, else 0, has 0 in column 2, row 3, want 3 (which four values meet here?)",
			blocks(func(a, b, _, d float64) float64 { return max(a, b, d) })},
		{"not yet: pool of a map with -1 at column 0, row 0, -3 at column 0, row 1, -2 at column 1, row 0, -0.5 at column 1, row 1, else 0, has 0 in column 0, row 0, want -0.5 (numbers below 0 count as well: with which number does the search for the largest begin?)",
			blocks(func(a, b, c, d float64) float64 { return max(0, a, b, c, d) })},
		{first + "0 in column 2, row 3, want 3 (in which row of the map does block k begin?)", func(m []float64) []float64 {
			var all []float64
			for k := range 196 {
				i := 28*(k/14) + 2*(k%14)
				all = append(all, max(m[i], m[i+1], m[i+28], m[i+29]))
			}
			return all
		}},
		{"not yet: pool of a map with -1 at column 0, row 0, -3 at column 0, row 1, -2 at column 1, row 0, -0.5 at column 1, row 1, else 0, " +
			"has -6.5 in column 0, row 0, want -0.5 (is it the sum that is asked for?)", blocks(func(a, b, c, d float64) float64 { return a + b + c + d })},
		{first + "784 values, want 196 (how many blocks of 2 × 2 are there?)", func(m []float64) []float64 { return m }},
	} {
		if got := pool(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestSetting(t *testing.T) {
	training := func(eta float64, batch int) int { return int(1000 * eta / float64(batch)) }
	for _, test := range []struct {
		want  string
		eta   float64
		batch int
	}{
		{"passed: with your knobs at least 300 are recognised", 3, 10},
		{"not yet: setting: η = 2 with mini-batches of 10 leads to 200 recognised, want 300 (are the steps too long, too short or too few?)", 2, 10},
		{"not yet: setting has η = 0, want a finite number above 0", 0, 10},
		{"not yet: setting has mini-batches of 0, want at least 1", 3, 0},
	} {
		if got := checkSetting(func() (float64, int) { return test.eta, test.batch }, 300, training); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
