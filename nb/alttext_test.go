package nb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAltTextIsFoundByItsName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alt.json")
	for _, c := range []struct{ file, name, want, says string }{
		{`{"00 a": "A curve.", "00 b": "Bars."}`, "00 b", "Bars.", ""},
		{`{"00 a": "A curve."}`, "00 b", "", `no alt text with the name "00 b"`},
		{`{"00 a": "A curve."`, "00 a", "", "alt.json: unexpected end"},
	} {
		if err := os.WriteFile(path, []byte(c.file), 0o666); err != nil {
			t.Fatal(err)
		}
		got, err := altText(path, c.name)
		if got != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s of %s: %q and the error %v, want %q and %q", c.name, c.file, got, err, c.want, c.says)
		}
	}
}

func TestFigureIsShownWithoutItsAltText(t *testing.T) {
	t.Chdir(t.TempDir())
	if got := AltText("08 last results"); !strings.Contains(got, `"08 last results", is not beside the notebook`) || !strings.Contains(got, "alt.json") {
		t.Errorf("%q, want a sentence with the name and the file", got)
	}
}
