"""Runs a cell in the kernel, as JupyterLab does: one line says what it saw work, or what did not.

The cell is built from the book's packages, prints and shows a figure.
"""

import os
import pathlib
import sys
import tempfile
import time

import jupyterlab
from jupyter_client.manager import KernelManager

BOOK = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
SECONDS = 170
CELL = """import (
	"fmt"
	"image"

	"nnbook/nb"
	"nnbook/nb/nnplot"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)

%%
net, err := nnlib.New([]int{2, 3, 1}, nprand.New(0))
nb.Check(err)
fmt.Println("sizes", net.Sizes)
nb.Show(nnplot.Digits([]image.Image{image.NewGray(image.Rect(0, 0, 28, 28))}, []string{"none"}, 1), "A black square.")
"""


def main():
    printed, shown = [], []

    def note(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            printed.append(content["text"])
        elif message["msg_type"] == "error":
            printed.append(f"{content['ename']}: {content['evalue']}\n")
        else:
            shown.extend(content.get("data", ()))

    manager = KernelManager(kernel_name="gonb")
    start = time.monotonic()
    manager.start_kernel(cwd=BOOK)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        status = client.execute_interactive(CELL, timeout=SECONDS - 60, allow_stdin=False, output_hook=note)["content"]["status"]
    except (RuntimeError, TimeoutError) as err:  # it does not start, or not end
        status = f"{err} "
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    text = "".join(printed)
    if status != "ok" or "sizes [2 3 1]" not in text or "image/png" not in shown:
        sys.exit(f"the kernel does not run a cell: {status} {' '.join(text.split())[:500]}")
    print(f"JupyterLab {jupyterlab.__version__} and GoNB: a cell was built and run, with a figure, in {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:  # the checkout may be read-only
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        main()
