"""The checkout that is tested: its folders, and commands run in it."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = ROOT / "notebooks"
LAB = ROOT / ".lab"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
MNIST = os.environ.get("NNBOOK_MNIST")  # the Makefile finds it


def run(*command, **env):
    """What the command prints; the test fails if it exits with another status than 0."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | env, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}", pytrace=False)
    return done.stdout


def go_env(name):
    return run("go", "env", name).strip()


def end_lab(process):
    """Ends a `make lab`, a session of its own, and waits for the server to end its kernels, which are sessions, too."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()  # make, which does not wait for the server
        end = time.monotonic() + 20
        while time.monotonic() < end:
            os.killpg(process.pid, 0)
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)


def need(program, why):
    """Skips the test where the program is missing."""
    if not shutil.which(program):
        pytest.skip(why)


need_mnist = pytest.mark.skipif(not MNIST, reason="no MNIST")
