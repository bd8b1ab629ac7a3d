"""The lab in the browser, as readers use it: a cell that asks for input."""

import pytest

import browser
from checkout import need_mnist
from test_lab import Lab, first_code, text

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("lab"), need_mnist]

INPUT = "input.jp-Stdin-input"
ASKS = "%%\nvar a, b int\nfmt.Print(\"two numbers: \")\nfmt.Scan(&a, &b)\nfmt.Println(a + b)"


def test_a_cell_that_waits_for_input_is_stopped(url):
    with browser.chromium() as chrome, chrome.page() as page:
        lab = Lab(page, url, "00-welcome.ipynb")
        cell = first_code(page)
        lab.begin(cell, ASKS)
        page.wait_for_selector(INPUT)
        page.evaluate("() => { jupyterapp.commands.execute('notebook:interrupt-kernel'); }")
        assert "Interrupted" in text(lab.end(cell))
        lab.begin(cell, '%%\nfmt.Println("alive")')
        assert text(lab.end(cell)) == "alive\n"
