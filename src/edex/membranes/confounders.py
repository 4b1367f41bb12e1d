"""Is it the motif, or the company that it keeps: effects overall and within families.

Polymers with a motif may differ from those without it in much else. The plain difference of medians
does not know that. Comparing only inside strata s (families), and weighting each by how much it can
tell, does:

    beta = sum_s w_s (mean_s(y with) - mean_s(y without)) / sum_s w_s,   w_s = n1 n0 / (n1 + n0),

which is the least-squares slope of y on the motif when each family has a level of its own. Families
in which all or none have the motif say nothing. It removes what families differ in, and nothing
else: a companion that goes with the motif inside a family still confounds it.

References
----------
W. G. Cochran, Biometrics 24, 295 (1968), doi 10.2307/2528036: removing bias by subclassification.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t

from edex.errors import InputError

__all__ = ["Contrast", "StratifiedEffect", "stratified_effect", "with_and_without"]


@dataclass(frozen=True)
class Contrast:
    """Polymers with a motif against those without.

    Attributes
    ----------
    median_with, median_without : float
        In the unit of y.
    n_with, n_without : int
        Numbers of polymers.
    difference : float
        ``median_with`` minus ``median_without``.
    interval : tuple of float
        Of the difference, by the bootstrap.
    """

    median_with: float
    median_without: float
    n_with: int
    n_without: int
    difference: float
    interval: tuple[float, float]

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"with {self.median_with:.2f} (n = {self.n_with}), without {self.median_without:.2f} "
            f"(n = {self.n_without}): difference {self.difference:+.2f} [{low:+.2f}, {high:+.2f}]"
        )


@dataclass(frozen=True, eq=False)
class StratifiedEffect:
    """What a motif does within families.

    Attributes
    ----------
    effect, standard_error : float
        In the unit of y: with minus without, inside families, weighted.
    interval : tuple of float
        Confidence interval (Student's t).
    n_used : int
        Polymers in families that have some with and some without.
    table : DataFrame
        One row for each of these families: ``n_with``, ``n_without``, ``difference`` of the means,
        and ``weight``, its share of the effect. Index: the family.
    """

    effect: float
    standard_error: float
    interval: tuple[float, float]
    n_used: int
    table: pd.DataFrame

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.effect:+.2f} [{low:+.2f}, {high:+.2f}] inside "
            f"{len(self.table)} of the families (n = {self.n_used})"
        )


def with_and_without(
    y: npt.ArrayLike,
    has_motif: npt.ArrayLike,
    *,
    n_resamples: int = 2000,
    coverage: float = 0.95,
    random_state: int | None = 0,
) -> Contrast:
    """Compare the medians of polymers with and without a motif.

    Parameters
    ----------
    y : array-like of shape (n_polymers,)
        For example log10 P; rows that are NaN are left out.
    has_motif : array-like of bool, shape (n_polymers,)
    n_resamples : int, default 2000
        Draws of the bootstrap; both groups keep their sizes.
    coverage : float, default 0.95
        Of the interval.
    random_state : int or None, default 0
        Seed.

    Returns
    -------
    Contrast

    Raises
    ------
    InputError
        If the lengths differ, or one of the groups is empty.

    Examples
    --------
    >>> with_and_without([1.0, 2.0, 3.0, 9.0], [False, False, False, True]).difference
    7.0
    """
    values, motif, _ = _columns(y, has_motif, None)
    groups = values[motif], values[~motif]
    rng = np.random.default_rng(random_state)
    draws = [
        np.median(group[rng.integers(len(group), size=(n_resamples, len(group)))], axis=1)
        for group in groups
    ]
    tail = (1.0 - coverage) / 2.0
    low, high = np.quantile(draws[0] - draws[1], [tail, 1.0 - tail])
    median_with, median_without = (float(np.median(group)) for group in groups)
    return Contrast(
        median_with=median_with,
        median_without=median_without,
        n_with=len(groups[0]),
        n_without=len(groups[1]),
        difference=median_with - median_without,
        interval=(float(low), float(high)),
    )


def stratified_effect(
    y: npt.ArrayLike,
    has_motif: npt.ArrayLike,
    strata: npt.ArrayLike,
    *,
    coverage: float = 0.95,
) -> StratifiedEffect:
    """Compare polymers with and without a motif inside families only.

    Means are compared, not medians: many families hold a few polymers only. The error bar takes one
    scatter for all families.

    Parameters
    ----------
    y : array-like of shape (n_polymers,)
        For example log10 P; rows that are NaN are left out.
    has_motif : array-like of bool, shape (n_polymers,)
    strata : array-like of shape (n_polymers,)
        Family of each, as from :func:`edex.membranes.chemical_families`.
    coverage : float, default 0.95
        Of the interval.

    Returns
    -------
    StratifiedEffect

    Raises
    ------
    InputError
        If the lengths differ, one of the groups is empty, no family has some with and some without,
        or there are too few polymers in such families for an error bar.
    """
    values, motif, families = _columns(y, has_motif, strata)
    rows = pd.DataFrame({"family": families, "y": values, "motif": motif})
    cells = rows.pivot_table(
        index="family", columns="motif", values="y", aggfunc=["size", "mean"]
    ).dropna()
    if cells.empty or cells.shape[1] < 4:
        raise InputError(
            f"None of the {rows['family'].nunique()} families has polymers with and without the "
            "motif, so nothing can be compared inside them. Make fewer, larger families."
        )
    n_with, n_without = cells["size"][True], cells["size"][False]
    weights = n_with * n_without / (n_with + n_without)
    differences = cells["mean"][True] - cells["mean"][False]
    effect = float((weights * differences).sum() / weights.sum())
    used = rows[rows["family"].isin(cells.index)]
    left = used["y"] - effect * used["motif"]
    residuals = left - left.groupby(used["family"]).transform("mean")
    freedom = len(used) - len(cells) - 1
    if freedom < 1:
        raise InputError(
            f"Only {len(used)} polymers are in the {len(cells)} families that can be compared; an "
            f"error bar needs at least {len(cells) + 2}. Make fewer, larger families."
        )
    error = math.sqrt(float((residuals**2).sum()) / freedom / float(weights.sum()))
    reach = float(t.ppf((1.0 + coverage) / 2.0, freedom)) * error
    table = pd.DataFrame(
        {
            "n_with": n_with.astype(int),
            "n_without": n_without.astype(int),
            "difference": differences,
            "weight": weights / weights.sum(),
        }
    ).sort_values("weight", ascending=False, kind="stable")
    return StratifiedEffect(effect, error, (effect - reach, effect + reach), len(used), table)


def _columns(
    y: npt.ArrayLike, has_motif: npt.ArrayLike, strata: npt.ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values, motif = np.asarray(y, dtype=float), np.asarray(has_motif)
    families = np.zeros(len(values)) if strata is None else np.asarray(strata)
    if not values.shape == motif.shape == families.shape or values.ndim != 1:
        raise InputError(
            f"y has shape {values.shape}, has_motif {motif.shape} and the families "
            f"{families.shape}; each must have one value per polymer. Take them from the same rows."
        )
    known = ~np.isnan(values)
    motif = motif.astype(bool)
    n_with = int((motif & known).sum())
    if n_with in (0, int(known.sum())):
        raise InputError(
            f"{n_with} of the {int(known.sum())} polymers with a value have the motif; some with "
            "and some without are needed. Choose another motif or more polymers."
        )
    return values[known], motif[known], families[known]
