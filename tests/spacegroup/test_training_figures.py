"""Figures of trainings."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from edex.errors import InputError
from edex.spacegroup.clinic import Patient
from edex.spacegroup.training_figures import draw_patients, draw_training

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


def patient(highest):
    return Patient((highest, 1.0), (2.0, 2.1), (0.2, 0.5), (0.2, 0.3), 0.19, "overfitting")


def test_the_epoch_with_the_lowest_validation_loss_is_marked():
    losses, accuracies = draw_training(HISTORY).axes
    assert "epoch 2" in losses.get_title(loc="left")
    assert [line.get_xdata()[0] for line in losses.lines if len(set(line.get_xdata())) == 1] == [2]
    assert accuracies.get_ylim() == (0, 1)


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
