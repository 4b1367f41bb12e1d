"""Does clustering first help? Compare a regressor with its two-step form on the same splits.

gain = MAE(direct) - MAE(two-step), positive where clustering helps. The error bar is Nadeau and
Bengio's for repeated splits, whose training sets overlap; the pairing by compound is there too.
Clusters, scaling and regressors are learnt from the training rows of each split alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from edex.learn.metrics import (
    Difference,
    Estimate,
    corrected_difference,
    mean_with_error,
    paired_difference,
)
from edex.learn.splits import grouped_folds, out_of_fold_predictions
from edex.melting.clustered import ClusterRegressor

__all__ = [
    "CLUSTERING_FEATURES",
    "Gain",
    "cluster_number_table",
    "make_clusterers",
    "two_step_gains",
]

CLUSTERING_FEATURES: tuple[str, ...] = (
    "ionic_character",
    "electronegativity_weighted_mean",
    "electronegativity_weighted_deviation",
    "group_weighted_mean",
    "group_weighted_deviation",
    "period_weighted_mean",
    "period_weighted_deviation",
)
"""The counterparts, among our features, of the seven that the paper clusters with."""


@dataclass(frozen=True)
class Gain:
    """What clustering first did to one regressor.

    Attributes
    ----------
    direct, two_step : Estimate
        MAE of either form over compounds (each compound's error averaged over repetitions), in K.
    gain : Difference
        direct minus two-step over the splits, with the corrected error bar, in K.
    paired : Difference
        The same, compound by compound: the error bar of these very models, in K.
    spread : float
        Standard deviation of the compound-wise differences in one repetition, in K.
    """

    direct: Estimate
    two_step: Estimate
    gain: Difference
    paired: Difference
    spread: float


def make_clusterers(n_clusters: int = 2, *, random_state: int = 0) -> dict[str, Any]:
    """Return the three clusterers of the lesson.

    Parameters
    ----------
    n_clusters : int, default 2
        Number of clusters.
    random_state : int, default 0
        Seed.

    Returns
    -------
    dict of str to clusterer
        ``k_means``, ``gaussian_mixture``, ``agglomerative`` (Ward).
    """
    return {
        "k_means": KMeans(n_clusters, n_init=10, random_state=random_state),
        "gaussian_mixture": GaussianMixture(
            n_clusters, n_init=3, reg_covar=1e-3, random_state=random_state
        ),
        "agglomerative": AgglomerativeClustering(n_clusters),
    }


def two_step_gains(
    X: pd.DataFrame,
    y: npt.ArrayLike,
    *,
    groups: npt.ArrayLike,
    regressor: Any,
    clusterers: Mapping[str, Any],
    clustering_features: Sequence[str] = CLUSTERING_FEATURES,
    scale: bool = True,
    n_splits: int = 10,
    n_repeats: int = 1,
    progress: Callable[[str], None] | None = None,
    random_state: int = 0,
) -> dict[str, Gain]:
    """Score a regressor directly and behind each clusterer, on the same grouped splits.

    Parameters
    ----------
    X : DataFrame of shape (n_compounds, n_features)
        Features.
    y : array-like of shape (n_compounds,)
        Melting temperatures in K.
    groups : array-like of shape (n_compounds,)
        Reduced formulas.
    regressor : regressor
        For a table of numbers, target in K.
    clusterers : mapping of str to clusterer
        See :func:`make_clusterers`.
    clustering_features : sequence of str
        Columns of ``X`` that the clusterers see.
    scale : bool, default True
        Standardise those columns first.
    n_splits : int, default 10
        Folds in each repetition.
    n_repeats : int, default 1
        Repetitions, each with another shuffle.
    progress : callable, default None
        Called with a short text now and then.
    random_state : int, default 0
        Seed of the shuffles.

    Returns
    -------
    dict of str to Gain
        Under the names of ``clusterers``.
    """
    targets = np.asarray(y, dtype=float)
    models = {"direct": regressor} | {
        name: ClusterRegressor(
            clusterer, regressor, clustering_features=clustering_features, scale=scale
        )
        for name, clusterer in clusterers.items()
    }
    errors = {name: np.empty((n_repeats, len(targets))) for name in models}
    per_split: dict[str, list[float]] = {name: [] for name in models}
    for repeat in range(n_repeats):
        folds = grouped_folds(groups, n_splits, random_state=random_state + repeat)
        for name, model in models.items():
            predicted = out_of_fold_predictions(model, X, targets, folds=folds)
            errors[name][repeat] = np.abs(predicted - targets)
            per_split[name] += [float(errors[name][repeat, test].mean()) for _, test in folds]
            if progress is not None:
                progress(f"two steps: {name}, repetition {repeat + 1} of {n_repeats}")
    return {
        name: _gain(errors["direct"], errors[name], per_split["direct"], per_split[name], groups)
        for name in clusterers
    }


def _gain(
    direct: np.ndarray,
    two_step: np.ndarray,
    direct_splits: Sequence[float],
    two_step_splits: Sequence[float],
    groups: npt.ArrayLike,
) -> Gain:
    n_splits = len(direct_splits) // len(direct)
    zeros = np.zeros(direct.shape[1])
    return Gain(
        direct=mean_with_error(direct.mean(axis=0), groups),
        two_step=mean_with_error(two_step.mean(axis=0), groups),
        gain=corrected_difference(
            np.subtract(direct_splits, two_step_splits), test_fraction=1.0 / n_splits
        ),
        paired=paired_difference(zeros, direct.mean(axis=0), two_step.mean(axis=0), groups=groups),
        spread=float((direct[0] - two_step[0]).std(ddof=1)),
    )


def cluster_number_table(
    X: npt.ArrayLike, *, numbers: Sequence[int] = (2, 3, 4, 5, 6), random_state: int = 0
) -> pd.DataFrame:
    """Return criteria for the number of clusters.

    Parameters
    ----------
    X : array-like of shape (n_compounds, n_features)
        Clustering features; they are standardised first.
    numbers : sequence of int
        Numbers of clusters to try.
    random_state : int, default 0
        Seed.

    Returns
    -------
    DataFrame
        Indexed by the number of clusters: ``silhouette`` (k-means; the larger the better, at most
        1), ``inertia`` (k-means), ``bic`` (Gaussian mixture; the smaller the better).
    """
    space = StandardScaler().fit_transform(np.asarray(X, dtype=float))
    rows = {}
    for number in numbers:
        clusterers = make_clusterers(number, random_state=random_state)
        k_means = clusterers["k_means"].fit(space)
        rows[number] = {
            "silhouette": float(silhouette_score(space, k_means.labels_)),
            "inertia": float(k_means.inertia_),
            "bic": float(clusterers["gaussian_mixture"].fit(space).bic(space)),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "n_clusters"
    return table
