package play

// This file trains a network in the background, tells the page how it gets on,
// and rests, also in the middle of an epoch, as long as the reader wants.

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"sync"
	"time"

	"gonum.org/v1/gonum/mat"

	"nnbook/mnist"
	"nnbook/nb/breathe"
	"nnbook/nnlib"
)

const (
	runs = 2 // trainings side by side

	sampled   = 5000       // training images of which cost and accuracy are measured
	saturated = 1000       // images on which saturation is
	work      = 50_000_000 // weights times images between two looks whether to go on: some 20 ms

	// How many epochs of a run are kept. When there are more, every second is
	// dropped, and from then on only every second is measured.
	maxCurve = 512

	maxShown    = 100                    // neurons whose weights are shown
	showWeights = 200 * time.Millisecond // at most so often
)

// Measured is what a run has reached after some epochs.
type Measured struct {
	Epochs     int       `json:"epochs"` // that are done: 0 is before training
	Count      int       `json:"count"`  // images recognised, of those by which it is judged
	Cost       float64   `json:"cost"`   // mean cost of these
	TrainCount int       `json:"train_count"`
	TrainCost  float64   `json:"train_cost"`
	Saturated  []float64 `json:"saturated"` // share of activations at most 0.01 or at least 0.99, by hidden layer
}

// progress is the message that says what a run has reached: when it begins or
// goes on, when it is measured, and when it rests.
type progress struct {
	Kind    string `json:"kind"` // "begun", "count", "paused"
	N       int    `json:"n"`    // of the message of kind "train"
	Run     int    `json:"run"`
	About   string `json:"about"` // the knobs, in words
	Of      int    `json:"of"`    // images by which it is judged
	TrainOf int    `json:"train_of"`
	Test    bool   `json:"test"`              // they are the test images
	Weights string `json:"weights,omitempty"` // when paused: see Fingerprint
	Measured
}

// weights is the message with the weights of the first layer's neurons, each a
// picture of 28 × 28.
type weights struct {
	Kind   string  `json:"kind"` // "weights"
	N      int     `json:"n"`
	Run    int     `json:"run"`
	Hidden bool    `json:"hidden"` // they are hidden neurons', not the outputs'
	Of     int     `json:"of"`     // neurons there are
	Scale  float64 `json:"scale"`  // what 127 stands for; larger weights are cut
	Pixels []byte  `json:"pixels"` // of the first neurons: int8, -127 … 127; -128 is no number
}

// run is one training. Its goroutine ends with the last epoch that is wanted, or
// with its context; a reader who wants more starts another one on the same run.
type run struct {
	session  *Session
	number   int
	n        int // of the message of kind "train"
	knobs    knobs
	training *mnist.Set
	judge    *mnist.Set // validation images, or the test images for a transcript
	sample   *mnist.Set // of the training images
	net      *nnlib.Network
	epochs   int // that are done
	stride   int // epochs from one point to the next
	shown    time.Time
	cancel   context.CancelFunc // ends it after the mini-batch at hand
	done     chan struct{}      // closed when its goroutine has ended

	mu     sync.Mutex    // for what follows
	until  int           // how many epochs are wanted
	resume chan struct{} // not nil if it is to rest, until it is closed
	ended  bool          // all of them are done: it has no goroutine
	gone   bool          // it was given up, and cannot go on
	points []Measured
	print  string // Fingerprint of the network at the last point
}

// start trains in the background, in place of the run that has the number now.
func (s *Session) start(r *run) {
	ctx, cancel := context.WithCancel(s.ctx)
	r.session, r.cancel, r.done, r.ended = s, cancel, make(chan struct{}), false
	before := s.runs[r.number]
	if before == r {
		before = nil
	}
	if before != nil {
		before.giveUp()
	}
	s.runs[r.number] = r
	s.reply(r.progress("begun"))
	go func() {
		defer close(r.done)
		defer cancel()
		if before != nil {
			<-before.done
		}
		if err := r.train(resting{breathe.Context(ctx), r}); err != nil && ctx.Err() == nil {
			r.giveUp()
			s.fail(r.n, err)
		}
	}()
}

// giveUp ends a run after the mini-batch at hand.
func (r *run) giveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = true
	r.cancel()
}

// pause lets a run rest after the mini-batch at hand.
func (r *run) pause() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.resume == nil && !r.ended {
		r.resume = make(chan struct{})
	}
}

// continueFor lets a run go on for more epochs, from where it rests: it comes to
// the same bits as if it had never rested.
func (s *Session) continueFor(number, epochs int) error {
	r := s.runs[number]
	if r == nil {
		return fmt.Errorf("play: run %d has not begun", number)
	}
	r.mu.Lock()
	gone, rests, ended := r.gone, r.resume != nil, r.ended
	if !gone && (rests || ended) {
		r.until = r.epochsDone() + epochs
	}
	if !gone && rests {
		close(r.resume)
		r.resume = nil
	}
	r.mu.Unlock()
	if gone {
		return fmt.Errorf("play: run %d was given up, and cannot go on", number)
	}
	if ended {
		<-r.done // soon
		s.start(r)
	}
	return nil
}

// epochsDone is how many are known to be done.
func (r *run) epochsDone() int {
	if len(r.points) == 0 {
		return 0
	}
	return r.points[len(r.points)-1].Epochs
}

// resting is the context of a training that lasts while the run rests: there it
// waits wherever it asks whether to go on.
type resting struct {
	context.Context
	run *run
}

func (c resting) Err() error {
	err := c.Context.Err()
	if err == nil && c.run.rest(c.Done()) {
		err = c.Context.Err()
	}
	return err
}

// rest waits if the run is to rest, and says whether it did.
func (r *run) rest(ended <-chan struct{}) bool {
	r.mu.Lock()
	resume := r.resume
	r.mu.Unlock()
	if resume == nil {
		return false
	}
	r.session.reply(r.progress("paused"))
	select {
	case <-resume:
	case <-ended:
	}
	return true
}

// train goes on to the epoch that is wanted.
func (r *run) train(ctx context.Context) error {
	if r.net == nil {
		if err := ctx.Err(); err != nil { // the reader has turned on meanwhile
			return err
		}
		net, err := r.knobs.network(r.training.Dims())
		if err != nil {
			return err
		}
		r.net, r.stride = net, 1
		if err := r.measure(ctx); err != nil {
			return err
		}
	}
	for !r.over() {
		for _, err := range r.net.SGD(ctx, r.training, r.knobs.config(maxEpochs)) {
			if err != nil {
				return err
			}
			r.epochs++
			last := r.over()
			if last || r.epochs%r.stride == 0 {
				if err := r.measure(ctx); err != nil {
					return err
				}
			}
			if r.over() {
				break
			}
		}
	}
	r.mu.Lock()
	r.resume, r.ended = nil, true
	r.mu.Unlock()
	r.session.reply(r.progress("paused"))
	return nil
}

// over is whether all epochs that are wanted are done.
func (r *run) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epochs >= r.until
}

// measure adds a point and tells the page, by parts so that it can be given up.
func (r *run) measure(ctx context.Context) error {
	p := Measured{Epochs: r.epochs}
	var err error
	if p.Count, p.Cost, err = judged(ctx, r.net, r.judge); err != nil {
		return err
	}
	if p.TrainCount, p.TrainCost, err = judged(ctx, r.net, r.sample); err != nil {
		return err
	}
	p.Saturated = r.net.Saturation(r.judge.Slice(0, min(saturated, r.judge.Len())))[:len(r.knobs.Hidden)]
	r.mu.Lock()
	r.add(p)
	r.print = Fingerprint(r.net)
	r.mu.Unlock()
	r.session.reply(r.progress("count"))
	if now := time.Now(); r.epochs <= 1 || r.over() || now.Sub(r.shown) >= showWeights {
		r.shown = now
		r.session.reply(r.weights())
	}
	return nil
}

// add keeps a point, and every second of all where they have become too many.
// A last point that was between two others goes.
func (r *run) add(p Measured) {
	if i := len(r.points) - 1; i >= 0 && r.points[i].Epochs%r.stride != 0 {
		r.points = r.points[:i]
	}
	if len(r.points) >= maxCurve {
		kept := r.points[:0]
		for i := 0; i < len(r.points); i += 2 {
			kept = append(kept, r.points[i])
		}
		r.points, r.stride = kept, 2*r.stride
	}
	r.points = append(r.points, p)
}

// units are the targets of the ten digits.
var units = func() (all [10]*mat.VecDense) {
	for digit := range all {
		all[digit] = mat.NewVecDense(len(all), nil)
		all[digit].SetVec(digit, 1)
	}
	return all
}()

// judged returns how many images the network recognises, and their mean cost.
func judged(ctx context.Context, net *nnlib.Network, set *mnist.Set) (count int, cost float64, err error) {
	size := 0 // of the network
	for _, w := range net.Weights {
		rows, cols := w.Dims()
		size += rows * cols
	}
	part := work/size + 1
	sum := 0.0
	for i := 0; i < set.Len(); i += part {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		images := set.Slice(i, min(i+part, set.Len()))
		outputs := net.Outputs(images)
		for j := range images.Len() {
			digit := int(images.Labels[j])
			output := outputs.RawRowView(j)
			if nnlib.Answer(output) == digit {
				count++
			}
			sum += net.Cost.Value(mat.NewVecDense(len(output), output), units[digit])
		}
	}
	return count, sum / float64(set.Len()), nil
}

// progress is what the run has reached.
func (r *run) progress(kind string) progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := progress{Kind: kind, N: r.n, Run: r.number, About: r.knobs.String(), Of: r.judge.Len(),
		TrainOf: r.sample.Len(), Test: r.judge == r.session.test}
	if n := len(r.points); n > 0 {
		p.Measured = r.points[n-1]
	}
	if kind == "paused" {
		p.Weights = r.print
	}
	return p
}

// weights are those of the first layer that has any. They are scaled by three
// times their root mean square: a few large ones would leave all others pale.
func (r *run) weights() weights {
	all := r.net.Weights[0].RawMatrix()
	square := 0.0
	for _, w := range all.Data {
		square += float64(w * w)
	}
	m := weights{Kind: "weights", N: r.n, Run: r.number, Hidden: len(r.knobs.Hidden) > 0, Of: all.Rows,
		Scale: 3 * math.Sqrt(square/float64(len(all.Data)))}
	if !(m.Scale > 0 && m.Scale <= math.MaxFloat64) {
		m.Scale = 1
	}
	for _, w := range all.Data[:min(all.Rows, maxShown)*all.Cols] {
		share := int8(-128)
		if !math.IsNaN(w) {
			share = int8(math.Round(127 * min(max(w/m.Scale, -1), 1)))
		}
		m.Pixels = append(m.Pixels, byte(share))
	}
	return m
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
