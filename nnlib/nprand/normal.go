package nprand

import (
	"math"

	"nnbook/nnlib/internal/arith"
)

//go:generate go run ./_tables -o tables.go

// The ziggurat covers half of the bell curve exp(-x²/2) by 256 layers of equal
// area. Layer 0 is the bottom with the tail beyond zigguratR; the others are
// rectangles from 0 to their right edge, and all but the wedge under the curve
// at that edge lies below the curve. The tables (tables.go) hold for layer i
//
//	zigguratW[i]  the width of the layer, over 2^52
//	zigguratK[i]  the share of the width that lies below the curve, times 2^52
//	zigguratF[i]  the curve at the right edge
const zigguratR = 3.6541528853610088

// NormFloat64 draws from the normal distribution of mean 0 and variance 1.
func (g *Generator) NormFloat64() float64 {
	for {
		word := g.Uint64()
		layer := word & 0xff
		negative := word>>8&1 == 1
		steps := word >> 9 & (1<<52 - 1)
		x := float64(steps) * zigguratW[layer]
		if negative {
			x = -x
		}
		if steps < zigguratK[layer] {
			return x // 99.3 % of all draws
		}
		if layer == 0 {
			return g.tail(steps>>8&1 == 1)
		}
		// In the wedge: a point between the heights of the layer's edges.
		height := zigguratF[layer-1] - zigguratF[layer]
		if float64(height*g.Float64())+zigguratF[layer] < arith.Exp(-0.5*x*x) {
			return x
		}
	}
}

// tail draws from the bell curve beyond zigguratR.
func (g *Generator) tail(negative bool) float64 {
	for {
		x := float64(-1 / zigguratR * log1p(-g.Float64()))
		y := -log1p(-g.Float64())
		if y+y > x*x {
			if negative {
				return -(zigguratR + x)
			}
			return zigguratR + x
		}
	}
}

// log1p returns log(1+x) for -1 < x <= 0: the algorithm of FDLIBM (Sun
// Microsystems, 1993), as in the C libraries that NumPy calls, with each
// product rounded. math.Log1p is the same, but fused on some processors.
func log1p(x float64) float64 {
	// 1+x = 2^k (1+f) with √½ <= 1+f < √2; c makes up for rounding 1+x.
	f, k, c := x, 0, 0.0
	if x <= math.Sqrt2/2-1 {
		u := 1 + x
		c = (x - (u - 1)) / u
		f, k = math.Frexp(u)
		if f < math.Sqrt2/2 {
			f, k = 2*f, k-1
		}
		f--
	}
	// log(1+f) = f - f²/2 + s (f²/2 + R) with s = f/(2+f), R a polynomial in s².
	halfSquare := float64(0.5 * f * f)
	s := f / (2 + f)
	z := float64(s * s)
	r := 0.0
	for i := len(log1pR) - 1; i >= 0; i-- {
		r = float64(z * (log1pR[i] + r))
	}
	rest := float64(s * (halfSquare + r))
	if k == 0 {
		return f - (halfSquare - rest)
	}
	const ln2High, ln2Low = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	return float64(float64(k)*ln2High) - ((halfSquare - (rest + (float64(float64(k)*ln2Low) + c))) - f)
}

var log1pR = [7]float64{
	6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
	1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
}
