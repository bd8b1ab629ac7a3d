"""What notebooks/data keeps: a chapter names the command that made it, which gives the same again."""

import collections
import re

import pytest

from cells import read
from checkout import BOOK, CHAPTERS, LAB, need_mnist, run

pytestmark = pytest.mark.data

# What a flag of `nnbook sweep` is when it is not given.
SWEEP = {"-sizes": ["784,15,10"], "-init": ["normal"], "-cost": ["quadratic"], "-lambda": ["0"], "-eta": ["3"],
         "-batch": ["10"], "-seed": ["0"], "-nudge": ["0"], "-train": ["60000"], "-epochs": ["30"]}
MADE_BY = "# nnbook sweep "


def command_of(path):
    """The flags in the first line of a stored sweep; none where the file is no sweep."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix(MADE_BY) if first.startswith(MADE_BY) else ""


SWEEPS = [path for path in sorted(BOOK.glob("data/*.csv")) if command_of(path)]
NETWORKS = sorted(BOOK.glob("data/*.npz"))


def flags(command):
    """The flags of a sweep with their values, as {flag: [value, …]}."""
    words = command.split()
    given = collections.defaultdict(list)
    for flag, value in zip(words[::2], words[1::2]):
        given[flag].append(value)
    return SWEEP | {flag: values for flag, values in given.items() if flag in SWEEP}


@pytest.fixture(scope="module")
def text():
    """The text cells of all chapters."""
    return "\n".join(cell.source for path in CHAPTERS for cell in read(path).cells if cell.cell_type == "markdown")


def name(path):
    return path.name


def test_there_is_something_to_check():
    assert len(SWEEPS) >= 10 and NETWORKS


@pytest.mark.parametrize("path", SWEEPS, ids=name)
def test_a_chapter_names_the_sweep(path, text):
    named = re.findall(r"nnbook sweep (-.*)", text.replace("\\\n", " "))
    assert flags(command_of(path)) in map(flags, named), f"no chapter names its command, nnbook sweep {command_of(path)}"


@need_mnist
@pytest.mark.parametrize("path", SWEEPS, ids=name)
def test_a_run_of_the_sweep_gives_the_same_rows(path):
    """One run, chosen at random; which one it was is printed."""
    print(run(LAB / "bin" / "nnbook", "sweep", "-check", path, "-sample", "1"))


@need_mnist
@pytest.mark.parametrize("path", NETWORKS, ids=name)
def test_the_network_is_trained_again_to_the_same_bytes(path, text, tmp_path):
    command = re.search(rf"nnbook train (-.*) -save {re.escape(path.name)}$", text, re.MULTILINE)
    assert command, "no chapter names its command, nnbook train … -save " + path.name
    again = tmp_path / path.name
    run(LAB / "bin" / "nnbook", "train", *command[1].split(), "-test=false", "-save", again)
    assert again.read_bytes() == path.read_bytes()
