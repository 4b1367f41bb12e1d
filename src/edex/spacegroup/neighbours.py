r"""The nearest neighbour by Pearson correlation: the baseline every network has to beat.

Two PDFs are alike if they rise and fall together: their correlation is

    c = Σ (G_i − Ḡ)(H_i − H̄) / √(Σ (G_i − Ḡ)² Σ (H_i − H̄)²),

between −1 and 1, whatever their scale. A classifier that gives each PDF the space group of the most
similar one it knows learns nothing of symmetry, it recognises. The search is a product of matrices
of centred rows of length one, in blocks of bounded size; the winners are computed again in float64.

References
----------
C.-H. Liu et al., Acta Cryst. A75, 633 (2019): the classifier that has to beat it.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from edex.errors import InputError

__all__ = ["NearestByPearson", "max_correlation", "unit_rows"]

_BLOCK = 8_000_000  # correlations in one block, 32 MB of float32
_ROUNDING = 4e-6  # float32 correlations of equal pairs differ by less
_MOST_TIES = 64


class NearestByPearson(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classify a PDF by the most similar ones of each class.

    The score of a class is the mean correlation with the ``n_neighbors`` members of the class that
    are most similar (with all, if it has fewer). The class with the highest score is predicted;
    with ``n_neighbors=1`` that is the class of the nearest training PDF. Where classes have the
    same score, the one with the lower label wins.

    Parameters
    ----------
    n_neighbors : int, default 1
        How many members of each class speak for it.
    temperature : float, default 0.02
        Probabilities are proportional to exp(score / temperature): a rule to rank classes, not
        calibrated. At 0.02, c = 0.99 is 90 times as probable as c = 0.90.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(6, 30))
    >>> model = NearestByPearson().fit(X, [2, 2, 14, 14, 225, 225])
    >>> model.predict(5 * X[[3, 5]] + 1)
    array([ 14, 225])
    """

    def __init__(self, n_neighbors: int = 1, temperature: float = 0.02) -> None:
        self.n_neighbors = n_neighbors
        self.temperature = temperature

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Keep the training PDFs.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_points)
            PDFs on one grid.
        y : array-like of shape (n_samples,)
            Their classes.

        Raises
        ------
        InputError
            If shapes do not fit, a number is not finite, or a parameter is out of range.
        """
        if int(self.n_neighbors) != self.n_neighbors or self.n_neighbors < 1:
            raise InputError(
                f"n_neighbors is {self.n_neighbors}; it must be 1 or more. Give a whole number."
            )
        if not self.temperature > 0:
            raise InputError(
                f"temperature is {self.temperature}; it must be above 0. Leave it out for 0.02."
            )
        pdfs = _require_pdfs(X)
        labels = np.asarray(y)
        if labels.shape != (len(pdfs),):
            raise InputError(
                f"There are {len(pdfs)} PDFs and labels of shape {labels.shape}; each PDF needs "
                "one label. Take both from the same rows."
            )
        self.classes_, self._class_of_row = np.unique(labels, return_inverse=True)
        self.n_features_in_ = pdfs.shape[1]
        self._rows = unit_rows(pdfs)
        return self

    def kneighbors(self, X: npt.ArrayLike, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Find the most similar training PDFs.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_points)
            PDFs.
        k : int, default 1
            How many for each.

        Returns
        -------
        correlations : ndarray of shape (n_queries, k)
            Highest first.
        indices : ndarray of shape (n_queries, k)
            Rows of the training set; of equal correlations (to 1e-9) the lower row comes first.

        Raises
        ------
        InputError
            If k is not between 1 and the number of training PDFs, or X does not fit them.
        """
        check_is_fitted(self)
        queries = unit_rows(_require_pdfs(X, self.n_features_in_))
        if int(k) != k or not 1 <= k <= len(self._rows):
            raise InputError(
                f"k is {k}, and {len(self._rows)} PDFs are known. Ask for 1 to all of them."
            )
        correlations = np.empty((len(queries), int(k)))
        indices = np.empty((len(queries), int(k)), dtype=np.intp)
        for rows, block in _blocks(queries, self._rows):
            correlations[rows], indices[rows] = _highest(block, queries[rows], self._rows, int(k))
        return correlations, indices

    def decision_function(self, X: npt.ArrayLike) -> np.ndarray:
        """Score the classes: mean correlation with the most similar members of each.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_points)
            PDFs.

        Returns
        -------
        ndarray of shape (n_queries, n_classes)
            Between −1 and 1, in the order of ``classes_``.
        """
        check_is_fitted(self)
        queries = unit_rows(_require_pdfs(X, self.n_features_in_))
        scores = np.empty((len(queries), len(self.classes_)))
        for number in range(len(self.classes_)):
            members = self._rows[self._class_of_row == number]
            k = min(int(self.n_neighbors), len(members))
            for rows, block in _blocks(queries, members):
                scores[rows, number] = _highest(block, queries[rows], members, k)[0].mean(axis=1)
        return scores

    def predict(self, X: npt.ArrayLike) -> np.ndarray:
        """Predict the class of the highest score.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_points)
            PDFs.

        Returns
        -------
        ndarray of shape (n_queries,)
        """
        return np.asarray(self.classes_[self.decision_function(X).round(9).argmax(axis=1)])

    def predict_proba(self, X: npt.ArrayLike) -> np.ndarray:
        """Turn the scores into shares that add up to one.

        Parameters
        ----------
        X : array-like of shape (n_queries, n_points)
            PDFs.

        Returns
        -------
        ndarray of shape (n_queries, n_classes)
            In the order of ``classes_``; meant to rank classes, not calibrated.
        """
        scores = self.decision_function(X).round(9)
        weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / self.temperature)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def max_correlation(X_test: npt.ArrayLike, X_train: npt.ArrayLike) -> np.ndarray:
    """Find how similar each PDF is to the most similar one of another set.

    Parameters
    ----------
    X_test : array-like of shape (n_test, n_points)
        PDFs.
    X_train : array-like of shape (n_train, n_points)
        PDFs on the same grid.

    Returns
    -------
    ndarray of shape (n_test,)
        Highest Pearson correlation, to 1e-6.

    Raises
    ------
    InputError
        If the arrays do not fit.
    """
    known = _require_pdfs(X_train)
    queries = unit_rows(_require_pdfs(X_test, known.shape[1]))
    result = np.empty(len(queries))
    for rows, block in _blocks(queries, unit_rows(known)):
        result[rows] = block.max(axis=1)
    return np.clip(result, -1.0, 1.0)


def _require_pdfs(X: npt.ArrayLike, n_points: int | None = None) -> np.ndarray:
    try:
        pdfs = np.asarray(X)
        pdfs = pdfs if pdfs.dtype in (np.float32, np.float64) else pdfs.astype(float)
    except (TypeError, ValueError):
        raise InputError(
            "The PDFs must be numbers. Give an array of shape (n_pdfs, n_points)."
        ) from None
    if pdfs.ndim != 2 or pdfs.shape[0] == 0 or pdfs.shape[1] < 2:
        raise InputError(
            f"The PDFs have shape {pdfs.shape}; they must be rows of two or more points. Give an "
            "array of shape (n_pdfs, n_points); one PDF is G[None]."
        )
    if n_points is not None and pdfs.shape[1] != n_points:
        raise InputError(
            f"The PDFs have {pdfs.shape[1]} points and those of the training set {n_points}; both "
            "must be on one grid. Bring them there with to_grid."
        )
    if not np.isfinite(pdfs).all():
        row = int(np.flatnonzero(~np.isfinite(pdfs).all(axis=1))[0])
        raise InputError(
            f"PDF {row} holds a value that is not finite; all must be. Leave this PDF out."
        )
    return pdfs


def unit_rows(pdfs: np.ndarray) -> np.ndarray:
    """Centre rows and scale them to length one: their products are Pearson correlations.

    Parameters
    ----------
    pdfs : ndarray of shape (n_pdfs, n_points)
        PDFs.

    Returns
    -------
    ndarray of float32, shape (n_pdfs, n_points)
        A constant row becomes zeros, so that it correlates with nothing.
    """
    result = np.empty(pdfs.shape, dtype=np.float32)
    n_rows = max(1, _BLOCK // (2 * pdfs.shape[1]))
    for start in range(0, len(pdfs), n_rows):
        block = np.array(pdfs[start : start + n_rows], dtype=float)
        largest = np.abs(block).max(axis=1, keepdims=True)
        block /= np.where(largest > 0, largest, 1.0)
        block -= block.mean(axis=1, keepdims=True)
        length = np.sqrt((block**2).sum(axis=1, keepdims=True))
        result[start : start + n_rows] = np.where(length > 1e-7, block, 0) / np.maximum(
            length, 1e-7
        )
    return result


def _blocks(queries: np.ndarray, known: np.ndarray) -> Any:
    """Give (rows, correlations of these queries with all known PDFs), block by block."""
    n_rows = max(1, _BLOCK // len(known))
    for start in range(0, len(queries), n_rows):
        rows = slice(start, start + n_rows)
        yield rows, queries[rows] @ known.T


def _highest(
    block: np.ndarray, queries: np.ndarray, known: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the k highest of each row, computed again in float64, equal ones by their place."""
    n_known = block.shape[1]
    limits = np.partition(block, n_known - k, axis=1)[:, n_known - k] - _ROUNDING
    correlations = np.empty((len(block), k))
    indices = np.empty((len(block), k), dtype=np.intp)
    for row, limit in enumerate(limits):
        places = np.flatnonzero(block[row] >= limit)
        if len(places) > k + _MOST_TIES:  # many copies of one PDF: keep the best and first
            order = np.lexsort((places, -block[row, places].round(5)))
            places = np.sort(places[order[: k + _MOST_TIES]])
        exact = (known[places].astype(float) @ queries[row].astype(float)).round(9)
        order = np.lexsort((places, -exact))[:k]
        correlations[row], indices[row] = exact[order], places[order]
    return np.clip(correlations, -1.0, 1.0), indices
