"""Neighbour shells: the tables of the textbooks, agreement with the PDF, wrong requests."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook_crystals import random_rotation, random_unimodular, textbook_crystal, transformed

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.distances import pair_distances
from edex.spacegroup.pdf import simulate_pdf

# Distance in units of a and number of neighbours: any textbook of solid-state physics.
FCC = [
    (np.sqrt(1 / 2), 12), (1, 6), (np.sqrt(3 / 2), 24), (np.sqrt(2), 12), (np.sqrt(5 / 2), 24),
    (np.sqrt(3), 8), (np.sqrt(7 / 2), 48), (2, 6), (np.sqrt(9 / 2), 36),
]  # fmt: skip
BCC = [
    (np.sqrt(3 / 4), 8), (1, 6), (np.sqrt(2), 12), (np.sqrt(11 / 4), 24), (np.sqrt(3), 8), (2, 6),
]  # fmt: skip
UNLIKE_IN_SALT = [(1 / 2, 6), (np.sqrt(3 / 4), 8), (np.sqrt(5 / 4), 24), (3 / 2, 6 + 24)]


@pytest.mark.parametrize(
    ("name", "center", "neighbour", "a", "shells"),
    [
        ("copper", "Cu", "Cu", 3.6149, FCC),
        ("tungsten", "W", "W", 3.165, BCC),
        ("rock salt", "Na", "Na", 5.6402, FCC),
        ("rock salt", "Cl", "Cl", 5.6402, FCC),
        ("rock salt", "Na", "Cl", 5.6402, UNLIKE_IN_SALT),
        ("rock salt", "Cl", "Na", 5.6402, UNLIKE_IN_SALT),
        ("zinc blende", "Zn", "S", 5.4093, [(np.sqrt(3) / 4, 4), (np.sqrt(11) / 4, 12)]),
        ("fluorite", "Ca", "F", 5.4626, [(np.sqrt(3) / 4, 8)]),
        ("fluorite", "F", "Ca", 5.4626, [(np.sqrt(3) / 4, 4)]),
    ],
)
def test_shells_are_those_of_the_textbook(name, center, neighbour, a, shells):
    expected = np.array(shells)
    table = pair_distances(textbook_crystal(name), a * expected[-1, 0] + 1e-6)
    table = table[(table["center"] == center) & (table["neighbour"] == neighbour)]
    np.testing.assert_allclose(table["distance"], a * expected[:, 0], atol=1e-6)
    np.testing.assert_allclose(table["count"], expected[:, 1], atol=1e-9)


def test_the_table_is_sorted_and_names_both_elements():
    table = pair_distances(textbook_crystal("rock salt"), 6.0)
    assert list(table.columns) == ["center", "neighbour", "distance", "count"]
    assert table["distance"].is_monotonic_increasing
    assert set(zip(table["center"], table["neighbour"], strict=True)) == {
        ("Na", "Na"), ("Na", "Cl"), ("Cl", "Na"), ("Cl", "Cl"),
    }  # fmt: skip
    assert list(table.index) == list(range(len(table)))


def test_a_center_selects_an_element_or_an_atom():
    salt = textbook_crystal("rock salt")
    table = pair_distances(salt, 6.0)
    of_sodium = table[table["center"] == "Na"].reset_index(drop=True)
    assert pair_distances(salt, 6.0, center="Na").equals(of_sodium)
    first = pair_distances(salt, 6.0, center=salt.species.index("Na"))
    np.testing.assert_allclose(first["count"], of_sodium["count"])


def test_an_atom_between_two_kinds_of_sites_counts_its_own_neighbours():
    # In spinel the oxygen has one Mg and three Al around it.
    table = pair_distances(textbook_crystal("spinel"), 2.1, center="O")
    nearest = table.groupby("neighbour")["count"].sum()
    assert nearest.to_dict() == pytest.approx({"Al": 3, "Mg": 1})


def test_partly_filled_sites_count_with_their_occupancy():
    places = [[0, 0, 0], [0, 0, 0], [0.5, 0.5, 0.5]]
    mixed = Crystal(4.0 * np.eye(3), ["K", "Rb", "Cl"], places, [0.25, 0.75, 1.0])
    table = pair_distances(mixed, 3.5)
    found = table.set_index(["center", "neighbour"])["count"].to_dict()
    assert found[("Cl", "K")] == pytest.approx(2)
    assert found[("Cl", "Rb")] == pytest.approx(6)
    assert found[("K", "Cl")] == pytest.approx(8)
    assert ("K", "Rb") not in found  # they share a site


def test_nearly_equal_distances_are_one_shell():
    cell = np.diag([3.0, 3.0004, 3.2])
    table = pair_distances(Crystal(cell, ["Po"], [[0, 0, 0]]), 3.3)
    np.testing.assert_allclose(table["count"], [4, 2])
    np.testing.assert_allclose(table["distance"], [3.0002, 3.2], atol=1e-9)


def test_no_neighbours_make_an_empty_table():
    table = pair_distances(textbook_crystal("copper"), 1.0)
    assert len(table) == 0
    assert "count" in table


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_the_description_of_the_crystal_does_not_matter(seed):
    random = np.random.default_rng(seed)
    crystal = textbook_crystal("rutile")
    matrix = random_unimodular(random)
    matrix[0] *= 2
    other = transformed(crystal, matrix, random.uniform(-1, 1, 3), random)
    turned = Crystal(other.lattice @ random_rotation(random), other.species, other.frac_coords)
    expected, found = pair_distances(crystal, 4.5), pair_distances(turned, 4.5)
    by = ["center", "neighbour"]
    expected, found = (
        t.sort_values([*by, "distance"], ignore_index=True) for t in (expected, found)
    )
    assert expected[by].equals(found[by])
    np.testing.assert_allclose(
        found[["distance", "count"]], expected[["distance", "count"]], atol=1e-8
    )


def test_the_pdf_is_the_sum_over_the_shells():
    # G from the table alone: one Gaussian of area count / r for each shell, less the baseline
    copper = textbook_crystal("copper")
    r, u = np.arange(1.0, 10.0, 0.01), 0.004
    G = -4 * np.pi * r * 4 / copper.volume
    for row in pair_distances(copper, 12.0).to_dict("records"):
        peak = np.exp(-((r - row["distance"]) ** 2) / (4 * u)) / np.sqrt(4 * np.pi * u)
        G += row["count"] / row["distance"] * peak
    found = simulate_pdf(copper, r=r, qmax=80.0, qdamp=0.0, u_iso=u)
    np.testing.assert_allclose(found, G, atol=5e-3 * G.max())


@pytest.mark.parametrize(
    ("r_max", "center", "message"),
    [
        (0, None, "r_max is 0; it must be above 0 Å"),
        (np.inf, None, "r_max is inf"),
        ("5", None, "r_max is '5'; it must be a number"),
        (200.0, None, r"r_max is 200 Å: about .* pairs .* too many for a table"),
        (5.0, "K", "center is 'K'; the crystal has Na, Cl"),
        (5.0, 8, "center is 8; the crystal has atoms 0 to 7"),
        (5.0, -1, "center is -1"),
    ],
)
def test_wrong_requests_are_named_with_the_rule(r_max, center, message):
    with pytest.raises(InputError, match=message):
        pair_distances(textbook_crystal("rock salt"), r_max, center=center)
