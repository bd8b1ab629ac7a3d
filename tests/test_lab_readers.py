"""The lab in the browser, as readers use it: input, much to show, restart, reload, two notebooks at a time."""

import time

import pytest

import browser
from checkout import need_mnist
from test_lab import BUSY, CELLS_OF, TRAINS, Lab, first_code, joined, text

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("lab"), need_mnist]

WELCOME, OWN = "00-welcome.ipynb", "own.ipynb"
INPUT = "input.jp-Stdin-input"
SCAN = "%%\nvar a, b int\nfmt.Print(\"two numbers: \")\nfmt.Scan(&a, &b)\nfmt.Println(a + b)"
SCANNER = "%%\nin := bufio.NewScanner(os.Stdin)\nfor i := 0; i < 2 && in.Scan(); i++ {\n\tfmt.Printf(\"%q\\n\", in.Text())\n}"
FIGURES = """%%
line := nnplot.Line{Name: "a line", X: []float64{0, 1}, Y: []float64{0, 1}}
drawn := nnplot.Panels(1, []string{"a line"}, nnplot.Lines("x", "y", line))
for i := range 200 {
	nb.Show(drawn, fmt.Sprint("Line ", i, " rises."))
}"""
ENDLESS = """%%
live := nb.NewLive(nnplot.Growing("share (%)", 1_000_000))
for i := 0; nb.Context().Err() == nil; i++ {
	live.Add("rises", float64(i))
	time.Sleep(time.Millisecond)
}
live.Done("The curve rises.")
fmt.Println("at its end")"""

# A notebook of the reader's own, opened beside what is open.
OPEN = """async (path) => {
    const cell = { cell_type: "code", source: "", metadata: {}, outputs: [], execution_count: null };
    const metadata = { kernelspec: { name: "gonb", display_name: "Go (gonb)", language: "go" } };
    const content = { nbformat: 4, nbformat_minor: 4, metadata, cells: [cell, cell] };
    await jupyterapp.serviceManager.contents.save(path, { type: "notebook", format: "json", content });
    const widget = await jupyterapp.commands.execute("docmanager:open", { path });
    await widget.context.ready;
    await widget.sessionContext.ready;
    await widget.sessionContext.session.kernel.info;
}"""
FRONT = "async (path) => { await jupyterapp.commands.execute('docmanager:open', { path }); }"
# By the button, which JupyterLab asks to confirm.
RESTART = """async () => {
    const look = new MutationObserver(() => document.querySelector(".jp-Dialog button.jp-mod-accept")?.click());
    look.observe(document.body, { subtree: true, childList: true });
    await jupyterapp.commands.execute("notebook:restart-run-all");
    look.disconnect();
}"""


@pytest.fixture(scope="module")
def chrome():
    with browser.chromium() as chrome:
        yield chrome
        assert not chrome.outside, "asked another host"


@pytest.fixture(scope="module")
def lab(chrome, url):
    """Welcome and, in front of it, a notebook of the reader's own with two cells."""
    with chrome.page() as page:
        lab = Lab(page, url, WELCOME)
        page.evaluate(OPEN, OWN)
        yield lab


def run(lab, cell, source):
    lab.begin(cell, source)
    return lab.end(cell)


def stop(lab):
    lab.page.evaluate("() => { jupyterapp.commands.execute('notebook:interrupt-kernel'); }")


def change(lab, cell, source):
    lab.page.evaluate("([i, source]) => jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.setSource(source)", [cell, source])


def wait_shown(lab, cell, part):
    while part not in lab.shown(cell):
        lab.page.wait_for_timeout(100)


def printed(cell):
    """What a cell has printed, without what was typed."""
    return "".join(joined(out["text"]) for out in cell["outputs"] if out.get("name") == "stdout")


@pytest.mark.parametrize("source, answers, want", [
    (SCAN, ["3", "4"], "two numbers: 7\n"),
    (SCANNER, ["σ′ of z", "x"], '"σ′ of z"\n"x"\n'),
], ids=["numbers", "lines"])
def test_input_is_asked_and_answered(lab, source, answers, want):
    lab.begin(0, source)
    for answer in answers:
        lab.page.wait_for_function(f"document.activeElement.matches('{INPUT}') && !document.activeElement.value")
        lab.page.keyboard.type(answer)
        lab.page.keyboard.press("Enter")
    assert printed(lab.end(0)) == want


def test_a_cell_that_waits_for_input_is_stopped(lab):
    lab.begin(0, SCAN)
    lab.page.locator(INPUT).wait_for()
    stop(lab)
    assert "Interrupted" in text(lab.end(0))
    assert text(run(lab, 0, '%%\nfmt.Println("alive")')) == "alive\n"


def test_two_hundred_figures(lab):
    start = time.monotonic()
    figures = run(lab, 0, FIGURES)["outputs"]
    print(f"{time.monotonic() - start:.0f} s")
    assert len(figures) == 200
    assert [i for i, out in enumerate(figures) if f"Line {i} rises." not in joined(out["data"]["text/html"])] == []


def test_a_hundred_thousand_lines(lab):
    """In pieces that are not too many: JupyterLab draws all that there is for each."""
    lab.page.evaluate("""() => {
        globalThis.pieces = 0;
        jupyterapp.shell.currentWidget.sessionContext.iopubMessage.connect((_, { header }) => { pieces += header.msg_type === "stream"; });
    }""")
    shows = text(run(lab, 0, '%%\nfor i := range 100_000 {\n\tfmt.Println("line", i)\n}'))
    pieces = lab.page.evaluate("pieces")
    print(f"{pieces} pieces")
    assert shows == "".join(f"line {i}\n" for i in range(100_000))
    assert pieces < 75


def test_an_endless_figure_is_stopped(lab):
    lab.begin(0, ENDLESS)
    lab.page.wait_for_function(f"JSON.stringify({CELLS_OF}[0].outputs).includes('<img')")
    stop(lab)
    ran = lab.end(0)
    assert printed(ran) == "at its end\n"
    assert "image/png" in ran["outputs"][0]["data"]


def test_restart_and_run_all(lab):
    """As a reader does whose cell does not end: what was declared is gone, and the cells run from the first."""
    run(lab, 0, "func old() int { return 1 }")
    assert text(run(lab, 1, '%%\nnb.Keep("old", old())\nfmt.Println(old())')) == "1\n"
    change(lab, 0, "func answer() int { return 42 }")
    lab.begin(1, BUSY)
    wait_shown(lab, 1, "begins")
    change(lab, 1, "%%\nfmt.Println(answer())")
    lab.page.evaluate(RESTART)
    one, two = lab.page.evaluate(CELLS_OF)
    assert (one["execution_count"], text(one), two["execution_count"], text(two)) == (1, "", 2, "42\n")
    assert "undefined: old" in text(run(lab, 1, "%%\nfmt.Println(old())"))
    assert text(run(lab, 1, '%%\nfmt.Println(nb.Kept[int]("old"))')) == "1\n"


def test_two_notebooks_at_once(lab):
    """One trains while the other answers. Each has its own declarations and its own stop button; files are for both."""
    page = lab.page
    run(lab, 0, 'func who() string { return "own" }')
    page.evaluate(FRONT, WELCOME)
    first = first_code(page)
    lab.begin(first, TRAINS)
    wait_shown(lab, first, "begins")
    page.evaluate("() => { globalThis.trains = runs; }")
    page.evaluate(FRONT, OWN)
    assert text(run(lab, 1, '%%\nnb.Keep("who", who())\nfmt.Println(who())')) == "own\n"
    lab.begin(1, BUSY)
    wait_shown(lab, 1, "begins")
    stop(lab)
    assert "Interrupted" in text(lab.end(1))
    page.evaluate(FRONT, WELCOME)
    assert lab.shown(first) == "begins\n", "it trains on"
    stop(lab)
    page.evaluate("() => trains")
    assert "recognised: true" in lab.shown(first)
    assert "undefined: who" in text(run(lab, first, "%%\nfmt.Println(who())"))
    assert text(run(lab, first, '%%\nfmt.Println(nb.Kept[string]("who"))')) == "own\n"


def test_a_reload_keeps_files_and_what_is_in_the_notebook(lab, url):
    """Also what its cells show; what they have declared is gone, as the kernel is another."""
    page = lab.page
    page.evaluate(FRONT, OWN)
    run(lab, 0, "func gone() int { return 1 }")
    run(lab, 1, '%%\nnb.Keep("kept", []int{1, 2})\nfmt.Println("shown")')
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    lab = Lab(page, url, OWN)
    one, two = page.evaluate(CELLS_OF)
    assert "func gone" in joined(one["source"]) and text(two) == "shown\n"
    assert text(run(lab, 1, '%%\nfmt.Println(nb.Kept[[]int]("kept"))')) == "[1 2]\n"
    assert "undefined: gone" in text(run(lab, 1, "%%\nfmt.Println(gone())"))
