"""Motifs are found where a chemist sees them, and the endless chain has no ends."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from textbook_polymers import CHAINS, LADDERS, cut_elsewhere, repeated, written_by_chance

from edex.errors import InputError
from edex.membranes.descriptors import DESCRIPTORS, PolymerDescriptors
from edex.membranes.motif_features import MotifCounts, find_motif, motif_atoms
from edex.membranes.motifs import MOTIFS, Motif
from edex.membranes.polymers import parse_repeat_unit

NAMES = [motif.name for motif in MOTIFS]
PIM_1 = LADDERS[0]
# Number of first atoms in one repeat unit, counted by hand; motifs not named do not occur.
BY_HAND = {
    PIM_1: {
        "spiro carbon": 1,
        "quaternary ring carbon": 2,
        "methyl": 4,
        "dibenzodioxane": 4,
        "nitrile": 2,
    },
    "*CC*": {"CH2 in a chain": 2},
    "*C(C)=C(*)[Si](C)(C)C": {"methyl": 4, "silyl silicon": 1, "disubstituted acetylene": 2},
    "*[Si](C)(C)O*": {"methyl": 2, "siloxane Si-O": 1},
    "*CC(C)=CC*": {"methyl": 1, "isolated C=C": 2, "CH2 in a chain": 2},
    "*C1C(*)C2CC1CC2": {"norbornane": 1},
    "*Oc1ccc(C(C)(C)c2ccc(OC(*)=O)cc2)cc1": {
        "isopropylidene": 1,
        "methyl": 2,
        "1,4-phenylene": 4,
    },
    "*Oc1c(C)cc(*)cc1C": {"methyl": 2, "ortho-alkyl aryl": 2, "aryl ether O": 1},
    "*Oc1ccc(S(=O)(=O)c2ccc(*)cc2)cc1": {"1,4-phenylene": 4, "aryl ether O": 1, "sulfone": 1},
    "*Oc1ccc(C(=O)c2ccc(*)cc2)cc1": {"1,4-phenylene": 4, "aryl ether O": 1, "ketone": 1},
    "*OCCOC(=O)c1ccc(C(*)=O)cc1": {
        "CH2 in a chain": 0,
        "1,4-phenylene": 2,
        "ester carbonyl": 2,
    },
    "*CC(*)(C)C(=O)OC": {
        "CH2 in a chain": 1,
        "methyl": 2,
        "ester carbonyl": 1,
    },
    "*NCCCCCC(*)=O": {"CH2 in a chain": 4, "amide NH": 1},
    "*OC(=O)NCCCCNC(=O)OCCCC*": {"CH2 in a chain": 4, "urethane or urea NH": 2},
    "*CC(*)O": {"CH2 in a chain": 1, "hydroxyl": 1},
    "*CC(*)C(=O)O": {"CH2 in a chain": 1, "carboxylic acid": 1},
    "*CC(*)C#N": {"CH2 in a chain": 1, "nitrile": 1},
    "*CC(*)(Cl)Cl": {"CH2 in a chain": 1, "chlorine": 2},
    "*CC(*)c1ccccc1": {"CH2 in a chain": 1, "pendant phenyl": 1},
    "*CC(*)S(=O)(=O)[O-]": {"CH2 in a chain": 1, "ion or sulfonic acid": 1},
    "*CC(*)c1cccc([N+](=O)[O-])c1": {"CH2 in a chain": 1, "nitro": 1},
    "*CC(*)C(C)(C)C": {"CH2 in a chain": 1, "tert-butyl": 1, "methyl": 3},
    "*C(F)(F)C(*)(F)C(F)(F)F": {"difluoromethylene": 1, "trifluoromethyl": 1},
    "*c1nc2cc(*)ccc2[nH]1": {"fused aromatic carbon": 2, "amine or azole NH": 1},
    "*CC(*)c1ccc(F)cc1": {"CH2 in a chain": 1, "1,4-phenylene": 2, "aromatic C-F": 1},
    "*CCO*": {"alkyl ether O": 1},
    "*c1c2c(c(*)cc1)C1c3ccccc3C2c2ccccc21": {"triptycene": 2},
    "*c1ccc2c(c1)CN1CN2Cc2cc(*)ccc21": {"Tröger's base": 1},
    "*c1ccc(*)c(Br)c1": {"bromine": 1},
    "*c1ccc(C(C(F)(F)F)(C(F)(F)F)c2ccc(N3C(=O)c4cc5c(cc4C3=O)C(=O)N(*)C5=O)cc2)cc1": {
        "hexafluoroisopropylidene": 1,
        "trifluoromethyl": 2,
        "1,4-phenylene": 4,
        "imide ring": 2,
    },
}


def per_unit(texts):
    sizes = [parse_repeat_unit(text).n_heavy_atoms for text in texts]
    return MotifCounts(canonical=False).transform(texts) * np.array(sizes)[:, None]


@pytest.mark.parametrize("smiles", BY_HAND)
def test_motifs_are_counted_as_by_hand(smiles):
    counted = per_unit([smiles])[0]
    expected = [BY_HAND[smiles].get(name, 0) for name in NAMES]
    assert dict(zip(NAMES, counted.round(6).tolist(), strict=True)) == dict(
        zip(NAMES, expected, strict=True)
    )


def test_every_motif_occurs_in_the_table_made_by_hand():
    assert {name for counts in BY_HAND.values() for name in counts} == set(NAMES)


def every_match(mol, pattern):
    return mol.GetSubstructMatches(pattern, uniquify=False, maxMatches=10**6)


@pytest.mark.parametrize("smiles", CHAINS)
def test_one_more_unit_in_a_long_molecule_adds_the_counts_of_one_unit(smiles):
    """Molecules with ends, read by RDKit alone, know nothing of our chains."""
    added = []
    # With this many units the middle is far from the ends.
    for n_units in (12, 13):
        mol = repeated(smiles, n_units)
        Chem.SanitizeMol(mol)
        added.append(
            [
                len({match[0] for match in every_match(mol, Chem.MolFromSmarts(motif.smarts))})
                for motif in MOTIFS
            ]
        )
    difference = np.array(added[1]) - np.array(added[0])
    np.testing.assert_allclose(per_unit([smiles])[0], difference, atol=1e-9)


@settings(max_examples=40)
@given(st.sampled_from(CHAINS + list(BY_HAND)[1:]), st.integers(1, 3), st.randoms())
def test_the_cut_the_direction_and_the_number_of_units_do_not_matter(smiles, times, rng):
    mol = cut_elsewhere(repeated(smiles, times), rng)
    other = written_by_chance(mol, random.Random(rng.random()))
    raw = MotifCounts(canonical=False).transform([smiles, other])
    np.testing.assert_allclose(raw[1], raw[0], atol=1e-12)
    canonical = MotifCounts().transform([smiles, other])
    np.testing.assert_allclose(canonical[1], canonical[0], atol=1e-12)
    np.testing.assert_allclose(canonical[0], raw[0], atol=1e-12)


def test_spiro_and_methyl_agree_with_the_descriptors_which_count_them_otherwise():
    texts = [*BY_HAND, *CHAINS, *LADDERS, "*Oc1ccc(C2(c3ccc(*)cc3)c3ccccc3-c3ccccc32)cc1"]
    descriptors = PolymerDescriptors().transform(texts)
    motifs = MotifCounts().transform(texts)
    for motif, descriptor in (("spiro carbon", "spiro_share"), ("methyl", "methyl_share")):
        expected = descriptors[:, list(DESCRIPTORS).index(descriptor)]
        np.testing.assert_allclose(motifs[:, NAMES.index(motif)], expected, atol=1e-12)


def test_a_ladder_averages_its_continuations():
    # The crossed and the straight way differ in what is beside the methyl carbon.
    ladder = "*Oc1cc2c(cc1O*)CCc1c(C)c(*)c(*)cc1C2"
    both = per_unit([ladder])[0]
    assert both[NAMES.index("dibenzodioxane")] == pytest.approx(2)
    assert both[NAMES.index("methyl")] == pytest.approx(1)


def test_own_motifs_can_be_counted():
    thing = Motif("thiophene S", "[s]", 0, "None.")
    assert MotifCounts([thing]).fit_transform(["*c1ccc(*)s1"]).tolist() == [[0.2]]
    assert MotifCounts([thing]).get_feature_names_out().tolist() == ["thiophene S"]


def test_a_pattern_that_cannot_be_read_is_named():
    with pytest.raises(InputError, match=r"'\[C' is no SMARTS"):
        MotifCounts([Motif("broken", "[C", 0, "None.")]).fit(["*CC*"])


def test_names_are_different_signs_are_signs_and_reasons_are_sentences():
    assert len(set(NAMES)) == len(NAMES)
    assert {motif.sign for motif in MOTIFS} == {-1, 0, 1}
    assert all(motif.reason.endswith(".") for motif in MOTIFS)


@pytest.mark.parametrize("motif", MOTIFS, ids=NAMES)
def test_no_pattern_reaches_farther_than_the_chain_is_long(motif):
    pattern = Chem.MolFromSmarts(motif.smarts)
    assert Chem.GetDistanceMatrix(pattern)[0].max() <= 6


def test_the_atoms_of_a_motif_are_those_of_the_unit_as_written():
    assert motif_atoms("*CC(*)C#N", "nitrile") == (4, 5)
    assert motif_atoms("*CC(*)C#N", find_motif("spiro carbon")) == ()
    # The pattern reaches into the next unit: its atoms are shown in this one.
    assert motif_atoms("*C(C)=C(*)[Si](C)(C)C", "disubstituted acetylene") == (1, 3)


def test_a_motif_that_is_not_known_is_named_with_the_nearest():
    with pytest.raises(InputError, match=r"no motif 'nitriles'.*Perhaps 'nitrile'"):
        find_motif("nitriles")
