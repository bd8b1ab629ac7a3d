package arith

import "math"

//go:generate go run ./_tables -o exp_table.go

// Exp returns e**x: correct to about one unit in the last place, and the same
// bits everywhere. Results below 2^-1021 may be replaced by 0.
//
// With n = trunc(64 x / ln 2), it is x = (n/64) ln 2 + r and therefore
// e^x = 2^(n>>6) 2^((n&63)/64) e^r: a power of two, a table and a polynomial.
func Exp(x float64) float64 {
	// Comparisons come before the conversion to an integer, which for NaN
	// and for large values depends on the processor.
	switch {
	case math.IsNaN(x):
		return x
	case math.Abs(x) <= 0x1p-26:
		return 1 + x
	case x > 709.78271289338397:
		return math.Inf(1)
	case x < -708:
		return 0
	}
	n := int(x * per64thOfLn2)
	dn := float64(n)
	r := fma(dn, minusLn2By64High, x) + float64(dn*minusLn2By64Low)

	// q = e^r - 1 by its Taylor series: r + r² (1/2 + r/6 + r²/24 + …).
	c := float64(1.0 / 720)
	c = fma(c, r, 1.0/120)
	c = fma(c, r, 1.0/24)
	c = fma(c, r, 1.0/6)
	c = fma(c, r, 0.5)
	q := fma(r*r, c, r)

	// 2^(j/64) (1 + q), the power given as head + tail.
	j, m := n&63, n>>6
	head, tail := exp2Table[j][0], exp2Table[j][1]
	v := float64(q*(head+tail)) + tail
	v += head
	// v is about 1 to 2 and m -1022 to 1024; in two steps, since 2^1024 is not
	// a number of its own. Both are exact.
	return v * pow2(m>>1) * pow2(m-m>>1)
}

// The constants of the reduction by multiples of ln(2)/64. The first part of
// -ln(2)/64 ends in zeros, so that its product with n is nearly exact.
var (
	per64thOfLn2     = math.Float64frombits(0x40571547652b82fe) // 64 / ln 2
	minusLn2By64High = math.Float64frombits(0xbf862e42fefa0000)
	minusLn2By64Low  = math.Float64frombits(0xbd1cf79abc9e3b39)
)

// pow2 returns 2^m for -1022 <= m <= 1023.
func pow2(m int) float64 { return math.Float64frombits(uint64(m+1023) << 52) }

// Sigmoid returns σ(z) = 1/(1 + e^-z).                                     (3)
func Sigmoid(z float64) float64 { return 1 / (1 + Exp(-z)) }
