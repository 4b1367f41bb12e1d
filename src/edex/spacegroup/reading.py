"""What all readers of structure files share: text, limits, elements, and what is said about it.

A reader never guesses: it gives a crystal and notes on what it changed, or one error that names
the file, the value, the rule and the next step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edex.datasets.formulas import ELEMENTS
from edex.errors import DataError, InputError
from edex.spacegroup.crystal import Crystal

__all__ = ["MAX_ATOMS", "MAX_BYTES", "Reading", "element_symbol", "read_text"]

MAX_BYTES = 5_000_000
MAX_ATOMS = 1000  # in the cell

_HYDROGEN = {"D": "H", "T": "H"}


@dataclass(frozen=True)
class Reading:
    """A crystal from a file, and what was done to get it.

    Attributes
    ----------
    crystal : Crystal
        All atoms of the cell; ``space_group_number`` is what the file says, or None.
    notes : tuple of str
        Everything that was left out, changed or taken for granted.
    """

    crystal: Crystal
    notes: tuple[str, ...] = ()


def read_text(path: str | Path) -> str:
    r"""Read a small text file, whatever its encoding and line ends.

    Parameters
    ----------
    path : str or Path
        UTF-8 with or without a byte-order mark, UTF-16 with one, or Latin-1.

    Returns
    -------
    str
        With ``\n`` as the line end.

    Raises
    ------
    InputError
        If there is no such file, or it is larger than 5 MB, empty or no text.
    DataError
        If it cannot be read.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(
            f"There is no file {str(path)!r}. Give the path of a CIF or POSCAR; check the spelling."
        )
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{file.name} has {size / 1e6:.1f} MB; a structure file may have "
                f"{MAX_BYTES / 1e6:.0f} MB. Cut out the one structure that is wanted."
            )
        raw = file.read_bytes()
    except OSError as error:
        raise DataError(
            f"{file.name} cannot be read ({error.strerror}). Check its permissions."
        ) from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
    if "\0" in text or not text.strip():
        what = "holds zero bytes: it is no text" if "\0" in text else "is empty"
        raise InputError(f"{file.name} {what}. Give a CIF or POSCAR as plain text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def element_symbol(text: str, *, among: frozenset[str] = frozenset()) -> str | None:
    """Find the element in a type symbol or an atom label: ``Ti4+``, ``FE``, ``Ca1``, ``OW2``.

    Parameters
    ----------
    text : str
        Symbol or label; digits, charges and what follows are ignored.
    among : frozenset of str
        Elements of the chemical formula: decides whether ``CO1`` is cobalt or carbon.

    Returns
    -------
    str or None
        Element symbol (hydrogen for deuterium and tritium), or None if there is none.

    Examples
    --------
    >>> element_symbol("Ti4+"), element_symbol("OW2"), element_symbol("Xx1")
    ('Ti', 'O', None)
    """
    match = re.match(r"\s*([A-Za-z])([A-Za-z]?)", text)
    if match is None:
        return None
    first, second = match[1].upper(), match[2]
    two, one = first + second.lower(), _HYDROGEN.get(first, first)
    candidates = [
        symbol
        for symbol, allowed in ((two, bool(second)), (one, not second.islower()))
        if allowed and symbol in ELEMENTS
    ]
    if two in among or one not in among:
        return candidates[0] if candidates else None
    return one if one in candidates else None
