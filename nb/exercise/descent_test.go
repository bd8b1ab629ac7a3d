package exercise

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

func TestOneStepEta(t *testing.T) {
	for _, test := range []struct {
		want string
		eta  float64
	}{
		{"passed: one step leads to where the cost is below 0.0001", 18.5},
		{"passed: one step leads to where the cost is below 0.0001", 19},
		{"not yet: goodEta() = 10 leads from w = 0 to w = -0.75, where the cost is 0.0073, want below 0.0001 (is the step too long or too short?)", 10}, // the stub
		{"not yet: goodEta() = 40 leads from w = 0 to w = -3, where the cost is 0.0116, want below 0.0001 (is the step too long or too short?)", 40},
		{"not yet: goodEta() = 0 leads from w = 0 to w = -0, where the cost is 0.0450, want below 0.0001 (does a step go downhill then?)", 0},
		{"not yet: goodEta() = NaN leads from w = 0 to w = NaN, where the cost is NaN, want below 0.0001 (does a step go downhill then?)", math.NaN()},
	} {
		if got := oneStepEta(func() float64 { return test.eta }); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestQuadraticCost(t *testing.T) {
	first := "not yet: quadratic(a [0.5 0.25 1], y [0 1 0.125]) "
	off := func(a, y *mat.VecDense) []float64 {
		return floats.SubTo(make([]float64, a.Len()), y.RawVector().Data, a.RawVector().Data)
	}
	squares := func(a, y *mat.VecDense) float64 { return floats.Dot(off(a, y), off(a, y)) }
	for _, test := range []struct {
		want string
		f    func(a, y *mat.VecDense) float64
	}{
		{"passed: quadratic is right for any number of outputs", nnlib.Quadratic.Value},
		{first + "= 0, want 0.7891 (how far is the first output from the wanted one? (And in Go, 1 / 2 is 0.))", // the stub
			func(a, y *mat.VecDense) float64 { return 0 }},
		{first + "= 1.578, want 0.7891 (where is the ½?)", squares},
		{first + "= 0.526, want 0.7891 (is it half the sum, or the mean?)",
			func(a, y *mat.VecDense) float64 { return squares(a, y) / float64(a.Len()) }},
		{first + "= 1.256, want 0.7891 (the length of y - a, or half its square?)",
			func(a, y *mat.VecDense) float64 { return math.Sqrt(squares(a, y)) }},
		{first + "= -0.3125, want 0.7891 (where is the square?)",
			func(a, y *mat.VecDense) float64 { return floats.Sum(off(a, y)) / 2 }},
		{first + "= 0.1953, want 0.7891 (the square of the sum, or the sum of the squares?)",
			func(a, y *mat.VecDense) float64 { return floats.Sum(off(a, y)) * floats.Sum(off(a, y)) / 2 }},
		{first + "= -0.7891, want 0.7891 (can the square of a difference be below 0?)",
			func(a, y *mat.VecDense) float64 { return -squares(a, y) / 2 }},
		{first + "= 1.062, want 0.7891 (the size of a difference, or its square?)",
			func(a, y *mat.VecDense) float64 { return floats.Norm(off(a, y), 1) / 2 }},
		{first + "= 0.3945, want 0.7891 (is it halved twice?)",
			func(a, y *mat.VecDense) float64 { return squares(a, y) / 4 }},
		{first + "= 0.3828, want 0.7891 (is only the last output left of the sum?)", // = in place of +=
			func(a, y *mat.VecDense) float64 { return math.Pow(off(a, y)[a.Len()-1], 2) / 2 }},
		{first + "= 0.4062, want 0.7891 (is the last output in the sum?)",
			func(a, y *mat.VecDense) float64 { return (squares(a, y) - math.Pow(off(a, y)[a.Len()-1], 2)) / 2 }},
		{first + "= 0.125, want 0.7891 (is only the first output in the sum?)", // return stands inside the loop
			func(a, y *mat.VecDense) float64 { return math.Pow(off(a, y)[0], 2) / 2 }},
		{first + "= 0.6641, want 0.7891 (is the first output in the sum? Components are counted from 0)",
			func(a, y *mat.VecDense) float64 { return (squares(a, y) - math.Pow(off(a, y)[0], 2)) / 2 }},
		{"not yet: quadratic(a [0.5], y [1]) panics: runtime error: index out of range [1] with length 1",
			func(a, y *mat.VecDense) float64 {
				sum := 0.0
				for j := range 3 {
					sum += off(a, y)[j] * off(a, y)[j] / 2
				}
				return sum
			}},
		{"not yet: quadratic changes y, which others still need: can it make a value of its own?",
			func(a, y *mat.VecDense) float64 {
				y.SubVec(y, a)
				return mat.Dot(y, y) / 2
			}},
	} {
		if got := quadraticCost(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestDescentStep(t *testing.T) {
	newW := "not yet: the new w of descend(w 2, b -3, x 1.5, y 1, η 4) "
	newB := "not yet: the new b of descend(w 2, b -3, x 1.5, y 1, η 4) "
	delta := func(w, b, x, y float64) float64 {
		a := logistic(w*x + b)
		return (a - y) * a * (1 - a)
	}
	for _, test := range []struct {
		want string
		f    func(w, b, x, y, eta float64) (float64, float64)
	}{
		{"passed: descend makes a step downhill, with the weight and with the bias",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*x, b - eta*delta(w, b, x, y)
			}},
		{newW + "= 2, want 2.75 (a step changes the weight: by how much?)", // the stub
			func(w, b, x, y, eta float64) (float64, float64) { return w, b }},
		{newW + "= 0, want 2.75 (what is a here, and how far is it from y?)",
			func(w, b, x, y, eta float64) (float64, float64) { return 0, 0 }},
		{newW + "= 1.25, want 2.75 (which way is downhill?)",
			func(w, b, x, y, eta float64) (float64, float64) { return w + eta*delta(w, b, x, y)*x, b }},
		{newW + "= 2.188, want 2.75 (where is the learning rate η?)",
			func(w, b, x, y, eta float64) (float64, float64) { return w - delta(w, b, x, y)*x, b }},
		{newW + "= 2.5, want 2.75 (by what is the weight multiplied in z?)",
			func(w, b, x, y, eta float64) (float64, float64) { return w - eta*delta(w, b, x, y), b }},
		{newW + "= 5, want 2.75 (where is the slope of the sigmoid, a (1 - a)?)",
			func(w, b, x, y, eta float64) (float64, float64) { return w - eta*(logistic(w*x+b)-y)*x, b }},
		{newW + "= 0.75, want 2.75 (that is the change of w; what is w after it?)",
			func(w, b, x, y, eta float64) (float64, float64) { return -eta * delta(w, b, x, y) * x, b }},
		{newW + "= 3.5, want 2.75 (the slope of the sigmoid is a (1 - a): are both factors there?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				a := logistic(w*x + b)
				return w - eta*(a-y)*a*x, b - eta*(a-y)*a
			}},
		{newW + "= 0.5, want 2.75 (where is a - y?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				a := logistic(w*x + b)
				return w - eta*a*(1-a)*x, b - eta*a*(1-a)
			}},
		{newW + "= 2.013, want 2.75 (where is b in z?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, 0, x, y)*x, b - eta*delta(w, 0, x, y)
			}},
		{"not yet: the new w of descend(w 1.5, b 0.5, x -1, y 0, η 3) = 1.931, want 1.659 (is a near 1 where z is large? Mind the sign of the exponent)",
			func(w, b, x, y, eta float64) (float64, float64) {
				a := logistic(-(w*x + b))
				return w - eta*(a-y)*a*(1-a)*x, b - eta*(a-y)*a*(1-a)
			}},
		{newB + "= 0.5, want -2.5 (that is the change of b; what is b after it?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*x, -eta * delta(w, b, x, y)
			}},
		{newW + "= -2.5, want 2.75 (which of the two is returned first?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return b - eta*delta(w, b, x, y), w - eta*delta(w, b, x, y)*x
			}},
		{newB + "= -3, want -2.5 (does the bias learn as well?)",
			func(w, b, x, y, eta float64) (float64, float64) { return w - eta*delta(w, b, x, y)*x, b }},
		{newB + "= -3.5, want -2.5 (which way is downhill?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*x, b + eta*delta(w, b, x, y)
			}},
		{newB + "= -2.25, want -2.5 (is the bias multiplied by x?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*x, b - eta*delta(w, b, x, y)*x
			}},
		{newB + "= -2.875, want -2.5 (where is the learning rate η?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*x, b - delta(w, b, x, y)
			}},
		{newB + "= -1, want -2.5 (where is the slope of the sigmoid, a (1 - a)?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*x, b - eta*(logistic(w*x+b)-y)
			}},
		{newB + "= -2.819, want -2.5 (is a from before the step, or with the new w?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				w -= eta * delta(w, b, x, y) * x
				return w, b - eta*delta(w, b, x, y)
			}},
		{"not yet: the new w of descend(w 1.5, b 0.5, x -1, y 0, η 3) = 1.341, want 1.659 (which way is downhill?)",
			func(w, b, x, y, eta float64) (float64, float64) {
				return w - eta*delta(w, b, x, y)*math.Abs(x), b - eta*delta(w, b, x, y)
			}},
	} {
		if got := descentStep(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestEpochsUntil(t *testing.T) {
	first := "not yet: a network that recognises [0 0 1 2 3 3 3 3] after its epochs: epochsUntil(2, …) "
	never := "not yet: a network that recognises [0 0 1 2 3 3 3 3] after its epochs: epochsUntil(11, …) "
	// train goes on until enough, and answers by the rest.
	train := func(answer func(epoch int) int, enough func(count, want int) bool, otherwise int) func(int, *nnlib.Network, nnlib.Data, nnlib.Data, nnlib.Config) int {
		return func(want int, net *nnlib.Network, train, test nnlib.Data, cfg nnlib.Config) int {
			for epoch, err := range net.SGD(context.Background(), train, cfg) {
				if err != nil {
					panic(err)
				}
				if enough(net.Evaluate(test), want) {
					return answer(epoch)
				}
			}
			return otherwise
		}
	}
	done := func(epoch int) int { return epoch + 1 }
	atLeast := func(count, want int) bool { return count >= want }
	for _, test := range []struct {
		want string
		f    func(want int, net *nnlib.Network, train, test nnlib.Data, cfg nnlib.Config) int
	}{
		{"passed: epochsUntil trains until enough are recognised, and no longer",
			train(done, atLeast, 0)},
		{first + "= 0, want 4 (what is returned in the loop, as soon as there are enough?)", // the stub
			func(want int, net *nnlib.Network, train, test nnlib.Data, cfg nnlib.Config) int { return 0 }},
		{first + "= 3, want 4 (the first epoch has the number 0: how many epochs are done then?)",
			train(func(epoch int) int { return epoch }, atLeast, 0)},
		{first + "= 5, want 4 (is as many as wanted enough?)",
			train(done, func(count, want int) bool { return count > want }, 0)},
		{first + "= 8, want 4 (does the loop end as soon as there are enough?)",
			train(done, func(count, want int) bool { return false }, 8)},
		{first + "= 2, want 4 (which examples are counted, those that it learns from?)",
			func(want int, net *nnlib.Network, data, _ nnlib.Data, cfg nnlib.Config) int {
				return train(done, atLeast, 0)(want, net, data, data, cfg)
			}},
		{never + "= 8, want 0 (want 0 where it is never reached: after the loop, what is returned?)",
			train(done, atLeast, 8)},
		{"not yet: epochsUntil leaves a network that recognises 3, want 2 (does it train on?)",
			func(want int, net *nnlib.Network, data, test nnlib.Data, cfg nnlib.Config) int {
				epochs := 0
				for epoch := range net.SGD(context.Background(), data, cfg) {
					if epochs == 0 && net.Evaluate(test) >= want {
						epochs = epoch + 1
					}
				}
				return epochs
			}},
	} {
		if got := epochsUntil(test.f); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}
