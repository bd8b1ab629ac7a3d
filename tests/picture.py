"""The animated picture in the README, made anew from the real lab (`make picture`): docs/lab.webp, and docs/lab-still.webp,
its end, for readers who want nothing to move. A folder as argument gets each frame, to look at.

JupyterLab runs in Chromium. In chapter 3 a network is trained: its epochs are counted and its curve is drawn while they come.
In chapter 10 a digit is drawn, and read. Nothing is staged but the pace. It plays once and stays at its end.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import browser
from checkout import BOOK, ROOT
from test_hands_on import execute, forget, lab, start_kernel

SIZE = {"width": 860, "height": 640}
SCALE = 1.25  # pixels of the picture for each of the page
THREE = [(.3, .28), (.42, .2), (.58, .2), (.68, .3), (.62, .42), (.48, .48), (.64, .53), (.72, .66), (.62, .79), (.45, .83), (.28, .74)]
MOST = 500_000  # bytes


class Film:
    """Screenshots of a page, and how long each is shown."""

    def __init__(self, folder):
        self.folder, self.frames = folder, []

    def take(self, page, milliseconds):
        path = self.folder / f"{len(self.frames):03}.png"
        page.screenshot(path=path)
        self.frames.append((path, milliseconds))

    def write(self, file):
        command = ["img2webp", "-loop", "1", "-min_size", "-lossless"]
        for path, milliseconds in self.frames:
            command += ["-d", str(milliseconds), str(path)]
        subprocess.run([*command, "-o", str(file)], check=True)


def opened(page, url, token, name):
    """The chapter, with nothing around it."""
    start_kernel(url, token, name)
    page.goto(f"{url}doc/workspaces/{name.partition('-')[0]}/tree/{name}?token={token}")
    execute(browser.Page(page))
    page.wait_for_function("/\\[\\d+\\]/.test(document.querySelector('.jp-CodeCell .jp-InputPrompt').textContent)")


def show(page, selector, above):
    """Scrolls the notebook so far that there is some of what stands above the element, in pixels."""
    page.evaluate("""([selector, above]) => {
        const element = [...document.querySelectorAll(selector)].find((e) => e.textContent);
        const notebook = element.closest(".jp-WindowedPanel-outer");
        notebook.scrollTop += element.getBoundingClientRect().top - notebook.getBoundingClientRect().top - above;
    }""", [selector, above])


def trained(page, film):
    cell = page.locator(".jp-CodeCell").filter(has_text="nb.NewLive").first
    cell.scroll_into_view_if_needed()
    execute(browser.Page(page), "nb.NewLive")
    output = ".jp-CodeCell[data-picture] .jp-OutputArea"
    cell.evaluate("(cell) => { cell.dataset.picture = ''; }")
    for epoch in range(30):
        page.wait_for_function("([output, said]) => document.querySelector(output)?.textContent.includes(said)",
                               arg=[output, f"Epoch {epoch} :"])
        if epoch == 0:
            time.sleep(.5)  # until JupyterLab has gone to the next cell
        show(page, output, 60)
        film.take(page, 200)
    cell.get_by_text("of 30 epochs").wait_for(state="detached")
    show(page, output, 60)
    film.take(page, 2500)


def drawn(page, film):
    execute(browser.Page(page), "hands.DrawDigit")
    paper = page.locator(".nnplay-paper")
    paper.wait_for()
    show(page, ".nnplay-columns", 100)
    area = paper.bounding_box()
    film.take(page, 1200)
    for i, (x, y) in enumerate(THREE):
        page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"], steps=3)
        if i == 0:
            page.mouse.down()
        time.sleep(.3)
        film.take(page, 250)
    page.mouse.up()
    page.wait_for_function("/answers 3/.test(document.querySelector('.nnplay-verdict').textContent)")
    time.sleep(.5)
    film.take(page, 1000)


def main():
    if not shutil.which("img2webp"):
        sys.exit("no img2webp on PATH (Debian: apt install webp)")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copytree(BOOK, folder / "notebooks", ignore=shutil.ignore_patterns("runs", ".*"))
        for path in (folder / "notebooks").glob("*.ipynb"):
            forget(path)
        film = Film(folder)
        with lab(folder) as (url, token), browser.chromium() as chrome:
            for name, scene in [("03-gradient-descent.ipynb", trained), ("10-draw-a-digit.ipynb", drawn)]:
                with chrome.page(viewport=SIZE, device_scale_factor=SCALE) as page:
                    page.set_default_timeout(120_000)
                    opened(page, url, token, name)
                    scene(page, film)
        if len(sys.argv) > 1:
            for path, _ in film.frames:
                shutil.copy(path, sys.argv[1])
        film.write(ROOT / "docs" / "lab.webp")
        size = (ROOT / "docs" / "lab.webp").stat().st_size
        if size > MOST:
            sys.exit(f"docs/lab.webp has {size} bytes, want at most {MOST}")
        film.frames = film.frames[-1:]
        film.write(ROOT / "docs" / "lab-still.webp")


if __name__ == "__main__":
    main()
