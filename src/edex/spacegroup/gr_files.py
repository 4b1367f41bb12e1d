"""Read measured pair distribution functions from .gr files.

A .gr file is a text table of r (Å) and G(r) (Å⁻²), often with uncertainties, under a header that
each program writes in its own way: PDFgetX2, PDFgetX3 and xPDFsuite (``key = value``), PDFgetN and
Mantid (``#Comment: neutron, Qmin=...``), PDFgui (``#L r(A) G(r) d_r d_Gr``), or a bare table. All
are read by the same rules: comments may stand anywhere, values of the header are found by their
names, and a row that cannot be understood is an error with its line number, never skipped.

References
----------
T. Egami, S. J. L. Billinge, Underneath the Bragg Peaks, 2nd ed. (Pergamon, 2012), chapter 3.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from edex.errors import DataError, InputError
from edex.spacegroup.gr_header import parse_number, read_header, shorten

__all__ = ["MeasuredPdf", "read_gr"]

MAX_BYTES = 20_000_000
MAX_LINES = 500_000
MIN_ROWS = 20
LARGEST = 1e12
MAX_GAPS = 0.05  # part of the rows that may hold NaN
Row = tuple[float, ...] | None  # numbers; () for a comment, None for what is neither
_NM_RANGE, _NM_STEP = 5.0, 0.005  # a curve that ends below and is finer than this is in nm

_MARKER = re.compile(r"\s*#+\s*start\s+data\b", re.IGNORECASE)
_COMMENT = ("#", "%", "!", "//", ";", "'", '"')
_DECIMAL_COMMA = re.compile(r"[-+]?\d*(?:,\d+)?(?:[eEdD][-+]?\d+)?")


@dataclass(frozen=True, eq=False)
class MeasuredPdf:
    """One measured pair distribution function, as its file gives it.

    Parameters
    ----------
    name : str
        What to call it, usually the name of the file.
    r : ndarray of shape (n_points,)
        Distances in Å, increasing, not negative.
    G : ndarray of shape (n_points,)
        Reduced pair distribution function G(r) in Å⁻².
    G_error : ndarray of shape (n_points,), optional
        Its uncertainty in Å⁻².
    metadata : mapping, optional
        What the header states, of ``qmin``, ``qmax``, ``qmaxinst``, ``qdamp``, ``qbroad`` (Å⁻¹),
        ``wavelength``, ``rmin``, ``rmax``, ``rstep`` (Å), ``temperature`` (K), ``rpoly``,
        ``bgscale``, ``composition``, ``radiation`` ("xray", "neutron" or "electron").
    notes : tuple of str
        What a reader of the result should know.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite or absurdly large, or r does not increase
        from 0 or above.

    Examples
    --------
    >>> pdf = MeasuredPdf("test", np.arange(3.0), np.zeros(3), metadata={"qmax": 25.0})
    >>> pdf.qmax, pdf.r_max
    (25.0, 2.0)
    """

    name: str
    r: np.ndarray
    G: np.ndarray
    G_error: np.ndarray | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for label in ("r", "G", "G_error"):
            values = getattr(self, label)
            if values is None and label == "G_error":
                continue
            try:
                array = np.array(values, dtype=float)
            except (TypeError, ValueError):
                raise InputError(
                    f"{self.name}: {label} must be an array of numbers. Give one value a point."
                ) from None
            if array.ndim != 1 or len(array) != np.size(self.r) or not len(array):
                raise InputError(
                    f"{self.name}: {label} has shape {array.shape}; r and G need one value for "
                    "each point. Give two arrays of the same length."
                )
            is_sound = np.abs(array) < LARGEST  # not for NaN
            if not is_sound.all():
                raise InputError(
                    f"{self.name}: {label} holds {array[~is_sound][0]:g}; all numbers must be "
                    f"finite and below {LARGEST:g}. Leave such points out."
                )
            array.setflags(write=False)
            object.__setattr__(self, label, array)
        if self.r[0] < 0 or (np.diff(self.r) <= 0).any():
            raise InputError(
                f"{self.name}: r must increase from point to point, from 0 or above. Sort the "
                "points by r, and keep one of each."
            )
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))
        object.__setattr__(self, "notes", tuple(self.notes))

    def __repr__(self) -> str:
        return f"<MeasuredPdf {self.name}: {len(self.r)} points to {self.r_max:g} Å>"

    @property
    def qmax(self) -> float | None:
        """Where the Fourier transform ended, Å⁻¹; None if the file does not say."""
        value = self.metadata.get("qmax")
        return None if value is None else float(value)

    @property
    def r_max(self) -> float:
        """Last distance, Å."""
        return float(self.r[-1])


def read_gr(path: str | Path) -> MeasuredPdf:
    """Read a measured PDF from a text file.

    Parameters
    ----------
    path : str or Path
        A .gr file, or another text table whose first two columns are r in Å and G(r) in Å⁻².
        With three columns the third is the uncertainty of G; with four or more it is the fourth.

    Returns
    -------
    MeasuredPdf

    Raises
    ------
    InputError
        If there is no such file, or it is a folder, no ordinary file, or larger than 20 MB.
    DataError
        If it cannot be read as a PDF. The message names the file and the line.

    Examples
    --------
    >>> read_gr("nickel.gr")  # doctest: +SKIP
    <MeasuredPdf nickel.gr: 6001 points to 60 Å>
    """
    path = Path(path)
    lines = re.split(r"\r\n|\n|\r", _decode(_read_bytes(path), path.name))
    if len(lines) > MAX_LINES:
        raise DataError(
            f"{path.name} has {len(lines)} lines; up to {MAX_LINES} are read. A PDF to 100 Å in "
            "steps of 0.01 Å has 10,000. Cut the file, or process with a larger rstep."
        )
    rows = [() if _is_comment(line) else _row(line) for line in lines]
    first = _first_row(lines, rows)
    metadata = read_header(lines[:first], path.name)
    table, numbers = _require_table(lines, rows, first, path.name)
    r, G, error, notes = _clean(table, numbers, path.name)
    _require_angstrom(r, path.name)
    return MeasuredPdf(path.name, r, G, error, metadata, tuple(notes))


def _read_bytes(path: Path) -> bytes:
    """Read a file of reasonable size, or say why not."""
    wanted = "A .gr file is a text table of r and G(r)"
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder. {wanted}. Name the file in it.")
        if not path.exists():
            raise InputError(f"There is no file {path}. {wanted}. Check the name and the folder.")
        if not path.is_file():
            raise InputError(f"{path} is not an ordinary file. {wanted}. Name such a file.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{path} has {size / 1e6:.0f} MB; up to {MAX_BYTES / 1e6:.0f} MB are read. "
                "A PDF to 100 Å in steps of 0.01 Å has 0.2 MB. Cut the file, or name another one."
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}). {wanted}. Check the name and the rights."
        ) from None


def _decode(content: bytes, name: str) -> str:
    """Turn bytes into text: UTF-8, UTF-16 with its mark, or Latin-1."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if not content.strip():
        raise DataError(f"{name} is empty. It must hold rows of r and G(r). Save the PDF again.")
    if content[:2] in (b"\x1f\x8b", b"PK", b"BZ"):
        raise DataError(f"{name} is compressed. Only plain text is read. Unpack it first.")
    control = sum(content.count(bytes([code])) for code in (*range(9), *range(14, 32)))
    if control > len(content) // 1000:
        raise DataError(
            f"{name} is a binary file ({control} control characters). Only plain text is read. "
            "Export r and G(r) as text."
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _fields(line: str) -> list[str]:
    """Split a row at blanks, tabs, commas or semicolons; allow decimal commas where clear."""
    line = line.split("#", 1)[0].strip()
    if "," not in line and ";" not in line:
        return line.split()
    parts = [part.strip() for part in line.split(";")] if ";" in line else line.split()
    parts = [part for part in parts if part]
    if "." not in line and len(parts) > 1 and all(_DECIMAL_COMMA.fullmatch(p) for p in parts):
        return [part.replace(",", ".") for part in parts]
    return [part for part in re.split(r"[,;\s]+", line) if part]


def _row(line: str) -> Row:
    """Read a row of two or more numbers; None if the line is something else."""
    numbers = [parse_number(part) for part in _fields(line)]
    if len(numbers) < 2:
        return None
    row = tuple(number for number in numbers if number is not None)
    return row if len(row) == len(numbers) else None


def _is_comment(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith(_COMMENT)


def _first_row(lines: list[str], rows: list[Row]) -> int:
    """Find where the table begins: after the marker, at the first rows of one width."""
    after = next((i + 1 for i, line in enumerate(lines) if _MARKER.match(line)), 0)
    widths = [(i, len(row or ())) for i, row in enumerate(rows) if row != () and i >= after]
    for place, (i, width) in enumerate(widths):
        if width and all(other == width for _, other in widths[place + 1 : place + 3]):
            return i
    return widths[0][0] if after and widths else len(lines)


def _require_table(
    lines: list[str], rows: list[Row], first: int, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Take the rows and their line numbers; every line is a row, a comment or an error."""
    numbers = [i for i in range(first, len(rows)) if rows[i] != ()]
    width = len(rows[first] or ()) if numbers else 0
    for i in numbers:
        if len(rows[i] or ()) != width or not width:
            raise DataError(
                f"{name}, line {i + 1}: {shorten(lines[i])} is not a row of {width or 2} numbers "
                "like the others. If the file was cut off, save it again; if this is a remark, "
                "begin the line with #."
            )
    _require_rows(len(numbers), name)
    return np.array([rows[i] for i in numbers], dtype=float), np.array(numbers) + 1


def _require_rows(n_rows: int, name: str) -> None:
    if n_rows < MIN_ROWS:
        raise DataError(
            f"{name} holds {n_rows or 'no'} rows of numbers; a PDF has {MIN_ROWS} or more, each "
            "with r in Å and G(r) in Å⁻². Check that this is the file with the data."
        )


def _clean(
    rows: np.ndarray, lines: np.ndarray, name: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, list[str]]:
    """Leave out rows without a value, and require r to increase."""
    notes = []
    is_good = np.isfinite(rows[:, :2]).all(axis=1)
    if not is_good.all():
        n_bad = int((~is_good).sum())
        if n_bad > MAX_GAPS * len(rows):
            raise DataError(
                f"{name}, line {lines[~is_good][0]}: {n_bad} of {len(rows)} rows hold NaN or "
                f"infinity; at most {MAX_GAPS:.0%} may. Process the data again."
            )
        notes.append(f"{n_bad} rows without a finite value were left out")
        rows, lines = rows[is_good], lines[is_good]
    if (np.diff(rows[:, 0]) < 0).all():
        rows, lines = rows[::-1], lines[::-1]
        notes.append("r falls from row to row: the order was turned round")
    steps = np.diff(rows[:, 0])
    is_repeated = np.append(False, (steps == 0) & (np.diff(rows[:, 1]) == 0))
    if is_repeated.any():
        notes.append(f"{int(is_repeated.sum())} repeated rows were left out")
        rows, lines = rows[~is_repeated], lines[~is_repeated]
        steps = np.diff(rows[:, 0])
    if (steps <= 0).any():
        i = int(np.argmax(steps <= 0))
        what = "repeats" if steps[i] == 0 else "goes back"
        raise DataError(
            f"{name}, line {lines[i + 1]}: r {what}, from {rows[i, 0]:g} to {rows[i + 1, 0]:g} Å; "
            "it must increase from row to row. If the file holds more than one curve, keep one."
        )
    _require_rows(len(rows), name)
    if rows[0, 0] < 0:
        raise DataError(
            f"{name}, line {lines[0]}: r is {rows[0, 0]:g} Å; a distance is not negative. "
            "Check that the first column is r."
        )
    error = None
    if rows.shape[1] > 2:
        error = rows[:, 2 if rows.shape[1] == 3 else 3]
        if not (np.isfinite(error) & (error >= 0)).all():
            notes.append("the column of uncertainties holds impossible values and was left out")
            error = None
    return rows[:, 0], rows[:, 1], error, notes


def _require_angstrom(r: np.ndarray, name: str) -> None:
    """Refuse a curve that is far too fine and short for Å."""
    step = float(np.median(np.diff(r)))
    if r[-1] < _NM_RANGE and step < _NM_STEP:
        raise DataError(
            f"{name}: r ends at {r[-1]:g} in steps of {step:.2g}, as if it were in nm; r must be "
            "in Å and G(r) in Å⁻². Multiply r by 10 and divide G by 100, or process to a larger r."
        )
