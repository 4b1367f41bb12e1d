"""The figures of the space-group lesson, in the style of the course.

Each function draws into a new figure and returns it; the lesson calls ``plt.show()``. Space groups
stand in the order of :data:`edex.spacegroup.classes.CLASSES`, from low to high symmetry. What
matters is told by position, marker or a label next to it, and never by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from edex.errors import InputError
from edex.learn.figures import COLORS, house_style
from edex.spacegroup.classes import CLASSES, space_group
from edex.spacegroup.evaluation import Accuracy, accuracy

__all__ = [
    "draw_confusion",
    "draw_flattery",
    "draw_gallery",
    "draw_measured",
    "draw_reliability",
    "draw_shells",
    "draw_symmetry",
]

_GREY = "0.45"
_R_LABEL = "distance $r$ (Å)"
_G_LABEL = "$G(r)$ (Å$^{-2}$)"
_FLAG = np.array([[0.27, 0.03], [0.27, 0.265], [0.46, 0.20], [0.305, 0.14], [0.305, 0.03]])
_EYE, _HALF_TURN = np.eye(2), -np.eye(2)
_MIRROR, _QUARTER_TURN = np.diag([-1.0, 1.0]), np.array([[0.0, -1.0], [1.0, 0.0]])


def draw_symmetry() -> Figure:
    """Draw one motif without symmetry, repeated by four plane groups, 1 to 8 copies in a cell.

    Returns
    -------
    Figure
    """
    by_mirrors = [_EYE, _HALF_TURN, _MIRROR, _MIRROR @ _HALF_TURN]
    patterns: dict[str, list[np.ndarray]] = {
        "shifts": [_EYE],
        "+ half-turns": [_EYE, _HALF_TURN],
        "+ mirrors": by_mirrors,
        "+ quarter-turns": by_mirrors + [_QUARTER_TURN @ operation for operation in by_mirrors],
    }
    with house_style():
        figure, axes = plt.subplots(1, 4, figsize=(9.6, 2.9))
        for ax, (name, operations) in zip(axes, patterns.items(), strict=True):
            for x, y in np.ndindex(3, 3):
                for number, operation in enumerate(operations):
                    corners = _FLAG @ operation.T + (x, y)
                    color = COLORS[0] if (x, y, number) == (1, 1, 0) else "0.55"
                    ax.add_patch(Polygon(corners, facecolor=color, edgecolor="none"))
            for edge in (-0.5, 0.5, 1.5, 2.5):
                ax.axhline(edge, color="0.8", linewidth=0.8, zorder=0)
                ax.axvline(edge, color="0.8", linewidth=0.8, zorder=0)
            copies = f"{len(operations)} flag{'s' * (len(operations) > 1)} in a cell"
            ax.set(xlim=(-0.55, 2.55), ylim=(-0.55, 2.55), aspect="equal")
            ax.set_title(f"{name}\n{copies}")
            ax.set_axis_off()
    return figure


def draw_shells(
    r: npt.ArrayLike, G: npt.ArrayLike, distances: npt.ArrayLike, numbers: npt.ArrayLike
) -> Figure:
    """Draw a PDF with a line at each neighbour distance, labelled with the number of neighbours.

    Parameters
    ----------
    r, G : array-like of shape (n_points,)
        Distances (Å) and PDF (Å⁻²).
    distances, numbers : array-like of shape (n_shells,)
        Neighbour distances, Å, and the number of atoms at each.

    Returns
    -------
    Figure
    """
    curve = np.asarray(G, dtype=float)
    top = float(curve.max())
    with house_style():
        figure, ax = plt.subplots(figsize=(8.0, 3.2))
        for distance, number in zip(np.asarray(distances), np.asarray(numbers), strict=True):
            ax.axvline(distance, color=COLORS[1], linewidth=0.9, zorder=1)
            ax.text(
                distance, 1.06 * top, f"{number:.0f}", color="0.25", ha="center", fontsize="small"
            )
        ax.plot(np.asarray(r), curve, color=COLORS[0], zorder=2)
        ax.axhline(0, color=_GREY, linewidth=0.8, zorder=0)
        ax.set(xlabel=_R_LABEL, ylabel=_G_LABEL, ylim=(1.15 * float(curve.min()), 1.17 * top))
        ax.set_title("lines: distances of neighbours, with the number of atoms at each")
    return figure


def draw_gallery(
    r: npt.ArrayLike,
    G: npt.ArrayLike,
    space_groups: npt.ArrayLike,
    *,
    n_each: int = 3,
    random_state: int = 0,
) -> Figure:
    """Draw some PDFs of each space group, drawn at random, one row of panels for each.

    Each row has a vertical scale of its own, and says how far it reaches: on a common scale the
    curves of low symmetry would be flat.

    Parameters
    ----------
    r : array-like of shape (n_points,)
        Distances, Å.
    G : array-like of shape (n_samples, n_points)
        PDFs, Å⁻².
    space_groups : array-like of shape (n_samples,)
        Space group numbers.
    n_each : int, default 3
        PDFs of each group.
    random_state : int, default 0
        Seed of the choice.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If none of the PDFs belongs to one of the eight groups.
    """
    numbers = np.asarray(space_groups)
    present = [number for number in CLASSES if (numbers == number).any()]
    if not present:
        raise InputError(
            f"None of the {len(numbers)} PDFs has one of the space groups {CLASSES}. "
            "Give their space group numbers."
        )
    rng = np.random.default_rng(random_state)
    with house_style():
        figure, axes = plt.subplots(
            len(present), n_each, figsize=(9.6, 0.85 * len(present) + 0.6), sharex=True,
            sharey="row", squeeze=False,
        )  # fmt: skip
        for row, number in zip(axes, present, strict=True):
            chosen = rng.permutation(np.flatnonzero(numbers == number))[:n_each]
            curves = [np.asarray(G[place], dtype=float) for place in chosen]  # type: ignore[index]
            reach = max(float(np.abs(curve).max()) for curve in curves) or 1.0
            row[0].set_ylim(-1.05 * reach, 1.05 * reach)
            for ax, curve in zip(row, curves, strict=False):
                ax.plot(np.asarray(r), curve, linewidth=0.8)
            for ax in row:
                ax.axhline(0, color="0.8", linewidth=0.6, zorder=0)
                ax.set_yticks([])
                ax.spines["left"].set_visible(False)
            group = space_group(number)
            row[0].set_ylabel(
                f"{group.label}\n{group.family}\n±{reach:.1f} Å$^{{-2}}$", rotation=0, ha="right",
                va="center", fontsize="small",
            )  # fmt: skip
        for ax in axes[-1]:
            ax.set_xlabel(_R_LABEL)
    return figure


def draw_flattery(scores: Mapping[tuple[str, str], Accuracy]) -> Figure:
    """Draw what each model scores on two splits: a line from the flattering to the honest one.

    Parameters
    ----------
    scores : mapping of (str, str) to Accuracy
        For each pair of model and split; the split that is named first flatters.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If there are not exactly two splits, each with all models.
    """
    models = list(dict.fromkeys(model for model, _ in scores))
    splits = list(dict.fromkeys(split for _, split in scores))
    if len(splits) != 2 or len(scores) != 2 * len(models):
        raise InputError(
            f"There are {len(scores)} scores of {len(models)} models on the splits "
            f"{', '.join(splits) or '(none)'}; every model needs one on each of two splits."
        )
    with house_style():
        figure, ax = plt.subplots(figsize=(7.6, 0.9 + 0.62 * len(models)))
        for height, model in enumerate(reversed(models)):
            pair = [scores[model, split] for split in splits]
            ax.plot([score.value for score in pair], [height] * 2, color="0.75", zorder=1)
            styles = (("s", COLORS[1], 0.13), ("o", COLORS[0], -0.13))
            for score, (marker, color, lift) in zip(pair, styles, strict=True):
                low, high = score.interval
                ax.plot([low, high], [height + lift] * 2, color=color, linewidth=1.4, zorder=2)
                ax.plot(score.value, height + lift, marker, color=color, zorder=3)
            if height == len(models) - 1:
                shapes = ("squares", "circles")
                for score, split, shape, side in zip(pair, splits, shapes, (1, -1), strict=True):
                    ax.annotate(
                        f"{shape}: {split}", (score.value, height + side * 0.13),
                        xytext=(0, 9 * side),
                        textcoords="offset points", ha="center", fontsize="small",
                        va="bottom" if side > 0 else "top",
                    )  # fmt: skip
        ax.set_yticks(range(len(models)), list(reversed(models)))
        ax.set(xlim=(0, 1), ylim=(-0.6, len(models) - 0.2))
        ax.set_xlabel("share of right answers, with 95 % interval over prototypes")
        ax.tick_params(axis="y", length=0)
    return figure


def draw_reliability(
    probabilities: npt.ArrayLike,
    space_groups: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    n_bins: int = 5,
) -> Figure:
    """Draw how often the first guess is right against the probability that it was given.

    Parameters
    ----------
    probabilities : array-like of shape (n_samples, 8)
        Columns in the order of ``CLASSES``.
    space_groups : array-like of shape (n_samples,)
        True space group numbers.
    groups : array-like of shape (n_samples,)
        What is not independent (prototypes), for the error bars.
    n_bins : int, default 5
        Bins with about the same number of samples.

    Returns
    -------
    Figure
    """
    table = np.asarray(probabilities, dtype=float)
    confidence = table.max(axis=1)
    is_right = np.asarray(CLASSES)[table.argmax(axis=1)] == np.asarray(space_groups)
    keys = np.asarray(groups)
    with house_style():
        figure, ax = plt.subplots(figsize=(4.8, 4.6))
        ax.plot([0, 1], [0, 1], color=_GREY, linewidth=1.0)
        ax.text(0.02, 0.98, "diagonal: as sure as it is right", color=_GREY, fontsize="small",
                va="top")  # fmt: skip
        for rows in np.array_split(np.argsort(confidence, kind="stable"), n_bins):
            if len(set(keys[rows])) < 2:
                continue
            score = accuracy(is_right[rows], keys[rows])
            place = float(confidence[rows].mean())
            low, high = score.interval
            ax.plot([place, place], [low, high], color=COLORS[0], linewidth=1.4)
            ax.plot(place, score.value, "o", color=COLORS[0])
            ax.annotate(
                f"n = {len(rows)}", (place, low), xytext=(0, -5), textcoords="offset points",
                ha="center", va="top", fontsize="x-small",
            )  # fmt: skip
        ax.set(xlim=(0, 1.03), ylim=(-0.05, 1.03), aspect="equal")
        ax.set_xlabel("mean probability of the first guess")
        ax.set_ylabel("share of first guesses that are right")
    return figure


def draw_confusion(
    confusion: npt.ArrayLike,
    *,
    n_crystals: npt.ArrayLike,
    n_prototypes: npt.ArrayLike | None = None,
) -> Figure:
    """Draw a confusion matrix with the crystal systems marked off.

    Parameters
    ----------
    confusion : array-like of shape (8, 8)
        Shares; each row (true class) adds up to 1.
    n_crystals : array-like of shape (8,)
        Number of crystals of each true class.
    n_prototypes : array-like of shape (8,), optional
        Number of prototypes of each true class: what a row really rests on.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If the shape is another one.
    """
    table, counts = np.asarray(confusion, dtype=float), np.asarray(n_crystals)
    types = None if n_prototypes is None else np.asarray(n_prototypes)
    n = len(CLASSES)
    sizes = [values.size for values in (counts, types) if values is not None]
    if table.shape != (n, n) or any(size != n for size in sizes):
        raise InputError(
            f"The confusion matrix has shape {table.shape} and there are "
            f"{' and '.join(map(str, sizes))} counts; ({n}, {n}) and {n} are needed, in the order "
            f"{CLASSES}."
        )
    groups = [space_group(number) for number in CLASSES]
    with house_style():
        figure, ax = plt.subplots(figsize=(6.6, 5.4))
        image = ax.imshow(table, cmap="Blues", vmin=0, vmax=1)
        for (i, j), share in np.ndenumerate(table):
            if share >= 0.005:
                color = "white" if share > 0.55 else "0.15"
                ax.text(j, i, f"{100 * share:.0f}", ha="center", va="center", color=color)
        for place in range(1, n):
            if groups[place].family != groups[place - 1].family:
                ax.axhline(place - 0.5, color="0.6", linewidth=0.9)
                ax.axvline(place - 0.5, color="0.6", linewidth=0.9)
        ax.set_xticks(range(n), [group.label for group in groups], rotation=45, ha="right")
        labels = [f"{g.label}, n = {int(c)}" for g, c in zip(groups, counts, strict=True)]
        if types is not None:
            labels = [
                f"{g.label}\n{_number(int(c), 'crystal')}, {_number(int(t), 'type')}"
                for g, c, t in zip(groups, counts, types, strict=True)
            ]
        ax.set_yticks(range(n), labels, fontsize="small" if types is not None else None)
        ax.set(xlabel="predicted", ylabel="true")
        ax.set_title("% of the crystals of a true class; lines between crystal systems")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        figure.colorbar(image, ax=ax, label="share of the true class", shrink=0.8)
    return figure


def _number(count: int, noun: str) -> str:
    """Write a number with its noun: 1 crystal, 2 crystals."""
    return f"{count} {noun}{'s' * (count != 1)}"


def draw_measured(records: Sequence[Any], guesses: Mapping[str, Sequence[int]]) -> Figure:
    """Draw measured PDFs one above the other, with what is known and what was guessed.

    Parameters
    ----------
    records : sequence
        From :func:`edex.datasets.load_measured_pdfs`: with ``name``, ``material``,
        ``space_group_number``, ``r`` (Å) and ``G`` (Å⁻²).
    guesses : mapping of str to sequence of int
        Space group numbers for each name, most probable first.

    Returns
    -------
    Figure
    """
    with house_style():
        figure, axes = plt.subplots(
            len(records), 1, figsize=(9.2, 0.95 * len(records) + 0.5), sharex=True, squeeze=False
        )
        for ax, record in zip(axes[:, 0], records, strict=True):
            r, curve = np.asarray(record.r), np.asarray(record.G)
            is_shown = (r >= 1.5) & (r <= 30.0)
            ax.plot(r[is_shown], curve[is_shown], linewidth=0.8)
            ax.set_yticks([])
            ax.spines["left"].set_visible(False)
            known = record.space_group_number
            aside = "" if known in CLASSES else " (not one of the eight)"
            list_of = ", ".join(map(str, guesses[record.name]))
            ax.text(
                1.01, 0.5, f"{record.name}\nknown: {known}{aside}\nguesses: {list_of}",
                transform=ax.transAxes, va="center", fontsize="small",
            )  # fmt: skip
        axes[-1, 0].set_xlabel(_R_LABEL)
    return figure
