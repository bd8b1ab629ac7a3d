//go:build js

// Command driver is package cells for a worker of the browser's lab, which calls
// its functions with text and is answered in JSON.
package main

import (
	"syscall/js"

	"nnbook/web/lab/cells"
)

func main() {
	var session *cells.Session
	js.Global().Set("driver", js.ValueOf(map[string]any{
		// begin takes the lab's index; it forgets what was declared.
		"begin": js.FuncOf(func(_ js.Value, args []js.Value) any {
			index, err := cells.ReadIndex(args[0].String())
			if err != nil {
				return cells.JSON(map[string]string{"error": err.Error()})
			}
			session = cells.New(index)
			return cells.JSON(struct{}{})
		}),
		// cell takes a cell's number and source.
		"cell": js.FuncOf(func(_ js.Value, args []js.Value) any {
			program, err := session.Cell(args[0].Int(), args[1].String())
			if err != nil {
				return cells.JSON(map[string]string{"error": err.Error()})
			}
			archive := func(path string) string { return "/pkg/" + path + ".a" }
			return cells.JSON(struct {
				*cells.Program
				cells.Steps
			}{program, program.Steps("/cell", archive)})
		}),
		"keep": js.FuncOf(func(js.Value, []js.Value) any {
			session.Keep()
			return nil
		}),
		"explain": js.FuncOf(func(_ js.Value, args []js.Value) any {
			return session.Explain(args[0].String())
		}),
	}))
	js.Global().Call("driverReady")
	select {}
}
