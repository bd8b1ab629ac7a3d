// Package nprand draws the random numbers of NumPy's default_rng(seed), bit
// for bit: PCG64 seeded by SeedSequence, doubles, normals by the ziggurat
// method, and the in-place shuffle. A program that uses it starts from the
// same weights, and sees its examples in the same order, as the same program
// in NumPy (1.21 or newer).
//
// Sources: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
// Statistically Good Algorithms for Random Number Generation" (2014), and her
// "Developing a seed_seq Alternative" (2015); G. Marsaglia and W. W. Tsang,
// "The Ziggurat Method for Generating Random Variables" (2000). That the
// numbers are NumPy's is tested against hashes of millions of them.
package nprand

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"
)

// Generator is a stream of random numbers. It is not safe for concurrent use.
type Generator struct {
	stateHigh, stateLow uint64 // PCG64: a 128-bit linear congruential generator
	incHigh, incLow     uint64 // its increment, odd

	// NumPy cuts a word in two for 32-bit draws. The second half waits for
	// the next such draw, whatever else is drawn in between.
	half    uint32
	hasHalf bool
}

// New returns the generator of default_rng(seed).
func New(seed uint64) *Generator {
	g, _ := NewBig(new(big.Int).SetUint64(seed)) // not negative: no error
	return g
}

// NewBig returns the generator of default_rng(seed) for a seed of any size.
// A negative seed is an error, as in NumPy.
func NewBig(seed *big.Int) (*Generator, error) {
	if seed.Sign() < 0 {
		return nil, fmt.Errorf("nprand: seed %v, want 0 or more", seed)
	}
	return newGenerator(words(seed)), nil
}

// words returns the 32-bit words of a seed, lowest first; 0 is one word.
func words(seed *big.Int) []uint32 {
	b := seed.FillBytes(make([]byte, max(4, (seed.BitLen()+31)/32*4)))
	entropy := make([]uint32, 0, len(b)/4)
	for end := len(b); end > 0; end -= 4 {
		entropy = append(entropy, binary.BigEndian.Uint32(b[end-4:end]))
	}
	return entropy
}

func newGenerator(entropy []uint32) *Generator {
	seed := seedSequence(entropy)
	g := &Generator{
		incHigh: seed[2]<<1 | seed[3]>>63,
		incLow:  seed[3]<<1 | 1,
	}
	g.step()
	var carry uint64
	g.stateLow, carry = bits.Add64(g.stateLow, seed[1], 0)
	g.stateHigh, _ = bits.Add64(g.stateHigh, seed[0], carry)
	g.step()
	return g
}

// The multiplier of PCG64. (Go's math/rand/v2 has PCG-DXSM, another variant.)
const (
	multiplierHigh = 2549297995355413924
	multiplierLow  = 4865540595714422341
)

// step computes state = state*multiplier + inc modulo 2^128.
func (g *Generator) step() {
	high, low := bits.Mul64(g.stateLow, multiplierLow)
	high += g.stateHigh*multiplierLow + g.stateLow*multiplierHigh
	var carry uint64
	g.stateLow, carry = bits.Add64(low, g.incLow, 0)
	g.stateHigh, _ = bits.Add64(high, g.incHigh, carry)
}

// Uint64 draws a word of 64 random bits.
func (g *Generator) Uint64() uint64 {
	g.step()
	return bits.RotateLeft64(g.stateHigh^g.stateLow, -int(g.stateHigh>>58)) // XSL-RR
}

// Uint32 draws a word of 32 random bits: the low half of a word of 64, then
// the high half.
func (g *Generator) Uint32() uint32 {
	if g.hasHalf {
		g.hasHalf = false
		return g.half
	}
	word := g.Uint64()
	g.half, g.hasHalf = uint32(word>>32), true
	return uint32(word)
}

// Float64 draws from the uniform distribution on [0, 1).
func (g *Generator) Float64() float64 {
	return float64(g.Uint64()>>11) * 0x1p-53
}

// Shuffle permutes n things at random by calls of swap, as shuffle does with
// a list. It panics where n is negative.
func (g *Generator) Shuffle(n int, swap func(i, j int)) {
	if n < 0 {
		panic(fmt.Sprintf("nprand: Shuffle of %d things", n))
	}
	for i := n - 1; i > 0; i-- {
		swap(i, int(g.upTo(uint64(i))))
	}
}

// upTo draws one of 0, 1, … limit, all equally likely: numbers of as many
// bits as limit has, until one is not larger.
func (g *Generator) upTo(limit uint64) uint64 {
	mask := uint64(1)<<bits.Len64(limit) - 1
	for {
		var draw uint64
		if limit <= 0xffffffff {
			draw = uint64(g.Uint32()) & mask
		} else {
			draw = g.Uint64() & mask
		}
		if draw <= limit {
			return draw
		}
	}
}
