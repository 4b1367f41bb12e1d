import functools

import pytest
from toy_server import CONTENT, QuietHandler, serve, toy_spec

from edex.datasets import registry


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
