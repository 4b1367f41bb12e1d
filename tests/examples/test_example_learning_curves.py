"""Learning curves are drawn where their numbers say, with names that do not touch."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from edex.errors import InputError
from edex.examples.learning_curves import learning_curve_plot

SIZES = [30, 100, 300]


@pytest.fixture
def curves():
    slow = np.array([[4.0, 3.0, 2.0], [4.4, 3.2, 2.2]])
    yield {"slow": slow, "slower": slow * 1.001, "flat": np.full((2, 3), 7.0)}
    plt.close("all")


def test_each_curve_shows_its_means_over_the_splits(curves):
    ax = learning_curve_plot(SIZES, curves, quantity="error", unit="K")
    drawn = [bars.lines[0].get_xydata() for bars in ax.containers]
    assert drawn[0][:, 0].tolist() == SIZES
    assert drawn[0][:, 1] == pytest.approx([4.2, 3.1, 2.1])
    assert ax.get_ylabel() == "error (K)"


def test_names_of_nearly_equal_curves_are_moved_apart_in_the_order_of_the_curves(curves):
    ax = learning_curve_plot(SIZES, curves, quantity="error", unit="K")
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert heights["slow"] < heights["slower"] < heights["flat"]
    assert heights["slower"] - heights["slow"] > 0.04


def test_no_two_of_many_curves_look_alike():
    many = {f"model {k}": np.full((2, 3), 1.0 + k) for k in range(8)}
    ax = learning_curve_plot(SIZES, many, quantity="error", unit="K")
    lines = [bars.lines[0] for bars in ax.containers]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == len(many)


def test_it_draws_into_axes_that_are_given(curves):
    _, ax = plt.subplots()
    assert learning_curve_plot(SIZES, curves, quantity="error", unit="K", ax=ax) is ax


@pytest.mark.parametrize(
    ("errors", "named"),
    [
        ({}, "no curve"),
        ({"short": np.ones((2, 2))}, "short"),
        ({"single": np.ones((1, 3))}, r"\(1, 3\)"),
        ({"zero": np.zeros((2, 3))}, "positive"),
    ],
)
def test_a_table_that_cannot_be_drawn_is_named(errors, named):
    with pytest.raises(InputError, match=named):
        learning_curve_plot(SIZES, errors, quantity="error", unit="K")
