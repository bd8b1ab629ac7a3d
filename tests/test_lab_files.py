"""What the lab in the browser fetches: how much, from which servers, and what it says and does where a download fails."""

import contextlib
import gzip
import hashlib
import http.server
import json
import re
import subprocess
import sys
import threading
import time
import urllib.parse

import pytest

import browser
from checkout import need_mnist
from test_lab import Lab, first_code, text

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("lab"), need_mnist]

WELCOME = "00-welcome.ipynb"
PRINTS = '%%\nfmt.Println("printed")'
GO = "lab/extensions/nnbook-kernel/go"
# Has the worker say which programs it is given.
TELLS = """
const compile = WebAssembly.compile;
WebAssembly.compile = async (code) => {
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", code));
    console.log("program", Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    return compile(code);
};
"""
PACKED = (".xz", ".gzip")  # of the files of the lab itself
# Bytes, packed, that a browser which has nothing yet fetches of the lab.
BUDGET_FIRST = 25_000_000   # up to the first thing that Welcome prints, MNIST (12 MB) among it
BUDGET_TRAINS = 45_000_000  # up to the end of a cell that trains and plots
BUDGET_REQUESTS = 160


class Server(http.server.SimpleHTTPRequestHandler):
    """A file server, which may be a bad one: see serving."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.server.asked.append(path)
        if not path.startswith(self.server.under):
            return self.send_error(404)
        file = self.server.folder / path[len(self.server.under):]
        if file.is_dir():
            file /= "index.html"
        if not file.is_file():
            return self.answer(404, b"<!DOCTYPE html><title>404</title><p>There is nothing here.", {"Content-Type": "text/html"})
        content = file.read_bytes()
        for part, fault in self.server.faults.items():
            if part in path:
                return fault(self, content)
        self.answer(200, content, self.headers_of(file))

    def headers_of(self, file):
        return {"Content-Type": self.guess_type(file)}

    def answer(self, status, content, headers, length=None):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": length or len(content)}).items():
            self.send_header(name, str(value))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content)


class Pages(Server):
    """As GitHub Pages: what it knows is sent packed; here it knows no type of WebAssembly."""

    def headers_of(self, file):
        return {"Content-Type": "application/octet-stream"} if file.suffix in (".wasm", *PACKED) else super().headers_of(file)

    def answer(self, status, content, headers, length=None):
        if headers["Content-Type"].split("/")[0] == "text" or "json" in headers["Content-Type"]:
            content, headers = gzip.compress(content, 1), headers | {"Content-Encoding": "gzip"}
        super().answer(status, content, headers, length)


@contextlib.contextmanager
def serving(folder, kind=Server, under="/"):
    """A server of the folder: its address is in url, what was asked of it in asked. faults has, by a part of a path, what answers in the place of the file."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.handle_error = lambda *_: None
    server.daemon_threads = True
    server.folder, server.under, server.asked, server.faults, server.begun = folder, under, [], {}, threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}{under}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()


def cut(handler, content):
    """The connection breaks off in the middle."""
    handler.answer(200, content[:len(content) // 2], {"Content-Type": "application/octet-stream"}, length=len(content))
    handler.close_connection = True


def cut_once(handler, content):
    """It breaks off in the middle; whoever asks for the rest gets the rest."""
    asked = re.match(r"bytes=(\d+)-", handler.headers.get("Range") or "")
    if not asked:
        return cut(handler, content)
    at = int(asked[1])
    handler.answer(206, content[at:], {"Content-Type": "application/octet-stream", "Content-Range": f"bytes {at}-{len(content) - 1}/{len(content)}"})


def slowly(handler, content):
    """In some seconds, which begin when the cell does."""
    handler.server.begun.wait()
    handler.answer(200, b"", {"Content-Type": "application/octet-stream"}, length=len(content))
    for at in range(0, len(content), len(content) // 20):
        time.sleep(0.2)
        with contextlib.suppress(ConnectionError):
            handler.wfile.write(content[at:at + len(content) // 20])


def first_time(fault):
    """The fault, once for each path."""
    seen = set()

    def answer(handler, content):
        if handler.path in seen:
            return handler.answer(200, content, {"Content-Type": "application/octet-stream"})
        seen.add(handler.path)
        fault(handler, content)
    return answer


def other_bytes(handler, content):
    middle = len(content) // 2
    handler.answer(200, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:], {"Content-Type": "application/octet-stream"})


@pytest.fixture(scope="module")
def chrome():
    with browser.chromium() as chrome:
        yield chrome
        assert not chrome.outside, "asked another host"


@contextlib.contextmanager
def opened(chrome, site, *kind, **faults):
    """Welcome from a server of a kind, see serving, with a fault for each path that has such a part: the server, the lab, the first cell to run."""
    with serving(site, *kind) as server, chrome.page() as page:
        server.faults.update(faults)
        lab = Lab(page, server.url, WELCOME)
        yield server, lab, first_code(page)


def fetched(server, until=None):
    """The paths that were asked for, and their bytes as a server sends them that packs what is not packed."""
    paths = [path for path in server.asked[:until] if (server.folder / path.lstrip("/")).is_file()]
    sizes = [len(file.read_bytes() if file.suffix in (*PACKED, ".gz", ".png", ".woff", ".woff2") else gzip.compress(file.read_bytes(), 6))
             for file in (server.folder / path.lstrip("/") for path in paths)]
    return paths, sum(sizes)


def test_how_much_is_fetched(chrome, site):
    """By a browser that has nothing, up to the first output, up to a figure, and by one that comes back."""
    with serving(site) as server, chrome.page() as page:
        start = time.monotonic()
        lab = Lab(page, server.url, WELCOME)
        ready = time.monotonic() - start
        cell = first_code(page)
        lab.begin(cell)
        assert "digits to learn from" in text(lab.end(cell))
        print(f"open after {ready:.1f} s, the first output after {time.monotonic() - start:.1f} s, on this machine as it is")
        paths, first = fetched(server, next(i for i, path in enumerate(server.asked) if "compile-" in path))  # which comes when the cell is over
        trains = next(i for i in range(cell + 1, cell + 9) if "nnplot." in page.evaluate(
            "i => jupyterapp.shell.currentWidget.content.model.cells.get(i).sharedModel.getSource()", i))
        lab.begin(trains)
        assert "8881" in text(lab.end(trains))
        paths, all_ = fetched(server)
        print(f"{first / 1e6:.1f} MB up to the first output, {all_ / 1e6:.1f} MB up to a figure, in {len(paths)} requests")
        for path in sorted(set(paths), key=lambda path: -(site / path[1:]).stat().st_size)[:12]:
            print(f"  {(site / path[1:]).stat().st_size / 1e6:6.2f} MB {path}")
        assert len(set(paths)) == len(paths) or not [path for path in paths if path.endswith(PACKED) and paths.count(path) > 1], "fetched twice"

        since = len(server.asked)
        again = page.context.new_page()
        lab = Lab(again, server.url, WELCOME)
        lab.begin(cell)
        assert "digits to learn from" in text(lab.end(cell))
        assert [path for path in server.asked[since:] if path.endswith(PACKED)] == [], "fetched again by one that has it"
    assert first < BUDGET_FIRST
    assert all_ < BUDGET_TRAINS
    assert len(paths) < BUDGET_REQUESTS


@pytest.mark.parametrize("kind, under", [(Pages, "/class/of/2026/"), (Server, "/")], ids=["as GitHub Pages does", "plainly"])
def test_a_reader_who_prints_fetches_no_digits(chrome, site, kind, under):
    """Whatever server there is."""
    with opened(chrome, site, kind, under) as (server, lab, cell):
        lab.begin(cell, PRINTS)
        assert text(lab.end(cell)) == "printed\n"
        assert not [path for path in server.asked if "ubyte" in path]


def test_from_the_server_that_comes_with_python(chrome, site):
    with subprocess.Popen([sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", site],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            url = re.search(r"http://[\d.:]+/", server.stdout.readline())[0]
            with chrome.page() as page:
                lab = Lab(page, url, WELCOME)
                cell = first_code(page)
                lab.begin(cell, PRINTS)
                assert text(lab.end(cell)) == "printed\n"
        finally:
            server.terminate()


@pytest.mark.parametrize("fault", [first_time(cut), cut_once, first_time(other_bytes)],
                         ids=["broken off", "broken off, and taken up", "other bytes"])
def test_a_download_that_fails_is_tried_again(chrome, site, fault):
    with opened(chrome, site, **dict.fromkeys(PACKED, fault)) as (server, lab, cell):
        lab.begin(cell)
        assert "digits to learn from" in text(lab.end(cell))
        assert any(server.asked.count(path) > 1 for path in server.asked if path.endswith(PACKED)), "the fault did not come to pass"


def test_a_download_that_fails_for_good_says_so(chrome, site):
    """And a cell that is run again goes on."""
    with opened(chrome, site, **{"compile-": cut}) as (server, lab, cell):
        lab.begin(cell, PRINTS)
        assert re.search(r"the Go compiler cannot be fetched \(compile-.*run the cell again", text(lab.end(cell)))
        server.faults.clear()
        lab.begin(cell, PRINTS)
        assert text(lab.end(cell)) == "printed\n"


def test_the_first_cell_of_all_waits_for_no_compiler(chrome, site):
    """Its program comes with the lab. The next cell has to be built."""
    with opened(chrome, site, **{"compile-": slowly}) as (server, lab, cell):
        assert not [path for path in server.asked if "compile-" in path]
        lab.begin(cell)
        assert "digits to learn from" in text(lab.end(cell))
        server.begun.set()
        lab.begin(cell, PRINTS)
        assert text(lab.end(cell)) == "printed\n"


def test_the_program_that_comes_with_the_lab_is_what_the_browser_makes(chrome, site):
    """Byte for byte."""
    (program,) = json.loads((site / f"{GO}/index.json").read_text(encoding="utf-8"))["programs"].values()
    made = []

    def without(handler, content):
        handler.answer(200, json.dumps(json.loads(content) | {"programs": {}}).encode(), {"Content-Type": "application/json"})

    def telling(handler, content):
        handler.answer(200, content + TELLS.encode(), {"Content-Type": "text/javascript"})

    with serving(site) as server, chrome.page() as page:
        server.faults.update({f"{GO}/index.json": without, "/runner.js": telling})
        page.on("console", lambda message: made.append(message.text))
        lab = Lab(page, server.url, WELCOME)
        cell = first_code(page)
        lab.begin(cell)
        assert "digits to learn from" in text(lab.end(cell))
    shipped = gzip.decompress((site / GO / program["url"].removeprefix("go/")).read_bytes())
    assert f"program {hashlib.sha256(shipped).hexdigest()}" in made


def test_what_takes_long_says_how_far_it_is(chrome, site):
    with opened(chrome, site, **{"compile-": slowly}) as (server, lab, cell):
        lab.begin(cell, PRINTS)
        server.begun.set()
        said = set()
        while "printed" not in (shows := lab.shown(cell)):
            said.add(shows)
            time.sleep(0.1)
        steps = [float(step) for shows in said for step in re.findall(r"the Go compiler, ([\d.]+) of [\d.]+ MB", shows)]
        assert len(set(steps)) > 2, said
        assert text(lab.end(cell)) == "printed\n"
