"""Against exact results: Onsager's energy, Yang's magnetisation, Kaufman's finite lattice."""

import itertools

import numpy as np
import pytest
from scipy.special import ellipk

from edex.errors import InputError
from edex.examples import (
    ISING_CRITICAL_TEMPERATURE,
    ising_energy,
    ising_magnetization,
    simulate_ising,
)

N_SNAPSHOTS = 200
TEMPERATURES = (1.6, 2.0, ISING_CRITICAL_TEMPERATURE, 2.4, 3.5)


def log_partition_function(coupling, size):
    """Of a size x size torus with coupling J/kT: B. Kaufman, Phys. Rev. 76, 1232 (1949)."""
    angles = np.pi * np.arange(2 * size) / size
    gamma = np.arccosh(np.cosh(2 * coupling) / np.tanh(2 * coupling) - np.cos(angles))
    gamma[0] = 2 * coupling + np.log(np.tanh(coupling))  # changes its sign at T_c
    odd, even = size * gamma[1::2] / 2, size * gamma[0::2] / 2
    products = [np.prod(f(x)) for x in (odd, even) for f in (np.cosh, np.sinh)]
    factor = 2.0 ** (size - 1) * (2 * np.sinh(2 * coupling)) ** (size**2 / 2)
    return np.log(factor * np.sum(products, dtype=np.longdouble))


def exact_energy(temperature, size, step=1e-5):
    """The energy per spin in J, from -d ln Z / d(J/kT)."""
    low, high = (log_partition_function(1 / temperature + s, size) for s in (-step, step))
    return float(-(high - low) / (2 * step) / size**2)


def onsager_energy(temperature):
    coupling = 1 / temperature
    modulus = 2 * np.sinh(2 * coupling) / np.cosh(2 * coupling) ** 2
    rest = 2 / np.pi * (2 * np.tanh(2 * coupling) ** 2 - 1) * ellipk(modulus**2)
    return -(1 + rest) / np.tanh(2 * coupling)


@pytest.fixture(scope="module")
def snapshots():
    """200 snapshots of 12 x 12 at each of the temperatures."""
    spins = simulate_ising(
        np.repeat(TEMPERATURES, N_SNAPSHOTS), size=12, n_sweeps=60, random_state=2
    )
    return spins.reshape(len(TEMPERATURES), N_SNAPSHOTS, 12, 12)


def test_the_exact_formula_of_this_test_agrees_with_counting_all_states():
    coupling, total = 0.4, 0.0
    for state in itertools.product((-1, 1), repeat=9):
        total += np.exp(-9 * coupling * ising_energy(np.reshape(state, (3, 3))))
    assert log_partition_function(coupling, 3) == pytest.approx(np.log(total), rel=1e-12)


@pytest.mark.parametrize("temperature", [1.6, 3.5])
def test_far_from_the_critical_point_a_finite_lattice_is_like_an_infinite_one(temperature):
    assert exact_energy(temperature, 12) == pytest.approx(onsager_energy(temperature), abs=1e-3)


@pytest.mark.parametrize("index", range(len(TEMPERATURES)))
def test_the_mean_energy_is_exact_within_its_error(snapshots, index):
    energies = ising_energy(snapshots[index])
    error = energies.std(ddof=1) / np.sqrt(N_SNAPSHOTS)
    assert abs(energies.mean() - exact_energy(TEMPERATURES[index], 12)) < 3.5 * error
    assert error < 0.02


@pytest.mark.parametrize("index", [0, 1])
def test_the_cold_magnetisation_is_that_of_yang(snapshots, index):
    """C. N. Yang, Phys. Rev. 85, 808 (1952); 12 x 12 is large enough below T = 2."""
    magnetizations = abs(ising_magnetization(snapshots[index]))
    exact = (1 - np.sinh(2 / TEMPERATURES[index]) ** -4) ** (1 / 8)
    error = magnetizations.std(ddof=1) / np.sqrt(N_SNAPSHOTS)
    assert abs(magnetizations.mean() - exact) < 3.5 * error + 1e-3


def test_both_signs_of_the_magnetisation_are_drawn(snapshots):
    up = (ising_magnetization(snapshots[0]) > 0).mean()
    assert 0.35 < up < 0.65


def test_hot_spins_know_little_of_each_other():
    """The high-temperature series: the energy goes to -2 J tanh(J/kT)."""
    energies = ising_energy(simulate_ising([50.0] * 100, n_sweeps=10, random_state=0))
    assert energies.mean() == pytest.approx(-2 * np.tanh(1 / 50), abs=0.01)


def test_the_critical_temperature_is_where_the_lattice_is_its_own_dual():
    assert np.sinh(2 / ISING_CRITICAL_TEMPERATURE) == pytest.approx(1.0)


def test_shape_type_and_seed():
    first, again, other = (
        simulate_ising([1.0, 2.0, 3.0], size=5, n_sweeps=3, random_state=seed) for seed in (0, 0, 1)
    )
    assert first.shape == (3, 5, 5)
    assert first.dtype == np.int8
    assert np.isin(first, (-1, 1)).all()
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("spins", "energy", "magnetization"),
    [
        (np.ones((4, 4)), -2.0, 1.0),
        (-np.ones((4, 4), dtype=int), -2.0, -1.0),
        (np.indices((4, 4)).sum(axis=0) % 2 * 2 - 1, 2.0, 0.0),  # a chessboard
        (np.tile([1, 1, -1, -1], (4, 1)), -1.0, 0.0),  # two stripes: half the bonds along x broken
    ],
)
def test_energy_and_magnetisation_of_known_patterns(spins, energy, magnetization):
    assert ising_energy(spins) == energy
    assert ising_magnetization(spins) == magnetization


def test_energy_of_many_snapshots_has_their_shape():
    assert ising_energy(np.ones((2, 3, 4, 4), dtype=np.int8)).shape == (2, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperatures": [1.0, 0.0]}, "smallest is 0"),
        ({"temperatures": [[1.0]]}, r"shape \(1, 1\)"),
        ({"temperatures": [np.nan]}, "temperatures holds nan"),
        ({"size": 2}, "size is 2"),
        ({"n_sweeps": 0}, "n_sweeps is 0"),
    ],
)
def test_a_number_out_of_range_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        simulate_ising(**{"temperatures": [1.0], "random_state": 0, **arguments})


@pytest.mark.parametrize("spins", [np.zeros((4, 4)), np.ones(4)])
def test_what_is_no_lattice_of_spins_is_refused(spins):
    with pytest.raises(InputError, match="-1 and \\+1"):
        ising_energy(spins)
