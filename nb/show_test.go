package nb

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"nnbook/nb/canvas"
	"nnbook/nb/nnplot"
)

// A plot and a gallery of the same width in pixels stand below each other.
func TestImagesAreShownAtTheirWidthInPrint(t *testing.T) {
	for what, figure := range map[string]any{
		"plot":  plot.New(),
		"image": image.NewGray(image.Rect(0, 0, canvas.Render(plot.New()).Bounds().Dx(), 10)),
	} {
		if _, width, err := encode(figure, "a figure"); width != 604 || err != nil {
			t.Errorf("%s: width %d, %v, want 604", what, width, err)
		}
	}
}

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
