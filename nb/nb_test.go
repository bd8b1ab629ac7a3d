package nb

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nnbook/internal/faults"
	"nnbook/nb/nnplot"
)

func TestShowNeedsAltTextAndAFigure(t *testing.T) {
	for want, f := range map[string]func() error{
		"without alt text": func() error { _, _, err := encode(image.NewGray(image.Rect(0, 0, 1, 1)), " "); return err },
		"Show of a int":    func() error { _, _, err := encode(7, "seven"); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestFiguresAreSmallPNGs(t *testing.T) {
	figure := nnplot.LearningCurves("correct (%)", nnplot.Counts("a", []int{1, 2, 3}, 4))
	picture, width, err := encode(figure, "a curve")
	if err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || width < 500 || width > 700 || config.Width < width || len(picture) > 100_000 {
		t.Errorf("%d CSS pixels, %d pixels, %d bytes, %v; want about 600, more, under 100 KB", width, config.Width, len(picture), err)
	}
}

func TestTableEscapesItsCells(t *testing.T) {
	got := tableHTML([]string{"a<b", "c"}, [][]string{{"1 & 2", "<script>"}})
	for _, want := range []string{`<th scope="col">a&lt;b</th>`, `<th scope="row">1 &amp; 2</th>`, "<td>&lt;script&gt;</td>"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nis without %s", got, want)
		}
	}
}

func TestKeptIsWhatKeepStored(t *testing.T) {
	t.Chdir(t.TempDir())
	Keep("counts", []int{3, 1, 2})
	if got := Kept[[]int]("counts"); len(got) != 3 || got[1] != 1 {
		t.Errorf("kept %v", got)
	}
}

func TestDataFileIsFoundFromBothEditions(t *testing.T) {
	book := t.TempDir()
	file := filepath.Join(book, "data", "runs.csv")
	if err := errors.Join(os.Mkdir(filepath.Join(book, "data"), 0o755), os.Mkdir(filepath.Join(book, "student"), 0o755),
		os.WriteFile(file, []byte("1"), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{book, filepath.Join(book, "student")} {
		t.Chdir(folder)
		if _, err := os.Stat(DataFile("runs.csv")); err != nil {
			t.Errorf("from %s: %v", folder, err)
		}
	}
}

// One press of the stop button comes as two signals. The cell is told of the
// first, lives through the second, and trains nothing more.
func TestInterruptedCellEndsCalmly(t *testing.T) {
	if faults.Argument() != "" {
		ctx := Context()
		cell, err := os.FindProcess(os.Getpid())
		for range 2 {
			Check(errors.Join(err, cell.Signal(os.Interrupt)))
			<-ctx.Done()
		}
		time.Sleep(100 * time.Millisecond)
		if !Stopped(fmt.Errorf("training: %w", ctx.Err())) {
			t.Error("an interrupted training is not stopped")
		}
		Check(Context().Err())
		t.Error("the cell goes on after it was checked")
	}
	got, err := faults.Again(t, "in a process of its own").Output()
	if want := "Interrupted: the network is as trained so far.\n"; string(got) != want || err != nil {
		t.Errorf("it ends with %v and says %q, want %q", err, got, want)
	}
}
