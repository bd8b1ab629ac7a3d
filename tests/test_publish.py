"""From this repository to an owner's own: `make publish`, and what others then import."""

import json
import os
import re
import shutil
import subprocess
import zipfile

import pytest

from checkout import LAB, ROOT, go_env, run

pytestmark = [pytest.mark.publish, pytest.mark.xdist_group("publish")]

MODULE = "github.com/ada/nnbook"
VERSION = "v0.1.0"

# A program of somebody else's, and what it prints: the first two numbers of NumPy's default_rng(0), then a
# network that has learned NAND.
PROGRAM = f"""package main

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"
	"{MODULE}/nnlib"
	"{MODULE}/nnlib/nprand"
)

func main() {{
	rand := nprand.New(0)
	fmt.Printf("%.8f %.8f\\n", rand.NormFloat64(), rand.NormFloat64())
	var corners nnlib.Examples
	for i, y := range []float64{{1, 1, 1, 0}} {{
		x := []float64{{float64(i & 1), float64(i >> 1)}}
		corners = append(corners, struct{{ X, Y *mat.VecDense }}{{mat.NewVecDense(2, x), mat.NewVecDense(1, []float64{{y}})}})
	}}
	net, err := nnlib.New([]int{{2, 2, 1}}, nprand.New(0))
	for _, err = range net.SGD(context.Background(), corners, nnlib.Config{{Epochs: 1000, MiniBatchSize: 1, Eta: 3}}) {{
	}}
	fmt.Println(net.Evaluate(corners), "of 4,", err)
}}
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A copy of the checkout that has been published."""
    copy = tmp_path_factory.mktemp("published") / "nnbook"
    copy.mkdir()
    for name in run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    commit(copy)
    run("make", "-C", copy, "publish", "OWNER=OWNER", "MODULE=nnbook")  # where this checkout is an owner's already
    commit(copy)
    run("make", "-C", copy, "publish", "OWNER=ada", f"MODULE={MODULE}")
    return copy


def git(copy, *arguments):
    return run("git", "-C", copy, "-c", "user.name=ada", "-c", "user.email=ada@example.org", *arguments)


def commit(copy):
    git(copy, "commit", "--quiet", "--all", "--allow-empty", "--message=a")


def test_it_builds_and_its_tests_pass(published):
    run("go", "-C", published, "vet", "./...")
    run("go", "-C", published, "test", "-short", "./cmd/...", "./web/...")  # what knows its own paths
    run("go", "-C", published, "test", "-short", "-run=Generat|Example", "./nnlib/...", "./nb/exercise")
    imported = re.findall(r'\\"(\S*nnbook)/\w+', "".join(path.read_text(encoding="utf-8") for path in published.glob("notebooks/*.ipynb")))
    assert len(imported) > 50 and set(imported) == {MODULE}


def test_badges_lead_to_what_there_is(published):
    text = (published / "README.md").read_text(encoding="utf-8")
    assert f"https://mybinder.org/v2/gh/ada/nnbook/HEAD" in text and "OWNER" not in text
    workflows = re.findall(r"workflows/([\w.-]+)/badge", text)
    assert workflows and all((published / ".github" / "workflows" / name).exists() for name in workflows)


def test_the_site_takes_no_badge_for_a_figure(published):
    """Its front page opens with the README's words, and asks nothing of other hosts."""
    opening = run(LAB / "test" / "bin" / "python", "-c", "import pathlib, sys, website; print(website.opening(pathlib.Path(sys.argv[1]).read_text()))",
                  published / "README.md", PYTHONPATH=os.pathsep.join([str(ROOT / "tools"), str(ROOT / "web")]))
    assert re.findall(r"!\[.*?\]\((.*?)\)", opening) == ["docs/15-or-100.png"] and "live notebooks" in opening


def test_addresses_and_the_image_are_the_owners(published):
    for name, wants in {"docs/teaching.md": ["git clone https://github.com/ada/nnbook\n", "mybinder.org/v2/gh/ada/nnbook/HEAD"],
                        "tools/hub/values.yaml": [" ada/nnbook "], "tools/sweeps/kubernetes.yaml": [" ada/nnbook:"]}.items():
        text = (published / name).read_text(encoding="utf-8")
        assert all(want in text for want in wants) and "OWNER/nnbook" not in text, name


def test_others_import_it(published, tmp_path):
    """By go get, from a proxy of the module as Go packs it."""
    folder = tmp_path / "proxy" / MODULE / "@v"
    folder.mkdir(parents=True)
    nested = [name.rpartition("/")[0] + "/" for name in git(published, "ls-files", "*/go.mod").splitlines()]
    with zipfile.ZipFile(folder / f"{VERSION}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in git(published, "ls-files").splitlines():
            if not name.startswith(tuple(nested)) and not (published / name).is_symlink():
                packed.write(published / name, f"{MODULE}@{VERSION}/{name}")
    shutil.copy(published / "go.mod", folder / f"{VERSION}.mod")
    (folder / f"{VERSION}.info").write_text(json.dumps({"Version": VERSION}))
    (folder / "list").write_text(VERSION + "\n")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "main.go").write_text(PROGRAM)
    env = {"GOPROXY": f"file://{tmp_path / 'proxy'},{go_env('GOPROXY')}", "GONOSUMDB": MODULE, "GOFLAGS": "-modcacherw", "GOWORK": "off"}
    run("go", "-C", theirs, "mod", "init", "example.org/theirs", **env)
    run("go", "-C", theirs, "get", f"{MODULE}/nnlib@{VERSION}", **env)
    assert run("go", "-C", theirs, "run", ".", **env).endswith("0.12573022 -0.13210486\n4 of 4, <nil>\n")


def test_it_can_be_undone(published):
    commit(published)
    run("make", "-C", published, "publish", "OWNER=OWNER", "MODULE=nnbook")
    assert git(published, "diff", "--stat", "HEAD~1") == ""


@pytest.mark.parametrize("owner, module, says", [
    ("a/b", MODULE, "OWNER is 'a/b'"), ("ada", "nnbook.git", "MODULE is 'nnbook.git'"), ("ada", "github.com/ada", "MODULE is")])
def test_what_is_no_owner_or_path_is_refused(owner, module, says):
    before = (ROOT / "go.mod").read_bytes()
    done = subprocess.run(["make", "publish", f"OWNER={owner}", f"MODULE={module}"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode and says in done.stderr
    assert (ROOT / "go.mod").read_bytes() == before


def test_workflows_are_right_and_safe():
    run(LAB / "bin" / "actionlint")
    run(LAB / "test" / "bin" / "zizmor", "--offline", "--quiet", ".github/workflows", NO_COLOR="1")
