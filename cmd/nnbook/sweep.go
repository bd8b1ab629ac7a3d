package main

// This file is nnbook sweep.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"

	"nnbook/mnist"
	"nnbook/nb/sweep"
)

const sweepHelp = `
A list has commas between its values; whole numbers may be ranges: 0-9,20. Each
combination of the values is a run. The file has a row per epoch, run by run.
However it was interrupted, the same command goes on where it stopped.

  nnbook sweep -sizes 784,15,10 -sizes 784,30,10 -eta 0.1,1,3 -seed 0-9 -o rates.csv

On more than one machine each does a part of the runs (-shard): docs/sweeps.md, and
tools/sweeps for Slurm and Kubernetes, say how.
`

// runSweep trains a grid of networks, or checks the file of such a sweep.
func runSweep(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := newFlags("sweep")
	grid := sweep.NewGrid(flags)
	name := flags.String("o", "", "`file` to write (.csv), or to go on with")
	part := flags.String("shard", "1/1", "do part `i/n` of the runs; the files of all parts, joined, are the file of the whole")
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "train `n` networks at once")
	check := flags.String("check", "", "recompute a few runs of this `file` and compare them")
	sample := flags.Int("sample", 3, "with -check: recompute `n` runs, chosen at random by -seed, or by a new seed")
	err := parse(flags, args, stdout)
	if err == errHelp {
		fmt.Fprint(stdout, sweepHelp)
	}
	if err != nil {
		return err
	}
	switch {
	case *workers < 1:
		return usageError{fmt.Errorf("-workers %d, want at least 1", *workers)}
	case *sample < 1:
		return usageError{fmt.Errorf("-sample %d, want at least 1", *sample)}
	case *check != "":
		return checkSweep(ctx, *check, *sample, *workers, flags, stdout)
	case *name == "":
		return usageError{errors.New("-o is missing, want a file to write")}
	}
	shard, err := sweep.ParseShard(*part)
	if err == nil {
		_, err = grid.Runs()
	}
	if err != nil {
		return usageError{err}
	}
	train, test, err := mnist.Load(ctx)
	if err != nil {
		return err
	}
	file, err := sweep.Open(*name, grid, shard, train.Source())
	if err != nil {
		return err
	}
	err = fill(ctx, file, *workers, train, test, stderr)
	fmt.Fprintf(stderr, "%d of %d runs are in %s\n", file.Done, len(file.Runs), *name)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(stderr, "The same command goes on from there.")
	}
	return err
}

// fill does the runs, with a line for each or, on a terminal, a progress bar.
func fill(ctx context.Context, file *sweep.File, workers int, train, test *mnist.Set, stderr io.Writer) error {
	bar := newProgress(stderr, "runs", len(file.Runs)-file.Done)
	defer bar.Exit()
	for last, err := range file.Fill(ctx, workers, train, test) {
		if err != nil {
			return err
		}
		if !isTerminal(stderr) {
			fmt.Fprintf(stderr, "%d of %d: %s: %d / %d\n", file.Done, len(file.Runs), last.Flags(), last.Last(), test.Len())
		}
		bar.Add(1)
	}
	return nil
}

// checkSweep recomputes a few runs and prints which.
func checkSweep(ctx context.Context, name string, sample, workers int, flags *flag.FlagSet, stdout io.Writer) error {
	var err error
	seed := uint64(rand.Uint32())
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "seed" {
			if seed, err = strconv.ParseUint(f.Value.String(), 10, 64); err != nil {
				err = fmt.Errorf("-seed %q, want a whole number from 0 with -check", f.Value)
			}
		} else if !slices.Contains([]string{"check", "sample", "workers"}, f.Name) {
			err = fmt.Errorf("-%s with -check, want only -sample, -seed and -workers: the runs are in the file", f.Name)
		}
	})
	if err != nil {
		return usageError{err}
	}
	train, test, err := mnist.Load(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "nnbook sweep -check %s -sample %d -seed %d\n", name, sample, seed)
	for run, err := range sweep.Check(ctx, name, sample, seed, workers, train, test) {
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "the same: %s\n", run.Flags())
	}
	return nil
}
