package mnist

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrittenSetsLoadAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := Write(dir, tinySet(3), tinySet(5).Slice(3, 5)); err != nil {
		t.Fatal(err)
	}
	files, _ := tinyFiles()
	train, test, err := (&library{dir: dir, files: files}).load(t.Context())
	checkTiny(t, train, test, err)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 || entries[3].Name() != "train-labels-idx1-ubyte.gz" {
		t.Errorf("%v, %v are there, want the four packed files", entries, err)
	}
	if err := Write(filepath.Join(dir, entries[0].Name(), "c"), train, test); err == nil || !strings.HasPrefix(err.Error(), "mnist: ") {
		t.Errorf("a file in place of a folder: error %v", err)
	}
}
