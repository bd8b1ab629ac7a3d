// Command _amd64 writes the inner loops for amd64: AVX2 and FMA, four doubles to
// a vector, and AVX-512. portable.go says in plain Go what each of them computes.
package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const vec = 32 // bytes in a vector of AVX2

// isa is a set of instructions.
type isa struct {
	name     string
	bytes    int // in a vector
	register func() VecVirtual
}

var (
	avx2   = isa{"AVX2", vec, YMM}
	avx512 = isa{"AVX512", 2 * vec, ZMM}
)

// lanes is the number of doubles in a vector.
func (in isa) lanes() int { return in.bytes / 8 }

// part returns as much of a register as is a vector here.
func (in isa) part(v VecVirtual) Op {
	if in.bytes == vec {
		return v.AsY()
	}
	return v
}

// zeros returns n vector registers, zeroed.
func (in isa) zeros(n int) []VecVirtual {
	v := make([]VecVirtual, n)
	for i := range v {
		v[i] = in.register()
		if in.bytes == vec {
			VXORPD(v[i], v[i], v[i])
		} else {
			VPXORQ(v[i], v[i], v[i])
		}
	}
	return v
}

func main() {
	Package("../implementation.go") // for its types
	ConstraintExpr("!purego")
	for _, shape := range [][2]int{{3, 0}, {3, 1}, {1, 0}, {0, 2}} {
		forward(avx2, shape[0], shape[1], true)
		forward(avx2, shape[0], shape[1], false)
	}
	forward(avx512, 12, 0, true)
	forward(avx512, 12, 2, true)
	blended()
	for vectors := 1; vectors <= 4; vectors++ {
		descendSlab(avx2, vectors, 2)
	}
	descendSlab(avx512, 4, 4)
	descendSlab(avx512, 12, 2)
	descendSlab(avx512, 14, 2)
	sigmoid()
	wideSigmoid()
	back(avx2)
	back(avx512, avx2)
	descend(some{avx2, 4}, some{avx2, 1})
	descend(some{avx512, 4}, some{avx512, 2}, some{avx2, 1})
	scale()
	magnitudes()
	fetch()
	pack()
	Generate()
}

// pointer loads where a slice begins, size how long it is.
func pointer(slice string) Register { return Load(Param(slice).Base(), GP64()) }
func size(slice string) Register    { return Load(Param(slice).Len(), GP64()) }

// field loads an integer of a parameter that is a matrix, data where its
// elements begin.
func field(matrix, name string) Register { return Load(Param(matrix).Field(name), GP64()) }
func data(matrix string) Register        { return Load(Param(matrix).Field("Data").Base(), GP64()) }

// bytesOf turns a number of doubles into that of their bytes.
func bytesOf(doubles Register) Register {
	SHLQ(Imm(3), doubles)
	return doubles
}

const (
	imageSignature   = "func(w []float64, image []uint64, sums *sums, into *buckets, number int)"
	sigmoidSignature = "func(a Matrix, b []float64)"
)

// forward makes the sums of a slab with f vectors of fours and m of mixed slots:
// of an image, whose bytes a table turns into inputs, or of activations.
func forward(in isa, f, m int, image bool) {
	width := (f + m) * vec
	of, what, signature := "dense", "activations", "func(w, a []float64, sums *sums)"
	if image {
		of, what, signature = "image", "an image", imageSignature
	}
	name := fmt.Sprintf("%s%d%d%s", of, f, m, in.name)
	function(name, signature, fmt.Sprintf("%s makes the sums of a slab of shape {%d, %d} for %s.", name, f, m, what), sumsLoop(f, m, image))
	f, m = f*vec/in.bytes, m*vec/in.bytes
	w := pointer("w")
	var a, n Register                                                            // activations, and the columns left
	fused := [4][]VecVirtual{in.zeros(f), in.zeros(f), in.zeros(f), in.zeros(f)} // by column modulo 4
	mixed := [2][]VecVirtual{in.zeros(m), in.zeros(m)}                           // even and odd columns
	x := in.register()

	// column adds the products of column r of a group, weights at base.
	column := func(r int, base Register) {
		for i := range f {
			VFMADD231PD(Mem{Base: base, Disp: r*width + i*in.bytes}, x, fused[r][i])
		}
		for i := range m {
			product := in.register()
			VMULPD(Mem{Base: base, Disp: r*width + (f+i)*in.bytes}, x, product)
			VADDPD(product, mixed[r%2][i], mixed[r%2][i])
		}
	}
	if image {
		groups(w, width, x, column)
	} else {
		a, n = pointer("a"), size("a")
		Label("loop")
		SUBQ(Imm(4), n)
		JL(LabelRef("done"))
		for r := range 4 {
			VBROADCASTSD(Mem{Base: a, Disp: 8 * r}, x)
			column(r, w)
		}
		ADDQ(Imm(32), a)
		ADDQ(U32(uint32(4*width)), w)
		JMP(LabelRef("loop"))
	}
	if !image {
		Label("done")
	}
	for i := range f {
		VADDPD(fused[2][i], fused[0][i], fused[0][i])
		VADDPD(fused[3][i], fused[1][i], fused[1][i])
		VADDPD(fused[1][i], fused[0][i], fused[0][i])
	}
	sums := Load(Param("sums"), GP64())
	if !image {
		leftover(f, m, w, a, n, sums, fused)
	}
	for i := range f {
		VMOVUPD(fused[0][i], Mem{Base: sums, Disp: i * in.bytes})
	}
	for odd := range 2 {
		for i := range m {
			VMOVUPD(mixed[odd][i], Mem{Base: sums, Disp: (f + odd*m + i) * in.bytes})
		}
	}
	VZEROUPPER()
	RET()
}

// groups calls column for the four pixels of each group of an image, with the
// pixel in all of x, and puts the group into its bucket.
func groups(w Register, width int, x VecVirtual, column func(r int, base Register)) {
	list, end := pointer("image"), size("image")
	LEAQ(Mem{Base: list, Index: end, Scale: 8}, end)
	table := bytes()
	into, number := Dereference(Param("into")), Load(Param("number"), GP64())
	entries, ends := GP64(), GP64()
	SHLQ(Imm(32), number)
	Load(Param("into"), ends)
	TESTQ(ends, ends)
	JZ(LabelRef("check"))
	Load(into.Field("entries").Base(), entries)
	Load(into.Field("ends").Base(), ends)
	JMP(LabelRef("check"))

	Label("loop")
	group, weights := GP64(), GP64()
	MOVL(Mem{Base: list, Disp: 4}, group.As32())
	IMUL3Q(U32(uint32(4*width)), group, weights)
	ADDQ(w, weights)
	TESTQ(ends, ends)
	JZ(LabelRef("added"))
	entry, at := GP64(), GP64()
	MOVL(Mem{Base: list}, entry.As32())
	ORQ(number, entry)
	MOVL(Mem{Base: ends, Index: group, Scale: 4}, at.As32())
	MOVQ(entry, Mem{Base: entries, Index: at, Scale: 8})
	INCL(at.As32())
	MOVL(at.As32(), Mem{Base: ends, Index: group, Scale: 4})
	Label("added")
	for r := range 4 {
		pixel(table, Mem{Base: list, Disp: r}, x)
		column(r, weights)
	}
	ADDQ(Imm(8), list)
	Label("check")
	CMPQ(list, end)
	JB(LabelRef("loop"))
}

// bytes points to the inputs that pixels stand for; pixel fills x with the one of
// the pixel at an address.
func bytes() Register {
	table := GP64()
	LEAQ(NewDataAddr(Symbol{Name: "·Bytes"}, 0), table)
	return table
}

func pixel(table Register, at Mem, x VecVirtual) {
	p := GP64()
	MOVBLZX(at, p.As32())
	VBROADCASTSD(Mem{Base: table, Index: p, Scale: 8}, x)
}

// blended makes the sums of a slab of shape {3, 1} for an image, with two vectors
// of eight: fours, and then four of them with four mixed slots. The second one
// is added up both ways; of each, half is used.
func blended() {
	function("image31AVX512", imageSignature, "image31AVX512 makes the sums of a slab of shape {3, 1} for an image.", sumsLoop(3, 1, true))
	w := pointer("w")
	first, second := avx512.zeros(4), avx512.zeros(4) // fours, by column modulo 4
	mixed := avx512.zeros(2)                          // even and odd columns
	x := ZMM()
	groups(w, 4*vec, x, func(r int, base Register) {
		weights, product := ZMM(), ZMM()
		VFMADD231PD(Mem{Base: base, Disp: 4 * r * vec}, x, first[r])
		VMOVUPD(Mem{Base: base, Disp: (4*r + 2) * vec}, weights)
		VMULPD(weights, x, product)
		VFMADD231PD(weights, x, second[r])
		VADDPD(product, mixed[r%2], mixed[r%2])
	})
	sums := Load(Param("sums"), GP64())
	for _, fours := range [][]VecVirtual{first, second} {
		VADDPD(fours[2], fours[0], fours[0])
		VADDPD(fours[3], fours[1], fours[1])
		VADDPD(fours[1], fours[0], fours[0])
	}
	VMOVUPD(first[0], Mem{Base: sums})
	VMOVUPD(second[0].AsY(), Mem{Base: sums, Disp: 2 * vec})
	VEXTRACTF64X4(Imm(1), mixed[0], Mem{Base: sums, Disp: 3 * vec})
	VEXTRACTF64X4(Imm(1), mixed[1], Mem{Base: sums, Disp: 4 * vec})
	VZEROUPPER()
	RET()
}

// leftover adds the products of the last n+4 columns, up to three, to the sums
// of the fours, and stores those of the mixed slots if they are two or three.
func leftover(f, m int, w, a, n Register, sums Register, fused [4][]VecVirtual) {
	width := (f + m) * vec
	rest := fused[1][:0:0]
	for range f + m {
		rest = append(rest, YMM())
	}
	x := YMM()
	at := func(r, i int) Mem { return Mem{Base: w, Disp: r*width + i*vec} }
	CMPQ(n, I8(-3))
	JL(LabelRef("none"))
	JE(LabelRef("one"))
	VBROADCASTSD(Mem{Base: a, Disp: 8}, x)
	for i, t := range rest {
		VMULPD(at(1, i), x, t)
	}
	VBROADCASTSD(Mem{Base: a}, x)
	for i, t := range rest {
		VFMADD231PD(at(0, i), x, t)
	}
	CMPQ(n, I8(-2))
	JE(LabelRef("two"))
	VBROADCASTSD(Mem{Base: a, Disp: 16}, x)
	for i, t := range rest {
		VFMADD231PD(at(2, i), x, t)
	}
	Label("two")
	for i, t := range rest {
		if i < f {
			VADDPD(t, fused[0][i], fused[0][i])
		} else {
			VMOVUPD(t, Mem{Base: sums, Disp: (2*m + i) * vec})
		}
	}
	JMP(LabelRef("none"))
	Label("one")
	VBROADCASTSD(Mem{Base: a}, x)
	for i := range f {
		VFMADD231PD(at(0, i), x, fused[0][i])
	}
	Label("none")
}

// descendSlab descends the weights of a slab, whose vectors are counted as those
// of AVX2, for two or four pixels of a group at a time: the first two take their
// deltas from low, the others from high.
func descendSlab(in isa, vectors, pixels int) {
	n, width := vectors*vec/in.bytes, vectors*vec
	name := fmt.Sprintf("descend%d%s", vectors, in.name)
	loop := strings.ReplaceAll(descendSlabLoop, "WIDTH", strconv.Itoa(4*vectors))
	function(name, "func(w []float64, from *buckets, low, high []float64, decay, rate float64)", fmt.Sprintf("%s descends the weights of a slab of %d vectors.", name, vectors), loop)
	table, factor, step := bytes(), Load(Param("decay"), XMM()), Load(Param("rate"), XMM())
	decays := GP64() // 0 if by a factor of 1
	VMOVQ(factor, decays)
	SUBQ(one, decays)
	decay, rate, minus := in.register(), in.register(), in.zeros(1)[0]
	VBROADCASTSD(factor, decay)
	VBROADCASTSD(step, rate)
	VSUBPD(rate, minus, minus) // adding products with -rate takes an instruction less
	from := Dereference(Param("from"))
	group, left := Load(from.Field("filled").Base(), GP64()), Load(from.Field("filled").Len(), GP64())

	Label("group")
	SUBQ(Imm(1), left)
	JL(LabelRef("done"))
	g, bucket, end, w := GP64(), GP64(), GP64(), GP64()
	MOVL(Mem{Base: group}, g.As32())
	ADDQ(Imm(4), group)
	Load(from.Field("ends").Base(), end)
	MOVL(Mem{Base: end, Index: g, Scale: 4}, end.As32())
	Load(from.Field("room"), bucket)
	IMULQ(g, bucket)
	Load(from.Field("entries").Base(), w)
	LEAQ(Mem{Base: w, Index: bucket, Scale: 8}, bucket)
	LEAQ(Mem{Base: w, Index: end, Scale: 8}, end)
	IMUL3Q(U32(uint32(4*width)), g, g)
	Load(Param("w").Base(), w)
	ADDQ(g, w)
	deltas, first := []Register{pointer("low"), nil}, GP64()
	if pixels == 4 {
		deltas[1] = pointer("high")
	} else {
		XORL(first.As32(), first.As32())
	}

	Label("pixels")
	entry, sums := GP64(), make([]VecVirtual, pixels*n)
	for i := range sums {
		sums[i] = in.register()
	}
	MOVQ(bucket, entry)
	// add adds the products of an entry to the sums, or begins these with them: as
	// no weight is -0, a sum of 0 may be of either sign.
	add := func(begin bool) {
		number := GP64()
		MOVL(Mem{Base: entry, Disp: 4}, number.As32())
		IMUL3Q(U32(uint32(width)), number, number)
		d := make([]VecVirtual, n)
		for r := range pixels {
			for i := range n {
				if r%2 == 0 {
					d[i] = in.register()
					VMOVUPD(Mem{Base: deltas[r/2], Index: number, Scale: 1, Disp: i * in.bytes}, d[i])
				}
			}
			p, x := Mem{Base: entry, Disp: r}, in.register()
			if pixels == 2 {
				p.Index, p.Scale = first, 1
			}
			pixel(table, p, x)
			for i := range n {
				sum := sums[r*n+i]
				if begin {
					VMULPD(d[i], x, sum)
					continue
				}
				product := in.register()
				VMULPD(d[i], x, product)
				VADDPD(product, sum, sum)
			}
		}
		ADDQ(Imm(8), entry)
	}
	add(true)
	CMPQ(entry, end)
	JAE(LabelRef("descend"))
	Label("entry")
	add(false)
	CMPQ(entry, end)
	JB(LabelRef("entry"))
	Label("descend")
	TESTQ(decays, decays)
	JNZ(LabelRef("decay"))
	for i, sum := range sums {
		at := Mem{Base: w, Disp: i * in.bytes}
		VMULPD(sum, minus, sum)
		VADDPD(at, sum, sum)
		VMOVUPD(sum, at)
	}
	Label("descended")
	if pixels == 2 {
		ADDQ(U32(uint32(2*width)), w)
		Load(Param("high").Base(), deltas[0])
		ADDQ(Imm(2), first)
		CMPQ(first, Imm(2))
		JE(LabelRef("pixels"))
	}
	JMP(LabelRef("group"))

	Label("decay")
	for i, sum := range sums {
		at := Mem{Base: w, Disp: i * in.bytes}
		weight := in.register()
		VMULPD(sum, minus, sum)
		VMULPD(at, decay, weight)
		VADDPD(weight, sum, sum)
		VMOVUPD(sum, at)
	}
	JMP(LabelRef("descended"))
	Label("done")
	VZEROUPPER()
	RET()
}

// constant is eight bytes in memory; load fills a vector with them.
func constant(name string, bits uint64) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	DATA(0, U64(bits))
	return m
}

func value(name string, x float64) Mem { return constant(name, math.Float64bits(x)) }

func load(m Mem) VecVirtual {
	v := YMM()
	VBROADCASTSD(m, v)
	return v
}

// The constants of Exp.
var (
	perStep   = constant("perStep", 0x40571547652b82fe)
	stepHigh  = constant("stepHigh", 0xbf862e42fefa0000)
	stepLow   = constant("stepLow", 0xbd1cf79abc9e3b39)
	c6        = value("c6", 1.0/720)
	c5to2     = []Mem{value("c5", 1.0/120), value("c4", 1.0/24), value("c3", 1.0/6), value("c2", 0.5)}
	one       = value("one", 1)
	inf       = value("inf", math.Inf(1))
	tiny      = value("tiny", 0x1p-26)
	largest   = value("largest", 709.78271289338397)
	smallest  = value("smallest", -708)
	sign      = constant("sign", 1<<63)
	magnitude = constant("magnitude", 1<<63-1)
)

// Comparisons, false where a value is not a number but for unordered.
const (
	unordered   = U8(3)
	less        = U8(17)
	lessOrEqual = U8(18)
	greater     = U8(30)
)

// sigmoid computes 1/(1 + exp(-(a+b))) with the steps of Exp, for four values
// at once; the comparisons come last and choose between the results.
func sigmoid() {
	sixBits := GLOBL("sixBits", RODATA|NOPTR)
	for i := range 4 {
		DATA(4*i, U32(63))
	}

	function("sigmoidAVX2", sigmoidSignature, "sigmoidAVX2 computes a = σ(a + b) for each row of a.", sigmoidLoop)
	row, rows := data("a"), field("a", "Rows")
	table := GP64()
	LEAQ(NewDataAddr(Symbol{Name: "·exp2Table"}, 0), table)
	ones := load(one)

	Label("row")
	SUBQ(Imm(1), rows)
	JL(LabelRef("done"))
	a, b, n := GP64(), pointer("b"), size("b")
	MOVQ(row, a)
	ADDQ(bytesOf(field("a", "Stride")), row)
	Label("loop")
	SUBQ(Imm(4), n)
	JL(LabelRef("row"))
	x := YMM()
	VMOVUPD(Mem{Base: a}, x)
	VADDPD(Mem{Base: b}, x, x)
	VXORPD(load(sign), x, x) // x = -z

	steps, dn := XMM(), YMM()
	product := YMM()
	VMULPD(load(perStep), x, product)
	VCVTTPD2DQY(product, steps)
	VCVTDQ2PD(steps, dn)
	r, rest := YMM(), YMM()
	VMOVAPD(x, r)
	VFMADD231PD(load(stepHigh), dn, r)
	VMULPD(load(stepLow), dn, rest)
	VADDPD(rest, r, r)

	q, square := load(c6), YMM()
	for _, c := range c5to2 {
		VFMADD213PD(load(c), r, q)
	}
	VMULPD(r, r, square)
	VFMADD213PD(r, square, q)

	// Pairs of head and tail, by plain loads.
	indexes := XMM()
	VPAND(sixBits, steps, indexes)
	pair := []VecVirtual{YMM(), YMM()}
	offset := GP64()
	for i, p := range pair { // values 0 and 2, 1 and 3
		VPEXTRD(Imm(uint64(i)), indexes, offset.As32())
		SHLL(Imm(4), offset.As32())
		VMOVUPD(Mem{Base: table, Index: offset, Scale: 1}, p.AsX())
		VPEXTRD(Imm(uint64(i+2)), indexes, offset.As32())
		SHLL(Imm(4), offset.As32())
		VINSERTF128(Imm(1), Mem{Base: table, Index: offset, Scale: 1}, p, p)
	}
	head, tail := YMM(), YMM()
	VUNPCKLPD(pair[1], pair[0], head)
	VUNPCKHPD(pair[1], pair[0], tail)

	e := YMM()
	VADDPD(tail, head, e)
	VMULPD(e, q, e)
	VADDPD(tail, e, e)
	VADDPD(head, e, e)
	power := YMM()
	VPSRAD(Imm(6), steps, steps)
	VPMOVSXDQ(steps, power)
	VPSLLQ(Imm(52), power, power)
	VPADDQ(power, e, e) // e is 1 to 2: this multiplies it by the power of two

	// |x| <= tiny: 1+x. x > largest: infinity. x < smallest: 0. NaN: NaN.
	mask, other := YMM(), YMM()
	VANDNPD(x, load(sign), other)
	VCMPPD(lessOrEqual, load(tiny), other, mask)
	VADDPD(ones, x, other)
	VBLENDVPD(mask, other, e, e)
	VCMPPD(greater, load(largest), x, mask)
	VBLENDVPD(mask, load(inf), e, e)
	VCMPPD(less, load(smallest), x, mask)
	VANDNPD(e, mask, e)
	VCMPPD(unordered, x, x, mask)
	VBLENDVPD(mask, x, e, e)

	VADDPD(ones, e, e)
	VDIVPD(e, ones, e)
	VMOVUPD(e, Mem{Base: a})
	ADDQ(Imm(32), a)
	ADDQ(Imm(32), b)
	JMP(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

// wideSigmoid does the same for eight values at once. The table is in registers.
func wideSigmoid() {
	turn := [2]Mem{}
	for i, name := range []string{"heads", "tails"} { // every other value of two vectors
		turn[i] = GLOBL(name, RODATA|NOPTR)
		for lane := range 8 {
			DATA(8*lane, U64(uint64(2*lane+i)))
		}
	}
	sixteen, thirtyTwo := constant("sixteen", 16), constant("thirtyTwo", 32)

	function("sigmoidAVX512", sigmoidSignature, "sigmoidAVX512 computes a = σ(a + b) for each row of a.", sigmoidLoop)
	row, rows := data("a"), field("a", "Rows")
	table, bits := GP64(), GP64()
	LEAQ(NewDataAddr(Symbol{Name: "·exp2Table"}, 0), table)
	var parts [2][8]VecVirtual // heads and tails, eight of each to a vector
	for i := range parts {
		for v := range parts[i] {
			first := ZMM()
			parts[i][v] = ZMM()
			VMOVUPD(turn[i], parts[i][v])
			VMOVUPD(Mem{Base: table, Disp: 128 * v}, first)
			VPERMI2PD(Mem{Base: table, Disp: 128*v + 64}, first, parts[i][v])
		}
	}
	all, half, lanes := K(), K(), K()
	MOVL(U32(0xff), bits.As32())
	KMOVW(bits.As32(), all)
	MOVL(U32(0x0f), bits.As32())
	KMOVW(bits.As32(), half)

	Label("row")
	SUBQ(Imm(1), rows)
	JL(LabelRef("done"))
	a, b, n := GP64(), pointer("b"), size("b")
	MOVQ(row, a)
	ADDQ(bytesOf(field("a", "Stride")), row)
	KMOVW(all, lanes)
	Label("loop")
	SUBQ(Imm(8), n)
	JGE(LabelRef("lanes"))
	CMPQ(n, I8(-8))
	JLE(LabelRef("row"))
	KMOVW(half, lanes)
	Label("lanes")
	x, e := ZMM(), ZMM()
	VMOVUPD_Z(Mem{Base: a}, lanes, x)
	VMOVUPD_Z(Mem{Base: b}, lanes, e)
	VADDPD(e, x, x)
	VPXORQ_BCST(sign, x, x) // x = -z

	steps, dn, product := YMM(), ZMM(), ZMM()
	VMULPD_BCST(perStep, x, product)
	VCVTTPD2DQ(product, steps)
	VCVTDQ2PD(steps, dn)
	r, rest := ZMM(), ZMM()
	VMOVAPD(x, r)
	VFMADD231PD_BCST(stepHigh, dn, r)
	VMULPD_BCST(stepLow, dn, rest)
	VADDPD(rest, r, r)

	q, square := ZMM(), ZMM()
	VBROADCASTSD(c6, q)
	for _, c := range c5to2 {
		VFMADD213PD_BCST(c, r, q)
	}
	VMULPD(r, r, square)
	VFMADD213PD(r, square, q)

	// Of the six bits that choose from the table, four choose from two vectors of
	// it, and two between these.
	wide, mask := ZMM(), K()
	VPMOVSXDQ(steps, wide)
	var chosen [2]VecVirtual
	for i := range parts {
		var v [4]VecVirtual
		for j := range v {
			v[j] = ZMM()
			VMOVDQA64(wide, v[j])
			VPERMI2PD(parts[i][2*j+1], parts[i][2*j], v[j])
		}
		VPTESTMQ_BCST(sixteen, wide, mask)
		VMOVAPD(v[1], mask, v[0])
		VMOVAPD(v[3], mask, v[2])
		VPTESTMQ_BCST(thirtyTwo, wide, mask)
		VMOVAPD(v[2], mask, v[0])
		chosen[i] = v[0]
	}
	head, tail := chosen[0], chosen[1]

	VADDPD(tail, head, e)
	VMULPD(e, q, e)
	VADDPD(tail, e, e)
	VADDPD(head, e, e)
	VPSRAQ(Imm(6), wide, wide)
	VPSLLQ(Imm(52), wide, wide)
	VPADDQ(wide, e, e) // e is 1 to 2: this multiplies it by the power of two

	// |x| <= tiny: 1+x. x > largest: infinity. x < smallest: 0. NaN: NaN.
	ones, other := ZMM(), ZMM()
	VBROADCASTSD(one, ones)
	VPANDQ_BCST(magnitude, x, other)
	VCMPPD_BCST(lessOrEqual, tiny, other, mask)
	VADDPD(ones, x, mask, e)
	VCMPPD_BCST(greater, largest, x, mask)
	VBROADCASTSD(inf, mask, e)
	VCMPPD_BCST(less, smallest, x, mask)
	VPXORQ(e, e, mask, e)
	VCMPPD(unordered, x, x, mask)
	VMOVAPD(x, mask, e)

	VADDPD(ones, e, e)
	VDIVPD(e, ones, e)
	VMOVUPD(e, lanes, Mem{Base: a})
	ADDQ(Imm(64), a)
	ADDQ(Imm(64), b)
	JMP(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

// back goes through w, a vector of columns at a time, a shorter one where less is
// left: rows in groups of four, then two, then one. The last columns, less than
// four, take them one by one, as MulTransVec does.
func back(vectors ...isa) {
	name := "back" + vectors[0].name
	function(name, "func(delta, w, d, a Matrix)", name+" computes δ = (wᵀ d) ⊙ a(1-a) for each example.", backLoop)
	out, a, dRow, examples := data("delta"), data("a"), data("d"), field("delta", "Rows")
	stride, width := bytesOf(field("w", "Stride")), bytesOf(field("delta", "Stride"))
	ones := vectors[0].register()
	VBROADCASTSD(one, ones)

	Label("example")
	SUBQ(Imm(1), examples)
	JL(LabelRef("done"))
	k, left := GP64(), field("w", "Cols")
	XORQ(k, k)
	Label("columns")
	d, rows, row := GP64(), field("w", "Rows"), data("w")
	MOVQ(dRow, d)
	ADDQ(k, row)
	// product multiplies the next row.
	product := func(in isa, j int, multiply func(w, x, p Op), p Op) {
		x := in.register()
		VBROADCASTSD(Mem{Base: d, Disp: 8 * j}, x)
		multiply(Mem{Base: row}, x, p)
		ADDQ(stride, row)
	}
	mul := func(w, x, p Op) { VMULPD(w, x, p) }
	fma := func(w, x, p Op) { VFMADD231PD(w, x, p) }
	slope := func(in isa, s VecVirtual) {
		p, q := in.register(), in.register()
		VMOVUPD(Mem{Base: a, Index: k, Scale: 1}, p)
		VSUBPD(p, in.part(ones), q)
		VMULPD(q, p, p)
		VMULPD(p, s, s)
		VMOVUPD(s, Mem{Base: out, Index: k, Scale: 1})
		ADDQ(Imm(uint64(in.bytes)), k)
		JMP(LabelRef("columns"))
	}
	for _, in := range vectors {
		label := func(name string) string { return fmt.Sprintf("%s%d", name, in.lanes()) }
		CMPQ(left, Imm(uint64(in.lanes())))
		JL(LabelRef(label("less")))
		SUBQ(Imm(uint64(in.lanes())), left)
		s, p, q := in.zeros(1)[0], in.register(), in.register()
		Label(label("four"))
		CMPQ(rows, Imm(4))
		JL(LabelRef(label("two")))
		product(in, 0, mul, p)
		product(in, 1, mul, q)
		product(in, 2, fma, p)
		product(in, 3, fma, q)
		VADDPD(q, p, p)
		VADDPD(p, s, s)
		ADDQ(Imm(32), d)
		SUBQ(Imm(4), rows)
		JMP(LabelRef(label("four")))
		Label(label("two"))
		CMPQ(rows, Imm(2))
		JL(LabelRef(label("one")))
		product(in, 0, mul, p)
		product(in, 1, mul, q)
		VADDPD(q, p, p)
		VADDPD(p, s, s)
		ADDQ(Imm(16), d)
		SUBQ(Imm(2), rows)
		Label(label("one"))
		CMPQ(rows, Imm(1))
		JL(LabelRef(label("slope")))
		product(in, 0, mul, p)
		VADDPD(p, s, s)
		Label(label("slope"))
		slope(in, s)
		Label(label("less"))
	}
	CMPQ(k, width)
	JGE(LabelRef("end"))
	s, p := avx2.zeros(1)[0], avx2.register()
	Label("last")
	product(avx2, 0, mul, p)
	VADDPD(p, s, s)
	ADDQ(Imm(8), d)
	SUBQ(Imm(1), rows)
	JG(LabelRef("last"))
	slope(avx2, s)
	Label("end")
	ADDQ(width, out)
	ADDQ(bytesOf(field("a", "Stride")), a)
	ADDQ(bytesOf(field("d", "Stride")), dRow)
	JMP(LabelRef("example"))
	Label("done")
	VZEROUPPER()
	RET()
}

// some are vectors side by side.
type some struct {
	isa
	n int
}

// descend makes the sums of the weights of some vectors, over all examples, at a
// time, of fewer where less is left.
func descend(vectors ...some) {
	name := "descend" + vectors[0].name
	function(name, "func(w, d, a Matrix, rate float64)", name+" computes w = w - rate dᵀ a.", descendLoop)
	wRow, dColumn, rows := data("w"), data("d"), field("w", "Rows")
	stride, dStride := bytesOf(field("a", "Stride")), bytesOf(field("d", "Stride"))
	rate := vectors[0].register()
	VBROADCASTSD(Load(Param("rate"), XMM()), rate)
	Label("row")
	SUBQ(Imm(1), rows)
	JL(LabelRef("done"))
	w, a, left := GP64(), data("a"), field("w", "Stride")
	MOVQ(wRow, w)
	for _, v := range vectors {
		label := func(name string) string { return fmt.Sprintf("%s%d", name, v.n*v.lanes()) }
		Label(label("columns"))
		CMPQ(left, U32(uint32(v.n*v.lanes())))
		JL(LabelRef(label("less")))
		d, examples, row := GP64(), field("d", "Rows"), GP64()
		MOVQ(dColumn, d)
		MOVQ(a, row)
		sums, x := v.zeros(v.n), v.register()
		Label(label("example"))
		VBROADCASTSD(Mem{Base: d}, x)
		for i, sum := range sums {
			product := v.register()
			VMULPD(Mem{Base: row, Disp: i * v.bytes}, x, product)
			VADDPD(product, sum, sum)
		}
		ADDQ(stride, row)
		ADDQ(dStride, d)
		SUBQ(Imm(1), examples)
		JG(LabelRef(label("example")))
		for i, sum := range sums {
			at := Mem{Base: w, Disp: i * v.bytes}
			VMULPD(sum, v.part(rate), sum)
			VMOVUPD(at, x)
			VSUBPD(sum, x, x)
			VMOVUPD(x, at)
		}
		ADDQ(U32(uint32(v.n*v.bytes)), a)
		ADDQ(U32(uint32(v.n*v.bytes)), w)
		SUBQ(U32(uint32(v.n*v.lanes())), left)
		JMP(LabelRef(label("columns")))
		Label(label("less"))
	}
	MOVQ(w, wRow) // where the next one begins
	ADDQ(Imm(8), dColumn)
	JMP(LabelRef("row"))
	Label("done")
	VZEROUPPER()
	RET()
}

func scale() {
	function("scaleAVX2", "func(v []float64, groups []uint32, size int, by float64)", "scaleAVX2 computes v = by v in some groups.", scaleLoop)
	group, left, by := pointer("groups"), size("groups"), YMM()
	bytes := bytesOf(Load(Param("size"), GP64()))
	VBROADCASTSD(Load(Param("by"), XMM()), by)
	Label("group")
	SUBQ(Imm(1), left)
	JL(LabelRef("done"))
	v, end := GP64(), GP64()
	MOVL(Mem{Base: group}, v.As32())
	ADDQ(Imm(4), group)
	IMULQ(bytes, v)
	ADDQ(pointer("v"), v)
	LEAQ(Mem{Base: v, Index: bytes, Scale: 1, Disp: -4 * vec}, end)
	JMP(LabelRef("check"))
	vectors := func(n int) {
		for i := range n {
			product := YMM()
			VMULPD(Mem{Base: v, Disp: i * vec}, by, product)
			VMOVUPD(product, Mem{Base: v, Disp: i * vec})
		}
		ADDQ(U32(uint32(n*vec)), v)
	}
	Label("four") // few rounds, so that the processor foresees how many
	vectors(4)
	Label("check")
	CMPQ(v, end)
	JLE(LabelRef("four"))
	ADDQ(U32(uint32(4*vec)), end)
	JMP(LabelRef("checkOne"))
	Label("one")
	vectors(1)
	Label("checkOne")
	CMPQ(v, end)
	JL(LabelRef("one"))
	JMP(LabelRef("group"))
	Label("done")
	VZEROUPPER()
	RET()
}

func magnitudes() {
	function("magnitudeAVX2", "func(v []float64) float64", "magnitudeAVX2 returns the sum of the magnitudes in v.", magnitudeLoop)
	v, n, mask, sum := pointer("v"), size("v"), load(magnitude), avx2.zeros(1)[0]
	Label("loop")
	SUBQ(Imm(4), n)
	JL(LabelRef("done"))
	x := YMM()
	VANDPD(Mem{Base: v}, mask, x)
	VADDPD(x, sum, sum)
	ADDQ(Imm(vec), v)
	JMP(LabelRef("loop"))
	Label("done")
	high := XMM()
	VEXTRACTF128(Imm(1), sum, high)
	VHADDPD(high, sum.AsX(), high)
	VHADDPD(high, high, high)
	Store(high, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// pack moves the groups of four pixels that are not empty to the front, four
// groups at a time by a table of permutations.
func pack() {
	four, numbers := constant("four", 4<<32), GLOBL("numbers", RODATA|NOPTR)
	for i := range 4 {
		DATA(8*i, U64(uint64(i)<<32))
	}
	function("packAVX2", "func(list []uint64, bytes []byte) int", "packAVX2 lists the groups of an image that are not empty; it may write three words more.", packLoop)
	list, bytes, n := pointer("list"), pointer("bytes"), size("bytes")
	begin, permutations := GP64(), GP64()
	MOVQ(list, begin)
	LEAQ(NewDataAddr(Symbol{Name: "·toTheFront"}, 0), permutations)
	number, step, zero := YMM(), load(four), XMM()
	VMOVDQU(numbers, number)
	VPXOR(zero, zero, zero)
	Label("loop")
	SUBQ(Imm(16), n)
	JL(LabelRef("done"))
	groups, isEmpty, empty := YMM(), XMM(), GP64()
	VPMOVZXDQ(Mem{Base: bytes}, groups)
	VPCMPEQD(Mem{Base: bytes}, zero, isEmpty)
	VPOR(number, groups, groups)
	VPADDQ(step, number, number)
	VMOVMSKPS(isEmpty, empty.As32())
	order, offset := YMM(), GP64()
	MOVL(empty.As32(), offset.As32())
	SHLL(Imm(5), offset.As32())
	VMOVDQU(Mem{Base: permutations, Index: offset, Scale: 1}, order)
	VPERMD(groups, order, groups)
	VMOVDQU(groups, Mem{Base: list})
	XORL(Imm(15), empty.As32())
	POPCNTL(empty.As32(), empty.As32())
	LEAQ(Mem{Base: list, Index: empty, Scale: 8}, list)
	ADDQ(Imm(16), bytes)
	JMP(LabelRef("loop"))
	Label("done")
	SUBQ(begin, list)
	SHRQ(Imm(3), list)
	Store(list, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func fetch() {
	function("fetchAVX2", "func(image []uint64)", "fetchAVX2 brings an image into the caches.", fetchLoop)
	list, end := pointer("image"), size("image")
	LEAQ(Mem{Base: list, Index: end, Scale: 8}, end)
	JMP(LabelRef("check"))
	Label("loop")
	PREFETCHT0(Mem{Base: list})
	ADDQ(Imm(64), list)
	Label("check")
	CMPQ(list, end)
	JB(LabelRef("loop"))
	PREFETCHT0(Mem{Base: end, Disp: -8}) // it may begin one line more
	RET()
}
