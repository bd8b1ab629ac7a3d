"""Runs the book's notebooks on the real kernel, stores what they print, and compares.

    notebooks.py NOTEBOOK...   runs each from a clean state, stores its outputs, and writes
                               its student edition anew; two run at a time
    notebooks.py --text NOTEBOOK...   the student edition alone, where nothing but the text has changed
"""

import contextlib
import copy
import dataclasses
import difflib
import fcntl
import hashlib
import multiprocessing
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError

import student
from cells import METADATA, NotebookError, code, halves, parts, read, tags, write
from lint_notebooks import faults

CELL_SECONDS = 15 * 60
LOCK = pathlib.Path(__file__).resolve().parent.parent / ".lab" / "kernel.lock"
AT_ONCE = min(2, os.cpu_count() or 1)  # the chapters' trainings use one core each


@dataclasses.dataclass
class Ran:
    """An edition after a run, or the text of the error that it ended with, and how long that took."""
    notebook: nbformat.NotebookNode = None
    error: str = ""
    seconds: float = 0

    def result(self):
        if self.error:
            raise NotebookError(self.error)
        return self.notebook


def run_all(paths):
    """Runs the notebooks, AT_ONCE at a time: yields run's result for each, in order."""
    with multiprocessing.Pool(AT_ONCE, start_worker) as pool:
        yield from pool.imap(run, paths)
        pool.close()  # let idle workers end by themselves: to end one by a signal may hang
        pool.join()


def start_worker():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(1))  # so that kernels are ended


def run(path):
    """Runs both editions of a notebook in a fresh copy of its folder: (Ran, Ran).

    Nothing that an earlier run kept there helps, and nothing that this run keeps stays. What
    trains for long is run in the source edition only; the student edition is given what it kept.
    """
    try:
        stored = read(path)
    except NotebookError as err:
        return Ran(error=str(err)), Ran(error=str(err))
    with tempfile.TemporaryDirectory(prefix="nnbook-") as tmp:
        folder = pathlib.Path(tmp, "notebooks")
        shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("runs", ".*"))
        env = os.environ | {"TMPDIR": tmp}
        source = execute(copy.deepcopy(stored), folder, env)
        if source.error:
            return source, Ran(error="not run, as the source edition did not come to its end")
        nb = student.edition(stored, path.name)
        if not any("exercise" in tags(cell) for cell in nb.cells):  # the same code
            for cell, ran in zip(nb.cells, source.notebook.cells):
                if cell.cell_type == "code":
                    cell.outputs = ran.outputs
            return source, Ran(nb)
        (folder / student.FOLDER).mkdir(exist_ok=True)
        if (folder / "runs").exists():
            shutil.copytree(folder / "runs", folder / student.FOLDER / "runs")
        short = copy.deepcopy(nb)
        for cell in short.cells:
            if "trains" in tags(cell):
                cell.source, _ = halves(cell.source)
        ran = execute(short, folder / student.FOLDER, env)
        for i, cell in enumerate(nb.cells):
            if cell.cell_type == "code":
                cell.outputs = (source.notebook if "trains" in tags(cell) else short).cells[i].outputs
        return source, dataclasses.replace(ran, notebook=nb, error=ran.error and f"student edition, {ran.error}")


def execute(nb, folder, env):
    """Runs a notebook in the folder."""
    start = time.monotonic()
    log = pathlib.Path(env["TMPDIR"], "log")
    client = NotebookClient(nb, kernel_name="gonb", timeout=CELL_SECONDS, record_timing=False,
                            coalesce_streams=True, resources={"metadata": {"path": str(folder)}})
    client.create_kernel_manager()
    client.km.kernel_spec.argv += ["-raw_error", "-logtostderr"]  # errors as text, its log to us
    number, error = 0, ""
    try:
        with log.open("w") as stderr, contextlib.ExitStack() as stack:
            with starting():
                stack.enter_context(client.setup_kernel(env=env, stderr=stderr))
            stack.enter_context(nothing_left(client.km))
            for number, cell in code(nb):
                client.execute_cell(cell, number - 1)
    except CellExecutionError as err:
        error = f"cell {number}: {str(err).strip()}"
    except (CellControlSignal, RuntimeError) as err:  # too slow, or a dead kernel
        error = f"cell {number}: {err}\n{log.read_text()}"
    return Ran(nb, error, time.monotonic() - start)


@contextlib.contextmanager
def starting():
    """One process at a time, or two kernels choose the same ports."""
    with LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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


def settled(stored, new):
    """The notebook as it is to be stored after a run: outputs that show the same again stay as they are."""
    nb = copy.deepcopy(new)
    nb.metadata = copy.deepcopy(METADATA)
    for old, cell in zip(stored.cells, nb.cells, strict=True):
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        if "interactive" in tags(cell):
            cell.execution_count = None
        elif "varies" not in tags(cell) and parts(old) == parts(cell):
            cell.outputs = old.outputs  # streams and figures race: keep their order
    return nb


def student_edition(path, source, ran):
    """The text of the student edition's file, after a run. Outside exercises it must show what the source shows."""
    file = path.parent / student.FOLDER / path.name
    if wrong := differences(without_exercises(source), without_exercises(ran)):
        raise NotebookError("a cell that is no exercise shows something else where the exercises are open:\n"
                            + "\n".join(wrong))
    if file.exists() and len((old := read(file)).cells) == len(ran.cells):
        ran = copy.deepcopy(ran)
        for was, cell in zip(old.cells, ran.cells):
            if was.cell_type == cell.cell_type == "code" and parts(was) == parts(cell):
                cell.outputs = was.outputs
    return student.text(student.edition(source, path.name, ran))


def without_exercises(nb):
    nb = copy.deepcopy(nb)
    for cell in nb.cells:
        if "exercise" in tags(cell):
            cell.outputs = []
    return nb


def store(path, source_ran, student_ran):
    """Stores what a run of both editions has shown."""
    source = settled(read(path), source_ran.result())
    generated = student_edition(path, source, student_ran.result())
    if wrong := faults(source) or faults(nbformat.reads(generated, as_version=4), "not yet"):
        raise NotebookError("\n".join(wrong))
    folder = path.parent / student.FOLDER
    folder.mkdir(exist_ok=True)
    write(path, student.text(source))
    write(folder / path.name, generated)


def retell(path):
    """Writes the student edition anew where nothing but the text has changed: what is stored is of the same code."""
    source, old = read(path), read(path.parent / student.FOLDER / path.name)
    generated = student.edition(source, path.name)
    if [cell.source for _, cell in code(generated)] != [cell.source for _, cell in code(old)]:
        raise NotebookError("code has changed as well: make notebooks runs it")
    ran = copy.deepcopy(source)
    for (_, cell), (_, was) in zip(code(ran), code(old)):
        cell.outputs = was.outputs
    text = student.text(student.edition(source, path.name, ran))
    if wrong := faults(source) or faults(nbformat.reads(text, as_version=4), "not yet"):
        raise NotebookError("\n".join(wrong))
    write(path.parent / student.FOLDER / path.name, text)


def main(names):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    text = names[:1] == ["--text"]
    paths = [pathlib.Path(name) for name in names[text:]]
    for path in paths:
        if path.parent.name == student.FOLDER:
            sys.exit(f"{path}: generated; run {path.parent.parent / path.name}")
    failed = False
    for ran, path in zip([None] * len(paths) if text else run_all(paths), paths):  # in this order run_all comes to its end
        try:
            retell(path) if text else store(path, *ran)
            print(f"{path}: stored")
        except NotebookError as err:
            failed = True
            print(f"{path}: not stored\n{err}", file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main(sys.argv[1:])
