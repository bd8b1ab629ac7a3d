"""Measures how fast this machine trains, wherever it can: `make bench`.

    speed.py [HOST ...]   of native, node, chromium and firefox, those that there are

`nnbook train` is run with each implementation of the arithmetic, as a program of this machine, and as
WebAssembly in Node and in browsers (there without `sparse`, the slower one of plain Go). What it prints
is compared with the published counts. A row's figure is the CPU time of an epoch of 60,000 images and an
evaluation of 10,000; for browsers, where there is no /proc, the time that passed. `readable` is the path
of network.go, reckoned from a twentieth of an epoch's images. Then the page's four transcripts, whole.
Each line is printed as soon as it is known; all are written to .lab/speed.json, with the machine's name.
Needs MNIST.
"""

import functools
import http.server
import json
import os
import pathlib
import platform
import queue
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import mnist

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENGINE = ROOT / "web" / "engine"
LOOPS = ROOT / "nnlib" / "internal" / "arith"
BUILT = ROOT / ".lab" / "speed"
PROGRAM = BUILT / "nnbook.wasm"
HIDDEN = (15, 100)
RUNS = json.loads((ROOT / "nnlib/testdata/published-runs.json").read_text())["runs"]
SECONDS = 4  # to measure for, about
WAIT = 600  # seconds without a line
READABLE = "readable"


class Missing(Exception):
    """This machine has no such host; the text says what is missing."""


def main():
    sys.stdout.reconfigure(line_buffering=True)
    wanted = sys.argv[1:] or list(HOSTS)
    BUILT.mkdir(parents=True, exist_ok=True)
    build(mnist.NNBOOK)
    build(PROGRAM, "-tags=wasmsimd", GOOS="js", GOARCH="wasm", CGO_ENABLED="0")
    digits = BUILT / "mnist"
    mnist.write(digits, 60_000, 10_000)
    file = ROOT / ".lab" / "speed.json"
    tables = {name: [] for name in ("epoch", "transcript")}
    seconds = "CPU seconds" if cpu_is_known() else "CPU seconds (in browsers, seconds that passed)"

    def add(table, name, host, arithmetic, figures):
        tables[table].append({"host": name, "version": host.version, "arithmetic": arithmetic,
                              "seconds": {heading: round(figure, 4) for heading, figure in figures.items()}})
        row(f"{name} {arithmetic}", map("{:.3f}".format, figures.values()))
        file.write_text(json.dumps({"machine": machine(), "cpu": cpu_is_known(), **tables}, indent=1) + "\n", encoding="utf-8")

    print(f"{machine()}\n\n{seconds} for an epoch\n")
    row("", [f"{hidden} hidden" for hidden in HIDDEN])
    for name, host in hosts(wanted, digits):
        for arithmetic in implementations(host):
            add("epoch", name, host, arithmetic, {f"{hidden} hidden": measure(host, arithmetic, hidden) for hidden in HIDDEN})
    print(f"\n{seconds} for a transcript, from its first line to its thirtieth\n")
    row("", [heading(run) for run in RUNS])
    for name, host in hosts(wanted, digits):
        arithmetic = implementations(host)[0]  # the fastest
        add("transcript", name, host, arithmetic, {heading(run): transcript(host, arithmetic, run) for run in RUNS})
    print(f"\nalso in {file}")


def row(name, cells):
    print("".join(f"{cell:<22}" for cell in [name, *cells]))


def heading(run):
    return f"{run['sizes'][1]} hidden, η = {run['eta']:g}"


def hosts(names, digits):
    """Those of the names that this machine has, one after the other."""
    for name in names:
        try:
            host = HOSTS[name](digits)
        except Missing as why:
            print(f"{name}: {why}")
            continue
        with host:
            yield name, host


def build(program, *flags, **environment):
    subprocess.run(["go", "build", *flags, "-o", program, "./cmd/nnbook"], cwd=ROOT, check=True, env=os.environ | environment)


def machine():
    """The processor's name, the system's, and Go's version."""
    try:
        name = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        name = platform.processor() or platform.machine()
    go = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{name}, {platform.system()}, {go}"


def implementations(host):
    """What the arithmetic can be there; nnbook lists them when asked for one that is not."""
    said = "".join(host.lines(["train"], {"NNBOOK_ARITH": "?"}))
    names = re.findall(r'"(\w+)"', said.partition("want one of")[2])
    return [*names, READABLE] if type(host) is Native else [name for name in names if name != "sparse"]


def measure(host, arithmetic, hidden):
    """Seconds for an epoch, of which each line is right."""
    if arithmetic == READABLE:
        return readable(hidden)
    run = next(run for run in RUNS if run["sizes"] == [784, hidden, 10] and run["eta"] == 3)
    return host.measure(lambda epochs: train(host, arithmetic, run, epochs))


def train(host, arithmetic, run, epochs):
    """Says after each epoch how many have been trained."""
    sizes = ",".join(map(str, run["sizes"]))
    arguments = ["train", "-sizes", sizes, "-eta", str(run["eta"]), "-epochs", str(epochs)]
    for epoch, line in enumerate(host.lines(arguments, {"NNBOOK_ARITH": arithmetic})):
        if epoch < len(run["counts"]) and line != f"Epoch {epoch} : {run['counts'][epoch]} / 10000\n":
            sys.exit(f"{type(host).__name__} {arithmetic}, {sizes}: {line!r}, want {run['counts'][epoch]} for epoch {epoch}")
        yield epoch + 1


def transcript(host, arithmetic, run):
    """Seconds for a transcript, from its first line to its last."""
    lines = train(host, arithmetic, run, len(run["counts"]) + 1)  # one more: a program that has ended cannot be asked for its time
    for epochs in lines:
        now = cpu(host.process.pid)
        if epochs == 1:
            start = now
        if epochs == len(run["counts"]):
            break
    lines.close()
    return now - start


def readable(hidden):
    """Seconds for an epoch by the path of network.go, which nnbook does not take: a benchmark does, with 3,000 images."""
    program = BUILT / "nnlib.test"
    subprocess.run(["go", "test", "-c", "-o", program, "./nnlib"], cwd=ROOT, check=True)

    def run(times):
        start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([program, "-test.run=NONE", f"-test.bench=Epoch/hidden={hidden}/{READABLE}$", f"-test.benchtime={times}x"],
                       env=os.environ | {"NNBOOK_MNIST": str(BUILT / "mnist")}, cwd=ROOT / "nnlib", stdout=subprocess.DEVNULL, check=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start

    return (run(3) - run(1)) / 2 * 60_000 / 3000


def cpu_is_known():
    return pathlib.Path("/proc/self/task").exists()


def cpu(process):
    """CPU seconds of a process and its descendants that still run; else the time of day."""
    if not cpu_is_known():
        return time.monotonic()
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has ended
    total = 0
    for child in parents:
        above = child
        while above in parents and above != process:
            above = parents[above]
        if above != process:
            continue
        for task in pathlib.Path(f"/proc/{child}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except (OSError, IndexError):
                continue
    return total / 1e9


class Native:
    """nnbook, as a program of this machine."""

    command = (str(mnist.NNBOOK),)
    version = ""

    def __init__(self, digits):
        self.digits, self.process = digits, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def lines(self, arguments, environment):
        """What the program prints, line by line."""
        env = os.environ | {"NNBOOK_MNIST": str(self.digits)} | environment
        with subprocess.Popen([*self.command, *arguments], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as self.process:
            yield from self.process.stdout

    def measure(self, train):
        """Seconds for an epoch, from a run of one and a run of several."""
        def run(epochs):
            start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            assert list(train(epochs))[-1] == epochs
            return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
        one = run(1)
        more = max(1, min(29, round(SECONDS / one)))
        return (run(1 + more) - one) / more


class Node(Native):
    """nnbook as WebAssembly, in Node."""

    def __init__(self, digits):
        super().__init__(digits)
        node = shutil.which("node")
        if node is None:
            raise Missing("no node on PATH (Debian: apt install nodejs)")
        self.version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        self.command = (node, "--stack-size=8192", str(ENGINE / "node.js"), str(PROGRAM))


class Browser:
    """nnbook as WebAssembly in a page of a browser of its own, which asks and tells this program alone."""

    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    package = "chromium"

    def __init__(self, digits):
        self.path = next(filter(None, map(shutil.which, self.names)), None)
        if not self.path:
            raise Missing(f"no {self.names[0]} on PATH (Debian: apt install {self.package})")
        self.version = subprocess.run([self.path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        goroot = pathlib.Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
        self.files = {"mnist/" + path.name: path for path in digits.iterdir()}
        for path in [PROGRAM, goroot / "lib" / "wasm" / "wasm_exec.js", *ENGINE.glob("*.js"), *LOOPS.glob("*.wasm")]:
            self.files[path.name] = path
        self.heard = None

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Page, self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def flags(self, profile):
        root = hasattr(os, "geteuid") and os.geteuid() == 0  # whom Chromium's sandbox does not serve
        return ["--headless=new", f"--user-data-dir={profile}", "--no-first-run", "--disable-gpu", "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server", *(["--no-sandbox"] if root else [])]

    def lines(self, arguments, environment):
        self.heard = queue.Queue()
        job = {"program": "nnbook.wasm", "arguments": arguments, "environment": environment | {"NNBOOK_MNIST": "/mnist"},
               "files": {"/" + name: name for name in self.files if name.startswith("mnist/")}}
        self.page = f"""<!doctype html><title>nnbook</title><script>
            const worker = new Worker("program.js");
            let last = Promise.resolve(); // one after the other
            worker.onmessage = ({{ data }}) => {{ last = last.then(() => fetch("/", {{ method: "POST", body: JSON.stringify(data) }})); }};
            worker.postMessage({json.dumps(job)});
        </script>""".encode()
        with tempfile.TemporaryDirectory(prefix="nnbook-", ignore_cleanup_errors=True) as profile:
            command = [self.path, *self.flags(profile), f"http://127.0.0.1:{self.server.server_port}/"]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as self.process:
                try:
                    text, heard = "", {}
                    while "code" not in heard:
                        heard = self.heard.get(timeout=WAIT)
                        text += heard.get("said", "")
                        while "\n" in text:
                            line, _, text = text.partition("\n")
                            yield line + "\n"
                except queue.Empty:
                    sys.exit(f"{self.version}: no word from the page for {WAIT} s")
                finally:
                    self.process.terminate()
                    self.process.wait()

    def measure(self, train):
        """Seconds for an epoch, from the end of the first to that of a later one: a browser's start takes longer and differs."""
        start = None
        lines = train(30)
        for epochs in lines:
            now = cpu(self.process.pid)
            start = now if start is None else start
            if epochs > 1 and now - start > SECONDS:
                break
        lines.close()
        return (now - start) / (epochs - 1)


class Firefox(Browser):
    """The same in Firefox."""

    names = ["firefox", "firefox-esr"]
    package = "firefox-esr"

    def flags(self, profile):
        return ["--headless", "--no-remote", "--profile", profile]


class Page(http.server.BaseHTTPRequestHandler):
    """Answers a browser with the page and the files of its host, and hears what the page has to say."""

    def __init__(self, host, *rest):
        self.host = host
        super().__init__(*rest)

    def do_GET(self):
        name = self.path[1:]
        if name and name not in self.host.files:
            self.send_error(404)
            return
        content = self.host.files[name].read_bytes() if name else self.host.page
        self.send_response(200)
        kinds = {".js": "text/javascript", ".wasm": "application/wasm", "": "text/html"}
        self.send_header("Content-Type", kinds.get(pathlib.Path(name).suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        self.host.heard.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


HOSTS = {"native": Native, "node": Node, "chromium": Browser, "firefox": Firefox}

if __name__ == "__main__":
    main()
