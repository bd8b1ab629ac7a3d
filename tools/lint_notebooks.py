"""What is wrong with a notebook as it is stored, seen without running it. docs/authoring.md has the rules."""

import decimal
import pathlib
import re
import urllib.parse

import student
from cells import METADATA, TAGS, code, halves, parts, tags

CELL_LINES = 25
CELL_COLUMNS = 78
SOLUTION_LINES = 10
MINUTES = 35  # what a reader takes in at one sitting


def faults(nb, verdict="passed"):
    """One text per fault. verdict is what each exercise must answer: passed, or in the student edition not yet."""
    found = []
    if nb.metadata != METADATA:  # by which JupyterLab, VS Code and Pygments, which colours the pages, know what it is
        found.append(f"its metadata say {dict(nb.metadata)}, want {METADATA}: make notebooks")
    if not nb.cells or nb.cells[0].cell_type != "markdown":
        found.append("its first cell is not text")
    open_ = [cell.id for cell in student.predicted(nb)] if verdict == "not yet" else []
    asked = [cell.id for cell in student.asked(nb)]
    for want, (number, cell) in enumerate(code(nb), 1):
        if cell.id in open_:
            if cell.execution_count or cell.outputs:
                found.append(f"cell {number}: outputs that the reader is asked to predict")
        elif cell.execution_count != want:
            found.append(f"cell {number}: prompt {cell.execution_count}, want {want}: not run from top to bottom")
        if "error" in parts(cell):
            found.append(f"cell {number}: an error is stored")
    for number, cell in enumerate(nb.cells, 1):
        of = []
        if not cell.source.strip():
            of.append("empty")
        of += [f"tag {tag!r} says nothing" for tag in tags(cell) if tag not in TAGS[cell.cell_type]]
        if cell.cell_type == "code":
            of += code_faults(cell)
            if cell.id in asked:
                of += [f"its code says what a reader is asked to predict: {text!r} (nb.AltText calls it by a name)"
                       for text in sentences(cell.source)]
        elif not alt_everywhere(cell.source) or "![](" in cell.source:
            of.append("an image without alt text")
        if "exercise" in tags(cell):
            of += exercise_faults(cell, nb.cells[number - 2] if number > 1 else None, verdict)
        elif "SOLUTION" in cell.source:
            of.append("a solution in a cell without the tag exercise")
        if "interactive" in tags(cell) and [below.cell_type for below in nb.cells[number:number + 2]] != ["markdown", "code"]:
            of.append("nothing below it for those who only read: a text, and a cell that shows a still")
        found += [f"cell {number}: {text}" for text in of]
    return found + ([*wrong_minutes(nb), *unproven(nb)] if verdict == "passed" else [])  # the student edition has the same text


# What is the reader's own time: what is folded, shell lines, questions, exercises; and the sources.
OWN_TIME = re.compile(r"<details>.*?</details>|```.*?```|^## (?:Questions|Exercises)\n.*?(?=^## |\Z)|"
                      r"^\*\*(?:Exercise|Sources|Find out|To derive|A project).*?(?=^#|\Z)", re.MULTILINE | re.DOTALL)


def minutes(nb):
    """How long the open text and the code take to read once, at 220 words and 40 lines a minute."""
    words = sum(len(OWN_TIME.sub("", cell.source).split()) for cell in nb.cells if cell.cell_type == "markdown")
    lines = sum(bool(line.strip()) for cell in nb.cells if cell.cell_type == "code" and "exercise" not in tags(cell)
                for line in cell.source.split("\n"))
    return words / 220 + lines / 40


def wrong_minutes(nb):
    """Whether a chapter is too long; and what it says of its minutes, where that is missing or off by more than a fifth."""
    takes, said = minutes(nb), False
    if takes > MINUTES:
        yield f"it takes {takes:.1f} minutes to read, want at most {MINUTES}: fold, shorten or split"
    for number, cell in enumerate(nb.cells, 1):
        for stated in re.findall(r"\babout (\d+) minutes to read\b", cell.source, re.IGNORECASE):
            said = True
            if abs(int(stated) - takes) > takes / 5:
                yield f"cell {number}: {stated} minutes to read, and it takes {takes:.0f}"
    if takes >= 1 and not said:
        yield f'it does not say how long it takes, in digits: "about {takes:.0f} minutes to read"'


def code_faults(cell):
    lines = cell.source.split("\n")
    if len(lines) > CELL_LINES:
        yield f"{len(lines)} lines, want at most {CELL_LINES}"
    for i, line in enumerate(lines, 1):
        if (columns := len(line.expandtabs(4))) > CELL_COLUMNS:
            yield f"line {i} has {columns} columns, want at most {CELL_COLUMNS}"
    if re.search(r'"(\.\./)*data/', cell.source):
        yield "a path into data/, which the student edition does not find: use nb.DataFile"
    for out in cell.outputs:
        data = out.get("data", {})
        html = data.get("text/html", "")
        image = any(mime.startswith("image/") for mime in data)
        if not alt_everywhere(html) or image and "<img" not in html:
            yield "an image without alt text"
        if re.search(r'<img\b[^>]*\balt="[^"]*[^".]"', html):
            yield "an alt text that is no sentence: it ends without a full stop"


def alt_everywhere(html):
    """Whether each <img> has an alt text that says something."""
    return all(re.search(r'\balt="[^"]+"', tag) for tag in re.findall(r"<img\b[^>]*>", html))


STRING = r'"(?:[^"\\\n]|\\.)*"'


def sentences(source):
    """How the sentences among the strings in code begin, but for those that are printed: alt texts."""
    for found in re.finditer(rf"(fmt\.\w+\(\s*)?({STRING}(?:\s*\+\s*{STRING})*)", source):
        text = "".join(literal[1:-1] for literal in re.findall(STRING, found[2]))
        if not found[1] and re.search(r"\s", text) and text.endswith("."):
            yield text[:40]


def exercise_faults(cell, before, verdict):
    if others := sorted(set(tags(cell)) - {"exercise"}):
        yield f"an exercise that is tagged {', '.join(others)} as well"
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    if verdict == "passed":
        solutions = student.solutions(cell.source)
        if not solutions:
            yield "an exercise without a pair of // BEGIN SOLUTION and // END SOLUTION"
        for lines in solutions or []:
            if not 0 < len(lines) <= SOLUTION_LINES:
                yield f"a solution of {len(lines)} lines, want 1 to {SOLUTION_LINES}"
        if not hidden:
            yield "an exercise whose solution is not folded (metadata jupyter.source_hidden)"
    elif hidden:
        yield "an exercise that is folded"
    if before is None or before.cell_type != "markdown" or not re.search(r"(?s)<details>.*</details>", before.source):
        yield "an exercise without a hint, <details>, in the text before it"
    if not checks(cell):
        yield "an exercise without a call of its check, exercise.…"
    if wrong := wrong_verdicts(cell, verdict):
        yield wrong


def checks(cell):
    """How many checks an exercise calls."""
    return len(re.findall(r"\bexercise\.[A-Z]\w*\(", halves(cell.source)[1]))


def wrong_verdicts(cell, verdict):
    """What an exercise answers, if that is not as many times the verdict as it calls checks."""
    answers = re.findall(r"(?m)^(passed|not yet): ", parts(cell).get("stdout", ""))
    if answers != [verdict] * checks(cell):
        return f"an exercise that answers {', '.join(answers) or 'nothing'}, want {verdict} from each of its checks"
    return None


def dead_links(nb, folder, book):
    """The links that lead nowhere, or out of the book's folder, where JupyterLab opens nothing."""
    found = []
    for number, cell in enumerate(nb.cells, 1):
        if cell.cell_type != "markdown":
            continue
        for _, target in student.LINK.findall(cell.source):
            if not student.relative(target):
                continue
            file = pathlib.Path(folder, urllib.parse.unquote(target.partition("#")[0])).resolve()
            if not file.is_relative_to(book.resolve()):
                found.append(f"cell {number}: the link {target} leads out of {book.name}, where JupyterLab opens nothing")
            elif not file.exists():
                found.append(f"cell {number}: the link {target} leads nowhere")
    return found


# A number that is no claim about a result: a bound or an approximation, by the word before it.
LOOSE = (r"\b(?:about|around|roughly|near|nearly|almost|below|above|over|under|beyond|than|between|say|such as|"
         r"for example|at most|at least)\s+|[≈~<>≤≥]\s*")
NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[^\W\d_]*)")


def unproven(nb):
    """The numbers in the text that nothing shows: one text per number."""
    known = shown_numbers(nb)
    found = []
    for number, cell in enumerate(nb.cells, 1):
        if cell.cell_type == "markdown" and "cited" not in tags(cell):
            found += [f"cell {number}: {literal} is in no output and no code: print it, or correct it "
                      "(or tag the cell cited, if it names the number's source)"
                      for literal, value in claims(cell.source) if value not in known]
    return found


def claims(source):
    """The numbers in a text that must be shown somewhere, as (as written, value)."""
    for literal in re.findall(r"[\w.,]+", prose(source)):
        literal = literal.strip(".,")
        if plain := NUMBER.fullmatch(literal):
            whole = plain[1].replace(",", "").partition(".")[0]
            year = re.fullmatch(r"(19|20)\d\d", plain[1])
            round_ = "." not in plain[1] and len(whole.strip("0")) <= 1  # 60,000
            if ("." in plain[1] or len(whole) >= 4) and not year and not round_:
                yield plain[1], value(plain[1])


def prose(source):
    """A text without what makes no claims: code, equations, links, headings, predictions, loose numbers."""
    source = re.sub(r"(?s)```.*?```|``.*?``|`[^`]*`", " ", source)
    source = re.sub(r"(?s)\$\$.*?\$\$|\\\[.*?\\\]|\\\(.*?\\\)|(?<!\\)\$[^$]*\$", " ", source)
    source = re.sub(r"\]\([^)]*\)|</?[A-Za-z][^>]*>|\bhttps?://\S+", " ", source)
    source = re.sub(r"(?m)^#+ .*$", "", source)
    source = re.sub(r"(?m)^\*\*Predict.*(?:\n.+)*(?:\n\n?(?:[-*] |\w[.)] ).*)*", "", source)  # with its options
    source = re.sub(r",(?!\d{3}(?!\d))", ", ", source)
    some = r"\d[\d.,]*(?<![.,])"
    return re.sub(rf"(?i)(?:{LOOSE})[−-]?{some}(?:(?:,| or| and| to|,? or|–|-) ?[−-]?{some}(?![\w%]))*", " ", source)


def shown_numbers(nb):
    """The numbers in outputs and in code, but not in its comments and strings, which are prose as well."""
    known = set()
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        source = re.sub(r'"(?:[^"\\\n]|\\.)*"|//.*', " ", cell.source)
        texts = [re.sub(r"(?<=\d)_(?=\d)", "", source)]
        for what, text in parts(cell).items():
            if what == "stdout" or what.endswith(("text/plain", "text/html", "text/markdown")):
                texts.append(re.sub(r"<[^>]*>", " ", text))
        for text in texts:
            known |= numbers(text)
    return known


def numbers(text):
    """The numbers in a text, and the percentages that it implies."""
    known = set()
    with decimal.localcontext(decimal.Context(traps=[])):  # 1e999999999999999999999 is none of them
        for mantissa, exponent in re.findall(r"(?<![\w.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+)(e[-+]?\d+)?", text):
            known |= {value(mantissa), value(mantissa + exponent)}
        for count, total in re.findall(r"(\d+) (?:/|of|out of) (\d[\d,]*\d)", text):
            share = 100 * value(count) / max(1, value(total))
            known |= {share.quantize(decimal.Decimal(unit), rounding)
                      for unit in ("0.1", "0.01") for rounding in (decimal.ROUND_HALF_UP, decimal.ROUND_HALF_EVEN)}
    return known


def value(literal):
    return decimal.Decimal(literal.replace(",", ""))
