package nnlib_test

import (
	"strings"
	"testing"

	"nnbook/nnlib"
)

// Without the library that knows most kinds of files, in WebAssembly.
func TestAWebPageIsNamedInWebAssembly(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"<!DOCTYPE html>\n<title>Sign in</title>", "f: a web page “<!DOCTYPE html> <title>Sign in</title>”, want an IDX file, which begins 0x00000803"},
		{"\ufeff\r\n<html lang=en>", "a web page “<html lang=en>”"},
		{"404: Not Found", `a file that begins "404: Not"`},
	} {
		if _, err := nnlib.ReadIDX("f", strings.NewReader(c.content), 0, 0, 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.15q: error %v, want one with %q", c.content, err, c.want)
		}
	}
}
