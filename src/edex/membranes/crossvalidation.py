"""Out-of-fold predictions of all gases, and the scores that follow from them.

Each polymer is predicted by a process that was fitted without its fold: from its repeat unit alone,
and again with two of its gases known, O2 and CO2, which most laboratories measure. R² of gas g is
1 - Σ(y - p)² / Σ(y - mean y)² over the polymers in which g was measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from edex.learn.metrics import Estimate, mean_with_error, r_squared
from edex.learn.splits import Folds
from edex.membranes.multitask import given_known
from edex.membranes.predictor import PermeabilityRegressor
from edex.membranes.slips import GASES, log10_permeability

__all__ = ["GasPredictions", "measured_polymers", "predict_out_of_fold"]


@dataclass(frozen=True, eq=False)
class GasPredictions:
    """Out-of-fold predictions of several gases.

    Attributes
    ----------
    measured, mean, imputed : ndarray of shape (n_polymers, n_gases)
        Measured log10 permeability (NaN where there is none), predicted from the repeat unit, and
        predicted when O2 and CO2 are known (NaN where either is not).
    is_inside : ndarray of shape (n_polymers, n_gases)
        1 where the value lies inside its 95 % band, 0 where not, NaN where there is none.
    gases : tuple of str
    smiles : tuple of str
    groups : ndarray of shape (n_polymers,) or None
        What is not independent, such as chemical families; None: every polymer is for itself.
    """

    measured: np.ndarray
    mean: np.ndarray
    imputed: np.ndarray
    is_inside: np.ndarray
    gases: tuple[str, ...]
    smiles: tuple[str, ...]
    groups: np.ndarray | None = None

    def score(self, gas: str, predicted: np.ndarray | None = None) -> Estimate:
        """Return R² of a gas, by default that of ``mean``."""
        column = self.gases.index(gas)
        table = self.mean if predicted is None else predicted
        known = np.isfinite(self.measured[:, column]) & np.isfinite(table[:, column])
        groups = None if self.groups is None else self.groups[known]
        return r_squared(self.measured[known, column], table[known, column], groups=groups)

    def mean_score(self, predicted: np.ndarray | None = None) -> Estimate:
        """Return the mean R² over gases; its error bar takes the gases as fully correlated."""
        scores = [self.score(gas, predicted) for gas in self.gases]
        return Estimate(
            float(np.mean([score.value for score in scores])),
            float(np.mean([score.standard_error for score in scores])),
            int(np.isfinite(self.measured).sum()),
            len(self.smiles),
        )

    def root_mean_square_error(self, gas: str) -> Estimate:
        """Return the root mean square error of a gas, in decades."""
        column = self.gases.index(gas)
        squares = (self.mean - self.measured)[:, column] ** 2
        mean = mean_with_error(squares[np.isfinite(squares)])
        root = float(np.sqrt(mean.value))
        return Estimate(root, mean.standard_error / (2.0 * root), mean.n, mean.n_groups)

    def coverage(self) -> Estimate:
        """Return the part of values inside their band; error bar over polymers."""
        polymers, columns = np.nonzero(np.isfinite(self.is_inside))
        return mean_with_error(self.is_inside[polymers, columns], polymers)

    def selectivity_score(self, pair: str) -> Estimate:
        """Return R² of log10 selectivity of a pair such as ``"CO2/CH4"``."""
        fast, slow = (self.gases.index(gas) for gas in pair.split("/"))
        measured = self.measured[:, fast] - self.measured[:, slow]
        known = np.isfinite(measured)
        return r_squared(measured[known], (self.mean[:, fast] - self.mean[:, slow])[known])


def predict_out_of_fold(
    table: pd.DataFrame,
    folds: Folds,
    *,
    n_likelihood: int = 250,
    max_iter: int = 40,
    groups: np.ndarray | None = None,
    progress: Callable[[str], None] | None = None,
    random_state: int = 0,
) -> GasPredictions:
    """Predict all gases of each polymer with the multi-task process fitted without its fold.

    Parameters
    ----------
    table : DataFrame of shape (n_polymers, …)
        Merged, with ``smiles`` and a column of barrer for each of the six gases.
    folds : list of (train, test)
    n_likelihood, max_iter : int
        Effort, see :class:`PermeabilityRegressor`.
    groups : ndarray of shape (n_polymers,), default None
        What the error bars take as one, such as chemical families.
    progress : callable, default None
        Called with a short text after each fold.
    random_state : int, default 0
        Seed of the model.

    Returns
    -------
    GasPredictions
    """
    logs = log10_permeability(table, GASES)
    smiles = table["smiles"].tolist()
    values = logs.to_numpy()
    mean, imputed, is_inside = (np.full(values.shape, np.nan) for _ in range(3))
    known = [GASES.index("O2"), GASES.index("CO2")]
    for number, (train, test) in enumerate(folds, start=1):
        model = PermeabilityRegressor(
            n_likelihood=n_likelihood, max_iter=max_iter, random_state=random_state
        ).fit([smiles[row] for row in train], logs.iloc[train])
        found = model.predict_distribution([smiles[row] for row in test])
        mean[test] = found.mean
        reach = model.widening(0.95) * found.standard_error
        inside = np.abs(values[test] - found.mean) <= reach
        is_inside[test] = np.where(np.isfinite(values[test]), inside, np.nan)
        given = np.full(found.mean.shape, np.nan)
        given[:, known] = values[test][:, known]
        has_both = np.isfinite(given[:, known]).all(axis=1)
        imputed[test] = np.where(has_both[:, None], given_known(found, given).mean, np.nan)
        if progress is not None:
            progress(f"all gases: fold {number} of {len(folds)}")
    imputed[:, known] = np.nan  # these were given
    return GasPredictions(values, mean, imputed, is_inside, tuple(GASES), tuple(smiles), groups)


def measured_polymers(table: pd.DataFrame, gas: str) -> tuple[list[str], np.ndarray]:
    """Return the polymers in which a gas was measured, and their log10 permeability.

    Parameters
    ----------
    table : DataFrame of shape (n_polymers, …)
        Merged, with ``smiles`` and a column of barrer for the gas.
    gas : str

    Returns
    -------
    smiles : list of str of shape (n_measured,)
    log10_values : ndarray of shape (n_measured,)
    """
    logs = log10_permeability(table, [gas])[gas].to_numpy()
    known = np.isfinite(logs)
    return table.loc[known, "smiles"].tolist(), logs[known]
