package nnlib

// This file reads IDX, the format in which MNIST was published: a header of
// big-endian words (magic number, then one size per dimension), then the
// values in row-major order. http://yann.lecun.com/exdb/mnist describes it.

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
)

// IDX is the content of an IDX file of unsigned bytes.
type IDX struct {
	Dims []int  // sizes of the dimensions: images 60000, 28, 28; labels 60000
	Data []byte // all values in row-major order, the last index fastest
}

// FormatError says what is wrong with a file, and where. The values given by
// Got and Want are phrases, such as "magic 0x00000803" and "0x00000801".
type FormatError struct {
	File      string // as the caller named it
	Offset    int64  // in bytes, of the unpacked content if the file is packed; -1 for the file as a whole
	Got, Want string
	Mend      string // what to do about it; may be empty
	Err       error  // the cause, where another package found it; may be nil
}

func (e *FormatError) Error() string {
	text := fmt.Sprintf("nnlib: %s: %s", e.File, e.Got)
	if e.Offset >= 0 {
		text += fmt.Sprintf(" at byte %d", e.Offset)
	}
	text += ", want " + e.Want
	if e.Mend != "" {
		text += "; " + e.Mend
	}
	return text
}

func (e *FormatError) Unwrap() error { return e.Err }

// maxIDX bounds the values that one IDX file may hold: 22 times MNIST.
const maxIDX = 1 << 30

// ReadIDX reads an IDX file of unsigned bytes from r, packed by gzip or not.
// It must have one dimension for each of sizes, and of that size; 0 stands for
// any: 0, 28, 28 are any number of images of 28 × 28 pixels. The name is for
// error messages. Whatever is not exactly one such file, trailing bytes
// included, is a *FormatError; an error of r itself is wrapped.
//
// The header is taken as a claim: memory grows with what r delivers, to at
// most twice that, and a claim of more than 1 GiB is refused.
func ReadIDX(name string, r io.Reader, sizes ...int) (*IDX, error) {
	in := &idxReader{name: name, r: bufio.NewReaderSize(r, headSize)}
	if err := in.unzip(); err != nil {
		return nil, err
	}
	dims, total, err := in.header(sizes)
	if err != nil {
		return nil, err
	}
	data, err := in.values(dims, total)
	if err != nil {
		return nil, err
	}
	return &IDX{Dims: dims, Data: data}, nil
}

// idxReader counts the bytes read, so that errors can say where.
type idxReader struct {
	name   string
	r      *bufio.Reader
	packed bool // by gzip
	offset int64
}

// wrong is the error of a file that holds got where want should be.
func (in *idxReader) wrong(offset int64, got, want string) error {
	return &FormatError{File: in.name, Offset: offset, Got: got, Want: want}
}

// failed is the error of a file that could not be read on.
func (in *idxReader) failed(err error, want string) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	got := err.Error()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		got = "end of data"
	case strings.HasPrefix(got, "flate:"): // with an offset of its own
		got = "damage to the packed data"
	case !strings.HasPrefix(got, "gzip:"):
		return fmt.Errorf("nnlib: %s: at byte %d: %w", in.name, in.offset, err)
	}
	return &FormatError{File: in.name, Offset: in.offset, Got: got, Want: want, Err: err}
}

// unzip takes off the packing, if there is one.
func (in *idxReader) unzip() error {
	const enough = 8 // times: nobody packs a file more often
	packed := 0
	for ; packed < enough; packed++ {
		if head, _ := in.r.Peek(2); string(head) != gzipMagic {
			break
		}
		z, err := gzip.NewReader(in.r)
		if err != nil {
			return in.failed(err, "a gzip header")
		}
		z.Multistream(false)
		in.r = bufio.NewReaderSize(&gzipReader{z, in.r}, headSize)
	}
	in.packed = packed > 0
	if packed > 1 {
		return &FormatError{File: in.name, Offset: -1, Got: "packed by gzip " + times(packed), Want: "once at most", Mend: "unpack it with gunzip " + times(packed-1)}
	}
	return nil
}

const gzipMagic = "\x1f\x8b"

// gzipReader reads gzip streams, one after the other up to the end of the file.
// What else may follow is errMore; to gzip.Reader by itself that would be a
// header cut off, or an invalid one.
type gzipReader struct {
	*gzip.Reader
	packed *bufio.Reader
}

var errMore = errors.New("gzip: something else after the packed data")

func (z *gzipReader) Read(p []byte) (int, error) {
	n, err := z.Reader.Read(p)
	if err != io.EOF {
		return n, err
	}
	switch head, err := z.packed.Peek(2); {
	case len(head) == 0:
		return n, err
	case string(head) != gzipMagic:
		return n, errMore
	}
	err = z.Reset(z.packed)
	z.Multistream(false)
	return n, err
}

// word reads one big-endian 32-bit word of the header.
func (in *idxReader) word(what string) (uint32, error) {
	var b [4]byte
	n, err := io.ReadFull(in.r, b[:])
	in.offset += int64(n)
	if err != nil {
		return 0, in.failed(err, what)
	}
	return binary.BigEndian.Uint32(b[:]), nil
}

// header reads the magic number and the dimensions, which must be of the given
// sizes, and returns the latter with their product.
func (in *idxReader) header(sizes []int) (dims []int, total int, err error) {
	if err := in.magic(0x0800 | uint32(len(sizes))); err != nil {
		return nil, 0, err
	}
	total = 1
	for i, size := range sizes {
		dim, err := in.word(fmt.Sprintf("the size of dimension %d", i))
		if err != nil {
			return nil, 0, err
		}
		got := fmt.Sprintf("size %d of dimension %d", dim, i)
		if size != 0 && uint64(dim) != uint64(size) {
			want := fmt.Sprint(size)
			if bits.ReverseBytes32(dim) == uint32(size) {
				want += " (the bytes of this number are in the wrong order)"
			}
			return nil, 0, in.wrong(in.offset-4, got, want)
		}
		if dim == 0 || uint64(dim) > uint64(maxIDX/total) {
			return nil, 0, in.wrong(in.offset-4, got, fmt.Sprintf("at least 1, and at most %d values in all", maxIDX))
		}
		total *= int(dim)
		dims = append(dims, int(dim))
	}
	return dims, total, nil
}

// magic reads the magic number. Where it is not the one wanted, the error says
// what kind of file this seems to be.
func (in *idxReader) magic(want uint32) error {
	head, err := in.r.Peek(4)
	if err != nil && err != io.EOF {
		return in.failed(err, "the magic number of an IDX file")
	}
	if len(head) == 4 {
		got := binary.BigEndian.Uint32(head)
		if got == want {
			in.offset = 4
			_, err := in.r.Discard(4)
			return err
		}
		if hint := idxHint(got); hint != "" {
			return in.wrong(0, fmt.Sprintf("magic 0x%08x", got), fmt.Sprintf("0x%08x (%s)", want, hint))
		}
	}
	head, _ = in.r.Peek(headSize)
	k := kindOf(head)
	if in.packed {
		k.what += " packed by gzip"
	}
	wrong := &FormatError{File: in.name, Offset: -1, Got: k.what, Want: fmt.Sprintf("an IDX file, which begins 0x%08x", want), Mend: k.mend}
	if len(head) < 4 {
		wrong.Err = io.ErrUnexpectedEOF
	}
	return wrong
}

// idxTypes are the types of values that IDX knows, by their codes.
var idxTypes = map[byte]string{0x08: "unsigned bytes", 0x09: "signed bytes", 0x0b: "16-bit integers",
	0x0c: "32-bit integers", 0x0d: "32-bit floats", 0x0e: "64-bit floats"}

// idxHint says what the magic number of an IDX file stands for, if it is one:
// two zeros, the type of the values, how many dimensions they have.
func idxHint(magic uint32) string {
	isIDX := func(a, b, code, dims byte) bool {
		return a == 0 && b == 0 && idxTypes[code] != "" && 1 <= dims && dims <= 9
	}
	m := binary.BigEndian.AppendUint32(nil, magic)
	switch {
	case magic == 0x0801:
		return "this is a file of labels"
	case magic == 0x0803:
		return "this is a file of images"
	case isIDX(m[0], m[1], m[2], m[3]):
		return fmt.Sprintf("this is IDX of %s in %d dimensions", idxTypes[m[2]], m[3])
	case isIDX(m[3], m[2], m[1], m[0]), isIDX(m[1], m[0], m[3], m[2]):
		return "the bytes of this number are in the wrong order"
	}
	return ""
}

// values reads exactly total bytes up to the end of the data. It asks for as
// much memory again as has been filled, so a false claim costs none.
func (in *idxReader) values(dims []int, total int) ([]byte, error) {
	want := fmt.Sprintf("%d values %v", total, dims)
	var blocks [][]byte
	for filled := 0; filled < total; {
		block := make([]byte, min(total-filled, max(filled, 1<<16)))
		n, err := io.ReadFull(in.r, block)
		in.offset += int64(n)
		if err != nil {
			return nil, in.failed(err, want)
		}
		blocks = append(blocks, block)
		filled += n
	}
	// Reading on also makes gzip compare its checksum.
	switch n, err := io.ReadFull(in.r, make([]byte, 1)); {
	case n > 0:
		return nil, in.wrong(in.offset, "more data", "the end after "+want)
	case err != io.EOF:
		return nil, in.failed(err, "the end after "+want)
	}
	return slices.Concat(blocks...), nil
}
