"""Reduction: the smallest cell of a crystal, and what symmetry does to every atom in it."""

import numpy as np
import pytest
from textbook_crystals import (
    OF_THE_COURSE,
    TEXTBOOK,
    random_unimodular,
    textbook_crystal,
    transformed,
)

from edex.spacegroup import reduction
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.reduction import reduce_crystal
from edex.spacegroup.symmetry import orbits, primitive_cell

ORDER = {2: 2, 14: 4, 15: 4, 62: 8, 139: 16, 194: 24, 225: 48, 227: 48}


@pytest.fixture(params=["quick", "careful"])
def search(request, monkeypatch):
    """Both ways to the answer: the quick one, and that which is taken in case of doubt."""
    if request.param == "careful":
        monkeypatch.setattr(reduction, "quick_operations", lambda *_, **__: None)


def assert_is_consistent(reduced):
    crystal = reduced.crystal
    for rotation, translation, image in zip(
        reduced.rotations, reduced.translations, reduced.images, strict=True
    ):
        away = crystal.frac_coords @ rotation.T + translation - crystal.frac_coords[image]
        assert np.linalg.norm((away - np.rint(away)) @ crystal.lattice, axis=1).max() < 1e-3
        assert sorted(image) == list(range(len(crystal)))
        assert [crystal.species[i] for i in image] == list(crystal.species)
        assert np.allclose(crystal.occupancies[image], crystal.occupancies)
    assert reduced.orbits.multiplicities.sum() == len(crystal)
    assert (np.diff(reduced.images.min(axis=0)) >= 0).all()  # orbits stand together


@pytest.mark.usefixtures("search")
@pytest.mark.parametrize("name", OF_THE_COURSE)
def test_operations_permute_the_atoms_of_the_smallest_cell(name):
    random = np.random.default_rng(23)
    crystal = textbook_crystal(name)
    for given in (
        crystal,
        transformed(crystal, random_unimodular(random), random.random(3), random),
        transformed(crystal, np.diag([1, 2, 1]), random.random(3), random),
    ):
        reduced = reduce_crystal(given)
        assert reduced.number == TEXTBOOK[name][0]
        assert len(reduced.rotations) == ORDER[reduced.number]
        assert_is_consistent(reduced)
        primitive = primitive_cell(crystal)
        assert reduced.crystal.volume == pytest.approx(primitive.volume)
        assert sorted(reduced.orbits.multiplicities) == sorted(orbits(primitive).multiplicities)
        a, b, c, *_ = reduced.crystal.cell_parameters
        assert a <= b + 1e-3
        assert b <= c + 1e-3


@pytest.mark.usefixtures("search")
def test_shared_sites_keep_all_their_atoms_and_the_labels():
    spinel = textbook_crystal("spinel")
    shared = [i for i, symbol in enumerate(spinel.species) if symbol == "Mg"]
    occupancies = np.ones(len(spinel))
    occupancies[shared] = 0.7
    mixed = Crystal(
        spinel.lattice,
        [*["Fe"] * len(shared), *spinel.species],
        np.concatenate((spinel.frac_coords[shared], spinel.frac_coords)),
        np.concatenate((np.full(len(shared), 0.3), occupancies)),
        space_group_number=227,
        prototype="key",
        source_id="mine",
    )
    reduced = reduce_crystal(mixed)
    assert_is_consistent(reduced)
    assert sorted(reduced.orbits.multiplicities) == [2, 2, 4, 8]
    crystal = reduced.crystal
    assert sorted(crystal.species) == ["Al"] * 4 + ["Fe"] * 2 + ["Mg"] * 2 + ["O"] * 8
    assert (crystal.space_group_number, crystal.prototype, crystal.source_id) == (
        227, "key", "mine",
    )  # fmt: skip


def test_a_crystal_in_doubt_goes_the_careful_way():
    crystal = textbook_crystal("rock salt")
    coords = np.array(crystal.frac_coords)
    coords[0, 0] += 0.004 / 5.6402
    assert reduce_crystal(Crystal(crystal.lattice, crystal.species, coords)).number == 225
