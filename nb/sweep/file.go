package sweep

// This file reads and writes the files of sweeps. They grow by whole runs, a
// write for each, so that whatever ends the program leaves a file that the
// same command can go on with: it cuts back what is not a whole run.

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"nnbook/mnist"
)

// The first line is a command for the shell, but for the mark of a comment.
const (
	comment = "# "
	drawn   = "NNBOOK_DIGITS=drawn " // where the digits are drawn and not MNIST
)

// head returns the first two lines of the file of a sweep over these digits.
func (g *Grid) head(digits string) string {
	first := comment
	if digits != "MNIST" {
		first += drawn
	}
	names := strings.Join(columns, ",")
	if g.moves == "" {
		return first + g.command() + "\n" + names + ",epoch,validation,test\n"
	}
	return first + g.command() + "\n" + names + "," + moves + ",epoch,validation,moved\n"
}

// key is how the row of an epoch begins. Two counts follow.
func (r Run) key(epoch int) string {
	return strings.Join(r.fields(), ",") + "," + strconv.Itoa(epoch) + ","
}

// String returns the row as it stands in the file.
func (r Row) String() string {
	return fmt.Sprintf("%s%d,%d", r.key(r.Epoch), r.Validation, r.Last())
}

// Last returns the count that stands last in a row: Moved where that is counted, else Test.
func (r Row) Last() int { return *r.last() }

func (r *Row) last() *int {
	if r.Moves != "" {
		return &r.Moved
	}
	return &r.Test
}

// parse reads what a sweep has written that begins with head and goes through
// these runs. It returns the rows of the runs that are all there, and the
// length of head and these rows: the rest of text, if any, is the beginning of
// what comes next. Anything else is an error.
func parse(text, head string, runs []Run) (rows []Row, size int, err error) {
	rest, ok := strings.CutPrefix(text, head)
	if !ok {
		if strings.HasPrefix(head, text) {
			return nil, 0, nil
		}
		return nil, 0, differs(text, head)
	}
	line := strings.Count(head, "\n")
	size = len(head)
	for _, r := range runs {
		whole := len(rows)
		for epoch := range r.Epochs {
			line++
			text, more, ended := strings.Cut(rest, "\n")
			counts, ok := strings.CutPrefix(text, r.key(epoch))
			if !ended && (ok || strings.HasPrefix(r.key(epoch), text)) {
				return rows[:whole], size, nil
			}
			row := Row{Run: r, Epoch: epoch}
			_, err := fmt.Sscanf(counts, "%d,%d", &row.Validation, row.last())
			if !ok || err != nil || row.String() != text {
				return nil, 0, fmt.Errorf("line %d is %.200q, want %s and two counts", line, text, r.key(epoch))
			}
			rows, rest = append(rows, row), more
		}
		size = len(text) - len(rest)
	}
	if rest != "" {
		return nil, 0, fmt.Errorf("line %d is more than the %d runs of the command", line+1, len(runs))
	}
	return rows, size, nil
}

// differs says where text leaves the lines that it is to begin with.
func differs(text, head string) error {
	got, want := strings.SplitAfter(text, "\n"), strings.SplitAfter(head, "\n")
	line := 0
	for got[line] == want[line] {
		line++
	}
	return fmt.Errorf("line %d is %.500q, want %q", line+1, strings.TrimSuffix(got[line], "\n"), strings.TrimSuffix(want[line], "\n"))
}

// table is a file as read: a whole sweep.
type table struct {
	digits string // "MNIST", or not
	runs   []Run
	rows   []Row
}

// Read returns all rows of the file of a sweep. It must be whole: an
// unfinished file, or one of several shards, is an error.
func Read(file string) ([]Row, error) {
	t, err := read(file)
	if err != nil {
		return nil, err
	}
	return t.rows, nil
}

func read(file string) (*table, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	if bytes.HasPrefix(content, []byte("\xff\xfe")) {
		return nil, fmt.Errorf("sweep: %s is in UTF-16, as PowerShell's > writes it, want UTF-8 (| Set-Content -Encoding ascii)", file)
	}
	// Git and editors may give a file the line ends of Windows, and a mark in front.
	text := strings.ReplaceAll(strings.TrimPrefix(string(content), "\ufeff"), "\r\n", "\n")
	t := &table{digits: "MNIST"}
	first, _, _ := strings.Cut(text, "\n")
	command, ok := strings.CutPrefix(first, comment)
	if bare, isDrawn := strings.CutPrefix(command, drawn); isDrawn {
		command, t.digits = bare, "drawn digits"
	}
	args := strings.Fields(command)
	if !ok || len(args) < 2 || args[0] != "nnbook" || args[1] != "sweep" {
		return nil, fmt.Errorf("sweep: %s: line 1 is %.80q, want the command of a sweep (shards are to be joined, the first in front)", file, first)
	}
	flags := flag.NewFlagSet("sweep", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	grid := NewGrid(flags)
	if err = flags.Parse(args[2:]); err == nil {
		t.runs, err = grid.Runs()
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: line 1: %w", file, err)
	}
	size := 0
	if t.rows, size, err = parse(text, grid.head(t.digits), t.runs); err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", file, err)
	}
	if want := len(t.runs) * grid.epochs; len(t.rows) < want || size < len(text) {
		return nil, fmt.Errorf("sweep: %s: %d rows of whole runs, want %d: the command in its first line goes on from there", file, len(t.rows), want)
	}
	return t, nil
}

// File is the file of a sweep, or of a shard of it, in the making.
type File struct {
	Runs []Run // all that it is to hold
	Done int   // how many of them it holds

	name  string
	head  string // its first lines; only the first shard has any
	size  int64  // of these and the runs that are done; the rest is to be cut off
	found int64  // size of the file that Open has seen, with the rest
	first Row    // its first row, if Done > 0
}

// Open looks at a file that is to hold a shard of the grid, for digits of this
// source (see mnist.Set.Source), and finds out which runs are done. There need
// not be such a file; one that is not of this sweep is an error. Open changes
// nothing.
func Open(name string, grid *Grid, shard Shard, digits string) (*File, error) {
	runs, err := grid.Runs()
	if err != nil {
		return nil, err
	}
	f := &File{Runs: shard.of(runs), name: name}
	if shard.I == 1 {
		f.head = grid.head(digits)
	}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if bytes.Contains(text, []byte("\r\n")) {
		return nil, fmt.Errorf("%s has the line ends of Windows, CR LF, and is left as it is: want LF alone", name)
	}
	rows, size, err := parse(string(text), f.head, f.Runs)
	if err != nil {
		return nil, fmt.Errorf("%s is of another command or other digits, and left as it is: %w", name, err)
	}
	f.size, f.found = int64(size), int64(len(text))
	if len(rows) > 0 {
		f.Done, f.first = len(rows)/rows[0].Epochs, rows[0]
	}
	return f, nil
}

// Fill trains the runs that are not done, one for each of the workers at a time,
// and appends each to the file in its turn. It is a loop over the last row of
// each run, once that is in the file. An error comes with the last pass; where
// ctx is cancelled, it comes at once and wraps that of ctx.
func (f *File) Fill(ctx context.Context, workers int, train, test *mnist.Set) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		err := f.fill(ctx, workers, train, test, func(last Row) bool { return yield(last, nil) })
		if err != nil {
			yield(Row{}, err)
		}
	}
}

func (f *File) fill(ctx context.Context, workers int, train, test *mnist.Set, yield func(Row) bool) error {
	out, err := os.OpenFile(f.name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer out.Close()
	// One process at a time, as far as the file system knows locks: else one
	// cuts off what another has written.
	lock := flock.New(f.name)
	defer lock.Unlock()
	if locked, err := lock.TryLock(); err == nil && !locked {
		return fmt.Errorf("%s is locked: does another sweep write to it?", f.name)
	}
	if err := f.mustHave(out, f.found); err != nil {
		return err
	}
	if err := f.checkFirst(ctx, train, test); err != nil {
		return err
	}
	if err := out.Truncate(f.size); err != nil {
		return err
	}
	if f.size == 0 {
		if err := f.write(out, f.head); err != nil {
			return err
		}
	}
	for rows, err := range trainAll(ctx, f.Runs[f.Done:], workers, train, test) {
		if err != nil {
			return err
		}
		var text strings.Builder
		for _, row := range rows {
			text.WriteString(row.String() + "\n")
		}
		if err := f.write(out, text.String()); err != nil {
			return err
		}
		f.Done++
		if !yield(rows[len(rows)-1]) {
			return nil
		}
	}
	return out.Close()
}

// checkFirst computes the first row of a file to go on with, since only the
// first shard's first line tells the digits.
func (f *File) checkFirst(ctx context.Context, train, test *mnist.Set) error {
	if f.Done == 0 {
		return nil
	}
	run := f.Runs[0]
	run.Epochs = 1
	for rows, err := range trainAll(ctx, []Run{run}, 1, train, test) {
		if err != nil {
			return err
		}
		if got := rows[0]; got.Validation != f.first.Validation || got.Last() != f.first.Last() {
			return fmt.Errorf("%s is of other digits, or of another version of this program, and left as it is: its first row is %s; here the counts are %d,%d",
				f.name, f.first, got.Validation, got.Last())
		}
	}
	return nil
}

// write appends text, at once.
func (f *File) write(out *os.File, text string) error {
	if err := f.mustHave(out, f.size); err != nil {
		return err
	}
	n, err := io.WriteString(out, text)
	f.size += int64(n)
	return err
}

// mustHave says that another has written to the file if that is not of this size.
func (f *File) mustHave(out *os.File, size int64) error {
	info, err := out.Stat()
	if err == nil && info.Size() != size {
		err = fmt.Errorf("%s has %d bytes, want the %d that were there: does another sweep write to it?", f.name, info.Size(), size)
	}
	return err
}
