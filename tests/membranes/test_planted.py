"""The planted truth is what it says, and correlated motifs fool who does not look."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from edex.datasets import load_gas_permeability
from edex.errors import InputError
from edex.membranes.confounders import with_and_without
from edex.membranes.motif_features import MotifCounts
from edex.membranes.planted import PLANTED_EFFECTS, plant_truth


@pytest.fixture(scope="module")
def polymers():
    texts = load_gas_permeability()["smiles"]
    return [text for text in texts if text.count("*") in (2, 4)][::2]


@pytest.fixture(scope="module")
def truth(polymers):
    return plant_truth(polymers)


def test_least_squares_on_the_true_motifs_finds_the_planted_effects(truth):
    acting = truth.effects.index[truth.effects != 0]
    assert truth.effects[acting].to_dict() == {
        name: PLANTED_EFFECTS[name] for name in truth.X.columns if name in PLANTED_EFFECTS
    }
    z = truth.X[acting] / truth.X[acting].std(ddof=0)
    fitted = LinearRegression().fit(z, truth.y)
    error = 0.3 / np.sqrt(len(truth.y))
    assert np.abs(fitted.coef_ - truth.effects[acting]).max() < 6 * error
    assert LinearRegression().fit(z, truth.signal).coef_ == pytest.approx(truth.effects[acting])


def test_mean_noise_and_ceiling_are_those_asked_for(polymers, truth):
    noise = truth.y - truth.signal
    assert truth.signal.mean() == pytest.approx(1.0)
    assert noise.std() == pytest.approx(0.3, abs=0.03)
    assert truth.r2_ceiling == pytest.approx(1 - noise.var() / truth.y.var(), abs=0.01)
    silent = plant_truth(polymers[:200], effects={"hydroxyl": -1.0}, noise=0.0, confounder=None)
    assert silent.r2_ceiling == 1.0


def test_the_table_is_that_of_the_polymers_kept(polymers, truth):
    assert [polymers[row] for row in truth.rows] == list(truth.smiles)
    some = [0, 50, 100]
    counted = MotifCounts().transform([truth.smiles[row] for row in some])
    names = list(MotifCounts().get_feature_names_out())
    columns = [names.index(name) for name in truth.X.columns]
    np.testing.assert_array_equal(truth.X.iloc[some], counted[:, columns])
    assert (truth.X.max() > truth.X.min()).all()


def test_the_bystander_never_occurs_without_its_cause_unless_asked(polymers, truth):
    has = truth.X > 0
    assert not (has["nitrile"] & ~has["spiro carbon"]).any()
    everything = plant_truth(polymers, confounder=None)
    assert len(everything.y) == len(polymers) > len(truth.y)
    assert (everything.X["nitrile"] > 0).sum() > has["nitrile"].sum()


def test_who_compares_medians_is_fooled_by_the_bystander(truth):
    assert truth.effects["nitrile"] == 0.0
    assert with_and_without(truth.y, truth.X["nitrile"] > 0).interval[0] > 0.5


def test_bystanders_do_nothing_and_their_causes_act(truth):
    table = truth.bystanders
    assert (truth.effects[table["motif"]] == 0).all()
    assert (truth.effects[table["cause"]] != 0).all()
    assert "nitrile" in set(table["motif"])
    assert table["correlation"].abs().is_monotonic_decreasing
    for row in table.itertuples():
        expected = np.corrcoef(truth.X[row.motif], truth.X[row.cause])[0, 1]
        assert row.correlation == pytest.approx(expected)


def test_the_seed_decides_the_noise_and_nothing_else(polymers):
    some = polymers[:150]
    only = {"ester carbonyl": -0.3}
    one, again, other = (
        plant_truth(some, effects=only, confounder=None, random_state=seed) for seed in (1, 1, 2)
    )
    assert one.y.equals(again.y)
    assert not one.y.equals(other.y)
    assert one.signal.equals(other.signal)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effects": {"unicorn": 1.0}}, "no motif 'unicorn'"),
        ({"confounder": ("nitrile", "horn")}, "no motif 'horn'"),
        ({"confounder": ("spiro carbon", "nitrile")}, r"effects 0\.3 and 0\.0"),
        ({"noise": -1.0}, r"noise is -1\.0"),
        ({"effects": {"nitro": 1.0}, "confounder": None}, "'nitro' is planted .* all 2 polymers"),
    ],
)
def test_a_truth_that_cannot_be_planted_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        plant_truth(["*CC*", "*CC(*)O"], **options)
