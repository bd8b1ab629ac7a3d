package play

// This file shows the network a picture and answers with what it makes of it.

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"nnbook/nnlib"
)

// What a message may ask for at most. A long drawing has about a thousand points.
const (
	maxPoints = 5000
	maxLength = 200 // of all strokes, in sides of the area
	maxShift  = side
	maxThick  = 4
)

// question is the message of kind "draw": what is in the picture, a drawing or a
// digit of the test set, and what is done to it before the network sees it.
type question struct {
	Strokes     [][]Point
	Pen         float64
	Prepare     bool    // make the drawing as MNIST was made
	Digit       *int    // of the test set, in place of a drawing
	Thicken     float64 // in pixels; these four are done in this order
	Turn        int     // in degrees, clockwise
	Right, Down int     // in pixels
	Noise       int     // in percent of the pixels
}

// answer is the message that goes back.
type answer struct {
	Kind    string    `json:"kind"` // "answer"
	N       int       `json:"n"`    // of the message that it answers
	Pixels  []byte    `json:"pixels"`
	Outputs []float64 `json:"outputs"`
	Shares  []float64 `json:"shares"`  // of the ten, where it is known that one is right: see Softmax
	Hidden  []float64 `json:"hidden"`  // activations of the last hidden layer
	Answer  int       `json:"answer"`  // as nnlib.Answer has it
	Blank   bool      `json:"blank"`   // there is no ink in the picture
	Label   *int      `json:"label"`   // of an image of the set
	Argued  []byte    `json:"argued"`  // what each pixel argued for the answer, 128 nothing, 255 and 1 the most for and against
	Empty   float64   `json:"empty"`   // the answer's weighted input for blank paper,
	For     float64   `json:"for"`     // what all pixels together added,
	Against float64   `json:"against"` // and took away
}

func (s *Session) answer(n int, q question) (*answer, error) {
	p, label, err := s.picture(q)
	if err != nil {
		return nil, err
	}
	a := s.pupil.net.Feedforward(p.input())
	last := len(s.pupil.net.Weights) - 1
	z := nnlib.Affine(s.pupil.net.Weights[last], a[last], s.pupil.net.Biases[last])
	outputs := a.Output().RawVector().Data
	_, _, ink := p.CentreOfMass()
	reply := &answer{Kind: "answer", N: n, Pixels: p[:], Outputs: outputs, Shares: Softmax(z.RawVector().Data),
		Answer: nnlib.Answer(outputs), Blank: !ink, Label: label}
	if last > 0 {
		reply.Hidden = a[last].RawVector().Data
	}
	reply.argue(s.pupil.net, &p)
	return reply, nil
}

// argue fills in which pixels spoke for the answer.
func (a *answer) argue(net *nnlib.Network, p *Picture) {
	argued, empty := Argued(net, p, a.Answer)
	a.Empty = empty
	most := 0.0
	for _, v := range argued {
		most = max(most, math.Abs(v))
		a.For, a.Against = a.For+max(v, 0), a.Against-min(v, 0)
	}
	a.Argued = make([]byte, len(argued))
	for k, v := range argued {
		a.Argued[k] = 128
		if most > 0 {
			a.Argued[k] = byte(128 + math.Round(127*v/most))
		}
	}
}

// input is the picture as the network takes it in.
func (p *Picture) input() *mat.VecDense {
	x := mat.NewVecDense(len(p), nil)
	for k, pixel := range p {
		x.SetVec(k, nnlib.FromByte(pixel))
	}
	return x
}

// Activations shows the network a picture and returns a^1 … a^L, a slice for
// each layer.
func Activations(net *nnlib.Network, p *Picture) [][]float64 {
	var all [][]float64
	for _, a := range net.Feedforward(p.input()) {
		all = append(all, a.RawVector().Data)
	}
	return all
}

// picture is what the question describes, with the label if that is known.
func (s *Session) picture(q question) (p Picture, label *int, err error) {
	switch {
	case math.Abs(q.Thicken) > maxThick:
		return p, nil, fmt.Errorf("play: thicken by %v pixels, want -%d to %d", q.Thicken, maxThick, maxThick)
	case max(q.Right, -q.Right, q.Down, -q.Down) > maxShift:
		return p, nil, fmt.Errorf("play: shift by %d, %d pixels, want at most %d", q.Right, q.Down, maxShift)
	case q.Turn < -360 || q.Turn > 360:
		return p, nil, fmt.Errorf("play: turn by %d degrees, want -360 to 360", q.Turn)
	case q.Noise < 0 || q.Noise > 100:
		return p, nil, fmt.Errorf("play: noise in %d percent of the pixels, want 0 to 100", q.Noise)
	}
	if q.Digit != nil {
		i := *q.Digit
		if i < 0 || i >= s.test.Len() {
			return p, nil, fmt.Errorf("play: image %d, want 0 to %d", i, s.test.Len()-1)
		}
		copy(p[:], s.test.Bytes(i))
		l := int(s.test.Labels[i])
		label = &l
	} else {
		d := Drawing{q.Strokes, q.Pen}
		if err := d.check(); err != nil {
			return p, nil, err
		}
		if q.Prepare {
			p = d.Prepared()
		} else {
			p = d.Plain()
		}
	}
	p = p.Thicken(q.Thicken)
	if q.Turn%360 != 0 {
		p = p.Turn(q.Turn)
	}
	p = p.Shift(q.Right, q.Down)
	return p.Noise(q.Noise), label, nil
}

// check bounds a drawing that comes from a page.
func (d Drawing) check() error {
	if !(d.Pen >= 0.01 && d.Pen <= 0.5) {
		return fmt.Errorf("play: a pen of diameter %v, want 0.01 to 0.5 of the area", d.Pen)
	}
	points, length := 0, 0.0
	for i, stroke := range d.Strokes {
		if len(stroke) == 0 {
			return fmt.Errorf("play: stroke %d has no points", i)
		}
		points += len(stroke)
		for j, p := range stroke {
			if !(min(p[0], p[1]) >= -1 && max(p[0], p[1]) <= 2) {
				return fmt.Errorf("play: point %d of stroke %d is at %v, %v, want -1 to 2", j, i, p[0], p[1])
			}
			if j > 0 {
				length += max(math.Abs(p[0]-stroke[j-1][0]), math.Abs(p[1]-stroke[j-1][1]))
			}
		}
	}
	if points > maxPoints || length > maxLength {
		return fmt.Errorf("play: a drawing of %d points and length %.0f, want at most %d and %d: clear it",
			points, length, maxPoints, maxLength)
	}
	return nil
}
