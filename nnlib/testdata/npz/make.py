"""Writes the files beside it, for the tests of nnlib.Load. NumPy 2.4.6 made them.

1.26.4 makes the same, but for another pickle in objects.npz.
"""

import io
import pathlib
import zipfile

import numpy as np
from numpy.lib import format as npy

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(7)
b2, b3 = rng.standard_normal((4, 1)), rng.standard_normal((2, 1))
w2, w3 = rng.standard_normal((4, 3)), rng.standard_normal((2, 4))
NETWORK = {"b2": b2, "w2": w2, "b3": b3, "w3": w3}


def save(name, arrays=NETWORK, write=np.savez, **changes):
    write(HERE / f"{name}.npz", **{**arrays, **changes})


def each(change):
    return {name: change(array) for name, array in NETWORK.items()}


def zipped(name, version=None, **options):
    """As np.savez, but with other options of the zip archive, or another version of the arrays."""
    with zipfile.ZipFile(HERE / f"{name}.npz", "w", **options) as archive:
        for array, values in NETWORK.items():
            content = io.BytesIO()
            npy.write_array(content, values, version)
            archive.writestr(zipfile.ZipInfo(f"{array}.npy"), content.getvalue(), compress_type=options.get("compression"))


# What Load reads.
save("c-order")
save("fortran-order", each(np.asfortranarray))
save("flat-biases", b2=b2.ravel(), b3=b3.ravel())
save("big-endian", each(lambda a: a.astype(">f8")))
save("compressed", write=np.savez_compressed)
save("compressed-fortran-big", each(lambda a: np.asfortranarray(a.astype(">f8"))), np.savez_compressed)
save("other-order", dict(reversed(NETWORK.items())))
save("more-arrays", eta=3.0, sizes=np.array([3, 4, 2]), title="a network", w=w2)
zipped("version-2", (2, 0))
zipped("version-3", (3, 0))


class Pipe(io.RawIOBase):
    """A file that cannot be rewound: the sizes of an entry then come after it."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()


pipe = Pipe(HERE / "streamed.npz")
np.savez_compressed(pipe, **NETWORK)
pipe.close()

# What it does not.
save("float32", each(lambda a: a.astype(np.float32)))
save("int64", w3=w3.astype(np.int64))
save("longdouble", b2=b2.astype(np.longdouble))
save("structured", w2=np.zeros((4, 3), [("x", "<f4"), ("y", "<f4")]))
save("objects", w2=w2.astype(object))
save("narrow-w3", w3=w3[:, :3])
save("transposed", w2=w2.T)
save("short-b3", b3=b3[:1])
save("no-w2", {name: array for name, array in NETWORK.items() if name != "w2"})
save("extra-array", b4=b3)
save("gap", b5=b3, w5=w3)
save("row-of-biases", b2=b2.T)
save("flat-weights", w2=w2.ravel())
save("scalar", b3=np.float64(1))
save("nothing", b3=np.zeros(0), w3=np.zeros((0, 4)))
np.savez(HERE / "unnamed.npz", *NETWORK.values())
zipped("bzip2", compression=zipfile.ZIP_BZIP2)
with zipfile.ZipFile(HERE / "empty.npz", "w"):
    pass
np.save(HERE / "array.npy", w2)
