package nnlib_test

// The published runs, as the golden files of testdata have them: every count
// and the hash of all weights on the way. The expected numbers are those of
// NumPy 1.22 with the arithmetic of docs/arithmetic.md; do not change them to
// make a test pass.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"

	"nnbook/mnist"
	"nnbook/nnlib"
	"nnbook/nnlib/internal/arith"
	"nnbook/nnlib/nprand"
)

// loadMNIST returns the data of NNBOOK_MNIST, read once. Without them it
// skips the test; the test runner counts that.
func loadMNIST(t testing.TB) (train, test *mnist.Set) {
	t.Helper()
	if os.Getenv("NNBOOK_MNIST") == "" {
		t.Skip("NNBOOK_MNIST is not set")
	}
	loaded, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return loaded.train, loaded.test
}

type sets struct{ train, test *mnist.Set }

var loadOnce = sync.OnceValues(func() (sets, error) {
	// What is unpacked is not to go to the user's cache.
	dir, err := os.MkdirTemp("", "nnbook-cache-")
	if err != nil {
		return sets{}, err
	}
	defer os.RemoveAll(dir)
	for _, variable := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		if value, ok := os.LookupEnv(variable); ok {
			defer os.Setenv(variable, value)
		} else {
			defer os.Unsetenv(variable)
		}
		os.Setenv(variable, dir)
	}
	train, test, err := mnist.Load(context.Background())
	return sets{train, test}, err
})

func readGolden(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

type publishedRun struct {
	Sizes  []int
	Eta    float64
	Counts []int             // correct of 10,000 after each epoch
	SHA256 map[string]string // of the weights: init, batch0, batch99, epoch0 …
}

func publishedRuns(t *testing.T) []publishedRun {
	var golden struct{ Runs []publishedRun }
	readGolden(t, "published-runs.json", &golden)
	if len(golden.Runs) != 4 {
		t.Fatalf("%d runs in published-runs.json, want 4", len(golden.Runs))
	}
	return golden.Runs
}

// eachRun runs a subtest for each published run, with its untrained network.
func eachRun(t *testing.T, test func(t *testing.T, run publishedRun, net *nnlib.Network)) {
	for _, run := range publishedRuns(t) {
		t.Run(fmt.Sprintf("%v,eta=%v", run.Sizes, run.Eta), func(t *testing.T) {
			net := newNetwork(t, 0, run.Sizes...)
			test(t, run, net)
		})
	}
}

func newNetwork(t testing.TB, seed uint64, sizes ...int) *nnlib.Network {
	t.Helper()
	net, err := nnlib.New(sizes, nprand.New(seed))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// hashOf is the SHA-256 of all biases and then all weights, layer by layer
// and row by row, as little-endian doubles.
func hashOf(net *nnlib.Network) string {
	h := sha256.New()
	for _, v := range parameters(net) {
		bits := math.Float64bits(v)
		for shift := 0; shift < 64; shift += 8 {
			h.Write([]byte{byte(bits >> shift)})
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// parameters lists all biases and then all weights.
func parameters(net *nnlib.Network) []float64 {
	var all []float64
	for _, b := range net.Biases {
		all = append(all, mat.Col(nil, 0, b)...)
	}
	for _, w := range net.Weights {
		rows, _ := w.Dims()
		for j := range rows {
			all = append(all, w.RawRowView(j)...)
		}
	}
	return all
}

func (run publishedRun) compare(t *testing.T, moment string, net *nnlib.Network) {
	t.Helper()
	want, ok := run.SHA256[moment]
	if got := hashOf(net); ok && got != want {
		t.Fatalf("%s: weights have SHA-256 %s, want %s", moment, got, want)
	}
}

// train trains net to the end of cfg.
func train(t testing.TB, net *nnlib.Network, data nnlib.Data, cfg nnlib.Config) {
	t.Helper()
	for _, err := range net.SGD(t.Context(), data, cfg) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPublishedInitialWeights(t *testing.T) {
	eachRun(t, func(t *testing.T, run publishedRun, net *nnlib.Network) {
		run.compare(t, "init", net)
	})
}

// All 120 lines of the four runs; in -short the first of those with 15 hidden neurons.
func TestPublishedTranscripts(t *testing.T) {
	training, testing10k := loadMNIST(t)
	eachRun(t, func(t *testing.T, run publishedRun, net *nnlib.Network) {
		t.Parallel()
		cfg := nnlib.Config{Epochs: len(run.Counts), MiniBatchSize: 10, Eta: run.Eta}
		if testing.Short() {
			if run.Sizes[1] > 15 {
				t.Skip("optional: it takes a while")
			}
			cfg.Epochs = 1
		}
		for epoch, err := range net.SGD(t.Context(), training, cfg) {
			if err != nil {
				t.Fatal(err)
			}
			if got, want := net.Evaluate(testing10k), run.Counts[epoch]; got != want {
				t.Errorf("Epoch %d : %d / 10000, want %d", epoch, got, want)
			}
			run.compare(t, "epoch"+strconv.Itoa(epoch), net)
		}
	})
}

// stopAfter is data that stop a training once this many targets have been asked
// for.
type stopAfter struct {
	*mnist.Set
	targets int
	stop    context.CancelFunc
}

func (s *stopAfter) Target(i int, y []float64) {
	s.Set.Target(i, y)
	s.targets--
	if s.targets == 0 {
		s.stop()
	}
}

func TestPublishedFirst100MiniBatches(t *testing.T) {
	training, _ := loadMNIST(t)
	for moment, miniBatches := range map[string]int{"batch0": 1, "batch99": 100} {
		eachRun(t, func(t *testing.T, run publishedRun, net *nnlib.Network) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			data := &stopAfter{training, training.Len() + 10*miniBatches, cancel} // SGD reads all before it trains
			for range net.SGD(ctx, data, nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: run.Eta}) {
			}
			run.compare(t, moment, net)
		})
	}
}

// golden64 is a double given by its bits in hexadecimal.
type golden64 float64

func (g *golden64) UnmarshalText(text []byte) error {
	bits, err := strconv.ParseUint(string(text), 16, 64)
	*g = golden64(math.Float64frombits(bits))
	return err
}

type firstExamples struct {
	Examples []struct {
		Hidden        int
		TrainingImage int `json:"training_image"`
		Label         int
		A2, A3        []golden64
		Delta3        []golden64
		Delta2        []golden64
	}
	Exp [][2]golden64 // x, exp(x)
}

func TestFirstExample(t *testing.T) {
	training, _ := loadMNIST(t)
	var golden firstExamples
	readGolden(t, "first-example.json", &golden)
	if len(golden.Examples) != 2 {
		t.Fatalf("%d examples in first-example.json, want 2", len(golden.Examples))
	}
	for _, want := range golden.Examples {
		t.Run(fmt.Sprint(want.Hidden), func(t *testing.T) {
			net := newNetwork(t, 0, 784, want.Hidden, 10)
			order := make([]int, training.Len())
			for i := range order {
				order[i] = i
			}
			net.Rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if order[0] != want.TrainingImage || int(training.Labels[order[0]]) != want.Label {
				t.Fatalf("first example is image %d, a %d, want %d, a %d", order[0], training.Labels[order[0]], want.TrainingImage, want.Label)
			}
			x, y := example(training, order[0])
			a := net.Feedforward(x)
			compareBits(t, "a2", a[1], want.A2)
			compareBits(t, "a3", a[2], want.A3)
			nablaB, _ := net.Backprop(x, y)
			compareBits(t, "delta3", nablaB[1], want.Delta3)
			compareBits(t, "delta2", nablaB[0], want.Delta2)
		})
	}
}

func TestFirstExampleExp(t *testing.T) {
	var golden firstExamples
	readGolden(t, "first-example.json", &golden)
	if len(golden.Exp) == 0 {
		t.Fatal("no values of exp in first-example.json")
	}
	for _, pair := range golden.Exp {
		x, want := float64(pair[0]), float64(pair[1])
		got := arith.Exp(x)
		if x < -708 { // any tiny value serves there
			if got < 0 || got > 0x1p-1000 {
				t.Errorf("Exp(%v) = %v, want 0 to 2^-1000", x, got)
			}
		} else if math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("Exp(%v) = %x, want %x", x, got, want)
		}
	}
}

// example returns example i of data as vectors.
func example(data nnlib.Data, i int) (x, y *mat.VecDense) {
	inputs, outputs := data.Dims()
	x, y = mat.NewVecDense(inputs, nil), mat.NewVecDense(outputs, nil)
	data.Input(i, x.RawVector().Data)
	data.Target(i, y.RawVector().Data)
	return x, y
}

func compareBits(t *testing.T, what string, got *mat.VecDense, want []golden64) {
	t.Helper()
	if got.Len() != len(want) {
		t.Fatalf("%s has %d values, want %d", what, got.Len(), len(want))
	}
	for j, want := range want {
		if got := got.AtVec(j); math.Float64bits(got) != math.Float64bits(float64(want)) {
			t.Errorf("%s[%d] = %x, want %x", what, j, got, float64(want))
		}
	}
}
