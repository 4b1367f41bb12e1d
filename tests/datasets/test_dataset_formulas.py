import pytest
from hypothesis import given
from hypothesis import strategies as st

from edex.datasets.formulas import atom_counts, canonical_formula, reduced_counts
from edex.errors import InputError

ELEMENTS = ["H", "B", "C", "N", "O", "F", "Na", "Al", "Si", "S", "Cl", "Ca", "Ti", "Fe", "U"]
COMPOSITIONS = st.dictionaries(st.sampled_from(ELEMENTS), st.integers(1, 60), min_size=1)


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("ClNa", "NaCl"),
        ("CaO3Ti", "CaTiO3"),
        ("O3Al2", "Al2O3"),
        ("H3N", "NH3"),
        ("FH", "HF"),
        ("OH2", "H2O"),
        ("ClKO3", "KClO3"),
        ("CSi", "SiC"),
        ("BN", "BN"),
        ("NO3K", "KNO3"),
        ("Si2Mo", "MoSi2"),
    ],
)
def test_formulas_are_written_in_the_usual_order(written, usual):
    assert canonical_formula(atom_counts(written)) == usual


@given(COMPOSITIONS)
def test_writing_and_reading_a_formula_gives_the_same_atoms(counts):
    assert atom_counts(canonical_formula(counts)) == counts


@given(COMPOSITIONS, st.integers(1, 9))
def test_reduced_formula_does_not_depend_on_the_size_of_the_unit(counts, factor):
    larger = {symbol: n * factor for symbol, n in counts.items()}
    assert reduced_counts(canonical_formula(larger)) == reduced_counts(canonical_formula(counts))


@given(COMPOSITIONS)
def test_order_of_the_elements_does_not_matter(counts):
    backwards = dict(reversed(counts.items()))
    assert canonical_formula(backwards) == canonical_formula(counts)


def test_every_element_up_to_lawrencium_is_known():
    periodic_table = pytest.importorskip("chemicals.elements").periodic_table
    for element in periodic_table:
        if element.number <= 103:
            assert atom_counts(element.symbol) == {element.symbol: 1}


@pytest.mark.parametrize("text", ["", "Ca(OH)2", "NaCl-2", "nacl", "Na Cl", "MnO7P2-4", "Fe0.9O"])
def test_text_that_is_no_plain_formula_is_refused(text):
    with pytest.raises(InputError, match=r"is not a plain formula.*Write it like 'CaTiO3'"):
        atom_counts(text)


def test_unknown_element_is_named():
    with pytest.raises(InputError, match="'Xx' in the formula 'NaXx' is not an element"):
        atom_counts("NaXx")
