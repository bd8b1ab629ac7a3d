package arith

import (
	"fmt"
	"math"
	"testing"
)

// The premises that Fast's documentation states, one broken at a time: then no
// step may be made, and nothing changed.
func TestNoStepIsMadeOutsideTheLimits(t *testing.T) {
	for _, impl := range implementations {
		if impl == &sparse {
			continue
		}
		for _, c := range []struct {
			what               string
			delta, rate, decay float64
			made               bool
		}{
			{"a usual step", 0.5, 0.3, 0.9, true},
			{"large steps", 1e99 / 4, 1, 1, true},
			{"a delta that is not a number", math.NaN(), 0.3, 1, false},
			{"an infinite delta", math.Inf(-1), 0.3, 1, false},
			{"deltas that overflow when they are summed, at a tiny rate", -1.7e308, 1e-308, 1, false},
			{"a rate beyond the limit", 0, 1e101, 1, false},
			{"weights beyond the limit", 1e99, 30, 1, false},
			{"a decay that could turn the smallest number into -0", 0.5, 0.3, 0.5, false},
		} {
			t.Run(fmt.Sprintf("%s/%s", impl.name, c.what), func(t *testing.T) {
				previous := selected
				defer func() { selected = previous }()
				selected = impl
				f := NewFast([]int{4, 2})
				s := stream(1)
				w, b := Matrix{2, 4, 4, s.slice(8)}, Matrix{2, 1, 1, s.slice(2)}
				if !f.Load([]Matrix{w}, []Matrix{b}) {
					t.Fatal("the weights are not within the limits")
				}
				images := [][]uint64{packed([]byte{255, 1, 0, 3}), packed([]byte{255, 0, 0, 9}), packed([]byte{255, 255, 255, 255})}
				step := Step{Rate: c.rate, Decay: c.decay, Delta: func(delta, a, y []float64) {
					for j := range delta {
						delta[j] = c.delta
					}
				}}
				if got := f.UpdateMiniBatch(images, make([]float64, 6), step, nil); got != c.made {
					t.Fatalf("UpdateMiniBatch = %v, want %v", got, c.made)
				}
				got := Matrix{2, 4, 4, make([]float64, 8)}
				f.Store([]Matrix{got}, []Matrix{{2, 1, 1, make([]float64, 2)}})
				if !c.made {
					sameBits(t, "weights", got.Data, w.Data)
				} else if !Finite(got.Data) || got.Data[0] == w.Data[0] {
					t.Errorf("weights are %v, want other finite ones than %v", got.Data, w.Data)
				}
			})
		}
	}
}
