r"""Move the atoms of a crystal and watch its PDF: three sliders, one curve.

The crystal is germanium telluride, rock salt (225) when hot. With germanium moved by d along the
diagonal of the cube, three of its six bonds shrink and three grow,

.. math:: r_\pm^2 = \frac{a^2}{4} + d^2 \pm \frac{a d}{\sqrt 3} ,

and the space group becomes 160. The picture is an ordinary figure that the sliders replace, so it
is there too where nothing can slide: in an exported notebook, or without ipywidgets.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from edex.learn.figures import COLORS, house_style
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.pdf import simulate_pdf
from edex.spacegroup.symmetry import find_space_group

__all__ = ["draw_moved", "germanium_telluride", "move_the_atoms", "progress_line"]

_A, _U = 6.01, 0.008  # Å, Å²
_R = np.arange(1.5, 15.0, 0.02)
_STATIC = {"a": _A, "displacement": 0.3, "u_iso": _U}
_SAYS = (
    "Sliders for the lattice parameter, the displacement and U_iso stand here while the notebook "
    "runs in JupyterLab."
)


def germanium_telluride(a: float = _A, displacement: float = 0.0) -> Crystal:
    """Make germanium telluride in its cubic cell.

    Parameters
    ----------
    a : float
        Edge of the cell, Å.
    displacement : float
        How far each germanium is moved along the diagonal of the cube, Å.

    Returns
    -------
    Crystal

    Examples
    --------
    >>> germanium_telluride(displacement=0.1)
    <Crystal GeTe: 8 atoms in 217.1 Å³>
    """
    corners = np.array([[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]])
    shift = displacement / (a * np.sqrt(3.0))
    coords = np.concatenate([corners + shift, corners + 0.5])
    return Crystal(a * np.eye(3), ["Ge"] * 4 + ["Te"] * 4, coords)


def draw_moved(a: float = _A, displacement: float = 0.0, u_iso: float = _U) -> Figure:
    """Draw the PDF of germanium telluride, moved, over that of the cubic crystal.

    Parameters
    ----------
    a : float
        Edge of the cell, Å.
    displacement : float
        Of each germanium, Å.
    u_iso : float
        Mean square displacement of all atoms, Å².

    Returns
    -------
    Figure
    """
    crystal = germanium_telluride(a, displacement)
    reference = simulate_pdf(germanium_telluride(), r=_R, u_iso=_U)
    moved = simulate_pdf(crystal, r=_R, u_iso=u_iso)
    with house_style():
        figure, ax = plt.subplots(figsize=(8.4, 3.3))
        ax.plot(_R, reference, color="0.6", linewidth=1.2)
        ax.plot(_R, moved, color=COLORS[0], linewidth=1.4)
        ax.text(0.99, 0.97, f"grey: cubic, a = {_A} Å, $U_{{iso}}$ = {_U} Å²", color="0.35",
                transform=ax.transAxes, ha="right", va="top", fontsize="small")  # fmt: skip
        ax.set(xlabel="distance $r$ (Å)", ylabel="$G(r)$ (Å$^{-2}$)", xlim=(_R[0], _R[-1]))
        ax.set_ylim(1.3 * reference.min(), 1.35 * reference.max())
        ax.set_title(
            f"space group {find_space_group(crystal)}: a = {a:.2f} Å, Ge moved by "
            f"{displacement:.2f} Å, $U_{{iso}}$ = {u_iso:.3f} Å²"
        )
    return figure


def move_the_atoms() -> None:
    """Show the PDF of germanium telluride with three sliders that change the crystal.

    Without ipywidgets, or where no one can slide, the figure alone is shown, with germanium moved
    by 0.3 Å.
    """
    from IPython.display import display

    sliders = _make_sliders()
    figure = draw_moved(**_STATIC)
    plt.close(figure)  # it is shown here, and not once more at the end of the cell
    shown = display(figure, display_id=True)  # type: ignore[no-untyped-call]
    if sliders is None:
        print("For sliders, install ipywidgets: python -m pip install ipywidgets")
        return

    def redraw(_: Any = None) -> None:
        figure = draw_moved(**{name: slider.value for name, slider in sliders.items()})
        plt.close(figure)
        if shown is not None:
            shown.update(figure)

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    _show_widgets(sliders)


def _make_sliders() -> dict[str, Any] | None:
    """Make the three sliders, or None where ipywidgets is not installed."""
    try:
        from ipywidgets import FloatSlider, Layout
    except ImportError:
        return None

    def slider(name: str, low: float, high: float, step: float, text: str, digits: str) -> Any:
        return FloatSlider(
            value=_STATIC[name], min=low, max=high, step=step, description=text,
            readout_format=digits, continuous_update=False, layout=Layout(width="36em"),
            style={"description_width": "12em"},
        )  # fmt: skip

    return {
        "a": slider("a", 5.6, 6.4, 0.01, "lattice parameter a (Å)", ".2f"),
        "displacement": slider("displacement", 0.0, 0.5, 0.01, "Ge moved by (Å)", ".2f"),
        "u_iso": slider("u_iso", 0.002, 0.04, 0.001, "U_iso (Å²)", ".3f"),
    }


def _show_widgets(sliders: dict[str, Any]) -> None:
    """Show the sliders, with a sentence in their place where nothing can slide."""
    from IPython.display import display
    from ipywidgets import VBox

    bundle = VBox(list(sliders.values()))._repr_mimebundle_()
    display({**bundle, "text/plain": _SAYS}, raw=True)  # type: ignore[no-untyped-call]


def progress_line(width: int = 30) -> Callable[[str, int, int], None]:
    """Make a function that prints a bar with rate and estimate into one line, again and again.

    Parameters
    ----------
    width : int, default 30
        Of the bar, characters.

    Returns
    -------
    callable
        To be called as ``progress(stage, done, total)``, as long work in this package does.
    """
    start: dict[str, tuple[float, int]] = {}

    def progress(stage: str, done: int, total: int) -> None:
        begin, already = start.setdefault(stage, (time.monotonic(), done))
        rate = (done - already) / max(time.monotonic() - begin, 1e-3)
        left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
        bar = "█" * (width * done // max(total, 1))
        speed = (
            f", {rate:.0f} a second" if rate >= 1 else f", {1 / rate:.0f} s each" if rate else ""
        )
        line = f"{stage} {bar:·<{width}} {done} of {total}{speed}{left}"
        print(f"\r{line:<{width + 60}}", end="\n" if done >= total else "", flush=True)

    return progress
