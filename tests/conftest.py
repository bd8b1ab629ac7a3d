"""The kernel is the lab's, whichever environment runs the tests; the site is made once for all of them."""

import os

import pytest

from checkout import LAB

os.environ.setdefault("JUPYTER_PATH", str(LAB / "venv" / "share" / "jupyter"))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site (`make site`), for a machine with a browser."""
    import browser, webserver  # not there where only notebooks are run
    browser.find()
    return webserver.built_once(tmp_path_factory)


@pytest.fixture(scope="session")
def url(site):
    """The address of the site."""
    import webserver
    with webserver.serve(site) as address:
        yield address
