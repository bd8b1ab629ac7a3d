"""The web pages (`make site`) in a browser, as a reader sees them, served on 127.0.0.1."""

import contextlib
import json
import math
import re
import statistics
import subprocess
import time
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

import browser
from checkout import CHAPTERS, LAB, ROOT
from webserver import build

pytestmark = [pytest.mark.site, pytest.mark.xdist_group("lab")]

WIDE = {"width": 1200, "height": 900}
WAIT = 120_000  # milliseconds, on a busy machine
# Presses the button as soon as an epoch from this one on is counted: a training ends by itself within a second or two.
STOP = r"""(first) => {
    const epoch = document.querySelector("#knobs .nnplay-line").textContent.match(/Epoch (\d+)/)?.[1];
    const stop = [...document.querySelectorAll("#knobs button")].find((button) => button.textContent === "Stop A" && !button.disabled);
    const now = stop !== undefined && epoch >= first;
    if (now) stop.click();
    return now;
}"""
PAGES = ["index.html", "draw.html", *(f"{path.stem}.html" for path in CHAPTERS)]
each_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def running():
    with browser.chromium() as chrome:
        yield chrome


@pytest.fixture
def chrome(running):
    """The browser; its pages may ask no other host and complain of nothing."""
    yield running
    outside, complaints = running.outside[:], running.complaints[:]
    running.outside.clear()
    running.complaints.clear()
    assert not outside, "asked another host"
    assert not complaints, "in the console"


def test_every_page_is_there(site):
    assert {path.name for path in site.glob("*.html")} >= set(PAGES)


def test_made_again_it_has_the_same_bytes(site, tmp_path):
    build(tmp_path)
    once, again = ({file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
                   for folder in (site, tmp_path))
    assert once.keys() == again.keys()
    assert [str(name) for name in once if once[name] != again[name]] == [], "made twice, these differ"


def test_each_reference_leads_somewhere(chrome, url, site):
    """To a file of the site, and to an anchor in it; no two pages have one title."""
    pages = sorted(path.name for path in site.glob("*.html"))
    found, anchors, titles, wrong = [], {}, [], []
    with chrome.page() as page:
        for name in pages:
            page.goto(url + name)
            found += [(name, address) for address in page.evaluate(
                "[...document.querySelectorAll('[href], [src]')].map(e => e.getAttribute('href') ?? e.getAttribute('src'))")]
            anchors[name] = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
            titles.append(page.title())
            if not page.locator("link[rel=icon]").count():
                wrong.append(f"{name}: no icon, which the browser then looks for")
    assert len(set(titles)) == len(titles)
    for name, address in found:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme in ("http", "https", "data"):
            continue
        target = urllib.parse.unquote(parts.path) or name
        anchor = urllib.parse.unquote(parts.fragment)
        if not (site / target).is_file():
            wrong.append(f"{name}: {address} leads nowhere")
        elif anchor and anchor not in anchors.get(target, ()):
            wrong.append(f"{name}: {address} leads to no heading")
    assert found and not wrong, "\n".join(wrong)
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    print(f"{len(pages)} pages, {len(found)} references, {size / 1e6:.1f} MB")


@each_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_people_out(chrome, url, name, scheme):
    """At a desk: all pictures are there, have a text and their proportions; axe-core finds nothing; headings nest."""
    wrong = []
    with chrome.page(viewport=WIDE, color_scheme=scheme) as page:
        page.goto(url + name)
        for part in page.locator(".hands").all():
            part.scroll_into_view_if_needed()
            part.locator("button").first.wait_for(timeout=WAIT)
        unfold(page)
        pictures(page)
        for image in page.evaluate("""[...document.images].filter(i => !i.alt || !i.naturalWidth || !i.getAttribute("height")
                || Math.abs(i.width / i.height - i.naturalWidth / i.naturalHeight) > .02).map(i => i.outerHTML)"""):
            wrong.append(f"alt, size or file of {image[:300]}")
        only = {"runOnly": ["color-contrast"]} if scheme == "dark" else None  # all else is as in the light
        for broken in Axe().run(page, options=only).response["violations"]:
            nodes = [node for node in broken["nodes"]  # axe finds no text in a formula
                     if broken["id"] != "empty-table-header" or "<math" not in node["html"]]
            wrong.extend(f"{broken['impact']}: {broken['help']}: {node['html'][:200]}" for node in nodes[:3])
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
    assert not wrong, "\n".join(wrong)
    assert levels.count(1) == 1 and all(b - a <= 1 for a, b in zip([0] + levels, levels)), f"headings {levels}"


@each_page
@pytest.mark.parametrize("width", [360, 390])
def test_a_small_phone_is_wide_enough(chrome, url, name, width):
    with chrome.page(viewport={"width": width, "height": 740}) as page:
        page.goto(url + name)
        if page.locator("#draw").count():
            page.locator("#draw button").first.wait_for(timeout=WAIT)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width  # wide things scroll inside themselves


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@each_page
def test_formulas_are_mathml_in_the_font_of_the_book(chrome, url, site, name):
    with chrome.page() as page:
        page.goto(url + name)
        maths = page.evaluate("document.querySelectorAll('math').length")
        left = page.evaluate(r"""() => {
            const text = document.querySelector("main").cloneNode(true);
            text.querySelectorAll("pre, code").forEach(e => e.remove());
            return text.textContent.match(/\$[^$\n]*\$|\\[a-z]+/g) ?? [];
        }""")
        assert left == [], "formulas left as they were"
        notebook = site / "notebooks" / name.replace(".html", ".ipynb")
        if not notebook.exists():
            return
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        text = re.sub(r"(?s)```.*?```|`[^`]*`", "", text)
        assert maths == len(re.findall(r"(?s)\$\$.+?\$\$|\$[^$]+\$", text))
        if maths:
            assert page.evaluate("document.fonts.load('1em Formulas').then(fonts => fonts.length)") == 1, "no font for the formulas"


@each_page
def test_from_a_file_without_a_server(chrome, site, name):
    """The pages to read, and a word on the one to play with."""
    with chrome.page() as page:
        page.goto((site / name).as_uri())
        assert page.evaluate("getComputedStyle(document.querySelector('.page')).maxWidth") != "none", "no style"
        if name == "draw.html":
            page.locator("#draw", has_text="file server").wait_for()
        else:
            assert all(pictures(page)), "no pictures"


def pictures(page):
    """Fetches all pictures of the page: the width of each, 0 where there is none."""
    return page.evaluate("""() => Promise.all([...document.images].map(image => {
        image.loading = "eager";
        return image.decode().then(() => image.naturalWidth, () => 0);
    }))""")


READING = "03-gradient-descent.html"  # has imports, figures, tables, formulas, predictions and exercises


def test_code_is_copied_whole_though_parts_are_folded(chrome, url, site):
    with chrome.page(viewport=WIDE, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(url + READING)
        code = page.locator(".code").first
        assert not code.get_by_text("%%").is_visible()
        imports = code.get_by_text('"nnbook/nnlib"')
        assert not imports.is_visible()
        code.get_by_text("Imports").click()
        assert imports.is_visible()
        code.get_by_role("button", name="Copy").click()
        code.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        cells = json.loads((site / "notebooks" / READING.replace(".html", ".ipynb")).read_text(encoding="utf-8"))["cells"]
        source = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert "%%" in source and "\n\n" in source
        assert re.sub(r"\n+", "\n", copied) == re.sub(r"\n+", "\n", source + "\n")


def test_no_code_is_lost_in_a_fold(chrome, url, site):
    """Each cell's code stands on its page, to the letter, but for empty lines."""
    bare = lambda text: re.sub(r"\n+", "\n", text).strip("\n")
    with chrome.page() as page:
        for name in PAGES[2:]:
            page.goto(url + name)
            shown = set(map(bare, page.evaluate(
                """[...document.querySelectorAll(".code")].map(code => [...code.querySelectorAll("pre")].map(p => p.textContent).join("\\n"))""")))
            cells = json.loads((site / "notebooks" / name.replace(".html", ".ipynb")).read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                source = bare("".join(line for line in cell["source"] if not re.match(r"\s*// (BEGIN|END) SOLUTION", line)))
                assert cell["cell_type"] != "code" or source in shown, f"{name}: not on the page:\n{source}"


def test_an_answer_waits_for_a_guess(chrome, url):
    with chrome.page(viewport=WIDE) as page:
        page.goto(url + READING)
        answers = page.locator(".answer")
        output = answers.first.locator(".outputs")
        assert page.locator(".predict").first.is_visible() and not output.is_visible()
        answers.first.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert output.is_visible() and answers.first.locator("p").last.is_visible()
        page.get_by_role("button", name="Show all answers").click()
        assert answers.count() == page.locator(".answer[open]").count() > 5


def test_contents_follow_the_scroll(chrome, url):
    with chrome.page(viewport={"width": 1100, "height": 800}) as page:
        page.goto(url + READING)
        contents = page.get_by_role("navigation", name="On this page")
        for link in (contents.get_by_role("link").nth(3), contents.get_by_role("link").nth(1)):
            link.click()
            contents.locator(f"[aria-current]:text-is('{link.inner_text()}')").wait_for(timeout=10_000)
            assert contents.locator("[aria-current]").count() == 1 and link.bounding_box()["y"] > 0


def test_the_chapters_are_a_key_away(chrome, url):
    with chrome.page(viewport={"width": 390, "height": 740}) as page:
        page.goto(url + READING)
        menu = page.locator("header summary")
        menu.focus()
        page.keyboard.press("Enter")
        here = page.locator("header ol [aria-current]")
        assert here.is_visible() and "gradient descent" in here.inner_text()
        page.keyboard.press("Escape")
        assert not here.is_visible() and menu.evaluate("menu => menu === document.activeElement")
        boxes = [page.locator(f"header [rel={rel}]").bounding_box() for rel in ("prev", "next")]
        assert boxes[0]["y"] == boxes[1]["y"] and min(box["height"] for box in boxes) >= 44


def test_what_has_been_painted_stays_in_its_place(chrome, url):
    for name in ("index.html", READING, "04-backpropagation.html"):
        with chrome.page(viewport=WIDE) as page:  # which has no font of the book's yet
            page.goto(url + name)
            moved = page.evaluate("""() => new Promise(resolve => {
                let sum = 0;
                new PerformanceObserver(list => list.getEntries().forEach(shift => { sum += shift.value; }))
                    .observe({ type: "layout-shift", buffered: true });
                setTimeout(() => resolve(sum), 3000);
            })""")
            assert moved < .01, f"{name}: layout shift {moved:.3f}"  # up to .1 it is good, says web.dev


def test_on_paper_answers_stand_open(chrome, url):
    with chrome.page() as page:
        page.goto(url + READING)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator(".answer:not([open])").count() == 0
        seen = [page.locator(part).first.is_visible() for part in (".answer .output", "header", ".copy", ".contents", ".solution")]
        assert seen == [True, False, False, False, False]
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator(".answer[open]").count() == 0


@pytest.fixture
def page(chrome, url):
    with chrome.page(viewport=WIDE, reduced_motion="reduce") as page:
        yield page


def test_paper_is_white_and_bars_are_seen_in_the_system_s_high_contrast(chrome, url):
    with chrome.page(forced_colors="active", color_scheme="dark") as page:
        page.goto(url)
        page.locator("#draw .nnplay-verdict", has_text="Draw a digit").wait_for(timeout=WAIT)
        colours = page.evaluate("""['.nnplay-paper', '.nnplay-fill', 'body'].map(
            (selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)""")
    assert colours[0] == "rgb(255, 255, 255)" and len({*colours[1:]}) == 2, colours


def test_what_cannot_be_loaded_is_said_and_tried_again(page, chrome, url):
    page.context.route("**/reader.npz", lambda route: route.fulfill(status=404))
    page.goto(url)
    page.locator("#draw", has_text="This does not work here: Error: reader.npz: status 404").wait_for(timeout=WAIT)
    page.wait_for_timeout(1000)
    assert "This does not work here" in page.inner_text("#draw"), "later progress stands in its place"
    page.context.unroute("**/reader.npz")
    page.get_by_role("button", name="Try again").click()
    page.locator("#draw .nnplay-verdict", has_text="Draw a digit").wait_for(timeout=WAIT)
    assert chrome.complaints, "no 404"
    chrome.complaints.clear()


def test_an_answer_that_comes_late_is_shown(page, url):
    page.add_init_script("""
        const Quick = Worker;
        Worker = class extends Quick {
            set onmessage(hear) {
                super.onmessage = (event) => setTimeout(hear, /"kind":"answer"/.test(event.data) ? 4000 : 0, event);
            }
        };""")
    page.goto(url)
    page.locator("#draw .nnplay-status", has_text="No answer yet").wait_for(timeout=WAIT)
    page.locator("#draw .nnplay-verdict", has_text="Draw a digit").wait_for(timeout=WAIT)
    assert page.locator("#draw .nnplay-status").inner_text() == ""


def test_digits_are_drawn_and_knobs_turned(page, url, site):
    """By mouse and by keyboard; a training is compared with the same run outside of the browser."""
    start = time.monotonic()
    page.goto(url + "draw.html")
    verdict = page.locator("#draw .nnplay-verdict strong")
    page.locator("#draw .nnplay-verdict", has_text="Draw a digit").wait_for(timeout=WAIT)
    print(f"ready after {time.monotonic() - start:.1f} s")
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
        assert verdict.inner_text() == answer, f"a drawn {answer} is answered by {page.inner_text('#draw .nnplay-verdict')}"
    waits = browser.measured(page, 0)
    assert waits, "no answer while drawing"
    print(f"a stroke's answer is seen after {statistics.median(waits):.0f} ms (at most {max(waits):.0f})")

    # A pointer of which nothing more was heard does not keep the paper for itself.
    page.get_by_role("button", name="Clear").click()
    page.evaluate("""() => {
        const paper = document.querySelector(".nnplay-paper"), {left, top, width, height} = paper.getBoundingClientRect();
        paper.setPointerCapture = () => {}; // of pointers that a script makes there is none
        const send = (kind, pointerId, x, y) => paper.dispatchEvent(new PointerEvent(kind,
            {pointerId, isPrimary: true, button: 0, bubbles: true, cancelable: true, clientX: left + x * width, clientY: top + y * height}));
        send("pointerdown", 71, .2, .2);
        send("pointerdown", 72, .5, .2);
        for (let i = 0; i <= 20; i++) send("pointermove", 72, .5, .2 + .03 * i);
        send("pointerup", 72, .5, .8);
    }""")
    verdict.filter(has_text="1").wait_for(timeout=WAIT)

    # A 1 with a long upstroke is kept, learned and forgotten.
    page.get_by_role("button", name="Clear").click()
    for i, (x, y) in enumerate([(.2, .6), (.55, .15), (.55, .85)]):
        page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"], steps=5)
        if i == 0:
            page.mouse.down()
    page.mouse.up()
    page.get_by_label("My drawing is").select_option("a 1")
    page.get_by_role("button", name="Keep it").click()
    said = page.locator(".nnplay-school p")
    said.filter(has_text="of your 1,").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Learn").click()
    said.filter(has_text=re.compile(r"After 20 steps it reads 1 of your 1 .*\(\d+ before\)")).wait_for(timeout=WAIT)
    page.locator(".nnplay-own li", has_text="→ 1 ✓").wait_for()
    page.locator("#draw .nnplay-verdict strong", has_text="1").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Forget it again").click()
    said.filter(has_text="The book’s network reads").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Drop this 1").click()
    said.filter(has_text="Nothing is kept").wait_for(timeout=WAIT)

    page.get_by_role("slider", name="Image").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#draw .nnplay-verdict", has_text=re.compile("That is right|It is a")).wait_for(timeout=WAIT)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Next", "by Tab, no Next after the image"

    # Run A as it stands at first: stopped, continued, stopped.
    page.locator("#knobs").scroll_into_view_if_needed()
    page.get_by_role("button", name="Train A from the start").click(timeout=WAIT)
    line = page.locator("#knobs .nnplay-line").first
    page.wait_for_function(STOP, arg=0, timeout=WAIT)
    line.filter(has_text="SHA-256").wait_for(timeout=WAIT)
    stopped = int(re.search(r"Epoch (\d+)", line.inner_text())[1])
    page.get_by_role("button", name="Continue A").click()
    page.wait_for_function(STOP, arg=stopped + 1, timeout=WAIT)
    line.filter(has_text="SHA-256").wait_for(timeout=WAIT)
    page.locator("#knobs summary").click()
    rows = page.locator("#knobs details tbody tr")
    rows.first.wait_for()
    counts = [int(row.locator("td").first.inner_text()) for row in rows.all()]
    sha = re.search(r"SHA-256 ([0-9a-f]{8,})", line.inner_text())[1]
    native, weights = outside(site, digits, len(counts))
    assert counts == native and weights.startswith(sha), f"in the page {counts}, {sha}…; outside {native}, {weights}"
    print(f"{len(counts)} epochs count {counts}, as outside, with weights of the same SHA-256, {sha}…")

    # Run B by keyboard: a new value trains at once.
    browser.measure(page, "#knobs", "input", "#knobs .nnplay-line.nnplay-run-B")
    page.locator("#knobs .nnplay-run-B").get_by_role("slider", name="Hidden neurons").focus()
    page.keyboard.press("ArrowRight")
    line = page.locator("#knobs .nnplay-line").nth(1)
    line.filter(has_text=re.compile(r"(Epoch|untrained).*16 hidden")).wait_for(timeout=WAIT)
    print(f"a knob's first change is seen after {browser.measured(page, 1)[0]:.0f} ms")
    assert page.evaluate("document.getAnimations().length") == 0, "draw.html: something moves for readers who want none of it"


def outside(site, digits, epochs):
    """The counts and the weights' SHA-256 of run A's first training, by the same library as a program of this machine."""
    program = LAB / "bin" / "play-lines"
    subprocess.run(["go", "build", "-buildvcs=false", "-o", program, "./web/engine"], cwd=ROOT, check=True)
    counts = []
    with subprocess.Popen([program, site / "play", "knobs", digits], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        print('{"kind": "hello"}', file=process.stdin, flush=True)
        for text in process.stdout:
            answer = json.loads(text)
            if answer["kind"] == "ready":
                message = {"kind": "train", "n": 1, "run": 0, "epochs": epochs, "knobs": answer["first"][0]}
                print(json.dumps(message), file=process.stdin, flush=True)
            elif answer["kind"] == "count" and answer["epochs"]:
                counts.append(answer["count"])
            elif answer["kind"] == "paused":
                process.stdin.close()
                return counts, answer["weights"]
            elif answer["kind"] == "error":
                pytest.fail(answer["text"])
    pytest.fail("web/engine ended without an answer")
