"""Measured pair distribution functions of a few crystals whose space group is known.

G(r) = 4 pi r [rho(r) - rho_0] in Å⁻², by Fourier transform of measured x-ray scattering up to
Qmax. The overall scale is not calibrated; positions and relative heights of the peaks count.

Reference: the worked examples of S. J. L. Billinge, K. M. Ø. Jensen, *Atomic Pair Distribution
Function Analysis: A Primer* (Oxford University Press, 2023).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

__all__ = ["MeasuredCurve", "load_measured_pdfs"]

_FILE = "measured_pdfs.csv"


@dataclass(frozen=True, eq=False)
class MeasuredCurve:
    """One measured pair distribution function.

    Attributes
    ----------
    name : str
        What to call it in a table.
    material : str
        Chemical formula, with dopants.
    space_group_number : int
        Space group at the temperature of the measurement, from the crystallographic literature.
    is_scored : bool
        Whether it counts when a classifier is scored: its space group is one of the eight of the
        course, and no other scored curve shows the same material in the same state.
    radiation : str or None
        ``"xray"``, or None if the file does not say.
    qmax : float or None
        End of the Fourier transform, Å⁻¹; None if the file does not say.
    temperature : float or None
        In K; None if the file does not say.
    note : str
        What to know before believing it.
    r : ndarray of shape (1600,)
        Distances from 0.02 to 32 Å in steps of 0.02 Å.
    G : ndarray of shape (1600,)
        Reduced pair distribution function, Å⁻².
    """

    name: str
    material: str
    space_group_number: int
    is_scored: bool
    radiation: str | None
    qmax: float | None
    temperature: float | None
    note: str
    r: np.ndarray
    G: np.ndarray


# column of the file: what we know of it, in the order of MeasuredCurve
_KNOWN = {
    "ni": (
        "Ni",
        "Ni",
        225,
        True,
        "xray",
        25.0,
        None,
        "Nickel powder, a usual standard. The file gives no temperature.",
    ),
    "si": (
        "Si",
        "Si",
        227,
        True,
        None,
        None,
        None,
        "Silicon powder, a usual standard. The file says nothing but 'silicon'.",
    ),
    "bazn2as2_300k": (
        "BaZn2As2, 300 K",
        "Ba0.7K0.3(Zn0.85Mn0.15)2As2",
        139,
        True,
        "xray",
        25.0,
        300.0,
        "Heavily doped: K on the Ba site, Mn on the Zn site. The header says composition Ni, "
        "which is wrong; the name of the file it was made from says what it is.",
    ),
    "srfe2as2_246k": (
        "SrFe2As2, 246 K",
        "SrFe2As2",
        139,
        True,
        "xray",
        25.0,
        246.0,
        "Above the structural transition near 200 K, so tetragonal.",
    ),
    "ni_second": (
        "Ni, second file",
        "Ni",
        225,
        False,
        None,
        None,
        None,
        "Nickel again, so not scored. The file says nothing but 'nickel'; its values are 2.2 "
        "times those of the first file, its Fourier transform ends near 26 Å⁻¹.",
    ),
    "srfe2as2_150k": (
        "SrFe2As2, 150 K",
        "SrFe2As2",
        69,
        False,
        "xray",
        25.0,
        150.0,
        "Below the transition: orthorhombic, a distortion of about 1 % of the tetragonal "
        "structure. Its space group is none of the eight, so not scored.",
    ),
    "cdse": (
        "CdSe",
        "CdSe",
        186,
        False,
        None,
        19.0,
        None,
        "Bulk powder, wurtzite. Its space group is none of the eight, so not scored. Stacking "
        "faults, layers of zincblende (216), are common in CdSe.",
    ),
}


def load_measured_pdfs() -> list[MeasuredCurve]:
    """Load seven measured curves, four of them to score a classifier with.

    Returns
    -------
    list of MeasuredCurve
        Those to be scored come first. The arrays are read-only.

    Examples
    --------
    >>> for curve in load_measured_pdfs():
    ...     if curve.is_scored:
    ...         print(curve.name, curve.space_group_number)
    Ni 225
    Si 227
    BaZn2As2, 300 K 139
    SrFe2As2, 246 K 139
    """
    columns = _read_columns()
    return [
        MeasuredCurve(*known, r=columns["r"], G=columns[column]) for column, known in _KNOWN.items()
    ]


@lru_cache(maxsize=1)
def _read_columns() -> dict[str, np.ndarray]:
    """Read the embedded table."""
    path = resources.files("edex.datasets") / _FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    header, *rows = (line.split(",") for line in lines if not line.startswith("#"))
    columns = dict(zip(header, np.array(rows, dtype=float).T, strict=True))
    for column in columns.values():
        column.setflags(write=False)
    return columns
