//go:build wasmsimd

package arith

import (
	"unsafe"
)

// This file is for programs built with the tag wasmsimd. Their host must lend
// them the modules loops_simd.wasm and loops_relaxed.wasm, as far as it can:
// web/engine/loops.js does. Any other WebAssembly is served by portable Go.

// modules is how many of the two modules this host runs.
//
//go:wasmimport arith modules
func modules() int32

// machine returns what this host adds to portable Go.
func machine() []*implementation {
	n := modules()
	switch {
	case n == 0:
		return nil
	case n == 1 || !fused():
		return []*implementation{&wasm}
	}
	return []*implementation{&relaxed, &wasm}
}

// fused reports whether relaxed multiply-adds round once. Each host does either
// always or never; that is for the processor to say.
func fused() bool {
	const width = 3 * lanes
	// In each of four lanes -1 + (1+ε)(1-ε), which is -ε², or 0 if the product is
	// rounded to 1 first.
	var w [8 * width]float64
	for i := range w {
		w[i] = -1
		if i >= 4*width {
			w[i] = 1 + 0x1p-30
		}
	}
	a := [8]float64{1, 1, 1, 1, 1 - 0x1p-30, 1 - 0x1p-30, 1 - 0x1p-30, 1 - 0x1p-30}
	var out sums
	relaxed.slabs[1].dense(w[:], a[:], &out)
	for _, sum := range out[:width] {
		if sum != -4*0x1p-60 {
			return false
		}
	}
	return true
}

var wasm = implementation{
	name: "wasm",
	slabs: []loops{
		{shape{3, 1}, wasmImage(shape{3, 1}, image31SIMD), wasmDense(shape{3, 1}, dense31SIMD), wasmDescend(descend4SIMD)},
		{shape{3, 0}, wasmImage(shape{3, 0}, image30SIMD), wasmDense(shape{3, 0}, dense30SIMD), wasmDescend(descend3SIMD)},
		{shape{0, 2}, wasmImage(shape{0, 2}, image02SIMD), wasmDense(shape{0, 2}, dense02SIMD), wasmDescend(descend2SIMD)},
	},
	sigmoid: wasmSigmoid(sigmoidSIMD),
	back:    wasmBack(backSIMD),
	descend: func(w, d, a Matrix, rate float64) {
		descendSIMD(at(w.Data), int32(w.Rows), int32(8*w.Stride), at(d.Data), int32(8*d.Stride), at(a.Data), int32(d.Rows), rate)
	},
	scale:     wasmScale,
	magnitude: portable.magnitude,
	pack:      portable.pack,
	fetch:     portable.fetch,
}

var relaxed = implementation{
	name: "relaxed",
	slabs: []loops{
		{shape{3, 1}, wasmImage(shape{3, 1}, image31Relaxed), wasmDense(shape{3, 1}, dense31Relaxed), wasm.slabs[0].descend},
		{shape{3, 0}, wasmImage(shape{3, 0}, image30Relaxed), wasmDense(shape{3, 0}, dense30Relaxed), wasm.slabs[1].descend},
		{shape{0, 2}, wasmImage(shape{0, 2}, image02Relaxed), wasmDense(shape{0, 2}, dense02Relaxed), wasm.slabs[2].descend},
	},
	sigmoid:   wasmSigmoid(sigmoidRelaxed),
	back:      wasmBack(backRelaxed),
	descend:   wasm.descend,
	scale:     wasm.scale,
	magnitude: portable.magnitude,
	pack:      portable.pack,
	fetch:     portable.fetch,
}

// What is below gives the modules' functions the types of an implementation.
// Their result is not 0 where an emulated fma was not certain: then portable Go
// computes it again.

func at[T any](v []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(v)) }

func wasmImage(s shape, loop func(w, image unsafe.Pointer, n int32, sums, table unsafe.Pointer) int32) func(w []float64, image []uint64, sums *sums, into *buckets, number int) {
	again := portableLoops(s.fours, s.mixed)
	return func(w []float64, image []uint64, sums *sums, into *buckets, number int) {
		if loop(at(w), at(image), int32(len(image)), unsafe.Pointer(sums), at(Bytes[:])) != 0 {
			again.image(w, image, sums, nil, 0)
		}
		if into != nil {
			into.add(image, number)
		}
	}
}

func wasmDense(s shape, loop func(w, a unsafe.Pointer, n int32, sums unsafe.Pointer) int32) func(w, a []float64, sums *sums) {
	again := portableLoops(s.fours, s.mixed)
	return func(w, a []float64, sums *sums) {
		if loop(at(w), at(a), int32(len(a)), unsafe.Pointer(sums)) != 0 {
			again.dense(w, a, sums)
		}
	}
}

func wasmDescend(loop func(w, filled unsafe.Pointer, n int32, entries, ends unsafe.Pointer, room int32, low, high, table unsafe.Pointer, rate float64) int32) func(w []float64, from *buckets, low, high []float64, decay, rate float64) {
	return func(w []float64, from *buckets, low, high []float64, decay, rate float64) {
		if decay != 1 {
			wasmScale(w, from.filled, len(w)/len(from.ends), decay)
		}
		loop(at(w), at(from.filled), int32(len(from.filled)), at(from.entries), at(from.ends), int32(from.room), at(low), at(high), at(Bytes[:]), rate)
	}
}

func wasmScale(v []float64, groups []uint32, size int, by float64) {
	for _, g := range groups {
		scaleSIMD(at(v[int(g)*size:]), int32(size), by)
	}
}

func wasmSigmoid(loop func(a, b unsafe.Pointer, n int32, table unsafe.Pointer) int32) func(a Matrix, b []float64) {
	before := make([]float64, 0, 128)
	return func(a Matrix, b []float64) {
		for e := range a.Rows {
			row := a.Data[e*a.Stride:][:len(b)]
			before = append(before[:0], row...)
			if loop(at(row), at(b), int32(len(b)), at(exp2Table[:])) != 0 {
				copy(row, before)
				sigmoid(Matrix{1, len(b), len(b), row}, b)
			}
		}
	}
}

func wasmBack(loop func(delta, a unsafe.Pointer, size, body int32, w unsafe.Pointer, stride int32, d unsafe.Pointer, rows int32) int32) func(delta, w, d, a Matrix) {
	return func(delta, w, d, a Matrix) {
		for e := range delta.Rows {
			row := delta.padded(e)
			if loop(at(row), at(a.padded(e)), int32(len(row)), int32(w.Cols&^3), at(w.Data), int32(8*w.Stride), at(d.Row(e)), int32(w.Rows)) != 0 {
				back(Matrix{1, delta.Cols, delta.Stride, row}, w, Matrix{1, d.Cols, d.Cols, d.Row(e)}, Matrix{1, a.Cols, a.Stride, a.padded(e)})
			}
		}
	}
}
