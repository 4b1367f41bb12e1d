"""Files inside packages: the real pip with a folder of wheels, and a pip of our own that fails."""

import errno
import hashlib
import os
import re
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from edex.datasets import fetch, is_available, packages, registry
from edex.datasets.registry import DatasetSpec, PackageMember, RemoteFile
from edex.errors import DataError

DATA = b"formula,space_group\nNaCl,225\n" * 5000
MEMBER = "toypackage/data/table.csv"


def write_wheel(folder):
    """Write the wheel toypackage 1.0, which pip accepts."""
    folder.mkdir()
    path = folder / "toypackage-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, DATA)
        info = "toypackage-1.0.dist-info"
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: toypackage\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def wheel(tmp_path):
    return write_wheel(tmp_path / "wheels")


@pytest.fixture
def file(wheel):
    member = PackageMember(
        "toypackage", "1.0", MEMBER, sha256(wheel.read_bytes()), wheel.stat().st_size
    )
    return RemoteFile("table.csv", None, sha256(DATA), len(DATA), member=member)


@pytest.fixture
def register(monkeypatch, cache, wheel, file):
    """Register the file, changed as the test wants, and let pip look into the folder only."""
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)

    def change(**changes):
        member = replace(
            file.member, **{k: v for k, v in changes.items() if hasattr(file.member, k)}
        )
        own = {k: v for k, v in changes.items() if not hasattr(file.member, k)}
        changed = replace(file, member=member, **own)
        monkeypatch.setitem(registry.REGISTRY, "toy", DatasetSpec("toy", "In a wheel", (changed,)))
        return changed

    change()
    return change


@pytest.fixture
def full_cache(cache):
    """A cache that holds a damaged file and one of another data set, to be left alone."""
    (cache / "toy").mkdir(parents=True)
    (cache / "toy" / "table.csv").write_bytes(b"old and damaged")
    (cache / "other.txt").write_text("keep me")
    return cache


@pytest.fixture
def fake_pip(tmp_path, monkeypatch):
    """Put a pip of our own before the real one."""

    def write(body):
        folder = tmp_path / "fake" / "pip"
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        head = (
            "import os, shutil, sys, time\ndestination = sys.argv[sys.argv.index('--dest') + 1]\n"
        )
        (folder / "__main__.py").write_text(head + textwrap.dedent(body))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))

    return write


def snapshot(folder):
    """Give every path in a folder with its content."""
    return {p: p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def expect_failure(cache, match, error=DataError):
    before = snapshot(cache)
    with pytest.raises(error, match=match) as caught:
        fetch("toy")
    assert snapshot(cache) == before
    assert not is_available("toy")
    return str(caught.value)


def test_file_is_taken_out_of_the_wheel(register, full_cache):
    assert not is_available("toy")
    found = fetch("toy")
    assert found == {"table.csv": full_cache / "toy" / "table.csv"}
    assert found["table.csv"].read_bytes() == DATA
    assert is_available("toy")
    assert (full_cache / "other.txt").read_text() == "keep me"
    assert sorted(p.name for p in full_cache.iterdir()) == ["other.txt", "toy"]


def test_second_fetch_does_not_ask_pip(register, wheel):
    fetch("toy")
    wheel.unlink()
    assert fetch("toy").keys() == {"table.csv"}


def test_file_in_the_data_folder_is_found_first(register, tmp_path, monkeypatch, cache):
    local = tmp_path / "local" / "deep"
    local.mkdir(parents=True)
    (local / "table.csv").write_bytes(DATA)
    monkeypatch.setenv("EDEX_DATA_DIR", str(tmp_path / "local"))
    assert is_available("toy")
    assert fetch("toy")["table.csv"] == local / "table.csv"
    assert not cache.exists()


def test_progress_shows_the_wheel_and_then_the_file(register, file):
    seen = {}
    fetch("toy", progress=lambda file, received: seen.setdefault(file, []).append(received))
    assert [each.name for each in seen] == ["toypackage==1.0", "table.csv"]
    for each, received in seen.items():
        assert received[0] == 0
        assert received[-1] == each.size
        assert received == sorted(received)
    assert [each.size for each in seen] == [file.member.wheel_size, file.size]


def test_progress_moves_while_pip_downloads(register, fake_pip, wheel, file):
    fake_pip(
        f"""
        with open(os.path.join(os.environ["TMPDIR"], "part"), "wb") as part:
            part.write(bytes({file.member.wheel_size // 2}))
        time.sleep(1)
        os.mkdir(destination)
        shutil.copy({str(wheel)!r}, destination)
        """
    )
    seen = []
    fetch("toy", progress=lambda each, received: seen.append((each.name, received)))
    assert ("toypackage==1.0", file.member.wheel_size // 2) in seen


def test_wheel_for_a_newer_python_is_data_all_the_same(register, tmp_path, file):
    path = tmp_path / "wheels" / "toypackage-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "a") as archive:
        name = "toypackage-1.0.dist-info/METADATA"
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(
                name,
                "Metadata-Version: 2.1\nName: toypackage\nVersion: 1.0\nRequires-Python: >=9\n",
            )
    data = path.read_bytes()
    register(wheel_sha256=sha256(data), wheel_size=len(data))
    assert fetch("toy")["table.csv"].read_bytes() == DATA


def test_absent_pip_is_named_with_the_ways_out(register, full_cache, monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    text = expect_failure(full_cache, r"pip, which downloads it, is not installed")
    assert "-m ensurepip" in text
    assert "'table.csv'" in text
    assert "EDEX_DATA_DIR" in text


def test_package_that_the_index_does_not_have_is_explained_with_the_words_of_pip(
    register, full_cache, wheel
):
    wheel.unlink()
    text = expect_failure(full_cache, r"pip could not download toypackage==1\.0: ")
    assert "No matching distribution found for toypackage==1.0. A package index" in text
    assert "EDEX_DATA_DIR" in text


def test_no_network_is_explained(register, full_cache, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nothing listens there
    monkeypatch.setenv("PIP_RETRIES", "1")  # pip says why when it tries again
    text = expect_failure(full_cache, r"pip could not reach a package index for toypackage==1\.0")
    assert "No matching distribution found" in text
    assert "Connect and try again" in text


def test_silent_failure_of_pip_gives_its_exit_status(register, full_cache, fake_pip):
    fake_pip("sys.exit(3)")
    expect_failure(full_cache, r"toypackage==1\.0: exit status 3\. A package index")


def test_other_wheel_of_the_same_name_is_thrown_away(register, full_cache, file):
    register(wheel_sha256="0" * 64)
    text = expect_failure(full_cache, r"The wheel that pip gives for toypackage==1\.0 has the SHA")
    assert file.member.wheel_sha256 in text
    assert "Only 000" in text
    assert "thrown away" in text


def test_truncated_wheel_says_how_much_arrived(register, full_cache, fake_pip, wheel, file):
    fake_pip(
        f"""
        os.mkdir(destination)
        data = open({str(wheel)!r}, "rb").read()
        open(os.path.join(destination, "toypackage-1.0-py3-none-any.whl"), "wb").write(data[:1000])
        """
    )
    size = file.member.wheel_size
    expect_failure(full_cache, rf"cut short: 1000 of {size} bytes arrived\. .* Try again")


@pytest.mark.parametrize("number", [0, 2])
def test_other_than_one_wheel_is_an_error(register, full_cache, fake_pip, number):
    fake_pip(
        f"""
        os.mkdir(destination)
        for n in range({number}):
            open(os.path.join(destination, f"{{n}}.whl"), "wb").close()
        """
    )
    expect_failure(full_cache, rf"pip left {number} wheels for toypackage==1\.0 instead of one")


def test_wheel_without_the_member_is_an_error_of_the_registry(register, full_cache):
    register(path="toypackage/data/elsewhere.csv")
    expect_failure(full_cache, r"holds no readable 'toypackage/data/elsewhere\.csv'.*report it")


def test_wheel_that_is_no_archive_is_an_error(register, full_cache, fake_pip):
    junk = b"no archive" * 500
    register(wheel_sha256=sha256(junk), wheel_size=len(junk))
    fake_pip(
        f"""
        os.mkdir(destination)
        open(os.path.join(destination, "toypackage-1.0-py3-none-any.whl"), "wb").write({junk!r})
        """
    )
    expect_failure(full_cache, r"holds no readable 'toypackage/data/table\.csv' \(File is not")


def test_member_with_another_content_is_an_error(register, full_cache):
    register(sha256="1" * 64)
    text = expect_failure(full_cache, r"'toypackage/data/table\.csv' in the wheel toypackage-1\.0")
    assert f"{len(DATA)} bytes. Only 111" in text


def test_disk_that_is_full_for_pip_is_explained(register, full_cache, fake_pip):
    fake_pip(
        """
        print("ERROR: Could not install packages due to an OSError: [Errno 28] "
              "No space left on device", file=sys.stderr)
        sys.exit(1)
        """
    )
    expect_failure(full_cache, r"The disk of the cache .* is full.*Make room, or name another")


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, r"The disk of the cache .* is full"),
        (errno.EROFS, r"cannot be written \(Read-only file system\)"),
    ],
)
def test_disk_failure_while_copying_is_explained(
    register, full_cache, monkeypatch, number, message
):
    def half(file, member, wheel, path, report):
        path.write_bytes(b"half")
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(packages, "_copy_member", half)
    expect_failure(full_cache, message)


def test_interrupt_stops_pip_and_leaves_the_cache_as_it_was(
    register, full_cache, fake_pip, tmp_path
):
    alive = tmp_path / "alive"
    fake_pip(f"time.sleep(3); open({str(alive)!r}, 'w').close()")
    calls = []

    def interrupt(file, received):
        calls.append(received)
        if len(calls) == 2:
            raise KeyboardInterrupt

    before = snapshot(full_cache)
    with pytest.raises(KeyboardInterrupt):
        fetch("toy", progress=interrupt)
    assert snapshot(full_cache) == before
    assert not alive.exists()  # fetch waits for the end of pip, which would have written it


def test_a_file_that_is_in_no_package_is_a_mistake_of_the_caller(file, tmp_path):
    with pytest.raises(ValueError, match=r"table\.csv is not in a package"):
        packages.extract_member(replace(file, member=None), tmp_path / "table.csv")


def test_pip_is_asked_for_the_wheel_alone(register, fake_pip, tmp_path):
    said = tmp_path / "said.txt"
    fake_pip(f"open({str(said)!r}, 'w').write(' '.join(sys.argv[1:])); sys.exit(1)")
    with pytest.raises(DataError):
        fetch("toy")
    words = said.read_text()
    assert re.match(r"download toypackage==1\.0 --dest \S+ ", words)
    for option in ("--no-deps", "--only-binary :all:", "--no-input"):
        assert option in words
    assert Path(sys.executable).exists()
