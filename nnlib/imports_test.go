package nnlib_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What each package may import outside the standard library. Imports point
// one way: notebooks and commands to nb and mnist, these to nnlib, nnlib to
// its arithmetic. The library knows neither the data set nor plots nor notebooks.
var mayImport = map[string][]string{
	"nnbook/internal/faults":      {}, // for tests
	"nnbook/nnlib/internal/arith": {"golang.org/x/sys/cpu"},
	"nnbook/nnlib/nprand":         {"nnbook/nnlib/internal/arith"},
	"nnbook/nnlib":                {"nnbook/nnlib/internal/arith", "gonum.org/v1/gonum/mat", "github.com/gabriel-vasile/mimetype", "github.com/moby/sys/atomicwriter"},
	"nnbook/mnist": {"nnbook/nnlib", "nnbook/nnlib/nprand", "github.com/gofrs/flock",
		"github.com/hashicorp/go-retryablehttp", "github.com/moby/sys/atomicwriter"},
	"nnbook/nb/nnplot":  {"gonum.org/v1/plot"},
	"nnbook/nb/breathe": {},
	"nnbook/nb": {"nnbook/nb/breathe", "nnbook/nb/nnplot", "nnbook/mnist", "nnbook/nnlib", "github.com/janpfeifer/gonb/gonbui",
		"github.com/moby/sys/atomicwriter", "gonum.org/v1/plot"},
	"nnbook/nb/exercise":       {"nnbook/nnlib", "nnbook/nnlib/nprand", "gonum.org/v1/gonum/mat"},
	"nnbook/nb/play":           {"nnbook/mnist", "nnbook/nb/breathe", "nnbook/nnlib", "nnbook/nnlib/nprand", "gonum.org/v1/gonum/mat"},
	"nnbook/nb/sweep":          {"github.com/gofrs/flock", "nnbook/mnist", "nnbook/nnlib", "nnbook/nnlib/nprand"},
	"nnbook/web/engine":        {"nnbook/mnist", "nnbook/nb/play", "nnbook/nnlib"},
	"nnbook/web/hands":         {"nnbook/mnist", "nnbook/nb", "nnbook/nb/nnplot", "nnbook/nb/play", "nnbook/nnlib", "github.com/janpfeifer/gonb/gonbui"},
	"nnbook/web/lab/cells":     {},
	"nnbook/web/lab/toolchain": {"nnbook/web/lab/cells"},
	"nnbook/cmd/nnbook": {"nnbook/nb/sweep", "nnbook/nnlib", "nnbook/nnlib/nprand", "nnbook/mnist",
		"github.com/schollz/progressbar/v3", "golang.org/x/term"},
}

func TestImportsPointOneWay(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("optional: no go command here to list imports")
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "nnbook/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg, imports := fields[0], fields[1:]
		allowed, ok := mayImport[pkg]
		if !ok {
			t.Errorf("%s is not in the list of what may import what", pkg)
		}
		for _, path := range imports {
			standard := !strings.Contains(strings.Split(path, "/")[0], ".") && !strings.HasPrefix(path, "nnbook")
			inside := func(prefix string) bool {
				return path == prefix || strings.HasPrefix(path, prefix+"/") && !strings.HasPrefix(prefix, "nnbook")
			}
			if !standard && !slices.ContainsFunc(allowed, inside) {
				t.Errorf("%s imports %s", pkg, path)
			}
		}
	}
}
