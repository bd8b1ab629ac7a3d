package nnlib_test

// This file saves networks while processes are killed, while disks are full, and
// by many processes at once.

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nnbook/internal/faults"
	"nnbook/nnlib"
)

// mustLoad loads a network that newNetwork made, and returns it with its seed,
// which is below seeds.
func mustLoad(t *testing.T, file string, seeds int, sizes ...int) (seed int) {
	t.Helper()
	net, err := nnlib.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range seeds {
		if net.Biases[0].AtVec(0) == newNetwork(t, uint64(seed), sizes...).Biases[0].AtVec(0) {
			sameBits(t, net, newNetwork(t, uint64(seed), sizes...))
			return seed
		}
	}
	t.Fatalf("%s holds a network that nobody saved", file)
	return 0
}

func TestSaveThatIsKilledLeavesTheOldNetworkOrTheNew(t *testing.T) {
	sizes := []int{784, 30, 10}
	if file := faults.Argument(); file != "" {
		nets := []*nnlib.Network{newNetwork(t, 0, sizes...), newNetwork(t, 1, sizes...)}
		for i := 0; ; i++ {
			if err := nets[i%2].Save(file); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				faults.Ready()
			}
		}
	}
	rng := faults.Random(t)
	times := faults.Times(10, 100)
	seen, halves := [2]int{}, 0
	for range times {
		dir := t.TempDir()
		file := filepath.Join(dir, "net.npz")
		if !faults.Kill(t, faults.Again(t, file), rng, 30*time.Millisecond) {
			t.Fatal("the process has ended by itself")
		}
		seen[mustLoad(t, file, 2, sizes...)]++
		entries, _ := os.ReadDir(dir)
		halves += len(entries) - 1
		if err := newNetwork(t, 1, sizes...).Save(file); err != nil {
			t.Fatal(err)
		}
		mustLoad(t, file, 2, sizes...)
	}
	t.Logf("killed %d times, %d of them between the beginning and the end of a file; whole networks found: %v", times, halves, seen)
	if halves == 0 && times == 100 {
		t.Error("no process was killed in the middle of a file: this test shows nothing")
	}
}

func TestSaveByTwentyProcessesAtOnce(t *testing.T) {
	const processes = 20
	sizes := []int{50, 20, 10}
	if argument := faults.Argument(); argument != "" {
		seed, file, _ := strings.Cut(argument, " ")
		i, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		net := newNetwork(t, i, sizes...)
		for range 5 {
			if err := net.Save(file); err != nil {
				t.Fatal(err)
			}
			mustLoad(t, file, processes, sizes...)
		}
		return
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "net.npz")
	faults.AtOnce(t, processes, func(i int) string { return strconv.Itoa(i) + " " + file })
	mustLoad(t, file, processes, sizes...)
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%v in the directory, want net.npz only", entries)
	}
}

func TestSaveOnAFullDiskKeepsTheOldNetwork(t *testing.T) {
	faults.OnSmallDisk(t, 64, func(disk faults.Disk) {
		file := filepath.Join(disk.Dir, "net.npz")
		if err := newNetwork(t, 0, 4, 3).Save(file); err != nil {
			t.Fatal(err)
		}
		check := func(want error) {
			t.Helper()
			err := newNetwork(t, 1, 784, 30, 10).Save(file) // 190 KB
			if !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "nnlib: ") || !strings.Contains(err.Error(), file) {
				t.Errorf("error %v, want one with %q that names the file", err, want)
			}
			mustLoad(t, file, 1, 4, 3)
			if entries, _ := os.ReadDir(disk.Dir); len(entries) != 1 {
				t.Errorf("%v on the disk, want net.npz only", entries)
			}
		}
		check(syscall.ENOSPC)
		disk.ReadOnly()
		check(syscall.EROFS)
	})
}

func TestDirectoryInPlaceOfANetworkIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "net.npz")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := newNetwork(t, 0, 3, 2).Save(dir); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("Save: error %v, want one with directory", err)
	}
	for _, name := range []string{dir, os.DevNull} {
		if net, err := nnlib.Load(name); net != nil || err == nil || !strings.Contains(err.Error(), name+" is a directory or a device") {
			t.Errorf("Load: %v, error %v, want one with directory", net, err)
		}
	}
}
