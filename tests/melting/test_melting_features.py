"""Features of compounds: closed forms, symmetries, and manners of a transformer."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from edex.errors import InputError
from edex.melting.aggregates import Compounds, ionic_character, statistic
from edex.melting.elements import UNITS, element_properties, element_table
from edex.melting.features import PHYSICAL_TERMS, STATISTICS, CompositionFeaturizer

SYMBOLS = list(element_table().index)
amounts = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(1, 20), min_size=1, max_size=5)


def written(counts):
    return "".join(f"{symbol}{amount}" for symbol, amount in counts.items())


def features_of(formula, **options):
    featurizer = CompositionFeaturizer(**options).set_output(transform="pandas")
    return featurizer.fit_transform([formula]).iloc[0]


def test_statistics_of_one_compound_agree_with_hand_calculation():
    # Al2O3: x(Al) = 0.4, x(O) = 0.6
    al, o = (element_properties(symbol)["covalent_radius"] for symbol in ("Al", "O"))
    found = features_of("Al2O3", properties=["covalent_radius"])
    expected = {
        "mean": (al + o) / 2,
        "weighted_mean": 0.4 * al + 0.6 * o,
        "deviation": abs(al - o) / 2,
        "weighted_deviation": math.sqrt(0.4 * 0.6) * abs(al - o),
        "harmonic_mean": 1 / (0.4 / al + 0.6 / o),
        "geometric_mean": al**0.4 * o**0.6,
        "min": min(al, o),
        "max": max(al, o),
        "anion": o,
        "cation": al,
    }
    assert set(expected) == set(STATISTICS)
    for name, value in expected.items():
        assert found[f"covalent_radius_{name}"] == pytest.approx(value, rel=1e-12), name


def test_physical_terms_of_one_compound_agree_with_hand_calculation():
    found = features_of("Al2O3")
    bond = 121 + 66  # covalent radii in pm
    assert found["ionic_character"] == pytest.approx(1 - math.exp(-((3.44 - 1.61) ** 2) / 4))
    assert found["mean_ionic_character"] == pytest.approx(0.48 * found["ionic_character"])
    assert found["anion_charge"] == -2
    assert found["cation_charge"] == pytest.approx(3)
    assert found["anion_fraction"] == pytest.approx(0.6)
    assert found["bond_length"] == bond
    assert found["radius_ratio"] == pytest.approx(121 / 66)
    assert found["lattice_energy"] == pytest.approx(1246.3 * 6 / bond * (1 - 34.5 / bond), rel=1e-3)
    assert found["n_elements"] == 2


def test_kapustinskii_gives_the_lattice_energy_of_rock_salt():
    # Born-Haber cycle: 787 kJ/mol = 8.16 eV for two ions.
    assert 2 * features_of("NaCl")["lattice_energy"] == pytest.approx(8.16, rel=0.02)


@pytest.mark.parametrize(
    ("formula", "anion", "cation"),
    [("NaCl", -1, 1), ("MgO", -2, 2), ("TiO2", -2, 4), ("Na3N", -3, 1), ("Al4C3", -4, 3),
     ("LiH", -1, 1), ("NiAl", 0, 0), ("TiB2", 0, 0), ("Fe", 0, 0)],
)  # fmt: skip
def test_charges_are_those_of_neutrality(formula, anion, cation):
    found = features_of(formula)
    assert found["anion_charge"] == anion
    assert found["cation_charge"] == pytest.approx(cation)


@pytest.mark.parametrize(("difference", "character"), [(0.0, 0.0), (2.0, 1 - math.exp(-1.0))])
def test_ionic_character_has_its_closed_form(difference, character):
    assert ionic_character(difference) == pytest.approx(character)
    assert ionic_character(-difference) == pytest.approx(character)


def test_an_element_has_no_spread_and_all_means_equal():
    found = features_of("Fe")
    for name in UNITS:
        value = element_properties("Fe")[name]
        assert found[f"{name}_weighted_deviation"] == 0.0
        for statistic_name in ("mean", "min", "max", "anion", "cation"):
            assert found[f"{name}_{statistic_name}"] == pytest.approx(value, rel=1e-12)
    assert found["lattice_energy"] == found["ionic_character"] == 0.0


def test_a_zero_property_makes_harmonic_and_geometric_means_zero_without_a_warning():
    found = features_of("XeF2")  # noble gas: atomisation enthalpy 0
    assert found["atomization_enthalpy_harmonic_mean"] == 0.0
    assert found["atomization_enthalpy_geometric_mean"] == 0.0


@given(amounts, st.integers(1, 9), st.randoms())
@settings(max_examples=50)
def test_spelling_changes_nothing_not_even_the_last_bit(counts, factor, random):
    items = list(counts.items())
    random.shuffle(items)
    first, second = CompositionFeaturizer().fit_transform([written(counts), written(dict(items))])
    np.testing.assert_array_equal(first, second)
    multiplied = written({symbol: amount * factor for symbol, amount in items})
    np.testing.assert_allclose(
        CompositionFeaturizer().fit_transform([multiplied])[0], first, rtol=1e-9, atol=1e-9
    )


@given(amounts)
@settings(max_examples=50)
def test_means_keep_their_order_and_bounds(counts):
    compounds = Compounds.from_formulas([written(counts)])
    values = compounds.values("covalent_radius")
    low, harmonic, geometric, mean, high = (
        statistic(compounds, values, name)[0]
        for name in ("min", "harmonic_mean", "geometric_mean", "weighted_mean", "max")
    )
    slack = 1e-9 * high
    assert low - slack <= harmonic <= geometric + slack
    assert geometric - slack <= mean <= high + slack


@given(amounts)
@settings(max_examples=50)
def test_features_are_finite_for_every_compound_of_the_table(counts):
    assert np.isfinite(CompositionFeaturizer().fit_transform([written(counts)])).all()


def test_features_do_not_depend_on_the_other_rows():
    formulas = ["NaCl", "K4Fe(CN)6", "Fe", "CaTiO3"]
    together = CompositionFeaturizer().fit_transform(formulas)
    apart = np.vstack([CompositionFeaturizer().fit_transform([formula]) for formula in formulas])
    np.testing.assert_array_equal(together, apart)


def test_long_tables_are_worked_through_in_blocks_with_the_same_result(monkeypatch):
    formulas = ["NaCl", "MgO", "CaTiO3", "Fe2O3", "HfC"]
    whole = CompositionFeaturizer().fit_transform(formulas)
    monkeypatch.setattr("edex.melting.features._CHUNK", 2)
    np.testing.assert_array_equal(CompositionFeaturizer().fit_transform(formulas), whole)


def test_every_feature_has_a_name_and_a_unit():
    featurizer = CompositionFeaturizer().fit(["NaCl"])
    names = featurizer.get_feature_names_out()
    assert len(names) == len(set(names)) == featurizer.transform(["NaCl"]).shape[1]
    assert list(featurizer.feature_units_) == list(names)
    assert featurizer.feature_units_["melting_point_mean"] == "K"
    assert set(PHYSICAL_TERMS) <= set(names)


@pytest.mark.parametrize(
    "container",
    [list, tuple, np.array, pd.Series, lambda x: pd.DataFrame({"formula": x})],
)
def test_formulas_may_come_in_any_usual_container(container):
    X = CompositionFeaturizer().fit_transform(container(["NaCl", "MgO"]))
    np.testing.assert_array_equal(X, CompositionFeaturizer().fit_transform(["NaCl", "MgO"]))


def test_it_behaves_as_a_scikit_learn_transformer():
    featurizer = CompositionFeaturizer(["melting_point"], ["mean", "max"], physical_terms=False)
    copy = clone(featurizer)
    assert copy.get_params() == featurizer.get_params()
    frame = copy.set_output(transform="pandas").fit_transform(pd.Series(["NaCl"], index=[7]))
    assert list(frame.columns) == ["melting_point_mean", "melting_point_max"]
    pipeline = make_pipeline(CompositionFeaturizer(), Ridge())
    assert pipeline.fit(["NaCl", "MgO", "KCl"], [1.0, 2.0, 3.0]).predict(["NaF"]).shape == (1,)


def test_transform_needs_no_fit_because_nothing_is_learnt():
    assert CompositionFeaturizer().transform(["NaCl"]).shape[0] == 1


def test_no_rows_give_an_empty_table():
    featurizer = CompositionFeaturizer()
    assert featurizer.fit_transform([]).shape == (0, len(featurizer.get_feature_names_out()))


@pytest.mark.parametrize(
    ("formulas", "message"),
    [
        (["NaCl", "Xx"], "Row 1: 'Xx': Xx is no element"),
        (["NaCl", None], "Row 1: A formula is a text"),
        (["NaCl", float("nan")], "Row 1: A formula is a text"),
        (["MgO", "BkO2"], "Row 1: 'BkO2' holds Bk"),
        ("NaCl", r"Write \['NaCl'\]"),
        (pd.DataFrame({"a": ["NaCl"], "b": ["MgO"]}), "not the whole table"),
    ],
)
def test_bad_formulas_are_refused_with_their_row(formulas, message):
    with pytest.raises(InputError, match=message):
        CompositionFeaturizer().fit_transform(formulas)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"properties": ["meltingpoint"]}, "Perhaps you mean 'melting_point'"),
        ({"statistics": ["median"]}, "'median' is no statistic"),
        ({"statistics": ["mean", "mean"]}, "names something twice"),
        ({"properties": [], "physical_terms": False}, "No feature is left"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        CompositionFeaturizer(**options).fit(["NaCl"])
