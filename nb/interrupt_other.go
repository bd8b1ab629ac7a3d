//go:build !js

package nb

import (
	"os"
	"os/signal"
)

// notify has interrupts sent to the channel, until stopNotifying.
func notify(interrupts chan<- os.Signal)        { signal.Notify(interrupts, os.Interrupt) }
func stopNotifying(interrupts chan<- os.Signal) { signal.Stop(interrupts) }
