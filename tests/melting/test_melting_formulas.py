"""Reading chemical formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edex.errors import EdexError, InputError
from edex.melting.formulas import ELEMENT_SYMBOLS, parse_formula

amounts = st.dictionaries(
    st.sampled_from(ELEMENT_SYMBOLS), st.integers(1, 40), min_size=1, max_size=6
)


def written(counts):
    return "".join(f"{symbol}{amount}" for symbol, amount in counts.items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NaCl", {"Na": 1, "Cl": 1}),
        ("  MgO ", {"Mg": 1, "O": 1}),
        ("Ca3(PO4)2", {"Ca": 3, "P": 2, "O": 8}),
        ("Ca₃(PO₄)₂", {"Ca": 3, "P": 2, "O": 8}),
        ("K4[Fe(CN)6]", {"K": 4, "Fe": 1, "C": 6, "N": 6}),
        ("{[(Na)2]3}4Cl", {"Na": 24, "Cl": 1}),
        ("Fe0.95O", {"Fe": 0.95, "O": 1}),
        ("CH3CH2OH", {"C": 2, "H": 6, "O": 1}),
        ("Og", {"Og": 1}),
        ("CuSO4·5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("CuSO4*5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("CuSO4.5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("CaSO4·0.5H2O", {"Ca": 1, "S": 1, "O": 4.5, "H": 1}),
        ("CaSO4.0.5H2O", {"Ca": 1, "S": 1, "O": 4.5, "H": 1}),
        ("Na0.5H2O", {"Na": 0.5, "H": 2, "O": 1}),
        ("MgCl2.KCl", {"Mg": 1, "Cl": 3, "K": 1}),
        ("KAl(SO4)2 · 12H2O", {"K": 1, "Al": 1, "S": 2, "O": 20, "H": 24}),
        ("2H2O", {"H": 4, "O": 2}),
    ],
)
def test_a_formula_gives_its_amounts_in_written_order(text, expected):
    assert parse_formula(text) == expected
    assert list(parse_formula(text)) == list(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("Xx2O", "'Xx2O': Xx is no element, position 1"),
        ("NaXq", "Xq is no element, position 3"),
        ("nacl", "Perhaps you mean 'NaCl'"),
        ("NACL", "A is no element, position 2. Perhaps you mean 'NaCl'"),
        ("caco3", "'CaCO3'"),
        ("Na Cl", "a space inside the formula, position 3. Perhaps you mean 'NaCl'"),
        ("Na+", "the sign '+' is a charge"),
        ("SO4 2-", "the sign '-' is a charge"),
        ("Fe3+", "the sign '+' is a charge"),
        ("Fe³⁺", "the raised digit '³'"),
        ("⁶LiF", "the raised digit '⁶'"),
        ("YBa2Cu3O7-x", "open amount"),
        ("YBa2Cu3O7−δ", "open amount"),
        ("D2O", "D is deuterium"),
        ("TCl", "T is tritium"),
        ("(NaCl", "the bracket '(' is never closed, position 1"),
        ("NaCl)2", "the bracket ')' closes nothing, position 5"),
        ("Na(Cl]", "the bracket ']' closes '(' of position 3, position 6"),
        ("Na()", "the brackets hold nothing, position 3"),
        ("Na0Cl", "the amount 0 is zero, position 3"),
        ("Na0.00Cl", "the amount 0.00 is zero"),
        ("Al2.3.4", "a second point"),
        ("5", "a number stands alone"),
        ("·H2O", "nothing stands beside a separator"),
        ("CuSO4·", "nothing stands beside a separator"),
        ("Na#", "'#' has no place in a formula, position 3"),
        ("Naс", "capital Latin letter, position 3"),  # the last letter is Cyrillic
        ("Na" + 400 * "9", "the amount of Na comes to inf"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_place_and_a_remedy(text, message):
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("value", [None, 3.5, ["NaCl"], float("nan")])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(InputError, match="A formula is a text"):
        parse_formula(value)


@given(amounts, st.randoms())
def test_the_order_of_writing_does_not_change_the_amounts(counts, random):
    shuffled = list(counts.items())
    random.shuffle(shuffled)
    assert parse_formula(written(counts)) == parse_formula(written(dict(shuffled)))


@given(amounts, st.integers(1, 20))
def test_a_bracket_multiplies_what_it_holds(counts, factor):
    expanded = {symbol: amount * factor for symbol, amount in counts.items()}
    assert parse_formula(f"({written(counts)}){factor}") == expanded
    assert parse_formula(f"{factor}{written(counts)}") == expanded


@given(amounts, st.sampled_from("([{"), st.integers(1, 50))
def test_nested_brackets_without_amounts_change_nothing(counts, bracket, depth):
    closing = {"(": ")", "[": "]", "{": "}"}[bracket]
    text = bracket * depth + written(counts) + closing * depth
    assert parse_formula(text) == counts


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_our_own_error(text):
    try:
        counts = parse_formula(text)
    except EdexError:
        return
    assert counts
    assert all(amount > 0 for amount in counts.values())


def test_the_result_may_be_changed_without_harm():
    parse_formula("NaCl")["Na"] = 99.0
    assert parse_formula("NaCl") == {"Na": 1, "Cl": 1}
