"""A fresh machine: a clone, nothing in any cache, `make lab`, then the first cells by the server that it started.

Each time with a home, caches and a checkout of its own, so that nothing counts that another step
has fetched or built. COMMIT=14619b4 tests that commit in place of what lies here.
"""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest

from checkout import ROOT, end_lab

pytestmark = pytest.mark.fresh

TRANSCRIPT = "Epoch 0 : 8881 / 10000"  # the page's first line
OPEN_SECONDS = 600  # a quiet machine needs one of these ten minutes
NOBODY = 65534

# Of the surroundings, a fresh machine has these: how to reach the network, and no cache.
KEPT = re.compile(r"PATH|LANG|LC_\w+|TERM|CI|\w+_proxy|\w+_PROXY|\w*SSL\w*|\w+_CA_BUNDLE|PIP_(\w*INDEX_URL|CERT|TRUSTED_HOST|\w*TIMEOUT)")
GO_NETWORK = ["GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE"]

# What a reader's shell may be set to. None of it may reach the book.
NOWHERE = "/nowhere"
HARMFUL = {
    **dict.fromkeys(["GOWORK", "GOROOT", "GOBIN", "GOCACHEPROG", "CC", "PIP_TARGET", "PIP_PREFIX", "PIP_PYTHON", "PIP_CONSTRAINT",
                     "PIP_REQUIREMENT", "PIP_LOG", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONPYCACHEPREFIX",
                     "JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "JUPYTERLAB_DIR", "CDPATH"], NOWHERE),
    "GO111MODULE": "off", "GOFLAGS": "-mod=vendor", "GOOS": "js", "GOARCH": "wasm", "GOTOOLCHAIN": "go1.20",
    "GOEXPERIMENT": "none-of-that-name", "CGO_ENABLED": "1",
    "PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_BINARY": ":all:", "PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1",
    "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2",
    "PYTHONINSPECT": "1", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONHASHSEED": "none", "JUPYTER_NO_CONFIG": "1",
    "LC_ALL": "C",
}
GOENV = "GOFLAGS=-mod=mod\nGO111MODULE=off\nGOOS=js\nGOARCH=wasm\nGOWORK=/nowhere\nGOTOOLCHAIN=go1.20\n"
GO_WORK = "go 1.20\n\nuse ./nowhere\n"


class Machine:
    """A home, a checkout and a user, as on a machine on which nothing of the book has ever run."""

    def __init__(self, top, user, harmful):
        self.top, self.user = top, user
        self.home, self.tmp = top / "home", top / "tmp"
        self.checkout = top / ("Bücher (neu) [1] 100%".replace(" ", "-") if harmful else "src") / "nnbook"
        for folder in (self.home, self.tmp, self.checkout):
            folder.mkdir(parents=True)
        unpack(self.checkout)
        self.env = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
        go = json.loads(subprocess.check_output(["go", "env", "-json", *GO_NETWORK], text=True))
        self.env |= {name: value for name, value in go.items() if value}
        self.env |= {"HOME": str(self.home), "TMPDIR": str(self.tmp)}
        if "NNBOOK_MNIST" in os.environ:
            shutil.copytree(os.environ["NNBOOK_MNIST"], top / "mnist", ignore=lambda _, names: [n for n in names if "ubyte" not in n])
            self.env["NNBOOK_MNIST"] = str(top / "mnist")
        if harmful:
            (top / "goenv").write_text(GOENV)
            for folder in (self.checkout.parent, self.tmp):
                (folder / "go.work").write_text(GO_WORK)
            self.env |= HARMFUL | {"GOENV": str(top / "goenv")}
        if user != os.geteuid():
            for path in [top, *top.rglob("*")]:
                os.chown(path, user, user)

    def command(self, *command, cut=False):
        """The command as it is run here: by the machine's user, without a network where that is cut."""
        if self.user != os.geteuid():
            command = "setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command
        return [*CUT_OFF, *command] if cut else list(command)

    @contextlib.contextmanager
    def lab(self, cut=False):
        """`make lab`, until it has opened the book; ended when done with."""
        log = self.top / "lab.log"
        with log.open("w") as out:
            process = subprocess.Popen(self.command("make", "lab", "LABFLAGS=--no-browser --port=0", cut=cut), cwd=self.checkout,
                                       env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                       start_new_session=True)
        try:
            end = time.monotonic() + OPEN_SECONDS
            while not (at := re.search(r"(http://127\.0\.0\.1:(\d+)/)lab\S*\?token=(\w+)", log.read_text())) or not (cut or listens(at[2])):
                assert process.poll() is None, f"make lab ended with {process.returncode}:\n{log.read_text()}"
                assert time.monotonic() < end, f"make lab has not opened the book in {OPEN_SECONDS} s:\n{log.read_text()}"
                time.sleep(0.2)
            yield Lab(self, log.read_text(), at[1], at[3], process.pid if cut else None)
        finally:
            end_lab(process)


def listens(port):
    """Whether a server does: it says its address a little before. Where the network is cut it cannot be seen from here."""
    with socket.socket() as s:
        return not s.connect_ex(("127.0.0.1", int(port)))


class Lab:
    """A server that `make lab` has started, and what that has said."""

    def __init__(self, machine, said, address, token, namespace):
        self.machine, self.said, self.address, self.token = machine, said, address, token
        self.enter = ["nsenter", f"--net=/proc/{namespace}/ns/net"] if namespace else []

    def run(self, chapter):
        """The outputs of the chapter's cells, which are run as a browser would run them."""
        python = self.machine.checkout / ".lab" / "venv" / "bin" / "python"
        done = subprocess.run([*self.enter, python, ROOT / "tests" / "served.py", self.address, self.token, chapter],
                              env=os.environ | {"PYTHONPATH": str(ROOT / "tools")}, capture_output=True, text=True, timeout=OPEN_SECONDS)
        assert done.returncode == 0, f"{chapter}: {done.stderr[-3000:]}"
        return [output for cell in json.loads(done.stdout)["cells"] for output in cell.get("outputs", [])]


CUT_OFF = ["unshare", "--net", "sh", "-c", """python3 -I -c '
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP: loopback up
' && exec "$@" """, "sh"]


def unpack(folder):
    """Puts into folder what git knows of the checkout, with the changes that are not yet committed."""
    commit = os.environ.get("COMMIT") or subprocess.check_output(["git", "stash", "create"], cwd=ROOT, text=True).strip() or "HEAD"
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)


@pytest.fixture
def top():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nnbook-fresh-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", folder])  # Go's modules are read-only
    shutil.rmtree(folder)


def texts(outputs):
    return "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")


def check_chapter(lab, name, transcript):
    outputs = lab.run(name)
    assert not [output for output in outputs if output["output_type"] == "error"]
    figures = ["".join(output["data"]["image/png"]) for output in outputs if "image/png" in output.get("data", {})]
    assert figures and all(base64.b64decode(figure).startswith(b"\x89PNG") for figure in figures), f"{name} shows no figure"
    if "MNIST CANNOT BE HAD" not in lab.said:
        assert transcript in texts(outputs).splitlines(), f"{name} prints\n{texts(outputs)}"


def refuses_what_is_no_mnist(machine):
    """Where files are named like MNIST's but are others, the book is not opened on digits that it draws."""
    folder = machine.top / "no-mnist"
    folder.mkdir()
    (folder / "train-images-idx3-ubyte.gz").write_text("<!DOCTYPE html><title>404</title>")
    folder.chmod(0o755)
    done = subprocess.run(machine.command("make", "lab", "LABFLAGS=--no-browser --port=0"), cwd=machine.checkout,
                          env=machine.env | {"NNBOOK_MNIST": str(folder)}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=OPEN_SECONDS)
    assert done.returncode and "a web page" in done.stdout and "The book is not opened" in done.stdout, done.stdout


@pytest.mark.parametrize("who, harmful", [("root", False), ("a user", True)], ids=["root", "user-with-harmful-settings"])
def test_first_cells(top, who, harmful):
    user = os.geteuid()
    if user == 0 and who == "a user":
        user = NOBODY
    if who == "root" and user != 0:
        who = "a user"
    machine = Machine(top, user, harmful)
    with machine.lab() as lab:
        assert ("You are root" in lab.said) == (who == "root")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{lab.address}api/contents", timeout=10)
        with urllib.request.urlopen(f"{lab.address}lab/api/settings?token={lab.token}", timeout=60) as answer:
            assert json.load(answer)["settings"], "JupyterLab has not found its own settings: no key would work"
        check_chapter(lab, "00-welcome.ipynb", TRANSCRIPT)
        check_chapter(lab, "03-gradient-descent.ipynb", TRANSCRIPT)
    refuses_what_is_no_mnist(machine)
    if os.geteuid() != 0:
        pytest.skip("optional: only root can cut off the network for the second start (tests/test_offline.py does without)")
    with machine.lab(cut=True) as lab:
        check_chapter(lab, "00-welcome.ipynb", TRANSCRIPT)
