"""Can the probabilities of a classifier be believed? The points of a reliability diagram.

Objects are sorted into bins by the probability p that the model gave to the positive class. In a
bin of n objects of which k are positive the share k/n should be the mean p, up to counting noise.
With a flat prior the share has the mean and the variance

    s = (k + 1) / (n + 2),        s (1 - s) / (n + 3),

so that bins of one object, or without a positive one, have an error bar as well.

References
----------
A. Niculescu-Mizil, R. Caruana, ICML 2005, 625, doi 10.1145/1102351.1102430: reliability diagrams.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["ReliabilityCurve", "reliability_curve"]


class ReliabilityCurve(NamedTuple):
    """The points of a reliability diagram; bins without an object are left out.

    Attributes
    ----------
    said : ndarray of shape (n_points,)
        Mean probability that the model gave to the objects of a bin.
    share : ndarray of shape (n_points,)
        Share of positive objects in the bin.
    error : ndarray of shape (n_points,)
        Standard deviation of the share.
    n : ndarray of int, shape (n_points,)
        Number of objects.
    """

    said: np.ndarray
    share: np.ndarray
    error: np.ndarray
    n: np.ndarray


def reliability_curve(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, *, n_bins: int = 10
) -> ReliabilityCurve:
    """Compare what a classifier said with what was true, bin by bin.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        0 and 1, or False and True.
    probabilities : array-like of shape (n_samples,)
        Probability of 1, from 0 to 1, for objects that the model was not trained on.
    n_bins : int, default 10
        Number of bins of equal width.

    Raises
    ------
    InputError
        If a label is neither 0 nor 1, a probability is outside 0 to 1, or the lengths differ.

    Examples
    --------
    >>> curve = reliability_curve([0, 1, 1, 1], [0.1, 0.9, 0.9, 0.9], n_bins=2)
    >>> curve.said.round(1).tolist(), curve.share.round(2).tolist()
    ([0.1, 0.9], [0.33, 0.8])
    """
    truth, said = np.asarray(labels, dtype=float), np.asarray(probabilities, dtype=float)
    if truth.shape != said.shape or truth.ndim != 1 or not np.isin(truth, (0, 1)).all():
        raise InputError(
            f"labels have the shape {truth.shape} and probabilities {said.shape}; one label, 0 or "
            f"1, is needed for each probability. Take both from the same rows."
        )
    if not ((said >= 0) & (said <= 1)).all():
        raise InputError(
            f"probabilities reach from {said.min():g} to {said.max():g}; they must lie between 0 "
            f"and 1. Give predict_proba(X)[:, 1], not log odds."
        )
    if n_bins < 1:
        raise InputError(f"n_bins is {n_bins}; at least one is needed. Try n_bins=10.")
    bins = np.minimum((said * n_bins).astype(int), n_bins - 1)
    n = np.bincount(bins, minlength=n_bins)
    filled = n > 0
    n = n[filled]
    sums = [np.bincount(bins, weights=w, minlength=n_bins)[filled] for w in (said, truth)]
    share = (sums[1] + 1) / (n + 2)
    return ReliabilityCurve(sums[0] / n, share, np.sqrt(share * (1 - share) / (n + 3)), n)
