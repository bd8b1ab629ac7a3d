"""The pages to play with, by finger, pen and keyboard alone, in Chromium, Firefox and WebKitGTK."""

import contextlib
import time

import pytest

import browser
import webdriver

pytestmark = [pytest.mark.site, pytest.mark.xdist_group("lab")]

WAIT = 60  # seconds, on a busy machine
UNTIL = """async ([selector, pattern, seconds]) => {
    const shown = () => [...document.querySelectorAll(selector)].map((element) => element.textContent).join(" ");
    for (const begin = performance.now(); performance.now() - begin < 1000 * seconds;) {
        if (new RegExp(pattern).test(shown())) return shown();
        await new Promise((wake) => setTimeout(wake, 20));
    }
    throw new Error(`${selector} does not become ${pattern}: ${shown() || document.querySelector("main").innerText.slice(0, 400)}`);
}"""
PAPER = """() => {
    const paper = document.querySelector(".nnplay-paper");
    paper.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = paper.getBoundingClientRect();
    globalThis.kinds = new Set();
    paper.addEventListener("pointermove", (event) => kinds.add(event.pointerType));
    return [left, top, width, height];
}"""
# What a Tab should come to, in the order of the page, and what it did come to: each time whether the focus could be seen.
LISTEN = """() => {
    globalThis.came = [];
    addEventListener("focusin", ({ target }) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(target);
        came.push([target, outlineStyle !== "none" && parseFloat(outlineWidth) >= 2]);
    });
    document.activeElement.blur();
    getSelection().removeAllRanges();
}"""
CONTROLS = """[...document.querySelectorAll("a[href], button:enabled, input:enabled, select:enabled, summary, [tabindex='0']")]
    .filter((e) => e.checkVisibility())"""
SAY = "(e) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent}`.trim()"
CAME = f"""() => {{
    const say = {SAY}, wanted = {CONTROLS};
    return {{ wanted: wanted.map(say), dim: came.filter(([, seen]) => !seen).map(([e]) => say(e)),
        came: came.filter(([e]) => wanted.includes(e)).map(([e]) => say(e)) }};
}}"""
FOCUS = f"(name) => {CONTROLS}.find((e) => ({SAY})(e).endsWith(name)).focus({{ focusVisible: true }})"


class Chromium:
    """What webdriver's two browsers have, of a page of Chromium's."""

    pointers = ["touch", "pen"]

    def __init__(self, page):
        self.page, self.protocol = page, page.context.new_cdp_session(page)

    def goto(self, url):
        self.page.goto(url)

    def call(self, function, *args):
        return self.page.evaluate(f"(args) => ({function})(...args)", list(args))

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, points, kind):
        def mouse(what, **more):
            self.protocol.send("Input.dispatchMouseEvent", {
                "type": what, "x": x, "y": y, "button": "left", "clickCount": 1, "pointerType": kind, **more})

        def touch(what, *where):
            self.protocol.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": [*where]})

        for i, (x, y) in enumerate(points):
            if kind == "touch":
                touch("touchMove" if i else "touchStart", {"x": x, "y": y})
            else:
                mouse("mouseMoved" if i else "mousePressed", buttons=1)
            time.sleep(0.02)
        if kind == "touch":
            touch("touchEnd")
        else:
            mouse("mouseReleased")


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def reader(request, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        if request.param == "chromium":
            chrome = stack.enter_context(browser.chromium())
            yield Chromium(stack.enter_context(chrome.page(viewport={"width": 390, "height": 740}, has_touch=True)))
        else:
            yield stack.enter_context(getattr(webdriver, request.param)(tmp_path_factory.mktemp(request.param)))


def until(reader, selector, pattern):
    return reader.call(UNTIL, [selector, pattern, WAIT])


def test_what_draws_does_not_move_the_page(reader, url):
    reader.goto(url)
    until(reader, ".nnplay-verdict", "Draw a digit")
    for kind in reader.pointers:
        left, top, width, height = reader.call(PAPER)
        at = reader.call("() => scrollY")
        reader.drag([(left + .5 * width, top + (.2 + .03 * i) * height) for i in range(21)], kind)
        until(reader, ".nnplay-verdict", "answers 1")
        assert reader.call("() => [...kinds]") == [kind]
        assert reader.call("() => scrollY") == at, "the page moved under the finger"
        assert reader.call("() => getComputedStyle(document.querySelector('.nnplay-paper')).touchAction") == "none"
        reader.call("() => [...document.querySelectorAll('button')].find((b) => b.textContent === 'Clear').click()")
        until(reader, ".nnplay-verdict", "Draw a digit")


@pytest.mark.parametrize("page", ["index.html", "draw.html"])
def test_tab_comes_to_all_there_is(reader, url, page):
    reader.goto(url + page)
    until(reader, ".nnplay-verdict", "Draw a digit")
    if page == "draw.html":
        reader.call("() => document.querySelector('#knobs').scrollIntoView()")
        until(reader, "#knobs button", "Train A")
        reader.call("() => scrollTo(0, 0)")
    reader.call(LISTEN)
    wanted = reader.call(CAME)["wanted"]
    reader.press(*["Tab"] * len(wanted))
    for _ in range(3):  # a browser stops at what scrolls, too; beyond the last are its own controls
        found = reader.call(CAME)
        if found["came"][-1:] != wanted[-1:]:
            reader.press("Tab")
    assert found["came"] == wanted
    assert found["dim"] == [], "have the focus, and do not show it"


def test_keys_draw_choose_and_train(reader, url):
    reader.goto(url)
    until(reader, ".nnplay-verdict", "Draw a digit")
    reader.call("() => document.querySelector('.nnplay-paper').focus()")
    reader.press(" ", *["ArrowDown"] * 12, " ")
    until(reader, ".nnplay-verdict", "answers 1")
    reader.call(FOCUS, "Next")
    reader.press("Enter")
    until(reader, ".nnplay-verdict", "That is right|It is a")

    reader.goto(url + "draw.html")
    until(reader, ".nnplay-verdict", "Draw a digit")
    reader.call("() => document.querySelector('#knobs').scrollIntoView()")
    until(reader, "#knobs button", "Train A")
    for name in "AB":  # a hundred hidden neurons, which take their time
        reader.call("(name) => document.querySelector(`fieldset.nnplay-run-${name} input[type=range]`).focus()", name)
        reader.press("End")
    for name in "AB":
        until(reader, f".nnplay-line.nnplay-run-{name}", r"(Epoch|untrained).*\(100 hidden")
        start = time.monotonic()
        reader.call(FOCUS, f"Stop {name}")
        reader.press("Enter")
        until(reader, f".nnplay-line.nnplay-run-{name}", "SHA-256")
        print(f"Stop {name}: {time.monotonic() - start:.2f} s")
