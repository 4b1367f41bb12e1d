"""One name for each polymer, however it is written, and another name for another polymer."""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from textbook_polymers import (
    CHAINS,
    LADDERS,
    WRONG,
    cut_elsewhere,
    repeated,
    ring_name,
    written_by_chance,
)

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit


@settings(max_examples=80)
@given(st.sampled_from(CHAINS), st.integers(1, 3), st.integers(0, 3), st.randoms())
def test_cut_direction_and_number_of_units_do_not_matter(smiles, times, cuts, rng):
    mol = repeated(smiles, times)
    for _ in range(cuts):
        mol = cut_elsewhere(mol, rng)
    text = written_by_chance(mol, rng)
    assert canonical_repeat_unit(text) == canonical_repeat_unit(smiles), text


@pytest.mark.parametrize("smiles", CHAINS + LADDERS)
def test_the_name_of_a_name_is_the_name(smiles):
    name = canonical_repeat_unit(smiles)
    assert canonical_repeat_unit(name) == name
    assert name.count("*") == smiles.count("*")


@pytest.mark.parametrize("smiles", LADDERS)
def test_of_a_ladder_the_order_of_atoms_does_not_matter(smiles):
    mol = Chem.MolFromSmiles(smiles)
    for seed in range(5):
        text = written_by_chance(mol, random.Random(seed))
        assert canonical_repeat_unit(text) == canonical_repeat_unit(smiles)


@pytest.mark.parametrize(
    "written",
    [
        ["*CC*", "*C*", "*CCCC*", "*CCC*"],
        ["*CCO*", "*COC*", "*OCCOCC*", "[*:2]OCC[*:1]"],
        ["*CC(*)C", "*C(C)C*", "*CC(C)CC(*)C", "*C[C@H](*)C", "*C([2H])C(*)[13CH3]"],
        ["*C=CC=C*", "*C=C*", "*=CC=*", "*/C=C/*"],
        ["*=CC1CCC(C=*)C1", "*C=CC1CCC(*)C1", "*C1CCC(C1)/C=C/*"],
        ["*C(C)=C(*)[Si](C)(C)C", "*=C(C)C([Si](C)(C)C)=*", "*C([Si](C)(C)C)=C(C)*"],
        ["*Nc1ccc(C(*)=O)cc1", "*C(=O)c1ccc(N*)cc1", "*C(=O)Nc1ccc(*)cc1"],
        ["*CCc1ccc(*)cc1", "*Cc1ccc(C*)cc1"],
        ["*c1ccc(*)cc1", "*C1=CC=C(*)C=C1", "*c1ccc(-c2ccc(*)cc2)cc1"],
    ],
)
def test_known_synonyms_have_one_name(written):
    assert len({canonical_repeat_unit(text) for text in written}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*CC(*)C", "*CC*"),
        ("*CCC(C)C(*)C", "*CC(*)C"),  # head to head is not head to tail
        ("*Oc1ccc(*)cc1", "*Oc1cccc(*)c1"),
        ("*=C1C=CC(=*)C=C1", "*c1ccc(*)cc1"),  # quinoid is not benzoid
        ("*CCCCCC(=O)N*", "*CCCCC(=O)N*"),
        ("*NCCCCCCNC(=O)CCCCC(*)=O", "*NCCCCCC(*)=O"),  # nylon 6,6 is not nylon 6
        ("*C=CCC*", "*CC(*)C=C"),
        ("*C(=O)O*", "*OC(=O)C(=O)O*"),
    ],
)
def test_different_polymers_have_different_names(one, other):
    assert canonical_repeat_unit(one) != canonical_repeat_unit(other)


def test_polymers_have_one_name_exactly_if_their_rings_are_one_molecule():
    # The macrocycle of twelve units is named by RDKit alone, which knows nothing of cuts.
    small = ["*CCO*", "*COC*", "*OCCOCC*", "*CC(*)C", "*C(C)C*", "*CCC(C)C(*)C", "*CCCO*", "*NCC*"]
    units = {smiles: 6 if smiles in ("*OCCOCC*", "*CCC(C)C(*)C") else 12 for smiles in small}
    for one, other in combinations(small, 2):
        same_ring = ring_name(one, units[one]) == ring_name(other, units[other])
        assert (canonical_repeat_unit(one) == canonical_repeat_unit(other)) == same_ring


@pytest.mark.parametrize("smiles", [text for text, _ in WRONG])
def test_what_is_no_repeat_unit_has_no_name(smiles):
    with pytest.raises(InputError):
        canonical_repeat_unit(smiles)
