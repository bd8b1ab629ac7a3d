"""Firefox and WebKitGTK (Safari's engine), for the tests that look at a page as a reader does.

Both are those of the machine, and driven by what they bring along: Firefox speaks WebDriver BiDi, WebKitGTK
has a driver that speaks WebDriver over HTTP. Of either protocol it takes a page, and calls in it.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest
import websocket

import browser
from reader import Reader

START = 60    # seconds, on a busy machine
CALL = 3600  # what trains for half a minute in Chromium may take twenty in WebKitGTK, on a busy machine
# What Firefox would otherwise ask of other hosts, or of the reader.
PREFERENCES = {
    "app.update.enabled": False, "browser.aboutConfig.showWarning": False, "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
}
BROWSERS = ["chromium", "firefox", "webkit"]
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008", "End": "\ue010", "Home": "\ue011",
        "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
CALLED = "async (text) => JSON.stringify({ result: await (%s)(...JSON.parse(text)) })"


class Driven(Reader):
    """What a reader's hands do, as both protocols have it; a driver's act does it."""

    def press(self, *keys):
        """Presses keys, one after another; "Shift+Enter" is two of them at a time."""
        actions = []
        for key in keys:
            held = [KEYS.get(part, part) for part in (key.split("+") if len(key) > 1 else [key])]
            actions += [("keyDown", value) for value in held] + [("keyUp", value) for value in reversed(held)]
        self.act({"type": "key", "id": "keys", "actions": [{"type": kind, "value": value} for kind, value in actions]})

    def drag(self, points, kind):
        """A mouse, a pen or a finger ("touch") goes down at the first of the points of the window, and up at the last."""
        there = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20} for x, y in points]
        self.act({"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": [
            there[0], {"type": "pointerDown", "button": 0}, *there[1:], {"type": "pointerUp", "button": 0}]})


class Firefox(Driven):
    """A page in a running Firefox."""

    pointers = ["touch"]  # those that its driver has, beside the mouse
    slower = 2

    def __init__(self, address):
        self.socket = websocket.create_connection(address + "/session", timeout=CALL, suppress_origin=True)
        self.sent = 0
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.create", type="window")["context"]  # the first window never has the focus

    def ask(self, method, **params):
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.sent:
                break
        assert answer["type"] == "success", f"{method}: {answer.get('error')}: {answer.get('message')}"
        return answer["result"]

    def act(self, *sources):
        self.ask("input.performActions", context=self.context, actions=list(sources))

    def goto(self, url):
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def call(self, function, *args):
        """What the page's JavaScript function returns, or its promise brings."""
        answer = self.ask("script.callFunction", functionDeclaration=CALLED % function, awaitPromise=True, target={"context": self.context},
                          arguments=[{"type": "string", "value": json.dumps(args)}])
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"]).get("result")

    def screenshot(self):
        return self.ask("browsingContext.captureScreenshot", context=self.context)["data"]


class WebKit(Driven):
    """A page in WebKitGTK's MiniBrowser."""

    pointers = ["mouse"]
    slower = 5

    def __init__(self, address, binary):
        self.session = address
        options = {"binary": binary, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        self.session += "/session/" + self.ask("/session", capabilities=wanted)["sessionId"]
        self.ask("/timeouts", script=CALL * 1000, pageLoad=CALL * 1000)

    def ask(self, path, **params):
        request = urllib.request.Request(self.session + path, json.dumps(params).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=CALL) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            pytest.fail(f"{path}: {json.load(error)['value']}")

    def act(self, *sources):
        self.ask("/actions", actions=list(sources))

    def goto(self, url):
        self.ask("/url", url=url)

    def call(self, function, *args):
        """What the page's JavaScript function returns, or its promise brings."""
        script = f"const done = arguments[1]; ({CALLED % function})(arguments[0]).then(done, (error) => done(JSON.stringify({{ error: String(error) }})))"
        answer = json.loads(self.ask("/execute/async", script=script, args=[json.dumps(args)]))
        assert "error" not in answer, answer["error"]
        return answer.get("result")

    def screenshot(self):
        with urllib.request.urlopen(self.session + "/screenshot", timeout=CALL) as answer:
            return json.load(answer)["value"]

    def close(self):
        urllib.request.urlopen(urllib.request.Request(self.session, method="DELETE"), timeout=START).close()


@contextlib.contextmanager
def reader(name, tmp, **options):
    """A page in one of the BROWSERS, with options of browser.Chromium's page for that one; tmp is an empty folder."""
    if name == "chromium":
        with browser.chromium() as chrome, chrome.page(**options) as page:
            hands = browser.Page(page)
            hands.outside, hands.complaints = chrome.outside, chrome.complaints
            yield hands
    else:
        with {"firefox": firefox, "webkit": webkit}[name](tmp) as page:
            yield page


@contextlib.contextmanager
def firefox(tmp, **preferences):
    """A page in a Firefox of its own, with these preferences besides; tmp is an empty folder."""
    program = found("firefox", "firefox-esr")
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in {**PREFERENCES, **preferences}.items()]
    pathlib.Path(tmp, "user.js").write_text("".join(lines), encoding="utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(tmp), "--remote-debugging-port", "0"]
    with running(command, HOME=str(tmp)) as said:
        page = Firefox(heard(said, r"WebDriver BiDi listening on (ws://\S+)"))
        try:
            yield page
        finally:
            with contextlib.suppress(Exception):
                page.ask("browser.close")


@contextlib.contextmanager
def webkit(tmp):
    """A page in a MiniBrowser of its own, on a screen that nobody sees."""
    driver = found("WebKitWebDriver")
    screen = found("Xvfb")
    binary = next(iter(pathlib.Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")), None)
    if not binary:
        pytest.skip("no MiniBrowser in /usr/lib (Debian: apt install webkit2gtk-driver)")
    with contextlib.ExitStack() as stack:
        read, write = os.pipe()
        stack.enter_context(running([screen, "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"], pass_fds=[write]))
        os.close(write)
        with open(read, encoding="utf-8") as answer:
            display = ":" + answer.readline().strip()
        port = free()
        stack.enter_context(running([driver, f"--port={port}"], HOME=str(tmp), XDG_RUNTIME_DIR=str(tmp), DISPLAY=display, GDK_BACKEND="x11",
                                    NO_AT_BRIDGE="1", WEBKIT_DISABLE_COMPOSITING_MODE="1"))
        wait(f"http://127.0.0.1:{port}/status")
        page = WebKit(f"http://127.0.0.1:{port}", str(binary))
        try:
            yield page
        finally:
            with contextlib.suppress(Exception):
                page.close()


def found(*names):
    for name in names:
        if path := shutil.which(name):
            return path
    package = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}.get(names[-1], names[-1])
    pytest.skip(f"no {' or '.join(names)} on PATH (Debian: apt install {package})")


@contextlib.contextmanager
def running(command, pass_fds=(), **env):
    """Runs a program, and ends it with all that it has started; yields the lines of what it says."""
    process = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace", pass_fds=pass_fds, start_new_session=True, preexec_fn=end_with_parent)
    said = queue.Queue()
    threading.Thread(target=lambda: [said.put(line) for line in process.stdout], daemon=True).start()
    try:
        yield said
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def end_with_parent():
    """Has the kernel end this process with the tests, where those are killed (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, 15)


def heard(said, pattern):
    """Waits for a line with the pattern."""
    lines = []
    end = time.monotonic() + START
    while time.monotonic() < end:
        with contextlib.suppress(queue.Empty):
            lines.append(said.get(timeout=1))
            if match := re.search(pattern, lines[-1]):
                return match[1]
    pytest.fail(f"in {START} s no {pattern} in\n{''.join(lines)}")


def free():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(url):
    end = time.monotonic() + START
    while True:
        try:
            return urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
