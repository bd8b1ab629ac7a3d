// Package sweep trains many networks on the digits, a grid of settings, and
// keeps how many digits each recognises after each epoch in a CSV file. The
// command nnbook sweep writes such files; chapters read what is stored:
//
//	rows, err := sweep.Read("data/eta.csv")
//	for _, group := range sweep.GroupBy(rows, func(r sweep.Row) string { return fmt.Sprint(r.Eta) }) {
//		curves := sweep.Curves(group.Rows, func(r sweep.Row) float64 { return float64(r.Test) / 100 })
//		…
//	}
//
// A file's first line is the command that made it, the second names the
// columns; then comes a row per epoch, run by run in the order of the grid.
// Same command, same bytes: on every machine, with any number of workers,
// and after any number of interruptions. [Check] recomputes a few runs of it.
package sweep
