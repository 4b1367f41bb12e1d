"""Robeson's upper bounds: how selective a polymer film can be at a given permeability.

Films that let much through separate badly. On a plot of log10 selectivity against log10
permeability of the faster gas, almost all polymers lie below a straight line,

    P_fast = k α^n,   α = P_fast / P_slow,   n < 0,

drawn by eye through the best of their time: in 1991, and again in 2008. Distance from it is taken
*at fixed permeability*, in decades of selectivity,

    d = log10 α - (log10 P_fast - log10 k) / n,

because that is the question asked of a new material, how much purer a gas at the same flow; d > 0
lies above the bound. (Perpendicular distance would add decades of two different quantities.)

References
----------
L. M. Robeson, J. Membr. Sci. 320, 390 (2008), doi 10.1016/j.memsci.2008.04.030, table 12: k and n
of 2008 and, restated, of the prior bounds.
L. M. Robeson, J. Membr. Sci. 62, 165 (1991), and L. M. Robeson, W. F. Burgoyne, M. Langsam,
A. C. Savoca, C. F. Tien, Polymer 35, 4970 (1994): the prior bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from edex.errors import InputError

__all__ = [
    "PAIRS",
    "PRIOR_PAIRS",
    "BoundDistance",
    "UpperBound",
    "distance_above_bound",
    "selectivity",
    "upper_bound",
]

_LINES: dict[int, dict[str, tuple[float, float]]] = {
    2008: {
        "O2/N2": (1_396_000, -5.666),
        "CO2/CH4": (5_369_140, -2.636),
        "CO2/N2": (30_967_000, -2.888),
        "H2/N2": (97_650, -1.4841),
        "H2/CH4": (27_200, -1.107),
        "H2/CO2": (4_515, -2.302),
        "He/N2": (19_890, -1.017),
        "He/CH4": (19_800, -0.809),
        "He/H2": (59_910, -4.864),
        "He/CO2": (3_760, -1.192),
        "N2/CH4": (2_570, -4.507),
    },
    1991: {
        "O2/N2": (389_224, -5.800),
        "CO2/CH4": (1_073_700, -2.6264),
        "H2/N2": (52_918, -1.5275),
        "H2/CH4": (18_500, -1.2112),
        "H2/CO2": (1_200, -1.9363),
        "He/N2": (12_500, -1.0242),
        "He/CH4": (5_002, -0.7857),
        "He/H2": (960, -4.9535),
        "He/CO2": (705, -1.220),
        "H2/O2": (35_760, -2.277),
        "He/O2": (4_600, -1.295),
    },
}
PAIRS: tuple[str, ...] = tuple(_LINES[2008])
PRIOR_PAIRS: tuple[str, ...] = tuple(_LINES[1991])


@dataclass(frozen=True)
class UpperBound:
    """One upper bound.

    Attributes
    ----------
    pair : str
        The gases, the faster first, for example ``"CO2/CH4"``.
    year : int
        2008, or 1991 for the bound before it.
    k : float
        Permeability of the faster gas at selectivity 1, barrer.
    n : float
        Slope of log10 permeability on log10 selectivity.
    """

    pair: str
    year: int
    k: float
    n: float

    def log10_selectivity(self, log10_permeability: npt.ArrayLike) -> np.ndarray:
        """Return the log10 selectivity of the bound.

        Parameters
        ----------
        log10_permeability : array-like
            log10 of the permeability of the faster gas in barrer.
        """
        above_one = np.asarray(log10_permeability, dtype=float) - np.log10(self.k)
        return np.asarray(above_one / self.n)

    def permeability(self, selectivity: npt.ArrayLike) -> np.ndarray:
        """Return the permeability (barrer) of the faster gas on the bound."""
        return np.asarray(self.k * np.asarray(selectivity, dtype=float) ** self.n)


@dataclass(frozen=True)
class BoundDistance:
    """How far above an upper bound polymers lie.

    Attributes
    ----------
    decades : ndarray
        Decades of selectivity above the bound at fixed permeability; negative below.
    standard_error : ndarray or None
        Of ``decades``; None where no uncertainty was given.
    probability : ndarray or None
        That the polymer lies above the bound, with normal errors.
    """

    decades: np.ndarray
    standard_error: np.ndarray | None
    probability: np.ndarray | None


def upper_bound(pair: str, *, year: int = 2008) -> UpperBound:
    """Return the upper bound of a pair of gases.

    Parameters
    ----------
    pair : str
        The faster gas first, for example ``"CO2/CH4"``; for 2008 one of :data:`PAIRS`.
    year : {2008, 1991}, default 2008
        1991 stands for the prior bounds, as restated in 2008; some of them are of 1994.

    Returns
    -------
    UpperBound

    Raises
    ------
    InputError
        If there is no such bound.

    Examples
    --------
    >>> upper_bound("O2/N2").n
    -5.666
    """
    if year not in _LINES:
        raise InputError(
            f"There is no upper bound of {year!r}; there are those of 2008 and of 1991 (prior). "
            "Choose year=2008 or year=1991."
        )
    lines = _LINES[year]
    if pair not in lines:
        fast, _, slow = str(pair).partition("/")
        swapped = f"{slow}/{fast}"
        near = [swapped] if swapped in lines else get_close_matches(str(pair), lines, n=1)
        other = next((y for y in _LINES if pair in _LINES[y]), None)
        hint = f"Perhaps you mean {near[0]!r}." if near else "Choose one of them."
        if other:
            hint = f"{pair} has one of {other}."
        raise InputError(
            f"There is no upper bound of {year} for {pair!r}; there are {', '.join(lines)} (the "
            f"faster gas first). {hint}"
        )
    return UpperBound(pair, year, *lines[pair])


def selectivity(p_fast: npt.ArrayLike, p_slow: npt.ArrayLike) -> np.ndarray:
    """Return the selectivity α = P_fast / P_slow.

    Parameters
    ----------
    p_fast, p_slow : array-like
        Permeabilities in the same unit, for example barrer; NaN where one is not known.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If a permeability is zero or negative.
    """
    fast, slow = np.asarray(p_fast, dtype=float), np.asarray(p_slow, dtype=float)
    for name, values in (("p_fast", fast), ("p_slow", slow)):
        if (values <= 0).any():
            raise InputError(
                f"{name} holds {values[values <= 0].flat[0]:g}; a permeability is positive. Give "
                "permeabilities in barrer, not their logarithms, and NaN for what is not known."
            )
    return np.asarray(fast / slow)


def distance_above_bound(
    log10_p_fast: npt.ArrayLike,
    log10_p_slow: npt.ArrayLike,
    pair: str,
    *,
    uncertainty: npt.ArrayLike | None = None,
    correlation: float = 0.0,
    year: int = 2008,
) -> BoundDistance:
    """Return how far above the upper bound polymers lie, at fixed permeability.

    The distance d = (1 - 1/n) log10 P_fast - log10 P_slow + (log10 k)/n is linear, so its variance
    is exact: with standard errors s_f, s_s and their correlation ρ,
    s² = (1 - 1/n)² s_f² + s_s² - 2 ρ (1 - 1/n) s_f s_s. Errors of two gases in one polymer are
    strongly correlated; leaving ρ out makes the error bar too long.

    Parameters
    ----------
    log10_p_fast, log10_p_slow : array-like of shape (n_polymers,)
        log10 of permeability in barrer.
    pair : str
        The gases, the faster first, for example ``"CO2/CH4"``.
    uncertainty : array-like, default None
        Standard errors of the two logarithms, of shape (2,) or (2, n_polymers), or one for both.
    correlation : float or array-like of shape (n_polymers,), default 0.0
        Of the two errors, from -1 to 1.
    year : {2008, 1991}, default 2008
        Which bound.

    Returns
    -------
    BoundDistance

    Raises
    ------
    InputError
        If there is no such bound, or the shapes or the errors make no sense.

    Examples
    --------
    >>> distance = distance_above_bound([3.0], [1.0], "CO2/CH4", uncertainty=0.1)
    >>> round(float(distance.decades[0]), 2), round(float(distance.standard_error[0]), 2)
    (0.59, 0.17)
    """
    bound = upper_bound(pair, year=year)
    fast, slow = np.asarray(log10_p_fast, dtype=float), np.asarray(log10_p_slow, dtype=float)
    if fast.shape != slow.shape:
        raise InputError(
            f"log10_p_fast has shape {fast.shape} and log10_p_slow {slow.shape}; they must be of "
            "the same polymers. Take both columns from the same rows."
        )
    decades = np.asarray(fast - slow - bound.log10_selectivity(fast))
    if uncertainty is None:
        return BoundDistance(decades, None, None)
    errors, rho = np.asarray(uncertainty, dtype=float), np.asarray(correlation, dtype=float)
    if errors.ndim and (errors.shape[0] != 2 or errors.shape[1:] not in ((), fast.shape)):
        raise InputError(
            f"uncertainty has shape {errors.shape}; it must be one number, two (fast, slow), or "
            f"two rows for {fast.size} polymers. Stack the two columns: np.stack([s_fast, s_slow])."
        )
    if (errors < 0).any() or (np.abs(rho) > 1).any():
        raise InputError(
            "A standard error is negative or the correlation is beyond -1 … 1. Give standard "
            "deviations (not variances) of log10 permeability."
        )
    s_fast, s_slow = errors if errors.ndim else (errors, errors)
    weight = 1 - 1 / bound.n
    variance = (weight * s_fast) ** 2 + s_slow**2 - 2 * rho * weight * s_fast * s_slow
    spread = np.broadcast_to(np.sqrt(np.maximum(variance, 0.0)), decades.shape).copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        probability = np.where(spread > 0, norm.cdf(decades / spread), (decades > 0) * 1.0)
    probability = np.where(np.isnan(decades), np.nan, probability)
    return BoundDistance(decades, spread, probability)
