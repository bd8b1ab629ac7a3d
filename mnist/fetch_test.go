//go:build !js && !cell

package mnist

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mirror serves the tiny files, each once it has called before, which may have
// answered the request in another way and returned true.
func mirror(t *testing.T, requests *atomic.Int32, before func(w http.ResponseWriter, r *http.Request) (done bool)) string {
	files, raw := tinyFiles()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if before != nil && before(w, r) {
			return
		}
		for i, f := range files {
			if path.Base(r.URL.Path) == f.name+".gz" {
				w.Write(packed(raw[i]))
				return
			}
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL + "/mnist/"
}

// tinyLibrary is an empty cache that is filled from the mirrors, in a hurry.
func tinyLibrary(t *testing.T, mirrors ...string) *library {
	files, _ := tinyFiles()
	ft := newFetcher()
	ft.mirrors = mirrors
	ft.client.RetryMax = 2
	ft.client.RetryWaitMin = time.Millisecond
	ft.idle = time.Second
	ft.total = 3 * time.Second
	return &library{dir: filepath.Join(t.TempDir(), "cache", "mnist"), files: files, fetch: ft}
}

// names lists a directory but for the locks.
func names(dir string) (names []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestDownloadHappensOnceAndMendsTheCache(t *testing.T) {
	var requests atomic.Int32
	lib := tinyLibrary(t, mirror(t, &requests, nil))
	load := func(want int32) {
		t.Helper()
		train, test, err := lib.load(t.Context())
		checkTiny(t, train, test, err)
		if got := requests.Swap(0); got != want {
			t.Errorf("%d requests, want %d", got, want)
		}
	}
	load(4)
	files, raw := tinyFiles()
	var want []string
	for i, f := range files {
		want = append(want, f.name)
		if got, err := os.ReadFile(filepath.Join(lib.dir, f.name)); !bytes.Equal(got, raw[i]) {
			t.Errorf("%s in the cache: %v, differs from the unpacked file", f.name, err)
		}
	}
	slices.Sort(want)
	if got := names(lib.dir); !slices.Equal(got, want) {
		t.Errorf("the cache holds %v, want %v", got, want)
	}
	load(0)

	write(t, lib.dir, files[0].name, raw[0][:100]) // damaged
	os.Remove(filepath.Join(lib.dir, files[1].name))
	load(2)
	load(0)

	os.Remove(filepath.Join(lib.dir, files[2].name)) // put there by hand
	write(t, lib.dir, files[2].name+".gz", packed(raw[2]))
	load(0)
}

// zeros sends zeros until the client hangs up.
func zeros(w io.Writer) {
	for block := make([]byte, 1<<16); ; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func TestBadMirrorCostsLittleAndTheNextServes(t *testing.T) {
	for _, c := range []struct {
		name     string
		requests int32 // for one file; 0: net/http asks again of itself
		answer   func(w http.ResponseWriter, r *http.Request)
		want     string
	}{
		{"not there", 1, http.NotFound, "status 404 Not Found"},
		{"busy", 3, func(w http.ResponseWriter, r *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) }, "503 Service Unavailable"},
		{"busy for an hour", 1, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}, "nothing came for 1s"},
		{"web page", 1, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
		}, "web page"},
		{"other data of this form", 1, func(w http.ResponseWriter, r *http.Request) {
			files, raw := tinyFiles()
			raw[0][len(raw[0])-1]++
			w.Write(packed(raw[slices.IndexFunc(files[:], func(f file) bool { return f.name+".gz" == path.Base(r.URL.Path) })]))
		}, "content of SHA-256"},
		{"10 GB", 1, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10000000000")
			zeros(w)
		}, `begins "\x00\x00`},
		{"10 GB, packed", 1, func(w http.ResponseWriter, r *http.Request) {
			_, raw := tinyFiles()
			z := gzip.NewWriter(w)
			z.Write(append(raw[0], 0))
			z.Flush()
			http.NewResponseController(w).Flush()
			zeros(z)
		}, "more data at byte 2368"},
		{"hangs up", 0, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{"breaks off", 3, func(w http.ResponseWriter, r *http.Request) {
			_, raw := tinyFiles()
			w.Header().Set("Content-Length", "1000")
			w.Write(packed(raw[0])[:50])
		}, "end of data"},
		{"shorter than it says", 3, func(w http.ResponseWriter, r *http.Request) {
			_, raw := tinyFiles()
			data := packed(raw[0])
			w.Header().Set("Content-Length", fmt.Sprint(len(data)+1))
			w.Write(data)
		}, "end of data"},
		{"redirects for ever", 0, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, "stopped after 10 redirects"},
		{"never answers", 1, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "nothing came for 1s"},
		{"stalls", 1, func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("\x1f\x8b\x08\x00"))
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "nothing came for 1s"},
		{"trickles", 1, func(w http.ResponseWriter, r *http.Request) {
			_, raw := tinyFiles()
			for _, b := range packed(raw[0]) {
				w.Write([]byte{b})
				if http.NewResponseController(w).Flush() != nil || r.Context().Err() != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}, "not done after 3s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var bad, good atomic.Int32
			url := mirror(t, &bad, func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "train-images") {
					return false // one bad file is enough
				}
				c.answer(w, r)
				return true
			})
			lib := tinyLibrary(t, url)
			start := time.Now()
			train, test, err := lib.load(t.Context())
			if err == nil || train != nil || test != nil {
				t.Fatalf("got %v, %v, %v, want an error only", train, test, err)
			}
			for _, want := range []string{"mnist: train-images-idx3-ubyte missing in " + lib.dir + "; download: " + url + ": ", c.want, "NNBOOK_MNIST"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got error %q, want %q in it", err, want)
				}
			}
			if n := strings.Count(err.Error(), "mnist: "); n != 1 {
				t.Errorf("error %q names its package %d times, want once", err, n)
			}
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("took %v, want at most about 3 s", took)
			}
			if got := bad.Swap(0) - 3; got != c.requests && c.requests > 0 {
				t.Errorf("%d requests for the bad file, want %d", got, c.requests)
			}
			if got := names(lib.dir); len(got) != 3 {
				t.Errorf("the cache holds %v, want the other three files", got)
			}
			lib.fetch.mirrors = append(lib.fetch.mirrors, mirror(t, &good, nil))
			train, test, err = lib.load(t.Context())
			checkTiny(t, train, test, err)
			if got := good.Load(); got != 1 {
				t.Errorf("%d requests to the good mirror, want 1", got)
			}
		})
	}
}

func TestEndlessDownloadTakesLittleMemory(t *testing.T) {
	var requests atomic.Int32
	lib := tinyLibrary(t, mirror(t, &requests, func(w http.ResponseWriter, r *http.Request) bool {
		zeros(w)
		return true
	}))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := lib.load(t.Context()); err == nil {
		t.Error("endless zeros are taken for MNIST")
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 64 {
		t.Errorf("allocated %d MiB, want less than 64", got)
	}
}

func TestDownloadIsTriedAgain(t *testing.T) {
	var requests atomic.Int32
	lib := tinyLibrary(t, mirror(t, &requests, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "train-images") {
			return false
		}
		switch requests.Load() {
		case 1:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case 2:
			w.Header().Set("Content-Length", "1000") // and breaks off
		default:
			return false
		}
		return true
	}))
	lib.files = [4]file{lib.files[0], lib.files[0], lib.files[0], lib.files[0]} // one file: requests in order
	if _, _, err := lib.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := requests.Load(); got != 3 {
		t.Errorf("%d requests, want 3", got)
	}
}

func TestCancelledDownloadStopsAndLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var requests atomic.Int32
	lib := tinyLibrary(t, mirror(t, &requests, func(w http.ResponseWriter, r *http.Request) bool {
		w.Write([]byte("\x1f\x8b\x08\x00"))
		http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
		return true
	}), "http://127.0.0.1:0/")
	lib.fetch.idle, lib.fetch.total = time.Minute, time.Minute
	start := time.Now()
	_, _, err := lib.load(ctx)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "mnist: ") {
		t.Errorf("got %v, want the download cancelled", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v to stop", took)
	}
	if got := names(lib.dir); len(got) > 0 {
		t.Errorf("the cache holds %v, want nothing", got)
	}
}

func TestSeveralAtOnceDownloadOnce(t *testing.T) {
	var requests atomic.Int32
	lib := tinyLibrary(t, mirror(t, &requests, func(http.ResponseWriter, *http.Request) bool {
		time.Sleep(50 * time.Millisecond)
		return false
	}))
	var wg sync.WaitGroup
	for range 4 { // as four processes would: the lock is the file's, not the library's
		wg.Go(func() {
			other := *lib
			train, test, err := other.load(t.Context())
			checkTiny(t, train, test, err)
		})
	}
	wg.Wait()
	if got := requests.Load(); got != 4 {
		t.Errorf("%d requests, want 4, one for each file", got)
	}
}

func TestArchiveInTheCacheIsNamedWhereNothingCanBeDownloaded(t *testing.T) {
	lib := tinyLibrary(t, "http://127.0.0.1:0/")
	lib.fetch.client.RetryMax = 0
	if _, _, err := lib.load(t.Context()); !errors.Is(err, ErrMissing) {
		t.Errorf("an empty cache: error %v, want %v", err, ErrMissing)
	}
	write(t, lib.dir, "archive.zip", []byte("PK\x03\x04"))
	_, _, err := lib.load(t.Context())
	if err == nil || errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "/archive.zip: a zip archive") || strings.Count(err.Error(), "mnist: ") != 1 {
		t.Errorf("an archive there: error %v, want one that names it", err)
	}
}

func TestCacheThatCannotBeWrittenIsAnError(t *testing.T) {
	lib := tinyLibrary(t, "http://127.0.0.1:0/")
	write(t, filepath.Dir(filepath.Dir(lib.dir)), "cache", nil) // a file where a directory should be
	if _, _, err := lib.load(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "mnist: ") || !strings.Contains(err.Error(), lib.dir) {
		t.Errorf("got %v, want an error that names %s", err, lib.dir)
	}
}
