"""The same crystals measured otherwise: more noise, less Q, hotter, smaller.

A model that was trained on calculated PDFs meets instruments. Each probe changes one condition of
the measurement and leaves the crystals as they are: the fall in accuracy is the price.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.pdf import PdfCalculator

__all__ = ["PROBES", "add_noise", "probe_pdfs"]

PROBES = {
    "noise_10": "white noise of 10 % of the rms of G(r)",
    "noise_30": "white noise of 30 % of the rms of G(r)",
    "qmax_18": "Qmax 18 Å⁻¹ instead of 23",
    "qmax_14": "Qmax 14 Å⁻¹ instead of 23",
    "u_iso_0.003": "U 0.003 Å² instead of 0.008 (cold)",
    "u_iso_0.02": "U 0.02 Å² instead of 0.008 (hot)",
    "diameter_50": "spherical particles of 50 Å",
    "diameter_30": "spherical particles of 30 Å",
}
"""Name of each probe and what it means."""


def add_noise(
    G: npt.ArrayLike, level: float, *, random_state: int | np.random.Generator = 0
) -> np.ndarray:
    """Add white noise to PDFs.

    Parameters
    ----------
    G : array-like of shape (n_samples, n_points)
        PDFs.
    level : float
        Standard deviation of the noise as a share of the root mean square of each PDF.
    random_state : int or numpy.random.Generator, default 0
        Source of randomness.

    Returns
    -------
    ndarray of shape (n_samples, n_points)

    Raises
    ------
    InputError
        If the level is negative or not finite.

    Examples
    --------
    >>> noisy = add_noise(np.ones((1, 10_000)), 0.1)
    >>> round(float(noisy.std()), 2)
    0.1
    """
    if not 0 <= level < np.inf:
        raise InputError(f"The noise level is {level}; it must be 0 or more. Give 0.1 for 10 %.")
    curves = np.asarray(G, dtype=float)
    rng = np.random.default_rng(random_state)
    rms = np.sqrt(np.mean(curves**2, axis=-1, keepdims=True))
    return np.asarray(curves + level * rms * rng.standard_normal(curves.shape))


def probe_pdfs(
    crystals: Sequence[Crystal],
    names: Sequence[str] = tuple(PROBES),
    *,
    random_state: int = 0,
) -> dict[str, np.ndarray]:
    """Calculate the PDFs of crystals under other conditions.

    Parameters
    ----------
    crystals : sequence of Crystal
        Structures.
    names : sequence of str
        Keys of ``PROBES``.
    random_state : int, default 0
        Seed of the noise.

    Returns
    -------
    dict of str to ndarray of shape (n_crystals, 209)

    Raises
    ------
    InputError
        If there is no such probe.
    """
    unknown = [name for name in names if name not in PROBES]
    if unknown:
        raise InputError(f"There is no probe {unknown[0]!r}. Choose from {', '.join(PROBES)}.")
    return {name: _probe(crystals, name, random_state) for name in names}


def _probe(crystals: Sequence[Crystal], name: str, random_state: int) -> np.ndarray:
    quantity, _, value = name.rpartition("_")
    options: dict[str, Any] = {
        "noise": {},
        "qmax": {"qmax": float(value)},
        "u_iso": {"u_iso": float(value)},
        "diameter": {"particle_diameter": float(value)},
    }[quantity]
    calculator = PdfCalculator(**options)
    curves = np.array([calculator.calculate(crystal) for crystal in crystals])
    if quantity == "noise":
        curves = add_noise(curves, float(value) / 100, random_state=random_state)
    return curves.astype(np.float32)
