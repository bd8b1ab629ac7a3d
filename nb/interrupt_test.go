package nb

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"nnbook/internal/faults"
)

// One press of the stop button comes as two signals. The cell is told of the
// first, lives through the second, and trains nothing more.
func TestInterruptedCellEndsCalmly(t *testing.T) {
	if faults.Argument() != "" {
		ctx := Context()
		cell, err := os.FindProcess(os.Getpid())
		for range 2 {
			Check(errors.Join(err, cell.Signal(os.Interrupt)))
			<-ctx.Done()
		}
		time.Sleep(100 * time.Millisecond)
		if !Stopped(fmt.Errorf("training: %w", ctx.Err())) {
			t.Error("an interrupted training is not stopped")
		}
		Check(Context().Err())
		t.Error("the cell goes on after it was checked")
	}
	got, err := faults.Again(t, "in a process of its own").Output()
	if want := "Interrupted: the network is as trained so far.\n"; string(got) != want || err != nil {
		t.Errorf("it ends with %v and says %q, want %q", err, got, want)
	}
}
