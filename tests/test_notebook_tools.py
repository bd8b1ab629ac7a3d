"""The tools that compare, lint and generate notebooks see every change and every fault, and nothing else."""

import base64
import copy
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import notebooks
import student
from cells import METADATA, NotebookError, read, write
from lint_notebooks import claims, dead_links, faults, unproven, wrong_minutes

pytestmark = pytest.mark.tools

PNG = base64.b64encode(bytes(range(256)) * 4).decode()
ERROR = new_output("error", ename="ERROR", evalue="boom")


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def stored():
    """A notebook as it is stored: cell 2 prints, cell 3 shows a table and a figure."""
    print_ = new_code_cell("%%\nfmt.Println(1)", execution_count=1,
                           outputs=[printed("Epoch 0 : 1 / 10\n"), printed("Epoch 1 : 2 / 10\n")])
    show = new_code_cell("%%\nnb.Show(figure)", execution_count=2, outputs=[
        new_output("display_data", data={"text/html": "<table><td>8881</table>"}),
        new_output("display_data", data={"text/html": f'<img alt="A curve." src="data:image/png;base64,{PNG}">',
                                         "image/png": PNG})])
    return new_notebook(metadata=METADATA, cells=[new_markdown_cell("Text"), print_, show])


def exercise():
    """A notebook with an exercise: the source edition, all passed."""
    hint = new_markdown_cell("Double it.\n\n<details><summary>Hint</summary>Add.</details>")
    cell = new_code_cell("""func double(x int) int {
	// BEGIN SOLUTION: return 0
	y := x
	return x + y
	// END SOLUTION
}

%%
exercise.Double(double)""", execution_count=1, metadata={"tags": ["exercise"], "jupyter": {"source_hidden": True}},
                         outputs=[printed("passed: doubled\n")])
    return new_notebook(metadata=METADATA, cells=[hint, cell])


def ran():
    """What the student edition of exercise() shows."""
    nb = exercise()
    nb.cells[1].outputs = [printed("not yet: double(1) = 0, want 2\n")]
    return nb


def edition():
    return student.edition(exercise(), "one.ipynb", ran())


def changed(nb, change):
    change(nb.cells)
    return nb


def replaced(cell, old, new):
    assert old in cell.source
    cell.source = cell.source.replace(old, new)


@pytest.mark.parametrize("change, where, says", [
    (lambda c: c[1].outputs[1].update(text="Epoch 1 : 3 / 10\n"), "cell 2, stdout", "-Epoch 1 : 2 / 10"),
    (lambda c: c[1].outputs[1].update(text="Epoch 1 : 3 / 10\n"), "cell 2, stdout", "+Epoch 1 : 3 / 10"),
    (lambda c: c[2].outputs[0].data.update({"text/html": "<td>8882"}), "cell 3, output 1, text/html", "8882"),
    (lambda c: c[2].outputs[1].data.update({"image/png": PNG[:500] + "A" + PNG[501:]}),
     "cell 3, output 2, image/png", "1024 bytes, SHA-256"),
    (lambda c: c[2].outputs[0].metadata.update({"image/png": {"width": 1}}), "cell 3, output 1, metadata", ""),
    (lambda c: c[1].update(outputs=[]), "cell 2, stdout", "not shown now"),
    (lambda c: c[1].outputs.append(new_output("display_data", data={"text/plain": "7"})), "cell 2, output 1, text/plain", "7"),
    (lambda c: c[1].outputs.append(printed("exit status 1\n", "stderr")), "cell 2, stderr", "exit status 1"),
    (lambda c: c[1].outputs.append(ERROR), "cell 2, error", "boom"),
])
def test_a_difference_is_found_once(change, where, says):
    found = notebooks.differences(stored(), changed(stored(), change))
    assert [text.partition(":")[0] for text in found] == [where]
    assert says in found[0]


def test_what_is_no_difference():
    assert notebooks.differences(stored(), stored()) == []
    # a cell that varies
    was, now = stored(), stored()
    now.cells[1].outputs = []
    was.cells[1].metadata["tags"] = ["varies"]
    assert notebooks.differences(was, now) == []
    # streams in pieces, and between figures
    now = stored()
    one, two = now.cells[2].outputs
    now.cells[2].outputs = [printed("a"), one, printed("b"), two]
    was = copy.deepcopy(now)
    was.cells[2].outputs = [one, two, printed("ab")]
    assert notebooks.differences(was, now) == []


@pytest.mark.parametrize("change, says", [
    (lambda c: c[2].update(execution_count=7), "cell 3: prompt 7, want 2"),
    (lambda c: c[1].outputs.append(ERROR), "cell 2: an error is stored"),
    (lambda c: c[1].update(source="\n" * 25 + "//"), "cell 2: 26 lines"),
    (lambda c: c[2].outputs[1].data.update({"text/html": "<img>"}), "cell 3: an image without alt"),
    (lambda c: c[2].outputs[1].data.pop("text/html"), "cell 3: an image without alt"),
    (lambda c: c[2].outputs[1].data.update({"text/html": '<img alt="a curve">'}), "cell 3: an alt text that is no sentence"),
    (lambda c: c[0].update(source="![](net.png)"), "cell 1: an image without alt"),
    (lambda c: c[1].update(source="%%\nif true {\n\t" + "x" * 75), "cell 2: line 3 has 79 columns"),
    (lambda c: c[1].metadata.update(tags=["excercise"]), "cell 2: tag 'excercise' says nothing"),
    (lambda c: c[1].update(source='%%\nrows, err := sweep.Read("data/eta.csv")'), "cell 2: a path into data/"),
    (lambda c: c[1].update(source="// BEGIN SOLUTION"), "cell 2: a solution in a cell without the tag"),
    (lambda c: c.insert(1, new_code_cell("%%", metadata={"tags": ["interactive"]})), "cell 2: nothing below it for those who only read"),
])
def test_a_fault_is_found_once(change, says):
    found = faults(changed(stored(), change))
    assert len(found) == 1 and says in found[0], found


@pytest.mark.parametrize("change", [
    lambda c: None,
    lambda c: c[1].update(source="\t" + "x" * 74),  # as wide as a line may be
    lambda c: c.__setitem__(slice(1, 1), [new_code_cell("%%", metadata={"tags": ["interactive"]}),  # which is not run
                                          new_markdown_cell("If you only read:")]),
])
def test_what_is_no_fault(change):
    assert faults(changed(stored(), change)) == []


@pytest.mark.parametrize("part, key", [("kernelspec", "name"), ("kernelspec", "language"), ("kernelspec", "display_name"),
                                       ("language_info", "name"), ("language_info", "pygments_lexer")])
def test_a_notebook_whose_kernel_an_editor_does_not_find_is_a_fault(part, key):
    for change in (lambda said: said.pop(key), lambda said: said.update({key: "python3"})):
        nb = stored()
        change(nb.metadata[part])
        found = faults(nb)
        assert len(found) == 1 and found[0].startswith("its metadata say"), found


@pytest.mark.parametrize("change, says", [
    (lambda c: c[0].update(source="Double it."), "without a hint"),
    (lambda c: c.insert(1, new_markdown_cell("Now.")), "without a hint"),
    (lambda c: c[1].update(source="%%\nexercise.Double(double)"), "without a pair"),
    (lambda c: replaced(c[1], "\t// END SOLUTION\n", ""), "without a pair"),
    (lambda c: replaced(c[1], "\ty := x\n", "\ty := x\n" * 10), "a solution of 11 lines"),
    (lambda c: c[1].metadata.pop("jupyter"), "not folded"),
    (lambda c: (replaced(c[1], "exercise.Double(double)", "fmt.Println()"), c[1].update(outputs=[])), "without a call of its check"),
    (lambda c: c[1].outputs[0].update(text="not yet: double(1) = 1, want 2\n"), "answers not yet, want passed"),
    (lambda c: c[1].update(source=c[1].source + "\nexercise.Again(double)"), "answers passed, want passed from each"),
    (lambda c: c[1].metadata["tags"].append("trains"), "tagged trains as well"),
])
def test_a_fault_of_an_exercise_is_found_once(change, says):
    assert faults(exercise()) == []
    found = faults(changed(exercise(), change))
    assert len(found) == 1 and says in found[0], found


@pytest.mark.parametrize(("stated", "wrong"), [(10, False), (12, False), (7, True), (13, True)])
def test_stated_minutes_are_the_time_to_read(stated, wrong):
    text = f"It takes about {stated} minutes to read." + " word" * 2193
    folded = "\n\n<details><summary>Hint</summary>" + " word" * 2200 + "</details>\n\n**Exercise 1.**" + " word" * 2200
    found = list(wrong_minutes(new_notebook(cells=[new_markdown_cell(text + folded)])))
    assert found == ([f"cell 1: {stated} minutes to read, and it takes 10"] if wrong else [])


@pytest.mark.parametrize(("words", "lines", "tag", "takes"), [
    (35 * 220, 0, [], ""), (35 * 220 + 22, 0, [], "35.1"), (34 * 220, 40, [], ""), (34 * 220, 44, [], "35.1"),
    (34 * 220, 44, ["interactive"], "35.1"),  # what waits for a reader is read as well
    (35 * 220, 44, ["exercise"], ""),  # what a reader writes is not
])
def test_a_chapter_of_more_than_35_minutes_is_a_fault(words, lines, tag, takes):
    text = "About 35 minutes to read." + " word" * (words - 5) + "\n\n<details><summary>Hint</summary>" + " word" * 2200 + "</details>"
    shown = new_code_cell("i++\n" * lines, metadata={"tags": tag})
    found = list(wrong_minutes(new_notebook(cells=[new_markdown_cell(text), shown])))
    assert found == ([f"it takes {takes} minutes to read, want at most 35: fold, shorten or split"] if takes else [])


@pytest.mark.parametrize("text", ["", "It takes about ten minutes to read.", "A cell runs for about 10 minutes."])
def test_a_chapter_says_its_minutes_in_digits(text):
    found = faults(changed(stored(), lambda c: c[0].update(source=text + " word" * 2200)))
    assert found == ['it does not say how long it takes, in digits: "about 10 minutes to read"']


def test_student_edition():
    nb = edition()
    assert faults(nb, "not yet") == []
    assert nb.cells[1].source == "func double(x int) int {\n\t// your code here\n\treturn 0\n}\n\n%%\nexercise.Double(double)"
    assert nb.cells[0].source.startswith("*Student edition, generated from [one.ipynb](../one.ipynb)")
    assert student.stub("\t// BEGIN SOLUTION\n\tx++\n\t// END SOLUTION\n}") == "\t// your code here\n}"  # no return


@pytest.mark.parametrize("change, says", [
    (lambda c: c[1].outputs[0].update(text="passed: doubled\n"), "answers passed, want not yet"),
    (lambda c: c[1].metadata.update(jupyter={"source_hidden": True}), "folded"),
])
def test_a_fault_of_the_student_edition_is_found_once(change, says):
    found = faults(changed(edition(), change), "not yet")
    assert len(found) == 1 and says in found[0], found


def test_predictions_stay_open():
    def predict():
        nb = exercise()
        cell = nb.cells[1].copy()
        cell.update(source="%%\nfmt.Println(4)", execution_count=2, metadata={}, id="shown", outputs=[printed("4\n")])
        after = cell.copy()
        after.update(id="after", execution_count=3)
        nb.cells += [new_markdown_cell("**Predict:** how much?"), cell, new_markdown_cell("So much."), after]
        return nb
    nb = predict()
    assert faults(nb) == []
    nb.cells[1].outputs = ran().cells[1].outputs
    nb = student.edition(predict(), "one.ipynb", nb)
    assert faults(nb, "not yet") == []
    shown = [(cell.execution_count, len(cell.outputs)) for cell in nb.cells if cell.cell_type == "code"]
    assert shown == [(1, 1), (None, 0), (3, 1)]
    assert student.unanswered(predict()).cells[3].outputs == []
    assert nb.cells[4].source == "<details><summary>Compare</summary>\n\nSo much.\n\n</details>"
    nb.cells[3].outputs = predict().cells[3].outputs
    assert faults(nb, "not yet") == ["cell 4: outputs that the reader is asked to predict"]


@pytest.mark.parametrize("text, stays_open", {
    "A heap.": "",
    "A heap.\n\nWhy?\n\n## Next": "Why?\n\n## Next",
    "Two.\n\n- One.\n\n1. Two.\n\nWhy?": "Why?",
    "A table:\n\n| a |\n| --- |\n\nWhy?": "Why?",
    "As in:\n\n```\na\n\nb\n```\n\nWhy?": "Why?",
    "**Predict:** and now?": "**Predict:** and now?",
    "**Exercise 4.** Repair it.": "**Exercise 4.** Repair it.",
    "## Next": "## Next",
}.items())
def test_the_paragraph_that_answers_is_folded(text, stays_open):
    made = student.folded(text)
    assert made.rpartition("</details>")[2].strip() == stays_open
    assert re.sub(r"<details><summary>Compare</summary>\n\n|</details>(\n\n)?", "", made).strip() == text


@pytest.mark.parametrize("code, says", {
    'nb.Show(figure, "A valley, " +\n\t"with a \\"bottom\\" at 3.")': "'A valley, with a",
    'live.Done("It rises.")': "'It rises.'",
    'const alt = "It rises."': "'It rises.'",
    'nb.Show(figure, nb.AltText("08 last results"))': "",
    'fmt.Println("It was stopped in " +\n\t"its first epoch.")\nnb.Show(figure("w.", "up to 3.5"))': "",
}.items())
def test_code_below_a_prediction_does_not_answer_it(code, says):
    below, after = new_code_cell("%%\n" + code, execution_count=1), new_code_cell("%%\n" + code, execution_count=2)
    nb = new_notebook(metadata=METADATA, cells=[new_markdown_cell("**Predict:** what is to be seen?"), below,
                                                new_markdown_cell("So it is."), after])
    found = [fault for fault in faults(nb) if "its code says" in fault]
    assert len(found) == bool(says) and says in "".join(found)
    assert all(fault.startswith("cell 2: ") for fault in found)


@pytest.mark.parametrize("target, want", {
    "02-digits.ipynb": "02-digits.ipynb",
    "02-digits.ipynb#The-data": "02-digits.ipynb#The-data",
    "data/net.png": "../data/net.png",
    "student/02-digits.ipynb": "../student/02-digits.ipynb",
    "#Exercises": "#Exercises",
    "https://go.dev/dl": "https://go.dev/dl",
}.items())
def test_links_as_seen_from_the_student_edition(target, want):
    assert student.moved(target) == want


@pytest.mark.parametrize("text, want", {
    "[one](one.ipynb#x) and [all](https://go.dev/x) and [here](#here)": [],
    "[two](two.ipynb)": ["cell 1: the link two.ipynb leads nowhere"],
    '<img alt="a net" src="net.png">': ["cell 1: the link net.png leads nowhere"],
    "[out](../README.md)": ["cell 1: the link ../README.md leads out of book, where JupyterLab opens nothing"],
}.items())
def test_dead_links(text, want, tmp_path):
    book = tmp_path / "book"
    book.mkdir()
    (book / "one.ipynb").touch()
    (tmp_path / "README.md").touch()
    assert dead_links(new_notebook(cells=[new_markdown_cell(text)]), book, book) == want


TEXT = """# What 4711.5 says in a heading

**What you saw:** 8881 of 10,000 at first, that is 88.81 or 88.8 percent; 9,361 at last. The rate η was 0.25, the
first weight −2.1354, the cost 3.2·10⁻⁵ (0.5 at first), in 4.25s; it ended at 0.3010.

- one of 0.125, 0.375."""
CLAIMS = ["8881", "88.81", "88.8", "9,361", "0.25", "2.1354", "3.2", "0.5", "4.25", "0.3010", "0.125", "0.375"]


def unshown(text):
    """The numbers in the text that no cell shows."""
    nb = stored()
    nb.cells[0].source = text
    nb.cells[1].source = "%%\ntrain(0.25) // at 0.75\nw := -2.1354\nfmt.Println(\"7.75\")"
    nb.cells[1].outputs = [printed(
        "Epoch 0 : 8881 / 10000\nEpoch 29 : 9361 / 10000\n[0.125 0.375]\ncost 3.2e-05, 0.5, 4.25, 0.3010\n")]
    return [fault.split()[2] for fault in unproven(nb)]


def test_numbers_that_are_shown():
    assert unshown(TEXT) == []
    assert [literal for literal, _ in claims(TEXT)] == CLAIMS


@pytest.mark.parametrize("literal", CLAIMS)
def test_every_changed_digit_is_seen(literal):
    at = re.compile(re.escape(literal) + r"(?!\d)").search(TEXT, TEXT.index("**What")).start()
    for i, digit in enumerate(literal):
        if digit.isdigit():
            wrong = literal[:i] + str((int(digit) + 3) % 10) + literal[i + 1:]
            assert unshown(TEXT[:at] + wrong + TEXT[at + len(literal):]) == [wrong]


def test_comments_and_strings_of_cells_show_nothing():
    assert unshown("at 0.75, then 7.75") == ["0.75", "7.75"]


@pytest.mark.parametrize("text", [
    "60,000 digits, 784 inputs, 28 × 28, the year 2015",
    "`0.123`, ``0.123`` and\n```\n0.123\n```",
    "$a = 0.123$, $$\n0.123\n$$ and \\(0.123\\)",
    "[a link](https://example.org/1.234/5678) <img src='1.234'>",
    "**Predict:** is it 0.123,\n1,234 or 12.34?",
    "**Predict:** is it\n\n- 0.123\n- 1,234?",
    "about 7,700, nearly 0.123, such as 0.123 or 12.34, between 0.123 and 1,234, from more than 7,700",
    "≈ 0.123, below −0.123",
    "Go 1.26.8, 0x801, section4.5b",
])
def test_numbers_that_make_no_claim(text):
    assert unshown(text) == []


@pytest.mark.parametrize("text", [
    "`0.5` is 0.123",
    "$0.5$ is 0.123 $0.5$",
    "**Predict:** is it 0.5?\n\nIt is 0.123.",
    "**Predict:** is it\n\n- 0.5?\n\n**What you saw:** 0.123.",
    "about 7,700; it is 0.123",
    "[0.123](https://example.org)",
    "(0.5,0.123)",
    "where 0 < w, 0.123 at first, and w > 0",
])
def test_claims_beside_them(text):
    assert unshown(text) == ["0.123"]


def test_cited_numbers():
    nb = stored()
    nb.cells[0].source = "The page says 9,007."
    assert len(faults(nb)) == 1
    nb.cells[0].metadata["tags"] = ["cited"]
    assert faults(nb) == []


@pytest.mark.parametrize("old, new", [
    ('"execution_count": 1', '"execution_count": "1"'),
    ('"cells"', '"cellars"'),
    ("}", ""),
])
def test_a_file_that_is_no_notebook_is_named(old, new, tmp_path):
    path = tmp_path / "one.ipynb"
    with pytest.raises(NotebookError, match="one.ipynb"):
        read(path)
    text = nbformat.writes(stored())
    path.write_text(text, encoding="utf-8")
    read(path)
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(NotebookError, match="one.ipynb"):
        read(path)


def test_a_file_is_written_whole_or_stays(tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write(path, "new" * 100_000 + "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_told_anew_without_a_run(tmp_path):
    source, theirs = tmp_path / "01-x.ipynb", tmp_path / "student" / "01-x.ipynb"
    theirs.parent.mkdir()
    write(theirs, student.text(student.edition(exercise(), source.name, ran())))
    nb = exercise()
    nb.cells[0].source = "Twice it.\n\n" + nb.cells[0].source
    write(source, student.text(nb))
    notebooks.retell(source)
    after = read(theirs)
    assert "Twice it." in after.cells[0].source and after.cells[1].outputs == ran().cells[1].outputs
    nb.cells[1].source = nb.cells[1].source.replace("double", "twice")
    write(source, student.text(nb))
    with pytest.raises(NotebookError, match="make notebooks runs it"):
        notebooks.retell(source)
    assert read(theirs) == after
