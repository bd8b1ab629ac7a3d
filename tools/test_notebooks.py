"""Tests that the comparison of notebooks sees every change, and nothing else."""

import base64
import copy
import unittest

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import notebooks

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
    return new_notebook(metadata=notebooks.METADATA, cells=[new_markdown_cell("Text"), print_, show])


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
        got = notebooks.faults(nb)
        self.assertEqual(len(got), 1, got)
        self.assertIn(want, got[0])

    def test_none(self):
        self.assertEqual(notebooks.faults(stored()), [])

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

    def test_interactive_cells_are_not_run(self):
        def change(cells): cells.insert(1, new_code_cell("%%", metadata={"tags": ["interactive"]}))
        nb = stored()
        change(nb.cells)
        self.assertEqual(notebooks.faults(nb), [])


if __name__ == "__main__":
    unittest.main()
