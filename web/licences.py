"""The licences of what the site hands out of others' work, as a page of it: web/website.py has it written.

The texts are those that come with each: with Go and its modules, JupyterLite and the packages that it
bundles, and in the fonts.
"""

import importlib.metadata
import json
import os
import pathlib
import re
import subprocess

from fontTools import ttLib

import lab

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = "licences.html"
TEXTS = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|OFL|PATENTS)", re.IGNORECASE)
COPYRIGHT, LICENCE, ADDRESS = 0, 13, 14  # names in a font


def write(folder, pages, packages):
    """Writes the page, of the templates pages; packages are the paths of those in Go that the lab hands out."""
    bundled = json.loads((folder / "lab" / "build" / "third-party-licenses.json").read_text(encoding="utf-8"))["packages"]
    parts = {
        "Go, and the modules of which cells are built": [go(), *modules(packages)],
        "JupyterLite, and the packages that it bundles": [lite(), unpacker(), *sorted(
            (f"{p['name']} {p['versionInfo']}", p["licenseId"] + "\n\n" + (p["extractedText"] or "")) for p in bundled)],
        "Fonts of the pages": [("STIX Two", (folder / "fonts" / "LICENSE.txt").read_text(encoding="utf-8")),
                               *(font(path) for path in sorted(folder.glob("**/*.woff")) if "lab" not in path.relative_to(folder).parts)],
    }
    (folder / PAGE).write_text(pages.get_template(PAGE).render(parts=parts), encoding="utf-8", newline="\n")


def texts(folder):
    return "\n\n".join(path.read_text(encoding="utf-8").strip() for path in sorted(folder.iterdir()) if path.is_file() and TEXTS.match(path.name))


def go_tool(*arguments):
    env = os.environ | {"GOOS": "js", "GOARCH": "wasm"}
    return subprocess.run(["go", *arguments], cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout.strip()


def go():
    return go_tool("env", "GOVERSION"), texts(pathlib.Path(go_tool("env", "GOROOT")))


def modules(packages):
    ours = go_tool("list", "-m")
    paths = [path for path in packages if "." in path.split("/")[0]]  # the standard library's have no dot there, but for vendor/
    lines = go_tool("list", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}", *paths).splitlines()
    for path, version, folder in sorted({tuple(line.split("\t")) for line in lines if line}):
        if path != ours:
            yield f"{path} {version}", texts(pathlib.Path(folder))


def lite():
    package = importlib.metadata.distribution("jupyterlite-core")
    found = [file for file in package.files if TEXTS.match(file.name) and ".dist-info" in file.parts[0]]
    return f"JupyterLite {package.version}", "\n\n".join(file.read_text(encoding="utf-8").strip() for file in found)


def unpacker():
    """An npm package whose licence stands at the top of its code alone."""
    folder = lab.MADE / "kernel" / "node_modules" / "xz-decompress"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    code = (folder / "dist" / "package" / "xz-decompress.min.js").read_text(encoding="utf-8")
    return f"{package['name']} {package['version']}", package["license"] + "\n\n" + re.match(r"(?s)/\*!\n(.*?)\*/", code)[1]


def font(path):
    names = ttLib.TTFont(path)["name"]
    return path.name, "\n\n".join(filter(None, (names.getDebugName(name) for name in (COPYRIGHT, LICENCE, ADDRESS))))
