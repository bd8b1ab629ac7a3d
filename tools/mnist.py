"""Where MNIST is, as the book's own command tells, which fetches it if need be."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
NNBOOK = ROOT / ".lab" / "bin" / "nnbook"  # whoever asks has built it


class Missing(Exception):
    """MNIST cannot be had; the text says why."""


def folder():
    return pathlib.Path(data().rpartition(", in ")[2])  # "MNIST, 60000 images …, in /a/folder"


def write(folder, train, test):
    """Writes the first images and labels into a folder, as the packed files that MNIST consists of."""
    data("-o", folder, "-train", str(train), "-test", str(test))


def data(*flags):
    done = subprocess.run([NNBOOK, "data", *flags], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Missing(done.stderr.strip())
    return done.stdout.strip()
