r"""Mössbauer spectra of iron with two lines each, simulated, so that the truth is known.

An electric field gradient at an iron nucleus splits its 14.4 keV line into two. A thin absorber
that moves with the velocity v takes from the beam the share

    effect(v) = depth / 2 * (L(v - shift + splitting / 2) + L(v - shift - splitting / 2)),

with Lorentz lines L(x) = 1 / (1 + (2 x / width)^2) of height 1. What is counted behind it is a
Poisson number of mean baseline * (1 - effect). No unbiased estimate of the splitting can be better
than the bound of Cramér and Rao, which :func:`splitting_bound` computes.

References
----------
P. Gütlich, E. Bill, A. X. Trautwein, Mössbauer Spectroscopy and Transition Metal Chemistry
(Springer, 2011), doi 10.1007/978-3-540-88428-6.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from edex.errors import InputError
from edex.examples.arguments import finite_array, require_count, require_number

__all__ = ["Doublets", "doublet_effect", "fit_doublet", "simulate_doublets", "splitting_bound"]

_LAST = 3.0  # mm/s; the spectra go from minus to plus this
_SPLITTINGS, _SHIFTS = (0.0, 2.0), (-0.4, 1.2)  # mm/s
_WIDTHS, _DEPTHS = (0.25, 0.45), (0.05, 0.15)  # mm/s; share of the beam
# Where a fit may go: splitting, isomer shift, width in mm/s, depth.
_LOWEST, _HIGHEST = (0.0, -_LAST, 0.15, 0.0), (2 * _LAST, _LAST, 1.0, 1.0)
_SCALES = (0.3, 0.3, 0.1, 0.03)


@dataclass(frozen=True)
class Doublets:
    """Simulated spectra with two lines each, and what they were made from.

    Attributes
    ----------
    velocities : ndarray of shape (n_channels,)
        Velocity of each channel, mm/s.
    counts : ndarray of int, shape (n_samples, n_channels)
        Counted photons.
    baseline : float
        Mean counts of a channel far from any line.
    splitting : ndarray of shape (n_samples,)
        Distance of the two lines, mm/s: the quadrupole splitting.
    isomer_shift : ndarray of shape (n_samples,)
        Middle of the two lines, mm/s.
    width : ndarray of shape (n_samples,)
        Full width of each line at half its height, mm/s.
    depth : ndarray of shape (n_samples,)
        Share of the beam that both lines would take if they were one.
    """

    velocities: np.ndarray
    counts: np.ndarray
    baseline: float
    splitting: np.ndarray
    isomer_shift: np.ndarray
    width: np.ndarray
    depth: np.ndarray

    @property
    def effect(self) -> np.ndarray:
        """Share of the beam that is missing in each channel, with its noise."""
        return 1.0 - self.counts / self.baseline


def doublet_effect(
    velocities: npt.ArrayLike, splitting: float, isomer_shift: float, width: float, depth: float
) -> np.ndarray:
    """Give the share of the beam that two lines take.

    Parameters
    ----------
    velocities : array-like of shape (n_channels,)
        In mm/s.
    splitting, isomer_shift, width : float
        Distance, middle and full width at half height of the lines, mm/s.
    depth : float
        Share of the beam that both lines would take if they were one.

    Returns
    -------
    ndarray of shape (n_channels,)

    Examples
    --------
    >>> effect = doublet_effect([-1.0, 0.0, 1.0], 2.0, isomer_shift=0.0, width=0.2, depth=0.1)
    >>> effect.round(3)
    array([0.05 , 0.001, 0.05 ])
    """
    v = finite_array("velocities", velocities, "mm/s")
    width = require_number("width", width, "mm/s", positive=True)
    left = 1.0 / (1.0 + (2.0 * (v - isomer_shift + splitting / 2) / width) ** 2)
    right = 1.0 / (1.0 + (2.0 * (v - isomer_shift - splitting / 2) / width) ** 2)
    effect: np.ndarray = 0.5 * depth * (left + right)
    return effect


def simulate_doublets(
    n_samples: int, *, n_channels: int = 64, baseline: float = 20_000.0, random_state: int
) -> Doublets:
    """Count spectra of random iron sites.

    Splittings are uniform from 0 to 2 mm/s, isomer shifts from -0.4 to 1.2 mm/s, widths from 0.25
    to 0.45 mm/s, depths from 5 to 15 %, all independent of each other. Those of real sites are not:
    high-spin iron(II) has both a larger shift and a larger splitting than iron(III).

    Parameters
    ----------
    n_samples : int
        Number of spectra.
    n_channels : int, default 64
        Channels from -3 to 3 mm/s.
    baseline : float, default 20000
        Mean counts of a channel far from any line.
    random_state : int
        Seed.

    Returns
    -------
    Doublets

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> doublets = simulate_doublets(5, random_state=0)
    >>> doublets.counts.shape
    (5, 64)
    """
    n = require_count("n_samples", n_samples)
    velocities = np.linspace(-_LAST, _LAST, require_count("n_channels", n_channels, least=8))
    mean = require_number("baseline", baseline, "counts", positive=True)
    rng = np.random.default_rng(random_state)
    splitting, shift = rng.uniform(*_SPLITTINGS, n), rng.uniform(*_SHIFTS, n)
    width, depth = rng.uniform(*_WIDTHS, n), rng.uniform(*_DEPTHS, n)
    rows = zip(splitting, shift, width, depth, strict=True)
    effects = np.array([doublet_effect(velocities, *row) for row in rows])
    counts = rng.poisson(mean * (1.0 - effects))
    return Doublets(velocities, counts, mean, splitting, shift, width, depth)


def fit_doublet(
    velocities: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    baseline: float,
    splitting: float,
    isomer_shift: float = 0.4,
) -> np.ndarray:
    """Fit one spectrum by weighted least squares, from a start that you give.

    Parameters
    ----------
    velocities : array-like of shape (n_channels,)
        In mm/s.
    counts : array-like of shape (n_channels,)
        Counted photons.
    baseline : float
        Mean counts far from any line, taken as known.
    splitting, isomer_shift : float
        Where the fit starts, mm/s. Width and depth start in the middle of their ranges.

    Returns
    -------
    ndarray of shape (4,)
        Splitting, isomer shift, width (mm/s) and depth of the nearest minimum, which need not be
        the deepest.

    Raises
    ------
    InputError
        If there are not as many counts as velocities.
    """
    v, counted = finite_array("velocities", velocities, "mm/s"), finite_array("counts", counts, "1")
    if v.shape != counted.shape or v.ndim != 1:
        raise InputError(
            f"There are velocities of shape {v.shape} and counts of shape {counted.shape}; both "
            f"are one row of the same length. Give one spectrum, such as doublets.counts[0]."
        )
    mean = require_number("baseline", baseline, "counts", positive=True)
    spread = np.sqrt(np.maximum(counted, 1.0))

    def residuals(parameters: np.ndarray) -> Any:
        return (mean * (1.0 - doublet_effect(v, *parameters)) - counted) / spread

    start = np.clip(
        [splitting, isomer_shift, np.mean(_WIDTHS), np.mean(_DEPTHS)], _LOWEST, _HIGHEST
    )
    # At splitting 0 the two lines are one and the slope along the splitting is 0: no way out.
    start[0] = max(start[0], 0.05)
    found: np.ndarray = least_squares(
        residuals, start, bounds=(_LOWEST, _HIGHEST), x_scale=_SCALES
    ).x
    return found


def splitting_bound(doublets: Doublets) -> np.ndarray:
    """Give the least standard deviation that an unbiased estimate of each splitting can have.

    It is the root of the first diagonal element of the inverse Fisher matrix of all four
    parameters. Towards splitting 0 it grows without limit, infinity included: there a small change
    of the splitting changes nothing.

    Parameters
    ----------
    doublets : Doublets
        The spectra; what counts are their true parameters, not their noise.

    Returns
    -------
    ndarray of shape (n_samples,)
        In mm/s.

    References
    ----------
    S. M. Kay, Fundamentals of Statistical Signal Processing: Estimation Theory (Prentice Hall,
    1993), chapter 3.
    """
    truths = np.stack(
        [doublets.splitting, doublets.isomer_shift, doublets.width, doublets.depth], axis=1
    )
    step = 1e-5
    bounds = []
    for truth in truths:
        slopes = np.array(
            [
                doublet_effect(doublets.velocities, *(truth + nudge))
                - doublet_effect(doublets.velocities, *(truth - nudge))
                for nudge in step * np.eye(4)
            ]
        ) / (2.0 * step)
        mean_counts = 1.0 - doublet_effect(doublets.velocities, *truth)
        fisher = doublets.baseline * (slopes / mean_counts) @ slopes.T
        # The other three are estimated as well; what they leave is a Schur complement.
        rest = fisher[0, 0] - fisher[0, 1:] @ np.linalg.solve(fisher[1:, 1:], fisher[1:, 0])
        bounds.append(1.0 / np.sqrt(rest) if rest > 0 else np.inf)
    return np.array(bounds)
