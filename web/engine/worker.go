//go:build js

package main

// This file answers what the page posts to its worker.

import (
	"encoding/json"
	"os"
	"syscall/js"
)

// main is told by worker.js what it is for and which digits there are.
func main() {
	session, err := open("/", os.Args[1], os.Args[2], post)
	if err != nil {
		text, _ := json.Marshal(map[string]any{"kind": "error", "n": 0, "text": err.Error()})
		post(string(text))
		return
	}
	js.Global().Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		session.Handle(args[0].Get("data").String())
		return nil
	}))
	select {} // until the page ends the worker
}

func post(text string) { js.Global().Call("postMessage", text) }
