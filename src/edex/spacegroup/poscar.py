"""POSCAR and CONTCAR: the structure files of VASP 5.

The cell vectors stand in lines 3 to 5, times the scale s of line 2: one number, three (one for
each Cartesian axis), or minus the volume V of the cell, when s = (V / |det L|)^(1/3). Elements,
counts and coordinates follow. Format: https://vasp.at/wiki/POSCAR
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.reading import MAX_ATOMS, Reading, element_symbol

__all__ = ["looks_like_poscar", "parse_poscar"]

_COUNT = re.compile(r"[0-9]{1,6}")


def looks_like_poscar(text: str) -> bool:
    """Tell whether lines 2 to 5 are a scale and three vectors."""
    lines = text.splitlines()[1:5]
    return len(lines) == 4 and all(
        len(_floats(line)) >= wanted for line, wanted in zip(lines, (1, 3, 3, 3), strict=True)
    )


def parse_poscar(text: str, *, name: str = "POSCAR") -> Reading:
    """Read the text of a POSCAR.

    Parameters
    ----------
    text : str
        The whole file.
    name : str
        Name of the file, for messages.

    Returns
    -------
    Reading
        The crystal has no space group number: the format has no place for it.

    Raises
    ------
    InputError
        If a line is missing or wrong; the message gives its number.
    """
    lines = _Lines(name, text.splitlines())
    notes: list[str] = []
    rows = np.array([lines.vector(number, "a cell vector: three numbers") for number in (3, 4, 5)])
    factors = _scale(rows, lines)
    lattice = rows * factors
    symbols, counts, last = _contents(lines, notes)
    total = sum(counts)
    if not 0 < total <= MAX_ATOMS:
        raise InputError(
            f"{name} has {total} atoms; a cell may have 1 to {MAX_ATOMS}. Give a smaller cell."
        )
    wanted = "Direct or Cartesian"
    if lines.get(last + 1, wanted).strip().lower().startswith("s"):
        notes.append("selective dynamics: ignored")
        last += 1
    mode = lines.get(last + 1, wanted).strip()[:1].lower()
    if mode not in ("d", "c", "k"):
        raise lines.wrong(last + 1, wanted)
    first = last + 2
    coords = np.array(
        [lines.vector(first + atom, "coordinates: three numbers") for atom in range(total)]
    )
    if mode != "d":
        if abs(np.linalg.det(lattice)) < 1e-6:
            raise InputError(
                f"{name}: the cell vectors of lines 3 to 5 lie in a plane. Correct them."
            )
        coords = coords * factors @ np.linalg.inv(lattice)
    species = [symbol for symbol, count in zip(symbols, counts, strict=True) for _ in range(count)]
    return Reading(Crystal(lattice, species, coords, source_id=name), tuple(notes))


@dataclass(frozen=True)
class _Lines:
    """The lines of a file, by number; every complaint names the file and the line."""

    name: str
    lines: list[str]

    def get(self, number: int, wanted: str) -> str:
        if number > len(self.lines):
            raise InputError(
                f"{self.name} ends at line {len(self.lines)}; line {number} must hold {wanted}. "
                f"Give the whole file."
            )
        return self.lines[number - 1]

    def words(self, number: int, wanted: str) -> list[str]:
        return re.split("[!#]", self.get(number, wanted))[0].split()

    def vector(self, number: int, wanted: str) -> list[float]:
        values = _floats(self.get(number, wanted))[:3]
        if len(values) < 3:
            raise self.wrong(number, wanted)
        return values

    def wrong(self, number: int, wanted: str) -> InputError:
        text = self.lines[number - 1].strip()[:60]
        return InputError(
            f"{self.name}, line {number} is {text!r}; it must hold {wanted}. Correct the line."
        )


def _scale(rows: np.ndarray, lines: _Lines) -> np.ndarray:
    """Read line 2 as one factor for each Cartesian axis."""
    values = _floats(lines.get(2, "the scale"))
    if len(values) >= 3 and min(values[:3]) > 0:
        return np.array(values[:3])
    volume = abs(float(np.linalg.det(rows)))
    if len(values) in (1, 2) and values[0] != 0 and 0 < volume < math.inf:
        return np.full(3, values[0] if values[0] > 0 else (-values[0] / volume) ** (1 / 3))
    raise lines.wrong(
        2, "one number (minus the volume of the cell if negative) or three positive ones"
    )


def _contents(lines: _Lines, notes: list[str]) -> tuple[list[str], list[int], int]:
    """Read elements and counts: symbols, counts and the number of the last line read."""
    words = lines.words(6, "the element symbols")
    last = 7
    if words and all(_COUNT.fullmatch(word) for word in words):  # VASP 4 has no line of symbols
        named, last = lines.lines[0].split(), 6
        if len(named) != len(words) or [element_symbol(word) for word in named] != named:
            raise InputError(
                f"{lines.name} is in the format of VASP 4: line 6 holds counts, and line 1 "
                f"({lines.lines[0].strip()[:60]!r}) does not name one element for each. Add a line "
                f"with the element symbols before line 6."
            )
        notes.append("VASP 4 format: elements taken from the comment line")
        words = named
    if not words:
        raise lines.wrong(6, "the element symbols")
    symbols = []
    for word in words:
        bare = re.split(r"[_/.]", word)[0]  # Fe_pv, Si/0a1b2c: the potential
        symbol = element_symbol(bare) if len(bare) <= 2 else None
        if symbol is None or (symbol != bare.capitalize() and bare.upper() not in ("D", "T")):
            raise InputError(
                f"{lines.name}: {word[:20]!r} is no element symbol. Write the elements as in line "
                f"6 of a VASP 5 file, for example 'Ti O'."
            )
        if symbol != bare.capitalize():
            notes.append(f"{bare} read as {symbol}")
        symbols.append(symbol)
    wanted = f"one whole number for each of the {len(symbols)} elements"
    counts = lines.words(last, wanted)[: len(symbols)]
    if len(counts) < len(symbols) or not all(_COUNT.fullmatch(word) for word in counts):
        raise lines.wrong(last, wanted)
    return symbols, [int(word) for word in counts], last


def _floats(line: str) -> list[float]:
    """Read the numbers at the start of a line, up to the first word that is none."""
    values: list[float] = []
    for word in line.split():
        try:
            value = float(word.lower().replace("d", "e"))  # Fortran writes 1.0D0
        except ValueError:
            break
        if not math.isfinite(value):
            break
        values.append(value)
    return values
