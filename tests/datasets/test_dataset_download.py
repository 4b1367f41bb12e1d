import errno
import http.server
import multiprocessing
import os
import sys
from pathlib import Path

import pooch
import pytest
from toy_server import CONTENT, QuietHandler, serve, toy_spec

from edex.datasets import download, fetch, is_available, registry
from edex.datasets.cache import DamagedFileWarning
from edex.datasets.download import ATTEMPTS
from edex.errors import DataError, InputError


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(download, "WAIT_SECONDS", 0.0)


def snapshot(folder):
    """Give every path in a folder with its content."""
    return {p: p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


@pytest.fixture
def damaged_cache(cache):
    """A cache that holds a damaged file and one of another data set, to be left alone."""
    (cache / "toy").mkdir(parents=True)
    (cache / "toy" / "first.csv").write_bytes(b"old and damaged")
    (cache / "other.txt").write_text("keep me")
    return cache


@pytest.fixture
def serve_with(monkeypatch, cache):
    """Serve the toy data set with a handler of the test's own, and count the requests."""
    servers = []

    def start(answer):
        class Handler(QuietHandler):
            requests = 0

            def do_GET(self):  # noqa: N802 - the name that http.server asks for
                Handler.requests += 1
                answer(self)

        server, address = serve(Handler)
        servers.append(server)
        monkeypatch.setitem(registry.REGISTRY, "toy", toy_spec(address))
        return Handler

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send(handler, data, *, length=None):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    handler.end_headers()
    handler.wfile.write(data)


def test_fetched_files_have_the_published_content(toy, cache):
    found = fetch("toy")
    assert {name: path.read_bytes() for name, path in found.items()} == CONTENT
    assert all(path.parent == cache / "toy" for path in found.values())
    assert is_available("toy")
    assert sorted(p.name for p in cache.iterdir()) == ["toy"]


def test_second_fetch_asks_the_server_for_nothing(toy, server_folder):
    fetch("toy")
    for path in server_folder.iterdir():
        path.unlink()
    assert fetch("toy").keys() == CONTENT.keys()


def test_damaged_file_in_the_cache_is_replaced(toy, damaged_cache):
    assert fetch("toy")["first.csv"].read_bytes() == CONTENT["first.csv"]
    assert (damaged_cache / "other.txt").read_text() == "keep me"


def test_files_in_the_data_folder_are_not_downloaded(toy, tmp_path, monkeypatch, cache):
    monkeypatch.setenv("EDEX_DATA_DIR", str(tmp_path / "server"))
    assert all(path.parent == tmp_path / "server" for path in fetch("toy").values())
    assert not cache.exists()


def test_damaged_file_in_the_data_folder_is_passed_over_with_a_warning(
    toy, tmp_path, monkeypatch, cache
):
    local = tmp_path / "local"
    local.mkdir()
    (local / "second.csv").write_bytes(b"damaged")
    monkeypatch.setenv("EDEX_DATA_DIR", str(local))
    with pytest.warns(DamagedFileWarning, match=r"second\.csv"):
        assert fetch("toy")["second.csv"] == cache / "toy" / "second.csv"
    assert (local / "second.csv").read_bytes() == b"damaged"


def test_progress_runs_from_nothing_to_the_size_of_each_file(toy):
    seen = {}
    fetch("toy", progress=lambda file, received: seen.setdefault(file, []).append(received))
    assert [file.name for file in seen] == ["first.csv", "second.csv"]
    for file, received in seen.items():
        assert received[0] == 0
        assert received[-1] == file.size
        assert received == sorted(received)


def test_data_set_of_a_package_needs_no_download(cache):
    pytest.importorskip("chemicals")
    assert fetch("crc-melting") == {}
    assert not cache.exists()


@pytest.mark.parametrize("failing", range(1, ATTEMPTS))
def test_passing_server_errors_are_tried_again(serve_with, failing):
    def answer(handler):
        if type(handler).requests <= failing:
            handler.send_error(503)
        else:
            send(handler, CONTENT[handler.path[1:]])

    serve_with(answer)
    assert fetch("toy").keys() == CONTENT.keys()


def test_unknown_data_set_is_an_input_error(cache):
    with pytest.raises(InputError, match="There is no data set 'toys'"):
        fetch("toys")


def test_absent_page_is_an_error_at_once(serve_with, damaged_cache):
    handler = serve_with(lambda handler: handler.send_error(404))
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=r"HTTP status 404 for http://127.*Status 200 is needed"):
        fetch("toy")
    assert handler.requests == 1
    assert snapshot(damaged_cache) == before


def test_lasting_server_error_is_an_error_after_three_attempts(serve_with, damaged_cache):
    handler = serve_with(lambda handler: handler.send_error(500))
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=r"HTTP status 500 .*\(Tried 3 times.\)"):
        fetch("toy")
    assert handler.requests == ATTEMPTS
    assert snapshot(damaged_cache) == before


def test_no_network_is_an_error_that_names_the_way_out(damaged_cache, monkeypatch):
    server, address = serve(http.server.BaseHTTPRequestHandler)
    server.shutdown()
    server.server_close()  # now nothing listens there
    monkeypatch.setitem(registry.REGISTRY, "toy", toy_spec(address))
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=r"could not be reached \(ConnectionError\).*EDEX_DATA_DIR"):
        fetch("toy")
    assert snapshot(damaged_cache) == before


@pytest.mark.parametrize("announced", [None, len(CONTENT["first.csv"])])
def test_truncated_download_says_how_much_arrived(serve_with, damaged_cache, announced):
    serve_with(lambda handler: send(handler, CONTENT["first.csv"][:1000], length=announced))
    size = len(CONTENT["first.csv"])
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=rf"was cut short: \d+ of {size} bytes arrived"):
        fetch("toy")
    assert snapshot(damaged_cache) == before


def test_wrong_content_is_thrown_away_at_once(serve_with, damaged_cache):
    wrong = CONTENT["first.csv"].replace(b"1074", b"1075")
    handler = serve_with(lambda handler: send(handler, wrong))
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=r"has the SHA-256 hash [0-9a-f]{64} .* is thrown away"):
        fetch("toy")
    assert handler.requests == 1
    assert snapshot(damaged_cache) == before


def test_failure_of_the_second_file_keeps_the_first_one_out(serve_with, damaged_cache):
    def answer(handler):
        if handler.path == "/first.csv":
            send(handler, CONTENT["first.csv"])
        else:
            handler.send_error(404)

    serve_with(answer)
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match="HTTP status 404"):
        fetch("toy")
    assert snapshot(damaged_cache) == before


def test_interrupted_fetch_leaves_the_cache_as_it_was(toy, damaged_cache):
    def interrupt(file, received):
        if received:
            raise KeyboardInterrupt

    before = snapshot(damaged_cache)
    with pytest.raises(KeyboardInterrupt):
        fetch("toy", progress=interrupt)
    assert snapshot(damaged_cache) == before


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, r"The disk of the cache .* is full.*Make room, or name another folder"),
        (errno.EROFS, r"cannot be written \(Read-only file system\).*EDEX_CACHE_DIR"),
        (errno.EACCES, r"cannot be written \(Permission denied\).*EDEX_CACHE_DIR"),
        (errno.EIO, r"cannot be used \(.*Input/output error.*\).*EDEX_CACHE_DIR"),
    ],
)
def test_disk_failure_while_writing_is_explained(toy, damaged_cache, monkeypatch, number, message):
    def half_a_file(self, url, output_file, pooch, check_only=False):
        Path(output_file).write_bytes(b"half")
        raise OSError(number, os.strerror(number), output_file)

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", half_a_file)
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=message):
        fetch("toy")
    assert snapshot(damaged_cache) == before


def test_failure_to_move_a_file_is_explained(toy, damaged_cache, monkeypatch):
    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Permission denied", str(target))

    monkeypatch.setattr(os, "replace", refuse)
    before = snapshot(damaged_cache)
    with pytest.raises(DataError, match=r"cannot be written \(Permission denied\)"):
        fetch("toy")
    assert snapshot(damaged_cache) == before


@pytest.mark.skipif(
    sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="root and Windows write into read-only folders",
)
def test_read_only_cache_is_explained(toy, damaged_cache):
    damaged_cache.chmod(0o500)
    try:
        with pytest.raises(DataError, match=r"cannot be written \(Permission denied\)"):
            fetch("toy")
    finally:
        damaged_cache.chmod(0o700)


@pytest.mark.parametrize("below", ["", "deeper"])
def test_cache_path_that_is_a_file_is_explained(toy, tmp_path, monkeypatch, below):
    blocker = tmp_path / "blocker"
    blocker.write_text("keep me")
    monkeypatch.setenv("EDEX_CACHE_DIR", str(blocker / below))
    with pytest.raises(DataError, match=r"cannot be a folder, because .*blocker.* is a file"):
        fetch("toy")
    assert blocker.read_text() == "keep me"


def test_folder_of_the_data_set_that_is_a_file_is_explained(toy, cache):
    cache.mkdir()
    (cache / "toy").write_text("keep me")
    before = snapshot(cache)
    with pytest.raises(DataError, match=r"cannot be a folder, because .*toy is a file"):
        fetch("toy")
    assert snapshot(cache) == before


def fetch_in_a_process(address, cache, barrier, queue):
    os.environ["EDEX_CACHE_DIR"] = cache
    os.environ.pop("EDEX_DATA_DIR", None)
    registry.REGISTRY["toy"] = toy_spec(address)
    barrier.wait(timeout=60)
    try:
        queue.put({name: path.read_bytes() for name, path in fetch("toy").items()})
    except BaseException as error:
        queue.put(repr(error))


def test_processes_that_fetch_at_once_do_not_disturb_each_other(server_address, cache):
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(3), context.Queue()
    processes = [
        context.Process(
            target=fetch_in_a_process, args=(server_address, str(cache), barrier, queue)
        )
        for _ in range(3)
    ]
    for process in processes:
        process.start()
    results = [queue.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    assert results == [CONTENT] * 3
    assert snapshot(cache) == {
        cache / "toy": None,
        **{cache / "toy" / name: data for name, data in CONTENT.items()},
    }
