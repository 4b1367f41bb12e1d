"""Scores with error bars, and the question whether one model is better than another.

The mean absolute error MAE = sum_i |y_i - p_i| / n is a mean over n compounds, so it has a standard
error. Compounds of one group are not independent; with e_i = |y_i - p_i| and groups g,

    se^2 = G / (G - 1) * sum_g ( sum_{i in g} (e_i - MAE) )^2 / n^2,

the cluster-robust form, which is s^2 / n when every group has one row. Out-of-fold errors share
training rows, so this error bar speaks of *these trained models on compounds like these*. How much
another training set would change the score it does not know; Nadeau and Bengio's correction for
repeated splits does, roughly, and is the one to decide between two models with.

References
----------
C. Nadeau, Y. Bengio, Mach. Learn. 52, 239 (2003), doi 10.1023/A:1024068626366.
A. C. Cameron, D. L. Miller, J. Hum. Resour. 50, 317 (2015): cluster-robust standard errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, t

from edex.errors import InputError

__all__ = [
    "Difference",
    "Estimate",
    "bootstrap_mae",
    "compounds_needed",
    "corrected_difference",
    "format_with_error",
    "mean_absolute_error",
    "mean_with_error",
    "paired_difference",
    "r_squared",
]

_COVERAGE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean with its error bar.

    Attributes
    ----------
    value, standard_error : float
        In the unit of the target.
    n : int
        Number of rows.
    n_groups : int
        Number of independent groups among them.
    """

    value: float
    standard_error: float
    n: int
    n_groups: int

    def __str__(self) -> str:
        return format_with_error(self.value, self.standard_error)


@dataclass(frozen=True)
class Difference:
    """Mean absolute error of model A minus that of model B; negative where A is better.

    Attributes
    ----------
    value, standard_error : float
        In the unit of the target.
    interval : tuple of float
        Its 95 % confidence interval (Student's t).
    n : int
        Number of rows, or of splits, that were averaged.
    """

    value: float
    standard_error: float
    interval: tuple[float, float]
    n: int

    @property
    def is_decided(self) -> bool:
        """True if the interval excludes zero."""
        return self.interval[0] > 0.0 or self.interval[1] < 0.0


def mean_with_error(values: npt.ArrayLike, groups: npt.ArrayLike | None = None) -> Estimate:
    """Return a mean and its cluster-robust standard error.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        For example absolute errors.
    groups : array-like of shape (n_samples,), default None
        What is not independent; ``None`` takes every row for itself.

    Raises
    ------
    InputError
        If there are fewer than two groups, or the lengths differ.
    """
    array = _as_column(values, "values")
    labels = np.arange(len(array)) if groups is None else np.asarray(groups)
    if len(labels) != len(array):
        raise InputError(
            f"There are {len(array)} values and {len(labels)} groups; each value needs one group."
            f" Take both from the same rows."
        )
    _, index = np.unique(labels, return_inverse=True)
    n_groups = int(index.max()) + 1 if len(index) else 0
    if n_groups < 2:
        raise InputError(
            f"There are {n_groups} groups, and an error bar needs at least 2. Score more compounds."
        )
    mean = float(array.mean())
    sums = np.bincount(index, weights=array - mean)
    variance = n_groups / (n_groups - 1) * float(np.sum(sums**2)) / len(array) ** 2
    return Estimate(mean, math.sqrt(variance), len(array), n_groups)


def mean_absolute_error(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
) -> Estimate:
    """Return the mean absolute error with its standard error over groups.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Targets and (out-of-fold) predictions, in one unit.
    groups : array-like of shape (n_samples,), default None
        What is not independent, for example reduced formulas.

    Examples
    --------
    >>> mean_absolute_error([1.0, 2.0, 3.0], [2.0, 2.0, 5.0]).value
    1.0
    """
    return mean_with_error(_absolute_errors(y_true, y_pred), groups)


def r_squared(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
) -> Estimate:
    """Return R² = 1 - Σ(y - p)² / Σ(y - mean y)² with its standard error over groups.

    The error bar is the linearised one of a ratio: that of the mean of
    (y - p)² - (1 - R²) (y - mean y)², divided by the variance of y.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Targets and (out-of-fold) predictions.
    groups : array-like of shape (n_samples,), default None
        What is not independent.

    Raises
    ------
    InputError
        If all targets are equal.

    Examples
    --------
    >>> r_squared([1.0, 2.0, 3.0], [1.0, 2.0, 2.0]).value
    0.5
    """
    squares = _absolute_errors(y_true, y_pred) ** 2
    targets = np.asarray(y_true, dtype=float)
    around_mean = (targets - targets.mean()) ** 2
    if not around_mean.mean() > 0.0:
        raise InputError(
            f"All {len(targets)} targets are {targets[:1]}; R² compares errors with their spread. "
            "Score rows with different targets."
        )
    ratio = squares.mean() / around_mean.mean()
    error = mean_with_error(squares - ratio * around_mean, groups)
    return Estimate(
        float(1.0 - ratio),
        error.standard_error / float(around_mean.mean()),
        error.n,
        error.n_groups,
    )


def bootstrap_mae(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
    coverage: float = _COVERAGE,
    n_resamples: int = 2000,
    random_state: int | None = 0,
) -> tuple[float, float]:
    """Return a bootstrap interval of the mean absolute error; whole groups are drawn.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Targets and (out-of-fold) predictions.
    groups : array-like of shape (n_samples,), default None
        What is drawn together.
    coverage : float, default 0.95
        Nominal coverage of the interval.
    n_resamples : int, default 2000
        Number of draws.
    random_state : int or None, default 0
        Seed.
    """
    errors = _absolute_errors(y_true, y_pred)
    labels = np.arange(len(errors)) if groups is None else np.asarray(groups)
    _, index = np.unique(labels, return_inverse=True)
    sums, sizes = np.bincount(index, weights=errors), np.bincount(index)
    rng = np.random.default_rng(random_state)
    draws = rng.integers(len(sums), size=(n_resamples, len(sums)))
    means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    low, high = np.quantile(means, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)


def paired_difference(
    y_true: npt.ArrayLike,
    y_pred_a: npt.ArrayLike,
    y_pred_b: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
) -> Difference:
    """Compare two models on the same rows, compound by compound.

    Pairing removes what both find hard, so the error bar is much smaller than those of the two
    scores. It belongs to these two trained models; see :func:`corrected_difference`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Targets.
    y_pred_a, y_pred_b : array-like of shape (n_samples,)
        (Out-of-fold) predictions of models A and B.
    groups : array-like of shape (n_samples,), default None
        What is not independent.
    """
    gaps = _absolute_errors(y_true, y_pred_a) - _absolute_errors(y_true, y_pred_b)
    mean = mean_with_error(gaps, groups)
    return _difference(mean.value, mean.standard_error, mean.n_groups - 1, mean.n)


def corrected_difference(differences: npt.ArrayLike, *, test_fraction: float) -> Difference:
    """Compare two models over the splits of a (repeated) cross-validation.

    The splits share training rows, so their spread s over sqrt(J) is too small an error bar.
    Nadeau and Bengio: se^2 = (1/J + n_test/n_train) s^2.

    Parameters
    ----------
    differences : array-like of shape (n_splits,)
        Score of A minus score of B on each split.
    test_fraction : float
        Part of the rows in one test set, for example 0.1 for 10 folds.

    Raises
    ------
    InputError
        If there are fewer than two splits, or the fraction is not between 0 and 1.
    """
    array = _as_column(differences, "differences")
    if len(array) < 2 or not 0.0 < test_fraction < 1.0:
        raise InputError(
            f"There are {len(array)} splits with test_fraction {test_fraction}; at least 2 splits "
            f"and a fraction between 0 and 1 are needed. For 10 folds give test_fraction=0.1."
        )
    factor = 1.0 / len(array) + test_fraction / (1.0 - test_fraction)
    error = math.sqrt(factor * float(array.var(ddof=1)))
    return _difference(float(array.mean()), error, len(array) - 1, len(array))


def compounds_needed(
    gain: float, *, spread: float, coverage: float = _COVERAGE, power: float = 0.8
) -> int:
    """Return how many test compounds it takes to decide a gain.

    From the normal approximation, n = ((z_a + z_b) * spread / gain)^2 with the two-sided quantile
    z_a of the coverage and the quantile z_b of the power.

    Parameters
    ----------
    gain : float
        Difference of the mean absolute errors that one wants to see.
    spread : float
        Standard deviation of the paired differences ``|e_A| - |e_B|``, same unit.
    coverage : float, default 0.95
        Confidence of the interval that must exclude zero.
    power : float, default 0.8
        Chance to see the gain if it is there.

    Examples
    --------
    >>> compounds_needed(9.0, spread=100.0)
    969
    """
    if not gain or not spread > 0.0:
        raise InputError(
            f"gain is {gain} and spread is {spread}; the gain must not be 0 and the spread must be "
            f"positive. Give both in the unit of the target."
        )
    quantiles = float(norm.ppf((1.0 + coverage) / 2.0) + norm.ppf(power))
    return math.ceil((quantiles * spread / gain) ** 2)


def format_with_error(value: float, standard_error: float) -> str:
    """Return ``"141.9 ± 6.0"``: two significant digits of the error, as many decimals for both."""
    if not standard_error > 1e-12 * abs(value):  # no error bar, or rounding noise only
        return f"{value:.3g}"
    digits = max(0, 1 - math.floor(math.log10(standard_error)))
    return f"{value:.{digits}f} ± {standard_error:.{digits}f}"


def _difference(value: float, error: float, freedom: int, n: int) -> Difference:
    reach = float(t.ppf((1.0 + _COVERAGE) / 2.0, freedom)) * error
    return Difference(value, error, (value - reach, value + reach), n)


def _absolute_errors(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> npt.NDArray[np.float64]:
    targets, predictions = _as_column(y_true, "y_true"), _as_column(y_pred, "y_pred")
    if len(targets) != len(predictions):
        raise InputError(
            f"There are {len(targets)} targets and {len(predictions)} predictions; each target "
            f"needs one prediction. Predict the same rows that you score."
        )
    return np.abs(targets - predictions)


def _as_column(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise InputError(
            f"{name} has shape {array.shape} and {np.count_nonzero(~np.isfinite(array))} values "
            f"that are not finite; one column of numbers is needed. Remove missing values first."
        )
    return array
