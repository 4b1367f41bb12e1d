"""Two pictures of the lessons: a membrane at work, and repeat units as chemists draw them.

In the solution-diffusion picture a gas dissolves in the polymer on the side of high pressure,
c = S p (Henry's law), diffuses down its concentration profile, and leaves on the other side:

    J = D (c1 - c2) / l = D S (p1 - p2) / l = P (p1 - p2) / l.

References
----------
J. G. Wijmans, R. W. Baker, J. Membr. Sci. 107, 1 (1995), doi 10.1016/0376-7388(95)00102-I.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from edex.errors import InputError
from edex.learn.figures import COLORS, house_style
from edex.membranes.polymers import parse_repeat_unit
from edex.membranes.rdkit_calls import place_atoms, start_drawing

__all__ = ["draw_membrane", "draw_polymers"]

_PIXELS = (420, 280)


def draw_membrane(*, ax: Axes | None = None) -> Axes:
    """Sketch solution and diffusion: molecules before, in and behind a membrane.

    Parameters
    ----------
    ax : Axes, default None
        Where to draw.

    Returns
    -------
    Axes
    """
    rng = np.random.default_rng(7)
    with house_style():
        if ax is None:
            ax = plt.subplots(figsize=(7.2, 2.8))[1]
        ax.axvspan(0, 1, color="0.88", zorder=0)
        ax.plot([0, 1], [0.78, 0.12], color="0.15", zorder=4)
        for start, stop, n_small, n_large in ((-1, 0, 34, 34), (0, 1, 16, 6), (1, 2, 9, 1)):
            for count, size, color, marker in (
                (n_small, 26, COLORS[0], "o"),
                (n_large, 62, COLORS[1], "s"),
            ):
                x = rng.uniform(start + 0.05, stop - 0.05, count)
                ax.scatter(
                    x, rng.uniform(0.05, 0.95, count), s=size, color=color, marker=marker,
                    edgecolor="0.25", linewidths=0.5, alpha=0.8,
                )  # fmt: skip
        for place, text in (
            (-0.5, "high pressure p₁"),
            (0.5, "membrane, thickness l"),
            (1.5, "low pressure p₂"),
        ):
            ax.text(place, 1.04, text, ha="center")
        box = {"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 1.5}
        ax.text(0.03, 0.86, "dissolve: c₁ = S p₁", fontsize="small", bbox=box, zorder=5)
        ax.text(0.40, 0.56, "diffuse: D", fontsize="small", bbox=box, zorder=5)
        ax.text(0.97, 0.02, "c₂ = S p₂", ha="right", fontsize="small", bbox=box, zorder=5)
        ax.set(xlim=(-1, 2), ylim=(0, 1))
        ax.axis("off")
    return ax


def draw_polymers(polymers: Mapping[str, str], *, n_columns: int = 3) -> Figure:
    """Draw repeat units side by side, with their names.

    Parameters
    ----------
    polymers : mapping of str to str
        SMILES of the repeat unit for each name; ``*`` is drawn as it is.
    n_columns : int, default 3
        How many in a row.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If there is none to draw, or one is no repeat unit.
    """
    if not polymers:
        raise InputError('There is no polymer to draw. Give {"polyethylene": "*CC*"}.')
    n_rows = -(-len(polymers) // n_columns)
    with house_style():
        fig, axes = plt.subplots(
            n_rows, n_columns, figsize=(2.6 * n_columns, 2.0 * n_rows), squeeze=False
        )
        for ax in axes.flat:
            ax.axis("off")
        for ax, (name, smiles) in zip(axes.flat, polymers.items(), strict=False):
            ax.imshow(_picture(smiles))
            ax.set_title(name, fontsize="small", loc="center")
    return fig


def _picture(smiles: str) -> np.ndarray:
    drawer = start_drawing(*_PIXELS)
    options: Any = drawer.drawOptions()
    options.fixedBondLength = 42
    options.minFontSize = 16
    drawer.DrawMolecule(place_atoms(parse_repeat_unit(smiles).mol))
    drawer.FinishDrawing()
    return np.asarray(plt.imread(io.BytesIO(drawer.GetDrawingText()), format="png"))
