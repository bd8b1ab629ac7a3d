package nb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"
)

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

// running is what shows the training, and is told of its interruption: a cell
// is a program, and has one at a time.
var running interface{ interrupted() }
