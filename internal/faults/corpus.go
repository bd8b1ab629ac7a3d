package faults

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"testing"
)

// Corpus returns what hours of fuzzing have found to begin with: the inputs
// that took new ways through the code, in testdata/corpus, a file for each
// fuzz test.
func Corpus(f *testing.F) (inputs [][]byte) {
	f.Helper()
	file, err := os.Open("testdata/corpus/" + f.Name() + ".tar.gz")
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		f.Fatal(err)
	}
	for archive := tar.NewReader(unpacked); ; {
		if _, err := archive.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			f.Fatal(err)
		}
		input, err := io.ReadAll(archive)
		if err != nil {
			f.Fatal(err)
		}
		inputs = append(inputs, input)
	}
	if len(inputs) == 0 {
		f.Fatal("nothing in ", file.Name())
	}
	return inputs
}
