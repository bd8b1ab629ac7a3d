package nnlib

// This file stores networks as NumPy's .npz: a zip archive with one array per
// entry, which np.load reads and np.savez writes. npy.go reads the arrays.

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/sys/atomicwriter"
	"gonum.org/v1/gonum/mat"
)

// Save writes the network's biases and weights to an .npz file: the arrays
// b2, w2, b3, w3, … named by layer as in the equations, of float64, a bias
// vector as one column. The file appears whole or not at all, in place of an
// older one, whose permissions it takes over. Neither Rand nor Cost are saved.
func (n *Network) Save(file string) error {
	if err := n.check(); err != nil {
		return err
	}
	var content bytes.Buffer
	z := zip.NewWriter(&content)
	for i, w := range n.Weights { // l = i+2
		b := mat.NewDense(n.Sizes[i+1], 1, slices.Clone(values(n.Biases[i])))
		if err := errors.Join(writeArray(z, arrayName("b", i+2), b), writeArray(z, arrayName("w", i+2), w)); err != nil {
			return fmt.Errorf("nnlib: %s: %w", file, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("nnlib: %s: %w", file, err)
	}
	mode, err := modeFor(file)
	if err == nil {
		err = atomicwriter.WriteFile(file, content.Bytes(), mode)
	}
	if err != nil {
		return fmt.Errorf("nnlib: %s: %w", file, err)
	}
	return nil
}

func writeArray(z *zip.Writer, name string, m *mat.Dense) error {
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		return err
	}
	rows, cols := m.Dims()
	out := bufio.NewWriter(entry)
	dict := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }", rows, cols)
	fmt.Fprintf(out, "%s\x01\x00\x76\x00%-117s\n", arrayMagic, dict) // 128 bytes
	for j := range rows {
		if err := binary.Write(out, binary.LittleEndian, m.RawRowView(j)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// modeFor returns the permissions for a file: those that it has, else those
// that the system gives to a new one. Only a new file tells which (umask).
func modeFor(file string) (fs.FileMode, error) {
	if info, err := os.Stat(file); err == nil {
		return info.Mode().Perm(), nil
	}
	probe := fmt.Sprintf("%s.%016x", file, rand.Uint64())
	f, err := os.OpenFile(probe, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return 0, err
	}
	defer os.Remove(probe)
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

// Load reads a network from an .npz file that Save, np.savez or
// np.savez_compressed wrote: the arrays b2, w2, b3, w3, …, of float64 in either
// byte order, in C or Fortran order, a bias vector of one dimension or as one
// column. Arrays of other names may be there too. A file that is not such a
// network is an error. The network's Rand is nil and its Cost Quadratic, whatever
// they were when it was saved: who trains it further sets them.
//
// What a file claims to hold is checked before memory is asked for. That stays
// within twice the size of the file and 16 MB; compressed arrays take three
// times their own size, and may have 64 MiB and a hundred times the file's.
func Load(file string) (*Network, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("nnlib: %w", err)
	}
	if !info.Mode().IsRegular() { // to open a pipe would wait for a writer
		return nil, fmt.Errorf("nnlib: %s is a directory or a device, want a file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("nnlib: %w", err)
	}
	defer f.Close()
	n, err := readNetwork(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("nnlib: %s: %w", file, err)
	}
	return n, nil
}

func readNetwork(r io.ReaderAt, size int64) (*Network, error) {
	bounded := &boundedReader{r, maxDirectory}
	z, err := zip.NewReader(bounded, size)
	if err != nil {
		return nil, notZip(r, err)
	}
	bounded.left = math.MaxInt64 // the arrays are as long as they are
	a := &archive{files: map[string]*zip.File{}, stored: uint64(size), unpacked: 64<<20 + 100*uint64(size)}
	for _, f := range z.File {
		if err := a.add(f); err != nil {
			return nil, err
		}
	}
	n := &Network{}
	for layer := 2; layer == 2 || a.has("b", layer) || a.has("w", layer); layer++ {
		b, err := a.read("b", layer)
		if err != nil {
			return nil, err
		}
		w, err := a.read("w", layer)
		if err != nil {
			return nil, err
		}
		if layer == 2 {
			n.Sizes = []int{w.shape[1]}
		}
		rows, cols := b.shape[0], n.Sizes[layer-2]
		switch {
		case w.shape[0] != rows && w.shape[1] == rows:
			return nil, fmt.Errorf("array w%d has shape %s, want %d rows, as many as b%d has values: it may be transposed", layer, pyShape(w.shape...), rows, layer)
		case w.shape[0] != rows:
			return nil, fmt.Errorf("array w%d has shape %s, want %d rows, as many as b%d has values", layer, pyShape(w.shape...), rows, layer)
		case w.shape[1] != cols:
			return nil, fmt.Errorf("array w%d has shape %s, want %s, as layer %d has %d neurons", layer, pyShape(w.shape...), pyShape(rows, cols), layer-1, cols)
		}
		n.Sizes = append(n.Sizes, rows)
		n.Biases = append(n.Biases, mat.NewVecDense(rows, b.values))
		n.Weights = append(n.Weights, mat.NewDense(rows, cols, w.values))
	}
	if err := a.checkRest(len(n.Sizes)); err != nil {
		return nil, err
	}
	if err := n.check(); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "nnlib: "))
	}
	return n, nil
}

// notZip says what a file is that zip cannot read.
func notZip(r io.ReaderAt, err error) error {
	head := make([]byte, headSize)
	n, _ := r.ReadAt(head, 0)
	const want = "want an .npz archive of the arrays b2, w2, b3, w3, …, as np.savez writes it"
	if bytes.HasPrefix(head, []byte("PK")) {
		return fmt.Errorf("a zip archive that is damaged or cut off (%w), %s", err, want)
	}
	k := kindOf(head[:n])
	if k.mend != "" {
		return fmt.Errorf("%s, %s; %s", k.what, want, k.mend)
	}
	return fmt.Errorf("%s, %s", k.what, want)
}

// maxDirectory bounds the list of an archive's entries, in bytes: it takes ten
// times as many in memory, and has room for the arrays of 8,000 layers.
const maxDirectory = 1 << 20

// boundedReader reads no more than left bytes.
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

// archive is an .npz, its entries by the names of their arrays.
type archive struct {
	names            []string             // of all arrays
	files            map[string]*zip.File // those that are not read yet
	stored, unpacked uint64               // bytes that arrays may still have: those that are not compressed, and the others
}

// add takes an entry in. NumPy names it after its array, with .npy.
func (a *archive) add(f *zip.File) error {
	name := strings.TrimSuffix(f.Name, ".npy")
	if layerName.MatchString(name) && a.files[name] != nil {
		return fmt.Errorf("two arrays %s, want one", name)
	}
	a.names = append(a.names, name)
	a.files[name] = f
	return nil
}

// layerName is what arrays are called that belong to a network.
var layerName = regexp.MustCompile(`^[bw](0|[1-9][0-9]*)$`)

func arrayName(letter string, layer int) string { return letter + strconv.Itoa(layer) }

func (a *archive) has(letter string, layer int) bool {
	return a.files[arrayName(letter, layer)] != nil
}

// checkRest complains about arrays that look like a part of the network beyond
// those of its layers.
func (a *archive) checkRest(layers int) error {
	var rest []string
	for name := range a.files {
		if layerName.MatchString(name) {
			rest = append(rest, name)
		}
	}
	if rest == nil {
		return nil
	}
	slices.Sort(rest)
	return fmt.Errorf("array %s beside a network of %d layers, want b2, w2, b3, w3, … without a gap", list(rest), layers)
}

// list writes names in one line, the first of them if there are many.
func list(names []string) string {
	const most = 8
	if len(names) == 0 {
		return "none"
	}
	var texts []string
	for _, name := range names[:min(most, len(names))] {
		if !layerName.MatchString(name) {
			name = fmt.Sprintf("%.40q", name)
		}
		texts = append(texts, name)
	}
	if len(names) > most {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}

// layerArray is an array of a network, row by row: the biases of a layer, of
// one dimension, or its weights, of two.
type layerArray struct {
	shape  []int
	values []float64
}

// read takes an array of a layer out of the archive.
func (a *archive) read(letter string, layer int) (*layerArray, error) {
	name := arrayName(letter, layer)
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("no array %s among %s, want b2, w2, b3, w3, …", name, list(a.names))
	}
	delete(a.files, name)
	m, err := a.open(f, letter == "b")
	if err != nil {
		return nil, fmt.Errorf("array %s %w", name, err)
	}
	return m, nil
}

// open reads the array in an entry; its errors go on from the array's name.
func (a *archive) open(f *zip.File, isBias bool) (*layerArray, error) {
	const encrypted = 1
	left, first := &a.unpacked, 1<<13
	if f.Method == zip.Store { // what is claimed to be in the file is in the file
		left, first = &a.stored, maxParameters
	}
	switch {
	case f.Flags&encrypted != 0:
		return nil, errors.New("is encrypted, want it without a password")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, fmt.Errorf("is compressed by method %d of zip, want it as np.savez or np.savez_compressed writes it", f.Method)
	case f.UncompressedSize64 > *left:
		return nil, fmt.Errorf("claims %d bytes, want at most %d in a file of this size", f.UncompressedSize64, *left)
	}
	*left -= f.UncompressedSize64
	entry, err := f.Open()
	if err != nil {
		return nil, cutOff(err)
	}
	defer entry.Close()
	header, err := readArrayHeader(entry)
	if err != nil {
		return nil, err
	}
	shape := header.shape
	switch dims := len(shape); {
	case isBias && dims == 2 && shape[1] == 1:
		shape = shape[:1]
	case isBias && dims != 1:
		return nil, fmt.Errorf("has shape %s, want one value for each neuron of the layer: (n,) or (n, 1)", pyShape(shape...))
	case !isBias && dims != 2:
		return nil, fmt.Errorf("has shape %s, want a row for each neuron and a column for each of its inputs", pyShape(shape...))
	}
	if header.count() == 0 {
		return nil, fmt.Errorf("has shape %s, want at least one value", pyShape(header.shape...))
	}
	if held, want := int64(f.UncompressedSize64)-header.header, 8*int64(header.count()); held != want {
		return nil, fmt.Errorf("holds %d bytes of values, want %d for its shape %s", held, want, pyShape(header.shape...))
	}
	values, err := header.readValues(entry, first)
	if err != nil {
		return nil, err
	}
	if header.fortran && !isBias {
		rows, cols := shape[0], shape[1]
		values = mat.DenseCopyOf(mat.NewDense(cols, rows, values).T()).RawMatrix().Data
	}
	return &layerArray{shape, values}, nil
}
