package mnist

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"nnbook/nnlib"
)

// tinyFiles describes four files of 3 digits to train on and 2 to test with,
// and gives their unpacked content.
func tinyFiles() (files [4]file, raw [4][]byte) {
	return filesOf(tinySet(3), tinySet(5).Slice(3, 5))
}

func filesOf(train, test *Set) (files [4]file, raw [4][]byte) {
	for i, f := range published {
		s := []*Set{train, test}[i/2]
		f.dims = append([]int{s.Len()}, f.dims[1:]...)
		values := s.Images
		if len(f.dims) == 1 {
			values = s.Labels
		}
		raw[i] = append(f.header(), values...)
		f.sha256 = hashOf(raw[i])
		f.crc32c = checksum(raw[i])
		files[i] = f
	}
	return files, raw
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// write puts a file into dir.
func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkTiny complains unless the sets are those of tinyFiles.
func checkTiny(t *testing.T, train, test *Set, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if want := tinySet(3); !bytes.Equal(train.Images, want.Images) || !bytes.Equal(train.Labels, want.Labels) {
		t.Errorf("training set: got labels %v, want %v and their images", train.Labels, want.Labels)
	}
	if want := tinySet(5).Slice(3, 5); !bytes.Equal(test.Images, want.Images) || !bytes.Equal(test.Labels, want.Labels) {
		t.Errorf("test set: got labels %v, want %v and their images", test.Labels, want.Labels)
	}
	if train.Source() != "MNIST" || test.Source() != "MNIST" {
		t.Errorf("sources: got %q and %q, want MNIST", train.Source(), test.Source())
	}
}

func TestFilesMayBePackedOrNot(t *testing.T) {
	files, raw := tinyFiles()
	for mask := range 1 << 4 {
		dir := t.TempDir()
		for i, f := range files {
			if mask>>i&1 == 0 {
				write(t, dir, f.name, raw[i])
				write(t, dir, f.name+".gz", []byte("not looked at"))
			} else {
				write(t, dir, f.name+".gz", packed(raw[i]))
			}
		}
		lib := library{dir: dir, why: ", which NNBOOK_MNIST names", files: files}
		train, test, err := lib.load(t.Context())
		checkTiny(t, train, test, err)
	}
}

func TestEachDamageHasItsOwnError(t *testing.T) {
	const images, labels = 0, 1 // of the training set
	files, raw := tinyFiles()
	cut := func(b []byte, n int) []byte { return b[:len(b)-n] }
	changed := func(b []byte, at int, to byte) []byte {
		b = bytes.Clone(b)
		b[at] = to
		return b
	}
	for _, c := range []struct {
		name   string
		damage func(dir string)
		want   []string // what the error says, in this order
		format bool     // it is an *nnlib.FormatError
	}{
		{"truncated gzip", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			write(t, dir, files[images].name+".gz", cut(packed(raw[images]), 30))
		}, []string{"train-images-idx3-ubyte.gz: end of data at byte ", "want 2352 values [3 28 28]"}, true},
		{"gzip with a wrong checksum", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			write(t, dir, files[images].name+".gz", changed(packed(raw[images]), len(packed(raw[images]))-8, 'x'))
		}, []string{"train-images-idx3-ubyte.gz: gzip: invalid checksum at byte 2368"}, true},
		{"wrong magic", func(dir string) {
			write(t, dir, files[images].name, changed(raw[images], 2, 13))
		}, []string{"train-images-idx3-ubyte: magic 0x00000d03 at byte 0, want 0x00000803"}, true},
		{"images and labels swapped", func(dir string) {
			write(t, dir, files[images].name, raw[labels])
			write(t, dir, files[labels].name, raw[images])
		}, []string{"train-images-idx3-ubyte: magic 0x00000801 at byte 0, want 0x00000803 (this is a file of labels)"}, true},
		{"training and test swapped", func(dir string) {
			write(t, dir, files[labels].name, raw[3])
			write(t, dir, files[3].name, raw[labels])
		}, []string{"train-labels-idx1-ubyte: size 2 of dimension 0 at byte 4, want 3"}, true},
		{"web page", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			write(t, dir, files[images].name+".gz", []byte("<!DOCTYPE html><title>Sign in</title>"))
		}, []string{"train-images-idx3-ubyte.gz: a web page"}, true},
		{"label 10", func(dir string) {
			write(t, dir, files[labels].name, changed(raw[labels], 9, 10))
		}, []string{"train-labels-idx1-ubyte: label 10 at byte 9, want 0 to 9"}, true},
		{"fewer than it says", func(dir string) {
			write(t, dir, files[labels].name, cut(raw[labels], 1))
		}, []string{"train-labels-idx1-ubyte: end of data at byte 10, want 3 values [3]"}, true},
		{"trailing bytes", func(dir string) {
			write(t, dir, files[labels].name, append(bytes.Clone(raw[labels]), 0))
		}, []string{"train-labels-idx1-ubyte: more data at byte 11, want the end"}, true},
		{"empty", func(dir string) {
			write(t, dir, files[labels].name, nil)
		}, []string{"train-labels-idx1-ubyte: an empty file, want an IDX file"}, true},
		{"other content", func(dir string) {
			write(t, dir, files[images].name, changed(raw[images], 100, 77))
		}, []string{"train-images-idx3-ubyte: content of SHA-256 ", ", want " + files[images].sha256, "Fashion-MNIST"}, true},
		{"a directory", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			os.Mkdir(filepath.Join(dir, files[images].name), 0o755)
		}, []string{"train-images-idx3-ubyte is a folder, and none of the files is in it"}, false},
		{"unreadable", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			os.Symlink(files[images].name, filepath.Join(dir, files[images].name)) // a loop stops even root
		}, []string{"train-images-idx3-ubyte: too many"}, false},
		{"two missing", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			os.Remove(filepath.Join(dir, files[3].name))
		}, []string{"mnist: train-images-idx3-ubyte, t10k-labels-idx1-ubyte missing in ", "NNBOOK_MNIST names", ".gz"}, false},
		{"one missing, one empty", func(dir string) {
			os.Remove(filepath.Join(dir, files[images].name))
			write(t, dir, files[labels].name, nil)
		}, []string{"mnist: train-images-idx3-ubyte missing in ", "train-labels-idx1-ubyte: an empty file"}, true},
		{"no directory", func(dir string) { os.RemoveAll(dir) },
			[]string{"train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte missing in "}, false},
	} {
		if c.name == "unreadable" && runtime.GOOS == "windows" {
			continue
		}
		dir := t.TempDir()
		for i, f := range files {
			write(t, dir, f.name, raw[i])
		}
		c.damage(dir)
		lib := library{dir: dir, why: ", which NNBOOK_MNIST names", files: files}
		train, test, err := lib.load(t.Context())
		if err == nil || train != nil || test != nil {
			t.Errorf("%s: got sets %v, %v and error %v, want an error only", c.name, train, test, err)
			continue
		}
		text, rest := err.Error(), err.Error()
		for _, want := range c.want {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Errorf("%s: got error %q, want %q in it", c.name, text, want)
			}
			rest = after
		}
		if !strings.HasPrefix(text, "mnist: ") || strings.Count(text, "mnist: ") > 1 || strings.Contains(text, "nnlib: ") {
			t.Errorf("%s: error %q does not name its package once", c.name, text)
		}
		if missing := c.name == "no directory"; errors.Is(err, ErrMissing) != missing {
			t.Errorf("%s: the error %q is ErrMissing: %v, want %v", c.name, text, !missing, missing)
		}
		var format *nnlib.FormatError
		if errors.As(err, &format) != c.format {
			t.Errorf("%s: an *nnlib.FormatError is %v, want %v", c.name, !c.format, c.format)
		}
	}
}

func TestDirectoryThatIsNamedIsTheOnlyPlaceLoadLooks(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(envDigits, "")
	t.Setenv(envDir, dir)
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	if got, err := Dir(); got != dir || err != nil {
		t.Errorf("Dir() = %q, %v, want %q", got, err, dir)
	}
	_, _, err := Load(t.Context())
	if err == nil || !strings.Contains(err.Error(), "NNBOOK_MNIST") || !errors.Is(err, ErrMissing) {
		t.Errorf("an empty directory: got %v, want an error that names NNBOOK_MNIST", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("Load left %v in the user's directory", entries)
	}
}

func TestEnvironmentIsTakenByItsWord(t *testing.T) {
	t.Setenv(envDir, filepath.Join(t.TempDir(), "none"))
	t.Setenv(envDigits, "Drawn")
	if _, _, err := Load(t.Context()); err == nil || !strings.Contains(err.Error(), `NNBOOK_DIGITS is "Drawn", want drawn`) {
		t.Errorf("NNBOOK_DIGITS=Drawn: got %v, want an error", err)
	}
	t.Setenv(envDigits, "drawn")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Load(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: got %v, want %v", err, context.Canceled)
	}
	t.Setenv(envDir, "digits")
	if want, err := filepath.Abs("digits"); err != nil {
		t.Error(err)
	} else if got, err := Dir(); got != want || err != nil {
		t.Errorf("Dir() = %q, %v, want %q", got, err, want)
	}
	if runtime.GOOS == "linux" {
		t.Setenv(envDir, "")
		t.Setenv("XDG_CACHE_HOME", "/somewhere")
		if got, err := Dir(); got != "/somewhere/nnbook/mnist" || err != nil {
			t.Errorf("Dir() = %q, %v, want /somewhere/nnbook/mnist", got, err)
		}
		cache := t.TempDir()
		t.Setenv("XDG_CACHE_HOME", cache)
		t.Setenv(envDigits, "")
		if _, _, err := Local(); !errors.Is(err, ErrMissing) || strings.Contains(err.Error(), "NNBOOK_MNIST") {
			t.Errorf("Local with an empty cache: got %v, want an error that says what is missing there", err)
		}
		if entries, _ := os.ReadDir(cache); len(entries) > 0 {
			t.Errorf("Local left %v in the cache", entries)
		}
		t.Setenv("XDG_CACHE_HOME", "")
		t.Setenv("HOME", "")
		if _, err := Dir(); err == nil || !strings.Contains(err.Error(), "NNBOOK_MNIST") {
			t.Errorf("no home: got %v, want an error that names NNBOOK_MNIST", err)
		}
	}
}
