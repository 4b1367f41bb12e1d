"""Probabilities that mean what they say: of the predictions made at 80 %, 80 % are right.

Networks that are trained long are too sure of themselves, forests not sure enough. Temperature
scaling mends both with one number T, fitted on a validation part by maximum likelihood:

    p_k(T) = p_k^(1/T) / sum_j p_j^(1/T).

T > 1 flattens, T < 1 sharpens; the order of the classes stays. The expected calibration error
compares the confidence and the accuracy of the predictions in bins: sum_b n_b/n |acc_b - conf_b|.

References
----------
C. Guo et al., Proc. Mach. Learn. Res. 70, 1321 (2017), arXiv 1706.04599.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from edex.errors import InputError
from edex.spacegroup.topk import check_probabilities, top_k_credits

__all__ = [
    "CalibrationError",
    "apply_temperature",
    "expected_calibration_error",
    "fit_temperature",
    "mean_log_loss",
    "reliability_table",
]

_FLOOR = 1e-12  # float32 probabilities below it are rounding noise
_RANGE = (0.05, 20.0)


@dataclass(frozen=True)
class CalibrationError:
    """The expected calibration error of the most probable class, with its uncertainty.

    Attributes
    ----------
    value : float
        Mean gap between confidence and accuracy over the bins, 0 to 1.
    interval : tuple of float
        95 % bootstrap interval; whole groups are drawn. The error cannot be negative and grows
        with noise, so ``value`` and interval lie too high rather than too low.
    chance : float
        What perfectly calibrated predictions with these confidences score on average, by chance
        alone (rows taken as independent). A ``value`` near it shows no miscalibration.
    n : int
        Number of rows.
    """

    value: float
    interval: tuple[float, float]
    chance: float
    n: int


def apply_temperature(proba: npt.ArrayLike, temperature: float) -> npt.NDArray[np.float64]:
    """Flatten (T > 1) or sharpen (T < 1) probabilities.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    temperature : float
        T, positive.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        Rows that sum to 1.

    Raises
    ------
    InputError
        If T is not positive.

    Examples
    --------
    >>> apply_temperature([[0.8, 0.2]], 2.0).round(3).tolist()
    [[0.667, 0.333]]
    """
    if not 0.0 < temperature < np.inf:
        raise InputError(
            f"The temperature is {temperature}; it is a positive number, and 1 changes nothing. "
            f"Fit it with fit_temperature."
        )
    logs = np.log(np.maximum(np.asarray(proba, dtype=float), _FLOOR))
    return np.asarray(np.exp(log_softmax(logs / temperature, axis=1)))


def mean_log_loss(
    proba: npt.ArrayLike,
    y: npt.ArrayLike,
    classes: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Return the mean of -log p of the true class, in nats; also called NLL or cross-entropy.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    y : array-like of shape (n_samples,)
        True classes, each one of ``classes``.
    classes : array-like of shape (n_classes,)
        The class of each column.
    sample_weight : array-like of shape (n_samples,), default None
        Weight of each row in the mean.
    """
    scores, true, weights = _check_scored(proba, y, classes, sample_weight)
    logs = np.log(np.maximum(scores[np.arange(len(true)), true], _FLOOR))
    return float(-np.average(logs, weights=weights))


def fit_temperature(
    proba: npt.ArrayLike,
    y: npt.ArrayLike,
    classes: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Find the temperature with the smallest mean log loss on a validation part.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities of rows that the model was not trained on.
    y : array-like of shape (n_samples,)
        Their true classes.
    classes : array-like of shape (n_classes,)
        The class of each column.
    sample_weight : array-like of shape (n_samples,), default None
        Weight of each row. Use the weights of the training, or the result mends the class weights.

    Returns
    -------
    float
        Between 0.05 and 20. If every row is right, the loss falls for as long as T does, so the
        data do not determine T, and 1 is returned rather than certainty.

    Raises
    ------
    InputError
        If shapes do not fit, or a true class is not among ``classes``.

    Examples
    --------
    >>> sure = [[0.99, 0.01]] * 4  # and one of the four is wrong: 3 of 4 is 0.75, not 0.99
    >>> T = fit_temperature(sure, [2, 2, 2, 14], [2, 14])
    >>> apply_temperature(sure, T)[0].round(3).tolist()
    [0.75, 0.25]
    """
    scores, true, weights = _check_scored(proba, y, classes, sample_weight)
    logs = np.log(np.maximum(scores, _FLOOR))
    rows = np.arange(len(true))
    if np.all(logs[rows, true] >= logs.max(axis=1)):
        return 1.0

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logs * np.exp(-log_temperature), axis=1)
        return float(-np.average(scaled[rows, true], weights=weights))

    found = minimize_scalar(loss, bounds=tuple(np.log(_RANGE)), method="bounded")
    return float(np.exp(found.x))


def reliability_table(
    y: npt.ArrayLike, proba: npt.ArrayLike, classes: npt.ArrayLike, *, n_bins: int = 10
) -> pd.DataFrame:
    """Return accuracy against confidence: the numbers of a reliability diagram.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        True classes.
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    classes : array-like of shape (n_classes,)
        The class of each column.
    n_bins : int, default 10
        Bins of equal width between 0 and 1. Empty ones are left out.

    Returns
    -------
    DataFrame
        ``low`` and ``high`` (edges of the bin), ``confidence`` (mean probability of the predicted
        class), ``accuracy``, ``standard_error`` (binomial, of the accuracy) and ``n``.
    """
    confidence, is_right = _confidence_and_outcome(y, proba, classes)
    bins = _bin_numbers(confidence, n_bins)
    table = pd.DataFrame({"bin": bins, "confidence": confidence, "accuracy": is_right})
    grouped = table.groupby("bin")
    result = grouped.mean()
    result["n"] = grouped.size()
    result.insert(0, "low", result.index / n_bins)
    result.insert(1, "high", (result.index + 1) / n_bins)
    # Agresti and Coull: two more hits and two more misses, so that 0 of 3 is not "0 +- 0".
    share = (result["accuracy"] * result["n"] + 2.0) / (result["n"] + 4.0)
    error = np.sqrt(share * (1.0 - share) / (result["n"] + 4.0))
    result.insert(4, "standard_error", error)
    return result.reset_index(drop=True)


def expected_calibration_error(
    y: npt.ArrayLike,
    proba: npt.ArrayLike,
    classes: npt.ArrayLike,
    *,
    n_bins: int = 10,
    groups: npt.ArrayLike | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> CalibrationError:
    """Return the expected calibration error with a bootstrap interval and its chance level.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        True classes.
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    classes : array-like of shape (n_classes,)
        The class of each column.
    n_bins : int, default 10
        Bins of equal width between 0 and 1.
    groups : array-like of shape (n_samples,), default None
        What is drawn together, for example prototype keys; ``None`` draws rows.
    n_resamples : int, default 1000
        Number of bootstrap draws, and of draws for the chance level.
    random_state : int, default 0
        Seed.

    Returns
    -------
    CalibrationError

    Raises
    ------
    InputError
        If shapes do not fit.
    """
    confidence, is_right = _confidence_and_outcome(y, proba, classes)
    n = len(confidence)
    names = np.arange(n) if groups is None else np.asarray(groups)
    if names.shape != (n,):
        raise InputError(
            f"There are {n} rows and groups of shape {names.shape}; each row needs one group. "
            f"Take both from the same rows."
        )
    bins = _bin_numbers(confidence, n_bins)
    _, group_of_row = np.unique(names, return_inverse=True)
    n_groups = int(group_of_row.max()) + 1
    # The error is sum_b |sum of gaps in b| / n, so draws need only the sums of each group.
    sums = np.zeros((n_groups, n_bins))
    np.add.at(sums, (group_of_row, bins), is_right - confidence)
    sizes = np.bincount(group_of_row)
    rng = np.random.default_rng(random_state)
    errors, chances = np.empty(n_resamples), np.empty(n_resamples)
    for draw in range(n_resamples):
        counts = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)
        errors[draw] = np.abs(counts @ sums).sum() / (counts @ sizes)
        gaps = (rng.random(n) < confidence) - confidence
        chances[draw] = np.abs(np.bincount(bins, weights=gaps, minlength=n_bins)).sum() / n
    low, high = np.quantile(errors, [0.025, 0.975])
    value = float(np.abs(sums.sum(axis=0)).sum() / n)
    return CalibrationError(value, (float(low), float(high)), float(chances.mean()), n)


def _confidence_and_outcome(
    y: npt.ArrayLike, proba: npt.ArrayLike, classes: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    is_right = top_k_credits(y, proba, classes, 1)
    return np.asarray(proba, dtype=float).max(axis=1), is_right


def _bin_numbers(confidence: npt.NDArray[np.float64], n_bins: int) -> npt.NDArray[np.intp]:
    if n_bins < 1:
        raise InputError(f"n_bins is {n_bins}; at least one bin is needed. Give for example 10.")
    return np.minimum((confidence * n_bins).astype(np.intp), n_bins - 1)


def _check_scored(
    proba: npt.ArrayLike,
    y: npt.ArrayLike,
    classes: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.float64] | None]:
    scores, columns = check_probabilities(proba, classes)
    labels = np.asarray(y)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
    wrong_weights = weights is not None and weights.shape != labels.shape
    if labels.shape != (len(scores),) or not len(labels) or wrong_weights:
        raise InputError(
            f"There are {len(scores)} rows of probabilities, labels of shape {labels.shape} and "
            f"weights of shape {None if weights is None else weights.shape}; each row needs one "
            f"of each. Take all from the same rows."
        )
    is_true = labels[:, None] == columns[None, :]
    unknown = np.flatnonzero(~is_true.any(axis=1))
    if len(unknown):
        raise InputError(
            f"Row {unknown[0]} is of class {labels[unknown[0]]}, which is none of "
            f"{columns.tolist()}, so no probability was given to it. Leave such rows out."
        )
    return scores, is_true.argmax(axis=1), weights
