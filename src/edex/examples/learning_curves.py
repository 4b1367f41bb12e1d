"""Learning curves: the error of models against the number of training rows, on logarithmic axes.

An error that falls as n^-a is a straight line of slope -a there. The bars are standard errors over
repeated splits; these share rows, so they are for the eye, not for a decision
(:func:`edex.learn.metrics.corrected_difference` is).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from edex.errors import InputError
from edex.learn.figures import COLORS, MARKERS, house_style

__all__ = ["learning_curve_plot"]

_LEAST_GAP = 0.052  # between two labels, as a part of the height of the axes


def learning_curve_plot(
    sizes: Sequence[int],
    errors: Mapping[str, npt.ArrayLike],
    *,
    quantity: str,
    unit: str,
    ax: Axes | None = None,
) -> Axes:
    """Plot the mean error of each model against the number of training rows.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of training rows, increasing.
    errors : mapping of str to array-like of shape (n_repeats, n_sizes)
        Positive errors of each model in ``unit``, one row for each split.
    quantity, unit : str
        For the axis, such as ``"mean absolute error"`` and ``"K"``.
    ax : Axes, default None
        Where to draw.

    Returns
    -------
    Axes
        Each curve carries the name of its model at its right end.

    Raises
    ------
    InputError
        If there is no curve, or a table has another shape or values that are not positive.
    """
    tables = {name: np.asarray(table, dtype=float) for name, table in errors.items()}
    if not tables:
        raise InputError("There is no curve to draw. Give {'ridge': errors of shape (5, 4)}.")
    for name, table in tables.items():
        fits = table.ndim == 2 and len(table) > 1 and table.shape[1] == len(sizes)
        if not fits or not (table > 0.0).all():
            raise InputError(
                f"The errors of {name!r} have the shape {table.shape}, and there are {len(sizes)} "
                "sizes. Two rows or more are needed, a column for each size, and positive numbers "
                "for a logarithmic axis. Check how the table was filled."
            )
    with house_style():
        if ax is None:
            ax = plt.subplots(figsize=(6.6, 4.2))[1]
        for number, table in enumerate(tables.values()):
            bars = table.std(axis=0, ddof=1) / np.sqrt(len(table))
            again, style = divmod(number, len(COLORS))  # colours come again on a broken line
            ax.errorbar(
                sizes, table.mean(axis=0), yerr=bars, marker=MARKERS[style], markersize=5,
                capsize=2, color=COLORS[style], linestyle="--" if again else "-",
            )  # fmt: skip
        ax.set(xscale="log", yscale="log", xlabel="training rows", ylabel=f"{quantity} ({unit})")
        _number_the_axes(ax, sizes)
        _name_the_curves(ax, sizes, {name: table.mean(axis=0) for name, table in tables.items()})
    return ax


def _number_the_axes(ax: Axes, sizes: Sequence[int]) -> None:
    """Write plain numbers at the sizes and at 1, 1.5, 2, 3, 5, 7 of each decade."""
    low, high = ax.get_ylim()
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = np.outer(decades, [1, 1.5, 2, 3, 5, 7]).ravel()
    ticks = ticks[(ticks >= low) & (ticks <= high)]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xticks(sizes, [str(size) for size in sizes])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_formatter(NullFormatter())


def _name_the_curves(
    ax: Axes, sizes: Sequence[int], means: Mapping[str, npt.NDArray[np.float64]]
) -> None:
    """Put the names at the right ends, from the lowest up, moved apart where they would touch."""
    low, high = np.log(ax.get_ylim())
    ax.set_xlim(right=sizes[-1] * (sizes[-1] / sizes[0]) ** 0.42)
    names = list(means)
    above = -np.inf
    for name in sorted(names, key=lambda name: float(means[name][-1])):
        height = (np.log(means[name][-1]) - low) / (high - low)
        above = max(height, above + _LEAST_GAP)
        ax.annotate(
            name,
            (sizes[-1] * 1.12, above),
            xycoords=("data", "axes fraction"),
            va="center",
            color=COLORS[names.index(name) % len(COLORS)],
        )
