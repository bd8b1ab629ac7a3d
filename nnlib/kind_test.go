//go:build !js

package nnlib_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"nnbook/nnlib"
)

// inUTF16 writes a text as some programs of Windows save it.
func inUTF16(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func zipOf(t *testing.T, names ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(idxImages))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarOf(t *testing.T, name, content string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(content))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What people save under the name of an IDX file, and the error that answers it.
func TestFileOfAnotherKindIsNamed(t *testing.T) {
	const page = "<!DOCTYPE html>\n<title>Sign in</title>"
	for _, c := range []struct{ name, content, want string }{
		{"web page", page, "f: a web page “<!DOCTYPE html> <title>Sign in</title>”, want an IDX file, which begins 0x00000803"},
		{"web page after blank lines", "\n\n" + page, "a web page “<!DOCTYPE html> <title>"},
		{"web page with a byte order mark", "\ufeff\r\n" + page, "a web page “<!DOCTYPE"},
		{"web page in UTF-16 with a mark", inUTF16(binary.LittleEndian, "\ufeff"+page), "a web page “<!DOCTYPE html> <title>Sign in"},
		{"web page in UTF-16", inUTF16(binary.BigEndian, page), "a web page “<!DOCTYPE"},
		{"web page in small letters", "<html lang=en><head>", "a web page “<html lang=en>"},
		{"XHTML", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">`, "a web page “<?xml"},
		{"a store's error", "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>", "XML “<?xml version"},
		{"a server's error", `{"error": {"code": 404}}`, `JSON “{"error": {"code": 404}}”`},
		{"text", "404: Not Found", "text “404: Not Found”"},
		{"short text", "no", "text “no”"},
		{"text in Latin-1", "Fichier supprim\xe9", "text “Fichier supprim"},
		{"text in Chinese", "数据不存在", "text “数据不存在”"},
		{"text that would colour a terminal", "\x1b[31mred", "text “[31mred”"},
		{"long text", strings.Repeat("long ", 2000), "text “long long long long long long long long long long long long…”"},
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9912422\n", "a Git LFS pointer instead of the file, want an IDX file, which begins 0x00000803; git lfs pull fetches it"},
		{"git-annex", "/annex/objects/SHA256E-s9912422--ab.gz\n", "a git-annex pointer instead of the file, want an IDX file, which begins 0x00000803; git annex get fetches it"},
		{"a link of git-annex as text", "../.git/annex/objects/Xx/7K/SHA256E-s9--1.gz/SHA256E-s9--1.gz", "a git-annex pointer instead of the file"},
		{"zlib", "\x78\x9c\x4b\x4c", "packed by zlib, want"},
		{"CSV", "label,p0,p1\n5,0,0\n0,0,0\n4,0,0\n", "a table in CSV “label,p0,p1 5,0,0"},
		{"zip", zipOf(t, "train-images-idx3-ubyte"), "a zip archive, want an IDX file, which begins 0x00000803; unpack it with unzip"},
		{"npz", zipOf(t, "x_train.npy", "y_train.npy"), "a NumPy archive (.npz)"},
		{"npy", "\x93NUMPY\x01\x00v\x00{'descr': '|u1', ", "a NumPy array (.npy)"},
		{"HDF5", "\x89HDF\r\n\x1a\n\x00\x00", "an HDF5 file"},
		{"pickle", "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00(", "a Python pickle"},
		{"MATLAB", "MATLAB 5.0 MAT-file, Platform: GLNX86", "a MATLAB file"},
		{"Parquet", "PAR1\x15\x04\x15\x04", "a Parquet table"},
		{"tar", tarOf(t, "train-images-idx3-ubyte", idxImages), "a tar archive, want an IDX file, which begins 0x00000803; unpack it with tar -xf"},
		{"tar.gz", zipped(tarOf(t, "train-images-idx3-ubyte", idxImages)), "a tar archive packed by gzip, want an IDX file, which begins 0x00000803; unpack it with tar -xf"},
		{"pickle, packed", zipped("\x80\x02(X"), "a Python pickle packed by gzip"},
		{"7z", "7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive"},
		{"xz", "\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46", "packed by xz, want an IDX file, which begins 0x00000803; unpack it with unxz"},
		{"bzip2", "BZh91AY&SY", "packed by bzip2"},
		{"zstd", "\x28\xb5\x2f\xfd\x20\x64", "packed by zstd"},
		{"lz4", "\x04\x22\x4d\x18\x64\x40", "packed by lz4"},
		{"lzma", "]\x00\x00\x80\x00\xff\xff", "packed by lzma"},
		{"rar", "Rar!\x1a\x07\x01\x00", "a rar archive"},
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture, image/png"},
		{"PDF", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a file of type application/pdf"},
		{"packed twice", zipped(zipped(idxImages)), "packed by gzip twice, want once at most; unpack it with gunzip once"},
		{"packed three times", zipped(zipped(zipped(idxImages))), "packed by gzip 3 times, want once at most; unpack it with gunzip twice"},
		{"a page packed twice", zipped(zipped(page)), "packed by gzip twice"},
		{"empty", "", "an empty file, want"},
		{"nothing packed", zipped(""), "an empty file packed by gzip, want"},
		{"unknown", "\xf1\x01RATS\xff\x00\x00", `a file that begins "\xf1\x01RATS\xff\x00", want an IDX file`},
		{"wrong order of bytes", "\x03\x08\x00\x00\x60\xea\x00\x00", "magic 0x03080000 at byte 0, want 0x00000803 (the bytes of this number are in the wrong order)"},
		{"pairs of bytes swapped", "\x00\x00\x03\x08", "(the bytes of this number are in the wrong order)"},
		{"signed bytes", "\x00\x00\x09\x03", "(this is IDX of signed bytes in 3 dimensions)"},
		{"pictures in colour", "\x00\x00\x08\x04", "(this is IDX of unsigned bytes in 4 dimensions)"},
	} {
		_, err := nnlib.ReadIDX("f", strings.NewReader(c.content), 0, 0, 0)
		var format *nnlib.FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\r\x1b\x00") {
			t.Errorf("%s: error %q has more than one line, or control characters", c.name, err)
		}
	}
}
