"""Folds: what a reader opens when ready for it, such as the solution of an exercise.

Cells that follow each other with the same option ``folded`` are one fold; the option is its
heading. A student's notebook shows a fold as text behind a heading to click on, with an empty code
cell above it where there is code to write; the solution shows its cells, which have been run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from edex.notebooks.source import Cell

__all__ = ["as_cells", "as_text"]


def as_text(cells: Iterable[Cell]) -> list[Cell]:
    """Turn each fold into one Markdown cell that opens when its heading is clicked."""
    result: list[Cell] = []
    for heading, group in groupby(cells, key=lambda cell: cell.folded):
        if not heading:
            result += group
            continue
        fold = list(group)
        if any(cell.kind == "code" for cell in fold):
            result.append(Cell("code", "# Your code for this exercise", fold[0].line))
        body = "\n\n".join(_markdown(cell) for cell in fold)
        text = f"<details><summary><b>{heading}</b></summary>\n\n{body}\n\n</details>"
        result.append(Cell("markdown", text, fold[0].line))
    return result


def as_cells(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Put the heading of each fold above its cells."""
    for heading, group in groupby(cells, key=lambda cell: cell.folded):
        fold = list(group)
        if heading:
            yield Cell("markdown", f"**{heading}**", fold[0].line, folded=heading)
        yield from fold


def _markdown(cell: Cell) -> str:
    return cell.text if cell.kind == "markdown" else f"```python\n{cell.text}\n```"
