package nb

// This file keeps what one cell leaves to another: each cell is a program of
// its own, and values do not outlive it.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// runs is the folder for it, beside the notebook and not under version control.
const runs = "runs"

// File returns the path at which a cell may save a file of this name, such as
// a trained network, for another cell to load.
func File(name string) string {
	Check(os.MkdirAll(runs, 0o777))
	return filepath.Join(runs, name)
}

// Keep stores a value, such as the counts of a transcript, for another cell.
func Keep(name string, value any) {
	text, err := json.Marshal(value)
	Check(err)
	path := File(name + ".json")
	// Beside and renamed, so that another cell reads all of it or the older one.
	part := fmt.Sprintf("%s.%d.part", path, os.Getpid())
	err = os.WriteFile(part, text, 0o666)
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
	}
	Check(err)
}

// Kept returns what Keep stored under this name. If there is nothing, the cell
// ends and says which one to run first.
func Kept[T any](name string) T {
	var value T
	text, err := os.ReadFile(File(name + ".json"))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("nothing is kept as %q: first run the cell above that trains it", name)
	}
	Check(err)
	if err := json.Unmarshal(text, &value); err != nil {
		Check(fmt.Errorf("what is kept as %q cannot be read (%w): run the cell above that trains it again", name, err))
	}
	return value
}
