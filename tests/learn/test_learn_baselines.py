"""Baselines and the noise floor."""

import numpy as np

from edex.learn.baselines import baseline_models, noise_floor


def test_the_mean_and_the_nearest_row_are_what_they_say():
    models = baseline_models()
    X, y = np.array([[0.0], [1.0], [10.0]]), np.array([5.0, 7.0, 30.0])
    assert models["mean"].fit(X, y).predict([[3.0]])[0] == 14.0
    assert models["nearest neighbour"].fit(X, y).predict([[8.0]])[0] == 30.0


def test_the_nearest_row_does_not_depend_on_units():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)), rng.normal(size=30)
    first = baseline_models()["nearest neighbour"].fit(X, y).predict(X + 0.1)
    scaled = X * [1.0, 1000.0]
    second = baseline_models()["nearest neighbour"].fit(scaled, y)
    np.testing.assert_array_equal(second.predict((X + 0.1) * [1.0, 1000.0]), first)


def test_the_noise_floor_is_the_mean_difference_of_two_sources():
    floor = noise_floor([100.0, 200.0, 300.0], [110.0, 180.0, 300.0])
    assert floor.value == 10.0
    assert floor.n == 3
