package arith

import (
	"math"
	"math/big"
	"testing"
)

// e^Log(x) against x, to 200 bits: relative to x it is off by what Log is.
func TestLogIsWithinOneUlp(t *testing.T) {
	s := stream(8)
	worst := 0.0
	for i := range 4000 {
		x := math.Abs(s.next()) + 0x1p-60
		switch i % 4 {
		case 1:
			x = 1 + (x-0.5)/1000 // where Log is near 0
		case 2:
			x = Exp(700 * s.next())
		case 3:
			x = 1 - x*0x1p-40
		}
		got := Log(x)
		if got == 0 { // of 1
			continue
		}
		want := new(big.Float).SetFloat64(x)
		off, _ := new(big.Float).Quo(new(big.Float).Sub(exact(got), want), want).Float64()
		_, exponent := math.Frexp(got)
		worst = max(worst, math.Abs(off)/math.Ldexp(1, exponent-53))
	}
	if worst > 1 {
		t.Errorf("Log is off by %.3f units in the last place, want at most 1", worst)
	}
}

func TestLogAtTheEdges(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{1, 0}, {2, math.Ln2}, {0.5, -math.Ln2}, {0x1p-54, -54 * math.Ln2}, {0x1p-1022, -1022 * math.Ln2},
		{1 - 0x1p-53, -0x1p-53 - 0x1p-107}, {1 + 0x1p-52, 0x1p-52 - 0x1p-105}, {math.MaxFloat64, 1024 * math.Ln2},
	} {
		if got := Log(c.x); got != c.want {
			t.Errorf("Log(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	if got := Log(math.NaN()); !math.IsNaN(got) {
		t.Errorf("Log(NaN) = %v", got)
	}
}

// The same on every processor: all bits of many values, as amd64 has them.
func TestBitsOfLog(t *testing.T) {
	s := stream(9)
	got := uint64(0)
	for range 4000 {
		got = got*31 + math.Float64bits(Log(Exp(700*s.next())))
		got = got*31 + math.Float64bits(Log(math.Abs(s.next())+0x1p-60))
	}
	if want := uint64(0x33f1eae41bf14f4b); got != want {
		t.Errorf("the bits of 8000 values make %#x, want %#x", got, want)
	}
}
