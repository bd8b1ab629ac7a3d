"""What a reader may type into a cell, and what the kernel makes of it: `go` in a shell line, reading input; a cell
that is built as the one before (tools/kernel/again), or not, where something has changed.

All of it in a copy of the book, on a kernel of the copy's: what harm is done is done to that.
"""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest
from jupyter_client.manager import KernelManager

ROOT = pathlib.Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("lab")]

SECONDS = 60
CELL = """import "fmt"
import "nnbook/nnlib/nprand"
%%
fmt.Println("first number", nprand.New(0).Float64())"""
LISTS = ["go.mod", "go.sum", "go.work", "go.work.sum"]


class Kernel:
    def __init__(self, book):
        self.manager = KernelManager(kernel_name="copy")
        self.manager.start_kernel(cwd=book / "notebooks")
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)

    def run(self, cell):
        """(whether the cell ended well, what it has printed)"""
        said = []
        reply = self.client.execute_interactive(
            cell, timeout=SECONDS, allow_stdin=False,
            output_hook=lambda message: said.append(message["content"].get("text", "")))
        return reply["content"]["status"] == "ok", "".join(said)

    def error(self, cell):
        """What a cell that does not compile shows, but for the names that each kernel has of its own."""
        shown = []
        self.client.execute_interactive(cell, timeout=SECONDS, allow_stdin=False,
                                        output_hook=lambda message: shown.append(message["content"].get("data", {}).get("text/html", "")))
        return re.sub(r"gonb_\w{8}|Cell\[\d+\]", "", "".join(shown))

    def built_by(self):
        """What has built the last cell: go, or again, which gives all programs the same ID."""
        return "again" if self.run("!go tool buildid $GONB_TMP_DIR/${GONB_TMP_DIR##*/}")[1] == "again\n" else "go"

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    book = folder / "nnbook"
    shutil.copytree(ROOT, book, ignore=shutil.ignore_patterns(".*", "testdata", "*.ipynb"))
    kernel = folder / "kernels" / "copy"
    kernel.mkdir(parents=True)
    spec = (ROOT / ".lab" / "venv" / "share" / "jupyter" / "kernels" / "gonb" / "kernel.json").read_text()
    for part in ("{}/tools/kernel", "-go_work={}"):
        assert part.format(ROOT) in spec
        spec = spec.replace(part.format(ROOT), part.format(book))
    (kernel / "kernel.json").write_text(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        yield book


@pytest.fixture(scope="module")
def kernel(book):
    with contextlib.closing(Kernel(book)) as started:
        yield started


def modules(book):
    return {name: (book / name).read_bytes() for name in LISTS if (book / name).exists()}


@pytest.mark.parametrize("line", [
    "!*go mod edit -json",
    "!*go mod verify",
    "!*go mod edit -replace=gonum.org/v1/gonum=../nowhere",
    "!*go mod init elsewhere",
    "!*go mod tidy",
    "!*go work edit -dropuse=.",
    "!*go work use -r /nowhere",
    "!*go work init",
    "!*go get",
    "!*go get gonum.org/v1/gonum@none",
    "!*cd .. && go -C gonb_*/ mod edit -module=x",
    "!go mod tidy",
    "!go mod edit -require=example.com/nowhere@v1.0.0",
    "!go get gonum.org/v1/gonum@none",
    "!go get example.com/nowhere@latest",
    "!go -C .. mod edit -droprequire=gonum.org/v1/gonum",
    "!go work use .",
    "%reset go.mod",
])
def test_go_in_a_cell_does_no_harm(kernel, book, line):
    before = modules(book)
    kernel.run(line)
    assert modules(book) == before, "the book's modules are others"
    assert kernel.run(CELL) == (True, "first number 0.6369616873214543\n"), "this kernel no longer runs a cell"
    with contextlib.closing(Kernel(book)) as other:
        assert other.run(CELL)[0], "another kernel does not start"
    assert kernel.run(CELL)[0], "another kernel's start was this one's end"


def test_modules_of_ones_own(kernel, tmp_path):
    (tmp_path / "main.go").write_text('package main\n\nfunc main() { println("my own") }\n')
    well, said = kernel.run(f"!cd {tmp_path} && go mod init own && go run .")
    assert well and "my own" in said and (tmp_path / "go.mod").exists()


@pytest.mark.parametrize("read", [
    "var name string\nfmt.Scanln(&name)",
    "bufio.NewReader(os.Stdin).ReadString('\\n')",
    "io.ReadAll(os.Stdin)",
    "io.Copy(os.Stdout, os.Stdin)",
])
def test_reading_standard_input_ends_with_a_line(kernel, read):
    start = time.monotonic()
    well, said = kernel.run(f"%%\n{read}\nfmt.Println(\"went on\")")
    assert not well and "This cell reads standard input, but a cell has none" in said
    assert "went on" not in said
    assert time.monotonic() - start < SECONDS / 2


def test_a_shell_line_finds_the_end_of_its_input(kernel):
    assert kernel.run("!cat; echo over") == (True, "over\n")


def test_what_is_missing_nnbook_fetches_for_a_cell(book, tmp_path, monkeypatch):
    for cache in ("GOCACHE", "GOMODCACHE"):  # which move with the user's cache
        monkeypatch.setenv(cache, subprocess.run(["go", "env", cache], capture_output=True, text=True, check=True).stdout.strip())
    for name in ("NNBOOK_MNIST", "NNBOOK_DIGITS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": tmp_path, "XDG_CACHE_HOME": tmp_path, "HTTPS_PROXY": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, str(value))
    with contextlib.closing(Kernel(book)) as other:
        _, said = other.run('import "nnbook/mnist"\n%%\n_, _, err := mnist.Load(context.Background())\nfmt.Println(err)')
    assert said.startswith("mnist: train-images-idx3-ubyte missing in ") and said.count(" missing in ") == 1, said
    assert "; download: https://" in said and "want a connection" in said, said


def test_a_cell_that_waits_for_itself_is_found_out(kernel):
    well, said = kernel.run("%%\n<-make(chan int)")
    assert not well and "deadlock" in said


def test_the_language_is_go(kernel):
    kernel.client.kernel_info()
    info = kernel.client.get_shell_msg(timeout=SECONDS)["content"]["language_info"]
    assert (info["name"], info["pygments_lexer"]) == ("go", "go")


NUMBERS = iter(range(1000))


def draws(kernel, cell=CELL):
    """(what the cell prints, what has built it); its program is one that was never built before"""
    well, said = kernel.run(f"{cell}\n_ = {next(NUMBERS)}")
    assert well, said
    return said, kernel.built_by()


@pytest.fixture
def warm(kernel):
    """The kernel, which has built a cell as this one; where packages were compiled for it, it takes two."""
    assert any(draws(kernel)[1] == "again" for _ in range(3))
    return kernel


def test_a_cell_is_built_as_the_one_before(warm):
    assert draws(warm) == ("first number 0.6369616873214543\n", "again")
    assert draws(warm, '%%\nfmt.Println("of fewer packages")') == ("of fewer packages\n", "again")
    assert draws(warm, '%%\nfmt.Println(strings.ToUpper("of another"))') == ("OF ANOTHER\n", "again")
    new = 'import "container/ring"\n%%\nfmt.Println("of a new one", ring.New(3).Len(), nprand.New(0).Float64() > 1)'
    assert draws(warm, new) == ("of a new one 3 false\n", "go")
    assert draws(warm, new)[0] == "of a new one 3 false\n"
    assert draws(warm, new) == ("of a new one 3 false\n", "again")
    well, _ = warm.run('import "nnbook/nnlib/internal/arith"\n%%\nfmt.Println(arith.Exp(0))')
    assert not well, "a cell uses an internal package, as no program could"


def test_a_cell_sees_what_has_changed_in_the_book(warm, book):
    added = book / "nnlib" / "nprand" / "added.go"
    cell = '%%\nfmt.Println("added", nprand.Added())'
    try:
        for value in (1, 2):
            added.write_text(f"package nprand\n\nfunc Added() int {{ return {value} }}\n")
            assert draws(warm, cell) == (f"added {value}\n", "go")
        draws(warm, cell)
        assert draws(warm, cell) == ("added 2\n", "again")
    finally:
        added.unlink()
    assert not warm.run(cell)[0], "what is no more is still linked"
    draws(warm)
    for name in ("go.mod", "nnlib/embedded/numbers.txt"):  # the second as if go:embed named it
        path = book / name
        path.parent.mkdir(exist_ok=True)
        path.open("a").write("// changed\n")
        assert [draws(warm)[1], draws(warm)[1]] == ["go", "again"], name


def test_a_program_is_that_of_its_cell(warm):
    first, second = ("%%\nfmt.Println(nprand.New(0).Float64() > 2, {})".format(number) for number in (1, 2))
    warm.run("%env CHANGED=1")
    assert warm.run(first) == (True, "false 1\n") and warm.built_by() == "go"
    assert warm.run(second) == (True, "false 2\n") and warm.built_by() == "again"
    warm.run("%env CHANGED=2")
    assert warm.run(first) == (True, "false 1\n") and warm.built_by() == "go"


def test_an_error_is_told_as_by_go(book, warm):
    cell = f"{CELL}\nfmt.Println(undeclared)"
    with contextlib.closing(Kernel(book)) as other:  # which knows of no earlier cell
        assert other.error(cell) == warm.error(cell)
    assert "undefined: undeclared" in warm.error(cell) and "Line 5" in warm.error(cell)
    assert draws(warm)[1] == "again", "after an error go is asked again"


@pytest.mark.parametrize("flags, declared", [('"-cover"', ""), ('""', "//go:noinline\nfunc zero() int { return 0 }\n")])
def test_what_is_unusual_go_builds(warm, flags, declared):
    warm.run(f"%reset\n%goflags {flags}")
    for number in (1, 2):
        well, said = warm.run(f'{declared}%%\nfmt.Println("number", {number})')
        assert well and f"number {number}\n" in said and warm.built_by() == "go"
    warm.run('%goflags ""\n%reset')
