"""The book as web pages that any file server can serve, or none: `make site` writes them to .lab/site.

    website.py [FOLDER]   writes to FOLDER, in place of the site that may be there

The pages ask nothing of other hosts: formulas are MathML, figures are files, and what computes in
"Draw and turn the knobs" is the book's own library as WebAssembly. The same checkout and the same
data give the same bytes. Runs in .lab/test (`make .lab/test/ok`) with tools on its path.
"""

import gzip
import hashlib
import html
import importlib.util
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import bs4
import jinja2
from fontTools import subset
from markupsafe import Markup

import lab
import mnist
import student
from cells import read
from chapters import Chapter, SiteError, Words, italic

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = ROOT / "notebooks"
PARTS = ROOT / "web" / "pages"
HANDS = ROOT / "web" / "hands"
ENGINE = ROOT / "web" / "engine"
LOOPS = ROOT / "nnlib" / "internal" / "arith"
# Images that the page trains on, and tests with: few enough to be fetched, enough to learn from.
IMAGES = (10_000, 2_000)
DRAW = "draw.html"
LAB = "lab/lab/index.html"  # JupyterLite, see lab.py
STAMP = ".nojekyll"  # says that the folder is ours; GitHub Pages then serves all files as they are


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".lab" / "site")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / STAMP).exists():
            sys.exit(f"site: {folder} holds something else than a site")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).touch()
    try:
        digits = Site(folder).build()
        lab.write(folder / "lab")
    except (SiteError, lab.LabError) as err:
        sys.exit(f"site: {err}")
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"{len(files)} files, {size:.1f} MB, in {folder} ({digits})")
    print(f"to look at it: {os.environ.get('PYTHON', 'python3')} -m http.server -d {folder} --bind 127.0.0.1")


class Site:
    """The site in its folder. References of all pages are relative to the folder: they all lie in it."""

    draw = DRAW

    def __init__(self, folder):
        self.folder = folder
        self.symbols = {"√"}  # in the formulas; a root's sign is in no text
        self.page = jinja2.Environment(
            loader=jinja2.FileSystemLoader(PARTS), autoescape=True, trim_blocks=True, lstrip_blocks=True,
            undefined=jinja2.StrictUndefined).get_template("page.html")

    def build(self):
        """Writes all of it; says what digits the page trains on."""
        paths = sorted(BOOK.glob("*.ipynb"))
        notebooks = [read(path) for path in paths]
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        names = {file: name for name, file in re.findall(r"\[(.+?)\]\(notebooks/(.+?)\.ipynb\)", readme)}
        stops = [("index.html", "Contents")]
        for path, nb in zip(paths, notebooks):
            stops.append((path.stem + ".html", names.get(path.stem) or title(nb)))
        stops.append((DRAW, "Draw and turn the knobs"))
        for i, (path, nb) in enumerate(zip(paths, notebooks), 1):
            self.copy(path, f"notebooks/{path.name}")
            self.copy(path.parent / student.FOLDER / path.name, f"notebooks/{student.FOLDER}/{path.name}")
            self.write(stops, i, Chapter(self, path).body(nb), notebook=path.name)
        digits = self.engine()
        plays = {"digits": "mnist" if digits == "MNIST" else "drawn", "play": True}
        title_end = Markup("</h1>")
        before, after = self.index(readme).split(title_end, 1)
        self.write(stops, 0, Markup(before + title_end + self.hands("draw", "front") + after), **plays)
        page = jinja2.Template((PARTS / "draw.html").read_text(encoding="utf-8"))
        self.write(stops, len(stops) - 1, Markup(page.render(
            mnist=digits == "MNIST", draw=self.hands("draw"), knobs=self.hands("knobs"), lab=LAB)), **plays)
        self.fonts()
        self.copy(PARTS / "site.css", "site.css")
        self.copy(PARTS / "site.js", "site.js")
        self.copy(ROOT / "LICENSE", "LICENSE.txt")
        return digits

    def write(self, stops, at, body, **more):
        """Writes the page stops[at], with links to its neighbours."""
        address, name = stops[at]
        words = bs4.BeautifulSoup(body, "html.parser")
        toc = [(heading["id"], heading.get_text()) for heading in words.find_all("h2") if heading.get("id")]
        text = self.page.render(
            title=name if at else "nnbook", body=body, toc=toc, here=address, lab=LAB,
            previous=stops[at - 1] if at else None, next=stops[at + 1] if at + 1 < len(stops) else None,
            **{"notebook": None, "play": False, "digits": None, **more})
        (self.folder / address).write_text(text, encoding="utf-8", newline="\n")

    def index(self, readme):
        """The contents, in the words of the README."""
        sections = dict(re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", readme))
        opening = readme[:readme.index("\n## ")]
        table = re.search(r"(?ms)^\|.*?(?=\n\n)", sections["Chapters"])[0]
        own = jinja2.Template((PARTS / "index.md").read_text(encoding="utf-8")).render(
            opening=opening, map=table, thanks=sections["Thanks, and licence"], draw=DRAW, lab=LAB)
        return Words(self, ROOT / "README.md").html(own)

    def hands(self, purpose, kind=""):
        """The place of a part to play with, which page.js fills; with what there is to load, in bytes."""
        needed = [path for path in (self.folder / "play").glob("*.gz") if purpose == "knobs" or not path.name.startswith("train")]
        needed += [self.folder / "play" / "reader.npz"] * (purpose == "draw")
        blank = ' data-blank="Draw a digit on the paper, with mouse, finger or pen."' if purpose == "draw" else ""
        return Markup(f'<div class="hands {kind}" id="{purpose}" data-bytes="{sum(path.stat().st_size for path in needed)}"{blank}>'
                "<noscript><p>This part needs JavaScript.</p></noscript></div>\n")

    def copy(self, source, name):
        """Copies a file of the book to this name of the site, and returns the name."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return name

    def address(self, path, name):
        """Where the site has what the file of the book at path links to by this name."""
        file = (path.parent / name).resolve()
        if file.parent == BOOK and file.suffix == ".ipynb":
            return file.stem + ".html"
        if file == ROOT / "LICENSE":
            return "LICENSE.txt"
        if file.is_relative_to(BOOK) and file.is_file():
            return self.copy(file, f"notebooks/{file.relative_to(BOOK)}")
        if path.suffix == ".md" and name.partition("?")[0] in (DRAW, LAB):  # the site's own words
            return name
        raise SiteError(f"{path.name}: the link {name} leads to nothing that the site has")

    def figure(self, png, alt, width=None):
        """The <img> of a figure, whose file is shared by all pages that show it."""
        if not alt:
            raise SiteError("a figure without alt text")
        name = f"figures/{hashlib.sha256(png).hexdigest()[:16]}.png"
        target = self.folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(png)
        pixels = struct.unpack(">II", png[16:24])  # of the header that each PNG begins with
        width = int(width or pixels[0])
        height = round(width * pixels[1] / pixels[0])
        return Markup(f'<img src="{name}" alt="{html.escape(alt)}" width="{width}" height="{height}" loading="lazy">')

    def fonts(self):
        """Writes the fonts of formulas and headings: STIX Two Math, of which what the book needs is left, and its licence inside."""
        self.font("formulas", self.symbols | set(map(italic, self.symbols)))
        self.font("headings", set(map(chr, range(0x20, 0x7F))) | set("’“”–—…×·→←éöüηλσδ∇∂√"))

    def font(self, name, symbols):
        options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True,
                                 name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
        package = pathlib.Path(importlib.util.find_spec("ziamath").origin).parent
        font = subset.load_font(package / "fonts" / "STIXTwoMath-Regular.ttf", options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted(symbols)))
        subsetter.subset(font)
        subset.save_font(font, self.folder / f"{name}.woff", options)

    def engine(self):
        """Writes what computes in the page, and the digits it learns from; says what they are."""
        play = self.folder / "play"
        play.mkdir()
        env = os.environ | {"GOOS": "js", "GOARCH": "wasm", "CGO_ENABLED": "0", "GOFLAGS": ""}
        program = play / "nnbook.wasm"
        run("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s", "-tags=wasmsimd", "-o", program, "./web/engine", env=env)
        pack(play / "nnbook.wasm.gz", program.read_bytes())  # a quarter; few file servers would pack it
        program.unlink()
        goroot = pathlib.Path(run("go", "env", "GOROOT").strip())
        self.copy(goroot / "lib" / "wasm" / "wasm_exec.js", "play/wasm_exec.js")
        for file in [HANDS / "play.js", HANDS / "draw.js", HANDS / "knobs.js", HANDS / "play.css", PARTS / "worker.js", PARTS / "page.js",
                     LOOPS / "loops_simd.wasm", LOOPS / "loops_relaxed.wasm", ENGINE / "loops.js", ENGINE / "mount.js"]:
            self.copy(file, f"play/{file.name}")
        self.copy(BOOK / "data" / "reader.npz", "play/reader.npz")
        if os.environ.get("NNBOOK_DIGITS") == "drawn":
            return "digits that the page draws itself"
        run("go", "build", "-buildvcs=false", "-o", mnist.NNBOOK, "./cmd/nnbook")
        try:
            mnist.write(play, *IMAGES)
        except mnist.Missing as why:
            return f"digits that the page draws itself, as MNIST cannot be had: {why}"
        return "MNIST"


def pack(path, content):
    """Writes the content, packed: the same bytes each time, without a name and a time in them."""
    path.write_bytes(gzip.compress(content, 9, mtime=0))


def run(*command, env=None):
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SiteError(done.stdout)
    return done.stdout


def title(nb):
    return re.match(r"# (.+)", nb.cells[0].source)[1]


if __name__ == "__main__":
    main()
