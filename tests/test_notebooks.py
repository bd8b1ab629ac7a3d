"""Every chapter and its student edition: as stored, and run again and compared."""

import json
import re

import pytest

import lint_notebooks
import notebooks
import student
from cells import read, tags
from checkout import BOOK, CHAPTERS, MNIST

pytestmark = pytest.mark.notebooks


@pytest.fixture(scope="module", params=[pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem))
                                        for path in CHAPTERS])
def chapter(request):
    return request.param


@pytest.fixture(scope="module")
def ran(chapter):
    """Both editions after a run: on MNIST, or where there is none on drawn digits."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("NNBOOK_DIGITS", "" if MNIST else "drawn")
        yield notebooks.run(chapter)


def student_file(chapter):
    return chapter.parent / student.FOLDER / chapter.name


def nothing(wrong):
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def compared(path, nb):
    """What a run has shown must be what is stored; on drawn digits numbers differ, but nothing complains."""
    wrong = notebooks.differences(read(path), nb)
    if not MNIST:
        nothing([text for text in wrong if ", stderr:" in text])
        pytest.skip("no MNIST: run on drawn digits, not compared")
    nothing(wrong)


def test_as_stored(chapter):
    nb = read(chapter)
    nothing(lint_notebooks.faults(nb) + lint_notebooks.dead_links(nb, chapter.parent, BOOK))


def test_student_edition_as_stored(chapter):
    nb = read(student_file(chapter))
    nothing(lint_notebooks.faults(nb, "not yet") + lint_notebooks.dead_links(nb, student_file(chapter).parent, BOOK))
    made = student.text(student.edition(read(chapter), chapter.name, nb))
    assert student_file(chapter).read_text(encoding="utf-8") == made, "not what is made of the source: make notebooks"


def test_run(chapter, ran):
    compared(chapter, ran[0].result())


def test_student_edition_run(chapter, ran):
    nb = ran[1].result()
    for number, cell in enumerate(nb.cells, 1):
        # On drawn digits, which are easier, the stub of an exercise may reach what is asked for.
        wrong = "exercise" in tags(cell) and lint_notebooks.wrong_verdicts(cell, "not yet")
        if wrong and (MNIST or lint_notebooks.wrong_verdicts(cell, "passed")):
            pytest.fail(f"cell {number}: {wrong}", pytrace=False)
    compared(student_file(chapter), student.unanswered(nb))
    assert student_file(chapter).read_text(encoding="utf-8") == notebooks.student_edition(chapter, read(chapter), nb), \
        "not what is made of the source: make notebooks"


def test_no_student_edition_without_a_source():
    assert {file.name for file in BOOK.glob(f"{student.FOLDER}/*.ipynb")} == {path.name for path in CHAPTERS}


def test_each_alt_text_has_a_place():
    """nb.AltText finds what the chapters ask it for, and nothing is kept for a figure that is gone."""
    named = [name for path in CHAPTERS for cell in read(path).cells if cell.cell_type == "code"
             for name in re.findall(r'\bnb\.AltText\("(.+?)"\)', cell.source)]
    assert named == list(json.loads((BOOK / "data" / "alt.json").read_text(encoding="utf-8")))
