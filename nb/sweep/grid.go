package sweep

// This file makes runs out of flags: a grid is every combination of the values
// that they list.

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

const (
	maxRuns = 100_000
	images  = 60_000 // to train on, or to validate with
)

// Run is one training: all that its counts depend on, besides the digits.
type Run struct {
	Sizes  []int   // neurons in each layer, from 784 to 10
	Init   string  // of the weights: "normal", N(0, 1), or "scaled", N(0, 1/n) for n inputs
	Cost   string  // "quadratic" or "cross-entropy"
	Lambda float64 // L2 regularisation λ, from 0
	Eta    float64 // learning rate η, above 0
	Batch  int     // examples in a mini-batch
	Seed   int     // of weights, biases and order, from 0
	Nudge  int     // k > 0 moves the k-th weight of the last layer up by its last bit
	Train  int     // training images, the first ones; the others are for validation
	Epochs int
	Moves  string // "3/15" moves the training images up to 3 pixels and turns them up to 15 degrees, anew in each epoch; "" is without
}

// columns are the names of a Run's fields, as flags and in files.
var columns = []string{"sizes", "init", "cost", "lambda", "eta", "batch", "seed", "nudge", "train", "epochs"}

// moves is the name of the field that only those files have which ask for it.
const moves = "moves"

// fields returns the values of the columns. A file has 784-15-10 for the
// sizes: commas are between columns.
func (r Run) fields() []string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	fields := []string{
		strings.ReplaceAll(joinSizes(r.Sizes), ",", "-"), r.Init, r.Cost, number(r.Lambda), number(r.Eta),
		strconv.Itoa(r.Batch), strconv.Itoa(r.Seed), strconv.Itoa(r.Nudge), strconv.Itoa(r.Train), strconv.Itoa(r.Epochs),
	}
	if r.Moves != "" {
		fields = append(fields, r.Moves)
	}
	return fields
}

// Flags returns the flags of nnbook sweep that ask for this run alone.
func (r Run) Flags() string {
	fields := r.fields()
	fields[0] = joinSizes(r.Sizes)
	for i, name := range append(columns, moves)[:len(fields)] {
		fields[i] = "-" + name + " " + fields[i]
	}
	return strings.Join(fields, " ")
}

func joinSizes(sizes []int) string {
	texts := make([]string, len(sizes))
	for i, size := range sizes {
		texts[i] = strconv.Itoa(size)
	}
	return strings.Join(texts, ",")
}

// Check says what is wrong with a run, but for its sizes. It names the flags.
func (r Run) Check() error {
	if r.Train < 1 || r.Train > images {
		return fmt.Errorf("-train %d, want 1 to %d, the number of training images", r.Train, images)
	}
	if r.Moves != "" {
		if _, _, err := parseMoves(r.Moves); err != nil {
			return err
		}
		if r.Train == images {
			return fmt.Errorf("-moves counts validation images, and -train %d leaves none", r.Train)
		}
	}
	_, errInit := nnlib.ParseInitial(r.Init)
	_, errCost := nnlib.ParseCost(r.Cost)
	err := cmp.Or(errInit, errCost, r.Config().Check(r.Train))
	if wrong := new(nnlib.ValueError); errors.As(err, &wrong) {
		return fmt.Errorf("-%s %s, want %s", flagOf[wrong.Name], wrong.Got, wrong.Want)
	}
	return err
}

// flagOf has the flags for what nnlib gives other names.
var flagOf = map[string]string{
	"initial weights": "init", "cost": "cost",
	"Config.Epochs": "epochs", "Config.MiniBatchSize": "batch", "Config.Eta": "eta", "Config.Lambda": "lambda",
}

// ParseSizes reads the layers of a network for the digits, such as 784,15,10.
func ParseSizes(text string) ([]int, error) {
	var sizes []int
	for _, field := range strings.Split(text, ",") {
		size, err := strconv.Atoi(field)
		if err != nil {
			return nil, fmt.Errorf("-sizes %q: %q is not a whole number, want such as 784,15,10", text, field)
		}
		sizes = append(sizes, size)
	}
	if _, err := nnlib.New(sizes, nprand.New(0)); err != nil {
		return nil, err
	}
	inputs, outputs := new(mnist.Set).Dims()
	if first, last := sizes[0], sizes[len(sizes)-1]; first != inputs || last != outputs {
		return nil, fmt.Errorf("-sizes begins with %d and ends with %d, want %d pixels and %d digits", first, last, inputs, outputs)
	}
	return sizes, nil
}

// Moves go up to the picture's width, and half a turn each way.
const maxShift, maxTurn = 28, 180

// parseMoves reads how far training images are moved, such as 3/15: pixels, degrees.
func parseMoves(text string) (shift, turn int, err error) {
	pixels, degrees, _ := strings.Cut(text, "/")
	shift, errShift := strconv.Atoi(pixels)
	turn, errTurn := strconv.Atoi(degrees)
	if errShift != nil || errTurn != nil || shift < 0 || shift > maxShift || turn < 0 || turn > maxTurn {
		return 0, 0, fmt.Errorf("-moves %q, want pixels/degrees such as 3/15, up to %d/%d", text, maxShift, maxTurn)
	}
	return shift, turn, nil
}

// Grid is what the flags of a sweep say. The texts are kept as they were
// given: they are the file's first line.
type Grid struct {
	sizes                                       []string
	init, cost, lambda, eta, batch, seed, nudge string
	train, epochs                               int
	moves                                       string
}

// NewGrid defines the flags of a grid. What they say is there once flags has
// parsed a command line.
func NewGrid(flags *flag.FlagSet) *Grid {
	g := new(Grid)
	flags.Func("sizes", "neurons in each of the `layers`, from the pixels to the digits; may be given several times (default 784,15,10)", func(text string) error {
		g.sizes = append(g.sizes, text)
		return nil
	})
	flags.StringVar(&g.init, "init", "normal", "initial weights, a `list` of normal, N(0, 1), and scaled, N(0, 1/inputs of the neuron)")
	flags.StringVar(&g.cost, "cost", "quadratic", "cost, a `list` of quadratic and cross-entropy")
	flags.StringVar(&g.lambda, "lambda", "0", "L2 regularisation, a `list`; 0 is without")
	flags.StringVar(&g.eta, "eta", "3", "learning rates, a `list` such as 0.1,1,3")
	flags.StringVar(&g.batch, "batch", "10", "images in a mini-batch, a `list`")
	flags.StringVar(&g.seed, "seed", "0", "seeds of the random numbers, a `list` such as 0-9,20")
	flags.StringVar(&g.nudge, "nudge", "0", "a `list` such as 0-99; 0 is without, k moves the k-th weight of the last layer up by its last bit")
	flags.IntVar(&g.train, "train", images, "train on the first `N` training images; the others are counted as validation")
	flags.IntVar(&g.epochs, "epochs", 30, "`passes` through the training images")
	flags.StringVar(&g.moves, moves, "", "move and turn the training images, anew in each epoch: a `list` such as 0/0,3/15, up to 3 pixels and 15 degrees; "+
		"the file then also counts moved validation images")
	return g
}

// command returns the command of the grid with all its flags.
func (g *Grid) command() string {
	command := fmt.Sprintf("nnbook sweep -sizes %s -init %s -cost %s -lambda %s -eta %s -batch %s -seed %s -nudge %s -train %d -epochs %d",
		strings.Join(g.layers(), " -sizes "), g.init, g.cost, g.lambda, g.eta, g.batch, g.seed, g.nudge, g.train, g.epochs)
	if g.moves != "" {
		command += " -moves " + g.moves
	}
	return command
}

func (g *Grid) layers() []string {
	if len(g.sizes) == 0 {
		return []string{"784,15,10"}
	}
	return g.sizes
}

// Runs returns all combinations of the values. The moves change from run to run,
// then the nudge, then the seed, and so on; the sizes change last. Errors name the flags.
func (g *Grid) Runs() ([]Run, error) {
	var sizes [][]int
	for _, text := range g.layers() {
		s, err := ParseSizes(text)
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, s)
	}
	lambda, err := parseFloats("lambda", g.lambda)
	if err != nil {
		return nil, err
	}
	eta, err := parseFloats("eta", g.eta)
	if err != nil {
		return nil, err
	}
	batch, err := parseInts("batch", g.batch)
	if err != nil {
		return nil, err
	}
	seed, err := parseInts("seed", g.seed)
	if err != nil {
		return nil, err
	}
	nudge, err := parseInts("nudge", g.nudge)
	if err != nil {
		return nil, err
	}
	runs := []Run{{Train: g.train, Epochs: g.epochs}}
	for _, err := range []error{
		cross(&runs, "sizes", sizes, func(r *Run, v []int) { r.Sizes = v }),
		cross(&runs, "init", strings.Split(g.init, ","), func(r *Run, v string) { r.Init = v }),
		cross(&runs, "cost", strings.Split(g.cost, ","), func(r *Run, v string) { r.Cost = v }),
		cross(&runs, "lambda", lambda, func(r *Run, v float64) { r.Lambda = v }),
		cross(&runs, "eta", eta, func(r *Run, v float64) { r.Eta = v }),
		cross(&runs, "batch", batch, func(r *Run, v int) { r.Batch = v }),
		cross(&runs, "seed", seed, func(r *Run, v int) { r.Seed = v }),
		cross(&runs, "nudge", nudge, func(r *Run, v int) { r.Nudge = v }),
		cross(&runs, moves, strings.Split(g.moves, ","), func(r *Run, v string) { r.Moves = v }),
	} {
		if err != nil {
			return nil, err
		}
	}
	for _, r := range runs {
		if err := r.Check(); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

// cross replaces each run by one for each of the values.
func cross[T any](runs *[]Run, name string, values []T, set func(*Run, T)) error {
	if len(values) > maxRuns/len(*runs) {
		return fmt.Errorf("-%s: %d values for %d runs, want at most %d runs in all", name, len(values), len(*runs), maxRuns)
	}
	seen := make(map[string]bool)
	for _, v := range values {
		text := fmt.Sprint(v)
		if seen[text] {
			return fmt.Errorf("-%s: %s is there twice", name, text)
		}
		seen[text] = true
	}
	all := make([]Run, 0, len(*runs)*len(values))
	for _, r := range *runs {
		for _, v := range values {
			set(&r, v)
			all = append(all, r)
		}
	}
	*runs = all
	return nil
}

func parseFloats(name, text string) ([]float64, error) {
	var list []float64
	for _, field := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil, fmt.Errorf("-%s %q: %q, want numbers such as 0.1,1,3", name, text, field)
		}
		list = append(list, v)
	}
	return list, nil
}

// parseInts reads whole numbers from 0 and ranges of them, such as 0-9,20.
func parseInts(name, text string) ([]int, error) {
	var list []int
	for _, field := range strings.Split(text, ",") {
		first, last, isRange := strings.Cut(field, "-")
		if !isRange {
			last = first
		}
		lo, errLo := strconv.ParseInt(first, 10, 64)
		hi, errHi := strconv.ParseInt(last, 10, 64)
		switch {
		case errLo != nil || errHi != nil || lo < 0:
			return nil, fmt.Errorf("-%s %q: %q, want whole numbers from 0 and ranges such as 0-9,20", name, text, field)
		case hi < lo:
			return nil, fmt.Errorf("-%s %q: the range %s ends before it begins", name, text, field)
		case hi-lo >= int64(maxRuns-len(list)):
			return nil, fmt.Errorf("-%s %q: more than %d values", name, text, maxRuns)
		}
		for v := lo; v <= hi; v++ {
			list = append(list, int(v))
		}
	}
	return list, nil
}

// Shard is part I, from 1, of N parts of a sweep.
type Shard struct{ I, N int }

// ParseShard reads a Shard such as 2/16.
func ParseShard(text string) (Shard, error) {
	i, n, _ := strings.Cut(text, "/")
	shard := Shard{}
	var errI, errN error
	shard.I, errI = strconv.Atoi(i)
	shard.N, errN = strconv.Atoi(n)
	if errI != nil || errN != nil || shard.I < 1 || shard.I > shard.N || shard.N > maxRuns {
		return Shard{}, fmt.Errorf("-shard %q, want i/n with i from 1 to n, n up to %d", text, maxRuns)
	}
	return shard, nil
}

// of returns the runs of the shard, which lie side by side. Parts differ in
// length by at most one.
func (s Shard) of(runs []Run) []Run {
	return runs[(s.I-1)*len(runs)/s.N : s.I*len(runs)/s.N]
}
