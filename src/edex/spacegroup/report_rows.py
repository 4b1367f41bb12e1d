"""Two parts of the table of results: measured PDFs, and how fast PDFs are calculated."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from edex.datasets import load_measured_pdfs
from edex.datasets.measured_pdfs import MeasuredCurve
from edex.learn.results import Row
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.crossvalidation import Bench, Outcome
from edex.spacegroup.evaluation import true_rank
from edex.spacegroup.measured import to_grid
from edex.spacegroup.pdf import PdfCalculator
from edex.spacegroup.simulate import make_pdfs
from edex.spacegroup.structures import load_crystals
from edex.spacegroup.templates import make_template

__all__ = ["MEASURED_PROTOTYPES", "measured_curves", "measured_rows", "speed_rows"]

MEASURED_PROTOTYPES = {
    "Ni": "225 | 1 m-3m",
    "Si": "227 | 2 -43m",
    "BaZn2As2, 300 K": "139 | 1 4/mmm · 2 -42m · 2 4mm",
    "SrFe2As2, 246 K": "139 | 1 4/mmm · 2 -42m · 2 4mm",
}
"""Structure types of the measured samples: fcc, diamond and ThCr2Si2."""


def measured_curves() -> tuple[list[MeasuredCurve], np.ndarray]:
    """Load the measured PDFs that count, and bring them onto the grid.

    Returns
    -------
    curves : list of MeasuredCurve
        One for each material and state.
    G : ndarray of shape (n_curves, 209)
        On the default grid, Å⁻².
    """
    curves = [curve for curve in load_measured_pdfs() if curve.is_scored]
    return curves, np.array([to_grid((curve.r, curve.G)) for curve in curves])


def measured_rows(bench: Bench, outcome: Outcome, curves: Sequence[MeasuredCurve]) -> list[Row]:
    """Score measured PDFs, each by classifiers that do and do not know its structure type.

    Parameters
    ----------
    bench : Bench
        The crystals that were learned.
    outcome : Outcome
        With the curves as ``extras``.
    curves : sequence of MeasuredCurve
        In the order of the extras.

    Returns
    -------
    list of Row
        ``measured_top1`` and ``measured_top3``: mean over the classifiers that knew the type;
        ``measured_unseen_top3``: by the one that did not. A handful of curves has no error bar.
    """
    numbers = np.array([curve.space_group_number for curve in curves])
    known = np.empty((len(curves), len(CLASSES)))
    unseen = np.full((len(curves), len(CLASSES)), np.nan)
    for place, curve in enumerate(curves):
        own = np.flatnonzero(bench.prototypes == MEASURED_PROTOTYPES[curve.name])
        fold = int(outcome.fold_of[own[0]]) if len(own) else -1
        others = [i for i in range(len(outcome.extras)) if i != fold]
        known[place] = outcome.extras[others, place].mean(axis=0)
        if fold >= 0:
            unseen[place] = outcome.extras[fold, place]
    rank = true_rank(numbers, known)
    said = ", ".join(
        f"{curve.name}: {CLASSES[int(row.argmax())]} (p {row.max():.2f}; true {number})"
        for curve, row, number in zip(curves, known, numbers, strict=True)
    )
    rows = [
        Row(f"measured_top{k}", float((rank <= k).mean()), None, "1", len(curves),
            f"measured PDFs, structure type known, trained under varied conditions. {said}")
        for k in (1, 3)
    ]  # fmt: skip
    has_fold = ~np.isnan(unseen[:, 0])
    if not has_fold.any():
        reason = "the folds that hold these structure types out were not trained in this preset"
        return [*rows, Row("measured_unseen_top3", None, reason=reason)]
    unseen_rank = true_rank(numbers[has_fold], unseen[has_fold])
    names = ", ".join(
        f"{curve.name}: place {place}"
        for curve, place in zip(
            [c for c, has in zip(curves, has_fold, strict=True) if has], unseen_rank, strict=True
        )
    )
    return [
        *rows,
        Row("measured_unseen_top3", float((unseen_rank <= 3).mean()), None, "1",
            int(has_fold.sum()),
            f"measured PDFs, structure type held out, trained under varied conditions. {names}"),
    ]  # fmt: skip


def speed_rows(say: Callable[[str], None]) -> list[Row]:
    """Time the calculation of PDFs on this machine, on one thread.

    Parameters
    ----------
    say : callable
        Called with a short text at each step.

    Returns
    -------
    list of Row
        ``pdf_ms``: one PDF of a real crystal in its primitive cell; ``pdfs_per_second``: drawn,
        verified, labelled and written, by one process.
    """
    say("timing")
    crystals, _ = load_crystals("mp-structures")
    chosen = [crystals[i] for i in np.linspace(0, len(crystals) - 1, 68).astype(int)]
    templates = [make_template(crystal) for crystal in chosen]
    calculator = PdfCalculator()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        for template in templates:
            calculator.calculate(template.crystal, template.orbits)
        times.append((time.perf_counter() - start) / len(templates))
    size = 1_000
    with tempfile.TemporaryDirectory(prefix="edex-") as folder:
        start = time.perf_counter()
        make_pdfs(Path(folder) / "pdfs", size=size, crystals=crystals, workers=1)
        rate = size / (time.perf_counter() - start)
    return [
        Row("pdf_ms", 1e3 * min(times), None, "ms", len(templates),
            "one thread, real crystals, best of 5", target=0.3),
        Row("pdfs_per_second", rate, None, "1/s", size,
            "one process: drawn, verified, labelled, written; with its start"),
    ]  # fmt: skip
