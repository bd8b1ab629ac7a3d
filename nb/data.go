package nb

// This file finds the digits, and the files that come with the book.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"nnbook/mnist"
)

// Data returns the digits to train on and to test with. Where they are not
// MNIST it prints a line, since the reader's numbers will not be the book's.
func Data() (train, test *mnist.Set) {
	ctx := interruptible()
	listeners.Add(1)
	train, test, err := mnist.Load(ctx)
	listeners.Add(-1)
	if err == nil {
		err = ctx.Err() // the interrupt came too late for Load
	}
	Check(err)
	if train.Source() != "MNIST" {
		fmt.Printf("These are %s, not MNIST: all numbers and figures differ from the text.\n", train.Source())
	}
	return train, test
}

// DataFile returns the path of a file that comes with the book, such as a
// sweep's CSV. It lies in the folder data beside the notebooks, which for the
// student edition is one level up.
func DataFile(name string) string {
	path, err := dataFile(name)
	Check(err)
	return path
}

func dataFile(name string) (string, error) {
	path := filepath.Join("data", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		path = filepath.Join("..", path)
	}
	_, err := os.Stat(path)
	return path, err
}
