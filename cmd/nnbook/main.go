// Command nnbook does from a shell what the notebooks do: it trains networks
// on MNIST and prints the published transcripts, trains many in a sweep, fetches
// the data, and says what is missing on this machine.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"nnbook/mnist"
)

const usage = `Usage: nnbook COMMAND [FLAGS]

  train    train a network on MNIST and print how many test digits it recognises
  sweep    train many networks, a grid of settings, and write their counts to a file
  data     fetch or check the data and say where they are
  doctor   say what is missing on this machine, and how to get it

'nnbook help COMMAND' lists a command's flags. NNBOOK_MNIST names a folder
that holds the MNIST files; NNBOOK_DIGITS=drawn takes drawn digits instead.
NNBOOK_ARITH=sparse trains without assembly: slower, the same bits.
`

// The exit codes, besides 0.
const (
	exitFailed      = 1   // bad data, or files that cannot be read or written
	exitUsage       = 2   // bad flags
	exitNoData      = 3   // no MNIST is there, nor to be downloaded: drawn digits are a way out
	exitInterrupted = 130 // Ctrl-C
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// usageError is an error in how the program was called.
type usageError struct{ error }

// errHelp is returned where the user asked for help and has got it.
var errHelp = errors.New("help")

// run is main with its surroundings as arguments; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	commands := map[string]func(ctx context.Context, args []string, stdout, stderr io.Writer) error{
		"train":  train,
		"sweep":  runSweep,
		"data":   data,
		"doctor": doctor,
	}
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	if args[0] == "help" && len(args) == 2 {
		args = []string{args[1], "-h"}
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		fmt.Fprint(stdout, usage)
		return 0
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprintf(stderr, "nnbook: command %q, want train, sweep, data or doctor\n", args[0])
		return exitUsage
	}
	err := command(ctx, args[1:], stdout, stderr)
	var bad usageError
	switch {
	case err == nil || err == errHelp:
		return 0
	case errors.As(err, &bad):
		fmt.Fprintf(stderr, "nnbook %s: %v\n", args[0], err)
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintf(stderr, "nnbook %s: interrupted\n", args[0])
		return exitInterrupted
	}
	code := exitFailed
	if errors.Is(err, mnist.ErrMissing) {
		code = exitNoData
	}
	fmt.Fprintf(stderr, "nnbook %s: %v\n", args[0], err)
	return code
}
