package nnlib_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"nnbook/nnlib"
)

// Two pictures of 2 × 3 pixels, and their labels.
const (
	idxImages = "\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x03" + "\x00\x01\x02\x03\x04\x05\xff\xfe\xfd\xfc\xfb\xfa"
	idxLabels = "\x00\x00\x08\x01\x00\x00\x00\x02" + "\x05\x09"
)

func ExampleReadIDX() {
	labels, err := nnlib.ReadIDX("labels", strings.NewReader(idxLabels), 0)
	fmt.Println(labels.Dims, labels.Data, err)
	_, err = nnlib.ReadIDX("labels", strings.NewReader(idxImages), 0)
	fmt.Println(err)
	// Output:
	// [2] [5 9] <nil>
	// nnlib: labels: magic 0x00000803 at byte 0, want 0x00000801 (this is a file of images)
}

func zipped(content string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, content)
	z.Close()
	return b.String()
}

func TestIDXIsReadRawOrZippedAndInSmallPieces(t *testing.T) {
	parts := zipped(idxImages[:9]) + zipped("") + zipped(idxImages[9:]) // gzip unpacks them as one
	for _, content := range []string{idxImages, zipped(idxImages), parts} {
		for _, r := range []io.Reader{strings.NewReader(content), iotest.OneByteReader(strings.NewReader(content)), iotest.DataErrReader(strings.NewReader(content))} {
			idx, err := nnlib.ReadIDX("images", r, 0, 2, 3)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(idx.Dims, []int{2, 2, 3}) || string(idx.Data) != idxImages[16:] {
				t.Errorf("read %v %v", idx.Dims, idx.Data)
			}
		}
	}
}

func TestIDXErrorsSayWhereGotAndWant(t *testing.T) {
	z := zipped(idxImages)
	any3 := []int{0, 0, 0}
	badSum := z[:len(z)-8] + "\x00" + z[len(z)-7:]
	for _, c := range []struct {
		what, content string
		sizes         []int
		want          string
	}{
		{"empty file", "", any3, "an empty file, want an IDX file"},
		{"labels for images", idxLabels, any3, "magic 0x00000801 at byte 0, want 0x00000803 (this is a file of labels)"},
		{"floats", "\x00\x00\x0d\x03", any3, "magic 0x00000d03 at byte 0, want 0x00000803 (this is IDX of 32-bit floats in 3 dimensions)"},
		{"cut in the header", idxImages[:10], any3, "end of data at byte 10, want the size of dimension 1"},
		{"no rows", "\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x00", any3, "size 0 of dimension 1 at byte 8, want at least 1"},
		{"too large", "\x00\x00\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", any3, "size 4294967295 of dimension 0 at byte 4, want at least 1, and at most 1073741824 values in all"},
		{"too large together", "\x00\x00\x08\x03\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00", any3, "size 65536 of dimension 1 at byte 8"},
		{"short", idxImages[:20], any3, "end of data at byte 20, want 12 values [2 2 3]"},
		{"trailing", idxImages + "x", any3, "more data at byte 28, want the end after 12 values [2 2 3]"},
		{"zip header only", z[:5], any3, "end of data at byte 0, want a gzip header"},
		{"zip cut", z[:len(z)-12], any3, "end of data at byte"},
		{"zip without its checksum", z[:len(z)-3], any3, "end of data at byte 28, want the end after 12 values"},
		{"zip with a wrong checksum", badSum, any3, "gzip: invalid checksum at byte 28"},
		{"zip and more", z + "more than a header", any3, "gzip: something else after the packed data at byte 28, want the end after 12 values"},
		{"zip and one byte more", z + "x", any3, "gzip: something else after the packed data at byte 28, want the end after 12 values"},
		{"zip and another", z + z, any3, "more data at byte 28, want the end after 12 values"},
		{"zip damaged", z[:10] + "\xff\xff\xff\xff\xff" + z[15:], any3, "damage to the packed data at byte 0, want the magic number of an IDX file"},
		{"zip and a broken one", z + z[:8], any3, "end of data at byte 28, want the end after 12 values"},
		{"bytes of a size in the wrong order", "\x00\x00\x08\x01\x60\xea\x00\x00", []int{60000}, "size 1625948160 of dimension 0 at byte 4, want 60000 (the bytes of this number are in the wrong order)"},
		{"another count", idxImages, []int{3, 2, 3}, "size 2 of dimension 0 at byte 4, want 3"},
		{"other pictures", idxImages, []int{0, 28, 28}, "size 2 of dimension 1 at byte 8, want 28"},
	} {
		idx, err := nnlib.ReadIDX("f", strings.NewReader(c.content), c.sizes...)
		var format *nnlib.FormatError
		if idx != nil || !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", c.what, err, c.want)
		}
	}
}

func TestIDXErrorOfTheReaderIsWrapped(t *testing.T) {
	broken := errors.New("the disk is on fire")
	r := io.MultiReader(strings.NewReader(idxImages[:20]), iotest.ErrReader(broken))
	_, err := nnlib.ReadIDX("f", r, 0, 0, 0)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "nnlib: f: at byte 20: the disk") {
		t.Errorf("error %v", err)
	}
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestIDXClaimCostsNoMemory(t *testing.T) {
	claim := "\x00\x00\x08\x03\x00\x00\xff\xff\x00\x00\x00\x40\x00\x00\x00\x40" // 268 MB
	used := allocated(func() {
		if _, err := nnlib.ReadIDX("f", strings.NewReader(claim), 0, 0, 0); err == nil {
			t.Error("no error for a file without values")
		}
	})
	if used > 1<<18 {
		t.Errorf("%d bytes allocated for a file of 16", used)
	}
}

func FuzzReadIDX(f *testing.F) {
	for _, content := range []string{idxImages, idxLabels, zipped(idxImages), zipped(idxLabels), "<html>", ""} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for dims := range 4 {
			var idx *nnlib.IDX
			var err error
			used := allocated(func() { idx, err = nnlib.ReadIDX("f", bytes.NewReader(content), make([]int, dims)...) })
			// Packed content may grow a thousandfold when it is unpacked.
			if allowed := uint64(1<<20 + 3000*len(content)); used > allowed {
				t.Errorf("%d bytes allocated for %d, want at most %d", used, len(content), allowed)
			}
			if err != nil {
				continue
			}
			header := []byte{0, 0, 8, byte(dims)}
			for _, size := range idx.Dims {
				header = append(header, byte(size>>24), byte(size>>16), byte(size>>8), byte(size))
			}
			again, err := nnlib.ReadIDX("f", bytes.NewReader(append(header, idx.Data...)), idx.Dims...)
			if err != nil || !slices.Equal(again.Dims, idx.Dims) || !bytes.Equal(again.Data, idx.Data) {
				t.Errorf("%v of %d bytes do not read again: %v", idx.Dims, len(idx.Data), err)
			}
		}
	})
}
