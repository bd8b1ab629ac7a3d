package exercise

// The exercises of chapter 10, draw a digit, and of chapter 11, turn the knobs.

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

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
		var mass, right, down, columns, rows float64
		for _, d := range dots {
			mass, columns, rows = mass+float64(d.ink), columns+float64(d.column), rows+float64(d.row)
			right, down = right+float64(d.ink)*float64(d.column), down+float64(d.ink)*float64(d.row)
		}
		x, y, n := right/mass, down/mass, float64(len(dots))
		return vector(fmt.Sprintf("centre of %v", dots), func() *mat.VecDense {
			x, y := f(paper(dots...))
			return vec(x, y)
		}, vec(x, y),
			vectorGuess{vec(0, 0), "which pixels have ink?"},
			vectorGuess{vec(y, x), "which of the two is the column: the rest of k by 28, or how often 28 fits in?"},
			vectorGuess{vec(x+1, y+1), "from which number are columns and rows counted?"},
			vectorGuess{vec(right, down), "by what is the sum to be divided?"},
			vectorGuess{vec(right/255, down/255), "by what is the sum to be divided?"},
			vectorGuess{vec(right/n, down/n), "how much does a pixel count that is half as dark?"},
			vectorGuess{vec(columns/n, rows/n), "how much does a pixel count that is half as dark?"})
	}
	return verdict("the centre of mass is found, and dark pixels pull harder",
		at(dot{5, 20, 255}), at(dot{27, 0, 51}),
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
		want := moved(right, down, lost)
		guesses := []struct {
			picture  []byte
			question string
		}{
			{paper(), "which of the given pixels comes here?"},
			{paper(dots...), "what has moved?"},
			{moved(-right, -down, lost), "from where does ink come that moves to the right?"},
			{moved(down, right, lost), "which of the two numbers is for the columns?"},
			{moved(right, down, func(column, row int) (int, int) { return (column + 28) % 28, (row + 28) % 28 }),
				"what becomes of ink that leaves the picture?"},
			{moved(right, down, func(column, row int) (int, int) { return (column + 28) % 28, row + column/28 }),
				"what becomes of ink that leaves the picture at the right?"},
		}
		return attempt{fmt.Sprintf("shift(…, %d, %d) of %v", right, down, dots), func() string {
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
		at(0, -6, dot{10, 2, 255}, dot{3, 13, 80}))
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
