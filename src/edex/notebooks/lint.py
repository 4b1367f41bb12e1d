"""Find mistakes in an EdEx without running it.

All mistakes are collected, so that an author sees them at once, each with file and line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from edex.checks.questions import Question, Questions, load_questions
from edex.course import Lesson
from edex.errors import SourceError
from edex.notebooks.compiler import compile_notebook
from edex.notebooks.glossary import Glossary
from edex.notebooks.lecture_lint import lecture_mistakes
from edex.notebooks.links import broken_links
from edex.notebooks.mutants import read_mutants
from edex.notebooks.regions import identifiers, solution_lines, split_regions
from edex.notebooks.source import Cell, Source, read_source

__all__ = ["lint"]

MAX_CODE_LINES = 12
_MIN_LEAK_LENGTH = 25  # shorter lines, such as "return model", occur by chance


def lint(folder: Lesson, glossary: Glossary) -> list[SourceError]:
    """List the mistakes in an EdEx.

    Parameters
    ----------
    folder : Lesson
        The EdEx.
    glossary : Glossary
        Where links to terms are looked up.

    Returns
    -------
    list of SourceError
        In the order of the file; empty when there are none.
    """
    try:
        source = read_source(folder.source)
        questions = load_questions(folder.checks)
        if questions.edex_id != source.front.id:
            return [
                source.error(
                    f"The source has the id {source.front.id!r}, checks.py has "
                    f"{questions.edex_id!r}. Both name the same EdEx. Correct one.",
                    1,
                )
            ]
        found = [*_opening(source), *_regions(source)]
        found += [] if found else _questions(source, questions)
        if found:  # what follows needs a sound source
            return sorted(found, key=lambda error: error.line)
        read_mutants(folder.mutants, questions)
        if source.is_lecture:
            found += lecture_mistakes(source, questions)
        found += [
            *broken_links(source),
            *_leaks(source, questions, glossary),
            *_style(source, questions),
        ]
    except SourceError as error:
        return [error]
    return sorted(found, key=lambda error: error.line)


def _opening(source: Source) -> Iterator[SourceError]:
    """Find a source without title: the box for readers goes under it."""
    first = source.cells[0] if source.cells else Cell("markdown", "", 1)
    is_plain = first.kind == "markdown" and not (first.question or first.is_solution)
    if not (is_plain and first.text.startswith("# ")):
        yield source.error(
            "The source does not start with its title. The first cell is plain Markdown whose "
            "first line is '# ...'. Write it under the front matter.",
            first.line,
        )


def _regions(source: Source) -> Iterator[SourceError]:
    for cell in source.cells:
        if cell.kind == "code":
            try:
                split_regions(source, cell)
            except SourceError as error:
                yield error


def _questions(source: Source, questions: Questions) -> Iterator[SourceError]:
    """Every question has a prompt, then one code cell with a region that ends with its check."""
    asked: list[str] = []
    prompted: set[str] = set()
    for cell in source.cells:
        if not cell.question or cell.is_solution:
            continue
        if cell.question not in questions:
            yield source.error(
                f"{cell.question} has no check. checks.py declares {', '.join(questions.ids)}. "
                "Declare it there, or correct the id.",
                cell.line,
            )
        elif cell.kind == "markdown":
            prompted.add(cell.question)
        else:
            asked.append(cell.question)
            yield from _answer_cell(source, cell, questions[cell.question], prompted)
    last = source.cells[-1].line if source.cells else 1
    for question in questions:
        if question.id not in asked:
            yield source.error(
                f"{question.id} is declared in checks.py and never asked: its check and its hints "
                "cannot be reached. Ask it in a code cell with ':question: "
                f"{question.id}', or remove it.",
                last,
            )
    if asked != sorted(asked, key=lambda name: int(name[1:])) or len(set(asked)) != len(asked):
        yield source.error(
            f"The questions come in the order {', '.join(asked)}. Each comes once, by number. "
            "Renumber them.",
            last,
        )


def _answer_cell(
    source: Source, cell: Cell, question: Question, prompted: set[str]
) -> Iterator[SourceError]:
    if question.id not in prompted:
        yield source.error(
            f'{question.id} has no prompt. A Markdown cell after \'+++ {{"question": '
            f'"{question.id}"}}\' says what to do. Write it above this cell.',
            cell.line,
        )
    if not any(piece.is_solution for piece in split_regions(source, cell)):
        yield source.error(
            f"{question.id} has no solution region, so students have nothing to fill in. "
            "Put the answer between '# BEGIN SOLUTION' and '# END SOLUTION'.",
            cell.line,
        )
    if not _last_line(cell).startswith(f'check("{question.id}")'):
        yield source.error(
            f"The cell of {question.id} does not end with its check, so hints and feedback cannot "
            f'be reached from it. Make the last line: check("{question.id}")',
            cell.line,
        )
    known = {"seed", *source.front.presets["default"]}
    for earlier in source.cells:
        if earlier.kind == "code" and not earlier.is_solution and earlier.line <= cell.line:
            known |= identifiers(earlier.text)
    for name in question.answers:
        if name not in known:
            yield source.error(
                f"The check of {question.id} asks for `{name}`, which no cell up to here sets. "
                "The arguments of a check are names of the notebook. Rename one of the two.",
                cell.line,
            )


def _last_line(cell: Cell) -> str:
    lines = [line for line in cell.text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def _leaks(source: Source, questions: Questions, glossary: Glossary) -> Iterator[SourceError]:
    """No line of a solution may stand in the problem set."""
    problem_set = compile_notebook(source, questions, "problem-set", glossary=glossary)
    shown = {_squeezed(line) for cell in problem_set.cells for line in cell.source.splitlines()}
    for cell in source.cells:
        for number, line in solution_lines(source, cell):
            squeezed = _squeezed(line)
            if len(squeezed) >= _MIN_LEAK_LENGTH and squeezed in shown:
                yield source.error(
                    f"This line of the solution also stands in the problem set: {line.strip()!r}. "
                    "Students must not find an answer elsewhere in their notebook. "
                    "Reword the cell that gives it away, or mark that one with 'solution: true'.",
                    number,
                )


def _squeezed(line: str) -> str:
    return re.sub(r"\s+", "", line.lstrip("> "))


def _style(source: Source, questions: Questions) -> Iterator[SourceError]:
    """Short cells, figures described, no heading swallowed by a marked cell, no text unseen."""
    for cell in source.cells:
        if cell.kind != "code":
            yield from _comments(source, cell)
            if cell.question or cell.is_solution:
                yield from _swallowed_heading(source, cell)
            continue
        code = [
            line
            for piece in split_regions(source, cell)
            for line in piece.lines
            if line.strip() and not line.strip().startswith(("#", f'check("{cell.question}"'))
        ]
        is_written = bool(cell.question) and questions[cell.question].kind == "written"
        if len(code) > MAX_CODE_LINES and not is_written:
            yield source.error(
                f"This cell has {len(code)} lines of code. A cell holds one idea in at most "
                f"{MAX_CODE_LINES} lines. Split it, or move a helper into the package.",
                cell.line,
            )
        if _draws(cell.text) and not cell.alt:
            yield source.error(
                "This cell draws a figure without a description. Who cannot see it needs to be "
                "told what is to be seen. Add an option line ':alt: ...'.",
                cell.line,
            )


def _swallowed_heading(source: Source, cell: Cell) -> Iterator[SourceError]:
    """Find a section that was meant to follow a prompt or an explanation but became part of it."""
    for number, line in enumerate(cell.text.splitlines(), start=cell.line):
        if re.match(r"#{1,6} ", line):
            kind = "solution-only cell" if cell.is_solution else f"prompt of {cell.question}"
            yield source.error(
                f"The heading {line!r} is inside a {kind}. The next section starts a cell of its "
                "own. Put a line '+++' above the heading.",
                number,
            )


def _comments(source: Source, cell: Cell) -> Iterator[SourceError]:
    """Find text that a notebook shows and the page of the site does not."""
    fence = ""
    for number, line in enumerate(cell.text.splitlines(), start=cell.line):
        if opening := re.match(r"\s*(`{3,}|~{3,})", line):
            mark = opening[1]
            fence = "" if fence and mark.startswith(fence) else fence or mark
        elif not fence and line.lstrip().startswith("%"):
            yield source.error(
                f"The line {line!r} begins with %. In MyST that is a comment: the page of the site "
                "would leave it out. Break the line elsewhere.",
                number,
            )


def _draws(code: str) -> bool:
    """Whether a cell makes a figure: it calls plt.subplots/figure or a function named *plot*."""
    try:
        tree = ast.parse(re.sub(r"^\s*%.*$", "", code, flags=re.M))
    except SyntaxError:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in ("plt.subplots", "plt.figure", "plt.show") or "plot" in name.split(".")[-1]:
                return True
    return False
