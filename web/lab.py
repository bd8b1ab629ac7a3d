"""The book in JupyterLab that runs in the reader's browser: web/website.py has it written beside the pages.

JupyterLite, without a server, on a Go kernel of our own (web/lab): the compiler and the linker of the Go at
hand as WebAssembly, in workers.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import mnist
import student

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = ROOT / "notebooks"
KERNEL = ROOT / "web" / "lab" / "kernel"
MADE = ROOT / ".lab" / "web"  # what is kept from one build to the next
NAME = "nnbook-kernel"
# Of JupyterLab's extensions: a service worker is not to be had everywhere, and the book asks nothing of other hosts.
DISABLED = ["@jupyterlite/application-extension:service-worker-manager", "@jupyterlite/services-extension:service-worker-manager",
            "@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension"]


class LabError(Exception):
    """Something that the lab cannot be built with; the text says what."""


def write(folder):
    """Writes the lab into the folder, which is not there yet."""
    contents(folder)
    extension = folder / "extensions" / NAME
    kernel(extension)
    go = extension / "go"
    run("go", "run", "./web/lab/toolchain", go, cwd=ROOT)
    (extension / "notebooks.json").write_text(json.dumps(versions(folder / "files"), indent=1, sort_keys=True), encoding="utf-8")
    check(folder / "lab" / "index.html", extension)
    (go / "files.json").write_text(json.dumps(files(go), indent=1, sort_keys=True), encoding="utf-8")
    configure(folder / "jupyter-lite.json", json.loads((extension / "package.json").read_text(encoding="utf-8")))


def run(*command, cwd, env=None):
    done = subprocess.run(command, cwd=cwd, env=os.environ | (env or {}), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise LabError(f"{' '.join(map(str, command[:4]))}:\n{done.stdout}")


def contents(folder):
    """JupyterLite, with the notebooks of both editions and their data."""
    with tempfile.TemporaryDirectory(prefix="nnbook-lab-") as tmp:
        book = pathlib.Path(tmp, "book")
        for pattern in ("*.ipynb", f"{student.FOLDER}/*.ipynb", "data/*"):
            for path in sorted(BOOK.glob(pattern)):
                target = book / path.relative_to(BOOK)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        run(sys.executable, "-m", "jupyterlite_core.app", "build", "--contents", book, "--output-dir", folder,
            "--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages", cwd=tmp,
            env={"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path[1:]))})
    for path in (folder / "api" / "contents").rglob("all.json"):  # the same book gives the same bytes, whenever it is built
        path.write_text(re.sub(r'"(created|last_modified)": "[^"]*"', r'"\1": "2026-01-01T00:00:00Z"', path.read_text(encoding="utf-8")), encoding="utf-8")


def packages(folder):
    """Where the npm packages that the folder names are, as its lock file pins them."""
    made = MADE / folder.name
    lock = (folder / "package-lock.json").read_bytes()
    if not (made / "lock").exists() or (made / "lock").read_bytes() != lock:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(folder / name, made / name)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=made)
        (made / "lock").write_bytes(lock)
    return made


def kernel(extension):
    """The kernel's half in the page and in its workers."""
    made = packages(KERNEL)
    shutil.copyfile(KERNEL / "tsconfig.json", made / "tsconfig.json")
    shutil.rmtree(made / "src", ignore_errors=True)
    shutil.copytree(KERNEL / "src", made / "src")
    static = extension / "static"
    run("npx", "--no-install", "tsc", "--outDir", static, cwd=made)
    shutil.copyfile(KERNEL / "remoteEntry.js", static / "remoteEntry.js")
    shutil.copyfile(KERNEL / "package.json", extension / "package.json")
    shutil.copyfile(ROOT / "web" / "engine" / "loops.js", static / "loops.js")
    for name in ("loops_simd.wasm", "loops_relaxed.wasm"):
        shutil.copyfile(ROOT / "nnlib" / "internal" / "arith" / name, static / name)
    goroot = subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    shutil.copyfile(pathlib.Path(goroot, "lib", "wasm", "wasm_exec.js"), static / "wasm_exec.js")
    shutil.copyfile(pathlib.Path(goroot, "LICENSE"), extension / "LICENSE-Go.txt")


def files(go):
    """What programs find on the site: the book's data, and MNIST where it can be had."""
    found = {}
    for path in sorted((BOOK / "data").iterdir()):
        size = path.stat().st_size
        found[f"/book/data/{path.name}"] = {"url": f"../../files/data/{path.name}", "size": size, "packed": size, "what": path.name}
    if os.environ.get("NNBOOK_DIGITS") == "drawn":
        return {"env": {"NNBOOK_DIGITS": "drawn"}, "files": found}
    try:
        mnist.write(go / "mnist", 60_000, 10_000)
    except mnist.Missing:
        return {"env": {"NNBOOK_DIGITS": "drawn"}, "files": found}
    for name, size in {"train-images-idx3-ubyte": 47_040_016, "train-labels-idx1-ubyte": 60_008,
                       "t10k-images-idx3-ubyte": 7_840_016, "t10k-labels-idx1-ubyte": 10_008}.items():
        packed = go / "mnist" / f"{name}.gz"
        # Where mnist.Load has put, elsewhere, what it has downloaded.
        found[f"/.cache/nnbook/mnist/{name}"] = {"url": f"go/mnist/{packed.name}", "size": size, "packed": packed.stat().st_size, "what": "MNIST"}
    return {"env": {}, "files": found}


def versions(files):
    """The notebooks by path, each with what tells it from any other version."""
    return {path.relative_to(files).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(files.rglob("*.ipynb"))}


def check(page, extension):
    """Has JupyterLab's page say what a browser lacks, before any of its own code."""
    for name in ("check.js", "probe.js"):
        shutil.copyfile(KERNEL / name, extension / "static" / name)
    head = "<head>"
    html = page.read_text(encoding="utf-8")
    if html.count(head) != 1:
        raise LabError(f"{page}: {html.count(head)} {head}, want 1")
    page.write_text(html.replace(head, f'{head}\n  <script src="../extensions/{NAME}/static/check.js"></script>'), encoding="utf-8")


def configure(path, package):
    """Tells JupyterLite of the extension, and what the book needs nothing of."""
    config = json.loads(path.read_text(encoding="utf-8"))
    data = config["jupyter-config-data"]
    data["appName"] = "nnbook"
    data["defaultKernelName"] = "gonb"
    data["federated_extensions"] = [{"name": NAME, **{key: package["jupyterlab"]["_build"][key] for key in ("load", "extension")}}]
    data["disabledExtensions"] = DISABLED
    # A window without storage opens the notebooks all the same; notices.ts says what that means.
    data["enableMemoryStorage"] = True
    for what in ("contents", "settings", "workspaces"):
        data[f"{what}StorageDrivers"] = ["asyncStorage", "localStorageWrapper", "memoryStorageDriver"]
    # The first question on a name fetches the program that knows.
    data["settingsOverrides"] = {"@jupyterlab/completer-extension:manager": {"providerTimeout": 5000}}
    path.write_text(json.dumps(config, indent=1, sort_keys=True), encoding="utf-8")
