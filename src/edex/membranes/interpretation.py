"""Every number of EdEx 3, made anew: ``edex run membrane-interpretation``.

A forest learns log10 P from the shares of named motifs. Each polymer is explained by the forest of
the fold that has not seen it, so what is explained is what the model knows of new polymers. The
signs that a textbook expects were written down before any model was asked (:data:`MOTIFS`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from edex.errors import InputError
from edex.learn.metrics import Estimate, r_squared
from edex.learn.results import Results, Row, package_versions
from edex.learn.splits import grouped_folds
from edex.membranes.agreement import effect_signs, rank_agreement, textbook_agreement
from edex.membranes.confounders import stratified_effect, with_and_without
from edex.membranes.crossvalidation import measured_polymers, predict_out_of_fold
from edex.membranes.importance import impurity_importances, permutation_importances
from edex.membranes.motif_features import MotifCounts
from edex.membranes.planted import plant_truth
from edex.membranes.predictor import embedded_polymers
from edex.membranes.shapley import tree_shapley

__all__ = ["PRESETS", "Explained", "Preset", "explain_out_of_fold", "run"]

Progress = Callable[[str], None] | None

_IMPUTED = {"N2": 0.97, "CH4": 0.95, "H2": 0.93, "He": None}
_TOP = 10


@dataclass(frozen=True)
class Preset:
    """How much to compute.

    Attributes
    ----------
    n_trees : int
        Trees of the forests that are explained.
    gases : tuple of str
        Of which the motifs are found; the first gives the headline row.
    n_likelihood, max_iter : int
        Effort of the process that imputes.
    has_planted : bool
        The planted truth too.
    """

    n_trees: int
    gases: tuple[str, ...]
    n_likelihood: int
    max_iter: int
    has_planted: bool


PRESETS: dict[str, Preset] = {
    "quick": Preset(30, ("O2",), 100, 15, False),
    "default": Preset(100, ("O2", "CO2"), 250, 40, True),
    "full": Preset(300, ("O2", "N2", "CO2", "CH4", "H2"), 400, 60, True),
}


@dataclass(frozen=True, eq=False)
class Explained:
    """Explanations of polymers, each by a forest that has not seen it.

    Attributes
    ----------
    X, shapley : DataFrame of shape (n_polymers, n_motifs)
        Shares of the motifs, and what each adds to the prediction, in decades.
    score : Estimate
        R² of the out-of-fold predictions.
    training_r2 : float
        Mean R² of the forests on their own training polymers.
    additivity_error : float
        Largest difference of a prediction and the sum of its parts.
    permutation_train, permutation_test, impurity : Series of shape (n_motifs,)
        Importances by other methods, mean over the folds.
    """

    X: pd.DataFrame
    shapley: pd.DataFrame
    score: Estimate
    training_r2: float
    additivity_error: float
    permutation_train: pd.Series
    permutation_test: pd.Series
    impurity: pd.Series

    @property
    def importance(self) -> pd.Series:
        """Mean absolute Shapley value of each motif, in decades."""
        return self.shapley.abs().mean()


def explain_out_of_fold(
    smiles: list[str],
    y: np.ndarray,
    *,
    n_trees: int = 100,
    n_repeats: int = 5,
    progress: Progress = None,
    random_state: int = 0,
) -> Explained:
    """Explain each polymer by the forest of the fold that it was held out of.

    Parameters
    ----------
    smiles : list of str of shape (n_polymers,)
        Different polymers.
    y : ndarray of shape (n_polymers,)
        log10 permeability.
    n_trees : int, default 100
    n_repeats : int, default 5
        Permutations of each motif.
    progress : callable, default None
        Called with a short text after each fold.
    random_state : int, default 0
        Seed of folds, trees and permutations.

    Returns
    -------
    Explained
    """
    X = MotifCounts().set_output(transform="pandas").fit_transform(smiles)
    predicted = np.empty(len(y))
    shapley = pd.DataFrame(0.0, index=X.index, columns=X.columns)
    trained, errors, tables = [], [], []
    folds = grouped_folds(smiles, 5, random_state=random_state)
    for number, (train, test) in enumerate(folds, start=1):
        forest = ExtraTreesRegressor(n_trees, min_samples_leaf=2, random_state=random_state)
        forest.fit(X.iloc[train], y[train])
        predicted[test] = forest.predict(X.iloc[test])
        trained.append(forest.score(X.iloc[train], y[train]))
        found = tree_shapley(forest, X.iloc[test])
        shapley.iloc[test] = found.values.to_numpy()  # noqa: PD011  (a field, no Series)
        errors.append(found.additivity_error)
        by_permutation = [
            permutation_importances(
                forest, X.iloc[rows], y[rows], n_repeats=n_repeats, random_state=random_state
            )["mean"]
            for rows in (train, test)
        ]
        tables.append([*by_permutation, impurity_importances(forest, list(X.columns))["mean"]])
        if progress is not None:
            progress(f"explained fold {number} of {len(folds)}")
    means = [
        pd.concat(parts, axis=1).mean(axis=1).loc[X.columns] for parts in zip(*tables, strict=True)
    ]
    return Explained(
        X, shapley, r_squared(y, predicted), float(np.mean(trained)), max(errors), *means
    )


def run(preset: str = "default", *, seed: int = 0, progress: Progress = None) -> Results:
    """Compute the results of EdEx 3.

    Parameters
    ----------
    preset : {"quick", "default", "full"}
        Half a minute, some minutes, and as long as it takes.
    seed : int, default 0
        Seed of folds, models and simulated truths.
    progress : callable, default None
        Called with a short text now and then.

    Returns
    -------
    Results

    Raises
    ------
    InputError
        If there is no such preset.
    """
    if preset not in PRESETS:
        raise InputError(f"There is no preset {preset!r}. Choose from {', '.join(PRESETS)}.")
    size = PRESETS[preset]
    table = embedded_polymers().table
    rows = _imputation_rows(table, size, seed, progress)
    with threadpool_limits(limits=1):
        for number, gas in enumerate(size.gases):
            rows += _motif_rows(table, gas, size, seed, progress, is_first=number == 0)
        rows += _nitrile_rows(table)
        if size.has_planted:
            rows += _planted_rows(table["smiles"].tolist(), size, seed, progress)
    return Results(
        edex="membrane-interpretation",
        preset=preset,
        seed=seed,
        rows=tuple(rows),
        versions=package_versions("edex", "numpy", "pandas", "scikit-learn", "rdkit", "shap"),
    )


def _imputation_rows(table: pd.DataFrame, size: Preset, seed: int, progress: Progress) -> list[Row]:
    found = predict_out_of_fold(
        table,
        grouped_folds(table["smiles"].to_numpy(), 5, random_state=seed),
        n_likelihood=size.n_likelihood,
        max_iter=size.max_iter,
        progress=progress,
        random_state=seed,
    )
    rows = []
    for gas, target in _IMPUTED.items():
        score = found.score(gas, found.imputed)
        rows.append(
            Row(f"impute_r2_{gas}", score.value, score.standard_error, "1", score.n,
                "5 folds by polymer; repeat unit, O2 and CO2 known", target=target)
        )  # fmt: skip
    return rows


def _motif_rows(
    table: pd.DataFrame, gas: str, size: Preset, seed: int, progress: Progress, *, is_first: bool
) -> list[Row]:
    smiles, y = measured_polymers(table, gas)
    found = explain_out_of_fold(
        smiles, y, n_trees=size.n_trees, progress=progress, random_state=seed
    )
    split = f"{gas}, 5 folds by polymer, extra trees on {found.X.shape[1]} motifs"
    signs = effect_signs(found.shapley, found.X)
    agreement = textbook_agreement(found.importance, signs, top=_TOP)
    n_agree = int(agreement["agrees"].sum())
    suffix = "" if is_first else f"_{gas}"
    missed = ", ".join(agreement.index[~agreement["agrees"]])
    rows = [
        Row(f"motif_signs{suffix}", n_agree, None, f"of {len(agreement)}", len(y),
            split + "; top motifs with an expectation written down before"
            + (f"; against it: {missed}" if missed else ""), target=8.0),
        Row(f"motif_r2{suffix}", found.score.value, found.score.standard_error, "1",
            found.score.n, split),
    ]  # fmt: skip
    if not is_first:
        return rows
    pairs = rank_agreement(
        top=_TOP,
        shap=found.importance,
        permutation=found.permutation_test,
        training=found.permutation_train,
        impurity=found.impurity,
    )["spearman"]
    return [
        Row("shap_additivity", found.additivity_error, None, "decades", len(y),
            split + "; largest difference of a prediction and the sum of its parts", target=1e-6),
        *rows,
        Row("motif_training_r2", found.training_r2, None, "1", len(y),
            split + "; scored on the training polymers"),
        *(
            Row(f"agreement_{one}_{other}", float(pairs.loc[(one, other)]), None, "1", len(signs),
                split + f"; Spearman's rho of the importances, {what}")
            for one, other, what in (
                ("shap", "permutation", "both on test polymers"),
                ("permutation", "training", "permutation on test and on training polymers"),
                ("shap", "impurity", "Shapley values and impurity"),
            )
        ),
    ]  # fmt: skip


def _nitrile_rows(table: pd.DataFrame) -> list[Row]:
    """Compare polymers with and without nitrile, and again inside and outside the PIMs."""
    smiles, y = measured_polymers(table, "O2")
    X = MotifCounts().set_output(transform="pandas").fit_transform(smiles)
    nitrile, ladder = X["nitrile"] > 0, X["dibenzodioxane"] > 0
    overall = with_and_without(y, nitrile)
    outside = with_and_without(y[~ladder], nitrile[~ladder])
    within = stratified_effect(y, nitrile, ladder)

    def row(name: str, value: float, interval: tuple[float, float], n: int, how: str) -> Row:
        # Half the 95 % interval over 1.96; the interval itself need not be symmetric.
        error = (interval[1] - interval[0]) / 2 / 1.959964
        return Row(name, value, error, "decades", n, f"O2, with nitrile minus without: {how}")

    return [
        row("nitrile_overall", overall.difference, overall.interval, len(y),
            f"medians, all polymers ({overall.n_with} with)"),
        row("nitrile_outside_pims", outside.difference, outside.interval, int((~ladder).sum()),
            f"medians, without dibenzodioxane ({outside.n_with} with)"),
        row("nitrile_stratified", within.effect, within.interval, within.n_used,
            "means within polymers with and without dibenzodioxane"),
    ]  # fmt: skip


def _planted_rows(smiles: list[str], size: Preset, seed: int, progress: Progress) -> list[Row]:
    """Count how many of the planted motifs each method ranks first."""
    hits: dict[str, list[int]] = {"shap": [], "permutation": [], "impurity": [], "medians": []}
    n_acting = 0
    for repeat in range(3):
        truth = plant_truth(smiles, random_state=seed + repeat)
        acting = set(truth.effects.index[truth.effects != 0])
        n_acting = len(acting)
        X, y = truth.X, truth.y.to_numpy()
        train, test = grouped_folds(truth.smiles, 5, random_state=seed + repeat)[0]
        forest = ExtraTreesRegressor(size.n_trees, min_samples_leaf=2, random_state=seed)
        forest.fit(X.iloc[train], y[train])
        held_out = X.iloc[test]
        shares = X.iloc[train] > 0
        plain = {
            name: abs(np.median(y[train][has]) - np.median(y[train][~has]))
            for name, has in ((name, shares[name].to_numpy()) for name in X.columns)
            if has.any() and not has.all()
        }
        rankings = {
            "shap": tree_shapley(forest, held_out).importance,
            "permutation": permutation_importances(
                forest, held_out, y[test], n_repeats=5, random_state=seed
            )["mean"],
            "impurity": impurity_importances(forest, list(X.columns))["mean"],
            "medians": pd.Series(plain),
        }
        for name, ranking in rankings.items():
            hits[name].append(len(acting & set(ranking.nlargest(n_acting).index)))
        if progress is not None:
            progress(f"planted truth {repeat + 1} of 3")
    return [
        Row(f"planted_{name}", float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(3)),
            f"of {n_acting}", len(smiles),
            f"simulated, mean of 3; acting motifs among the first {n_acting}")
        for name, found in hits.items()
    ]  # fmt: skip
