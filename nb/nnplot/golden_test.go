package nnplot

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/plot"

	"nnbook/nb/canvas"
)

var update = flag.Bool("update", false, "write the golden figures anew; look at them before you commit")

// golden compares a figure with testdata, byte by byte: figures come out the
// same on every machine. None is large, as notebooks store them.
func golden(t *testing.T, name string, figure any) {
	t.Helper()
	var img image.Image
	switch figure := figure.(type) {
	case *plot.Plot:
		img = canvas.Render(figure)
	case image.Image:
		img = figure
	}
	var got bytes.Buffer
	if err := png.Encode(&got, img); err != nil {
		t.Fatal(err)
	}
	if got.Len() > 100_000 {
		t.Errorf("%s: %d bytes, want at most 100,000", name, got.Len())
	}
	file := filepath.Join("testdata", name+".png")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		seen := filepath.Join(os.TempDir(), filepath.Base(name)+"-got.png")
		os.WriteFile(seen, got.Bytes(), 0o644)
		t.Errorf("%s: the figure has changed; what came out is in %s", file, seen)
	}
}

// wantPanic complains unless f panics with exactly this text.
func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	f()
}
