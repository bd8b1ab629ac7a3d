package play

// This file is what a page and the two engines say to each other.
//
// A page says, always with a number n that grows (it may begin with the time,
// so that it grows across pages):
//
//	{"kind": "hello"}                      → {"kind": "ready", …}, what there is,
//	                                         and {"kind": "owned", …} where there is a network to draw for
//	{"kind": "draw", "n", …}               → {"kind": "answer", "n", …}        fields: question and answer, in draw.go
//	{"kind": "keep", "n", "label", …}      keeps the drawing, described as above → {"kind": "owned", …}
//	{"kind": "drop", "n", "index"}         → {"kind": "owned", …}
//	{"kind": "learn", "n", "steps", "rate", "old"}
//	                                       → {"kind": "learned", …} after each step; fields: lesson and learned, in learn.go
//	{"kind": "unlearn", "n"}               → {"kind": "learned", …}
//	{"kind": "train", "n", "run", "epochs", "knobs": {…}}                      fields: knobs.go
//	{"kind": "train", "n", "run", "transcript": 0}
//	{"kind": "continue", "n", "run", "epochs"}
//	                                       → {"kind": "begun", …} at once, {"kind": "count", …} before the first
//	                                         epoch and after each, {"kind": "weights", …} now and then, and
//	                                         {"kind": "paused", …} when it rests or is at its end: run.go
//	{"kind": "pause", "n", "run"}          the run rests after the mini-batch at hand
//	{"kind": "store", "n", "run", "name"}  → {"kind": "kept", …}, all runs that are kept: kept.go
//	{"kind": "discard", "n", "id"}         → {"kind": "kept", …}
//	{"kind": "export", "n"}                → {"kind": "csv", …}
//
// and hears {"kind": "error", "n", "text"} where something is wrong. A run whose
// new knobs are wrong has ended. Messages may overtake each other on their way:
// one with an n that is not above the last of its kind (and run) is not answered.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"nnbook/mnist"
	"nnbook/nnlib"
)

// maxMessage bounds a message, in bytes.
const maxMessage = 1 << 18

// Session answers one page. Its methods may be called from several goroutines.
type Session struct {
	Source string // what the digits are; NewSession takes it from test
	// Save keeps exported runs in a file and says where; nil leaves that to the page.
	Save func(csv string) (where string, err error)

	training       *mnist.Set
	trains, judges *mnist.Set // its first five sixths, to train on, and its last, to validate
	test           *mnist.Set
	send           func(text string)
	sending        sync.Mutex

	ctx    context.Context // of all trainings
	cancel context.CancelFunc
	mu     sync.Mutex // for what follows
	closed bool
	seen   map[string]int // the last n of each kind and run
	pupil  pupil
	runs   [runs]*run
	kept   []Curve
	lastID int
}

// message is what comes from the page.
type message struct {
	Kind       string
	N          int
	Run        int
	Epochs     int
	Knobs      knobs
	Transcript *int // a number in transcripts, in place of epochs and knobs
	Name       string
	ID         int
	Label      int
	Index      int
	lesson
	question
}

// NewSession returns a session on a trained network, to draw for, or nil, and
// on digits to train on, or nil. To draw for, these are old ones that it may be
// reminded of; else their last sixth is for validation, and judges trainings. The
// digits of test can be looked at; they judge the transcripts of the book alone.
// send is called with one message at a time, also from other goroutines.
func NewSession(net *nnlib.Network, train, test *mnist.Set, send func(text string)) (*Session, error) {
	if net != nil {
		if inputs, outputs := net.Sizes[0], net.Sizes[len(net.Sizes)-1]; inputs != side*side || outputs != 10 {
			return nil, fmt.Errorf("play: a network of %d inputs and %d outputs, want 784 and 10", inputs, outputs)
		}
	}
	s := &Session{Source: test.Source(), training: train, test: test, send: send, seen: map[string]int{},
		pupil: pupil{net: net, book: net, own: new(mnist.Set)}}
	if train != nil {
		s.trains, s.judges = train.Split()
	}
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
				r.giveUp() // of a page that was loaded anew
			}
		}
		s.reply(s.ready())
		if s.pupil.net != nil {
			s.reply(s.owned())
		}
		return nil
	}
	if m.Run < 0 || m.Run >= runs {
		return fmt.Errorf("play: run %d, want 0 to %d", m.Run, runs-1)
	}
	about := m.Kind
	switch m.Kind {
	case "draw", "keep", "drop", "learn", "unlearn":
		if s.pupil.net == nil {
			return errors.New("play: no network here to draw for")
		}
	case "train", "continue", "pause":
		about = fmt.Sprint("run ", m.Run)
	case "store", "discard", "export":
	default:
		return fmt.Errorf("play: a message of kind %.20q, want hello, draw, keep, drop, learn, unlearn, train, continue, pause, store, discard or export", m.Kind)
	}
	if m.N <= s.seen[about] {
		return nil
	}
	s.seen[about] = m.N
	if trains := m.Kind == "train" && m.Transcript == nil || m.Kind == "continue"; trains && (m.Epochs < 1 || m.Epochs > maxEpochs) {
		return fmt.Errorf("play: %d epochs, want 1 to %d", m.Epochs, maxEpochs)
	}
	switch m.Kind {
	case "draw":
		a, err := s.answer(m.N, m.question)
		if err != nil {
			return err
		}
		s.reply(a)
	case "keep":
		return s.keep(m.Label, m.question)
	case "drop":
		return s.drop(m.Index)
	case "learn":
		return s.learn(m.N, m.lesson)
	case "unlearn":
		s.unlearn()
	case "train":
		r, err := s.newRun(m)
		if err != nil {
			if old := s.runs[m.Run]; old != nil {
				old.giveUp()
			}
			return err
		}
		s.start(r)
	case "continue":
		return s.continueFor(m.Run, m.Epochs)
	case "pause":
		if r := s.runs[m.Run]; r != nil {
			r.pause()
		}
	case "store":
		return s.store(m.Run, m.Name)
	case "discard":
		s.discard(m.ID)
	case "export":
		return s.export()
	}
	return nil
}

// ready says what there is.
type ready struct {
	Kind        string       `json:"kind"`
	Sizes       []int        `json:"sizes"`      // of the network to draw for
	Digits      int          `json:"digits"`     // to look at
	Images      int          `json:"images"`     // to train on
	Validation  int          `json:"validation"` // to judge by
	Source      string       `json:"source"`     // "MNIST" or "drawn digits"
	First       [runs]knobs  `json:"first"`
	Transcripts []transcript `json:"transcripts"`
	Kept        []Curve      `json:"kept"`
}

func (s *Session) ready() ready {
	r := ready{Kind: "ready", Digits: s.test.Len(), Source: s.Source, First: s.first(), Transcripts: s.transcripts(), Kept: slices.Clone(s.kept)}
	if s.pupil.net != nil {
		r.Sizes = s.pupil.net.Sizes
	}
	if s.training != nil {
		r.Images, r.Validation = s.trains.Len(), s.judges.Len()
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
	if s.pupil.done != nil {
		<-s.pupil.done
	}
}
