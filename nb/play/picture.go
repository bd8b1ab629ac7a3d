package play

// This file makes pictures as the network knows them: from strokes, in the way
// in which MNIST was made, and from other pictures.

import (
	"math"

	"nnbook/mnist"
	"nnbook/nnlib/nprand"
)

const (
	side   = 28 // pixels in a row, and rows
	box    = 20 // pixels of the longer side of a digit in MNIST
	finer  = 8  // a pixel is inked on 8 × 8 places, and becomes as grey as many of them are
	fine   = side * finer
	middle = float64(side-1) / 2 // of a picture, in pixels from the middle of the first
)

// Picture is a digit of 28 × 28 pixels, row by row: 0 paper … 255 full ink.
type Picture [side * side]byte

// Point is a place of a drawing, x to the right and y down. The area to draw
// on is 0 … 1 both ways.
type Point [2]float64

// Drawing is what a reader has drawn with a round pen.
type Drawing struct {
	Strokes [][]Point
	Pen     float64 // the pen's diameter, as a share of the area's side
}

// Plain returns the drawing as it stands on the area.
func (d Drawing) Plain() Picture { return d.ink(side, Point{}) }

// Prepared returns the drawing made as MNIST was: its bounding box is scaled
// to 20 pixels, the longer side, and its centre of mass put into the middle of
// the picture, to the nearest pixel. No ink is moved out of the picture.
//
// Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database", describe it.
func (d Drawing) Prepared() Picture {
	low, high := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, stroke := range d.Strokes {
		for _, p := range stroke {
			for i := range p {
				low[i], high[i] = min(low[i], p[i]-d.Pen/2), max(high[i], p[i]+d.Pen/2)
			}
		}
	}
	if low[0] > high[0] { // nothing is drawn
		return Picture{}
	}
	scale := box / max(high[0]-low[0], high[1]-low[1])
	var offset Point
	for i := range offset {
		offset[i] = float64(side)/2 - float64(scale*(low[i]+high[i]))/2
	}
	p := d.ink(scale, offset)
	x, y, _ := p.CentreOfMass()
	left, right, top, bottom := p.margins()
	return p.Shift(
		min(max(int(math.Round(middle-x)), -left), right),
		min(max(int(math.Round(middle-y)), -top), bottom))
}

// ink draws the strokes so that the point p comes to scale·p + offset, in
// pixels from the picture's corner.
func (d Drawing) ink(scale float64, offset Point) Picture {
	inked := make([]bool, fine*fine)
	radius := float64(d.Pen/2*scale) * finer
	for _, stroke := range d.Strokes {
		var from Point
		for i, p := range stroke {
			to := Point{
				(float64(scale*p[0]) + offset[0]) * finer,
				(float64(scale*p[1]) + offset[1]) * finer,
			}
			if i == 0 {
				from = to // a dot, if nothing follows
			}
			line(inked, from, to, radius)
			from = to
		}
	}
	var p Picture
	for k := range p {
		count := 0
		for y := range finer {
			row := inked[(k/side*finer+y)*fine+k%side*finer:]
			for x := range finer {
				if row[x] {
					count++
				}
			}
		}
		p[k] = byte(count * 255 / (finer * finer))
	}
	return p
}

// line inks all places that are no further than radius from the line between
// two points.
func line(inked []bool, from, to Point, radius float64) {
	var low, high [2]int // the places that may be
	for i := range from {
		low[i] = max(0, int(math.Floor(min(from[i], to[i])-radius)))
		high[i] = min(fine-1, int(math.Floor(max(from[i], to[i])+radius)))
	}
	abx, aby := to[0]-from[0], to[1]-from[1]
	length2 := float64(abx*abx) + float64(aby*aby)
	for y := low[1]; y <= high[1]; y++ {
		for x := low[0]; x <= high[0]; x++ {
			dx, dy := float64(x)+0.5-from[0], float64(y)+0.5-from[1]
			if length2 > 0 {
				t := min(max((float64(dx*abx)+float64(dy*aby))/length2, 0), 1)
				dx, dy = dx-float64(t*abx), dy-float64(t*aby)
			}
			if float64(dx*dx)+float64(dy*dy) <= float64(radius*radius) {
				inked[y*fine+x] = true
			}
		}
	}
}

// CentreOfMass returns where the ink is on average: the mean column and the
// mean row, each pixel counted by its grey; ok is false where there is no ink.
func (p *Picture) CentreOfMass() (x, y float64, ok bool) {
	mass, right, down := 0, 0, 0
	for k, grey := range p {
		mass += int(grey)
		right += int(grey) * (k % side)
		down += int(grey) * (k / side)
	}
	if mass == 0 {
		return 0, 0, false
	}
	return float64(right) / float64(mass), float64(down) / float64(mass), true
}

// margins is how many columns and rows around the ink are empty.
func (p *Picture) margins() (left, right, top, bottom int) {
	left, right, top, bottom = side, side, side, side
	for k, grey := range p {
		if grey > 0 {
			left, right = min(left, k%side), min(right, side-1-k%side)
			top, bottom = min(top, k/side), min(bottom, side-1-k/side)
		}
	}
	return left, right, top, bottom
}

// at is the grey of a pixel; outside the picture is paper.
func (p *Picture) at(x, y int) float64 {
	if x < 0 || x >= side || y < 0 || y >= side {
		return 0
	}
	return float64(p[y*side+x])
}

// paint returns the picture whose pixel at x, y is as grey as f says, 0 … 255.
func paint(f func(x, y int) float64) Picture {
	var p Picture
	for k := range p {
		p[k] = byte(min(max(f(k%side, k/side), 0), 255) + 0.5)
	}
	return p
}

// Shift returns the picture moved by whole pixels. What leaves it is lost.
func (p *Picture) Shift(right, down int) Picture {
	return paint(func(x, y int) float64 { return p.at(x-right, y-down) })
}

// Turn returns the picture turned about its middle, clockwise.
func (p *Picture) Turn(degrees int) Picture {
	sin, cos := sinCos(degrees)
	const wide = side + 2 // a margin of paper all around, so that each pixel has its neighbours
	var framed [wide * wide]float64
	for k, grey := range p {
		framed[(k/side+1)*wide+k%side+1] = float64(grey)
	}
	var q Picture
	for k := range q {
		// The place from where this pixel comes, between four others.
		dx, dy := float64(k%side)-middle, float64(k/side)-middle
		fromX := float64(cos*dx) + float64(sin*dy) + middle
		fromY := float64(cos*dy) - float64(sin*dx) + middle
		if min(fromX, fromY) <= -1 || max(fromX, fromY) >= side {
			continue // paper
		}
		left, top := math.Floor(fromX), math.Floor(fromY)
		right, down := fromX-left, fromY-top
		at := framed[(int(top)+1)*wide+int(left)+1:]
		above := float64((1-right)*at[0]) + float64(right*at[1])
		below := float64((1-right)*at[wide]) + float64(right*at[wide+1])
		q[k] = byte(float64((1-down)*above) + float64(down*below) + 0.5)
	}
	return q
}

// sinCos returns the sine and cosine of whole degrees, turned one degree after the
// other: math.Sin differs in its last bit between processors.
func sinCos(degrees int) (sin, cos float64) {
	const sin1, cos1 = 0.017452406437283512819, 0.999847695156391239157 // of one degree
	cos = 1
	for range (degrees%360 + 360) % 360 {
		sin, cos = float64(sin*cos1)+float64(cos*sin1), float64(cos*cos1)-float64(sin*sin1)
	}
	return sin, cos
}

// Thicken returns the picture with thicker strokes, or with thinner ones if by
// is below 0: its ink grows or shrinks by this many pixels on all sides. Part of
// a pixel is part of the way there.
func (p *Picture) Thicken(by float64) Picture {
	extreme := func(a, b float64) float64 { return max(a, b) }
	if by < 0 {
		by, extreme = -by, func(a, b float64) float64 { return min(a, b) }
	}
	q := *p
	for ; by > 0; by-- {
		share, now := min(by, 1), q
		q = paint(func(x, y int) float64 {
			grown := now.at(x, y)
			for _, step := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
				grown = extreme(grown, now.at(x+step[0], y+step[1]))
			}
			return float64((1-share)*now.at(x, y)) + float64(share*grown)
		})
	}
	return q
}

// Noise returns the picture with a percentage of its pixels replaced by random
// greys, always the same ones.
func (p *Picture) Noise(percent int) Picture {
	rand := nprand.New(0)
	order := make([]int, len(p))
	for k := range order {
		order[k] = k
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	q := *p
	for _, k := range order[:len(order)*percent/100] {
		q[k] = byte(rand.Uint32())
	}
	return q
}

// Moved returns the set with each picture turned by whole degrees, from -turn to
// turn, and then moved by whole pixels, from -shift to shift to the right and
// down: what a network is shown that is to mind neither. How far each of them
// goes is drawn from rand: turn, right and down, picture after picture.
func Moved(set *mnist.Set, shift, turn int, rand *nprand.Generator) *mnist.Set {
	within := func(limit int) int { return int(rand.Uint32()%uint32(2*limit+1)) - limit }
	moved := &mnist.Set{Images: make([]byte, 0, len(set.Images)), Labels: set.Labels}
	for i := range set.Len() {
		p := Picture(set.Bytes(i))
		if degrees := within(turn); degrees != 0 {
			p = p.Turn(degrees)
		}
		p = p.Shift(within(shift), within(shift))
		moved.Images = append(moved.Images, p[:]...)
	}
	return moved
}
