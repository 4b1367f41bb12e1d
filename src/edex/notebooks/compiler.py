"""Make the problem set and the solution from a source.

Each transformation is one small step from cells to cells. The result depends on nothing but the
source, the checks, the glossary and the preset: cell ids are hashes of their content, and no
time stamp or path is written, so the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, Literal

import nbformat

from edex import __version__
from edex.checks.questions import Question, Questions
from edex.notebooks import folds
from edex.notebooks.glossary import Glossary
from edex.notebooks.links import without_links
from edex.notebooks.regions import identifiers, solve, stub
from edex.notebooks.source import Cell, FrontMatter, Source

__all__ = [
    "compile_notebook",
    "framed",
    "notebook_bytes",
    "outline",
    "problem_set_cells",
    "solution_cells",
]

Target = Literal["problem-set", "solution"]

_SETUP = """\
# Run this cell first. It installs edex where it is missing (for example on Colab).
try:
    from edex.checks import start
except ImportError:
    %pip install --quiet "{requirement}"
    from edex.checks import start

check, hint, progress, todo = start("{edex_id}")"""

_HOW_TO = """\
> **How to work with this notebook.** Run the cells from top to bottom with Shift + Enter. Cells
> marked `▼ your code` are yours to fill in. Then `check("q1")` says at once what it sees; \
`hint("q1")`
> gives three hints, one at a time; `progress()` counts your points. Until a question is answered,
> cells that need it say so in one line: that is no fault of yours. About {minutes} minutes in
> all, {points} points."""

_HOW_TO_LECTURE = """\
> **How to work with this notebook.** It holds the lecture of week {number}: about {minutes} \
minutes with
> the questions, and the exercises after that. Run the cells from top to bottom with Shift + Enter,
> and where it says *predict, then run*, write down your guess first. `check("q1")` says at once
> what it sees, `hint("q1")` helps, `progress()` counts. Folded solutions open at a click."""

_ABOUT_SOLUTION = """\
> **This is the solution** of the problem set of the same name, with an explanation after each
> answer. It was run from top to bottom with the preset *{preset}* and the seed {seed}."""


def compile_notebook(
    source: Source,
    questions: Questions,
    target: Target,
    *,
    preset: str = "default",
    glossary: Glossary | None = None,
) -> nbformat.NotebookNode:
    """Make one of the two notebooks of an EdEx.

    Parameters
    ----------
    source : Source
        The source.
    questions : Questions
        Its questions, from ``checks.py``.
    target : {"problem-set", "solution"}
        Which notebook.
    preset : str
        Whose values go into the parameters cell.
    glossary : Glossary, optional
        Where links to terms are looked up.

    Returns
    -------
    NotebookNode
        A notebook in nbformat 4.5, not executed. Each code cell carries
        ``metadata.edex.line``, its line in the source, for error messages; nothing depends on it.
    """
    cells = (
        problem_set_cells(source, questions)
        if target == "problem-set"
        else solution_cells(source, questions)
    )
    cells = [_with_preset(cell, source, preset) for cell in cells]
    cells = without_links(_with_opening(cells, source, questions, target, preset))
    if glossary is not None:
        cells = glossary.resolve(source, cells)
    notebook = nbformat.v4.new_notebook(cells=_numbered(cells, source))
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "edex": {
                "id": source.front.id,
                "notebook": target,
                "preset": preset,
                "seed": source.front.seed,
                "version": __version__,
            },
        }
    )
    return notebook


def notebook_bytes(notebook: nbformat.NotebookNode) -> bytes:
    """Write a notebook as the bytes of an ``.ipynb`` file."""
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def problem_set_cells(source: Source, questions: Questions) -> list[Cell]:
    """Return the cells of the problem set: solutions cut, stubs in their place, prompts framed."""
    kept = [cell for cell in source.cells if not (cell.is_solution or cell.slide == "only")]
    kept = folds.as_text(kept)
    used = _names_by_cell(source, kept)
    cells = []
    for index, cell in enumerate(kept):
        if cell.kind == "markdown":
            cells.append(framed(cell, questions) if cell.question else cell)
            continue
        question = questions[cell.question] if cell.question else None
        later = set().union(*(names for other, names in used.items() if other > index))
        needed = later | (set(question.answers) if question else set())
        text = stub(
            source, cell, needed=needed, is_written=bool(question and question.kind == "written")
        )
        cells.append(replace(cell, text=_headed(text, question)))
    return cells


def solution_cells(source: Source, questions: Questions) -> list[Cell]:
    """Return the cells of the solution: everything, without the markers, prompts framed."""
    cells = []
    for cell in folds.as_cells(cell for cell in source.cells if cell.slide != "only"):
        if cell.kind == "code":
            question = questions[cell.question] if cell.question else None
            cells.append(replace(cell, text=_headed(solve(source, cell), question)))
        else:
            is_prompt = cell.question and not cell.is_solution
            cells.append(framed(cell, questions) if is_prompt else cell)
    return cells


def _names_by_cell(source: Source, cells: list[Cell]) -> dict[int, set[str]]:
    """For each code cell, the names that its kept lines use."""
    from edex.notebooks.regions import split_regions

    return {
        index: {
            name
            for piece in split_regions(source, cell)
            if not piece.is_solution
            for name in identifiers("\n".join(piece.lines))
        }
        for index, cell in enumerate(cells)
        if cell.kind == "code"
    }


def _worth(question: Question) -> str:
    points = f"{question.points} point{'s' * (question.points != 1)}"
    kind = " · written" if question.kind == "written" else ""
    return f"{points} · about {question.minutes} min{kind}"


def framed(cell: Cell, questions: Questions) -> Cell:
    """Set a prompt as a quotation under a heading: a frame that every notebook tool shows."""
    question = questions[cell.question]
    head = f"**✎ Question {question.id[1:]} · {question.title}** ({_worth(question)})"
    quoted = "\n".join(f"> {line}".rstrip() for line in ["", *cell.text.splitlines()])
    return replace(cell, text=f"---\n\n> {head}\n{quoted}")


def _headed(text: str, question: Question | None) -> str:
    """Name the question in the first line of its code cell."""
    if question is None:
        return text
    return f"# ── {question.id} · {question.title} ──\n{text}"


def _with_preset(cell: Cell, source: Source, preset: str) -> Cell:
    """Write the values of the preset under the text of the parameters cell."""
    if not cell.is_parameters:
        return cell
    values = {"seed": source.front.seed, **source.front.presets[preset]}
    lines = [cell.text.rstrip(), *(f"{name} = {value!r}" for name, value in values.items())]
    return replace(cell, text="\n".join(line for line in lines if line))


def outline(front: FrontMatter) -> str:
    """Say what a lecture asks, what it takes and what one can do after it."""
    outcomes = "\n".join(f"- {outcome};" for outcome in front.outcomes)[:-1]
    return (
        f"**The question of this week.** {front.asks}\n\n"
        f"**After it you can**\n\n{outcomes}.\n\n"
        f"**It needs** {'; '.join(front.needs)}."
    )


def _with_opening(
    cells: list[Cell], source: Source, questions: Questions, target: Target, preset: str
) -> list[Cell]:
    """Put the box for readers under the title, and the setup cell before the first code."""
    front = source.front
    how_to = _HOW_TO_LECTURE if source.is_lecture else _HOW_TO
    about = (
        how_to.format(number=front.number, minutes=front.minutes, points=questions.points)
        if target == "problem-set"
        else _ABOUT_SOLUTION.format(preset=preset, seed=front.seed)
    )
    requirement = f"edex[{front.extra}]" if front.extra else "edex"
    setup = Cell("code", _SETUP.format(requirement=requirement, edex_id=front.id), 1)
    first, *rest = cells
    title, _, body = first.text.partition("\n")
    head = f"{title}\n\n{about}\n" + (f"\n{outline(front)}\n" if source.is_lecture else "")
    opening = replace(first, text=f"{head}{body}".rstrip())
    return [opening, setup, *rest]


def _numbered(cells: list[Cell], source: Source) -> list[nbformat.NotebookNode]:
    """Turn cells into notebook cells whose ids are hashes of their content."""
    nodes = []
    seen: dict[str, int] = {}
    for cell in cells:
        digest = hashlib.sha256(f"{source.front.id}\n{cell.kind}\n{cell.text}".encode()).hexdigest()
        repeat = seen[digest] = seen.get(digest, -1) + 1
        cell_id = digest[:12] + (f"-{repeat}" if repeat else "")
        metadata: dict[str, Any] = {"edex": {"line": cell.line}}
        if cell.question:
            metadata["edex"]["question"] = cell.question
        if cell.alt:
            metadata["edex"]["alt"] = cell.alt
        if cell.folded:
            metadata["edex"]["folded"] = cell.folded
        make = (
            nbformat.v4.new_markdown_cell if cell.kind == "markdown" else nbformat.v4.new_code_cell
        )
        nodes.append(make(cell.text, id=cell_id, metadata=metadata))
    return nodes
