"""Known crystals to compare a PDF with, allowing for a slightly larger or smaller lattice.

Two crystals of one type have the same PDF but for the scale of r, and the correlation of two PDFs
is lost when peaks at 25 Å are off by their width of 0.2 Å, that is for lattices that differ by 1 %;
calculated lattices are a percent or two too large, and so are measured ones at higher temperature.
The PDF in question is therefore compared as G(s r) for factors s from 0.97 to 1.03, and the best
one counts: then s is the ratio of the lattice of the sample to that of the known crystal.

References
----------
L. Yang et al., Acta Cryst. A76, 395 (2020): known structures screened against a measured PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.neighbours import unit_rows
from edex.spacegroup.pdf import default_grid
from edex.spacegroup.resampling import band_limited

__all__ = ["KnownCrystal", "Library"]

_WIDEST = 0.03  # change of the lattice
_STEP = 0.0025  # moves a peak at 29 Å by 0.07 Å, a third of its width


@dataclass(frozen=True)
class KnownCrystal:
    """A known crystal whose simulated PDF is like the one in question.

    Attributes
    ----------
    source_id : str
        Where it comes from, for example "mp-22862".
    formula : str
        Reduced formula.
    space_group_number : int or None
        Its space group.
    correlation : float
        Pearson correlation of the two PDFs at the best lattice ratio.
    lattice_ratio : float
        Lattice of the sample over that of the known crystal, in steps of 0.0025.
    """

    source_id: str
    formula: str
    space_group_number: int | None
    correlation: float
    lattice_ratio: float = 1.0


class Library:
    """Simulated PDFs of known crystals.

    Parameters
    ----------
    crystals : sequence of Crystal
        The crystals.
    G : array-like of shape (n_crystals, n_points)
        Their PDFs, Å⁻².
    r : array-like of shape (n_points,), optional
        Their grid in Å; the default grid by default.
    formulas : sequence of str of length n_crystals, optional
        How to call them; the formulas of the crystals by default.

    Raises
    ------
    InputError
        If there are no crystals, or not one PDF on the grid for each.
    """

    def __init__(
        self,
        crystals: Sequence[Crystal],
        G: npt.ArrayLike,
        r: npt.ArrayLike | None = None,
        *,
        formulas: Sequence[str] | None = None,
    ) -> None:
        self.crystals = tuple(crystals)
        self._formulas = tuple(formulas or (crystal.formula for crystal in self.crystals))
        self.r = default_grid() if r is None else np.array(r, dtype=float)
        pdfs = np.asarray(G)
        n_crystals = len(self.crystals)
        if not n_crystals or pdfs.shape != (n_crystals, len(self.r)):
            raise InputError(
                f"There are {n_crystals} crystals and PDFs of shape {pdfs.shape}; each crystal "
                f"needs one PDF of {len(self.r)} points. Calculate them on the same grid."
            )
        if len(self._formulas) != n_crystals:
            raise InputError(
                f"There are {n_crystals} crystals and {len(self._formulas)} formulas; each needs "
                "one. Leave the formulas out to take those of the crystals."
            )
        self._factors = 1 + _STEP * np.arange(-round(_WIDEST / _STEP), round(_WIDEST / _STEP) + 1)
        # Where all stretched curves are known.
        self._shared = (self.r >= self.r[0] / self._factors[0]) & (
            self.r <= self.r[-1] / self._factors[-1]
        )
        self._rows = unit_rows(pdfs[:, self._shared])

    def __len__(self) -> int:
        return len(self.crystals)

    def nearest(self, G: npt.ArrayLike, k: int = 3) -> list[KnownCrystal]:
        """Find the known crystals whose PDFs are most like one.

        Parameters
        ----------
        G : array-like of shape (n_points,)
            A PDF on the grid.
        k : int, default 3
            How many; fewer if fewer are known.

        Returns
        -------
        list of KnownCrystal
            Most similar first; of equal ones, the first in the library.

        Raises
        ------
        InputError
            If the PDF is not on the grid, or k is not positive.
        """
        values = np.asarray(G, dtype=float)
        if values.shape != self.r.shape or not np.isfinite(values).all():
            raise InputError(
                f"The PDF has shape {values.shape}; {len(self.r)} finite numbers are needed. "
                "Bring it to the grid with to_grid."
            )
        if int(k) != k or k < 1:
            raise InputError(f"k is {k}; it must be 1 or more. Give a whole number.")
        correlations = unit_rows(self._stretched(values)) @ self._rows.T
        best = np.asarray(correlations, dtype=float).round(5).argmax(axis=0)
        heights = correlations[best, np.arange(len(self))].astype(float).round(5)
        order = np.argsort(-heights, kind="stable")[: int(k)]
        return [
            KnownCrystal(
                self.crystals[i].source_id,
                self._formulas[i],
                self.crystals[i].space_group_number,
                float(np.clip(heights[i], -1.0, 1.0)),
                float(self._factors[best[i]].round(6)),
            )
            for i in order
        ]

    def _stretched(self, G: np.ndarray) -> np.ndarray:
        """Give G(s r) for all factors s, where all of them are known."""
        r = self.r[self._shared]
        cut = np.pi * (len(self.r) - 1) / (self.r[-1] - self.r[0])
        rows = [band_limited(self.r, G, factor * r, cut) for factor in self._factors]
        return np.array(rows)
