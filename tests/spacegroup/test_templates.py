"""Perturbed crystals keep the symmetry of their template, and only that is kept."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.symmetry import find_space_group
from edex.spacegroup.templates import Perturbation, RejectedDrawError, make_template, perturb

A = np.array


def rock_salt():
    """Return NaCl in its cubic cell of 8 atoms."""
    sodium = A([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    return Crystal(
        5.64 * np.eye(3),
        ["Na"] * 4 + ["Cl"] * 4,
        np.vstack([sodium, sodium + A([0.5, 0, 0])]),
        space_group_number=225,
    )


def perovskite():
    """Return CaTiO3 in Pnma, 20 atoms."""
    general = A([[0.28878, 0.0370, 0.2889]])
    x, y, z = general[0, 0], general[0, 1], general[0, 2]
    oxygen = [
        (x, y, z),
        (-x + 0.5, -y, z + 0.5),
        (-x, y + 0.5, -z),
        (x + 0.5, -y + 0.5, -z + 0.5),
    ]
    oxygen += [(-a, -b, -c) for a, b, c in oxygen]

    def mirror(u, w):
        return [
            (u, 0.25, w),
            (-u + 0.5, 0.75, w + 0.5),
            (-u, 0.75, -w),
            (u + 0.5, 0.25, -w + 0.5),
        ]

    coords = [
        *mirror(0.0359, 0.9929),
        *[(0, 0, 0.5), (0.5, 0, 0), (0, 0.5, 0.5), (0.5, 0.5, 0)],
        *mirror(0.4841, 0.0707),
        *oxygen,
    ]
    return Crystal(
        np.diag([5.442, 7.640, 5.380]),
        ["Ca"] * 4 + ["Ti"] * 4 + ["O"] * 12,
        coords,
        space_group_number=62,
    )


def test_rock_salt_is_free_in_its_lattice_parameter_only():
    template = make_template(rock_salt())
    assert len(template.crystal) == 2
    assert len(template.strains) == 1
    np.testing.assert_allclose(
        template.strains[0] / template.strains[0][0, 0], np.eye(3), atol=1e-9
    )
    assert len(template.displacements) == 0


def test_small_errors_of_the_template_do_not_grow_with_the_cell():
    salt = rock_salt()
    shaky = salt.frac_coords + np.random.default_rng(0).normal(scale=2e-4, size=(8, 3))
    lattice = salt.lattice + np.random.default_rng(1).normal(scale=2e-4, size=(3, 3))
    template = make_template(Crystal(lattice, salt.species, shaky, space_group_number=225))
    exact = template.crystal
    assert find_space_group(exact, symprec=1e-5) == 225
    assert exact.volume == pytest.approx(salt.volume / 4, rel=1e-3)


@pytest.mark.parametrize("make", [rock_salt, perovskite])
def test_a_template_does_not_depend_on_the_cell_in_which_it_is_given(make):
    crystal = make()
    double = Crystal(
        np.diag([1, 1, 2]) @ crystal.lattice,
        crystal.species * 2,
        np.vstack([crystal.frac_coords + A([0, 0, k]) for k in (0, 1)]) / [1, 1, 2],
        space_group_number=crystal.space_group_number,
    )
    one, two = make_template(crystal), make_template(double)
    assert len(one.crystal) == len(two.crystal)
    assert len(one.displacements) == len(two.displacements)
    assert sorted(one.orbits.multiplicities) == sorted(two.orbits.multiplicities)


def test_the_free_coordinates_of_a_perovskite_are_those_of_its_wyckoff_positions():
    """4c (x, 1/4, z) twice, 8d (x, y, z), 4a fixed: seven; and three cell lengths."""
    template = make_template(perovskite())
    assert len(template.displacements) == 7
    assert len(template.strains) == 3


@pytest.mark.parametrize("make", [rock_salt, perovskite])
def test_a_perturbed_crystal_has_the_space_group_of_its_template(make):
    template = make_template(make())
    rng = np.random.default_rng(0)
    found = []
    for _ in range(20):
        crystal, orbits = perturb(template, rng, Perturbation(closest=0.0))
        found.append(find_space_group(crystal))
        assert orbits.multiplicities.sum() == len(crystal)
    assert set(found) == {template.crystal.space_group_number}


def test_the_same_random_state_gives_the_same_crystal():
    template = make_template(perovskite())
    first, again, other = (
        perturb(template, np.random.default_rng(seed), Perturbation(closest=0.0))[0]
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.frac_coords, again.frac_coords)
    assert first.species == again.species
    assert not np.allclose(first.lattice, other.lattice)


def test_nothing_moves_without_amplitudes():
    template = make_template(perovskite())
    still = Perturbation(strain=0, scale=0, displacement=0, substitution=0)
    crystal, _ = perturb(template, np.random.default_rng(0), still)
    np.testing.assert_allclose(crystal.lattice, template.crystal.lattice)
    np.testing.assert_allclose(crystal.frac_coords, template.crystal.frac_coords)
    assert crystal.species == template.crystal.species


def test_displacements_have_the_size_that_was_asked_for():
    template = make_template(perovskite())
    settings = Perturbation(strain=0, scale=0, displacement=0.1, substitution=0, closest=0.0)
    rng = np.random.default_rng(0)
    moved = []
    for _ in range(300):
        crystal, _ = perturb(template, rng, settings)
        shift = (crystal.frac_coords - template.crystal.frac_coords) @ template.crystal.lattice
        moved.append(np.linalg.norm(shift, axis=1))
    squares = np.mean(np.square(moved), axis=0)
    free = {"O": 3, "Ca": 2}  # free coordinates of a general position and of one on a mirror
    general = [i for i, s in enumerate(template.crystal.species) if s == "Ca"]
    np.testing.assert_allclose(squares[general], free["Ca"] * 0.01, rtol=0.25)


def test_bigger_atoms_make_a_bigger_cell():
    template = make_template(rock_salt())
    settings = Perturbation(strain=0, scale=0, substitution=1.0, closest=0.0)
    rng = np.random.default_rng(0)
    volumes = {}
    for _ in range(200):
        crystal, _ = perturb(template, rng, settings)
        volumes[frozenset(crystal.species)] = crystal.volume
    assert volumes[frozenset({"Li", "F"})] < template.crystal.volume
    assert volumes[frozenset({"Cs", "I"})] > 1.3 * template.crystal.volume


def test_atoms_that_come_too_close_are_rejected():
    template = make_template(perovskite())
    wild = Perturbation(displacement=1.0)
    with pytest.raises(RejectedDrawError, match="times the sum of their covalent radii"):
        perturb(template, np.random.default_rng(0), wild)


def test_a_mixed_site_moves_as_one():
    mixed = Crystal(
        np.diag([4.0, 4.0, 6.0]),
        ["Ti", "Zr", "C"],
        [[0, 0, 0], [0, 0, 0], [0.5, 0.5, 0.3]],
        [0.5, 0.5, 1.0],
    )
    template = make_template(mixed)
    crystal, _ = perturb(template, np.random.default_rng(0), Perturbation(closest=0.0))
    assert len(crystal) == 3
    family_of_carbon = {"C", "Si", "Ge", "Sn", "Pb"}
    metals = [s not in family_of_carbon for s in crystal.species]
    first, second = crystal.frac_coords[metals]
    np.testing.assert_allclose(first, second)


def test_a_wrong_label_is_refused_with_both_numbers():
    with pytest.raises(InputError, match="labelled 62, but spglib finds 225"):
        make_template(rock_salt().with_label(space_group_number=62))


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_impossible_settings_are_refused(value):
    with pytest.raises(InputError, match="displacement is"):
        Perturbation(displacement=value)
