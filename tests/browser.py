"""The machine's own Chromium, for the tests that look at a page as a reader does.

It is headless, finds no host but this one, and what it asks of others is counted.
"""

import contextlib
import os
import shutil
import time
import urllib.parse

import pytest
from playwright.sync_api import sync_playwright

from reader import Reader

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = [
    # Names and addresses lead nowhere, except here.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--no-first-run", "--no-default-browser-check", "--no-proxy-server",
    # The same pixels everywhere, as far as that goes.
    "--force-color-profile=srgb", "--font-render-hinting=none",
]

# From an event on an element to the frame after the one in which the page shows its effect.
MEASURE = """
([selector, event, shown]) => {
	const times = globalThis.measured = [];
	let start = 0;
	document.querySelector(selector).addEventListener(event, () => { start ||= performance.now(); }, true);
	new MutationObserver(() => {
		if (!start) return;
		const began = start;
		start = 0;
		requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - began)));
	}).observe(document.querySelector(shown), { subtree: true, childList: true, characterData: true, attributes: true });
}
"""


class Chromium:
    """A running browser. What its pages did that no page of ours may do is in outside and complaints."""

    def __init__(self, browser):
        self.browser = browser
        self.outside = []     # addresses beyond this machine that a page asked for
        self.complaints = []  # errors and warnings of the console, uncaught errors, requests without a good answer

    @contextlib.contextmanager
    def page(self, **options):
        """A page in a context of its own; options are those of Playwright's new_context, color_scheme="dark" say."""
        context = self.browser.new_context(**options)
        context.on("page", self.watch)
        # The context's, because it knows those of workers, too.
        context.on("request", lambda request: self.asked(request.url))
        context.on("response", lambda response: response.status < 400 or self.complaints.append(
            f"{response.url}: status {response.status}"))
        context.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(
            f"{said.page.url if said.page else 'a worker'}: {said.text}"))
        try:
            yield context.new_page()
        finally:
            context.close()

    def watch(self, page):
        page.on("websocket", lambda socket: self.asked(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def asked(self, url):
        address = urllib.parse.urlsplit(url)
        if address.scheme not in ("data", "blob", "file", "about") and address.hostname not in ("127.0.0.1", "localhost"):
            self.outside.append(url)


class Page(Reader):
    """A page of Chromium's with the eyes and hands that webdriver's two browsers have."""

    pointers = ["touch", "pen"]  # beside the mouse

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


def measure(page, selector, event, shown):
    """From now on, times how long after an event on an element a change of another is painted; see measured."""
    page.evaluate(MEASURE, [selector, event, shown])


def measured(page, count):
    """The times in milliseconds, once there are as many as count."""
    page.wait_for_function(f"measured.length >= {count}")
    return page.evaluate("measured")


def find():
    """The path of the machine's Chromium; the test is skipped if there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    pytest.skip(f"no {', '.join(NAMES[:-1])} or {NAMES[-1]} on PATH (Debian: apt install chromium)")


@contextlib.contextmanager
def chromium():
    """A Chromium of its own, ended at the end."""
    path = find()
    with sync_playwright() as playwright:
        root = os.geteuid() == 0  # whom Chromium's sandbox does not serve
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, chromium_sandbox=not root)
        try:
            yield Chromium(browser)
        finally:
            browser.close()
