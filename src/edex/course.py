"""Where the text of the course lies, and which lessons (EdExes and lectures) there are.

In an installed package the folder ``course/`` is shipped as ``edex/_course``; in a clone it lies
beside ``src/``. An EdEx is a folder that holds ``edex.md`` (its source) and ``checks.py``; the
lecture of a week is a folder that holds ``lecture.md`` and ``checks.py``.

``edex list`` must answer at once, so the few plain ``key: value`` lines of the front matter that
it shows are read here with the standard library; the compiler reads the whole front matter as
YAML (:mod:`edex.notebooks.source`), and a test holds the two to the same answer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from edex.errors import InputError

__all__ = [
    "PLANNED",
    "Lesson",
    "course_folder",
    "edex_folders",
    "find_edex",
    "find_lesson",
    "lecture_folders",
]

KINDS = ("edex", "lecture")


class Lesson(NamedTuple):
    """One EdEx or lecture as it lies on disk.

    Attributes
    ----------
    path : Path
        The folder that holds ``edex.md`` or ``lecture.md``.
    id : str
        The name used everywhere, for example ``"melting-temperature"``.
    number : int
        The place in the course, for a lecture its week; 0 for an EdEx that is not part of it.
    title : str
        The title that people read.
    minutes : int
        The time a student needs, in minutes.
    kind : {"edex", "lecture"}
        Which of the two it is.
    """

    path: Path
    id: str
    number: int
    title: str
    minutes: int
    kind: str = "edex"

    @property
    def source(self) -> Path:
        """The one text file that both notebooks are built from."""
        return self.path / f"{self.kind}.md"

    @property
    def name(self) -> str:
        """What to call it: ``"EdEx 4"`` or ``"week 3"``; its id if it has no number."""
        return f"{_PREFIX[self.kind]} {self.number}" if self.number else self.id

    @property
    def notebook_stem(self) -> str:
        """The beginning of the names of its notebooks: they sort by week."""
        return f"week-{self.number:02d}-{self.id}" if self.kind == "lecture" else self.id

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
        """Whether this is a lesson of the course, found by ``edex`` wherever it is installed."""
        return self.path.parent == course_folder() / _FOLDERS[self.kind]


_PREFIX = {"edex": "EdEx", "lecture": "week"}
_FOLDERS = {"edex": "edexes", "lecture": "lectures"}

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


def edex_folders() -> list[Lesson]:
    """Return all EdExes of the course, by number."""
    return _folders("edex")


def lecture_folders() -> list[Lesson]:
    """Return the lectures of the course, by week."""
    return _folders("lecture")


def _folders(kind: str) -> list[Lesson]:
    sources = (course_folder() / _FOLDERS[kind]).glob(f"*/{kind}.md")
    return sorted((_read_folder(source.parent, kind) for source in sources), key=_by_number)


def _by_number(lesson: Lesson) -> tuple[int, str]:
    return lesson.number, lesson.id


def find_lesson(name: str) -> Lesson:
    """Find an EdEx or the lecture of a week.

    Parameters
    ----------
    name : str
        For a lecture ``"week-3"``, its id, its folder's name, or the path of a folder that holds
        ``lecture.md``; for an EdEx as in :func:`find_edex`.

    Raises
    ------
    InputError
        If there is no such lesson; the message lists the ones there are.
    """
    folder = Path(name)
    if (folder / "lecture.md").is_file():
        return _read_folder(folder.resolve(), "lecture")
    lectures = lecture_folders()
    for lecture in lectures:
        names = (f"week-{lecture.number}", f"week-{lecture.number:02d}", lecture.id)
        if name in (*names, lecture.path.name):
            return lecture
    if re.fullmatch(r"week[-_ ]?\d*", name):
        raise InputError(
            f"There is no lecture {name!r}. Weeks are written week-1, week-2, ...; the course has: "
            f"{_names(lectures)}. See them with: edex list"
        )
    return find_edex(name)


def find_edex(name: str) -> Lesson:
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
        return _read_folder(folder.resolve(), "edex")
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


def _names(edexes: list[Lesson]) -> str:
    return ", ".join(f"{edex.number} ({edex.id})" for edex in edexes) or "none"


def _suggestion(name: str, edexes: list[Lesson]) -> str:
    import difflib

    ids = [lesson.id for lesson in (*edexes, *lecture_folders())]
    close = difflib.get_close_matches(name, ids, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _read_folder(path: Path, kind: str) -> Lesson:
    """Read the plain fields at the head of ``edex.md`` or ``lecture.md``."""
    fields = {}
    file = path / f"{kind}.md"
    with file.open(encoding="utf-8") as lines:
        if lines.readline().strip() == "---":
            for line in lines:
                if line.strip() == "---":
                    break
                if match := re.match(r"(id|number|title|minutes):\s*(.+?)\s*$", line):
                    fields[match[1]] = re.sub(r"^([\"'])(.*)\1$", r"\2", match[2])
    for required in ("id", "title", "minutes"):
        if required not in fields:
            raise InputError(
                f"{file} has no {required!r} in its front matter. "
                "The file starts with a block between two lines '---' that gives at least "
                "id, number, title and minutes. "
                "See a complete one with: edex new demo"
            )
    numbers = {key: fields.get(key, "0") for key in ("number", "minutes")}
    for key, text in numbers.items():
        if not text.isdigit():
            raise InputError(
                f"{file} says {key}: {text}. It must be a whole number. Correct the front matter."
            )
    return Lesson(
        path, fields["id"], int(numbers["number"]), fields["title"], int(numbers["minutes"]), kind
    )
