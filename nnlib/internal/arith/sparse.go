package arith

// What is below computes what the dense loops of generic.go compute, from a
// list of the columns that matter. A column where x is zero adds nothing to a
// lane and nothing to a gradient as long as weights and deltas are finite
// (0 times infinity is not a number); four of five pixels of a digit are zero.

// NonZero appends the columns where x is not zero to columns.
func NonZero(columns []int, x []float64) []int {
	for k, v := range x {
		if v != 0 {
			columns = append(columns, k)
		}
	}
	return columns
}

// MulVecColumns computes z = W x like MulVec. Columns lists, in ascending
// order, at least those where x is not zero; kinds is Kinds of the shape.
func MulVecColumns(z []float64, w Matrix, kinds []Kind, x []float64, columns []int) {
	body := w.Cols &^ 3
	for len(columns) > 0 && columns[len(columns)-1] >= body {
		columns = columns[:len(columns)-1]
	}
	for j, kind := range kinds {
		row := w.Row(j)
		x := x[:len(row)]
		var l [4]float64
		switch kind {
		case four:
			for _, k := range columns {
				l[k&3] = fma(row[k], x[k], l[k&3])
			}
		case pair:
			for _, k := range columns {
				l[k&1] += float64(row[k] * x[k])
			}
		case single:
			for _, k := range columns {
				l[k&3] += float64(row[k] * x[k])
			}
		}
		z[j] = addLeftover(joinLanes(kind, &l), row[body:], x[body:])
	}
}

// AddOuterColumns computes g_jk = g_jk + d_j a_k for the given columns k.
func AddOuterColumns(g Matrix, d, a []float64, columns []int) {
	for j, dj := range d {
		row := g.Row(j)
		a := a[:len(row)]
		for _, k := range columns {
			row[k] += float64(dj * a[k])
		}
	}
}

// DescendColumns computes w_jk = w_jk - rate*g_jk for the given columns k and
// sets these g_jk to 0. It reports whether all new w_jk are finite.
func DescendColumns(w Matrix, rate float64, g Matrix, columns []int) (finite bool) {
	var zero float64 // stays 0 while every w - w is
	for j := range w.Rows {
		wRow, gRow := w.Row(j), g.Row(j)
		gRow = gRow[:len(wRow)]
		for _, k := range columns {
			v := wRow[k] - float64(rate*gRow[k])
			wRow[k], gRow[k] = v, 0
			zero += v - v
		}
	}
	return zero == 0
}

// Scale computes W = c W.
func Scale(w Matrix, c float64) {
	for j := range w.Rows {
		scale(w.Row(j), c)
	}
}

// Finite reports whether no value is infinite or not a number.
func Finite(v []float64) bool {
	var zero float64
	for _, x := range v {
		zero += x - x
	}
	return zero == 0
}
