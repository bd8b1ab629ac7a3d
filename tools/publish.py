"""Makes the book an owner's own: `make publish OWNER=… MODULE=…`.

    publish.py OWNER MODULE

MODULE, such as github.com/ada/nnbook, becomes the module's path wherever a package is imported: in Go, in
the cells of notebooks, in tools and tests. It also says where the repository is. OWNER is the account on
GitHub, for Binder and Pages, and in the name of the image that a cluster is given. Badges then stand in
the README. Run with other values it changes all of that again; with OWNER OWNER and MODULE nnbook, back
to what it was.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAIN = "nnbook"  # the module, and in place of an owner, before the book is published
BADGES = re.compile(r"(?<=\n)<!-- badges -->\n.*?<!-- /badges -->\n\n", re.DOTALL)
ADDRESS = re.compile(r"((?:mybinder\.org/v2/gh|git clone https://github\.com)/)[^/\s]+/[^/\s]+")
IMAGE = re.compile(r"(?<=: )[^/\s]+/[^/:\s]+(?=(?::\S+)?  # where you pushed it$)", re.MULTILINE)
FILES = [".go", ".ipynb", ".py", ".ts", ".yaml", ".mod"]


def main(owner, module):
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}", owner):
        sys.exit(f"OWNER is {owner!r}, want the name of an account, such as ada")
    if module != PLAIN and not re.fullmatch(r"github\.com(/[A-Za-z0-9][\w.-]*){2}", module):
        sys.exit(f"MODULE is {module!r}, want a path such as github.com/ada/nnbook")
    if git("status", "--porcelain", "--untracked-files=no"):
        sys.exit("The checkout has changes that are not committed: commit them first, so that you see what this one changes")
    before = re.search(r"^module (\S+)$", (ROOT / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)[1]
    # A package's path is the module's and then a folder's; what ends in that name, such as a path of files, is none.
    folders = "|".join(sorted({path.partition("/")[0] for path in git("ls-files").split("\n") if path.endswith(".go")} | {"tools"}))
    path = re.compile(rf"(?<![\w./~-]){re.escape(before)}(?=/(?:{folders})\b)|(?<=^module ){re.escape(before)}$", re.MULTILINE)
    changed = 0
    for name in git("ls-files").split("\n"):
        file = ROOT / name
        if file.suffix in FILES and file.is_file() and not file.is_symlink():
            changed += rewrite(file, lambda text: path.sub(module, text))
    for file in [ROOT / "README.md", ROOT / "docs" / "teaching.md"]:
        changed += rewrite(file, lambda text: ADDRESS.sub(rf"\g<1>{owner}/{repository(module)}", text))
    image = f"{owner}/{repository(module)}"
    for file in [ROOT / "tools" / "hub" / "values.yaml", ROOT / "tools" / "sweeps" / "kubernetes.yaml"]:
        # A registry knows small letters only.
        changed += rewrite(file, lambda text: IMAGE.sub(image if module == PLAIN else image.lower(), text))
    changed += rewrite(ROOT / "README.md", lambda text: badged(text, owner, module))
    subprocess.run(["gofmt", "-w", *git("ls-files", "*.go").split("\n")], cwd=ROOT, check=True)  # imports are in order
    print(f"{before} is now {module}, in {changed} files. Run make test, look at git diff, commit.")


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def rewrite(file, change):
    """Whether the file has been changed."""
    before = file.read_bytes()
    try:
        after = change(before.decode()).encode()
    except UnicodeDecodeError:
        return False
    if after != before:
        file.write_bytes(after)
    return after != before


def repository(module):
    return module.rpartition("/")[2]


def badged(text, owner, module):
    text = BADGES.sub("", text)
    if module == PLAIN:
        return text
    home, name = f"https://{module}", repository(module)
    lines = [
        f"[![tests]({home}/actions/workflows/test.yml/badge.svg)]({home}/actions/workflows/test.yml)",
        f"[![read it, run it](https://img.shields.io/badge/read%20it-run%20it-c2410c)](https://{owner}.github.io/{name}/)",
        f"[![Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/{owner}/{name}/HEAD)",
        f"[![Go Reference](https://pkg.go.dev/badge/{module}/nnlib.svg)](https://pkg.go.dev/{module}/nnlib)",
    ]
    title, rest = text.split("\n\n", 1)
    return f"{title}\n\n<!-- badges -->\n" + "\n".join(lines) + f"\n<!-- /badges -->\n\n{rest}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
