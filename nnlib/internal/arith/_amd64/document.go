package main

import (
	"fmt"
	"strconv"
	"strings"

	. "github.com/mmcloughlin/avo/build"
)

// This file holds what stands over each kernel's declaration: the loop in Go
// that it equals. What a name means is said in portable.go.

// document writes a sentence and a loop.
func document(sentence, loop string) {
	lines := []string{sentence, ""}
	for _, line := range strings.Split(strings.TrimSpace(loop), "\n") {
		lines = append(lines, "\t"+line)
	}
	Doc(lines...)
	Pragma("noescape")
}

// sumsLoop is the loop of a slab with f vectors of F rows and m of mixed slots.
func sumsLoop(f, m int, bytes bool) string {
	head := []string{
		"for g := range len(a) / 4 {",
		"	for r := range 4 {",
		"		x, column := a[4*g+r], w[(4*g+r)*WIDTH:]",
	}
	if bytes {
		head = []string{
			"for _, group := range image {",
			"	for r := range 4 {",
			"		x, column := Bytes[byte(group>>(8*r))], w[(4*(group>>32)+r)*WIDTH:]",
		}
	}
	fused := []string{
		"		for i := range FUSED {",
		"			l[r][i] = math.FMA(column[i], x, l[r][i])",
		"		}",
	}
	mixed := []string{
		"		for i := FUSED; i < WIDTH; i++ {",
		"			l[r%2][i] += float64(column[i] * x)",
		"		}",
	}
	finish := []string{
		"for i := range FUSED {",
		"	sums[i] = (l[0][i] + l[2][i]) + (l[1][i] + l[3][i])",
		"}",
	}
	store := []string{
		"copy(sums[FUSED:WIDTH], l[0][FUSED:]) // even columns",
		"copy(sums[WIDTH:], l[1][FUSED:WIDTH]) // odd columns",
	}
	text := head
	if f > 0 {
		text = append(text, fused...)
	}
	if m > 0 {
		text = append(text, mixed...)
	}
	text = append(text, "	}", "}")
	if f > 0 {
		text = append(text, finish...)
	}
	if m > 0 {
		text = append(text, store...)
	}
	if bytes {
		text = append(text, "if size > 0 {", "	fill(buckets, counts, image, size, number)", "}")
	} else {
		text = append(text, "leftover(F, MIXED, w, a, sums) // of up to three columns")
	}
	return strings.NewReplacer(
		"FUSED", strconv.Itoa(4*f), "WIDTH", strconv.Itoa(4*(f+m)),
		"leftover(F, MIXED", fmt.Sprintf("leftover(%d, %d", f, m),
	).Replace(strings.Join(text, "\n"))
}

const updateLoop = `
for _, g := range groups {
	for r, d := range [][]float64{low, low, high, high} {
		column := w[(4*g+r)*WIDTH:]
		for i := range WIDTH {
			sum := 0.0
			for _, entry := range buckets[g*size:][:counts[g]] {
				sum += float64(Bytes[byte(entry>>(8*r))] * d[(entry>>32)*WIDTH+i])
			}
			column[i] -= float64(rate * sum)
		}
	}
}`

const sigmoidLoop = `
for i := range b {
	a[i] = 1 / (1 + Exp(-(a[i] + b[i])))
}`

const deltaLoop = `
for k := range delta {
	s, j := 0.0, 0
	at := func(j int) float64 { return w[j*stride+k] }
	if k < body {
		for ; j+4 <= len(d); j += 4 {
			p, q := float64(at(j)*d[j]), float64(at(j+1)*d[j+1])
			s += math.FMA(at(j+2), d[j+2], p) + math.FMA(at(j+3), d[j+3], q)
		}
		if j+2 <= len(d) {
			s += float64(at(j)*d[j]) + float64(at(j+1)*d[j+1])
			j += 2
		}
	}
	for ; j < len(d); j++ {
		s += float64(at(j) * d[j])
	}
	delta[k] = s * float64(a[k]*(1-a[k]))
}`

const descendLoop = `
for k := range w {
	sum := 0.0
	for e := range examples {
		sum += float64(d[e*dStride] * a[e*stride+k])
	}
	w[k] -= float64(rate * sum)
}`

const packLoop = `
n := 0
for g := range len(bytes) / 16 * 4 {
	if group := binary.LittleEndian.Uint32(bytes[4*g:]); group != 0 {
		list[n] = uint64(g)<<32 | uint64(group)
		n++
	}
}
return n`

const fetchLoop = `
for i := 0; i < len(image); i += 8 {
	_ = image[i] // now in the caches
}`
