package exercise

// The exercise of chapter 0, welcome: to see how a check answers.

import "fmt"

// Guessed checks how many of n digits somebody gets right, on average, who
// guesses.
func Guessed(f func(n int) int) { fmt.Println(guessed(f)) }

func guessed(f func(n int) int) string {
	at := func(n int) attempt {
		number := float64(n)
		return value(fmt.Sprintf("guessed(%d)", n), func() float64 { return float64(f(n)) }, number/10,
			guess{0, "is one never right by luck?"},
			guess{number, "are all right?"},
			guess{number / 9, "how many digits are there, with the 0?"},
			guess{number / 2, "how many answers are there to choose from?"})
	}
	return verdict("one in ten, whatever their number", at(90), at(180), at(10000))
}
