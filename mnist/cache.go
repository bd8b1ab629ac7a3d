package mnist

// This file keeps in the user's cache what Load has verified. Each cell of a
// notebook is a new process, and would otherwise unpack and hash it all again.

import (
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/sys/atomicwriter"
)

// readUnpacked returns the values of file f, which lies unpacked at path, or nil
// if it is not what was published.
//
// CRC-32C is enough for what was compared by SHA-256 when it was put there: no
// damage within 32 bits in a row escapes it, and of any other one in 2³². It
// does not stop a forger, but one who can write the user's files has no need to
// forge digits.
func (f file) readUnpacked(path string) []byte {
	header := f.header()
	want := len(header) + f.values()
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(want) {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil || checksum(raw) != f.crc32c {
		return nil
	}
	return raw[len(header):]
}

// checksum is CRC-32C: processors have an instruction for it.
func checksum(raw []byte) uint32 { return crc32.Checksum(raw, crc32.MakeTable(crc32.Castagnoli)) }

// store writes file f into dir, unpacked; beside and renamed, so that a reader
// sees all of it or nothing. Another process that has stored it meanwhile may
// have tidied up before this one was ready: that is as good.
func (f file) store(dir string, values []byte) error {
	path := filepath.Join(dir, f.name)
	err := atomicwriter.WriteFile(path, append(f.header(), values...), 0o644)
	if err != nil && f.readUnpacked(path) == nil {
		return err
	}
	return nil
}

// tidy removes from dir what processes left that were killed while they stored
// f. It is called once f is there: who is still storing it need not go on.
func (f file) tidy(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".tmp-"+f.name) {
			os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// stamp describes a file. It differs once the file has been changed, or another
// one has taken its place. The path is absolute.
func stamp(path string, info fs.FileInfo) string {
	return fmt.Sprintf("%q, %d bytes, changed %v\n", path, info.Size(), info.ModTime().UTC())
}

// verified returns the values of file f if the file at path has been found to
// be f before: they lie there unpacked, or in the cache. It opens the file even
// where the cache stands in for it: out of reach is out of reach.
func (f file) verified(path, cache string) []byte {
	r, info, err := open(path)
	if err != nil {
		return nil
	}
	r.Close()
	last, err := os.ReadFile(f.record(cache))
	isKnown := cache != "" && err == nil && string(last) == stamp(path, info)
	if !isKnown && filepath.Dir(path) != cache { // in the cache, files need no record
		return nil
	}
	if data := f.readUnpacked(path); data != nil {
		return data
	}
	return f.readUnpacked(filepath.Join(cache, f.name))
}

// remember records that the file at path was found to be f, and unpacks it into
// the cache unless it is unpacked itself. No cache, a full disk and the like are
// no errors: Load will take its time then.
func (f file) remember(path string, info fs.FileInfo, cache string, values []byte) {
	if cache == "" || os.MkdirAll(cache, 0o755) != nil {
		return
	}
	if f.readUnpacked(path) == nil && f.readUnpacked(filepath.Join(cache, f.name)) == nil && f.store(cache, values) != nil {
		return
	}
	_ = atomicwriter.WriteFile(f.record(cache), []byte(stamp(path, info)), 0o644)
	f.tidy(cache)
}

const recordSuffix = ".verified"

// record is the path of the last stamp of f.
func (f file) record(cache string) string { return filepath.Join(cache, f.name+recordSuffix) }
