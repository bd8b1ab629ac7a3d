//go:build !js && !cell

package mnist

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nnbook/nnlib"
)

// cachedLibrary is a directory of the user with the four files, packed or not,
// and a cache that is not there yet.
func cachedLibrary(t testing.TB, isPacked bool, files [4]file, raw [4][]byte) *library {
	lib := &library{dir: t.TempDir(), cache: filepath.Join(t.TempDir(), "cache", "mnist"), files: files}
	for i := range files {
		data := raw[i]
		if isPacked {
			data = packed(data)
		}
		if err := os.WriteFile(lib.source(isPacked, i), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return lib
}

// source is the path of file i in the user's directory.
func (lib *library) source(isPacked bool, i int) string {
	path := filepath.Join(lib.dir, lib.files[i].name)
	if isPacked {
		path += ".gz"
	}
	return path
}

// hashless is the library with hashes that no file has: it loads only what
// need not be hashed again.
func (lib library) hashless() *library {
	for i := range lib.files {
		lib.files[i].sha256 = "none"
	}
	return &lib
}

// swap replaces the content of a file, leaving it with the time of change it
// had, later by some.
func swap(t *testing.T, path string, data []byte, later time.Duration) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(path), filepath.Base(path), data)
	changed := info.ModTime().Add(later)
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
}

// wantDamage complains unless loading finds fault with a file.
func wantDamage(t *testing.T, what string, lib *library) {
	t.Helper()
	var damage *nnlib.FormatError
	if _, _, err := lib.load(t.Context()); !errors.As(err, &damage) {
		t.Errorf("%s: got error %v, want an *nnlib.FormatError", what, err)
	}
}

func TestCopyStandsInForAFileOnlyWhileThatIsTheSame(t *testing.T) {
	files, raw := tinyFiles()
	lib := cachedLibrary(t, true, files, raw)
	wantDamage(t, "hashes that are wrong, no cache", lib.hashless())
	train, test, err := lib.load(t.Context())
	checkTiny(t, train, test, err)
	train, test, err = lib.hashless().load(t.Context()) // so nothing is hashed
	checkTiny(t, train, test, err)

	path := lib.source(true, 0)
	good := packed(raw[0])
	bad := make([]byte, len(good))
	swap(t, path, bad, 0)
	train, test, err = lib.load(t.Context()) // so the file is not even read
	checkTiny(t, train, test, err)
	swap(t, path, bad, time.Second)
	wantDamage(t, "changed later", lib)
	swap(t, path, bad, -time.Second)
	swap(t, path, append(bad, 0), 0)
	wantDamage(t, "changed in size", lib)
	swap(t, path, good, time.Hour)
	train, test, err = lib.load(t.Context())
	checkTiny(t, train, test, err)
	train, test, err = lib.hashless().load(t.Context())
	checkTiny(t, train, test, err)

	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if r, err := os.Open(path); err == nil { // root may
		r.Close()
	} else if _, _, err := lib.load(t.Context()); !errors.Is(err, os.ErrPermission) {
		t.Errorf("unreadable: got error %v, want %v", err, os.ErrPermission)
	}
	os.Remove(path)
	if _, _, err := lib.load(t.Context()); err == nil || !strings.Contains(err.Error(), files[0].name+" missing") {
		t.Errorf("removed: got error %v, want one that says what is missing", err)
	}
}

func TestFileThatIsNotPackedIsHashedOnce(t *testing.T) {
	files, raw := tinyFiles()
	lib := cachedLibrary(t, false, files, raw)
	train, test, err := lib.load(t.Context())
	checkTiny(t, train, test, err)
	train, test, err = lib.hashless().load(t.Context())
	checkTiny(t, train, test, err)
	if _, err := os.Stat(filepath.Join(lib.cache, files[0].name)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a copy of an unpacked file: got %v, want none", err)
	}
	bad := bytes.Clone(raw[0])
	bad[1000] ^= 4
	swap(t, lib.source(false, 0), bad, 0)
	wantDamage(t, "one bit, at the same time", lib)
}

func TestRecordCountsForOneDirectoryOnly(t *testing.T) {
	files, raw := tinyFiles()
	lib := cachedLibrary(t, true, files, raw)
	train, test, err := lib.load(t.Context())
	checkTiny(t, train, test, err)

	other := cachedLibrary(t, true, files, raw)
	other.cache = lib.cache
	info, err := os.Stat(lib.source(true, 0))
	if err != nil {
		t.Fatal(err)
	}
	path := other.source(true, 0)
	swap(t, path, make([]byte, info.Size()), 0)
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	wantDamage(t, "same size and time in another directory", other)
	swap(t, path, packed(raw[0]), 0)
	for _, lib := range []*library{other, lib, other} {
		train, test, err := lib.load(t.Context())
		checkTiny(t, train, test, err)
	}
}

func TestDamagedCopyIsNoticedAndReplaced(t *testing.T) {
	files, raw := tinyFiles()
	lib := cachedLibrary(t, true, files, raw)
	train, test, err := lib.load(t.Context())
	checkTiny(t, train, test, err)
	path := filepath.Join(lib.cache, files[0].name)
	for _, c := range []struct {
		name   string
		damage func()
	}{
		{"one bit of a pixel", func() { bad := bytes.Clone(raw[0]); bad[2000] ^= 1; write(t, lib.cache, files[0].name, bad) }},
		{"one bit of the header", func() { bad := bytes.Clone(raw[0]); bad[3] ^= 1; write(t, lib.cache, files[0].name, bad) }},
		{"cut", func() { os.Truncate(path, 100) }},
		{"empty", func() { os.Truncate(path, 0) }},
		{"longer", func() { write(t, lib.cache, files[0].name, append(bytes.Clone(raw[0]), 0)) }},
		{"removed", func() { os.Remove(path) }},
		{"another file", func() { write(t, lib.cache, files[0].name, raw[2]) }},
		{"record cut", func() { os.Truncate(files[0].record(lib.cache), 5) }},
		{"record removed", func() { os.Remove(files[0].record(lib.cache)) }},
		{"all removed", func() { os.RemoveAll(lib.cache) }},
	} {
		c.damage()
		train, test, err := lib.load(t.Context())
		checkTiny(t, train, test, err)
		if got, err := os.ReadFile(path); !bytes.Equal(got, raw[0]) {
			t.Errorf("%s: %d bytes of copy after loading, error %v, want the %d right ones", c.name, len(got), err, len(raw[0]))
		}
		train, test, err = lib.hashless().load(t.Context())
		checkTiny(t, train, test, err)
	}
}

func TestCacheThatCannotBeWrittenIsDoneWithout(t *testing.T) {
	files, raw := tinyFiles()
	t.Chdir(t.TempDir()) // where a cache of no name would be
	for _, c := range []struct {
		name  string
		spoil func(lib *library)
	}{
		{"none", func(lib *library) { lib.cache = "" }},
		{"a file in its place", func(lib *library) { write(t, filepath.Dir(filepath.Dir(lib.cache)), "cache", nil) }},
		{"a directory in place of a copy", func(lib *library) { os.MkdirAll(filepath.Join(lib.cache, files[0].name, "x"), 0o755) }},
		{"a directory in place of a record", func(lib *library) { os.MkdirAll(filepath.Join(files[0].record(lib.cache), "x"), 0o755) }},
		{"read only", func(lib *library) { os.MkdirAll(lib.cache, 0o755); os.Chmod(lib.cache, 0o555) }}, // not for root
	} {
		for _, isPacked := range []bool{true, false} {
			lib := cachedLibrary(t, isPacked, files, raw)
			c.spoil(lib)
			for range 2 {
				train, test, err := lib.load(t.Context())
				checkTiny(t, train, test, err)
			}
			if got := names(lib.dir); len(got) != 4 {
				t.Errorf("%s: the user's directory holds %v, want its 4 files", c.name, got)
			}
			os.Chmod(lib.cache, 0o755)
		}
	}
	if got := names("."); len(got) > 0 {
		t.Errorf("Load left %v in the working directory", got)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	lib := cachedLibrary(t, true, files, raw)
	lib.cache = here
	train, test, err := lib.load(t.Context())
	checkTiny(t, train, test, err)
	lib.cache = ""
	wantDamage(t, "records in the working directory, no cache", lib.hashless())
}

func TestFilesInTheCacheNeedNoRecord(t *testing.T) {
	files, raw := tinyFiles()
	lib := cachedLibrary(t, false, files, raw)
	lib.cache = lib.dir
	train, test, err := lib.hashless().load(t.Context())
	checkTiny(t, train, test, err)
	if got := names(lib.dir); len(got) != 4 {
		t.Errorf("the cache holds %v, want the 4 files", got)
	}
	bad := bytes.Clone(raw[0])
	bad[1000] ^= 4
	write(t, lib.dir, files[0].name, bad)
	wantDamage(t, "one bit", lib)

	lib = cachedLibrary(t, true, files, raw) // put there by hand
	lib.cache = lib.dir
	train, test, err = lib.load(t.Context())
	checkTiny(t, train, test, err)
	train, test, err = lib.hashless().load(t.Context())
	checkTiny(t, train, test, err)
}

func TestSeveralAtOnceKeepOneCopy(t *testing.T) {
	files, raw := tinyFiles()
	lib, other := cachedLibrary(t, true, files, raw), cachedLibrary(t, true, files, raw)
	other.cache = lib.cache
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			l := []*library{lib, other}[i%2]
			if i%5 == 4 { // damage on the way
				os.Truncate(filepath.Join(lib.cache, files[i%4].name), 100)
			}
			train, test, err := l.load(t.Context())
			checkTiny(t, train, test, err)
		})
	}
	wg.Wait()
	train, test, err := lib.load(t.Context())
	checkTiny(t, train, test, err)
	var want []string
	for _, f := range files {
		want = append(want, f.name, f.name+".verified")
	}
	slices.Sort(want)
	if got := names(lib.cache); !slices.Equal(got, want) {
		t.Errorf("the cache holds %v, want %v", got, want)
	}
}

func TestPublishedChecksumsAreThoseOfTheHashedFiles(t *testing.T) {
	needMNIST(t)
	found, err := find(os.Getenv(envDir), published)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range published {
		data, err := f.read(found.paths[i], "")
		if err != nil {
			t.Fatal(err)
		}
		if got := checksum(append(f.header(), data...)); got != f.crc32c {
			t.Errorf("%s: CRC-32C %#08x, want %#08x", f.name, got, f.crc32c)
		}
	}
}

// Files of MNIST's sizes, packed, with the cache filled: what each cell of a
// notebook pays.
func BenchmarkLoad(b *testing.B) {
	files, raw := filesOf(tinySet(60000), tinySet(10000))
	lib := cachedLibrary(b, true, files, raw)
	if _, _, err := lib.load(b.Context()); err != nil {
		b.Fatal(err)
	}
	lib = lib.hashless()
	b.ReportAllocs()
	for b.Loop() {
		train, _, err := lib.load(b.Context())
		if err != nil || !bytes.Equal(train.Labels, raw[1][8:]) {
			b.Fatal("other digits, or ", err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/load")
}
