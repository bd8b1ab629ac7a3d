package sweep

// This file writes sweeps where the disk is full, and by many processes at
// once. TestKilledProcessLeavesAFileToGoOnWith kills them.

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"nnbook/internal/faults"
)

func TestSweepGoesOnOnceTheDiskHasRoom(t *testing.T) {
	const args = "-sizes 784,4,10 -seed 0-99 -train 200 -epochs 2"
	faults.OnSmallDisk(t, 4, func(disk faults.Disk) { // of one page; the file has 11 KB
		name := filepath.Join(disk.Dir, "part.csv")
		sweep := func() error { return write(context.Background(), name, args, Shard{1, 1}, 2, -1) }
		for range 2 {
			if err := sweep(); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), name) {
				t.Errorf("error %v, want one with %q that names the file", err, syscall.ENOSPC)
			}
		}
		disk.Resize(100)
		if err := sweep(); err != nil {
			t.Fatal(err)
		}
		disk.ReadOnly()
		if err := write(context.Background(), filepath.Join(disk.Dir, "new"), args, Shard{1, 1}, 2, -1); !errors.Is(err, syscall.EROFS) {
			t.Errorf("error %v, want %v", err, syscall.EROFS)
		}
		whole := filepath.Join(t.TempDir(), "whole.csv")
		if err := write(context.Background(), whole, args, Shard{1, 1}, 2, -1); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}
		mustBe(t, name, string(want), "on a disk that was full")
	})
}

// One of the processes may do all, and the others must say why they do not;
// what is in the file must be of the sweep, and the same command go on.
func TestSweepByTwentyProcessesAtOnce(t *testing.T) {
	whole := wholeFile()
	for range faults.Times(3, 30) {
		name := filepath.Join(t.TempDir(), "part.csv")
		var processes [20]*exec.Cmd
		var said [20]strings.Builder
		for i := range processes {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), envFile+"="+name)
			cmd.Stderr = &said[i]
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			processes[i] = cmd
		}
		for i, cmd := range processes {
			if err := cmd.Wait(); err != nil && !strings.Contains(said[i].String(), "does another sweep write to it?") {
				t.Errorf("process %d: %v, it says %q", i, err, said[i].String())
			}
		}
		if text, err := os.ReadFile(name); err != nil || !strings.HasPrefix(whole, string(text)) {
			t.Errorf("%v, the file is\n%s", err, text)
		}
		if err := write(t.Context(), name, small, Shard{1, 1}, 2, -1); err != nil {
			t.Fatal(err)
		}
		mustBe(t, name, whole, "after 20 processes at once")
	}
}
