"""Bring a measured PDF onto the grid of the model, and see whether it is a G(r) at all.

The model knows G(r) at r = nπ/23 Å and what diffraction sees up to Qmax = 23 Å⁻¹. A PDF that was
transformed to 25 Å⁻¹ and merely read off at these points would fold the part above 23 back into
the part below (aliasing), so that part is removed on the way. Other functions of the same name,
R(r) = r (G + 4πρ₀r) or g(r) = 1 + G/(4πρ₀r), are recognised and refused with the conversion.

References
----------
D. A. Keen, J. Appl. Cryst. 34, 172 (2001): the functions that are called PDF, and their relations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from edex.errors import InputError
from edex.spacegroup.gr_files import MeasuredPdf, read_gr
from edex.spacegroup.pdf import default_grid
from edex.spacegroup.resampling import HIGHEST_QMAX, band_limited, spectrum_end

__all__ = ["GridPdf", "MeasuredPdf", "check_quality", "read_gr", "resample", "to_grid"]

# A small model that was right for 49 % of unseen structure types was so for 41 % when G was set to
# zero beyond 20 Å, 30 % beyond 15 Å; and for 47 % at Qmax = 10 Å⁻¹, 40 % at 6 Å⁻¹.
LEAST_RANGE = 2 / 3  # of the grid: 20 of 30 Å
LOWEST_QMAX = 10.0  # Å⁻¹
_FEWEST_POINTS = 20
_UNEVEN_STEP = 0.06  # Å: a cubic spline through such steps errs by 0.5 % at Q = 23
_FEWEST_CROSSINGS = 6
# Spread of G beyond 15 Å over that below 10 Å: 0.2 to 1.5 in crystals, 0.2 at a diameter of 30 Å.
_LITTLE = 0.2


@dataclass(frozen=True, eq=False)
class GridPdf:
    """A PDF on the grid of the model.

    Attributes
    ----------
    r : ndarray of shape (n_points,)
        Å.
    G : ndarray of shape (n_points,)
        Å⁻².
    notes : tuple of str
        What was done to it, and what that means for a prediction.
    """

    r: np.ndarray
    G: np.ndarray
    notes: tuple[str, ...]


def to_grid(
    pdf: MeasuredPdf | tuple[npt.ArrayLike, npt.ArrayLike],
    r: npt.ArrayLike | None = None,
    *,
    qmax: float | None = None,
) -> np.ndarray:
    """Bring a measured PDF onto a grid; as :func:`resample`, without the notes.

    Parameters
    ----------
    pdf : MeasuredPdf or pair of array-like
        The PDF, or its r (Å) and G (Å⁻²).
    r : array-like of shape (n_points,), optional
        The grid in Å, even steps; that of the model by default.
    qmax : float, optional
        Where to cut in Q, Å⁻¹; π over the step of the grid by default.

    Returns
    -------
    ndarray of shape (n_points,)
        G in Å⁻².

    Raises
    ------
    InputError
        As :func:`resample`.

    Examples
    --------
    >>> r = np.arange(0, 40, 0.01)
    >>> G = to_grid((r, np.exp(-((r - 10.0) ** 2) / 0.02)))
    >>> len(G), round(float(G.max()), 2)
    (209, 0.94)
    """
    return resample(pdf, r, qmax=qmax).G


def resample(
    pdf: MeasuredPdf | tuple[npt.ArrayLike, npt.ArrayLike],
    r: npt.ArrayLike | None = None,
    *,
    qmax: float | None = None,
) -> GridPdf:
    """Cut a measured PDF at the Qmax of a grid and read it off there.

    Parameters
    ----------
    pdf : MeasuredPdf or pair of array-like
        The PDF, or its r (Å) and G (Å⁻²).
    r : array-like of shape (n_points,), optional
        The grid in Å, even steps; that of the model by default.
    qmax : float, optional
        Where to cut in Q, Å⁻¹; π over the step of the grid by default.

    Returns
    -------
    GridPdf

    Raises
    ------
    InputError
        If the curve is too short or too coarse for the grid, or its Qmax is far too low.
    """
    if not isinstance(pdf, MeasuredPdf):
        pdf = MeasuredPdf("This PDF", np.asarray(pdf[0]), np.asarray(pdf[1]))
    grid = _require_grid(r)
    cut = _require_cut(qmax, np.pi * (len(grid) - 1) / float(grid[-1] - grid[0]))
    notes: list[str] = []
    even_r, even_G = _even_steps(pdf, notes)
    step = float(even_r[1] - even_r[0])
    _check_resolution(pdf, even_r, even_G, cut, notes)
    inside = grid <= _check_range(pdf, grid, step, notes)
    G = np.zeros(len(grid))
    G[inside] = band_limited(even_r, even_G, grid[inside], min(cut, np.pi / step))
    return GridPdf(grid, G, tuple(notes))


def _require_grid(r: npt.ArrayLike | None) -> np.ndarray:
    if r is None:
        return default_grid()
    grid = np.array(r, dtype=float)
    steps = np.diff(grid) if grid.ndim == 1 else np.empty(0)
    if len(steps) < 1 or not (steps > 0).all() or not np.allclose(steps, steps[0], rtol=1e-3):
        raise InputError(
            f"The grid has shape {grid.shape} and no even steps; r must rise by the same step from "
            "point to point. Leave it out for the grid of the model."
        )
    return grid


def _require_cut(qmax: float | None, highest: float) -> float:
    if qmax is None:
        return highest
    if not 0 < qmax <= highest * (1 + 1e-6):
        raise InputError(
            f"qmax is {qmax:g} Å⁻¹; a grid with this step holds up to {highest:.4g} Å⁻¹ (π over "
            "the step). Give a lower one, or leave it out."
        )
    return float(qmax)


def _even_steps(pdf: MeasuredPdf, notes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Give the curve in even steps: as measured but for rounding, or through a spline."""
    if len(pdf.r) < _FEWEST_POINTS:
        raise InputError(
            f"{pdf.name} has {len(pdf.r)} points; {_FEWEST_POINTS} or more are needed. Give the "
            "whole curve."
        )
    numbers = np.arange(len(pdf.r)) - (len(pdf.r) - 1) / 2
    centre = pdf.r.mean()
    step = float(numbers @ (pdf.r - centre) / (numbers @ numbers))
    even = centre + step * numbers
    if np.abs(even - pdf.r).max() < 0.08 * step:  # rounded when it was written
        return even, pdf.G
    gaps = np.diff(pdf.r)
    if gaps.max() > _UNEVEN_STEP:
        raise InputError(
            f"{pdf.name}: the steps of r are uneven, up to {gaps.max():.3g} Å (after r = "
            f"{pdf.r[gaps.argmax()]:.4g} Å); uneven steps may be {_UNEVEN_STEP} Å at most. "
            "Process the data again with rstep = 0.01."
        )
    notes.append("the steps of r are uneven: G was brought to even ones by a cubic spline")
    even = pdf.r[0] + 0.01 * np.arange(int((pdf.r[-1] - pdf.r[0]) / 0.01 + 1e-6) + 1)
    return even, CubicSpline(pdf.r, pdf.G)(even)


def _check_resolution(
    pdf: MeasuredPdf, r: np.ndarray, G: np.ndarray, cut: float, notes: list[str]
) -> None:
    """Refuse a curve that is too coarse or too blurred; note a lower Qmax."""
    step = float(r[1] - r[0])
    stated = pdf.qmax
    if stated is not None and 3.0 <= stated <= HIGHEST_QMAX:
        end, whose = stated, "Qmax"
    else:
        end, whose = spectrum_end(r, G), "Qmax (not stated; judged from the curve)"
        if stated is not None:
            notes.append(f"the header states Qmax = {stated:g}, which cannot be in Å⁻¹")
    # What lies above π/h appears at 2π/h − Q: that must stay out of the range that is used.
    if min(np.pi / step, 2 * np.pi / step - end) < min(cut, end) * (1 - 1e-3):
        raise InputError(
            f"{pdf.name}: the step of r is {step:.3g} Å, too coarse for Qmax = {end:.3g} Å⁻¹; at "
            f"most π/Qmax = {np.pi / end:.3g} Å is allowed. Process the data again with "
            "rstep = 0.01."
        )
    if end < LOWEST_QMAX:
        raise InputError(
            f"{pdf.name}: {whose} is {end:.3g} Å⁻¹, and atomic shells are not resolved; "
            f"{LOWEST_QMAX:g} Å⁻¹ or more is needed. Measure to higher Q."
        )
    if end < 0.96 * cut:
        notes.append(
            f"{whose} is {end:.3g} Å⁻¹ and the model was trained at {cut:.3g}: the peaks are wider "
            "than those it knows"
        )


def _check_range(pdf: MeasuredPdf, grid: np.ndarray, step: float, notes: list[str]) -> float:
    """Refuse a curve that misses bonds or most shells; give the last r to read off."""
    if pdf.r[0] > grid[0] + max(step, 0.01):
        raise InputError(
            f"{pdf.name} begins at r = {pdf.r[0]:.4g} Å; it must begin at {grid[0]:.4g} Å or "
            "before, for short bonds matter. Process the data again with rmin = 0."
        )
    shortest = LEAST_RANGE * float(grid[-1])
    if pdf.r_max < shortest:
        raise InputError(
            f"{pdf.name} ends at r = {pdf.r_max:.4g} Å; it must reach {shortest:.3g} Å, for the "
            f"model reads the shells up to {grid[-1]:.4g} Å. Process the data again with rmax = 30."
        )
    last = pdf.r_max + float(grid[1] - grid[0]) / 2
    n_missing = int((grid > last).sum())
    if n_missing:
        notes.append(
            f"it ends at r = {pdf.r_max:.4g} Å: the last {n_missing} of {len(grid)} points were "
            "set to zero, as if the crystal ended there; take the probabilities with care"
        )
    return last


def check_quality(pdf: MeasuredPdf) -> tuple[str, ...]:
    """See whether a curve is a G(r), and what may spoil a prediction from it.

    G(r) swings about zero at all r. At large r, g(r) swings about 1, ρ(r) about ρ₀,
    T(r) about 4πρ₀r and R(r) about 4πρ₀r²: the power of r that the mean follows tells which it is.

    Parameters
    ----------
    pdf : MeasuredPdf
        The curve.

    Returns
    -------
    tuple of str
        Things to know; empty if there are none.

    Raises
    ------
    InputError
        If the curve is none, or is another function than G(r).
    """
    is_used = (pdf.r >= 1.5) & (pdf.r <= 30.0)
    r, G = pdf.r[is_used], pdf.G[is_used]
    if len(r) < _FEWEST_POINTS:
        raise InputError(
            f"{pdf.name} has {len(r)} points between 1.5 and 30 Å; {_FEWEST_POINTS} or more are "
            "needed. Give the whole curve."
        )
    size = float(np.sqrt(np.mean(G**2)))
    if not size > 1e-100 or np.ptp(G) < 1e-9 * size:
        raise InputError(
            f"{pdf.name} holds the same value, {G[0]:g}, at all r; a PDF has peaks. Check the "
            "columns of the file."
        )
    _require_zero_mean(pdf.name, r, G, size)
    n_crossings = int((np.diff(np.sign(G - G.mean())) != 0).sum())
    if G.min() >= 0 or n_crossings < _FEWEST_CROSSINGS:
        what = "never falls below zero" if G.min() >= 0 else f"swings only {n_crossings} times"
        raise InputError(
            f"{pdf.name} {what} between 1.5 and 30 Å; G(r) swings about zero with every atomic "
            "shell. Check that the columns are r and G(r), not a diffraction pattern."
        )
    notes = []
    largest = float(np.abs(G).max())
    low = pdf.G[pdf.r < 1.2]
    if len(low) and np.abs(low).max() > largest:
        notes.append(
            "below 1.2 Å, where no atoms are, it is larger than at any bond: the data reduction "
            "left an error that may reach the first peaks"
        )
    far, near = G[r > 15.0], G[r <= 10.0]
    if len(far) and len(near) and far.std() < _LITTLE * near.std():
        notes.append(
            "little structure is left beyond 15 Å, as in glasses and in nanoparticles below 30 Å; "
            "the model was trained on larger crystals"
        )
    if not 0.05 < largest < 100:
        notes.append(
            f"its largest value is {largest:.3g}, unusual for G(r) in Å⁻²; the model reads the "
            "shape alone"
        )
    return tuple(notes)


def _require_zero_mean(name: str, r: np.ndarray, G: np.ndarray, size: float) -> None:
    """Recognise relatives of G(r) by the mean that they follow at large r."""
    edges = np.linspace(r[0], r[-1], 5)
    early = (r >= edges[1]) & (r < edges[2])
    late = r >= edges[3]
    if early.sum() < 4 or late.sum() < 4:
        return
    level = float(G[late].mean())
    line = np.polynomial.Polynomial.fit(r[late], G[late], 1)
    swing = float((G[late] - line(r[late])).std())
    if abs(level) < 2 * swing or abs(level) < 0.3 * size:
        return
    before = float(G[early].mean())
    power = float("nan")
    if level * before > 0:
        power = float(np.log(level / before) / np.log(r[late].mean() / r[early].mean()))
    if level > 0 and abs(power) < 0.35:
        is_g = 0.7 < level < 1.4
        what, rule = (
            ("g(r), which swings about 1", "G(r) = 4πρ₀r (g(r) − 1)")
            if is_g
            else (f"ρ(r), which swings about ρ₀ = {level:.3g}", "G(r) = 4πr (ρ(r) − ρ₀)")
        )
    elif level > 0 and abs(power - 1) < 0.35:
        what, rule = "T(r), which rises as 4πρ₀r", "G(r) = T(r) − 4πρ₀r"
    elif level > 0 and abs(power - 2) < 0.35:
        what, rule = "R(r), which rises as 4πρ₀r²", "G(r) = R(r)/r − 4πρ₀r"
    else:
        raise InputError(
            f"{name} swings about {level:.3g} at large r; G(r) in Å⁻² swings about zero. Check "
            "the columns, and the data reduction."
        )
    raise InputError(
        f"{name} looks like {what}; the model needs G(r), which swings about zero. Convert it, "
        f"with ρ₀ the number of atoms in 1 Å³: {rule}."
    )
