"""Whether methods agree with each other, and a model with the textbook.

Every method that ranks features has its own blind spot, so what several of them put on top is more
credible than what one does. Two rankings are compared by Spearman's rho and by the share of their
top k that they have in common. The *direction* of an effect is the sign of

    rho(value of the feature, its Shapley value)   over the polymers,

and it can be held against what chemistry expected of the motif beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.membranes.motifs import MOTIFS, Motif

__all__ = [
    "agreement_table",
    "effect_signs",
    "motif_effects",
    "rank_agreement",
    "textbook_agreement",
]


def agreement_table(**rankings: pd.Series) -> pd.DataFrame:
    """Return the rank that each method gives to each feature; 1 is the most important.

    Parameters
    ----------
    **rankings : Series
        Importance of each feature (the larger, the more important), by the name of the method. All
        must have the same features as index, in any order.

    Returns
    -------
    DataFrame of shape (n_features, n_methods + 1)
        Rank by each method, equal ones sharing the mean of their ranks, and ``mean_rank``, by which
        the rows are sorted.

    Raises
    ------
    InputError
        If there is no ranking, the features differ, or a number is missing.

    Examples
    --------
    >>> shap = pd.Series({"spiro": 0.5, "methyl": 0.3, "nitrile": 0.1})
    >>> shuffled = pd.Series({"spiro": 0.2, "methyl": 0.0, "nitrile": 0.1})
    >>> agreement_table(shap=shap, permutation=shuffled)["mean_rank"].to_dict()
    {'spiro': 1.0, 'methyl': 2.5, 'nitrile': 2.5}
    """
    table = _aligned(rankings).rank(ascending=False)
    table["mean_rank"] = table.mean(axis=1)
    return table.sort_values("mean_rank", kind="stable")


def rank_agreement(*, top: int = 10, **rankings: pd.Series) -> pd.DataFrame:
    """Compare each pair of methods.

    Parameters
    ----------
    top : int, default 10
        Length of the top that is compared; at most the number of features.
    **rankings : Series
        As in :func:`agreement_table`; at least two.

    Returns
    -------
    DataFrame of shape (n_pairs, 2)
        Index: names of both methods. ``spearman``: rank correlation over all features, NaN if a
        method gives all the same. ``top_overlap``: share of the top that both have (features of
        equal importance in the order of the first ranking).

    Raises
    ------
    InputError
        As :func:`agreement_table`, or if ``top`` is not from 1 to the number of features.
    """
    table = _aligned(rankings)
    if table.shape[1] < 2 or not 1 <= top <= len(table):
        raise InputError(
            f"There are {table.shape[1]} rankings of {len(table)} features and top is {top}; at "
            "least 2 rankings are needed, and a top from 1 to the number of features."
        )
    tops = {name: set(table[name].nlargest(top).index) for name in table.columns}
    pairs = list(combinations(table.columns, 2))
    return pd.DataFrame(
        {
            "spearman": [_spearman(table[one], table[other]) for one, other in pairs],
            "top_overlap": [len(tops[one] & tops[other]) / top for one, other in pairs],
        },
        index=pd.MultiIndex.from_tuples(pairs, names=["one", "other"]),
    )


def effect_signs(
    shap_values: pd.DataFrame, X: pd.DataFrame, *, min_correlation: float = 0.1
) -> pd.Series:
    """Return whether more of a feature raises (+1) or lowers (-1) the prediction.

    Parameters
    ----------
    shap_values : DataFrame of shape (n_samples, n_features)
        As in :class:`edex.membranes.ShapleyResult`.
    X : DataFrame of shape (n_samples, n_features)
        The features, with the same columns.
    min_correlation : float, default 0.1
        Below this abs(rho) the direction is not clear.

    Returns
    -------
    Series of int, shape (n_features,)
        The sign of Spearman's correlation between a feature and its Shapley value; 0 if it is not
        clear, or one of both is constant.

    Raises
    ------
    InputError
        If rows or columns do not match.
    """
    _check_same(shap_values, X)
    signs = {}
    for name in X.columns:
        rho = _spearman(X[name], shap_values[name])
        signs[name] = int(np.sign(rho)) if abs(rho) >= min_correlation else 0
    return pd.Series(signs, name="sign", dtype=int)


def motif_effects(
    shap_values: pd.DataFrame, X: pd.DataFrame, smiles: Sequence[str]
) -> pd.DataFrame:
    """Return what having each motif does to the prediction, and a polymer that shows it.

    Parameters
    ----------
    shap_values, X : DataFrame of shape (n_polymers, n_motifs)
        As for :func:`effect_signs`.
    smiles : sequence of str of shape (n_polymers,)
        The polymers of the rows.

    Returns
    -------
    DataFrame of shape (n_found, 3)
        Index: motif, that with the largest mean abs(Shapley value) first; motifs that no polymer
        has, or all have, are left out. ``effect``: mean Shapley value of polymers that have it
        minus that of those without. ``n``: how many have it. ``example``: the shortest SMILES that
        has it.

    Raises
    ------
    InputError
        If rows or columns do not match.
    """
    _check_same(shap_values, X)
    if len(smiles) != len(X):
        raise InputError(
            f"There are {len(smiles)} polymers and X has {len(X)} rows; each row needs its polymer."
        )
    texts = pd.Series(list(smiles), index=X.index, dtype=object)
    rows = []
    for name in shap_values.abs().mean().sort_values(ascending=False, kind="stable").index:
        has = X[name] > 0
        if has.any() and not has.all():
            values = shap_values[name]
            effect = float(values[has].mean() - values[~has].mean())
            rows.append((name, effect, int(has.sum()), min(texts[has], key=len)))
    return pd.DataFrame(rows, columns=["motif", "effect", "n", "example"]).set_index("motif")


def textbook_agreement(
    importance: pd.Series,
    signs: pd.Series,
    *,
    motifs: Sequence[Motif] = MOTIFS,
    top: int = 10,
) -> pd.DataFrame:
    """Hold the most important motifs against what a textbook expected of them.

    Parameters
    ----------
    importance, signs : Series of shape (n_features,)
        By name of the feature: how important, and in which direction (see :func:`effect_signs`).
        Features that are no motifs are passed over.
    motifs : sequence of Motif, default MOTIFS
        What was expected. Motifs without an expectation (sign 0) are passed over.
    top : int, default 10
        How many to show.

    Returns
    -------
    DataFrame of shape (at most top, 5)
        Index: motif, the most important first. ``importance``; ``expected`` and ``found``: signs;
        ``agrees``; ``reason``: why it was expected. A direction that is not clear does not agree.

    Raises
    ------
    InputError
        If no feature is a motif with an expectation, or one has no sign.
    """
    expected = {motif.name: motif for motif in motifs if motif.sign}
    named = [name for name in importance.index if name in expected]
    if not named or not set(named) <= set(signs.index):
        raise InputError(
            f"{len(named)} of {len(importance)} features are motifs with an expectation, and "
            f"{len(set(named) & set(signs.index))} of them have a sign; at least one is needed, "
            "with its sign. Name the columns as MotifCounts().get_feature_names_out() does."
        )
    first = importance.loc[named].sort_values(ascending=False, kind="stable").head(top)
    table = pd.DataFrame({"importance": first}).rename_axis("motif")
    table["expected"] = [expected[name].sign for name in first.index]
    table["found"] = [int(signs[name]) for name in first.index]
    table["agrees"] = table["expected"] == table["found"]
    table["reason"] = [expected[name].reason for name in first.index]
    return table


def _check_same(shap_values: pd.DataFrame, X: pd.DataFrame) -> None:
    if shap_values.shape != X.shape or list(shap_values.columns) != list(X.columns):
        raise InputError(
            f"shap_values has shape {shap_values.shape} and X {X.shape}; they must have the same "
            "rows, and the same columns in the same order. Explain the rows that you give."
        )


def _spearman(one: pd.Series, other: pd.Series) -> float:
    a, b = one.rank().to_numpy(), other.rank().to_numpy()
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _aligned(rankings: dict[str, pd.Series]) -> pd.DataFrame:
    if not rankings:
        raise InputError("There is no ranking. Give one Series per method, by its name.")
    first_name, first = next(iter(rankings.items()))
    for name, ranking in rankings.items():
        other = set(ranking.index) ^ set(first.index)
        if other or not ranking.index.is_unique or ranking.isna().any():
            raise InputError(
                f"The rankings {first_name!r} and {name!r} must give one number to each of the "
                f"same features; {len(other)} features are in one of them only, and {name!r} lacks "
                f"{int(ranking.isna().sum())} numbers. Rank the same columns with each method."
            )
    return pd.DataFrame({name: ranking.loc[first.index] for name, ranking in rankings.items()})
