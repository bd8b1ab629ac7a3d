package arith

import "math"

// Log returns the natural logarithm of x, a positive normal number: correct
// to about one unit in the last place, and the same bits everywhere. NaN gives
// NaN; other values are not for it.
//
// With x = 2^e m, m from √½ to √2, it is ln x = e ln 2 + ln m, and with
// s = (m-1)/(m+1) it is ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …).
func Log(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	bits := math.Float64bits(x)
	e := float64(int(bits>>52) - 1023)
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52) // 1 to 2
	if m > math.Sqrt2 {
		m /= 2
		e++
	}
	f := m - 1
	s := f / (m + 1)
	s2 := s * s
	r := 0.0 // s²/3 + s⁴/5 + …, where s² < 0.03
	for n := 23.0; n >= 3; n -= 2 {
		r = float64(s2 * (r + 1/n))
	}
	// ln m = f - s (f - 2r); small terms are added up first.
	small := float64(s*(f-(r+r))) - float64(e*ln2Low)
	return float64(e*ln2High) - (small - f)
}

// ln 2 in two parts. The first ends in zeros, so that its product with e is
// exact.
const (
	ln2High = 0x1.62e42feep-1
	ln2Low  = math.Ln2 - ln2High
)
