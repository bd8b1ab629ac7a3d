"""The book as web pages that any file server can serve, or none: `make site` writes them to .lab/site.

    website.py [FOLDER]   writes to FOLDER, in place of the site that may be there

The pages ask nothing of other hosts: formulas are MathML, figures are files, and what computes in
"Draw and turn the knobs" is the book's own library as WebAssembly. The same checkout and the same
data give the same bytes. Runs in .lab/test (`make .lab/test/ok`) with tools on its path.
"""

import base64
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
from latex2mathml.converter import convert
from markupsafe import Markup
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

import lab
import mnist
import student
from cells import read, tags

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
# Of formulas: Greek capitals are upright, and this is the space around a function's name.
CAPITALS = set("ΓΔΘΛΞΠΣΦΨΩ")
THIN = "0.1667em"
SCRIPTS = {"msub", "msup", "msubsup", "munder"}


class SiteError(Exception):
    """Something in the book that the site cannot show; the text says where and what."""


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


class Words(IPythonRenderer):
    """Markdown of a file of the book, as HTML: with MathML, and with links to where the site has things."""

    def __init__(self, site, path):
        super().__init__(escape=False)
        self.site, self.path = site, path
        self.markdown = MarkdownWithMath(renderer=self)

    def html(self, text):
        made = bs4.BeautifulSoup(self.markdown.render(text), "html.parser")
        self.site.symbols.update(*(math.get_text() for math in made.find_all("math")))
        for table in made.find_all("table"):
            scrolling(made, table)
        for code in made.find_all("pre"):
            code["tabindex"] = "0"
        return Markup(str(made))

    def heading(self, text, level, **_):
        """With the anchor that JupyterLab gives it."""
        name = bs4.BeautifulSoup(text, "html.parser").get_text().replace(" ", "-")
        return f'<h{level} id="{html.escape(name)}">{text}</h{level}>\n'

    def link(self, text, url, title=None):
        return super().link(text, self.address(url), title)

    def image(self, text, url, title=None):
        return self.site.figure((self.path.parent / url).read_bytes(), text)

    def address(self, url):
        """Where the site has what the book links to."""
        if not student.relative(url):
            return url
        if url.startswith(LAB) and self.path.suffix == ".md":
            return url
        name, _, anchor = url.partition("#")
        if not name:
            return url
        file = (self.path.parent / name).resolve()
        if file.parent == BOOK and file.suffix == ".ipynb":
            name = file.stem + ".html"
        elif file == ROOT / "LICENSE":
            name = "LICENSE.txt"
        elif file.is_relative_to(BOOK) and file.is_file():
            name = self.site.copy(file, f"notebooks/{file.relative_to(BOOK)}")
        elif not (name == DRAW and self.path.suffix == ".md"):
            raise SiteError(f"{self.path.name}: the link {url} leads to nothing that the site has")
        return name + (f"#{anchor}" if anchor else "")

    def inline_math(self, body):
        return mathml(body, "inline")

    def block_math(self, body):
        """An equation on a line of its own, its number at the right."""
        number = re.search(r"\\tag\{(.+?)\}", body)
        formula = mathml(body.replace(number[0], "") if number else body, "block")
        said = f'<span class="number">({number[1]})</span>' if number else ""
        return f'<span class="equation" tabindex="0">{formula}{said}</span>'


def italic(symbol):
    """The letter that a browser shows for a variable of this name: Unicode has italics of their own."""
    for first, last, italics in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if first <= symbol <= last:
            return "ℎ" if symbol == "h" else chr(italics + ord(symbol) - ord(first))
    return {"∂": "𝜕"}.get(symbol, symbol)


def in_script(mo):
    """Whether an operator stands in an index or a power, where it is set without space."""
    row = mo.parent
    return row.name == "mrow" and row.parent.name in SCRIPTS and row.find_previous_sibling() is not None


def mathml(latex, display):
    """The formula as MathML, with what a browser must be told to set it as TeX would."""
    soup = bs4.BeautifulSoup(convert(latex.strip(), display=display), "html.parser")
    for mi in soup.find_all("mi"):
        if mi.string in CAPITALS:
            mi["mathvariant"] = "normal"
        elif mi.string == "′":
            mi.name = "mo"
        elif mi.string in ("ln", "exp", "log", "max", "min"):
            mi.name = "mo"
            after = mi.find_next_sibling()
            mi.attrs = {"form": "prefix", "lspace": THIN, "rspace": "0" if after and after.string == "(" else THIN}
    for mo in soup.find_all("mo"):
        before = mo.find_previous_sibling()
        if mo.string == "−" and before and (before.name in ("mspace", "mtext") or
                                            before.name == "mo" and before.string not in (")", "]", "′")):
            mo["form"] = "prefix"  # a sign; what stands between two terms is an operator
        elif mo.string in ("/", ".") or in_script(mo):
            mo["lspace"] = mo["rspace"] = "0"
        elif mo.string == "‖":
            mo["stretchy"] = "false"
    return str(soup)


def scrolling(soup, table):
    """Wraps a table, so that a narrow screen scrolls the table and not the page."""
    for corner in table.find_all("th"):
        if not corner.get_text(strip=True):
            corner.name = "td"  # it heads nothing
            corner.attrs.clear()
    table.wrap(soup.new_tag("div", attrs={"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "table"}))


class Chapter:
    """A notebook as the body of a page."""

    def __init__(self, site, path):
        self.site, self.path = site, path
        self.words = Words(site, path)
        self.highlight = Highlight2HTML(pygments_lexer="go")

    def body(self, nb):
        parts = []
        for number, cell in enumerate(nb.cells, 1):
            try:
                parts.append(self.words.html(cell.source) if cell.cell_type == "markdown" else self.cell(cell))
            except SiteError as err:
                raise SiteError(f"{self.path.name}, cell {number}: {err}") from None
        return Markup("\n".join(parts))

    def cell(self, cell):
        if "exercise" in tags(cell):
            solved = "\n".join(line for line in cell.source.split("\n")
                               if not student.BEGIN.fullmatch(line) and not student.END.fullmatch(line))
            return (self.code(student.stub(cell.source)) + "<details><summary>Solution</summary>\n"
                    + self.code(solved) + self.outputs(cell) + "</details>\n")
        if "interactive" in tags(cell):
            return (self.code(cell.source) + '<p class="note">In JupyterLab, this cell waits for you. Here, its place is '
                    f'<a href="{DRAW}">Draw and turn the knobs</a>.</p>\n')
        return self.code(cell.source) + self.outputs(cell)

    def code(self, source):
        lines = bs4.BeautifulSoup(self.highlight(source), "html.parser").pre.decode_contents().strip("\n")
        return f'<pre class="code" tabindex="0"><code>{lines}</code></pre>\n'

    def outputs(self, cell):
        return "".join(f'<div class="output">{self.output(out)}</div>\n' for out in cell.outputs)

    def output(self, out):
        if out.output_type == "stream":
            return f'<pre tabindex="0"><samp>{html.escape(out.text)}</samp></pre>'
        if set(out.get("data", {})) - {"image/png", "text/html", "text/plain"} or "text/html" not in out.data:
            raise SiteError(f"an output that is not known here: {out.output_type}, {list(out.get('data', {}))}")
        soup = bs4.BeautifulSoup(out.data["text/html"], "html.parser")
        if "image/png" in out.data:
            return self.site.figure(base64.b64decode(out.data["image/png"]), soup.img["alt"], soup.img["width"])
        for table in soup.find_all("table"):
            scrolling(soup, table)
        return str(soup)


if __name__ == "__main__":
    main()
