import dataclasses
import json

import pytest
from tiny_edex import CHECKS, LESSON

from edex.course import Lesson
from edex.errors import InputError
from edex.notebooks import builder
from edex.notebooks.builder import (
    BuildError,
    build,
    input_digest,
    write_atomically,
    write_problem_set,
)
from edex.notebooks.execution import NotebookError


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def runs(monkeypatch):
    """Put the two gates that start a kernel aside; a test sets what they find and counts them."""
    log = {"runs": 0, "problems": [], "error": None}

    def run_solution(notebook, mutants, report, **options):
        log["runs"] += 1
        log["tries"] = options["tries"]
        if log["error"]:
            raise log["error"]
        report.solution_points = report.max_points = 3
        report.n_mutants = len(mutants)
        report.problems += log["problems"]

    monkeypatch.setattr(builder, "run_solution", run_solution)
    monkeypatch.setattr(builder, "run_blank", lambda notebook, report, **options: None)
    return log


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


class TestBuild:
    def test_it_writes_both_notebooks_the_checks_and_a_note(self, tiny, out, runs):
        result = build(tiny(), out)
        assert set(files_of(out)) == {
            "tiny-problem-set.ipynb", "tiny-solution.ipynb", "checks.py", "build.json",
        }  # fmt: skip
        assert (result.problem_set.parent, result.was_current) == (out, False)
        note = json.loads((out / "build.json").read_text())
        assert note["gates"] == dataclasses.asdict(result.gates)
        assert result.gates.n_mutants == 1

    def test_what_is_unchanged_is_not_built_again(self, tiny, out, runs):
        first = build(tiny(), out)
        again = build(tiny(), out)
        assert again.was_current
        assert again.gates == first.gates
        assert runs["runs"] == 1

    def test_force_builds_again(self, tiny, out, runs):
        build(tiny(), out)
        assert not build(tiny(), out, force=True).was_current
        assert runs["runs"] == 2

    def test_many_draws_mean_a_new_build_and_reach_the_gate(self, tiny, out, runs):
        build(tiny(), out)
        assert runs["tries"] == 1
        assert not build(tiny(), out, tries=7).was_current
        assert (runs["runs"], runs["tries"]) == (2, 7)

    @pytest.mark.parametrize("change", [
        {"source": ("Some numbers", "Many numbers")},
        {"source": ("Sums add up.", "Sums do add up.")},
        {"source": ("## The number of numbers", "## The count")},
        {"preset": "quick"},
        {"fingerprint": "other data"},
    ], ids=["source", "checks", "mutants", "preset", "fingerprint"])  # fmt: skip
    def test_each_input_causes_a_new_build(self, tiny, out, runs, change):
        build(tiny(), out)
        changed = dict(change)
        edex = tiny(changed.pop("source")) if "source" in changed else tiny()
        assert not build(edex, out, **changed).was_current
        assert build(edex, out, **changed).was_current

    @pytest.mark.parametrize(
        "name", ["tiny-problem-set.ipynb", "tiny-solution.ipynb", "build.json"]
    )
    def test_a_missing_file_causes_a_new_build(self, tiny, out, runs, name):
        build(tiny(), out)
        (out / name).unlink()
        assert not build(tiny(), out).was_current

    @pytest.mark.parametrize("note", ["", "{", "[]", "3", "{}", '{"digest": 1, "gates": 3}'])
    def test_a_damaged_note_causes_a_new_build(self, tiny, out, runs, note):
        build(tiny(), out)
        (out / "build.json").write_text(note)
        assert not build(tiny(), out).was_current

    def test_the_digest_does_not_depend_on_the_folder(self, tiny, tmp_path):
        edex = tiny()
        before = input_digest(edex, "default", "")
        moved = edex.path.rename(tmp_path / "moved")
        assert input_digest(Lesson(moved, *edex[1:]), "default", "") == before

    def test_an_unknown_preset_is_told(self, tiny, out, runs):
        with pytest.raises(
            InputError, match=r"no preset 'fast'\. Presets are quick, default, full"
        ):
            build(tiny(), out, preset="fast")
        assert not out.exists()


class TestFailedBuild:
    @pytest.mark.parametrize("earlier", [False, True])
    @pytest.mark.parametrize("how", ["lint", "gate", "cell"])
    def test_it_leaves_files_as_they_were(self, tiny, out, runs, earlier, how):
        if earlier:
            build(tiny(), out)
        before = files_of(out)
        change = ("Some numbers", "Many numbers")
        if how == "lint":
            change = (":question: q2", ":question: q9")
        elif how == "gate":
            runs["problems"] = ["edex.md:3: something is wrong"]
        else:
            runs["error"] = NotebookError("A cell failed")
        with pytest.raises(NotebookError if how == "cell" else BuildError):
            build(tiny(change), out)
        assert files_of(out) == before

    def test_its_message_lists_every_problem(self, tiny, out, runs):
        runs["problems"] = ["edex.md:3: one", "edex.md:5: two"]
        with pytest.raises(BuildError) as caught:
            build(tiny(), out)
        assert str(caught.value) == (
            "The EdEx 'tiny' has 2 problems and was not built; files of an earlier build are as "
            "they were.\n- edex.md:3: one\n- edex.md:5: two"
        )
        assert caught.value.problems == runs["problems"]

    def test_it_does_not_count_as_current(self, tiny, out, runs):
        build(tiny(), out)
        runs["problems"] = ["wrong"]
        with pytest.raises(BuildError):
            build(tiny(("Some numbers", "Many numbers")), out)
        runs["problems"] = []
        assert not build(tiny(("Some numbers", "Many numbers")), out).was_current


class TestWriteAtomically:
    def test_it_makes_folders_and_replaces(self, tmp_path):
        path = tmp_path / "a" / "b" / "file"
        write_atomically(path, b"one")
        write_atomically(path, b"two")
        assert path.read_bytes() == b"two"
        assert files_of(path.parent) == {"file": b"two"}

    @pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
    def test_a_failure_leaves_the_old_file_and_nothing_else(self, tmp_path, monkeypatch, error):
        path = tmp_path / "file"
        write_atomically(path, b"old")

        def fail(*arguments):
            raise error

        monkeypatch.setattr(builder.os, "replace", fail)
        with pytest.raises(type(error)):
            write_atomically(path, b"new")
        assert files_of(tmp_path) == {"file": b"old"}

    def test_content_that_cannot_be_written_leaves_nothing(self, tmp_path):
        with pytest.raises(TypeError):
            write_atomically(tmp_path / "file", "text")
        assert files_of(tmp_path) == {}

    def test_a_folder_in_the_way_is_an_error_and_leaves_nothing(self, tmp_path):
        (tmp_path / "file").mkdir()
        with pytest.raises(OSError, match="file"):
            write_atomically(tmp_path / "file", b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["file"]


class TestWriteProblemSet:
    def test_it_writes_the_notebook_and_its_checks(self, tiny, out):
        write_problem_set(tiny(), out / "mine.ipynb")
        assert set(files_of(out)) == {"mine.ipynb", "checks.py"}
        assert (out / "checks.py").read_text() == CHECKS

    def test_it_never_writes_over_a_notebook(self, tiny, out):
        out.mkdir()
        (out / "mine.ipynb").write_text("answers")
        with pytest.raises(InputError, match="It may hold answers, so it is never replaced"):
            write_problem_set(tiny(), out / "mine.ipynb")
        assert files_of(out) == {"mine.ipynb": b"answers"}

    def test_it_never_writes_over_other_checks(self, tiny, out):
        out.mkdir()
        (out / "checks.py").write_text("mine")
        with pytest.raises(
            InputError, match=r"checks\.py exists already and is not that of 'tiny'"
        ):
            write_problem_set(tiny(), out / "mine.ipynb")
        assert files_of(out) == {"checks.py": b"mine"}

    def test_the_same_checks_may_lie_there(self, tiny, out):
        write_problem_set(tiny(), out / "mine.ipynb")
        write_problem_set(tiny(), out / "again.ipynb")
        assert {"mine.ipynb", "again.ipynb"} <= set(files_of(out))

    def test_it_may_be_written_beside_the_source(self, tiny):
        edex = tiny()
        write_problem_set(edex, edex.path / "mine.ipynb")
        assert (edex.path / "mine.ipynb").is_file()
        assert edex.checks.read_text() == CHECKS

    def test_it_is_what_build_writes(self, tiny, out, runs):
        result = build(tiny(lesson=LESSON), out)
        write_problem_set(tiny(), out / "mine.ipynb")
        assert (out / "mine.ipynb").read_bytes() == result.problem_set.read_bytes()
