"""Shuffling a feature costs what it is worth; correlated features share a block."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression

from edex.errors import InputError
from edex.membranes.importance import (
    correlated_blocks,
    impurity_importances,
    permutation_importances,
)

RNG = np.random.default_rng(0)
NAMES = ["a", "b", "c", "d"]


def linear_world(n=4000, weights=(2.0, -1.0, 0.5, 0.0)):
    X = pd.DataFrame(np.random.default_rng(1).normal(size=(n, 4)), columns=NAMES)
    y = X.to_numpy() @ np.array(weights)
    return X, y, LinearRegression().fit(X, y)


def test_a_linear_model_loses_twice_the_variance_of_the_feature():
    """For independent columns R² falls by 2 w² var(x) / var(y): a closed form."""
    X, y, model = linear_world()
    table = permutation_importances(model, X, y, n_repeats=8)
    expected = 2 * np.array([4.0, 1.0, 0.25, 0.0]) / 5.25
    np.testing.assert_allclose(table["mean"], expected, atol=0.06)
    assert (table["standard_error"][:3] > 0).all()


def test_it_agrees_with_scikit_learn_on_single_columns():
    X, y, _ = linear_world(300)
    y = y + RNG.normal(size=300)
    forest = ExtraTreesRegressor(20, random_state=0).fit(X[:200], y[:200])
    ours = permutation_importances(forest, X[200:], y[200:], n_repeats=30)
    theirs = permutation_importance(
        forest, X[200:], y[200:], scoring="r2", n_repeats=30, random_state=5
    )
    gaps = ours["mean"].to_numpy() - theirs.importances_mean
    errors = np.hypot(ours["standard_error"], theirs.importances_std / np.sqrt(30))
    assert (np.abs(gaps) < 4 * errors + 1e-12).all()


def test_a_block_is_permuted_with_one_permutation():
    """x and its copy cancel in the model; only permuted together do they go on doing so."""
    x = RNG.normal(size=400)
    X = pd.DataFrame({"x": x, "copy": x, "z": RNG.normal(size=400)})
    model = LinearRegression()
    model.fit(X, X["z"])
    model.coef_ = np.array([3.0, -3.0, 1.0])
    alone = permutation_importances(model, X, X["z"], n_repeats=3)["mean"]
    together = permutation_importances(model, X, X["z"], blocks={"both": ["x", "copy"]})["mean"]
    assert alone["x"] > 1.0
    assert alone["copy"] > 1.0
    assert together["both"] == pytest.approx(0.0, abs=1e-9)
    assert list(together.index) == ["both"]


def test_two_copies_hide_each_other_and_the_block_shows_what_they_are_worth():
    x = RNG.normal(size=500)
    X = pd.DataFrame({"x": x, "copy": x + 1e-6 * RNG.normal(size=500), "z": RNG.normal(size=500)})
    y = x + 0.2 * RNG.normal(size=500)
    forest = ExtraTreesRegressor(50, max_features=1, random_state=0).fit(X[:300], y[:300])
    alone = permutation_importances(forest, X[300:], y[300:])["mean"]
    blocks = correlated_blocks(X[:300])
    whole = permutation_importances(forest, X[300:], y[300:], blocks=blocks)["mean"]
    assert sorted(map(sorted, blocks.values())) == [["copy", "x"], ["z"]]
    assert whole.max() > alone["x"] + alone["copy"]


def test_a_constant_column_is_worth_exactly_nothing():
    X, y, _ = linear_world(100)
    X["constant"] = 1.0
    model = LinearRegression().fit(X, y)
    assert permutation_importances(model, X, y).loc["constant"].tolist() == [0.0, 0.0]


def test_arrays_and_tables_give_the_same_numbers_and_the_table_is_left_alone():
    X, y, _ = linear_world(100)
    before = X.copy()
    by_table = permutation_importances(LinearRegression().fit(X, y), X, y)
    model = LinearRegression().fit(X.to_numpy(), y)
    by_array = permutation_importances(model, X.to_numpy(), y, names=NAMES)
    pd.testing.assert_frame_equal(by_table, by_array)
    pd.testing.assert_frame_equal(X, before)
    assert list(permutation_importances(model, X.to_numpy(), y).index) == ["x0", "x1", "x2", "x3"]


def test_the_seed_decides():
    X, y, model = linear_world(50)
    first, again = (permutation_importances(model, X, y, random_state=3) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = permutation_importances(model, X, y, random_state=4)
    assert not first["mean"].equals(other["mean"])


X0, Y0, MODEL0 = linear_world(20)
WITH_GAP = X0.copy()
WITH_GAP.iloc[3, 1] = np.nan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.ones(20)}, "same for all"),
        ({"y": Y0[:5]}, r"shape \(5,\) for 20 rows"),
        ({"X": WITH_GAP}, "1 values that are not finite"),
        ({"X": Y0}, r"X has shape \(20,\)"),
        ({"X": X0.to_numpy(), "names": ["a"]}, "4 columns and there are 1 names"),
        ({"n_repeats": 1}, "n_repeats is 1"),
        ({"blocks": {"all": ["a", "q"]}}, "'q', which is no column"),
    ],
)
def test_what_cannot_be_scored_is_refused(changes, message):
    given = {"X": X0, "y": Y0, **changes}
    with pytest.raises(InputError, match=message):
        permutation_importances(MODEL0, **given)


@given(st.integers(0, 10_000), st.floats(0.05, 1.0))
def test_blocks_are_a_partition_and_a_higher_threshold_divides_them(seed, threshold):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.integers(0, 3, size=(12, 6)) @ rng.integers(0, 2, size=(6, 6)))
    X.columns = list("abcdef")
    blocks = correlated_blocks(X, threshold=threshold)
    assert sorted(name for block in blocks.values() for name in block) == list("abcdef")
    assert all(name in block for name, block in blocks.items())
    finer = correlated_blocks(X, threshold=min(1.0, threshold + 0.2))
    assert all(any(set(small) <= set(big) for big in blocks.values()) for small in finer.values())


def test_pairs_join_exactly_at_their_rank_correlation():
    a, b = RNG.normal(size=30), RNG.normal(size=30)
    X = pd.DataFrame({"a": a, "b": -np.exp(a + b)})
    rho = abs(spearmanr(X["a"], X["b"]).statistic)
    assert len(correlated_blocks(X, threshold=rho - 1e-6)) == 1
    assert len(correlated_blocks(X, threshold=rho + 1e-6)) == 2


def test_a_block_has_the_name_of_its_most_frequent_member_and_constants_stand_alone():
    X = pd.DataFrame({"rare": [0, 0, 0, 1], "often": [0, 0, 1, 4], "c": 1.0, "k": 0.0})
    assert correlated_blocks(X, threshold=0.6) == {
        "often": ["rare", "often"],
        "c": ["c"],
        "k": ["k"],
    }


def test_a_threshold_that_is_no_correlation_is_refused():
    with pytest.raises(InputError, match=r"threshold is 1\.5"):
        correlated_blocks(X0, threshold=1.5)


def test_impurity_importance_is_that_of_the_forest_with_the_spread_of_its_trees():
    X, y, _ = linear_world(200)
    forest = ExtraTreesRegressor(30, random_state=0).fit(X, y)
    table = impurity_importances(forest, NAMES)
    np.testing.assert_array_equal(table["mean"], forest.feature_importances_)
    assert table["mean"].sum() == pytest.approx(1.0)
    assert table["mean"].idxmax() == "a"
    assert (table["standard_error"] > 0).all()
    boosted = GradientBoostingRegressor(n_estimators=5).fit(X, y)
    assert impurity_importances(boosted, NAMES)["standard_error"].isna().all()


@pytest.mark.parametrize(
    ("model", "names", "message"),
    [
        (MODEL0, NAMES, "LinearRegression has no feature_importances_"),
        (ExtraTreesRegressor(2).fit(X0, Y0), ["a"], "4 features and there are 1 names"),
    ],
)
def test_impurity_importance_needs_a_forest_and_its_names(model, names, message):
    with pytest.raises(InputError, match=message):
        impurity_importances(model, names)
