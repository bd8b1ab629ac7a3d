package main

// This file is nnbook train, and what the commands share: flags, progress.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"nnbook/mnist"
	"nnbook/nb/sweep"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// training is what the flags of train say.
type training struct {
	sweep.Run
	seed *big.Int // in place of Run's
	test bool     // whether to evaluate after each epoch
	save string   // a file, or nothing
}

// train prints a transcript: a line per epoch, as the published program did.
func train(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	t, err := parseTraining(args, stdout)
	if err != nil {
		return err
	}
	rng, err := nprand.NewBig(t.seed)
	if err != nil {
		return usageError{err}
	}
	net, err := t.Network(rng)
	if err != nil {
		return usageError{err}
	}
	if t.save != "" {
		if err := canSave(t.save); err != nil { // better now than after the training
			return fmt.Errorf("-save %s: %w", t.save, err)
		}
	}
	images, test, err := mnist.Load(ctx)
	if err != nil {
		return err
	}
	err = t.run(ctx, net, images.Slice(0, t.Train), test, stdout, stderr)
	if t.save != "" && (err == nil || errors.Is(err, context.Canceled)) {
		if failed := net.Save(t.save); failed != nil {
			return failed
		}
	}
	return err
}

// canSave says what would keep a network from being saved to this file.
func canSave(file string) error {
	if info, err := os.Lstat(file); err == nil && !info.Mode().IsRegular() {
		return errors.New("it is a directory, a link or a device, want a file")
	}
	probe, err := os.CreateTemp(filepath.Dir(file), ".nnbook-")
	if err != nil {
		return err
	}
	probe.Close()
	return os.Remove(probe.Name())
}

func (t *training) run(ctx context.Context, net *nnlib.Network, images, test *mnist.Set, stdout, stderr io.Writer) error {
	bar := newProgress(stderr, "epochs", t.Epochs)
	defer bar.Exit()
	for epoch, err := range net.SGD(ctx, images, t.Config()) {
		if err != nil {
			return err
		}
		line := fmt.Sprintf("Epoch %d complete\n", epoch)
		if t.test {
			correct := make(chan int, 1)
			go func() { correct <- net.Evaluate(test) }() // seconds, for a large network
			select {
			case <-ctx.Done():
				return ctx.Err()
			case count := <-correct:
				line = fmt.Sprintf("Epoch %d : %d / %d\n", epoch, count, test.Len())
			}
		}
		bar.Clear()
		if _, err := io.WriteString(stdout, line); err != nil {
			return err
		}
		bar.Add(1)
	}
	return nil
}

// newProgress shows what is done and the time left on a terminal, else nothing.
func newProgress(stderr io.Writer, what string, total int) *progressbar.ProgressBar {
	if !isTerminal(stderr) {
		return progressbar.DefaultSilent(int64(total))
	}
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(stderr),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(true),
	)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func parseTraining(args []string, stdout io.Writer) (*training, error) {
	t := &training{seed: new(big.Int)}
	flags := newFlags("train")
	sizes := flags.String("sizes", "784,15,10", "neurons in each of the `layers`, from the pixels to the digits")
	flags.StringVar(&t.Init, "init", "normal", "initial `weights`: normal, N(0, 1), or scaled, N(0, 1/inputs of the neuron)")
	flags.StringVar(&t.Cost, "cost", "quadratic", "`cost` function: quadratic or cross-entropy")
	flags.Float64Var(&t.Lambda, "lambda", 0, "L2 `regularisation`; 0 is without")
	flags.Float64Var(&t.Eta, "eta", 3, "learning `rate`")
	flags.IntVar(&t.Epochs, "epochs", 30, "`passes` through the training images")
	flags.IntVar(&t.Batch, "batch", 10, "`images` in a mini-batch")
	seed := flags.String("seed", "0", "seed of the random numbers, any whole `number` from 0")
	flags.IntVar(&t.Train, "train", 60000, "train on the first `N` training images")
	flags.BoolVar(&t.test, "test", true, "count the test images recognised after each epoch")
	flags.StringVar(&t.save, "save", "", "`file` to save the network to (.npz)")
	if err := parse(flags, args, stdout); err != nil {
		return nil, err
	}
	if _, ok := t.seed.SetString(*seed, 10); !ok {
		return nil, usageError{fmt.Errorf("-seed %q, want a whole number from 0", *seed)}
	}
	if err := t.Check(); err != nil {
		return nil, usageError{err}
	}
	var err error
	if t.Sizes, err = sweep.ParseSizes(strings.ReplaceAll(*sizes, " ", "")); err != nil {
		return nil, usageError{err}
	}
	return t, nil
}

// newFlags returns a flag set that leaves messages to the caller.
func newFlags(command string) *flag.FlagSet {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse parses args, which are all to be flags. Help goes to stdout.
func parse(flags *flag.FlagSet, args []string, stdout io.Writer) error {
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "Flags of nnbook %s:\n", flags.Name())
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return errHelp
	case err != nil:
		return usageError{err}
	case flags.NArg() > 0:
		return usageError{fmt.Errorf("argument %q, want flags only", flags.Arg(0))}
	}
	return nil
}
