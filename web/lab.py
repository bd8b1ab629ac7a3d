"""The book in JupyterLab that runs in the reader's browser: web/website.py has it written beside the pages.

JupyterLite, without a server, on a Go kernel of our own (web/lab): the compiler and the linker of the Go at
hand as WebAssembly, in workers.
"""

import concurrent.futures
import gzip
import hashlib
import json
import lzma
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
# 1 % less than xz's own preset 6, for archives.
PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 4, "lp": 0, "pb": 0, "nice_len": 273, "dict_size": 1 << 26}]
# Of JupyterLab's extensions: a service worker is not to be had everywhere, and the book asks nothing of other hosts.
DISABLED = ["@jupyterlite/application-extension:service-worker-manager", "@jupyterlite/services-extension:service-worker-manager",
            "@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension"]


class LabError(Exception):
    """Something that the lab cannot be built with; the text says what."""


def write(folder):
    """Writes the lab into the folder, which is not there yet; returns the paths of the packages that it hands out."""
    contents(folder)
    extension = folder / "extensions" / NAME
    kernel(extension)
    packages = toolchain(extension)
    (extension / "notebooks.json").write_text(json.dumps(versions(folder / "files"), indent=1, sort_keys=True), encoding="utf-8")
    check(folder / "lab" / "index.html", extension)
    configure(folder / "jupyter-lite.json", json.loads((extension / "package.json").read_text(encoding="utf-8")))
    return packages


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
    unpacker = made / "node_modules" / "xz-decompress"
    shutil.copyfile(unpacker / "types.d.ts", made / "src" / "xz-decompress.d.ts")
    static = extension / "static"
    run("npx", "--no-install", "tsc", "--outDir", static, cwd=made)
    shutil.copyfile(KERNEL / "remoteEntry.js", static / "remoteEntry.js")
    code = (unpacker / "dist" / "package" / "xz-decompress.min.js").read_text(encoding="utf-8")  # for Node; a worker wants a module
    head, foot = "const module = { exports: {} }, exports = module.exports, require = () => globalThis;\n", "\nexport const { XzReadableStream } = module.exports;\n"
    (static / "xz-decompress.js").write_text(head + code + foot, encoding="utf-8")
    shutil.copyfile(KERNEL / "package.json", extension / "package.json")
    shutil.copyfile(ROOT / "web" / "engine" / "loops.js", static / "loops.js")
    for name in ("loops_simd.wasm", "loops_relaxed.wasm"):
        shutil.copyfile(ROOT / "nnlib" / "internal" / "arith" / name, static / name)
    goroot = subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    shutil.copyfile(pathlib.Path(goroot, "lib", "wasm", "wasm_exec.js"), static / "wasm_exec.js")


def toolchain(extension):
    """What the kernel fetches, packed, and the index that names it."""
    go = extension / "go"
    go.mkdir()
    with tempfile.TemporaryDirectory(prefix="nnbook-lab-") as tmp:
        made = pathlib.Path(tmp)
        run("go", "run", "./web/lab/toolchain", made, cwd=ROOT)
        index = json.loads((made / "index.json").read_text(encoding="utf-8"))
        index["env"], sources = files(made)
        for kind in ("tools", "bundles", "programs"):
            sources |= {(kind, key): made / file["name"] for key, file in index[kind].items()}
        (MADE / "packed").mkdir(parents=True, exist_ok=True)
        used = set()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:  # lzma works outside of Python's lock
            packed = dict(zip(sources, pool.map(lambda key: pack(sources[key], go, quick(*key), used), sources)))
    for old in (MADE / "packed").iterdir():
        if old.name not in used:
            old.unlink()
    index |= {kind: {name: entry for (of, name), entry in packed.items() if of == kind} for kind in ("tools", "bundles", "programs", "files")}
    for path in sorted((BOOK / "data").iterdir()):  # which lies on the site as it is, beside the notebooks
        index["files"][f"/home/book/data/{path.name}"] = entry(f"../../files/data/{path.name}", path.read_bytes(), path.stat().st_size)
    (go / "index.json").write_text(json.dumps(index, separators=(",", ":"), sort_keys=True), encoding="utf-8")
    return list(index["packages"])


def quick(kind, key):
    """Whether the first output waits for it. The browser itself unpacks gzip, in a tenth of the time; xz is smaller by a fifth."""
    return kind == "programs" or (kind, key) == ("tools", "driver") or "/mnist/" in key


def pack(source, folder, quick, used):
    """Puts a file into the folder, packed, under a name that has its hash."""
    content, name = source.read_bytes(), source.name
    if source.suffix == ".gz":  # MNIST, which is packed already
        packed, content, name = content, gzip.decompress(content), source.stem
    else:
        packed = gzip.compress(content, 9, mtime=0) if quick else xz(content, used)
    stem, suffix = os.path.splitext(name)
    name = f"{stem}-{hashlib.sha256(packed).hexdigest()[:8]}{suffix}{'.gzip' if quick else '.xz'}"  # some servers would say of .gz that the browser is to unpack it
    (folder / name).write_bytes(packed)
    return entry(f"go/{name}", packed, len(content))


def xz(content, used):
    """What was packed once is kept from one build to the next."""
    kept = MADE / "packed" / f"{hashlib.sha256(repr(PACKING).encode() + content).hexdigest()}.xz"
    used.add(kept.name)
    if not kept.exists():
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_bytes(lzma.compress(content, check=lzma.CHECK_CRC32, filters=PACKING))
        part.replace(kept)
    return kept.read_bytes()


def entry(url, content, size):
    """What the index says of a file; see fetch.ts."""
    return {"url": url, "hash": hashlib.sha256(content).hexdigest()[:16], "size": size, "packed": len(content)}


def files(folder):
    """What programs find on the site: the fonts of gonum/plot, and MNIST where it can be had; with the environment that they get."""
    fonts = pathlib.Path(module("codeberg.org/go-fonts/liberation"))
    found = {("files", f"/fonts/{path.name}"): path for path in sorted(fonts.glob("*/*.ttf"))}
    if os.environ.get("NNBOOK_DIGITS") != "drawn":
        try:
            mnist.write(folder, 60_000, 10_000)
        except mnist.Missing:
            return {"NNBOOK_DIGITS": "drawn"}, found
        # Where mnist.Load has put, elsewhere, what it has downloaded.
        found |= {("files", f"/home/.cache/nnbook/mnist/{path.stem}"): path for path in sorted(folder.glob("*ubyte.gz"))}
        return {}, found
    return {"NNBOOK_DIGITS": "drawn"}, found


def module(path):
    return subprocess.run(["go", "list", "-m", "-f", "{{.Dir}}", path], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


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
