"""The student edition of a notebook: the same, with the solutions left out.

A solution stands between two comments, and the stub, if any, in the first of them:

    // BEGIN SOLUTION: return 0
    return 1 / (1 + math.Exp(-z))
    // END SOLUTION

The student edition has in its place `// your code here` and the stub. What a reader is asked to
predict is left out as well, the outputs of the cells between a **Predict** and the next text; and
the paragraph of that text which answers is folded.
"""

import copy
import posixpath
import re

import nbformat

from cells import tags

FOLDER = "student"
BEGIN = re.compile(r"(\s*)// BEGIN SOLUTION(?:: (.+))?")
END = re.compile(r"\s*// END SOLUTION")
LINK = re.compile(r"""(\]\(|\b(?:src|href)=")([^)"\s]+)""")


def edition(source, name, ran=None):
    """The student edition of the source notebook of this name; exercises show what they do in ran."""
    nb = copy.deepcopy(source)
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(lambda link: link[1] + moved(link[2]), cell.source)
        elif "exercise" in tags(cell):
            cell.source = stub(cell.source)
            cell.outputs = copy.deepcopy(ran.cells[i].outputs) if ran else []
            cell.metadata.get("jupyter", {}).pop("source_hidden", None)
            if not cell.metadata.get("jupyter", True):
                del cell.metadata["jupyter"]
    open_ = predicted(nb)
    for cell, below in zip(nb.cells, nb.cells[1:]):
        if any(cell is one for one in open_):
            cell.outputs, cell.execution_count = [], None
            if below.cell_type == "markdown":
                below.source = folded(below.source)
    nb.cells[0].source = first_line(nb, name) + nb.cells[0].source
    return nb


def asked(nb):
    """The cells of code that a reader has before them when asked to predict: those up to the next text."""
    cells, open_ = [], False
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            open_ = "**Predict" in cell.source
        elif open_:
            cells.append(cell)
    return cells


def predicted(nb):
    """The cells whose outputs a reader is asked to predict. Exercises answer for themselves."""
    return [cell for cell in asked(nb) if not {"exercise", "interactive"} & set(tags(cell))]


def unanswered(nb):
    """The notebook without the outputs that a reader is asked to predict."""
    nb = copy.deepcopy(nb)
    for cell in predicted(nb):
        cell.outputs = []
    return nb


def folded(source):
    """A text with its first paragraph folded, and the lists after it; a text that begins otherwise stays."""
    blocks = source.split("\n\n")
    if re.match(r"#|<|\*\*(?:Predict|Exercise)", source):
        return source
    n = 1
    while n < len(blocks) and (blocks[n - 1].endswith(":") or re.match(r"- |\d+\. ", blocks[n])
                               or "\n\n".join(blocks[:n]).count("```") % 2):
        n += 1
    return "\n\n".join(["<details><summary>Compare</summary>", *blocks[:n], "</details>", *blocks[n:]])


def first_line(nb, name):
    left_out = (", and the outputs of what you are asked to predict: run those cells yourself, then unfold what the text "
                "says of them") * bool(predicted(nb))
    return (f"*Student edition, generated from [{name}](../{name}), which has the solutions{left_out}. "
            "Changes to the text belong there.*\n\n")


def text(nb):
    """The file's text."""
    return nbformat.writes(nb) + "\n"


def stub(source):
    """The source of an exercise without its solutions."""
    lines, inside = [], False
    for line in source.split("\n"):
        if begin := BEGIN.fullmatch(line):
            inside = True
            lines.append(begin[1] + "// your code here")
            if begin[2]:
                lines.append(begin[1] + begin[2])
        elif END.fullmatch(line):
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def solutions(source):
    """The lines of each solution; None where BEGIN and END do not come in pairs."""
    found, inside = [], False
    for line in source.split("\n"):
        if bool(BEGIN.fullmatch(line)) and not inside:
            inside = True
            found.append([])
        elif bool(END.fullmatch(line)) and inside:
            inside = False
        elif "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            return None
        elif inside:
            found[-1].append(line)
    return None if inside else found


def relative(target):
    """Whether a link's target is a path from the notebook's folder."""
    return not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[#/]", target)


def moved(target):
    """The target as seen from the student edition's folder, in which all chapters are, and no other files."""
    if not relative(target) or re.fullmatch(r"[^/]+\.ipynb(#.*)?", target):
        return target
    return posixpath.normpath(posixpath.join("..", target))
