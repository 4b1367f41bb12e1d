"""Where the text of the course lies, and which EdExes there are.

In an installed package the folder ``course/`` is shipped as ``edex/_course``; in a clone it lies
beside ``src/``. An EdEx is a folder that holds ``edex.md`` (its source) and ``checks.py``.

``edex list`` must answer at once, so the few plain ``key: value`` lines of the front matter that
it shows are read here with the standard library; the compiler reads the whole front matter as
YAML (:mod:`edex.notebooks.source`), and a test holds the two to the same answer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from edex.errors import InputError

__all__ = ["PLANNED", "EdExFolder", "course_folder", "edex_folders", "find_edex"]


class EdExFolder(NamedTuple):
    """One EdEx as it lies on disk.

    Attributes
    ----------
    path : Path
        The folder that holds ``edex.md``.
    id : str
        The name used everywhere, for example ``"melting-temperature"``.
    number : int
        The place in the course; 0 for an EdEx that is not part of it.
    title : str
        The title that people read.
    minutes : int
        The time a student needs, in minutes.
    """

    path: Path
    id: str
    number: int
    title: str
    minutes: int

    @property
    def source(self) -> Path:
        """The one text file that both notebooks are built from."""
        return self.path / "edex.md"

    @property
    def checks(self) -> Path:
        """The Python file with the checks and hints."""
        return self.path / "checks.py"

    @property
    def mutants(self) -> Path:
        """The MyST file with the wrong answers that the checks must catch."""
        return self.path / "mutants.md"

    @property
    def is_in_course(self) -> bool:
        """Whether this EdEx is one of the course, found by ``edex`` wherever it is installed."""
        return self.path.parent == course_folder() / "edexes"


# The EdExes of the course that are not written yet: number, id, title.
PLANNED: tuple[tuple[int, str, str], ...] = (
    (1, "space-group", "Which space group? A classifier for pair distribution functions"),
    (2, "membrane-permeability", "How fast does a gas cross a polymer membrane?"),
    (3, "membrane-interpretation", "Which chemistry makes a good membrane, and why?"),
    (4, "melting-temperature", "When does a solid melt?"),
)


def course_folder() -> Path:
    """Return the folder with the text of the course.

    Raises
    ------
    InputError
        If neither the installed copy nor the clone's folder is there.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "_course", package.parents[1] / "course"):
        if candidate.is_dir():
            return candidate
    raise InputError(
        f"The text of the course was not found beside {package}. "
        "An installed edex carries it in edex/_course. "
        'Install edex again: python -m pip install --force-reinstall "edex[all]"'
    )


def edex_folders() -> list[EdExFolder]:
    """Return all EdExes of the course, by number."""
    sources = sorted((course_folder() / "edexes").glob("*/edex.md"))
    return sorted((_read_folder(source.parent) for source in sources), key=lambda e: e.number)


def find_edex(name: str) -> EdExFolder:
    """Find an EdEx by number, id or folder.

    Parameters
    ----------
    name : str
        ``"4"``, ``"melting-temperature"``, ``"4-melting-temperature"`` or the path of a folder
        that holds ``edex.md``.

    Raises
    ------
    InputError
        If there is no such EdEx; the message lists the ones there are.
    """
    folder = Path(name)
    if (folder / "edex.md").is_file():
        return _read_folder(folder.resolve())
    known = edex_folders()
    for edex in known:
        if name in (str(edex.number), edex.id, edex.path.name):
            return edex
    for number, planned_id, title in PLANNED:
        if name in (str(number), planned_id, f"{number}-{planned_id}"):
            raise InputError(
                f"EdEx {number} ({title}) is planned and not written yet. "
                f"Ready are: {_names(known)}. See them with: edex list"
            )
    raise InputError(
        f"There is no EdEx {name!r}{_suggestion(name, known)}. "
        f"Give a number, an id, or a folder that holds edex.md; the course has: {_names(known)}. "
        "See them with: edex list"
    )


def _names(edexes: list[EdExFolder]) -> str:
    return ", ".join(f"{edex.number} ({edex.id})" for edex in edexes) or "none"


def _suggestion(name: str, edexes: list[EdExFolder]) -> str:
    import difflib

    close = difflib.get_close_matches(name, [edex.id for edex in edexes], n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _read_folder(path: Path) -> EdExFolder:
    """Read the plain fields at the head of ``edex.md``."""
    fields = {}
    with (path / "edex.md").open(encoding="utf-8") as lines:
        if lines.readline().strip() == "---":
            for line in lines:
                if line.strip() == "---":
                    break
                if match := re.match(r"(id|number|title|minutes):\s*(.+?)\s*$", line):
                    fields[match[1]] = re.sub(r"^([\"'])(.*)\1$", r"\2", match[2])
    for required in ("id", "title", "minutes"):
        if required not in fields:
            raise InputError(
                f"{path / 'edex.md'} has no {required!r} in its front matter. "
                "The file starts with a block between two lines '---' that gives at least "
                "id, number, title and minutes. "
                "See a complete one with: edex new demo"
            )
    numbers = {key: fields.get(key, "0") for key in ("number", "minutes")}
    for key, text in numbers.items():
        if not text.isdigit():
            raise InputError(
                f"{path / 'edex.md'} says {key}: {text}. It must be a whole number. "
                "Correct the front matter."
            )
    return EdExFolder(
        path, fields["id"], int(numbers["number"]), fields["title"], int(numbers["minutes"])
    )
