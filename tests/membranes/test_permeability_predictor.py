"""The regressor of permeability, forecasts, and the screen built on it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from edex.errors import InputError
from edex.membranes.forecasts import bound_distance, forecast
from edex.membranes.multitask import GasDistribution
from edex.membranes.predictor import PermeabilityRegressor, embedded_polymers
from edex.membranes.robeson import upper_bound
from edex.membranes.screen import rank_candidates
from edex.membranes.slips import GASES, log10_permeability

NEVER_MEASURED = "*CC(*)c1ccc([Si](C)(C)CC)cc1"


@pytest.fixture(scope="module")
def known():
    """Every sixth polymer, so that the fits are quick."""
    table = embedded_polymers(mask_slips=True).table.iloc[::6].reset_index(drop=True)
    return table["smiles"].tolist(), log10_permeability(table, GASES)


@pytest.fixture(scope="module")
def model(known):
    return PermeabilityRegressor(n_likelihood=60, max_iter=15).fit(*known)


def test_the_embedded_polymers_have_all_six_gases():
    table = embedded_polymers().table
    assert table["smiles"].is_unique
    assert (table[list(GASES)].notna().sum() >= 80).all()


def test_polymers_that_were_held_out_are_predicted_better_than_by_the_mean(known, model):
    table = embedded_polymers(mask_slips=True).table.iloc[3::6]
    truth = log10_permeability(table, GASES).to_numpy()
    predicted = model.predict(table["smiles"].tolist())
    better = np.nansum((predicted - truth) ** 2, axis=0)
    worse = np.nansum((np.nanmean(known[1].to_numpy(), axis=0) - truth) ** 2, axis=0)
    assert (better < 0.5 * worse).all()


def test_how_a_polymer_is_written_does_not_matter(model):
    several = model.predict(["*CC(*)c1ccccc1", "c1ccccc1C(*)C*", "*CC(CC(*)c1ccccc1)c1ccccc1"])
    np.testing.assert_allclose(several[1:], several[[0, 0]], atol=1e-9)


def test_rows_of_one_polymer_are_merged_by_their_median():
    smiles = ["*CC*", "*CC(*)C", "*CCO*", "*CCOCCO*", "*OCC*"]
    fitted = PermeabilityRegressor().fit(smiles, [0.4, 0.2, 1.0, 1.1, 9.0])
    assert len(fitted.known_) == 3
    assert fitted.known_["gas 0"].tolist() == [0.4, 0.2, 1.1]


def test_the_shape_of_the_targets_is_the_shape_of_the_predictions(known):
    smiles, logs = known
    has = logs["O2"].notna().to_numpy()
    names = [text for text, keep in zip(smiles, has, strict=True) if keep]
    single = PermeabilityRegressor(n_likelihood=40, max_iter=5).fit(names, logs.loc[has, "O2"])
    assert single.predict([NEVER_MEASURED]).shape == (1,)
    assert single.predict_interval([NEVER_MEASURED]).shape == (1, 2)
    assert single.gases_ == ("O2",)
    assert isinstance(clone(single), PermeabilityRegressor)


def test_bands_hold_the_prediction_and_grow_with_the_coverage(model):
    centre = model.predict([NEVER_MEASURED])
    narrow, wide = (model.predict_interval([NEVER_MEASURED], c) for c in (0.5, 0.9))
    assert (wide[..., 0] < narrow[..., 0]).all()
    assert (narrow[..., 0] < centre).all()
    assert (centre < narrow[..., 1]).all()
    assert (narrow[..., 1] < wide[..., 1]).all()


def test_a_coverage_that_so_few_polymers_cannot_know_gives_endless_bands(model):
    assert np.isinf(model.widening(0.999999)).all()


def test_known_gases_narrow_the_others_and_keep_their_value(model):
    given = np.full((1, 6), np.nan)
    given[0, GASES.index("O2")] = 2.5
    found = model.predict_distribution([NEVER_MEASURED], known=given)
    alone = model.predict_distribution([NEVER_MEASURED])
    nitrogen, oxygen = GASES.index("N2"), GASES.index("O2")
    assert found.mean[0, oxygen] == 2.5
    assert found.mean[0, nitrogen] > alone.mean[0, nitrogen]  # 2.5 is more than was predicted
    assert found.standard_error[0, nitrogen] < 0.6 * alone.standard_error[0, nitrogen]


def test_a_known_polymer_is_its_own_nearest_and_not_far(known, model):
    smiles = known[0][5]
    nearest = model.nearest_known(smiles, 2)
    assert nearest.loc[0, "smiles"] == smiles
    assert nearest.loc[0, "similarity"] == pytest.approx(1.0)
    assert not model.is_far([smiles])[0]


def test_a_polymer_of_strange_atoms_is_far(model):
    assert model.is_far(["*[Ge](I)(I)[Ge](*)(I)I"])[0]


@pytest.mark.parametrize(
    ("smiles", "y", "message"),
    [
        (["*CC*", "CC", "*CO*"], [0.0, 1.0, 2.0], "no attachment point"),
        (["*CC*", "*CO*"], [0.0, 1.0, 2.0], "2 polymers and 3 rows"),
        (["*CC*", "*CO*", "*CN*"], [0.0, 100.0, 2.0], "A value is 100.*numpy.log10"),
        (["*CC*", "*CCCC*", "*CO*"], [0.0, 1.0, 2.0], "2 different polymers"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(smiles, y, message):
    with pytest.raises(InputError, match=message):
        PermeabilityRegressor().fit(smiles, y)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda m: m.predict_interval(["*CC*"], 95.0), "coverage is 95.0"),
        (lambda m: m.nearest_known("*CC*", 0), "k is 0"),
        (lambda m: m.predict_distribution(["*CC*"], gases=["Ar"]), "There is no gas 'Ar'"),
        (lambda m: rank_candidates(["*CC*"], "CO2/Ar", model=m), "no gas 'Ar'"),
        (lambda m: rank_candidates(["CC", "C1"], model=m), "No polymer can be read"),
    ],
)  # fmt: skip
def test_questions_without_an_answer_are_refused(model, ask, message):
    with pytest.raises(InputError, match=message):
        ask(model)


def test_a_pair_the_model_does_not_know_is_refused(model):
    found = model.predict_distribution(["*CC*"])
    with pytest.raises(InputError, match="The pair is 'CO2/Ar'"):
        bound_distance(model, found, "CO2/Ar")


def test_a_forecast_has_gases_bounds_and_neighbours(known, model):
    new, old = forecast([NEVER_MEASURED, known[0][5]], model=model)
    assert new.gases["gas"].tolist() == list(GASES)
    assert new.gases["measured"].isna().all()
    assert old.gases["measured"].notna().any()
    assert (new.gases["low"] < new.gases["permeability"]).all()
    co2_n2 = new.bounds.set_index("pair").loc["CO2/N2"]
    gases = new.gases.set_index("gas")["permeability"]
    assert co2_n2["selectivity"] == pytest.approx(gases["CO2"] / gases["N2"])
    on_bound = upper_bound("CO2/N2").log10_selectivity(np.log10(gases["CO2"]))
    assert co2_n2["decades_above"] == pytest.approx(np.log10(co2_n2["selectivity"]) - on_bound)


def test_errors_that_go_together_cancel_in_the_distance_to_the_bound(model):
    centre = np.array([[3.0, 1.6]])
    loose = np.array([[[0.09, 0.0], [0.0, 0.09]]])
    tight = np.array([[[0.09, 0.0891], [0.0891, 0.09]]])
    errors = [
        bound_distance(model, GasDistribution(centre, covariance), "CO2/N2").standard_error[0]
        for covariance in (loose, tight)
    ]
    assert errors[1] < 0.6 * errors[0]


def test_candidates_are_ranked_once_each_with_what_cannot_be_read_at_the_end(known, model):
    candidates = [NEVER_MEASURED, "*CC*", known[0][0], "*CCCC*", "CC", "*[Ge](I)(I)[Ge](*)(I)I"]
    table = rank_candidates(candidates, "CO2/N2", model=model)
    assert len(table) == 5
    assert table["smiles"].iloc[-1] == "CC"
    assert "no attachment point" in table["problem"].iloc[-1]
    ranked = table.iloc[:-1]
    near = ranked[~ranked["is_far"].astype(bool)]
    assert near["probability"].is_monotonic_decreasing
    assert ranked["is_far"].iloc[-1]
    assert ranked.loc[ranked["smiles"] == known[0][0], "is_known"].all()
    assert not ranked.loc[ranked["smiles"] == NEVER_MEASURED, "is_known"].any()
    assert (ranked["problem"] == "").all()


def test_a_unit_that_cannot_be_joined_to_a_chain_is_reported_and_stops_nothing(model):
    odd = "*c1c(*)c(*)c(*)[se]1"
    table = rank_candidates([NEVER_MEASURED, odd], model=model)
    assert len(table) == 2
    assert np.isfinite(table["probability"].iloc[0])


def test_ranking_is_what_the_forecast_says(model):
    (one,) = forecast([NEVER_MEASURED], model=model)
    ranked = rank_candidates([NEVER_MEASURED], "H2/CH4", model=model).iloc[0]
    expected = one.bounds.set_index("pair").loc["H2/CH4"]
    assert ranked["decades_above"] == pytest.approx(expected["decades_above"])
    assert ranked["probability"] == pytest.approx(expected["probability"])
    assert isinstance(ranked, pd.Series)
