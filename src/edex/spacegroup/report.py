"""Every number of EdEx 1, made anew: ``edex run space-group``.

The test set is always real crystals, never simulated ones. Their prototypes are dealt into five
folds; the classifier of a fold learns from the PDFs of all other prototypes, real ones and those
simulated from them. Beside it stand the split that flatters (random crystals), simpler models and
the nearest neighbour on the same folds. Error bars are cluster bootstraps over prototypes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edex.datasets import cache_dir, is_available
from edex.errors import InputError
from edex.learn.results import Results, Row, package_versions
from edex.spacegroup.calibration import expected_calibration_error
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.classifier import SpaceGroupClassifier
from edex.spacegroup.conditions import Conditions
from edex.spacegroup.crossvalidation import Bench, Outcome, make_bench, predict_folds
from edex.spacegroup.evaluation import (
    Accuracy,
    accuracy,
    paired_gain,
    prototype_folds,
    random_folds,
    true_rank,
)
from edex.spacegroup.jobs import code_versions
from edex.spacegroup.report_rows import measured_curves, measured_rows, speed_rows
from edex.spacegroup.robustness import PROBES, probe_pdfs
from edex.spacegroup.simulate import make_pdfs
from edex.spacegroup.structures import load_crystals

__all__ = ["PRESETS", "Preset", "run"]

Say = Callable[[str], None]
SIMILAR = 0.9  # Pearson correlation above which a test PDF has a relative in training
TWIN = 0.99


@dataclass(frozen=True)
class Preset:
    """How much to compute.

    Attributes
    ----------
    size : int
        Simulated PDFs.
    model : str
        The classifier of the headline rows.
    epochs : int or None
        Epochs of its training; None takes its recipe.
    n_tested : int
        Of the five folds by prototype, how many are trained and tested.
    ladder : tuple of str
        Simpler models on the same folds.
    with_amcsd : bool
        Rows with the minerals of ``amcsd`` as well, where they were fetched.
    """

    size: int
    model: str
    epochs: int | None
    n_tested: int
    ladder: tuple[str, ...]
    with_amcsd: bool = False


PRESETS: dict[str, Preset] = {
    "quick": Preset(2_000, "small_cnn", 4, 2, ("logistic_regression",)),
    "default": Preset(40_000, "small_cnn", None, 5, ("logistic_regression", "extra_trees"), True),
    "full": Preset(40_000, "ensemble", None, 5, ("logistic_regression", "extra_trees"), True),
}


def run(
    preset: str = "default", *, seed: int = 0, progress: Callable[[str], None] | None = None
) -> Results:
    """Compute the table of results.

    Parameters
    ----------
    preset : {"quick", "default", "full"}
        A minute; a quarter of an hour, with ``amcsd`` twice as long; an hour or two.
    seed : int, default 0
        Seed of folds, simulation and training.
    progress : callable, default None
        Called with a short text at each step.

    Returns
    -------
    Results
        Rows whose data are absent have no value and a reason.

    Raises
    ------
    InputError
        If there is no such preset.
    MissingExtraError
        If a package of the extra ``spacegroup`` is missing.
    """
    if preset not in PRESETS:
        raise InputError(f"There is no preset {preset!r}. Choose from {', '.join(PRESETS)}.")
    size = PRESETS[preset]
    say: Say = progress or (lambda text: None)
    rows = [
        *_embedded_rows(size, seed, say),
        *_amcsd_rows(preset, size, seed, say),
        *speed_rows(say),
    ]
    return Results(
        edex="space-group",
        preset=preset,
        seed=seed,
        rows=tuple(rows),
        versions=package_versions(
            "edex", "numpy", "scikit-learn", "keras", "tensorflow", "tensorflow-cpu", "spglib"
        ),
    )


def _bench(
    source: str, size: int, seed: int, say: Say, *, conditions: Conditions | None = None
) -> Bench:
    """Load crystals and their simulated PDFs; those of an earlier run are found again."""
    crystals, _ = load_crystals(source)
    suffix = "" if conditions is None else "-varied"
    simulated = make_pdfs(
        _folder(f"{source}-{size}-seed-{seed}{suffix}"),
        size=size,
        seed=seed,
        crystals=source,
        conditions=conditions,
        progress=lambda stage, done, total: say(f"{source}: {done:,} of {total:,} {stage}"),
    )
    return make_bench(crystals, simulated)


def _folder(name: str) -> Path:
    """Name a folder of simulated PDFs in the cache; other code or packages have another one."""
    versions = json.dumps(code_versions(), sort_keys=True).encode()
    return cache_dir() / "simulated-pdfs" / f"{name}-{hashlib.sha256(versions).hexdigest()[:8]}"


def _maker(size: Preset, seed: int, model: str = "") -> Callable[[], Any]:
    name = model or size.model
    is_headline = name == size.model
    return lambda: SpaceGroupClassifier(
        name, epochs=size.epochs if is_headline else None, n_jobs=-1, random_state=seed
    )


def _embedded_rows(size: Preset, seed: int, say: Say) -> list[Row]:
    """Scores on the embedded structures, which need no download."""
    bench = _bench("mp-structures", size.size, seed, say)
    folds = prototype_folds(bench.space_groups, bench.prototypes, 5, random_state=seed)
    folds = folds[: size.n_tested]
    split = f"{len(folds)} of 5 folds by prototype"
    say("the same crystals under other conditions")
    probes = probe_pdfs(bench.crystals)
    honest = predict_folds(
        bench, folds, _maker(size, seed), probes=probes,
        progress=lambda text: say(f"by prototype, {text}"),
    )  # fmt: skip
    naive = predict_folds(
        bench,
        random_folds(bench.space_groups, 5, random_state=seed)[:1],
        _maker(size, seed),
        progress=lambda text: say(f"random, {text}"),
    )
    rank, groups = _ranks(bench, honest)
    right = rank == 1
    nearest = honest.nearest == bench.space_groups[honest.rows]
    is_far = honest.correlation < SIMILAR
    rows = [
        *_top_rows("random", bench, naive, "1 of 5 random folds: recognition", (0.85, 0.95)),
        *_top_rows("prototype", bench, honest, split, (0.75, 0.93)),
        _row("prototype_once_top1", accuracy(right, groups, each_group_once=True),
             f"{split}, every prototype counted once"),
        _row("dissimilar_top1", accuracy(right[is_far], groups[is_far]),
             f"{split}, of these with no training PDF of r > {SIMILAR}"),
        _row("nearest_pearson_top1", accuracy(nearest, groups), f"{split}, nearest training PDF"),
        _row("gain_over_nearest", paired_gain(right, nearest, groups), f"{split}, paired"),
        _row("nearest_pearson_dissimilar_top1", accuracy(nearest[is_far], groups[is_far]),
             f"{split}, of these with no training PDF of r > {SIMILAR}"),
        _twins("random_twins", bench, naive, "1 of 5 random folds"),
        _twins("prototype_twins", bench, honest, split),
    ]  # fmt: skip
    for model in size.ladder:
        simple = predict_folds(
            bench, folds, _maker(size, seed, model), with_neighbours=False,
            progress=lambda text: say(f"by prototype, {text}"),
        )  # fmt: skip
        rows.append(_row(f"{model}_top1", accuracy(_ranks(bench, simple)[0] == 1, groups), split))
    rows.append(_calibration(bench, honest, split))
    rows += _probe_rows("", bench, honest, split)
    curves, grids = measured_curves()
    varied = predict_folds(
        _bench("mp-structures", size.size, seed, say, conditions=Conditions.varied()),
        folds, _maker(size, seed), probes=probes, extras=grids, with_neighbours=False,
        progress=lambda text: say(f"trained under varied conditions, {text}"),
    )  # fmt: skip
    split = f"{split}, trained under varied conditions"
    rows += _top_rows("varied_prototype", bench, varied, split, (None, None))
    rows += _probe_rows("varied_", bench, varied, split)
    return rows + measured_rows(bench, varied, curves)


def _probe_rows(prefix: str, bench: Bench, outcome: Outcome, split: str) -> list[Row]:
    """Score the same crystals under other conditions."""
    numbers, groups = bench.space_groups[outcome.rows], bench.prototypes[outcome.rows]
    return [
        _row(f"{prefix}{name}_top1", accuracy(true_rank(numbers, probabilities) == 1, groups),
             f"{split}; {PROBES[name]}")
        for name, probabilities in outcome.probes.items()
    ]  # fmt: skip


def _amcsd_rows(preset: str, size: Preset, seed: int, say: Say) -> list[Row]:
    """Scores with the minerals as well, if they were fetched."""
    names = ("amcsd_prototype_top1", "amcsd_prototype_top3", "amcsd_nearest_pearson_top1")
    reason = None
    if not is_available("amcsd"):
        reason = "the data set amcsd is not here: edex data fetch amcsd"
    elif not size.with_amcsd:
        reason = f"not part of the preset {preset}: edex run space-group"
    if reason is not None:
        return [Row(name, None, reason=reason) for name in names]
    crystals = [*load_crystals("mp-structures")[0], *load_crystals("amcsd")[0]]
    simulated = make_pdfs(
        _folder(f"mp-structures-and-amcsd-{size.size}-seed-{seed}"),
        size=size.size, seed=seed, crystals=crystals,
        progress=lambda stage, done, total: say(f"with amcsd: {done:,} of {total:,} {stage}"),
    )  # fmt: skip
    bench = make_bench(crystals, simulated)
    folds = prototype_folds(bench.space_groups, bench.prototypes, 5, random_state=seed)
    honest = predict_folds(
        bench, folds[: size.n_tested], _maker(size, seed),
        progress=lambda text: say(f"with amcsd, by prototype, {text}"),
    )  # fmt: skip
    rank, groups = _ranks(bench, honest)
    split = f"{size.n_tested} of 5 folds by prototype, with the minerals of amcsd"
    nearest = honest.nearest == bench.space_groups[honest.rows]
    scores = (accuracy(rank == 1, groups), accuracy(rank <= 3, groups), accuracy(nearest, groups))
    return [_row(name, score, split) for name, score in zip(names, scores, strict=True)]


def _ranks(bench: Bench, outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of the true class for each tested crystal, and its prototype."""
    rank = true_rank(bench.space_groups[outcome.rows], outcome.probabilities)
    return rank, bench.prototypes[outcome.rows]


def _row(name: str, score: Accuracy, split: str, *, target: float | None = None) -> Row:
    low, high = score.interval
    text = f"{split}; {score.n_groups} prototypes, 95 % interval {low:.3f} to {high:.3f}"
    return Row(name, score.value, score.standard_error, "1", score.n, text, target=target)


def _top_rows(
    name: str,
    bench: Bench,
    outcome: Outcome,
    split: str,
    targets: tuple[float | None, float | None],
) -> list[Row]:
    rank, groups = _ranks(bench, outcome)
    return [
        _row(f"{name}_top{k}", accuracy(rank <= k, groups), split, target=target)
        for k, target in zip((1, 3), targets, strict=True)
    ]


def _twins(name: str, bench: Bench, outcome: Outcome, split: str) -> Row:
    has_twin = outcome.correlation > TWIN
    return _row(
        name,
        accuracy(has_twin, bench.prototypes[outcome.rows]),
        f"{split}: share of test PDFs with a training PDF of r > {TWIN}",
    )


def _calibration(bench: Bench, outcome: Outcome, split: str) -> Row:
    numbers, groups = bench.space_groups[outcome.rows], bench.prototypes[outcome.rows]
    error = expected_calibration_error(numbers, outcome.probabilities, CLASSES, groups=groups)
    low, high = error.interval
    return Row(
        "calibration_error", error.value, None, "1", error.n,
        f"{split}: mean gap between stated probability and accuracy; 95 % interval {low:.3f} to "
        f"{high:.3f}, by chance alone {error.chance:.3f}",
    )  # fmt: skip
