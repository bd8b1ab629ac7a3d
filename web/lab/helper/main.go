//go:build js

// Command helper is package help for a worker of the browser's lab, which calls
// its functions with JSON and is answered in JSON.
package main

import (
	"bytes"
	"encoding/json"
	"syscall/js"

	"nnbook/web/lab/cells"
	"nnbook/web/lab/help"
)

func main() {
	var h *help.Help
	question := func(args []js.Value) (q help.Question) {
		if err := json.Unmarshal([]byte(args[0].String()), &q); err != nil {
			panic(err)
		}
		return q
	}
	js.Global().Set("helper", js.ValueOf(map[string]any{
		// begin takes the lab's index and the bytes of its reference; it returns
		// what is wrong with them.
		"begin": js.FuncOf(func(_ js.Value, args []js.Value) any {
			index, err := cells.ReadIndex(args[0].String())
			if err != nil {
				return err.Error()
			}
			packed := make([]byte, args[1].Length())
			js.CopyBytesToGo(packed, args[1])
			reference, err := help.Read(bytes.NewReader(packed))
			if err != nil {
				return err.Error()
			}
			h = help.New(index, reference)
			return ""
		}),
		"complete": js.FuncOf(func(_ js.Value, args []js.Value) any { return cells.JSON(h.Complete(question(args))) }),
		"inspect":  js.FuncOf(func(_ js.Value, args []js.Value) any { return cells.JSON(h.Inspect(question(args))) }),
	}))
	js.Global().Call("helperReady")
	select {}
}
