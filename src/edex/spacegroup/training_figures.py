"""Figures of trainings: loss and accuracy against the epoch, of one network or of a whole ward.

Training is a full line, validation a dashed one. A dotted line shows what a model scores that has
learned nothing: a loss of ln 8 (the same probability for each of 8 classes), or the share of the
most common class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from edex.errors import InputError
from edex.learn.figures import COLORS, house_style
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.clinic import Patient

__all__ = ["draw_patients", "draw_training"]

_TOP = 4.0  # of the axis of the losses
_SHRUG = float(np.log(len(CLASSES)))
_STYLES = {"training": (COLORS[0], "-"), "validation": (COLORS[3], "--")}


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
        axes[0].set_ylabel("loss (cross-entropy)")
        axes[1].set(ylabel="share of right answers", ylim=(0, 1))
        axes[0].set_title(f"lowest validation loss in epoch {best}: these weights are kept")
    return figure


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
