"""The regressor for daily use: intervals, neighbours, and the edge of what it knows."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from edex.errors import InputError
from edex.melting.predictor import MeltingRegressor, default_model

CATIONS = ["Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Al", "Ga", "In"]
ANIONS = {"F": 1, "Cl": 1, "Br": 1, "I": 1, "O": 2, "S": 2, "Se": 2, "Te": 2}
CHARGES = {"Li": 1, "Na": 1, "K": 1, "Rb": 1, "Cs": 1, "Al": 3, "Ga": 3, "In": 3}


@pytest.fixture(scope="module")
def salts():
    formulas, temperatures = [], []
    for cation in CATIONS:
        for anion, anion_charge in ANIONS.items():
            charge = CHARGES.get(cation, 2)
            formulas.append(f"{cation}{anion_charge}{anion}{charge}")
            temperatures.append(600.0 + 400.0 * charge * anion_charge + 20.0 * len(formulas) ** 0.5)
    return formulas, np.array(temperatures)


@pytest.fixture(scope="module")
def model(salts):
    return MeltingRegressor(n_trees=20, random_state=1).fit(*salts)


def test_the_out_of_fold_prediction_of_a_compound_ignores_its_own_temperature(salts):
    formulas, temperatures = salts
    poisoned = temperatures.copy()
    poisoned[7] = 9000.0
    honest = MeltingRegressor("ridge").fit(formulas, temperatures)
    spoilt = MeltingRegressor("ridge").fit(formulas, poisoned)
    assert spoilt.out_of_fold_[7] == honest.out_of_fold_[7]
    assert not np.allclose(spoilt.out_of_fold_, honest.out_of_fold_)


def test_two_spellings_of_a_composition_share_a_fold():
    formulas = ["NaCl", "ClNa", "Na2Cl2", "MgO", "KCl", "CaO", "LiF"]
    temperatures = np.array([1000.0, 1100.0, 1200.0, 3000.0, 1050.0, 2900.0, 1121.0])
    model = MeltingRegressor("mean", n_splits=5).fit(formulas, temperatures)
    # The mean of the others: none of the three may be in it.
    assert model.out_of_fold_[0] == model.out_of_fold_[1] == model.out_of_fold_[2]


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_intervals_of_exchangeable_compounds_cover_what_they_promise(salts, coverage):
    formulas, _ = salts
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(12):  # temperatures that no feature explains: coverage is pure statistics
        temperatures = rng.uniform(500.0, 1500.0, size=len(formulas))
        order = rng.permutation(len(formulas))
        train, test = order[:80], order[80:]
        model = MeltingRegressor("mean").fit([formulas[i] for i in train], temperatures[train])
        low, high = model.predict_interval([formulas[i] for i in test], coverage).T
        inside.append((low <= temperatures[test]) & (temperatures[test] <= high))
    assert np.mean(inside) == pytest.approx(coverage, abs=0.08)


def test_intervals_hold_the_prediction_and_grow_with_the_coverage(model):
    new = ["NaBr", "MgO", "AlN"]
    predicted = model.predict(new)
    narrow, wide = model.predict_interval(new, 0.5), model.predict_interval(new, 0.95)
    assert np.all((wide[:, 0] <= narrow[:, 0]) & (narrow[:, 1] <= wide[:, 1]))
    assert np.all((wide[:, 0] <= predicted) & (predicted <= wide[:, 1]))
    assert np.all(wide[:, 0] >= 0.0)


def test_more_coverage_than_the_compounds_can_tell_gives_an_unbounded_interval(model):
    low, high = model.predict_interval(["NaBr"], 0.9999)[0]
    assert (low, high) == (0.0, np.inf)


def test_the_nearest_known_compound_of_a_known_one_is_itself(model):
    nearest = model.nearest_known("ClNa", k=3)
    assert nearest["formula"].tolist()[0] == "Na1Cl1"
    assert nearest["distance"].tolist()[0] == 0.0
    assert nearest["distance"].is_monotonic_increasing


def test_known_compounds_are_near_and_strange_ones_far(model):
    assert model.is_far(["NaCl", "HfC", "LaH10"]).tolist() == [False, True, True]
    assert model.domain_distance(["NaCl"])[0] == 0.0


def test_about_five_percent_of_the_known_compounds_lie_beyond_the_threshold(model, salts):
    formulas, temperatures = salts
    far = [
        MeltingRegressor("mean")
        .fit(formulas[:row] + formulas[row + 1 :], np.delete(temperatures, row))
        .is_far([formulas[row]])[0]
        for row in range(0, len(formulas), 4)
    ]
    assert np.mean(far) <= 0.2


def test_describe_says_everything_in_one_row(model):
    row = model.describe(["NaCl", "HfC"]).iloc[0]
    assert row["low"] <= row["melting_temperature"] <= row["high"]
    assert row["nearest"] == "Na1Cl1"
    assert row["known"] == row["nearest_temperature"]
    assert np.isnan(model.describe(["HfC"])["known"].iloc[0])


def test_a_clone_has_the_same_options_and_no_memory(model):
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(["NaCl"])


@pytest.mark.parametrize(
    ("formulas", "temperatures", "message"),
    [
        (["NaCl", "MgO"], [1000.0], "each formula needs one temperature"),
        (["NaCl", "MgO"], [1000.0, -5.0], "Row 1: MgO melts at -5.0"),
        (["NaCl", "MgO"], [1000.0, np.nan], "positive number"),
        (["NaCl", "MgO"], [1000.0, 3000.0], "n_splits is 5"),
    ],
)
def test_bad_training_data_are_refused(formulas, temperatures, message):
    with pytest.raises(InputError, match=message):
        MeltingRegressor().fit(formulas, temperatures)


@pytest.mark.parametrize("coverage", [0.0, 1.0, 90])
def test_a_coverage_that_is_no_fraction_is_refused(model, coverage):
    with pytest.raises(InputError, match="between 0 and 1"):
        model.predict_interval(["NaCl"], coverage)


def test_too_many_neighbours_are_refused(model):
    with pytest.raises(InputError, match="compositions are known"):
        model.nearest_known("NaCl", k=10_000)


@pytest.mark.slow
def test_the_default_model_knows_its_chemistry():
    table = default_model().describe(["NaCl", "CaTiO3", "HfC", "LaH10"])
    assert default_model() is default_model()
    assert table["melting_temperature"].tolist()[0] == pytest.approx(1074, abs=150)
    assert table["melting_temperature"].is_monotonic_increasing is False
    assert table["is_far"].tolist()[3]
    hot, salt = table["melting_temperature"].iloc[2], table["melting_temperature"].iloc[0]
    assert hot > 2 * salt
