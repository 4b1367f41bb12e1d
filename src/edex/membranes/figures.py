"""The figures of the membrane lessons, in the style of the course.

Each function draws into given axes, or makes a figure, and returns the axes. What matters is told
by position, marker or a label, and never by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from edex.errors import InputError
from edex.learn.figures import COLORS, house_style
from edex.membranes.robeson import PRIOR_PAIRS, UpperBound, selectivity, upper_bound

__all__ = ["draw_robeson"]

_SUBSCRIPT = str.maketrans("23456789", "₂₃₄₅₆₇₈₉")


def draw_robeson(
    p_fast: npt.ArrayLike,
    p_slow: npt.ArrayLike,
    pair: str,
    *,
    highlights: Mapping[str, tuple[float, float]] | None = None,
    prior: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Plot selectivity against permeability with the upper bounds.

    Parameters
    ----------
    p_fast, p_slow : array-like of shape (n_polymers,)
        Permeabilities in barrer; polymers for which one is NaN are left out.
    pair : str
        The gases, the faster first, for example ``"CO2/CH4"``.
    highlights : mapping of str to (float, float), default None
        Polymers to mark and name: (p_fast, p_slow) of each, in barrer.
    prior : bool, default True
        Draw the bound of 1991 too, where there is one.
    ax : Axes, default None
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is no such pair, or no polymer with both gases.
    """
    bounds = [upper_bound(pair)]
    if prior and pair in PRIOR_PAIRS:
        bounds.append(upper_bound(pair, year=1991))
    alpha = selectivity(p_fast, p_slow)
    fast = np.asarray(p_fast, dtype=float)
    known = np.isfinite(alpha)
    if not known.any():
        raise InputError(
            f"No polymer has both gases of {pair}. Give two columns with values in the same rows."
        )
    fast, alpha = fast[known], alpha[known]
    above = np.log10(alpha) > bounds[0].log10_selectivity(np.log10(fast))
    marked = {
        name: (float(pair_[0]), float(selectivity(*pair_)))
        for name, pair_ in (highlights or {}).items()
    }
    quick, slow_gas = (gas.translate(_SUBSCRIPT) for gas in pair.split("/"))
    with house_style():
        if ax is None:
            ax = plt.subplots(figsize=(5.4, 4.4))[1]
        ax.set(xscale="log", yscale="log")
        every_p = np.concatenate([fast, [p for p, _ in marked.values()]])
        every_a = np.concatenate([alpha, [a for _, a in marked.values()]])
        x_limits = _margins(every_p, 0.3)
        y_limits = _margins(every_a, 0.25)
        line = np.geomspace(*x_limits, 200)
        for bound, dashes in zip(bounds, ("-", "--"), strict=False):
            on_it = 10 ** bound.log10_selectivity(np.log10(line))
            ax.plot(line, on_it, color="0.15", linestyle=dashes, linewidth=1.4, zorder=3)
        for rows, color, marker, filled in (
            (~above, COLORS[0], "o", False),
            (above, COLORS[3], "^", True),
        ):
            ax.scatter(
                fast[rows], alpha[rows], s=18 if filled else 13, marker=marker, zorder=2,
                facecolor=color if filled else "none", edgecolor=color, linewidths=0.8,
                alpha=0.9 if filled else 0.65,
            )  # fmt: skip
        for name, (p, a) in marked.items():
            ax.scatter(p, a, s=110, marker="*", color=COLORS[1], edgecolor="0.15", zorder=5)
            ax.annotate(name, (p, a), xytext=(7, 6), textcoords="offset points", zorder=6)
        ax.set(xlim=x_limits, ylim=y_limits)
        ax.set_xlabel(f"permeability of {quick} (barrer)")
        ax.set_ylabel(f"selectivity {quick}/{slow_gas}")
        # Above the frame: inside it, a corner may hold the one polymer that matters.
        note = f"n = {len(fast)}; ▲ above the bound of 2008: {int(above.sum())}"
        ax.set_title(note, loc="left", fontsize="small")
        _label_lines(ax, bounds)
    return ax


def _margins(values: np.ndarray, share: float) -> tuple[float, float]:
    low, high = np.log10(values.min()), np.log10(values.max())
    return float(10 ** (low - share)), float(10 ** (high + share))


def _label_lines(ax: Any, bounds: list[UpperBound]) -> None:
    """Write the year at each line, near where it enters the frame: the newest above it."""
    x_low, x_high = np.log10(ax.get_xlim())
    y_low, y_high = np.log10(ax.get_ylim())
    width = x_high - x_low
    for bound, newest in zip(bounds, (True, False), strict=False):
        enters = np.log10(bound.k) + bound.n * (y_high - 0.05 * (y_high - y_low))
        x = float(np.clip(enters, x_low + 0.04 * width, x_high - 0.2 * width))
        on_left = not newest and x > x_low + 0.15 * width
        offset = (4, 3) if newest else (-5, -3) if on_left else (4, -10)
        ax.annotate(
            f"{bound.year}", (10**x, 10 ** float(bound.log10_selectivity(x))),
            xytext=offset, textcoords="offset points",
            ha="right" if on_left else "left", va="bottom" if newest else "top",
            fontsize="small", color="0.15",
        )  # fmt: skip
