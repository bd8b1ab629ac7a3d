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
	Offset    int64  // in bytes; in a compressed file, of the unpacked content
	Got, Want string
	Err       error // the cause, where another package found it; may be nil
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("nnlib: %s: %s at byte %d, want %s", e.File, e.Got, e.Offset, e.Want)
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
	in := &idxReader{name: name, r: bufio.NewReader(r)}
	if head, _ := in.r.(*bufio.Reader).Peek(2); string(head) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(in.r)
		if err != nil {
			return nil, in.failed(err, "a gzip header")
		}
		in.r = unzipped
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
	r      io.Reader
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
	case !strings.HasPrefix(got, "gzip:") && !strings.HasPrefix(got, "flate:"):
		return fmt.Errorf("nnlib: %s: at byte %d: %w", in.name, in.offset, err)
	}
	return &FormatError{File: in.name, Offset: in.offset, Got: got, Want: want, Err: err}
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
	magic, err := in.word("the magic number of an IDX file")
	if err != nil {
		return nil, 0, err
	}
	if want := 0x0800 | uint32(len(sizes)); magic != want {
		return nil, 0, in.wrong(0, fmt.Sprintf("magic 0x%08x", magic), fmt.Sprintf("0x%08x%s", want, hint(magic)))
	}
	total = 1
	for i, size := range sizes {
		dim, err := in.word(fmt.Sprintf("the size of dimension %d", i))
		if err != nil {
			return nil, 0, err
		}
		got := fmt.Sprintf("size %d of dimension %d", dim, i)
		if size != 0 && uint64(dim) != uint64(size) {
			return nil, 0, in.wrong(in.offset-4, got, fmt.Sprint(size))
		}
		if dim == 0 || uint64(dim) > uint64(maxIDX/total) {
			return nil, 0, in.wrong(in.offset-4, got, fmt.Sprintf("at least 1, and at most %d values in all", maxIDX))
		}
		total *= int(dim)
		dims = append(dims, int(dim))
	}
	return dims, total, nil
}

// hint guesses what a file with a wrong magic number is.
func hint(magic uint32) string {
	switch {
	case magic == 0x0801:
		return " (this is a file of labels)"
	case magic == 0x0803:
		return " (this is a file of images)"
	case magic>>16 == 0 && magic>>8 >= 0x09 && magic>>8 <= 0x0e:
		return " (IDX, but not of unsigned bytes)"
	case magic>>24 == '<':
		return " (this looks like a web page)"
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
