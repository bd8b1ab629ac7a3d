package arith

import "math"

// Row returns row j, not copied.
func (m *Matrix) Row(j int) []float64 { return m.Data[j*m.Stride:][:m.Cols] }

// padded returns row j with what is between it and the next one.
func (m *Matrix) padded(j int) []float64 { return m.Data[j*m.Stride:][:m.Stride] }

// Kind is how a row of a matrix is multiplied by a vector: in how many lanes
// its products are added up, and whether they are rounded before. It follows
// from how many rows the processor of the published numbers took at once.
type Kind byte

const (
	four   Kind = iota // one of four rows: four lanes, fused, l = fma(w, x, l)
	pair               // one of two rows: two lanes, l = l + w*x
	single             // a row by itself: four lanes, l = l + w*x
)

// threadedSize is the number of weights from which a matrix is cut into four
// chunks of rows; it was four threads that computed the published numbers.
const threadedSize = 9216

// Kinds returns the kind of each row of a rows × cols matrix. A chunk begins
// with whole fours; of the up to three rows left, two are a pair and one is a
// single.
func Kinds(rows, cols int) []Kind {
	chunks := 1
	if rows*cols >= threadedSize {
		chunks = 4
	}
	kinds := make([]Kind, 0, rows)
	for ; chunks > 0; chunks-- {
		left := rows - len(kinds)
		width := min(max((left+chunks-1)/chunks, 4), left)
		for j := range width {
			switch {
			case j < width&^3:
				kinds = append(kinds, four)
			case j < width&^1:
				kinds = append(kinds, pair)
			default:
				kinds = append(kinds, single)
			}
		}
	}
	return kinds
}

// MulVec computes z = W x, each component a dot product of its row's kind.
func MulVec(z []float64, w Matrix, x []float64) {
	for j, kind := range Kinds(w.Rows, w.Cols) {
		z[j] = dot(kind, w.Row(j), x)
	}
}

// dot returns the sum of w_k x_k: column k goes to lane k mod 4 (or mod 2),
// and the up to three columns left over come last, fused for every kind.
func dot(kind Kind, w, x []float64) float64 {
	var l [4]float64
	body := len(w) &^ 3
	for k := range body {
		switch kind {
		case four:
			l[k%4] = fma(w[k], x[k], l[k%4])
		case pair:
			l[k%2] += float64(w[k] * x[k])
		case single:
			l[k%4] += float64(w[k] * x[k])
		}
	}
	return addLeftover(joinLanes(kind, &l), w[body:], x[body:])
}

// joinLanes adds up the lanes of a row.
func joinLanes(kind Kind, l *[4]float64) float64 {
	if kind == pair {
		return l[0] + l[1]
	}
	return (l[0] + l[2]) + (l[1] + l[3])
}

// addLeftover adds the products of the up to three last columns to sum.
func addLeftover(sum float64, w, x []float64) float64 {
	switch len(w) {
	case 3:
		return sum + fma(w[2], x[2], fma(w[0], x[0], w[1]*x[1]))
	case 2:
		return sum + fma(w[0], x[0], w[1]*x[1])
	case 1:
		return fma(w[0], x[0], sum)
	}
	return sum
}

// MulTransVec computes s = Wᵀ d: rows are added up in groups of four, then
// two, then one; the up to three last components take one row at a time.
func MulTransVec(s []float64, w Matrix, d []float64) {
	clear(s)
	body := w.Cols &^ 3
	j := 0
	for ; j+4 <= w.Rows; j += 4 {
		w0, w1, w2, w3 := w.Row(j), w.Row(j+1), w.Row(j+2), w.Row(j+3)
		for i := range body {
			p := fma(w2[i], d[j+2], w0[i]*d[j])
			q := fma(w3[i], d[j+3], w1[i]*d[j+1])
			s[i] += p + q
		}
	}
	for ; j+2 <= w.Rows; j += 2 {
		w0, w1 := w.Row(j), w.Row(j+1)
		for i := range body {
			s[i] += float64(w0[i]*d[j]) + float64(w1[i]*d[j+1])
		}
	}
	if j < w.Rows {
		addScaled(s[:body], d[j], w.Row(j))
	}
	for j := range w.Rows {
		addScaled(s[body:], d[j], w.Row(j)[body:])
	}
}

// addScaled computes s = s + c v, as far as s goes.
func addScaled(s []float64, c float64, v []float64) {
	v = v[:len(s)]
	for i := range s {
		s[i] += float64(v[i] * c)
	}
}

// Argmax returns the index of the first largest value, or -1 where a value is
// not a number: such outputs answer nothing.
func Argmax(a []float64) int {
	best := 0
	for i, v := range a {
		if math.IsNaN(v) {
			return -1
		}
		if v > a[best] {
			best = i
		}
	}
	return best
}
