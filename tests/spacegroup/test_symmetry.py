"""Symmetry: groups of textbook crystals, in any cell, checked against spglib and by hand."""

import warnings

import numpy as np
import pytest
from textbook_crystals import (
    OF_THE_COURSE,
    TEXTBOOK,
    random_rotation,
    random_unimodular,
    textbook_crystal,
    transformed,
)

from edex.errors import InputError
from edex.spacegroup import spglib_calls
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.spglib_calls import symmetry_dataset
from edex.spacegroup.structures import load_crystals
from edex.spacegroup.symmetry import (
    SYMPREC,
    analyse_symmetry,
    find_space_group,
    orbits,
    primitive_cell,
    quick_operations,
)

ORDER = {2: 2, 14: 4, 15: 4, 62: 8, 139: 16, 194: 24, 225: 48, 227: 48}
CENTRINGS = {2: 1, 14: 1, 15: 2, 62: 1, 139: 2, 194: 1, 225: 4, 227: 4}
# Multiplicities in the conventional cell, as the International Tables list them
MULTIPLICITIES = {
    "kyanite": [2] * 16,
    "baddeleyite": [4, 4, 4],
    "diopside": [4, 4, 8, 8, 8, 8],
    "perovskite": [4, 4, 4, 8],
    "BaZn2As2": [2, 4, 4],
    "magnesium": [2],
    "nickeline": [2, 2],
    "rock salt": [4, 4],
    "fluorite": [4, 8],
    "Heusler": [4, 4, 8],
    "spinel": [8, 16, 32],
    "corundum": [12, 18],
    "quartz": [3, 6],
}


def test_all_classes_of_the_course_are_tried():
    assert {TEXTBOOK[name][0] for name in OF_THE_COURSE} == set(CLASSES)


@pytest.mark.parametrize("name", TEXTBOOK)
def test_a_textbook_crystal_has_the_group_of_the_textbook(name):
    number, _, _, _, n_atoms = TEXTBOOK[name]
    crystal = textbook_crystal(name)
    assert len(crystal) == n_atoms
    assert find_space_group(crystal) == number
    assert analyse_symmetry(crystal).number == number
    assert find_space_group(primitive_cell(crystal)) == number


@pytest.mark.parametrize("name", TEXTBOOK)
def test_cell_origin_orientation_and_order_do_not_matter(name):
    random = np.random.default_rng(3)
    crystal = textbook_crystal(name)
    for _ in range(3):
        other = transformed(crystal, random_unimodular(random), random.random(3), random)
        turned = Crystal(other.lattice @ random_rotation(random), other.species, other.frac_coords)
        assert find_space_group(turned) == TEXTBOOK[name][0]
    for supercell in (np.diag([2, 1, 1]), np.array([[1, 1, 0], [-1, 1, 0], [0, 0, 1]])):
        larger = transformed(crystal, supercell, random.random(3), random)
        assert find_space_group(larger) == TEXTBOOK[name][0]
        assert len(primitive_cell(larger)) == len(primitive_cell(crystal))


@pytest.mark.parametrize("name", MULTIPLICITIES)
def test_orbits_are_those_of_the_international_tables(name):
    crystal = textbook_crystal(name)
    found = orbits(crystal)
    assert sorted(found.multiplicities) == MULTIPLICITIES[name]
    assert found.multiplicities.sum() == len(crystal)
    equivalent = analyse_symmetry(crystal).equivalent_atoms
    for atom, first in enumerate(equivalent):
        assert crystal.species[atom] == crystal.species[first]


@pytest.mark.parametrize("name", OF_THE_COURSE)
def test_operations_map_the_crystal_to_itself_and_are_all_there(name):
    crystal = textbook_crystal(name)
    found = analyse_symmetry(crystal)
    assert len(found.rotations) == ORDER[found.number] * CENTRINGS[found.number]
    for rotation, translation in zip(found.rotations, found.translations, strict=True):
        moved = crystal.frac_coords @ rotation.T + translation
        for species, place in zip(crystal.species, moved, strict=True):
            away = crystal.frac_coords - place
            distances = np.linalg.norm((away - np.rint(away)) @ crystal.lattice, axis=1)
            assert distances.min() < 1e-3
            assert crystal.species[distances.argmin()] == species


@pytest.mark.parametrize("name", TEXTBOOK)
def test_the_primitive_cell_is_the_same_crystal_not_turned(name):
    crystal = textbook_crystal(name)
    primitive = primitive_cell(crystal)
    centring = crystal.volume / primitive.volume
    assert centring == pytest.approx({"F": 4, "I": 2, "C": 2, "R": 3}.get(TEXTBOOK[name][1][0], 1))
    assert len(crystal) == round(centring) * len(primitive)
    steps = crystal.lattice @ np.linalg.inv(primitive.lattice)
    assert np.allclose(steps, np.rint(steps), atol=1e-6)  # old vectors join points of the lattice
    assert np.linalg.det(primitive.lattice) > 0
    places = crystal.frac_coords @ crystal.lattice @ np.linalg.inv(primitive.lattice)
    for species, place in zip(crystal.species, places, strict=True):
        away = primitive.frac_coords - place
        distances = np.linalg.norm((away - np.rint(away)) @ primitive.lattice, axis=1)
        assert distances.min() < 1e-6
        assert primitive.species[distances.argmin()] == species


def test_the_primitive_cell_keeps_atoms_of_one_orbit_together():
    primitive = primitive_cell(textbook_crystal("spinel"))
    equivalent = analyse_symmetry(primitive).equivalent_atoms
    assert (np.diff(equivalent) >= 0).all()
    again = primitive_cell(primitive)
    assert np.allclose(again.lattice, primitive.lattice)
    assert again.species == primitive.species


def test_left_and_right_quartz_are_told_apart_in_cells_of_either_hand():
    quartz = textbook_crystal("quartz")
    swapped = transformed(quartz, [[0, 1, 0], [1, 0, 0], [0, 0, 1]])  # the same, described anew
    mirrored = Crystal(quartz.lattice * [1, 1, -1], quartz.species, quartz.frac_coords)
    for crystal, number in ((quartz, 154), (swapped, 154), (mirrored, 152)):
        assert find_space_group(crystal) == analyse_symmetry(crystal).number == number
        assert find_space_group(primitive_cell(crystal)) == number


def mixed_spinel():
    """Fe and Mg share one site, Al the other with a few vacancies."""
    crystal = textbook_crystal("spinel")
    shared = [i for i, symbol in enumerate(crystal.species) if symbol == "Mg"]
    occupancies = np.where(np.array(crystal.species) == "Al", 0.9, 1.0)
    occupancies[shared] = 0.7
    return Crystal(
        crystal.lattice,
        [*crystal.species, *["Fe"] * len(shared)],
        np.concatenate((crystal.frac_coords, crystal.frac_coords[shared])),
        np.concatenate((occupancies, np.full(len(shared), 0.3))),
        space_group_number=227,
        prototype="p",
        source_id="s",
    )


def test_a_mixed_site_is_one_site_for_symmetry_and_keeps_its_atoms():
    crystal = mixed_spinel()
    assert find_space_group(crystal) == 227
    found = orbits(crystal)
    assert sorted(found.multiplicities) == [8, 8, 16, 32]  # Mg and Fe apart
    primitive = primitive_cell(crystal)
    assert sorted(primitive.species) == ["Al"] * 4 + ["Fe"] * 2 + ["Mg"] * 2 + ["O"] * 8
    share = dict(zip(primitive.species, primitive.occupancies, strict=True))
    assert share == pytest.approx({"Mg": 0.7, "Fe": 0.3, "Al": 0.9, "O": 1.0})
    assert sorted(orbits(primitive).multiplicities) == [2, 2, 4, 8]
    assert (primitive.space_group_number, primitive.prototype, primitive.source_id) == (
        227, "p", "s",
    )  # fmt: skip
    letters = analyse_symmetry(crystal).wyckoff_letters
    assert len({letters[i] for i in found.representatives}) == 3


def test_sites_of_other_composition_break_the_symmetry():
    crystal = textbook_crystal("caesium chloride")
    same = Crystal(crystal.lattice, ["Cs", "Cs"], crystal.frac_coords, [0.8, 0.8])
    other = Crystal(crystal.lattice, ["Cs", "Cs"], crystal.frac_coords, [0.8, 0.7])
    assert (find_space_group(same), find_space_group(other)) == (229, 221)


def test_tolerance_decides_about_small_distortions():
    crystal = textbook_crystal("rock salt")
    coords = np.array(crystal.frac_coords)
    coords[0] += 0.02 / 5.6402
    moved = Crystal(crystal.lattice, crystal.species, coords)
    assert find_space_group(moved, symprec=0.1) == 225
    assert find_space_group(moved, symprec=0.001) == 160  # the 3m of a shift along [111]


def test_a_misfit_near_the_tolerance_is_left_to_spglib():
    crystal = textbook_crystal("rock salt")
    for shift, quick in ((1e-5, True), (0.007, False), (0.014, False), (0.2, True)):
        coords = np.array(crystal.frac_coords)
        coords[0, 0] += shift / 5.6402
        moved = Crystal(crystal.lattice, crystal.species, coords)
        assert (quick_operations(moved) is not None) == quick
        assert find_space_group(moved) == spglib_number(moved)


def distorted(crystal, random, size):
    """Strain a crystal and move its atoms at random, by ``size`` Å."""
    strain = np.eye(3) + random.normal(size=(3, 3)) * size / 5
    moved = crystal.frac_coords + random.normal(size=(len(crystal), 3)) * size @ np.linalg.inv(
        crystal.lattice
    )
    return Crystal(crystal.lattice @ strain, crystal.species, moved)


def spglib_number(crystal):
    number_of = {}
    types = [number_of.setdefault(symbol, len(number_of)) for symbol in crystal.species]
    return symmetry_dataset(crystal.lattice, crystal.frac_coords, types, SYMPREC)[0].number


@pytest.mark.parametrize("name", TEXTBOOK)
def test_the_quick_search_agrees_with_spglib_on_distorted_crystals(name):
    random = np.random.default_rng(5)
    primitive = primitive_cell(textbook_crystal(name))
    for size in np.geomspace(3e-4, 0.3, 12):
        crystal = distorted(primitive, random, size)
        assert find_space_group(crystal) == spglib_number(crystal)


@pytest.mark.slow
def test_the_quick_search_agrees_with_spglib_on_all_embedded_structures():
    crystals, _ = load_crystals()
    left_to_spglib = 0
    for crystal in crystals:
        quick = quick_operations(crystal)
        if quick is None:
            left_to_spglib += 1
        else:
            assert quick.number == spglib_number(crystal)
    assert left_to_spglib < 0.03 * len(crystals)


def test_no_warning_of_spglib_is_seen():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analyse_symmetry(textbook_crystal("copper"))
        find_space_group(textbook_crystal("copper"))


def test_atoms_at_one_place_have_no_group():
    crystal = Crystal(3 * np.eye(3), ["Na", "Na"], [[0, 0, 0], [0, 0, 1e-4]], source_id="twice")
    with pytest.raises(InputError, match=r"'twice' within 0\.01 Å") as one:
        find_space_group(crystal)
    assert "look for repeated atoms" in str(one.value)


@pytest.mark.parametrize("symprec", [0, -0.01, 3.0, float("nan")])
@pytest.mark.parametrize("search", [find_space_group, analyse_symmetry, primitive_cell, orbits])
def test_a_senseless_tolerance_is_refused(search, symprec):
    with pytest.raises(InputError, match=r"above 0 and at most 0\.5 Å"):
        search(textbook_crystal("copper"), symprec=symprec)


def test_failures_of_spglib_are_none_whatever_way_they_come(monkeypatch):
    def broken(*_, **__):
        raise spglib_calls.spglib.SpglibError("out of luck")

    nothing = np.zeros((0, 3, 3), dtype=int)
    for replacement in (broken, lambda *_, **__: None):
        for name in (
            "get_symmetry_dataset",
            "get_spacegroup_type_from_symmetry",
            "niggli_reduce",
        ):
            monkeypatch.setattr(spglib_calls.spglib, name, replacement)
        assert symmetry_dataset(np.eye(3), np.zeros((1, 3)), [0], 0.1)[0] is None
        assert spglib_calls.group_of_operations(nothing, np.zeros((0, 3)), np.eye(3)) is None
        assert np.array_equal(spglib_calls.niggli_basis(np.eye(3)), np.eye(3))
