"""Read the text source of an EdEx or a lecture.

The source is a MyST Markdown notebook. jupytext splits it into cells; what is added here is the
line number of each cell and a strict reading of the few options that a cell may have:

==============  =======  =====================================================================
option          cells    meaning
==============  =======  =====================================================================
``question``    both     the prompt (Markdown) and the answer (code) of that question
``solution``    both     only in the solution: explanations, figures that give the answer away
``parameters``  code     the values of the preset are written into this cell
``alt``         code     what is to be seen in the figure that the cell draws
``folded``      both     part of a fold with this heading, such as the solution of an exercise
``slide``       both     lectures: the cell is in the deck of slides (see ``SLIDES``)
==============  =======  =====================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from edex.errors import InputError, SourceError

__all__ = ["Cell", "FrontMatter", "Source", "read_cells", "read_source"]

PRESETS = ("quick", "default", "full")
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")  # a code span such as ```x``` opens nothing
_OPTIONS = {
    "question": str,
    "solution": bool,
    "parameters": bool,
    "alt": str,
    "folded": str,
    "slide": str,
}
# What ``slide`` can be: the cell opens a slide; it goes on the slide that is open; only what it
# draws or prints goes there; it opens a slide and stands nowhere else.
SLIDES = ("new", "same", "figure", "only")
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "title": str,
    "minutes": int,
    "outcomes": list,
    "presets": dict,
    "seed": int,
}
_OPTIONAL_FIELDS: dict[str, type | tuple[type, ...]] = {
    "number": int,
    "paper": str,
    "needs": list,
    "datasets": list,
    "extra": str,
    "asks": str,
    "leads_to": list,
    "kernelspec": dict,
    "jupytext": dict,
}


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Attributes
    ----------
    kind : {"markdown", "code"}
        What it is.
    text : str
        Its content without the options.
    line : int
        Line in the file where the content starts, counted from 1.
    question : str
        The question it belongs to, or "".
    is_solution, is_parameters : bool
        The options of the same names.
    alt : str
        Description of the figure, or "".
    folded : str
        Heading of the fold it is in, or "".
    slide : {"", "new", "same", "figure", "only"}
        Its part in the deck of slides.
    """

    kind: Literal["markdown", "code"]
    text: str
    line: int
    question: str = ""
    is_solution: bool = False
    is_parameters: bool = False
    alt: str = ""
    folded: str = ""
    slide: str = ""


@dataclass(frozen=True)
class FrontMatter:
    """The head of a source.

    Attributes
    ----------
    id, title : str
        Name in the software, name for people.
    number : int
        Place in the course; 0 when it has none.
    paper : str
        The DOI of the paper that the EdEx follows, or "".
    minutes : int
        Working time of a student.
    needs, outcomes, datasets : tuple of str
        What to know before, what one can do after, the data sets used.
    presets : dict of str to dict
        For each of quick, default and full the values that the parameters cell gets.
    seed : int
        The one seed of all random numbers.
    extra : str
        The extra of edex that brings the packages of this lesson, or "".
    asks : str
        The physical question that a lecture answers, or "".
    leads_to : tuple of str
        The EdExes that a lecture prepares for.
    """

    id: str
    title: str
    minutes: int
    outcomes: tuple[str, ...]
    presets: dict[str, dict[str, Any]]
    seed: int
    number: int = 0
    paper: str = ""
    needs: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    extra: str = ""
    asks: str = ""
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A source that has been read.

    Attributes
    ----------
    path : Path
        The file.
    front : FrontMatter
        Its head.
    cells : tuple of Cell
        Its cells in order.
    """

    path: Path
    front: FrontMatter
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def is_lecture(self) -> bool:
        """Whether this is the lecture of a week, not an EdEx."""
        return self.path.name == "lecture.md"

    def error(self, message: str, line: int) -> SourceError:
        """Make an error that points into this source."""
        return SourceError(message, file=str(self.path), line=line)


def read_source(path: Path) -> Source:
    """Read and validate the source of an EdEx or a lecture.

    Parameters
    ----------
    path : Path
        The file ``edex.md`` or ``lecture.md``.

    Raises
    ------
    InputError
        If the file cannot be read.
    SourceError
        For a mistake in it, with the line.
    """
    metadata, cells = read_cells(path, _OPTIONS)
    if path.name == "lecture.md":  # the numbers of a lecture need no presets
        metadata.setdefault("presets", {name: {} for name in PRESETS})
    for _, _, line, options in cells:
        if options.get("slide", "new") not in SLIDES:
            raise SourceError(
                f"The cell has slide: {options['slide']!r}. Allowed are {', '.join(SLIDES)}. "
                "Correct or remove it.",
                file=str(path),
                line=line,
            )
    front = _front_matter(metadata, path)
    return Source(
        path,
        front,
        tuple(
            Cell(
                kind,
                text,
                line,
                question=options.get("question", ""),
                is_solution=options.get("solution", False),
                is_parameters=options.get("parameters", False),
                alt=options.get("alt", ""),
                folded=options.get("folded", ""),
                slide=options.get("slide", ""),
            )
            for kind, text, line, options in cells
        ),
    )


RawCell = tuple[Literal["markdown", "code"], str, int, dict[str, Any]]


def read_cells(path: Path, allowed: dict[str, type]) -> tuple[dict[str, Any], list[RawCell]]:
    """Split a MyST file into cells.

    Parameters
    ----------
    path : Path
        The file.
    allowed : dict of str to type
        The options that a cell may have, and the type of each.

    Returns
    -------
    metadata : dict
        The front matter.
    cells : list of (kind, text, line, options)
        The cells in order.
    """
    import nbformat
    from jupytext.myst import MystMetadataParsingError, myst_to_notebook

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The source {path} could not be read: {error}. It must be a text file in UTF-8. "
            "Check the path."
        ) from error
    _refuse_unclosed_fence(text, path)
    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except MystMetadataParsingError as error:
        raise SourceError(
            f"{error}. Options are lines like ':question: q1' under the fence, or "
            '\'+++ {"question": "q1"}\' before a Markdown cell. Correct them.',
            file=str(path),
            line=_line_in_message(str(error)),
        ) from error
    except nbformat.ValidationError as error:
        raise SourceError(
            f"The front matter cannot be used: {error.message}. It has one field a line, such as "
            "'title: When does a solid melt?', between two lines '---'. Correct it.",
            file=str(path),
            line=1,
        ) from error
    lines = text.splitlines()
    cells: list[RawCell] = []
    for cell, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        line = _content_line(lines, start, cell.cell_type)
        options = dict(cell.metadata)
        for name, value in options.items():
            if name not in allowed or not isinstance(value, allowed[name]):
                raise SourceError(
                    f"The cell has the option {name}: {value!r}. Allowed are "
                    + ", ".join(f"{key} ({kind.__name__})" for key, kind in allowed.items())
                    + ". Correct or remove it.",
                    file=str(path),
                    line=line,
                )
        if cell.cell_type == "markdown":
            _refuse_hidden_cell(cell.source, path, line)
        cells.append((cell.cell_type, cell.source, line, options))
    metadata = {key: value for key, value in notebook.metadata.items() if key != "source_map"}
    return metadata, cells


def _refuse_unclosed_fence(text: str, path: Path) -> None:
    """Markdown closes an open fence at the end of the file: every later cell would vanish."""
    opened, marker = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        fence = _FENCE.match(stripped)
        if not opened and fence:
            opened, marker = number, fence[1]
        elif opened and stripped.startswith(marker) and not stripped.strip(marker[0]):
            opened = 0
        elif opened and len(marker) == 3 and stripped.startswith("```{code-cell}"):
            break
    if opened:
        raise SourceError(
            "This code fence is not closed before the next cell. Each ``` needs its closing ```. "
            "Add it.",
            file=str(path),
            line=opened,
        )


def _refuse_hidden_cell(text: str, path: Path, first: int) -> None:
    """Inside a list or a quotation a cell is only text: nothing would run it."""
    is_fenced = False
    for number, line in enumerate(text.splitlines(), start=first):
        if not is_fenced and re.match(r"[\s>]*(```|~~~)\{code-cell\}", line):
            raise SourceError(
                "This code cell is inside a list or a quotation, where it is only text. A cell "
                "starts at the beginning of a line. Move it out.",
                file=str(path),
                line=number,
            )
        if _FENCE.match(line.strip()):
            is_fenced = not is_fenced


def _content_line(lines: list[str], start: int, kind: str) -> int:
    """Turn the start that jupytext reports into the line of the first line of content."""
    number = start + 1
    if kind == "code":  # ``start`` counts the fence from 1; options follow it
        if lines[number - 1 : number] == ["---"]:  # options as a block of YAML
            return lines.index("---", number) + 2
        while number <= len(lines) and lines[number - 1].startswith(":"):
            number += 1
        return number
    while number < len(lines) and not lines[number - 1].strip():
        number += 1
    return number


def _line_in_message(message: str) -> int:
    found = re.search(r"\bline (\d+)", message)
    if found is None:
        return 1
    # YAML counts the lines of the front matter from the one after the first '---'.
    return int(found[1]) + message.startswith("Notebook metadata")


def _front_matter(metadata: dict[str, Any], path: Path) -> FrontMatter:
    """Check the head of a source and give it a form."""

    def wrong(message: str) -> SourceError:
        return SourceError(message, file=str(path), line=1)

    metadata = {key: value for key, value in metadata.items() if key != "jupyter"}
    known = {**_FIELDS, **_OPTIONAL_FIELDS}
    for name, value in metadata.items():
        if name not in known:
            raise wrong(
                f"The front matter has the unknown field {name!r}. Allowed are "
                f"{', '.join(known)}. Correct or remove it."
            )
        if not isinstance(value, known[name]) or isinstance(value, bool):
            raise wrong(
                f"The front matter says {name}: {value!r}. It must be of type "
                f"{getattr(known[name], '__name__', known[name])}. Correct it."
            )
    missing = [name for name in _FIELDS if name not in metadata]
    if missing:
        raise wrong(f"The front matter lacks {', '.join(missing)}. Each EdEx gives them. Add them.")
    presets = metadata["presets"]
    if set(presets) != set(PRESETS):
        raise wrong(
            f"The front matter gives the presets {', '.join(map(str, presets))}. An EdEx has "
            f"exactly {', '.join(PRESETS)}. Add or remove."
        )
    for name, values in presets.items():
        if not isinstance(values, dict):
            raise wrong(
                f"The preset {name} is {values!r}. It must give a value to each parameter, such as "
                "{n_trees: 100}, or be {} when there is none. Correct it."
            )
    if len({frozenset(values) for values in presets.values()}) != 1:
        raise wrong(
            "The presets set different parameters. Each preset gives a value to the same names. "
            "Complete them."
        )
    return FrontMatter(
        id=metadata["id"],
        title=metadata["title"],
        minutes=metadata["minutes"],
        outcomes=tuple(metadata["outcomes"]),
        presets=presets,
        seed=metadata["seed"],
        number=metadata.get("number", 0),
        paper=metadata.get("paper", ""),
        needs=tuple(metadata.get("needs", ())),
        datasets=tuple(metadata.get("datasets", ())),
        extra=metadata.get("extra", ""),
        asks=metadata.get("asks", ""),
        leads_to=tuple(metadata.get("leads_to", ())),
    )
