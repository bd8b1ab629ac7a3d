package mnist

// This file writes digits as the four files are published.

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
)

// Write writes two sets of digits into a folder as the four files of MNIST,
// packed: train-images-idx3-ubyte.gz and so on. The same digits give the same
// bytes. Each file appears whole or not at all, in place of an older one.
func Write(dir string, train, test *Set) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("mnist: %w", err)
	}
	for i, values := range [4][]byte{train.Images, train.Labels, test.Images, test.Labels} {
		f := published[i]
		f.dims = append([]int{[]*Set{train, test}[i/2].Len()}, f.dims[1:]...)
		var content bytes.Buffer
		z, err := gzip.NewWriterLevel(&content, gzip.BestCompression)
		if err != nil {
			return fmt.Errorf("mnist: %w", err)
		}
		z.Write(f.header()) // into memory, which does not fail
		z.Write(values)
		z.Close()
		path := filepath.Join(dir, f.name+".gz")
		if err = os.WriteFile(path+".part", content.Bytes(), 0o666); err == nil {
			err = os.Rename(path+".part", path)
		}
		if err != nil {
			return fmt.Errorf("mnist: %w", err)
		}
	}
	return nil
}
