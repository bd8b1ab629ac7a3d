package nb

import (
	"os"
	"syscall/js"
)

// notify has interrupts sent to the channel: in a browser the cell's worker calls
// a function. Without it, or where it is not heard, the worker ends the cell.
func notify(interrupts chan<- os.Signal) {
	js.Global().Set("interrupted", js.FuncOf(func(js.Value, []js.Value) any {
		select {
		case interrupts <- os.Interrupt:
		default:
		}
		return nil
	}))
}

func stopNotifying(chan<- os.Signal) { js.Global().Delete("interrupted") }
