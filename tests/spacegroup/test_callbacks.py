"""Schedules in epochs, the record of a training, and the line of progress."""

import io

import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.callbacks import (
    SCHEDULES,
    HistoryTable,
    ProgressLine,
    learning_rate_at,
    make_callbacks,
)
from edex.spacegroup.holdout import Part
from edex.spacegroup.networks import build_network
from edex.spacegroup.training import Recipe, train_network


def random_part(n_samples, seed=0, n_points=20):
    """Curves without anything to learn: a network can only memorise them."""
    rng = np.random.default_rng(seed)
    curves = rng.normal(size=(n_samples, n_points)).astype("float32")
    return Part(curves, rng.integers(3, size=n_samples), np.ones(n_samples, dtype="float32"))


def test_the_step_schedule_is_that_of_the_course():
    rates = [learning_rate_at(epoch, 100, 5e-4, "step") for epoch in range(100)]
    assert rates[:40] == [5e-4] * 40
    np.testing.assert_allclose(rates[40:60], 5e-5)
    np.testing.assert_allclose(rates[60:], 5e-6)


def test_a_cosine_warms_up_and_then_falls_to_almost_nothing():
    rates = np.array([learning_rate_at(epoch, 20, 1e-3) for epoch in range(20)])
    assert rates[0] < 0.5 * rates[1]
    assert (np.diff(rates[1:]) < 0.0).all()
    assert rates[1] == pytest.approx(1e-3, rel=0.01)
    assert rates[-1] < 0.02e-3


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("n_epochs", [1, 2, 7])
def test_rates_are_positive_and_never_above_the_start(schedule, n_epochs):
    rates = [learning_rate_at(epoch, n_epochs, 0.1, schedule) for epoch in range(n_epochs)]
    assert all(0.0 < rate <= 0.1 for rate in rates)


def test_an_unknown_schedule_is_refused_before_training():
    with pytest.raises(InputError, match="no schedule 'linear'; schedules are cosine, step"):
        make_callbacks(n_epochs=5, learning_rate=1e-3, schedule="linear")


@pytest.mark.parametrize("n_samples", [32, 96])
def test_the_rates_of_a_training_depend_on_epochs_not_on_the_number_of_curves(n_samples):
    recipe = Recipe(4, 16, 1e-2, "cosine", 2)
    network = build_network("logistic", 20, 3)
    history = train_network(network, random_part(n_samples), None, recipe)
    expected = [learning_rate_at(epoch, 4, 1e-2) for epoch in range(4)]
    np.testing.assert_allclose(history["learning_rate"], expected, rtol=1e-6)


def test_early_stopping_stops_and_gives_back_the_weights_of_the_best_epoch():
    training, validation = random_part(64), random_part(256, seed=1)
    network = build_network("logistic", 20, 3)
    recipe = Recipe(40, 16, 3e-2, "constant", 3)
    history = train_network(network, training, validation, recipe)
    best = int(history["val_loss"].idxmin())
    assert len(history) == best + 1 + 3 < 40
    proba = np.asarray(network(validation.curves))[np.arange(256), validation.classes]
    assert -np.log(proba).mean() == pytest.approx(history["val_loss"][best], rel=1e-4)


@pytest.mark.parametrize("schedule", ["cosine", "step"])
def test_a_falling_rate_is_watched_from_the_middle_on(schedule):
    training, validation = random_part(64), random_part(256, seed=1)
    network = build_network("logistic", 20, 3)
    history = train_network(network, training, validation, Recipe(12, 16, 3e-2, schedule, 3))
    assert history["val_loss"].idxmin() < 6  # memorising from the start
    late = history["val_loss"][6:]
    assert len(late) == late.argmin() + 1 + 3  # stopped three epochs after the best of them
    proba = np.asarray(network(validation.curves))[np.arange(256), validation.classes]
    assert -np.log(proba).mean() == pytest.approx(late.min(), rel=1e-4)


def test_the_history_has_one_row_an_epoch_with_scores_and_seconds():
    network = build_network("logistic", 20, 3)
    history = train_network(
        network, random_part(32), random_part(8, seed=1), Recipe(2, 16, 1e-2, "step", 2)
    )
    assert list(history) == [
        "epoch", "loss", "val_loss", "accuracy", "val_accuracy", "top3", "val_top3",
        "learning_rate", "seconds",
    ]  # fmt: skip
    assert history["epoch"].tolist() == [1, 2]
    assert (history["top3"] == 1.0).all()  # of three classes
    assert (history["seconds"] > 0.0).all()
    assert np.isfinite(history.to_numpy()).all()


def test_a_training_that_diverges_says_so_at_once():
    training = random_part(32)
    training.curves[:] = 1e30
    with pytest.raises(InputError, match=r"diverged: its loss was not a number in epoch [12]"):
        train_network(
            build_network("logistic", 20, 3), training, None, Recipe(9, 16, 1e30, "constant", 2)
        )


class FakeClock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run_progress(stream, monkeypatch):
    monkeypatch.setattr("edex.spacegroup.callbacks.time.perf_counter", FakeClock())
    line = ProgressLine("small_cnn", n_samples=100, n_epochs=2, stream=stream)
    line.set_params({"steps": 4})
    line.on_train_begin()
    for epoch in range(2):
        line.on_epoch_begin(epoch)
        for batch in range(4):
            line.on_train_batch_end(batch)
        line.on_epoch_end(epoch, {"val_loss": 0.5, "val_accuracy": 0.75, "loss": 1, "accuracy": 0})
    line.on_train_end()
    return stream.getvalue()


def test_a_terminal_sees_one_line_with_rate_and_estimate(monkeypatch):
    text = run_progress(Terminal(), monkeypatch)
    assert text.count("\n") == 1
    first, *_, last = text.split("\r")
    # 25 curves in the first of the clock's seconds; 175 of 200 are left.
    assert first == "small_cnn ██░░░░░░░░░░░░░░░░░░ epoch 1/2 · 25 curves/s · at most 7 s left"
    assert last.startswith("small_cnn: 2 epochs of 100 curves in ")
    assert last.rstrip().endswith("val loss 0.500 · val accuracy 0.750")
    assert len({len(part.rstrip("\n")) for part in text.split("\r")[2:]}) <= 3  # old ends are wiped


def test_a_file_gets_the_last_line_alone(monkeypatch):
    text = run_progress(io.StringIO(), monkeypatch)
    assert "\r" not in text
    assert text.count("\n") == 1
    assert "2 epochs of 100 curves" in text


def test_the_record_can_be_used_with_any_keras_model():
    network = build_network("logistic", 20, 3)
    network.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    part, record = random_part(16), HistoryTable()
    network.fit(part.curves, part.classes, epochs=2, verbose=0, callbacks=[record])
    assert list(record.table()) == ["epoch", "loss", "learning_rate", "seconds"]
