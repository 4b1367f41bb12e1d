import json
import threading

import numpy as np
import pytest
from toy_rows import TEMPLATES, R, ToyMaker, folder_bytes, run_toy

from edex.errors import DataError, InputError
from edex.spacegroup.plan import row_generator
from edex.spacegroup.shards import folder_lock


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of a serial run from start to end."""
    folder = tmp_path_factory.mktemp("toy") / "undisturbed"
    run_toy(folder)
    return folder


@pytest.fixture
def unfinished(undisturbed, tmp_path):
    """A folder that lacks its manifest, its labels and shard 2."""
    folder = tmp_path / "unfinished"
    for name, data in folder_bytes(undisturbed).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name in ("manifest.json", "labels.parquet", "shards/pdfs-00002.json"):
        (folder / name).unlink()
    return folder


class TestTable:
    def test_rows_are_in_their_own_order_whatever_the_order_of_making(self, undisturbed):
        table = run_toy(undisturbed)
        expected = [row_generator(0, row).normal(size=len(R)) for row in range(60)]
        assert np.array_equal(table.G, np.array(expected, dtype=np.float32))
        assert table.labels["row"].tolist() == list(range(60))
        assert table.labels["formula"].tolist() == [f"Toy{row}" for row in range(60)]
        assert (table.r == R).all()
        assert len(table) == 60

    def test_labels_name_the_template_and_what_is_known_of_it(self, undisturbed):
        labels = run_toy(undisturbed).labels
        known = dict(zip(TEMPLATES["template"], TEMPLATES["prototype"], strict=True))
        assert (labels["template"].map(known) == labels["prototype"]).all()
        assert list(labels) == [
            "row", "space_group_number", "template", "prototype", "formula", "u_iso",
        ]  # fmt: skip

    def test_every_failed_template_is_in_the_quarantine(self, undisturbed):
        (entry,) = run_toy(undisturbed).quarantine
        assert entry["template"] == "toy-b"
        assert entry["reasons"] == ["every seventh row fails"]
        assert sorted(entry["rows"]) == list(range(3, 60, 7))

    def test_the_manifest_counts_classes_and_hashes_all_files(self, undisturbed):
        manifest = json.loads((undisturbed / "manifest.json").read_bytes())
        assert sum(manifest["rows_per_class"].values()) == 60
        found = set(folder_bytes(undisturbed)) - {"manifest.json", ".lock"}
        assert set(manifest["files"]) == found
        assert manifest["settings"]["size"] == 60
        assert manifest["versions"] == {"toy": "1"}


class TestWorkers:
    @pytest.mark.parametrize("workers", [2, 3])
    def test_any_number_of_workers_gives_the_same_bytes(self, undisturbed, tmp_path, workers):
        run_toy(tmp_path / "run", workers=workers)
        assert folder_bytes(tmp_path / "run") == folder_bytes(undisturbed)

    @pytest.mark.parametrize("workers", [0, -2])
    def test_no_workers_are_refused(self, tmp_path, workers):
        with pytest.raises(InputError, match=f"number of workers is {workers}"):
            run_toy(tmp_path / "run", workers=workers)

    def test_progress_ends_with_all_rows(self, tmp_path):
        seen = []
        run_toy(tmp_path / "run", progress=lambda *step: seen.append(step))
        rows = [done for stage, done, total in seen if stage == "PDFs"]
        assert rows == sorted(rows)
        assert (rows[0], rows[-1]) == (0, 60)

    def test_a_stop_from_outside_ends_the_workers(self, tmp_path):
        def interrupt(stage, done, total):
            if done == 20:
                raise KeyboardInterrupt  # Ctrl + C

        before = threading.active_count()
        with pytest.raises(KeyboardInterrupt):
            run_toy(tmp_path / "run", workers=2, maker=ToyMaker(delay=0.01), progress=interrupt)
        assert threading.active_count() == before
        n_finished = len(list(tmp_path.glob("run/shards/*.json")))
        assert 2 <= n_finished < 6
        run_toy(tmp_path / "run")

    def test_progress_of_a_resumed_run_counts_what_is_there(self, unfinished):
        seen = []
        run_toy(unfinished, progress=lambda *step: seen.append(step))
        assert [done for stage, done, total in seen if stage == "PDFs"] == [50, 60]


class TestResume:
    def test_only_what_is_missing_is_made(self, undisturbed, unfinished):
        made = []

        class Counting(ToyMaker):
            def __call__(self, row):
                made.append(row)
                return super().__call__(row)

        run_toy(unfinished, maker=Counting())
        assert len(made) == 10
        assert folder_bytes(unfinished) == folder_bytes(undisturbed)

    def test_stray_temporary_files_are_swept(self, undisturbed, unfinished):
        (unfinished / "shards" / ".pdfs-00002.npy.77-ab.tmp").write_bytes(b"half")
        run_toy(unfinished)
        assert folder_bytes(unfinished) == folder_bytes(undisturbed)

    def test_without_resume_an_unfinished_folder_is_refused(self, unfinished):
        before = folder_bytes(unfinished)
        with pytest.raises(InputError, match=r"not complete.*Add --resume"):
            run_toy(unfinished, resume=False)
        assert folder_bytes(unfinished) == before

    def test_a_complete_folder_is_loaded_at_once(self, undisturbed):
        run_toy(undisturbed, maker=ToyMaker(bad=0), resume=False)

    @pytest.mark.parametrize(
        "name", ["shards/pdfs-00001.npy", "shards/pdfs-00003.json", "labels.parquet"]
    )
    @pytest.mark.parametrize("is_gone", [True, False])
    def test_a_damaged_folder_is_repaired(self, undisturbed, tmp_path, name, is_gone):
        run_toy(tmp_path / "run")
        path = tmp_path / "run" / name
        path.unlink() if is_gone else path.write_bytes(path.read_bytes()[:-3] + b"???")
        run_toy(tmp_path / "run")
        assert folder_bytes(tmp_path / "run") == folder_bytes(undisturbed)

    def test_a_damaged_manifest_is_made_again(self, undisturbed, tmp_path):
        run_toy(tmp_path / "run")
        (tmp_path / "run" / "manifest.json").write_bytes(b'{"settings": ')
        run_toy(tmp_path / "run")
        assert folder_bytes(tmp_path / "run") == folder_bytes(undisturbed)

    def test_damaged_settings_are_refused(self, unfinished):
        (unfinished / "settings.json").write_bytes(b"{")
        with pytest.raises(DataError, match=r"settings.json cannot be read"):
            run_toy(unfinished)


class TestRefusals:
    @pytest.mark.parametrize("finished", [True, False])
    def test_other_settings_are_refused_by_name(self, undisturbed, unfinished, finished):
        folder = undisturbed if finished else unfinished
        before = folder_bytes(folder)
        with pytest.raises(InputError, match="size is 60 there and 70 here"):
            run_toy(folder, size=70)
        with pytest.raises(InputError, match="shard_rows is 10 there and 12 here"):
            run_toy(folder, shard_rows=12)
        assert folder_bytes(folder) == before

    def test_other_software_cannot_complete_a_folder_but_can_load_it(self, undisturbed, unfinished):
        with pytest.raises(InputError, match="toy 1 there and 2 here"):
            run_toy(unfinished, versions={"toy": "2"})
        assert len(run_toy(undisturbed, versions={"toy": "2"})) == 60

    def test_a_folder_with_other_files_is_refused(self, tmp_path):
        (tmp_path / "thesis.tex").write_text("precious")
        with pytest.raises(InputError, match=r"'thesis.tex'.*Name a new or empty one"):
            run_toy(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "run").write_text("a file")
        with pytest.raises(InputError, match=r"is a file\. A folder is needed"):
            run_toy(tmp_path / "run")

    def test_a_place_without_permission_is_refused(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(DataError, match=r"cannot be made.*--folder"):
            run_toy(tmp_path / "file" / "run")

    def test_a_second_run_in_the_folder_is_refused(self, unfinished):
        with folder_lock(unfinished), pytest.raises(DataError, match="Another run is working"):
            run_toy(unfinished)

    def test_a_folder_that_only_holds_its_own_beginnings_is_used(self, undisturbed, tmp_path):
        (tmp_path / "shards").mkdir()
        (tmp_path / ".lock").touch()
        (tmp_path / ".settings.json.3-ab.tmp").write_bytes(b"{")
        run_toy(tmp_path)
        assert folder_bytes(tmp_path) == folder_bytes(undisturbed)

    def test_shards_that_do_not_appear_end_the_run(self, tmp_path, monkeypatch):
        # as when the workers of a cluster write to another disk
        def pretend(job, shards):
            yield from shards

        monkeypatch.setattr("edex.spacegroup.engine.run_serial", pretend)
        with pytest.raises(DataError, match="none of them is in"):
            run_toy(tmp_path / "run")
