package nb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moby/sys/atomicwriter"

	"nnbook/mnist"
)

// Data returns the digits to train on and to test with. Where they are not
// MNIST it says so: the reader's numbers will differ from the book's.
func Data() (train, test *mnist.Set) {
	ctx := interruptible()
	listeners.Add(1)
	train, test, err := mnist.Load(ctx)
	listeners.Add(-1)
	if err == nil {
		err = ctx.Err() // it came too late for Load
	}
	Check(err)
	if train.Source() != "MNIST" {
		fmt.Printf("These are %s, not MNIST: all numbers and figures differ from the text.\n", train.Source())
	}
	return train, test
}

// Context is done when the reader interrupts the cell (the stop button).
// Training in it ends after the mini-batch at hand, and further training does
// not begin; see Stopped. The next interrupt ends the cell at once.
func Context() context.Context {
	listeners.Add(1)
	return interruptible()
}

// listeners counts who ends by itself in an interrupted context. Without any,
// the cell computes something else: then it is ended.
var listeners atomic.Int32

// interruptible is one context for the whole cell: who trains ten networks in
// it stops all of them.
var interruptible = sync.OnceValue(func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		<-interrupts
		cancel() // before the listeners are counted: who stops to listen looks at ctx afterwards
		if listeners.Load() == 0 {
			fmt.Println(endsHere)
			os.Exit(0)
		}
		time.Sleep(time.Second / 2) // one press is two signals: Jupyter's, and the kernel's
		signal.Stop(interrupts)
	}()
	return ctx
})

const endsHere = "Interrupted: the cell ends here."

// Stopped reports whether err is the end of a training that the reader
// interrupted, and says so. Without an error it returns false; on another one
// it ends the cell.
func Stopped(err error) bool {
	if errors.Is(err, context.Canceled) {
		sayOnce("Interrupted: the network is as trained so far.")
		return true
	}
	Check(err)
	return false
}

// Check ends the cell where there is an error, and prints that. An interrupted
// training, or loading of data, is no failure: the cell ends and says so.
func Check(err error) {
	if errors.Is(err, context.Canceled) {
		sayOnce(endsHere)
		os.Exit(0)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// said is whether the reader knows that the cell was interrupted.
var said bool

func sayOnce(text string) {
	if said {
		return
	}
	said = true
	if running != nil {
		running.interrupted()
	}
	fmt.Println(text)
}

// DataFile returns the path of a file that comes with the book, such as a
// sweep's CSV. It lies in data, beside the notebooks: for those of the student
// edition, one folder up.
func DataFile(name string) string {
	path := filepath.Join("data", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		path = filepath.Join("..", path)
	}
	_, err := os.Stat(path)
	Check(err)
	return path
}

// runs is where cells keep things, beside the notebook and not under version
// control.
const runs = "runs"

// File returns the path at which a cell may save a file of this name, such as
// a trained network, for another cell to load.
func File(name string) string {
	Check(os.MkdirAll(runs, 0o755))
	return filepath.Join(runs, name)
}

// Keep stores a value, such as the counts of a transcript, for another cell.
func Keep(name string, value any) {
	text, err := json.Marshal(value)
	Check(err)
	Check(atomicwriter.WriteFile(File(name+".json"), text, 0o644))
}

// Kept returns what Keep stored under this name. Where nothing is, the cell
// ends and says that another one comes first.
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
