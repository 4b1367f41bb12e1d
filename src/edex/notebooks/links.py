"""Links from one lesson to another, written so that they work on GitHub.

An author writes ``[EdEx 4](../../edexes/4-melting-temperature/edex.md)`` or
``[week 5](../05-unsupervised/lecture.md)``. A notebook travels alone, so there the text of the
link stays without its target; the site leads to the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from edex.errors import SourceError
from edex.notebooks.source import Cell, Source

__all__ = ["LESSON_LINK", "broken_links", "without_links"]

LESSON_LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./)*[\w/-]*?([\w-]+)/(edex|lecture)\.md)\)")


def without_links(cells: list[Cell]) -> list[Cell]:
    """Keep the text of links to other lessons, and drop where they lead."""
    return [
        replace(cell, text=LESSON_LINK.sub(r"\1", cell.text)) if cell.kind == "markdown" else cell
        for cell in cells
    ]


def broken_links(source: Source) -> Iterator[SourceError]:
    """Find links to lessons that are not there."""
    for cell in source.cells:
        for match in LESSON_LINK.finditer(cell.text) if cell.kind == "markdown" else ():
            if not (source.path.parent / match[2]).is_file():
                yield source.error(
                    f"The link {match[0]!r} leads to no file. Paths start from the folder of this "
                    "source, as on GitHub. Correct it.",
                    cell.line + cell.text[: match.start()].count("\n"),
                )
