//go:build unix

package main

// This file runs the program as a process of its own: interrupted at any
// moment, without a home, with numbers that nobody should choose.

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nnbook/internal/faults"
	"nnbook/nnlib"
)

// The environment that makes this test program nnbook.
const envMain = "NNBOOK_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(envMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

// nnbook returns the program on drawn digits, as a process to be started.
func nnbook(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), envMain+"=1", "NNBOOK_DIGITS=drawn")
	return cmd
}

func TestTrainEndsWithinASecondOfASignal(t *testing.T) {
	rng := faults.Random(t)
	times := faults.Times(6, 100)
	limit := time.Duration(faults.Times(5, 1)) * time.Second // make test does other things as well
	within := time.Duration(faults.Times(1, 2)) * time.Second
	early, saved, slowest, which := 0, 0, time.Duration(0), ""
	for i := range times {
		sig := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2]
		file := filepath.Join(t.TempDir(), "net.npz")
		args := []string{"train", "-epochs", "1000000", "-save", file}
		switch i / 2 % 3 { // a mini-batch and an evaluation that take a moment, or long
		case 1:
			args = append(args, "-sizes", "784,100,10")
		case 2:
			args = append(args, "-sizes", "784,1000,10", "-batch", "60000")
		}
		cmd := nnbook(args...)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.Duration(rng.Int64N(int64(within)))
		time.Sleep(moment)
		start := time.Now()
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		giveUp := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		giveUp.Stop()
		took := time.Since(start)
		if took > slowest {
			slowest, which = took, fmt.Sprintf("%v after %v", args[5:], moment)
		}
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if status.Signaled() && status.Signal() == sig { // before the program could take note of signals
			early++
			continue
		}
		if code := status.ExitStatus(); took > limit || code != exitInterrupted || stderr.String() != "nnbook train: interrupted\n" {
			t.Errorf("%v: exit %d after %v, stdout %q, stderr %q, want 130 within %v", args, code, took, &stdout, &stderr, limit)
		}
		if net, err := nnlib.Load(file); err == nil && len(net.Sizes) == 3 {
			saved++
		} else if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v: network %v, error %v, want a network or no file", args, net, err)
		}
	}
	t.Logf("%d signals, %d before the program ran, %d networks saved, the slowest took %v (%s)",
		times, early, saved, slowest.Round(time.Millisecond), which)
	if times == 100 && saved == 0 {
		t.Error("no network was saved: this test shows nothing")
	}
}

func TestNumbersNobodyShouldChooseHaveAResultOrAnError(t *testing.T) {
	for args, want := range map[string]string{
		"-eta 1e300 -cost cross-entropy":         "Epoch 0 : ",
		"-batch 9223372036854775807 -eta 5e-324": "Epoch 0 : ",
		"-sizes 784,1,1,1,10 -train 1":           "Epoch 0 : ",
		"-eta 1e400":                             "out of range",
		"-batch 9223372036854775808":             "out of range",
		"-lambda 1e308 -eta 1e300":               "want at most n/η, here 50/1e+300",
		"-sizes 784,1000000,10":                  "more than 268435456 weights and biases",
		"-sizes 784,9223372036854775807,10":      "want 1 to 268435456",
	} {
		code, stdout, stderr := call(t, t.Context(), append(strings.Fields("train -epochs 1 -train 50"), strings.Fields(args)...)...)
		got := stderr
		if code == 0 {
			got = stdout
		}
		if !strings.Contains(got, want) || strings.Count(got, "\n") != 1 || (code == 0) != (want == "Epoch 0 : ") || len(got) > 1000 {
			t.Errorf("nnbook train %.100s: exit %d, %.1000q, want one line with %q", args, code, got, want)
		}
	}
}

func TestPlacesThatCannotBeUsedAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	const whole = " -epochs 1000000" // which nobody is to wait for
	for _, c := range []struct{ args, env, want string }{
		{"data", "", "NNBOOK_MNIST"},
		{"data", "XDG_CACHE_HOME=" + file, file},
		{"data", "NNBOOK_MNIST=" + file, file},
		{"train -save " + dir + whole, "NNBOOK_DIGITS=drawn", "directory"},
		{"train -save " + link + whole, "NNBOOK_DIGITS=drawn", "link"},
		{"train -save " + file + "/net.npz" + whole, "NNBOOK_DIGITS=drawn", file},
		{"train -save /proc/net.npz" + whole, "NNBOOK_DIGITS=drawn", "/proc"},
		{"sweep -seed 0 -epochs 1 -o " + dir, "NNBOOK_DIGITS=drawn", dir},
	} {
		cmd := nnbook(strings.Fields(c.args)...)
		cmd.Env = []string{envMain + "=1", c.env}
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		if cmd.ProcessState.ExitCode() != exitFailed || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s nnbook %s: %v, %q; want exit 1 and one line with %q", c.env, c.args, err, &stderr, c.want)
		}
	}
	cmd := nnbook("data")
	cmd.Env = []string{envMain + "=1", "NNBOOK_DIGITS=drawn"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("without a home, on drawn digits: %v, %s", err, out)
	}
}
