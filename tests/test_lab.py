"""The lab in the browser (`make site`): what cells do there, what breaks says so, and the stop button."""

import re
import time

import pytest

import browser
from checkout import need_mnist

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("lab"), need_mnist]

CELL = 900  # seconds, on a busy machine

# What a reader may do: a cell's source, and what it shows.
CELLS = [
    ("what is declared stays", "type P struct{ x int }\nfunc (p P) twice() int { return 2 * p.x }", ""),
    ("imports are found", "%%\nfmt.Println(P{3}.twice(), math.Sqrt(4))", "6 2"),
    ("a comment", "// Nothing is done here.", ""),
    ("letters of the world", "func größe(Δx string) string { return Δx + \"ß\" }\n%%\nfmt.Println(größe(\"σ′ 数字 🙂\"))", "σ′ 数字 🙂ß"),
    ("a place after such letters", "%%\nfmt.Println(\"σ数\", y)", r"Line 2: undefined: y\n    fmt.Println\(\"σ数\", y\)\n                      \^"),
    ("a compiler's message", "%%\nx := 1\nfmt.Println(y)", r"Cell\[\d+\]: Line 3: undefined: y"),
    ("a package that is not there", "import \"example.org/mine\"\n%%\nmine.Do()", r"Cell\[\d+\]: Line 1: package example.org/mine does not come with the lab"),
    ("a panic", "%%\nvar a []int\nfmt.Println(\"before\")\nfmt.Println(a[len(os.Args)])", r"(?s)before.*index out of range.*Cell\[\d+\]: Line 4"),
    ("a panic in a goroutine", "%%\ngo func() {\n\tpanic(\"beside\")\n}()\ntime.Sleep(time.Second)", r"(?s)panic: beside.*Cell\[\d+\]: Line 3"),
    ("all wait for each other", "%%\nfmt.Println(\"before\")\n<-make(chan int)", r"(?s)before.*all goroutines are asleep - deadlock!.*Cell\[\d+\]: Line 3"),
    ("a sleep is no such thing", "%%\ntime.Sleep(1500 * time.Millisecond)\nfmt.Println(\"awake\")", "^awake"),
    ("an exit status", "%%\nos.Exit(3)", "exit status 3"),
    ("a shell's command", "!ls", "is not to be had in the browser"),
    *((f"%{name}", f"%{name} x", rf"^Cell\[\d+\]: Line 1: %{name} is not to be had in the browser; %help says what is\n    %{name} x\n    \^$")
      for name in ("cd", "test", "capture", "track", "wasm")),
    ("recursion without end", "func deep(n int) int { return deep(n+1) + 1 }\n%%\nfmt.Println(deep(0))", "^The cell went too deep"),
    ("the cell after it", "%%\nfmt.Println(\"alive\")", "alive"),
    ("recursion in a goroutine", "%%\ngo deep(0)\ntime.Sleep(time.Minute)", "^The cell went too deep"),
    ("all memory", "%%\nvar all [][]byte\nfor {\n\tall = append(all, bytes.Repeat([]byte{1}, 64<<20))\n}", "^The cell wanted more memory"),
    ("a file", "%%\nnb.Keep(\"v\", []int{1, 2})", ""),
    ("the next cell reads it", "%%\nfmt.Println(nb.Kept[[]int](\"v\"))", r"^\[1 2\]\n$"),
]
# The last words before a cell goes round for ever must be seen, also soon after others.
BUSY = "%%\nfmt.Println(\"first\")\nfmt.Println(\"begins\")\nfor i := 0; i >= 0; i = (i + 1) % 1000 {\n}"
TRAINS = """%%
train, test := nb.Data()
net, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))
nb.Check(err)
fmt.Println("begins")
for _, err := range net.SGD(nb.Context(), train, nnlib.Config{Epochs: 100, MiniBatchSize: 10, Eta: 3}) {
	if nb.Stopped(err) {
		break
	}
}
fmt.Println("recognised:", net.Evaluate(test) > 1000)"""


@pytest.fixture(scope="module")
def chrome():
    with browser.chromium() as chrome:
        yield chrome
        assert not chrome.outside, "asked another host"


class Lab:
    """A notebook in the lab."""

    def __init__(self, page, url, path):
        self.page = page
        page.set_default_timeout(CELL * 1000)
        # JupyterLab then shows itself to scripts; nothing else is changed.
        page.route("**/lab/jupyter-lite.json", lambda route: route.fulfill(json=exposed(route.fetch().json())))
        page.goto(f"{url}lab/lab/index.html?path={path}")
        page.wait_for_function("globalThis.jupyterapp?.shell.currentWidget?.context?.isReady")
        page.evaluate("async () => { const w = jupyterapp.shell.currentWidget; await w.sessionContext.ready; await w.sessionContext.session.kernel.info; }")

    def begin(self, cell, source=None):
        self.page.evaluate("""([i, source]) => {
            const notebook = jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = i;
            if (source !== null) notebook.activeCell.model.sharedModel.setSource(source);
            globalThis.runs = jupyterapp.commands.execute("notebook:run-cell");
        }""", [cell, source])

    def end(self, cell):
        """Waits for the cell; returns it as the notebook has it."""
        self.page.evaluate("() => globalThis.runs")
        return self.page.evaluate("i => jupyterapp.shell.currentWidget.content.model.toJSON().cells[i]", cell)

    def shown(self, cell):
        return text(self.page.evaluate("i => jupyterapp.shell.currentWidget.content.model.toJSON().cells[i]", cell))


def exposed(config):
    config["jupyter-config-data"]["exposeAppInBrowser"] = True
    return config


def joined(lines):
    return lines if isinstance(lines, str) else "".join(lines)


def text(cell):
    """All that the cell shows, as text."""
    return "\n".join(joined(out.get("text") or out.get("traceback") or out["data"].get("text/plain", ""))
                     for out in cell["outputs"])


def first_code(page):
    return next(i for i, cell in enumerate(page.evaluate(CELLS_OF)) if cell["cell_type"] == "code")


CELLS_OF = "jupyterapp.shell.currentWidget.content.model.toJSON().cells"


def test_what_a_reader_breaks_says_so(chrome, url):
    with chrome.page() as page:
        lab = Lab(page, url, "00-welcome.ipynb")
        cell = first_code(page)
        for what, source, want in CELLS:
            lab.begin(cell, source)
            shows = text(lab.end(cell))
            assert re.search(want, shows) if want else not shows, what


@pytest.mark.parametrize("source, want", [(BUSY, "begins.*Interrupted"), (TRAINS, "begins.*trained so far.*recognised: true")],
                         ids=["does not listen", "trains"])
def test_the_stop_button_ends_a_cell(chrome, url, source, want):
    with chrome.page() as page:
        lab = Lab(page, url, "00-welcome.ipynb")
        cell = first_code(page)
        lab.begin(cell, source)
        while "begins" not in lab.shown(cell):
            time.sleep(0.2)
        time.sleep(1)
        start = time.monotonic()
        page.evaluate("() => { jupyterapp.commands.execute('notebook:interrupt-kernel'); }")
        shows = text(lab.end(cell))
        print(f"stopped after {time.monotonic() - start:.1f} s")
        assert re.search(want, shows, re.DOTALL)
        lab.begin(cell, '%%\nfmt.Println("alive")')
        assert "alive" in text(lab.end(cell))
