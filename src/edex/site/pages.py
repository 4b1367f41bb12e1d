"""One page of the site for each lesson: the problem set, with the solution in folds.

A page is a notebook that has been run already; Sphinx only lays it out. Where a question is asked
the reader sees what a student sees, and a click opens the executed solution with its explanation.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import nbformat

from edex.checks.questions import Questions
from edex.course import Lesson
from edex.errors import InputError
from edex.notebooks.compiler import framed, outline, problem_set_cells
from edex.notebooks.glossary import GLOSSARY_LINK
from edex.notebooks.links import LESSON_LINK
from edex.notebooks.source import Cell, Source

__all__ = ["Built", "page_name", "page_notebook", "to_page_links"]

FOLDERS = {"edex": "edexes", "lecture": "lectures"}
_SOLUTION = "Solution"


@dataclass(frozen=True)
class Built:
    """A lesson that has been built.

    Attributes
    ----------
    lesson : Lesson
        Where it lies.
    source : Source
        Its source.
    questions : Questions
        Its questions.
    problem_set, solved : NotebookNode
        The notebook for students, and the executed solution.
    results : str
        The table of results in Markdown, or "".
    seconds : float
        How long the cells of the solution took, in s.
    """

    lesson: Lesson
    source: Source
    questions: Questions
    problem_set: nbformat.NotebookNode
    solved: nbformat.NotebookNode
    results: str = ""
    seconds: float = 0.0

    def executed(self, cell: Cell) -> nbformat.NotebookNode:
        """Return the executed form of a code cell of the source."""
        for node in self.solved.cells:
            if node.cell_type == "code" and node.metadata.edex.line == cell.line:
                return nbformat.from_dict(node)
        raise InputError(
            f"The built solution of {self.lesson.id!r} has no cell from line {cell.line} of its "
            "source: it was built from another version. Build it again: edex build --force "
            f"{self.lesson.path.name}"
        )


def page_name(lesson: Lesson) -> str:
    """Return where the page of a lesson lies in the source tree of the site."""
    return f"{FOLDERS[lesson.kind]}/{lesson.path.name}.ipynb"


def page_notebook(
    built: Built, opening: str, *, shown: Collection[str] | None = None
) -> nbformat.NotebookNode:
    """Make the page of a lesson.

    Parameters
    ----------
    built : Built
        The lesson.
    opening : str
        What stands under the title: buttons and facts, in Markdown.
    shown : collection of str, optional
        Folder names of the lessons on the site; links to others keep their text alone.

    Returns
    -------
    NotebookNode
        A notebook whose outputs are those of the solution.
    """
    source = built.source
    cells = [cell for cell in source.cells if cell.slide != "only"]
    title, _, body = cells[0].text.partition("\n")
    lines = [title, "", opening, ""]
    if source.is_lecture:
        lines += [outline(source.front), ""]
    nodes = [_text("\n".join([*lines, body]))]
    for fold, group in groupby(cells[1:], key=_fold):
        members = list(group)
        if not fold:
            nodes += [node for cell in members for node in _open_cell(built, cell)]
            continue
        if stub := _stub(built, members[0]):
            nodes.append(_text(stub))
        nodes.append(_text(f'<details class="edex-fold"><summary>{html.escape(fold)}</summary>'))
        nodes += [node for cell in members for node in _closed_cell(built, cell)]
        nodes.append(_text("</details>"))
    if built.results:
        table = re.sub(r"^# .*\n+", "", built.results)
        nodes.append(_text(f"## What was measured\n\n{table}"))
    notebook = nbformat.v4.new_notebook(cells=nodes)
    for number, node in enumerate(notebook.cells):
        node.id = f"cell-{number}"
        if node.cell_type == "markdown":
            node.source = to_page_links(node.source, shown=shown)
    notebook.metadata = nbformat.from_dict({"kernelspec": built.solved.metadata.kernelspec})
    return notebook


def _fold(cell: Cell) -> str:
    is_answer = cell.is_solution or (cell.question and cell.kind == "code")
    return cell.folded or (_SOLUTION if is_answer else "")


def _open_cell(built: Built, cell: Cell) -> Iterator[nbformat.NotebookNode]:
    if cell.kind == "code":
        yield _code(built, cell)
    else:
        text = framed(cell, built.questions).text if cell.question else cell.text
        yield _text(text.removeprefix("---\n\n"))  # the line above a frame helps in a notebook only


def _closed_cell(built: Built, cell: Cell) -> Iterator[nbformat.NotebookNode]:
    yield _code(built, cell) if cell.kind == "code" else _text(cell.text)


def _stub(built: Built, cell: Cell) -> str:
    """Return what a student sees where the answer goes, or "" if this is no answer."""
    if not (cell.question and cell.kind == "code"):
        return ""
    for other in problem_set_cells(built.source, built.questions):
        if other.kind == "code" and other.line == cell.line:
            return f"```python\n{other.text}\n```"
    return ""


def _text(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def _code(built: Built, cell: Cell) -> nbformat.NotebookNode:
    node = built.executed(cell)
    node.metadata = nbformat.from_dict({})
    if cell.alt:
        node.metadata["mystnb"] = {"image": {"alt": cell.alt}}
    node.outputs = [output for output in node.outputs if _is_readable(output)]
    return node


def _is_readable(output: Any) -> bool:
    """Leave out what only a running kernel can show."""
    return "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


def to_page_links(text: str, root: str = "../", *, shown: Collection[str] | None = None) -> str:
    """Turn links between sources into links between pages.

    Parameters
    ----------
    text : str
        Markdown.
    root : str
        The way from the page to the root of the site.
    shown : collection of str, optional
        Folder names of the lessons on the site; links to others keep their text alone.
    """
    text = GLOSSARY_LINK.sub(rf"[\1]({root}glossary.md#\2)", text)

    def page(match: re.Match[str]) -> str:
        if shown is not None and match[3] not in shown:
            return match[1]
        return f"[{match[1]}]({root}{FOLDERS[match[4]]}/{match[3]}.ipynb)"

    return LESSON_LINK.sub(page, text)
