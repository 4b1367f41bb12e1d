import os
import sys

import pytest
from toy_server import CONTENT

from edex.datasets import cache as cache_module
from edex.datasets import cache_dir, data_dir, is_available, locate, registry, verify
from edex.datasets.cache import DamagedFileWarning
from edex.datasets.registry import DatasetSpec
from edex.errors import DataError, InputError, MissingExtraError


@pytest.fixture
def local(tmp_path, monkeypatch):
    """Name an empty folder in EDEX_DATA_DIR."""
    folder = tmp_path / "local"
    folder.mkdir()
    monkeypatch.setenv("EDEX_DATA_DIR", str(folder))
    return folder


def put_all_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)


def test_cache_moves_with_the_environment_variable(cache):
    assert cache_dir() == cache


def test_cache_is_in_the_users_cache_without_the_variable(monkeypatch):
    monkeypatch.delenv("EDEX_CACHE_DIR", raising=False)
    assert "edex" in cache_dir().parts


def test_nothing_there_is_reported_as_missing(toy):
    assert [report.status for report in verify("toy")] == ["missing", "missing"]
    assert not is_available("toy")


def test_files_in_the_cache_are_found(toy, cache):
    put_all_files(cache / "toy")
    assert [report.status for report in verify("toy")] == ["ok", "ok"]
    assert is_available("toy")
    assert locate("toy") == {name: cache / "toy" / name for name in CONTENT}


def test_local_files_are_found_in_any_subfolder_and_before_the_cache(toy, cache, local):
    put_all_files(cache / "toy")
    put_all_files(local / "some" / "where")
    assert locate("toy") == {name: local / "some" / "where" / name for name in CONTENT}


def test_verify_reports_each_file_for_itself(toy, cache):
    put_all_files(cache / "toy")
    (cache / "toy" / "first.csv").write_bytes(b"changed")
    (cache / "toy" / "second.csv").unlink()
    reports = verify("toy")
    assert [(report.name, report.status) for report in reports] == [
        ("first.csv", "damaged"),
        ("second.csv", "missing"),
    ]
    assert reports[0].path == cache / "toy" / "first.csv"


def test_good_copy_beside_a_damaged_local_one_is_used_with_a_warning(toy, cache, local):
    put_all_files(cache / "toy")
    (local / "first.csv").write_bytes(b"another edition")
    with pytest.warns(DamagedFileWarning, match=r"local.first\.csv does not have the registered"):
        found = locate("toy")
    assert found["first.csv"] == cache / "toy" / "first.csv"


def test_second_local_copy_with_the_right_content_is_preferred_over_a_damaged_one(toy, local):
    put_all_files(local / "b")
    (local / "a").mkdir()
    (local / "a" / "first.csv").write_bytes(b"another edition")
    with pytest.warns(DamagedFileWarning):
        assert locate("toy")["first.csv"] == local / "b" / "first.csv"


def test_data_set_of_a_package_is_available_when_the_package_is(monkeypatch, toy):
    spec = DatasetSpec(name="packed", title="In a package", package="json")
    monkeypatch.setitem(registry.REGISTRY, "packed", spec)
    assert is_available("packed")
    assert verify("packed") == []
    assert locate("packed") == {}


def test_absent_package_is_named_with_the_command_that_installs_it(monkeypatch, toy):
    spec = DatasetSpec(name="packed", title="In a package", package="no_such_package")
    monkeypatch.setitem(registry.REGISTRY, "packed", spec)
    assert not is_available("packed")
    with pytest.raises(MissingExtraError, match=r"pip install \"edex\[melting\]\""):
        locate("packed")


def test_missing_file_says_how_to_get_it(toy):
    with pytest.raises(
        DataError, match=r"'first.csv' of the data set 'toy' is not .* edex data fetch toy"
    ):
        locate("toy")


def test_damaged_file_alone_is_never_used(toy, local):
    put_all_files(local)
    (local / "second.csv").write_bytes(b"3\n")
    assert not is_available("toy")
    with pytest.raises(DataError, match=r"second\.csv does not have the registered SHA-256"):
        locate("toy")


def test_data_folder_that_is_not_there_is_an_error(monkeypatch, tmp_path, toy):
    monkeypatch.setenv("EDEX_DATA_DIR", str(tmp_path / "nowhere"))
    for call in (data_dir, lambda: verify("toy"), lambda: is_available("toy")):
        with pytest.raises(DataError, match=r"EDEX_DATA_DIR is '.*nowhere'.*not a folder"):
            call()


@pytest.mark.skipif(
    sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="root and Windows read files without read permission",
)
def test_unreadable_file_is_an_error(toy, cache):
    put_all_files(cache / "toy")
    (cache / "toy" / "first.csv").chmod(0)
    with pytest.raises(DataError, match="cannot be read"):
        verify("toy")


def test_unreadable_file_is_an_error_whoever_runs_the_test(toy, cache, monkeypatch):
    put_all_files(cache / "toy")

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(cache_module, "file_sha256", refuse)
    with pytest.raises(DataError, match=r"first\.csv cannot be read \(Permission denied\)"):
        verify("toy")


@pytest.mark.parametrize("call", [verify, is_available, locate])
def test_unknown_data_set_is_an_input_error(call, cache):
    with pytest.raises(InputError, match="There is no data set 'toys'"):
        call("toys")
