"""What a model must beat: answers that need no learning, or hardly any.

A score without a baseline says nothing. Two are trivial, the mean of the training targets and the
target of the most similar training row; the noise floor is where no model can go: two good sources
of the same quantity differ by it.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
from sklearn.dummy import DummyRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from edex.learn.metrics import Estimate, mean_absolute_error

__all__ = ["baseline_models", "noise_floor"]


def baseline_models() -> dict[str, Any]:
    """Return fresh baseline regressors for a table of numeric features.

    Returns
    -------
    dict of str to regressor
        ``"mean"``: the mean of the training targets; ``"nearest neighbour"``: the target of the
        nearest row in standardised features.
    """
    return {
        "mean": DummyRegressor(strategy="mean"),
        "nearest neighbour": Pipeline(
            [("scale", StandardScaler()), ("nearest", KNeighborsRegressor(n_neighbors=1))]
        ),
    }


def noise_floor(source_a: npt.ArrayLike, source_b: npt.ArrayLike) -> Estimate:
    """Return the mean absolute difference of two sources of the same quantity.

    Parameters
    ----------
    source_a, source_b : array-like of shape (n_samples,)
        Two values of each quantity, in one unit.

    Returns
    -------
    Estimate
        With its standard error. If both sources err alike and independently, one of them is wrong
        by about this over sqrt(2).
    """
    return mean_absolute_error(source_a, source_b)
