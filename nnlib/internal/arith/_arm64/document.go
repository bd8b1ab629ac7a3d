package main

import (
	"fmt"
	"strings"
)

// This file holds what stands over each function's declaration: the loop in Go
// that it equals. What a name means is said in implementation.go.

// imageLoop is the loop of a slab for an image.
func imageLoop(s shape) string {
	text := `
for _, group := range image {
	for r := range 4 {
		x, column := Bytes[byte(group>>(8*r))], w[(4*(group>>32)+r)*WIDTH:]
`
	if s.fours > 0 {
		text += `		for i := range FOURS {
			l[r][i] = math.FMA(column[i], x, l[r][i])
		}
`
	}
	if s.mixed > 0 {
		text += `		for i := FOURS; i < WIDTH; i++ {
			l[r%2][i] += float64(column[i] * x)
		}
`
	}
	text += `	}
}
`
	if s.fours > 0 {
		text += `for i := range FOURS {
	sums[i] = (l[0][i] + l[2][i]) + (l[1][i] + l[3][i])
}
`
	}
	if s.mixed > 0 {
		text += `copy(sums[FOURS:WIDTH], l[0][FOURS:]) // even columns
copy(sums[WIDTH:], l[1][FOURS:WIDTH]) // odd columns
`
	}
	text += `if into != nil {
	into.add(image, number)
}`
	return strings.NewReplacer("FOURS", fmt.Sprint(4*s.fours), "WIDTH", fmt.Sprint(4*(s.fours+s.mixed))).Replace(text)
}

const descendLoop = `
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

const fetchLoop = `
for i := 0; i < len(image); i += 8 {
	_ = image[i] // now in the caches
}`
