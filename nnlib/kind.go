package nnlib

// This file says what a file looks like that is not what was wanted. People
// save a web page under the name of a data set, unpack too little, or have the
// right numbers in another format: an error that says so saves them an hour.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// headSize is how many bytes at the beginning of a file tell its kind.
const headSize = 4096

// kind is what a file looks like.
type kind struct {
	what string // such as "a zip archive"
	mend string // what to do about it
}

// signatures are beginnings of files that mimetype does not know, or knows
// only as text or as a zip archive.
var signatures = []struct {
	begin string
	kind
}{
	{"version https://git-lfs.github.com/", kind{"a Git LFS pointer instead of the file", "git lfs pull fetches it"}},
	{"\x93NUMPY", kind{"a NumPy array (.npy)", ""}},
	{"\x89HDF\r\n\x1a\n", kind{"an HDF5 file", ""}},
	{"MATLAB 5.0 MAT-file", kind{"a MATLAB file", ""}},
	{"\x80\x02", kind{"a Python pickle", ""}},
	{"\x80\x03", kind{"a Python pickle", ""}},
	{"\x80\x04\x95", kind{"a Python pickle", ""}},
	{"\x80\x05\x95", kind{"a Python pickle", ""}},
	{"ARROW1", kind{"an Arrow table", ""}},
	{"\x04\x22\x4d\x18", kind{"packed by lz4", "unpack it with lz4 -d"}},
	{"\x1f\x9d", kind{"packed by compress", "unpack it with uncompress"}},
	{"\x78\x9c", kind{"packed by zlib", ""}},
	{"\x78\xda", kind{"packed by zlib", ""}},
	{"]\x00\x00", kind{"packed by lzma", "unpack it with unlzma"}},
}

// mimeKinds are the kinds that mimetype knows and that have a name here.
var mimeKinds = map[string]kind{
	"text/html":                      {"a web page", ""},
	"application/xhtml+xml":          {"a web page", ""},
	"text/xml":                       {"XML", ""},
	"application/json":               {"JSON", ""},
	"text/csv":                       {"a table in CSV", ""},
	"text/tab-separated-values":      {"a table in TSV", ""},
	"text/plain":                     {"text", ""},
	"application/vnd.apache.parquet": {"a Parquet table", ""},
	"application/zip":                {"a zip archive", "unpack it with unzip"},
	"application/x-tar":              {"a tar archive", "unpack it with tar -xf"},
	"application/x-7z-compressed":    {"a 7z archive", "unpack it with 7z x"},
	"application/vnd.rar":            {"a rar archive", "unpack it with unrar x"},
	"application/gzip":               {"packed by gzip", "unpack it with gunzip"},
	"application/x-xz":               {"packed by xz", "unpack it with unxz"},
	"application/x-bzip2":            {"packed by bzip2", "unpack it with bunzip2"},
	"application/zstd":               {"packed by zstd", "unpack it with unzstd"},
	"application/lzip":               {"packed by lzip", "unpack it with lzip -d"},
}

// kindOf says what a file is that begins with head. Of text, and where there is
// no telling, it shows the beginning.
func kindOf(head []byte) kind {
	if len(head) == 0 {
		return kind{"an empty file", ""}
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			return s.kind
		}
	}
	if bytes.Contains(head[:min(80, len(head))], []byte("/annex/objects/")) { // also a link that was unpacked as text
		return kind{"a git-annex pointer instead of the file", "git annex get fetches it"}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) && len(head) > 30 {
		name, _, _ := bytes.Cut(head[30:], []byte(".npy"))
		if len(name) < int(binary.LittleEndian.Uint16(head[26:])) {
			return kind{"a NumPy archive (.npz)", ""}
		}
	}
	head = utf8Of(head)
	types := mimeTypes(head)
	if len(types) == 0 {
		return kind{fmt.Sprintf("a file that begins %q", head[:min(8, len(head))]), ""}
	}
	k := kind{"a file of type " + types[0], ""}
	if strings.HasPrefix(types[0], "image/") {
		k.what = "a picture, " + types[0]
	}
	if i := slices.IndexFunc(types, func(mime string) bool { _, ok := mimeKinds[mime]; return ok }); i >= 0 {
		k = mimeKinds[types[i]]
	}
	if slices.Contains(types, "text/plain") {
		k.what += " “" + excerpt(head) + "”"
	}
	return k
}

// utf8Of decodes a head in UTF-16, as some programs save text, and leaves
// others as they are.
func utf8Of(head []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch n := len(head); {
	case n >= 4 && (string(head[:2]) == "\xff\xfe" || 0 < head[0] && head[0] < 127 && head[1] == 0 && 0 < head[2] && head[2] < 127 && head[3] == 0):
	case n >= 4 && (string(head[:2]) == "\xfe\xff" || 0 < head[1] && head[1] < 127 && head[0] == 0 && 0 < head[3] && head[3] < 127 && head[2] == 0):
		order = binary.BigEndian
	default:
		return head
	}
	units := make([]uint16, len(head)/2)
	for i := range units {
		units[i] = order.Uint16(head[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// excerpt is the beginning of a text, in one line and without what could
// confuse a terminal.
func excerpt(text []byte) string {
	const length = 60
	printable := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, string(text))
	runes := []rune(strings.Join(strings.Fields(printable), " "))
	if len(runes) > length {
		return strings.TrimSpace(string(runes[:length])) + "…"
	}
	return string(runes)
}

// times counts in words.
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprint(n, " times")
}
