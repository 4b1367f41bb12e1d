"""Calibration: against outcomes that were drawn from known probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import log_loss

from edex.errors import InputError
from edex.spacegroup.calibration import (
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
    mean_log_loss,
    reliability_table,
)

CLASSES = np.array([2, 14, 62, 225])


def drawn(n_rows, *, sharpness=1.5, seed=0):
    """Return (true probabilities, outcomes drawn from them)."""
    rng = np.random.default_rng(seed)
    proba = softmax(sharpness * rng.normal(size=(n_rows, 4)), axis=1)
    outcome = (rng.random((n_rows, 1)) > proba.cumsum(axis=1)).sum(axis=1)
    return proba, CLASSES[np.minimum(outcome, 3)]


@pytest.mark.parametrize("distortion", [0.4, 1.0, 2.5])
def test_the_temperature_undoes_a_known_distortion(distortion):
    proba, y = drawn(20_000)
    distorted = softmax(np.log(proba) * distortion, axis=1)
    temperature = fit_temperature(distorted, y, CLASSES)
    assert temperature == pytest.approx(distortion, rel=0.03)
    np.testing.assert_allclose(apply_temperature(distorted, temperature), proba, atol=0.02)


def test_no_other_temperature_has_a_smaller_loss():
    proba, y = drawn(500, seed=2)
    best = fit_temperature(proba, y, CLASSES)
    losses = [
        log_loss(y, apply_temperature(proba, t), labels=CLASSES)
        for t in best * np.array([0.9, 0.99, 1.0, 1.01, 1.1])
    ]
    assert np.argmin(losses) == 2


def test_the_mean_log_loss_is_that_of_scikit_learn():
    proba, y = drawn(300)
    weights = np.linspace(0.5, 2.0, 300)
    expected = log_loss(y, proba, labels=CLASSES, sample_weight=weights)
    assert mean_log_loss(proba, y, CLASSES, sample_weight=weights) == pytest.approx(expected)


def test_weights_count_as_repeated_rows():
    proba, y = drawn(200, seed=3)
    counts = np.random.default_rng(0).integers(1, 4, size=200)
    weighted = fit_temperature(proba, y, CLASSES, sample_weight=counts)
    repeated = fit_temperature(np.repeat(proba, counts, axis=0), np.repeat(y, counts), CLASSES)
    assert weighted == pytest.approx(repeated, rel=1e-6)


@settings(max_examples=50)
@given(st.floats(0.4, 10.0), st.integers(0, 100))
def test_a_temperature_changes_no_ranking_and_keeps_sums(temperature, seed):
    proba, _ = drawn(20, seed=seed)
    changed = apply_temperature(proba, temperature)
    np.testing.assert_allclose(changed.sum(axis=1), 1.0)
    assert np.array_equal(np.argsort(changed, axis=1), np.argsort(proba, axis=1))
    back = apply_temperature(changed, 1.0 / temperature)
    np.testing.assert_allclose(back, proba, rtol=1e-6, atol=1e-9)


def test_a_probability_of_zero_stays_finite():
    proba = np.array([[1.0, 0.0, 0.0, 0.0]] * 9)
    y = [2] * 8 + [14]
    temperature = fit_temperature(proba, y, CLASSES)
    flattened = apply_temperature(proba, temperature)
    assert np.isfinite(mean_log_loss(flattened, y, CLASSES))
    assert flattened[0, 0] == pytest.approx(8 / 9, abs=0.02)


def test_where_all_rows_are_right_nothing_is_sharpened_without_end():
    proba = np.tile([0.7, 0.1, 0.1, 0.1], (10, 1))
    assert fit_temperature(proba, [2] * 10, CLASSES) == 1.0


def test_the_calibration_error_of_true_probabilities_is_what_chance_gives():
    proba, y = drawn(4000, seed=4)
    error = expected_calibration_error(y, proba, CLASSES, n_resamples=200)
    assert error.n == 4000
    assert error.value < 2.0 * error.chance
    assert error.chance < 0.02


def test_the_calibration_error_of_a_boaster_is_its_excess_confidence():
    rng = np.random.default_rng(5)
    y = np.where(rng.random(5000) < 0.6, 2, 14)
    proba = np.tile([0.9, 0.1], (5000, 1))
    error = expected_calibration_error(y, proba, [2, 14], n_resamples=200)
    assert error.value == pytest.approx(0.3, abs=0.02)
    assert error.interval[0] < error.value < error.interval[1]
    assert error.interval[0] > 10.0 * error.chance


def test_drawing_whole_groups_widens_the_interval():
    proba, y = drawn(200, seed=6)
    copies = np.repeat(np.arange(200), 10)  # each row ten times: no new evidence
    rows = expected_calibration_error(y[copies], proba[copies], CLASSES, n_resamples=300)
    groups = expected_calibration_error(
        y[copies], proba[copies], CLASSES, groups=copies, n_resamples=300
    )
    assert rows.value == pytest.approx(groups.value)
    assert np.ptp(groups.interval) > 1.5 * np.ptp(rows.interval)


def test_the_reliability_table_holds_every_row_once_and_gives_the_error():
    proba, y = drawn(1000, seed=7)
    table = reliability_table(y, proba, CLASSES, n_bins=10)
    assert table["n"].sum() == 1000
    assert ((table["low"] <= table["confidence"]) & (table["confidence"] <= table["high"])).all()
    gap = (table["accuracy"] - table["confidence"]).abs()
    error = expected_calibration_error(y, proba, CLASSES, n_resamples=10).value
    assert np.average(gap, weights=table["n"]) == pytest.approx(error)
    right = np.mean(CLASSES[proba.argmax(axis=1)] == y)
    assert np.average(table["accuracy"], weights=table["n"]) == pytest.approx(right)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, y: fit_temperature(p, y[:-1], CLASSES), "each row needs one of each"),
        (lambda p, y: fit_temperature(p, [194] * 10, CLASSES), "Row 0 is of class 194"),
        (lambda p, y: apply_temperature(p, 0.0), "temperature is 0.0; it is a positive number"),
        (lambda p, y: apply_temperature(p, np.nan), "temperature is nan"),
        (lambda p, y: reliability_table(y, p, CLASSES, n_bins=0), "n_bins is 0"),
        (
            lambda p, y: expected_calibration_error(y, p, CLASSES, groups=[1, 2]),
            "groups of shape",
        ),
    ],
)
def test_what_cannot_be_calibrated_is_refused_by_name(call, message):
    with pytest.raises(InputError, match=message):
        call(*drawn(10))
