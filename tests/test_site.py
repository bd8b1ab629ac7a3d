"""Looks at the book's site (`make site`) in a browser, as a reader does: `make test-site`.

    test_site.py [FOLDER]   the site, else .lab/site

Serves it on 127.0.0.1. Exit status 77: cannot be done on this machine; the last line says why.
Runs in .lab/browser.
"""

import contextlib
import functools
import http.server
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

import browser

ROOT = pathlib.Path(__file__).resolve().parent.parent
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1200, "height": 900}
EPOCHS = 3  # trained in the page and again outside of it
WAIT = 120_000  # milliseconds, on a busy machine

faults = []


def main():
    site = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".lab" / "site").resolve()
    pages = sorted(site.glob("*.html"))
    browser.find()
    if "index.html" not in [page.name for page in pages]:
        sys.exit(f"no site in {site}: make site")
    with serve(site) as url, browser.chromium() as chrome:
        told = links(chrome, url, pages, site)
        for scheme in ("light", "dark"):
            with chrome.page(viewport=WIDE, color_scheme=scheme) as page:
                for path in pages:
                    look(page, url + path.name, scheme)
        with chrome.page(viewport=NARROW) as page:
            for path in pages:
                narrow(page, url + path.name)
        with chrome.page() as page:
            for path in pages:
                formulas(page, url + path.name, site)
        with chrome.page(viewport=WIDE, reduced_motion="reduce") as page:
            told += hands_on(page, url, site)
        # From a file, without a server: the pages to read, and a word on the one to play with.
        with chrome.page() as page:
            for path in pages:
                from_file(page, path)
        faults.extend(f"asked another host: {address}" for address in chrome.outside)
        faults.extend(f"in the console: {text}" for text in chrome.complaints)
    if faults:
        sys.exit("\n".join(dict.fromkeys(faults)))
    print("\n".join(told))


def check(good, text):
    if not good:
        faults.append(text)
    return good


@contextlib.contextmanager
def serve(folder):
    """Serves the folder as any file server would; yields its address."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    server.handle_error = lambda *_: None  # a page that is left does not wait for its files
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def links(chrome, url, pages, site):
    """Each reference leads to a file of the site, and to an anchor in it; no two pages have one title."""
    found, anchors, titles = [], {}, []
    with chrome.page() as page:
        for path in pages:
            page.goto(url + path.name)
            found += [(path.name, address) for address in page.evaluate(
                "[...document.querySelectorAll('[href], [src]')].map(e => e.getAttribute('href') ?? e.getAttribute('src'))")]
            anchors[path.name] = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
            titles.append(page.title())
    check(len(set(titles)) == len(titles), f"titles: {titles}")
    for name, address in found:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme in ("http", "https", "data"):
            continue
        target = urllib.parse.unquote(parts.path) or name
        check((site / target).is_file(), f"{name}: {address} leads nowhere")
        anchor = urllib.parse.unquote(parts.fragment)
        check(not anchor or anchor in anchors.get(target, ()), f"{name}: {address} leads to no heading")
    return [f"{len(pages)} pages, {len(found)} references, {sum(f.stat().st_size for f in site.rglob('*') if f.is_file()) / 1e6:.1f} MB"]


def look(page, address, scheme):
    """A page as it is seen at a desk: nothing keeps people out, and all pictures are there."""
    page.goto(address)
    name = f"{address.rpartition('/')[2]}, {scheme}"
    if "draw.html" in address:
        for part in ("#draw", "#knobs"):
            page.locator(part).scroll_into_view_if_needed()
            page.locator(f"{part} button").first.wait_for(timeout=WAIT)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    pictures(page)
    for image in page.evaluate("""[...document.images].filter(i => !i.alt || !i.naturalWidth || !i.getAttribute("height")
            || Math.abs(i.width / i.height - i.naturalWidth / i.naturalHeight) > .02).map(i => i.outerHTML)"""):
        faults.append(f"{name}: alt, size or file of {image}")
    only = {"runOnly": ["color-contrast"]} if scheme == "dark" else None  # all else is as in the light
    for broken in Axe().run(page, options=only).response["violations"]:
        faults.extend(f"{name}: {broken['impact']}: {broken['help']}: {node['html'][:200]}" for node in broken["nodes"][:3])
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
    check(levels.count(1) == 1 and all(b - a <= 1 for a, b in zip([0] + levels, levels)), f"{name}: headings {levels}")


def narrow(page, address):
    """A page on a small phone: wide things scroll inside themselves."""
    page.goto(address)
    if "draw.html" in address:
        page.locator("#draw button").first.wait_for(timeout=WAIT)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    width = page.evaluate("document.documentElement.scrollWidth")
    check(width <= NARROW["width"], f"{address}: {width} pixels wide on a screen of {NARROW['width']}")


def formulas(page, address, site):
    """Each formula of the notebook is MathML in the page, in the book's font."""
    page.goto(address)
    name = address.rpartition("/")[2].replace(".html", ".ipynb")
    maths = page.evaluate("document.querySelectorAll('math').length")
    left = page.evaluate(r"""() => {
        const text = document.querySelector("main").cloneNode(true);
        text.querySelectorAll("pre, code").forEach(e => e.remove());
        return text.textContent.match(/\$[^$\n]*\$|\\[a-z]+/g) ?? [];
    }""")
    check(not left, f"{address}: left as it was: {left[:5]}")
    if not (notebook := site / "notebooks" / name).exists():
        return
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    text = re.sub(r"(?s)```.*?```|`[^`]*`", "", text)
    wanted = len(re.findall(r"(?s)\$\$.+?\$\$|\$[^$]+\$", text))
    check(maths == wanted, f"{address}: {maths} formulas, want {wanted}")
    if maths:
        check(page.evaluate("document.fonts.load('1em Formulas').then(fonts => fonts.length)") == 1,
              f"{address}: no font for the formulas")


def from_file(page, path):
    page.goto(path.as_uri())
    check(page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none", f"{path.name}: no style without a server")
    if path.name == "draw.html":
        page.locator("#draw", has_text="file server").wait_for()
    else:
        check(all(pictures(page)), f"{path.name}: no pictures without a server")


def pictures(page):
    """Fetches all pictures of the page: the width of each, 0 where there is none."""
    return page.evaluate("""() => Promise.all([...document.images].map(image => {
        image.loading = "eager";
        return image.decode().then(() => image.naturalWidth, () => 0);
    }))""")


def hands_on(page, url, site):
    """Draws, by mouse and by keyboard; trains, and compares with the same run outside of the browser."""
    start = time.monotonic()
    page.goto(url + "draw.html")
    verdict = page.locator("#draw .nnplay-verdict strong")
    verdict.wait_for(timeout=WAIT)
    told = [f"draw.html: ready after {time.monotonic() - start:.1f} s"]
    digits = page.evaluate("document.body.dataset.digits")

    browser.measure(page, ".nnplay-paper", "pointermove", "#draw .nnplay-verdict")
    strokes = {
        "0": [(.5 + .22 * math.cos(a / 20 * math.pi), .5 + .32 * math.sin(a / 20 * math.pi)) for a in range(41)],
        "1": [(.52 - .04 * i / 20, .2 + .6 * i / 20) for i in range(21)],
    }
    for answer, points in strokes.items():
        page.get_by_role("button", name="Clear").click()
        paper = page.locator(".nnplay-paper")
        paper.scroll_into_view_if_needed()
        area = paper.bounding_box()
        for i, (x, y) in enumerate(points):
            page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"])
            if i == 0:
                page.mouse.down()
        page.mouse.up()
        with contextlib.suppress(TimeoutError):
            page.locator("#draw .nnplay-verdict strong", has_text=answer).wait_for(timeout=10_000)
        check(verdict.inner_text() == answer, f"a drawn {answer} is answered by {page.inner_text('#draw .nnplay-verdict')}")
    waits = browser.measured(page, 0)
    if check(waits, "no answer while drawing"):
        told.append(f"draw.html: a stroke's answer is seen after {statistics.median(waits):.0f} ms (at most {max(waits):.0f})")

    page.get_by_role("slider", name="Test image").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#draw .nnplay-verdict", has_text=re.compile("That is right|It is a")).wait_for(timeout=WAIT)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    check(page.evaluate("document.activeElement.textContent") == "Next", "by Tab, no Next after the test image")

    # Run A as it stands at first: stopped, continued, stopped.
    page.locator("#knobs").scroll_into_view_if_needed()
    page.get_by_role("button", name="Train A from the start").click(timeout=WAIT)
    line = page.locator("#knobs .nnplay-line").first
    line.filter(has_text="Epoch 0").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Stop A").click()
    line.filter(has_text="SHA-256").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Continue A").click()
    line.filter(has_text=f"Epoch {EPOCHS - 1}").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Stop A").click()
    line.filter(has_text="SHA-256").wait_for(timeout=WAIT)
    page.locator("#knobs summary").click()
    rows = page.locator("#knobs tbody tr")
    rows.first.wait_for()
    counts = [int(row.locator("td").first.inner_text()) for row in rows.all()]
    sha = re.search(r"SHA-256 ([0-9a-f]{8,})", line.inner_text())[1]
    native, weights = outside(site, digits, len(counts))
    check(counts == native and weights.startswith(sha), f"in the page {counts}, {sha}…; outside {native}, {weights}")
    told.append(f"draw.html: {len(counts)} epochs count {counts}, as outside, with weights of the same SHA-256, {sha}…")

    # Run B by keyboard: a new value trains at once.
    browser.measure(page, "#knobs", "input", "#knobs .nnplay-line.nnplay-run-B")
    page.locator("#knobs .nnplay-run-B").get_by_role("slider", name="Hidden neurons").focus()
    page.keyboard.press("ArrowRight")
    line = page.locator("#knobs .nnplay-line").nth(1)
    line.filter(has_text=re.compile(r"(Epoch|untrained).*16 hidden")).wait_for(timeout=WAIT)
    told.append(f"draw.html: a knob's first change is seen after {browser.measured(page, 1)[0]:.0f} ms")
    check(page.evaluate("document.getAnimations().length") == 0, "draw.html: something moves for readers who want none of it")
    return told


def outside(site, digits, epochs):
    """The counts and the weights' SHA-256 of run A's first training, by the same library as a program of this machine."""
    program = ROOT / ".lab" / "bin" / "play-lines"
    subprocess.run(["go", "build", "-buildvcs=false", "-o", program, "./web/engine"], cwd=ROOT, check=True)
    knobs = {"hidden": 15, "eta": 3, "batch": 10, "init": "normal", "seed": 0}
    message = {"kind": "train", "n": 1, "run": 0, "epochs": epochs, "knobs": knobs}
    counts = []
    with subprocess.Popen([program, site / "play", "knobs", digits], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        print(json.dumps(message), file=process.stdin, flush=True)
        for text in process.stdout:
            answer = json.loads(text)
            if answer["kind"] == "count" and answer["epochs"]:
                counts.append(answer["count"])
            elif answer["kind"] == "paused":
                process.stdin.close()
                return counts, answer["weights"]
            elif answer["kind"] == "error":
                sys.exit(answer["text"])
    sys.exit("web/engine ended without an answer")


if __name__ == "__main__":
    try:
        main()
    except browser.NoBrowser as why:
        print(why, file=sys.stderr)
        sys.exit(77)
