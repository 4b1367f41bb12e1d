"""Drawings mark what they say, and their texts do not run into each other."""

import io
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from edex.errors import InputError
from edex.membranes.drawing import _GROUND, draw_environment, draw_motif, draw_motif_table
from edex.membranes.environments import MorganCounts
from edex.membranes.motif_features import find_motif

EXAMPLES = {
    "spiro carbon": ("*Oc1cc2c(cc1O*)C1(CC2(C)C)CC(C)(C)c2cc3c(cc21)Oc1c(C#N)c(*)c(*)c(C#N)c1O3"),
    "hydroxyl": "*CC(*)O",
    "imide ring": "*c1ccc(N2C(=O)c3cc4c(cc3C2=O)C(=O)N(*)C4=O)cc1",
    "hexafluoroisopropylidene": "*c1ccc(C(c2ccc(*)cc2)(C(F)(F)F)C(F)(F)F)cc1",
}
ROWS = pd.DataFrame(
    {"effect": [0.51, -0.3, -0.004, 0.2], "n": [40, 29, 264, 138], "example": EXAMPLES.values()},
    index=list(EXAMPLES),
)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def marked_share(ax):
    """The share of the pixels that have the colour of what is marked."""
    image = ax.images[0].get_array()[:, :, :3]
    return (np.abs(image - np.array(_GROUND)).max(axis=2) < 0.02).mean()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_motif_is_marked_and_named(name):
    ax = draw_motif(EXAMPLES[name], name)
    assert 0.001 < marked_share(ax) < 0.3
    assert ax.get_xlabel() == name
    assert not ax.get_xticks().size


def test_more_atoms_of_a_motif_are_more_ground():
    one = marked_share(draw_motif("*c1cc(Br)c(*)cc1C", "bromine"))
    two = marked_share(draw_motif("*c1cc(Br)c(*)cc1Br", "bromine"))
    assert two == pytest.approx(2 * one, rel=0.2)


def test_an_environment_is_drawn_on_its_example_with_its_number_of_polymers():
    counts = MorganCounts(radius=1, min_polymers=1).fit(["*CC(*)c1ccccc1", "*CC(*)Cl", "*CC(*)C"])
    environment = next(e for e in counts.environments_ if "Cl" in e.smiles and e.radius == 1)
    ax = draw_environment(environment)
    assert marked_share(ax) > 0.001
    assert ax.get_xlabel().startswith("radius 1: ")
    assert ax.get_xlabel().endswith("in 1 polymer")


def test_given_axes_are_used_and_a_long_caption_is_wrapped():
    figure, ax = plt.subplots(figsize=(3, 3))
    words = "one of many words " * 8
    assert draw_motif("*CC(*)O", find_motif("hydroxyl"), ax=ax, caption=words, size=(3, 2)) is ax
    assert max(map(len, ax.get_xlabel().split("\n"))) <= 39
    assert figure.axes == [ax]


def test_texts_of_the_table_do_not_overlap_and_stay_in_the_figure():
    figure = draw_motif_table(ROWS)
    figure.savefig(io.BytesIO())
    renderer = figure.canvas.get_renderer()
    used = [ax for ax in figure.axes if ax.images]
    boxes = [ax.xaxis.label.get_window_extent(renderer) for ax in used]
    boxes += [ax.get_window_extent(renderer) for ax in used]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    width, height = figure.canvas.get_width_height()
    assert all(
        box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in boxes
    )


def test_the_table_says_direction_effect_and_number():
    figure = draw_motif_table(ROWS, n_columns=2)
    texts = [ax.get_xlabel() for ax in figure.axes if ax.images]
    assert len(texts) == 4
    assert texts[0].split("\n") == ["spiro carbon", "▲ +0.51 decades, n = 40"]
    assert texts[1].split("\n") == ["hydroxyl", "▼ -0.30 decades, n = 29"]


def test_a_polymer_without_the_motif_is_refused():
    with pytest.raises(InputError, match=r"'\*CC\*' has no hydroxyl"):
        draw_motif("*CC*", "hydroxyl")


@pytest.mark.parametrize(
    ("rows", "message"),
    [(ROWS.drop(columns="n"), "lacks n"), (ROWS[:0], "has 0 rows")],
)
def test_a_table_that_is_not_one_of_effects_is_refused(rows, message):
    with pytest.raises(InputError, match=message):
        draw_motif_table(rows)
