"""Structure types of the elements: their shells, their sizes, their symmetry."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples.structure_types import (
    STRUCTURE_TYPES,
    close_packed_crystal,
    element_crystal,
    faulted_layers,
    simulate_curves,
)
from edex.spacegroup import find_space_group, pair_distances

R = np.arange(1.8, 12, 0.06)


@pytest.mark.parametrize(
    ("kind", "number", "shells"),
    [
        ("simple cubic", 221, {1.0: 6, np.sqrt(2): 12, np.sqrt(3): 8}),
        ("bcc", 229, {1.0: 8, np.sqrt(4 / 3): 6, np.sqrt(8 / 3): 12}),
        ("diamond", 227, {1.0: 4, np.sqrt(8 / 3): 12}),
        ("fcc", 225, {1.0: 12, np.sqrt(2): 6, np.sqrt(3): 24}),
        ("hcp", 194, {1.0: 12, np.sqrt(2): 6, np.sqrt(8 / 3): 2}),
        ("dhcp", 194, {1.0: 12, np.sqrt(2): 6, np.sqrt(8 / 3): 1}),
        ("9R", 166, {1.0: 12, np.sqrt(2): 6, np.sqrt(8 / 3): 4 / 3}),
    ],
)
def test_each_type_has_the_space_group_and_the_shells_of_the_textbook(kind, number, shells):
    crystal = element_crystal(kind, 2.5)
    assert find_space_group(crystal) == number
    table = pair_distances(crystal, 2.5 * 1.75)
    for ratio, count in shells.items():
        found = table.loc[np.isclose(table["distance"], 2.5 * ratio, atol=2e-3), "count"]
        assert found.sum() == pytest.approx(count)


def test_a_type_has_no_size():
    small, large = (pair_distances(element_crystal("9R", d), 2.2 * d) for d in (2.0, 3.0))
    np.testing.assert_allclose(large["distance"] / small["distance"], 1.5, rtol=1e-6)
    np.testing.assert_allclose(large["count"], small["count"])


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("n_layers", [4, 7, 24, 61])
def test_every_random_sequence_is_a_close_packing(share, n_layers):
    for seed in range(20):
        letters = faulted_layers(n_layers, share, random_state=seed)
        assert len(letters) == n_layers
        crystal = close_packed_crystal(letters, 2.5)
        if n_layers < 10:
            first = pair_distances(crystal, 2.6)
            assert first["count"].sum() == pytest.approx(12)


def test_the_share_of_hexagonal_layers_is_the_probability():
    letters = faulted_layers(20_001, 0.3, random_state=1)
    is_hexagonal = [a == c for a, c in zip(letters, letters[2:], strict=False)]
    assert np.mean(is_hexagonal) == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 20_000))


def test_curves_have_unit_height_and_the_noise_that_was_asked_for():
    crystals = [element_crystal("fcc", 2.6)] * 60
    clean = simulate_curves(crystals, R)
    noisy = simulate_curves(crystals, R, noise=0.5, random_state=2)
    np.testing.assert_allclose((noisy**2).mean(axis=1), 1)
    # Noise of 0.5 on a curve of rms 1: the correlation with the clean one is 1 / sqrt(1.25).
    mean = np.mean((noisy * clean).mean(axis=1))
    assert mean == pytest.approx(1 / np.sqrt(1.25), abs=0.01)


def test_each_crystal_gets_its_own_conditions():
    crystals = [element_crystal("bcc", 2.6)] * 2
    both = simulate_curves(crystals, R, u_iso=[0.004, 0.02], qmax=[23, 15])
    hot = simulate_curves(crystals[:1], R, u_iso=0.02, qmax=15)
    np.testing.assert_allclose(both[1], hot[0])
    assert both[0].max() > both[1].max()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: element_crystal("wurtzite", 2.5), "no structure type 'wurtzite'"),
        (lambda: element_crystal("bcc", -1.0), "distance is -1.0"),
        (lambda: close_packed_crystal("ABA", 2.5), "two equal letters"),
        (lambda: close_packed_crystal("AX", 2.5), "layers is 'AX'"),
        (lambda: faulted_layers(3, 0.5), "n_layers is 3"),
        (lambda: faulted_layers(9, 1.5), "hexagonal_share 1.5"),
    ],
)
def test_what_is_wrong_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_all_types_can_be_built():
    assert len({len(element_crystal(kind, 2.5)) for kind in STRUCTURE_TYPES}) > 3
