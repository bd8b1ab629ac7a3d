package arith

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"
)

// The emulated fma against math.FMA, with numbers of the kinds below, drawn a
// million times each, or with NNBOOK_SOAK=1 thirty million times.
func TestEmulatedFMAIsMathFMA(t *testing.T) {
	n := 1_000_000
	switch {
	case os.Getenv("NNBOOK_SOAK") != "":
		n = 30_000_000
	case testing.Short() || emulated: // where math.FMA is slow
		n = 100_000
	}
	for what, draw := range map[string]func(r *rand.Rand) (x, y, z float64){
		// All numbers there are: infinities, NaN, subnormal numbers, zeros.
		"any bits": func(r *rand.Rand) (x, y, z float64) { return anyBits(r), anyBits(r), anyBits(r) },
		// What the loops meet: a weight, a pixel and a sum.
		"weights": func(r *rand.Rand) (x, y, z float64) {
			return r.NormFloat64(), Bytes[r.IntN(256)], 10 * r.NormFloat64()
		},
		// A sum that overlaps the product in all ways, somewhere in the middle.
		"overlaps": func(r *rand.Rand) (x, y, z float64) {
			return number(r, -10, 10), number(r, -10, 10), number(r, -130, 130)
		},
		// All but the last bits of the product cancel, or nearly all.
		"cancellation": func(r *rand.Rand) (x, y, z float64) {
			x, y = number(r, -10, 10), number(r, -10, 10)
			return x, y, nudged(r, -x*y)
		},
		// Products of few bits, which often end where a sum is cut.
		"few bits": func(r *rand.Rand) (x, y, z float64) {
			return few(r, -30, 30), few(r, -30, 30), few(r, -60, 60)
		},
		// Exactly between two doubles, or next to it by the product's last bit.
		"halfway": halfway,
		// The same where doubles lie twice as close below as above.
		"halfway at a power of two": func(r *rand.Rand) (x, y, z float64) {
			x, y, z = halfway(r)
			return x / 2, y, math.Ldexp(math.Copysign(1, z), math.Ilogb(z))
		},
		// The product's error and z together are about half a unit of the product.
		"halfway by two": func(r *rand.Rand) (x, y, z float64) {
			x, y = number(r, -10, 10), number(r, -10, 10)
			half := math.Ldexp(1-2*float64(r.IntN(2)), math.Ilogb(x*y)-53)
			return x, y, nudged(r, half-math.FMA(x, y, -x*y))
		},
		"overflow": func(r *rand.Rand) (x, y, z float64) {
			e := r.IntN(1000)
			return number(r, e-1, e+24), number(r, 1000-e, 1024-e), number(r, 960, 1024)
		},
		// The product of the halves overflows, the product does not.
		"just below overflow": func(r *rand.Rand) (x, y, z float64) {
			below := func() float64 { return math.Ldexp(1-math.Ldexp(r.Float64(), -1-r.IntN(52)), 512) }
			return below(), below(), number(r, 960, 1024)
		},
		"a factor near overflow": func(r *rand.Rand) (x, y, z float64) {
			return number(r, 990, 1024), number(r, -1074, 10), number(r, -100, 1024)
		},
		// Around the limits: the result near 2⁻⁹⁰⁰, the product near 2⁻⁹⁶⁰.
		"limits": func(r *rand.Rand) (x, y, z float64) {
			e := r.IntN(900)
			return number(r, -e, -e+2), number(r, e-970, e-890), number(r, -1000, -890)
		},
		"limits, cancelled": func(r *rand.Rand) (x, y, z float64) {
			e := r.IntN(900)
			x, y = number(r, -e, -e+2), number(r, e-1010, e-890)
			return x, y, nudged(r, -x*y)
		},
		"underflow": func(r *rand.Rand) (x, y, z float64) {
			e := r.IntN(1000)
			return number(r, -e, -e+2), number(r, e-1090, e-1000), number(r, -1074, -960)
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			r := rand.New(rand.NewPCG(seed, 0))
			for i := range n {
				x, y, z := draw(r)
				if i&1 == 1 {
					x, y = y, x
				}
				got, sum, want := emulatedFMA(x, y, z), [1]float64{z}, math.FMA(x, y, z)
				addEmulated(sum[:], y, []float64{x})
				for _, got := range []float64{got, sum[0]} {
					if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
						t.Fatalf("seed %d, case %d: fma(%x, %x, %x) = %x, want %x", seed, i, x, y, z, got, want)
					}
				}
			}
		})
	}
}

func anyBits(r *rand.Rand) float64 { return math.Float64frombits(r.Uint64()) }

// number returns a double of random bits from ±2^least up to ±2^below.
func number(r *rand.Rand, least, below int) float64 {
	mantissa := math.Float64frombits(r.Uint64()>>12 | 1023<<52)
	return math.Copysign(math.Ldexp(mantissa, least+r.IntN(below-least)), r.Float64()-0.5)
}

// few returns a double of up to five bits that are not zero.
func few(r *rand.Rand, least, below int) float64 {
	bits := uint64(0)
	for range r.IntN(5) {
		bits |= 1 << r.IntN(52)
	}
	v := math.Ldexp(math.Float64frombits(bits|1023<<52), least+r.IntN(below-least))
	return math.Copysign(v, r.Float64()-0.5)
}

// nudged returns v or one of the doubles around it.
func nudged(r *rand.Rand, v float64) float64 {
	return math.Float64frombits(math.Float64bits(v) + r.Uint64N(9) - 4)
}

// halfway returns a z and factors whose product is half a unit of its last
// place or differs from that by little.
func halfway(r *rand.Rand) (x, y, z float64) {
	z = number(r, -20, 20)
	half := math.Ldexp(1, math.Ilogb(z)-53)
	x, y = 1, 1
	// (1+a)(1+b), where a is a power of two and b is -a, 0, a or about -a.
	if a := math.Ldexp(1, -1-r.IntN(52)); r.IntN(4) > 0 {
		x, y = 1+a, 1+a*float64(r.IntN(3)-1)
		if r.IntN(2) > 0 {
			y = nudged(r, 1/x)
		}
	}
	return x * half, math.Copysign(y, r.Float64()-0.5), z
}

// math.FMA itself, which may be an instruction or a function here, against
// arithmetic with as many bits as it takes.
func TestMathFMARoundsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		x, y, z := halfway(r)
		if i%2 == 0 {
			x, y, z = number(r, -10, 10), number(r, -10, 10), number(r, -130, 130)
		}
		exact := new(big.Float).SetPrec(1000).Mul(big.NewFloat(x), big.NewFloat(y))
		want, _ := exact.Add(exact, big.NewFloat(z)).Float64()
		if got := math.FMA(x, y, z); got != want {
			t.Fatalf("case %d: math.FMA(%x, %x, %x) = %x, want %x", i, x, y, z, got, want)
		}
	}
}

// What the loops meet must not be left to math.FMA, or the emulation is of no
// use.
func TestEmulatedFMAIsSeldomUncertain(t *testing.T) {
	s := stream(7)
	for i := range 100_000 {
		x, y, z := s.next(), s.next(), 10*s.next()
		xHigh, xLow := halves(x)
		yHigh, yLow := halves(y)
		p := x * y
		d := sumError(p+z, p, z) + productError(p, xHigh, xLow, yHigh, yLow)
		r := p + z + float64(d*(1+0x1p-52))
		if !certain(r, p+z+float64(d*(1-0x1p-52))) {
			t.Fatalf("case %d: fma(%x, %x, %x) is uncertain", i, x, y, z)
		}
	}
}

// All lengths; some of the numbers are left to math.FMA.
func TestAddFusedIsMathFMA(t *testing.T) {
	defer func(was bool) { emulated = was }(emulated)
	for _, emulated = range []bool{false, true} {
		s := stream(8)
		for n := range 50 {
			v, sums, c := s.sparse(n), s.sparse(n), s.next()
			for i := range v {
				if i%5 == 0 {
					sums[i] = -v[i] * c
				}
				if i%7 == 0 {
					v[i] *= 0x1p-1030
				}
			}
			got, all := guarded(sums)
			addFused(got, c, append(v, math.NaN()))
			for i := range sums {
				sums[i] = math.FMA(v[i], c, sums[i])
			}
			_, want := guarded(sums)
			for i := range all {
				if math.Float64bits(all[i]) != math.Float64bits(want[i]) {
					t.Fatalf("emulated: %v, %d values and guards: value %d is %x, want %x", emulated, n, i, all[i], want[i])
				}
			}
		}
	}
}

func BenchmarkFMA(b *testing.B) {
	defer func(was bool) { emulated = was }(emulated)
	s := stream(9)
	v, sums := s.slice(12), s.slice(12)
	for _, emulated = range []bool{false, true} {
		b.Run(fmt.Sprintf("emulated=%v", emulated), func(b *testing.B) {
			for b.Loop() {
				addFused(sums, 0.3, v)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(v)), "ns/fma")
		})
	}
}
