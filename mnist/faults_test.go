//go:build !js && !cell

package mnist

// This file loads digits while processes are killed, while disks are full, and
// by many processes at once. fetch_test.go has the faults of mirrors.

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nnbook/internal/faults"
)

// someFiles are files of some MB, long enough to be killed in.
var someFiles = sync.OnceValues(func() (files [4]file, raw [4][]byte) {
	return filesOf(tinySet(6000), tinySet(1000))
})

// someLibrary is where they are in a cache, or can be had for it: from a
// mirror, or packed from a directory if that is not empty.
func someLibrary(cache, dir, mirror string) *library {
	files, _ := someFiles()
	lib := &library{dir: cache, cache: cache, files: files}
	if dir != "" {
		lib.dir = dir
		return lib
	}
	lib.fetch = newFetcher()
	lib.fetch.mirrors = []string{mirror}
	lib.fetch.client.RetryMax = 0
	return lib
}

// slowMirror serves someFiles, each with a pause in its middle, and counts.
func slowMirror(t *testing.T, requests *atomic.Int32) string {
	files, raw := someFiles()
	var gz [4][]byte
	for i := range raw {
		gz[i] = packed(raw[i])
	}
	return mirror(t, requests, func(w http.ResponseWriter, r *http.Request) bool {
		for i, f := range files {
			if path.Base(r.URL.Path) == f.name+".gz" {
				w.Write(gz[i][:len(gz[i])/2])
				http.NewResponseController(w).Flush()
				time.Sleep(10 * time.Millisecond)
				w.Write(gz[i][len(gz[i])/2:])
			}
		}
		return true
	})
}

// packedDir is a directory with someFiles, packed.
func packedDir(t *testing.T) string {
	files, raw := someFiles()
	return cachedLibrary(t, true, files, raw).dir
}

// loadSome loads and complains unless the digits are someFiles'.
func loadSome(t *testing.T, lib *library) {
	t.Helper()
	_, raw := someFiles()
	train, test, err := lib.load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range [][]byte{train.Images, train.Labels, test.Images, test.Labels} {
		if !bytes.HasSuffix(raw[i], got) || len(got) == 0 {
			t.Fatalf("%s: other values", lib.files[i].name)
		}
	}
}

// wantWhole complains about files in a cache that are there, but not whole. It
// returns how many are whole, and how many are left over from writing.
func wantWhole(t *testing.T, cache string) (whole, leftOver int) {
	t.Helper()
	files, raw := someFiles()
	for i, f := range files {
		got, err := os.ReadFile(filepath.Join(cache, f.name))
		if err == nil && !bytes.Equal(got, raw[i]) {
			t.Fatalf("%s has %d bytes, want the %d right ones or no file", f.name, len(got), len(raw[i]))
		}
		if err == nil {
			whole++
		}
	}
	for _, name := range names(cache) {
		if strings.HasPrefix(name, ".tmp-") {
			leftOver++
		}
	}
	return whole, leftOver
}

// loadAgain is what the processes do that faults.Again starts.
func loadAgain(t *testing.T) (done bool) {
	argument := strings.Split(faults.Argument(), " ")
	if len(argument) == 3 {
		lib := someLibrary(argument[0], argument[1], argument[2])
		faults.Ready()
		loadSome(t, lib)
		return true
	}
	return false
}

func TestDownloadThatIsKilledGoesOn(t *testing.T) {
	if loadAgain(t) {
		return
	}
	// Two mirrors: requests of a process may arrive when it is already dead.
	var first, requests atomic.Int32
	killLoads(t, "", slowMirror(t, &first), slowMirror(t, &requests), func(whole int) {
		if got := requests.Swap(0); got != int32(4-whole) {
			t.Errorf("%d requests after %d files were there, want %d", got, whole, 4-whole)
		}
	})
}

func TestUnpackingThatIsKilledGoesOn(t *testing.T) {
	if loadAgain(t) {
		return
	}
	killLoads(t, packedDir(t), "", "", func(int) {})
}

// killLoads kills processes that load into an empty cache, and loads after them
// from the next mirror.
func killLoads(t *testing.T, dir, url, next string, after func(whole int)) {
	again := func(cache string) *exec.Cmd { return faults.Again(t, strings.Join([]string{cache, dir, url}, " ")) }
	begin := time.Now()
	if out, err := again(t.TempDir()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	takes := time.Since(begin)
	rng := faults.Random(t)
	times := faults.Times(3, 100)
	started, killed, partly, halves := 0, 0, 0, 0
	for killed < times && started < 20*times {
		started++
		cache := filepath.Join(t.TempDir(), "cache", "mnist")
		if faults.Kill(t, again(cache), rng, takes*2/3) {
			killed++
		}
		whole, leftOver := wantWhole(t, cache)
		halves += leftOver
		if 0 < whole && whole < 4 {
			partly++
		}
		loadSome(t, someLibrary(cache, dir, next))
		after(whole)
		if whole, leftOver := wantWhole(t, cache); whole != 4 || leftOver > 0 {
			t.Errorf("after loading again %d files are whole and %d left over, want 4 and none", whole, leftOver)
		}
		if dir == "" {
			loadSome(t, someLibrary(cache, dir, "http://127.0.0.1:0/"))
		} else {
			loadSome(t, someLibrary(cache, dir, "").hashless())
		}
	}
	t.Logf("%d processes, %d killed before their end, %d with some of the four files, %d files half written", started, killed, partly, halves)
	if killed < times || times == 100 && halves == 0 {
		t.Error("too few were killed in time: this test shows nothing")
	}
}

func TestTwentyProcessesDownloadOnce(t *testing.T) {
	if loadAgain(t) {
		return
	}
	var requests atomic.Int32
	url := slowMirror(t, &requests)
	cache := filepath.Join(t.TempDir(), "cache", "mnist")
	faults.AtOnce(t, 20, func(int) string { return cache + "  " + url })
	if got := requests.Load(); got != 4 {
		t.Errorf("%d requests by 20 processes, want 4", got)
	}
	if whole, leftOver := wantWhole(t, cache); whole != 4 || leftOver != 0 {
		t.Errorf("%d files are whole, %d left over, want 4 and 0", whole, leftOver)
	}
}

func TestTwentyProcessesUnpackIntoOneCache(t *testing.T) {
	if loadAgain(t) {
		return
	}
	dir := packedDir(t)
	cache := filepath.Join(t.TempDir(), "cache", "mnist")
	faults.AtOnce(t, 20, func(int) string { return cache + " " + dir + " " })
	if whole, leftOver := wantWhole(t, cache); whole != 4 || leftOver != 0 {
		t.Errorf("%d files are whole, %d left over, want 4 and 0", whole, leftOver)
	}
	loadSome(t, someLibrary(cache, dir, "").hashless())
}

func TestCacheOnAFullDisk(t *testing.T) {
	faults.OnSmallDisk(t, 1000, func(disk faults.Disk) {
		var requests atomic.Int32
		url := slowMirror(t, &requests)
		download := func(cache string, want error) {
			t.Helper()
			_, _, err := someLibrary(cache, "", url).load(t.Context())
			if !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "mnist: ") || !strings.Contains(err.Error(), cache) {
				t.Errorf("download: error %v, want one with %q that names %s", err, want, cache)
			}
			if _, leftOver := wantWhole(t, cache); leftOver > 0 {
				t.Errorf("%d files left over by a download", leftOver)
			}
		}
		cache, other := filepath.Join(disk.Dir, "cache"), filepath.Join(disk.Dir, "other")
		download(cache, syscall.ENOSPC)
		dir := packedDir(t)
		loadSome(t, someLibrary(other, dir, ""))
		if _, leftOver := wantWhole(t, other); leftOver > 0 {
			t.Errorf("%d files left over by unpacking", leftOver)
		}

		disk.ReadOnly()
		download(cache, syscall.EROFS)
		download(filepath.Join(disk.Dir, "new"), syscall.EROFS)
		loadSome(t, someLibrary(other, dir, ""))
	})
	faults.OnSmallDisk(t, 1000, func(disk faults.Disk) {
		var requests atomic.Int32
		lib := someLibrary(disk.Dir, "", slowMirror(t, &requests))
		if _, _, err := lib.load(t.Context()); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("error %v, want %v", err, syscall.ENOSPC)
		}
		disk.Resize(20_000)
		loadSome(t, lib)
		disk.ReadOnly()
		loadSome(t, someLibrary(disk.Dir, "", "http://127.0.0.1:0/"))
	})
}
