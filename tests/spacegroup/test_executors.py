import io
import json
import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from toy_rows import ToyMaker, folder_bytes, run_toy

from edex.errors import DataError
from edex.spacegroup import executors
from edex.spacegroup.executors import count_cores, run_processes, run_serial
from edex.spacegroup.jobs import ShardJob, code_versions, compare_versions
from edex.spacegroup.shards import ShardStore
from edex.spacegroup.worker import serve

posix = pytest.mark.skipif(os.name == "nt", reason="kills need POSIX signals")


@pytest.fixture
def job(tmp_path):
    (tmp_path / "shards").mkdir()
    return lambda **maker: ShardJob(
        ShardStore(tmp_path, "run", np.arange(40), 10), ToyMaker(**maker), {}
    )


class Unreadable:
    """A maker that no other process can read."""

    n_points = 3

    def __reduce__(self):
        return (int, ("not a number",))


def test_serial_and_processes_make_each_shard_once(job):
    assert list(run_serial(job(), [0, 2])) == [0, 2]
    assert sorted(run_processes(job(), [1, 3], workers=2)) == [1, 3]
    assert sorted(job().store.receipts()) == [0, 1, 2, 3]


@posix
def test_a_killed_worker_is_replaced_and_its_shard_made_again(tmp_path):
    (tmp_path / "poison").touch()
    run_toy(tmp_path / "clean")
    run_toy(tmp_path / "killed", maker=ToyMaker(poison=str(tmp_path / "poison")), workers=2)
    assert not (tmp_path / "poison").exists()
    assert folder_bytes(tmp_path / "killed") == folder_bytes(tmp_path / "clean")


@posix
def test_a_shard_that_kills_every_worker_ends_the_run_and_the_others_stay(job):
    deadly = job(poison=__file__, is_one_time=False)
    with pytest.raises(DataError, match=r"Shard 0 brought down 3 worker processes.*--resume"):
        list(run_processes(deadly, [1, 2, 3, 0], workers=1))
    assert sorted(deadly.store.receipts()) == [1, 2, 3]


def test_an_error_in_a_row_ends_the_run_with_its_message(job):
    with pytest.raises(DataError, match="ZeroDivisionError: a bug in the maker"):
        list(run_processes(job(bad=15), [0, 1, 2], workers=2))
    with pytest.raises(DataError, match="Row 15 holds a number that is not finite"):
        list(run_processes(job(infinite=15), [1], workers=1))


def test_a_job_that_cannot_be_read_ends_the_run(job):
    broken = ShardJob(job().store, Unreadable(), {})
    with pytest.raises(DataError, match="The job cannot be read: ValueError"):
        list(run_processes(broken, [0, 1], workers=2))


def test_workers_that_do_not_start_end_the_run(job, monkeypatch):
    def start(command, **options):
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"], **options)

    class Subprocess:
        PIPE, Popen = subprocess.PIPE, staticmethod(start)

    monkeypatch.setattr(executors, "subprocess", Subprocess)
    with pytest.raises(DataError, match=r"3 worker processes ended before they were ready.*7"):
        list(run_processes(job(), [0, 1], workers=1))


def test_no_worker_and_no_thread_is_left_behind(job):
    before = threading.active_count()
    started = run_processes(job(delay=0.02), [0, 1, 2, 3], workers=2)
    next(started)
    started.close()  # as Ctrl + C does
    assert threading.active_count() == before


def test_a_script_without_a_main_guard_can_use_workers(tmp_path):
    # multiprocessing would run this script again in each worker
    script = tmp_path / "script.py"
    here = os.path.dirname(__file__)
    script.write_text(
        f"import sys\nsys.path.insert(0, {here!r})\nfrom toy_rows import run_toy\n"
        "print(len(run_toy(sys.argv[1], workers=2)))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "run")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "60"), done.stderr


def test_what_a_library_prints_does_not_disturb(tmp_path, capfd):
    run_toy(tmp_path / "quiet")
    run_toy(tmp_path / "loud", maker=LoudMaker(), workers=2)
    assert "printed by a library" in capfd.readouterr().err
    assert folder_bytes(tmp_path / "loud") == folder_bytes(tmp_path / "quiet")


class LoudMaker(ToyMaker):
    def __call__(self, row):
        print("printed by a library", flush=True)
        return super().__call__(row)


def test_workers_use_one_thread_each(tmp_path):
    (tmp_path / "shards").mkdir()
    job = ShardJob(ShardStore(tmp_path, "run", np.arange(2), 1), ThreadsMaker(), {})
    list(run_processes(job, [0, 1], workers=2))
    assert job.store.read_receipt(1).labels["threads"] == ["1"]


class ThreadsMaker(ToyMaker):
    def __call__(self, row):
        made = super().__call__(row)
        made.labels["threads"] = os.environ["OPENBLAS_NUM_THREADS"]
        return made


def test_a_worker_answers_each_request_with_a_line(job):
    requests = io.BytesIO(pickle.dumps(job(bad=25)) + b"0\n2\n1\n")
    replies = io.BytesIO()
    serve(requests, replies)
    lines = [json.loads(line) for line in replies.getvalue().splitlines()]
    assert lines == [
        {"ready": os.getpid()},
        {"shard": 0},
        {"shard": 2, "error": "ZeroDivisionError: a bug in the maker"},
        {"shard": 1},
    ]


def test_there_is_at_least_one_core():
    assert count_cores() >= 1


class TestVersions:
    def test_all_deciding_packages_are_named(self):
        assert {"edex", "python", "machine", "source", "numpy", "spglib"} <= set(code_versions())

    def test_differences_are_named(self):
        assert compare_versions({"numpy": "2.0", "a": "1"}, {"numpy": "2.4", "a": "1"}) == [
            "numpy 2.0 there and 2.4 here"
        ]
        assert compare_versions({}, {"spglib": "2.8"}) == ["spglib absent there and 2.8 here"]
        assert compare_versions(code_versions(), code_versions()) == []
