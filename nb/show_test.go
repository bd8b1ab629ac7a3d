package nb

import (
	"image"
	"testing"

	"gonum.org/v1/plot"

	"nnbook/nb/nnplot"
)

// A plot and a gallery of the same width in pixels stand below each other.
func TestImagesAreShownAtTheirWidthInPrint(t *testing.T) {
	for what, figure := range map[string]any{
		"plot":  plot.New(),
		"image": image.NewGray(image.Rect(0, 0, nnplot.Render(plot.New()).Bounds().Dx(), 10)),
	} {
		if _, width, err := encode(figure, "a figure"); width != 604 || err != nil {
			t.Errorf("%s: width %d, %v, want 604", what, width, err)
		}
	}
}
