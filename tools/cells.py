"""What the scripts here know of a notebook: its cells, their tags, what they show.

Tags of a code cell:
    interactive   waits for a reader; never run here
    varies        its outputs are not compared (a time, say)
    trains        trains for long; run once, not again for the student edition
    exercise      has a gap for the learner and a check
Tag of a text cell:
    cited         its numbers are quoted from a source that the cell names
"""

import contextlib
import json
import math
import os
import tempfile

from nbformat.v4.nbjson import JSONReader
from nbformat.validator import iter_validate

TAGS = {"code": {"interactive", "varies", "trains", "exercise"}, "markdown": {"cited"}, "raw": set()}
# What the kernel would say, without its version: the same on every machine.
METADATA = {
    "kernelspec": {"display_name": "Go (gonb)", "language": "go", "name": "gonb"},
    "language_info": {"file_extension": ".go", "mimetype": "text/x-go", "name": "go", "pygments_lexer": "go"},
}


FORMAT = 4, 5  # that of JupyterLab: cells have ids
MOST_BYTES = 4 << 20  # six times the largest of the book; in memory it may be thirty times this
MOST_DEPTH = 50
MOST_DIGITS = 15  # of an integer: what JavaScript keeps


class NotebookError(Exception):
    """A notebook that cannot be read, or does not run to its end; the text says where and why."""


def read(path):
    """The notebook in a file, which is all that the tools rely on, or a NotebookError."""
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES >> 20} MB")
        content = json.loads(data.decode(), parse_int=integer, parse_float=finite, parse_constant=finite)
        if not isinstance(content, dict):
            raise ValueError("no JSON object")
        if wrong := unsound(content):
            raise ValueError(wrong)
        version = content.get("nbformat"), content.get("nbformat_minor")
        if version != FORMAT:
            raise ValueError(f"notebook format {version[0]!r:.20}.{version[1]!r:.20}, want {FORMAT[0]}.{FORMAT[1]}")
        if error := next(iter_validate(content), None):
            raise ValueError(f"{'/'.join(map(str, error.absolute_path)):.100}: {error.message:.200}")
        if not content["cells"]:
            raise ValueError("no cells")
        if len({cell["id"] for cell in content["cells"]}) < len(content["cells"]):
            raise ValueError("two cells have the same id")
        return JSONReader().to_notebook(content)
    except TypeError:  # iter_validate takes these for texts
        raise NotebookError(f"{path}: a cell_type or output_type that is no text") from None
    except OSError as err:
        raise NotebookError(f"{path}: {err.strerror}") from None
    except UnicodeDecodeError as err:
        raise NotebookError(f"{path}: byte {err.start} is not UTF-8") from None
    except RecursionError:
        raise NotebookError(f"{path}: nested more than {MOST_DEPTH} deep") from None
    except json.JSONDecodeError as err:
        raise NotebookError(f"{path}: no JSON: {err}") from None
    except ValueError as err:
        raise NotebookError(f"{path}: {' '.join(str(err).split())}") from None


def integer(literal):
    if len(literal.lstrip("-")) > MOST_DIGITS:
        raise ValueError(f"the number {literal:.20}…, want at most {MOST_DIGITS} digits")
    return int(literal)


def finite(literal):
    if not math.isfinite(number := float(literal)):
        raise ValueError(f"the number {literal:.20}, which JSON does not know or is too large")
    return number


def unsound(value, depth=1):
    """What is wrong with a value from JSON, if anything: it cannot be copied, or not be written again."""
    if depth > MOST_DEPTH:
        return f"nested more than {MOST_DEPTH} deep"
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as err:
            return f"half a character, {value[err.start]!a}, in a text"
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return next(filter(None, (unsound(part, depth + 1) for part in inner)), None)


def write(path, text):
    """Writes a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            os.fchmod(handle, path.stat().st_mode & 0o777 if path.exists() else 0o644)
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def tags(cell):
    return cell.metadata.get("tags", [])


def code(nb):
    """The code cells that are run here, each with its number among all cells, from 1."""
    return [(i, c) for i, c in enumerate(nb.cells, 1)
            if c.cell_type == "code" and "interactive" not in tags(c)]


def halves(source):
    """What a cell declares, and what it does: the lines before and from the one with %%."""
    lines = source.split("\n")
    at = next((i for i, line in enumerate(lines) if line.startswith("%%")), len(lines))
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at:])


def parts(cell):
    """What a cell shows, as {what: text}: each stream whole, apart from the rich outputs."""
    shown = {}
    rich = 0
    for out in cell.get("outputs", []):  # a text shows nothing
        if out.output_type == "stream":
            shown[out.name] = shown.get(out.name, "") + out.text
        elif out.output_type == "error":
            shown["error"] = f"{out.ename}: {out.evalue}\n" + "\n".join(out.traceback)
        else:
            rich += 1
            for mime, data in out.data.items():
                text = data if isinstance(data, str) else json.dumps(data, sort_keys=True)
                shown[f"output {rich}, {mime}"] = text
            if out.metadata:
                shown[f"output {rich}, metadata"] = json.dumps(out.metadata, sort_keys=True)
    return shown
