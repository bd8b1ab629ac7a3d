"""The lab in the browser: help on names, a copy that is older than the site, browsers that cannot, and Firefox and WebKitGTK."""

import contextlib
import functools
import http.server
import json
import re
import threading

import pytest

import browser
import webdriver
from checkout import CHAPTERS, need_mnist
from test_lab import BUSY, CELLS_OF, exposed, first_code, text

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("lab"), need_mnist]

WELCOME = "00-welcome.ipynb"
NET = "%%\nnet, err := nnlib.New([]int{784, 15, 10}, nprand.New(0))\nnb.Check(err)\nnet."
CONFIG, VERSIONS = "/lab/jupyter-lite.json", "/lab/extensions/nnbook-kernel/notebooks.json"

OPENED = """async (path) => {
    const begin = performance.now();
    const until = async (what) => {
        while (!what()) {
            if (performance.now() - begin > 300_000) throw new Error(`not in 300 s: ${what}`);
            await new Promise((wake) => setTimeout(wake, 100));
        }
    };
    const opened = () => [...globalThis.jupyterapp?.shell.widgets("main") ?? []].find((widget) => widget.context?.isReady && widget.context.path === path);
    await until(opened);
    const widget = opened();
    // The window of a Firefox without a screen has no focus: JupyterLab waits for a reader to come back to it.
    if (!document.hasFocus()) widget.node.querySelector(".jp-Cell").dispatchEvent(new FocusEvent("focus"));
    await until(() => widget.isVisible && jupyterapp.shell.currentWidget === widget);
    await widget.sessionContext.ready;
    await widget.sessionContext.session.kernel.info;
}"""
RUN = """async (i, source) => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = i;
    if (source !== null) notebook.activeCell.model.sharedModel.setSource(source);
    await jupyterapp.commands.execute("notebook:run-cell");
    return notebook.model.toJSON().cells[i];
}"""
COPY = "async (path) => [].concat((await jupyterapp.serviceManager.contents.get(path, { content: true })).content.cells[0].source).join('')"
NOTICES = "() => [...document.querySelectorAll('.nnbook-notice')].map((line) => line.textContent)"


@contextlib.contextmanager
def serving(folder):
    """Serves the site; what is put under a path into the dictionary that comes with the address is sent in its place,
    headers of the folder's page under "headers"."""
    changed = {CONFIG: json.dumps(exposed(json.loads((folder / CONFIG[1:]).read_bytes()))).encode(), "headers": {}}

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def end_headers(self):
            for name, value in changed["headers"].items():
                self.send_header(name, value)
            super().end_headers()

        def do_GET(self):
            content = changed.get(self.path.partition("?")[0])
            if content is None:
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    server.handle_error = lambda *_: None  # a page that is left does not wait for its files
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", changed
    finally:
        server.shutdown()


@pytest.fixture(scope="module")
def chrome():
    with browser.chromium() as chrome:
        yield chrome
        assert not chrome.outside, "asked another host"


def opened(page, url, path=WELCOME):
    page.set_default_timeout(120_000)
    page.goto(f"{url}lab/lab/index.html?path={path}")
    page.evaluate(OPENED, path)


def run(page, cell, source=None):
    return page.evaluate(f"([i, source]) => ({RUN})(i, source)", [cell, source])


# As JupyterLab asks, when Tab and Shift-Tab are pressed.
ASK = """async ([method, code]) => {
    const begin = performance.now();
    const { content } = await jupyterapp.shell.currentWidget.sessionContext.session.kernel[method]({ code, cursor_pos: [...code].length, detail_level: 0 });
    return { content, ms: performance.now() - begin };
}"""


def test_names_are_completed_and_explained(chrome, site):
    with serving(site) as (url, _), chrome.page() as page:
        fetched = []
        page.context.on("response", lambda answer: fetched.append(answer.url.rsplit("/", 1)[-1]))
        opened(page, url)
        cell = first_code(page)
        assert not text(run(page, cell, "// answer is all.\nfunc answer() int { return 42 }"))
        assert not any(name.startswith(("helper-", "reference-")) for name in fetched), "fetched before it is asked for"

        def ask(method, code):
            answer = page.evaluate(ASK, [method, code])
            return answer["content"], answer["ms"]
        first, cold = ask("requestComplete", NET)
        assert {"SGD", "Evaluate", "Weights"} <= set(first["matches"])
        times = []
        for code, want in [(NET + "Ev", "Evaluate"), ("%%\nnnl", "nnlib"), ("%%\nnnlib.N", "New"), ("%%\nans", "answer"), ("%%\nnnplot.", "Bars")]:
            content, ms = ask("requestComplete", code)
            assert want in content["matches"], (code, content["matches"])
            times.append(ms)
        for code, want in [("%%\nnnlib.New", "func nnlib.New(sizes []int"), ("%%\nanswer", "answer is all."), ("%%\nnnlib.New(", "New returns")]:
            content, ms = ask("requestInspect", code)
            assert content["found"] and want in content["data"]["text/plain"], (code, content)
            times.append(ms)
        print(f"first {cold:.0f} ms, then {', '.join(f'{ms:.0f}' for ms in times)} ms")

        # A reader's keys, while the cell runs.
        page.evaluate(f"([i, source]) => {{ ({RUN})(i, source); }}", [cell, BUSY])
        page.wait_for_function(f"JSON.stringify(jupyterapp.shell.currentWidget.content.model.toJSON().cells[{cell}].outputs).includes('begins')")
        _, ms = ask("requestComplete", "%%\nnnlib.")
        print(f"while a cell runs {ms:.0f} ms")
        page.evaluate("""(i) => {
            const notebook = jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = i;
            notebook.mode = "edit";
        }""", cell)
        page.keyboard.press("Control+A")
        page.keyboard.type(NET + "SG")
        page.keyboard.press("Tab")
        page.wait_for_function("document.querySelector('.jp-notebook, .jp-Notebook').textContent.includes('net.SGD') || document.querySelector('.jp-Completer')?.textContent.includes('SGD')")
        if page.locator(".jp-Completer:visible").count():  # else the only name is there already
            page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('.jp-Notebook').textContent.includes('net.SGD')")
        page.keyboard.type("(")
        page.keyboard.press("Shift+Tab")
        page.wait_for_selector(".jp-Tooltip")
        assert "SGD trains the network" in page.text_content(".jp-Tooltip")


def test_a_copy_that_is_older_than_the_site_says_so(chrome, site):
    path = f"/lab/files/{WELCOME}"
    one = json.loads((site / path[1:]).read_bytes())
    two = json.loads((site / path[1:]).read_bytes())
    two["cells"][0]["source"] = ["# The second version\n"]

    def sources(page):
        return page.evaluate("jupyterapp.shell.currentWidget.content.model.toJSON().cells.map((cell) => [].concat(cell.source).join(''))")

    def wait_sources(page, first):
        page.wait_for_function("first => [].concat(jupyterapp.shell.currentWidget.content.model.toJSON().cells[0].source).join('') === first", arg=first)
    with serving(site) as (url, changed), chrome.page() as page:
        opened(page, url)
        page.wait_for_function(f"Object.keys(localStorage).some((key) => key.endsWith(' {WELCOME}'))")
        assert page.evaluate(NOTICES) == []
        page.evaluate("""async () => {
            const widget = jupyterapp.shell.currentWidget;
            widget.content.widgets[0].model.sharedModel.setSource("my words");
            await widget.context.save();
        }""")
        opened(page, url)  # the same site: the copy is the reader's, and nothing is said
        assert sources(page)[0] == "my words"
        page.wait_for_timeout(2000)
        assert page.evaluate(NOTICES) == []

        changed[path] = json.dumps(two).encode()
        changed[VERSIONS] = json.dumps({WELCOME: "another"}).encode()
        opened(page, url)
        assert sources(page)[0] == "my words"
        page.wait_for_selector(".nnbook-notice")
        assert "the site has a newer one" in page.evaluate(NOTICES)[0]
        with page.expect_download() as saved:  # work is not lost in any case
            page.evaluate("jupyterapp.commands.execute('docmanager:download')")
        assert "my words" in open(saved.value.path(), encoding="utf-8").read()
        page.click(".nnbook-notice button >> nth=0")
        wait_sources(page, "# The second version\n")
        page.wait_for_selector(".nnbook-notice:has-text('00-welcome (mine).ipynb')")
        page.click(".nnbook-notice button:has-text('Open my copy')")
        wait_sources(page, "my words")

        opened(page, url)  # both are there, and nothing is left to say
        assert sources(page)[0] == "# The second version\n"
        page.wait_for_timeout(2000)
        assert page.evaluate(NOTICES) == []
        assert page.evaluate(COPY, "00-welcome (mine).ipynb") == "my words"

        # What a reader has broken is mended in the same way, and keeps the first copy.
        page.evaluate("jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.setSource('broken')")
        page.evaluate("jupyterapp.commands.execute('nnbook:reset')")
        wait_sources(page, "# The second version\n")
        page.wait_for_selector(".nnbook-notice:has-text('00-welcome (mine 2).ipynb')")
        assert page.evaluate(COPY, "00-welcome (mine 2).ipynb") == "broken"
        assert page.evaluate(COPY, "00-welcome (mine).ipynb") == "my words"
    assert one["cells"][0] != two["cells"][0]


@pytest.mark.parametrize("what, script, headers, want", [
    ("WebAssembly", "delete globalThis.WebAssembly", {}, "no WebAssembly"),
    ("what is young", "delete globalThis.DecompressionStream", {}, "too old"),
    ("workers, by the server", "", {"Content-Security-Policy": "worker-src 'none'"}, "workers"),
    ("module workers", "const W = Worker; globalThis.Worker = function (url) { return new W(url); }", {}, "workers"),
])
def test_a_browser_that_cannot_leads_to_the_page(chrome, site, what, script, headers, want):
    with serving(site) as (url, changed), chrome.page() as page:
        if script:
            page.add_init_script(script)
        changed["headers"] = headers
        page.goto(f"{url}lab/lab/index.html?path={CHAPTERS[3].name}")
        page.wait_for_selector("#nnbook-check")
        assert want in page.text_content("#nnbook-check")
        changed["headers"] = {}
        page.click("#nnbook-check a")
        page.wait_for_url(f"{url}{CHAPTERS[3].stem}.html")


def test_a_window_that_keeps_nothing_says_so(chrome, site):
    with serving(site) as (url, _), chrome.page() as page:
        page.add_init_script("""for (const name of ["indexedDB", "localStorage", "caches"])
            Object.defineProperty(globalThis, name, { get() { throw new DOMException("not here", "SecurityError"); } });""")
        opened(page, url)
        page.wait_for_selector(".nnbook-notice:has-text('This window keeps nothing')")
        assert "42" in text(run(page, first_code(page), "%%\nfmt.Println(42)"))


def test_firefox_without_webassembly_says_so(tmp_path, site):
    with serving(site) as (url, _), webdriver.firefox(tmp_path, **{"javascript.options.wasm": False}) as page:
        page.goto(f"{url}lab/lab/index.html?path={WELCOME}")
        assert "no WebAssembly" in page.call(SAYS)


@pytest.mark.parametrize("start", [webdriver.firefox, webdriver.webkit], ids=["firefox", "webkit"])
def test_other_browsers_with_blocked_workers_say_so(tmp_path, site, start):
    with serving(site) as (url, changed), start(tmp_path) as page:
        changed["headers"] = {"Content-Security-Policy": "worker-src 'none'"}
        page.goto(f"{url}lab/lab/index.html?path={WELCOME}")
        assert "workers" in page.call(SAYS)
        page.call(OPENED, WELCOME)
        ran = page.call(RUN, next(i for i, cell in enumerate(page.call("() => " + CELLS_OF)) if cell["cell_type"] == "code"), None)
        assert re.search("cannot be loaded|has stopped|cannot be run", text(ran)), "the cell says so, too"


SAYS = """async () => {
    while (!document.querySelector("#nnbook-check")) await new Promise((wake) => setTimeout(wake, 100));
    return document.querySelector("#nnbook-check").textContent;
}"""
