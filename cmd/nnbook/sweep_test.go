package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A sweep of three short runs on drawn digits, without the -o.
var threeRuns = strings.Fields("sweep -sizes 784,5,10 -seed 0-2 -train 60000 -batch 1000 -epochs 2")

func TestSweepWritesAFileThatItsCheckConfirms(t *testing.T) {
	name := filepath.Join(t.TempDir(), "three.csv")
	code, stdout, stderr := call(t, t.Context(), append(threeRuns, "-o", name)...)
	lines := strings.Split(stderr, "\n")
	if code != 0 || stdout != "" || len(lines) != 5 || lines[3] != "3 of 3 runs are in "+name {
		t.Fatalf("exit %d, stdout %q, stderr %q; want a line for each of 3 runs and one at the end", code, stdout, stderr)
	}
	for i, line := range lines[:3] {
		want := fmt.Sprintf("%d of 3: -sizes 784,5,10 -init normal -cost quadratic -lambda 0 -eta 3 -batch 1000 -seed %d -nudge 0 -train 60000 -epochs 2: ", i+1, i)
		if !strings.HasPrefix(line, want) || !strings.HasSuffix(line, " / 10000") {
			t.Errorf("line %q, want %s…", line, want)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil || !bytes.HasPrefix(text, []byte("# NNBOOK_DIGITS=drawn nnbook sweep -sizes 784,5,10 -init")) || bytes.Count(text, []byte("\n")) != 2+3*2 {
		t.Errorf("the file is\n%s, %v", text, err)
	}

	code, stdout, stderr = call(t, t.Context(), "sweep", "-check", name, "-sample", "2", "-seed", "7")
	first := "nnbook sweep -check " + name + " -sample 2 -seed 7\nthe same: -sizes 784,5,10 "
	if code != 0 || stderr != "" || !strings.HasPrefix(stdout, first) || strings.Count(stdout, "\n") != 3 {
		t.Errorf("check: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	text[len(text)-2] = '0' + (text[len(text)-2]-'0'+1)%10
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
	code, _, stderr = call(t, t.Context(), "sweep", "-check", name)
	if code != exitFailed || !strings.Contains(stderr, "line 8 is 784-5-10,") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("check of a changed file: exit %d, stderr %q", code, stderr)
	}
}

// stopAtFirst keeps what is written and cancels a context at the first line.
type stopAtFirst struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (s *stopAtFirst) Write(p []byte) (int, error) {
	s.cancel()
	return s.Buffer.Write(p)
}

func TestInterruptedSweepSaysHowToGoOnAndExits130(t *testing.T) {
	t.Setenv("NNBOOK_DIGITS", "drawn")
	dir := t.TempDir()
	args := append(threeRuns, "-workers", "1", "-o", filepath.Join(dir, "part.csv"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stderr := &stopAtFirst{cancel: cancel}
	code := run(ctx, args, nil, stderr)
	if want := "part.csv\nThe same command goes on from there.\nnnbook sweep: interrupted\n"; code != exitInterrupted || !strings.HasSuffix(stderr.String(), want) {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if code, _, stderr := call(t, t.Context(), args...); code != 0 || strings.Contains(stderr, "1 of 3: ") {
		t.Errorf("again: exit %d, stderr %q; want 0, and no line for the first run", code, stderr)
	}
	whole := filepath.Join(dir, "whole.csv")
	if code, _, stderr := call(t, t.Context(), append(threeRuns, "-o", whole)...); code != 0 {
		t.Fatal(stderr)
	}
	got, err := os.ReadFile(filepath.Join(dir, "part.csv"))
	want, errWant := os.ReadFile(whole)
	if err != nil || errWant != nil || !bytes.Equal(got, want) {
		t.Errorf("interrupted, the file is\n%s%v, want\n%s%v", got, err, want, errWant)
	}
}
