"""A toy data set, served on 127.0.0.1, so that no test needs the network."""

import functools
import hashlib
import http.server
import threading

import pytest

from edex.datasets import registry
from edex.datasets.registry import DatasetSpec, RemoteFile

CONTENT = {"first.csv": b"formula,melting_temperature\nNaCl,1074\n" * 2000, "second.csv": b"2\n"}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(handler):
    """Start a server in a thread and give it with its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def toy_spec(address):
    files = tuple(
        RemoteFile(name, f"{address}/{name}", hashlib.sha256(data).hexdigest(), len(data))
        for name, data in CONTENT.items()
    )
    return DatasetSpec(name="toy", title="Two small files", files=files)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Point the cache into the test's folder and hide the data folder of the user."""
    monkeypatch.delenv("EDEX_DATA_DIR", raising=False)
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server_folder(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def server_address(server_folder):
    server, address = serve(functools.partial(QuietHandler, directory=str(server_folder)))
    yield address
    server.shutdown()
    server.server_close()


@pytest.fixture
def toy(cache, server_address, monkeypatch):
    """Register the toy data set for one test."""
    spec = toy_spec(server_address)
    monkeypatch.setitem(registry.REGISTRY, "toy", spec)
    return spec
