package nb

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestDataFileIsFoundFromBothEditions(t *testing.T) {
	book := t.TempDir()
	file := filepath.Join(book, "data", "runs.csv")
	if err := errors.Join(os.Mkdir(filepath.Join(book, "data"), 0o755), os.Mkdir(filepath.Join(book, "student"), 0o755),
		os.WriteFile(file, []byte("1"), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{book, filepath.Join(book, "student")} {
		t.Chdir(folder)
		if _, err := os.Stat(DataFile("runs.csv")); err != nil {
			t.Errorf("from %s: %v", folder, err)
		}
	}
}
