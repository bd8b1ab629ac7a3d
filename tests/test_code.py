"""The code: linters, and the tests of the library as built for other machines."""

import os
import pathlib

import pytest

from checkout import LAB, ROOT, go_env, need, run

pytestmark = pytest.mark.code

MODULES = [path.parent for path in (ROOT / "go.mod", *sorted(ROOT.glob("[!.]*/**/go.mod")))]
SCRIPTS = [path for path in (ROOT / ".ci" / "run", *sorted(ROOT.glob("[!.]*/**/*")))
           if path.is_file() and path.read_bytes().startswith((b"#!/bin/sh", b"#!/bin/bash"))]


def test_gofmt():
    folders = sorted(entry.name for entry in ROOT.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    assert run(pathlib.Path(go_env("GOROOT"), "bin", "gofmt"), "-l", *folders) == ""


@pytest.mark.parametrize("module", MODULES, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_modules_are_tidy_and_as_downloaded(module):
    run("go", "-C", module, "mod", "verify")
    run("go", "-C", module, "mod", "tidy", "-diff")


@pytest.mark.parametrize("target", ["linux/arm64", "darwin/arm64", "darwin/amd64", "windows/amd64", "linux/386"])
def test_vet(target):
    goos, goarch = target.split("/")
    run("go", "vet", "./...", GOOS=goos, GOARCH=goarch)
    run("go", "-C", "tools", "vet", "./...", GOOS=goos, GOARCH=goarch)


def test_vet_without_assembly():
    run("go", "vet", "-tags=purego", "./...")


def test_staticcheck():
    for module in (".", "tools"):
        run("sh", "-c", f"cd {module} && {LAB}/bin/staticcheck ./...")


def test_imports_point_one_way():
    run(LAB / "bin" / "depguard", "-test=false", "./...")


def test_shellcheck():
    need("shellcheck", "optional: no shellcheck on PATH (Debian: apt install shellcheck)")
    run("shellcheck", *SCRIPTS)


def test_no_data_races():
    need(os.environ.get("CC", "cc"), "optional: no C compiler, which the race detector needs")
    # Not those that count what is allocated: the detector allocates as well.
    run("go", "test", "-short", "-race", "-skip=AtMost|WithinBounds", "./nnlib", CGO_ENABLED="1", NNBOOK_MNIST="")


def test_without_assembly():
    run("go", "test", "-tags=purego", "-timeout=15m", "./nnlib/...", NNBOOK_TEST_REQUIRE="")


@pytest.mark.parametrize("level", ["v1", "v3"])
def test_amd64_levels(level):
    """As compiled for any amd64 (v1), or for newer ones only (v3), which fuses x*y + z."""
    if go_env("GOHOSTARCH") != "amd64":
        pytest.skip("optional: not an amd64 machine")
    try:
        run("go", "test", "-timeout=15m", "./nnlib/...", GOAMD64=level)
    except pytest.fail.Exception as failure:
        if "microarchitecture support" in str(failure):
            pytest.skip(f"optional: this processor is older than {level}")
        raise


@pytest.mark.parametrize("goos, goarch, emulator", [
    ("linux", "arm64", "qemu-aarch64"),
    ("linux", "s390x", "qemu-s390x"),  # keeps its bytes the other way round
    ("js", "wasm", "node")])
def test_emulated(goos, goarch, emulator):
    """The short tests on another processor. Those that a machine cannot do when it is emulated skip themselves."""
    if go_env("GOHOSTARCH") == goarch:
        pytest.skip(f"optional: all tests ran on {goarch} itself")
    need(emulator, f"no {emulator} on PATH (Debian: apt install {'nodejs' if emulator == 'node' else 'qemu-user'})")
    runner = emulator if emulator != "node" else pathlib.Path(go_env("GOROOT"), "lib", "wasm", "go_js_wasm_exec")
    required = "neon" if goarch == "arm64" else ""
    short(f"-exec={runner}", GOOS=goos, GOARCH=goarch, NNBOOK_TEST_REQUIRE=required)


def test_webassembly_with_its_loops():
    """With SIMD, relaxed and not: they must be there."""
    need("node", "no node on PATH (Debian: apt install nodejs)")
    short("-tags=wasmsimd", f"-exec=node --stack-size=8192 {ROOT}/web/engine/node.js",
          GOOS="js", GOARCH="wasm", NNBOOK_TEST_REQUIRE="wasm relaxed")


def short(*flags, **env):
    run("go", "test", "-short", *flags, "-timeout=15m", "./nnlib/...", CGO_ENABLED="0", **env)
