"""Prototype keys: equal for one structure type however it is written, unequal for others."""

import gemmi
import numpy as np
import pytest
from textbook_crystals import (
    OF_THE_COURSE,
    TEXTBOOK,
    random_rotation,
    random_unimodular,
    textbook_cif,
    textbook_crystal,
    transformed,
)

from edex.spacegroup import prototypes
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.prototypes import point_group_of, prototype_key, sites_in_key
from edex.spacegroup.readers import read_cif
from edex.spacegroup.structures import load_crystals
from edex.spacegroup.symmetry import analyse_symmetry, primitive_cell

# Site symmetries as the International Tables list them, multiplicities per primitive cell
KEYS = {
    "kyanite": "2 | 2 1 ×16",
    "baddeleyite": "14 | 4 1 ×3",
    "diopside": "15 | 2 2 ×2 · 4 1 ×4",
    "perovskite": "62 | 4 -1 · 4 m ×2 · 8 1",
    "BaZn2As2": "139 | 1 4/mmm · 2 -42m · 2 4mm",
    "magnesium": "194 | 2 -62m",
    "nickeline": "194 | 2 -3m · 2 -62m",
    "rock salt": "225 | 1 m-3m ×2",
    "fluorite": "225 | 1 m-3m · 2 -43m",
    "Heusler": "225 | 1 m-3m ×2 · 2 -43m",
    "diamond": "227 | 2 -43m",
    "spinel": "227 | 2 -43m · 4 -3m · 8 3m",
    "rutile": "136 | 2 mmm · 4 mm2",
    "corundum": "167 | 4 3 · 6 2",
    "quartz": "154 | 3 2 · 6 1",
}
SETTINGS = {
    "baddeleyite": ["P 1 21/c 1", "P 1 21/n 1", "P 1 21/a 1", "P 1 1 21/a", "P 21/b 1 1"],
    "diopside": ["C 1 2/c 1", "I 1 2/a 1", "A 1 2/a 1", "I 1 2/c 1", "B 1 1 2/b"],
    "perovskite": ["P n m a", "P b n m", "P m c n", "P m n b", "P c m n", "P n a m"],
    "spinel": ["F d -3 m:1", "F d -3 m:2"],
    "diamond": ["F d -3 m:1", "F d -3 m:2"],
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_those_of_the_international_tables(name):
    assert prototype_key(textbook_crystal(name)) == KEYS[name]


@pytest.mark.parametrize("name", TEXTBOOK)
def test_a_key_does_not_depend_on_cell_origin_orientation_or_order(name):
    random = np.random.default_rng(11)
    crystal = textbook_crystal(name)
    key = prototype_key(crystal)
    shifts = [random.random(3), (0, 0, 0.5), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), (0.5, 0, 0)]
    for shift in shifts:
        other = transformed(crystal, random_unimodular(random), shift, random)
        turned = Crystal(other.lattice @ random_rotation(random), other.species, other.frac_coords)
        assert prototype_key(turned) == key
    assert prototype_key(primitive_cell(crystal)) == key
    assert prototype_key(transformed(crystal, np.diag([1, 2, 1]), shifts[0], random)) == key
    mirrored = Crystal(crystal.lattice * [1, 1, -1], crystal.species, crystal.frac_coords)
    if name != "quartz":  # its mirror image has the group P3_121
        assert prototype_key(mirrored) == key


def in_setting(name, symbol):
    """Describe a textbook crystal in another setting of its group, with gemmi's tables."""
    _, old, cell, atoms, _ = TEXTBOOK[name]
    change = gemmi.SpaceGroup(symbol).basisop * gemmi.SpaceGroup(old).basisop.inverse()
    values = gemmi.UnitCell(*cell).changed_basis_forward(change, False).parameters
    return values, [(atom[0], *change.apply_to_xyz(list(atom[1:]))) for atom in atoms]


@pytest.mark.parametrize(
    ("name", "symbol"), [(name, symbol) for name in SETTINGS for symbol in SETTINGS[name]]
)
def test_a_key_does_not_depend_on_the_setting_of_the_file(name, symbol, monkeypatch):
    values, moved = in_setting(name, symbol)
    number, _, _, _, n_atoms = TEXTBOOK[name]
    monkeypatch.setitem(TEXTBOOK, "other", (number, symbol, tuple(values), moved, n_atoms))
    crystal = read_cif(textbook_cif("other"))
    assert len(crystal) == n_atoms
    assert crystal.space_group_number == number
    assert prototype_key(crystal) == KEYS[name]


@pytest.mark.parametrize("name", OF_THE_COURSE)
def test_a_key_does_not_depend_on_the_elements(name):
    crystal = textbook_crystal(name)
    new = dict(zip(sorted(set(crystal.species)), ["Lu", "F", "Po", "Kr"], strict=False))
    other = Crystal(
        crystal.lattice, [new[symbol] for symbol in crystal.species], crystal.frac_coords
    )
    assert prototype_key(other) == prototype_key(crystal)


def spinel(tetrahedral, octahedral):
    """Make a spinel with these contents of its two metal sites."""
    crystal = textbook_crystal("spinel")
    species, coords, shares = [], [], []
    for symbol, place in zip(crystal.species, crystal.frac_coords, strict=True):
        for element, share in {"Mg": tetrahedral, "Al": octahedral, "O": {"O": 1}}[symbol].items():
            species.append(element)
            coords.append(place)
            shares.append(share)
    return Crystal(crystal.lattice, species, coords, shares)


@pytest.mark.parametrize(
    "contents",
    [
        ({"Fe": 1}, {"Fe": 1}),  # magnetite
        ({"Fe": 1}, {"Ni": 0.5, "Fe": 0.5}),  # inverse
        ({"Mg": 0.3, "Al": 0.7}, {"Mg": 0.35, "Al": 0.65}),  # in part
        ({"Mg": 1 / 3, "Al": 2 / 3}, {"Mg": 1 / 3, "Al": 2 / 3}),  # at random
        ({"Fe": 1}, {"Fe": 0.83}),  # maghemite: vacancies
    ],
)
def test_normal_inverse_and_mixed_spinels_have_one_key(contents):
    assert prototype_key(spinel(*contents)) == KEYS["spinel"]


def test_different_structure_types_have_different_keys():
    keys = {name: prototype_key(textbook_crystal(name)) for name in TEXTBOOK}
    alike = {("diamond", "diamond")}
    for one in keys:
        for other in keys:
            if one < other and (one, other) not in alike:
                assert keys[one] != keys[other], (one, other)


@pytest.mark.parametrize("name", TEXTBOOK)
def test_sites_of_the_key_fill_the_primitive_cell(name):
    crystal = textbook_crystal(name)
    assert sites_in_key(prototype_key(crystal)) == len(primitive_cell(crystal))


@pytest.mark.parametrize("name", TEXTBOOK)
def test_point_groups_of_sites_are_spglibs_without_orientation(name):
    crystal = textbook_crystal(name)
    found = analyse_symmetry(crystal)
    alike = {"2mm": "mm2", "m2m": "mm2", "-4m2": "-42m", "-6m2": "-62m"}
    plain = {symbol.replace(".", "") for symbol in found.site_symmetry_symbols}
    expected = {alike.get(symbol, symbol) for symbol in plain}
    words = prototype_key(crystal).split(" | ")[1].split(" · ")
    assert {word.split()[1] for word in words} == expected


@pytest.mark.parametrize("name", TEXTBOOK)
def test_the_slow_search_gives_the_same_key(name, monkeypatch):
    crystal = textbook_crystal(name)
    key = prototype_key(crystal)
    monkeypatch.setattr(prototypes, "quick_operations", lambda *_, **__: None)
    assert prototype_key(crystal) == key
    assert prototype_key(transformed(crystal, np.diag([1, 1, 2]), (0.1, 0.2, 0.3))) == key


def test_all_32_point_groups_are_told_apart():
    """Independent: gemmi makes the operations from the symbol of a symmorphic group."""
    seen = {}
    for group in gemmi.spacegroup_table():
        operations = list(group.operations().sym_ops)
        rotations = np.array([np.array(op.rot) // op.DEN for op in operations])
        name = group.point_group_hm().replace("-6m2", "-62m").replace("-4m2", "-42m")
        seen[name] = point_group_of(rotations)
    seen = {
        {"312": "32", "321": "32", "3m1": "3m", "31m": "3m", "-31m": "-3m", "-3m1": "-3m"}.get(
            name, name
        ): found
        for name, found in seen.items()
    }
    assert len(seen) == 32
    assert all(name == found for name, found in seen.items())


@pytest.mark.slow
def test_keys_of_the_embedded_structures_do_not_depend_on_their_cells():
    random = np.random.default_rng(17)
    crystals, _ = load_crystals()
    for crystal in random.permutation(np.array(crystals, dtype=object))[:300]:
        other = transformed(crystal, random_unimodular(random), random.random(3), random)
        assert prototype_key(other) == crystal.prototype
