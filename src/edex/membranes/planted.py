"""A truth to be found: simulated permeabilities of real repeat units, made of known effects.

On measured data nobody knows which motif acts. Here it is known: with z_j the standardised share of
motif j among the atoms,

    log10 P = intercept + sum_j effect_j z_j + noise,   noise ~ N(0, sigma²),

and a method that explains a model can be marked. The motifs keep the correlations that they have in
real polymers, so some that do nothing (bystanders) go along with one that acts. In one pair, the
confounder, the bystander is never seen without its cause, as nitrile in a world where nobody made
polyacrylonitrile: polymers that have it are far more permeable, although it does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.membranes.motif_features import MotifCounts, find_motif
from edex.membranes.transformers import as_smiles

__all__ = ["PLANTED_EFFECTS", "PlantedTruth", "plant_truth"]

# Decades of permeability per standard deviation. All others do nothing; among them are companions
# of these: dibenzodioxane and nitrile of spiro carbon, 6F of CF3, methyl of silicon.
PLANTED_EFFECTS: dict[str, float] = {
    "disubstituted acetylene": +0.45,
    "trifluoromethyl": +0.35,
    "spiro carbon": +0.30,
    "silyl silicon": +0.25,
    "CH2 in a chain": -0.30,
    "hydroxyl": -0.25,
    "aryl ether O": -0.20,
    "ester carbonyl": -0.15,
}


@dataclass(frozen=True, eq=False)
class PlantedTruth:
    """Simulated permeabilities, and what they are made of.

    Attributes
    ----------
    smiles : tuple of str
        The polymers kept.
    rows : ndarray of int, shape (n_polymers,)
        Which of the given polymers they are.
    X : DataFrame of shape (n_polymers, n_motifs)
        Share of atoms that are each motif; motifs that are the same in all polymers are left out.
    y : Series of shape (n_polymers,)
        Simulated log10 P (P in barrer).
    signal : Series of shape (n_polymers,)
        ``y`` without the noise.
    effects : Series of shape (n_motifs,)
        Planted effect of each column of X, in decades per standard deviation; 0 if it does nothing.
    bystanders : DataFrame
        Motifs that do nothing and are correlated with one that acts (abs(Pearson's r) of at least
        0.3), the strongest first: ``motif``, ``cause``, ``correlation``.
    """

    smiles: tuple[str, ...]
    rows: np.ndarray
    X: pd.DataFrame
    y: pd.Series
    signal: pd.Series
    effects: pd.Series
    bystanders: pd.DataFrame

    @property
    def r2_ceiling(self) -> float:
        """R² of one who knows the truth: the noise keeps it below 1."""
        noise = self.y - self.signal
        return float(1.0 - (noise**2).sum() / ((self.y - self.y.mean()) ** 2).sum())


def plant_truth(
    smiles: Iterable[str],
    *,
    effects: Mapping[str, float] | None = None,
    intercept: float = 1.0,
    noise: float = 0.3,
    confounder: tuple[str, str] | None = ("nitrile", "spiro carbon"),
    random_state: int | None = 0,
) -> PlantedTruth:
    """Simulate permeabilities of real repeat units, of which the truth is known.

    Parameters
    ----------
    smiles : sequence of str of shape (n_polymers,)
        Different repeat units.
    effects : mapping of str to float, default None
        Decades of permeability per standard deviation of a motif; None takes
        :data:`PLANTED_EFFECTS`. Motifs not named do nothing.
    intercept : float, default 1.0
        Mean of log10 P.
    noise : float, default 0.3
        Standard deviation of the noise, in decades.
    confounder : (str, str) or None, default ("nitrile", "spiro carbon")
        (bystander, cause): polymers that have the bystander without the cause are left out. The
        bystander must have no effect, and the cause one. None keeps all polymers.
    random_state : int or None, default 0
        Seed of the noise.

    Returns
    -------
    PlantedTruth

    Raises
    ------
    InputError
        If a motif is not known, an acting motif is the same in all polymers, the noise is negative,
        or the confounder is no pair of a bystander and a cause.

    Examples
    --------
    >>> truth = plant_truth(
    ...     ["*CC*", "*CC(*)O", "*CCO*"], effects={"hydroxyl": -0.5}, noise=0.0, confounder=None
    ... )
    >>> bool(truth.y[1] < truth.y[0] == truth.y[2])
    True
    """
    planted = dict(PLANTED_EFFECTS if effects is None else effects)
    for name in (*planted, *(confounder or ())):
        find_motif(name)
    if not noise >= 0.0:
        raise InputError(f"noise is {noise}; a standard deviation is at least 0. Try 0.3.")
    texts = as_smiles(smiles)
    counts = MotifCounts()
    table = pd.DataFrame(counts.fit_transform(texts), columns=counts.get_feature_names_out())
    kept = np.ones(len(table), dtype=bool)
    if confounder is not None:
        bystander, cause = confounder
        if planted.get(bystander, 0.0) != 0.0 or planted.get(cause, 0.0) == 0.0:
            raise InputError(
                f"The confounder is ({bystander!r}, {cause!r}) with the effects "
                f"{planted.get(bystander, 0.0)} and {planted.get(cause, 0.0)}; the first must do "
                "nothing and the second act. Change the pair or the effects."
            )
        kept = ((table[bystander] == 0) | (table[cause] > 0)).to_numpy()
    rows = np.flatnonzero(kept)
    X = table.iloc[rows].reset_index(drop=True)
    X = X.loc[:, X.max() > X.min()]
    absent = [name for name, effect in planted.items() if effect and name not in X.columns]
    if absent:
        raise InputError(
            f"{absent[0]!r} is planted with the effect {planted[absent[0]]}, but its share is the "
            f"same in all {len(X)} polymers. Give polymers with and without it, or leave it out."
        )
    z = (X - X.mean()) / X.std(ddof=0)
    truth = pd.Series([planted.get(name, 0.0) for name in X.columns], index=X.columns, dtype=float)
    signal = (intercept + z @ truth).rename("signal")
    rng = np.random.default_rng(random_state)
    y = (signal + noise * rng.normal(size=len(X))).rename("log10_permeability")
    chosen = tuple(str(texts[row]) for row in rows)
    return PlantedTruth(chosen, rows, X, y, signal, truth, _bystanders(X, truth))


def _bystanders(X: pd.DataFrame, truth: pd.Series, least: float = 0.3) -> pd.DataFrame:
    acting, idle = truth.index[truth != 0], truth.index[truth == 0]
    correlations = X.corr().loc[idle, acting]
    found = []
    for name in idle:
        cause = correlations.loc[name].abs().idxmax() if len(acting) else None
        if cause is not None and abs(correlations.loc[name, cause]) >= least:
            found.append((name, cause, float(correlations.loc[name, cause])))
    table = pd.DataFrame(found, columns=["motif", "cause", "correlation"])
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)
