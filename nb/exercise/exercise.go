// Package exercise has the checks that a learner's code meets: a function for
// each exercise, called in the exercise's own cell, one file per chapter. It
// prints one line, either `not yet: …` with the first thing that is wrong and
// a question that helps, or `passed: …`. It never says how it is done, and
// whatever the learner's code does, the cell does not fail.
//
// This file is the frame. A check lists what it tries, from easy to hard:
//
//	func Square(f func(float64) float64) { fmt.Println(square(f)) }
//
//	func square(f func(float64) float64) string {
//		return verdict("square is right, below zero too",
//			value("square(0)", func() float64 { return f(0) }, 0),
//			value("square(-3)", func() float64 { return f(-3) }, 9, guess{-9, "what is minus times minus?"}))
//	}
//
// A test calls square with right code, with each usual mistake and with the
// stub of the student edition.
package exercise

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// attempt is one call of the learner's code. Its verdict is empty when the
// answer is right; else it goes on where call ends: "sigmoid(0)" " = 0, want 0.5".
type attempt struct {
	call    string
	verdict func() string
}

// verdict makes the attempts in order, up to the first that goes wrong, and
// returns the line to print. passed says what the learner has achieved.
func verdict(passed string, attempts ...attempt) string {
	for _, a := range attempts {
		if wrong := a.try(); wrong != "" {
			return "not yet: " + a.call + wrong
		}
	}
	return "passed: " + passed
}

// try runs the learner's code, which may do anything.
func (a attempt) try() (wrong string) {
	defer func() {
		if reason := recover(); reason != nil {
			wrong = fmt.Sprintf(" panics: %v", reason)
		}
	}()
	return a.verdict()
}

// guess is what a usual mistake answers, and the question that points at it.
type guess struct {
	value    float64
	question string
}

// value is an attempt whose answer is a number. The guess that is equal to a
// wrong answer says what may be behind it.
func value(call string, f func() float64, want float64, guesses ...guess) attempt {
	return attempt{call, func() string {
		got := f()
		if near(got, want) {
			return ""
		}
		text := fmt.Sprintf(" = %s, want %s", digits(got, want), digits(want, got))
		for _, g := range guesses {
			if near(got, g.value) {
				return text + " (" + g.question + ")"
			}
		}
		return text
	}}
}

// vectorGuess is a guess where the answer is a vector.
type vectorGuess struct {
	value    *mat.VecDense
	question string
}

// vector is an attempt whose answer is a vector.
func vector(call string, f func() *mat.VecDense, want *mat.VecDense, guesses ...vectorGuess) attempt {
	return attempt{call, func() string {
		got := f()
		switch {
		case got == nil:
			return fmt.Sprintf(" = nil, want a vector of %d values", want.Len())
		case got.Len() != want.Len():
			return fmt.Sprintf(" has %d values, want %d", got.Len(), want.Len())
		case nearVec(got, want):
			return ""
		}
		text := fmt.Sprintf(" = %s, want %s", list(got), list(want))
		for _, g := range guesses {
			if g.value.Len() == got.Len() && nearVec(got, g.value) {
				return text + " (" + g.question + ")"
			}
		}
		return text
	}}
}

// argument is something that the learner's code was given.
type argument struct {
	name string
	same bool // as before the call
}

// kept says which argument was changed, the last thing to check.
func kept(arguments ...argument) string {
	for _, a := range arguments {
		if !a.same {
			return fmt.Sprintf(" changes %s, which others still need: can it make a value of its own?", a.name)
		}
	}
	return ""
}

// near allows for another order of the same sums, not for another result.
func near(a, b float64) bool {
	if math.IsInf(a, 0) || math.IsInf(b, 0) { // from which everything is infinitely far, and infinitely near
		return a == b
	}
	return a == b || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

func nearVec(a, b *mat.VecDense) bool {
	for j := range a.Len() {
		if !near(a.AtVec(j), b.AtVec(j)) {
			return false
		}
	}
	return true
}

// digits writes a number so that it can be told from the other one, unless
// they are the same: short where that is enough.
func digits(x, other float64) string {
	if short := fmt.Sprintf("%.4g", x); near(x, other) || short != fmt.Sprintf("%.4g", other) {
		return short
	}
	return fmt.Sprint(x)
}

// list writes the values of a vector, as a cell prints them.
func list(v *mat.VecDense) string {
	var texts []string
	for j := range v.Len() {
		texts = append(texts, fmt.Sprintf("%.4g", v.AtVec(j)))
	}
	return "[" + strings.Join(texts, " ") + "]"
}

func vec(values ...float64) *mat.VecDense { return mat.NewVecDense(len(values), values) }
