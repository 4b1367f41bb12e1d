"""Repeat units are read, or refused with the place of the mistake."""

import pytest
from textbook_polymers import CHAINS, LADDERS, WRONG

from edex.errors import InputError
from edex.membranes.polymers import parse_repeat_unit
from edex.membranes.smiles import atom_positions, read_smiles


@pytest.mark.parametrize("smiles", CHAINS)
def test_a_chain_has_two_ends(smiles):
    unit = parse_repeat_unit(smiles)
    assert len(unit.stars) == 2
    assert not unit.is_ladder
    assert unit.n_heavy_atoms == unit.mol.GetNumAtoms() - 2


@pytest.mark.parametrize("smiles", LADDERS)
def test_a_ladder_has_four_ends(smiles):
    assert parse_repeat_unit(smiles).is_ladder


@pytest.mark.parametrize("smiles", ["*CC*", "[*]CC[*]", "[*:1]CC[*:2]", "[1*]CC[2*]", " *CC* "])
def test_labels_of_attachment_points_are_dropped(smiles):
    unit = parse_repeat_unit(smiles)
    assert unit.n_heavy_atoms == 2
    assert not unit.has_isotopes
    assert all(a.GetIsotope() == a.GetAtomMapNum() == 0 for a in unit.mol.GetAtoms())


@pytest.mark.parametrize(
    ("smiles", "has_stereo", "has_isotopes"),
    [
        ("*/C(C)=C(/*)[Si](C)(C)C", True, False),
        ("*C[C@H](*)C", True, False),
        ("*/C=C/CC*", True, False),
        ("*C[C@H](*)C(=O)O[C@@H](C)CC", True, False),
        ("*CC(*)C", False, False),
        ("*C[C@](*)(C)C", False, False),
        ("*C([2H])([2H])C*", False, True),
        ("*[13CH2]C*", False, True),
    ],
)
def test_marks_of_stereo_and_isotopes_are_dropped_and_remembered(smiles, has_stereo, has_isotopes):
    unit = parse_repeat_unit(smiles)
    assert (unit.has_stereo, unit.has_isotopes) == (has_stereo, has_isotopes)
    assert {atom.GetSymbol() for atom in unit.mol.GetAtoms()} <= {"*", "C", "Si", "O"}


@pytest.mark.parametrize(("smiles", "words"), WRONG)
def test_what_is_no_repeat_unit_is_refused_with_the_place(smiles, words, capfd):
    with pytest.raises(InputError, match=words):
        parse_repeat_unit(smiles)
    assert capfd.readouterr().err == "", "RDKit speaks to the student"


def test_positions_are_those_of_the_atoms():
    smiles = "*C(Cl)[Si](C)(Br)C*"
    assert [smiles[place - 1] for place in atom_positions(smiles)] == list("*CC[CBC*")
    assert len(atom_positions(smiles)) == read_smiles(smiles).GetNumAtoms()
