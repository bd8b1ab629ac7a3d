package nnlib_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

func TestSavedNetworkLoadsWithTheSameBits(t *testing.T) {
	for _, sizes := range shapes {
		file := filepath.Join(t.TempDir(), "net.npz")
		net := newNetwork(t, 1, sizes...)
		if err := net.Save(file); err != nil {
			t.Fatal(err)
		}
		loaded, err := nnlib.Load(file)
		if err != nil {
			t.Fatalf("%v: %v", sizes, err)
		}
		if fmt.Sprint(loaded.Sizes) != fmt.Sprint(sizes) {
			t.Errorf("Sizes %v, want %v", loaded.Sizes, sizes)
		}
		sameBits(t, loaded, net)
	}
}

func TestSaveReplacesAFileAndLeavesNothingBeside(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "net.npz")
	for seed := range uint64(2) {
		net := newNetwork(t, seed, 3, 2)
		if err := net.Save(file); err != nil {
			t.Fatal(err)
		}
		loaded, err := nnlib.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, loaded, net)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%v in the directory, want net.npz only", entries)
	}
	err := newNetwork(t, 0, 3, 2).Save(filepath.Join(dir, "missing", "net.npz"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Save to a directory that is not there: %v", err)
	}
}

func TestLoadedNetworkNeedsAGeneratorToTrain(t *testing.T) {
	net, err := nnlib.Load("testdata/npz/c-order.npz")
	if err != nil {
		t.Fatal(err)
	}
	data, cfg := toy(1, 10, 3, 2), nnlib.Config{Epochs: 1, MiniBatchSize: 5, Eta: 1}
	for _, err := range net.SGD(t.Context(), data, cfg) {
		if err == nil || !strings.Contains(err.Error(), "Network.Rand is nil") {
			t.Errorf("error %v, want one that says that Rand is nil", err)
		}
	}
	net.Rand = nprand.New(1)
	train(t, net, data, cfg)
}

// The files are NumPy's; make.py beside them made them. default_rng(7) drew b2,
// b3, w2, w3.
func TestLoadReadsWhatNumPyWrites(t *testing.T) {
	want := newNetwork(t, 7, 3, 4, 2)
	for _, file := range []string{
		"c-order", "fortran-order", "flat-biases", "big-endian", "compressed", "compressed-fortran-big",
		"streamed", "other-order", "more-arrays", "version-2", "version-3",
	} {
		net, err := nnlib.Load("testdata/npz/" + file + ".npz")
		if err != nil {
			t.Error(err)
			continue
		}
		sameBits(t, net, want)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("optional: in WebAssembly nnlib does not tell kinds of files")
	}
	const wantZip = ", want an .npz archive of the arrays b2, w2, b3, w3, …, as np.savez writes it"
	for file, want := range map[string]string{
		"float32.npz":       "array b2 is of dtype float32 ('<f4'), want float64: astype(float) converts it",
		"int64.npz":         "array w3 is of dtype int64 ('<i8'), want float64",
		"longdouble.npz":    "array b2 is of dtype float128 ('<f16'), want float64",
		"structured.npz":    `array w2 is of dtype "[('x','<f4'),('y','<f4')]", want float64`,
		"objects.npz":       `array w2 is of dtype "'|O'", want float64`,
		"no-w2.npz":         "no array w2 among b2, b3, w3, want b2, w2, b3, w3, …",
		"narrow-w3.npz":     "array w3 has shape (2, 3), want (2, 4), as layer 2 has 4 neurons",
		"transposed.npz":    "array w2 has shape (3, 4), want 4 rows, as many as b2 has values: it may be transposed",
		"short-b3.npz":      "array w3 has shape (2, 4), want 1 rows, as many as b3 has values",
		"extra-array.npz":   "no array w4 among b2, w2, b3, w3, b4, want b2, w2, b3, w3, …",
		"gap.npz":           "array b5, w5 beside a network of 3 layers, want b2, w2, b3, w3, … without a gap",
		"row-of-biases.npz": "array b2 has shape (1, 4), want one value for each neuron of the layer: (n,) or (n, 1)",
		"flat-weights.npz":  "array w2 has shape (12,), want a row for each neuron and a column for each of its inputs",
		"scalar.npz":        "array b3 has shape (), want one value for each neuron",
		"nothing.npz":       "array b3 has shape (0,), want at least one value",
		"unnamed.npz":       `no array b2 among "arr_0", "arr_1", "arr_2", "arr_3", want b2, w2, b3, w3, …`,
		"bzip2.npz":         "array b2 is compressed by method 12 of zip, want it as np.savez or np.savez_compressed writes it",
		"empty.npz":         "no array b2 among none, want b2, w2, b3, w3, …",
		"array.npy":         "a NumPy array (.npy)" + wantZip,
		"make.py":           "text “\"\"\"Writes the files beside it, for the tests of nnlib.Load.…”" + wantZip,
	} {
		net, err := nnlib.Load("testdata/npz/" + file)
		mustBeOneLine(t, file, net, err, "nnlib: testdata/npz/"+file+": "+want)
	}
	if _, err := nnlib.Load("testdata/npz/missing.npz"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing.npz: %v", err)
	}
}

// mustBeOneLine complains unless there is an error only, of one line with want.
func mustBeOneLine(t *testing.T, what string, net *nnlib.Network, err error, want string) {
	t.Helper()
	if net != nil || err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want one with %s", what, err, want)
	} else if text := err.Error(); strings.ContainsAny(text, "\n\x1b\x00") || strings.Contains(text, "%!") || strings.Count(text, "nnlib: ") != 1 {
		t.Errorf("%s: error %q is not one clear line", what, err)
	}
}

// npz is an archive of arrays with the given headers, each with its values in
// little-endian or, with big, in big-endian order.
func npz(t *testing.T, method uint16, big bool, arrays ...npyArray) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "net.npz")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, a := range arrays {
		w, err := z.CreateHeader(&zip.FileHeader{Name: a.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, a.header)
		for _, v := range a.values {
			bits := binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
			if big {
				slices.Reverse(bits)
			}
			w.Write(bits)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

type npyArray struct {
	name, header string
	values       []float64
}

// npyHeader is magic number, version, length and dictionary of an array.
func npyHeader(version byte, dict string) string {
	if version == 1 {
		return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(dict)))) + dict
	}
	return "\x93NUMPY" + string(rune(version)) + "\x00" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(dict)))) + dict
}

// Every header that NumPy reads, Load reads: checked with NumPy 2.4.6, and by
// what NumPy of Python 2 wrote.
func TestHeaderMayHaveAnyLegalForm(t *testing.T) {
	b2, w2 := []float64{1, 2}, []float64{3, 4, 5, 6, 7, 8}
	for _, version := range []byte{1, 2, 3} {
		for _, c := range []struct{ b, w string }{
			{"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"},
			{"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }  \n", "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f8'}\n"},
			{`{"descr": "<f8", "fortran_order": False, "shape": (2,)}`, `{"descr":"<f8","fortran_order":False,"shape":(2,3,)}` + "\n"},
			{"{'descr': 'f8', 'fortran_order': True, 'shape': (2,)}", "  { 'shape' : ( 2 ,\n 3 ) ,\t'descr' : '=f8' , 'fortran_order' : False , }\n\n"},
			{"{u'descr': u'<f8', 'fortran_order': False, 'shape': (2L,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }"},
			{"{'descr': '|f8', 'fortran_order': False, 'shape': (0x2, 1)}", "{'descr': 'float64', 'fortran_order': False, 'shape': (2, 3)}" + strings.Repeat(" ", 5000) + "\n"},
			{"{'descr': 'd', 'fortran_order': True, 'shape': (2, 1)}", "{'descr': '<d', 'fortran_order': False, 'shape': (2, 3)}"},
		} {
			for _, method := range []uint16{zip.Store, zip.Deflate} {
				file := npz(t, method, false, npyArray{"w2.npy", npyHeader(version, c.w), w2}, npyArray{"b2.npy", npyHeader(version, c.b), b2})
				net, err := nnlib.Load(file)
				if err != nil {
					t.Errorf("version %d, headers %q, %q: %v", version, c.b, c.w, err)
					continue
				}
				if got := net.Weights[0].RawMatrix().Data; !slices.Equal(got, w2) || net.Biases[0].AtVec(1) != 2 || fmt.Sprint(net.Sizes) != "[3 2]" {
					t.Errorf("version %d, headers %q, %q: weights %v and biases %v of %v", version, c.b, c.w, got, net.Biases[0], net.Sizes)
				}
			}
		}
	}
	// Column by column, and the other order of bytes.
	byColumn := []float64{3, 6, 4, 7, 5, 8}
	file := npz(t, zip.Deflate, true,
		npyArray{"b2", npyHeader(1, "{'descr': '>f8', 'fortran_order': True, 'shape': (2,)}"), b2},
		npyArray{"w2", npyHeader(1, "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3)}"), byColumn})
	net, err := nnlib.Load(file)
	if err != nil || !slices.Equal(net.Weights[0].RawMatrix().Data, w2) {
		t.Errorf("big-endian, column by column: %v, %v", net, err)
	}
}

func TestHeaderOfAnotherFormIsAnError(t *testing.T) {
	const good = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1)}"
	const noDict = "want a dictionary of descr, fortran_order and shape"
	for header, want := range map[string]string{
		"":                                           "array b2 is cut off",
		"\x93NUMPY":                                  "array b2 is cut off",
		"\x93NUMPY\x01\x00":                          "array b2 is cut off",
		"\x93NUMPY\x01\x00\xff\xff{":                 "array b2 is cut off",
		"\x93NUMPY\x03\x00\xff\xff\xff\xff":          "array b2 has a header of 4294967295 bytes, want at most 65536",
		"\x93NUMPX\x01\x00":                          `array b2 begins "\x93NUMPX\x01\x00", want "\x93NUMPY"`,
		"\x93NUMPY\x04\x00":                          "array b2 is of version 4.0 of NumPy's format, want 1.0, 2.0 or 3.0",
		"\x93NUMPY\x01\x01":                          "array b2 is of version 1.1 of NumPy's format",
		npyHeader(1, ""):                             "has the header \"\", " + noDict,
		npyHeader(1, "hello\n%s\x1b[31m"):            noDict,
		npyHeader(1, "{'descr': '<f8'"):              noDict,
		npyHeader(1, "{'descr': '<f8'}"):             noDict,
		npyHeader(1, "{'descr', '<f8'}"):             noDict,
		npyHeader(1, "{descr: '<f8'}"):               noDict,
		npyHeader(1, good+good):                      noDict,
		npyHeader(1, good[:len(good)-1]+", 'x': 1}"): noDict,
		npyHeader(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1)}"):                    "is of dtype float32 ('<f4'), want float64",
		npyHeader(1, "{'descr': '>c16', 'fortran_order': False, 'shape': (2, 1)}"):                   "is of dtype complex128 ('>c16'), want float64",
		npyHeader(1, "{'descr': f8, 'fortran_order': False, 'shape': (2, 1)}"):                       "is of dtype \"f8\", want float64",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': 0, 'shape': (2, 1)}"):                        `has the fortran_order "0", want True or False`,
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2)}"):                       `has the shape "( 2 )", want whole numbers`,
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': [2, 1]}"):                    `has the shape "[ 2 , 1 ]", want whole numbers`,
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (-2, 1)}"):                   `has the shape "( - 2 , 1 )"`,
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2.0, 1)}"):                  "has the shape",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,, 1)}"):                   "has the shape",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (65536, 65536)}"):            "has the shape",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (18446744073709551616, 1)}"): "has the shape",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}"):                    "has shape (1, 2), want one value for each neuron",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1, 1)}"):                 "has shape (2, 1, 1), want one value",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1)}"):                    "holds 16 bytes of values, want 24 for its shape (3, 1)",
		npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}"):                      "holds 16 bytes of values, want 8 for its shape (1,)",
	} {
		for _, method := range []uint16{zip.Store, zip.Deflate} {
			var values []float64
			if strings.HasSuffix(header, "}") {
				values = []float64{1, 2}
			}
			net, err := nnlib.Load(npz(t, method, false, npyArray{"b2.npy", header, values}))
			mustBeOneLine(t, fmt.Sprintf("%q", header), net, err, want)
		}
	}
}

func TestFileThatIsNoArchiveIsNamed(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("optional: in WebAssembly nnlib does not tell kinds of files")
	}
	whole, err := os.ReadFile("testdata/npz/c-order.npz")
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		"":                                    "an empty file, want an .npz archive",
		string(whole[:len(whole)/2]):          "a zip archive that is damaged or cut off (zip: not a valid zip file), want",
		zipped(string(whole)):                 "packed by gzip, want an .npz archive of the arrays b2, w2, b3, w3, …, as np.savez writes it; unpack it with gunzip",
		"<!DOCTYPE html>\n<title>Sign in</":   "a web page “<!DOCTYPE html> <title>Sign in</”, want",
		"\x80\x04\x95\x00\x00\x00\x00\x00":    "a Python pickle, want",
		"version https://git-lfs.github.com/": "a Git LFS pointer instead of the file, want an .npz archive of the arrays b2, w2, b3, w3, …, as np.savez writes it; git lfs pull fetches it",
	} {
		file := filepath.Join(t.TempDir(), "net.npz")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		net, err := nnlib.Load(file)
		mustBeOneLine(t, fmt.Sprintf("%.40q", content), net, err, want)
	}
}

func TestArraysOfOneNameTwiceAreAnError(t *testing.T) {
	b2 := npyArray{"b2.npy", npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}"), []float64{1}}
	net, err := nnlib.Load(npz(t, zip.Store, false, b2, b2))
	mustBeOneLine(t, "b2 twice", net, err, "two arrays b2, want one")
}

// Each byte of a saved file in turn is changed or the last to be there: Load
// must answer, and where it answers with a network the file must have held it.
func TestDamagedNetworksAreErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "net.npz")
	want := newNetwork(t, 1, 3, 2)
	if err := want.Save(file); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged.npz")
	check := func(what string, content []byte) {
		if err := os.WriteFile(damaged, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if net, err := nnlib.Load(damaged); err == nil {
			sameBits(t, net, want) // a byte that does not matter, as of a date
		} else if net != nil {
			t.Errorf("%s: a network and an error", what)
		}
	}
	for i := range whole {
		check(fmt.Sprintf("cut at byte %d", i), whole[:i])
		changed := bytes.Clone(whole)
		changed[i] ^= 0x55
		check(fmt.Sprintf("byte %d changed", i), changed)
	}
}

// archive is an .npz with one array b2 of the given content, claimed to have
// size bytes.
func archive(t testing.TB, content []byte, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "b2.npy", Method: zip.Store, CompressedSize64: size, UncompressedSize64: size})
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileNetworksUseNoMemory(t *testing.T) {
	header := func(shape string) []byte {
		return []byte(npyHeader(1, "{'descr': '<f8', 'fortran_order': False, 'shape': "+shape+"}"))
	}
	huge := header("(99999999, 1)")
	for name, content := range map[string][]byte{
		"800 MB that are not there":         archive(t, huge, uint64(len(huge))+8*99999999),
		"values that are not there":         archive(t, huge, uint64(len(huge))),
		"entry of 1 GiB":                    archive(t, huge, 1<<30),
		"shape of 10^16 values":             archive(t, header("(99999999, 99999999)"), 80),
		"shape that overflows":              archive(t, header("(18446744073709551616, 1)"), 90),
		"a directory of a million brackets": archive(t, []byte(npyHeader(2, "{'descr': "+strings.Repeat("(", 60000))), 60020),
	} {
		file := filepath.Join(t.TempDir(), "hostile.npz")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var net *nnlib.Network
		var err error
		used := allocated(func() { net, err = nnlib.Load(file) })
		mustBeOneLine(t, name, net, err, "array b2 ")
		if limit := uint64(1<<20 + 200*len(content)); used > limit {
			t.Errorf("%s: %d bytes allocated, want at most %d", name, used, limit)
		}
	}
}

// A thousand zeros are packed into one byte or so.
func TestPackedArraysMayGrowWithinBounds(t *testing.T) {
	const neurons = 1 << 20
	zeros := make([]float64, neurons)
	grow := func(layers int) (used uint64, err error) {
		var arrays []npyArray
		for layer := 2; layer < 2+layers; layer++ {
			arrays = append(arrays, npyArray{fmt.Sprint("b", layer), npyHeader(1, fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%d,)}", neurons)), zeros},
				npyArray{fmt.Sprint("w", layer), npyHeader(1, fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%d, 1)}", neurons)), zeros})
		}
		file := npz(t, zip.Deflate, false, arrays...)
		used = allocated(func() { _, err = nnlib.Load(file) })
		return used, err
	}
	if used, err := grow(1); err != nil || used > 50<<20 {
		t.Errorf("16 MiB of zeros: error %v and %d bytes allocated, want none and at most 50 MiB", err, used)
	}
	if used, err := grow(6); err == nil || used > 150<<20 {
		t.Errorf("96 MiB of zeros: error %v and %d bytes allocated, want an error and at most 150 MiB", err, used)
	}
}

func TestSaveLeavesPermissionsToTheSystemAndToTheUser(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("optional: Windows has no such permissions")
	}
	dir := t.TempDir()
	net, file := newNetwork(t, 1, 2, 1), filepath.Join(dir, "net.npz")
	mode := func() fs.FileMode {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	other, err := os.Create(filepath.Join(dir, "other")) // as any program makes one
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	info, err := os.Stat(other.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Save(file); err != nil {
		t.Fatal(err)
	}
	if got, want := mode(), info.Mode().Perm(); got != want {
		t.Errorf("a new file has mode %v, want %v as other new files", got, want)
	}
	for _, want := range []fs.FileMode{0o600, 0o640, 0o444, 0o664} {
		if err := os.Chmod(file, want); err != nil {
			t.Fatal(err)
		}
		if err := net.Save(file); err != nil {
			t.Fatal(err)
		}
		if got := mode(); got != want {
			t.Errorf("a file of mode %v has %v once it is saved anew", want, got)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v in the directory, want net.npz and other", entries, err)
	}
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/npz/*.npz")
	if err != nil || len(files) == 0 {
		f.Fatal("no files to begin with: ", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		file := filepath.Join(dir, "net.npz")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var net *nnlib.Network
		var err error
		used := allocated(func() { net, err = nnlib.Load(file) })
		if allowed := uint64(1<<20 + 5000*len(content)); /* packed content may grow a thousandfold */ used > allowed {
			t.Errorf("%d bytes allocated for a file of %d, want at most %d", used, len(content), allowed)
		}
		if err != nil {
			return
		}
		again := filepath.Join(dir, "again.npz")
		if err := net.Save(again); err != nil {
			t.Fatal(err)
		}
		loaded, err := nnlib.Load(again)
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, loaded, net)
	})
}
