package play

// This file keeps digits that the reader has drawn, and lets the network learn
// them.

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"nnbook/mnist"
	"nnbook/nb/breathe"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// What a reader may ask for at most.
const (
	maxOwn   = 200 // digits kept
	maxSteps = 200 // in one lesson
	maxEta   = 10
)

// How a lesson goes. Each step is one mini-batch of all digits kept, and, if
// wished, of old ones from the training images; after each, the network is tried
// on the first of the images that it did not learn from.
const (
	oldOnes = 30
	tried   = 2000
)

// pupil is the network that answers, and what the reader teaches it.
type pupil struct {
	net    *nnlib.Network // that answers
	book   *nnlib.Network // as it was in the beginning
	before int            // images that book recognises; 0 until they are counted
	own    *mnist.Set
	keep   func(own *mnist.Set) // after each change
	steps  int                  // that net has learned since book
	cancel context.CancelFunc   // ends the lesson at hand; nil if there is none
	done   chan struct{}        // closed when the last lesson has ended
}

// owned is the message that says what is kept, and what is made of it.
type owned struct {
	Kind   string `json:"kind"` // "owned"
	Pixels []byte `json:"pixels"`
	Labels []int  `json:"labels"`
	learned
}

// learned is the message after each step of a lesson.
type learned struct {
	Kind   string `json:"kind"`   // "learned"
	Steps  int    `json:"steps"`  // since the network of the book
	Busy   bool   `json:"busy"`   // there are more to come
	First  []int  `json:"first"`  // what the network of the book answers to the digits kept,
	Now    []int  `json:"now"`    // and what this one does
	Before int    `json:"before"` // images recognised by the network of the book,
	Count  int    `json:"count"`  // and by this one,
	Of     int    `json:"of"`     // of so many
}

// Own gives the session digits that were kept before, and a function that it
// calls with all of them whenever they change. It is to be called before Handle.
// The set is not changed, but replaced.
func (s *Session) Own(own *mnist.Set, keep func(own *mnist.Set)) {
	s.pupil.own, s.pupil.keep = own, keep
}

// keep adds a drawing to the digits kept.
func (s *Session) keep(label int, q question) error {
	p, _, err := s.picture(q)
	if err != nil {
		return err
	}
	_, _, ink := p.CentreOfMass()
	switch {
	case label < 0 || label > 9:
		return fmt.Errorf("play: a digit kept as a %d, want 0 to 9", label)
	case !ink:
		return errors.New("play: there is nothing on the paper to keep")
	case s.pupil.own.Len() >= maxOwn:
		return fmt.Errorf("play: %d digits are kept, and there is no place for more", maxOwn)
	}
	s.change(&mnist.Set{Images: slices.Concat(s.pupil.own.Images, p[:]), Labels: append(slices.Clone(s.pupil.own.Labels), byte(label))})
	return nil
}

// drop takes one of the digits kept away, by its number.
func (s *Session) drop(i int) error {
	own := s.pupil.own
	if i < 0 || i >= own.Len() {
		return fmt.Errorf("play: digit %d of those kept, want one of %d, from 0", i, own.Len())
	}
	s.change(&mnist.Set{
		Images: slices.Delete(slices.Clone(own.Images), i*side*side, (i+1)*side*side),
		Labels: slices.Delete(slices.Clone(own.Labels), i, i+1),
	})
	return nil
}

func (s *Session) change(own *mnist.Set) {
	s.pupil.own = own
	if s.pupil.keep != nil {
		s.pupil.keep(own)
	}
	s.reply(s.owned())
}

func (s *Session) owned() owned {
	o := owned{Kind: "owned", Pixels: s.pupil.own.Images, Labels: []int{}, learned: s.learned(s.pupil.cancel != nil)}
	for _, label := range s.pupil.own.Labels {
		o.Labels = append(o.Labels, int(label))
	}
	return o
}

func (s *Session) learned(busy bool) learned {
	p, old := &s.pupil, s.test.Slice(0, min(tried, s.test.Len()))
	if p.before == 0 {
		p.before = p.book.Evaluate(old)
	}
	return learned{Kind: "learned", Steps: p.steps, Busy: busy, First: answers(p.book, p.own), Now: answers(p.net, p.own),
		Before: p.before, Count: p.net.Evaluate(old), Of: old.Len()}
}

// answers is never nil, so that a page gets a list, of nothing too.
func answers(net *nnlib.Network, set *mnist.Set) []int {
	if set.Len() == 0 {
		return []int{}
	}
	return net.Answers(set)
}

// lesson is the message of kind "learn".
type lesson struct {
	Steps int
	Rate  float64 // η
	Old   bool    // with old digits among the new ones
}

// learn lets the network learn the digits kept, in the background. The pupil
// that answers meanwhile is the one after the last step.
func (s *Session) learn(n int, l lesson) error {
	p := &s.pupil
	switch {
	case p.cancel != nil:
		return errors.New("play: it is learning already")
	case p.own.Len() == 0:
		return errors.New("play: keep a digit first, for it to learn from")
	case l.Steps < 1 || l.Steps > maxSteps:
		return fmt.Errorf("play: a lesson of %d steps, want 1 to %d", l.Steps, maxSteps)
	case !(l.Rate > 0 && l.Rate <= maxEta):
		return fmt.Errorf("play: a lesson with η = %v, want a number above 0, up to %d", l.Rate, maxEta)
	case l.Old && s.training == nil:
		return errors.New("play: there are no old digits here to learn from")
	}
	ctx, cancel := context.WithCancel(s.ctx)
	ctx, p.cancel, p.done = breathe.Context(ctx), cancel, make(chan struct{})
	go s.teach(ctx, n, l, p.own, p.done)
	return nil
}

func (s *Session) teach(ctx context.Context, n int, l lesson, own *mnist.Set, done chan struct{}) {
	defer close(done)
	s.mu.Lock()
	net, from := clone(s.pupil.net), s.pupil.steps
	s.mu.Unlock()
	net.Rand = nprand.New(uint64(from))
	for step := range l.Steps {
		batch := own
		if l.Old {
			batch = s.among(own, from+step)
		}
		var failed error
		for _, err := range net.SGD(ctx, batch, nnlib.Config{Epochs: 1, MiniBatchSize: batch.Len(), Eta: l.Rate}) {
			failed = err
		}
		s.mu.Lock()
		ends := failed != nil || step == l.Steps-1
		if failed == nil {
			s.pupil.net, s.pupil.steps = clone(net), from+step+1
		}
		if ends {
			s.pupil.cancel() // whatever ends it, its context is done with
			s.pupil.cancel = nil
		}
		if !s.closed {
			s.reply(s.learned(!ends))
			if failed != nil && ctx.Err() == nil {
				s.fail(n, failed)
			}
		}
		s.mu.Unlock()
		if ends {
			return
		}
	}
}

// among is the digits kept and, after them, as many old ones as a step takes.
func (s *Session) among(own *mnist.Set, step int) *mnist.Set {
	count := min(oldOnes, s.training.Len())
	from := step * count % (s.training.Len() - count + 1)
	old := s.training.Slice(from, from+count)
	return &mnist.Set{Images: slices.Concat(own.Images, old.Images), Labels: slices.Concat(own.Labels, old.Labels)}
}

// unlearn ends the lesson at hand, and brings back the network of the book.
func (s *Session) unlearn() {
	p := &s.pupil
	if p.cancel != nil {
		p.cancel()
		s.mu.Unlock() // for its last words
		<-p.done
		s.mu.Lock()
	}
	p.net, p.steps = p.book, 0
	s.reply(s.learned(false))
}

// clone is a network of its own with the same weights and biases, to be trained
// by cross-entropy.
func clone(net *nnlib.Network) *nnlib.Network {
	c := &nnlib.Network{Sizes: net.Sizes, Cost: nnlib.CrossEntropy}
	for i := range net.Weights { // l = i+2
		c.Weights = append(c.Weights, mat.DenseCopyOf(net.Weights[i]))
		c.Biases = append(c.Biases, mat.VecDenseCopyOf(net.Biases[i]))
	}
	return c
}
