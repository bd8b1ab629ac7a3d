package sweep

// This file tests a stored sweep: does this program, here, compute the same?

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"nnbook/mnist"
	"nnbook/nnlib/nprand"
)

// Check recomputes a sample of a file's runs, chosen at random by seed, and
// compares every row. It is a loop over the runs that are right. An error comes
// with the last pass: it names the first row that differs, or says that the file
// is of other digits, or not whole.
func Check(ctx context.Context, file string, sample int, seed uint64, workers int, train, test *mnist.Set) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) {
		t, err := read(file)
		if err == nil && (t.digits == "MNIST") != (train.Source() == "MNIST") {
			err = fmt.Errorf("sweep: %s is of %s, here the digits are %s (NNBOOK_DIGITS chooses)", file, t.digits, train.Source())
		}
		if err != nil {
			yield(Run{}, err)
			return
		}
		chosen := choose(len(t.runs), sample, seed)
		runs := make([]Run, len(chosen))
		for i, run := range chosen {
			runs[i] = t.runs[run]
		}
		i := 0
		for rows, err := range trainAll(ctx, runs, workers, train, test) {
			if err == nil {
				err = t.compare(chosen[i], rows)
			}
			if err != nil {
				yield(Run{}, fmt.Errorf("sweep: %s: %w", file, err))
				return
			}
			if !yield(runs[i], nil) {
				return
			}
			i++
		}
	}
}

// compare compares the rows of a run, by its number, with those stored.
func (t *table) compare(run int, rows []Row) error {
	from := run * len(rows) // all runs have as many epochs
	for i, row := range rows {
		if stored := t.rows[from+i].String(); stored != row.String() {
			const headLines = 2
			return fmt.Errorf("line %d is %s, recomputed %s", headLines+from+i+1, stored, row)
		}
	}
	return nil
}

// choose returns up to k of the numbers 0 … n-1, ascending.
func choose(n, k int, seed uint64) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	nprand.New(seed).Shuffle(n, func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	numbers = numbers[:min(k, n)]
	slices.Sort(numbers)
	return numbers
}
