"""Sweeps that outgrow a machine: the job script and the manifest of tools/sweeps.

Each is run as its scheduler would run it, by its variables: parts are killed half-way and run again, and
together they are the file of one machine, byte for byte. Neither Slurm nor Kubernetes is needed for that.
"""

import os
import subprocess
import time

import kubernetes_validate
import pytest
import yaml

from checkout import LAB, ROOT, run

pytestmark = pytest.mark.sweeps

SLURM = ROOT / "tools" / "sweeps" / "slurm.sh"
MANIFEST = ROOT / "tools" / "sweeps" / "kubernetes.yaml"
SWEEP = "-sizes 784,8,10 -eta 1,3 -seed 0-3 -epochs 6 -train 2000"
DRAWN = {"NNBOOK_DIGITS": "drawn"}
PARTS = 3


def read_manifest():
    return yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifest():
    return read_manifest()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The file of one machine."""
    file = tmp_path_factory.mktemp("whole") / "whole.csv"
    run(LAB / "bin" / "nnbook", "sweep", *SWEEP.split(), "-o", file, **DRAWN)
    return file.read_bytes()


def slurm(part):
    env = {"NNBOOK": str(LAB / "bin" / "nnbook"), "SWEEP": SWEEP, "SLURM_CPUS_PER_TASK": "1",
           "SLURM_ARRAY_TASK_ID": str(part), "SLURM_ARRAY_TASK_COUNT": str(PARTS)}
    return ["sh", SLURM], env


def kubernetes(part):
    [container] = read_manifest()["spec"]["template"]["spec"]["containers"]
    *shell, line = container["command"]
    for ours, theirs in [("-eta 0.1,1,3 -seed 0-99", SWEEP), ("$i/16", f"$i/{PARTS}"), ("/sweep/", "")]:
        assert ours in line
        line = line.replace(ours, theirs)
    return [*shell, line], {"JOB_COMPLETION_INDEX": str(part - 1), "PATH": f"{LAB / 'bin'}:{os.environ['PATH']}"}


@pytest.mark.parametrize("scheduler", [slurm, kubernetes])
def test_parts_that_were_killed_join_to_the_file_of_one_machine(scheduler, whole, tmp_path):
    files = [tmp_path / f"part-{part}.csv" for part in range(1, PARTS + 1)]
    for part, file in enumerate(files, 1):
        command, env = scheduler(part)
        job = subprocess.Popen(command, cwd=tmp_path, env=os.environ | DRAWN | env, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not (file.exists() and file.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.002)
        job.kill()
        job.wait()
        assert whole.startswith(file.read_bytes()) if part == 1 else file.read_bytes() in whole
    assert sum(file.stat().st_size for file in files) < len(whole), "nothing was killed half-way"
    for part in range(1, PARTS + 1):
        command, env = scheduler(part)
        subprocess.run(command, cwd=tmp_path, env=os.environ | DRAWN | env, check=True, capture_output=True)
    assert b"".join(file.read_bytes() for file in files) == whole


def test_manifest_is_as_kubernetes_publishes_it(manifest):
    kubernetes_validate.validate(manifest, "1.32", strict=True)
    kubernetes_validate.validate(manifest, "1.37", strict=True)
    manifest = manifest | {"spec": manifest["spec"] | {"completion": 16}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, "1.37", strict=True)


def test_manifest_asks_for_no_more_than_it_needs(manifest):
    spec = manifest["spec"]
    pod = spec["template"]["spec"]
    [container] = pod["containers"]
    assert f"/{spec['completions']} " in container["command"][-1]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 1000
    assert not pod["automountServiceAccountToken"]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert set(container["resources"]["requests"]) == set(container["resources"]["limits"]) == {"cpu", "memory"}
