package main

// This file is nnbook data.

import (
	"context"
	"fmt"
	"io"

	"nnbook/mnist"
)

// data makes sure that the data are there and whole, and says where.
func data(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if err := parse(newFlags("data"), args, stdout); err != nil {
		return err
	}
	train, test, err := mnist.Load(ctx)
	if err != nil {
		return err
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
