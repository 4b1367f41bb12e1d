"""Kill the run at every step, and at random: the folder must come out the same to the last byte.

The same test is given to a naive writer, which saves to the final name and takes a file that exists
for a finished one. The test must catch it, or it would prove nothing.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from toy_rows import folder_bytes, run_toy

from edex.datasets.mp_structures import load_mp_structures
from edex.spacegroup import engine, shards
from edex.spacegroup.shards import Receipt, ShardStore

TOY = Path(__file__).with_name("toy_rows.py")
SIZE = {"size": 12, "shard_rows": 4}

posix = pytest.mark.skipif(os.name == "nt", reason="kills need POSIX signals")


class Crash(BaseException):
    """Not an Exception: like a kill, it leaves no time to tidy up."""


class CrashingOs:
    """The module ``os`` that crashes at one of its writes, syncs and renames.

    A write that crashes has written half; a rename crashes before or after. As in a power cut, a
    file that was renamed but never synced is then empty.
    """

    def __init__(self, crash_at):
        self.n_steps, self._crash_at = 0, crash_at
        self._unsynced, self._renamed = set(), {}

    def __getattr__(self, name):
        return getattr(os, name)

    def _is_time(self):
        self.n_steps += 1
        return self.n_steps == self._crash_at

    def _crash(self):
        for number, path in self._renamed.items():
            if number in self._unsynced:
                os.truncate(path, 0)
        raise Crash

    def write(self, descriptor, data):
        self._unsynced.add(os.fstat(descriptor).st_ino)
        if self._is_time():
            os.write(descriptor, data[: len(data) // 2])
            self._crash()
        return os.write(descriptor, data)

    def fsync(self, descriptor):
        if self._is_time():
            self._crash()
        self._unsynced.discard(os.fstat(descriptor).st_ino)
        os.fsync(descriptor)

    def replace(self, source, target):
        if self._is_time():
            self._crash()
        os.replace(source, target)
        self._renamed[os.stat(target).st_ino] = target
        if self._is_time():
            self._crash()


class NaiveStore(ShardStore):
    """Saves to the final name; a file that exists is finished."""

    def write(self, shard, array, labels, failures=()):
        receipt = {"labels": {"row": self.rows(shard), **labels}, "failures": list(failures)}
        self._save(self.receipt_path(shard), shards.json_bytes(receipt))
        head = shards.io.BytesIO()
        np.save(head, array.astype(np.float32))
        self._save(self.shard_path(shard), head.getvalue())

    @staticmethod
    def _save(path, data):
        with open(path, "wb", buffering=0) as file:
            shards.os.write(file.fileno(), data)

    def read_receipt(self, shard):
        if not self.shard_path(shard).exists():
            return None
        content = shards.json.loads(self.receipt_path(shard).read_bytes())
        return Receipt(shard, self.run, "", **content)


class TrustingStore(ShardStore):
    """Renames, but neither waits for the disk nor hashes what it finds."""

    def write(self, shard, array, labels, failures=()):
        real = shards.os

        class NoSync:
            write, replace, open, close = real.write, real.replace, os.open, os.close
            getpid, name, O_RDONLY = os.getpid, os.name, os.O_RDONLY

            @staticmethod
            def fsync(descriptor):
                pass

        shards.os = NoSync
        try:
            super().write(shard, array, labels, failures)
        finally:
            shards.os = real

    def read_receipt(self, shard):
        if not self.is_written(shard):
            return None
        return Receipt(**shards.json.loads(self.receipt_path(shard).read_bytes()))


def crash_everywhere(tmp_path, monkeypatch):
    """Crash at each step in turn and resume; return the steps after which something was wrong."""
    run_toy(tmp_path / "clean", **SIZE)
    expected = folder_bytes(tmp_path / "clean")
    wrong, step = [], 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        crashing = CrashingOs(step)
        monkeypatch.setattr(shards, "os", crashing)
        try:
            run_toy(folder, **SIZE)
        except Crash:
            pass
        else:
            return wrong, step - 1
        finally:
            monkeypatch.setattr(shards, "os", os)
        try:
            run_toy(folder, **SIZE)
            is_good = folder_bytes(folder) == expected
        except Exception:
            is_good = False
        if not is_good:
            wrong.append(step)


def test_a_crash_at_any_step_costs_nothing(tmp_path, monkeypatch):
    wrong, n_steps = crash_everywhere(tmp_path, monkeypatch)
    assert wrong == []
    assert n_steps >= 5 * 9  # settings, three shards with receipts, labels, manifest


def test_a_crash_while_resuming_costs_nothing(tmp_path, monkeypatch):
    run_toy(tmp_path / "clean", **SIZE)
    n_crashes = 0
    for step in (7, 3, 12, 4, 9, 2, 6, 11, 5, 8):  # one after the other in one folder
        monkeypatch.setattr(shards, "os", CrashingOs(step))
        try:
            run_toy(tmp_path / "run", **SIZE)
        except Crash:
            n_crashes += 1
    monkeypatch.setattr(shards, "os", os)
    run_toy(tmp_path / "run", **SIZE)
    assert n_crashes >= 6
    assert folder_bytes(tmp_path / "run") == folder_bytes(tmp_path / "clean")


@pytest.mark.parametrize("store", [NaiveStore, TrustingStore])
def test_the_test_catches_a_naive_writer(tmp_path, monkeypatch, store):
    monkeypatch.setattr(engine, "ShardStore", store)
    wrong, _ = crash_everywhere(tmp_path, monkeypatch)
    assert wrong != []


def kill_at_random(command, folder, n_kills, longest, generator):
    """Start a command again and again and kill it with its children, until it ends by itself.

    Returns how many kills it took, and how many of them met a run with some shards finished.
    """
    done = in_flight = 0
    while True:
        with open(folder.with_suffix(".log"), "wb") as log:
            process = subprocess.Popen(command, start_new_session=True, stderr=log, stdout=log)
        try:
            # more often late than early, when there is something to lose
            patience = longest * generator.random() ** 0.5 if done < n_kills else 300
            code = process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            in_flight += (
                any(folder.glob("shards/*.json")) and not (folder / "labels.parquet").exists()
            )
            continue
        assert code == 0
        return done, in_flight


@posix
def test_random_kills_of_the_whole_group_cost_nothing(tmp_path):
    run_toy(tmp_path / "clean", size=80, shard_rows=8)
    generator = random.Random(0)
    n_kills = run = 0
    while n_kills < 5:
        run += 1
        folder = tmp_path / f"run-{run}"
        command = [sys.executable, str(TOY), str(folder), "80", "8", "2", "0.01"]
        kills, _ = kill_at_random(command, folder, 5, 1.5, generator)
        n_kills += kills
        assert folder_bytes(folder) == folder_bytes(tmp_path / "clean")


@posix
def test_workers_end_when_their_parent_is_killed(tmp_path):
    command = [sys.executable, str(TOY), str(tmp_path / "run"), "400", "10", "2", "0.05"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    while not any(tmp_path.glob("run/shards/*.json")):
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("a worker goes on without its parent")
    n_finished = len(list(tmp_path.glob("run/shards/*.json")))
    time.sleep(0.3)
    assert len(list(tmp_path.glob("run/shards/*.json"))) == n_finished < 40


def write_poscars(folder, per_class=2):
    """Write some small real structures as POSCAR files."""
    folder.mkdir()
    table = load_mp_structures()
    table = table[table["species"].map(len) <= 12]
    for entry in table.groupby("space_group_number").head(per_class).itertuples():
        species = sorted(set(entry.species))
        order = [i for symbol in species for i, s in enumerate(entry.species) if s == symbol]
        lines = [entry.material_id, "1.0", *(" ".join(map(str, row)) for row in entry.lattice)]
        lines += [" ".join(species), " ".join(str(entry.species.count(s)) for s in species)]
        lines += ["Direct", *(" ".join(map(str, entry.frac_coords[i])) for i in order)]
        (folder / f"{entry.material_id}.vasp").write_text("\n".join(lines) + "\n")


@pytest.mark.slow
@posix
def test_fifty_random_kills_of_the_command_cost_nothing(tmp_path):
    generator = random.Random(1)
    write_poscars(tmp_path / "structures")
    script = tmp_path / "make.py"
    script.write_text("from edex.cli import main\nmain()\n")

    def command(folder, workers):
        return [sys.executable, str(script), "data", "make", "pdfs", "--resume", "--size", "600",
                "--shard-rows", "20", "--structures", str(tmp_path / "structures"),
                "--workers", str(workers), "--folder", str(folder)]  # fmt: skip

    subprocess.run(command(tmp_path / "clean", 1), check=True, capture_output=True)
    expected = folder_bytes(tmp_path / "clean")
    n_kills = n_in_flight = run = 0
    while n_kills < 50 or n_in_flight < 20:
        run += 1
        folder, workers = tmp_path / f"run-{run}", 1 + run % 3
        start = time.perf_counter()
        subprocess.run(command(tmp_path / f"timed-{run}", workers), check=True, capture_output=True)
        longest = 1.1 * (time.perf_counter() - start)
        kills, in_flight = kill_at_random(command(folder, workers), folder, 12, longest, generator)
        n_kills, n_in_flight = n_kills + kills, n_in_flight + in_flight
        assert folder_bytes(folder) == expected
    print(f"{n_kills} kills in {run} runs, {n_in_flight} of them with shards in flight")
