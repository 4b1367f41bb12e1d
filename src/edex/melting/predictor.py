"""Predict the melting temperature of a compound from its formula, with an honest interval.

The model is fitted K times, each time without one fold of compositions, and predicts with the mean
of the K. The residuals |T_i - p_i| of each compound, predicted by the one model that has not seen
it, give the CV+ interval: shifted by every residual to both sides, the predictions for a new
compound spread out, and quantiles of that spread bound T. Errors grow with temperature, so
residuals are scaled by s(p) = a + b p, their mean size at the prediction p.

References
----------
R. F. Barber, E. J. Candes, A. Ramdas, R. J. Tibshirani, Ann. Statist. 49, 486 (2021): CV+.
J. Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018): residuals scaled by their local size.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from edex.datasets import load_crc_melting
from edex.errors import InputError
from edex.learn.splits import grouped_folds
from edex.melting.compounds import parse_formula, reduced_formula
from edex.melting.features import CompositionFeaturizer
from edex.melting.ladder import make_regressor

__all__ = ["MeltingRegressor", "default_model"]

_FAR_QUANTILE = 0.95
_SMALLEST_SCALE = 0.25  # of the mean residual: keeps s(p) positive where the line dips
_BLOCK = 500


class MeltingRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Melting temperatures from formulas, with intervals and a warning far from known compounds.

    Parameters
    ----------
    model : str, default "extra trees"
        A rung of :data:`edex.melting.ladder.LADDER`.
    n_trees : int, default 100
        Trees in each of the forests.
    n_splits : int, default 5
        Number of folds, and of fitted models.
    random_state : int, default 0
        Seed of the folds and the trees.

    Attributes
    ----------
    models_ : list of regressor
        One per fold.
    out_of_fold_ : ndarray of shape (n_compounds,)
        Prediction of each training compound by the model that has not seen it, in K.
    known_ : DataFrame
        ``formula``, ``melting_temperature`` (K) and ``composition`` of the training compounds.
    far_distance_ : float
        The distance beyond which a compound counts as far; see :meth:`is_far`.
    """

    def __init__(
        self,
        model: str = "extra trees",
        *,
        n_trees: int = 100,
        n_splits: int = 5,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.n_trees = n_trees
        self.n_splits = n_splits
        self.random_state = random_state

    def fit(self, formulas: Sequence[str], temperatures: npt.ArrayLike) -> Self:
        """Fit one model per fold of compositions.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas.
        temperatures : array-like of shape (n_compounds,)
            Melting temperatures in K.

        Raises
        ------
        InputError
            If a formula cannot be read, or a temperature is not a positive number.
        """
        names, targets = list(formulas), np.asarray(temperatures, dtype=float)
        if targets.shape != (len(names),):
            raise InputError(
                f"There are {len(names)} formulas and temperatures of shape {targets.shape}; each "
                f"formula needs one temperature in K. Take both from the same rows."
            )
        wrong = np.flatnonzero(~(np.isfinite(targets) & (targets > 0.0)))
        if len(wrong):
            raise InputError(
                f"Row {wrong[0]}: {names[wrong[0]]} melts at {targets[wrong[0]]}, and a "
                f"temperature in K is a positive number. Check the unit, or remove the row."
            )
        self.featurizer_ = CompositionFeaturizer()
        X = self.featurizer_.fit_transform(names)
        compositions = np.array([reduced_formula(name) for name in names])
        self.known_ = pd.DataFrame(
            {"formula": names, "melting_temperature": targets, "composition": compositions}
        )
        self._fit_folds(X, targets, compositions)
        self._fit_domain(X)
        return self

    def _fit_folds(self, X: np.ndarray, targets: np.ndarray, groups: np.ndarray) -> None:
        self.models_: list[Any] = []
        self.out_of_fold_ = np.empty(len(targets))
        self._fold_of_row = np.empty(len(targets), dtype=int)
        folds = grouped_folds(groups, self.n_splits, random_state=self.random_state)
        for number, (train, test) in enumerate(folds):
            model = make_regressor(
                self.model, n_trees=self.n_trees, random_state=self.random_state + number
            ).fit(X[train], targets[train])
            self.out_of_fold_[test] = model.predict(X[test])
            self._fold_of_row[test] = number
            self.models_.append(model)
        residuals = np.abs(targets - self.out_of_fold_)
        self._scale_line = np.polynomial.Polynomial.fit(self.out_of_fold_, residuals, 1)
        self._smallest_scale = _SMALLEST_SCALE * float(residuals.mean())
        self._scaled_residuals = residuals / self._scale(self.out_of_fold_)

    def _fit_domain(self, X: np.ndarray) -> None:
        self._scaler = StandardScaler().fit(X)
        self._elements = {s for name in self.known_["formula"] for s in parse_formula(name)}
        first = ~self.known_["composition"].duplicated().to_numpy()
        self._neighbours = NearestNeighbors(algorithm="ball_tree").fit(self._space(X[first]))
        self._neighbour_rows = np.flatnonzero(first)
        distances, _ = self._neighbours.kneighbors(n_neighbors=1)  # to another composition
        self.far_distance_ = float(np.quantile(distances, _FAR_QUANTILE))

    def _space(self, X: np.ndarray) -> np.ndarray:
        # Divided so that a distance is the root mean square of the standardised differences.
        return np.asarray(self._scaler.transform(X) / np.sqrt(X.shape[1]))

    def _scale(self, predictions: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(self._scale_line(predictions), self._smallest_scale))

    def predict(self, formulas: Sequence[str]) -> np.ndarray:
        """Predict melting temperatures.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas.

        Returns
        -------
        ndarray of shape (n_compounds,)
            In K.
        """
        return np.asarray(self._fold_predictions(formulas).mean(axis=0))

    def predict_interval(self, formulas: Sequence[str], coverage: float = 0.9) -> np.ndarray:
        """Return the CV+ interval of each compound.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas.
        coverage : float, default 0.9
            Part of compounds *like the training compounds* whose temperature lies inside. Not more
            than is known is claimed: about a compound that :meth:`is_far` it says nothing.

        Returns
        -------
        ndarray of shape (n_compounds, 2)
            Lower and upper bound in K; the lower one is never below 0.

        Raises
        ------
        InputError
            If the coverage is not between 0 and 1.
        """
        if not 0.0 < coverage < 1.0:
            raise InputError(
                f"coverage is {coverage}; it is a fraction between 0 and 1. Give 0.9 for 90 %."
            )
        by_model = self._fold_predictions(formulas)
        intervals = np.empty((by_model.shape[1], 2))
        n_known = len(self._fold_of_row)
        # Barber et al., section 1.2.3: the ranks of the two quantiles among the n shifted values.
        rank = int((1.0 - coverage) * (n_known + 1))
        if rank == 0:  # too few known compounds for so high a coverage
            return np.tile([0.0, np.inf], (len(intervals), 1))
        for start in range(0, len(intervals), _BLOCK):
            centres = by_model[:, start : start + _BLOCK]
            reach = self._scale(centres.mean(axis=0)) * self._scaled_residuals[:, None]
            shifted = centres[self._fold_of_row]
            block = slice(start, start + _BLOCK)
            intervals[block, 0] = np.partition(shifted - reach, rank - 1, axis=0)[rank - 1]
            intervals[block, 1] = np.partition(shifted + reach, n_known - rank, axis=0)[
                n_known - rank
            ]
        return np.maximum(intervals, 0.0)

    def _fold_predictions(self, formulas: Sequence[str]) -> np.ndarray:
        check_is_fitted(self)
        X = self.featurizer_.transform(formulas)
        return np.array([model.predict(X) for model in self.models_])

    def nearest_known(self, formula: str, k: int = 5) -> pd.DataFrame:
        """Return the training compounds most like a compound.

        Parameters
        ----------
        formula : str
            A formula.
        k : int, default 5
            How many.

        Returns
        -------
        DataFrame of shape (k, 3)
            ``formula``, ``melting_temperature`` (K) and ``distance``, nearest first; one row for
            each composition. The distance is the root mean square difference of the standardised
            features.
        """
        check_is_fitted(self)
        distances, rows = self._nearest([formula], k)
        nearest = self.known_.iloc[self._neighbour_rows[rows[0]]]
        return pd.DataFrame(
            {
                "formula": nearest["formula"].to_numpy(),
                "melting_temperature": nearest["melting_temperature"].to_numpy(),
                "distance": distances[0],
            }
        )

    def domain_distance(self, formulas: Sequence[str]) -> np.ndarray:
        """Return the distance of each compound to the nearest training compound.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas.

        Returns
        -------
        ndarray of shape (n_compounds,)
            Root mean square difference of the standardised features; 0 for a known composition.
        """
        check_is_fitted(self)
        return np.asarray(self._nearest(formulas, 1)[0][:, 0])

    def is_far(self, formulas: Sequence[str]) -> np.ndarray:
        """Tell which compounds lie outside what the model knows.

        The rule: a compound is far if it holds an element that no training compound holds, or if
        its distance to the nearest training compound is larger than that of 95 % of the training
        compounds to theirs.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas.

        Returns
        -------
        ndarray of bool, shape (n_compounds,)
        """
        distant = self.domain_distance(formulas) > self.far_distance_
        strange = [not self._elements.issuperset(parse_formula(formula)) for formula in formulas]
        return np.asarray(distant | np.array(strange, dtype=bool))

    def _nearest(self, formulas: Sequence[str], k: int) -> tuple[np.ndarray, np.ndarray]:
        n_known = len(self._neighbour_rows)
        if not 1 <= k <= n_known:
            raise InputError(f"k is {k}, and {n_known} compositions are known. Ask for 1 to all.")
        space = self._space(self.featurizer_.transform(formulas))
        distances, rows = self._neighbours.kneighbors(space, n_neighbors=k)
        return distances, rows

    def describe(self, formulas: Sequence[str], *, coverage: float = 0.9) -> pd.DataFrame:
        """Return all there is to say about compounds, a row each.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas.
        coverage : float, default 0.9
            Of the interval.

        Returns
        -------
        DataFrame
            ``formula``, ``melting_temperature``, ``low``, ``high`` (K), ``is_far``, ``nearest``
            and ``nearest_temperature`` (K), the most similar training compound, and ``known`` (K),
            the mean of the training values of this very composition, NaN if there is none.
        """
        names = list(formulas)
        intervals = self.predict_interval(names, coverage)
        _, rows = self._nearest(names, 1)
        nearest = self.known_.iloc[self._neighbour_rows[rows[:, 0]]]
        means = self.known_.groupby("composition")["melting_temperature"].mean()
        return pd.DataFrame(
            {
                "formula": names,
                "melting_temperature": self.predict(names),
                "low": intervals[:, 0],
                "high": intervals[:, 1],
                "is_far": self.is_far(names),
                "nearest": nearest["formula"].to_numpy(),
                "nearest_temperature": nearest["melting_temperature"].to_numpy(),
                "known": [means.get(reduced_formula(name), np.nan) for name in names],
            }
        )


@cache
def default_model() -> MeltingRegressor:
    """Return a regressor fitted on all usable compounds of ``crc-melting``; kept after that.

    Returns
    -------
    MeltingRegressor
        Fitted in some seconds, without any download.

    Raises
    ------
    MissingExtraError
        If the package ``chemicals`` is not installed.
    """
    table = load_crc_melting()
    return MeltingRegressor().fit(table["formula"].tolist(), table["melting_temperature"])
