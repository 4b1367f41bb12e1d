"""Sites: atoms at one place are one site, and disorder is handled by stated rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.disorder import MIN_DISTANCE, check_sites
from edex.spacegroup.sites import merge_sites

CUBE = 4.0 * np.eye(3)


def test_atoms_of_an_ordered_crystal_are_sites_of_their_own():
    sites = merge_sites(Crystal(CUBE, ["Cs", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]))
    assert sites.members == ((0,), (1,))
    assert sites.types == [0, 1]


def test_atoms_at_one_place_share_a_site_even_across_the_cell_border():
    crystal = Crystal(
        CUBE, ["Cu", "O", "Au"], [[0, 0, 0.999], [0.5, 0.5, 0.5], [0, 0, 1e-4]], [0.7, 1, 0.3]
    )
    sites = merge_sites(crystal)
    assert sites.members == ((2, 0), (1,))  # alphabetical: Au before Cu
    assert sites.compositions[0] == (("Au", 0.3), ("Cu", 0.7))
    assert np.allclose(np.abs(sites.frac_coords[0] - np.rint(sites.frac_coords[0])), [0, 0, 4.5e-4])


def test_equal_content_is_one_type_in_whatever_order_it_is_written():
    crystal = Crystal(
        CUBE, ["Cu", "Au", "Au", "Cu"], [[0] * 3, [0] * 3, [0.5] * 3, [0.5] * 3], [0.7, 0.3] * 2
    )
    assert merge_sites(crystal).types == [0, 1]
    swapped = Crystal(
        CUBE, ["Cu", "Au", "Au", "Cu"], [[0] * 3, [0] * 3, [0.5] * 3, [0.5] * 3],
        [0.7, 0.3, 0.3, 0.7],
    )  # fmt: skip
    assert merge_sites(swapped).types == [0, 0]


def test_a_vacancy_makes_another_type():
    crystal = Crystal(CUBE, ["Fe", "Fe"], [[0] * 3, [0.5] * 3], [1.0, 0.9])
    assert merge_sites(crystal).types == [0, 1]


def test_more_than_one_atom_on_a_site_is_refused():
    crystal = Crystal(CUBE, ["Cu", "Au"], [[0] * 3, [0] * 3], [0.7, 0.6], source_id="bad")
    with pytest.raises(InputError, match=r"'bad' has Au 0.6, Cu 0.7 on one site: 1.3 atoms") as one:
        merge_sites(crystal)
    assert "Correct the occupancies" in str(one.value)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(max_examples=40)
def test_every_atom_is_on_exactly_one_site(seed, n_places):
    random = np.random.default_rng(seed)
    lattice = np.diag(random.uniform(3, 9, 3)) + random.uniform(-1, 1, (3, 3))
    places = np.array([[i / n_places, 0.3, 0.7] for i in range(n_places)]) + random.normal(size=3)
    atoms = np.repeat(np.arange(n_places), random.integers(1, 4, n_places))
    coords = places[atoms] + random.integers(-2, 3, (len(atoms), 3))
    elements = [["Fe", "Mg", "Ni"][k] for k in random.integers(0, 3, len(atoms))]
    sites = merge_sites(Crystal(lattice, elements, coords, np.full(len(atoms), 0.3)))
    assert len(sites) == n_places
    assert sorted(atom for members in sites.members for atom in members) == list(range(len(atoms)))


def test_ordered_crystals_pass_without_a_word():
    assert check_sites(Crystal(CUBE, ["Cs", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])) == ()


def test_mixed_sites_and_a_few_vacancies_are_kept_and_noted():
    crystal = Crystal(CUBE, ["Fe", "Mg", "O"], [[0] * 3, [0] * 3, [0.5] * 3], [0.6, 0.4, 0.8])
    mixed, vacant = check_sites(crystal)
    assert mixed == "1 of 2 sites are mixed: kept as mean atoms"
    assert vacant == "1 of 2 sites are partly empty (down to 80% filled): kept as mean atoms"


def test_a_site_that_is_mostly_empty_is_refused():
    crystal = Crystal(CUBE, ["Ag", "I"], [[0] * 3, [0.5] * 3], [0.4, 1])
    with pytest.raises(InputError, match=r"holds Ag 0\.4 and is 60% empty; at least 50%"):
        check_sites(crystal)


@pytest.mark.parametrize(
    ("shares", "advice"),
    [((0.5, 0.5), "alternative places"), ((1, 1), "Check the coordinates")],
)
def test_sites_too_close_are_refused_with_the_distance(shares, advice):
    close = (MIN_DISTANCE - 0.1) / 4
    crystal = Crystal(CUBE, ["H", "O"], [[0, 0, 1 - close / 2], [0, 0, close / 2]], shares)
    with pytest.raises(InputError, match=r"0\.50 Å apart") as one:
        check_sites(crystal)
    assert advice in str(one.value)


def test_sites_just_far_enough_are_kept():
    far = (MIN_DISTANCE + 0.01) / 4
    check_sites(Crystal(CUBE, ["H", "H"], [[0, 0, 0], [0, 0, far]]))


def test_a_close_image_is_seen_in_a_very_oblique_cell():
    oblique = np.array([[1, 0, 0], [7, 1, 0], [5, -6, 1]]) @ CUBE
    coords = np.array([[0, 0, 0], [0.1, 0, 0]]) @ CUBE @ np.linalg.inv(oblique)
    with pytest.raises(InputError, match=r"0\.40 Å apart"):
        check_sites(Crystal(oblique, ["H", "O"], coords))
