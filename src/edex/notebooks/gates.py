"""The build gates: what must hold before an EdEx reaches a student.

1. The blank problem set runs from top to bottom; its only errors are "q3 is still to do"; it
   scores 0.
2. The solution runs without an error and scores full marks.
3. Every mutant is caught by its check, with its finding.
4. No line of a solution stands in the problem set (:mod:`edex.notebooks.lint`).
5. Compiling twice gives the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from edex.checks.placeholder import NotAnswered
from edex.notebooks.execution import NotebookError, Run, open_run
from edex.notebooks.mutants import Mutant

__all__ = ["GateReport", "run_blank", "run_solution"]

Step = Callable[[str, int, int], None]
_SECONDS_OF_TRIES = 20.0  # for one answer; slow checks get fewer draws


@dataclass
class GateReport:
    """What the gates found.

    Attributes
    ----------
    problems : list of str
        One sentence each, with file and line; empty when all gates are passed.
    blank_points, solution_points, max_points : int
        Scores of the two notebooks.
    n_mutants : int
        How many wrong answers were tried.
    seconds : float
        How long the cells of the solution took, wrong answers left out, in s.
    """

    problems: list[str] = field(default_factory=list)
    blank_points: int = 0
    solution_points: int = 0
    max_points: int = 0
    n_mutants: int = 0
    seconds: float = 0.0


def run_blank(
    notebook: nbformat.NotebookNode,
    report: GateReport,
    *,
    folder: Path,
    origin: str,
    step: Step | None = None,
) -> None:
    """Run the problem set as it is handed out and add what is wrong with it to the report.

    Parameters
    ----------
    notebook : NotebookNode
        The problem set; it is not changed.
    report : GateReport
        Where findings are added.
    folder : Path
        Working folder of the kernel.
    origin : str
        The source, for messages.
    step : callable, optional
        Called as ``step("blank problem set", done, total)``.
    """
    blank = nbformat.from_dict(notebook)
    edex_id = blank.metadata["edex"]["id"]
    with open_run(blank, folder=folder, origin=origin, allow_errors=True) as run:
        run.run_all(_named(step, "blank problem set"))
        score = run.evaluate(f"__import__('edex.checks').checks.report({edex_id!r}, globals())")
    for cell, output in run.errors():
        if output.ename != NotAnswered.__name__:
            report.problems.append(
                f"{run.place(cell)}: in the blank problem set this cell fails with {output.ename}: "
                f"{output.evalue}. It may only say which question is still to do. "
                "Let the cell use an answer directly, so that its placeholder speaks."
            )
    report.blank_points = score["points"]
    report.max_points = score["max_points"]
    for question in score["questions"]:
        if question["points"]:
            report.problems.append(
                f"{origin}: the blank problem set scores {question['points']} on "
                f"{question['id']}. A blank answer scores 0. Let the check need the answer."
            )
        elif question["finding"] not in ("blank", "needs-earlier"):
            report.problems.append(
                f"{origin}: blank, the check of {question['id']} says {question['saw']!r} instead "
                "of 'still to do'. Start it with an expect_... of each answer."
            )


def run_solution(
    notebook: nbformat.NotebookNode,
    mutants: list[Mutant],
    report: GateReport,
    *,
    folder: Path,
    origin: str,
    timeout: int = 900,
    tries: int = 1,
    step: Step | None = None,
) -> None:
    """Run the solution, try the mutants on the way, and add what is wrong to the report.

    Parameters
    ----------
    notebook : NotebookNode
        The solution; its outputs are filled in.
    mutants : list of Mutant
        Wrong answers; each is tried right after the solution of its question.
    report, folder, origin, step
        As for :func:`run_blank`.
    timeout : int
        Limit for each cell, in s.
    tries : int
        In how many draws of its random problems each check judges the solution and the mutants.
    """
    edex_id = notebook.metadata["edex"]["id"]
    tell = _named(step, "solution")
    with open_run(notebook, folder=folder, origin=origin, timeout=timeout) as run:
        total = len(notebook.cells)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                began = time.perf_counter()
                run.run_cell(index)
                report.seconds += time.perf_counter() - began
                question = cell.metadata["edex"].get("question")
                for mutant in mutants:
                    if mutant.question == question:
                        _try(run, edex_id, mutant, report, origin, tries)
                if question and tries > 1:
                    _try_answer(run, edex_id, question, report, origin, tries)
            if tell:
                tell(index + 1, total)
        score = run.evaluate(f"__import__('edex.checks').checks.report({edex_id!r}, globals())")
    _describe_figures(run, report)
    report.solution_points = score["points"]
    report.max_points = score["max_points"]
    for verdict in score["questions"]:
        if verdict["status"] != "passed":
            report.problems.append(
                f"{origin}: the solution of {verdict['id']} does not pass its own check "
                f"({verdict['finding']}): saw {verdict['saw']}; expected {verdict['expected']}."
            )


def _try(
    run: Run, edex_id: str, mutant: Mutant, report: GateReport, origin: str, tries: int
) -> None:
    place = f"{Path(origin).with_name('mutants.md')}:{mutant.line}"
    report.n_mutants += 1
    try:
        verdicts = _judge_often(run, edex_id, mutant.question, mutant.code, tries)
    except NotebookError as error:
        report.problems.append(f"{place}: the mutant {mutant.title!r} does not run: {error}")
        return
    for verdict in verdicts:
        where = f" in draw {verdict['draw']} of its numbers" if tries > 1 else ""
        if verdict["status"] == "passed":
            report.problems.append(
                f"{place}: the mutant {mutant.title!r} passes the check of {mutant.question}"
                f"{where}. A wrong answer must be caught. Sharpen the check."
            )
        elif verdict["finding"] != mutant.finding:
            report.problems.append(
                f"{place}: the mutant {mutant.title!r} is caught as {verdict['finding']!r}{where} "
                f"(saw {verdict['saw']}; expected {verdict['expected']}), and should be caught as "
                f"{mutant.finding!r}. Reorder the check or correct the mutant."
            )


def _try_answer(
    run: Run, edex_id: str, question: str, report: GateReport, origin: str, tries: int
) -> None:
    """Judge the solution in many draws; the first one is judged with the whole notebook."""
    for verdict in _judge_often(run, edex_id, question, "", tries):
        if verdict["status"] != "passed":
            report.problems.append(
                f"{origin}: the solution of {question} is refused as {verdict['finding']!r} in "
                f"draw {verdict['draw']} of the numbers of its check: saw {verdict['saw']}; "
                f"expected {verdict['expected']}. Draw numbers for which the right answer holds."
            )


def _judge_often(
    run: Run, edex_id: str, question: str, code: str, tries: int
) -> list[dict[str, Any]]:
    arguments = f"{edex_id!r}, {question!r}, {code!r}"
    verdicts: list[dict[str, Any]] = run.evaluate(
        f"__import__('edex.notebooks.mutants').notebooks.mutants.try_mutant({arguments}, "
        f"globals(), tries={tries}, seconds={_SECONDS_OF_TRIES})"
    )
    return verdicts


def _describe_figures(run: Run, report: GateReport) -> None:
    """Attach each description to its figure; a figure without one is a problem."""
    for cell in run.notebook.cells:
        for output in cell.get("outputs", ()):
            if "image/png" not in output.get("data", {}):
                continue
            alt = cell.metadata["edex"].get("alt")
            if alt:
                output.metadata["image/png"] = {"alt": alt}
            else:
                report.problems.append(
                    f"{run.place(cell)}: this cell shows a figure without a description. "
                    "Add an option line ':alt: ...' that says what is to be seen."
                )


def _named(step: Step | None, name: str) -> Callable[[int, int], None] | None:
    if step is None:
        return None
    return lambda done, total: step(name, done, total)
