"""The book without a network: `make lab` and chapters in a namespace that has no way out.

What one `make lab` has set up must be all that it needs from then on. Once with the digits that
are there, once with none, which must cost no waiting. The test runs this file again in the namespace.
"""

import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import pytest

import notebooks
import served
from cells import NotebookError, read
from checkout import BOOK, CHAPTERS, ROOT, end_lab, need, run

pytestmark = [pytest.mark.offline, pytest.mark.xdist_group("lab")]

START_SECONDS = 60


def test_the_book_without_a_network():
    unshare = ["unshare", "--net"] + ["--map-root-user"] * (os.geteuid() != 0)
    need("unshare", "no unshare on PATH, which cuts off the network (Linux has it)")
    tried = subprocess.run(unshare + ["true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"the network cannot be cut off here: {tried.stderr.strip()}")
    print(run(*unshare, sys.executable, __file__, PYTHONPATH=os.pathsep.join(sys.path)))


def cut_off():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    loopback_up()
    with contextlib.suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=5).close()  # an address of documentation
        sys.exit("there is a way out of the namespace")
    (BOOK / "runs").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BOOK / "runs", prefix="offline-", ignore_cleanup_errors=True) as tmp:
        book = pathlib.Path(tmp, "notebooks")  # so that what the reader's cells have kept stays as it is
        shutil.copytree(BOOK, book, ignore=shutil.ignore_patterns("runs", ".*"))
        said, server, token, process = lab(tmp, {})
        drawn = os.environ.get("NNBOOK_DIGITS") == "drawn" or "MNIST CANNOT BE HAD" in said
        with ended(process):
            for path in CHAPTERS[:2]:  # a training, figures, exercises
                nb, seconds = served.run(server, token, str(book.relative_to(BOOK) / path.name))
                wrong = notebooks.differences(read(path), nb)
                if drawn:  # other numbers, but no complaints
                    wrong = [text for text in wrong if ", stderr:" in text]
                if wrong:
                    sys.exit(f"{path.name}:\n" + "\n".join(wrong))
                print(f"{path.name}: {len(seconds)} cells without a network, "
                      + ("on drawn digits" if drawn else "as stored"))
        start = time.monotonic()
        said, _, _, process = lab(tmp, {"NNBOOK_MNIST": "", "NNBOOK_DIGITS": "", "XDG_CACHE_HOME": f"{tmp}/empty"})
        with ended(process):
            if "MNIST CANNOT BE HAD" not in said:
                sys.exit(f"without network and data make lab does not say what it lacks:\n{said}")
            print(f"without digits either, make lab says so and opens the book after {time.monotonic() - start:.0f} s")


def loopback_up():
    """What `ip link set lo up` does."""
    siocsifflags, iff_up = 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, siocsifflags, struct.pack("16sh14x", b"lo", iff_up))


def lab(tmp, env):
    """Starts `make lab`: (what it has said, its address, its token, its process)."""
    go = subprocess.check_output(["go", "env", "GOCACHE"], cwd=ROOT, text=True).strip()
    log = pathlib.Path(tmp, "lab.log")
    with log.open("w") as out:
        process = subprocess.Popen(["make", "lab", "LABFLAGS=--no-browser --port=0"], cwd=ROOT, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                                   env=os.environ | {"GOCACHE": go} | env)
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        said = log.read_text()
        if at := re.search(r"(http://127\.0\.0\.1:\d+/)lab\S*\?token=(\w+)", said):
            return said, at[1], at[2], process
        time.sleep(0.1)
    with ended(process):
        sys.exit(f"make lab has ended, or not opened the book within {START_SECONDS} s:\n{log.read_text()}")


@contextlib.contextmanager
def ended(process):
    try:
        yield
    finally:
        end_lab(process)


if __name__ == "__main__":
    try:
        cut_off()
    except NotebookError as err:
        sys.exit(str(err))
