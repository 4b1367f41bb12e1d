"""Elements are replaced by similar ones, and different elements stay different."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edex.errors import InputError
from edex.spacegroup.substitution import (
    _FAMILIES,
    covalent_radii,
    substitute,
    substitutes,
)

SYMBOLS = sorted({symbol for family in _FAMILIES for symbol in family})


def test_no_element_is_in_two_families():
    assert len(SYMBOLS) == sum(len(family) for family in _FAMILIES)


@pytest.mark.parametrize("symbol", ["Cl", "O", "Si"])
def test_a_non_metal_never_becomes_a_metal(symbol):
    assert substitutes(symbol, wide=True) == substitutes(symbol)
    assert "Na" not in substitutes(symbol)


@pytest.mark.parametrize("symbol", ["H", "He", "Ar", "Pu"])
def test_an_element_without_family_stays(symbol):
    assert substitutes(symbol) == ()
    assert substitute([symbol], np.random.default_rng(0), probability=1.0) == {symbol: symbol}


@given(
    st.lists(st.sampled_from([*SYMBOLS, "H"]), min_size=1, max_size=8, unique=True),
    st.integers(0, 1000),
)
def test_different_elements_stay_different(symbols, seed):
    new = substitute(symbols, np.random.default_rng(seed), probability=1.0, wide_share=0.5)
    assert list(new) == symbols
    assert len(set(new.values())) == len(symbols)


@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
def test_the_probability_is_that_of_a_replacement(probability):
    rng = np.random.default_rng(0)
    new = [substitute(["Na"], rng, probability=probability)["Na"] for _ in range(2000)]
    assert np.mean([symbol != "Na" for symbol in new]) == pytest.approx(probability, abs=0.05)


def test_radii_grow_down_a_column():
    assert (np.diff(covalent_radii(["Li", "Na", "K", "Rb", "Cs"])) > 0).all()


def test_an_unknown_element_is_named():
    with pytest.raises(InputError, match="'Xx'"):
        covalent_radii(["Xx"])
