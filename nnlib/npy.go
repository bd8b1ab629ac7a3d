package nnlib

// This file reads an array as NumPy writes it, .npy: a magic number, a header
// that describes the array as a Python dictionary, then the values. Source:
// numpy.lib.format, versions 1.0 to 3.0.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// arrayMagic begins each array. The two bytes of the version follow, then the
// length of the header: two bytes of it in version 1, four in 2 and 3.
const arrayMagic = "\x93NUMPY"

// maxArrayHeader bounds the header. NumPy reads 10,000 bytes of one.
const maxArrayHeader = 1 << 16

// array is what a header describes: an array of float64.
type array struct {
	shape   []int
	fortran bool             // the first index is fastest, not the last
	order   binary.ByteOrder // of the bytes of a value
	header  int64            // bytes in front of the values
}

// count is the number of values. It is at most maxParameters.
func (a array) count() int {
	n := 1
	for _, size := range a.shape {
		n *= size
	}
	return n
}

// readArrayHeader reads up to the values of an array.
func readArrayHeader(r io.Reader) (a array, err error) {
	head := make([]byte, len(arrayMagic)+2)
	if _, err := io.ReadFull(r, head); err != nil {
		return array{}, cutOff(err)
	}
	length := make([]byte, 4)
	switch version := head[len(arrayMagic):]; {
	case string(head[:len(arrayMagic)]) != arrayMagic:
		return array{}, fmt.Errorf("begins %q, want %q as NumPy's arrays do", head, arrayMagic)
	case version[0] == 1 && version[1] == 0:
		_, err = io.ReadFull(r, length[:2])
		head = append(head, length[:2]...)
	case version[0] <= 3 && version[0] > 0 && version[1] == 0:
		_, err = io.ReadFull(r, length)
		head = append(head, length...)
	default:
		return array{}, fmt.Errorf("is of version %d.%d of NumPy's format, want 1.0, 2.0 or 3.0", version[0], version[1])
	}
	size := binary.LittleEndian.Uint32(length)
	if err == nil && size > maxArrayHeader {
		return array{}, fmt.Errorf("has a header of %d bytes, want at most %d", size, maxArrayHeader)
	}
	dict := make([]byte, size)
	if err == nil {
		_, err = io.ReadFull(r, dict)
	}
	if err != nil {
		return array{}, cutOff(err)
	}
	a, err = parseArrayHeader(string(dict))
	a.header = int64(len(head) + len(dict))
	return a, err
}

// cutOff gives the end of data a name that is a phrase.
func cutOff(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("is cut off")
	}
	return fmt.Errorf("cannot be read: %w", err)
}

// float64s are the names of float64 for a dtype, with the order of its bytes:
// little-endian unless > is there.
var float64s = regexp.MustCompile(`^[<>=|]?(f8|d|float64|double|float)$`)

func parseArrayHeader(text string) (array, error) {
	var dict headerDict
	if !dict.parse(text) {
		return array{}, fmt.Errorf("has the header %.100q, want a dictionary of descr, fortran_order and shape", strings.TrimSpace(text))
	}
	a := array{order: binary.LittleEndian}
	descr, ok := literal(dict.descr)
	if !ok || !float64s.MatchString(descr) {
		return array{}, fmt.Errorf("is of dtype %s, want float64: astype(float) converts it", dtypeName(dict.descr))
	}
	if descr[0] == '>' {
		a.order = binary.BigEndian
	}
	switch order := strings.Join(dict.fortranOrder, " "); order {
	case "True":
		a.fortran = true
	case "False":
	default:
		return array{}, fmt.Errorf("has the fortran_order %.40q, want True or False", order)
	}
	if a.shape, ok = parseShape(dict.shape); !ok {
		return array{}, fmt.Errorf("has the shape %.100q, want whole numbers, of at most %d values in all", strings.Join(dict.shape, " "), maxParameters)
	}
	return a, nil
}

// pyTokens are those of Python that such dictionaries have: strings, names and
// numbers, and signs.
var pyTokens = regexp.MustCompile(`'[^']*'|"[^"]*"|\w+|\S`)

// headerDict is the dictionary of a header: the tokens of its values.
type headerDict struct{ descr, fortranOrder, shape []string }

// parse reads a Python dictionary with these three keys, in any order.
func (d *headerDict) parse(text string) (ok bool) {
	tokens := pyTokens.FindAllString(text, -1)
	if len(tokens) < 2 || tokens[0] != "{" || tokens[len(tokens)-1] != "}" {
		return false
	}
	tokens = tokens[1 : len(tokens)-1]
	for len(tokens) > 0 {
		colon := max(slices.Index(tokens, ":"), 0)
		var value *[]string
		switch key, _ := literal(tokens[:colon]); key {
		case "descr":
			value = &d.descr
		case "fortran_order":
			value = &d.fortranOrder
		case "shape":
			value = &d.shape
		default:
			return false
		}
		tokens = tokens[colon+1:]
		end, depth := 0, 0
		for ; end < len(tokens) && (depth > 0 || tokens[end] != ","); end++ {
			switch tokens[end] {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			}
			if depth < 0 {
				return false
			}
		}
		*value = tokens[:end:end]
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return len(d.descr) > 0 && len(d.fortranOrder) > 0 && len(d.shape) > 0
}

// literal returns what a Python string literal says, such as 'descr', "descr",
// u'descr' or, in parts, 'de' 'scr'.
func literal(tokens []string) (text string, ok bool) {
	for _, t := range tokens {
		n := len(t)
		switch {
		case t == "u" || t == "U" || t == "r" || t == "R":
		case n >= 2 && (t[0] == '\'' || t[0] == '"') && t[n-1] == t[0]:
			text, ok = text+t[1:n-1], true
		default:
			return "", false
		}
	}
	return text, ok
}

// parseShape reads a tuple such as (4, 3), (4,) or, by NumPy in Python 2,
// (4L, 3L).
func parseShape(tokens []string) (shape []int, ok bool) {
	n := len(tokens)
	if n < 2 || tokens[0] != "(" || tokens[n-1] != ")" {
		return nil, false
	}
	shape = []int{}
	total := int64(1)
	for tokens = tokens[1 : n-1]; len(tokens) > 0; {
		size, err := strconv.ParseUint(strings.TrimSuffix(tokens[0], "L"), 0, 32)
		if err != nil || size > maxParameters {
			return nil, false
		}
		if total *= int64(size); total > maxParameters {
			return nil, false
		}
		shape = append(shape, int(size))
		tokens = tokens[1:]
		if len(tokens) > 0 && tokens[0] != "," || len(tokens) == 0 && len(shape) == 1 { // (4) is no tuple
			return nil, false
		}
		tokens = tokens[min(1, len(tokens)):]
	}
	return shape, true
}

// dtypeName writes a dtype as its users know it: float32 ('<f4').
func dtypeName(tokens []string) string {
	text := strings.Join(tokens, "")
	kinds := map[string]string{"f": "float", "i": "int", "u": "uint", "c": "complex"}
	if m := regexp.MustCompile(`^['"][<>=|]?([fiuc])(\d\d?)['"]$`).FindStringSubmatch(text); m != nil {
		bytes, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("%s%d (%s)", kinds[m[1]], 8*bytes, text)
	}
	return fmt.Sprintf("%.60q", text)
}

// pyShape writes a shape as NumPy does: (4, 3), (4,).
func pyShape(shape ...int) string {
	if len(shape) == 1 {
		return fmt.Sprintf("(%d,)", shape[0])
	}
	texts := make([]string, len(shape))
	for i, size := range shape {
		texts[i] = strconv.Itoa(size)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// readValues reads the values of an array up to the end of r, in the order in
// which they lie there. It begins with memory for the first of them, and asks
// for as much again as it has filled: r may hold less than the header claims.
func (a array) readValues(r io.Reader, first int) ([]float64, error) {
	count := a.count()
	values := make([]float64, 0, min(first, count))
	raw := make([]byte, 8*min(count, 1<<13))
	for len(values) < count {
		raw = raw[:8*min(count-len(values), len(raw)/8)]
		if _, err := io.ReadFull(r, raw); err != nil {
			return nil, cutOff(err)
		}
		if cap(values)-len(values) < len(raw)/8 {
			values = slices.Grow(values, min(max(len(values), len(raw)/8), count-len(values)))
		}
		for at := 0; at < len(raw); at += 8 {
			values = append(values, math.Float64frombits(a.order.Uint64(raw[at:])))
		}
	}
	// The end of an entry is where its checksum is compared.
	switch n, err := io.ReadFull(r, raw[:1]); {
	case n > 0:
		return nil, fmt.Errorf("goes on after its %d values", len(values))
	case err != io.EOF:
		return nil, cutOff(err)
	}
	return values, nil
}
