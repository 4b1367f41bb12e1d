import pytest

from edex.examples import METALLOIDS, NONMETALS, load_elements


@pytest.fixture(scope="module")
def table():
    return load_elements()


def test_the_elements_come_in_the_order_of_their_number(table):
    assert table["atomic_number"].tolist() == list(range(1, 97))
    assert table["symbol"].is_unique
    assert table["symbol"].iloc[[0, 25, 95]].tolist() == ["H", "Fe", "Cm"]


def test_numbers_that_are_whole_are_whole(table):
    for name in ("atomic_number", "period", "group", "valence_electrons"):
        assert table[name].dtype.kind == "i"
    assert table["period"].between(1, 7).all()
    assert table["group"].between(1, 18).all()


@pytest.mark.parametrize(
    ("symbol", "column", "value"),
    [
        ("Fe", "melting_point", 1811.0),
        ("W", "melting_point", 3695.0),
        ("Na", "electronegativity", 0.93),
        ("F", "electronegativity", 3.98),
        ("Cu", "atomic_weight", 63.55),
        ("H", "ionization_energy", 13.598),
        ("Al", "molar_volume", 10.0),
    ],
)
def test_properties_are_those_of_a_textbook(table, symbol, column, value):
    row = table[table["symbol"] == symbol].iloc[0]
    assert row[column] == pytest.approx(value, rel=5e-3)


def test_gaps_stay_gaps(table):
    gaps = table.set_index("symbol").isna()
    assert gaps.loc["He", "electronegativity"]
    assert gaps.loc["Nb":"Mo", "melting_point"].tolist() == [False, False]


@pytest.mark.parametrize(
    ("symbols", "is_metal"),
    [
        ("Li Na Fe Cu Hg Al Ga Sn Pb Bi Po La U", True),
        ("H C N O F S P Se I He Xe", False),
        ("B Si Ge As Sb Te At", False),
    ],
)
def test_metals_are_told_by_the_rule_of_the_docstring(table, symbols, is_metal):
    chosen = table[table["symbol"].isin(symbols.split())]
    assert len(chosen) == len(symbols.split())
    assert (chosen["is_metal"] == is_metal).all()


def test_three_quarters_of_the_elements_are_metals(table):
    assert table["is_metal"].dtype == bool
    assert table["is_metal"].sum() == 96 - 17 - 6 - 1
    assert set(NONMETALS).isdisjoint(METALLOIDS)


def test_metals_hold_their_electrons_less_than_other_elements(table):
    means = table.groupby("is_metal")["ionization_energy"].mean()
    assert means[True] < means[False] - 2  # eV


def test_every_call_gives_a_fresh_copy(table):
    again = load_elements()
    again["is_metal"] = False
    assert load_elements().equals(table)
