"""Every number of EdEx 4, made anew: ``edex run melting-temperature``.

All scores are out-of-fold, grouped by reduced formula. The models, and the way in which the
handbook helps on the paper's compounds, were chosen by cross-validation on training rows. The
paper's 56 test compounds are predicted with that choice, whatever comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from edex.datasets import is_available, load_crc_melting, load_gharakhanyan_2024
from edex.errors import EdexError, InputError
from edex.learn.baselines import noise_floor
from edex.learn.metrics import (
    Estimate,
    mean_absolute_error,
    mean_with_error,
    paired_difference,
)
from edex.learn.results import Results, Row, package_versions
from edex.learn.splits import Folds, grouped_folds, out_of_fold_predictions, row_folds
from edex.melting.compounds import chemical_system, parse_formula, reduced_formula
from edex.melting.features import CompositionFeaturizer
from edex.melting.ladder import make_regressor
from edex.melting.predictor import MeltingRegressor
from edex.melting.transfer import fused_predictions
from edex.melting.two_step import make_clusterers, two_step_gains

__all__ = ["COMPUTED_COLUMNS", "PRESETS", "Preset", "run"]

COMPUTED_COLUMNS = ("coh_en", "bulk_m", "shear_m", "form_e_per_atom", "density", "%ic")
"""What the paper's table knows and a formula does not: five computed properties, and one mean."""

Progress = Callable[[str], None] | None


@dataclass(frozen=True)
class Preset:
    """How much to compute.

    Attributes
    ----------
    model : str
        Rung of the ladder for the headline scores.
    n_trees : int
        Trees for the composition-only scores; the fusion uses a third.
    n_splits, n_inner_splits : int
        Outer and inner folds on the paper's compounds.
    n_repeats : int
        Repetitions of the two-step comparison.
    two_step_models : tuple of str
        Regressors of the two-step comparison; the first gives the headline rows.
    has_extras : bool
        Interval coverage and all-compound scores too.
    """

    model: str
    n_trees: int
    n_splits: int
    n_inner_splits: int
    n_repeats: int
    two_step_models: tuple[str, ...]
    has_extras: bool


PRESETS: dict[str, Preset] = {
    "quick": Preset("extra trees", 60, 5, 3, 1, ("support vectors",), False),
    "default": Preset("blend", 300, 10, 5, 3, ("support vectors",), True),
    "full": Preset("blend", 600, 10, 10, 3, ("support vectors", "extra trees"), True),
}


def run(preset: str = "default", *, seed: int = 0, progress: Progress = None) -> Results:
    """Compute the results of EdEx 4.

    Parameters
    ----------
    preset : {"quick", "default", "full"}
        Less than a minute, some minutes, and as long as it takes.
    seed : int, default 0
        Seed of folds, trees and clusterers.
    progress : callable, default None
        Called with a short text now and then.

    Returns
    -------
    Results
        Temperatures in K. Rows whose data are absent have no value and a reason.

    Raises
    ------
    InputError
        If there is no such preset.
    """
    if preset not in PRESETS:
        raise InputError(f"There is no preset {preset!r}. Choose from {', '.join(PRESETS)}.")
    size = PRESETS[preset]
    # A thousand rows are too few to share among threads: waiting for each other costs more.
    with threadpool_limits(limits=1):
        rows = [*_handbook_rows(size, seed, progress), *_paper_rows(size, seed, progress)]
    return Results(
        edex="melting-temperature",
        preset=preset,
        seed=seed,
        rows=tuple(rows),
        versions=package_versions("edex", "numpy", "pandas", "scikit-learn", "chemicals"),
    )


def _mae_row(name: str, score: Estimate, split: str, *, target: float | None = None) -> Row:
    return Row(name, score.value, score.standard_error, "K", score.n, split, target=target)


def _handbook_rows(size: Preset, seed: int, progress: Progress) -> list[Row]:
    """Scores on the handbook compounds, which need no download."""
    table = load_crc_melting()
    is_binary = table["formula"].map(lambda formula: len(parse_formula(formula)) == 2)
    binary = table[is_binary].reset_index(drop=True)
    groups = binary["formula"].map(reduced_formula).to_numpy()
    featurizer = CompositionFeaturizer().set_output(transform="pandas")
    X = featurizer.fit_transform(binary["formula"].tolist())
    y = binary["melting_temperature"].to_numpy()
    by_composition = grouped_folds(groups, 10, random_state=seed)
    score = partial(_score, X, y, groups, progress=progress)
    make = partial(make_regressor, n_trees=size.n_trees, random_state=seed)

    grouped = "10 folds by composition"
    errors = score(make(size.model), by_composition)
    systems = binary["formula"].map(chemical_system).to_numpy()
    naive = score(make("extra trees"), row_folds(len(y), 10, random_state=seed))
    honest = score(make("extra trees"), by_composition)
    gain = paired_difference(np.zeros(len(y)), honest, naive, groups=groups)
    mean = partial(mean_with_error, groups=groups)
    rows = [
        _mae_row("crc_binary_cv_mae", mean(errors), grouped, target=160.0),
        _mae_row("crc_binary_mean_mae", mean(score(make("mean"), by_composition)), grouped),
        _mae_row("crc_binary_linear_mae", mean(score(make("linear"), by_composition)), grouped),
        _mae_row(
            "crc_binary_svr_mae", mean(score(make("support vectors"), by_composition)), grouped
        ),
        Row("crc_binary_naive_gain", gain.value, gain.standard_error, "K", len(y),
            "10 folds by row, extra trees: how much too good"),
        _mae_row(
            "crc_binary_system_mae",
            mean(score(make(size.model), grouped_folds(systems, 10, random_state=seed))),
            "10 folds by chemical system",
        ),
    ]  # fmt: skip
    rows += _two_step_rows(X, y, groups, size=size, seed=seed, progress=progress)
    if size.has_extras:
        rows += _extra_rows(table, size, seed, progress)
    return rows


def _score(
    X: pd.DataFrame, y: np.ndarray, groups: np.ndarray, model: object, folds: Folds, *,
    progress: Progress,
) -> np.ndarray:  # fmt: skip
    """Return the out-of-fold absolute errors."""
    predicted = out_of_fold_predictions(model, X, y, folds=folds)
    if progress is not None:
        progress(f"scored {type(model).__name__} on {len(y)} compounds")
    return np.asarray(np.abs(predicted - y))


def _two_step_rows(
    X: pd.DataFrame,
    y: np.ndarray,
    groups: np.ndarray,
    *,
    size: Preset,
    seed: int,
    progress: Progress,
) -> list[Row]:
    rows = []
    for number, model in enumerate(size.two_step_models):
        gains = two_step_gains(
            X,
            y,
            groups=groups,
            regressor=make_regressor(model, n_trees=100, random_state=seed),
            clusterers=make_clusterers(2, random_state=seed),
            n_repeats=size.n_repeats,
            progress=progress,
            random_state=seed,
        )
        for name, gain in gains.items():
            suffix = "" if number == 0 else "_" + model.replace(" ", "_")
            rows.append(
                Row(
                    f"two_step_gain_{name}{suffix}",
                    gain.gain.value,
                    gain.gain.standard_error,
                    "K",
                    len(y),
                    f"k = 2, {model}, {size.n_repeats} x 10 folds by composition, crc binaries; "
                    f"direct {gain.direct} K; error bar corrected for overlapping folds",
                )
            )
    return rows


def _extra_rows(table: pd.DataFrame, size: Preset, seed: int, progress: Progress) -> list[Row]:
    """All handbook compounds, and whether the intervals of the predictor hold."""
    formulas, y = table["formula"].tolist(), table["melting_temperature"].to_numpy()
    groups = np.array([reduced_formula(formula) for formula in formulas])
    folds = grouped_folds(groups, 5, random_state=seed)
    predicted, is_inside = np.empty(len(y)), np.empty(len(y))
    for number, (train, test) in enumerate(folds, start=1):
        model = MeltingRegressor(random_state=seed)
        model.fit([formulas[row] for row in train], y[train])
        held_out = [formulas[row] for row in test]
        predicted[test] = model.predict(held_out)
        low, high = model.predict_interval(held_out, 0.9).T
        is_inside[test] = (low <= y[test]) & (y[test] <= high)
        if progress is not None:
            progress(f"intervals: fold {number} of {len(folds)}")
    coverage = mean_with_error(is_inside, groups)
    split = "5 folds by composition, MeltingRegressor"
    return [
        _mae_row("crc_all_cv_mae", mean_absolute_error(y, predicted, groups=groups), split),
        Row("interval_coverage_90", coverage.value, coverage.standard_error, "1", coverage.n,
            split, target=0.9),
    ]  # fmt: skip


_PAPER_ROWS = (
    Row("paper_test_mae", 0.0, unit="K", paper=180.0, target=135.0),
    Row("paper_cv_mae", 0.0, unit="K", target=175.0),
    Row("paper_cv_alone_mae", 0.0, unit="K"),
    Row("label_noise_mae", 0.0, unit="K"),
)


def _paper_rows(size: Preset, seed: int, progress: Progress) -> list[Row]:
    """Scores on the paper's 476 compounds, if they are on this computer."""
    if not is_available("gharakhanyan-2024"):
        reason = (
            "The data set gharakhanyan-2024 is not on this computer. "
            "Get it with: edex data fetch gharakhanyan-2024"
        )
        return [replace(row, value=None, reason=reason) for row in _PAPER_ROWS]
    try:
        table = load_gharakhanyan_2024()
    except EdexError as error:
        return [replace(row, value=None, reason=str(error)) for row in _PAPER_ROWS]
    handbook = load_crc_melting()
    train, test = (
        table[table["split"] == split].reset_index(drop=True) for split in ("train", "test")
    )
    predict = partial(
        fused_predictions,
        columns=COMPUTED_COLUMNS,
        n_trees=max(size.n_trees // 3, 40),
        n_inner_splits=size.n_inner_splits,
        random_state=seed,
    )
    y = train["melting_temperature"].to_numpy()
    groups = train["formula"].map(reduced_formula).to_numpy()
    folds = grouped_folds(groups, size.n_splits, random_state=seed)
    fused = np.empty(len(y))
    for number, (kept, held_out) in enumerate(folds, start=1):
        fused[held_out] = predict(train.iloc[kept], train.iloc[held_out], handbook)
        if progress is not None:
            progress(f"two sources: fold {number} of {len(folds)}")
    featurizer = CompositionFeaturizer()
    X = np.column_stack([
        train[list(COMPUTED_COLUMNS)], featurizer.fit_transform(train["formula"].tolist())
    ])  # fmt: skip
    model = make_regressor(size.model, n_trees=size.n_trees, random_state=seed)
    alone = out_of_fold_predictions(model, X, y, folds=folds)
    tested = mean_absolute_error(test["melting_temperature"], predict(train, test, handbook))
    noise = _label_noise(table, handbook)
    cross = f"{size.n_splits} folds by composition, 420 training compounds"
    scores = {
        "paper_test_mae": (tested, "the paper's test compounds; recipe chosen on the other 420"),
        "paper_cv_mae": (mean_absolute_error(y, fused, groups=groups), cross + ", with crc"),
        "paper_cv_alone_mae": (mean_absolute_error(y, alone, groups=groups), cross),
        "label_noise_mae": (noise, "compositions in both sources, crc against the paper"),
    }
    return [
        replace(row, value=score.value, standard_error=score.standard_error, n=score.n, split=split)
        for row, (score, split) in ((row, scores[row.name]) for row in _PAPER_ROWS)
    ]


def _label_noise(table: pd.DataFrame, handbook: pd.DataFrame) -> Estimate:
    """Return by how much two tables differ on the compositions that both hold."""
    values = [
        source.groupby(source["formula"].map(reduced_formula))["melting_temperature"].mean()
        for source in (table, handbook)
    ]
    both = pd.concat(values, axis=1, join="inner").to_numpy()
    return noise_floor(both[:, 0], both[:, 1])
