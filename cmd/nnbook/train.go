package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// training is what the flags of train say.
type training struct {
	sizes []int
	cfg   nnlib.Config
	seed  *big.Int
	count int    // of the training images, in file order
	test  bool   // whether to evaluate after each epoch
	save  string // a file, or nothing
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
	net, err := nnlib.New(t.sizes, rng)
	if err != nil {
		return usageError{err}
	}
	if dir := filepath.Dir(t.save); t.save != "" {
		if _, err := os.Stat(dir); err != nil { // better now than after the training
			return fmt.Errorf("-save %s: %w", t.save, err)
		}
	}
	images, test, err := mnist.Load(ctx)
	if err != nil {
		return err
	}
	if t.count > images.Len() {
		return usageError{fmt.Errorf("-train %d: there are %d training images", t.count, images.Len())}
	}
	inputs, outputs := images.Dims()
	if first, last := t.sizes[0], t.sizes[len(t.sizes)-1]; first != inputs || last != outputs {
		return usageError{fmt.Errorf("-sizes begins with %d and ends with %d, want %d pixels and %d digits", first, last, inputs, outputs)}
	}
	err = t.run(ctx, net, images.Slice(0, t.count), test, stdout, stderr)
	if t.save != "" && (err == nil || errors.Is(err, context.Canceled)) {
		if failed := net.Save(t.save); failed != nil {
			return failed
		}
	}
	return err
}

func (t *training) run(ctx context.Context, net *nnlib.Network, images, test *mnist.Set, stdout, stderr io.Writer) error {
	bar := newProgress(stderr, t.cfg.Epochs)
	defer bar.Exit()
	for epoch, err := range net.SGD(ctx, images, t.cfg) {
		if err != nil {
			return err
		}
		line := fmt.Sprintf("Epoch %d complete\n", epoch)
		if t.test {
			line = fmt.Sprintf("Epoch %d : %d / %d\n", epoch, net.Evaluate(test), test.Len())
		}
		bar.Clear()
		if _, err := io.WriteString(stdout, line); err != nil {
			return err
		}
		bar.Add(1)
	}
	return nil
}

// newProgress shows epochs done and time left on a terminal, else nothing.
func newProgress(stderr io.Writer, epochs int) *progressbar.ProgressBar {
	f, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return progressbar.DefaultSilent(int64(epochs))
	}
	return progressbar.NewOptions(epochs,
		progressbar.OptionSetWriter(stderr),
		progressbar.OptionSetDescription("epochs"),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(true),
	)
}

func parseTraining(args []string, stdout io.Writer) (*training, error) {
	t := &training{seed: new(big.Int)}
	flags := newFlags("train")
	sizes := flags.String("sizes", "784,15,10", "neurons in each `layers`, from the pixels to the digits")
	flags.Float64Var(&t.cfg.Eta, "eta", 3, "learning `rate`")
	flags.IntVar(&t.cfg.Epochs, "epochs", 30, "`passes` through the training images")
	flags.IntVar(&t.cfg.MiniBatchSize, "batch", 10, "`images` in a mini-batch")
	seed := flags.String("seed", "0", "seed of the random numbers, any whole `number` from 0")
	flags.IntVar(&t.count, "train", 60000, "train on the first `N` training images")
	flags.BoolVar(&t.test, "test", true, "count the test images recognised after each epoch")
	flags.StringVar(&t.save, "save", "", "`file` to save the network to (.npz)")
	if err := parse(flags, args, stdout); err != nil {
		return nil, err
	}
	for _, field := range strings.Split(*sizes, ",") {
		size, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil {
			return nil, usageError{fmt.Errorf("-sizes %q: %q is not a whole number, want such as 784,15,10", *sizes, field)}
		}
		t.sizes = append(t.sizes, size)
	}
	if _, ok := t.seed.SetString(*seed, 10); !ok {
		return nil, usageError{fmt.Errorf("-seed %q, want a whole number from 0", *seed)}
	}
	switch {
	case !(t.cfg.Eta > 0) || math.IsInf(t.cfg.Eta, 1):
		return nil, usageError{fmt.Errorf("-eta %v, want a finite number above 0", t.cfg.Eta)}
	case t.cfg.Epochs < 1:
		return nil, usageError{fmt.Errorf("-epochs %d, want at least 1", t.cfg.Epochs)}
	case t.cfg.MiniBatchSize < 1:
		return nil, usageError{fmt.Errorf("-batch %d, want at least 1", t.cfg.MiniBatchSize)}
	case t.count < 1:
		return nil, usageError{fmt.Errorf("-train %d, want at least 1", t.count)}
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
