"""A Dask cluster on this computer, one of whose workers is killed in the middle of a run."""

import os
import pickle
import signal
import sys
import zlib
from dataclasses import replace

import numpy as np
import pytest
from toy_rows import ToyMaker, folder_bytes, run_toy

from edex.errors import DataError, MissingExtraError
from edex.spacegroup import cluster
from edex.spacegroup.jobs import ShardJob, code_versions
from edex.spacegroup.shards import ShardStore

distributed = pytest.importorskip("distributed", reason="needs the extra [scale]")

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """A scheduler with two worker processes."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as running:
        yield running


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """The bytes of an undisturbed serial run."""
    folder = tmp_path_factory.mktemp("toy") / "clean"
    run_toy(folder, size=120, versions=code_versions())
    return folder_bytes(folder)


@pytest.fixture
def job(tmp_path):
    (tmp_path / "shards").mkdir()
    (tmp_path / "settings.json").write_text("{}")
    store = ShardStore(tmp_path, "run", np.arange(20), 10)
    return ShardJob(store, ToyMaker(), code_versions())


def make_in_worker(job, shard=0):
    """Call what a worker calls."""
    payload = zlib.compress(pickle.dumps(job))
    return cluster._make_shard(payload, cluster.sha256(payload), shard)


def run_on(local, folder, **arguments):
    arguments.setdefault("versions", code_versions())
    return run_toy(folder, size=120, scheduler=local.scheduler_address, **arguments)


def test_a_cluster_gives_the_same_bytes_as_one_process(local, clean, tmp_path):
    run_on(local, tmp_path / "run")
    assert folder_bytes(tmp_path / "run") == clean


@pytest.mark.skipif(os.name == "nt", reason="kills need POSIX signals")
def test_a_worker_killed_in_the_middle_costs_nothing(local, clean, tmp_path):
    with distributed.Client(local, set_as_default=False) as client:
        victims = list(client.run(os.getpid).values())
    killed = []

    def kill_one(stage, done, total):
        if stage == "PDFs" and done >= 30 and not killed:
            os.kill(victims[0], signal.SIGKILL)
            killed.append(done)

    run_on(local, tmp_path / "run", maker=ToyMaker(delay=0.02), progress=kill_one)
    assert killed
    assert killed[0] < 120
    assert folder_bytes(tmp_path / "run") == clean


def test_only_missing_shards_are_made(local, clean, tmp_path):
    run_on(local, tmp_path / "run")
    for name in ("manifest.json", "shards/pdfs-00004.json", "shards/pdfs-00007.npy"):
        (tmp_path / "run" / name).unlink()
    seen = []
    run_on(local, tmp_path / "run", progress=lambda stage, done, total: seen.append(done))
    assert seen[-3:] == [100, 110, 120]
    assert folder_bytes(tmp_path / "run") == clean


def test_an_error_in_a_row_names_row_and_worker(local, tmp_path):
    with pytest.raises(DataError, match=r"ZeroDivisionError: a bug in the maker \(on worker "):
        run_on(local, tmp_path / "run", maker=ToyMaker(bad=33))


def test_other_software_on_a_worker_is_refused_by_name(local, tmp_path):
    versions = {**code_versions(), "numpy": "1.0"}
    with pytest.raises(DataError, match=r"other software.*numpy 1.0 there and .* here"):
        run_on(local, tmp_path / "run", versions=versions)


def small_cluster(folder):
    return distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        dashboard_address=":0",
        processes=True,
        local_directory=str(folder / "dask"),
        silence_logs=50,
    )


def test_a_shard_that_kills_worker_after_worker_ends_the_run(tmp_path):
    with small_cluster(tmp_path) as fragile:
        fragile.scheduler.allowed_failures = 1
        deadly = ToyMaker(poison=__file__, is_one_time=False)
        with pytest.raises(DataError, match=r"Several Dask workers died with shard \d+ in hand"):
            run_on(fragile, tmp_path / "run", maker=deadly)


def test_a_scheduler_that_goes_away_ends_the_run_and_shards_stay(clean, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    short_lived = small_cluster(tmp_path)

    def close(stage, done, total):
        if done == 30:
            short_lived.close()

    with pytest.raises(DataError, match=r"Dask scheduler.*--resume"):
        run_on(short_lived, tmp_path / "run", maker=ToyMaker(delay=0.02), progress=close)
    assert len(list(tmp_path.glob("run/shards/*.json"))) >= 3
    run_toy(tmp_path / "run", size=120, versions=code_versions())
    assert folder_bytes(tmp_path / "run") == clean


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "not an address"])
def test_a_scheduler_that_does_not_answer_is_named(tmp_path, monkeypatch, address):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with pytest.raises(DataError, match=f"No Dask scheduler answers at '{address}' within 0.5 s"):
        run_toy(tmp_path / "run", scheduler=address)


def test_without_distributed_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r'pip install "edex\[scale\]"'):
        run_toy(tmp_path / "run", scheduler="tcp://127.0.0.1:9")


class TestWorker:
    def test_a_finished_shard_is_not_made_again(self, job):
        assert make_in_worker(job) == {}
        before = job.store.shard_path(0).stat().st_mtime_ns
        assert make_in_worker(replace(job, maker=ToyMaker(bad=3))) == {}
        assert job.store.shard_path(0).stat().st_mtime_ns == before

    def test_a_folder_that_the_worker_does_not_see_is_named(self, job, tmp_path):
        (tmp_path / "settings.json").unlink()
        answer = make_in_worker(job)
        assert "does not see" in answer["error"]
        assert "share the folder" in answer["error"]

    def test_a_worker_keeps_one_job_and_forgets_one_that_failed(self, job):
        make_in_worker(job)
        make_in_worker(replace(job, maker=ToyMaker(seed=1)), 1)
        assert len(cluster._jobs) == 1
        make_in_worker(replace(job, versions={"numpy": "1.0"}))
        assert cluster._jobs == {}
