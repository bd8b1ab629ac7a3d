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
import licences
import mnist
import publish
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
        site = Site(folder)
        digits = site.build()
        licences.write(folder, site.pages, lab.write(folder / "lab"))
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
        self.pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(PARTS), autoescape=True, trim_blocks=True, lstrip_blocks=True,
            undefined=jinja2.StrictUndefined)

    def build(self):
        """Writes all of it; says what digits the page trains on."""
        paths = sorted(BOOK.glob("*.ipynb"))
        notebooks = [read(path) for path in paths]
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        rows = {file: (name, question) for name, file, question in
                re.findall(r"(?m)^\| \[(.+?)\]\(notebooks/(.+?)\.ipynb\) \| (.+?) \|$", readme)}
        stops = [("index.html", "Contents")]
        cards = []
        for path, nb in zip(paths, notebooks):
            name, question = rows.get(path.stem, (title(nb), ""))
            stops.append((path.stem + ".html", name))
            minutes = re.search(r"(\d+) minutes", "".join(cell.source for cell in nb.cells if cell.cell_type == "markdown"))
            cards.append((path.stem, name, question, minutes and minutes[1]))
        stops.append((DRAW, "Draw and turn the knobs"))
        for i, (path, nb) in enumerate(zip(paths, notebooks), 1):
            self.copy(path, f"notebooks/{path.name}")
            self.copy(path.parent / student.FOLDER / path.name, f"notebooks/{student.FOLDER}/{path.name}")
            self.write(stops, i, Chapter(self, path).body(nb), notebook=path.name)
        digits = self.engine()
        plays = {"digits": "mnist" if digits == "MNIST" else "drawn", "play": True}
        self.write(stops, 0, self.index(readme, cards), **plays)
        self.write(stops, len(stops) - 1, Markup(self.pages.get_template("draw.html").render(
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
        text = self.pages.get_template("page.html").render(
            title=name if at else "nnbook", body=body, toc=toc, here=at, stops=stops, lab=LAB,
            **{"notebook": None, "play": False, "digits": None, **more})
        (self.folder / address).write_text(text, encoding="utf-8", newline="\n")

    def index(self, readme, cards):
        """The front page, in the words of the README."""
        sections = dict(re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", readme))
        words = Words(self, ROOT / "README.md")
        marks = bs4.BeautifulSoup((PARTS / "marks.svg").read_text(encoding="utf-8"), "html.parser")
        drawings = {mark["id"]: Markup(mark.decode_contents()) for mark in marks.find_all("symbol")}
        inline = lambda text: Markup(words.html(text).strip().removeprefix("<p>").removesuffix("</p>"))
        return Markup(self.pages.get_template("index.html").render(
            hands=self.hands("draw", "front"), opening=words.html(opening(readme)), thanks=words.html(sections["Thanks, and licence"]),
            cards=[(stem, name, inline(question), minutes, drawings.get(stem, drawings["else"])) for stem, name, question, minutes in cards],
            draw=DRAW, lab=LAB))

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
        """A figure with its caption; its file is shared by all pages that show it."""
        if not alt:
            raise SiteError("a figure without alt text")
        name = f"figures/{hashlib.sha256(png).hexdigest()[:16]}.png"
        target = self.folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(png)
        pixels = struct.unpack(">II", png[16:24])  # of the header that each PNG begins with
        width = int(width or pixels[0])
        height = round(width * pixels[1] / pixels[0])
        alt = html.escape(alt)
        # Whoever hears the page hears the text once, as the picture's.
        return Markup(f'<figure><a href="{name}"><img src="{name}" alt="{alt}" width="{width}" height="{height}" loading="lazy"></a>'
                      f'<figcaption aria-hidden="true">{alt}</figcaption></figure>')

    def fonts(self):
        """Writes the fonts, STIX Two for text and formulas alike, and their licence."""
        package = lab.packages(PARTS) / "node_modules" / "@fontsource-variable" / "stix-two-text"
        for file in ("latin-wght-normal", "latin-wght-italic", "greek-wght-normal"):
            self.copy(package / "files" / f"stix-two-text-{file}.woff2", f"fonts/{file}.woff2")
        self.copy(package / "LICENSE", "fonts/LICENSE.txt")
        # Of the formulas' font, what the book needs is left.
        options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True,
                                 name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
        package = pathlib.Path(importlib.util.find_spec("ziamath").origin).parent
        font = subset.load_font(package / "fonts" / "STIXTwoMath-Regular.ttf", options)
        # A browser leaves room beside each root for its sign's widest form: two heights are enough here.
        variants = font["MATH"].table.MathVariants
        root = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])]
        root.MathGlyphVariantRecord, root.GlyphAssembly, root.VariantCount = root.MathGlyphVariantRecord[:2], None, 2
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted(self.symbols | set(map(italic, self.symbols)))))
        subsetter.subset(font)
        subset.save_font(font, self.folder / "fonts" / "formulas.woff", options)

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


def opening(readme):
    """What the README says before its first heading, less an owner's badges: those are images of other hosts."""
    readme = publish.BADGES.sub("", readme)
    return readme[readme.index("\n\n"):readme.index("\n## ")]


def title(nb):
    return re.match(r"# (.+)", nb.cells[0].source)[1]


if __name__ == "__main__":
    main()
