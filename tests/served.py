"""Runs a notebook as a browser does: in a session of a Jupyter server, over its web address.

served.py SERVER TOKEN PATH prints the notebook, run.
"""

import asyncio
import functools
import json
import sys
import time
import urllib.error
import urllib.request

import nbformat
import websocket
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.gateway.managers import ChannelQueue, GatewayKernelManager
from nbclient import NotebookClient

from cells import code

CELL_SECONDS = 15 * 60
LISTENS_SECONDS = 30  # a server says its address a little before it listens there


# As a browser writes a time; a number, which the class would write, ends GoNB.
ChannelQueue.serialize_datetime = staticmethod(lambda time: time.isoformat())


class Kernel(GatewayKernelManager):
    """A kernel of another server; its client asks by a name that the class leaves out."""
    _async_is_alive = GatewayKernelManager.is_alive


def request(url, token, body=None):
    """What the server answers; a body is posted."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    end = time.monotonic() + LISTENS_SECONDS
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.URLError as err:
            if not isinstance(err.reason, ConnectionRefusedError) or time.monotonic() > end:
                raise
            time.sleep(0.1)


def run(server, token, path):
    """Runs the notebook that the server (http://…/) has at path: (the notebook, the seconds of each cell run).

    The first cell's seconds include the start of its kernel. One server a process: the client is the only one.
    """
    nb = nbformat.from_dict(request(f"{server}api/contents/{path}", token)["content"])
    start = time.monotonic()
    session = request(f"{server}api/sessions", token, {
        "path": path, "name": path, "type": "notebook", "kernel": {"name": "gonb"}})
    client = GatewayClient.instance()
    client.url, client.auth_token = server.rstrip("/"), token
    # The manager opens the channels' socket without what it has to show for it.
    websocket.create_connection = functools.partial(
        websocket.create_connection, header={"Authorization": f"token {token}"})
    return nb, asyncio.run(execute(nb, session["kernel"]["id"], start))


async def execute(nb, kernel, start):
    """Runs the notebook on a kernel that the server has started, and ends that."""
    manager = Kernel()
    await manager.start_kernel(kernel_id=kernel)
    client = NotebookClient(nb, km=manager, timeout=CELL_SECONDS, record_timing=False, coalesce_streams=True)
    seconds = []
    async with client.async_setup_kernel(cleanup_kc=True):  # else the socket stays, and the process with it
        for number, cell in code(nb):
            await client.async_execute_cell(cell, number - 1)
            seconds.append(time.monotonic() - start)
            start = time.monotonic()
    return seconds


if __name__ == "__main__":
    print(nbformat.writes(run(*sys.argv[1:])[0]))
