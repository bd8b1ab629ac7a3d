package nb

// This file ends cells: when the reader presses the stop button, and when
// something goes wrong.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"nnbook/nb/breathe"
)

// Context returns a context that is cancelled when the reader presses the stop
// button. Training ends after the mini-batch at hand, and no other begins; see
// Stopped. A second press ends the cell at once.
func Context() context.Context {
	listeners.Add(1)
	return interruptible()
}

// listeners counts the tasks that end by themselves when the context is
// cancelled. If there are none, the cell is computing something else, and an
// interrupt has to end it.
var listeners atomic.Int32

// interruptible returns the one context of the cell: a cell that trains ten
// networks stops all of them.
var interruptible = sync.OnceValue(func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	interrupts := make(chan os.Signal, 1)
	notify(interrupts)
	go func() {
		<-interrupts
		cancel() // before the listeners are counted: a task that stops listening looks at ctx afterwards
		if listeners.Load() == 0 {
			fmt.Println(endsHere)
			os.Exit(0)
		}
		time.Sleep(time.Second / 2) // one press is two signals: Jupyter's, and the kernel's
		stopNotifying(interrupts)
	}()
	return breathe.Context(ctx)
})

const endsHere = "Interrupted: the cell ends here."

// Stopped reports whether the reader has interrupted the training that ended
// with err, and if so prints a line. Any other error ends the cell.
func Stopped(err error) bool {
	if errors.Is(err, context.Canceled) {
		sayOnce("Interrupted: the network is as trained so far.")
		return true
	}
	Check(err)
	return false
}

// Check prints an error, if there is one, and ends the cell. An interrupt is no
// failure: the cell ends with a line that says so.
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

// said is whether the reader has been told that the cell was interrupted.
var said bool

// sayOnce tells the reader of the interrupt, in the figure as well.
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

// running is the Progress or Live of the training, which shows that it was
// interrupted. A cell has one at a time.
var running interface{ interrupted() }
