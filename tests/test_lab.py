"""The lab in the browser (`make site`): chapters run there give what is stored, and what breaks says so.

    test_lab.py [CHAPTER...]   notebooks by the beginning of their names, "00 03" say; else 00

Prints what a reader waits for. Serves .lab/site on 127.0.0.1. Exit status 77: cannot be done on this
machine; the last line says why. Runs in .lab/browser.
"""

import json
import pathlib
import re
import sys
import time

import browser
from test_site import serve

ROOT = pathlib.Path(__file__).resolve().parent.parent
SITE = ROOT / ".lab" / "site"
BOOK = ROOT / "notebooks"
CELL = 900  # seconds, on a busy machine
STOPPED = 1.5  # seconds from the stop button to the end of a cell, about a second and the page's own time

# What a reader may do: a cell's source, and what it shows.
CELLS = [
    ("what is declared stays", "type P struct{ x int }\nfunc (p P) twice() int { return 2 * p.x }", ""),
    ("imports are found", "%%\nfmt.Println(P{3}.twice(), math.Sqrt(4))", "6 2"),
    ("a compiler's message", "%%\nx := 1\nfmt.Println(y)", r"Cell\[\d+\]: Line 3: undefined: y"),
    ("a panic", "%%\nvar a []int\nfmt.Println(\"before\")\nfmt.Println(a[len(os.Args)])", r"(?s)before.*index out of range.*Cell\[\d+\]: Line 4"),
    ("an exit status", "%%\nos.Exit(3)", "exit status 3"),
    ("a shell's command", "!ls", "is not to be had in the browser"),
    ("recursion without end", "func deep(n int) int { return deep(n+1) + 1 }\n%%\nfmt.Println(deep(0))", "went too deep"),
    ("the cell after it", "%%\nfmt.Println(\"alive\")", "alive"),
    ("all memory", "%%\nvar all [][]byte\nfor {\n\tall = append(all, bytes.Repeat([]byte{1}, 64<<20))\n}", "wanted more memory"),
    ("a file", "%%\nnb.Keep(\"v\", []int{1, 2})", ""),
    ("the next cell reads it", "%%\nfmt.Println(nb.Kept[[]int](\"v\"))", r"\[1 2\]"),
]
BUSY = "%%\nfor i := 0; i >= 0; i = (i + 1) % 1000 {\n}"
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


def main():
    browser.find()
    if not (SITE / "lab" / "index.html").exists():
        sys.exit(f"no lab in {SITE}: make site")
    chapters = [path for name in sys.argv[1:] or ["00"] for path in sorted(BOOK.glob(f"{name}*.ipynb"))]
    with serve(SITE) as url, browser.chromium() as chrome:
        faults = breaks(chrome, url)
        for path in chapters:
            for edition in (path, path.parent / "student" / path.name):
                faults += equal(chrome, url, edition)
        faults += [f"asked another host: {address}" for address in chrome.outside]
    if faults:
        sys.exit("\n".join(faults))


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


def parts(cell):
    """What a cell shows: the text of each stream, and its figures and tables in their order."""
    streams, rich = {}, []
    for out in cell["outputs"]:
        if out["output_type"] == "stream":
            streams[out["name"]] = streams.get(out["name"], "") + joined(out["text"])
        elif out["output_type"] == "error":
            rich.append(joined(out["traceback"]))
        else:
            rich.append({mime: joined(data).strip() for mime, data in sorted(out["data"].items())})
    return streams, rich


def equal(chrome, url, path):
    """Runs a notebook cell by cell: what it shows is what is stored."""
    name = path.relative_to(BOOK).as_posix()
    stored = json.loads(path.read_text(encoding="utf-8"))["cells"]
    faults, seconds = [], []
    with chrome.page() as page:
        lab = Lab(page, url, name)
        for i, cell in enumerate(stored):
            if cell["cell_type"] != "code" or {"interactive", "varies"} & set(cell["metadata"].get("tags", ())):
                continue
            start = time.monotonic()
            lab.begin(i)
            ran = lab.end(i)
            seconds.append(time.monotonic() - start)
            if parts(ran) != parts(cell):
                faults.append(f"{name}, cell {i}: shows {str(parts(ran))[:1500]}\n  stored {str(parts(cell))[:1500]}")
    print(f"{name}: {len(seconds)} cells, {len(faults)} other than stored; the first after {seconds[0]:.1f} s, all {sum(seconds):.0f} s", flush=True)
    return faults


def breaks(chrome, url):
    """What a reader may break, and the stop button."""
    faults = []
    with chrome.page() as page:
        lab = Lab(page, url, "00-welcome.ipynb")
        first = next(i for i, cell in enumerate(page.evaluate("jupyterapp.shell.currentWidget.content.model.toJSON().cells"))
                     if cell["cell_type"] == "code")
        for what, source, want in CELLS:
            lab.begin(first, source)
            shows = text(lab.end(first))
            if not (re.search(want, shows) if want else not shows):
                faults.append(f"{what}: shows {shows!r}, want {want!r}")
        for what, source, begins, want in (("a program that does not listen", BUSY, "", "Interrupted"),
                                           ("a training", TRAINS, "begins", "network is as trained so far.\nrecognised: true")):
            lab.begin(first, source)
            while begins not in lab.shown(first) or not page.evaluate(RUNS):
                time.sleep(0.2)
            time.sleep(2)
            start = time.monotonic()
            page.evaluate("() => { jupyterapp.commands.execute('notebook:interrupt-kernel'); }")
            shows = text(lab.end(first))
            print(f"{what}: stopped after {time.monotonic() - start:.1f} s")
            if want not in shows:
                faults.append(f"{what}, stopped: shows {shows!r}, want {want!r}")
        lab.begin(first, "%%\nfmt.Println(P{4}.twice())")
        if "8" not in text(lab.end(first)):
            faults.append("after a stop: what was declared is gone")
    print(f"{len(CELLS) + 3} cells that break things, {len(faults)} not as they should be", flush=True)
    return faults


# Whether a program runs: the worker for it, which is there from then on, has its files.
RUNS = "performance.getEntriesByType('resource').some(e => e.name.endsWith('runner.js'))"


if __name__ == "__main__":
    try:
        main()
    except browser.NoBrowser as why:
        print(why, file=sys.stderr)
        sys.exit(77)
