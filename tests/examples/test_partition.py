"""ln Z against a sum over all states, against Onsager's energy, and at its limits."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples.ising import ISING_CRITICAL_TEMPERATURE
from edex.examples.partition import ising_log_partition


def _sum_over_states(temperature, size):
    states = np.arange(2 ** (size * size))
    spins = 1 - 2 * ((states[:, None] >> np.arange(size * size)) & 1).reshape(-1, size, size)
    energies = -sum((spins * np.roll(spins, 1, axis)).sum(axis=(1, 2)) for axis in (1, 2))
    return np.logaddexp.reduce(-energies / temperature)


@pytest.mark.parametrize("size", [3, 4])
@pytest.mark.parametrize("temperature", [0.5, 1.5, ISING_CRITICAL_TEMPERATURE, 2.5, 10.0])
def test_it_is_the_sum_over_all_states(temperature, size):
    exact = _sum_over_states(temperature, size)
    assert ising_log_partition(temperature, size=size) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("temperature", [1.8, 3.5])
def test_a_large_magnet_has_the_free_energy_of_onsager(temperature):
    coupling = 1 / temperature
    angles = np.cos((np.arange(2000) + 0.5) * np.pi / 2000)
    terms = np.cosh(2 * coupling) ** 2 - np.sinh(2 * coupling) * (angles[:, None] + angles)
    per_spin = np.log(2) + np.log(terms).mean() / 2
    assert ising_log_partition(temperature, size=96) / 96**2 == pytest.approx(per_spin, abs=1e-4)


def test_cold_magnets_have_two_states():
    assert ising_log_partition(0.1, size=8) == pytest.approx(2 * 64 / 0.1 + np.log(2))


@pytest.mark.parametrize(("temperature", "size"), [(0.0, 8), (-1.0, 8), (np.nan, 8), (2.0, 2)])
def test_impossible_magnets_are_refused(temperature, size):
    with pytest.raises(InputError):
        ising_log_partition(temperature, size=size)
