"""One spelling for one composition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edex.errors import InputError
from edex.melting.compounds import ELEMENT_SYMBOLS, chemical_system, reduced_formula

amounts = st.dictionaries(
    st.sampled_from(ELEMENT_SYMBOLS), st.integers(1, 30), min_size=1, max_size=5
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CaTiO3", "CaTiO3"),
        ("TiCaO3", "CaTiO3"),
        ("Ca2Ti2O6", "CaTiO3"),
        ("Hg2Cl2", "HgCl"),
        ("P4O10", "P2O5"),
        ("Fe0.95O", "Fe19O20"),
        ("O2", "O"),
        ("Na0.5Cl0.5", "NaCl"),
        ("ClNa", "NaCl"),
    ],
)
def test_every_spelling_of_a_composition_becomes_one(text, expected):
    assert reduced_formula(text) == expected


@given(amounts, st.integers(1, 30), st.randoms())
def test_order_and_common_factor_do_not_matter(counts, factor, random):
    items = list(counts.items())
    random.shuffle(items)
    multiplied = {symbol: amount * factor for symbol, amount in items}
    assert reduced_formula(multiplied) == reduced_formula(counts)


@given(amounts, st.floats(0.01, 100.0))
def test_a_factor_that_is_not_whole_does_not_matter_either(counts, factor):
    scaled = {symbol: amount * factor for symbol, amount in counts.items()}
    assert reduced_formula(scaled) == reduced_formula(counts)


@given(amounts)
def test_the_reduced_formula_reduces_to_itself(counts):
    assert reduced_formula(reduced_formula(counts)) == reduced_formula(counts)


def test_different_compositions_stay_apart():
    formulas = ["FeO", "Fe2O3", "Fe3O4", "Fe0.95O", "Fe0.947O"]
    assert len({reduced_formula(formula) for formula in formulas}) == len(formulas)


def test_amounts_without_a_common_measure_are_given_per_smallest():
    assert reduced_formula({"Na": 1.0, "Cl": 2**0.5}) == "NaCl1.4142"


def test_the_chemical_system_names_the_elements_only():
    assert chemical_system("CaTiO3") == chemical_system("Ti2Ca5O") == "Ca-O-Ti"


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({}, "holds no element"),
        ({"Na": 0.0}, "positive numbers"),
        ({"Na": float("nan")}, "positive numbers"),
        ({"Xx": 1.0}, "'Xx' is no element symbol"),
    ],
)
def test_amounts_that_are_none_are_refused(counts, message):
    with pytest.raises(InputError, match=message):
        reduced_formula(counts)
