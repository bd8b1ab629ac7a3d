"""The web pages (`make site`): made once for all tests that look at them, and served on 127.0.0.1."""

import contextlib
import fcntl
import functools
import http.server
import os
import sys
import threading

from checkout import LAB, ROOT, run


def build(folder):
    run(sys.executable, "web/website.py", folder, PYTHONPATH=str(ROOT / "tools"))


def built_once(tmp_path_factory):
    """The folder of the site. Of the processes that pytest-xdist starts, the first one to come here makes it."""
    folder = LAB / "site"
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # of this run's processes
    with open(shared / "site.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "site.made").exists():
            build(folder)
            (shared / "site.made").touch()
    return folder


@contextlib.contextmanager
def serve(folder):
    """Serves the folder as any file server would; yields its address."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    server.handle_error = lambda *_: None  # a page that is left does not wait for its files
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
