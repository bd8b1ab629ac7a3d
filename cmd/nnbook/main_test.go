package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nnbook/nnlib"
)

// call runs the program on drawn digits and returns what it printed.
func call(t *testing.T, ctx context.Context, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("NNBOOK_DIGITS", "drawn")
	var out, messages bytes.Buffer
	code = run(ctx, args, &out, &messages)
	return code, out.String(), messages.String()
}

func TestBadCallsExit2WithOneClearLine(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"trane", `nnbook: command "trane", want train, sweep, data or doctor`},
		{"train -nope", "flag provided but not defined: -nope"},
		{"train now", `argument "now", want flags only`},
		{"train -sizes 784,x,10", `-sizes "784,x,10": "x" is not a whole number`},
		{"train -sizes 784", "sizes [784] are too few layers, want at least 2"},
		{"train -sizes 784,0,10", "sizes [784 0 10]: 0 neurons in layer 2"},
		{"train -sizes 780,15,10", "-sizes begins with 780 and ends with 10, want 784 pixels and 10 digits"},
		{"train -sizes 784,999999999,10", "sizes [784 999999999 10]: 999999999 neurons in layer 2"},
		{"train -eta 0", "-eta 0, want a finite number above 0"},
		{"train -eta NaN", "-eta NaN, want"},
		{"train -eta Inf", "-eta +Inf, want"},
		{"train -eta fast", `invalid value "fast" for flag -eta`},
		{"train -epochs 0", "-epochs 0, want at least 1"},
		{"train -batch 0", "-batch 0, want at least 1"},
		{"train -train 0", "-train 0, want 1 to 60000"},
		{"train -train 60001", "-train 60001, want 1 to 60000, the number of training images"},
		{"train -seed -1", "nprand: seed -1, want 0 or more"},
		{"train -seed 1.5", `-seed "1.5", want a whole number from 0`},
		{"train -init xavier", `-init "xavier", want normal or scaled`},
		{"train -cost linear", `-cost "linear", want quadratic or cross-entropy`},
		{"train -lambda -1", "-lambda -1, want a finite number ≥ 0"},
		{"sweep", "-o is missing, want a file to write"},
		{"sweep -o x -seed 9-0", "the range 9-0 ends before it begins"},
		{"sweep -o x -shard 3/2", `-shard "3/2", want i/n`},
		{"sweep -o x -workers 0", "-workers 0, want at least 1"},
		{"sweep -check x -eta 3", "-eta with -check, want only -sample, -seed and -workers"},
		{"sweep -check x -seed 0-9", `-seed "0-9", want a whole number from 0 with -check`},
		{"sweep -check x -sample 0", "-sample 0, want at least 1"},
		{"data here", `argument "here"`},
	} {
		code, stdout, stderr := call(t, t.Context(), strings.Fields(c.args)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("nnbook %s: exit %d, stdout %q, stderr %q; want exit 2 and one line with %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

func TestHelpGoesToStdout(t *testing.T) {
	for _, args := range []string{"-h", "help", "train -h", "help sweep", "data --help", "doctor -help"} {
		if code, stdout, stderr := call(t, t.Context(), strings.Fields(args)...); code != 0 || stdout == "" || stderr != "" {
			t.Errorf("nnbook %s: exit %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
}

func TestTrainPrintsItsLinesAndSaves(t *testing.T) {
	file := filepath.Join(t.TempDir(), "net.npz")
	code, stdout, stderr := call(t, t.Context(), "train", "-epochs", "2", "-train", "2000", "-test=false", "-save", file)
	if code != 0 || stdout != "Epoch 0 complete\nEpoch 1 complete\n" || stderr != "" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if net, err := nnlib.Load(file); err != nil || len(net.Sizes) != 3 || net.Sizes[1] != 15 {
		t.Errorf("saved network: %v, %v", net, err)
	}
}

// On drawn digits too, fifteen hidden neurons learn more than nine in ten.
func TestTrainLearnsDrawnDigits(t *testing.T) {
	code, stdout, stderr := call(t, t.Context(), "train", "-epochs", "3", "-seed", "340282366920938463463374607431768211456")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	last := strings.Fields(lines[len(lines)-1]) // Epoch 2 : 9123 / 10000
	if code != 0 || len(lines) != 3 || len(last) != 6 || last[1] != "2" || last[5] != "10000" || len(last[3]) != 4 || last[3] < "9000" {
		t.Errorf("exit %d, stdout %q, stderr %q; want more than 9000 in the third line", code, stdout, stderr)
	}
}

// cancelOn cancels a context at the first line that is written.
type cancelOn struct{ cancel context.CancelFunc }

func (c cancelOn) Write(p []byte) (int, error) {
	c.cancel()
	return len(p), nil
}

func TestInterruptedTrainingSavesAndExits130(t *testing.T) {
	t.Setenv("NNBOOK_DIGITS", "drawn")
	file := filepath.Join(t.TempDir(), "net.npz")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr bytes.Buffer
	code := run(ctx, []string{"train", "-train", "2000", "-epochs", "1000000", "-test=false", "-save", file}, cancelOn{cancel}, &stderr)
	if code != exitInterrupted || stderr.String() != "nnbook train: interrupted\n" {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
	if _, err := nnlib.Load(file); err != nil {
		t.Error(err)
	}
}

func TestBadDataAndFilesExit1AndNoDataExits3(t *testing.T) {
	code, _, stderr := call(t, t.Context(), "train", "-epochs", "1", "-train", "10", "-test=false", "-save", filepath.Join(t.TempDir(), "missing", "net.npz"))
	if code != exitFailed || strings.Count(stderr, "\n") != 1 {
		t.Errorf("a file that cannot be saved: exit %d, stderr %q", code, stderr)
	}
	t.Setenv("NNBOOK_DIGITS", "")
	dir := t.TempDir()
	t.Setenv("NNBOOK_MNIST", dir)
	want := exitNoData
	for _, command := range []string{"train", "data", "data"} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{command}, &stdout, &stderr)
		if code != want || stdout.String() != "" || !strings.Contains(stderr.String(), "NNBOOK_MNIST") {
			t.Errorf("%s without data: exit %d, stdout %q, stderr %q, want exit %d", command, code, stdout.String(), stderr.String(), want)
		}
		if command == "data" { // something lies there, and it is wrong
			want = exitFailed
			if err := os.WriteFile(filepath.Join(dir, "train-labels-idx1-ubyte"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
