package main

import (
	"encoding/binary"
	"math"
	"slices"
)

// This file writes WebAssembly in its binary form, as far as the loops need it.
// The numbers are from the WebAssembly specification, release 3.0 (with SIMD and
// relaxed SIMD): section 5, binary format, and its index of instructions.

// code is a sequence of instructions. As an expression it leaves a value on the
// stack, as a statement it does not.
type code []byte

func join(parts ...code) code { return slices.Concat(parts...) }

// A valtype is the type of a value.
type valtype byte

const (
	i32  valtype = 0x7f
	f64  valtype = 0x7c
	v128 valtype = 0x7b // as two doubles, nearly always
)

// unsigned and signed are the variable-length numbers of the format, LEB128.
func unsigned(n int) code { return binary.AppendUvarint(nil, uint64(n)) }

func signed(n int) (c code) {
	for {
		low := byte(n & 0x7f)
		n >>= 7
		if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
			return append(c, low)
		}
		c = append(c, low|0x80)
	}
}

// op returns an instruction as a function of the expressions it takes.
func op(opcode ...byte) func(args ...code) code {
	return func(args ...code) code { return append(join(args...), opcode...) }
}

// simd is op for the instructions that begin with 0xfd.
func simd(number int) func(args ...code) code {
	return op(append([]byte{0xfd}, unsigned(number)...)...)
}

var (
	lessU = op(0x49)
	plus  = op(0x6a) // of integers
	times = op(0x6c)
	and   = op(0x71)
	shift = op(0x74) // to the left
	equal = op(0x46)
	right = op(0x76)

	splat        = simd(0x14) // a double to both lanes
	isNot        = simd(0x48)
	isLess       = simd(0x49)
	isMore       = simd(0x4a)
	bits         = simd(0x4e) // of both
	bitsOfEither = simd(0x50)
	choose       = simd(0x52) // the bits of the first where the third has ones, else of the second
	anyBits      = simd(0x53)
	truncated    = simd(0xfc) // to 32-bit integers
	converted    = simd(0xfe) // from them
	shiftRight32 = simd(0xac)
	sub32        = simd(0xb1)
	extended     = simd(0xc7) // the first two 32-bit integers to 64 bits
	shift64      = simd(0xcb)
	add64        = simd(0xce)
	abs          = simd(0xec)
	neg          = simd(0xed)
	add          = simd(0xf0)
	sub          = simd(0xf1)
	mul          = simd(0xf2)
	div          = simd(0xf3)
	least        = simd(0xf6) // b < a ? b : a
	most         = simd(0xf7) // a < b ? b : a
	relaxedMadd  = simd(0x107)
)

func number(n int) code { return append(code{0x41}, signed(n)...) }

// both returns a vector of twice the same 64 bits.
func both(word uint64) code {
	c := binary.LittleEndian.AppendUint64(code{0xfd, 0x0c}, word)
	return binary.LittleEndian.AppendUint64(c, word)
}

// isOne compares a double.
func isOne(x code) code {
	c := append(join(x), 0x44)
	return append(binary.LittleEndian.AppendUint64(c, math.Float64bits(1)), 0x61)
}

func doubles(v float64) code { return both(math.Float64bits(v)) }

// lane returns 32-bit lane i of a vector.
func lane(i int, v code) code { return append(join(v), 0xfd, 0x1b, byte(i)) }

// evens and odds return the first, or second, doubles of two vectors.
func evens(a, b code) code { return pick(a, b, 0) }
func odds(a, b code) code  { return pick(a, b, 8) }

func pick(a, b code, first byte) code {
	c := append(join(a, b), 0xfd, 0x0d)
	for _, from := range []byte{first, 16 + first} {
		for i := range byte(8) {
			c = append(c, from+i)
		}
	}
	return c
}

// Of memory: a byte, a 32-bit integer, a vector, a double to both lanes.
func loadByte(at code, offset int) code   { return memory(at, offset, 0x2d) }
func loadInt(at code, offset int) code    { return memory(at, offset, 0x28) }
func loadDouble(at code, offset int) code { return memory(at, offset, 0x2b) }
func load(at code, offset int) code       { return memory(at, offset, 0xfd, 0x00) }
func loadSplat(at code, offset int) code  { return memory(at, offset, 0xfd, 0x0a) }

func store(at code, offset int, v code) code { return memory(join(at, v), offset, 0xfd, 0x0b) }

func memory(args code, offset int, opcode ...byte) code {
	const unaligned = 0
	return join(args, opcode, code{unaligned}, unsigned(offset))
}

// when runs statements if a condition is not 0.
func when(condition code, statements ...code) code {
	return join(condition, code{0x04, 0x40}, join(statements...), code{0x0b})
}

// either runs one or another statement.
func either(condition, then, otherwise code) code {
	return join(condition, code{0x04, 0x40}, then, code{0x05}, otherwise, code{0x0b})
}

// while runs statements as long as a condition is not 0.
func while(condition code, statements ...code) code {
	again := join(condition, code{0x0d, 0x00}) // branch to where the loop begins
	return when(condition, code{0x03, 0x40}, join(statements...), again, code{0x0b})
}

// function is a function of a module. It has a result, an integer.
type function struct {
	name           string
	sentence, loop string // for its declaration in Go

	params []param
	locals []valtype
	body   code
}

// param is a parameter, with its type in Go.
type param struct {
	name, goType string
	valtype
}

// local is a parameter or a variable of a function.
type local int

func (l local) get() code       { return append(code{0x20}, unsigned(int(l))...) }
func (l local) set(v code) code { return join(v, code{0x21}, unsigned(int(l))) }

// pointer, integer and double declare a parameter, local a variable; all
// parameters come first.
func (f *function) pointer(name string) local { return f.param(name, "unsafe.Pointer", i32) }
func (f *function) integer(name string) local { return f.param(name, "int32", i32) }
func (f *function) double(name string) local  { return f.param(name, "float64", f64) }

func (f *function) param(name, goType string, t valtype) local {
	f.params = append(f.params, param{name, goType, t})
	return local(len(f.params) - 1)
}

func (f *function) local(t valtype) local {
	f.locals = append(f.locals, t)
	return local(len(f.params) + len(f.locals) - 1)
}

func (f *function) vectors(n int) []local {
	l := make([]local, n)
	for i := range l {
		l[i] = f.local(v128)
	}
	return l
}

func (f *function) do(statements ...code) { f.body = append(f.body, join(statements...)...) }

// encode returns a module that works on the memory that it imports, and exports
// the functions.
func encode(functions []*function) code {
	var types, indices, exports, bodies []code
	for i, f := range functions {
		t := code{0x60}
		t = append(t, unsigned(len(f.params))...)
		for _, p := range f.params {
			t = append(t, byte(p.valtype))
		}
		types = append(types, append(t, 1, byte(i32)))
		indices = append(indices, unsigned(i))
		exports = append(exports, join(text(f.name), code{0x00}, unsigned(i)))
		var locals []code
		for _, l := range f.locals {
			locals = append(locals, code{1, byte(l)})
		}
		body := join(list(locals), f.body, code{0x0b})
		bodies = append(bodies, join(unsigned(len(body)), body))
	}
	memory := join(text("go"), text("mem"), code{0x02, 0x00, 0x01}) // of one page at least
	return join(
		code("\x00asm\x01\x00\x00\x00"),
		section(1, types), section(2, []code{memory}), section(3, indices), section(7, exports), section(10, bodies),
	)
}

func text(s string) code { return join(unsigned(len(s)), code(s)) }

func list(items []code) code { return join(unsigned(len(items)), join(items...)) }

func section(number byte, items []code) code {
	content := list(items)
	return join(code{number}, unsigned(len(content)), content)
}
