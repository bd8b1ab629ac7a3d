package arith

import (
	"math"
	"runtime"

	"golang.org/x/sys/cpu"
)

// This file computes fma(x, y, z), which is x*y + z rounded once, for machines
// whose processor does not: WebAssembly, 32-bit ones, x86-64 before 2013. There
// math.FMA works with integers and takes as long as twenty products. What is
// below gives the same bits from about thirty plain operations.
//
// Two of them are error-free transformations. The product p of x and y has an
// error that is a double itself, and so has the sum s of p and z:
//
//	x*y + z = s + t + e    s = p + z rounded, t its error, e that of p
//
// It is left to round this once. If d is t+e rounded, then t+e lies between
// d(1-2⁻⁵²) and d(1+2⁻⁵²). Rounding keeps the order of numbers, so where s plus
// one of these gives the same as s plus the other, s+t+e gives it too. Where
// they differ, math.FMA decides: for numbers of no special form about once in
// 2⁵⁰ times, for the others when most of the sum cancels.
//
// All that is exact unless something overflows or underflows. An overflow makes
// the result infinite or NaN. As for underflow, let the result r be at least
// 2⁻⁹⁰⁰. Where |p| ≥ 2⁻⁹⁶⁰, e and what it is made of are multiples of 2⁻¹⁰⁶⁶,
// which doubles are. Where |p| is less, |z| > 2⁻⁹⁰¹ is so much larger that both
// sums round to z, and so does x*y + z, whatever e has become. Results that are
// smaller, 0 among them, or not finite are left to math.FMA as well.
//
// The product's error is Dekker's with Veltkamp's way to halve a number, in
// T. J. Dekker, A floating-point technique for extending the available
// precision, Numerische Mathematik 18 (1971); the sum's is in D. E. Knuth, The
// Art of Computer Programming, volume 2, 4.2.2, theorem B; the test that the
// rounding is certain in A. Ziv, Fast evaluation of elementary mathematical
// functions with correctly rounded last bit, ACM TOMS 17 (1991). S. Boldo and
// G. Melquiond, Emulation of a FMA and correctly rounded sums, IEEE Transactions
// on Computers 57 (2008), add s, t and e without a test, by rounding t+e to odd;
// that is always certain and takes longer.

// emulated says that math.FMA is no instruction here, by the list of those
// processors for which Go's compiler has one.
var emulated = func() bool {
	switch runtime.GOARCH {
	case "amd64":
		return !cpu.X86.HasFMA
	case "arm":
		return !cpu.ARM.HasVFPv4
	case "arm64", "loong64", "ppc64", "ppc64le", "riscv64", "s390x":
		return false
	}
	return true
}()

// fma returns math.FMA(x, y, z).
func fma(x, y, z float64) float64 {
	if !emulated {
		return math.FMA(x, y, z)
	}
	return emulatedFMA(x, y, z)
}

// addFused computes s = fma(c, v, s), as far as s goes.
func addFused(s []float64, c float64, v []float64) {
	switch {
	case emulated && c == 1:
		// A white pixel: nothing is fused, and a sum of two doubles is so often
		// halfway between two others that math.FMA would have much to decide.
		addScaled(s, c, v)
		return
	case emulated:
		addEmulated(s, c, v)
		return
	}
	v = v[:len(s)]
	for i := range s {
		s[i] = math.FMA(v[i], c, s[i])
	}
}

func emulatedFMA(x, y, z float64) float64 {
	xHigh, xLow := halves(x)
	yHigh, yLow := halves(y)
	p := float64(x * y)
	s := p + z
	d := sumError(s, p, z) + productError(p, xHigh, xLow, yHigh, yLow)
	r := s + float64(d*(1+0x1p-52))
	if !certain(r, s+float64(d*(1-0x1p-52))) {
		return math.FMA(x, y, z)
	}
	return r
}

// addEmulated is addFused by emulatedFMA, which the compiler does not inline.
func addEmulated(s []float64, c float64, v []float64) {
	cHigh, cLow := halves(c)
	v = v[:len(s)]
	for i, z := range s {
		x := v[i]
		xHigh, xLow := halves(x)
		p := float64(x * c)
		sum := p + z
		d := sumError(sum, p, z) + productError(p, xHigh, xLow, cHigh, cLow)
		r := sum + float64(d*(1+0x1p-52))
		if !certain(r, sum+float64(d*(1-0x1p-52))) {
			r = math.FMA(x, c, z)
		}
		s[i] = r
	}
}

// halves returns x as the sum of two numbers of 26 bits each, and signs.
func halves(x float64) (high, low float64) {
	shifted := float64(x * (1<<27 + 1))
	high = shifted - float64(shifted-x)
	return high, x - high
}

// productError returns x*y - p for p = x*y rounded, from the halves of both.
func productError(p, xHigh, xLow, yHigh, yLow float64) float64 {
	return float64(float64(float64(float64(xHigh*yHigh)-p)+float64(xHigh*yLow))+float64(xLow*yHigh)) + float64(xLow*yLow)
}

// sumError returns x+y - s for s = x+y rounded.
func sumError(s, x, y float64) float64 {
	yInS := s - x
	return (x - (s - yInS)) + (y - yInS)
}

// certain reports whether r and the other one are equal and the result of an
// emulated fma, within the limits above.
func certain(r, other float64) bool {
	const (
		least    = (1023 - 900) << 52 // the bits of 2⁻⁹⁰⁰
		infinite = 0x7ff << 52
	)
	size := math.Float64bits(r) &^ (1 << 63)
	return r == other && size-least < infinite-least
}
