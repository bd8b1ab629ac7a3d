package sweep

// This file trains: one run, and many at once.

import (
	"context"
	"iter"
	"math"
	"sync/atomic"

	"nnbook/mnist"
	"nnbook/nb/play"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// Row is what a run has reached after an epoch: how many digits it recognises.
type Row struct {
	Run
	Epoch      int // from 0
	Validation int // of the training images that it leaves out
	Test       int // of the 10,000 test images; not counted where training images are moved
	Moved      int // of the validation images, each moved and turned, the same for all runs: counted where training images are moved
}

// Network returns the run's network as it is before training, with random
// numbers from rand.
func (r Run) Network(rand nnlib.Source) (*nnlib.Network, error) {
	create, err := nnlib.ParseInitial(r.Init)
	if err != nil {
		return nil, err
	}
	cost, err := nnlib.ParseCost(r.Cost)
	if err != nil {
		return nil, err
	}
	net, err := create(r.Sizes, rand)
	if err != nil {
		return nil, err
	}
	net.Cost = cost
	if r.Nudge > 0 { // in the last layer, where no input is 0 as pixels are: each one counts
		w := net.Weights[len(net.Weights)-1]
		rows, cols := w.Dims()
		at := (r.Nudge - 1) % (rows * cols)
		w.Set(at/cols, at%cols, math.Nextafter(w.At(at/cols, at%cols), math.Inf(1)))
	}
	return net, nil
}

// Config returns the run's hyper-parameters.
func (r Run) Config() nnlib.Config {
	return nnlib.Config{Epochs: r.Epochs, MiniBatchSize: r.Batch, Eta: r.Eta, Lambda: r.Lambda}
}

// rows trains a network and returns what it reaches, a row per epoch.
func (r Run) rows(ctx context.Context, train, test *mnist.Set) ([]Row, error) {
	net, err := r.Network(nprand.New(uint64(r.Seed)))
	if err != nil {
		return nil, err
	}
	training, validation := train.Slice(0, r.Train), train.Slice(r.Train, train.Len())
	if r.Moves != "" {
		return r.movedRows(ctx, net, training, validation)
	}
	var rows []Row
	for epoch, err := range net.SGD(ctx, training, r.Config()) {
		if err != nil {
			return nil, err
		}
		row := Row{Run: r, Epoch: epoch, Test: net.Evaluate(test)}
		if validation.Len() > 0 {
			row.Validation = net.Evaluate(validation)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// How far the validation images are moved that each run of movedRows is judged
// by, and the seed of how far each goes.
const examShift, examTurn, examSeed = 3, 15, 0

// movedRows is rows where the training images are moved. The network's own
// random numbers are those of a training without, so that two runs of one seed
// begin with the same weights and go through the images in the same order.
func (r Run) movedRows(ctx context.Context, net *nnlib.Network, training, validation *mnist.Set) ([]Row, error) {
	shift, turn, err := parseMoves(r.Moves)
	if err != nil {
		return nil, err
	}
	exam := play.Moved(validation, examShift, examTurn, nprand.New(examSeed))
	rand := nprand.New(uint64(r.Seed))
	cfg := r.Config()
	cfg.Epochs = 1
	var rows []Row
	for epoch := range r.Epochs {
		for _, err := range net.SGD(ctx, play.Moved(training, shift, turn, rand), cfg) {
			if err != nil {
				return nil, err
			}
		}
		rows = append(rows, Row{Run: r, Epoch: epoch, Validation: net.Evaluate(validation), Moved: net.Evaluate(exam)})
	}
	return rows, nil
}

// trainAll is a loop over the rows of each run, in order, while a number of
// workers train one run each. A run that is done before its turn waits. When
// the loop ends early, it does not wait for the runs that are being trained: they
// end by themselves after the mini-batch or evaluation at hand.
func trainAll(ctx context.Context, runs []Run, workers int, train, test *mnist.Set) iter.Seq2[[]Row, error] {
	return func(yield func([]Row, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		type result struct {
			rows []Row
			err  error
		}
		results := make([]chan result, len(runs))
		for i := range results {
			results[i] = make(chan result, 1) // nobody has to be there to receive it
		}
		var taken atomic.Int64
		for range min(workers, len(runs)) {
			go func() {
				for ctx.Err() == nil {
					i := int(taken.Add(1)) - 1
					if i >= len(runs) {
						return
					}
					rows, err := runs[i].rows(ctx, train, test)
					results[i] <- result{rows, err}
				}
			}()
		}
		for i := range runs {
			select {
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			case r := <-results[i]:
				if !yield(r.rows, r.err) || r.err != nil {
					return
				}
			}
		}
	}
}
