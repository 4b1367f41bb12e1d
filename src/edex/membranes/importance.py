"""How much a fitted model relies on a feature: what shuffling it costs, and what splits it won.

Permuting the values of feature j breaks its link to the target and leaves its distribution. The
importance is the loss of score,

    I_j = R²(model on X) - mean_k R²(model on X with column j permuted, draw k).

Scored on polymers that the model was not trained on, it says what the feature is worth for
prediction. Correlated features stand in for each other, so each of them looks unimportant: permute
them as one block, with one permutation, and see what the block is worth.

References
----------
L. Breiman, Mach. Learn. 45, 5 (2001), doi 10.1023/A:1010933404324: permutation importance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import r2_score

from edex.errors import InputError

__all__ = ["correlated_blocks", "impurity_importances", "permutation_importances"]


def permutation_importances(
    model: Any,
    X: npt.ArrayLike | pd.DataFrame,
    y: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    n_repeats: int = 10,
    random_state: int | None = 0,
) -> pd.DataFrame:
    """Return how much R² is lost when a feature, or a block of features, is permuted.

    Parameters
    ----------
    model : regressor
        Fitted, best on other rows than these.
    X : DataFrame or array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    names : sequence of str, default None
        Names of the features, if X is not a DataFrame; else ``x0``, ``x1``, ….
    blocks : mapping of str to sequence of str, default None
        Features to be permuted together, by the name of the block, as from
        :func:`correlated_blocks`. Only these are permuted. None permutes each feature alone.
    n_repeats : int, default 10
        Number of permutations of each; at least 2.
    random_state : int or None, default 0
        Seed.

    Returns
    -------
    DataFrame of shape (n_blocks, 2)
        Index: name of the feature or block, in the order given. ``mean``: loss of R²; it can be
        slightly negative by chance. ``standard_error``: of that mean over the permutations; it
        does not know that other polymers might have been scored. A block of columns that are all
        constant has 0 for both: there is nothing to permute.

    Raises
    ------
    InputError
        If a number is missing, y is constant, a block names an unknown feature, or there are fewer
        than 2 permutations.
    """
    frame = _as_frame(X, names)
    targets = np.asarray(y, dtype=float)
    if targets.shape != (len(frame),) or not np.isfinite(targets).all() or np.ptp(targets) == 0:
        raise InputError(
            f"y has shape {targets.shape} for {len(frame)} rows of X; it must be one finite number "
            "per row, and not the same for all, or R² has no meaning. Leave out missing rows."
        )
    if n_repeats < 2:
        raise InputError(f"n_repeats is {n_repeats}; an error bar needs at least 2. Set it to 10.")
    chosen = {name: [name] for name in frame.columns} if blocks is None else dict(blocks)
    unknown = sorted({name for block in chosen.values() for name in block} - set(frame.columns))
    if unknown:
        raise InputError(
            f"The blocks name {unknown[0]!r}, which is no column of X. Make them from this table, "
            "with correlated_blocks(X)."
        )
    table = frame.to_numpy()

    def score(values: np.ndarray) -> float:
        given: Any = values
        if isinstance(X, pd.DataFrame):
            given = pd.DataFrame(values, index=frame.index, columns=frame.columns)
        return float(r2_score(targets, model.predict(given)))

    rng = np.random.default_rng(random_state)
    full = score(table)
    losses = np.zeros((len(chosen), n_repeats))
    for number, block in enumerate(chosen.values()):
        columns = frame.columns.get_indexer(pd.Index(block))
        if np.ptp(table[:, columns], axis=0).any():
            for repeat in range(n_repeats):
                permuted = table.copy()
                permuted[:, columns] = table[rng.permutation(len(table))][:, columns]
                losses[number, repeat] = full - score(permuted)
    return pd.DataFrame(
        {
            "mean": losses.mean(axis=1),
            "standard_error": losses.std(axis=1, ddof=1) / np.sqrt(n_repeats),
        },
        index=pd.Index(list(chosen), name="feature"),
    )


def correlated_blocks(
    X: npt.ArrayLike | pd.DataFrame,
    *,
    names: Sequence[str] | None = None,
    threshold: float = 0.7,
) -> dict[str, list[str]]:
    """Return blocks of features that rise and fall together.

    Features are joined by average linkage on the distance 1 - abs(Spearman's rho), as long as the
    mean correlation between two blocks is at least ``threshold``.

    Parameters
    ----------
    X : DataFrame or array-like of shape (n_samples, n_features)
    names : sequence of str, default None
        Names of the features, if X is not a DataFrame; else ``x0``, ``x1``, ….
    threshold : float, default 0.7
        From 0 (everything is one block) to 1 (only features that rank the rows alike).

    Returns
    -------
    dict of str to list of str
        Each feature is in one block. A block is named after its member that is not zero most often,
        the first of equal ones. A constant feature has no correlation: it is a block of its own.

    Raises
    ------
    InputError
        If a number is missing, or the threshold is not between 0 and 1.

    Examples
    --------
    >>> X = pd.DataFrame({"a": [0, 1, 2, 4], "b": [9, 8, 3, 2], "c": [1, 0, 0, 1]})
    >>> correlated_blocks(X)
    {'b': ['a', 'b'], 'c': ['c']}
    """
    if not 0.0 <= threshold <= 1.0:
        raise InputError(
            f"threshold is {threshold}; it is an absolute correlation, from 0 to 1. Try 0.7."
        )
    frame = _as_frame(X, names)
    varies = np.ptp(frame.to_numpy(), axis=0) > 0
    clusters = -np.arange(1, frame.shape[1] + 1)  # each constant feature: a number of its own
    if varies.sum() > 1:
        similarity = frame.loc[:, varies].rank().corr().abs().to_numpy()
        distances = np.clip(1.0 - similarity, 0.0, None)
        np.fill_diagonal(distances, 0.0)
        tree = linkage(squareform(distances, checks=False), method="average")
        # Equal ranks give a correlation of 1 but for rounding.
        clusters[varies] = fcluster(tree, 1.0 - threshold + 1e-9, criterion="distance")
    members = pd.Series(frame.columns).groupby(clusters, sort=False).agg(list)
    n_nonzero = (frame != 0).sum()
    return {max(block, key=lambda name: n_nonzero[name]): block for block in members}


def impurity_importances(forest: Any, names: Sequence[str]) -> pd.DataFrame:
    """Return the share of the variance that the splits on each feature removed in training.

    It costs nothing and is often shown, but it is measured on the training rows: a feature by which
    noise was learnt gets its share too, and features with many different values more of it.

    Parameters
    ----------
    forest : fitted tree, forest or gradient boosting of scikit-learn
    names : sequence of str of shape (n_features,)

    Returns
    -------
    DataFrame of shape (n_features, 2)
        Index: name of the feature. ``mean``: share, adding up to 1. ``standard_error``: over the
        trees of a forest; NaN where the trees are not independent draws, as in boosting.

    Raises
    ------
    InputError
        If the model has no such shares, or their number is not that of the names.
    """
    shares = getattr(forest, "feature_importances_", None)
    if shares is None or len(shares) != len(names):
        found = "no feature_importances_" if shares is None else f"{len(shares)} features"
        raise InputError(
            f"{type(forest).__name__} has {found} and there are {len(names)} names. Give a fitted "
            "forest, and the names of its columns."
        )
    errors = np.full(len(names), np.nan)
    trees = getattr(forest, "estimators_", None)
    if isinstance(trees, list) and len(trees) > 1:
        of_trees = np.array([tree.feature_importances_ for tree in trees])
        errors = of_trees.std(axis=0, ddof=1) / np.sqrt(len(trees))
    return pd.DataFrame(
        {"mean": np.asarray(shares, dtype=float), "standard_error": errors},
        index=pd.Index(list(names), name="feature"),
    )


def _as_frame(X: npt.ArrayLike | pd.DataFrame, names: Sequence[str] | None) -> pd.DataFrame:
    if isinstance(X, pd.DataFrame):
        frame = X.astype(float)
    else:
        table = np.asarray(X, dtype=float)
        if table.ndim != 2:
            raise InputError(
                f"X has shape {table.shape}; rows of features are needed. Give a DataFrame, or an "
                "array of shape (n_samples, n_features)."
            )
        labels = [f"x{i}" for i in range(table.shape[1])] if names is None else list(names)
        if len(labels) != table.shape[1]:
            raise InputError(
                f"X has {table.shape[1]} columns and there are {len(labels)} names; each column "
                "needs one. Take names from get_feature_names_out()."
            )
        frame = pd.DataFrame(table, columns=labels)
    missing = int((~np.isfinite(frame.to_numpy())).sum())
    if missing or not frame.columns.is_unique or len(frame) < 2:
        raise InputError(
            f"X has {len(frame)} rows, {missing} values that are not finite, and "
            f"{int(frame.columns.duplicated().sum())} repeated names; at least 2 rows, finite "
            "numbers and different names are needed. Leave out rows that could not be read."
        )
    return frame
