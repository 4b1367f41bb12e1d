"""What `edex doctor` says about computers on which something is missing or wrong."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edex import doctor

SOURCES = Path(doctor.__file__).parents[1]


def finding(subject):
    return next(found for found in doctor.examine() if found.subject == subject)


@pytest.fixture(autouse=True)
def no_kernel(monkeypatch):
    """A kernel takes seconds; the slow tests start one."""
    good = doctor.Finding("notebook kernel", True, "not looked at")
    monkeypatch.setattr(doctor, "_kernel", lambda: good)


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0), (3, 9, 1)])
def test_another_python_is_named_with_the_way_to_one_that_works(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    found = finding("Python")
    assert not (found.is_good)
    assert not (found.is_optional)
    assert "the course needs 3.11, 3.12 or 3.13" in found.detail
    assert "python3.12 -m venv" in found.detail


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
def test_the_pythons_of_the_course_are_good(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    assert finding("Python").is_good


def test_a_missing_extra_is_a_note_with_its_command(monkeypatch):
    found_before = doctor.importlib.util.find_spec

    def without_rdkit(name):
        return None if name == "rdkit" else found_before(name)

    monkeypatch.setattr(doctor.importlib.util, "find_spec", without_rdkit)
    found = finding("extra [membranes]")
    assert (found.is_good, found.is_optional) == (False, True)
    assert found.detail == "rdkit missing; install with: python -m pip install 'edex[membranes]'"


def test_a_package_that_is_too_old_is_told_from_one_that_is_missing(monkeypatch):
    versions = {"numpy": "1.26.4"}
    real = importlib.metadata.version
    monkeypatch.setattr(
        doctor.importlib.metadata, "version", lambda name: versions.get(name) or real(name)
    )
    found = finding("numpy")
    assert not found.is_good
    assert found.detail.startswith("1.26.4, and edex needs >=2.0; install it with:")
    assert finding("pandas").is_good


@pytest.mark.parametrize(
    ("subject", "advice"),
    [
        ("working folder", "edex start week-1 --folder FOLDER"),
        ("data cache", "set EDEX_CACHE_DIR to a folder of yours"),
    ],
)
def test_a_folder_without_permission_is_named_with_what_to_do(monkeypatch, subject, advice):
    def refuse(**_):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    found = finding(subject)
    assert not found.is_good
    assert "cannot be written (Permission denied)" in found.detail
    assert advice in found.detail


def test_whatever_else_fails_becomes_a_finding(monkeypatch):
    def fail():
        raise RuntimeError("the table of weeks is torn")

    monkeypatch.setattr(doctor, "_course", fail)
    found = finding("course")
    assert not found.is_good
    assert "RuntimeError: the table of weeks is torn" in found.detail
    assert "install edex again" in found.detail


@pytest.mark.slow
def test_an_environment_with_nothing_but_click_gets_a_list_and_no_traceback(tmp_path):
    import click

    (tmp_path / "click").symlink_to(Path(click.__file__).parent)
    program = "import sys; sys.argv[1:] = ['doctor']; from edex.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],  # -S: without the packages of this environment
        env={"PYTHONPATH": os.pathsep.join([str(SOURCES), str(tmp_path)]), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 1
    assert "BAD   numpy: missing; install it with: python -m pip install numpy" in done.stdout
    assert "BAD   notebook kernel: cannot start" in done.stdout
    assert "Not ready yet" in done.stdout
