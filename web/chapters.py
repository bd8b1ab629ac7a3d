"""A file of the book as the body of a web page: text with MathML, code, and what it printed and drew.

web/website.py asks for it, and says where the site has what a page refers to.
"""

import base64
import html
import re

import bs4
from latex2mathml.converter import convert
from markupsafe import Markup
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

import student
from cells import tags

# Of formulas: Greek capitals are upright, and this is the space around a function's name.
CAPITALS = set("ΓΔΘΛΞΠΣΦΨΩ")
THIN = "0.1667em"
SCRIPTS = {"msub", "msup", "msubsup", "munder"}


class SiteError(Exception):
    """Something in the book that the site cannot show; the text says where and what."""


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
        for figure in made.find_all("figure"):
            figure.parent.unwrap()  # a paragraph holds no figure
        for asked in made.find_all("p", recursive=False):
            if begins(asked, "Predict"):
                card = asked.wrap(made.new_tag("div", attrs={"class": "predict"}))
                options = next((block for block in card.next_siblings if block.name), None)
                if options is not None and options.name in ("ul", "ol"):
                    card.append(options)
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
        name, _, anchor = url.partition("#")
        if name:
            name = self.site.address(self.path, name)
        return name + (f"#{anchor}" if anchor else "")

    def inline_math(self, body):
        return mathml(body, "inline")

    def block_math(self, body):
        """An equation on a line of its own, its number at the right."""
        number = re.search(r"\\tag\{(.+?)\}", body)
        formula = mathml(body.replace(number[0], "") if number else body, "block")
        said = f'<span class="number">({number[1]})</span>' if number else ""
        return f'<span class="equation">{formula}{said}</span>'


def begins(block, word):
    """Whether a paragraph begins with this word in bold."""
    first = next((part for part in block.contents if str(part).strip()), None)
    return block.name == "p" and getattr(first, "name", "") == "strong" and first.get_text().startswith(word)


def answering(words):
    """The text after a prediction's cells in two parts: the paragraph that answers it, with the lists after it, and the rest."""
    made = bs4.BeautifulSoup(words, "html.parser")
    answer = []
    for block in [block for block in made.contents if block.name]:
        if not answer and (block.name != "p" or begins(block, "Exercise")):
            break
        if answer and not answer[-1].get_text().rstrip().endswith(":") and block.name not in ("ul", "ol"):
            break
        answer.append(block.extract())
    return "\n".join(map(str, answer)), str(made)


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
    for power in soup.find_all("msup"):
        prime = power.find_all(recursive=False)[1]
        if prime.get_text() == "′":  # the sign is a small raised one already
            prime.replace_with(soup.new_tag("mo", attrs={"class": "prime", "lspace": "0", "rspace": "0"}, string="′"))
            power.name = "mrow"
    for mo in soup.find_all("mo"):
        before = mo.find_previous_sibling()
        if mo.string == "−" and before and (before.name in ("mspace", "mtext") or
                                            before.name == "mo" and before.string not in (")", "]", "′")):
            mo["form"] = "prefix"  # a sign; what stands between two terms is an operator
        elif mo.string in ("/", ".") or in_script(mo):
            mo["lspace"] = mo["rspace"] = "0"
        elif mo.string == "‖":
            mo["stretchy"] = "false"
        elif mo.string == "⊙":
            mo["largeop"] = "false"
    for root in soup.find_all("msqrt"):  # as high as its sign, which else sinks below the line
        root.insert(0, soup.new_tag("mspace", attrs={"height": "0.68em" if display == "block" else "0.76em", "depth": "0.26em"}))
    return str(soup)


def scrolling(soup, table):
    """Wraps a table, so that a narrow screen scrolls the table and not the page."""
    for corner in table.find_all("th"):
        if not corner.get_text(strip=True):
            corner.name = "td"  # it heads nothing
            corner.attrs.clear()
    table.wrap(soup.new_tag("div", attrs={"class": "scroll", "role": "group", "aria-label": "table"}))


# What begins a cell: imports. And of what it does, the statements that only draw.
IMPORTS = re.compile(r"(?:import (?:\((?:.|\n)*?^\)|.+)(?:\n+|\Z))+", re.MULTILINE)
DRAWS = re.compile(r"\bnb\.Show\(|\bnnplot\.|\bplotter\.|\bfigure\.|\.Done\(")
SHOWS = re.compile(r"\bPrint|\bnb\.Table|\.SGD\(")
STATEMENT = re.compile(r"(?:^//.*\n)*^[^\t\n].*\n?(?:^(?:[\t})].*|nb\.Check\(err\)|)(?:\n|\Z))*", re.MULTILINE)
FOLD = 3  # lines; fewer are shown


def parts(source):
    """A cell's code in parts: (what it is folded under, or None; the code)."""
    above, split, below = source.rpartition("%%\n") if "%%\n" in source else (source, "", "")
    imports = IMPORTS.match(above)
    found = [("Imports", imports[0])] if imports else []
    found += [(None, above[imports.end() if imports else 0:]), ("", split)]
    for statement in STATEMENT.findall(below):
        what = "What draws the figure" if DRAWS.search(statement) and not SHOWS.search(statement) else None
        if found[-1][0] == what:
            found[-1] = (what, found[-1][1] + statement)
        else:
            found.append((what, statement))
    return [(what if what == "" or code.strip().count("\n") + 1 >= FOLD else None, code) for what, code in found if code.strip()]


class Chapter:
    """A notebook as the body of a page."""

    def __init__(self, site, path):
        self.site, self.path = site, path
        self.words = Words(site, path)
        self.highlight = Highlight2HTML(pygments_lexer="go")

    def body(self, nb):
        """The cells in their order. What comes out after a prediction is folded, with the paragraph that answers it."""
        page, answer, asked = [], [], False
        for number, cell in enumerate(nb.cells, 1):
            try:
                if cell.cell_type == "markdown":
                    words = self.words.html(cell.source)
                    asked_next = 'class="predict"' in words
                    if answer:
                        said, words = answering(words)
                        page.append(fold("answer", "See what happens", "\n".join([*answer, said])))
                    page.append(words)
                    answer, asked = [], asked_next
                    continue
                code, outputs = self.cell(cell)
                if answer or asked and outputs:
                    page.extend([] if answer else [code])
                    answer.append(code + outputs if answer else outputs)
                else:
                    page.append(f'<div class="cell">{code}{outputs}</div>\n' if outputs else code)
            except SiteError as err:
                raise SiteError(f"{self.path.name}, cell {number}: {err}") from None
        return Markup("\n".join([*page, *answer]))

    def cell(self, cell):
        """A cell's code, and what came out of it."""
        if "exercise" in tags(cell):
            solved = "\n".join(line for line in cell.source.split("\n")
                               if not student.BEGIN.fullmatch(line) and not student.END.fullmatch(line))
            return self.code(student.stub(cell.source)) + fold("solution", "Solution", self.code(solved) + self.outputs(cell)), ""
        if "interactive" in tags(cell):
            note = "In a notebook, this cell runs until you stop it."
            if "hands." in cell.source:
                place = self.site.draw + ("#Turn-the-knobs" if "Knobs" in cell.source else "#Draw-a-digit")
                note = f'In a notebook, this cell waits for your hands. <a href="{place}">Here, its place is a page of its own.</a>'
            return f'<div class="cell">{self.code(cell.source)}<p class="note">{note}</p></div>\n', ""  # it stores no outputs
        return self.code(cell.source), self.outputs(cell)

    def code(self, source):
        """The code, with imports and what only draws folded; %% is there, but not seen."""
        made = []
        for what, code in parts(source):
            lines = bs4.BeautifulSoup(self.highlight(code), "html.parser").pre.decode_contents().strip("\n")
            if what == "":
                made.append('<pre class="split"><code>%%</code></pre>')
            elif what:
                made.append(fold("fold", what, f"<pre><code>{lines}</code></pre>"))
            else:
                made.append(f"<pre><code>{lines}</code></pre>")
        return f'<div class="code">{"".join(made)}</div>\n'

    def outputs(self, cell):
        made = "".join(f'<div class="output">{self.output(out)}</div>\n' for out in cell.outputs)
        return made and f'<div class="outputs" role="group" aria-label="Output">{made}</div>\n'

    def output(self, out):
        if out.output_type == "stream":
            return f"<pre><samp>{html.escape(out.text)}</samp></pre>"
        if set(out.get("data", {})) - {"image/png", "text/html", "text/plain"} or "text/html" not in out.data:
            raise SiteError(f"an output that is not known here: {out.output_type}, {list(out.get('data', {}))}")
        soup = bs4.BeautifulSoup(out.data["text/html"], "html.parser")
        if "image/png" in out.data:
            return self.site.figure(base64.b64decode(out.data["image/png"]), soup.img["alt"], soup.img["width"])
        for table in soup.find_all("table"):
            scrolling(soup, table)
        return str(soup)


def fold(kind, summary, content):
    return f'<details class="{kind}"><summary>{summary}</summary>\n{content}</details>\n'
