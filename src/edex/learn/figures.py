"""The figures of the course, in one style.

Colours are Okabe and Ito's, told apart by colour-blind readers, ordered so that they differ in
brightness too and survive a grey print; what matters is also told by position, marker or label.
Each function draws into given axes, or makes a figure, and returns the axes.

References
----------
M. Okabe, K. Ito, Color Universal Design (2008): the palette.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from edex.errors import InputError
from edex.learn.metrics import Estimate, mean_absolute_error

__all__ = [
    "COLORS",
    "MARKERS",
    "cluster_map",
    "error_bar_ladder",
    "house_style",
    "parity_plot",
    "use_style",
]

COLORS: tuple[str, ...] = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7")
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P")
_GREY = "0.45"
_STYLE: dict[str, Any] = {
    "axes.prop_cycle": cycler(color=COLORS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.figsize": (5.2, 3.8),
    "figure.dpi": 110,
    "font.size": 10.5,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "savefig.dpi": 160,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the style of the course inside a ``with`` block."""
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        yield


def use_style() -> None:
    """Draw everything that follows in the style of the course; notebooks call it once."""
    mpl.rcParams.update(_STYLE)  # type: ignore[arg-type]


def _make_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    return plt.subplots(figsize=size)[1] if ax is None else ax


def parity_plot(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    unit: str,
    quantity: str = "value",
    groups: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    n_labelled: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Plot predictions against measurements, square, with n and MAE ± standard error inside.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Measured and predicted, in ``unit``.
    unit : str
        Shown on both axes, for example ``"K"``.
    quantity : str, default "value"
        What it is, for example ``"melting temperature"``.
    groups : array-like of shape (n_samples,), default None
        What is not independent, for the error bar.
    labels : sequence of str, default None
        Name of each point.
    n_labelled : int, default 0
        How many of the points farthest from the diagonal get their name.
    ax : Axes, default None
        Where to draw.

    Returns
    -------
    Axes
    """
    score = mean_absolute_error(y_true, y_pred, groups=groups)
    measured, predicted = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    both = np.concatenate([measured, predicted])
    margin = 0.04 * (np.ptp(both) or 1.0)
    low, high = both.min() - margin, both.max() + margin
    with house_style():
        ax = _make_axes(ax, (4.4, 4.4))
        ax.plot([low, high], [low, high], color=_GREY, linewidth=1.0, zorder=1)
        ax.scatter(measured, predicted, s=16, alpha=0.6, color=COLORS[0], linewidths=0, zorder=2)
        ax.set(xlim=(low, high), ylim=(low, high), aspect="equal")
        ax.set_xlabel(f"measured {quantity} ({unit})")
        ax.set_ylabel(f"predicted {quantity} ({unit})")
        ax.text(
            0.04, 0.96, f"n = {score.n}\nMAE = {score} {unit}", transform=ax.transAxes, va="top"
        )
        if labels is not None:
            worst = np.argsort(-np.abs(measured - predicted))[:n_labelled]
            for row in worst:
                ax.annotate(
                    labels[row],
                    (measured[row], predicted[row]),
                    xytext=(4, 3),
                    textcoords="offset points",
                    fontsize="small",
                )
    return ax


def error_bar_ladder(
    scores: Mapping[str, Estimate],
    *,
    unit: str,
    quantity: str = "mean absolute error",
    baseline: float | None = None,
    noise_floor: float | None = None,
    noise_name: str = "noise floor",
    ax: Axes | None = None,
) -> Axes:
    """Plot the scores of models as dots with error bars, the first at the top.

    Parameters
    ----------
    scores : mapping of str to Estimate
        Score of each model.
    unit : str
        Unit of the scores.
    quantity : str, default "mean absolute error"
        Label of the axis.
    baseline, noise_floor : float, default None
        Drawn as labelled vertical lines, in ``unit``.
    noise_name : str, default "noise floor"
        What the line of the noise floor is called.
    ax : Axes, default None
        Where to draw.

    Returns
    -------
    Axes
    """
    if not scores:
        raise InputError("There is no score to draw. Give {'ridge': mean_absolute_error(...)}.")
    with house_style():
        ax = _make_axes(ax, (5.6, 0.9 + 0.42 * len(scores)))
        heights = np.arange(len(scores))[::-1]
        values = np.array([score.value for score in scores.values()])
        errors = np.array([score.standard_error for score in scores.values()])
        ax.errorbar(values, heights, xerr=errors, fmt="o", color=COLORS[0], capsize=3)
        for height, value, score in zip(heights, values, scores.values(), strict=True):
            ax.annotate(
                str(score), (value, height), xytext=(0, 6), textcoords="offset points", ha="center",
                fontsize="small",
            )  # fmt: skip
        ax.set_yticks(heights, list(scores))
        top = len(scores) - 0.35
        for position, name, dashes in (
            (baseline, "baseline", "--"),
            (noise_floor, noise_name, ":"),
        ):
            if position is not None:
                ax.axvline(position, color=_GREY, linestyle=dashes, linewidth=1.2)
                ax.text(position, top, f" {name}", color=_GREY, va="bottom", fontsize="small")
        ax.set(ylim=(-0.6, len(scores) - 0.2), xlabel=f"{quantity} ({unit})")
        ax.set_xlim(left=0.0)
        ax.tick_params(axis="y", length=0)
    return ax


def cluster_map(
    X: npt.ArrayLike,
    clusters: Sequence[int] | npt.ArrayLike,
    *,
    names: Mapping[int, str] | None = None,
    labels: Sequence[str] | None = None,
    n_labelled: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Plot rows on their two first principal components, a colour and a marker per cluster.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features; they are standardised first.
    clusters : array-like of int, shape (n_samples,)
        Cluster of each row.
    names : mapping of int to str, default None
        What to call a cluster; else its number.
    labels : sequence of str, default None
        Name of each row.
    n_labelled : int, default 0
        How many rows nearest to each cluster's middle get their name.
    ax : Axes, default None
        Where to draw.

    Returns
    -------
    Axes
    """
    table, membership = np.asarray(X, dtype=float), np.asarray(clusters)
    if table.ndim != 2 or table.shape[1] < 2 or len(table) != len(membership):
        raise InputError(
            f"X has shape {table.shape} and there are {len(membership)} cluster labels; at least "
            f"two columns and one label per row are needed. Take both from the same rows."
        )
    analysis = PCA(n_components=2)
    points = analysis.fit_transform(StandardScaler().fit_transform(table))
    with house_style():
        ax = _make_axes(ax, (5.2, 4.2))
        handles, texts = [], []
        for number, cluster in enumerate(np.unique(membership)):
            rows = np.flatnonzero(membership == cluster)
            style = number % len(COLORS)
            color, marker = COLORS[style], MARKERS[style]
            x, y = points[rows].T
            ax.scatter(x, y, s=18, alpha=0.6, color=color, marker=marker, linewidths=0)
            middle = points[rows].mean(axis=0)
            name = (names or {}).get(int(cluster), f"cluster {cluster}")
            handles.append(Line2D([], [], color=color, marker=marker, linestyle="", markersize=6))
            texts.append(f"{name} (n = {len(rows)})")
            if labels is not None:
                near = rows[np.argsort(((points[rows] - middle) ** 2).sum(axis=1))[:n_labelled]]
                for row in near:
                    ax.annotate(labels[row], points[row], fontsize="small")
        # Clusters overlap on such a map, so their names stand beside it, not on it.
        ax.legend(handles, texts, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=1,
                  handletextpad=0.2, borderaxespad=0.0, fontsize="small")  # fmt: skip
        shares = 100 * analysis.explained_variance_ratio_
        ax.set_xlabel(f"first principal component ({shares[0]:.0f} % of variance)")
        ax.set_ylabel(f"second principal component ({shares[1]:.0f} %)")
    return ax
