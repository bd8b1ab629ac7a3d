package play

// This file trains networks whose hyper-parameters a reader turns.

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"nnbook/nb/breathe"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// What knobs go up to, to bound time and memory.
const (
	maxHidden = 1000
	maxEpochs = 1000 // in one go
	maxCounts = 100_000
)

// runs is how many trainings there are side by side.
const runs = 2

// knobs are the hyper-parameters of a message of kind "train".
type knobs struct {
	Hidden int     `json:"hidden"` // neurons
	Eta    float64 `json:"eta"`
	Batch  int     `json:"batch"` // size of a mini-batch
	Init   string  `json:"init"`  // initial weights: "normal" or "scaled"
	Seed   uint32  `json:"seed"`
}

// progress is the message that says what a run has reached: when it begins
// (epochs 0, nothing counted yet), before its first epoch, after each, and at
// its end.
type progress struct {
	Kind    string `json:"kind"` // "begun", "count", "paused"
	N       int    `json:"n"`    // of the message of kind "train"
	Run     int    `json:"run"`
	Epochs  int    `json:"epochs"` // that are done
	Count   int    `json:"count"`  // test images recognised
	Of      int    `json:"of"`
	Weights string `json:"weights,omitempty"` // when paused: see Fingerprint
}

// run is one training, from its beginning or a pause to its next pause or end.
type run struct {
	knobs  knobs
	net    *nnlib.Network // nil until the first epoch
	epochs int            // to train
	at     progress
	counts []int
	cancel context.CancelFunc // ends it after the mini-batch at hand
	state  atomic.Int32
	done   chan struct{} // closed when it has ended
}

// The states of a run.
const (
	going   = iota
	pausing // it ends after the epoch at hand
	ending  // it trains no more
)

// network returns the network as it is before training.
func (k knobs) network(inputs, outputs int) (*nnlib.Network, error) {
	create, err := nnlib.ParseInitial(k.Init)
	if err != nil {
		return nil, err
	}
	return create([]int{inputs, k.Hidden, outputs}, nprand.New(uint64(k.Seed)))
}

func (k knobs) config(epochs int) nnlib.Config {
	return nnlib.Config{Epochs: epochs, MiniBatchSize: k.Batch, Eta: k.Eta}
}

// train starts a run in place of the one that has its number.
func (s *Session) train(n, number, epochs int, k knobs) error {
	switch {
	case s.training == nil:
		return errors.New("play: nothing here to train on")
	case k.Hidden < 1 || k.Hidden > maxHidden:
		return fmt.Errorf("play: %d hidden neurons, want 1 to %d", k.Hidden, maxHidden)
	case k.Batch < 1 || k.Batch > s.training.Len():
		return fmt.Errorf("play: mini-batches of %d, want 1 to %d", k.Batch, s.training.Len())
	}
	_, errInit := nnlib.ParseInitial(k.Init)
	errConfig := k.config(epochs).Check(s.training.Len())
	if err := cmp.Or(errConfig, errInit); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	r := &run{knobs: k, epochs: epochs, at: progress{N: n, Run: number, Of: s.test.Len()}}
	s.start(r)
	return nil
}

// resume trains a run for more epochs. As it was paused between two epochs, it
// comes to the same bits as if it had gone on.
func (s *Session) resume(number, epochs int) error {
	old := s.runs[number]
	if old == nil {
		return fmt.Errorf("play: run %d has not begun", number)
	}
	if old.state.CompareAndSwap(pausing, going) || old.state.Load() == going {
		return nil
	}
	<-old.done // soon
	if old.at.Kind != "paused" {
		return fmt.Errorf("play: run %d was ended, not paused", number)
	}
	s.start(&run{knobs: old.knobs, net: old.net, epochs: epochs, at: old.at, counts: old.counts})
	return nil
}

// start trains in the background, in place of the run that has the number now.
func (s *Session) start(r *run) {
	r.done = make(chan struct{})
	ctx, cancel := context.WithCancel(s.ctx)
	ctx, r.cancel = breathe.Context(ctx), cancel
	before := s.runs[r.at.Run]
	if before != nil {
		before.cancel()
	}
	s.runs[r.at.Run] = r
	r.at.Kind, r.at.Weights = "begun", ""
	s.reply(r.at)
	go func() {
		defer close(r.done)
		defer r.state.Store(ending)
		defer cancel()
		if before != nil {
			<-before.done
		}
		if err := s.epochs(ctx, r); err != nil && ctx.Err() == nil {
			s.fail(r.at.N, err)
		}
	}()
}

// epochs trains and tells after each epoch what the network recognises.
func (s *Session) epochs(ctx context.Context, r *run) error {
	if err := ctx.Err(); err != nil { // the reader has turned on meanwhile
		return err
	}
	if r.net == nil {
		var err error
		if r.net, err = r.knobs.network(s.training.Dims()); err != nil {
			return err
		}
		if err := s.count(ctx, r); err != nil {
			return err
		}
	}
	for _, err := range r.net.SGD(ctx, s.training, r.knobs.config(r.epochs)) {
		if err != nil {
			return err
		}
		r.at.Epochs++
		if err := s.count(ctx, r); err != nil {
			return err
		}
		if len(r.counts) < maxCounts {
			r.counts = append(r.counts, r.at.Count)
		}
		if r.state.CompareAndSwap(pausing, ending) {
			break
		}
	}
	r.state.Store(ending)
	r.at.Kind, r.at.Weights = "paused", Fingerprint(r.net)
	s.reply(r.at)
	return nil
}

// count evaluates the network, by parts so that it can be given up.
func (s *Session) count(ctx context.Context, r *run) error {
	const part = 1000
	r.at.Count = 0
	for i := 0; i < s.test.Len(); i += part {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.at.Count += r.net.Evaluate(s.test.Slice(i, min(i+part, s.test.Len())))
	}
	r.at.Kind = "count"
	s.reply(r.at)
	return nil
}

// Fingerprint is the SHA-256 of all biases and then all weights, layer by layer
// and row by row, as little-endian doubles. Equal networks have equal ones.
func Fingerprint(net *nnlib.Network) string {
	var b []byte
	for i := range net.Biases { // l = i+2
		for _, v := range net.Biases[i].RawVector().Data {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	for i := range net.Weights {
		for _, v := range net.Weights[i].RawMatrix().Data {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
