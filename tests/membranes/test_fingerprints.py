"""Features of polymers: rows stay aligned, columns can be explained, the chain has no ends."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors, rdMolDescriptors
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from textbook_polymers import CHAINS, LADDERS, WRONG, cut_elsewhere, repeated, written_by_chance

from edex.errors import InputError
from edex.membranes.descriptors import DESCRIPTORS, PolymerDescriptors
from edex.membranes.environments import MorganCounts, PeriodicMorgan, _generator, _ring
from edex.membranes.fingerprints import MaccsKeys, PathBits
from edex.membranes.periodic import close_ring, periodic_units
from edex.membranes.polymers import parse_repeat_unit
from edex.membranes.transformers import PolymerWarning, as_smiles

GOOD = CHAINS + LADDERS
BAD = [text for text, _ in WRONG]
KINDS = [
    PathBits(n_bits=256),
    MaccsKeys(),
    MorganCounts(radius=2, min_polymers=1),
    PeriodicMorgan(radius=2, min_polymers=1),
    PolymerDescriptors(),
]
# Fitted once on all good polymers; rows for one polymer alone are the reference.
FITTED = [clone(kind).set_params(on_error="nan").fit(GOOD) for kind in KINDS]
ALONE = [{text: kind.transform([text])[0] for text in GOOD} for kind in FITTED]


def names(kinds):
    return [type(kind).__name__ for kind in kinds]


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(GOOD + BAD), max_size=8), st.integers(0, len(KINDS) - 1), st.booleans()
)
def test_row_i_is_polymer_i_whatever_fails(texts, number, is_sparse):
    transformer = clone(FITTED[number])
    transformer.__dict__.update(FITTED[number].__dict__)
    transformer.sparse_output = is_sparse
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        X = transformer.transform(texts)
    assert sparse.issparse(X) == is_sparse
    X = X.toarray() if is_sparse else X
    assert X.shape == (len(texts), len(transformer.get_feature_names_out()))
    for row, text in zip(X, texts, strict=True):
        if text in ALONE[number]:
            np.testing.assert_array_equal(row, ALONE[number][text])
        else:
            assert np.isnan(row).all()
    failed = [row for row, text in enumerate(texts) if text not in ALONE[number]]
    assert [failure.row for failure in transformer.find_failures(texts)] == failed
    assert [warning.category for warning in caught] == [PolymerWarning] * bool(failed)


@pytest.mark.parametrize("transformer", FITTED, ids=names(FITTED))
def test_fit_goes_on_past_polymers_that_fail(transformer):
    again = clone(transformer).fit([*BAD, *GOOD])
    np.testing.assert_array_equal(again.transform(GOOD), transformer.transform(GOOD))


@pytest.mark.parametrize("kind", KINDS, ids=names(KINDS))
def test_by_default_the_first_bad_polymer_is_named(kind):
    with pytest.raises(InputError, match=r"Row 1: 'CC#CSCC' has no attachment point.*on_error"):
        clone(kind).fit(["*CC*", "CC#CSCC"])


def test_a_unit_that_can_be_read_but_not_joined_is_a_failure_too():
    # Machine-made SMILES with a triple bond to an aromatic atom: RDKit reads it, once.
    odd = (
        "*Oc1cc2c(cc1O*)C1c3cc4c(cc3C2c2cc3ccccc3cc21)"
        "Oc1c(#c(C(=O)c2cc(F)cc(F)c2)c(*)c(*)c1C(=O)c1cc(F)cc(F)c1)O4"
    )
    with pytest.raises(InputError, match="cannot be joined to a chain"):
        periodic_units(parse_repeat_unit(odd))
    transformer = PeriodicMorgan(min_polymers=1, on_error="nan").fit([odd, "*CC*"])
    assert [failure.row for failure in transformer.find_failures([odd, "*CC*"])] == [0]
    assert np.isnan(transformer.unseen_fraction([odd, "*CC*"])).tolist() == [True, False]
    with pytest.raises(InputError, match="Row 1: Units of"):
        PeriodicMorgan().fit(["*CC*", odd])


def test_the_warning_says_which_rows_are_empty_and_why():
    with pytest.warns(PolymerWarning, match=r"2 of 3 polymers.*row 0 \('C=C'\).*no attachment"):
        MaccsKeys(on_error="nan").transform(["C=C", "*CC*", "*CC(*"])


@pytest.mark.parametrize("transformer", FITTED, ids=names(FITTED))
def test_a_transformer_has_the_manners_of_scikit_learn(transformer):
    copy = clone(transformer)
    assert copy.get_params() == transformer.get_params()
    table = copy.set_output(transform="pandas").fit_transform(GOOD)
    assert list(table.columns) == list(copy.get_feature_names_out())
    assert len(set(table.columns)) == table.shape[1]
    model = make_pipeline(clone(transformer), Ridge()).fit(GOOD, np.arange(len(GOOD)))
    assert model.predict(GOOD[:3]).shape == (3,)


@pytest.mark.parametrize("transformer", FITTED, ids=names(FITTED))
def test_the_way_a_polymer_is_written_does_not_matter(transformer):
    written = ["*CCO*", "*COC*", "*OCC*", "[*:2]C([2H])CO[*:1]", "*OCCOCC*"]
    X = transformer.transform(written)
    np.testing.assert_array_equal(X, np.repeat(X[:1], len(written), axis=0))


def test_without_rewriting_a_fingerprint_depends_on_the_cut_but_the_periodic_one_does_not():
    written = ["*CC(*)c1ccccc1", "*CC(c1ccccc1)CC(*)c1ccccc1"]
    for kind, same in ((PathBits(canonical=False), False), (PeriodicMorgan(canonical=False), True)):
        X = clone(kind).fit(written).transform(written)
        assert np.allclose(X[0], X[1]) == same


@settings(max_examples=40)
@given(st.sampled_from(CHAINS), st.integers(1, 2), st.integers(0, 2), st.randoms())
def test_environments_of_the_endless_chain_do_not_know_the_cut(smiles, times, cuts, rng):
    mol = repeated(smiles, times)
    for _ in range(cuts):
        mol = cut_elsewhere(mol, rng)
    text = written_by_chance(mol, rng)
    raw = PeriodicMorgan(canonical=False)
    one, other = raw._count(parse_repeat_unit(smiles)), raw._count(parse_repeat_unit(text))
    assert one == pytest.approx(other)
    expected = PolymerDescriptors(canonical=False).transform([smiles])[0, :-3]
    found = PolymerDescriptors(canonical=False).transform([text])[0, :-3]
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("smiles", GOOD)
@pytest.mark.parametrize("radius", [0, 2, 3])
def test_the_ring_is_long_enough(smiles, radius):
    # A ring three times as long has the same environments, three times as often.
    for period in periodic_units(parse_repeat_unit(smiles)):
        ring, codes, n_units = _ring(period, radius)
        long_ring = close_ring(period, 3 * n_units)
        count = _generator(radius).GetSparseCountFingerprint
        short = count(ring, customAtomInvariants=codes).GetNonzeroElements()
        long = count(long_ring, customAtomInvariants=codes * 3).GetNonzeroElements()
        assert {code: 3 * value for code, value in short.items()} == long
        assert all(value % n_units == 0 for value in short.values())


def test_environments_agree_with_the_middle_of_a_long_chain():
    # In long open chains each unit more adds the environments of one unit: RDKit's own counting.
    count = PeriodicMorgan(radius=2, min_polymers=1, per="unit", canonical=False)
    for smiles, piece in [
        ("*CCO*", "CCO"),
        ("*CC(*)c1ccccc1", "CC(c1ccccc1)"),
        ("*NCC(*)=O", "NCC(=O)"),
    ]:
        chains = [Chem.MolFromSmiles(piece * n) for n in (9, 10)]
        generator = Chem.rdFingerprintGenerator.GetMorganGenerator(radius=2)
        few, many = (generator.GetSparseCountFingerprint(m).GetNonzeroElements() for m in chains)
        added = sorted(many[code] - few[code] for code in many if many[code] != few[code])
        row = count.fit([smiles]).transform([smiles])[0]
        assert added == sorted(row)


def test_an_atom_in_a_ring_is_told_from_one_in_a_chain_though_the_chain_is_closed():
    # CH2 of polyethylene and of a cyclohexane ring hanging on a chain: same but for the ring.
    names = PeriodicMorgan(radius=0, min_polymers=1).fit(["*CC*", "*CC(*)C1CCCCC1"])
    assert sorted(names.get_feature_names_out()) == [
        "r0 [CH2]",
        "r0 [CH2] #2",
        "r0 [CH]",
        "r0 [CH] #2",
    ]
    assert (names.transform(["*CC*"]) > 0).sum() == 1


def test_a_ladder_goes_on_straight_and_crossed():
    # PIM-1: closed straight or crossed, the two oxygens of a catechol change places.
    units = periodic_units(parse_repeat_unit(LADDERS[0]))
    assert len(units) == 2
    joined = [{(unit.origin[i], unit.origin[j]) for i, j, *_ in unit.across} for unit in units]
    assert joined[0].isdisjoint(joined[1])
    symbols = {
        frozenset(unit.atomic_numbers[atom] for atom in bond[:2])
        for unit in units
        for bond in unit.across
    }
    assert symbols == {frozenset({6, 8})}, "head meets tail"
    counts = PeriodicMorgan(radius=6, min_polymers=1, per="unit").fit_transform(LADDERS)
    assert set(np.unique(counts % 0.5)) == {0.0}
    assert (counts % 1 == 0.5).any(), "an average of two ways"


def test_every_column_can_be_shown_on_a_polymer_that_has_it():
    for transformer in (FITTED[2], FITTED[3]):
        X = transformer.transform(GOOD)
        for column, environment in enumerate(transformer.environments_):
            assert environment.n_polymers == (X[:, column] > 0).sum()
            assert transformer.transform([environment.example])[0, column] > 0
            mol = parse_repeat_unit(environment.example).mol
            assert environment.centre in environment.atoms
            assert max(environment.atoms) < mol.GetNumAtoms()
            assert environment.name.startswith(f"r{environment.radius} {environment.smiles}")
            if environment.radius == 0:
                assert mol.GetAtomWithIdx(environment.centre).GetSymbol().lower() in (
                    environment.smiles.lower()
                )


@pytest.mark.parametrize("kind", [MorganCounts, PeriodicMorgan])
def test_environments_without_a_column_are_counted_in_the_last_one(kind):
    counts = kind(min_polymers=1, with_unseen=True).fit(["*CC*", "*CC(*)C"])
    plain = kind(min_polymers=1).fit(["*CC*", "*CC(*)C"])
    assert counts.get_feature_names_out()[-1] == "unseen"
    np.testing.assert_array_equal(counts.transform(["*CC(*)C"])[0, -1], 0.0)
    row = counts.transform(["*CC(*)c1ccccc1"])[0]
    np.testing.assert_array_equal(row[:-1], plain.transform(["*CC(*)c1ccccc1"])[0])
    share = counts.unseen_fraction(["*CC(*)c1ccccc1"])[0]
    assert row[-1] / row.sum() == pytest.approx(share)


def test_unseen_environments_are_left_out_and_can_be_asked_for():
    counts = MorganCounts(radius=2, min_polymers=1).fit(["*CC*", "*CC(*)C"])
    assert counts.unseen_fraction(["*CC*", "*CC(*)C"]).tolist() == [0, 0]
    assert counts.unseen_fraction(["*c1ccc(*)s1"])[0] > 0.6
    counts.on_error = "nan"
    assert np.isnan(counts.unseen_fraction(["C"])[0])


def test_an_environment_of_too_few_polymers_gets_no_column():
    texts = ["*CC*", "*CC(*)C", "*CC(*)CC"]
    few, all_ = (MorganCounts(min_polymers=n).fit(texts) for n in (2, 1))
    assert set(few.get_feature_names_out()) < set(all_.get_feature_names_out())
    with pytest.raises(InputError, match="No atom environment occurs in 9"):
        MorganCounts(min_polymers=9).fit(texts)


@pytest.mark.parametrize(
    ("transformer", "words"),
    [
        (PathBits(n_bits=0), "n_bits is 0"),
        (MorganCounts(radius=-1), "radius is -1"),
        (MorganCounts(radius=9), "at most 6 bonds"),
        (MorganCounts(min_polymers=0), "min_polymers is 0"),
        (PeriodicMorgan(per="mole"), "per is 'mole'"),
        (MaccsKeys(on_error="drop"), "on_error is 'drop'"),
    ],
)
def test_options_that_make_no_sense_are_refused(transformer, words):
    with pytest.raises(InputError, match=words):
        transformer.fit(["*CC*"])


def test_what_is_learnt_must_be_learnt_first():
    with pytest.raises(InputError, match="Call fit first"):
        MorganCounts().transform(["*CC*"])


def test_a_column_of_a_table_is_taken_and_a_text_or_table_is_not():
    column = np.array([["*CC*"], ["*CCO*"]], dtype=object)
    assert as_smiles(column) == ["*CC*", "*CCO*"]
    with pytest.raises(InputError, match=r"Write \['\*CC\*'\]"):
        as_smiles("*CC*")
    with pytest.raises(InputError, match=r"shape \(1, 2\)"):
        as_smiles(np.array([["*CC*", "1"]]))


@pytest.mark.parametrize(
    ("piece", "smiles"),
    [
        ("CC", "*CC*"),
        ("CC(c1ccccc1)", "*CC(*)c1ccccc1"),
        ("Oc1ccc(cc1)C(=O)", "*Oc1ccc(cc1)C(*)=O"),
        ("NCC(=O)", "*NCC(*)=O"),
        ("C(C(=O)OC)C", "*C(C(=O)OC)C*"),
        ("O[Si](C)(C)", "*O[Si](*)(C)C"),
    ],
)
def test_descriptors_agree_with_what_a_unit_adds_to_a_long_chain(piece, smiles):
    few, many = (Chem.MolFromSmiles("C" + piece * n + "C") for n in (7, 8))
    table = PolymerDescriptors().set_output(transform="pandas").transform([smiles])
    per_atom = table.iloc[0]
    added = many.GetNumHeavyAtoms() - few.GetNumHeavyAtoms()
    loose = rdMolDescriptors.NumRotatableBondsOptions.NonStrict
    size = per_atom["n_heavy_atoms"]
    for name, function in {
        "polar_surface_per_atom": rdMolDescriptors.CalcTPSA,
        "log_p_per_atom": Crippen.MolLogP,
        "molar_refractivity_per_atom": Crippen.MolMR,
        "hydrogen_bond_donor_share": rdMolDescriptors.CalcNumHBD,
        "hydrogen_bond_acceptor_share": rdMolDescriptors.CalcNumHBA,
        "rings_per_atom": rdMolDescriptors.CalcNumRings,
        "rotatable_bonds_per_atom": lambda m: rdMolDescriptors.CalcNumRotatableBonds(m, loose),
    }.items():
        assert per_atom[name] == pytest.approx((function(many) - function(few)) / added), name
    mass = (Descriptors.MolWt(many) - Descriptors.MolWt(few)) / added
    assert per_atom["molar_mass"] / size == pytest.approx(mass)


def test_the_volume_of_polyethylene_is_that_of_bondi():
    # A. Bondi, J. Phys. Chem. 68, 441 (1964): a CH2 group has 10.23 cm3/mol = 16.99 Å3.
    table = PolymerDescriptors().set_output(transform="pandas").transform(["*CC*"])
    assert table["van_der_waals_volume_per_atom"].iloc[0] == pytest.approx(16.99, rel=0.03)


def test_descriptors_tell_a_stiff_ladder_from_a_soft_chain():
    table = (
        PolymerDescriptors().set_output(transform="pandas").transform([LADDERS[0], "*O[Si](*)(C)C"])
    )
    ladder, silicone = table.iloc[0], table.iloc[1]
    assert ladder["rotatable_backbone_bonds_per_atom"] == 0
    assert ladder["spiro_share"] * ladder["n_heavy_atoms"] == pytest.approx(1)
    assert ladder["rings_per_atom"] * ladder["n_heavy_atoms"] == pytest.approx(7)
    assert silicone["rotatable_backbone_bonds_per_atom"] == pytest.approx(0.5)
    assert (silicone["silicon_share"], silicone["backbone_share"]) == (0.25, 0.5)
    assert list(table.columns) == list(DESCRIPTORS) == list(PolymerDescriptors().feature_units_)
