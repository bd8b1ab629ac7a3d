package mnist

import (
	"bytes"
	"context"
	"image/color"
	"os"
	"slices"
	"strings"
	"testing"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

var _ nnlib.ByteData = (*Set)(nil) // Data alone would train, but slowly

// tinySet has n digits; digit i has label i mod 10, and pixel k is i+k mod 256.
func tinySet(n int) *Set {
	s := &Set{source: "a test"}
	for i := range n {
		s.Labels = append(s.Labels, byte(i%classes))
		for k := range size {
			s.Images = append(s.Images, byte(i+k))
		}
	}
	return s
}

func TestExampleIsPixelsOver255AndUnitVector(t *testing.T) {
	s := tinySet(12)
	inputs, outputs := s.Dims()
	x, y := make([]float64, inputs), make([]float64, outputs)
	for _, i := range []int{11, 3} { // the second overwrites what the first wrote
		s.Input(i, x)
		s.Target(i, y)
		for k, got := range x {
			if want := float64((i+k)%256) / 255; got != want {
				t.Fatalf("example %d: x[%d] = %v, want %v", i, k, got, want)
			}
		}
		want := make([]float64, 10)
		want[i%10] = 1
		if !slices.Equal(y, want) {
			t.Errorf("example %d: y = %v, want %v", i, y, want)
		}
	}
}

func TestNewRefusesWhatIsNoSetOfDigits(t *testing.T) {
	for _, c := range []struct {
		images int
		labels []byte
		want   string
	}{
		{3 * size, []byte{0, 9, 5}, ""},
		{0, nil, ""},
		{3 * size, []byte{1, 2}, "mnist: 2352 bytes of images for 2 labels, want 784 for each"},
		{5 * size, make([]byte, 10), "mnist: 3920 bytes of images for 10 labels, want 784 for each"},
		{size + 1, []byte{1}, "mnist: 785 bytes of images for 1 labels, want 784 for each"},
		{2 * size, []byte{1, 26}, "mnist: label 26 of digit 1, want 0 to 9"},
	} {
		s, err := New(make([]byte, c.images), c.labels)
		if c.want == "" {
			if err != nil || s.Len() != len(c.labels) || s.Source() != "other digits" {
				t.Errorf("%d bytes and labels %v: %v, %v", c.images, c.labels, s, err)
			}
			continue
		}
		if s != nil || err == nil || err.Error() != c.want {
			t.Errorf("%d bytes and labels %v: %v, error %v, want %s", c.images, c.labels, s, err, c.want)
		}
		// Whoever makes a set by hand hears the same from SGD, before it trains.
		net, err := nnlib.New([]int{size, 2, classes}, nprand.New(1))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range net.SGD(t.Context(), &Set{Images: make([]byte, c.images), Labels: c.labels}, nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: 1}) {
			if err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("SGD on %d bytes and labels %v: error %v, want one with %s", c.images, c.labels, err, c.want)
			}
		}
	}
}

func TestSplitAndSliceCutInOrderAndShareMemory(t *testing.T) {
	for _, c := range []struct{ n, training int }{{60000, 50000}, {12, 10}, {5, 5}, {0, 0}} {
		s := &Set{make([]byte, c.n*size), make([]byte, c.n), "a test"}
		training, validation := s.Split()
		if training.Len() != c.training || validation.Len() != c.n-c.training {
			t.Errorf("Split of %d: got %d and %d, want %d and the rest", c.n, training.Len(), validation.Len(), c.training)
		}
	}
	s := tinySet(12)
	_, validation := s.Split()
	if got := validation.Digit(0).Label; got != 0 || validation.Source() != "a test" {
		t.Errorf("first of the last two: got label %d of %s, want 0 of a test", got, validation.Source())
	}
	part := s.Slice(2, 9).Slice(1, 3)
	part.Images[5] = 99
	if got := s.Digit(3).Pixels[5]; got != 99 || part.Len() != 2 {
		t.Errorf("pixel 5 of digit 3 is %d after writing 99 to a slice of %d, want 99, 2", got, part.Len())
	}
	defer func() {
		if got, want := recover(), "mnist: Slice(0, 3) of 2 digits"; got != want {
			t.Errorf("a slice beyond the end: got %v, want panic %q", got, want)
		}
	}()
	part.Slice(0, 3)
}

func TestDigitIsDarkInkOnWhitePaper(t *testing.T) {
	d := tinySet(3).Digit(2)
	for _, c := range []struct{ x, y, gray int }{
		{0, 0, 255 - 2}, {3, 1, 255 - (2 + 28 + 3)}, {27, 27, 255 - (2+783)%256},
		{-1, 0, 255}, {0, -1, 255}, {28, 0, 255}, {0, 28, 255},
	} {
		if got, want := d.At(c.x, c.y), (color.Gray{Y: uint8(c.gray)}); got != want {
			t.Errorf("At(%d, %d) = %v, want %v", c.x, c.y, got, want)
		}
	}
}

// needMNIST skips a test of MNIST itself where the user has named no folder of
// it: tests download nothing.
func needMNIST(t *testing.T) {
	if os.Getenv(envDir) == "" {
		t.Skip("NNBOOK_MNIST is not set: MNIST itself is not checked")
	}
}

// The counts are those of the files as first published.
func TestMNISTHasTheKnownLabels(t *testing.T) {
	needMNIST(t)
	t.Setenv(envDigits, "")
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	train, test, err := Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		set    *Set
		first  []byte
		counts []int
	}{
		{"train", train, []byte{5, 0, 4, 1, 9}, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}},
		{"test", test, []byte{7, 2, 1, 0, 4}, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}},
	} {
		counts := make([]int, classes)
		for _, label := range c.set.Labels {
			counts[label]++
		}
		if !slices.Equal(counts, c.counts) || !bytes.HasPrefix(c.set.Labels, c.first) || c.set.Source() != "MNIST" {
			t.Errorf("%s: %s with counts %v, first labels %v, want MNIST, %v, %v",
				c.name, c.set.Source(), counts, c.set.Labels[:5], c.counts, c.first)
		}
		if len(c.set.Images) != c.set.Len()*size {
			t.Errorf("%s: %d pixels, want %d", c.name, len(c.set.Images), c.set.Len()*size)
		}
	}
}
