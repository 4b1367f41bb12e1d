"""Two-step regression: cluster the compounds first, then fit one regressor per cluster.

The idea of Gharakhanyan et al.: if compounds fall into families (covalent, ionic, ...), each with
its own law T = f_c(x), then f_c fitted inside family c may beat one law for all. The price is that
every f_c sees fewer compounds. :class:`ClusterRegressor` learns clusters, scaling and regressors
from the rows given to ``fit`` alone, so cross-validation around it is honest.

References
----------
V. Gharakhanyan et al., J. Chem. Phys. 160, 204112 (2024).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin, RegressorMixin, clone
from sklearn.metrics import pairwise_distances_argmin
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data

from edex.errors import InputError

__all__ = ["ClusterRegressor", "RandomClusters"]

NOISE = -1  # the label that density clusterers give to points of no cluster


class ClusterRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Cluster the rows, then fit a clone of one regressor in every cluster.

    A new row goes to the cluster that the clusterer's own ``predict`` names. A clusterer without
    ``predict`` (agglomerative clustering) gets the rule "nearest cluster centroid", in the space
    in which the clusters were made. A cluster smaller than ``min_cluster_size``, and the noise of
    a density clusterer, is served by a regressor fitted on all rows.

    Parameters
    ----------
    clusterer : estimator with ``fit_predict``
        For example ``KMeans(2)``, ``GaussianMixture(2)``, ``AgglomerativeClustering(2)``.
    regressor : regressor
        Cloned for each cluster; may be a pipeline.
    clustering_features : sequence of str or int, default None
        Columns that the clusterer sees: names if ``X`` is a DataFrame, else positions. ``None``
        means all. The regressors always see all columns, as an array.
    scale : bool, default True
        Standardise those columns first. Without it the column with the largest unit decides.
    min_cluster_size : int, default 20
        Smallest number of training rows for a regressor of its own.

    Attributes
    ----------
    clusterer_, scaler_ : estimators
        Fitted clones; ``scaler_`` is None without scaling.
    cluster_labels_ : ndarray of int, shape (n_samples,)
        Cluster of each training row.
    cluster_sizes_ : dict of int to int
        Training rows per cluster.
    regressors_ : dict of int to regressor
        Fitted regressor of each cluster; the fallback for small ones.
    fallback_ : regressor or None
        The regressor fitted on all rows, if one was needed.
    centroids_ : ndarray of shape (n_clusters, n_clustering_features)
        Mean of the (scaled) clustering features of each cluster, noise left out.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.linear_model import Ridge
    >>> X = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    >>> model = ClusterRegressor(
    ...     KMeans(2, random_state=0), Ridge(1e-9), min_cluster_size=2
    ... ).fit(X, [0, 1, 2, -10, -11, -12])
    >>> model.predict([[1.5], [10.5]]).round(3).tolist()
    [1.5, -10.5]
    """

    def __init__(
        self,
        clusterer: Any,
        regressor: Any,
        *,
        clustering_features: Sequence[str] | Sequence[int] | None = None,
        scale: bool = True,
        min_cluster_size: int = 20,
    ) -> None:
        self.clusterer = clusterer
        self.regressor = regressor
        self.clustering_features = clustering_features
        self.scale = scale
        self.min_cluster_size = min_cluster_size

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the clusters, then a regressor in each.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Target, for example melting temperatures in K.

        Raises
        ------
        InputError
            If an option or a clustering feature is not allowed.
        """
        X, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        if self.min_cluster_size < 1:
            raise InputError(
                f"min_cluster_size is {self.min_cluster_size}; it must be at least 1. "
                f"Give the smallest number of rows that can carry a regressor, such as 20."
            )
        self._columns = self._find_columns()
        chosen = X[:, self._columns]
        self.scaler_ = StandardScaler().fit(chosen) if self.scale else None
        space = self._scaled(X)
        self.clusterer_ = clone(self.clusterer)
        self.cluster_labels_ = np.asarray(self.clusterer_.fit_predict(space))
        names, sizes = np.unique(self.cluster_labels_, return_counts=True)
        self.cluster_sizes_ = dict(zip(names.tolist(), sizes.tolist(), strict=True))
        self._centroid_names = names[names != NOISE]
        self.centroids_ = np.array(
            [space[self.cluster_labels_ == name].mean(axis=0) for name in self._centroid_names]
        )
        self._fit_regressors(X, y)
        return self

    def _fit_regressors(self, X: np.ndarray, y: np.ndarray) -> None:
        self.fallback_ = None
        self.regressors_ = {}
        for name, size in self.cluster_sizes_.items():
            if name == NOISE or size < self.min_cluster_size:
                if self.fallback_ is None:
                    self.fallback_ = clone(self.regressor).fit(X, y)
                self.regressors_[name] = self.fallback_
            else:
                members = self.cluster_labels_ == name
                self.regressors_[name] = clone(self.regressor).fit(X[members], y[members])

    def assign_clusters(self, X: Any) -> np.ndarray:
        """Name the cluster of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features, all the columns that ``fit`` saw.

        Returns
        -------
        ndarray of int, shape (n_samples,)
        """
        check_is_fitted(self)
        return self._assign(validate_data(self, X, reset=False, dtype=np.float64))

    def predict(self, X: Any) -> np.ndarray:
        """Predict with the regressor of each row's cluster.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.

        Returns
        -------
        ndarray of shape (n_samples,)
            In the unit of ``y``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        labels = self._assign(X)
        predicted = np.empty(len(X))
        for name in np.unique(labels):
            members = labels == name
            predicted[members] = self.regressors_[int(name)].predict(X[members])
        return predicted

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        chosen = X[:, self._columns]
        return chosen if self.scaler_ is None else np.asarray(self.scaler_.transform(chosen))

    def _assign(self, X: np.ndarray) -> np.ndarray:
        space = self._scaled(X)
        if not len(self.centroids_):
            return np.full(len(X), NOISE)
        nearest = self._centroid_names[pairwise_distances_argmin(space, self.centroids_)]
        if not hasattr(self.clusterer_, "predict"):
            return np.asarray(nearest)
        labels = np.asarray(self.clusterer_.predict(space))
        # A mixture may name a component that won no training row: it has no regressor either.
        return np.where(np.isin(labels, list(self.regressors_)), labels, nearest)

    def _find_columns(self) -> np.ndarray:
        """Return the positions of the clustering features."""
        if self.clustering_features is None:
            return np.arange(self.n_features_in_)
        names = list(getattr(self, "feature_names_in_", []))
        positions = []
        for feature in self.clustering_features:
            if isinstance(feature, str) and feature in names:
                positions.append(names.index(feature))
            elif not isinstance(feature, str) and 0 <= int(feature) < self.n_features_in_:
                positions.append(int(feature))
            else:
                known = ", ".join(names[:8]) + ", ..." if names else "no names (X is no DataFrame)"
                raise InputError(
                    f"The clustering feature {feature!r} is not among the {self.n_features_in_} "
                    f"columns of X, which has {known}. Give names of columns of a DataFrame, or "
                    f"positions from 0 to {self.n_features_in_ - 1}."
                )
        if not positions:
            raise InputError("clustering_features is empty. Name a column, or leave it None.")
        return np.array(positions)


class RandomClusters(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Deal rows out at random: a control experiment for clustering before regression.

    What a two-step model loses with random clusters is the price of dividing the data; what real
    clusters lose less (or gain) is what they know.

    Parameters
    ----------
    n_clusters : int, default 2
        Number of clusters.
    random_state : int, default 0
        Seed; ``fit_predict`` and ``predict`` draw from different streams.
    """

    def __init__(self, n_clusters: int = 2, *, random_state: int = 0) -> None:
        self.n_clusters = n_clusters
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Draw a cluster for each training row."""
        rng = np.random.default_rng([self.random_state, 0])
        self.labels_ = rng.integers(self.n_clusters, size=len(X))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Draw a cluster for each new row."""
        rng = np.random.default_rng([self.random_state, 1])
        return rng.integers(self.n_clusters, size=len(X))
