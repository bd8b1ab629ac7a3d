package play

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"nnbook/mnist"
	"nnbook/nnlib/nprand"
)

// a stroke from top to bottom, left of the middle, and a dot
var stroke = Drawing{Strokes: [][]Point{{{0.2, 0.1}, {0.2, 0.5}}}, Pen: 0.1}

func TestPreparedFillsTheBoxAndIsCentred(t *testing.T) {
	for name, d := range map[string]Drawing{
		"stroke": stroke,
		"dot":    {Strokes: [][]Point{{{0.9, 0.9}}}, Pen: 0.05},
		"wide":   {Strokes: [][]Point{{{0.1, 0.1}, {0.8, 0.3}, {0.8, 0.15}}}, Pen: 0.08},
		"beyond": {Strokes: [][]Point{{{-1, -1}, {2, 1}}}, Pen: 0.1},
	} {
		p := d.Prepared()
		left, right, top, bottom := p.margins()
		if longer := side - min(left+right, top+bottom); longer != box {
			t.Errorf("%s: the longer side has %d pixels, want %d", name, longer, box)
		}
		if x, y, ok := p.CentreOfMass(); !ok || math.Abs(x-middle) > 0.5 || math.Abs(y-middle) > 0.5 {
			t.Errorf("%s: the centre of mass is at %.2f, %.2f; want %v, to half a pixel", name, x, y, middle)
		}
	}
}

func TestPreparedKeepsAllInk(t *testing.T) {
	// Nearly all ink is at the right: to centre it would move the rest out.
	d := Drawing{Pen: 0.05, Strokes: [][]Point{{{0, 0.5}, {1, 0.5}}}}
	for i := range 40 {
		d.Strokes = append(d.Strokes, []Point{{0.9, 0.3 + float64(i)/100}, {1, 0.3 + float64(i)/100}})
	}
	p := d.Prepared()
	if left, right, _, _ := p.margins(); left != 0 || right != side-box {
		t.Errorf("margins %d left, %d right; want 0 and %d", left, right, side-box)
	}
}

func TestPlainIsWhereItWasDrawn(t *testing.T) {
	p := stroke.Plain()
	x, y, _ := p.CentreOfMass()
	if wantX, wantY := 0.2*side-0.5, 0.3*side-0.5; math.Abs(x-wantX) > 0.1 || math.Abs(y-wantY) > 0.1 {
		t.Errorf("the centre of mass is at %.2f, %.2f; want %.2f, %.2f", x, y, wantX, wantY)
	}
	if ink := p[8*side+5]; ink != 255 { // column 5 is 0.18 … 0.21
		t.Errorf("on the stroke the ink is %d, want 255", ink)
	}
}

func TestShiftMovesEveryPixel(t *testing.T) {
	p := stroke.Plain()
	moved := p.Shift(3, -1)
	for k := range p {
		if x, y := k%side, k/side; moved[k] != byte(p.at(x-3, y+1)) {
			t.Fatalf("pixel %d, %d is %d, want %v", x, y, moved[k], p.at(x-3, y+1))
		}
	}
	if moved.Shift(-side, 0) != (Picture{}) {
		t.Error("ink is left of a picture moved out of the frame")
	}
}

func TestTurnByRightAnglesIsExact(t *testing.T) {
	p := stroke.Plain()
	quarter := p.Turn(90)
	for k := range p {
		// What was at x, y from the upper left is at x from the top, y from the right.
		if x, y := k%side, k/side; quarter[x*side+side-1-y] != p[k] {
			t.Fatalf("pixel %d, %d is not where a quarter turn clockwise puts it", x, y)
		}
	}
	if quarter.Turn(-90) != p || p.Turn(360) != p {
		t.Error("turned and turned back is another picture")
	}
}

func TestMovedMovesEachPictureWithinItsLimits(t *testing.T) {
	set := mnist.Drawn(200, 1)
	if moved := Moved(set, 0, 0, nprand.New(1)); !bytes.Equal(moved.Images, set.Images) || !bytes.Equal(moved.Labels, set.Labels) {
		t.Error("moved by 0 it is another set")
	}
	moved := Moved(set, 2, 0, nprand.New(1))
	seen := map[[2]int]bool{}
	for i := range set.Len() {
		p := Picture(set.Bytes(i))
		for by := range 25 {
			if right, down := by%5-2, by/5-2; p.Shift(right, down) == Picture(moved.Bytes(i)) {
				seen[[2]int{right, down}] = true
			}
		}
	}
	if len(seen) != 25 {
		t.Errorf("pictures are moved in %d ways, want all 25 within 2 pixels", len(seen))
	}
	p := Picture(set.Bytes(0))
	for seed := range uint64(20) {
		turned := Picture(Moved(set.Slice(0, 1), 0, 3, nprand.New(seed)).Bytes(0))
		if !slices.ContainsFunc([]int{-3, -2, -1, 0, 1, 2, 3}, func(d int) bool { return p.Turn(d) == turned }) {
			t.Errorf("seed %d turns by more than 3 degrees", seed)
		}
	}
}

func TestThickenGrowsAndShrinks(t *testing.T) {
	ink := func(p Picture) (sum int) {
		for _, grey := range p {
			sum += int(grey)
		}
		return sum
	}
	p := stroke.Plain()
	last := 0
	for _, by := range []float64{-4, -1, -0.5, 0, 0.5, 1, 1.5, 4} {
		now := ink(p.Thicken(by))
		if now < last || by > -4 && now == last {
			t.Errorf("thickened by %v there is %d ink, with less %d", by, now, last)
		}
		last = now
	}
	if p.Thicken(0) != p {
		t.Error("thickened by 0 it is another picture")
	}
}

func TestNoiseReplacesSoManyPixels(t *testing.T) {
	var p Picture
	for percent, want := range map[int]int{0: 0, 10: 78, 100: 784} {
		changed := 0
		for _, grey := range p.Noise(percent) {
			if grey != 0 {
				changed++
			}
		}
		if changed > want || changed < want*98/100 { // a random grey may be 0
			t.Errorf("noise of %d percent changes %d pixels, want about %d", percent, changed, want)
		}
	}
}

// On every machine the same bytes: these are from amd64.
func TestPicturesAreTheSameEverywhere(t *testing.T) {
	p := Drawing{Strokes: [][]Point{{{0.3, 0.2}, {0.7, 0.25}, {0.4, 0.9}}, {{0.2, 0.5}, {0.63, 0.61}}}, Pen: 0.09}.Prepared()
	p = p.Turn(17)
	p = p.Thicken(0.75)
	p = p.Noise(5)
	hash := uint64(14695981039346656037) // FNV-1a
	for _, grey := range p {
		hash = (hash ^ uint64(grey)) * 1099511628211
	}
	if want := uint64(0x5587497fdc874863); hash != want {
		t.Errorf("hash %#x, want %#x", hash, want)
	}
}
