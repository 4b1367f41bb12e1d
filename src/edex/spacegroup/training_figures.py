"""Figures of trainings: simulated curves that go in, and what comes out, epoch by epoch.

Training is a full line, validation a dashed one. A dotted line shows what a model scores that has
learned nothing: a loss of ln 8 (the same probability for each of 8 classes), or the share of the
most common class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from edex.errors import InputError
from edex.learn.figures import COLORS, house_style
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.clinic import Patient

__all__ = ["draw_family", "draw_patients", "draw_training"]

_TOP = 4.0  # of the axis of the losses
_SHRUG = float(np.log(len(CLASSES)))
_STYLES = {"training": (COLORS[0], "-"), "validation": (COLORS[3], "--")}


def draw_family(
    r: npt.ArrayLike, curves: npt.ArrayLike, names: Sequence[str], *, gap: float = 0.3
) -> Figure:
    """Draw a real crystal and its simulated children one above the other, none across another.

    Parameters
    ----------
    r : array-like of shape (n_points,)
        Distances, Å.
    curves : array-like of shape (n_curves, n_points)
        Scaled PDFs, the parent first; it is drawn in grey at the bottom.
    names : sequence of str
        What to write at the end of each curve.
    gap : float, default 0.3
        Free space between neighbours, in units of the curves.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If there are not as many names as curves.
    """
    table, distances = np.asarray(curves, dtype=float), np.asarray(r, dtype=float)
    if len(table) != len(names):
        raise InputError(
            f"There are {len(table)} curves and {len(names)} names; each curve needs one. "
            "Give a name for each."
        )
    # Each curve is lifted until it stays clear of the one below at every distance.
    steps = [0.0, *(float((low - high).max()) + gap for low, high in pairwise(table))]
    heights = np.cumsum(steps)
    with house_style():
        figure, ax = plt.subplots(figsize=(8.0, 1.0 + 0.8 * len(table)))
        for place, (curve, height, name) in enumerate(zip(table, heights, names, strict=True)):
            color = "0.5" if place == 0 else COLORS[0]
            ax.plot(distances, curve + height, color=color, linewidth=1.2)
            ax.text(
                distances[-1] + 0.01 * np.ptp(distances), height, name, va="center",
                fontsize="small",
            )  # fmt: skip
        ax.set(xlabel="distance $r$ (Å)", ylabel="$G(r)$, scaled, shifted")
        ax.set_xlim(float(distances[0]), float(distances[-1]))
        ax.set_yticks([])
    return figure


def draw_training(history: Mapping[str, Sequence[float]]) -> Figure:
    """Draw loss and accuracy of a training and mark the epoch with the lowest validation loss.

    Parameters
    ----------
    history : mapping of str to sequence of float
        Of Keras: ``loss``, ``val_loss``, ``accuracy`` and ``val_accuracy``, one value an epoch.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If one of the four is missing.
    """
    missing = [n for n in ("loss", "val_loss", "accuracy", "val_accuracy") if n not in history]
    if missing:
        raise InputError(
            f"The history has no {', '.join(missing)}; it has {', '.join(history) or 'nothing'}. "
            'Compile with metrics=["accuracy"] and fit with validation_data.'
        )
    best = int(np.argmin(history["val_loss"])) + 1
    with house_style():
        figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.4))
        for ax, name in zip(axes, ("loss", "accuracy"), strict=True):
            _draw_pair(ax, history[name], history[f"val_{name}"])
            ax.axvline(best, color="0.6", linewidth=1.0, zorder=0)
            ax.set_xlabel("epoch")
            _name_epoch(ax, best, len(history["loss"]), height=0.5 if name == "loss" else 0.04)
        axes[0].set_ylabel("loss (cross-entropy)")
        axes[1].set(ylabel="share of right answers", ylim=(0, 1))
    return figure


def _name_epoch(ax: Axes, best: int, n_epochs: int, *, height: float) -> None:
    """Write beside the marked epoch what it is, on the side that has more room."""
    is_late = best > (n_epochs + 1) / 2
    ax.annotate(
        f"epoch {best}: lowest\nvalidation loss,\nweights kept",
        (best, height), xycoords=("data", "axes fraction"), xytext=(-4 if is_late else 4, 0),
        textcoords="offset points", ha="right" if is_late else "left", va="bottom",
        fontsize="small", color="0.25",
    )  # fmt: skip


def draw_patients(healthy: Patient, patients: Mapping[str, Patient]) -> Figure:
    """Draw a healthy training and sick ones side by side, losses above, accuracies below.

    Parameters
    ----------
    healthy : Patient
        To compare with.
    patients : mapping of str to Patient
        By their letters.

    Returns
    -------
    Figure
    """
    ward = {"healthy": healthy, **{f"patient {name}": p for name, p in patients.items()}}
    with house_style():
        figure, axes = plt.subplots(
            2, len(ward), figsize=(2.3 * len(ward), 4.8), sharex=True, sharey="row"
        )
        for column, (name, patient) in enumerate(ward.items()):
            above, below = axes[:, column]
            _draw_pair(above, patient.loss, patient.val_loss, is_named=column == 0)
            _draw_pair(below, patient.accuracy, patient.val_accuracy, is_named=False)
            _tell_highest(above, (*patient.loss, *patient.val_loss))
            above.axhline(_SHRUG, color="0.5", linestyle=":", linewidth=1.0)
            below.axhline(patient.most_common, color="0.5", linestyle=":", linewidth=1.0)
            above.set_title(name)
            below.set_xlabel("epoch")
        axes[0, 0].set(ylabel="loss,\ndotted: a shrug (ln 8)", ylim=(0, _TOP))
        axes[1, 0].set(ylabel="share of right answers,\ndotted: most common class", ylim=(0, 1.02))
    return figure


def _tell_highest(ax: Axes, losses: Sequence[float]) -> None:
    """Say how high a loss reaches that leaves the axis."""
    if max(losses) > _TOP:
        ax.text(
            0.97, 0.96, f"↑ up to {max(losses):.0f}", transform=ax.transAxes, ha="right", va="top",
            fontsize="small",
        )  # fmt: skip


def _draw_pair(
    ax: Axes, training: Sequence[float], validation: Sequence[float], *, is_named: bool = True
) -> None:
    epochs = np.arange(1, len(training) + 1)
    for (name, (color, dashes)), values in zip(
        _STYLES.items(), (training, validation), strict=True
    ):
        ax.plot(epochs, values, dashes, color=color, label=name)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    if is_named:
        ax.legend(fontsize="small")
