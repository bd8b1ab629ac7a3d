package arith

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stream gives numbers that look random, the same ones each time.
type stream uint64

func (s *stream) next() float64 {
	*s = *s*6364136223846793005 + 1442695040888963407
	return float64(int64(*s)>>20) * 0x1p-43 // in [-1, 1)
}

func (s *stream) slice(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = s.next()
	}
	return v
}

// sparse sets four of five values to zero.
func (s *stream) sparse(n int) []float64 {
	v := s.slice(n)
	for i := range v {
		if s.next() < 0.6 {
			v[i] = 0
		}
	}
	return v
}

func sameBits(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			t.Fatalf("%s: component %d is %x, want %x", what, i, got[i], want[i])
		}
	}
}

func TestKindsOfPublishedShapes(t *testing.T) {
	for _, c := range []struct {
		rows, cols int
		want       string
	}{
		{15, 784, "444444444444221"},
		{10, 15, "4444444422"},
		{10, 100, "4444444422"},
		{1, 1, "1"}, {2, 1, "22"}, {3, 9215 / 3, "221"},
		{100, 784, strings.Repeat("4444444444444444444444441", 4)},
		{1, 9216, "1"}, {6, 1536, "444422"}, {17, 1000, "44441444444444444"},
	} {
		got := ""
		for _, kind := range Kinds(c.rows, c.cols) {
			got += string("421"[kind])
		}
		if got != c.want {
			t.Errorf("Kinds(%d, %d) = %s, want %s", c.rows, c.cols, got, c.want)
		}
	}
}

// Small cases worked out from the specification, with values whose products
// need more than 53 bits, so that each rounding shows.
func TestDotIsTheSpecifiedSum(t *testing.T) {
	s := stream(1)
	w, x := s.slice(11), s.slice(11)
	m := func(k int) float64 { return float64(w[k] * x[k]) }
	fma := func(k int, sum float64) float64 { return math.FMA(w[k], x[k], sum) }
	l0, l1, l2, l3 := fma(4, m(0)), fma(5, m(1)), fma(6, m(2)), fma(7, m(3))
	leftover := fma(10, fma(8, m(9)))
	for kind, want := range map[Kind]float64{
		four:   ((l0 + l2) + (l1 + l3)) + leftover,
		pair:   (((m(0) + m(2)) + m(4)) + m(6)) + (((m(1) + m(3)) + m(5)) + m(7)) + leftover,
		single: (((m(0) + m(4)) + (m(2) + m(6))) + ((m(1) + m(5)) + (m(3) + m(7)))) + leftover,
	} {
		sameBits(t, string("421"[kind]), []float64{dot(kind, w, x)}, []float64{want})
	}
	sameBits(t, "1 left", []float64{dot(four, w[:5], x[:5])}, []float64{fma(4, (m(0)+m(2))+(m(1)+m(3)))})
	sameBits(t, "2 left", []float64{dot(four, w[:6], x[:6])}, []float64{((m(0) + m(2)) + (m(1) + m(3))) + fma(4, m(5))})
}

// All lengths up to some, so all rests modulo four, and all kinds of rows.
func TestColumnsGiveTheBitsOfTheDenseLoops(t *testing.T) {
	s := stream(2)
	for cols := 1; cols < 40; cols++ {
		for rows := 1; rows < 12; rows++ {
			w := Matrix{rows, cols, cols + 2, s.slice(rows * (cols + 2))}
			x, d := s.sparse(cols), s.slice(rows)
			columns := NonZero(nil, x)
			what := fmt.Sprintf("%d × %d", rows, cols)

			got, want := make([]float64, rows), make([]float64, rows)
			MulVecColumns(got, w, Kinds(rows, cols), x, columns)
			MulVec(want, w, x)
			sameBits(t, what+" W x", got, want)

			g := Matrix{rows, cols, cols, make([]float64, rows*cols)}
			AddOuterColumns(g, d, x, columns)
			for j := range d {
				for k := range x {
					want := 0 + float64(d[j]*x[k])
					sameBits(t, what+" d aᵀ", g.Row(j)[k:k+1], []float64{want})
				}
			}

			descended := Matrix{rows, cols, w.Stride, append([]float64(nil), w.Data...)}
			if !DescendColumns(descended, 0.3, g, columns) {
				t.Errorf("%s: not finite", what)
			}
			for j := range d {
				row := append([]float64(nil), w.Row(j)...)
				sum := make([]float64, cols)
				addScaled(sum, d[j], x)
				for k := range row {
					row[k] -= float64(0.3 * sum[k])
				}
				sameBits(t, what+" w - rate sum", descended.Row(j), row)
				sameBits(t, what+" sums afterwards", g.Row(j), make([]float64, cols))
			}
		}
	}
}

func TestMulTransVecIsTheSpecifiedSum(t *testing.T) {
	s := stream(3)
	const rows, cols = 7, 6
	w := Matrix{rows, cols, cols, s.slice(rows * cols)}
	d := s.slice(rows)
	m := func(j, i int) float64 { return float64(w.Row(j)[i] * d[j]) }
	want := make([]float64, cols)
	for i := range 4 {
		p := math.FMA(w.Row(2)[i], d[2], m(0, i))
		q := math.FMA(w.Row(3)[i], d[3], m(1, i))
		want[i] = ((p + q) + (m(4, i) + m(5, i))) + m(6, i)
	}
	for i := 4; i < cols; i++ {
		for j := range rows {
			want[i] += m(j, i)
		}
	}
	got := make([]float64, cols)
	MulTransVec(got, w, d)
	sameBits(t, "Wᵀ d", got, want)
}

func TestFiniteFindsEachOtherValue(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for i := range 9 {
			v := make([]float64, 9)
			v[i] = bad
			if Finite(v) {
				t.Errorf("Finite with %v at %d", bad, i)
			}
		}
	}
	if !Finite([]float64{0, -math.MaxFloat64, math.MaxFloat64, math.SmallestNonzeroFloat64}) {
		t.Error("large and small values are not Finite")
	}
}

// exact returns e^x to 200 bits: the Taylor series of x/2^40, squared 40 times.
func exact(x float64) *big.Float {
	small := new(big.Float).SetPrec(300).SetMantExp(new(big.Float).SetFloat64(x), -40)
	term, sum := new(big.Float).SetPrec(300).SetInt64(1), new(big.Float).SetPrec(300).SetInt64(1)
	for n := int64(1); n < 12; n++ {
		term.Mul(term, small)
		term.Quo(term, new(big.Float).SetInt64(n))
		sum.Add(sum, term)
	}
	for range 40 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestExpIsWithinOneUlp(t *testing.T) {
	s := stream(4)
	worst := 0.0
	for i := range 4000 {
		x := s.next() * []float64{1e-9, 1e-3, 1, 30, 700}[i%5]
		got, want := Exp(x), exact(x)
		_, exponent := math.Frexp(got)
		ulp := math.Ldexp(1, exponent-53)
		distance, _ := new(big.Float).Sub(want, new(big.Float).SetFloat64(got)).Float64()
		worst = max(worst, math.Abs(distance)/ulp)
	}
	if worst > 1 {
		t.Errorf("Exp is off by %.3f units in the last place, want at most 1", worst)
	}
}

func TestExpAtTheEdges(t *testing.T) {
	inf, tiny := math.Inf(1), 0x1p-27
	for _, c := range []struct{ x, want float64 }{
		{0, 1}, {tiny, 1 + tiny}, {-tiny, 1 - tiny}, {inf, inf}, {-inf, 0}, {1e300, inf}, {-1e300, 0}, {709.7827128933841, inf}, {-709, 0},
	} {
		if got := Exp(c.x); got != c.want {
			t.Errorf("Exp(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	if got := Exp(math.NaN()); !math.IsNaN(got) {
		t.Errorf("Exp(NaN) = %v", got)
	}
	if got := Exp(709.782712893383); math.IsInf(got, 0) || got < 1.79e308 {
		t.Errorf("Exp(709.782712893383) = %v, want the largest numbers", got)
	}
}

// Generated files are what their generators write: run go generate otherwise.
func TestGeneratedFilesAreNotStale(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("optional: no go command here to generate them again")
	}
	dir := t.TempDir()
	for _, c := range []struct {
		command []string
		files   []string
	}{
		{[]string{"run", "./_tables", "-o", filepath.Join(dir, "exp_table.go")}, []string{"exp_table.go"}},
		{[]string{"-C", "_amd64", "run", ".", "-pkg", "arith", "-out", filepath.Join(dir, "loops_amd64.s"), "-stubs", filepath.Join(dir, "loops_amd64.go")},
			[]string{"loops_amd64.s", "loops_amd64.go"}},
		{[]string{"-C", "_wasm", "run", ".", "-o", dir}, []string{"loops_wasm.go", "loops_simd.wasm", "loops_relaxed.wasm"}},
		{[]string{"run", "./_arm64", "-out", filepath.Join(dir, "loops_arm64.s"), "-stubs", filepath.Join(dir, "loops_arm64.go")},
			[]string{"loops_arm64.s", "loops_arm64.go"}},
	} {
		command := exec.Command("go", c.command...)
		command.Env = append(os.Environ(), "GOOS=", "GOARCH=", "GOFLAGS=") // of this machine, whatever is tested
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", c.command, err, out)
		}
		for _, file := range c.files {
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if withoutCommand(got) != withoutCommand(want) {
				t.Errorf("%s is not what its generator writes", file)
			}
		}
	}
}

// withoutCommand drops the first line, where avo writes how it was called.
func withoutCommand(text []byte) string {
	first, rest, _ := strings.Cut(string(text), "\n")
	if !strings.HasPrefix(first, "// Code generated") {
		return string(text)
	}
	return rest
}

func TestArgmaxIsTheFirstLargest(t *testing.T) {
	for _, c := range []struct {
		a    []float64
		want int
	}{{[]float64{1}, 0}, {[]float64{1, 3, 3, 2}, 1}, {[]float64{-2, -1}, 1}, {[]float64{0, math.NaN()}, -1}, {[]float64{math.NaN(), 0}, -1}} {
		if got := Argmax(c.a); got != c.want {
			t.Errorf("Argmax(%v) = %d, want %d", c.a, got, c.want)
		}
	}
}
