package exercise

// The exercises of chapter 10, draw a digit, and of chapter 11, turn the knobs.

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// dot is a pixel with some ink.
type dot struct {
	column, row int
	ink         byte
}

// paper is a picture of 28 × 28 pixels with these dots.
func paper(dots ...dot) []byte {
	p := make([]byte, 28*28)
	for _, d := range dots {
		p[28*d.row+d.column] = d.ink
	}
	return p
}

func (d dot) String() string { return fmt.Sprintf("column %d, row %d, ink %d", d.column, d.row, d.ink) }

// CentreOfMass checks the mean column and the mean row of the ink.
func CentreOfMass(f func(pixels []byte) (x, y float64)) { fmt.Println(centreOfMass(f)) }

func centreOfMass(f func(pixels []byte) (x, y float64)) string {
	at := func(dots ...dot) attempt {
		var mass, right, down, rightBytes, downBytes, columns, rows float64
		for _, d := range dots {
			mass, columns, rows = mass+float64(d.ink), columns+float64(d.column), rows+float64(d.row)
			right, down = right+float64(d.ink)*float64(d.column), down+float64(d.ink)*float64(d.row)
			rightBytes, downBytes = rightBytes+float64(d.ink*byte(d.column)), downBytes+float64(d.ink*byte(d.row))
		}
		x, y, n := right/mass, down/mass, float64(len(dots))
		return vector(fmt.Sprintf("centre of %v", dots), func() *mat.VecDense {
			x, y := f(paper(dots...))
			return vec(x, y)
		}, vec(x, y),
			vectorGuess{vec(0, 0), "which pixels have ink?"},
			vectorGuess{vec(y, x), "which of the two is the column: the rest of k by 28, or how often 28 fits in?"},
			vectorGuess{vec(x+1, y+1), "from which number are columns and rows counted?"},
			vectorGuess{vec(math.Floor(x), math.Floor(y)), "whole numbers lose the rest when they are divided: are these sums float64s?"},
			vectorGuess{vec(rightBytes/mass, downBytes/mass), "a byte holds no more than 255: which product is larger than that?"},
			vectorGuess{vec(x, y+x/28), "a row is a whole number: is k / 28 one?"},
			vectorGuess{vec(x-13.5, y-13.5), "that is how far it is from the middle: where is it?"},
			vectorGuess{vec(right/784, down/784), "by what is the sum to be divided: by the pixels, or by all their ink?"},
			vectorGuess{vec(right, down), "by what is the sum to be divided?"},
			vectorGuess{vec(right/255, down/255), "by what is the sum to be divided?"},
			vectorGuess{vec(right/n, down/n), "how much does a pixel count if it is half as dark?"},
			vectorGuess{vec(columns/n, rows/n), "how much does a pixel count if it is half as dark?"})
	}
	return verdict("the centre of mass is found, and dark pixels pull harder",
		at(dot{5, 20, 255}), at(dot{27, 0, 51}), at(dot{27, 27, 102}),
		at(dot{4, 9, 200}, dot{10, 9, 200}),
		at(dot{4, 2, 50}, dot{8, 22, 150}),
		at(dot{1, 2, 255}, dot{3, 26, 85}, dot{25, 14, 170}),
		attempt{"centre", func() string {
			pixels := paper(dot{4, 2, 50}, dot{8, 22, 150})
			before := slices.Clone(pixels)
			f(pixels)
			return kept(argument{"pixels", bytes.Equal(pixels, before)})
		}})
}

// Shift checks a picture that was moved to the right and down; paper comes in
// where it leaves, and what leaves the picture is lost.
func Shift(f func(pixels []byte, right, down int) []byte) { fmt.Println(shift(f)) }

func shift(f func(pixels []byte, right, down int) []byte) string {
	at := func(right, down int, dots ...dot) attempt {
		// The dots as moved; beyond says where those go that leave.
		moved := func(right, down int, beyond func(column, row int) (int, int)) []byte {
			var there []dot
			for _, d := range dots {
				x, y := d.column+right, d.row+down
				if x < 0 || x >= 28 || y < 0 || y >= 28 {
					x, y = beyond(x, y)
				}
				if x >= 0 && y >= 0 && y < 28 {
					there = append(there, dot{x, y, d.ink})
				}
			}
			return paper(there...)
		}
		lost := func(column, row int) (int, int) { return -1, -1 }
		var turned, inner []dot // with rows for columns; without the first row and column
		for _, d := range dots {
			turned = append(turned, dot{d.row, d.column, d.ink})
			if d.column > 0 && d.row > 0 {
				inner = append(inner, d)
			}
		}
		want := moved(right, down, lost)
		guesses := []struct {
			picture  []byte
			question string
		}{
			{paper(turned...), "in which place stands the pixel of column x and row y: 28 x + y, or 28 y + x?"},
			{paper(), "which of the given pixels comes here?"},
			{paper(dots...), "what has moved?"},
			{paper(inner...), "columns and rows are counted from 0: are the first ones left out?"},
			{moved(-right, -down, lost), "where does ink come from that moves to the right?"},
			{moved(down, right, lost), "which of the two numbers is for the columns?"},
			{moved(right, down, func(column, row int) (int, int) { return (column + 28) % 28, (row + 28) % 28 }),
				"what becomes of ink that leaves the picture?"},
			{moved(right, down, func(column, row int) (int, int) { return (column + 28) % 28, row + column/28 }),
				"what becomes of ink that leaves the picture at the right?"},
		}
		return attempt{fmt.Sprintf("shifted(…, %d, %d) of %v", right, down, dots), func() string {
			given := paper(dots...)
			got := f(given, right, down)
			if len(got) != len(want) {
				return fmt.Sprintf(" has %d pixels, want %d", len(got), len(want))
			}
			if wrong := kept(argument{"pixels", bytes.Equal(given, paper(dots...))}); wrong != "" {
				return wrong
			}
			for k := range want {
				if got[k] != want[k] {
					text := fmt.Sprintf(" has ink %d at column %d, row %d, want %d", got[k], k%28, k/28, want[k])
					for _, g := range guesses {
						if bytes.Equal(got, g.picture) {
							return text + " (" + g.question + ")"
						}
					}
					return text
				}
			}
			return ""
		}}
	}
	return verdict("all ink is moved, and what leaves the picture is lost",
		at(0, 0, dot{5, 20, 255}),
		at(3, 0, dot{5, 20, 255}),
		at(0, 2, dot{5, 20, 255}, dot{6, 20, 100}),
		at(-4, -5, dot{5, 20, 255}, dot{20, 9, 7}),
		at(4, 0, dot{25, 10, 255}, dot{3, 3, 80}),
		at(0, -6, dot{10, 2, 255}, dot{3, 13, 80}),
		at(0, 0, dot{0, 13, 255}, dot{13, 0, 80}, dot{13, 13, 7}, dot{27, 27, 40}))
}

// Softmax checks the shares e^z / Σ e^z.
func Softmax(f func(z []float64) []float64) { fmt.Println(softmax(f)) }

func softmax(f func(z []float64) []float64) string {
	of := func(z ...float64) attempt {
		powers, odds := make([]float64, len(z)), make([]float64, len(z))
		sum, all, most := 0.0, 0.0, slices.Max(z)
		for d := range z {
			powers[d] = math.Exp(z[d] - most)
			sum += powers[d]
			all += z[d]
			odds[d] = 1 / (1 + math.Exp(-z[d]))
		}
		want, raw, linear, largest := make([]float64, len(z)), make([]float64, len(z)), make([]float64, len(z)), slices.Clone(powers)
		sofar, early := 0.0, make([]float64, len(z))
		for d := range z {
			want[d], raw[d], linear[d] = powers[d]/sum, math.Exp(z[d]), z[d]/all
			sofar += powers[d]
			early[d] = powers[d] / sofar
		}
		if all == 0 { // 0/0 has other causes
			linear = raw
		}
		overflow := slices.Clone(raw)
		if math.IsInf(slices.Max(raw), 1) {
			for d := range raw {
				overflow[d] = raw[d] / math.Inf(1)
			}
		}
		given := slices.Clone(z)
		shares := vector(fmt.Sprintf("softmax(%v)", z), func() *mat.VecDense {
			got := f(given)
			if len(got) == 0 {
				return nil
			}
			return vec(got...)
		}, vec(want...),
			vectorGuess{vec(make([]float64, len(z))...), "what is e^z of each of them?"},
			vectorGuess{vec(raw...), "by what must they be divided to add up to 1?"},
			vectorGuess{vec(overflow...), "e^z can be more than a float64 holds: what may be taken off all z first, and change no share?"},
			vectorGuess{vec(linear...), "shares of z itself may be below 0: of what should they be taken?"},
			vectorGuess{vec(odds...), "each by itself is the sigmoid: what do the others do to a share?"},
			vectorGuess{vec(largest...), "divided by the largest they do not add up to 1: by what would they?"},
			vectorGuess{vec(early...), "is the sum complete before the first share is taken of it?"})
		return attempt{shares.call, func() string {
			if wrong := shares.verdict(); wrong != "" {
				return wrong
			}
			return kept(argument{"z", slices.Equal(given, z)})
		}}
	}
	return verdict("the shares add up to 1, and large z do no harm",
		of(0, 0), of(1, 2, 4), of(-3, 0.5, 0.5, 2), of(1000, 999, 0))
}

// Pool checks the largest value of each 2 × 2 block of a map of 28 × 28.
func Pool(f func(m []float64) []float64) { fmt.Println(pool(f)) }

func pool(f func(m []float64) []float64) string {
	at := func(values map[[2]int]float64) attempt { // column, row
		of := func() []float64 { return make([]float64, 196) }
		m, want, mean, sum, size, corner, min, above0, rows, twice := make([]float64, 784), of(), of(), of(), of(), of(), of(), of(), of(), of()
		for place, v := range values {
			m[28*place[1]+place[0]] = v
		}
		for k := range want {
			x, y := 2*(k%14), 2*(k/14)
			block := []float64{m[28*y+x], m[28*y+x+1], m[28*y+28+x], m[28*y+28+x+1]}
			want[k], min[k], corner[k], above0[k] = slices.Max(block), slices.Min(block), block[0], max(0, slices.Max(block))
			for _, v := range block {
				mean[k] += v / 4
				sum[k] += v
				size[k] = max(size[k], math.Abs(v))
			}
			blockAt := func(i int) float64 { return max(m[i], m[i+1], m[i+28], m[i+29]) }
			rows[k], twice[k] = blockAt(28*(k/14)+x), blockAt(2*k)
		}
		var places []string
		for _, place := range slices.SortedFunc(maps.Keys(values), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
			places = append(places, fmt.Sprintf("%v at column %d, row %d", values[place], place[0], place[1]))
		}
		call := fmt.Sprintf("pool of a map with %s, else 0,", strings.Join(places, ", "))
		return attempt{call, func() string {
			given := slices.Clone(m)
			got := f(given)
			if len(got) != len(want) {
				return fmt.Sprintf(" has %d values, want %d (how many blocks of 2 × 2 are there?)", len(got), len(want))
			}
			if wrong := kept(argument{"m", slices.Equal(given, m)}); wrong != "" {
				return wrong
			}
			for k := range want {
				if got[k] != want[k] {
					text := fmt.Sprintf(" has %v in column %d, row %d, want %v", got[k], k%14, k/14, want[k])
					for _, g := range []struct {
						values   []float64
						question string
					}{
						{above0, "numbers below 0 count as well: with which number does the search for the largest begin?"},
						{rows, "in which row of the map does block k begin?"},
						{twice, "in which column and in which row of the map does block k begin?"},
						{make([]float64, 196), "which four values meet here?"},
						{sum, "is it the sum that is asked for?"},
						{size, "a strong response is one far above 0: do signs count?"},
						{mean, "is it the mean that is asked for?"},
						{min, "the least, or the largest?"},
						{corner, "what about the other three of the block?"},
					} {
						if slices.Equal(got, g.values) {
							return text + " (" + g.question + ")"
						}
					}
					return text
				}
			}
			return ""
		}}
	}
	return verdict("each block is as strong as its strongest value",
		at(map[[2]int]float64{{4, 6}: 3}), at(map[[2]int]float64{{5, 7}: 3}), at(map[[2]int]float64{{5, 6}: 3}), at(map[[2]int]float64{{4, 7}: 3}),
		at(map[[2]int]float64{{27, 27}: 2, {26, 0}: 1}),
		at(map[[2]int]float64{{0, 0}: -1, {1, 0}: -2, {0, 1}: -3, {1, 1}: -0.5}))
}

// Setting checks a learning rate and a mini-batch with which a training, that
// counts what is recognised in the end, comes to at least want.
func Setting(setting func() (eta float64, batch int), want int, training func(eta float64, batch int) int) {
	fmt.Println(checkSetting(setting, want, training))
}

func checkSetting(setting func() (eta float64, batch int), want int, training func(eta float64, batch int) int) string {
	return verdict(fmt.Sprintf("with your knobs at least %d are recognised", want), attempt{"setting", func() string {
		eta, batch := setting()
		err := nnlib.Config{Epochs: 1, MiniBatchSize: batch, Eta: eta}.Check(1)
		if wrong := new(nnlib.ValueError); errors.As(err, &wrong) {
			knob := map[string]string{"Config.Eta": "η =", "Config.MiniBatchSize": "mini-batches of"}[wrong.Name]
			return fmt.Sprintf(" has %s %s, want %s", knob, wrong.Got, wrong.Want)
		}
		if count := training(eta, batch); count < want {
			return fmt.Sprintf(": η = %v with mini-batches of %d leads to %d recognised, want %d (are the steps too long, too short or too few?)",
				eta, batch, count, want)
		}
		return ""
	}})
}
