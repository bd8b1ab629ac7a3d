"""Writes numpy-runs.json: runs that the page never made, computed by NumPy.

    NNBOOK_MNIST=DIR python numpy_runs.py      (NumPy 2.4.6 wrote the file here)

The method is that of the published program, one example at a time. NumPy adds in
another order than nnlib, so counts agree where a run is not chaotic, and weights to 1e-9.
"""

import gzip
import json
import os
import pathlib

import numpy as np

RUNS = [  # sizes, eta, mini-batch, training images, epochs, seed
    ([784, 10], 0.05, 10, 5000, 2, "0"),
    ([784, 15, 10], 0.01, 10, 50000, 1, "1"),
    ([784, 30, 20, 10], 0.05, 7, 3000, 2, "12345678901234567890"),
    ([784, 8, 7, 6, 10], 0.1, 64, 2000, 3, str(10**40 + 7)),
    ([784, 100, 10], 0.001, 10, 2000, 1, "4294967296"),
    ([784, 33, 10], 0.02, 1, 500, 2, "7"),
]

CHANGED = [  # the same, and: cost, lambda, whether weights are divided by the root of their number of inputs
    ([784, 10], 0.05, 10, 3000, 2, "0", "cross-entropy", 0.0, False),
    ([784, 15, 10], 0.02, 10, 5000, 1, "1", "quadratic", 5.0, False),
    ([784, 30, 20, 10], 0.05, 7, 3000, 2, "2", "cross-entropy", 0.1, True),
    ([784, 100, 10], 0.1, 10, 5000, 1, "3", "cross-entropy", 5.0, True),
]


def idx(name, offset):
    packed = pathlib.Path(os.environ["NNBOOK_MNIST"], name + ".gz").read_bytes()
    return np.frombuffer(gzip.decompress(packed)[offset:], dtype=np.uint8)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def main():
    x = idx("train-images-idx3-ubyte", 16).reshape(60000, 784, 1) / 255
    y = np.eye(10)[idx("train-labels-idx1-ubyte", 8)].reshape(60000, 10, 1)
    test, labels = idx("t10k-images-idx3-ubyte", 16).reshape(10000, 784) / 255, idx("t10k-labels-idx1-ubyte", 8)
    runs = []
    for sizes, eta, size, count, epochs, seed, cost, lam, scaled in [(*run, "quadratic", 0.0, False) for run in RUNS] + CHANGED:
        rng = np.random.default_rng(int(seed))
        b = [rng.standard_normal((n, 1)) for n in sizes[1:]]
        w = [rng.standard_normal((j, k)) / (np.sqrt(k) if scaled else 1) for k, j in zip(sizes, sizes[1:])]
        order, counts = list(range(count)), []
        for _ in range(epochs):
            rng.shuffle(order)
            for start in range(0, count, size):
                sum_b, sum_w = [np.zeros_like(v) for v in b], [np.zeros_like(v) for v in w]
                for i in order[start : start + size]:
                    a = [x[i]]
                    for bl, wl in zip(b, w):
                        a.append(sigmoid(wl @ a[-1] + bl))
                    delta = a[-1] - y[i]
                    if cost == "quadratic":
                        delta = delta * a[-1] * (1 - a[-1])
                    for layer in reversed(range(len(w))):
                        sum_b[layer] += delta
                        sum_w[layer] += delta @ a[layer].T
                        delta = (w[layer].T @ delta) * a[layer] * (1 - a[layer])
                b = [v - eta / size * s for v, s in zip(b, sum_b)]
                w = [(1 - eta * lam / count) * v - eta / size * s for v, s in zip(w, sum_w)]
            a = test.T
            for bl, wl in zip(b, w):
                a = sigmoid(wl @ a + bl)
            counts.append(int(np.sum(np.argmax(a, 0) == labels)))
        wanted = np.eye(10)[labels].T
        each = (a - wanted) ** 2 / 2 if cost == "quadratic" else -np.where(wanted == 1, np.log(a), np.log(np.maximum(1 - a, 2.0**-54)))
        runs.append({
            "sizes": sizes, "eta": eta, "mini_batch": size, "train": count, "epochs": epochs, "seed": seed,
            "cost": cost, "lambda": lam, "scaled": scaled, "counts": counts, "mean_cost": float(each.sum() / len(labels)),
            "biases": [v.ravel().tolist() for v in b],
            "row_sums": [v.sum(axis=1).tolist() for v in w],  # of the weights
            "column_sums": [v.sum(axis=0)[::37].tolist() for v in w],  # every 37th
        })
    about = f"Written by numpy_runs.py with NumPy {np.__version__}."
    pathlib.Path(__file__).with_name("numpy-runs.json").write_text(json.dumps({"about": about, "runs": runs}, indent=1) + "\n")


main()
