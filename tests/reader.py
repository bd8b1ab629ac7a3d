"""A reader's eyes and hands on a page, the same in every browser: they wait, see, click, type and draw.

A browser's own half (browser.Page, webdriver.Firefox and WebKit) has goto, call, press and drag.
"""

WAIT = 120  # seconds for anything that is slow, on a busy machine
FIND = """(selector, name) => [...document.querySelectorAll(selector)].find((e) => e.checkVisibility() && !e.disabled
    && (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent).trim().startsWith(name))"""
UNTIL = """async (what, args, seconds) => {
    for (const begin = performance.now(); performance.now() - begin < 1000 * seconds;) {
        const found = await (%s)(...args);
        if (found) return found;
        await new Promise((wake) => setTimeout(wake, 20));
    }
    const shown = document.querySelector(".jp-Notebook, main") ?? document.body;
    throw new Error(`not in ${seconds} s: ${what} of ${JSON.stringify(args)}; the page shows ${shown.innerText.slice(-1500)}`);
}"""
# Where it is once it does not move: its left, top, width and height, if a click there meets it.
PLACE = f"""async (selector, name) => {{
    const element = ({FIND})(selector, name);
    if (!element) return null;
    const frame = () => new Promise(requestAnimationFrame);
    const where = () => {{ const {{ left, top, width, height }} = element.getBoundingClientRect(); return [left, top, width, height]; }};
    element.scrollIntoView({{ block: "center", behavior: "instant" }});
    await frame();
    const before = where();
    await frame();
    const [left, top, width, height] = where();
    const meets = element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    return `${{before}}` === `${{where()}}` && meets && [left, top, width, height];
}}"""
FOCUS = f"""(selector, name) => {{
    const element = ({FIND})(selector, name);
    element?.focus({{ focusVisible: true }});
    return element?.matches(":focus");
}}"""
CHOOSE = f"""(selector, name, option) => {{
    const select = ({FIND})(selector, name);
    if (!select) return false;
    select.value = [...select.options].find((o) => o.text === option).value;
    for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, {{ bubbles: true }}));
    return true;
}}"""
SHOWN = """(selector, pattern) => {
    const text = [...document.querySelectorAll(selector)].map((element) => element.textContent).join(" ");
    return new RegExp(pattern).test(text) && { text };
}"""


class Reader:
    """A control is named by a selector and the beginning of its name, as those hear it who do not see the page."""

    slower = 1  # times as slow as Chromium it may be
    outside, complaints = [], []  # addresses beyond this machine that the page asked for, and errors, of a browser that tells

    def until(self, function, *args):
        """What the page's function returns, or its promise brings, as soon as that is something."""
        return self.call(UNTIL % function, function, args, WAIT)

    def see(self, selector, pattern):
        """Waits until the text of the elements matches, and returns it."""
        return self.until(SHOWN, selector, pattern)["text"]

    def place(self, selector, name=""):
        """Scrolls to a control: its left, top, width and height in the window."""
        return self.until(PLACE, selector, name)

    def click(self, selector, name=""):
        left, top, width, height = self.place(selector, name)
        self.drag([(left + width / 2, top + height / 2)], "mouse")

    def focus(self, selector, name=""):
        self.until(FOCUS, selector, name)

    def write(self, selector, name, text):
        """Puts a text in place of what a field has."""
        self.focus(selector, name)
        self.call("() => document.activeElement.select()")
        self.press(*text)

    def choose(self, selector, name, option):
        self.until(CHOOSE, selector, name, option)
