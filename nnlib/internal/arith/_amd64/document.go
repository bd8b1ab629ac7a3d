package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
)

// This file holds what stands over each function's declaration: the loop in Go
// that it equals. What a name means is said in implementation.go.

// function begins a function, with the types of implementation.go. Above its
// declaration stand a sentence and a loop.
func function(name, signature, sentence, loop string) {
	TEXT(name, attr.NOSPLIT, signature)
	lines := []string{sentence, ""}
	for _, line := range strings.Split(strings.TrimSpace(loop), "\n") {
		lines = append(lines, "\t"+line)
	}
	Doc(lines...)
	Pragma("noescape")
}

// sumsLoop is the loop of a slab with f vectors of fours and m of mixed slots.
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
	fours := []string{
		"		for i := range FOURS {",
		"			l[r][i] = math.FMA(column[i], x, l[r][i])",
		"		}",
	}
	mixed := []string{
		"		for i := FOURS; i < WIDTH; i++ {",
		"			l[r%2][i] += float64(column[i] * x)",
		"		}",
	}
	finish := []string{
		"for i := range FOURS {",
		"	sums[i] = (l[0][i] + l[2][i]) + (l[1][i] + l[3][i])",
		"}",
	}
	store := []string{
		"copy(sums[FOURS:WIDTH], l[0][FOURS:]) // even columns",
		"copy(sums[WIDTH:], l[1][FOURS:WIDTH]) // odd columns",
	}
	text := head
	if f > 0 {
		text = append(text, fours...)
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
		text = append(text, "if into != nil {", "	into.add(image, number)", "}")
	} else {
		text = append(text, "shape{F, MIXED}.leftover(w, a, sums) // of up to three columns")
	}
	return strings.NewReplacer(
		"FOURS", strconv.Itoa(4*f), "WIDTH", strconv.Itoa(4*(f+m)),
		"F, MIXED", fmt.Sprintf("%d, %d", f, m),
	).Replace(strings.Join(text, "\n"))
}

const descendSlabLoop = `
for _, g := range from.filled {
	for r, d := range [][]float64{low, low, high, high} {
		column := w[(4*g+r)*WIDTH:]
		for i := range WIDTH {
			sum := 0.0
			for _, entry := range from.entries[g*from.room:from.ends[g]] {
				sum += float64(Bytes[byte(entry>>(8*r))] * d[(entry>>32)*WIDTH+i])
			}
			column[i] = float64(decay*column[i]) - float64(rate*sum)
		}
	}
}`

const sigmoidLoop = `
for e := range a.Rows {
	row := a.Data[e*a.Stride:]
	for j := range b {
		row[j] = 1 / (1 + Exp(-(row[j] + b[j])))
	}
}`

const backLoop = `
for e := range delta.Rows {
	d := d.Row(e)
	for k := range delta.Stride {
		s, j := 0.0, 0
		w := func(j int) float64 { return w.Data[j*w.Stride+k] }
		if k < w.Cols&^3 {
			for ; j+4 <= len(d); j += 4 {
				p, q := float64(w(j)*d[j]), float64(w(j+1)*d[j+1])
				s += math.FMA(w(j+2), d[j+2], p) + math.FMA(w(j+3), d[j+3], q)
			}
			if j+2 <= len(d) {
				s += float64(w(j)*d[j]) + float64(w(j+1)*d[j+1])
				j += 2
			}
		}
		for ; j < len(d); j++ {
			s += float64(w(j) * d[j])
		}
		a := a.Data[e*a.Stride+k]
		delta.Data[e*delta.Stride+k] = s * float64(a*(1-a))
	}
}`

const descendLoop = `
for j := range w.Rows {
	for k := range w.Stride {
		sum := 0.0
		for e := range d.Rows {
			sum += float64(d.Data[e*d.Stride+j] * a.Data[e*a.Stride+k])
		}
		w.Data[j*w.Stride+k] -= float64(rate * sum)
	}
}`

const scaleLoop = `
for _, g := range groups {
	for i := range size {
		v[int(g)*size+i] *= by
	}
}`

const magnitudeLoop = `
var sum [4]float64
for i, x := range v {
	sum[i%4] += math.Abs(x)
}
return (sum[0] + sum[1]) + (sum[2] + sum[3])`

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
