//go:build !js

package main

// This file answers lines: `engine FOLDER draw|knobs mnist|drawn`, then a message
// on each line of the input, an answer on each line of the output.

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: engine FOLDER draw|knobs mnist|drawn")
		os.Exit(2)
	}
	session, err := open(os.Args[1], os.Args[2], os.Args[3], func(text string) { fmt.Println(text) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		session.Handle(in.Text())
	}
	session.Close() // gives up what still trains: whoever wants its end waits for it
}
