package play

// This file is what a page and the two engines say to each other.
//
// A page says, always with a number n that grows (it may begin with the time,
// so that it grows across pages):
//
//	{"kind": "hello"}                      → {"kind": "ready", "sizes", "digits", "images", "source"}
//	{"kind": "draw", "n", …}               → {"kind": "answer", "n", …}        fields: question and answer, in draw.go
//	{"kind": "train", "n", "run", "epochs", "knobs": {…}}
//	{"kind": "continue", "n", "run", "epochs"}
//	                                       → {"kind": "begun", …} at once, {"kind": "count", …} before the
//	                                         first epoch and after each, {"kind": "paused", …} at the end
//	{"kind": "pause", "n", "run"}          the run ends after the epoch at hand
//
// and hears {"kind": "error", "n", "text"} where something is wrong.
// Messages may overtake each other on their way: one with an n that is not
// above the last of its kind (and run) is not answered.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"nnbook/mnist"
	"nnbook/nnlib"
)

// maxMessage bounds a message, in bytes.
const maxMessage = 1 << 18

// Session answers one page. Its methods may be called from several goroutines.
type Session struct {
	Source string // what the digits are; NewSession takes it from test

	net      *nnlib.Network
	training *mnist.Set
	test     *mnist.Set
	send     func(text string)
	sending  sync.Mutex

	ctx    context.Context // of all trainings
	cancel context.CancelFunc
	mu     sync.Mutex // for what follows
	closed bool
	seen   map[string]int // the last n of each kind and run
	runs   [runs]*run
}

// message is what comes from the page.
type message struct {
	Kind   string
	N      int
	Run    int
	Epochs int
	Knobs  knobs
	question
}

// NewSession returns a session on a trained network, to draw for, or nil, and
// on digits to train on, or nil. The digits of test can be looked at, and are
// what trainings are judged by. send is called with one message at a time, also
// from other goroutines.
func NewSession(net *nnlib.Network, train, test *mnist.Set, send func(text string)) (*Session, error) {
	if net != nil {
		if inputs, outputs := net.Sizes[0], net.Sizes[len(net.Sizes)-1]; inputs != side*side || outputs != 10 {
			return nil, fmt.Errorf("play: a network of %d inputs and %d outputs, want 784 and 10", inputs, outputs)
		}
	}
	s := &Session{Source: test.Source(), net: net, training: train, test: test, send: send, seen: map[string]int{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Handle answers a message from the page. It does not wait for trainings.
func (s *Session) Handle(text string) {
	if len(text) > maxMessage {
		s.fail(0, fmt.Errorf("play: a message of %d bytes, want at most %d", len(text), maxMessage))
		return
	}
	var m message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		s.fail(m.N, fmt.Errorf("play: a message that cannot be read: %w", err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if err := s.handle(m); err != nil {
		s.fail(m.N, err)
	}
}

func (s *Session) handle(m message) error {
	if m.Kind == "hello" {
		for _, r := range s.runs {
			if r != nil {
				r.cancel() // of a page that was loaded anew
			}
		}
		s.reply(s.ready())
		return nil
	}
	if m.Run < 0 || m.Run >= runs {
		return fmt.Errorf("play: run %d, want 0 to %d", m.Run, runs-1)
	}
	about := fmt.Sprint("run ", m.Run)
	if m.Kind == "draw" {
		about = m.Kind
	}
	if m.N <= s.seen[about] {
		return nil
	}
	s.seen[about] = m.N
	if trains := m.Kind == "train" || m.Kind == "continue"; trains && (m.Epochs < 1 || m.Epochs > maxEpochs) {
		return fmt.Errorf("play: %d epochs, want 1 to %d", m.Epochs, maxEpochs)
	}
	switch m.Kind {
	case "draw":
		if s.net == nil {
			return errors.New("play: no network here to draw for")
		}
		a, err := s.answer(m.N, m.question)
		if err != nil {
			return err
		}
		s.reply(a)
	case "train":
		return s.train(m.N, m.Run, m.Epochs, m.Knobs)
	case "continue":
		return s.resume(m.Run, m.Epochs)
	case "pause":
		if r := s.runs[m.Run]; r != nil {
			r.state.CompareAndSwap(going, pausing)
		}
	default:
		return fmt.Errorf("play: a message of kind %.20q, want hello, draw, train, continue or pause", m.Kind)
	}
	return nil
}

// ready says what there is.
type ready struct {
	Kind   string `json:"kind"`
	Sizes  []int  `json:"sizes"`  // of the network to draw for
	Digits int    `json:"digits"` // to look at
	Images int    `json:"images"` // to train on
	Source string `json:"source"` // "MNIST" or "drawn digits"
}

func (s *Session) ready() ready {
	r := ready{Kind: "ready", Digits: s.test.Len(), Source: s.Source}
	if s.net != nil {
		r.Sizes = s.net.Sizes
	}
	if s.training != nil {
		r.Images = s.training.Len()
	}
	return r
}

func (s *Session) reply(m any) {
	text, err := json.Marshal(m)
	if err != nil { // an output that is no number, of a network whose weights are none
		text = fmt.Appendf(nil, `{"kind": "error", "n": 0, "text": %q}`, "play: "+err.Error())
	}
	s.sending.Lock()
	defer s.sending.Unlock()
	s.send(string(text))
}

func (s *Session) fail(n int, err error) {
	s.reply(struct {
		Kind string `json:"kind"`
		N    int    `json:"n"`
		Text string `json:"text"`
	}{"error", n, err.Error()})
}

// Close ends all trainings, after the mini-batch at hand, and waits for it.
func (s *Session) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	// From here on no run is added.
	for _, r := range s.runs {
		if r != nil {
			<-r.done
		}
	}
}

// Counts returns how many test images a run recognised after each of its
// epochs. It is to be called after Close.
func (s *Session) Counts(run int) []int {
	if r := s.runs[run]; r != nil {
		return r.counts
	}
	return nil
}
