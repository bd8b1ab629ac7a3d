// Built into a cell that speaks of standard input (see go, beside this file): a cell has none, and
// whatever reads it would wait for ever, without a word.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"time"
)

func init() {
	reading := fmt.Appendf(nil, "os.(*File).Read(%p", os.Stdin) // so it stands among the stacks
	go func() {
		stacks := make([]byte, 1<<20)
		for {
			time.Sleep(time.Second / 2)
			if n := runtime.Stack(stacks, true); bytes.Contains(stacks[:n], reading) {
				fmt.Fprintln(os.Stderr, "This cell reads standard input, but a cell has none: write what it is to read into the cell.")
				os.Exit(1)
			}
		}
	}()
}
