//go:build amd64 && !purego

package arith

import "golang.org/x/sys/cpu"

// machine returns what this processor adds to portable Go.
func machine() []*implementation {
	switch {
	case !cpu.X86.HasAVX2 || !cpu.X86.HasFMA || !cpu.X86.HasPOPCNT:
		return nil
	case !cpu.X86.HasAVX512F:
		return []*implementation{&avx2}
	}
	return []*implementation{&avx512, &avx2}
}

var avx2 = implementation{
	name: "avx2",
	slabs: []loops{
		{shape{3, 1}, image31AVX2, dense31AVX2, descend4AVX2},
		{shape{3, 0}, image30AVX2, dense30AVX2, descend3AVX2},
		{shape{1, 0}, image10AVX2, dense10AVX2, descend1AVX2},
		{shape{0, 2}, image02AVX2, dense02AVX2, descend2AVX2},
	},
	sigmoid:   sigmoidAVX2,
	back:      backAVX2,
	descend:   descendAVX2,
	scale:     scaleAVX2,
	magnitude: magnitudeAVX2,
	pack:      packAVX2,
	fetch:     fetchAVX2,
}

var avx512 = implementation{
	name: "avx512",
	slabs: []loops{
		{shape{12, 2}, image122AVX512, nil, descend14AVX512},
		{shape{12, 0}, image120AVX512, nil, descend12AVX512},
		{shape{3, 1}, image31AVX512, dense31AVX2, descend4AVX512},
		{shape{3, 0}, image30AVX2, dense30AVX2, descend3AVX2},
		{shape{1, 0}, image10AVX2, dense10AVX2, descend1AVX2},
		{shape{0, 2}, image02AVX2, dense02AVX2, descend2AVX2},
	},
	sigmoid:   sigmoidAVX512,
	back:      backAVX512,
	descend:   descendAVX512,
	scale:     scaleAVX2,
	magnitude: magnitudeAVX2,
	pack:      packAVX2,
	fetch:     fetchAVX2,
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
