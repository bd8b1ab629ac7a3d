"""Runs the book's notebooks on the real kernel, stores what they print, and compares.

    notebooks.py NOTEBOOK...   runs each from a clean state and stores its outputs

Tags of a cell: `varies` exempts its outputs from comparison (a time, say),
`interactive` marks a cell that waits for a reader; such a cell is never run here.
"""

import contextlib
import copy
import difflib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError

CELL_SECONDS = 15 * 60
CELL_LINES = 25
# What the kernel would say, without its version: the same on every machine.
METADATA = {
    "kernelspec": {"display_name": "Go (gonb)", "language": "go", "name": "gonb"},
    "language_info": {"file_extension": ".go", "mimetype": "text/x-go", "name": "go"},
}


class NotebookError(Exception):
    """A notebook that does not run to its end; the text says which cell and why."""


def read(path):
    return nbformat.read(path, as_version=4)


def tags(cell):
    return cell.metadata.get("tags", [])


def code(nb):
    """The code cells that are run here, each with its number among all cells, from 1."""
    return [(i, c) for i, c in enumerate(nb.cells, 1)
            if c.cell_type == "code" and "interactive" not in tags(c)]


def execute(path, env):
    """The notebook at path as it is after a run in a fresh copy of its folder.

    Nothing that an earlier run kept there helps, and nothing that this run keeps stays.
    """
    nb = read(path)
    with tempfile.TemporaryDirectory(prefix="nnbook-") as tmp:
        folder = pathlib.Path(tmp, "notebooks")
        shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("runs", ".*"))
        client = NotebookClient(nb, kernel_name="gonb", timeout=CELL_SECONDS, record_timing=False,
                                coalesce_streams=True, resources={"metadata": {"path": str(folder)}})
        client.create_kernel_manager()
        client.km.kernel_spec.argv += ["-raw_error", "-logtostderr"]  # errors as text, its log to us
        log = pathlib.Path(tmp, "log")
        number = 0
        try:
            with log.open("w") as stderr, \
                    client.setup_kernel(env=env | {"TMPDIR": tmp}, stderr=stderr), nothing_left(client.km):
                for number, cell in code(nb):
                    client.execute_cell(cell, number - 1)
        except CellExecutionError as err:
            raise NotebookError(f"cell {number}: {str(err).strip()}") from None
        except (CellControlSignal, RuntimeError) as err:  # too slow, or a dead kernel
            raise NotebookError(f"cell {number}: {err}\n{log.read_text()}") from None
    return nb


@contextlib.contextmanager
def nothing_left(km):
    """Ends what the kernel has started: a cell that still runs, gopls."""
    try:
        yield
    finally:
        ps = subprocess.run(["ps", "-A", "-o", "pid=", "-o", "ppid="], capture_output=True, text=True)
        parents = [tuple(map(int, line.split())) for line in ps.stdout.splitlines()]
        family = [km.provisioner.pid]
        for member in family:
            family += [pid for pid, parent in parents if parent == member]
        for pid in family[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def parts(cell):
    """What a cell shows, as {what: text}: each stream whole, apart from the rich outputs."""
    shown = {}
    rich = 0
    for out in cell.outputs:
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


def differences(stored, new):
    """What new shows that stored does not, and the other way round: one text per difference."""
    found = []
    for (number, old), (_, now) in zip(code(stored), code(new), strict=True):
        if "varies" in tags(old):
            continue
        was, shows = parts(old), parts(now)
        for what in was | shows:
            if was.get(what) != shows.get(what):
                found.append(f"cell {number}, {what}:\n" + diff(was.get(what), shows.get(what)))
    return found


def diff(stored, new):
    """The first lines that differ, images as size and hash."""
    if stored is None or new is None:
        return "  stored, but not shown now" if new is None else "  shown now, but not stored:\n" + indent(new)
    lines = difflib.unified_diff(readable(stored), readable(new), "stored", "now", n=1, lineterm="")
    return indent("\n".join(line for line in list(lines)[2:] if not line.startswith("@@")))


def indent(text):
    lines = [line[:160] for line in readable(text.rstrip())]
    return "\n".join("  " + line for line in lines[:12] + ["..."] * (len(lines) > 12))


def readable(text):
    """The lines of text, with each embedded image in the form <bytes, hash>."""
    def image(match):
        return f"<{len(match[1]) * 3 // 4} bytes, SHA-256 {hashlib.sha256(match[1].encode()).hexdigest()[:16]}>"
    return re.sub(r"([A-Za-z0-9+/]{200,})=*", image, text).split("\n")


def faults(nb):
    """What is wrong with a stored notebook by itself: one text per fault."""
    found = []
    if nb.metadata.get("kernelspec", {}).get("name") != "gonb":
        found.append("its kernel is not gonb")
    for want, (number, cell) in enumerate(code(nb), 1):
        if cell.execution_count != want:
            found.append(f"cell {number}: prompt {cell.execution_count}, want {want}: not run from top to bottom")
        if "error" in parts(cell):
            found.append(f"cell {number}: an error is stored")
    for number, cell in enumerate(nb.cells, 1):
        if not cell.source.strip():
            found.append(f"cell {number}: empty")
        if cell.cell_type != "code":
            if not alt_everywhere(cell.source) or "![](" in cell.source:
                found.append(f"cell {number}: an image without alt text")
            continue
        lines = cell.source.count("\n") + 1
        if lines > CELL_LINES:
            found.append(f"cell {number}: {lines} lines, want at most {CELL_LINES}")
        for out in cell.outputs:
            data = out.get("data", {})
            html = data.get("text/html", "")
            image = any(mime.startswith("image/") for mime in data)
            if not alt_everywhere(html) or image and "<img" not in html:
                found.append(f"cell {number}: an image without alt text")
    return found


def alt_everywhere(html):
    """Whether each <img> has an alt text that says something."""
    return all(re.search(r'\balt="[^"]+"', tag) for tag in re.findall(r"<img\b[^>]*>", html))


def store(path):
    """Runs the notebook and stores its outputs. Where it shows the same again, the file stays as it is."""
    stored = read(path)
    new = execute(path, os.environ)
    new.metadata = copy.deepcopy(METADATA)
    for old, cell in zip(stored.cells, new.cells, strict=True):
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        if "interactive" in tags(cell):
            cell.execution_count = None
        elif "varies" not in tags(cell) and parts(old) == parts(cell):
            cell.outputs = old.outputs  # streams and figures race: keep their order
    if found := faults(new):
        raise NotebookError("\n".join(found))
    nbformat.write(new, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        try:
            store(pathlib.Path(name))
        except NotebookError as err:
            sys.exit(f"{name}: not stored\n{err}")
        print(f"{name}: stored")
