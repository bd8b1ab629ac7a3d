package main

import (
	"fmt"
	"math"
	"strings"
)

const vec = 32 // bytes in a vector of four doubles; here two of 16 bytes

// builder is a function with what its arithmetic needs.
type builder struct {
	*function
	fused     bool
	uncertain local // has bits of one where an emulated fma was not certain
	zero      local

	wHigh, wLow, p, s, t, r          local // of an emulated fma
	below, above, tiny, round, first local // and its constants
}

// factor is the second factor of an fma, with its halves where it is emulated.
type factor struct{ x, high, low local }

func (l *builder) factor() factor {
	if l.fused {
		return factor{x: l.local(v128)}
	}
	return factor{l.local(v128), l.local(v128), l.local(v128)}
}

// set gives a factor its value.
func (l *builder) set(f factor, x code) code {
	if l.fused {
		return f.x.set(x)
	}
	return join(f.x.set(x), l.halve(f.x, f.high, f.low))
}

// halve rounds x to 26 bits, away from zero where it is between two numbers, and
// takes what is left for its low half.
func (l *builder) halve(x, high, low local) code {
	return join(
		high.set(bits(add64(x.get(), l.round.get()), l.first.get())),
		low.set(sub(x.get(), high.get())),
	)
}

// fma sets to = fma(w, x, to), by an instruction or as fma.go does.
func (l *builder) fma(w code, x factor, to local) code {
	if l.fused {
		return to.set(relaxedMadd(w, x.x.get(), to.get()))
	}
	get := local.get
	return join(
		l.r.set(w),
		l.halve(l.r, l.wHigh, l.wLow),
		l.p.set(mul(get(l.r), get(x.x))),
		l.uncertain.set(bitsOfEither(get(l.uncertain), bits(isLess(abs(get(l.p)), get(l.tiny)), isNot(get(l.r), get(l.zero))))),
		// the sum s, and in t its error and the product's
		l.s.set(add(get(l.p), get(to))),
		l.r.set(sub(get(l.s), get(l.p))),
		l.t.set(add(sub(get(l.p), sub(get(l.s), get(l.r))), sub(get(to), get(l.r)))),
		l.r.set(sub(mul(get(l.wHigh), get(x.high)), get(l.p))),
		l.r.set(add(get(l.r), mul(get(l.wHigh), get(x.low)))),
		l.r.set(add(get(l.r), mul(get(l.wLow), get(x.high)))),
		l.r.set(add(get(l.r), mul(get(l.wLow), get(x.low)))),
		l.t.set(add(get(l.t), get(l.r))),
		to.set(add(get(l.s), mul(get(l.t), get(l.above)))),
		l.uncertain.set(bitsOfEither(get(l.uncertain), isNot(get(to), add(get(l.s), mul(get(l.t), get(l.below)))))),
	)
}

// forward makes the sums of a slab of shape {f, m}: of an image, whose bytes a
// table turns into inputs, or of activations.
func (l *builder) forward(f, m int, image bool) {
	name := "a"
	if image {
		name = "image"
	}
	w, from, n, sums := l.pointer("w"), l.pointer(name), l.integer("n"), l.pointer("sums")
	var table local
	if image {
		table = l.pointer("table")
	}
	l.begin()
	width := (f + m) * vec
	f, m = 2*f, 2*m // vectors of two doubles
	fours := [4][]local{l.vectors(f), l.vectors(f), l.vectors(f), l.vectors(f)}
	mixed := [2][]local{l.vectors(m), l.vectors(m)}
	at, end, column := l.local(i32), l.local(i32), l.local(i32)
	x := l.factor()

	// one adds the products of column r of a group.
	one := func(r int, fused, plain bool) (c code) {
		for i := 0; fused && i < f; i++ {
			c = join(c, l.fma(load(column.get(), r*width+16*i), x, fours[r][i]))
		}
		for i := 0; plain && i < m; i++ {
			to := mixed[r%2][i]
			c = join(c, to.set(add(to.get(), mul(load(column.get(), r*width+16*(f+i)), x.x.get()))))
		}
		return c
	}
	// white is one's fused part where x is 1, and the fma a sum of two doubles:
	// so often halfway between two others that the emulation would be uncertain.
	white := func(r int) (c code) {
		for i := range f {
			c = join(c, fours[r][i].set(add(fours[r][i].get(), load(column.get(), r*width+16*i))))
		}
		return c
	}
	// pass goes through the groups for some of their columns, so few that the
	// sums fit in registers.
	pass := func(fused, plain bool, columns ...int) {
		l.do(at.set(from.get()))
		if image {
			l.do(end.set(plus(from.get(), shift(n.get(), number(3)))))
		} else {
			l.do(end.set(plus(from.get(), times(right(n.get(), number(2)), number(32)))), column.set(w.get()))
		}
		var body code
		if image {
			body = column.set(plus(w.get(), times(loadInt(at.get(), 4), number(4*width))))
		}
		for _, r := range columns {
			from := at.get()
			offset := 8 * r
			if image {
				from, offset = plus(table.get(), shift(loadByte(at.get(), r), number(3))), 0
			}
			products := join(l.set(x, loadSplat(from, offset)), one(r, fused, plain))
			if !l.fused && fused {
				products = either(isOne(loadDouble(from, offset)), white(r), products)
				if image {
					products = when(loadByte(at.get(), r), products)
				}
			}
			body = join(body, products)
		}
		if image {
			body = join(body, at.set(plus(at.get(), number(8))))
		} else {
			body = join(body, at.set(plus(at.get(), number(32))), column.set(plus(column.get(), number(4*width))))
		}
		l.do(while(lessU(at.get(), end.get()), body))
	}
	switch {
	case f == 0:
		pass(false, true, 0, 1, 2, 3)
	case l.fused:
		pass(true, true, 0, 2)
		pass(true, true, 1, 3)
	default:
		for r := range 4 {
			pass(true, false, r)
		}
		if m > 0 {
			pass(false, true, 0, 1, 2, 3)
		}
	}
	for i := range f {
		a := fours
		l.do(a[0][i].set(add(add(a[0][i].get(), a[2][i].get()), add(a[1][i].get(), a[3][i].get()))))
	}
	for i := range m {
		for odd := range 2 {
			l.do(store(sums.get(), 16*(f+odd*m+i), mixed[odd][i].get()))
		}
	}
	if !image {
		l.leftover(f, m, width, n, at, column, sums, fours[0], x)
	}
	for i := range f {
		l.do(store(sums.get(), 16*i, fours[0][i].get()))
	}
}

// leftover adds the products of the up to three last activations, from at, and
// of the weights from column, to the sums of fours. What they add to the mixed
// slots it stores unless it is one.
func (l *builder) leftover(f, m, width int, n, at, column, sums local, fours []local, x factor) {
	left := l.local(i32)
	l.do(left.set(and(n.get(), number(3))))
	weights := func(k, i int) code { return load(column.get(), k*width+16*i) }
	var one code
	for i := range f {
		one = join(one, l.fma(weights(0, i), x, fours[i]))
	}
	l.do(when(equal(left.get(), number(1)), l.set(x, loadSplat(at.get(), 0)), one))
	y, z := l.factor(), l.factor()
	several := join(l.set(x, loadSplat(at.get(), 0)), l.set(y, loadSplat(at.get(), 8)))
	several = join(several, when(equal(left.get(), number(3)), l.set(z, loadSplat(at.get(), 16))))
	sum := l.local(v128)
	for i := range f + m {
		several = join(several,
			sum.set(mul(weights(1, i), y.x.get())),
			l.fma(weights(0, i), x, sum),
			when(equal(left.get(), number(3)), l.fma(weights(2, i), z, sum)))
		if i < f {
			several = join(several, fours[i].set(add(fours[i].get(), sum.get())))
		} else {
			several = join(several, store(sums.get(), 16*(m+m+i), add(l.zero.get(), sum.get())))
		}
	}
	l.do(when(lessU(number(1), left.get()), several))
}

// descendSlab descends the weights of a slab with this number of vectors.
func (l *builder) descendSlab(vectors int) {
	w, filled, n, entries, ends, room := l.pointer("w"), l.pointer("filled"), l.integer("n"), l.pointer("entries"), l.pointer("ends"), l.integer("room")
	low, high, table, rate := l.pointer("low"), l.pointer("high"), l.pointer("table"), l.double("rate")
	width := vectors * vec
	sums := l.vectors(2 * vectors)
	end, group, column, bucket, at, after, d := l.local(i32), l.local(i32), l.local(i32), l.local(i32), l.local(i32), l.local(i32), l.local(i32)
	x, rates := l.local(v128), l.local(v128)
	l.do(rates.set(splat(rate.get())), end.set(plus(filled.get(), shift(n.get(), number(2)))))
	body := join(
		group.set(loadInt(filled.get(), 0)),
		column.set(plus(w.get(), times(group.get(), number(4*width)))),
		bucket.set(plus(entries.get(), shift(times(group.get(), room.get()), number(3)))),
		after.set(plus(entries.get(), shift(loadInt(plus(ends.get(), shift(group.get(), number(2))), 0), number(3)))),
	)
	for r := range 4 {
		deltas := low
		if r >= 2 {
			deltas = high
		}
		each := join(
			x.set(loadSplat(plus(table.get(), shift(loadByte(at.get(), r), number(3))), 0)),
			d.set(plus(deltas.get(), times(loadInt(at.get(), 4), number(width)))),
		)
		for i, sum := range sums {
			body = join(body, sum.set(doubles(0)))
			each = join(each, sum.set(add(sum.get(), mul(load(d.get(), 16*i), x.get()))))
		}
		body = join(body, at.set(bucket.get()),
			while(lessU(at.get(), after.get()), each, at.set(plus(at.get(), number(8)))))
		for i, sum := range sums {
			at := r*width + 16*i
			body = join(body, store(column.get(), at, sub(load(column.get(), at), mul(rates.get(), sum.get()))))
		}
	}
	l.do(while(lessU(filled.get(), end.get()), body, filled.set(plus(filled.get(), number(4)))))
}

// descend descends a matrix of weights, w = w - rate dᵀ a. Strides are in bytes.
func (l *builder) descend() {
	w, rows, stride, d, dStride, a, examples, rate := l.pointer("w"), l.integer("rows"), l.integer("stride"), l.pointer("d"), l.integer("dStride"), l.pointer("a"), l.integer("examples"), l.double("rate")
	row, after, dAt, aAt, e := l.local(i32), l.local(i32), l.local(i32), l.local(i32), l.local(i32)
	k := l.local(i32)
	x, sums := l.local(v128), l.vectors(2)
	each := x.set(loadSplat(dAt.get(), 0))
	var begin, end code
	for i, sum := range sums {
		begin = join(begin, sum.set(doubles(0)))
		each = join(each, sum.set(add(sum.get(), mul(load(aAt.get(), 16*i), x.get()))))
		end = join(end, store(w.get(), 16*i, sub(load(w.get(), 16*i), mul(splat(rate.get()), sum.get()))))
	}
	each = join(each,
		dAt.set(plus(dAt.get(), dStride.get())),
		aAt.set(plus(aAt.get(), stride.get())),
		e.set(plus(e.get(), number(-1))))
	l.do(while(lessU(row.get(), rows.get()),
		k.set(number(0)),
		after.set(plus(w.get(), stride.get())),
		while(lessU(w.get(), after.get()),
			begin, dAt.set(d.get()), aAt.set(plus(a.get(), k.get())), e.set(examples.get()),
			while(e.get(), each),
			end,
			w.set(plus(w.get(), number(vec))), k.set(plus(k.get(), number(vec)))),
		d.set(plus(d.get(), number(8))),
		row.set(plus(row.get(), number(1)))))
}

// scale multiplies n doubles, whole vectors.
func (l *builder) scale() {
	v, n, by := l.pointer("v"), l.integer("n"), l.double("by")
	end := l.local(i32)
	l.do(end.set(plus(v.get(), shift(n.get(), number(3)))),
		while(lessU(v.get(), end.get()),
			store(v.get(), 0, mul(load(v.get(), 0), splat(by.get()))),
			store(v.get(), 16, mul(load(v.get(), 16), splat(by.get()))),
			v.set(plus(v.get(), number(vec)))))
}

// back goes back through a matrix of weights for one example. Size is how many
// doubles delta and a have, body how many of them are summed up in fours; strides
// are in bytes.
func (l *builder) back() {
	delta, a, size, body, w, stride, d, rows := l.pointer("delta"), l.pointer("a"), l.integer("size"), l.integer("body"), l.pointer("w"), l.integer("stride"), l.pointer("d"), l.integer("rows")
	l.begin()
	k, j, wAt, dAt, sum, p, q := l.local(i32), l.local(i32), l.local(i32), l.local(i32), l.local(v128), l.local(v128), l.local(v128)
	x := l.factor()
	get := local.get
	next := func(rows int) (c code) {
		for range rows {
			c = join(c, wAt.set(plus(get(wAt), get(stride))))
		}
		return join(c, dAt.set(plus(get(dAt), number(8*rows))), j.set(plus(get(j), number(-rows))))
	}
	product := func(row int) code { // of a row from wAt; strides are added as it goes
		at := get(wAt)
		for range row {
			at = plus(at, get(stride))
		}
		return mul(load(at, 0), loadSplat(get(dAt), 8*row))
	}
	fused := func(row int, to local) code {
		at := get(wAt)
		for range row {
			at = plus(at, get(stride))
		}
		return join(l.set(x, loadSplat(get(dAt), 8*row)), l.fma(load(at, 0), x, to))
	}
	l.do(while(lessU(get(k), get(size)),
		wAt.set(get(w)), dAt.set(get(d)), j.set(get(rows)), sum.set(get(l.zero)),
		when(lessU(get(k), get(body)),
			while(lessU(number(3), get(j)),
				p.set(product(0)), q.set(product(1)), fused(2, p), fused(3, q),
				sum.set(add(get(sum), add(get(p), get(q)))), next(4)),
			when(lessU(number(1), get(j)),
				sum.set(add(get(sum), add(product(0), product(1)))), next(2))),
		while(get(j), sum.set(add(get(sum), product(0))), next(1)),
		p.set(load(get(a), 0)),
		store(get(delta), 0, mul(get(sum), mul(get(p), sub(doubles(1), get(p))))),
		w.set(plus(get(w), number(16))), a.set(plus(get(a), number(16))), delta.set(plus(get(delta), number(16))),
		k.set(plus(get(k), number(2)))))
}

// sigmoid computes a = σ(a + b) for n doubles, whole vectors; exp as exp.go does.
func (l *builder) sigmoid() {
	a, b, n, table := l.pointer("a"), l.pointer("b"), l.integer("n"), l.pointer("table")
	l.begin()
	end := l.local(i32)
	x, cut, dn, c, v, first, second := l.local(v128), l.local(v128), l.local(v128), l.local(v128), l.local(v128), l.local(v128), l.local(v128)
	head, tail, m, half := l.local(v128), l.local(v128), l.local(v128), l.local(v128)
	r, rr := l.factor(), l.local(v128)
	const largest, smallest = 709.78271289338397, -708
	entry := func(i int) code { // {head, tail} of 2^(j/64), where m has n in lane i
		return load(plus(table.get(), shift(and(lane(i, m.get()), number(63)), number(4))), 0)
	}
	high := l.factor()
	pow2 := func(m code) code { return shift64(add64(extended(m), both(1023)), number(52)) }
	get := local.get
	step := func(add float64) code { // c = fma(c, r, add)
		return join(first.set(doubles(add)), l.fma(get(c), r, first), c.set(get(first)))
	}
	l.do(end.set(plus(get(a), shift(get(n), number(3)))),
		l.set(high, both(0xbf862e42fefa0000)),
		while(lessU(get(a), get(end)),
			x.set(neg(add(load(get(a), 0), load(get(b), 0)))),
			cut.set(least(doubles(largest), most(doubles(smallest), get(x)))), // of NaN, a number
			m.set(truncated(mul(get(cut), both(0x40571547652b82fe)))),
			dn.set(converted(get(m))),
			first.set(get(cut)), l.fma(get(dn), high, first),
			l.set(r, add(get(first), mul(get(dn), both(0xbd1cf79abc9e3b39)))),
			c.set(doubles(1.0/720)), step(1.0/120), step(1.0/24), step(1.0/6), step(0.5),
			rr.set(mul(get(r.x), get(r.x))), second.set(get(r.x)),
			l.set(r, get(c)), l.fma(get(rr), r, second),
			first.set(entry(0)), v.set(entry(1)),
			head.set(evens(get(first), get(v))), tail.set(odds(get(first), get(v))),
			v.set(add(mul(get(second), add(get(head), get(tail))), get(tail))),
			v.set(add(get(v), get(head))),
			m.set(shiftRight32(get(m), number(6))), half.set(shiftRight32(get(m), number(1))),
			v.set(mul(mul(get(v), pow2(get(half))), pow2(sub32(get(m), get(half))))),
			// What exp.go decides first: NaN, too, is not more than 2⁻²⁶ in size.
			v.set(choose(get(v), add(doubles(1), get(x)), isMore(abs(get(x)), doubles(0x1p-26)))),
			v.set(choose(both(0x7ff<<52), get(v), isMore(get(x), doubles(largest)))),
			v.set(choose(doubles(0), get(v), isLess(get(x), doubles(smallest)))),
			store(get(a), 0, div(doubles(1), add(doubles(1), get(v)))),
			a.set(plus(get(a), number(16))), b.set(plus(get(b), number(16)))))
}

// begin declares what an emulated fma needs, after the parameters.
func (l *builder) begin() {
	l.zero = l.local(v128)
	if l.fused {
		return
	}
	for _, v := range []*local{&l.uncertain, &l.wHigh, &l.wLow, &l.p, &l.s, &l.t, &l.r} {
		*v = l.local(v128)
	}
	constant := func(word uint64) local {
		c := l.local(v128)
		l.do(c.set(both(word)))
		return c
	}
	l.below, l.above = constant(math.Float64bits(1-0x1p-52)), constant(math.Float64bits(1+0x1p-52))
	l.tiny = constant(math.Float64bits(0x1p-900))
	l.round, l.first = constant(1<<26), constant(1<<64-1<<27)
}

// loops returns those that use fma, or with an emulated one all.
func loops(fused bool) (all []*function) {
	add := func(name, sentence, loop string, build func(l *builder)) {
		l := &builder{function: &function{name: name, sentence: sentence, loop: loop}, fused: fused}
		build(l)
		if l.uncertain > 0 {
			l.do(anyBits(l.uncertain.get()))
		} else {
			l.do(number(0))
		}
		all = append(all, l.function)
	}
	for _, shape := range [][2]int{{3, 0}, {3, 1}, {0, 2}} {
		f, m := shape[0], shape[1]
		sentence := fmt.Sprintf("makes the sums of a slab of shape {%d, %d} for ", f, m)
		add(fmt.Sprintf("image%d%d", f, m), sentence+"an image.", sumsLoop(f, m, true), func(l *builder) { l.forward(f, m, true) })
		add(fmt.Sprintf("dense%d%d", f, m), sentence+"activations.", sumsLoop(f, m, false), func(l *builder) { l.forward(f, m, false) })
	}
	add("sigmoid", "computes a = σ(a + b).", sigmoidLoop, (*builder).sigmoid)
	add("back", "computes δ = (wᵀ d) ⊙ a(1-a) for one example.", backLoop, (*builder).back)
	if fused {
		return all
	}
	for vectors := 2; vectors <= 4; vectors++ {
		add(fmt.Sprint("descend", vectors), fmt.Sprintf("descends the weights of a slab of %d vectors.", vectors),
			strings.ReplaceAll(descendSlabLoop, "WIDTH", fmt.Sprint(4*vectors)), func(l *builder) { l.descendSlab(vectors) })
	}
	add("descend", "computes w = w - rate dᵀ a.", descendLoop, (*builder).descend)
	add("scale", "computes v = by v.", scaleLoop, (*builder).scale)
	return all
}
