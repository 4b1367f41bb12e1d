"""Start a new EdEx: a small one that is complete and passes all gates."""

from __future__ import annotations

import re
from pathlib import Path

from edex.errors import InputError

__all__ = ["FILES", "new_edex"]

FILES = ("edex.md", "checks.py", "mutants.md", "instructor.md")
_TEMPLATE = Path(__file__).with_name("template")


def new_edex(name: str, parent: Path) -> Path:
    """Make the folder of a new EdEx from the template.

    Parameters
    ----------
    name : str
        The id: lower-case words joined by hyphens, such as ``"bond-lengths"``.
    parent : Path
        The folder in which it is made.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    InputError
        If the id has another form, or a file or folder of that name is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise InputError(
            f"{name!r} is no id of an EdEx. An id is lower-case words joined by hyphens, such as "
            "bond-lengths. Choose one of that form."
        )
    folder = parent / name
    if folder.exists():
        raise InputError(
            f"{folder} exists already. A new EdEx never writes over anything. "
            "Choose another id or remove it."
        )
    folder.mkdir(parents=True)
    for file in FILES:
        text = (_TEMPLATE / f"{file}.txt").read_text(encoding="utf-8")
        (folder / file).write_text(text.replace("EDEX-ID", name), encoding="utf-8")
    return folder
