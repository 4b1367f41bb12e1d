import dataclasses

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples import absorption_bands, simulate_mixtures


def test_without_noise_absorbance_is_linear_in_every_concentration():
    mixtures = simulate_mixtures(40, noise=0.0, random_state=0)
    for row, concentrations in zip(mixtures.absorbance, mixtures.concentrations, strict=True):
        by_dye = [c * band for c, band in zip(concentrations, mixtures.bands, strict=True)]
        np.testing.assert_allclose(row, np.sum(by_dye, axis=0), rtol=1e-12)


def test_least_squares_finds_the_concentrations_within_the_error_of_theory():
    """The covariance of the estimate is noise^2 (B B^T)^-1."""
    mixtures = simulate_mixtures(2000, noise=0.01, random_state=0)
    found = mixtures.absorbance @ np.linalg.pinv(mixtures.bands)
    spread = 0.01 * np.sqrt(np.diag(np.linalg.inv(mixtures.bands @ mixtures.bands.T)))
    assert (found - mixtures.concentrations).std(axis=0) == pytest.approx(spread, rel=0.08)


def test_spectra_without_noise_have_three_degrees_of_freedom():
    mixtures = simulate_mixtures(50, noise=0.0, random_state=0)
    singular = np.linalg.svd(mixtures.absorbance, compute_uv=False)
    assert singular[2] > 1e-2 * singular[0]
    assert singular[3] < 1e-12 * singular[0]


def test_the_bands_are_of_the_size_of_real_dyes_and_overlap():
    bands = absorption_bands(np.linspace(400, 700, 601))
    assert bands.shape == (3, 601)
    assert (bands >= 0).all()
    assert ((bands.max(axis=1) > 5e3) & (bands.max(axis=1) < 5e4)).all()
    assert (np.diff(bands.argmax(axis=1)) > 0).all()
    correlations = np.corrcoef(bands)
    assert correlations[0, 1] > 0.3
    assert correlations[1, 2] > 0.3


def test_shapes_units_and_sizes_are_as_said():
    mixtures = simulate_mixtures(500, n_wavelengths=80, random_state=3)
    assert mixtures.wavelengths[[0, -1]].tolist() == [400.0, 700.0]
    assert mixtures.absorbance.shape == (500, 80)
    assert mixtures.bands.shape == (3, 80)
    assert mixtures.concentrations.shape == (500, 3)
    assert 0 <= mixtures.concentrations.min() < mixtures.concentrations.max() < 1e-4
    assert mixtures.concentrations.mean() == pytest.approx(1.5e-5, rel=0.05)
    np.testing.assert_array_equal(mixtures.bands, absorption_bands(mixtures.wavelengths))


def test_a_seed_repeats_and_the_result_is_frozen():
    first, again = (simulate_mixtures(4, random_state=7) for _ in range(2))
    assert np.array_equal(first.absorbance, again.absorbance)
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.bands = None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_samples": 0}, "n_samples is 0"),
        ({"n_wavelengths": 1}, "n_wavelengths is 1"),
        ({"noise": -0.1}, "noise is -0.1"),
    ],
)
def test_a_number_out_of_range_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        simulate_mixtures(**{"n_samples": 5, "random_state": 0, **arguments})


def test_a_wavelength_that_is_missing_is_named():
    with pytest.raises(InputError, match="wavelengths holds nan"):
        absorption_bands([400.0, np.nan])
