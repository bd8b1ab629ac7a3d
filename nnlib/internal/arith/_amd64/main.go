// Command _amd64 writes the vector kernels for amd64: AVX2 and FMA, four doubles
// to a vector. portable.go says in plain Go what each of them computes.
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
	ConstraintExpr("!purego")
	for _, shape := range [][2]int{{3, 0}, {3, 1}, {0, 2}} {
		forward(avx2, shape[0], shape[1], true)
		forward(avx2, shape[0], shape[1], false)
	}
	forward(avx512, 12, 0, true)
	blended()
	for vectors := 2; vectors <= 4; vectors++ {
		update(avx2, vectors, 2)
	}
	update(avx512, 4, 4)
	update(avx512, 12, 2)
	sigmoid()
	delta()
	descend()
	fetch()
	pack()
	Generate()
}

func pointer(name string) Register { return Load(Param(name).Base(), GP64()) }

// forward makes the sums of a slab with f vectors of F rows and m of mixed
// slots: of an image, whose bytes a table turns into inputs, or of activations.
func forward(in isa, f, m int, bytes bool) {
	width := (f + m) * vec
	name, source, doc := "dense", "a []float64, sums *[48]float64", "activations"
	if bytes {
		name, source, doc = "bytes", "image []uint64, sums *[48]float64, buckets []uint64, counts []uint32, size, number int", "an image"
	}
	name = fmt.Sprintf("%s%d%d%s", name, f, m, in.name)
	TEXT(name, NOSPLIT, fmt.Sprintf("func(w []float64, %s)", source))
	document(fmt.Sprintf("%s makes the sums of a slab of %d F and %d mixed vectors for %s.", name, f, m, doc), sumsLoop(f, m, bytes))
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
	if bytes {
		groups(w, width, x, column)
	} else {
		a, n = pointer("a"), Load(Param("a").Len(), GP64())
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
	Label("done")
	for i := range f {
		VADDPD(fused[2][i], fused[0][i], fused[0][i])
		VADDPD(fused[3][i], fused[1][i], fused[1][i])
		VADDPD(fused[1][i], fused[0][i], fused[0][i])
	}
	sums := Load(Param("sums"), GP64())
	if !bytes {
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
	list, n := pointer("image"), Load(Param("image").Len(), GP64())
	table := GP64()
	LEAQ(NewDataAddr(Symbol{Name: "·Bytes"}, 0), table)
	end := GP64()
	LEAQ(Mem{Base: list, Index: n, Scale: 8}, end)
	buckets, counts := pointer("buckets"), pointer("counts")
	size, number := Load(Param("size"), GP64()), Load(Param("number"), GP64())
	SHLQ(Imm(32), number)
	Label("loop")
	CMPQ(list, end)
	JAE(LabelRef("done"))
	group, low := GP64(), GP64()
	MOVQ(Mem{Base: list}, group)
	MOVL(group.As32(), low.As32())
	SHRQ(Imm(32), group)
	TESTQ(size, size)
	JZ(LabelRef("filled"))
	entry, count, bucket := GP64(), GP64(), GP64()
	MOVL(low.As32(), entry.As32())
	ORQ(number, entry)
	MOVL(Mem{Base: counts, Index: group, Scale: 4}, count.As32())
	INCL(Mem{Base: counts, Index: group, Scale: 4})
	MOVQ(size, bucket)
	IMULQ(group, bucket)
	ADDQ(bucket, count)
	MOVQ(entry, Mem{Base: buckets, Index: count, Scale: 8})
	Label("filled")
	IMUL3Q(U32(uint32(4*width)), group, group)
	ADDQ(w, group)
	for r := range 4 {
		p := GP64()
		MOVBLZX(low.As8L(), p.As32())
		VBROADCASTSD(Mem{Base: table, Index: p, Scale: 8}, x)
		if r < 3 {
			SHRL(Imm(8), low.As32())
		}
		column(r, group)
	}
	ADDQ(Imm(8), list)
	JMP(LabelRef("loop"))
}

// blended is bytes31 with two vectors of eight: F rows, and then four F rows
// with four mixed slots, told apart by masks.
func blended() {
	TEXT("bytes31AVX512", NOSPLIT, "func(w []float64, image []uint64, sums *[48]float64, buckets []uint64, counts []uint32, size, number int)")
	document("bytes31AVX512 makes the sums of a slab of 3 F and 1 mixed vectors for an image.", sumsLoop(3, 1, true))
	w := pointer("w")
	first, second := avx512.zeros(4), avx512.zeros(4) // by column modulo 4
	x, bits := ZMM(), GP64()
	masks := []Register{K(), K()} // of F rows, of mixed slots
	for i, lanes := range []uint32{0x0f, 0xf0} {
		MOVL(U32(lanes), bits.As32())
		KMOVW(bits.As32(), masks[i])
	}
	groups(w, 4*vec, x, func(r int, base Register) {
		weights, product := ZMM(), ZMM()
		VFMADD231PD(Mem{Base: base, Disp: 4 * r * vec}, x, first[r])
		VMOVUPD(Mem{Base: base, Disp: (4*r + 2) * vec}, weights)
		VMULPD(weights, x, product)
		VFMADD231PD(weights, x, masks[0], second[r])
		VADDPD(product, second[r%2], masks[1], second[r%2])
	})
	Label("done")
	sums := Load(Param("sums"), GP64())
	VADDPD(first[2], first[0], first[0])
	VADDPD(first[3], first[1], first[1])
	VADDPD(first[1], first[0], first[0])
	VMOVUPD(first[0], Mem{Base: sums})
	VEXTRACTF64X4(Imm(1), second[0], Mem{Base: sums, Disp: 3 * vec})
	VEXTRACTF64X4(Imm(1), second[1], Mem{Base: sums, Disp: 4 * vec})
	VADDPD(second[2], second[0], second[0])
	VADDPD(second[3], second[1], second[1])
	VADDPD(second[1], second[0], second[0])
	VMOVUPD(second[0].AsY(), Mem{Base: sums, Disp: 2 * vec})
	VZEROUPPER()
	RET()
}

// leftover adds the products of the last n+4 columns, up to three, to the sums
// of the F rows, and stores those of the mixed slots if they are two or three.
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

// update descends the weights of a slab of so many vectors of AVX2, for two or
// four pixels of a group at a time: the first two take their deltas from low,
// the others from high.
func update(in isa, vectors, pixels int) {
	n, width := vectors*vec/in.bytes, vectors*vec
	name := fmt.Sprintf("update%d%s", vectors, in.name)
	TEXT(name, NOSPLIT,
		"func(w []float64, groups []uint32, buckets []uint64, counts []uint32, size int, low, high []float64, rate float64)")
	loop := strings.ReplaceAll(updateLoop, "WIDTH", strconv.Itoa(4*vectors))
	document(fmt.Sprintf("%s descends the weights of a slab of %d vectors.", name, vectors), loop)
	table := GP64()
	LEAQ(NewDataAddr(Symbol{Name: "·Bytes"}, 0), table)
	rate := in.register()
	VBROADCASTSD(Load(Param("rate"), XMM()), rate)
	group, left := pointer("groups"), Load(Param("groups").Len(), GP64())

	Label("group")
	SUBQ(Imm(1), left)
	JL(LabelRef("done"))
	g, bucket, end, w := GP64(), GP64(), GP64(), GP64()
	MOVL(Mem{Base: group}, g.As32())
	ADDQ(Imm(4), group)
	Load(Param("counts").Base(), end)
	MOVL(Mem{Base: end, Index: g, Scale: 4}, end.As32())
	Load(Param("size"), bucket)
	IMULQ(g, bucket)
	Load(Param("buckets").Base(), w)
	LEAQ(Mem{Base: w, Index: bucket, Scale: 8}, bucket)
	LEAQ(Mem{Base: bucket, Index: end, Scale: 8}, end)
	IMUL3Q(U32(uint32(4*width)), g, g)
	Load(Param("w").Base(), w)
	ADDQ(g, w)
	deltas, shift := []Register{pointer("low"), nil}, RCX
	if pixels == 4 {
		deltas[1] = pointer("high")
	} else {
		XORL(shift.As32(), shift.As32())
	}

	Label("pixels")
	sums := in.zeros(pixels * n)
	entry := GP64()
	MOVQ(bucket, entry)
	Label("entry")
	image, bytes := GP64(), GP64()
	MOVQ(Mem{Base: entry}, image)
	MOVL(image.As32(), bytes.As32())
	if pixels == 2 {
		SHRL(CL, bytes.As32())
	}
	SHRQ(Imm(32), image)
	IMUL3Q(U32(uint32(width)), image, image)
	d := make([]VecVirtual, n)
	for r := range pixels {
		for i := range n {
			if r%2 == 0 {
				d[i] = in.register()
				VMOVUPD(Mem{Base: deltas[r/2], Index: image, Scale: 1, Disp: i * in.bytes}, d[i])
			}
		}
		p, x := GP64(), in.register()
		MOVBLZX(bytes.As8L(), p.As32())
		VBROADCASTSD(Mem{Base: table, Index: p, Scale: 8}, x)
		if r < pixels-1 {
			SHRL(Imm(8), bytes.As32())
		}
		for i := range n {
			product := in.register()
			VMULPD(d[i], x, product)
			VADDPD(product, sums[r*n+i], sums[r*n+i])
		}
	}
	ADDQ(Imm(8), entry)
	CMPQ(entry, end)
	JB(LabelRef("entry"))
	for i, sum := range sums {
		at := Mem{Base: w, Disp: i * in.bytes}
		weight := in.register()
		VMULPD(sum, rate, sum)
		VMOVUPD(at, weight)
		VSUBPD(sum, weight, weight)
		VMOVUPD(weight, at)
	}
	if pixels == 2 {
		ADDQ(U32(uint32(2*width)), w)
		Load(Param("high").Base(), deltas[0])
		ADDL(Imm(16), shift.As32())
		CMPL(shift.As32(), Imm(16))
		JE(LabelRef("pixels"))
	}
	JMP(LabelRef("group"))
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

// sigmoid computes 1/(1 + exp(-(a+b))) with the steps of Exp, for four values
// at once; the comparisons come last and choose between the results.
func sigmoid() {
	perStep, high, low := constant("perStep", 0x40571547652b82fe), constant("stepHigh", 0xbf862e42fefa0000), constant("stepLow", 0xbd1cf79abc9e3b39)
	c := []Mem{value("c5", 1.0/120), value("c4", 1.0/24), value("c3", 1.0/6), value("c2", 0.5)}
	c6, one, inf := value("c6", 1.0/720), value("one", 1), value("inf", math.Inf(1))
	tiny, largest, smallest := value("tiny", 0x1p-26), value("largest", 709.78271289338397), value("smallest", -708)
	sign, sixBits := constant("sign", 1<<63), GLOBL("sixBits", RODATA|NOPTR)
	for i := range 4 {
		DATA(4*i, U32(63))
	}

	TEXT("sigmoidAVX2", NOSPLIT, "func(a, b []float64)")
	document("sigmoidAVX2 computes a = σ(a + b).", sigmoidLoop)
	a, b, n := pointer("a"), pointer("b"), Load(Param("b").Len(), GP64())
	table := GP64()
	LEAQ(NewDataAddr(Symbol{Name: "·exp2Table"}, 0), table)
	ones := load(one)

	Label("loop")
	SUBQ(Imm(4), n)
	JL(LabelRef("done"))
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
	VFMADD231PD(load(high), dn, r)
	VMULPD(load(low), dn, rest)
	VADDPD(rest, r, r)

	q, square := load(c6), YMM()
	for _, c := range c {
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
	VCMPPD(Imm(18), load(tiny), other, mask) // less or equal
	VADDPD(ones, x, other)
	VBLENDVPD(mask, other, e, e)
	VCMPPD(Imm(30), load(largest), x, mask) // greater
	VBLENDVPD(mask, load(inf), e, e)
	VCMPPD(Imm(17), load(smallest), x, mask) // less
	VANDNPD(e, mask, e)
	VCMPPD(Imm(3), x, x, mask) // unordered
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

// delta goes back through w, four columns at a time: rows in groups of four,
// then two, then one, as MulTransVec does below the last columns.
func delta() {
	one := value("deltaOne", 1)
	TEXT("deltaAVX2", NOSPLIT, "func(delta, w []float64, stride, body int, d, a []float64)")
	document("deltaAVX2 computes δ = (wᵀ d) ⊙ a(1-a), four columns at a time.", deltaLoop)
	out, n := pointer("delta"), Load(Param("delta").Len(), GP64())
	w, stride := pointer("w"), Load(Param("stride"), GP64())
	a, body := pointer("a"), Load(Param("body"), GP64())
	SHLQ(Imm(3), stride)
	ones := load(one)

	Label("columns")
	SUBQ(Imm(4), n)
	JL(LabelRef("done"))
	d, rows := pointer("d"), Load(Param("d").Len(), GP64())
	row := GP64()
	MOVQ(w, row)
	s, p, q, x := YMM(), YMM(), YMM(), YMM()
	VXORPD(s, s, s)
	next := func(j int) {
		VBROADCASTSD(Mem{Base: d, Disp: 8 * j}, x)
	}
	SUBQ(Imm(4), body)
	JL(LabelRef("last"))
	Label("four")
	CMPQ(rows, Imm(4))
	JL(LabelRef("two"))
	next(0)
	VMULPD(Mem{Base: row}, x, p)
	ADDQ(stride, row)
	next(1)
	VMULPD(Mem{Base: row}, x, q)
	ADDQ(stride, row)
	next(2)
	VFMADD231PD(Mem{Base: row}, x, p)
	ADDQ(stride, row)
	next(3)
	VFMADD231PD(Mem{Base: row}, x, q)
	ADDQ(stride, row)
	VADDPD(q, p, p)
	VADDPD(p, s, s)
	ADDQ(Imm(32), d)
	SUBQ(Imm(4), rows)
	JMP(LabelRef("four"))
	Label("two")
	CMPQ(rows, Imm(2))
	JL(LabelRef("one"))
	next(0)
	VMULPD(Mem{Base: row}, x, p)
	ADDQ(stride, row)
	next(1)
	VMULPD(Mem{Base: row}, x, q)
	ADDQ(stride, row)
	VADDPD(q, p, p)
	VADDPD(p, s, s)
	ADDQ(Imm(16), d)
	SUBQ(Imm(2), rows)
	Label("one")
	CMPQ(rows, Imm(1))
	JL(LabelRef("slope"))
	Label("last") // of the columns, and the last row of others
	next(0)
	VMULPD(Mem{Base: row}, x, p)
	VADDPD(p, s, s)
	ADDQ(stride, row)
	ADDQ(Imm(8), d)
	SUBQ(Imm(1), rows)
	JG(LabelRef("last"))
	Label("slope")
	VMOVUPD(Mem{Base: a}, p)
	VSUBPD(p, ones, q)
	VMULPD(q, p, p)
	VMULPD(p, s, s)
	VMOVUPD(s, Mem{Base: out})
	ADDQ(Imm(32), out)
	ADDQ(Imm(32), a)
	ADDQ(Imm(32), w)
	JMP(LabelRef("columns"))
	Label("done")
	VZEROUPPER()
	RET()
}

// descend makes the sums of four weights, over all examples, at a time.
func descend() {
	TEXT("descendAVX2", NOSPLIT, "func(w, a []float64, stride int, d []float64, dStride, examples int, rate float64)")
	document("descendAVX2 computes w = w - rate Σ d a over the examples.", descendLoop)
	w, n := pointer("w"), Load(Param("w").Len(), GP64())
	a, stride := pointer("a"), Load(Param("stride"), GP64())
	dStride := Load(Param("dStride"), GP64())
	SHLQ(Imm(3), stride)
	SHLQ(Imm(3), dStride)
	rate := YMM()
	VBROADCASTSD(Load(Param("rate"), XMM()), rate)
	for _, vectors := range []int{4, 1} {
		name := fmt.Sprintf("columns%d", vectors)
		Label(name)
		CMPQ(n, U32(uint32(4*vectors)))
		JL(LabelRef("less" + name))
		d, examples := pointer("d"), Load(Param("examples"), GP64())
		row := GP64()
		MOVQ(a, row)
		sums, x := make([]VecVirtual, vectors), YMM()
		for i := range sums {
			sums[i] = YMM()
			VXORPD(sums[i], sums[i], sums[i])
		}
		Label("example" + name)
		VBROADCASTSD(Mem{Base: d}, x)
		for i, sum := range sums {
			product := YMM()
			VMULPD(Mem{Base: row, Disp: i * vec}, x, product)
			VADDPD(product, sum, sum)
		}
		ADDQ(stride, row)
		ADDQ(dStride, d)
		SUBQ(Imm(1), examples)
		JG(LabelRef("example" + name))
		for i, sum := range sums {
			at := Mem{Base: w, Disp: i * vec}
			VMULPD(sum, rate, sum)
			VMOVUPD(at, x)
			VSUBPD(sum, x, x)
			VMOVUPD(x, at)
		}
		ADDQ(U32(uint32(vectors*vec)), a)
		ADDQ(U32(uint32(vectors*vec)), w)
		SUBQ(U32(uint32(4*vectors)), n)
		JMP(LabelRef(name))
		Label("less" + name)
	}
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
	TEXT("packAVX2", NOSPLIT, "func(list []uint64, bytes []byte) int")
	document("packAVX2 lists the groups of an image that are not empty; it may write three words more.", packLoop)
	list, bytes, n := pointer("list"), pointer("bytes"), Load(Param("bytes").Len(), GP64())
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
	TEXT("fetchAVX2", NOSPLIT, "func(image []uint64)")
	document("fetchAVX2 brings an image into the caches.", fetchLoop)
	list, n := pointer("image"), Load(Param("image").Len(), GP64())
	Label("loop")
	SUBQ(Imm(8), n)
	JL(LabelRef("done"))
	PREFETCHT0(Mem{Base: list})
	ADDQ(Imm(64), list)
	JMP(LabelRef("loop"))
	Label("done")
	RET()
}
