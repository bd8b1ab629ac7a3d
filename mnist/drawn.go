package mnist

// This file draws digits, where MNIST cannot be had.

import (
	"math"
	"runtime"
	"sync"

	"nnbook/nnlib/nprand"
)

// point is a place on the sheet, x to the right and y down.
type point struct{ x, y float64 }

// glyph is one way to write a digit, on the unit square: its strokes, as points
// that draw the pen towards them. It starts and ends at the first and the last,
// and passes the others by, save one given twice: that is a corner.
type glyph [][]point

// glyphs are the ways to write each digit.
var glyphs = [classes][]glyph{
	0: {{{{.65, 0}, {.35, -.08}, {.05, .15}, {-.08, .55}, {.1, .95}, {.5, 1.1}, {.9, .95}, {1.08, .5}, {.95, .1}, {.7, -.1}, {.4, .03}}}},
	1: {
		{{{.5, 0}, {.5, 1}}},
		{{{.25, .25}, {.5, 0}, {.5, 0}, {.5, 1}}},
	},
	2: {
		{{{.05, .25}, {.1, -.05}, {.85, -.1}, {1, .35}, {.5, .75}, {0, 1}, {0, 1}, {1, .97}}},
		{{{.05, .2}, {.2, -.05}, {.95, -.1}, {.9, .45}, {.45, .95}, {.0, 1.1}, {-.05, .75}, {.35, .75}, {1, 1}}},
	},
	3: {{{{.05, .1}, {.3, -.05}, {1, -.1}, {1, .45}, {.35, .47}, {.35, .47}, {1.1, .45}, {1.1, 1}, {.4, 1.1}, {0, .9}}}},
	4: {
		{{{.2, 0}, {.05, .6}, {.05, .6}, {1, .55}}, {{.75, .05}, {.7, 1}}},
		{{{.95, .65}, {0, .65}, {0, .65}, {.7, 0}, {.7, 0}, {.7, 1}}},
	},
	5: {{{{.95, 0}, {.2, .02}, {.2, .02}, {.1, .45}, {.1, .45}, {.5, .3}, {1.1, .4}, {1.05, 1.05}, {.4, 1.1}, {0, .9}}}},
	6: {{{{.8, 0}, {.3, .15}, {-.1, .6}, {0, 1.1}, {.6, 1.1}, {1.1, 1}, {1, .5}, {.45, .45}, {.05, .8}}}},
	7: {
		{{{0, .03}, {.95, 0}, {.95, 0}, {.55, .45}, {.4, 1}}},
		{{{0, .03}, {.95, 0}, {.95, 0}, {.55, .45}, {.4, 1}}, {{.3, .52}, {.85, .48}}},
	},
	8: {{{{.9, .12}, {.6, -.1}, {.0, 0}, {.05, .4}, {.5, .5}, {1.05, .6}, {1, 1.1}, {.45, 1.1}, {-.1, 1.05}, {0, .65}, {.55, .45}, {.95, .3}, {.85, .05}}}},
	9: {{{{.95, .2}, {.85, -.05}, {.3, -.1}, {-.1, .2}, {.05, .6}, {.6, .55}, {.95, .35}, {.95, .15}, {.95, .15}, {.95, .6}, {.75, 1}}}},
}

// Drawn returns n digits that this package draws itself, in the form of MNIST:
// each is written along one of a few paths per digit, with its own slant,
// shift, size, thickness and wobble. The same seed gives the same digits on
// every machine, and the first of them whatever n is.
func Drawn(n int, seed uint32) *Set {
	s := &Set{make([]byte, n*size), make([]byte, n), "drawn digits"}
	var wg sync.WaitGroup
	for w, workers := 0, runtime.GOMAXPROCS(0); w < workers; w++ {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				// A generator for each digit: the number of workers does not matter.
				s.Labels[i] = draw(nprand.New(uint64(seed)<<32|uint64(i)), s.Bytes(i))
			}
		})
	}
	wg.Wait()
	return s
}

// draw writes one digit into pixels, which are blank, and returns its label.
// Each product is rounded before a sum, float64(a*b) + c: some processors
// would fuse the two, and draw another digit.
func draw(rng *nprand.Generator, pixels []byte) (label byte) {
	between := func(lo, hi float64) float64 { return lo + float64((hi-lo)*rng.Float64()) }
	label = byte(between(0, classes))
	ways := glyphs[label]
	g := ways[int(between(0, float64(len(ways))))]

	const wobble = 0.11                              // how far off a point may be, in widths or heights
	width, height := between(7, 16), between(14, 20) // in pixels, as all lengths from here on
	slant, tilt := between(-0.3, 0.7), between(-0.25, 0.25)
	centre := point{between(11.5, 15.5), between(11.5, 15.5)}
	reach := between(1.2, 2.2) // of the ink from the line; it thins out over the last pixel
	place := func(p point) point {
		x := float64(width * (p.x - 0.5 + between(-wobble, wobble)))
		y := float64(height * (p.y - 0.5 + between(-wobble, wobble)))
		return point{centre.x + x - float64(slant*y), centre.y + y + float64(tilt*x)}
	}
	var d2 [size]float64 // distance of each pixel to the line, squared
	for k := range d2 {
		d2[k] = size
	}
	for _, stroke := range g {
		placed := make([]point, len(stroke))
		for i, p := range stroke {
			placed[i] = place(p)
			if i > 0 && p == stroke[i-1] {
				placed[i] = placed[i-1] // a corner stays one
			}
		}
		trace(placed, func(a, b point) { measure(&d2, a, b, reach) })
	}
	for k, d := range d2 {
		if d < float64(reach*reach) {
			ink := min(reach-math.Sqrt(d), 1)
			pixels[k] = byte(float64(255*ink) + 0.5)
		}
	}
	return label
}

// trace calls line for the pieces of the curve along the points: parabolas
// that join halfway between them (a quadratic B-spline).
func trace(p []point, line func(a, b point)) {
	const pieces = 3
	last := len(p) - 1
	if last == 1 {
		line(p[0], p[1])
	}
	from := p[0]
	for i := 1; i < last; i++ {
		to := p[last]
		if i+1 < last {
			to = towards(p[i], p[i+1], 0.5)
		}
		a := from
		for n := 1.0; n <= pieces; n++ {
			b := towards(towards(from, p[i], n/pieces), towards(p[i], to, n/pieces), n/pieces)
			line(a, b)
			a = b
		}
		from = to
	}
}

// towards is the point at share t of the way from a to b.
func towards(a, b point, t float64) point {
	return point{a.x + float64(t*(b.x-a.x)), a.y + float64(t*(b.y-a.y))}
}

// measure lowers d2 to the squared distances to the line from a to b, for
// pixels no further than reach from it in either direction.
func measure(d2 *[size]float64, a, b point, reach float64) {
	dx, dy := b.x-a.x, b.y-a.y
	inverse := 1 / (float64(dx*dx) + float64(dy*dy) + 1e-9) // a corner has lines of no length
	x0, x1 := span(a.x, b.x, reach)
	y0, y1 := span(a.y, b.y, reach)
	for y := y0; y < y1; y++ {
		py := float64(y) - a.y
		for x := x0; x < x1; x++ {
			px := float64(x) - a.x
			t := min(max((float64(px*dx)+float64(py*dy))*inverse, 0), 1) // the nearest point's share of the way
			ex, ey := px-float64(t*dx), py-float64(t*dy)
			d := &d2[y*side+x]
			*d = min(*d, float64(ex*ex)+float64(ey*ey))
		}
	}
}

// span is the range of pixels lo … hi-1 no further than reach from u … v.
func span(u, v, reach float64) (lo, hi int) {
	return int(max(min(u, v)-reach+1, 0)), int(min(max(u, v)+reach+1, side))
}
