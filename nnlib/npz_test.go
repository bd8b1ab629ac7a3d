package nnlib_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nnbook/internal/faults"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

func TestSavedNetworkLoadsWithTheSameBits(t *testing.T) {
	for _, sizes := range shapes {
		file := filepath.Join(t.TempDir(), "net.npz")
		net := newNetwork(t, 1, sizes...)
		if err := net.Save(file); err != nil {
			t.Fatal(err)
		}
		loaded, err := nnlib.Load(file)
		if err != nil {
			t.Fatalf("%v: %v", sizes, err)
		}
		if fmt.Sprint(loaded.Sizes) != fmt.Sprint(sizes) {
			t.Errorf("Sizes %v, want %v", loaded.Sizes, sizes)
		}
		sameBits(t, loaded, net)
	}
}

func TestSaveReplacesAFileAndLeavesNothingBeside(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "net.npz")
	for seed := range uint64(2) {
		net := newNetwork(t, seed, 3, 2)
		if err := net.Save(file); err != nil {
			t.Fatal(err)
		}
		loaded, err := nnlib.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, loaded, net)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%v in the directory, want net.npz only", entries)
	}
	err := newNetwork(t, 0, 3, 2).Save(filepath.Join(dir, "missing", "net.npz"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Save to a directory that is not there: %v", err)
	}
}

func TestLoadedNetworkNeedsAGeneratorToTrain(t *testing.T) {
	net, err := nnlib.Load("testdata/npz/c-order.npz")
	if err != nil {
		t.Fatal(err)
	}
	data, cfg := toy(1, 10, 3, 2), nnlib.Config{Epochs: 1, MiniBatchSize: 5, Eta: 1}
	for _, err := range net.SGD(t.Context(), data, cfg) {
		if err == nil || !strings.Contains(err.Error(), "Network.Rand is nil") {
			t.Errorf("error %v, want one that says that Rand is nil", err)
		}
	}
	net.Rand = nprand.New(1)
	train(t, net, data, cfg)
}

// The files are np.savez's of NumPy 2.4: default_rng(7) drew b2, b3, w2, w3.
func TestLoadReadsWhatNumPyWrites(t *testing.T) {
	want := newNetwork(t, 7, 3, 4, 2)
	for _, file := range []string{"c-order.npz", "fortran-order.npz"} {
		net, err := nnlib.Load("testdata/npz/" + file)
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, net, want)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for file, want := range map[string]string{
		"compressed.npz":  `entry "b2.npy" is compressed`,
		"float32.npz":     `b2.npy: array described as "{'descr': '<f4'`,
		"flat-biases.npz": `'shape': (4,), }" at byte 10, want "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }"`,
		"no-w2.npz":       "no array w2 among 2 unread ones",
		"narrow-w3.npz":   "b3 is 2 × 1 and w3 2 × 3, want the same number of rows, one column of biases and 4 of weights",
		"extra-array.npz": "no array b4 among 1 unread ones",
	} {
		net, err := nnlib.Load("testdata/npz/" + file)
		if net != nil || err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "nnlib: "+file) {
			t.Errorf("%s: %v, want an error with %q", file, err, want)
		}
	}
	if _, err := nnlib.Load("testdata/npz/missing.npz"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing.npz: %v", err)
	}
}

// Each byte of a saved file in turn is changed or the last to be there: Load
// must answer, and where it answers with a network the file must have held it.
func TestDamagedNetworksAreErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "net.npz")
	want := newNetwork(t, 1, 3, 2)
	if err := want.Save(file); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged.npz")
	check := func(what string, content []byte) {
		if err := os.WriteFile(damaged, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if net, err := nnlib.Load(damaged); err == nil {
			sameBits(t, net, want) // a byte that does not matter, as of a date
		} else if net != nil {
			t.Errorf("%s: a network and an error", what)
		}
	}
	for i := range whole {
		check(fmt.Sprintf("cut at byte %d", i), whole[:i])
		changed := bytes.Clone(whole)
		changed[i] ^= 0x55
		check(fmt.Sprintf("byte %d changed", i), changed)
	}
}

// archive is an .npz with one array b2 of the given content, claimed to have
// size bytes.
func archive(t testing.TB, content []byte, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "b2.npy", Method: zip.Store, CompressedSize64: size, UncompressedSize64: size})
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileNetworksUseNoMemory(t *testing.T) {
	header := func(dict string) []byte {
		return fmt.Appendf(nil, "\x93NUMPY\x01\x00%c%c%s", len(dict)&0xff, len(dict)>>8, dict)
	}
	huge := header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999999), }\n")
	for name, content := range map[string][]byte{
		"shape of 10^16 values":     archive(t, huge, uint64(len(huge))),
		"entry of 1 GiB":            archive(t, huge, 1<<30),
		"header without a new line": archive(t, header("{'descr': '<f8'"), 25),
		"header that overflows":     archive(t, header("{'descr': '<f8', 'fortran_order': False, 'shape': (18446744073709551616, 1), }\n"), 90),
	} {
		file := filepath.Join(t.TempDir(), "hostile.npz")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		used := allocated(func() { _, err = nnlib.Load(file) })
		if err == nil || used > 1<<20 {
			t.Errorf("%s: error %v and %d bytes allocated, want an error and less than 1 MiB", name, err, used)
		}
	}
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/npz/*.npz")
	if err != nil || len(files) == 0 {
		f.Fatal("no files to begin with: ", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, content := range faults.Corpus(f) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		file := filepath.Join(dir, "net.npz")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var net *nnlib.Network
		var err error
		used := allocated(func() { net, err = nnlib.Load(file) })
		if allowed := uint64(1<<20 + 20*len(content)); used > allowed {
			t.Errorf("%d bytes allocated for a file of %d, want at most %d", used, len(content), allowed)
		}
		if err != nil {
			return
		}
		again := filepath.Join(dir, "again.npz")
		if err := net.Save(again); err != nil {
			t.Fatal(err)
		}
		loaded, err := nnlib.Load(again)
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, loaded, net)
	})
}
