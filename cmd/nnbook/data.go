package main

// This file is nnbook data.

import (
	"context"
	"fmt"
	"io"

	"nnbook/mnist"
)

// data makes sure that the data are there and whole, and says where. It writes
// them, or some of them, for programs that read the files themselves.
func data(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := newFlags("data")
	folder := flags.String("o", "", "write the data into this `folder`: the four files as published, packed")
	images := flags.Int("train", 60000, "with -o: only the first `N` training images")
	tests := flags.Int("test", 10000, "with -o: only the first `N` test images")
	if err := parse(flags, args, stdout); err != nil {
		return err
	}
	if *images < 1 || *images > 60000 || *tests < 1 || *tests > 10000 {
		return usageError{fmt.Errorf("-train %d -test %d, want 1 to 60000 and 1 to 10000", *images, *tests)}
	}
	train, test, err := mnist.Load(ctx)
	if err != nil {
		return err
	}
	if *folder != "" {
		if err := mnist.Write(*folder, train.Slice(0, *images), test.Slice(0, *tests)); err != nil {
			return err
		}
	}
	return describe(stdout, train, test)
}

// describe prints a line about the data: what, how many, where.
func describe(stdout io.Writer, train, test *mnist.Set) error {
	where := "made by this program"
	if train.Source() == "MNIST" {
		dir, err := mnist.Dir()
		if err != nil {
			return err
		}
		where = "in " + dir
	}
	_, err := fmt.Fprintf(stdout, "%s, %d images to train on and %d to test with, %s\n", train.Source(), train.Len(), test.Len(), where)
	return err
}
