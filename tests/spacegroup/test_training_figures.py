"""Figures of trainings."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edex.errors import InputError
from edex.spacegroup.clinic import Patient
from edex.spacegroup.training_figures import draw_family, draw_patients, draw_training

HISTORY = {
    "loss": [2.0, 1.5, 1.0, 0.5],
    "val_loss": [2.1, 1.6, 1.7, 1.9],
    "accuracy": [0.2, 0.4, 0.6, 0.8],
    "val_accuracy": [0.2, 0.35, 0.34, 0.33],
}


@pytest.fixture(autouse=True)
def _no_window():
    mpl.use("agg")
    yield
    plt.close("all")


@given(st.integers(0, 10_000), st.integers(2, 5))
@settings(max_examples=20)
def test_no_curve_of_a_family_crosses_another(seed, n_curves):
    curves = np.random.default_rng(seed).normal(size=(n_curves, 60)) * 5
    (ax,) = draw_family(np.arange(60), curves, list("abcde")[:n_curves], gap=0.5).axes
    drawn = np.array([line.get_ydata() for line in ax.lines])
    plt.close("all")
    assert np.diff(drawn, axis=0).min() == pytest.approx(0.5)
    for below, curve in zip(drawn, curves, strict=True):  # shifted, not stretched
        assert np.ptp(below - curve) == pytest.approx(0, abs=1e-9)


def test_the_parent_of_a_family_is_grey_and_at_the_bottom():
    (ax,) = draw_family(np.arange(5), np.zeros((2, 5)), ["MgO (real)", "CaO"]).axes
    assert ax.lines[0].get_color() == "0.5"
    assert [text.get_text() for text in ax.texts] == ["MgO (real)", "CaO"]


def test_each_curve_of_a_family_needs_a_name():
    with pytest.raises(InputError, match="2 curves and 1 names"):
        draw_family(np.arange(5), np.zeros((2, 5)), ["MgO"])


def patient(highest):
    return Patient((highest, 1.0), (2.0, 2.1), (0.2, 0.5), (0.2, 0.3), 0.19, "overfitting")


def test_the_epoch_with_the_lowest_validation_loss_is_marked():
    losses, accuracies = draw_training(HISTORY).axes
    for ax in (losses, accuracies):
        assert [text.get_text() for text in ax.texts] == [
            "epoch 2: lowest\nvalidation loss,\nweights kept"
        ]
    assert [line.get_xdata()[0] for line in losses.lines if len(set(line.get_xdata())) == 1] == [2]
    assert accuracies.get_ylim() == (0, 1)


@pytest.mark.parametrize(("best", "side"), [(0, "left"), (3, "right")])
def test_the_mark_is_named_on_the_side_with_more_room(best, side):
    losses = [2.0, 2.0, 2.0, 2.0]
    losses[best] = 1.0
    ax, _ = draw_training({**HISTORY, "val_loss": losses}).axes
    assert ax.texts[0].get_ha() == side


def test_training_and_validation_differ_in_more_than_colour():
    losses, _ = draw_training(HISTORY).axes
    styles = {line.get_label(): line.get_linestyle() for line in losses.lines[:2]}
    assert styles == {"training": "-", "validation": "--"}


def test_a_history_without_validation_is_refused():
    with pytest.raises(InputError, match="has no val_loss, val_accuracy; it has loss, accuracy"):
        draw_training({"loss": [1.0], "accuracy": [0.5]})


def test_patients_are_drawn_with_a_shrug_and_the_most_common_class():
    figure = draw_patients(patient(2.0), {"A": patient(2.2), "B": patient(700.0)})
    titles = [ax.get_title(loc="left") for ax in figure.axes[:3]]
    assert titles == ["healthy", "patient A", "patient B"]
    dotted = [line for line in figure.axes[4].lines if line.get_linestyle() == ":"]
    assert [line.get_ydata()[0] for line in dotted] == [0.19]


def test_a_loss_beyond_the_axis_is_told_in_words():
    figure = draw_patients(patient(2.0), {"A": patient(2.2), "B": patient(700.0)})
    said = ["".join(text.get_text() for text in ax.texts) for ax in figure.axes[:3]]
    assert said == ["", "", "↑ up to 700"]
