"""Train on some prototypes, test on real crystals of the others.

For each fold, everything that is known of the test prototypes is taken out of training: the real
crystals and all PDFs that were simulated from them. What is left (simulated PDFs, and real ones
twice) is learned; the real crystals of the fold are predicted. So each real crystal is predicted
once, by a classifier that has never seen its structure type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edex.errors import InputError
from edex.learn.splits import Folds
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.neighbours import NearestByPearson
from edex.spacegroup.pdf import PdfCalculator
from edex.spacegroup.pdf_table import PdfTable

__all__ = ["Bench", "Outcome", "make_bench", "predict_folds", "training_rows"]

REAL_COPIES = 2  # how often each real PDF is learned beside the simulated ones


@dataclass(frozen=True, eq=False)
class Bench:
    """Real crystals and what was simulated from them.

    Attributes
    ----------
    crystals : tuple of Crystal
        With space group and prototype.
    G : ndarray of shape (n_crystals, 209)
        Their PDFs, Å⁻².
    space_groups : ndarray of shape (n_crystals,)
        Labels.
    prototypes : ndarray of shape (n_crystals,)
        Prototype keys.
    simulated : PdfTable
        PDFs of perturbed crystals.
    origin : ndarray of shape (n_simulated,)
        The crystal from which each was made.
    """

    crystals: tuple[Crystal, ...]
    G: np.ndarray
    space_groups: np.ndarray
    prototypes: np.ndarray
    simulated: PdfTable
    origin: np.ndarray


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the classifiers of all folds say.

    Attributes
    ----------
    rows : ndarray of shape (n_tested,)
        Crystals that were tested, as numbers in the bench.
    probabilities : ndarray of shape (n_tested, 8)
        In the order of ``CLASSES``.
    correlation : ndarray of shape (n_tested,)
        Highest Pearson correlation with a training PDF.
    nearest : ndarray of shape (n_tested,)
        Space group of that training PDF.
    probes : dict of str to ndarray of shape (n_tested, 8)
        The same crystals under other conditions.
    extras : ndarray of shape (n_folds, n_extras, 8)
        Predictions of each fold's classifier for curves from outside.
    fold_of : ndarray of shape (n_crystals,)
        The fold in which each crystal is tested; -1 for none.
    """

    rows: np.ndarray
    probabilities: np.ndarray
    correlation: np.ndarray
    nearest: np.ndarray
    probes: dict[str, np.ndarray] = field(default_factory=dict)
    extras: np.ndarray = field(default_factory=lambda: np.empty((0, 0, len(CLASSES))))
    fold_of: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))


def make_bench(crystals: Sequence[Crystal], simulated: PdfTable) -> Bench:
    """Calculate the PDFs of the real crystals and find the origin of the simulated ones.

    Parameters
    ----------
    crystals : sequence of Crystal
        Those that were the templates of the simulation.
    simulated : PdfTable
        From :func:`edex.spacegroup.make_pdfs`.

    Returns
    -------
    Bench

    Raises
    ------
    InputError
        If a simulated PDF was made from a crystal that is not there.
    """
    place = {crystal.source_id: number for number, crystal in enumerate(crystals)}
    templates = simulated.labels["template"].tolist()
    missing = sorted(set(templates) - set(place))
    if missing:
        raise InputError(
            f"Simulated PDFs come from {missing[0]!r}, which is not among the {len(place)} "
            "crystals. Load the same structures that were simulated."
        )
    calculator = PdfCalculator(simulated.r)
    return Bench(
        tuple(crystals),
        np.array([calculator.calculate(crystal) for crystal in crystals], dtype=np.float32),
        np.array([crystal.space_group_number for crystal in crystals]),
        np.array([crystal.prototype for crystal in crystals]),
        simulated,
        np.array([place[name] for name in templates]),
    )


def training_rows(bench: Bench, train: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Collect what may be learned from a set of crystals.

    Parameters
    ----------
    bench : Bench
        All data.
    train : ndarray of int
        Crystals of the training set.

    Returns
    -------
    X : ndarray of shape (n_rows, 209)
        PDFs simulated from these crystals, then their own, twice.
    y : ndarray of shape (n_rows,)
        Space group numbers.
    groups : ndarray of shape (n_rows,)
        Prototypes.
    """
    is_allowed = np.isin(bench.origin, train)
    own = np.tile(train, REAL_COPIES)
    crystals = np.concatenate([bench.origin[is_allowed], own])
    X = np.concatenate([bench.simulated.G[is_allowed], bench.G[own]])
    return X, bench.space_groups[crystals], bench.prototypes[crystals]


def predict_folds(
    bench: Bench,
    folds: Folds,
    make_classifier: Callable[[], Any],
    *,
    probes: Mapping[str, np.ndarray] | None = None,
    extras: np.ndarray | None = None,
    with_neighbours: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Train a classifier for each fold and predict the crystals of the fold.

    Parameters
    ----------
    bench : Bench
        All data.
    folds : list of (train, test)
        Crystals; some folds of a split are enough.
    make_classifier : callable
        Returns an unfitted :class:`~edex.spacegroup.classifier.SpaceGroupClassifier`.
    probes : mapping of str to ndarray of shape (n_crystals, 209), optional
        PDFs of the same crystals under other conditions, to be predicted as well.
    extras : ndarray of shape (n_extras, 209), optional
        Curves from outside, predicted by the classifier of every fold.
    with_neighbours : bool, default True
        Find the nearest training PDF of each tested crystal.
    progress : callable, optional
        Called with a short text at each step.

    Returns
    -------
    Outcome
    """
    say = progress or (lambda text: None)
    fold_of = np.full(len(bench.crystals), -1)
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    probed: dict[str, list[np.ndarray]] = {name: [] for name in probes or {}}
    outside = []
    for number, (train, test) in enumerate(folds):
        fold_of[test] = number
        X, y, groups = training_rows(bench, train)
        classifier = make_classifier()
        say(f"fold {number + 1} of {len(folds)}: {classifier.model} learns {len(X):,} PDFs")
        classifier.fit(X, y, groups=groups)
        nothing = np.full(len(test), np.nan)
        correlation, nearest = nothing, nothing
        if with_neighbours:
            neighbours = NearestByPearson().fit(X, y)
            correlations, indices = neighbours.kneighbors(bench.G[test])
            correlation, nearest = correlations[:, 0], y[indices[:, 0]]
        parts.append((test, _all_classes(classifier, bench.G[test]), correlation, nearest))
        for name, curves in (probes or {}).items():
            probed[name].append(_all_classes(classifier, curves[test]))
        if extras is not None:
            outside.append(_all_classes(classifier, extras))
    rows, probabilities, correlation, nearest = (
        np.concatenate([part[i] for part in parts]) for i in range(4)
    )
    return Outcome(
        rows,
        probabilities,
        correlation,
        nearest,
        {name: np.concatenate(values) for name, values in probed.items()},
        np.array(outside) if outside else np.empty((len(folds), 0, len(CLASSES))),
        fold_of,
    )


def _all_classes(classifier: Any, curves: np.ndarray) -> np.ndarray:
    """Predict probabilities with a column for each of the eight classes."""
    probabilities = np.zeros((len(curves), len(CLASSES)))
    columns = [CLASSES.index(int(number)) for number in classifier.classes_]
    probabilities[:, columns] = classifier.predict_proba(curves)
    return probabilities
