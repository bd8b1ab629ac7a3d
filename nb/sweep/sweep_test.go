package sweep

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nnbook/internal/faults"
	"nnbook/mnist"
	"nnbook/nb/play"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

// A sweep of 8 tiny runs of 3 epochs, on digits as below.
const small = "-sizes 784,4,10 -sizes 784,3,5,10 -eta 0.5,3 -seed 1-2 -train 200 -epochs 3"

// digits are drawn: 250 to train on and to validate with, 100 to test with.
var digits = sync.OnceValues(func() (train, test *mnist.Set) { return mnist.Drawn(250, 1), mnist.Drawn(100, 2) })

func parseGrid(args string) (*Grid, []Run, error) {
	flags := flag.NewFlagSet("sweep", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	grid := NewGrid(flags)
	if err := flags.Parse(strings.Split(args, " ")); err != nil {
		return nil, nil, err
	}
	runs, err := grid.Runs()
	return grid, runs, err
}

// write does a shard of a sweep, or goes on with it, for a number of runs.
func write(ctx context.Context, name, args string, shard Shard, workers, runs int) error {
	grid, _, err := parseGrid(args)
	if err != nil {
		return err
	}
	train, test := digits()
	f, err := Open(name, grid, shard, train.Source())
	if err != nil {
		return err
	}
	for _, err := range f.Fill(ctx, workers, train, test) {
		if err != nil {
			return err
		}
		if runs--; runs == 0 {
			break
		}
	}
	return nil
}

// wholeFile returns the file of the small sweep, made without interruption.
var wholeFile = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "sweep")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "whole.csv")
	if err := write(context.Background(), name, small, Shard{1, 1}, 1, -1); err != nil {
		panic(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
})

func mustBe(t *testing.T, name, want, how string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Fatalf("%s: %v, the file is\n%s\nwant\n%s", how, err, got, want)
	}
}

func mustWrite(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestRowsAreWhatNnlibCounts(t *testing.T) {
	train, test := digits()
	net, err := nnlib.New([]int{784, 3, 5, 10}, nprand.New(2))
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for epoch := range net.SGD(t.Context(), train.Slice(0, 200), nnlib.Config{Epochs: 3, MiniBatchSize: 10, Eta: 0.5}) {
		fmt.Fprintf(&want, "784-3-5-10,normal,quadratic,0,0.5,10,2,0,200,3,%d,%d,%d\n", epoch, net.Evaluate(train.Slice(200, 250)), net.Evaluate(test))
	}
	lines := strings.SplitAfter(wholeFile(), "\n")
	if got := strings.Join(lines[2+5*3:2+6*3], ""); got != want.String() {
		t.Errorf("run 6 of the file is\n%s\nwant\n%s", got, &want)
	}
	const head = "# NNBOOK_DIGITS=drawn nnbook sweep -sizes 784,4,10 -sizes 784,3,5,10 -init normal -cost quadratic -lambda 0" +
		" -eta 0.5,3 -batch 10 -seed 1-2 -nudge 0 -train 200 -epochs 3\n" +
		"sizes,init,cost,lambda,eta,batch,seed,nudge,train,epochs,epoch,validation,test\n"
	if got := lines[0] + lines[1]; got != head || len(lines) != 2+8*3+1 {
		t.Errorf("%d lines, the first are\n%swant 26,\n%s", len(lines)-1, got, head)
	}
}

func TestMovedImagesChangeNothingElse(t *testing.T) {
	const args = "-sizes 784,4,10 -eta 0.5 -seed 1 -train 200 -epochs 3 -moves 0/0,3/15"
	name := filepath.Join(t.TempDir(), "moved.csv")
	if err := write(t.Context(), name, args, Shard{1, 1}, 2, 1); err != nil { // interrupted after one run
		t.Fatal(err)
	}
	if err := write(t.Context(), name, args, Shard{1, 1}, 1, -1); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if want := "sizes,init,cost,lambda,eta,batch,seed,nudge,train,epochs,moves,epoch,validation,moved"; lines[1] != want ||
		!strings.HasSuffix(lines[0], " -epochs 3 -moves 0/0,3/15") || !strings.HasPrefix(lines[2], "784-4-10,normal,quadratic,0,0.5,10,1,0,200,3,0/0,0,") {
		t.Errorf("the file begins\n%s\nwant columns\n%s", strings.Join(lines[:3], "\n"), want)
	}
	rows, err := Read(name)
	if err != nil {
		t.Fatal(err)
	}
	// Moved by 0 it is the training that it is without.
	run := rows[0].Run
	run.Moves = ""
	train, test := digits()
	plain, err := run.rows(t.Context(), train, test)
	if err != nil {
		t.Fatal(err)
	}
	exam := play.Moved(train.Slice(200, 250), examShift, examTurn, nprand.New(examSeed))
	other := false
	for epoch, row := range plain {
		if got := rows[epoch]; got.Validation != row.Validation || got.Test != 0 {
			t.Errorf("moved by 0, epoch %d counts %d, want %d and no test images", epoch, got.Validation, row.Validation)
		}
		other = other || rows[3+epoch].Validation != row.Validation || rows[3+epoch].Moved != rows[epoch].Moved
	}
	net, err := run.Network(nprand.New(1))
	if err != nil {
		t.Fatal(err)
	}
	for epoch := range net.SGD(t.Context(), train.Slice(0, 200), run.Config()) {
		if got, want := rows[epoch].Moved, net.Evaluate(exam); got != want {
			t.Errorf("epoch %d recognises %d moved images, want %d", epoch, got, want)
		}
	}
	if !other {
		t.Error("moved by 3 pixels and 15 degrees all counts are the same")
	}
}

func TestValidationIsZeroWhereAllImagesAreTrainedOn(t *testing.T) {
	_, runs, err := parseGrid("-sizes 784,4,10 -train 250 -epochs 1")
	if err != nil {
		t.Fatal(err)
	}
	train, test := digits()
	rows, err := runs[0].rows(t.Context(), train, test)
	if err != nil || len(rows) != 1 || rows[0].Validation != 0 || rows[0].Test == 0 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestFileIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	for _, workers := range []int{1, 2, 5, 50} {
		name := filepath.Join(t.TempDir(), "part.csv")
		if err := write(t.Context(), name, small, Shard{1, 1}, workers, -1); err != nil {
			t.Fatal(err)
		}
		mustBe(t, name, wholeFile(), fmt.Sprint(workers, " workers"))
	}
}

// Cut at each row, and within a row, and stopped after each run.
func TestSweepGoesOnFromWhereverItStopped(t *testing.T) {
	whole := wholeFile()
	name := filepath.Join(t.TempDir(), "part.csv")
	for end := range len(whole) + 1 {
		if end > 0 && whole[end-1] != '\n' && end%47 != 0 {
			continue
		}
		mustWrite(t, name, whole[:end])
		if err := write(t.Context(), name, small, Shard{1, 1}, 2, -1); err != nil {
			t.Fatalf("cut after %d bytes: %v", end, err)
		}
		mustBe(t, name, whole, fmt.Sprintf("cut after %d bytes", end))
	}
	for runs := 1; runs < 8; runs++ {
		os.Remove(name)
		for _, runs := range []int{runs, -1} {
			if err := write(t.Context(), name, small, Shard{1, 1}, 3, runs); err != nil {
				t.Fatal(err)
			}
		}
		mustBe(t, name, whole, fmt.Sprintf("stopped after %d runs", runs))
	}
}

// Every beginning of a file is one that a sweep can go on with; a whole run of
// it is kept, a part of one is not.
func TestEachBeginningKeepsItsWholeRuns(t *testing.T) {
	whole := wholeFile()
	grid, runs, err := parseGrid(small)
	if err != nil {
		t.Fatal(err)
	}
	head := grid.head("drawn digits")
	for end := range len(whole) + 1 {
		rows, size, err := parse(whole[:end], head, runs)
		lines := strings.Count(whole[:end], "\n")
		kept, keptLines := 0, 0
		if lines >= 2 {
			kept = (lines - 2) / 3 * 3
			keptLines = 2 + kept
		}
		if err != nil || len(rows) != kept || size > end || size > 0 && whole[size-1] != '\n' || strings.Count(whole[:size], "\n") != keptLines {
			t.Fatalf("%d bytes: %d rows and %d bytes kept, %v; want %d rows", end, len(rows), size, err, kept)
		}
	}
}

func TestShardsJoinToTheWhole(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8, 11} {
		var joined strings.Builder
		for i := 1; i <= n; i++ {
			name := filepath.Join(t.TempDir(), "part.csv")
			for _, runs := range []int{1, -1} { // stopped once
				if err := write(t.Context(), name, small, Shard{i, n}, 2, runs); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			joined.Write(text)
		}
		if joined.String() != wholeFile() {
			t.Errorf("%d shards join to\n%s\nwant\n%s", n, &joined, wholeFile())
		}
	}
}

func TestFileOfAnotherCommandIsAnErrorAndStaysAsItIs(t *testing.T) {
	whole := wholeFile()
	lines := strings.SplitAfter(whole, "\n")
	rows := strings.Join(lines[2:], "")
	first := lines[2]
	wrong := strings.TrimSuffix(first, "\n") + "1\n"
	for _, c := range []struct{ name, text, args, want string }{
		{"other seeds", whole, strings.Replace(small, "1-2", "2-3", 1), "line 1 is"},
		{"other epochs", whole, strings.Replace(small, "epochs 3", "epochs 4", 1), "line 1 is"},
		{"MNIST", strings.Replace(whole, drawn, "", 1), small, "line 1 is"},
		{"other columns", strings.Replace(whole, "eta,batch", "batch,eta", 1), small, "line 2 is"},
		{"not a sweep", "Dear diary", small, `line 1 is "Dear diary"`},
		{"more runs", whole + first, small, "line 27 is more than the 8 runs"},
		{"runs in disorder", strings.Replace(whole, ",1,0,200", ",2,0,200", 1), small, "line 3 is"},
		{"no counts", strings.Replace(whole, first, strings.Join(strings.SplitAfter(first, ",")[:12], "")+"\n", 1), small, "line 3 is"},
		{"counts with more", strings.Replace(whole, first, strings.Replace(first, "\n", ",5\n", 1), 1), small, "line 3 is"},
		{"other counts", strings.Replace(whole, first, wrong, 1), small, "other digits, or of another version"},
		{"Windows", strings.ReplaceAll(whole, "\n", "\r\n"), small, "has the line ends of Windows, CR LF"},
		{"a space at the end of a line", strings.Replace(whole, "\n", " \n", 1), small, " \", want \"# "},
		{"shard of other seeds", rows, "2 " + small, "line 1 is"},
		{"text for a shard", "hello", "2 " + small, `line 1 is "hello"`},
	} {
		name := filepath.Join(t.TempDir(), "part.csv")
		mustWrite(t, name, c.text)
		shard := Shard{1, 1}
		if args, ok := strings.CutPrefix(c.args, "2 "); ok {
			shard, c.args = Shard{2, 2}, args
		}
		err := write(t.Context(), name, c.args, shard, 1, -1)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "left as it is") {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
		mustBe(t, name, c.text, c.name)
	}
}

func TestTwoSweepsOfOneFileAreFound(t *testing.T) {
	name := filepath.Join(t.TempDir(), "part.csv")
	grid, _, err := parseGrid(small)
	if err != nil {
		t.Fatal(err)
	}
	train, test := digits()
	f, err := Open(name, grid, Shard{1, 1}, train.Source())
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range f.Fill(t.Context(), 1, train, test) {
		if f.Done == 2 {
			if err := os.WriteFile(name, []byte("another"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err == nil || !strings.Contains(err.Error(), "does another sweep write to it?") {
		t.Errorf("error %v", err)
	}
}

func TestCancelledSweepStopsAtOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "part.csv")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := write(ctx, name, "-sizes 784,100,10 -train 250 -epochs 1000000", Shard{1, 1}, 2, -1)
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
		t.Errorf("error %v after %v", err, took)
	}
}

// The environment that makes this test program a sweep, for the next test.
const envFile = "SWEEP_TEST_FILE"

func TestMain(m *testing.M) {
	if name := os.Getenv(envFile); name != "" {
		if err := write(context.Background(), name, small, Shard{1, 1}, 2, -1); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestKilledProcessLeavesAFileToGoOnWith(t *testing.T) {
	whole := wholeFile()
	name := filepath.Join(t.TempDir(), "part.csv")
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), envFile+"="+name)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	begin := time.Now()
	if err := start().Wait(); err != nil {
		t.Fatal(err)
	}
	takes := time.Since(begin)
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	mustWrite(t, name, "")
	times := faults.Times(10, 100)
	for killed := 0; killed < times; {
		cmd := start()
		time.Sleep(time.Duration(rng.Int64N(2 * int64(takes))))
		cmd.Process.Kill()
		cmd.Wait()
		done := cmd.ProcessState.Success()
		if !done {
			killed++
		}
		if text, err := os.ReadFile(name); err != nil || !strings.HasPrefix(whole, string(text)) {
			t.Fatalf("seed %d: killed, %v, the file is\n%s", seed, err, text)
		}
		if done || rng.IntN(3) == 0 { // back to an early state, to be killed in again
			mustWrite(t, name, whole[:rng.IntN(len(whole))])
		}
	}
	if err := start().Wait(); err != nil {
		t.Fatal(err)
	}
	mustBe(t, name, whole, fmt.Sprintf("killed %d times, seed %d", times, seed))
}

func check(t *testing.T, name string, sample int, seed uint64) (runs []Run, err error) {
	t.Helper()
	train, test := digits()
	for run, failed := range Check(t.Context(), name, sample, seed, 2, train, test) {
		if err = failed; err == nil {
			runs = append(runs, run)
		}
	}
	return runs, err
}

func TestCheckFindsAChangedDigit(t *testing.T) {
	whole := wholeFile()
	name := filepath.Join(t.TempDir(), "whole.csv")
	mustWrite(t, name, whole)
	if runs, err := check(t, name, 100, 5); err != nil || len(runs) != 8 {
		t.Errorf("%d of 8 runs are the same, %v", len(runs), err)
	}
	lines := strings.SplitAfter(whole, "\n")
	for i := 2; i < len(lines)-1; i++ {
		changed := slices.Clone(lines)
		end := len(lines[i]) - 2 // the last digit of the test count, or of the validation count
		if i%2 == 0 {
			end = strings.LastIndex(lines[i], ",") - 1
		}
		changed[i] = lines[i][:end] + string('0'+(lines[i][end]-'0'+1)%10) + lines[i][end+1:]
		mustWrite(t, name, strings.Join(changed, ""))
		want := fmt.Sprintf("line %d is %s, recomputed %s", i+1, strings.TrimSpace(changed[i]), strings.TrimSpace(lines[i]))
		if runs, err := check(t, name, 8, 5); err == nil || !strings.HasSuffix(err.Error(), want) || len(runs) != (i-2)/3 {
			t.Errorf("after %d runs error %v, want %s", len(runs), err, want)
		}
	}
}

func TestCheckChoosesBySeed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "whole.csv")
	mustWrite(t, name, wholeFile())
	choices := make(map[string]bool)
	for seed := range uint64(5) {
		one, err := check(t, name, 2, seed)
		two, errTwo := check(t, name, 2, seed)
		if err != nil || errTwo != nil || len(one) != 2 || fmt.Sprint(one) != fmt.Sprint(two) || fmt.Sprint(one[0]) == fmt.Sprint(one[1]) {
			t.Errorf("seed %d chooses %v, then %v; %v, %v", seed, one, two, err, errTwo)
		}
		choices[fmt.Sprint(one)] = true
	}
	if len(choices) == 1 {
		t.Error("five seeds make the same choice")
	}
}

func TestUnfitFilesAreNotReadNorChecked(t *testing.T) {
	whole := wholeFile()
	lines := strings.SplitAfter(whole, "\n")
	name := filepath.Join(t.TempDir(), "whole.csv")
	for want, text := range map[string]string{
		"line 1 is \"\"":        "",
		"shards are to be":      strings.Join(lines[2:], ""),
		"21 rows of whole runs": strings.Join(lines[:2+7*3], ""),
		"8 runs":                whole + lines[2],
		"line 3 is":             strings.Replace(whole, "784-4-10", "784-5-10", 1),
		"line 1: -eta 0":        strings.Replace(whole, "-eta 0.5", "-eta 0", 1),
		"line 1: flag provided": strings.Replace(whole, "-eta 0.5", "-rate 0.5", 1),
		"0 rows of whole":       lines[0],
		"is in UTF-16":          "\xff\xfe#\x00 \x00",
		"24 rows of whole":      strings.Replace(whole, "784,3,5,10 ", "784,3,5,10 -sizes 784,2,10 ", 1),
	} {
		mustWrite(t, name, text)
		if _, err := Read(name); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "sweep: "+name) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if _, err := check(t, name, 1, 0); err == nil {
			t.Errorf("checked a file that is to be: %s", want)
		}
	}
	mustWrite(t, name, strings.Replace(whole, drawn, "", 1))
	if _, err := check(t, name, 1, 0); err == nil || !strings.Contains(err.Error(), "is of MNIST, here the digits are drawn digits") {
		t.Errorf("MNIST checked on drawn digits: %v", err)
	}
}

func TestLineEndsOfWindowsAreReadToo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "whole.csv")
	mustWrite(t, name, "\ufeff"+strings.ReplaceAll(wholeFile(), "\n", "\r\n"))
	if rows, err := Read(name); err != nil || len(rows) != 24 {
		t.Errorf("%d rows, %v, want 24", len(rows), err)
	}
	if runs, err := check(t, name, 8, 5); err != nil || len(runs) != 8 {
		t.Errorf("%d of 8 runs are the same, %v", len(runs), err)
	}
}

func TestReadReturnsTheRowsWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "whole.csv")
	mustWrite(t, name, wholeFile())
	rows, err := Read(name)
	if err != nil || len(rows) != 24 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	lines := strings.Split(wholeFile(), "\n")[2:]
	for i, row := range rows {
		if row.String() != lines[i] {
			t.Errorf("row %d is %s, want %s", i, row, lines[i])
		}
	}
	groups := GroupBy(rows, func(r Row) string { return fmt.Sprint(r.Eta) })
	if len(groups) != 2 || groups[0].Key != "0.5" || groups[1].Key != "3" || len(groups[1].Rows) != 12 {
		t.Fatalf("groups %v", groups)
	}
	curves := Curves(groups[1].Rows, func(r Row) float64 { return float64(r.Test) })
	if len(curves) != 4 || len(curves[3]) != 3 || curves[3][2] != float64(rows[23].Test) || curves[0][0] != float64(rows[6].Test) {
		t.Errorf("curves %v", curves)
	}
}

func TestGridIsEachCombinationInOrder(t *testing.T) {
	const args = "-sizes 784,4,10 -sizes 784,10 -init normal,scaled -cost quadratic,cross-entropy -lambda 0,0.1" +
		" -eta 0.001,3 -batch 1,10 -seed 0-2,7 -nudge 0,5 -train 1000 -epochs 2"
	grid, runs, err := parseGrid(args)
	if err != nil || len(runs) != 2*2*2*2*2*2*4*2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if want := "nnbook sweep " + args; grid.command() != want {
		t.Errorf("command %s, want %s", grid.command(), want)
	}
	for i, want := range map[int]string{
		0:             "-sizes 784,4,10 -init normal -cost quadratic -lambda 0 -eta 0.001 -batch 1 -seed 0 -nudge 0 -train 1000 -epochs 2",
		1:             "-sizes 784,4,10 -init normal -cost quadratic -lambda 0 -eta 0.001 -batch 1 -seed 0 -nudge 5 -train 1000 -epochs 2",
		6:             "-sizes 784,4,10 -init normal -cost quadratic -lambda 0 -eta 0.001 -batch 1 -seed 7 -nudge 0 -train 1000 -epochs 2",
		8:             "-sizes 784,4,10 -init normal -cost quadratic -lambda 0 -eta 0.001 -batch 10 -seed 0 -nudge 0 -train 1000 -epochs 2",
		len(runs) - 1: "-sizes 784,10 -init scaled -cost cross-entropy -lambda 0.1 -eta 3 -batch 10 -seed 7 -nudge 5 -train 1000 -epochs 2",
	} {
		if got := runs[i].Flags(); got != want {
			t.Errorf("run %d: %s, want %s", i, got, want)
		}
	}
	for i, r := range runs { // what Flags says asks for this run
		_, one, err := parseGrid(r.Flags())
		if err != nil || len(one) != 1 || one[0].key(0) != r.key(0) {
			t.Fatalf("run %d: %s is %v, %v", i, r.Flags(), one, err)
		}
	}
}

func TestBadGridsAreErrorsThatNameTheFlag(t *testing.T) {
	for args, want := range map[string]string{
		"-sizes ":                          `-sizes "": "" is not a whole number`,
		"-sizes 784,4,11":                  "-sizes begins with 784 and ends with 11, want 784 pixels and 10 digits",
		"-sizes 784,0,10":                  "sizes [784 0 10]: 0 neurons in layer 2",
		"-sizes 784,4,10 -sizes 784,04,10": "-sizes: [784 4 10] is there twice",
		"-init xavier":                     `-init "xavier", want normal or scaled`,
		"-init normal,":                    `-init "", want normal or scaled`,
		"-cost linear":                     `-cost "linear", want quadratic or cross-entropy`,
		"-lambda -1":                       "-lambda -1, want a finite number ≥ 0",
		"-lambda NaN":                      "-lambda NaN, want a finite number ≥ 0",
		"-lambda 30000 -eta 3":             "-lambda 30000, want at most n/η, here 60000/3",
		"-eta ":                            `-eta "": "", want numbers such as 0.1,1,3`,
		"-eta 0.1,,3":                      `-eta "0.1,,3": "", want numbers such as 0.1,1,3`,
		"-eta 0.1-3":                       `-eta "0.1-3": "0.1-3", want numbers`,
		"-eta 1e999":                       `"1e999", want numbers`,
		"-eta 0":                           "-eta 0, want a finite number above 0",
		"-eta Inf":                         "-eta +Inf, want a finite number above 0",
		"-eta 3,0.1,3.0":                   "-eta: 3 is there twice",
		"-batch 0":                         "-batch 0, want at least 1",
		"-seed 0-9,5":                      "-seed: 5 is there twice",
		"-seed 9-0":                        `-seed "9-0": the range 9-0 ends before it begins`,
		"-seed 1-2-3":                      `-seed "1-2-3": "1-2-3", want whole numbers from 0 and ranges such as 0-9,20`,
		"-seed 1-":                         `"1-", want whole numbers from 0`,
		"-seed -1":                         `"-1", want whole numbers from 0`,
		"-seed 0.5":                        `"0.5", want whole numbers from 0`,
		"-seed 0-9223372036854775807":      "more than 100000 values",
		"-train 50000 -moves 3":            `-moves "3", want pixels/degrees such as 3/15, up to 28/180`,
		"-train 50000 -moves 3/181":        `-moves "3/181", want pixels/degrees such as 3/15, up to 28/180`,
		"-moves 3/15":                      "-moves counts validation images, and -train 60000 leaves none",
		"-train 50000 -moves 3/15,3/15":    "-moves: 3/15 is there twice",
		"-nudge 0-99999 -seed 0-1":         "-nudge: 100000 values for 2 runs, want at most 100000 runs in all",
		"-train 0":                         "-train 0, want 1 to 60000",
		"-train 60001":                     "-train 60001, want 1 to 60000, the number of training images",
		"-epochs 0":                        "-epochs 0, want at least 1",
	} {
		if _, _, err := parseGrid(args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %s", args, err, want)
		}
	}
	for _, text := range []string{"", "1", "0/2", "3/2", "1/0", "1/2/3", "a/b", "-1/2", "1/100001"} {
		if shard, err := ParseShard(text); err == nil || !strings.Contains(err.Error(), "-shard") {
			t.Errorf("shard %q is %v, %v", text, shard, err)
		}
	}
	if shard, err := ParseShard("2/16"); err != nil || shard != (Shard{2, 16}) {
		t.Errorf("shard 2/16 is %v, %v", shard, err)
	}
}

func TestNudgeMovesOneWeightByItsLastBit(t *testing.T) {
	run := Run{Sizes: []int{784, 4, 10}, Init: "normal", Cost: "quadratic"}
	plain, err := run.Network(nprand.New(3))
	if err != nil {
		t.Fatal(err)
	}
	const weights = 10 * 4
	moved := make(map[int]bool)
	for _, nudge := range []int{1, 2, 3, 30, weights, weights + 1, math.MaxInt} {
		run.Nudge = nudge
		net, err := run.Network(nprand.New(3))
		if err != nil {
			t.Fatal(err)
		}
		want := (nudge - 1) % weights
		for i, w := range net.Weights[1].RawMatrix().Data {
			before := plain.Weights[1].RawMatrix().Data[i]
			if i == want {
				before = math.Nextafter(before, math.Inf(1))
			}
			if w != before {
				t.Errorf("nudge %d: weight %d is %v, want %v", nudge, i, w, before)
			}
		}
		moved[want] = true
	}
	if len(moved) != 6 { // weights + 1 is 1 again
		t.Errorf("weights %v were moved, want 6 of them", moved)
	}
}

func TestNetworkIsInitialisedAsTheRunSays(t *testing.T) {
	run := Run{Sizes: []int{784, 4, 10}, Init: "scaled", Cost: "cross-entropy", Lambda: 0.5, Eta: 2, Batch: 7, Epochs: 9}
	net, err := run.Network(nprand.New(3))
	if err != nil {
		t.Fatal(err)
	}
	want, err := nnlib.NewScaled(run.Sizes, nprand.New(3))
	if err != nil {
		t.Fatal(err)
	}
	if net.Cost != nnlib.CrossEntropy || !slices.Equal(net.Weights[0].RawMatrix().Data, want.Weights[0].RawMatrix().Data) {
		t.Errorf("cost %v, weights %v …", net.Cost, net.Weights[0].At(0, 0))
	}
	if cfg := run.Config(); cfg != (nnlib.Config{Epochs: 9, MiniBatchSize: 7, Eta: 2, Lambda: 0.5}) {
		t.Errorf("config %v", cfg)
	}
}
