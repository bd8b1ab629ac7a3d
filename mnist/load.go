package mnist

// This file loads the four files of MNIST, wherever they are, and says what is
// wrong where they are not: find.go searches for them, fetch.go downloads them,
// cache.go remembers what was verified.

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"nnbook/nnlib"
)

// The environment chooses the data; an empty variable counts as not set.
const (
	envDir    = "NNBOOK_MNIST"  // a folder with the four files
	envDigits = "NNBOOK_DIGITS" // "drawn" for drawn digits
)

// Load returns the digits to train on, 60,000, and to test with, 10,000.
//
// The data are MNIST, from the folder that the environment variable
// NNBOOK_MNIST names, and then from nowhere else; without it from the user's
// cache, and what is missing or damaged there is downloaded first (12 MB,
// once; ctx stops it). Several programs may load at the same time.
//
// In both places the four files may be packed, as published
// (train-images-idx3-ubyte.gz and so on), or unpacked, there or up to two
// folders below, and under the names that archives give them, such as
// MNIST/raw/train-images.idx3-ubyte. Their content is compared with MNIST as
// published, to the last bit. What is wrong with a file's content is an
// *nnlib.FormatError; where there is no file at all, nor one to be had, the
// error is ErrMissing.
//
// All this takes half a second the first time. From then on, as long as a file
// has the same path, size and time of change, Load checks only a CRC of it; of a
// packed one, through an unpacked copy that it has put into the user's cache
// (55 MB for all four; where it cannot be written, Load stays slow).
//
// With NNBOOK_DIGITS=drawn the data are drawn digits instead, Drawn(60000, 1)
// and Drawn(10000, 2), whatever NNBOOK_MNIST says. Load never falls back to
// them: that is for the user to choose.
func Load(ctx context.Context) (train, test *Set, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("mnist: %w", err)
	}
	return load(ctx, newFetcher())
}

// Local is Load without the download: what is missing is an error.
func Local() (train, test *Set, err error) { return load(context.Background(), nil) }

func load(ctx context.Context, fetch *fetcher) (train, test *Set, err error) {
	switch digits := os.Getenv(envDigits); digits {
	case "drawn":
		drawn := make(chan [2]*Set, 1)
		go func() { drawn <- [2]*Set{Drawn(60000, 1), Drawn(10000, 2)} }()
		select { // a busy machine draws for seconds
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("mnist: %w", ctx.Err())
		case sets := <-drawn:
			return sets[0], sets[1], nil
		}
	case "":
	default:
		return nil, nil, fmt.Errorf("mnist: %s is %q, want drawn or nothing", envDigits, digits)
	}
	dir, err := Dir()
	if err != nil {
		return nil, nil, err
	}
	lib := library{dir: dir, files: published}
	lib.cache, _ = cacheDir() // without one, nothing is kept
	if os.Getenv(envDir) == "" {
		lib.fetch = fetch
	} else {
		lib.why = ", which " + envDir + " names"
	}
	return lib.load(ctx)
}

// Dir returns the absolute path of the folder where Load looks for MNIST,
// which need not exist: the one that NNBOOK_MNIST names, else nnbook/mnist in
// the user's cache.
func Dir() (dir string, err error) {
	if dir = os.Getenv(envDir); dir == "" {
		return cacheDir()
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", fmt.Errorf("mnist: %w", err)
	}
	return dir, nil
}

func cacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("mnist: no folder for caches (%w), want %s to name one with the four files", err, envDir)
	}
	return filepath.Join(cache, "nnbook", "mnist"), nil
}

// file is one of the four files, by its published name less the .gz.
type file struct {
	name   string
	dims   []int  // of images: count, 28, 28; of labels: count
	sha256 string // of the unpacked file, header and all
	crc32c uint32 // likewise
}

// published is MNIST: images and labels to train on, then those to test with.
// The hashes are of the files as first published.
var published = [4]file{
	{"train-images-idx3-ubyte", []int{60000, side, side}, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 0xf09c5efc},
	{"train-labels-idx1-ubyte", []int{60000}, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 0x469b0e4e},
	{"t10k-images-idx3-ubyte", []int{10000, side, side}, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 0x355b09ab},
	{"t10k-labels-idx1-ubyte", []int{10000}, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 0x402a70e0},
}

// library is a place where the four files are, or are to be.
type library struct {
	dir   string // absolute
	why   string // this folder, as a clause for the user
	cache string // absolute; may be dir, and empty where there is none
	files [4]file
	fetch *fetcher // brings what is missing; nil: the folder is the user's
}

// load reads all four files at once: unpacking and hashing take their time.
func (lib *library) load(ctx context.Context) (train, test *Set, err error) {
	found, err := find(lib.dir, lib.files)
	if err != nil {
		return nil, nil, fmt.Errorf("mnist: %w", err)
	}
	var (
		contents [4][]byte
		errs     [4]error
		wg       sync.WaitGroup
	)
	for i, f := range lib.files {
		wg.Go(func() { contents[i], errs[i] = lib.content(ctx, f, found.paths[i]) })
	}
	wg.Wait()
	if err := lib.join(errs, found); err != nil {
		return nil, nil, err
	}
	set := func(images, labels []byte) *Set { return &Set{images, labels, "MNIST"} }
	return set(contents[0], contents[1]), set(contents[2], contents[3]), nil
}

// content returns the values of file f: from one of the paths, or fetched.
func (lib *library) content(ctx context.Context, f file, paths []string) ([]byte, error) {
	data, err := f.read(paths, lib.cache)
	if errors.Is(err, ErrMissing) {
		err = fmt.Errorf("%w in %s", err, lib.dir)
	}
	if lib.fetch == nil || !replaceable(err) {
		return data, err
	}
	return lib.fetch.download(ctx, lib.dir, f, err)
}

// replaceable says whether a download may take the place of a file: it is
// missing or damaged, rather than out of reach.
func replaceable(err error) bool {
	var damage *nnlib.FormatError
	return errors.Is(err, ErrMissing) || errors.As(err, &damage)
}

// ErrMissing is in the error of [Load] where no file of MNIST is to be found,
// nor downloaded. Where some are there, but not all or not as published, the
// error is another one, and says what is wrong with them.
var ErrMissing = errors.New("missing")

// join makes one error of those of the four files. It is ErrMissing where
// nothing is there that the user could mend.
func (lib *library) join(errs [4]error, found *findings) error {
	var names []string
	var missing, wrong error
	for i, err := range errs {
		switch {
		case err == nil:
		case !errors.Is(err, ErrMissing):
			wrong = cmp.Or(wrong, err)
		default:
			missing = cmp.Or(missing, err)
			names = append(names, lib.files[i].name)
		}
	}
	switch {
	case missing == nil, wrong != nil && lib.fetch != nil:
		return wrong
	case wrong == nil:
		wrong = cmp.Or(lib.describe(found.others), found.failed)
	}
	if lib.fetch == nil {
		place := lib.dir + lib.why
		if _, err := os.Stat(lib.dir); err != nil {
			place += " and which is not there"
		}
		missing = fmt.Errorf("mnist: %s %w in %s (want all four there or up to two folders below, unpacked or as .gz)",
			strings.Join(names, ", "), ErrMissing, place)
	}
	switch {
	case wrong != nil:
		return fmt.Errorf("%v; %w", missing, fileError{wrong})
	case lib.fetch == nil && len(names) < len(lib.files):
		return errors.New(missing.Error()) // the user has some of them, and is to have all
	}
	return missing
}

// describe says what the first of some files is, which is not one of the four.
func (lib *library) describe(others []string) error {
	if len(others) == 0 {
		return nil
	}
	_, err := lib.files[0].verify(others[0], "")
	return err
}

// read returns the values of file f from the first of the paths that holds
// them. What has been verified before comes first, since that is quick.
func (f file) read(paths []string, cache string) ([]byte, error) {
	for _, path := range paths {
		if data := f.verified(path, cache); data != nil {
			return data, nil
		}
	}
	wrong := fmt.Errorf("mnist: %s %w", f.name, ErrMissing)
	for i, path := range paths {
		data, err := f.verify(path, cache)
		if err == nil {
			return data, nil
		}
		if i == 0 {
			wrong = err
		}
	}
	return nil, wrong
}

// verify reads file f from a path, and remembers that it has found f there.
func (f file) verify(path, cache string) ([]byte, error) {
	r, info, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("mnist: %w", err)
	}
	defer r.Close()
	data, err := f.parse(path, r)
	if err != nil {
		return nil, fmt.Errorf("mnist: %w", err)
	}
	f.remember(path, info, cache, data)
	return data, nil
}

// open opens a file, and nothing that might never end or never begin.
func open(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if target, err := os.Readlink(path); err == nil {
			return nil, nil, fmt.Errorf("%s is a link to %s, which is not there%s", path, target, annexed(target))
		}
	}
	if err != nil {
		return nil, nil, err
	}
	switch {
	case info.IsDir():
		return nil, nil, fmt.Errorf("%s is a folder, and none of the files is in it", path)
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s is a pipe or a device, want a file", path)
	}
	r, err := os.Open(path)
	return r, info, err
}

func annexed(target string) string {
	if strings.Contains(filepath.ToSlash(target), ".git/annex/objects/") {
		return ": git annex get fetches it"
	}
	return ""
}

// parse reads file f from r, which may be packed by gzip, and returns its
// values if they are what was published. The name is for errors. It looks at
// the form first, since that tells more about damage than a wrong hash does.
func (f file) parse(name string, r io.Reader) ([]byte, error) {
	idx, err := nnlib.ReadIDX(name, r, f.dims...)
	var wrong *nnlib.FormatError
	switch {
	case !errors.As(err, &wrong) || wrong.Mend != "":
	case wrong.Offset < 0 || wrong.Err != nil:
		wrong.Mend = "download it again, as first published"
	default:
		wrong.Mend = "is it another file, or a changed one? Download it again, as first published"
	}
	if err != nil {
		return nil, fileError{err}
	}
	if len(f.dims) == 1 {
		bad := slices.IndexFunc(idx.Data, func(label byte) bool { return label >= classes })
		if bad >= 0 {
			return nil, fileError{&nnlib.FormatError{File: name, Offset: int64(len(f.header()) + bad),
				Got: fmt.Sprintf("label %d", idx.Data[bad]), Want: "0 to 9", Mend: "is it another data set? Download it again, as first published"}}
		}
	}
	hash := sha256.New()
	hash.Write(f.header())
	hash.Write(idx.Data)
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != f.sha256 {
		return nil, fileError{&nnlib.FormatError{File: name, Offset: -1, Got: "content of SHA-256 " + sum,
			Want: f.sha256, Mend: "the form is right: is it another data set, such as Fashion-MNIST, or a changed copy? Download it again, as first published"}}
	}
	return idx.Data, nil
}

// values is the number of values in the file.
func (f file) values() int {
	n := 1
	for _, size := range f.dims {
		n *= size
	}
	return n
}

// header is how the unpacked file begins: magic number and sizes.
func (f file) header() []byte {
	h := []byte{0, 0, 8, byte(len(f.dims))}
	for _, n := range f.dims {
		h = binary.BigEndian.AppendUint32(h, uint32(n))
	}
	return h
}

// fileError is an error without its package's name in front.
type fileError struct{ err error }

func (e fileError) Error() string {
	return strings.TrimPrefix(strings.TrimPrefix(e.err.Error(), "nnlib: "), "mnist: ")
}
func (e fileError) Unwrap() error { return e.err }
