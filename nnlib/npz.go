package nnlib

// This file stores networks as NumPy's .npz: a ZIP archive, not compressed,
// with one array per entry, which np.load reads and np.savez writes. Source of
// the array format: numpy.lib.format, version 1.0.

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/moby/sys/atomicwriter"
	"gonum.org/v1/gonum/mat"
)

// Save writes the network's biases and weights to an .npz file: the arrays
// b2, w2, b3, w3, … named by layer as in the equations, of float64, a bias
// vector as one column. The file appears whole or not at all, in place of an
// older one. Neither Rand nor Cost are saved.
func (n *Network) Save(file string) error {
	if err := n.check(); err != nil {
		return err
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for i, w := range n.Weights { // l = i+2
		b := mat.NewDense(n.Sizes[i+1], 1, slices.Clone(values(n.Biases[i])))
		if err := errors.Join(writeArray(z, "b", i+2, b), writeArray(z, "w", i+2, w)); err != nil {
			return fmt.Errorf("nnlib: %s: %w", file, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("nnlib: %s: %w", file, err)
	}
	if err := atomicwriter.WriteFile(file, archive.Bytes(), 0o644); err != nil {
		return fmt.Errorf("nnlib: %s: %w", file, err)
	}
	return nil
}

// Load reads a network from an .npz file that Save or np.savez wrote, in C or
// Fortran order. Its Rand is nil and its Cost Quadratic. A file that is not such
// a network is an error; memory stays within twice the file's size and 16 MB.
func Load(file string) (*Network, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("nnlib: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("nnlib: %w", err)
	}
	n, err := readNetwork(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("nnlib: %s: %w", filepath.Base(file), err)
	}
	return n, nil
}

func readNetwork(r io.ReaderAt, size int64) (*Network, error) {
	bounded := &boundedReader{r, maxDirectory}
	z, err := zip.NewReader(bounded, size)
	if err != nil {
		return nil, err
	}
	bounded.left = math.MaxInt64 // the arrays are as long as they are
	arrays, err := entries(z, size)
	if err != nil {
		return nil, err
	}
	n := &Network{}
	for layer := 2; layer == 2 || len(arrays) > 0; layer++ {
		b, errB := readArray(arrays, "b", layer)
		w, errW := readArray(arrays, "w", layer)
		if err := errors.Join(errB, errW); err != nil {
			return nil, err
		}
		rows, cols := w.Dims()
		if layer == 2 {
			n.Sizes = []int{cols}
		}
		n.Sizes = append(n.Sizes, rows)
		if bRows, bCols := b.Dims(); bRows != rows || bCols != 1 || cols != n.Sizes[layer-2] {
			return nil, fmt.Errorf("b%d is %d × %d and w%d %d × %d, want the same number of rows, one column of biases and %d of weights",
				layer, bRows, bCols, layer, rows, cols, n.Sizes[layer-2])
		}
		n.Biases = append(n.Biases, mat.NewVecDense(rows, b.RawMatrix().Data))
		n.Weights = append(n.Weights, w)
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	return n, nil
}

// maxDirectory bounds the list of an archive's entries, in bytes: it takes ten
// times as many in memory, and has room for the arrays of 8,000 layers.
const maxDirectory = 1 << 20

// boundedReader reads so many bytes.
type boundedReader struct {
	r    io.ReaderAt
	left int64
}

func (b *boundedReader) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, fmt.Errorf("the archive's directory has more than %d bytes, want a network", maxDirectory)
	}
	return b.r.ReadAt(p, at)
}

// entries lists the archive's entries by name. Those that it lets through are
// stored as they are and together no longer than the file, so what they claim
// to hold can be allocated.
func entries(z *zip.Reader, size int64) (map[string]*zip.File, error) {
	arrays := map[string]*zip.File{}
	left := uint64(size)
	for _, f := range z.File {
		switch {
		case f.Method != zip.Store:
			return nil, fmt.Errorf("entry %.40q is compressed, want it stored (np.savez, not np.savez_compressed)", f.Name)
		case f.UncompressedSize64 > left:
			return nil, fmt.Errorf("entry %.40q claims %d bytes, want at most the %d that the file has left", f.Name, f.UncompressedSize64, left)
		case arrays[f.Name] != nil:
			return nil, fmt.Errorf("two entries %.40q, want one", f.Name)
		}
		left -= f.UncompressedSize64
		arrays[f.Name] = f
	}
	return arrays, nil
}

func entryName(letter string, layer int) string { return fmt.Sprintf("%s%d.npy", letter, layer) }

// The header of an array: magic and version, the length of the rest in two
// bytes, and a Python dictionary, here padded so that the values start at
// byte 128.
const (
	arrayMagic = "\x93NUMPY\x01\x00"
	arrayDict  = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }"
)

var arrayDicts = regexp.MustCompile(`^\{'descr': '<f8', 'fortran_order': (False|True), 'shape': \((\d{1,9}), (\d{1,9})\), \} *\n$`)

func writeArray(z *zip.Writer, letter string, layer int, m *mat.Dense) error {
	entry, err := z.CreateHeader(&zip.FileHeader{Name: entryName(letter, layer), Method: zip.Store})
	if err != nil {
		return err
	}
	rows, cols := m.Dims()
	out := bufio.NewWriter(entry)
	fmt.Fprintf(out, "%s\x76\x00%-117s\n", arrayMagic, fmt.Sprintf(arrayDict, rows, cols))
	for j := range rows {
		if err := binary.Write(out, binary.LittleEndian, m.RawRowView(j)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// readArray takes an array out of those that are still to be read.
func readArray(arrays map[string]*zip.File, letter string, layer int) (*mat.Dense, error) {
	name := entryName(letter, layer)
	f := arrays[name]
	if f == nil {
		return nil, fmt.Errorf("no array %s%d among %d unread ones, want b2, w2, b3, w3, …", letter, layer, len(arrays))
	}
	delete(arrays, name)
	entry, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer entry.Close()
	m, err := parseArray(entry, int64(f.UncompressedSize64))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// parseArray reads an array of size bytes, header included, to the end of r.
func parseArray(r io.Reader, size int64) (*mat.Dense, error) {
	head := make([]byte, len(arrayMagic)+2)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	if magic := string(head[:len(arrayMagic)]); magic != arrayMagic {
		return nil, fmt.Errorf("array begins %q at byte 0, want %q", magic, arrayMagic)
	}
	dict := make([]byte, binary.LittleEndian.Uint16(head[len(arrayMagic):]))
	if _, err := io.ReadFull(r, dict); err != nil {
		return nil, err
	}
	match := arrayDicts.FindSubmatch(dict)
	if match == nil {
		return nil, fmt.Errorf("array described as %.100q at byte 10, want %q or the same in Fortran order", bytes.TrimSpace(dict), arrayDict)
	}
	rows, _ := strconv.Atoi(string(match[2])) // at most nine digits
	cols, _ := strconv.Atoi(string(match[3]))
	claimed, held := 8*int64(rows)*int64(cols), size-int64(len(head)+len(dict))
	if claimed == 0 || claimed != held {
		return nil, fmt.Errorf("array of %d × %d values with %d bytes of them, want %d and at least one", rows, cols, held, claimed)
	}
	m := mat.NewDense(rows, cols, nil)
	if err := readValues(r, m, string(match[1]) == "True"); err != nil {
		return nil, err
	}
	// The end of the entry is where its checksum is compared.
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	return m, nil
}

// readValues reads m row by row or, in Fortran order, column by column.
func readValues(r io.Reader, m *mat.Dense, fortran bool) error {
	rows, cols := m.Dims()
	raw := make([]byte, min(8*rows*cols, 1<<16))
	for i := 0; i < rows*cols; {
		raw = raw[:min(8*(rows*cols-i), len(raw))]
		if _, err := io.ReadFull(r, raw); err != nil {
			return err
		}
		for at := 0; at < len(raw); at, i = at+8, i+1 {
			value := math.Float64frombits(binary.LittleEndian.Uint64(raw[at:]))
			if fortran {
				m.Set(i%rows, i/rows, value)
			} else {
				m.Set(i/cols, i%cols, value)
			}
		}
	}
	return nil
}
