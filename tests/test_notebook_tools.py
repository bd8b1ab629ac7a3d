"""Tests that the checks of notebooks see every change and every fault, and nothing else."""

import base64
import copy
import json
import os
import pathlib
import random
import re
import resource
import sys
import tempfile
import time
import unittest

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import lint_notebooks as faults
import notebooks
import student
from cells import METADATA, MOST_BYTES, NotebookError, read, write

PNG = base64.b64encode(bytes(range(256)) * 4).decode()


def stored():
    """A notebook as it is stored: cell 2 prints, cell 3 shows a table and a figure."""
    print_ = new_code_cell("%%\nfmt.Println(1)", execution_count=1, outputs=[
        new_output("stream", name="stdout", text="Epoch 0 : 1 / 10\n"),
        new_output("stream", name="stdout", text="Epoch 1 : 2 / 10\n")])
    show = new_code_cell("%%\nnb.Show(figure)", execution_count=2, outputs=[
        new_output("display_data", data={"text/html": "<table><td>8881</table>"}),
        new_output("display_data", data={"text/html": f'<img alt="a curve" src="data:image/png;base64,{PNG}">',
                                         "image/png": PNG})])
    return new_notebook(metadata=METADATA, cells=[new_markdown_cell("Text"), print_, show])


class Differences(unittest.TestCase):
    def differ(self, change, want):
        """Checks that change, made to the new outputs, is found once, as want."""
        now = stored()
        change(now.cells)
        got = notebooks.differences(stored(), now)
        self.assertEqual([text.split(":")[0] for text in got], [want])
        return got[0]

    def test_none(self):
        self.assertEqual(notebooks.differences(stored(), stored()), [])

    def test_text(self):
        def change(cells): cells[1].outputs[1].text = "Epoch 1 : 3 / 10\n"
        got = self.differ(change, "cell 2, stdout")
        self.assertIn("-Epoch 1 : 2 / 10", got)
        self.assertIn("+Epoch 1 : 3 / 10", got)

    def test_html(self):
        def change(cells): cells[2].outputs[0].data["text/html"] = "<table><td>8882</table>"
        self.assertIn("8882", self.differ(change, "cell 3, output 1, text/html"))

    def test_one_byte_of_a_figure(self):
        def change(cells): cells[2].outputs[1].data["image/png"] = PNG[:500] + "A" + PNG[501:]
        self.assertIn("1024 bytes, SHA-256", self.differ(change, "cell 3, output 2, image/png"))

    def test_metadata(self):
        def change(cells): cells[2].outputs[0].metadata["image/png"] = {"width": 1}
        self.differ(change, "cell 3, output 1, metadata")

    def test_missing(self):
        def change(cells): cells[1].outputs = []
        self.differ(change, "cell 2, stdout")

    def test_extra(self):
        def change(cells): cells[1].outputs.append(new_output("display_data", data={"text/plain": "7"}))
        self.differ(change, "cell 2, output 1, text/plain")

    def test_stderr(self):
        def change(cells): cells[1].outputs.append(new_output("stream", name="stderr", text="exit status 1\n"))
        self.differ(change, "cell 2, stderr")

    def test_error(self):
        def change(cells): cells[1].outputs.append(new_output("error", ename="ERROR", evalue="boom"))
        self.differ(change, "cell 2, error")

    def test_varies(self):
        was, now = stored(), stored()
        now.cells[1].outputs = []
        was.cells[1].metadata["tags"] = ["varies"]
        self.assertEqual(notebooks.differences(was, now), [])

    def test_streams_in_pieces_and_between_figures(self):
        now = stored()
        one, two = now.cells[2].outputs
        text = [new_output("stream", name="stdout", text=part) for part in ("a", "b")]
        now.cells[2].outputs = [text[0], one, text[1], two]
        was = copy.deepcopy(now)
        was.cells[2].outputs = [one, two, new_output("stream", name="stdout", text="ab")]
        self.assertEqual(notebooks.differences(was, now), [])


class Faults(unittest.TestCase):
    def fault(self, change, want):
        nb = stored()
        change(nb.cells)
        got = faults.faults(nb)
        self.assertEqual(len(got), 1, got)
        self.assertIn(want, got[0])

    def test_none(self):
        self.assertEqual(faults.faults(stored()), [])

    def test_prompt(self):
        def change(cells): cells[2].execution_count = 7
        self.fault(change, "cell 3: prompt 7, want 2")

    def test_error(self):
        def change(cells): cells[1].outputs.append(new_output("error", ename="ERROR", evalue="boom"))
        self.fault(change, "cell 2: an error is stored")

    def test_long_cell(self):
        def change(cells): cells[1].source = "\n" * 25 + "//"
        self.fault(change, "cell 2: 26 lines")

    def test_figure_without_alt(self):
        def change(cells): cells[2].outputs[1].data["text/html"] = f'<img src="data:image/png;base64,{PNG}">'
        self.fault(change, "cell 3: an image without alt")

    def test_figure_without_html(self):
        def change(cells): del cells[2].outputs[1].data["text/html"]
        self.fault(change, "cell 3: an image without alt")

    def test_picture_in_text_without_alt(self):
        def change(cells): cells[0].source = "![](net.png)"
        self.fault(change, "cell 1: an image without alt")

    def test_wide_line(self):
        def change(cells): cells[1].source = "%%\nif true {\n\t" + "x" * 75
        self.fault(change, "cell 2: line 3 has 79 columns")

    def test_as_wide_as_a_line_may_be(self):
        nb = stored()
        nb.cells[1].source = "\t" + "x" * 74
        self.assertEqual(faults.faults(nb), [])

    def test_tag_that_is_none(self):
        def change(cells): cells[1].metadata["tags"] = ["excercise"]
        self.fault(change, "cell 2: tag 'excercise' says nothing")

    def test_path_that_the_student_edition_does_not_find(self):
        def change(cells): cells[1].source = '%%\nrows, err := sweep.Read("data/eta.csv")'
        self.fault(change, "cell 2: a path into data/")

    def test_solution_for_everybody(self):
        def change(cells): cells[1].source = "// BEGIN SOLUTION"
        self.fault(change, "cell 2: a solution in a cell without the tag")

    def test_interactive_cells_are_not_run(self):
        def change(cells): cells.insert(1, new_code_cell("%%", metadata={"tags": ["interactive"]}))
        nb = stored()
        change(nb.cells)
        self.assertEqual(faults.faults(nb), [])


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
                         outputs=[new_output("stream", name="stdout", text="passed: doubled\n")])
    return new_notebook(metadata=METADATA, cells=[hint, cell])


def ran():
    """What the student edition of exercise() shows."""
    nb = exercise()
    nb.cells[1].outputs = [new_output("stream", name="stdout", text="not yet: double(1) = 0, want 2\n")]
    return nb


class Exercises(unittest.TestCase):
    def fault(self, change, want, nb=None, verdict="passed"):
        nb = nb or exercise()
        change(nb.cells)
        got = faults.faults(nb, verdict)
        self.assertEqual(len(got), 1, got)
        self.assertIn(want, got[0])

    def test_none(self):
        self.assertEqual(faults.faults(exercise()), [])

    def test_no_hint(self):
        def change(cells): cells[0].source = "Double it."
        self.fault(change, "without a hint")

    def test_hint_elsewhere(self):
        def change(cells): cells.insert(1, new_markdown_cell("Now."))
        self.fault(change, "without a hint")

    def test_no_gap(self):
        def change(cells): cells[1].source = "%%\nexercise.Double(double)"
        self.fault(change, "without a pair")

    def test_gap_without_end(self):
        def change(cells): cells[1].source = cells[1].source.replace("\t// END SOLUTION\n", "")
        self.fault(change, "without a pair")

    def test_long_solution(self):
        def change(cells): cells[1].source = cells[1].source.replace("\ty := x\n", "\ty := x\n" * 10)
        self.fault(change, "a solution of 11 lines")

    def test_solution_in_view(self):
        def change(cells): del cells[1].metadata["jupyter"]
        self.fault(change, "not folded")

    def test_no_check(self):
        def change(cells):
            cells[1].source = cells[1].source.replace("exercise.Double(double)", "fmt.Println(double(2))")
            cells[1].outputs = []
        self.fault(change, "without a call of its check")

    def test_not_passed(self):
        def change(cells): cells[1].outputs[0].text = "not yet: double(1) = 1, want 2\n"
        self.fault(change, "answers not yet, want passed")

    def test_one_verdict_missing(self):
        def change(cells): cells[1].source += "\nexercise.Again(double)"
        self.fault(change, "answers passed, want passed from each")

    def test_exercise_that_is_not_run(self):
        def change(cells): cells[1].metadata["tags"].append("trains")
        self.fault(change, "tagged trains as well")

    def test_student_edition(self):
        nb = student.edition(exercise(), "one.ipynb", ran())
        self.assertEqual(faults.faults(nb, "not yet"), [])
        self.assertEqual(nb.cells[1].source,
                         "func double(x int) int {\n\t// your code here\n\treturn 0\n}\n\n%%\nexercise.Double(double)")
        self.assertTrue(nb.cells[0].source.startswith("*Student edition, generated from [one.ipynb](../one.ipynb)"))

    def test_student_edition_that_passes(self):
        def change(cells): cells[1].outputs[0].text = "passed: doubled\n"
        self.fault(change, "answers passed, want not yet", student.edition(exercise(), "one.ipynb", ran()), "not yet")

    def test_student_edition_that_is_folded(self):
        def change(cells): cells[1].metadata["jupyter"] = {"source_hidden": True}
        self.fault(change, "folded", student.edition(exercise(), "one.ipynb", ran()), "not yet")

    def test_predictions_stay_open(self):
        def predict():
            nb = exercise()
            cell = nb.cells[1].copy()
            cell.update(source="%%\nfmt.Println(4)", execution_count=2, metadata={}, id="shown",
                        outputs=[new_output("stream", name="stdout", text="4\n")])
            after = cell.copy()
            after.update(id="after", execution_count=3)
            nb.cells += [new_markdown_cell("**Predict:** how much?"), cell, new_markdown_cell("So much."), after]
            return nb
        nb = predict()
        self.assertEqual(faults.faults(nb), [])
        nb.cells[1].outputs = ran().cells[1].outputs
        nb = student.edition(predict(), "one.ipynb", nb)
        self.assertEqual(faults.faults(nb, "not yet"), [])
        self.assertEqual([(cell.execution_count, len(cell.outputs)) for cell in nb.cells if cell.cell_type == "code"],
                         [(1, 1), (None, 0), (3, 1)])
        self.assertEqual(student.unanswered(predict()).cells[3].outputs, [])
        nb.cells[3].outputs = predict().cells[3].outputs
        self.assertEqual(faults.faults(nb, "not yet"), ["cell 4: outputs that the reader is asked to predict"])

    def test_stub_without_a_return(self):
        self.assertEqual(student.stub("\t// BEGIN SOLUTION\n\tx++\n\t// END SOLUTION\n}"), "\t// your code here\n}")


class Strays(unittest.TestCase):
    """The check that the two editions differ in the gaps alone."""

    def stray(self, change, want):
        nb = student.edition(exercise(), "one.ipynb", ran())
        change(nb.cells)
        got = student.strays(exercise(), nb)
        self.assertEqual(len(got), 1, got)
        self.assertIn(want, got[0])

    def replaced(self, old, new, want):
        def change(cells):
            self.assertIn(old, cells[1].source)
            cells[1].source = cells[1].source.replace(old, new)
        self.stray(change, want)

    def test_none(self):
        self.assertEqual(student.strays(exercise(), student.edition(exercise(), "one.ipynb", ran())), [])

    def test_line_before_the_gap(self):
        self.replaced("x int", "x, y int", "outside the gap")

    def test_line_after_the_gap(self):
        self.replaced("exercise.Double(double)", "exercise.Double(twice)", "outside the gap")

    def test_line_more(self):
        self.replaced("%%\n", "%%\n// more\n", "outside the gap")

    def test_line_less(self):
        self.replaced("}\n\n%%", "}\n%%", "outside the gap")

    def test_solution_left_in(self):
        self.replaced("\treturn 0", "\ty := x\n\treturn x + y", "in the gap")

    def test_solution_in_place_of_the_stub(self):
        self.replaced("\t// your code here\n\treturn 0", "\treturn x + x", "in the gap")

    def test_text(self):
        def change(cells): cells[0].source += " More."
        self.stray(change, "cell 1: another text")

    def test_cell_less(self):
        self.stray(lambda cells: cells.pop(), "1 cells, want 2")


class Links(unittest.TestCase):
    def test_as_seen_from_the_student_edition(self):
        for target, want in {
            "02-digits.ipynb": "02-digits.ipynb",
            "02-digits.ipynb#The-data": "02-digits.ipynb#The-data",
            "data/net.png": "../data/net.png",
            "student/02-digits.ipynb": "../student/02-digits.ipynb",
            "#Exercises": "#Exercises",
            "https://go.dev/dl": "https://go.dev/dl",
        }.items():
            self.assertEqual(student.moved(target), want)

    def test_dead(self):
        with tempfile.TemporaryDirectory() as folder:
            book = pathlib.Path(folder, "book")
            (book / "student").mkdir(parents=True)
            (book / "one.ipynb").touch()
            (pathlib.Path(folder) / "README.md").touch()
            for text, want in {
                "[one](one.ipynb#x) and [all](https://go.dev/x) and [here](#here)": [],
                "[two](two.ipynb)": ["cell 1: the link two.ipynb leads nowhere"],
                '<img alt="a net" src="net.png">': ["cell 1: the link net.png leads nowhere"],
                "[out](../README.md)": ["cell 1: the link ../README.md leads out of book, where JupyterLab opens nothing"],
            }.items():
                self.assertEqual(faults.dead_links(new_notebook(cells=[new_markdown_cell(text)]), book, book), want)


class Numbers(unittest.TestCase):
    """The check that numbers in the text are shown by a cell."""

    TEXT = """# What 4711.5 says in a heading

**What you saw:** 8881 of 10,000 at first, that is 88.81 or 88.8 percent; 9,361 at last. The rate η was 0.25, the
first weight −2.1354, the cost 3.2·10⁻⁵ (0.5 at first), in 4.25s; it ended at 0.3010.

- one of 0.125, 0.375."""
    OUTPUT = "Epoch 0 : 8881 / 10000\nEpoch 29 : 9361 / 10000\n[0.125 0.375]\ncost 3.2e-05, 0.5, 4.25, 0.3010\n"
    SOURCE = "%%\ntrain(0.25) // at 0.75\nw := -2.1354\nfmt.Println(\"7.75\")"

    def unproven(self, text):
        nb = stored()
        nb.cells[1].outputs = [new_output("stream", name="stdout", text=self.OUTPUT)]
        nb.cells[1].source = self.SOURCE
        nb.cells[0].source = text
        return [fault.split()[2] for fault in faults.unproven(nb)]

    def test_all_shown(self):
        self.assertEqual(self.unproven(self.TEXT), [])

    def test_every_changed_digit_is_seen(self):
        body = self.TEXT.index("**What")
        wanted = ["8881", "88.81", "88.8", "9,361", "0.25", "2.1354", "3.2", "0.5", "4.25", "0.3010", "0.125", "0.375"]
        self.assertEqual([literal for literal, _ in faults.claims(self.TEXT)], wanted)
        for literal in wanted:
            at = re.compile(re.escape(literal) + r"(?!\d)").search(self.TEXT, body).start()
            for i, digit in enumerate(literal):
                if not digit.isdigit():
                    continue
                changed = literal[:i] + str((int(digit) + 3) % 10) + literal[i + 1:]
                with self.subTest(changed):
                    self.assertEqual(self.unproven(self.TEXT[:at] + changed + self.TEXT[at + len(literal):]), [changed])

    def test_comments_and_strings_of_cells_show_nothing(self):
        self.assertEqual(self.unproven("at 0.75, then 7.75"), ["0.75", "7.75"])

    def test_what_makes_no_claim(self):
        for text in (
            "60,000 digits, 784 inputs, 28 × 28, the year 2015",
            "`0.123`, ``0.123`` and\n```\n0.123\n```",
            "$a = 0.123$, $$\n0.123\n$$ and \\(0.123\\)",
            "[a link](https://example.org/1.234/5678) <img src='1.234'>",
            "**Predict:** is it 0.123,\n1,234 or 12.34?",
            "**Predict:** is it\n\n- 0.123\n- 1,234?",
            "about 7,700, nearly 0.123, such as 0.123 or 12.34, between 0.123 and 1,234, from more than 7,700",
            "≈ 0.123, below −0.123",
            "Go 1.26.8, 0x801, section4.5b",
        ):
            with self.subTest(text):
                self.assertEqual(self.unproven(text), [])

    def test_claims_beside_them(self):
        for text in (
            "`0.5` is 0.123",
            "$0.5$ is 0.123 $0.5$",
            "**Predict:** is it 0.5?\n\nIt is 0.123.",
            "**Predict:** is it\n\n- 0.5?\n\n**What you saw:** 0.123.",
            "about 7,700; it is 0.123",
            "[0.123](https://example.org)",
            "(0.5,0.123)",
            "where 0 < w, 0.123 at first, and w > 0",
        ):
            with self.subTest(text):
                self.assertEqual(self.unproven(text), ["0.123"])

    def test_cited(self):
        nb = stored()
        nb.cells[0].source = "The page says 9,007."
        self.assertEqual(len(faults.faults(nb)), 1)
        nb.cells[0].metadata["tags"] = ["cited"]
        self.assertEqual(faults.faults(nb), [])


# What a file may hold in the place of anything else; a text is put in as it is, not in quotes.
NASTY = [None, True, -1, 1.5, "", "words\nand 1,234.5 more\n```", "\x00\x1b[2J", [], {}, [[]], {"": None}, ["a", 1],
         {"nbformat": 4}, "x" * 100_000, "9" * 5000 + " / 3", "1e" + "9" * 30, "9" * 40 + " of 10 and 7.25", "<a" * 500]
RAW = ["NaN", "Infinity", "-Infinity", "1e999", "-1e-999", "9" * 5000, "123456789012345678", '"\\ud800"', '"\\udc00\\ud83d"',
       "[" * 40 + "]" * 40, "[" * 400 + "]" * 400, '{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 200_000, "tru", "'", '"\t"', ",", "\ufeff"]
KEYS = ["cells", "metadata", "outputs", "source", "tags", "data", "text", "text/html", "image/png", "name", "jupyter",
        "output_type", "cell_type", "execution_count", "kernelspec", "attachments", "id", "traceback"]


def hostile(seed):
    """The bytes of a file that is nearly a notebook: the same for the same seed, on every machine."""
    rng = random.Random(seed)
    content = json.loads(nbformat.writes(rng.choice([stored, exercise, ran])()))
    raw = []
    for _ in range(rng.choice([0, 1, 1, 1, 2, 5])):
        places = [(node, key) for node in nodes(content)
                  for key in (list(node) if isinstance(node, dict) else range(len(node)))]
        node, key = rng.choice(places)
        other, there = rng.choice(places)
        match rng.randrange(7):
            case 0:
                del node[key]
            case 1:
                node[key] = rng.choice(NASTY)
            case 2:
                raw.append(rng.choice(RAW))
                node[key] = f"raw {len(raw) - 1}"
            case 3:
                node[key] = copy.deepcopy(other[there])
            case 4 if isinstance(node, dict):
                node[rng.choice(KEYS)] = copy.deepcopy(rng.choice(NASTY))
            case 5 if isinstance(node, list):
                node *= rng.choice([2, 3, 50])
            case _:
                content["nbformat" + rng.choice(["", "_minor"])] = rng.choice([*range(-1, 7), "4", 10**9, None, [4]])
        if not list(nodes(content)) or len(json.dumps(content)) > 300_000:
            break
    data = json.dumps(content, indent=rng.choice([None, 1])).encode()
    for i, text in enumerate(raw):
        data = data.replace(f'"raw {i}"'.encode(), text.encode())
    for _ in range(rng.choice([0, 0, 0, 1, 3])):
        low, high = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        match rng.randrange(5):
            case 0:
                data = data[:low]
            case 1:
                data = data[:low] + rng.randbytes(rng.choice([1, 4, 100])) + data[low:]
            case 2:
                data = data[:low] + data[high:]
            case 3:
                data = data[:high] + data[low:]
            case _:
                data = data[:low] + bytes([rng.choice(b'{}[]",:\\e-.0\xff\xed')]) + data[low + 1:]
    return data


def nodes(value):
    """The objects and lists in a value from JSON that hold something."""
    if isinstance(value, (dict, list)) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from nodes(inner)


class Hostile(unittest.TestCase):
    """Files that are nearly notebooks: each gives its edition, or one line that names it and says what is wrong."""

    FILES = 300
    MORE_MEMORY = 256  # MB, to read a file of at most 4 MB

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, "one.ipynb")

    def survives(self, data):
        """Whether the file is a notebook, as all the tools see it."""
        self.path.write_bytes(data)
        try:
            nb = read(self.path)
        except NotebookError as err:
            self.assertRegex(str(err), rf"\A{re.escape(str(self.path))}: .{{4,400}}\Z")
            self.assertEqual(notebooks.run(self.path), (notebooks.Ran(error=str(err)),) * 2)
            return False
        edition = student.edition(nb, self.path.name, nb)
        for which, verdict in (nb, "passed"), (edition, "not yet"):
            for fault in faults.faults(which, verdict) + faults.dead_links(which, self.path.parent, self.path.parent):
                self.assertIsInstance(fault, str)
        student.strays(nb, edition)
        self.assertEqual(notebooks.differences(nb, nb), [])
        write(self.path, student.text(notebooks.settled(nb, nb)))
        read(self.path)
        write(self.path, student.text(edition))
        self.assertEqual(read(self.path), edition)
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])
        return True

    def test_files(self):
        if "NNBOOK_FUZZ" in os.environ:  # as of go test -fuzztime
            units = {"h": 3600, "m": 60, "s": 1}
            end = time.monotonic() + sum(int(number) * units[unit]
                                         for number, unit in re.findall(r"(\d+)([hms])", os.environ["NNBOOK_FUZZ"]))
            first, last = random.randrange(1 << 40), 1 << 60
        else:
            end, first, last = float("inf"), 0, self.FILES
        before, good, seed = memory(), 0, first
        while seed < last and time.monotonic() < end:
            with self.subTest(seed=seed):
                good += self.survives(hostile(seed))
            seed += 1
        print(f"{seed - first} hostile notebooks, {good} of them readable, {memory() - before:.0f} MB more memory")
        self.assertTrue(0.1 < good / (seed - first) < 0.9, f"{good} of {seed - first} are notebooks")
        self.assertLess(memory() - before, self.MORE_MEMORY)

    def test_large(self):
        before = memory()
        for data in (b"[" * (MOST_BYTES - 1), b"[" * (MOST_BYTES + 1), b"\xff" * MOST_BYTES,
                     b'{"cells": [' + b"{}," * (MOST_BYTES // 3 - 10) + b"{}]}"):
            self.assertFalse(self.survives(data))
        self.assertLess(memory() - before, self.MORE_MEMORY)

    def test_no_file(self):
        with self.assertRaisesRegex(NotebookError, "one.ipynb: No such file"):
            read(self.path)
        self.path.mkdir()
        with self.assertRaisesRegex(NotebookError, "one.ipynb: Is a directory"):
            read(self.path)

    def test_what_is_wrong(self):
        whole = nbformat.writes(stored())
        for old, new, want in [
            (whole, whole[:100], "line 7 column"),
            ('"execution_count": 1', '"execution_count": NaN', "the number NaN"),
            ('"execution_count": 1', '"execution_count": "1"', "cells/1/execution_count: '1' is not of type"),
            ('"nbformat": 4', '"nbformat": 3', "notebook format 3.5, want 4.5"),
            ('"Text"', '"\\ud800"', r"half a character, '\ud800', in a text"),
            ('"Text"', "[" * 100 + "]" * 100, "nested more than 50 deep"),
        ]:
            self.assertIn(old, whole)
            self.path.write_text(whole.replace(old, new, 1), encoding="utf-8")
            with self.subTest(new), self.assertRaises(NotebookError) as raised:
                read(self.path)
            self.assertIn(want, str(raised.exception))

    def test_a_file_is_written_whole_or_stays(self):
        self.path.write_text("old")
        with self.assertRaises(UnicodeEncodeError):
            write(self.path, "new" * 100_000 + "\ud800")
        self.assertEqual(self.path.read_text(), "old")
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])


def memory():
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    unittest.main()
