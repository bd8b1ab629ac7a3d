"""Checks everything and counts: `make test`. The last line is `N passed, N failed`.

A Go test counts as one, every other check as one. What cannot be checked on this
machine is named at the end. With CI=true that counts as failed, unless the reason
begins with "optional:" (also the reason of a skipped Go test).
"""

import collections
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import browser
import lint_notebooks as faults
import mnist
import notebooks
import student
from cells import NotebookError, read, tags

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = ROOT / "notebooks"
BIN = ROOT / ".lab" / "bin"
SITE = ROOT / ".lab" / "site"
TARGETS = ["linux/arm64", "darwin/arm64", "darwin/amd64", "windows/amd64"]
# The tests that compare bits, as far as they are short on an emulated machine.
BITS = "TestPublishedInitial|TestPublishedFirst|TestFirstExample|TestBits|TestGolden|Equals?Portable"
EMULATED = [("linux", "arm64", "qemu-aarch64"), ("linux", "s390x", "qemu-s390x"), ("js", "wasm", "node")]

passed = failed = 0
unchecked = []  # (what, why)


class Failure(Exception):
    """A check that failed; the text is what it printed."""


class Unchecked(Exception):
    """A check that this machine cannot do; the text says why."""


def report(seconds, name, good, bad=0, output=""):
    """Counts, and prints the line of a check (of several, for a package of Go tests)."""
    global passed, failed
    passed, failed = passed + good, failed + bad
    print(f"{'FAIL' if bad else 'PASS'} {seconds:7.1f} s  {name}")
    if bad:
        print(indented(output))


def indented(text):
    return "    " + text.rstrip().replace("\n", "\n    ")


def step(name, check, *args, before=0):
    """Does one check and reports it, with its time and that of what was done for it before."""
    start = time.monotonic() - before
    try:
        check(*args)
    except Unchecked as why:
        unchecked.append((name, str(why)))
    except (Failure, NotebookError) as err:
        report(time.monotonic() - start, name, 0, 1, str(err))
    else:
        report(time.monotonic() - start, name, 1)


def run(*command, **env):
    """What the command prints; a Failure if it exits with another status than 0."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | env, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failure(done.stdout or f"exit status {done.returncode}")
    return done.stdout


def program(script, lab=None):
    """Runs a test that is a program of its own, in .lab/LAB where it needs more Python packages than this one.

    Its exit status 77 says that this machine lacks something for it; its last line says what.
    """
    if lab:
        run("make", f".lab/{lab}/ok")
    python = ROOT / ".lab" / lab / "bin" / "python" if lab else sys.executable
    done = subprocess.run([python, script], cwd=ROOT, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.rstrip()
    if done.returncode == 77:
        raise Unchecked(said.rpartition("\n")[2])
    if done.returncode:
        raise Failure(said or f"exit status {done.returncode}")
    print(indented(said))


def gofmt():
    folders = sorted(d.name for d in ROOT.iterdir() if d.is_dir() and not d.name.startswith("."))
    if wrong := run(pathlib.Path(go_env("GOROOT"), "bin", "gofmt"), "-l", *folders):
        raise Failure(wrong)


def shell():
    """The scripts of make lab are for any sh: macOS's and BusyBox's, too."""
    if not shutil.which("shellcheck"):
        raise Unchecked("optional: no shellcheck on PATH (Debian: apt install shellcheck)")
    scripts = [path for path in ROOT.glob("tools/**/*") if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")]
    run("shellcheck", *sorted(scripts), ROOT / ".ci" / "run")


def go_env(name):
    return run("go", "env", name).strip()


def module(folder):
    run("go", "-C", folder, "mod", "verify")
    run("go", "-C", folder, "mod", "tidy", "-diff")


def vet(target):
    goos, goarch = target.split("/")
    run("go", "vet", "./...", GOOS=goos, GOARCH=goarch)


def short_tests(*flags, **env):
    return run("go", "test", "-short", "-timeout=15m", *flags, "./nnlib/...", **env)


def race():
    """Looks for data races while several networks are trained at once."""
    if not shutil.which(os.environ.get("CC", "cc")):
        raise Unchecked("optional: no C compiler, which the race detector needs")
    run("go", "test", "-short", "-race", "-run=AtOnce|SGD|EveryKernel", "./nnlib", CGO_ENABLED="1", NNBOOK_MNIST="")


def amd64(level):
    """Runs the short tests as they are compiled for any amd64 (v1), or for newer ones only (v3)."""
    if go_env("GOHOSTARCH") != "amd64":
        raise Unchecked("optional: not an amd64 machine")
    try:
        short_tests(GOAMD64=level)
    except Failure as err:
        if "microarchitecture support" in str(err):
            raise Unchecked(f"optional: this CPU is older than {level}") from None
        raise


def emulated(goos, goarch, emulator):
    """Runs the tests that compare bits on another processor: s390x keeps its bytes the other way round."""
    if go_env("GOHOSTARCH") == goarch:
        raise Unchecked(f"optional: all tests ran on {goarch} itself")
    if not shutil.which(emulator):
        raise Unchecked(f"no {emulator} on PATH (Debian: apt install {'nodejs' if emulator == 'node' else 'qemu-user'})")
    runner = emulator if emulator != "node" else pathlib.Path(go_env("GOROOT"), "lib", "wasm", "go_js_wasm_exec")
    bits("./nnlib/...", f"-run={BITS}", f"-exec={runner}", GOOS=goos, GOARCH=goarch, CGO_ENABLED="0")


def webassembly():
    """Runs them with the loops in WebAssembly, and those of the arithmetic: they must be there."""
    if not shutil.which("node"):
        raise Unchecked("no node on PATH (Debian: apt install nodejs)")
    options = {"GOOS": "js", "GOARCH": "wasm", "CGO_ENABLED": "0", "NNBOOK_TEST_REQUIRE": "wasm relaxed"}
    runner = f"-exec=node --stack-size=8192 {ROOT}/web/engine/node.js"
    bits("./nnlib/internal/arith", "-tags=wasmsimd", runner, **options)
    bits("./nnlib/...", "-tags=wasmsimd", f"-run={BITS}|TestRequired", runner, **options)


def bits(packages, *flags, **environment):
    said = run("go", "test", "-short", *flags, "-timeout=15m", packages, **environment)
    if not re.search(r"(?m)^ok (?!.*no tests to run)", said):
        raise Failure(f"no test is named {BITS}")


def go_tests():
    """Runs the Go tests and counts each; a package that fails without one counts as one failed."""
    said = collections.defaultdict(str)
    results = collections.defaultdict(dict)
    command = ["go", "test", "-json", "-timeout=15m", "./..."]
    with subprocess.Popen(command, cwd=ROOT, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as tests:
        for line in tests.stdout:
            if not line.startswith("{"):
                print(line, end="")
                continue
            event = json.loads(line)
            action, package, test = event["Action"], event.get("Package"), event.get("Test", "")
            if action == "build-output":
                print(event["Output"], end="")
            elif action == "output":
                said[package, test] += event["Output"]
            elif test and action in ("pass", "fail", "skip"):
                results[package][test] = action
                if action == "skip":
                    reason = re.sub(r"(?m)^\s*(===|---).*\n|^\s*\S+\.go:\d+: ", "", said[package, test])
                    unchecked.append((f"{package} {test}", " ".join(reason.split())))
            elif not test and action in ("pass", "fail"):
                of = results[package]
                good, bad = ([t for t in of if "/" not in t and of[t] == want] for want in ("pass", "fail"))
                output = "".join(text for (p, t), text in said.items()
                                 if p == package and of.get(t) not in ("pass", "skip"))
                if good or action == "fail":
                    report(event["Elapsed"], f"{package}: {len(good) + len(bad)} tests", len(good),
                           len(bad) or action == "fail", output)


def find_mnist():
    """Sets NNBOOK_MNIST to where the data are, or unsets it if they cannot be had."""
    os.environ.pop("NNBOOK_DIGITS", None)
    run("go", "build", "-buildvcs=false", "-o", mnist.NNBOOK, "./cmd/nnbook")
    try:
        os.environ["NNBOOK_MNIST"] = str(mnist.folder())
    except mnist.Missing as why:
        os.environ.pop("NNBOOK_MNIST", None)
        raise Unchecked(str(why)) from None


# What a flag of `nnbook sweep` is when it is not given.
SWEEP = {"-sizes": ["784,15,10"], "-init": ["normal"], "-cost": ["quadratic"], "-lambda": ["0"], "-eta": ["3"],
         "-batch": ["10"], "-seed": ["0"], "-nudge": ["0"], "-train": ["60000"], "-epochs": ["30"]}


def sweep_flags(command):
    """The flags of a sweep with their values, as {flag: [value, …]}."""
    words = command.split()
    given = collections.defaultdict(list)
    for flag, value in zip(words[::2], words[1::2]):
        given[flag].append(value)
    return SWEEP | {flag: values for flag, values in given.items() if flag in SWEEP}


@functools.cache
def text_of_book():
    """The text cells of all chapters."""
    return "\n".join(cell.source for path in sorted(BOOK.glob("*.ipynb"))
                     for cell in read(path).cells if cell.cell_type == "markdown")


def sweep_cited(command):
    """The command that made a stored sweep stands beside what is said of it."""
    commands = re.findall(r"nnbook sweep (-.*)", text_of_book().replace("\\\n", " "))
    if sweep_flags(command) not in map(sweep_flags, commands):
        raise Failure(f"no chapter names its command, nnbook sweep {command}")


def sweep_checked(path):
    """A run of a stored sweep, chosen at random, gives the same rows again; which one it was is printed."""
    if "NNBOOK_MNIST" not in os.environ:
        raise Unchecked("no MNIST to train on")
    print(indented(run(mnist.NNBOOK, "sweep", "-check", path, "-sample", "1")))


def network_checked(path):
    """A stored network is what the command gives that a chapter names for it, byte for byte."""
    command = re.search(rf"nnbook train (-.*) -save {re.escape(path.name)}$", text_of_book(), re.MULTILINE)
    if not command:
        raise Failure("no chapter names its command, nnbook train … -save " + path.name)
    if "NNBOOK_MNIST" not in os.environ:
        raise Unchecked("no MNIST to train on")
    with tempfile.TemporaryDirectory(prefix="nnbook-") as tmp:
        again = pathlib.Path(tmp, path.name)
        run(mnist.NNBOOK, "train", *command[1].split(), "-test=false", "-save", again)
        if again.read_bytes() != path.read_bytes():
            raise Failure(f"nnbook train {command[1]} gives another network")


def student_file(path):
    return path.parent / student.FOLDER / path.name


def none_left_over(paths):
    """The student edition has no notebook whose source is gone."""
    if gone := {file.name for file in BOOK.glob(f"{student.FOLDER}/*.ipynb")} - {path.name for path in paths}:
        raise Failure(f"student editions without a source, to be deleted: {', '.join(sorted(gone))}")


def stored(path):
    nb = read(path)
    if wrong := faults.faults(nb) + faults.dead_links(nb, path.parent, BOOK):
        raise Failure("\n".join(wrong))


def student_stored(path):
    """The student edition is the one that is made of the source, but for what its exercises answer."""
    if not student_file(path).exists():
        raise Failure("missing: make notebooks")
    source, nb = read(path), read(student_file(path))
    if wrong := (faults.faults(nb, "not yet") + faults.dead_links(nb, student_file(path).parent, BOOK)
                 + student.strays(source, nb)):
        raise Failure("\n".join(wrong))
    same_bytes(path, student.edition(source, path.name, nb))


def same_bytes(path, nb):
    if student_file(path).read_bytes() != student.text(nb).encode():
        raise Failure("not what is made of the source: make notebooks")


def compared(path, ran):
    """What a run has shown must be what is stored."""
    if wrong := notebooks.differences(read(path), ran.result()):
        raise Failure("\n".join(wrong))


def student_compared(path, ran):
    source, nb = read(path), ran.result()
    if wrong := notebooks.differences(read(student_file(path)), student.unanswered(nb)):
        raise Failure("\n".join(wrong))
    all_not_yet(nb)
    if student_file(path).read_text(encoding="utf-8") != notebooks.student_edition(path, source, nb):
        raise Failure("not what is made of the source: make notebooks")


def all_not_yet(nb):
    for number, cell in enumerate(nb.cells, 1):
        if "exercise" in tags(cell) and (wrong := faults.wrong_verdicts(cell, "not yet")):
            raise Failure(f"cell {number}: {wrong}")


def drawn(path, ran):
    """A run on drawn digits shows other numbers, but no complaints."""
    wrong = notebooks.differences(read(path), ran.result())
    if complaints := [text for text in wrong if ", stderr:" in text]:
        raise Failure("\n".join(complaints))


def student_drawn(path, ran):
    """On drawn digits, which are easier, the stub of an exercise may reach what is asked for."""
    drawn(student_file(path), ran)
    for number, cell in enumerate(ran.result().cells, 1):
        wrong = "exercise" in tags(cell) and faults.wrong_verdicts(cell, "not yet")
        if wrong and faults.wrong_verdicts(cell, "passed"):
            raise Failure(f"cell {number}: {wrong}")


def site():
    """Makes the book's site twice, to the same bytes, and looks at it in a browser."""
    in_browser()
    run("make", ".lab/latex/ok")
    with tempfile.TemporaryDirectory(prefix="nnbook-site-") as again:
        for folder in (SITE, pathlib.Path(again)):
            run(sys.executable, "web/website.py", folder, PYTHONPATH=f"{ROOT / '.lab' / 'latex'}:{ROOT / 'tools'}")
        files = [{file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
                 for folder in (SITE, pathlib.Path(again))]
    if files[0] != files[1]:
        raise Failure("made twice, these differ: " + ", ".join(
            sorted(str(name) for name in files[0].keys() | files[1].keys() if files[0].get(name) != files[1].get(name))))
    program("tests/test_site.py", "browser")


def in_browser():
    """Asks for a browser before much is made ready for it."""
    try:
        browser.find()
    except browser.NoBrowser as why:
        raise Unchecked(str(why)) from None


def hands_on():
    """Draws digits and turns knobs in JupyterLab, in a browser."""
    if "NNBOOK_MNIST" not in os.environ:
        raise Unchecked("no MNIST to play with")
    in_browser()
    program("tests/test_hands_on.py", "browser")


def main():
    os.chdir(ROOT)
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that kernels are ended
    step("gofmt", gofmt)
    step("go vet", run, "go", "vet", "./...")
    step("go vet without assembly", run, "go", "vet", "-tags=purego", "./...")
    for target in TARGETS:
        step(f"go vet for {target}", vet, target)
    step("shellcheck", shell)
    step("staticcheck", run, BIN / "staticcheck", "./...")
    for path in sorted(ROOT.glob("[!.]*/**/go.mod")) + [ROOT / "go.mod"]:
        step(f"{path.relative_to(ROOT)}, go.sum", module, path.parent)
    step("comparison of notebooks", run, sys.executable, "tests/test_notebook_tools.py")
    step("MNIST", find_mnist)
    go_tests()
    step("Go tests of the network, short, race detector", race)
    step("Go tests, short, without assembly", lambda: short_tests("-tags=purego", NNBOOK_TEST_REQUIRE=""))
    for level in ("v1", "v3"):
        step(f"Go tests, short, GOAMD64={level}", amd64, level)
    for goos, goarch, emulator in EMULATED:
        step(f"Go tests of bits, {goos}/{goarch}", emulated, goos, goarch, emulator)
    step("Go tests of bits, WebAssembly with its loops", webassembly)
    paths = sorted(BOOK.glob("*.ipynb"))
    for path in sorted(BOOK.glob("data/*.csv")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        made, sweep, command = first.partition("# nnbook sweep ")
        if sweep and not made:
            step(f"{path.name}, named in a chapter", sweep_cited, command)
            step(f"{path.name}, a run again", sweep_checked, path)
    for path in sorted(BOOK.glob("data/*.npz")):
        step(f"{path.name}, trained again", network_checked, path)
    step("student editions, none left over", none_left_over, paths)
    for path in paths:
        step(f"{path.name}, as stored", stored, path)
        step(f"{path.name}, student edition, as stored", student_stored, path)
    how = "run and compared", compared, student_compared
    if "NNBOOK_MNIST" not in os.environ:
        os.environ["NNBOOK_DIGITS"] = "drawn"
        how = "run on drawn digits", drawn, student_drawn
        unchecked.extend((f"{path.name}, outputs", "no MNIST to compare them on") for path in paths)
    what, check, student_check = how
    for (source, edition), path in zip(notebooks.run_all(paths), paths):  # so run_all comes to its end
        step(f"{path.name}, {what}", check, path, source, before=source.seconds)
        step(f"{path.name}, student edition, {what}", student_check, path, edition, before=edition.seconds)
    step("make lab and chapters, the network cut off", program, "tests/test_offline.py")
    step("the kernel, worn out and stopped", program, "tests/test_kernel.py")
    step("a class on a hub", program, "tests/test_hub.py", "hub")
    step("the site, in a browser", site)
    step("the chapters to play with, in JupyterLab, in a browser", hands_on)

    global failed
    if unchecked:
        print("\nNot checked:")
    for what, why in unchecked:
        strict = os.environ.get("CI") == "true" and not why.startswith("optional:")
        failed += strict
        print(f"  {what}: {why}" + " (CI=true: failed)" * strict)
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted")
