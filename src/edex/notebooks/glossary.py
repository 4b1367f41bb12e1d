"""Links from lessons to the glossary.

An author writes ``[grouped split](../../glossary.md#grouped-split)``, which works on GitHub. A
notebook travels alone, so the compiler turns such links into links to a last section "Glossary"
of the notebook itself, which explains the terms that were used, and no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from edex.notebooks.source import Cell, Source

__all__ = ["GLOSSARY_LINK", "Glossary", "read_glossary"]

GLOSSARY_LINK = re.compile(r"\[([^\]]+)\]\((?:\.\./)*glossary\.md#([\w-]+)\)")


@dataclass(frozen=True)
class Glossary:
    """Terms and what they mean.

    Attributes
    ----------
    entries : dict of str to (str, str)
        For each anchor, such as ``"grouped-split"``, the term and its explanation in Markdown.
    """

    entries: dict[str, tuple[str, str]]

    def resolve(self, source: Source, cells: list[Cell]) -> list[Cell]:
        """Point glossary links into the notebook and add the section they lead to.

        Raises
        ------
        SourceError
            If a link leads to a term that the glossary does not have.
        """
        self._check(source)
        used: dict[str, None] = {}
        resolved = []
        for cell in cells:
            if cell.kind != "markdown":
                resolved.append(cell)
                continue
            for match in GLOSSARY_LINK.finditer(cell.text):
                used[match[2]] = None
            resolved.append(replace(cell, text=GLOSSARY_LINK.sub(r"[\1](#Glossary)", cell.text)))
        if used:
            definitions = "\n\n".join(
                f"**{self.entries[anchor][0]}.** {self._plain(anchor)}" for anchor in sorted(used)
            )
            resolved.append(Cell("markdown", f"## Glossary\n\n{definitions}", 1))
        return resolved

    def _check(self, source: Source) -> None:
        """Refuse links to terms that the glossary does not have; lines are those of the file."""
        for cell in source.cells:
            for match in GLOSSARY_LINK.finditer(cell.text) if cell.kind == "markdown" else ():
                if match[2] not in self.entries:
                    raise source.error(
                        f"The glossary has no entry #{match[2]}. It has: "
                        f"{', '.join(sorted(self.entries))}. "
                        "Add the entry to course/glossary.md or correct the link.",
                        cell.line + cell.text[: match.start()].count("\n"),
                    )

    def _plain(self, anchor: str) -> str:
        """Return an explanation whose own links to terms are set in italics instead."""
        return GLOSSARY_LINK.sub(r"*\1*", self.entries[anchor][1])


def read_glossary(path: Path) -> Glossary:
    """Read a glossary: each heading of second level is a term, the text below explains it.

    Parameters
    ----------
    path : Path
        The file; a missing file gives an empty glossary.
    """
    entries: dict[str, tuple[str, str]] = {}
    if path.is_file():
        for section in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            term, _, text = section.partition("\n")
            anchor = re.sub(r"[^\w\- ]", "", term.strip().lower()).replace(" ", "-")
            entries[anchor] = (term.strip(), " ".join(text.split()))
    return Glossary(entries)
