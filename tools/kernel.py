"""Installs the GoNB kernel into the virtual environment, bound to this checkout.

Cells import the checkout's packages as they are. In the kernel, go may not
download: left to itself GoNB fetches the newest version of whatever a cell imports.
Arguments are settings of go that the kernel is to have, whoever starts it: NAME=VALUE.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / ".lab" / "bin"
SHARE = pathlib.Path(sys.prefix) / "share" / "jupyter"

# -force_deps: gopls, for completion, is built later, and not for the tests.
subprocess.run([BIN / "gonb", "-install", "-force_deps", f"-go_work={ROOT}",
                "-logtostderr=false", f"-log_file={ROOT / '.lab' / 'gonb.log'}", "-stderrthreshold=3"],
               env=os.environ | {"JUPYTER_DATA_DIR": str(SHARE)}, check=True)

path = SHARE / "kernels" / "gonb" / "kernel.json"
spec = json.loads(path.read_text())
spec["argv"][0] = str(BIN / "gonb")  # GoNB copies itself when it lies under /tmp
# The stop button then reaches all that the kernel has started, also while it builds a cell,
# and every time it is pressed. By a message GoNB tells a running cell, and that once.
spec["interrupt_mode"] = "signal"
spec["env"] = dict(setting.split("=", 1) for setting in sys.argv[1:]) | {
    "PATH": f"{ROOT / 'tools' / 'kernel'}:{BIN}:${{PATH}}",  # Jupyter fills in the PATH it was started with
    "GOPROXY": "off",
    "GONOPROXY": "none",  # nor past it
    "GOSUMDB": "off",  # what is here was verified when it came
    # Nothing for debuggers, as the Makefile compiles all, and no HTTP (mnist/fetch_cell.go): so cells link in half the time.
    "GOFLAGS": "-ldflags=-s -tags=cell -gcflags=all=-dwarf=false",
    "GOWORK": "",  # the kernel has its own
}
path.write_text(json.dumps(spec, indent=1) + "\n")
