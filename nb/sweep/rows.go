package sweep

// This file sorts the rows of a sweep for a figure.

// Group is the rows to which GroupBy's key has given the same name.
type Group struct {
	Key  string
	Rows []Row
}

// GroupBy sorts rows into groups by a key such as their learning rate. Groups
// come in the order of their first rows, and keep the order of rows.
func GroupBy(rows []Row, key func(Row) string) []Group {
	var groups []Group
	index := make(map[string]int)
	for _, row := range rows {
		k := key(row)
		i, ok := index[k]
		if !ok {
			i = len(groups)
			index[k] = i
			groups = append(groups, Group{Key: k})
		}
		groups[i].Rows = append(groups[i].Rows, row)
	}
	return groups
}

// Curves returns a curve for each run in rows: its values, epoch by epoch.
func Curves(rows []Row, value func(Row) float64) [][]float64 {
	var curves [][]float64
	for _, row := range rows {
		if row.Epoch == 0 {
			curves = append(curves, nil)
		}
		last := len(curves) - 1
		curves[last] = append(curves[last], value(row))
	}
	return curves
}
