"""The figures of the space-group lesson."""

from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.evaluation import Accuracy
from edex.spacegroup.figures import (
    draw_confusion,
    draw_flattery,
    draw_gallery,
    draw_measured,
    draw_reliability,
    draw_shells,
    draw_symmetry,
)


@pytest.fixture(autouse=True)
def _no_window():
    mpl.use("agg")
    yield
    plt.close("all")


def texts(ax):
    return " | ".join(text.get_text() for text in ax.texts)


def flags(ax):
    """Return the centres of the flags of a pattern, and the corners of each."""
    corners = np.array([patch.get_xy()[:-1] for patch in ax.patches])
    return corners.mean(axis=1), corners


def test_the_four_patterns_hold_one_two_four_and_eight_flags_in_a_cell():
    figure = draw_symmetry()
    assert [len(ax.patches) for ax in figure.axes] == [9, 18, 36, 72]
    assert "8 flags" in figure.axes[3].get_title(loc="left")


@pytest.mark.parametrize(("pattern", "is_kept"), [(0, False), (1, True), (2, True), (3, True)])
def test_a_half_turn_leaves_a_pattern_as_it_is_from_the_second_on(pattern, is_kept):
    centres, _ = flags(draw_symmetry().axes[pattern])
    middle = centres[np.abs(centres - 1).max(axis=1) < 0.5] - 1  # the cell in the middle
    gaps = np.linalg.norm(middle[:, None] + middle, axis=-1).min(axis=1)
    assert (gaps.max() < 1e-9) == is_kept


@pytest.mark.parametrize(("pattern", "is_kept"), [(1, False), (2, False), (3, True)])
def test_a_quarter_turn_leaves_only_the_last_pattern_as_it_is(pattern, is_kept):
    centres, _ = flags(draw_symmetry().axes[pattern])
    middle = centres[np.abs(centres - 1).max(axis=1) < 0.5] - 1
    turned = middle @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    gaps = np.linalg.norm(turned[:, None] - middle, axis=-1).min(axis=1)
    assert (gaps.max() < 1e-9) == is_kept


def test_the_motif_itself_has_no_symmetry():
    _, corners = flags(draw_symmetry().axes[0])
    flag = corners[4] - corners[4].mean(axis=0)
    for operation in (-np.eye(2), np.diag([1.0, -1.0]), np.diag([-1.0, 1.0])):
        gaps = np.linalg.norm((flag @ operation)[:, None] - flag, axis=-1).min(axis=1)
        assert gaps.max() > 0.05


def test_each_shell_has_a_line_and_its_number_of_atoms():
    r = np.linspace(1.5, 6, 200)
    (ax,) = draw_shells(r, np.sin(r), [2.49, 3.52], [12, 6]).axes
    at = [line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1]
    assert at == [2.49, 3.52]
    assert "12" in texts(ax)
    assert ax.get_xlabel() == "distance $r$ (Å)"
    assert "Å" in ax.get_ylabel()


def test_the_gallery_shows_the_groups_that_are_there_each_row_on_a_scale_that_it_tells():
    numbers = np.repeat([14, 225], 5)
    curves = np.sin(np.arange(50)) * np.repeat([0.5, 12.0], 5)[:, None]
    figure = draw_gallery(np.arange(50), curves, numbers, n_each=2)
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert labels[0].startswith("14 P2_1/c")
    assert labels[2].startswith("225 Fm-3m")
    assert "±0.5 Å" in labels[0]
    assert "±12.0 Å" in labels[2]
    limits = [ax.get_ylim() for ax in figure.axes]
    assert limits[0] == limits[1] != limits[2] == limits[3]
    for ax in figure.axes:
        low, high = ax.get_ylim()
        assert low < min(ax.lines[0].get_ydata()) < max(ax.lines[0].get_ydata()) < high


def test_a_group_with_few_pdfs_leaves_panels_empty():
    figure = draw_gallery(np.arange(9), np.ones((1, 9)), [2], n_each=3)
    assert len(figure.axes) == 3


def test_a_gallery_of_other_groups_is_refused():
    with pytest.raises(InputError, match="None of the 1 PDFs has one of the space groups"):
        draw_gallery(np.arange(9), np.ones((1, 9)), [166])


def score(value):
    return Accuracy(value, 0.05, (value - 0.1, value + 0.1), 100, 20)


def test_flattery_names_the_two_splits_once_and_each_model():
    scores = {
        ("trees", "random"): score(0.6),
        ("nearest", "random"): score(0.7),
        ("trees", "held out"): score(0.4),
        ("nearest", "held out"): score(0.3),
    }
    (ax,) = draw_flattery(scores).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nearest", "trees"]
    assert texts(ax) == "squares: random | circles: held out"
    squares = [line for line in ax.lines if line.get_marker() == "s"]
    assert sorted(line.get_xdata()[0] for line in squares) == [0.6, 0.7]
    assert ax.get_xlim() == (0, 1)


def test_flattery_needs_two_splits_of_each_model():
    with pytest.raises(InputError, match="1 scores of 1 models on the splits random"):
        draw_flattery({("trees", "random"): score(0.6)})


def test_a_reliability_diagram_puts_a_calibrated_model_on_the_diagonal():
    rng = np.random.default_rng(1)
    sure = rng.uniform(0.3, 1.0, 4000)
    rest = (1 - sure) / 7
    probabilities = np.tile(rest[:, None], (1, 8))
    probabilities[:, 3] = sure
    truth = np.where(rng.random(4000) < sure, CLASSES[3], CLASSES[0])
    (ax,) = draw_reliability(probabilities, truth, np.arange(4000), n_bins=4).axes
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(points) == 4
    for point in points:
        assert point.get_xdata()[0] == pytest.approx(point.get_ydata()[0], abs=0.06)
    assert "n = 1000" in texts(ax)


def test_the_confusion_matrix_writes_percents_and_marks_crystal_systems():
    table = np.eye(8)
    table[1] = [0.25, 0.75, 0, 0, 0, 0, 0, 0]
    figure = draw_confusion(table, n_crystals=np.arange(10, 18))
    ax = figure.axes[0]
    assert "75" in texts(ax)
    assert "0 |" not in texts(ax).replace("100 |", "")
    assert ax.get_yticklabels()[1].get_text() == "14 P2_1/c, n = 11"
    # systems: triclinic | 14, 15 | 62 | 139 | 194 | cubic: five borders, drawn both ways
    assert len(ax.lines) == 10


def test_the_confusion_matrix_tells_on_how_many_prototypes_a_row_rests():
    types = [1, *range(2, 9)]
    figure = draw_confusion(np.eye(8), n_crystals=np.arange(1, 9), n_prototypes=types)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[0] == "2 P-1\n1 crystal, 1 type"
    assert labels[1] == "14 P2_1/c\n2 crystals, 2 types"


def test_numbers_of_prototypes_are_one_a_class():
    with pytest.raises(InputError, match="there are 8 and 7 counts"):
        draw_confusion(np.eye(8), n_crystals=np.arange(8), n_prototypes=np.arange(7))


def test_a_confusion_matrix_of_another_shape_is_refused():
    with pytest.raises(InputError, match=r"has shape \(7, 7\)"):
        draw_confusion(np.eye(7), n_crystals=np.arange(7))


def test_measured_pdfs_are_shown_with_what_is_known_and_what_was_guessed():
    r = np.arange(0, 32, 0.1)
    records = [
        SimpleNamespace(name=name, material=name, space_group_number=number, r=r, G=np.sin(r))
        for name, number in (("Ni", 225), ("CdSe", 186))
    ]
    figure = draw_measured(records, {"Ni": [225, 227, 139], "CdSe": [194, 2, 14]})
    assert "known: 225\nguesses: 225, 227, 139" in texts(figure.axes[0])
    assert "known: 186 (not one of the eight)" in texts(figure.axes[1])
