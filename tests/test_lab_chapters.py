"""The chapters in the browser's lab: what they show there is what is stored, byte for byte, text and figures.

With NNBOOK_BROWSERS=all, as make test-all has it, every chapter of both editions in Chromium, and Welcome and the
chapters 1, 3 and 10 in Firefox and WebKitGTK; else those in FEW, the four transcripts of the page among them.
"""

import contextlib
import os
import threading
import time

import nbformat
import psutil
import pytest

import browser
import notebooks
import student
import webdriver
from cells import code, read
from checkout import BOOK, CHAPTERS, need_mnist
from test_lab_browsers import ASK, NET, OPENED, RUN, opened, serving

# Each is a test by itself, which runs beside the others of the lab.
pytestmark = [pytest.mark.lab, need_mnist]

ALL = os.environ.get("NNBOOK_BROWSERS") == "all"
# What there is time for in each run of the tests: chapters by their numbers, to the end or up to the cell with this text.
FEW = {"00": "", "01": "", "02": "", "03": "", "03b": "", "05": "{784, 100, 10}", "06": '"eta-100"'}
BOTH = {"00", "01", "03b"}  # in the student edition, too
# In the other browsers, of which WebKitGTK takes several times as long as Firefox.
OTHERS = {webdriver.firefox: {"00", "01"}, webdriver.webkit: {"00"}}
if ALL:
    OTHERS = dict.fromkeys(OTHERS, {"00", "01", "03", "10"})
MEMORY = 1.5e9  # bytes that a tab may take


def number(path):
    return path.name.partition("-")[0]


def with_code(paths):
    return [path for path in paths if any(cell.cell_type == "code" for cell in read(path).cells)]


MAIN = [path for path in with_code(CHAPTERS) if ALL or number(path) in FEW]
STUDENT = [path.parent / student.FOLDER / path.name for path in MAIN if ALL or number(path) in BOTH]


@contextlib.contextmanager
def weighed():
    """Yields a list whose last number is the most memory that one of the browser's pages has taken."""
    most, done = [0], threading.Event()

    def watch():
        while not done.wait(0.5):
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "--type=renderer" in process.cmdline():
                        most.append(max(most[-1], process.memory_full_info().pss))
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        done.set()
        watcher.join()


def check(call, path):
    """Runs a chapter in the notebook that is opened, and compares."""
    stored = read(path)
    until = "" if ALL else FEW.get(number(path), "")
    last = next((i for i, cell in code(stored) if until and until in cell.source), len(stored.cells))
    call("() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    seconds = {}
    for i, _ in code(stored):
        if i <= last:
            start = time.monotonic()
            call(RUN, i - 1, None)
            seconds[i] = time.monotonic() - start
    slowest = max(seconds, key=seconds.get)
    print(f"{len(seconds)} cells in {sum(seconds.values()):.0f} s, the first {next(iter(seconds.values())):.1f} s, "
          f"cell {slowest} {seconds[slowest]:.1f} s, load {os.getloadavg()[0]:.1f}")
    shown = nbformat.reads(call("() => JSON.stringify(jupyterapp.shell.currentWidget.content.model.toJSON())"), as_version=4)
    if path.parent.name == student.FOLDER:
        shown = student.unanswered(shown)
    for nb in stored, shown:
        del nb.cells[last:]
    if wrong := notebooks.differences(stored, shown):
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.parametrize("path", MAIN + STUDENT, ids=lambda path: path.relative_to(BOOK).as_posix())
def test_a_chapter_shows_what_is_stored(site, path):
    name = path.relative_to(BOOK).as_posix()
    with serving(site) as (url, _), browser.chromium() as chrome, chrome.page() as page, weighed() as memory:
        def call(function, *args):
            return page.evaluate(f"(args) => ({function})(...args)", args)
        opened(page, url, name)
        check(call, path)
    print(f"the page took {memory[-1] / 1e6:.0f} MB")
    assert not chrome.outside, "asked another host"
    assert 0 < memory[-1] < MEMORY


@pytest.mark.parametrize("start, path", [
    pytest.param(start, path, id=f"{path.stem}-{start.__name__}")
    for start, numbers in OTHERS.items() for path in CHAPTERS if number(path) in numbers])
def test_other_browsers_show_what_is_stored(tmp_path, site, start, path):
    with serving(site) as (url, _), start(tmp_path) as page:
        page.goto(f"{url}lab/lab/index.html?path={path.name}")
        page.call(OPENED, path.name)
        check(page.call, path)
        assert "SGD" in page.call(ASK, ["requestComplete", NET])["content"]["matches"]
