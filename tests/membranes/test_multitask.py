"""The Gaussian process over several gases, against the textbook formulas written out."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from edex.errors import InputError
from edex.membranes.multitask import (
    CoregionalisedGP,
    GasDistribution,
    _Observed,
    given_known,
)

RNG = np.random.default_rng(7)
PLACES = np.sort(RNG.uniform(0.0, 10.0, 60))


def kernel(a, b):
    return np.exp(-0.5 * (a[:, None] - b) ** 2)


@pytest.fixture(scope="module")
def problem():
    """Two gases that follow one smooth function; the second is rarely measured."""
    truth = np.sin(PLACES)
    values = np.column_stack([truth, 2.0 * truth + 1.0]) + RNG.normal(0.0, 0.05, (60, 2))
    values[RNG.permutation(60)[:45], 1] = np.nan
    return kernel(PLACES, PLACES), values


@pytest.fixture(scope="module")
def fitted(problem):
    return CoregionalisedGP(n_likelihood=None).fit(*problem)


def by_hand(model, similarity, values, cross, gas, same=None):
    """Generalised least squares mean and variance, with full matrices (no Cholesky, no tricks)."""
    polymer, gases = np.nonzero(np.isfinite(values))
    y = values[polymer, gases]
    total = (
        model.chemistry_[np.ix_(gases, gases)] * similarity[np.ix_(polymer, polymer)]
        + model.polymer_[np.ix_(gases, gases)] * (polymer[:, None] == polymer)
        + np.diag(model.noise_[gases])
    )
    design = np.eye(values.shape[1])[gases]
    inverse = np.linalg.inv(total)
    means = np.linalg.inv(design.T @ inverse @ design) @ design.T @ inverse @ y
    c = model.chemistry_[gas, gases] * cross[polymer]
    if same is not None:
        c = c + model.polymer_[gas, gases] * same[polymer]
    mean = means[gas] + c @ inverse @ (y - design @ means)
    left = np.eye(values.shape[1])[gas] - design.T @ inverse @ c
    variance = (
        model.chemistry_[gas, gas] + model.polymer_[gas, gas] + model.noise_[gas] - c @ inverse @ c
        + left @ np.linalg.inv(design.T @ inverse @ design) @ left
    )  # fmt: skip
    return mean, variance


@pytest.mark.parametrize("gas", [0, 1])
def test_predictions_follow_the_textbook(problem, fitted, gas):
    cross = kernel(np.array([3.3, 12.0]), PLACES)
    found = fitted.predict(cross)
    for row in range(2):
        mean, variance = by_hand(fitted, *problem, cross[row], gas)
        assert found.mean[row, gas] == pytest.approx(mean, abs=1e-8)
        assert found.covariance[row, gas, gas] == pytest.approx(variance, abs=1e-8)


def test_a_fitted_polymer_shares_what_belongs_to_it_alone(problem, fitted):
    cross, same = kernel(PLACES[:1], PLACES), np.arange(60)[None] == 0
    mean, variance = by_hand(fitted, *problem, cross[0], 1, same=same[0])
    found = fitted.predict(cross, same=same)
    assert found.mean[0, 1] == pytest.approx(mean, abs=1e-8)
    assert found.covariance[0, 1, 1] == pytest.approx(variance, abs=1e-8)


def test_chosen_gases_are_the_same_gases(fitted):
    cross = kernel(np.array([1.0, 5.0]), PLACES)
    both, swapped = fitted.predict(cross), fitted.predict(cross, gases=[1, 0])
    np.testing.assert_allclose(swapped.mean, both.mean[:, ::-1])
    np.testing.assert_allclose(swapped.covariance, both.covariance[:, ::-1, ::-1])


def test_leaving_one_out_is_predicting_it_from_the_others(problem, fitted):
    similarity, values = problem
    mean, error = fitted.leave_one_out()
    for row in (0, 17, 40):
        others = np.delete(np.arange(60), row)
        for gas in np.flatnonzero(np.isfinite(values[row])):
            expected, variance = by_hand(
                fitted, similarity[np.ix_(others, others)], values[others],
                similarity[row, others], gas,
            )  # fmt: skip
            assert mean[row, gas] == pytest.approx(expected, abs=1e-7)
            assert error[row, gas] ** 2 == pytest.approx(variance, abs=1e-7)
    assert np.isnan(mean[np.isnan(values)]).all()


def test_the_gradient_is_the_slope_of_the_likelihood(problem):
    similarity, values = problem
    data = _Observed(similarity[:15, :15], values[:15])
    parameters = np.array([1.0, 0.5, 0.8, 0.3, -0.2, 0.4, -2.0, -1.5])
    slope = approx_fprime(parameters, lambda p: data.negative_log_likelihood(p)[0], 1e-6)
    np.testing.assert_allclose(data.negative_log_likelihood(parameters)[1], slope, atol=1e-3)


def test_a_rare_gas_learns_from_a_common_one(problem, fitted):
    """Between two far measurements of gas 2, the many of gas 1 say how it goes on."""
    similarity, values = problem
    alone = CoregionalisedGP(n_likelihood=None).fit(similarity, values[:, 1:])
    grid = np.linspace(0.5, 9.5, 50)
    truth = 2.0 * np.sin(grid) + 1.0
    cross = kernel(grid, PLACES)
    together = np.abs(fitted.predict(cross).mean[:, 1] - truth).mean()
    assert together < 0.5 * np.abs(alone.predict(cross).mean[:, 0] - truth).mean()
    assert together < 0.2


def test_bands_widen_away_from_the_data(fitted):
    found = fitted.predict(kernel(np.array([5.0, 14.0]), PLACES))
    assert (found.standard_error[1] > 3.0 * found.standard_error[0]).all()


def test_known_gases_are_conditioned_on():
    before = GasDistribution(np.zeros((2, 2)), np.array([[[1.0, 0.8], [0.8, 1.0]]] * 2))
    after = given_known(before, [[1.0, np.nan], [np.nan, np.nan]])
    np.testing.assert_allclose(after.mean, [[1.0, 0.8], [0.0, 0.0]])
    np.testing.assert_allclose(after.covariance[0], [[0.0, 0.0], [0.0, 0.36]], atol=1e-12)
    np.testing.assert_allclose(after.covariance[1], before.covariance[1])


def test_a_part_of_the_polymers_may_teach_the_covariances(problem):
    similarity, values = problem
    part = CoregionalisedGP(n_likelihood=30, random_state=1).fit(similarity, values)
    again = CoregionalisedGP(n_likelihood=30, random_state=1).fit(similarity, values)
    cross = kernel(np.array([2.0]), PLACES)
    np.testing.assert_array_equal(part.predict(cross).mean, again.predict(cross).mean)
    assert part.predict(cross).mean[0, 0] == pytest.approx(np.sin(2.0), abs=0.15)


@pytest.mark.parametrize(
    ("similarity", "values", "message"),
    [
        (np.eye(3), np.zeros((4, 2)), r"must be \(n, n\) and \(n, n_gases\)"),
        (np.eye(3), np.column_stack([np.arange(3.0), [1.0, np.nan, np.nan]]), "Gas number 1 has 1"),
    ],
)
def test_impossible_input_is_refused(similarity, values, message):
    with pytest.raises(InputError, match=message):
        CoregionalisedGP().fit(similarity, values)


def test_known_values_need_the_shape_of_the_prediction():
    before = GasDistribution(np.zeros((2, 2)), np.array([np.eye(2)] * 2))
    with pytest.raises(InputError, match=r"it must be \(2, 2\)"):
        given_known(before, [1.0, 2.0])
