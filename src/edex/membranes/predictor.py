"""Predict the permeability of a polymer to several gases from its repeat unit, with honest bands.

Two polymers are alike by the mean of two kernels: min-max of the counts of their atom environments
(Morgan, radius 3), and exp(-|x - x'|² / 2p) of p standardised physical descriptors. On that, a
Gaussian process with coregionalised gases (:mod:`edex.membranes.multitask`) learns log10 P. Its
bands are recalibrated: each polymer is predicted from all others, and the errors in units of the
predicted standard deviation give the factor by which a band of each coverage must be widened.

References
----------
G. Shafer, V. Vovk, J. Mach. Learn. Res. 9, 371 (2008): intervals from the ranks of past errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cache
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from edex.datasets import load_gas_permeability, load_helium
from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.descriptors import PolymerDescriptors
from edex.membranes.environments import MorganCounts
from edex.membranes.kernels import min_max_kernel
from edex.membranes.merging import MergedPolymers, merge_polymers
from edex.membranes.multitask import CoregionalisedGP, GasDistribution, given_known
from edex.membranes.slips import GASES, log10_permeability

__all__ = ["PermeabilityRegressor", "default_model", "embedded_polymers"]

_FAR_QUANTILE = 0.05
_LARGEST_LOG10 = 10.0


class PermeabilityRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """log10 permeability of polymers to one or several gases, with bands and a domain.

    Parameters
    ----------
    n_likelihood : int or None, default 250
        Polymers on which the covariances are learnt; None takes all.
    max_iter : int, default 40
        Most iterations of that.
    random_state : int, default 0
        Seed of the choice of these polymers.

    Attributes
    ----------
    gases_ : tuple of str
        Names of the columns of ``y``.
    known_ : DataFrame of shape (n_polymers, 1 + n_gases)
        ``smiles`` (canonical), and log10 permeability (barrer) of each gas: one row for each
        different polymer, the median of its rows.
    process_ : CoregionalisedGP
    far_similarity_ : float
        A polymer whose most similar known one is less alike than this counts as far.

    Examples
    --------
    >>> smiles = ["*CC*", "*CC(*)C", "*CC(*)c1ccccc1", "*CC(*)Cl"]
    >>> model = PermeabilityRegressor().fit(smiles, [0.4, 0.2, 0.4, -1.3])
    >>> model.predict(["*CC*"]).shape
    (1,)
    """

    def __init__(
        self, *, n_likelihood: int | None = 250, max_iter: int = 40, random_state: int = 0
    ) -> None:
        self.n_likelihood = n_likelihood
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: Any) -> Self:
        """Learn from measured polymers.

        Parameters
        ----------
        X : sequence of str of shape (n_rows,)
            SMILES of repeat units. Rows of the same polymer are merged.
        y : array-like or DataFrame of shape (n_rows,) or (n_rows, n_gases)
            log10 of permeability in barrer; NaN where a gas was not measured. A DataFrame names
            the gases; six unnamed columns are taken as those of :data:`GASES`.

        Raises
        ------
        InputError
            If a repeat unit cannot be read, the rows do not match, or the values are no logarithms.
        """
        smiles = [canonical_repeat_unit(text) for text in X]
        table = self._read_targets(y, len(smiles))
        merged = table.groupby(smiles, sort=False).median().dropna(how="all")
        if len(merged) < 3:
            raise InputError(
                f"There are {len(merged)} different polymers with a measured value, and at least 3 "
                "are needed. Give more rows."
            )
        self.known_ = merged.rename_axis("smiles").reset_index()
        names = self.known_["smiles"].tolist()
        self._counts = MorganCounts(
            min_polymers=1, with_unseen=True, canonical=False, sparse_output=True
        ).fit(names)
        self._descriptors = PolymerDescriptors(canonical=False)
        self._known_counts = self._counts.transform(names)
        described = self._descriptors.fit_transform(names)
        self._scaler = StandardScaler().fit(described)
        self._known_described = self._scaler.transform(described)
        similarity = self._similarity(self._known_counts, self._known_described)
        self.process_ = CoregionalisedGP(
            n_likelihood=self.n_likelihood,
            max_iter=self.max_iter,
            random_state=self.random_state,
        ).fit(similarity, merged.to_numpy())
        self._calibrate(merged.to_numpy())
        nearest = np.sort(similarity - 2.0 * np.eye(len(names)), axis=1)[:, -1]
        self.far_similarity_ = float(np.quantile(nearest, _FAR_QUANTILE))
        return self

    def _read_targets(self, y: Any, n_rows: int) -> pd.DataFrame:
        self._is_single = np.ndim(y) == 1
        values = np.asarray(y, dtype=float).reshape(len(y), -1)
        if len(values) != n_rows:
            raise InputError(
                f"There are {n_rows} polymers and {len(values)} rows of permeability; each polymer "
                "needs one row. Take both from the same table."
            )
        if np.isinf(values).any() or np.nanmax(values, initial=-np.inf) > _LARGEST_LOG10:
            worst = np.nanmax(values)
            raise InputError(
                f"A value is {worst:g}; as log10 of a permeability in barrer it must be at most "
                f"{_LARGEST_LOG10:g} and finite. Take numpy.log10 of the barrer first, and leave "
                "zeros out."
            )
        if isinstance(y, pd.DataFrame):
            self.gases_ = tuple(str(name) for name in y.columns)
        elif isinstance(y, pd.Series) and y.name is not None:
            self.gases_ = (str(y.name),)
        elif values.shape[1] == len(GASES):
            self.gases_ = tuple(GASES)
        else:
            self.gases_ = tuple(f"gas {number}" for number in range(values.shape[1]))
        return pd.DataFrame(values, columns=list(self.gases_))

    def _similarity(self, counts: Any, described: np.ndarray) -> np.ndarray:
        by_environment = min_max_kernel(counts, self._known_counts)
        width = described.shape[1]
        by_physics = rbf_kernel(described, self._known_described, gamma=0.5 / width)
        return np.asarray((by_environment + by_physics) / 2.0)

    def _calibrate(self, values: np.ndarray) -> None:
        mean, error = self.process_.leave_one_out()
        ratios = np.abs(mean - values) / error
        self._ratios = [np.sort(column[np.isfinite(column)]) for column in ratios.T]

    def similarity(
        self, X: Sequence[str], *, is_canonical: bool = False, n_jobs: int | None = None
    ) -> np.ndarray:
        """Return how alike polymers are to each known one.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
        is_canonical : bool, default False
            The texts are what :func:`canonical_repeat_unit` gives: saves doing it again.
        n_jobs : int, default None
            Processes that describe the polymers; None or 1: this one, -1: one for each core.

        Returns
        -------
        ndarray of shape (n_polymers, n_known)
            From 0 to 1.
        """
        check_is_fitted(self)
        names = list(X) if is_canonical else [canonical_repeat_unit(text) for text in X]
        counts, descriptors = copy(self._counts), copy(self._descriptors)
        counts.n_jobs = descriptors.n_jobs = n_jobs
        described = self._scaler.transform(descriptors.transform(names))
        return self._similarity(counts.transform(names), described)

    def predict_distribution(
        self,
        X: Sequence[str],
        *,
        known: Any = None,
        gases: Sequence[str] | None = None,
        similarity: np.ndarray | None = None,
        is_canonical: bool = False,
    ) -> GasDistribution:
        """Return mean and covariance of log10 permeability.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
        known : array-like or DataFrame of shape (n_polymers, n_gases), default None
            log10 permeability of gases that have been measured, NaN elsewhere; the other gases
            then follow them. In the order of ``gases``.
        gases : sequence of str, default None
            Which, in this order; None means all of ``gases_``.
        similarity : ndarray of shape (n_polymers, n_known), default None
            What :meth:`similarity` gives, if it is at hand: most of the time goes into it.
        is_canonical : bool, default False
            As in :meth:`similarity`.

        Returns
        -------
        GasDistribution
            Of a new measurement, before recalibration.
        """
        check_is_fitted(self)
        chosen = [self._gas(gas) for gas in (self.gases_ if gases is None else gases)]
        names = list(X) if is_canonical else [canonical_repeat_unit(text) for text in X]
        fitted = self.known_["smiles"].to_numpy()
        same = np.array(names, dtype=object)[:, None] == fitted
        alike = self.similarity(names, is_canonical=True) if similarity is None else similarity
        found = self.process_.predict(alike, same=same, gases=chosen)
        return found if known is None else given_known(found, np.asarray(known, dtype=float))

    def _gas(self, name: str) -> int:
        if name not in self.gases_:
            raise InputError(
                f"There is no gas {name!r}; this model knows {', '.join(self.gases_)}. Choose "
                "among them."
            )
        return self.gases_.index(name)

    def predict(self, X: Sequence[str], *, known: Any = None) -> np.ndarray:
        """Predict log10 permeability in barrer.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
        known : array-like of shape (n_polymers, n_gases), default None
            As in :meth:`predict_distribution`.

        Returns
        -------
        ndarray of shape (n_polymers, n_gases), or (n_polymers,) if ``y`` was one column
        """
        mean = self.predict_distribution(X, known=known).mean
        return np.asarray(mean[:, 0] if self._is_single else mean)

    def predict_interval(
        self, X: Sequence[str], coverage: float = 0.95, *, known: Any = None
    ) -> np.ndarray:
        """Return the band of a new measurement.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
        coverage : float, default 0.95
            Part of polymers *like the known ones* whose value lies inside. Of a polymer that
            :meth:`is_far` it says nothing.
        known : array-like of shape (n_polymers, n_gases), default None
            As in :meth:`predict_distribution`.

        Returns
        -------
        ndarray of shape (n_polymers, n_gases, 2), or (n_polymers, 2) if ``y`` was one column
            Lower and upper bound of log10 permeability.

        Raises
        ------
        InputError
            If the coverage is not between 0 and 1.
        """
        found = self.predict_distribution(X, known=known)
        reach = self.widening(coverage) * found.standard_error
        band = np.stack([found.mean - reach, found.mean + reach], axis=-1)
        return np.asarray(band[:, 0] if self._is_single else band)

    def widening(self, coverage: float) -> np.ndarray:
        """Return, for each gas, the half width of a band in standard deviations.

        Parameters
        ----------
        coverage : float
            Between 0 and 1.

        Returns
        -------
        ndarray of shape (n_gases,)
            Quantile of the errors of polymers that were predicted from all others; for normal
            errors and a coverage of 0.95 it would be 1.96. Infinite if so high a coverage cannot
            be known from so few polymers.
        """
        check_is_fitted(self)
        if not 0.0 < coverage < 1.0:
            raise InputError(
                f"coverage is {coverage}; it is a fraction between 0 and 1. Give 0.95 for 95 %."
            )
        widths = np.full(len(self.gases_), np.inf)
        for gas, ratios in enumerate(self._ratios):
            rank = int(np.ceil(coverage * (len(ratios) + 1)))
            if rank <= len(ratios):
                widths[gas] = ratios[rank - 1]
        return widths

    def nearest_known(self, smiles: str, k: int = 3) -> pd.DataFrame:
        """Return the known polymers most like one.

        Parameters
        ----------
        smiles : str
            A repeat unit.
        k : int, default 3
            How many.

        Returns
        -------
        DataFrame of shape (k, 2 + n_gases)
            ``smiles``, ``similarity`` (1: equal as the model sees it), and log10 permeability of
            each gas; the most similar first.
        """
        alike = self.similarity([smiles])[0]
        if not 1 <= k <= len(alike):
            raise InputError(f"k is {k}, and {len(alike)} polymers are known. Ask for 1 to all.")
        order = np.argsort(-alike, kind="stable")[:k]
        nearest = self.known_.iloc[order].reset_index(drop=True)
        nearest.insert(1, "similarity", alike[order])
        return nearest

    def is_far(self, X: Sequence[str]) -> np.ndarray:
        """Tell which polymers lie outside what the model knows.

        The rule: the most similar known polymer is less alike than the most similar *other* one of
        95 % of the known polymers.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)

        Returns
        -------
        ndarray of bool, shape (n_polymers,)
        """
        return np.asarray(self.similarity(X).max(axis=1) < self.far_similarity_)


def embedded_polymers(*, mask_slips: bool = False) -> MergedPolymers:
    """Return the polymers that come with the package, all six gases, a row each.

    Parameters
    ----------
    mask_slips : bool, default False
        Leave suspected unit slips out.

    Returns
    -------
    MergedPolymers
        ``gas-permeability`` (five gases) and ``helium`` together.
    """
    table = pd.concat([load_gas_permeability(), load_helium()[["smiles", "He"]]], ignore_index=True)
    return merge_polymers(table, gases=GASES, mask_slips=mask_slips)


@cache
def default_model() -> PermeabilityRegressor:
    """Return a regressor fitted on all embedded polymers and six gases; kept after that.

    Values that look like unit slips are left out here: they are no help to a prediction.

    Returns
    -------
    PermeabilityRegressor
        Fitted in some seconds, without any download.
    """
    table = embedded_polymers(mask_slips=True).table
    return PermeabilityRegressor().fit(table["smiles"].tolist(), log10_permeability(table, GASES))
