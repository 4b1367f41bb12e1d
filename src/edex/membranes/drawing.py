"""Repeat units with a motif or an atom environment marked, as figures.

Atoms are drawn in black with their letters, and what is marked gets a broad orange ground, which is
told apart in grey print and by colour-blind readers. A wavy line is where the chain goes on.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from edex.errors import InputError
from edex.learn.figures import COLORS, house_style
from edex.membranes.environments import Environment
from edex.membranes.motif_features import find_motif, motif_atoms
from edex.membranes.motifs import Motif
from edex.membranes.polymers import parse_repeat_unit
from edex.membranes.rdkit_calls import bonds_of, place_atoms, start_drawing

__all__ = ["draw_environment", "draw_motif", "draw_motif_table"]

_DPI = 200
_GROUND = tuple(0.35 + 0.65 * part for part in to_rgb(COLORS[1]))  # a lighter orange


def draw_environment(
    environment: Environment,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = (4.2, 2.8),
) -> Axes:
    """Draw the polymer that shows an atom environment, with its atoms marked.

    Parameters
    ----------
    environment : Environment
        One of ``environments_`` of :class:`edex.membranes.MorganCounts` or ``PeriodicMorgan``.
    ax : Axes, default None
        Where to draw.
    size : (float, float), default (4.2, 2.8)
        Width and height of the drawing, in inches.

    Returns
    -------
    Axes
    """
    fragment = environment.name.partition(" ")[2]
    n = environment.n_polymers
    caption = f"radius {environment.radius}: {fragment}\nin {n} polymer{'s' * (n > 1)}"
    return _draw(environment.example, environment.atoms, caption, ax=ax, size=size)


def draw_motif(
    smiles: str,
    motif: Motif | str,
    *,
    caption: str | None = None,
    ax: Axes | None = None,
    size: tuple[float, float] = (4.2, 2.8),
) -> Axes:
    """Draw a repeat unit with a motif marked.

    Parameters
    ----------
    smiles : str
        A repeat unit that has the motif.
    motif : Motif or str
        Or the name of one of :data:`edex.membranes.MOTIFS`.
    caption : str, default None
        Text beneath; None takes the name of the motif.
    ax : Axes, default None
        Where to draw.
    size : (float, float), default (4.2, 2.8)
        Width and height of the drawing, in inches.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If the motif is not known, or the polymer does not have it.
    """
    chosen = find_motif(motif) if isinstance(motif, str) else motif
    atoms = motif_atoms(smiles, chosen)
    if not atoms:
        raise InputError(
            f"{smiles!r} has no {chosen.name}, so there is nothing to mark. Choose a polymer in "
            "which MotifCounts finds it."
        )
    text = chosen.name if caption is None else caption
    return _draw(smiles, atoms, text, ax=ax, size=size)


def draw_motif_table(
    rows: pd.DataFrame,
    *,
    n_columns: int = 3,
    unit: str = "decades",
    panel: tuple[float, float] = (2.6, 1.9),
) -> Figure:
    """Draw a grid of motifs, each with its effect and the number of polymers that have it.

    Parameters
    ----------
    rows : DataFrame
        As from :func:`edex.membranes.motif_effects`: index, names of motifs; ``effect``, ``n`` and
        ``example``, a repeat unit that has the motif.
    n_columns : int, default 3
        Panels side by side.
    unit : str, default "decades"
        Of the effect.
    panel : (float, float), default (2.6, 1.9)
        Width and height of each drawing, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If a column is absent, there are no rows, or a polymer lacks its motif.
    """
    absent = [name for name in ("effect", "n", "example") if name not in rows.columns]
    if absent or len(rows) == 0 or n_columns < 1:
        raise InputError(
            f"The table has {len(rows)} rows, lacks {', '.join(absent) or 'nothing'}, and is to be "
            f"drawn in {n_columns} columns; at least one of each is needed, with effect, n and "
            "example. Make it with motif_effects(shap_values, X, smiles).head(9)."
        )
    n_columns = min(n_columns, len(rows))
    n_rows = -(-len(rows) // n_columns)
    width, height = panel
    with house_style():
        figure, axes = plt.subplots(
            n_rows, n_columns, squeeze=False,
            figsize=(n_columns * width, n_rows * (height + 0.55)),
        )  # fmt: skip
        for ax, name in zip(axes.flat, rows.index, strict=False):
            effect, n = float(rows["effect"][name]), int(rows["n"][name])
            arrow = "▲" if effect > 0 else "▼"
            caption = f"{name}\n{arrow} {effect:+.2f} {unit}, n = {n}"
            draw_motif(str(rows["example"][name]), name, caption=caption, ax=ax, size=panel)
        for ax in axes.flat[len(rows) :]:
            ax.set_axis_off()
    return figure


def _draw(
    smiles: str,
    atoms: Sequence[int],
    caption: str,
    *,
    ax: Axes | None,
    size: tuple[float, float],
) -> Axes:
    image = _picture(smiles, atoms, size)
    lines = [piece for line in caption.split("\n") for piece in textwrap.wrap(line, _letters(size))]
    with house_style():
        if ax is None:
            ax = plt.subplots(figsize=(size[0], size[1] + 0.2 + 0.2 * len(lines)))[1]
        ax.imshow(image, interpolation="lanczos")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_xlabel("\n".join(lines), fontsize=9.5)
    return ax


def _letters(size: tuple[float, float]) -> int:
    """Return how many letters of a caption fit under a drawing, at about 13 to the inch."""
    return max(12, int(13 * size[0]))


def _picture(smiles: str, atoms: Sequence[int], size: tuple[float, float]) -> np.ndarray:
    """Return the drawing as an image of shape (height, width, 4)."""
    mol = place_atoms(parse_repeat_unit(smiles).mol)
    marked = set(atoms)
    bonds = [
        bond.GetIdx()
        for bond in bonds_of(mol)
        if {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()} <= marked
    ]
    drawing = start_drawing(*(round(length * _DPI) for length in size))
    options = drawing.drawOptions()
    options.useBWAtomPalette()
    options.setHighlightColour(_GROUND)
    options.dummiesAreAttachments = True
    options.fixedBondLength = 0.32 * _DPI  # small units are not blown up
    options.bondLineWidth = 3
    options.highlightBondWidthMultiplier = 10
    options.highlightRadius = 0.38
    options.minFontSize = round(0.085 * _DPI)
    options.maxFontSize = round(0.15 * _DPI)
    drawing.DrawMolecule(mol, highlightAtoms=sorted(marked), highlightBonds=bonds)
    drawing.FinishDrawing()
    picture: np.ndarray = plt.imread(io.BytesIO(drawing.GetDrawingText()), format="png")
    return picture
