"""What must never be in the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_BYTES = 500_000
MACHINE_PATH = re.compile(
    rf"(?<![\w./:-])(/home/\w+|/Users/\w+|/roo[t]/|{re.escape(str(ROOT))}/|[A-Z]:\\Users\\)"
)


@pytest.fixture(scope="module")
def tracked():
    """The files that git tracks and that are there."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this copy is no git repository")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts(paths):
    for path in paths:
        if path != Path(__file__):
            try:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_notebook_is_tracked(tracked):
    assert [path.name for path in tracked if path.suffix == ".ipynb"] == []


def test_no_big_file_is_tracked(tracked):
    assert [path.name for path in tracked if path.stat().st_size > MAX_BYTES] == []


def test_no_result_or_cache_is_tracked(tracked):
    folders = {part for path in tracked for part in path.relative_to(ROOT).parts[:-1]}
    assert folders & {"build", "dist", "__pycache__", ".venv", ".ipynb_checkpoints"} == set()


def test_no_path_of_a_machine_is_written_anywhere(tracked):
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts(tracked)
        for number, line in enumerate(text.splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_text_files_end_with_one_newline_and_have_unix_lines(tracked):
    endings = {".py", ".md", ".toml", ".yml", ".yaml", ".csv", ".txt", ".bib", ".cfg"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked
        if path.suffix in endings and (content := path.read_bytes())
        if b"\r" in content or not content.endswith(b"\n") or content.endswith(b"\n\n")
    ]
    assert wrong == []
