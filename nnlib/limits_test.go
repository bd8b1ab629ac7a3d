package nnlib_test

// This file hands nnlib numbers, sizes and files that nobody should choose. What
// they do to the bits of training is in engine_test.go and network_test.go.

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

func TestExtremeNetworksAreCountedRightAndKept(t *testing.T) {
	for _, sizes := range [][]int{{1, 1}, {1, 1, 1}, {4, 1, 3}, {1, 5}, {8, 6, 3}} {
		data := drawPictures(2, 30, sizes[0], sizes[len(sizes)-1])
		for _, weight := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 5e-324, 1} {
			for _, cfg := range []nnlib.Config{
				{Epochs: 2, MiniBatchSize: math.MaxInt, Eta: 1e300},
				{Epochs: 2, MiniBatchSize: 1, Eta: math.MaxFloat64},
				{Epochs: 2, MiniBatchSize: 7, Eta: 5e-324, Lambda: math.MaxFloat64},
			} {
				what := fmt.Sprintf("%v, weight %v, %+v", sizes, weight, cfg)
				net := newNetwork(t, 1, sizes...)
				net.Weights[0].Set(0, 0, weight)
				train(t, net, data, cfg)
				want := 0
				outputs := net.Outputs(data)
				for i := range data.Len() {
					if at := largest(outputs.RawRowView(i)); at == int(data.labels[i]) {
						want++
					}
				}
				if got := net.Evaluate(data); got != want {
					t.Errorf("%s: Evaluate = %d, want the %d whose largest output is right", what, got, want)
				}
				file := filepath.Join(t.TempDir(), "net.npz")
				if err := net.Save(file); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				loaded, err := nnlib.Load(file)
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				sameBits(t, loaded, net)
			}
		}
	}
}

// classes are two examples of a million classes: the first and the last.
type classes struct{}

func (classes) Len() int                    { return 2 }
func (classes) Dims() (inputs, outputs int) { return 4, 1_000_000 }
func (classes) Input(i int, x []float64)    { clear(x); x[i] = 1 }
func (classes) Target(i int, y []float64)   { clear(y); y[i*999_999] = 1 }

func TestMillionClassesAreLearned(t *testing.T) {
	if testing.Short() {
		t.Skip("optional: it takes a while")
	}
	net, err := nnlib.New([]int{4, 1, 1_000_000}, nprand.New(1))
	if err != nil {
		t.Fatal(err)
	}
	net.Cost = nnlib.CrossEntropy
	net.Biases[0].SetVec(0, 0)
	net.Weights[0].SetRow(0, []float64{20, -20, 0, 0}) // tells the two examples apart
	train(t, net, classes{}, nnlib.Config{Epochs: 10, MiniBatchSize: 1, Eta: 3})
	if got := net.Evaluate(classes{}); got != 2 {
		t.Errorf("Evaluate = %d, want 2", got)
	}
}

// cancelling are pictures that cancel a context when left targets have been
// asked for.
type cancelling struct {
	*pictures
	cancel context.CancelFunc
	left   int
}

func (c *cancelling) Target(i int, y []float64) {
	if c.left--; c.left == 0 {
		c.cancel()
	}
	c.pictures.Target(i, y)
}

// All of the data is one mini-batch, which takes a minute where layers are large.
func TestLongMiniBatchIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	data := &cancelling{drawPictures(1, 3000, 16, 3), cancel, 3000 + 100} // SGD reads all before it trains
	net := newNetwork(t, 1, 16, 7, 3)
	var err error
	for _, err = range net.SGD(ctx, data, nnlib.Config{Epochs: 1, MiniBatchSize: 3000, Eta: 3}) {
	}
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "3000 examples before the end") || data.left != 0 {
		t.Errorf("error %v and %d examples after it was cancelled, want training stopped at once", err, -data.left)
	}
	sameBits(t, net, newNetwork(t, 1, 16, 7, 3))
}

// allowance is what reading a file may allocate in all, so that what it needs at
// any time is less: twice the file, and a constant.
func allowance(file int) uint64 { return uint64(2*file) + 16<<20 }

func TestLoadNeedsTwiceTheFileAtMost(t *testing.T) {
	if testing.Short() {
		t.Skip("optional: it takes a while")
	}
	const size = 64 << 20
	array := func(fortran string, rows, cols int) []byte {
		dict := fmt.Sprintf("{'descr': '<f8', 'fortran_order': %s, 'shape': (%d, %d), }", fortran, rows, cols)
		return append(fmt.Appendf(nil, "\x93NUMPY\x01\x00\x76\x00%-117s\n", dict), make([]byte, 8*rows*cols)...)
	}
	const values = size / 8
	for _, c := range []struct {
		name  string
		fails bool
		write func(z *zip.Writer)
	}{
		{"one row", false, func(z *zip.Writer) {
			store(t, z, "b2", array("False", 1, 1))
			store(t, z, "w2", array("False", 1, values))
		}},
		{"one row, Fortran order", false, func(z *zip.Writer) {
			store(t, z, "b2", array("True", 1, 1))
			store(t, z, "w2", array("True", 1, values))
		}},
		{"one column", false, func(z *zip.Writer) {
			store(t, z, "b2", array("False", values/2, 1))
			store(t, z, "w2", array("True", values/2, 1))
		}},
		{"two columns, Fortran order", false, func(z *zip.Writer) {
			store(t, z, "b2", array("True", values/4, 1))
			store(t, z, "w2", array("True", values/4, 2))
		}},
		{"many layers", false, func(z *zip.Writer) {
			for layer := range 5000 {
				store(t, z, fmt.Sprint("b", layer+2), array("False", 1, 1))
				store(t, z, fmt.Sprint("w", layer+2), array("True", 1, 1))
			}
		}},
		{"300,000 entries", true, func(z *zip.Writer) {
			for i := range 300_000 {
				store(t, z, fmt.Sprint(i), nil)
			}
		}},
		{"names of 64 KiB", true, func(z *zip.Writer) {
			for i := range 500 {
				store(t, z, strings.Repeat("x", 65000)+fmt.Sprint(i), nil)
			}
		}},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		c.write(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "net.npz")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		length := b.Len()
		var err error
		used := allocated(func() { _, err = nnlib.Load(file) })
		t.Logf("%s: %.1f MB allocated for a file of %.1f MB", c.name, float64(used)/1e6, float64(length)/1e6)
		if used > allowance(length) || (err != nil) != c.fails {
			t.Errorf("%s: error %v, %d bytes allocated for a file of %d, want at most %d", c.name, err, used, length, allowance(length))
		}
		runtime.GC()
	}
}

func store(t *testing.T, z *zip.Writer, name string, content []byte) {
	t.Helper()
	w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err == nil {
		_, err = w.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadIDXNeedsTwiceTheValuesAtMost(t *testing.T) {
	zip := func(content []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(content)
		z.Close()
		return b.Bytes()
	}
	header := func(count int) []byte {
		return []byte{0, 0, 8, 1, byte(count >> 24), byte(count >> 16), byte(count >> 8), byte(count)}
	}
	for _, c := range []struct {
		name           string
		claimed, there int
		pack           bool
	}{
		{"as it says", 32 << 20, 32 << 20, false},
		{"one short", 32<<20 + 1, 32 << 20, false},
		{"says 1 GiB", 1 << 30, 32<<20 + 1, false},
		{"packed, says 1 GiB", 1 << 30, 32<<20 + 1, true},
		{"packed, goes on", 1 << 20, 64 << 20, true},
	} {
		content := append(header(c.claimed), make([]byte, c.there)...)
		if c.pack {
			content = zip(content)
		}
		var err error
		used := allocated(func() { _, err = nnlib.ReadIDX("f", bytes.NewReader(content), 0) })
		t.Logf("%s: %.1f MB allocated for %.1f MB of values", c.name, float64(used)/1e6, float64(min(c.claimed, c.there))/1e6)
		if used > allowance(min(c.claimed, c.there)) || (err == nil) != (c.claimed == c.there) {
			t.Errorf("%s: error %v, %d bytes allocated, want at most %d", c.name, err, used, allowance(c.there))
		}
	}
}
