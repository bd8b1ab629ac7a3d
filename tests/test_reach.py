"""The pages to play with, by finger, pen and keyboard alone, in Chromium, Firefox and WebKitGTK."""

import time

import pytest

import webdriver

pytestmark = [pytest.mark.site, pytest.mark.xdist_group("lab")]

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


@pytest.fixture(scope="module", params=webdriver.BROWSERS)
def reader(request, tmp_path_factory):
    with webdriver.reader(request.param, tmp_path_factory.mktemp(request.param), viewport={"width": 390, "height": 740}, has_touch=True) as page:
        yield page


def test_what_draws_does_not_move_the_page(reader, url):
    reader.goto(url)
    reader.see(".nnplay-verdict", "Draw a digit")
    for kind in reader.pointers:
        left, top, width, height = reader.call(PAPER)
        at = reader.call("() => scrollY")
        reader.drag([(left + .5 * width, top + (.2 + .03 * i) * height) for i in range(21)], kind)
        reader.see(".nnplay-verdict", "answers 1")
        assert reader.call("() => [...kinds]") == [kind]
        assert reader.call("() => scrollY") == at, "the page moved under the finger"
        assert reader.call("() => getComputedStyle(document.querySelector('.nnplay-paper')).touchAction") == "none"
        reader.click("button", "Clear")
        reader.see(".nnplay-verdict", "Draw a digit")


@pytest.mark.parametrize("page", ["index.html", "draw.html"])
def test_tab_comes_to_all_there_is(reader, url, page):
    reader.goto(url + page)
    reader.see(".nnplay-verdict", "Draw a digit")
    if page == "draw.html":
        reader.call("() => document.querySelector('#knobs').scrollIntoView()")
        reader.see("#knobs button", "Train A")
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
    reader.see(".nnplay-verdict", "Draw a digit")
    reader.call("() => document.querySelector('.nnplay-paper').focus()")
    reader.press(" ", *["ArrowDown"] * 12, " ")
    reader.see(".nnplay-verdict", "answers 1")
    reader.focus("button", "Next")
    reader.press("Enter")
    reader.see(".nnplay-verdict", "That is right|It is a")

    reader.goto(url + "draw.html")
    reader.see(".nnplay-verdict", "Draw a digit")
    reader.call("() => document.querySelector('#knobs').scrollIntoView()")
    reader.see("#knobs button", "Train A")
    for name in "AB":  # a hundred hidden neurons, which take their time
        reader.focus(f"fieldset.nnplay-run-{name} input[type=range]")
        reader.press("End")
    for name in "AB":
        reader.see(f".nnplay-line.nnplay-run-{name}", r"(Epoch|untrained).*\(100 hidden")
        start = time.monotonic()
        reader.focus("button", f"Stop {name}")
        reader.press("Enter")
        reader.see(f".nnplay-line.nnplay-run-{name}", "SHA-256")
        print(f"Stop {name}: {time.monotonic() - start:.2f} s")
