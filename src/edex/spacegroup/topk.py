"""Top-k accuracy: how often the true space group is among the k most probable ones.

A crystallographer tries the first few suggestions, so k = 3 or 6 is what counts in use. Equal
probabilities make the order a matter of chance. A row whose true class is tied with m others, with
b classes strictly before it, therefore counts as (k - b) / (m + 1), cut to 0 ... 1: its mean over
all orders of the tied classes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["check_probabilities", "rank_classes", "top_k_accuracy", "top_k_credits"]


def top_k_accuracy(
    y: npt.ArrayLike,
    proba: npt.ArrayLike,
    classes: npt.ArrayLike,
    k: int = 1,
    *,
    ties: str = "average",
) -> float:
    """Return the part of the rows whose true class is among the k most probable ones.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        True classes. A class that is not in ``classes`` is never found.
    proba : array-like of shape (n_samples, n_classes)
        Probabilities, or any score that grows with them.
    classes : array-like of shape (n_classes,)
        The class of each column.
    k : int, default 1
        How many guesses are allowed.
    ties : {"average", "pessimistic"}, default "average"
        Credit of a true class that shares its probability with others: the mean over all orders,
        or that of the worst order. Constant probabilities score k / n_classes or 0.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If shapes do not fit, k is not 1 to n_classes, or a probability is NaN.

    Examples
    --------
    >>> proba = [[0.6, 0.3, 0.1], [0.4, 0.4, 0.2]]
    >>> top_k_accuracy([14, 14], proba, [2, 14, 225], k=1)
    0.25
    """
    return float(top_k_credits(y, proba, classes, k, ties=ties).mean())


def top_k_credits(
    y: npt.ArrayLike,
    proba: npt.ArrayLike,
    classes: npt.ArrayLike,
    k: int = 1,
    *,
    ties: str = "average",
) -> npt.NDArray[np.float64]:
    """Return the credit of each row, 0 to 1; see :func:`top_k_accuracy`, which is their mean.

    Parameters
    ----------
    y, proba, classes, k, ties
        As there.

    Returns
    -------
    ndarray of shape (n_samples,)
        For error bars over groups, for example.
    """
    labels = np.asarray(y)
    scores, columns = check_probabilities(proba, classes)
    if labels.shape != (len(scores),) or not len(labels):
        raise InputError(
            f"There are {len(scores)} rows of probabilities and labels of shape {labels.shape}; "
            f"each row needs one label, and one row is the least. Take both from the same rows."
        )
    _check_k(k, len(columns))
    if ties not in ("average", "pessimistic"):
        raise InputError(f"ties is {ties!r}; it is 'average' or 'pessimistic'. Choose one.")
    is_true = labels[:, None] == columns[None, :]
    is_known = is_true.any(axis=1)
    true_score = np.where(is_true, scores, -np.inf).max(axis=1, keepdims=True)
    before = (scores > true_score).sum(axis=1)
    tied = (scores == true_score).sum(axis=1)  # the true class itself included
    if ties == "pessimistic":
        credit = (before + tied <= k).astype(float)
    else:
        credit = np.clip((k - before) / np.maximum(tied, 1), 0.0, 1.0)
    return np.asarray(np.where(is_known, credit, 0.0))


def rank_classes(proba: npt.ArrayLike, classes: npt.ArrayLike, k: int) -> np.ndarray:
    """Return the k most probable classes of each row, most probable first.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    classes : array-like of shape (n_classes,)
        The class of each column.
    k : int
        How many.

    Returns
    -------
    ndarray of shape (n_samples, k)
        Equally probable classes stand in the order of ``classes``.

    Examples
    --------
    >>> rank_classes([[0.2, 0.7, 0.1]], [2, 14, 225], k=2).tolist()
    [[14, 2]]
    """
    scores, columns = check_probabilities(proba, classes)
    _check_k(k, len(columns))
    return np.asarray(columns[np.argsort(-scores, axis=1, kind="stable")[:, :k]])


def check_probabilities(
    proba: npt.ArrayLike, classes: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], np.ndarray]:
    """Return probabilities and classes as arrays that fit each other, or say what does not.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    classes : array-like of shape (n_classes,)
        The class of each column.

    Raises
    ------
    InputError
        If the shapes do not fit, a class comes twice, or a probability is NaN.
    """
    scores, columns = np.asarray(proba, dtype=float), np.asarray(classes)
    if scores.ndim != 2 or columns.shape != (scores.shape[1],):
        raise InputError(
            f"Probabilities have shape {scores.shape} and classes {columns.shape}; one column for "
            f"each class is needed. Take both from one classifier: predict_proba and classes_."
        )
    if len(np.unique(columns)) != len(columns):
        raise InputError(
            f"A class comes twice in {columns.tolist()}; each column has its own. Use classes_."
        )
    if np.isnan(scores).any():
        row = int(np.flatnonzero(np.isnan(scores).any(axis=1))[0])
        raise InputError(
            f"Row {row} of the probabilities holds NaN, which has no place in a ranking. Look for "
            f"NaN in the curves, or a training that diverged."
        )
    return scores, columns


def _check_k(k: int, n_classes: int) -> None:
    if not (isinstance(k, int | np.integer) and 1 <= k <= n_classes):
        raise InputError(
            f"k is {k!r}, and there are {n_classes} classes; k is a whole number from 1 to "
            f"{n_classes}. Give for example k=3."
        )
