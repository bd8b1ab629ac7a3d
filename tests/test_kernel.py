"""Wears the kernel out: hundreds of cells, restarts, and presses of the stop button at random moments.

A few of each, or with NNBOOK_SOAK=1 as many as docs/guarantees.md says. Without NNBOOK_MNIST the cells
learn from digits that they draw.
"""

import contextlib
import dataclasses
import os
import pathlib
import queue
import random
import re
import signal
import statistics
import subprocess
import time

import pytest
from jupyter_client import KernelManager

from checkout import MNIST

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("lab")]

SOAK = bool(os.environ.get("NNBOOK_SOAK"))
CELLS, RESTARTS, STOPS = (500, 50, 100) if SOAK else (24, 3, 20)
STOP_SECONDS = 1  # from the press of the button to the end of the cell
LATE_SECONDS = 4  # the same for one cell in twenty, when the machine is busy
MORE_MEMORY = 16  # MB that the kernel may have more at the end than after its first cells
BOUND = f"at the end at most {MORE_MEMORY} MB more, else as many"
CELL_SECONDS = 120

IMPORTS = """import (
	"fmt"

	"nnbook/nb"
	"nnbook/nb/nnplot"
	"nnbook/nnlib"
	"nnbook/nnlib/nprand"
)
"""
# What the cells know. Each of these is a program of its own, so this is built into all of them.
DECLARED = IMPORTS + """
func untrained(sizes ...int) *nnlib.Network {
	net, err := nnlib.New(sizes, nprand.New(0))
	nb.Check(err)
	return net
}

%%
fmt.Println("declared")
"""
# Cells of the book's kind that do not end by themselves in time. Where nb.Stopped ends a loop, the
# network is used behind it. NUMBER makes a new program of each, to be built.
TRAININGS = {
    "bar": """%%
train, test := nb.Data()
net := untrained(784, 30, 10)
fmt.Println("begun", NUMBER)
cfg := nnlib.Config{Epochs: 1000, MiniBatchSize: 10, Eta: 3}
progress := nb.NewProgress(cfg.Epochs)
for _, err := range net.SGD(nb.Context(), train, cfg) {
	if nb.Stopped(err) {
		break
	}
	progress.Step()
}
fmt.Println("so far", net.Evaluate(test), "of", test.Len())""",
    "live curve": """%%
train, test := nb.Data()
net := untrained(784, 100, 10)
fmt.Println("begun", NUMBER)
cfg := nnlib.Config{Epochs: 1000, MiniBatchSize: 10, Eta: 3}
live := nb.NewLive(nnplot.Growing("test images recognised (%)", cfg.Epochs))
for _, err := range net.SGD(nb.Context(), train, cfg) {
	if nb.Stopped(err) {
		break
	}
	live.Add("100 hidden", float64(net.Evaluate(test))/100)
}
live.Done("The whole curve.")
fmt.Println("so far", net.Evaluate(test), "of", test.Len())""",
    "one huge mini-batch": """%%
train, test := nb.Data()
net := untrained(784, 100, 10)
fmt.Println("begun", NUMBER)
cfg := nnlib.Config{Epochs: 1000, MiniBatchSize: train.Len(), Eta: 3}
for _, err := range net.SGD(nb.Context(), train, cfg) {
	if nb.Stopped(err) {
		break
	}
}
fmt.Println("so far", net.Evaluate(test), "of", test.Len())""",
    "many short trainings": """%%
train, _ := nb.Data()
fmt.Println("begun", NUMBER)
for {
	net := untrained(784, 30, 10)
	cfg := nnlib.Config{Epochs: 1, MiniBatchSize: 10, Eta: 3}
	for _, err := range net.SGD(nb.Context(), train, cfg) {
		nb.Check(err)
	}
}""",
    "loading": """%%
fmt.Println("begun", NUMBER)
for {
	nb.Data()
}""",
    "no training": """%%
train, _ := nb.Data()
fmt.Println("begun", NUMBER)
for net := untrained(784, 100, 10); ; {
	net.MeanCost(train)
}""",
}
# How a cell may end that was stopped, by what it was doing: being built, training, loading, anything.
NOT_BEGUN = "Interrupted: the cell has not begun."
AS_SO_FAR = "Interrupted: the network is as trained so far."
ENDS_HERE = "Interrupted: the cell ends here."
AT_ONCE = "signal: interrupt"

# A few of everything: what to run, and what it must show.
MIX = [
    ("%%\nfmt.Println(6 * 7)", "42"),
    ("""%%
y := nnlib.Examples{{X: mat.NewVecDense(2, []float64{1, 0}), Y: mat.NewVecDense(1, []float64{1})}}
net := untrained(2, 3, 1)
cfg := nnlib.Config{Epochs: 200, MiniBatchSize: 1, Eta: 3}
progress := nb.NewProgress(cfg.Epochs)
for _, err := range net.SGD(nb.Context(), y, cfg) {
	nb.Check(err)
	progress.Step()
}
fmt.Printf("learned %.1f\\n", net.Outputs(y).At(0, 0))""", "learned 1.0"),
    ("""%%
curve := nnplot.Curve{Name: "a curve", Values: []float64{1, 2, 3}}
nb.Show(nnplot.LearningCurves("value", curve), "It rises.")""", 'alt="It rises."'),
    ("stop", ""),  # one of TRAININGS
    ("%%\nundeclared()", "undefined: undeclared"),
    ('%%\nvar none []int\nfmt.Println(none[len("abc")])', "panic: runtime error: index out of range [3]"),
]


@dataclasses.dataclass
class Shown:
    """What a cell has shown, as one text, and how long after the stop it ended."""
    text: str = ""
    seconds: float = 0


class Kernel:
    """A kernel as Jupyter starts it, with a folder for its temporary files."""

    def __init__(self, folder):
        self.folder = folder
        self.manager = KernelManager(kernel_name="gonb")
        self.manager.kernel_spec.argv.append("-raw_error")  # errors as text
        self.manager.start_kernel(cwd=str(folder), env=os.environ | {"TMPDIR": str(folder)})
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=CELL_SECONDS)
        self.run(DECLARED, "declared")

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def run(self, code, want="", stop=None, begun=False):
        """Runs a cell to its end, or stops it, stop seconds after it was sent or, where begun is set, has begun."""
        shown, request, start, pressed = Shown(), self.client.execute(code), time.monotonic(), None
        clock = None if begun else start
        while True:
            now = time.monotonic()
            if now - start > CELL_SECONDS:
                pytest.fail(f"no end after {CELL_SECONDS} s of\n{code}\nwhich showed\n{shown.text}")
            if stop is not None and clock and now - clock >= stop:
                self.manager.interrupt_kernel()
                stop, pressed = None, now
            try:
                message = self.client.get_iopub_msg(timeout=0.01)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "stream":
                    shown.text += content["text"]
                    clock = clock or now
                case "display_data" | "update_display_data":
                    shown.text += content["data"].get("text/html", "") + "\n"
                case "error":
                    shown.text += content["evalue"] + "\n"
                case "status" if content["execution_state"] == "idle":
                    break
        if pressed is not None:
            shown.seconds = time.monotonic() - pressed
        if want not in shown.text:
            pytest.fail(f"no {want!r} in what is shown by\n{code}\nwhich is\n{shown.text}")
        return shown

    def restart(self, how, rng):
        """Restarts the kernel as Jupyter does: when asked to, also while a cell is built or runs, or when it died."""
        if how != "asked":
            self.client.execute(TRAININGS["bar"].replace("NUMBER", "0"))
            time.sleep(rng.uniform(0.3, 2))
        self.client.stop_channels()
        if how == "died":
            os.kill(self.pid, signal.SIGKILL)
        self.manager.restart_kernel(now=how == "died")
        self.connect()

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def use(self):
        """What the kernel has in use: memory in MB, open files, processes, files and MB in its folder."""
        time.sleep(0.3)  # for what is still ending
        files = [path for path in self.folder.rglob("*") if path.is_file()]  # and now and then an empty pipe
        return {"MB": memory(self.pid), "open files": open_files(self.pid), "processes": len(group(self.pid)),
                "temporary files": len(files), "MB of them": sum(size(path) for path in files) / 1e6}


def memory(pid):
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True).stdout) / 1024


def open_files(pid):
    fds = pathlib.Path("/proc", str(pid), "fd")
    return len(list(fds.iterdir())) if fds.exists() else 0  # macOS does not say


def group(pid):
    """The processes that a kernel has started, and itself: all of one process group."""
    ps = subprocess.run(["ps", "-A", "-o", "pid=", "-o", "pgid=", "-o", "stat="], capture_output=True, text=True).stdout
    rows = [line.split() for line in ps.splitlines()]
    return [int(member) for member, of, state in rows if int(of) == pid and not state.startswith("Z")]


def gone(pid):
    """What a kernel that has ended leaves running for five seconds more, as ps shows it."""
    end = time.monotonic() + 5
    while (left := group(pid)) and time.monotonic() < end:
        time.sleep(0.1)
    ps = ["ps", "-o", "pid=,ppid=,stat=,etime=,args=", "-p", ",".join(map(str, left))]
    return subprocess.run(ps, capture_output=True, text=True).stdout.splitlines() if left else []


def size(path):
    with contextlib.suppress(FileNotFoundError):
        return path.lstat().st_size
    return 0


def in_words(use):
    return ", ".join(f"{value:.0f} {what}" for what, value in use.items())


def same(before, after):
    """Checks that after is no more than before, up to what a collector of garbage leaves lying."""
    for what, value in after.items():
        more = MORE_MEMORY if what.startswith("MB") else 0
        if value > before[what] + more:
            pytest.fail(f"{what}: {before[what]:.0f}, then {value:.0f}, want at most {more} more")


def stopped(kernel, rng, training, number):
    """Runs a training and stops it at a random moment; checks how it ends, and that the next cell runs."""
    code = TRAININGS[training].replace("NUMBER", str(number))
    shown = kernel.run(code, stop=rng.uniform(0, 1), begun=rng.random() < 0.8)
    text = shown.text
    if shown.seconds > LATE_SECONDS:
        pytest.fail(f"{training}: {shown.seconds:.2f} s from the stop to the end, want at most {STOP_SECONDS}; it showed\n{text}")
    if AS_SO_FAR in text:
        ends = "so far"
        if not re.search(r"so far \d+ of \d+", text):
            pytest.fail(f"{training}: the network so far was not used:\n{text}")
        if training == "live curve" and not re.search(r'alt="Interrupted[^"]*after \d+ of 1000|>0 of 1000 epochs, interr', text):
            pytest.fail(f"{training}: the figure does not say that it was interrupted:\n{text}")
    elif (ends := next((end for end in (ENDS_HERE, NOT_BEGUN, AT_ONCE) if end in text), None)) is None:
        pytest.fail(f"{training}: stopped, it ends without a word:\n{text}")
    for trace in ("goroutine ", "panic", "context canceled", "The whole curve"):
        if trace in text:
            pytest.fail(f"{training}: stopped, it shows {trace!r}:\n{text}")
    kernel.run(f"%%\nfmt.Println({number} * 2)", str(number * 2))
    return ends, shown


@pytest.fixture
def rng():
    seed = random.randrange(1 << 32)
    print("seed", seed)
    return random.Random(seed)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    if not MNIST:
        monkeypatch.setenv("NNBOOK_DIGITS", "drawn")
    kernel = Kernel(tmp_path)
    yield kernel
    kernel.end()


def test_many_cells(kernel, rng):
    """Many cells in one kernel."""
    warm = max(len(MIX), CELLS // 10)
    for number in range(CELLS):
        code, want = MIX[number % len(MIX)]
        if code == "stop":
            stopped(kernel, rng, rng.choice(list(TRAININGS)), number)
        else:
            kernel.run(code, want)
        if number + 1 == warm:
            before = kernel.use()
    after = kernel.use()
    print(f"{CELLS} cells in one kernel, of which a sixth each is stopped, does not compile, panics")
    print(f"  after {warm}: {in_words(before)} ({BOUND})")
    print(f"  after {CELLS}: {in_words(after)}")
    same(before, after)


def test_restarts(kernel, rng):
    """Restarts, with a cell each."""
    uses, left = [kernel.use()], []
    for number in range(RESTARTS):
        old = kernel.pid
        kernel.restart(("asked", "asked in a training", "died")[number % 3], rng)
        kernel.run("%%\nfmt.Println(6 * 7)", "42")
        uses.append(kernel.use())
        left += gone(old)
    print(f"{RESTARTS} restarts, a third in a training, a third by kill -9; {len(left)} processes left")
    print(f"  at first: {in_words(uses[0])} ({BOUND})")
    print(f"  at last: {in_words(uses[-1])}")
    same(uses[0], uses[-1])
    if left:
        pytest.fail("\n".join(["of kernels that were restarted these go on:", *left]))


def test_the_stop_button(kernel, rng):
    """The stop button."""
    ends, seconds = {}, []
    for number in range(STOPS):
        training = list(TRAININGS)[number % len(TRAININGS)]
        end, shown = stopped(kernel, rng, training, number)
        ends[end] = ends.get(end, 0) + 1
        seconds.append(shown.seconds)
    late = sum(value > STOP_SECONDS for value in seconds)
    print(f"{STOPS} cells stopped: half within {statistics.median(seconds):.2f} s, {late} after more than {STOP_SECONDS} s, "
          f"the slowest {max(seconds):.2f} s")
    for end, times in ends.items():
        print(f"  {times} times {end!r}")
    if late > STOPS // 20:
        pytest.fail(f"{late} cells went on for more than {STOP_SECONDS} s, want at most {STOPS // 20}")
