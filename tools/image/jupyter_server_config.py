"""How Jupyter runs in the image, whoever starts it: docker run, Binder or a hub."""

import os
import pathlib

c = get_config()  # noqa: F821: Jupyter's

book = pathlib.Path("/opt/nnbook/notebooks")
# An image for an exam may have the student edition only.
first = min(book.glob("*.ipynb"), default=None) or min(book.glob("student/*.ipynb"))
c.ServerApp.root_dir = os.environ["HOME"]
c.ServerApp.default_url = c.LabApp.default_url = f"/lab/tree/nnbook/{first.relative_to(book)}"
c.LabApp.extension_manager = "readonly"  # what is installed lies where no learner can write
c.ServerApp.ip = "0.0.0.0"  # of the container: what is published where, docker run says
c.ServerApp.open_browser = False
c.ServerApp.jpserver_extensions = {"jupyter_lsp": False}  # it would look for language servers with npm
c.KernelSpecManager.ensure_native_kernel = False
