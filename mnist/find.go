package mnist

// This file finds the four files under the names that archives and sites give
// them, in a folder or up to two below: train-images.idx3-ubyte,
// MNIST/raw/train-images-idx3-ubyte.gz, a second download with (1) in its name.
// What a name promises is believed only once the content is that of MNIST.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	maxDepth   = 2     // folders below the one that is searched
	maxEntries = 10000 // files and folders that are looked at
)

// findings are what a folder holds.
type findings struct {
	paths  [4][]string // that may be the first to the fourth of the files, the likeliest first
	others []string    // that may be MNIST in another form, such as an archive
	failed error       // why a folder below could not be searched, or no further
}

var errTooMany = fmt.Errorf("more than %d files and folders there, too many to look at all", maxEntries)

// find searches dir. A folder that is not there is as good as an empty one.
func find(dir string, files [4]file) (*findings, error) {
	found := &findings{}
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return found, nil
	} else if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file, want the folder that holds the four files", dir)
	}
	var folders [4]string // that are called like a file
	left := maxEntries
	level := []string{dir}
	for depth := 0; depth <= maxDepth; depth++ {
		var below []string
		for _, dir := range level {
			entries, err := list(dir, left, files)
			if depth == 0 && err != nil && err != errTooMany {
				return nil, err
			}
			if err != nil && found.failed == nil {
				found.failed = err
			}
			for _, entry := range entries {
				left--
				name := entry.Name()
				path := filepath.Join(dir, name)
				i := which(name)
				switch {
				case strings.HasPrefix(name, "."): // ._train-images-idx3-ubyte is what macOS adds
				case isFolder(path, entry):
					below = append(below, path)
					if i >= 0 && folders[i] == "" {
						folders[i] = path
					}
				case i >= 0:
					found.paths[i] = append(found.paths[i], path)
				case mayHoldMNIST(name) && (depth == 0 || strings.Contains(strings.ToLower(name), "mnist")):
					found.others = append(found.others, path)
				}
			}
		}
		level = below
	}
	for i, folder := range folders {
		if found.paths[i] == nil && folder != "" {
			found.paths[i] = []string{folder} // to complain about
		}
	}
	return found, nil
}

// list reads a folder, no more than most entries and those of the published
// names: first these, unpacked ones before packed ones, then the others by their
// names.
func list(dir string, most int, files [4]file) ([]fs.DirEntry, error) {
	if most <= 0 {
		return nil, errTooMany
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	others, err := f.ReadDir(most)
	if err == io.EOF {
		err = nil
	} else if len(others) == most {
		err = errTooMany
	}
	slices.SortFunc(others, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var entries []fs.DirEntry
	for _, ending := range []string{"", ".gz"} {
		for _, f := range files {
			if info, err := os.Lstat(filepath.Join(dir, f.name+ending)); err == nil {
				entries = append(entries, fs.FileInfoToDirEntry(info))
			}
		}
	}
	isFirst := func(entry fs.DirEntry) bool {
		return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == entry.Name() })
	}
	return append(entries, slices.DeleteFunc(others, isFirst)...), err
}

// isFolder follows links.
func isFolder(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir()
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// which says which of the four files a name promises, or -1.
func which(name string) int {
	name = strings.ToLower(name)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
	}
	train, test := has("train"), has("t10k", "test")
	images, labels := has("image", "img"), has("label", "lbl")
	if !images && !labels {
		images, labels = has("idx3"), has("idx1")
	}
	if train == test || images == labels || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, recordSuffix) {
		return -1
	}
	i := 0
	if test {
		i = 2
	}
	if labels {
		i++
	}
	return i
}

// mayHoldMNIST says whether a name is that of data or of an archive.
func mayHoldMNIST(name string) bool {
	kinds := []string{".zip", ".tar", ".tgz", ".gz", ".xz", ".bz2", ".zst", ".7z", ".rar",
		".npz", ".npy", ".pkl", ".pickle", ".h5", ".hdf5", ".parquet", ".csv", ".mat", ".arff"}
	return slices.Contains(kinds, strings.ToLower(filepath.Ext(name)))
}
