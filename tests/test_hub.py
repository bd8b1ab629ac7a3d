"""A class on a JupyterHub of this machine: several learners run a chapter at once.

A real hub with one password, its real proxy, a server and a kernel for each learner; all of
it listens on 127.0.0.1 only and is ended at the end. Prints what a learner waits for and
what memory a learner takes. The chapter is the first of the book, or NNBOOK_CHAPTER.
"""

import contextlib
import http.cookiejar
import json
import multiprocessing
import os
import pathlib
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import psutil
import pytest

import notebooks
import served
from cells import read
from checkout import BOOK, CHAPTERS, ROOT

pytestmark = [pytest.mark.hub, pytest.mark.xdist_group("lab")]

LEARNERS = ["ada", "emmy", "grace", "rosa", "sofia"]
START_SECONDS = 60

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["node", "{proxy}"]
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = "{password}"
c.Authenticator.allowed_users = {learners}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{tmp}/home/{{username}}"
c.Spawner.environment = {environment}
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = ["{server}"]
c.Spawner.default_url = "/lab"
c.Spawner.args = ["--ServerApp.jpserver_extensions={{'jupyter_lsp': False}}",
                  "--KernelSpecManager.ensure_native_kernel=False"{root}]
c.JupyterHub.concurrent_spawn_limit = 0
"""


def test_a_class_runs_a_chapter_at_once(tmp_path):
    chapter = pathlib.Path(os.environ.get("NNBOOK_CHAPTER") or CHAPTERS[0]).name
    for learner in LEARNERS:
        shutil.copytree(BOOK, tmp_path / "home" / learner / "nnbook", ignore=shutil.ignore_patterns("runs", ".*"))
    with hub(tmp_path) as (url, password, process):
        results, memory = lesson(url, password, process, chapter)
    wrong = [f"{learner}: {fault}" for learner, (_, faults) in results.items() for fault in faults]
    assert not wrong, "\n".join(wrong)
    print(f"{len(LEARNERS)} learners ran {chapter} at once on {os.cpu_count()} processors, as stored")
    for what, seconds in (("login to JupyterLab's answer", 0), ("first cell done after opening the chapter", 1),
                          ("login to the last cell done", 2)):
        values = [times[seconds] for times, _ in results.values()]
        print(f"  {what}: {statistics.median(values):.1f} s, at most {max(values):.1f} s")
    for what in sorted({what for usage in memory.values() for what in usage}):
        values = [usage.get(what, 0) / 1e6 for usage in memory.values()]
        print(f"  memory of a learner's {what}, at its peak: {statistics.median(values):.0f} MB, at most {max(values):.0f} MB")


@contextlib.contextmanager
def hub(tmp):
    """A hub: (its address, the password of all, its process)."""
    public, api, internal = free_ports(3)
    password = secrets.token_urlsafe()
    go = json.loads(subprocess.check_output(["go", "env", "-json", "GOCACHE", "GOMODCACHE"], cwd=ROOT))
    given = {name: os.environ[name] for name in ("NNBOOK_MNIST", "NNBOOK_DIGITS") if name in os.environ}
    config = tmp / "jupyterhub_config.py"
    bin = pathlib.Path(sys.executable).parent
    config.write_text(CONFIG.format(
        server=bin / "jupyterhub-singleuser", root=", '--allow-root'" * (os.geteuid() == 0), public=public, api=api, hub=internal, proxy=proxy(tmp), password=password, learners=set(LEARNERS), tmp=tmp,
        environment=go | given | {"JUPYTER_PATH": str(ROOT / ".lab" / "venv" / "share" / "jupyter")}))
    config.chmod(0o600)
    log = tmp / "hub.log"
    with log.open("w") as out:
        process = subprocess.Popen([bin / "jupyterhub", "-f", config], cwd=tmp,
                                   stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    url = f"http://127.0.0.1:{public}/"
    try:
        wait(lambda: urllib.request.urlopen(f"{url}hub/api", timeout=5), process)
        yield url, password, psutil.Process(process.pid)
    except Exception:
        print(*log.read_text().splitlines()[-60:], sep="\n", file=sys.stderr)
        raise
    finally:
        # The servers are sessions of their own: all that the hub has started is ended, and waited for.
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            for member in family + [process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            process.wait()
            psutil.wait_procs(family, 5)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


def proxy(tmp):
    """The program of the hub's proxy, installed into tmp."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("no node and npm on PATH, which the hub's proxy needs (Debian: apt install npm)")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tools" / "hub" / name, tmp)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=tmp,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        pytest.skip(f"npm cannot get the hub's proxy: {done.stdout.strip()}")
    return tmp / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"


def wait(answers, process=None):
    """What answers() returns once it does and is true."""
    end = time.monotonic() + START_SECONDS
    while True:
        if process and process.poll() is not None:
            raise RuntimeError(f"the hub has ended, exit status {process.returncode}")
        try:
            if answer := answers():
                return answer
        except urllib.error.HTTPError as err:
            if err.code not in (404, 503):  # what a proxy says whose server is not there yet
                raise
        except OSError:
            pass
        if time.monotonic() > end:
            raise TimeoutError(f"no answer in {START_SECONDS} s")
        time.sleep(0.25)


def lesson(url, password, process, chapter):
    """All learners at once: {learner: (times, faults)}, {learner: {what: bytes}}."""
    memory = {learner: {} for learner in LEARNERS}
    with multiprocessing.get_context("spawn").Pool(len(LEARNERS)) as pool:
        running = pool.starmap_async(learn, [(url, learner, password, chapter) for learner in LEARNERS])
        while not running.ready():
            weigh(process, memory)
            running.wait(0.5)
        return dict(zip(LEARNERS, running.get())), memory


def learn(*args):
    try:
        return visit(*args)
    except urllib.error.HTTPError as err:  # which cannot go from one process to another
        raise RuntimeError(f"{err.url}: {err}") from None


def visit(url, learner, password, chapter):
    """Logs in, opens the chapter and runs it: ([seconds], what is wrong)."""
    start = time.monotonic()
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{url}hub/login").read().decode()
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)[1]
    form = urllib.parse.urlencode({"_xsrf": xsrf, "username": learner, "password": password}).encode()
    browser.open(f"{url}hub/login?next=%2Fhub%2Fspawn", form).read()

    def page_of_lab():
        answer = browser.open(f"{url}user/{learner}/lab")
        return answer.url.startswith(f"{url}user/{learner}/lab") and b"jupyter-config-data" in answer.read()
    wait(page_of_lab)
    times = [time.monotonic() - start]

    xsrf = next(cookie.value for cookie in jar if cookie.name == "_xsrf" and cookie.path == "/hub/")
    asked = urllib.request.Request(f"{url}hub/api/users/{learner}/tokens", b"{}",
                                   {"X-XSRFToken": xsrf, "Content-Type": "application/json"})
    token = json.load(browser.open(asked))["token"]
    nb, seconds = served.run(f"{url}user/{learner}/", token, f"nnbook/{chapter}")
    times += [seconds[0], time.monotonic() - start]
    if os.environ.get("NNBOOK_DIGITS") == "drawn":
        return times, []
    return times, notebooks.differences(read(BOOK / chapter), nb)


def weigh(hub_process, memory):
    """Notes the memory of each learner's processes where it is more than before."""
    for server in hub_process.children():
        with contextlib.suppress(psutil.Error):
            learner = server.environ().get("JUPYTERHUB_USER")
            if learner not in memory:
                continue
            usage = {"server": bytes_of(server), "kernel": 0, "completion (gopls)": 0, "cells": 0}
            for process in server.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    name = process.name()
                    what = {"gonb": "kernel", "gopls": "completion (gopls)"}.get(name, "cells")
                    usage[what] += bytes_of(process)
            usage["processes together"] = sum(usage.values())
            for what, size in usage.items():
                memory[learner][what] = max(size, memory[learner].get(what, 0))


def bytes_of(process):
    """Its memory; what it shares with others counts by its share where the system tells."""
    info = process.memory_full_info()
    return getattr(info, "pss", info.rss)
