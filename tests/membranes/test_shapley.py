"""Shapley values keep the axioms, and those of trees are what the definition gives."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor

from edex.errors import InputError
from edex.membranes.shapley import shapley_values, tree_shapley

PLAYERS = "abcd"
WORTHS = st.lists(st.floats(-100, 100), min_size=16, max_size=16)


def game(worths):
    """A game of four: the coalition's players are the bits of a number."""
    return lambda group: worths[sum(1 << PLAYERS.index(player) for player in group)]


@given(WORTHS)
def test_everything_that_all_earn_is_shared_out(worths):
    shares = shapley_values(game(worths), PLAYERS)
    assert sum(shares.values()) == pytest.approx(worths[15] - worths[0], abs=1e-9)


@given(WORTHS)
def test_players_who_add_the_same_get_the_same(worths):
    def symmetric(group):
        """a and b can be exchanged: only their number counts."""
        swapped = frozenset({"a": "b", "b": "a"}.get(player, player) for player in group)
        return game(worths)(group) + game(worths)(swapped)

    shares = shapley_values(symmetric, PLAYERS)
    assert shares["a"] == pytest.approx(shares["b"], abs=1e-9)


@given(WORTHS, st.floats(-10, 10))
def test_a_player_who_always_adds_the_same_gets_that(worths, alone):
    def with_dummy(group):
        return game(worths)(group - {"d"}) + alone * ("d" in group)

    assert shapley_values(with_dummy, PLAYERS)["d"] == pytest.approx(alone, abs=1e-9)


@given(WORTHS, WORTHS, st.floats(-5, 5))
def test_the_shares_of_a_sum_of_games_are_the_sums_of_the_shares(first, second, factor):
    both = shapley_values(lambda s: game(first)(s) + factor * game(second)(s), PLAYERS)
    one, two = (shapley_values(game(worths), PLAYERS) for worths in (first, second))
    for player in PLAYERS:
        assert both[player] == pytest.approx(one[player] + factor * two[player], abs=1e-7)


def test_an_airport_runway_is_shared_as_littlechild_and_owen_found():
    """Each part of a runway is paid in equal parts by those who need it: a closed form."""
    needs = {"small": 1.0, "medium": 3.0, "large": 9.0}
    shares = shapley_values(lambda s: max((needs[p] for p in s), default=0.0), list(needs))
    assert shares == pytest.approx({"small": 1 / 3, "medium": 4 / 3, "large": 22 / 3})


@pytest.mark.parametrize(("players", "found"), [(range(13), "13 players"), ("aab", "2 different")])
def test_too_many_players_or_one_twice_are_refused(players, found):
    with pytest.raises(InputError, match=found):
        shapley_values(len, list(players))


def test_twelve_players_are_possible():
    assert shapley_values(len, range(12)) == pytest.approx(dict.fromkeys(range(12), 1.0))


def expectation(tree, x, known, node=0):
    """Walk a tree: at a split on an unknown feature go both ways, as often as training rows did."""
    inner = tree.tree_
    left, right = inner.children_left[node], inner.children_right[node]
    if left == -1:
        return inner.value[node].item()
    feature = inner.feature[node]
    if feature in known:
        goes_left = np.float32(x[feature]) <= inner.threshold[node]
        return expectation(tree, x, known, left if goes_left else right)
    rows = inner.weighted_n_node_samples
    return sum(
        rows[child] / rows[node] * expectation(tree, x, known, child) for child in (left, right)
    )


def by_definition(trees, x, *, factor, n_features):
    def worth(known):
        return factor * sum(expectation(tree, x, known) for tree in trees)

    return list(shapley_values(worth, range(n_features)).values()), worth(frozenset())


def training_rows(n_features):
    rng = np.random.default_rng(n_features)
    X = rng.normal(size=(40, n_features))
    X[:, 1] = X[:, 0] + 0.3 * X[:, 1]
    return X, X[:, 0] * X[:, 1] + np.sin(3 * X[:, 2]) + 0.1 * rng.normal(size=40)


@pytest.mark.parametrize("n_features", [3, 4])
@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeRegressor(max_depth=4, random_state=0),
        ExtraTreeRegressor(max_depth=5, random_state=0),
        RandomForestRegressor(4, max_depth=4, random_state=0),
        ExtraTreesRegressor(5, min_samples_leaf=2, random_state=0),
        GradientBoostingRegressor(n_estimators=6, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_trees_get_the_values_of_the_definition(model, n_features):
    X, y = training_rows(n_features)
    model.fit(X, y)
    result = tree_shapley(model, X[:6])
    found = result.values  # noqa: PD011 - no table, but a field that holds one
    if isinstance(model, GradientBoostingRegressor):
        trees, factor, start = model.estimators_[:, 0], model.learning_rate, y.mean()
    else:
        trees = getattr(model, "estimators_", [model])
        factor, start = 1 / len(trees), 0.0
    for row in range(6):
        values, nothing = by_definition(trees, X[row], factor=factor, n_features=n_features)
        np.testing.assert_allclose(found.iloc[row], values, atol=1e-8)
        assert result.base_value == pytest.approx(start + nothing, abs=1e-8)


@pytest.mark.parametrize(
    "model",
    [
        ExtraTreesRegressor(30, random_state=0),
        GradientBoostingRegressor(random_state=0),
        HistGradientBoostingRegressor(random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_base_and_values_add_up_to_the_prediction(model):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 5)), columns=list("abcde"), index=range(100, 300))
    y = X["a"] + X["b"] ** 2
    model.fit(X, y)
    result = tree_shapley(model, X)
    found = result.values  # noqa: PD011 - no table, but a field that holds one
    sums = result.base_value + found.sum(axis=1)
    np.testing.assert_allclose(sums, model.predict(X), atol=1e-9)
    assert result.additivity_error == pytest.approx(np.abs(sums - model.predict(X)).max())
    assert result.additivity_error < 1e-9
    assert list(found.columns) == list("abcde")
    assert found.index.equals(X.index)
    assert result.importance.idxmax() in ("a", "b")


X3, Y3 = training_rows(3)


@pytest.mark.parametrize(
    ("model", "X", "message"),
    [
        (Ridge().fit(X3, Y3), X3, "Ridge is not made of regression trees"),
        (ExtraTreesClassifier(2).fit(X3, Y3 > 0), X3, "ExtraTreesClassifier is not made"),
        (ExtraTreesRegressor(2).fit(X3, np.c_[Y3, Y3]), X3, "2 targets"),
        (ExtraTreesRegressor(2).fit(X3, Y3), X3[:, :2], r"shape \(40, 2\)"),
        (ExtraTreesRegressor(2).fit(X3, Y3), X3[:0], r"shape \(0, 3\)"),
        (GradientBoostingRegressor(init="zero").fit(X3, Y3), X3, "init='zero'"),
        (
            HistGradientBoostingRegressor(loss="poisson", max_iter=3).fit(X3, Y3 + 9),
            X3,
            "do not add up",
        ),
    ],
)
def test_models_for_which_it_would_not_be_exact_are_refused(model, X, message):
    with pytest.raises(InputError, match=message):
        tree_shapley(model, X)


def test_a_model_that_is_not_fitted_is_refused():
    with pytest.raises(NotFittedError):
        tree_shapley(ExtraTreesRegressor(), X3)


def test_without_shap_the_message_says_how_to_get_it_and_small_games_work():
    code = (
        "import sys; sys.modules['shap'] = None\n"
        "from edex.membranes import shapley_values, tree_shapley\n"
        "from edex.errors import MissingExtraError\n"
        "from sklearn.tree import DecisionTreeRegressor\n"
        "assert shapley_values(len, 'ab') == {'a': 1.0, 'b': 1.0}\n"
        "try:\n    tree_shapley(DecisionTreeRegressor().fit([[0], [1]], [0, 1]), [[0.0]])\n"
        "except MissingExtraError as error:\n    assert 'edex[membranes]' in str(error)\n"
        "else:\n    raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
