import os
import subprocess
import sys

import numpy as np
import pytest

from edex.errors import DataError
from edex.spacegroup import shards
from edex.spacegroup.shards import (
    ShardStore,
    folder_lock,
    json_bytes,
    sha256,
    sweep,
    write_file,
)

posix = pytest.mark.skipif(os.name == "nt", reason="signals and locks of POSIX")


@pytest.fixture
def store(tmp_path):
    """25 rows in shards of 10, made in descending order."""
    (tmp_path / "shards").mkdir()
    return ShardStore(tmp_path, "run", np.arange(25)[::-1], 10)


def write(store, shard=0, failures=()):
    n = len(store.rows(shard))
    array = np.arange(n * 3, dtype=float).reshape(n, 3)
    store.write(shard, array, {"formula": [f"X{i}" for i in range(n)]}, failures)
    return array


class TestStore:
    def test_the_last_shard_holds_the_rest(self, store):
        assert store.n_shards == 3
        assert [len(store.rows(shard)) for shard in range(3)] == [10, 10, 5]
        assert store.rows(2) == [4, 3, 2, 1, 0]

    def test_a_shard_comes_back_as_float32_with_its_labels(self, store):
        array = write(store, 2, [(4, 1, "why")])
        stored = np.load(store.shard_path(2))
        assert stored.dtype == np.float32
        assert (stored == array).all()
        receipt = store.read_receipt(2)
        assert receipt.labels == {"row": [4, 3, 2, 1, 0], "formula": ["X0", "X1", "X2", "X3", "X4"]}
        assert receipt.failures == [[4, 1, "why"]]
        assert receipt.sha256 == sha256(store.shard_path(2).read_bytes())

    def test_only_finished_shards_have_receipts(self, store):
        write(store, 1)
        assert list(store.receipts()) == [1]
        assert [store.is_written(shard) for shard in range(3)] == [False, True, False]

    @pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "receipt cut", "receipt empty"])
    def test_a_damaged_shard_is_not_finished(self, store, damage):
        write(store)
        path, receipt = store.shard_path(0), store.receipt_path(0)
        data = path.read_bytes()
        if damage == "cut":
            path.write_bytes(data[:-4])
        elif damage == "flipped":
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        elif damage == "gone":
            path.unlink()
        elif damage == "receipt cut":
            receipt.write_bytes(receipt.read_bytes()[:-20])
        else:
            receipt.write_bytes(b"{}")
        assert store.read_receipt(0) is None

    def test_a_shard_of_another_run_or_order_is_not_accepted(self, store, tmp_path):
        write(store)
        assert ShardStore(tmp_path, "other", store.order, 10).read_receipt(0) is None
        assert ShardStore(tmp_path, "run", np.arange(25), 10).read_receipt(0) is None
        assert ShardStore(tmp_path, "run", store.order, 9).read_receipt(0) is None

    def test_columns_of_unequal_length_are_not_accepted(self, store):
        store.write(0, np.zeros((10, 3)), {"formula": ["X"] * 9})
        assert store.read_receipt(0) is None

    def test_numbers_of_numpy_become_plain(self, store):
        store.write(2, np.zeros((5, 1)), {"u_iso": list(np.full(5, 0.1)), "n": list(np.arange(5))})
        assert store.read_receipt(2).labels["u_iso"] == [0.1] * 5
        assert store.read_receipt(2).labels["n"] == [0, 1, 2, 3, 4]


class TestWriteFile:
    def test_the_content_is_on_the_disk_before_the_name(self, tmp_path, monkeypatch):
        events = []

        class Spy:
            def __getattr__(self, name):
                attribute = getattr(os, name)
                if name not in ("write", "fsync", "replace"):
                    return attribute

                def call(*arguments):
                    events.append(name)
                    return attribute(*arguments)

                return call

        monkeypatch.setattr(shards, "os", Spy())
        write_file(tmp_path / "a", b"content")
        folder = ["fsync"] if os.name != "nt" else []
        assert events == ["write", "fsync", "replace", *folder]

    def test_an_existing_file_is_replaced_and_nothing_else_is_left(self, tmp_path):
        for content in (b"old and long", b"new"):
            write_file(tmp_path / "a", content)
            assert (tmp_path / "a").read_bytes() == content
        assert [path.name for path in tmp_path.iterdir()] == ["a"]

    def test_short_writes_are_continued(self, tmp_path, monkeypatch):
        class OneByteAtATime:
            def __getattr__(self, name):
                return getattr(os, name)

            def write(self, descriptor, data):
                return os.write(descriptor, data[:1])

        monkeypatch.setattr(shards, "os", OneByteAtATime())
        write_file(tmp_path / "a", b"content")
        assert (tmp_path / "a").read_bytes() == b"content"

    def test_a_full_disk_leaves_the_old_file_and_says_what_to_do(self, tmp_path, monkeypatch):
        class FullDisk:
            def __getattr__(self, name):
                return getattr(os, name)

            def write(self, descriptor, data):
                raise OSError(28, "No space left on device")

        write_file(tmp_path / "a", b"old")
        monkeypatch.setattr(shards, "os", FullDisk())
        with pytest.raises(DataError, match=r"No space left on device.*--resume"):
            write_file(tmp_path / "a", b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
        assert (tmp_path / "a").read_bytes() == b"old"


class TestSweep:
    def test_only_temporary_files_are_removed(self, store, tmp_path):
        write(store)
        strays = [tmp_path / ".manifest.json.1-ab.tmp", tmp_path / "shards" / ".pdfs-0.npy.2-c.tmp"]
        for stray in strays:
            stray.write_bytes(b"half")
        kept = sorted(path for path in tmp_path.rglob("*") if path not in strays)
        assert sweep(tmp_path) == strays
        assert sorted(tmp_path.rglob("*")) == kept

    def test_names_of_temporary_files_are_swept(self, tmp_path, monkeypatch):
        def crash(*arguments):
            raise KeyboardInterrupt

        monkeypatch.setattr("os.replace", crash)
        with pytest.raises(KeyboardInterrupt):
            write_file(tmp_path / "settings.json", b"content")
        assert len(sweep(tmp_path)) == 1


class TestLock:
    def test_a_second_run_is_refused(self, tmp_path):
        with (
            folder_lock(tmp_path),
            pytest.raises(DataError, match="Another run is working in the folder"),
            folder_lock(tmp_path),
        ):
            pass

    def test_a_lock_is_given_back(self, tmp_path):
        for _ in range(2):
            with folder_lock(tmp_path):
                pass

    @posix
    def test_the_lock_of_a_killed_run_is_free(self, tmp_path):
        program = (
            "import os, signal, sys\nfrom pathlib import Path\n"
            "from edex.spacegroup.shards import folder_lock\n"
            "with folder_lock(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
        assert done.returncode == -9
        with folder_lock(tmp_path):
            pass

    def test_a_folder_that_cannot_be_written_is_refused(self, tmp_path):
        with pytest.raises(DataError, match="cannot be written"), folder_lock(tmp_path / "none"):
            pass


class TestJson:
    def test_the_same_value_gives_the_same_bytes(self):
        assert json_bytes({"b": 1, "a": [0.1, "Å"]}) == json_bytes({"a": [0.1, "Å"], "b": 1})

    def test_numbers_that_are_not_finite_are_refused(self):
        with pytest.raises(ValueError, match="JSON"):
            json_bytes({"a": float("nan")})

    def test_objects_are_refused(self):
        with pytest.raises(TypeError, match="object cannot be written as JSON"):
            json_bytes({"a": object()})
