"""Families come from structure alone, whatever the order and the writing of the rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import DataStructs
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score
from textbook_polymers import CHAINS, LADDERS

from edex.datasets import load_gas_permeability
from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.families import chemical_families
from edex.membranes.fingerprints import PathBits, _path_generator
from edex.membranes.polymers import parse_repeat_unit

POLYMERS = [
    *CHAINS,
    *LADDERS,
    "*CC(*)c1ccc(C)cc1",
    "*CC(*)c1ccc(Cl)cc1",
    "*Oc1ccc(C2(c3ccc(OC(*)=O)cc3)CCCCC2)cc1",
    "*NCCCCCCCC(*)=O",
]


def test_distances_and_linkage_agree_with_rdkit_and_scipy():
    names = sorted({canonical_repeat_unit(text) for text in POLYMERS})
    prints = [
        _path_generator(2048, 7).GetFingerprint(parse_repeat_unit(name).mol) for name in names
    ]
    condensed = [
        1.0 - DataStructs.TanimotoSimilarity(prints[i], prints[j])
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    tree = linkage(condensed, method="average")
    for number in (2, 5, 12):
        expected = fcluster(tree, number, criterion="maxclust")
        found = chemical_families(names, n_families=number)
        assert adjusted_rand_score(expected, found) == 1.0


@settings(max_examples=15)
@given(st.permutations(range(len(POLYMERS))), st.integers(1, 20))
def test_the_order_of_the_rows_does_not_matter(order, number):
    found = chemical_families(POLYMERS, n_families=number)
    shuffled = chemical_families([POLYMERS[row] for row in order], n_families=number)
    np.testing.assert_array_equal(shuffled, found[list(order)])


def test_there_are_as_many_families_as_asked_for_and_the_largest_comes_first():
    for number in (1, 7, len({canonical_repeat_unit(text) for text in POLYMERS})):
        sizes = np.bincount(chemical_families(POLYMERS, n_families=number))
        assert len(sizes) == number
        assert (np.diff(sizes) <= 0).all()


def test_copies_of_a_polymer_are_in_one_family_even_if_every_polymer_is_its_own():
    found = chemical_families(["*CCO*", "*CC*", "*OCCOCC*", "*Oc1ccc(*)cc1"], n_families=3)
    assert found[0] == found[2]
    assert len(set(found)) == 3


def test_relatives_are_together_and_strangers_are_not():
    styrenes = ["*CC(*)c1ccccc1", "*CC(*)c1ccc(C)cc1", "*CC(*)c1ccc(F)cc1"]
    siloxanes = ["*O[Si](C)(C)*", "*O[Si](CC)(CC)*"]
    assert chemical_families([*styrenes, *siloxanes], n_families=2).tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("number", [0, -1, 3, 2.0, None])
def test_an_impossible_number_of_families_is_refused(number):
    with pytest.raises(InputError, match=r"n_families is .* from 1 to 2"):
        chemical_families(["*CC*", "*CCO*", "*OCC*"], n_families=number)


def test_a_polymer_that_cannot_be_read_is_named():
    with pytest.raises(InputError, match="Row 1: 'CC' has no attachment point"):
        chemical_families(["*CC*", "CC"], n_families=1)


def test_real_families_are_more_alike_inside_than_outside():
    table = load_gas_permeability()
    texts = [text for text in table["smiles"] if text.count("*") in (2, 4)][:200]
    found = chemical_families(texts, n_families=20)
    bits = PathBits().transform(texts)
    common = bits @ bits.T
    sizes = bits.sum(axis=1)
    similar = common / (sizes[:, None] + sizes[None, :] - common)
    same = found[:, None] == found[None, :]
    other_rows = ~np.eye(len(texts), dtype=bool)
    assert similar[same & other_rows].mean() > 2 * similar[~same].mean()
