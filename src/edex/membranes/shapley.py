"""Shapley values: a prediction shared out fairly among the features that made it.

A game gives each coalition S of players a worth v(S). The share of player i is what i adds when it
joins, averaged over all orders in which n players can join:

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * [v(S + i) - v(S)].

For a model the players are features, and v(S) is the prediction expected when only the features in
S are known. A tree gives that expectation: at a split on an unknown feature go both ways, weighted
by how many training rows went there. For trees the sum can be done exactly, and fast.

References
----------
L. S. Shapley, in Contributions to the Theory of Games II (Princeton, 1953), p. 307.
S. M. Lundberg et al., Nat. Mach. Intell. 2, 56 (2020), doi 10.1038/s42256-019-0138-9: trees.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted

from edex.errors import InputError, MissingExtraError

__all__ = ["ShapleyResult", "shapley_values", "tree_shapley"]

_MAX_PLAYERS = 12
_TREES = (
    DecisionTreeRegressor,
    RandomForestRegressor,
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
)
_Player = TypeVar("_Player", bound=Hashable)


@dataclass(frozen=True, eq=False)
class ShapleyResult:
    """Shapley values of a model's predictions.

    Attributes
    ----------
    values : DataFrame of shape (n_samples, n_features)
        What each feature adds to each prediction, in the unit of the target; index and columns are
        those of X.
    base_value : float
        The prediction when nothing is known: the mean over the training rows.
    additivity_error : float
        Largest abs(base_value + sum of a row - prediction): how exact the sum is.
    """

    values: pd.DataFrame
    base_value: float
    additivity_error: float

    @property
    def importance(self) -> pd.Series:
        """Mean absolute value of each feature, in the unit of the target."""
        return self.values.abs().mean().rename("mean_abs_shap")


def shapley_values(
    worth: Callable[[frozenset[_Player]], float], players: Sequence[_Player]
) -> dict[_Player, float]:
    """Return the Shapley values of a small game, from the definition.

    The worth of each of the 2^n coalitions is asked once. A coalition of s players that i joins
    counts with the weight s! (n - s - 1)! / n!, which is the share of the orders in which exactly
    these s come before i.

    Parameters
    ----------
    worth : callable
        Takes a frozenset of players, the empty one too, and returns a number.
    players : sequence
        At most 12 different ones.

    Returns
    -------
    dict of player to float
        They add up to worth(all) - worth(nobody).

    Raises
    ------
    InputError
        If there are more than 12 players, or one stands there twice.

    Examples
    --------
    A left glove or two right ones: only a pair is worth something.

    >>> pair = lambda gloves: float("left" in gloves and len(gloves) > 1)
    >>> {who: round(share, 3) for who, share in shapley_values(pair, ["left", "r1", "r2"]).items()}
    {'left': 0.667, 'r1': 0.167, 'r2': 0.167}
    """
    n = len(players)
    if n > _MAX_PLAYERS or len(set(players)) < n:
        raise InputError(
            f"There are {n} players, {len(set(players))} different; from the definition at most "
            f"{_MAX_PLAYERS} different ones can be done, as 2^n coalitions must be asked. Take "
            "fewer, or tree_shapley for a model of trees."
        )
    coalitions = [
        frozenset(group) for size in range(n + 1) for group in combinations(players, size)
    ]
    value = {coalition: float(worth(coalition)) for coalition in coalitions}
    shares = dict.fromkeys(players, 0.0)
    for coalition in coalitions:
        weight = math.factorial(len(coalition)) * math.factorial(max(n - len(coalition) - 1, 0))
        for player in players:
            if player not in coalition:
                gain = value[coalition | {player}] - value[coalition]
                shares[player] += weight / math.factorial(n) * gain
    return shares


def tree_shapley(model: Any, X: npt.ArrayLike | pd.DataFrame) -> ShapleyResult:
    """Return the exact Shapley values of the predictions of a tree, a forest or boosted trees.

    What is expected of unknown features follows the training rows down the trees
    (path-dependent), so of two correlated features each gets a part of what they say in common.

    Parameters
    ----------
    model : fitted tree, forest or gradient boosting regressor of scikit-learn
        With one target.
    X : DataFrame or array-like of shape (n_samples, n_features)
        As given to ``predict``.

    Returns
    -------
    ShapleyResult

    Raises
    ------
    InputError
        If the model is of another kind, not fitted, has several targets, or does not add up (a
        loss with a link function, as "poisson").
    MissingExtraError
        If shap is not installed.
    """
    _check_model(model)
    frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(np.asarray(X, dtype=float))
    if frame.shape[1] != model.n_features_in_ or len(frame) == 0:
        raise InputError(
            f"X has shape {frame.shape}; the model was fitted on {model.n_features_in_} features, "
            "and at least one row is needed. Give the table that predict takes."
        )
    given = frame if isinstance(X, pd.DataFrame) else frame.to_numpy()
    explainer = _shap().TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(frame.to_numpy(float), check_additivity=False))
    base_value = float(np.ravel(explainer.expected_value)[0])
    predicted = np.asarray(model.predict(given), dtype=float)
    error = float(np.abs(base_value + values.sum(axis=1) - predicted).max())
    if error > 1e-6 * (1.0 + np.abs(predicted).max()):
        raise InputError(
            f"The Shapley values miss the predictions of this {type(model).__name__} by up to "
            f"{error:.3g}: its trees do not add up to what it predicts. Fit it with a squared or "
            "absolute error."
        )
    table = pd.DataFrame(values, index=frame.index, columns=frame.columns)
    return ShapleyResult(table, base_value, error)


def _check_model(model: Any) -> None:
    if not isinstance(model, _TREES):
        raise InputError(
            f"{type(model).__name__} is not made of regression trees of scikit-learn, for which "
            "alone the sum is exact. Give a tree, a forest or a gradient boosting regressor; of a "
            "pipeline its last step, pipeline[-1], and X as that step sees it."
        )
    check_is_fitted(model)
    if getattr(model, "n_outputs_", 1) != 1:
        raise InputError(
            f"The model has {model.n_outputs_} targets; the values of one are shown. Fit a model "
            "for each target."
        )
    if getattr(model, "init", None) is not None:
        raise InputError(
            f"The boosting starts from init={model.init!r}, which is no tree. Leave init=None."
        )


def _shap() -> Any:
    try:
        # Importing it warns of what it calls in other packages; that is not the reader's business.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import shap
    except ImportError:
        raise MissingExtraError(
            "shap", extra="membranes", purpose="Shapley values of trees"
        ) from None
    return shap
