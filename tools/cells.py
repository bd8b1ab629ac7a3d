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
import os
import tempfile

import nbformat

TAGS = {"code": {"interactive", "varies", "trains", "exercise"}, "markdown": {"cited"}, "raw": set()}
# What the kernel would say, without its version: the same on every machine.
METADATA = {
    "kernelspec": {"display_name": "Go (gonb)", "language": "go", "name": "gonb"},
    "language_info": {"file_extension": ".go", "mimetype": "text/x-go", "name": "go", "pygments_lexer": "go"},
}


class NotebookError(Exception):
    """A notebook that cannot be read, or does not run to its end; the text says where and why."""


def read(path):
    """The notebook in a file."""
    try:
        nb = nbformat.read(path, as_version=4)
        nbformat.validate(nb)
    except (OSError, ValueError, nbformat.ValidationError) as err:
        raise NotebookError(f"{path}: {str(err) or type(err).__name__}") from None
    if not nb.cells:
        raise NotebookError(f"{path}: no cells")
    return nb


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
