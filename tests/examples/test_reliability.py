"""Calibrated and overconfident classifiers, told apart by their reliability curves."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples.reliability import reliability_curve


def _draw(seed, distort=lambda p: p, n=20_000):
    rng = np.random.default_rng(seed)
    truth = rng.random(n)
    return rng.random(n) < truth, distort(truth)


def test_a_calibrated_classifier_lies_on_the_diagonal_within_its_error_bars():
    curve = reliability_curve(*_draw(1))
    deviations = (curve.share - curve.said) / curve.error
    assert len(curve.said) == 10
    assert np.sqrt(np.mean(deviations**2)) < 2


def test_an_overconfident_classifier_has_a_flat_curve():
    labels, said = _draw(2, distort=lambda p: np.where(p > 0.5, 1.0, 0.0))
    curve = reliability_curve(labels, said)
    assert curve.said.tolist() == [0.0, 1.0]
    assert curve.share == pytest.approx([0.25, 0.75], abs=0.02)


def test_every_object_is_counted_once_and_empty_bins_are_left_out():
    curve = reliability_curve([0, 1, 1], [0.05, 1.0, 0.95])
    assert curve.n.tolist() == [1, 2]
    assert (curve.error > 0).all()


@pytest.mark.parametrize(
    ("labels", "probabilities"),
    [([0, 2], [0.1, 0.2]), ([0, 1], [0.1]), ([0, 1], [-0.1, 0.5]), ([0, 1], [0.1, np.nan])],
)
def test_what_is_no_probability_is_refused(labels, probabilities):
    with pytest.raises(InputError):
        reliability_curve(labels, probabilities)


def test_no_bin_is_refused():
    with pytest.raises(InputError, match="n_bins"):
        reliability_curve([0, 1], [0.1, 0.9], n_bins=0)
