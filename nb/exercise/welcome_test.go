package exercise

import "testing"

func TestGuessed(t *testing.T) {
	for _, test := range []struct {
		want string
		f    func(n int) int
	}{
		{"passed: one in ten, whatever their number", func(n int) int { return n / 10 }},
		{"not yet: guessed(90) = 0, want 9 (is one never right by luck?)", // the stub
			func(n int) int { return 0 }},
		{"not yet: guessed(90) = 90, want 9 (are all right?)", func(n int) int { return n }},
		{"not yet: guessed(90) = 10, want 9 (how many digits are there, with the 0?)", func(n int) int { return n / 9 }},
		{"not yet: guessed(90) = 45, want 9 (how many answers are there to choose from?)", func(n int) int { return n / 2 }},
		{"not yet: guessed(180) = 9, want 18", func(n int) int { return 9 }},
	} {
		if got := guessed(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
