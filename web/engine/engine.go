// Command engine is nb/play for a page of the book's site. As WebAssembly it runs
// in a Web Worker (worker.go); as a program like any other it answers lines, so
// that a test can compare the two (lines.go).
package main

import (
	"os"
	"path/filepath"

	"nnbook/mnist"
	"nnbook/nb/play"
	"nnbook/nnlib"
)

// How many digits are drawn where there is no MNIST: as many as the site has of it.
const training, tests = 10_000, 2_000

// open returns the session for a purpose, draw or knobs, on digits that are in
// the folder, mnist, or are not, drawn.
func open(folder, purpose, digits string, send func(text string)) (*play.Session, error) {
	test, err := set(folder, digits, "t10k", tests, 2)
	if err != nil {
		return nil, err
	}
	if purpose == "draw" {
		net, err := nnlib.Load(filepath.Join(folder, "reader.npz"))
		if err != nil {
			return nil, err
		}
		// Half of them to look at and to be tried on, half to be reminded of.
		half := test.Len() / 2
		return play.NewSession(net, test.Slice(half, test.Len()), test.Slice(0, half), send)
	}
	train, err := set(folder, digits, "train", training, 1)
	if err != nil {
		return nil, err
	}
	session, err := play.NewSession(nil, train, test, send)
	if err == nil && digits == "mnist" {
		session.Source = "a part of MNIST"
	}
	return session, err
}

// set reads the digits whose files begin with name, or draws n: with the seeds
// of mnist.Load, of which these are the first.
func set(folder, digits, name string, n int, seed uint32) (*mnist.Set, error) {
	if digits == "drawn" {
		return mnist.Drawn(n, seed), nil
	}
	images, err := read(folder, name+"-images-idx3-ubyte.gz", 0, 28, 28)
	if err != nil {
		return nil, err
	}
	labels, err := read(folder, name+"-labels-idx1-ubyte.gz", images.Dims[0])
	if err != nil {
		return nil, err
	}
	return mnist.New(images.Data, labels.Data)
}

func read(folder, name string, sizes ...int) (*nnlib.IDX, error) {
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return nnlib.ReadIDX(name, file, sizes...)
}
