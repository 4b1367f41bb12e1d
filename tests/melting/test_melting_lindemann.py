"""Lindemann's rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edex.errors import InputError
from edex.melting.lindemann import fit_power_law, lindemann_temperature, volume_per_atom

positive = st.floats(0.1, 1e4)


@pytest.mark.parametrize(
    ("weight", "density", "lattice", "atoms"),
    [
        (29.22, 2.165, 5.640, 8),  # NaCl
        (28.085, 2.329, 5.431, 8),  # Si
        (55.845, 7.874, 2.866, 2),  # Fe
    ],
)
def test_the_volume_per_atom_is_that_of_the_unit_cell(weight, density, lattice, atoms):
    assert volume_per_atom(weight, density) == pytest.approx(lattice**3 / atoms, rel=2e-3)


def test_one_gigapascal_times_one_cubic_angstrom_is_72_kelvin():
    assert lindemann_temperature(1.0, 1.0) == pytest.approx(72.43, abs=0.01)


@given(positive, positive, st.floats(0.1, 10.0))
def test_the_temperature_is_proportional_to_both_factors(modulus, volume, factor):
    reference = lindemann_temperature(modulus, volume)
    np.testing.assert_allclose(lindemann_temperature(factor * modulus, volume), factor * reference)
    np.testing.assert_allclose(lindemann_temperature(modulus, factor * volume), factor * reference)


@given(st.floats(0.2, 2.0), st.floats(0.01, 100.0))
def test_a_power_law_is_found_again(exponent, factor):
    x = np.array([10.0, 100.0, 300.0, 5000.0])
    law = fit_power_law(x, factor * x**exponent)
    assert law.exponent == pytest.approx(exponent)
    assert law.factor == pytest.approx(factor)
    assert law.correlation == pytest.approx(1.0)
    np.testing.assert_allclose(law.predict(x), factor * x**exponent)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_what_no_solid_has_is_refused(value):
    with pytest.raises(InputError, match="1 of 2 values of modulus are not positive"):
        lindemann_temperature([50.0, value], 10.0)
