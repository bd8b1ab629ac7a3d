//go:build amd64 && !purego

package arith

import "golang.org/x/sys/cpu"

//go:generate go -C _amd64 run . -pkg arith -out ../loops_amd64.s -stubs ../loops_amd64.go

func available() []*vector {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA || !cpu.X86.HasPOPCNT {
		return nil
	}
	v := &vector{
		name:    "avx2",
		wide:    3,
		sigmoid: sigmoidAVX2,
		delta:   deltaAVX2,
		descend: descendAVX2,
		pack:    packAVX2,
		fetch:   fetchAVX2,
	}
	v.bytes[3][0], v.dense[3][0] = bytes30AVX2, dense30AVX2
	v.bytes[3][1], v.dense[3][1] = bytes31AVX2, dense31AVX2
	v.bytes[0][2], v.dense[0][2] = bytes02AVX2, dense02AVX2
	v.update[2], v.update[3], v.update[4] = update2AVX2, update3AVX2, update4AVX2
	if !cpu.X86.HasAVX512F {
		return []*vector{v}
	}
	w := *v
	w.name, w.wide = "avx512", 12
	w.bytes[12][0], w.bytes[3][1] = bytes120AVX512, bytes31AVX512
	w.update[4], w.update[12] = update4AVX512, update12AVX512
	return []*vector{&w, v}
}

// toTheFront is for packAVX2: by which of four groups are empty (bit i for
// group i), the order of their halves that brings the others to the front.
var toTheFront = func() (order [16][8]uint32) {
	for empty := range order {
		at := 0
		for _, wanted := range []int{0, 1} {
			for group := range 4 {
				if empty>>group&1 == wanted {
					order[empty][at], order[empty][at+1] = uint32(2*group), uint32(2*group+1)
					at += 2
				}
			}
		}
	}
	return order
}()

var _ = toTheFront // by assembly only
