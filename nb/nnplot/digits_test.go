package nnplot

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"testing"

	"nnbook/mnist"
)

func drawnDigits(n int) (images []image.Image, captions []string) {
	set := mnist.Drawn(n, 1)
	for i := range n {
		images = append(images, set.Digit(i))
		captions = append(captions, strconv.Itoa(int(set.Labels[i])))
	}
	return images, captions
}

func TestGoldenDigits(t *testing.T) {
	images, captions := drawnDigits(30)
	golden(t, "digits", Digits(images, captions, 10))
	captions[1] = "a 3 taken for an 8, surely (0.998)"
	golden(t, "digits-captions", Digits(images[:7], captions[:7], 5))
	golden(t, "digits-bare", Digits(images[:20], nil, 20))
}

func TestGoldenOneDigit(t *testing.T) {
	images, _ := drawnDigits(1)
	golden(t, "digit", Digits(images, []string{"label 8, index 0"}, 1))
}

func TestDigitsAreEnlargedWithoutSmoothing(t *testing.T) {
	src := image.NewGray(image.Rect(5, 5, 7, 6)) // whose corner is not at 0
	src.Set(5, 5, color.Gray{0x40})
	src.Set(6, 5, color.Gray{0x90})
	got := Digits([]image.Image{src}, nil, 1)
	if size := got.Bounds().Size(); size != image.Pt(2*largest+2+2*margin, largest+2+2*margin) {
		t.Fatalf("size %v", size)
	}
	for x := range 2 * largest {
		want := color.Gray{0x40}
		if x >= largest {
			want = color.Gray{0x90}
		}
		if c := color.GrayModel.Convert(got.At(margin+1+x, margin+1)); c != want {
			t.Fatalf("column %d is %v, want %v", x, c, want)
		}
	}
}

func TestGalleriesTakeWhatIsThere(t *testing.T) {
	images, captions := drawnDigits(3)
	for what, img := range map[string]image.Image{
		"no digits":       Digits(nil, nil, 5),
		"weights of 0":    WeightImages([][]float64{make([]float64, 784)}, nil, 1),
		"no weights":      WeightImages(nil, nil, 5),
		"hundred columns": Digits(images, captions, 100),
		"a long word":     Digits(images, []string{"", "incomprehensibilities", "\n"}, 10),
		"no pixels":       Digits([]image.Image{image.NewGray(image.Rectangle{})}, nil, 1),
	} {
		if img.Bounds().Empty() {
			t.Errorf("%s: size %v", what, img.Bounds())
		}
	}
}

func TestSlipsWithGalleriesPanic(t *testing.T) {
	wantPanic(t, "nnplot: Digits in 0 columns, want at least 1", func() { Digits(nil, nil, 0) })
	wantPanic(t, "nnplot: Digits: 1 captions for 0 pictures", func() { Digits(nil, []string{"a"}, 1) })
	wantPanic(t, "nnplot: WeightImages: row 1 has 783 weights, want 784 (28 × 28 pixels)", func() {
		WeightImages([][]float64{make([]float64, 784), make([]float64, 783)}, nil, 1)
	})
}

func TestGoldenWeightImages(t *testing.T) {
	rows := make([][]float64, 15)
	captions := make([]string, len(rows))
	for j := range rows {
		captions[j] = "neuron " + strconv.Itoa(j)
		for k := range 784 {
			x, y := float64(k%28-14), float64(k/28-14)
			ring := math.Abs(math.Sqrt(x*x+y*y)-float64(j)) - 4
			rows[j] = append(rows[j], -0.2*ring+wobble(784*j+k)-0.5)
		}
	}
	rows[14][0], rows[14][1] = nan, inf
	golden(t, "weights", WeightImages(rows, captions, 5))
}
