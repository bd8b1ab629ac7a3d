package nprand

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// The expected numbers below are NumPy's: default_rng of version 1.24, the
// same in 2.4. Do not change them to make a test pass.

func TestGoldenNormals(t *testing.T) {
	for seed, want := range map[uint64][]float64{
		0:  {0.1257302210933933, -0.1321048632913019, 0.6404226504432821, 0.10490011715303971, -0.535669373161111},
		42: {0.30471707975443135, -1.0399841062404955, 0.7504511958064572, 0.9405647163912139, -1.9510351886538364},
	} {
		g := New(seed)
		for i, want := range want {
			if got := g.NormFloat64(); got != want {
				t.Errorf("seed %d: normal %d is %v, want %v", seed, i, got, want)
			}
		}
	}
}

func TestGoldenHashOfNormals(t *testing.T) {
	want := []struct {
		count  int
		sha256 string
	}{
		{1_000_000, "53a922d0cee928f18ff8ab104f25caa43ac6f476b406223bcc0c3407b4601c8d"},
		{50_000_000, "09dc109f07d5d629a14217be838983a0f0c9eed976adc90858d273bffd7d6b05"},
	}
	g, sum, drawn := New(0), sha256.New(), 0
	for _, want := range want {
		if want.count > 1_000_000 && testing.Short() {
			return
		}
		for ; drawn < want.count; drawn++ {
			write(sum, math.Float64bits(g.NormFloat64()))
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want.sha256 {
			t.Errorf("seed 0: the first %d normals have SHA-256 %s, want %s", want.count, got, want.sha256)
		}
	}
}

func write(h hash.Hash, word uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], word)
	h.Write(b[:])
}

func shuffled(g *Generator, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	g.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func TestGoldenShuffles(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		n    int
		want []int // how the shuffled list begins
	}{
		{0, 10, []int{4, 6, 2, 7, 3, 5, 9, 0, 8, 1}},
		{42, 10, []int{5, 6, 0, 7, 3, 2, 4, 9, 1, 8}},
		{0, 60000, []int{4013, 23840, 29603, 43011, 58703}},
		{42, 60000, []int{3493, 57546, 8815, 19332, 15566}},
	} {
		if got := shuffled(New(c.seed), c.n)[:len(c.want)]; !slices.Equal(got, c.want) {
			t.Errorf("seed %d: a shuffle of %d begins %v, want %v", c.seed, c.n, got, c.want)
		}
	}
	sum := sha256.New()
	for _, v := range shuffled(New(0), 60000) {
		write(sum, uint64(v))
	}
	const want = "d377a1e1917609cf7043144be63f28a984422f45828453dedc2503247a2c2cc9"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("seed 0: a shuffle of 60000 has SHA-256 %s, want %s", got, want)
	}
}

// integer is NumPy's integers(0, limit) for small limits, Lemire's method. It
// is here because it shows that 32-bit draws share a word.
func integer(g *Generator, limit uint32) uint32 {
	for {
		product := uint64(g.Uint32()) * uint64(limit)
		if uint32(product) >= -limit%limit {
			return uint32(product >> 32)
		}
	}
}

func TestHalfAWordWaitsForTheNext32BitDraw(t *testing.T) {
	g := New(0)
	first, uniform, second, normal := integer(g, 10), g.Float64(), integer(g, 10), g.NormFloat64()
	if first != 8 || uniform != 0.2697867137638703 || second != 6 || normal != 0.6404226504432821 {
		t.Errorf("got %v, %v, %v, %v, want 8, 0.2697867137638703, 6, 0.6404226504432821", first, uniform, second, normal)
	}
}

// Seeds of one to eleven 32-bit words.
func TestGoldenSeedsOfAnySize(t *testing.T) {
	power := func(exponent int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(exponent), nil) }
	for _, c := range []struct {
		seed   *big.Int
		normal float64
		word   uint64
	}{
		{big.NewInt(1), 0.345584192064786, 17532960557476522086},
		{new(big.Int).SetUint64(1 << 32), 0.10296768001436127, 10277383025879800780},
		{new(big.Int).SetUint64(1<<63 + 5), -1.1851590374338221, 16679054884034326486},
		{power(20), 0.18428898119484435, 15287561345175799685},
		{power(40), 0.3433271479463443, 3656011944258249453},
		{new(big.Int).Sub(power(100), big.NewInt(1)), 0.35733744936919104, 4147641991978819815},
	} {
		g, err := NewBig(c.seed)
		if err != nil {
			t.Fatal(err)
		}
		if normal, word := g.NormFloat64(), g.Uint64(); normal != c.normal || word != c.word {
			t.Errorf("seed %v: normal and word are %v and %d, want %v and %d", c.seed, normal, word, c.normal, c.word)
		}
	}
}

func TestNegativeSeedIsAnError(t *testing.T) {
	if g, err := NewBig(big.NewInt(-1)); err == nil || g != nil {
		t.Errorf("NewBig(-1) = %v, %v, want an error", g, err)
	}
}

func TestGoldenTables(t *testing.T) {
	sum := func(words func(i int) uint64) string {
		h := sha256.New()
		for i := range 256 {
			write(h, words(i))
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	for _, c := range []struct{ name, got, want string }{
		{"K", sum(func(i int) uint64 { return zigguratK[i] }), "565295797825931547a1036f5b012a247be54abbe077c39fe06c8ed1e9d0a5a9"},
		{"W", sum(func(i int) uint64 { return math.Float64bits(zigguratW[i]) }), "33c6472209e1d09ea3548f0291e5e1ad67fb4f1d0305e9f1086689584b7bb7fa"},
		{"F", sum(func(i int) uint64 { return math.Float64bits(zigguratF[i]) }), "acd898d9d87e212f657755ba43b21e40958090a7ff2103c9e79f4ea1b0fe2bc5"},
	} {
		if c.got != c.want {
			t.Errorf("ziggurat%s has SHA-256 %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestTablesAreAsGenerated(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("optional: no go command here to generate them again")
	}
	fresh := filepath.Join(t.TempDir(), "tables.go")
	command := exec.Command("go", "run", "./_tables", "-o", fresh)
	command.Env = append(os.Environ(), "GOOS=", "GOARCH=", "GOFLAGS=") // of this machine, whatever is tested
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go run ./_tables: %v\n%s", err, out)
	}
	got, err := os.ReadFile("tables.go")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("tables.go is not what its generator writes: run go generate")
	}
}

func BenchmarkNormFloat64(b *testing.B) {
	g := New(0)
	for b.Loop() {
		g.NormFloat64()
	}
}
