"""Figures in the style of the course."""

import matplotlib as mpl
import numpy as np
import pytest

from edex.errors import InputError
from edex.learn.figures import (
    COLORS,
    cluster_map,
    error_bar_ladder,
    house_style,
    parity_plot,
    use_style,
)
from edex.learn.metrics import Estimate


@pytest.fixture(autouse=True)
def _no_window():
    import matplotlib.pyplot as plt

    mpl.use("agg")
    yield
    plt.close("all")


def texts(ax):
    return " | ".join(text.get_text() for text in ax.texts)


def test_a_parity_plot_is_square_with_equal_axes_and_its_score_inside():
    measured = np.linspace(300, 3000, 40)
    ax = parity_plot(measured, measured + 50, unit="K", quantity="melting temperature")
    assert ax.get_xlim() == ax.get_ylim()
    assert ax.get_aspect() == 1
    assert ax.get_xlabel() == "measured melting temperature (K)"
    assert "n = 40" in texts(ax)
    assert "MAE = 50" in texts(ax)


def test_a_parity_plot_names_its_worst_points():
    ax = parity_plot([1.0, 2.0, 3.0], [1.0, 9.0, 3.1], unit="K", labels=list("abc"), n_labelled=1)
    assert "b" in texts(ax)
    assert "a" not in texts(ax).replace("MAE", "")


def test_a_parity_plot_of_equal_values_does_not_fail():
    ax = parity_plot([5.0, 5.0], [5.0, 5.0], unit="K")
    assert ax.get_xlim()[0] < 5.0 < ax.get_xlim()[1]


def test_a_ladder_has_a_row_for_each_model_and_its_two_lines():
    scores = {"mean": Estimate(640, 20, 100, 100), "trees": Estimate(150, 6, 100, 100)}
    ax = error_bar_ladder(scores, unit="K", baseline=640, noise_floor=46)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["mean", "trees"]
    assert ax.get_xlim()[0] == 0
    assert ax.get_xlabel() == "mean absolute error (K)"
    for word in ("baseline", "noise", "150.0 ± 6.0"):
        assert word in texts(ax)


def test_a_cluster_map_names_each_cluster_with_its_size_and_its_typical_rows():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(20, 3)), 9 + rng.normal(size=(30, 3))])
    clusters = np.repeat([0, 1], [20, 30])
    labels = [f"c{row}" for row in range(50)]
    ax = cluster_map(X, clusters, names={0: "covalent"}, labels=labels, n_labelled=2)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["covalent (n = 20)", "cluster 1 (n = 30)"]
    assert len(ax.texts) == 4
    assert "% of variance" in ax.get_xlabel()


def test_clusters_differ_in_marker_and_in_brightness_too():
    def brightness(color):
        red, green, blue = mpl.colors.to_rgb(color)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    assert abs(brightness(COLORS[0]) - brightness(COLORS[1])) > 0.2


def test_the_style_ends_with_its_block():
    before = mpl.rcParams["font.size"]
    with house_style():
        assert mpl.rcParams["font.size"] == 10.5
    assert mpl.rcParams["font.size"] == before


def test_a_notebook_can_switch_the_style_on_for_good():
    with mpl.rc_context():
        use_style()
        assert mpl.rcParams["font.size"] == 10.5


def test_a_figure_can_be_drawn_into_given_axes():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert parity_plot([1.0, 2.0], [1.0, 2.5], unit="K", ax=ax) is ax


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: error_bar_ladder({}, unit="K"), "There is no score"),
        (lambda: cluster_map([[1.0], [2.0]], [0, 1]), "at least two columns"),
        (lambda: cluster_map([[1.0, 2.0]], [0, 1]), "one label per row"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
