//go:build unix && !cell

package mnist

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// put writes a file below dir, with the folders that it lies in.
func put(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(path), filepath.Base(path), data)
}

func named(dir string, files [4]file) *library {
	return &library{dir: dir, why: ", which NNBOOK_MNIST names", files: files}
}

func TestFilesAreFoundUnderTheNamesThatPeopleHave(t *testing.T) {
	files, raw := tinyFiles()
	dots := strings.NewReplacer("-idx", ".idx")
	for name, spell := range map[string]func(name string) string{
		"as unpacked by some":        dots.Replace,
		"packed, with dots":          func(name string) string { return dots.Replace(name) + ".gz" },
		"packed":                     func(name string) string { return name + ".gz" },
		"packed, without .gz":        func(name string) string { return name + "@" },
		"unpacked, with .gz":         func(name string) string { return name + ".gz@" },
		"in capitals":                strings.ToUpper,
		"in capitals, packed":        func(name string) string { return strings.ToUpper(name) + ".GZ" },
		".ubyte":                     func(name string) string { return strings.Replace(name, "-ubyte", ".ubyte", 1) },
		"with underscores":           func(name string) string { return strings.ReplaceAll(name, "-", "_") },
		"short":                      func(name string) string { return name[:strings.Index(name, "-idx")] },
		"test for t10k":              func(name string) string { return strings.Replace(name, "t10k", "test", 1) },
		"x and y":                    func(name string) string { return strings.NewReplacer("images", "x", "labels", "y").Replace(name) },
		"with a data set in front":   func(name string) string { return "mnist-" + name + ".gz" },
		"downloaded twice":           func(name string) string { return name + " (1).gz" },
		"downloaded twice, by wget":  func(name string) string { return name + ".gz.1" },
		"a copy":                     func(name string) string { return name + " - Copy.gz" },
		"a copy of macOS":            func(name string) string { return name + " copy" },
		"of torchvision":             func(name string) string { return "MNIST/raw/" + name },
		"of torchvision, packed too": func(name string) string { return "MNIST/raw/" + name + ".gz" },
		"in folders of their names":  func(name string) string { return name + "/" + name },
		"in folders, with dots":      func(name string) string { return dots.Replace(name) + "/" + dots.Replace(name) },
		"in two folders":             func(name string) string { return name[:4] + "/" + name },
		"two folders down":           func(name string) string { return "my data/ziffern für alle/" + name },
	} {
		dir := t.TempDir()
		for i, f := range files {
			spelt := spell(f.name)
			isPacked := strings.HasSuffix(strings.ToLower(spelt), ".gz") || strings.Contains(spelt, ".gz.")
			if bare, ok := strings.CutSuffix(spelt, "@"); ok { // whatever the name says, the content counts
				spelt, isPacked = bare, !strings.HasSuffix(bare, ".gz")
			}
			data := raw[i]
			if isPacked {
				data = packed(data)
			}
			put(t, dir, spelt, data)
		}
		lib := named(dir, files)
		lib.cache = filepath.Join(t.TempDir(), "cache")
		for range 2 {
			train, test, err := lib.load(t.Context())
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			checkTiny(t, train, test, err)
			lib = lib.hashless() // what was verified once is not hashed again
		}
	}
}

// Of several files that may be meant, the one is taken that verifies.
func TestRightFileIsFoundAmongOthers(t *testing.T) {
	files, raw := tinyFiles()
	other := bytes.Clone(raw[0])
	other[100] ^= 1
	const name = "train-images-idx3-ubyte"
	for what, disturb := range map[string]func(dir string){
		"a web page beside a second download": func(dir string) {
			os.Rename(filepath.Join(dir, name), filepath.Join(dir, name+" (1)"))
			put(t, dir, name+".gz", []byte("<!DOCTYPE html>"))
		},
		"another data set beside":       func(dir string) { put(t, dir, "A-FashionMNIST/raw/"+name, other) },
		"another data set in its place": func(dir string) { put(t, dir, "zzz/"+name, raw[0]); put(t, dir, name, other) },
		"a folder of its name": func(dir string) {
			os.Rename(filepath.Join(dir, name), filepath.Join(dir, name+".gz"))
			put(t, dir, name+"/readme", nil)
		},
		"what macOS adds": func(dir string) {
			put(t, dir, "__MACOSX/._"+name, []byte("\x00\x05\x16\x07"))
			put(t, dir, "._"+name+".gz", nil)
		},
		"a pipe":             func(dir string) { syscall.Mkfifo(filepath.Join(dir, name+".gz"), 0o600) },
		"a link to nowhere":  func(dir string) { os.Symlink("nowhere", filepath.Join(dir, name+".gz")) },
		"a link in a circle": func(dir string) { os.Symlink(".", filepath.Join(dir, "again")) },
		"a checksum":         func(dir string) { put(t, dir, name+".gz.md5", []byte("f68b3c2dcbeaaa9fbdd348bbdeb94873")) },
		"half a download":    func(dir string) { put(t, dir, name+".gz", packed(raw[0])[:50]) },
		"links": func(dir string) {
			elsewhere := t.TempDir()
			os.Rename(filepath.Join(dir, name), filepath.Join(elsewhere, "blob"))
			os.Symlink(filepath.Join(elsewhere, "blob"), filepath.Join(dir, name))
		},
		"a folder by a link": func(dir string) {
			elsewhere := t.TempDir()
			os.Rename(filepath.Join(dir, name), filepath.Join(elsewhere, name))
			os.Symlink(elsewhere, filepath.Join(dir, "raw"))
		},
		"more files than are looked at": func(dir string) { many(t, dir, maxEntries) },
		"a folder out of reach":         func(dir string) { os.Mkdir(filepath.Join(dir, "private"), 0) },
	} {
		dir := t.TempDir()
		for i, f := range files {
			put(t, dir, f.name, raw[i])
		}
		disturb(dir)
		train, test, err := named(dir, files).load(t.Context())
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		checkTiny(t, train, test, err)
	}
}

// Where something lies that is not MNIST the error says what, in one line, and
// is no invitation to do without.
func TestWhatIsThereAndWrongIsNamed(t *testing.T) {
	files, raw := tinyFiles()
	const name = "train-images-idx3-ubyte"
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	if w, err := z.Create("mnist/" + name); err != nil {
		t.Fatal(err)
	} else {
		w.Write(raw[0])
	}
	z.Close()
	for what, c := range map[string]struct {
		disturb func(dir string) // a folder with all files but the training images
		want    []string
	}{
		"a page": {func(dir string) { put(t, dir, "MNIST/raw/"+name+".gz", []byte("\n\n<html><body>Log in")) },
			[]string{"/MNIST/raw/" + name + ".gz: a web page “<html><body>Log in”, want an IDX file", "; download it again"}},
		"an archive of its name": {func(dir string) { put(t, dir, name+".zip", archive.Bytes()) },
			[]string{"/" + name + ".zip: a zip archive, want an IDX file", "; unpack it with unzip"}},
		"another archive": {func(dir string) { put(t, dir, "archive.zip", archive.Bytes()) },
			[]string{name + " missing in ", "/archive.zip: a zip archive, want an IDX file", "; unpack it with unzip"}},
		"an array": {func(dir string) { put(t, dir, "keras/mnist.npz", []byte("\x93NUMPY\x01\x00")) },
			[]string{name + " missing in ", "/keras/mnist.npz: a NumPy array (.npy), want an IDX file", "; download it again, as first published"}},
		"a pickle": {func(dir string) { put(t, dir, "mnist.pkl.gz", packed([]byte("\x80\x02(X\x05"))) },
			[]string{name + " missing in ", "/mnist.pkl.gz: a Python pickle packed by gzip, want an IDX file"}},
		"a table": {func(dir string) { put(t, dir, "mnist_train.csv", []byte("5,0,0,0\n0,0,0,0\n4,0,0,0\n")) },
			[]string{name + " missing in ", "/mnist_train.csv: a table in CSV “5,0,0,0 0,0,0,0 4,0,0,0”, want an IDX file"}},
		"packed twice": {func(dir string) { put(t, dir, name+".gz", packed(packed(raw[0]))) },
			[]string{"/" + name + ".gz: packed by gzip twice, want once at most; unpack it with gunzip once"}},
		"the labels": {func(dir string) { put(t, dir, name, raw[1]) },
			[]string{"/" + name + ": magic 0x00000801 at byte 0, want 0x00000803 (this is a file of labels); is it another file, or a changed one? Download it again"}},
		"the test images": {func(dir string) { put(t, dir, name, raw[2]) },
			[]string{"/" + name + ": size 2 of dimension 0 at byte 4, want 3; is it another file, or a changed one? Download it again, as first published"}},
		"a pipe":   {func(dir string) { syscall.Mkfifo(filepath.Join(dir, name), 0o600) }, []string{"/" + name + " is a pipe or a device, want a file"}},
		"a device": {func(dir string) { os.Symlink("/dev/zero", filepath.Join(dir, name+".gz")) }, []string{"/" + name + ".gz is a pipe or a device, want a file"}},
		"a folder": {func(dir string) { put(t, dir, name+"/readme.txt", nil) }, []string{"/" + name + " is a folder, and none of the files is in it"}},
		"a link": {func(dir string) { os.Symlink("../gone", filepath.Join(dir, name)) },
			[]string{"/" + name + " is a link to ../gone, which is not there"}},
		"a link of git-annex": {func(dir string) {
			os.Symlink("../.git/annex/objects/Xx/7K/SHA256E-s9--1.gz", filepath.Join(dir, name+".gz"))
		},
			[]string{"which is not there: git annex get fetches it"}},
		"half a download": {func(dir string) { put(t, dir, name+".gz.crdownload", packed(raw[0])[:50]) },
			[]string{name + ".gz.crdownload: end of data at byte ", "; download it again"}},
		"256 MB, packed": {func(dir string) { put(t, dir, name+".gz", bomb(t, raw[0])) },
			[]string{"/" + name + ".gz: more data at byte 2368, want the end after 2352 values"}},
		"nothing":           {func(dir string) {}, []string{name + " missing in ", ", which NNBOOK_MNIST names (want all four there or up to two folders below, unpacked or as .gz)"}},
		"too far down":      {func(dir string) { put(t, dir, "a/b/c/"+name, raw[0]) }, []string{name + " missing in "}},
		"in too many files": {func(dir string) { many(t, dir, maxEntries) }, []string{name + " missing in ", "; more than 10000 files and folders there"}},
	} {
		dir := t.TempDir()
		for i, f := range files[1:] {
			put(t, dir, f.name, raw[i+1])
		}
		c.disturb(dir)
		start := time.Now()
		train, test, err := named(dir, files).load(t.Context())
		if err == nil || train != nil || test != nil {
			t.Errorf("%s: %v, %v, %v, want an error only", what, train, test, err)
			continue
		}
		text := err.Error()
		for _, want := range append(c.want, dir) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: error %q, want %q in it", what, text, want)
			}
		}
		if !strings.HasPrefix(text, "mnist: ") || strings.ContainsAny(text, "\n\x1b\x00") || strings.Count(text, "mnist: ") > 1 || strings.Contains(text, "nnlib: ") {
			t.Errorf("%s: error %q is not one clear line", what, text)
		}
		if errors.Is(err, ErrMissing) {
			t.Errorf("%s: the error is ErrMissing, though files lie there", what)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: an answer after %v", what, took)
		}
	}
}

// bomb is a file and 256 MB of zeros after it, packed.
func bomb(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	zeros := make([]byte, 1<<20)
	for range 1 << 8 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	return b.Bytes()
}

func many(t *testing.T, dir string, n int) {
	for i := range n {
		put(t, dir, fmt.Sprint("0", i), nil)
	}
}

func TestPlaceThatIsNoFolderIsNamed(t *testing.T) {
	files, raw := tinyFiles()
	dir := t.TempDir()
	put(t, dir, "train-images-idx3-ubyte", raw[0])
	for path, want := range map[string]string{
		"train-images-idx3-ubyte":      "/train-images-idx3-ubyte is a file, want the folder that holds the four files",
		"train-images-idx3-ubyte/more": "not a directory",
		"nowhere":                      "missing in " + filepath.Join(dir, "nowhere") + ", which NNBOOK_MNIST names and which is not there (want",
	} {
		_, _, err := named(filepath.Join(dir, path), files).load(t.Context())
		if err == nil || !strings.HasPrefix(err.Error(), "mnist: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", path, err, want)
		}
		if errors.Is(err, ErrMissing) != (path == "nowhere") {
			t.Errorf("%s: error %v is ErrMissing: %v", path, err, errors.Is(err, ErrMissing))
		}
	}
	if os.Getuid() > 0 { // root may read everything
		os.Chmod(dir, 0)
		defer os.Chmod(dir, 0o755)
		if _, _, err := named(dir, files).load(t.Context()); !errors.Is(err, os.ErrPermission) {
			t.Errorf("a folder out of reach: error %v, want %v", err, os.ErrPermission)
		}
	}
}
