"""Build an EdEx: lint, compile, run, judge, and only then write.

A build that fails leaves the files of the last good one. A build whose inputs have not changed
is not repeated: the hash of everything that goes in is kept in ``build.json``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from edex import __version__
from edex.checks.questions import load_questions
from edex.course import Lesson, course_folder
from edex.errors import EdexError, InputError
from edex.notebooks.compiler import compile_notebook, notebook_bytes
from edex.notebooks.gates import GateReport, Step, run_blank, run_solution
from edex.notebooks.glossary import read_glossary
from edex.notebooks.lint import lint
from edex.notebooks.mutants import read_mutants
from edex.notebooks.source import PRESETS, read_source

__all__ = ["Build", "BuildError", "build", "input_digest", "write_atomically", "write_problem_set"]


class BuildError(EdexError, RuntimeError):
    """An EdEx did not pass its gates.

    Parameters
    ----------
    edex_id : str
        The EdEx.
    problems : list of str
        What is wrong, one entry each.
    """

    def __init__(self, edex_id: str, problems: list[str]) -> None:
        count = f"{len(problems)} problem{'s' * (len(problems) != 1)}"
        super().__init__(
            f"The EdEx {edex_id!r} has {count} and was not built; files of an earlier build are "
            "as they were.\n" + "\n".join(f"- {problem}" for problem in problems)
        )
        self.problems = problems


@dataclass(frozen=True)
class Build:
    """The result of a build.

    Attributes
    ----------
    edex_id : str
        The EdEx.
    problem_set, solution : Path
        The two notebooks.
    gates : GateReport
        The scores and the number of mutants.
    was_current : bool
        Whether an earlier build was still good.
    """

    edex_id: str
    problem_set: Path
    solution: Path
    gates: GateReport
    was_current: bool


def build(
    edex: Lesson,
    out: Path,
    *,
    preset: str = "default",
    force: bool = False,
    fingerprint: str = "",
    timeout: int = 900,
    tries: int = 1,
    step: Step | None = None,
) -> Build:
    """Build both notebooks of an EdEx and put them through the gates.

    Parameters
    ----------
    edex : Lesson
        The EdEx.
    out : Path
        The folder for the results; made if it is missing.
    preset : str
        ``"quick"``, ``"default"`` or ``"full"``. The solution is run with it.
    force : bool
        Build even if nothing has changed.
    fingerprint : str
        Anything else the result depends on, such as the hashes of the data at hand.
    timeout : int
        Limit for each cell, in s.
    tries : int
        In how many draws of its random problems each check must give the same verdict on the
        solution and on the mutants. More than 1 means a new build even if nothing has changed.
    step : callable, optional
        Told of progress as ``step(stage, done, total)``.

    Raises
    ------
    InputError
        For an unknown preset.
    BuildError
        If the source has mistakes or a gate is not passed.
    NotebookError
        If a cell of the solution fails; the message shows the cell and its line in the source.
    """
    if preset not in PRESETS:
        raise InputError(
            f"There is no preset {preset!r}. Presets are {', '.join(PRESETS)}. Choose one."
        )
    problem_set, solution = notebook_paths(edex, out)
    digest = input_digest(edex, preset, fingerprint)
    record = out / "build.json"
    if not force and tries == 1 and (gates := _read_current(record, digest, problem_set, solution)):
        return Build(edex.id, problem_set, solution, gates, was_current=True)

    glossary = read_glossary(course_folder() / "glossary.md")
    mistakes = lint(edex, glossary)
    if mistakes:
        raise BuildError(edex.id, [str(mistake) for mistake in mistakes])
    source = read_source(edex.source)
    questions = load_questions(edex.checks)
    blank = compile_notebook(source, questions, "problem-set", glossary=glossary)
    solved = compile_notebook(source, questions, "solution", preset=preset, glossary=glossary)
    blank_bytes = notebook_bytes(blank)
    gates = GateReport()
    again = compile_notebook(source, questions, "problem-set", glossary=glossary)
    if notebook_bytes(again) != blank_bytes:
        gates.problems.append("Compiling twice gives different bytes. Report this as a bug.")

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".building-") as scratch:
        if not edex.is_in_course:
            shutil.copy(edex.checks, Path(scratch) / "checks.py")
        origin = str(edex.source)
        run_solution(
            solved,
            read_mutants(edex.mutants, questions),
            gates,
            folder=Path(scratch),
            origin=origin,
            timeout=timeout,
            tries=tries,
            step=step,
        )
        run_blank(blank, gates, folder=Path(scratch), origin=origin, step=step)
    if gates.problems:
        raise BuildError(edex.id, gates.problems)
    write_atomically(problem_set, blank_bytes)
    write_atomically(solution, notebook_bytes(solved))
    if not edex.is_in_course:
        write_atomically(out / "checks.py", edex.checks.read_bytes())
    note = {"digest": digest, "preset": preset, "version": __version__, "gates": asdict(gates)}
    write_atomically(record, (json.dumps(note, indent=1) + "\n").encode())
    return Build(edex.id, problem_set, solution, gates, was_current=False)


def write_problem_set(edex: Lesson, target: Path) -> None:
    """Compile the problem set of an EdEx and write it, without running anything.

    Parameters
    ----------
    edex : Lesson
        The EdEx.
    target : Path
        The notebook to write. An existing file is a student's work and is never replaced.

    Raises
    ------
    InputError
        If the target exists, or another ``checks.py`` is where the EdEx needs its own.
    """
    if target.exists():
        raise InputError(
            f"{target} exists already. It may hold answers, so it is never replaced. "
            "Move it away or choose another name."
        )
    checks = target.with_name("checks.py")
    needs_checks = not edex.is_in_course and checks.resolve() != edex.checks.resolve()
    if needs_checks and checks.exists() and checks.read_bytes() != edex.checks.read_bytes():
        raise InputError(
            f"{checks} exists already and is not that of {edex.id!r}. A notebook of an EdEx that "
            "is not part of the course needs its own checks.py beside it. Choose another folder."
        )
    glossary = read_glossary(course_folder() / "glossary.md")
    notebook = compile_notebook(
        read_source(edex.source), load_questions(edex.checks), "problem-set", glossary=glossary
    )
    write_atomically(target, notebook_bytes(notebook))
    if needs_checks:
        write_atomically(checks, edex.checks.read_bytes())


def notebook_paths(lesson: Lesson, out: Path) -> tuple[Path, Path]:
    """Return the paths of the problem set and of the solution in an output folder."""
    return out / notebook_name(lesson), out / f"{lesson.notebook_stem}-solution.ipynb"


def notebook_name(lesson: Lesson) -> str:
    """Return the name of the notebook that students work in."""
    suffix = "" if lesson.kind == "lecture" else "-problem-set"
    return f"{lesson.notebook_stem}{suffix}.ipynb"


def input_digest(edex: Lesson, preset: str, fingerprint: str) -> str:
    """Hash everything that a build depends on.

    That is the source, the checks, the mutants, the glossary, the code of the package, the preset
    and the fingerprint.
    """
    package = Path(__file__).resolve().parents[1]
    code = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".csv"))
    texts = [edex.source, edex.checks, edex.mutants, course_folder() / "glossary.md"]
    digest = hashlib.sha256(f"{__version__}\n{preset}\n{fingerprint}\n".encode())
    for name, content in _contents(texts + code):
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _contents(paths: Iterable[Path]) -> Iterable[tuple[str, bytes]]:
    return ((path.name, path.read_bytes()) for path in paths if path.is_file())


def _read_current(
    record: Path, digest: str, problem_set: Path, solution: Path
) -> GateReport | None:
    """Return the gates of the last build if it is still good."""
    if not (record.is_file() and problem_set.is_file() and solution.is_file()):
        return None
    try:
        note = json.loads(record.read_text(encoding="utf-8"))
        return GateReport(**note["gates"]) if note["digest"] == digest else None
    except (ValueError, KeyError, TypeError):
        return None  # a damaged note only costs one more build


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
