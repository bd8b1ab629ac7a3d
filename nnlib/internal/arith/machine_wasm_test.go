//go:build wasmsimd

package arith

import (
	"fmt"
	"testing"
)

// Portable Go would give the right bits in place of the emulated fma, but
// slowly.
func TestEmulatedLoopsAreSeldomUncertain(t *testing.T) {
	s := stream(10)
	var out sums
	for range 100 {
		w, a, image := s.slice(784*16), s.slice(103), packed(s.bytes(784))
		image[7] |= 0xffffffff // white
		for what, uncertain := range map[string]int32{
			"image31": image31SIMD(at(w), at(image), int32(len(image)), at(out[:]), at(Bytes[:])),
			"dense31": dense31SIMD(at(w), at(a), int32(len(a)), at(out[:])),
			"sigmoid": sigmoidSIMD(at(a), at(w), 100, at(exp2Table[:])),
			"back":    backSIMD(at(out[:]), at(a), 16, 16, at(w), 8*16, at(a), 10),
		} {
			if uncertain != 0 {
				t.Fatalf("%s is uncertain", what)
			}
		}
	}
}

// What is uncertain, here since the numbers are too small, is computed again.
func TestUncertainLoopsAreComputedAgain(t *testing.T) {
	s := stream(11)
	tiny := func(n int) []float64 {
		v := s.slice(n)
		for i := range v {
			v[i] *= 0x1p-1010
		}
		return v
	}
	for _, of := range wasm.slabs {
		twin := portableLoops(of.shape.fours, of.shape.mixed)
		w, a, image := tiny(160*of.width()), s.slice(39), packed(s.bytes(160))
		what := fmt.Sprint(of.shape)
		both(t, what+", image", of, twin, make([]float64, len(sums{})), func(of loops, out []float64) { of.image(w, image, (*sums)(out), nil, 0) })
		both(t, what+", dense", of, twin, make([]float64, len(sums{})), func(of loops, out []float64) { of.dense(w, a, (*sums)(out)) })
	}
	w, d, a := s.padded(10, 15), s.padded(3, 10), s.padded(3, 15)
	copy(w.Data, tiny(len(w.Data)))
	delta := s.padded(3, 15)
	both(t, "back", &wasm, &portable, delta.Data, func(impl *implementation, out []float64) {
		delta.Data = out
		impl.back(delta, w, d, a)
	})
	if w := tiny(1); image30SIMD(at(append(w, make([]float64, 47)...)), at([]uint64{1}), 1, at(make([]float64, 100)), at(Bytes[:])) == 0 {
		t.Error("a product of 2^-1018 was certain")
	}
}
