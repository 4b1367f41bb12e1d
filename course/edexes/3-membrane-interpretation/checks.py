"""Checks and hints of the EdEx "membrane-interpretation".

Each check tests what must be true of a right answer: closed forms for a model whose truth is known,
the promises that Shapley values keep, an independent recomputation. No number of an earlier run is
stored here.
"""

import math
import re
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.base import clone

from edex.checks import (
    Questions,
    Todo,
    expect,
    expect_array,
    expect_function,
    expect_number,
    expect_pair,
    expect_table,
    expect_text,
)
from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.forecasts import forecast
from edex.membranes.shapley import shapley_values

questions = Questions("membrane-interpretation")

_LEAST_BARRER = 50.0
_WORDS = ("raises", "lowers", "cannot tell")
_EFFECTS = {
    "flexible chains": (
        "lowers",
        "Outside the ladders the interval of the difference lies below zero, and both flexible "
        "twins are less permeable with nitrile by more than three decades.",
    ),
    "PIM-1": (
        "cannot tell",
        "No twin of PIM-1 with another group in place of its two nitriles is in the table. The "
        "ladder twin exchanges pendant nitriles, and inside the ladders the interval includes "
        "zero.",
    ),
}
_AGREES = r"(?<!not )(?<!n't )(fully agree|agree (fully|completely|with the proposal))"


def _expect_series(value, name, names, *, what):
    """Expect one finite number for each name, as a Series, and return it in that order."""
    if not isinstance(value, dict):
        expect_array(value, name, shape=(None,), of=what)
    expect(
        isinstance(value, pd.Series),
        "not-a-series",
        saw=f"`{name}` is of type {type(value).__name__}",
        expected=f"a pandas Series: {what}, with their names as its index",
        why="A number without the name of its motif explains nothing, and cells below sort it.",
    )
    missing = [label for label in names if label not in value.index]
    expect(
        not missing and len(value) == len(names),
        "wrong-names",
        saw=f"{len(value)} entries; {len(missing)} of {len(names)} columns are not among them",
        expected=f"one entry for each column, such as {names[0]!r}",
    )
    return value.reindex(names)


@questions.code(
    "q1",
    title="First, can it predict?",
    points=2,
    minutes=5,
    hints=(
        "Five forests, each trained without one fold, predict that fold. It is the loop of EdEx 2; "
        "only this time the forests are kept.",
        "Inside `for train, test in folds:` append `clone(model).fit(X.iloc[train], y[train])` to "
        "the list, and put its prediction of `X.iloc[test]` at the positions `test`.",
        "After the loop `r2 = r2_score(y, predicted)` (measured first), and "
        "`rmse = np.sqrt(np.mean((y - predicted) ** 2))`.",
    ),
    insight="About three quarters of the variance, a factor of four in permeability. Explanations "
    "can be about that part, and not about the rest.",
)
def check_score(forests, predicted, r2, rmse, X, y, folds, model):
    predictions = expect_array(predicted, "predicted", shape=(len(y),), of="predictions")
    expect(
        isinstance(forests, list | tuple) and len(forests) == len(folds),
        "not-all-forests",
        saw=f"`forests` is a {type(forests).__name__}"
        + (f" of {len(forests)}" if isinstance(forests, list | tuple) else ""),
        expected=f"a list of {len(folds)} fitted models, one for each fold",
        why="A polymer is to be explained by a forest that has not seen it, so each one is needed.",
    )
    expect(
        len({id(forest) for forest in forests}) == len(folds) and model not in forests,
        "same-forest",
        saw="the same object several times, or `model` itself, in `forests`",
        expected="a fresh clone(model) for each fold",
        why="Fitting an object again overwrites what it knew: all entries would be the last "
        "forest.",
    )
    train, test = folds[0]
    reference = clone(model).fit(X.iloc[train], y[train])
    error_seen = np.mean((y - predictions) ** 2) / y.var()
    expect(
        error_seen > 0.12,
        "in-sample",
        saw=f"an R² of {1 - error_seen:.2f} on polymers that cannot have been hidden",
        expected="each polymer predicted by a forest that was trained without it",
        why="A forest remembers what it was trained on. What it remembers is no prediction.",
    )
    for forest, (_, rows) in zip(forests, folds, strict=True):
        expect(
            np.allclose(forest.predict(X.iloc[rows]), predictions[rows]),
            "other-order",
            saw="a forest of the list that does not give the predictions of its own fold",
            expected="forests[k] trained without fold k, and `predicted[test]` made by it",
            why="Later each forest explains the polymers of its own fold only.",
        )
    expect(
        np.abs(reference.predict(X.iloc[test]) - predictions[test]).mean() < 0.15 * y.std(),
        "other-model",
        saw="predictions of the first fold that are far from those of a fresh clone of `model`",
        expected="clone(model) fitted on X.iloc[train], y[train]",
    )
    found = expect_number(r2, "r2")
    share = 1 - np.mean((y - predictions) ** 2) / y.var()
    squared_correlation = np.corrcoef(y, predictions)[0, 1] ** 2
    swapped = 1 - np.mean((y - predictions) ** 2) / predictions.var()
    expect(
        not np.isclose(found, swapped, atol=1e-6),
        "swapped",
        saw=f"{found:.3f}, the R² with measured and predicted exchanged",
        expected="r2_score(y, predicted)",
        why="The error is compared with the spread of what was *measured*.",
    )
    of_folds = [1 - np.mean((y[b] - predictions[b]) ** 2) / y[b].var() for _, b in folds]
    expect(
        np.isclose(found, share, atol=1e-6) or not np.isclose(found, np.mean(of_folds), atol=1e-6),
        "mean-of-folds",
        saw=f"{found:.4f}, the mean of the R² of {len(folds)} folds",
        expected=f"one R² over all {len(y)} polymers: r2_score(y, predicted), after the loop",
        why="A mean over folds compares the errors of each fold with the spread of that fold "
        "alone. It is close and useful for an error bar; the next cell prints it.",
    )
    expect(
        np.isclose(found, share, atol=1e-6) or not np.isclose(found, squared_correlation),
        "squared-correlation",
        saw=f"{found:.3f}, the squared correlation",
        expected="one minus the mean square error over the variance of y, over all polymers",
        why="A correlation forgives a wrong scale and a wrong zero, an R² does not.",
    )
    expect(
        np.isclose(found, share, atol=1e-6),
        "other-r2",
        saw=f"{found:.3f}",
        expected="one minus the mean square error over the variance of y, over all polymers",
    )
    deviation = expect_number(rmse, "rmse", unit="decades")
    expect(
        np.isclose(deviation, np.sqrt(np.mean((y - predictions) ** 2)), atol=1e-6),
        "other-rmse",
        saw=f"{deviation:.3f} decades",
        expected="the square root of the mean of the squared errors",
    )


@questions.code(
    "q2",
    title="Ranked below random numbers",
    points=2,
    minutes=6,
    hints=(
        "A control experiment: add something that is certainly worth nothing and look where it "
        "ends up.",
        "`X.assign(noise=...)` makes a copy with one more column. The shares are in "
        "`.feature_importances_` of the fitted clone, in the order of the columns.",
        "`impurity = pd.Series(forest.feature_importances_, index=X_noise.columns)`, and "
        '`n_below = (impurity < impurity["noise"]).sum()`.',
    ),
    insight="Numbers from a random generator beat most motifs that chemists have names for. "
    "Measured on training rows, what was learned by heart counts as much as what was understood.",
)
def check_noise(X_noise, impurity, n_below, X, y, model, folds):
    table = expect_table(X_noise, "X_noise")
    expect(
        "noise" not in X.columns,
        "x-changed",
        saw="a column 'noise' in `X` itself",
        expected="a copy with one more column; `X` with its 38 motifs",
        why="Everything that follows would be trained on random numbers. Run the cell that makes X "
        "once more.",
    )
    expect(
        list(table.columns) == [*X.columns, "noise"] and len(table) == len(X),
        "other-columns",
        saw=f"a table of shape {table.shape} whose last column is {table.columns[-1]!r}",
        expected=f"the columns of X and then 'noise': shape ({len(X)}, {X.shape[1] + 1})",
    )
    noise = expect_array(table["noise"], 'X_noise["noise"]', shape=(len(X),), of="random numbers")
    expect(
        len(np.unique(noise)) > 0.9 * len(noise) and abs(noise.std() - 1) < 0.2,
        "not-normal",
        saw=f"{len(np.unique(noise))} different values with a standard deviation of "
        f"{noise.std():.2f}",
        expected="a standard normal random number for each polymer",
        why="It is the many different values that give a tree so many places to cut.",
    )
    expect(
        abs(np.corrcoef(noise, y)[0, 1]) < 0.2,
        "knows-target",
        saw=f"a correlation of {np.corrcoef(noise, y)[0, 1]:.2f} with y",
        expected="numbers that know nothing about permeability",
    )
    shares = _expect_series(
        impurity, "impurity", list(table.columns), what="an impurity importance for each column"
    )
    expect(
        np.isclose(shares.sum(), 1.0) and (shares >= 0).all(),
        "not-shares",
        saw=f"values that add up to {shares.sum():.3f}",
        expected="shares that add up to 1, from .feature_importances_",
    )
    _check_all_rows(shares, table, y, model, folds)
    number = expect_number(n_below, "n_below")
    below, above = int((shares < shares["noise"]).sum()), int((shares > shares["noise"]).sum())
    expect(
        number != above or above == below,
        "counted-above",
        saw=f"{number:.0f}, the number of motifs *more* important than noise",
        expected="how many are less important",
    )
    expect(
        number != below + 1,
        "noise-counted",
        saw=f"{number:.0f}, which counts noise itself among the motifs below noise",
        expected=f"{below}: below noise (<), noise itself not counted",
    )
    expect(
        number == below,
        "other-count",
        saw=f"{number:g}",
        expected=f"the number of motifs with a share below that of noise, {shares['noise']:.4f}",
    )


def _check_all_rows(shares, table, y, model, folds):
    """Recognise a forest that was fitted on the training rows of one fold only."""
    if np.allclose(shares, clone(model).fit(table, y).feature_importances_):
        return
    for train, _ in folds:
        part = clone(model).fit(table.iloc[train], y[train])
        expect(
            not np.allclose(shares, part.feature_importances_),
            "one-fold",
            saw=f"the importance of a forest fitted on the {len(train)} training rows of one fold",
            expected=f"a clone of `model` fitted on all {len(y)} rows of `X_noise`",
            why="Nothing is predicted here, so no polymer has to be held out.",
        )


class _Known:
    """A fitted model of which all is known: 3a + 1b. Keeps the tables it was shown."""

    def __init__(self):
        self.shown = []
        self.fits = 0

    def __sklearn_clone__(self):
        return self  # so that fitting a clone is counted too

    def fit(self, X, y):
        self.fits += 1
        return self

    def score(self, X, y):
        return 1 - np.mean((y - self.predict(X)) ** 2) / np.var(y)

    def predict(self, X):
        self.shown.append(X.copy())
        return 3.0 * X["a"].to_numpy() + X["b"].to_numpy()


def _known_table(n_rows=200):
    rng = np.random.default_rng(11)
    index = rng.permutation(n_rows) + 1000
    return pd.DataFrame(rng.normal(size=(n_rows, 3)), columns=["a", "b", "c"], index=index)


def _check_shown(shown, X, column):
    """Judge the tables that the model was shown in place of X."""
    for table in shown:
        others = [name for name in X.columns if name != column]
        expect(
            table.shape == X.shape and np.allclose(table[others], X[others]),
            "other-columns",
            saw="other columns changed together with the shuffled one",
            expected="one column shuffled, all others as they were",
            why="Otherwise the loss belongs to several columns at once.",
        )
        values, original = table[column].to_numpy(), X[column].to_numpy()
        expect(
            np.allclose(np.sort(values), np.sort(original)),
            "not-a-permutation",
            saw="values in the shuffled column that are not those of the column in another order",
            expected="the same values, each at another polymer: rng.permutation(...)",
            why="Then the column keeps its distribution and only loses its link to the polymers. "
            "With a mean in its place the model would see polymers that are too alike.",
        )


@questions.code(
    "q3",
    title="Break it and see what it costs",
    points=3,
    minutes=9,
    hints=(
        "The model stays as it is. What changes is the table that it is asked about.",
        "First the score of the intact table. Then in each repeat `shuffled = X.copy()`, put "
        "`rng.permutation(...)` of the column into it, and note how much lower the score is.",
        "`losses.append(intact - r2_score(y, model.predict(shuffled)))`; return `np.mean(losses)` "
        "and `np.std(losses, ddof=1) / np.sqrt(n_repeats)`.",
    ),
    insight="No refitting, no derivative, any model: that is why this is used everywhere. Its "
    "price is that the shuffled table holds polymers that cannot exist.",
)
def check_permutation(permutation_importance):
    function = expect_function(permutation_importance, "permutation_importance")
    X = _known_table()
    y = 3.0 * X["a"].to_numpy() + X["b"].to_numpy()
    before, model, n = X.copy(), _Known(), 60
    loss, error = expect_pair(
        function(model, X, y, "a", n, np.random.default_rng(5)),
        "permutation_importance(...)",
        parts="mean loss of R² and its standard error",
    )
    expect(
        X.equals(before),
        "x-changed",
        saw="a table `X` that is not the same after the call",
        expected="an untouched X: shuffle a copy",
        why="The next column would be judged on a table that is broken already.",
    )
    expect(
        model.fits == 0,
        "fitted-again",
        saw=f"{model.fits} calls of fit",
        expected="the model as it is: it is fitted already, do not refit",
        why="A model that is trained again learns to do without the column. That is another "
        "question.",
    )
    _check_shown(model.shown, X, "a")
    n_moved = sum(not np.allclose(table["a"], X["a"]) for table in model.shown)
    expect(
        n_moved > 0,
        "not-shuffled",
        saw="only tables in which each value of the column stands at its own polymer",
        expected="values that moved to other polymers",
        why="pandas puts the values of a Series back to their rows when it is assigned. Take a "
        "plain array: X[column].to_numpy().",
    )
    expect(
        n_moved == n,
        "wrong-number",
        saw=f"{n_moved} shuffled tables for n_repeats = {n}",
        expected="one shuffled table in each repeat",
    )
    truth = _expected_loss(X["a"].to_numpy(), y, slope=3.0)
    expect(
        loss > 0,
        "sign",
        saw=f"{loss:.2f} for a column that the model needs",
        expected="a positive loss: the intact score minus the shuffled one",
    )
    expect(
        abs(loss - truth) < 0.12 * truth,
        "other-loss",
        saw=f"{loss:.3f} for a model 3a + b and its column a",
        expected=f"about {truth:.2f}: shuffling gives a mean square error of twice the variance of "
        "3a, and R² divides it by the variance of y",
    )
    spread = _spread_of_losses(X["a"].to_numpy(), y, slope=3.0)
    expect(
        error > 1e-6 * spread,
        "same-shuffle",
        saw="a standard error of 0: all repeats lose the same",
        expected="another permutation in each repeat",
        why="Use the one `rng` that was handed in. A generator made anew with the same seed gives "
        "the same order each time.",
    )
    expect(
        not 0.6 * spread < error < 1.6 * spread,
        "not-divided",
        saw=f"{error:.3f}, which is how much *one* loss scatters",
        expected=f"the standard error of the mean of {n} losses: √{n} times less",
        why="The mean of many repeats is known better than each of them.",
    )
    expect(
        0.6 * spread < error * math.sqrt(n) < 1.6 * spread,
        "other-error",
        saw=f"{error:.4f}",
        expected=f"about {spread / math.sqrt(n):.4f}: the sample standard deviation of the losses "
        "divided by the root of their number",
    )
    again = [function(_Known(), X, y, "a", 5, np.random.default_rng(k))[0] for k in (5, 5, 6)]
    expect(
        again[0] == again[1],
        "not-reproducible",
        saw=f"{again[0]:.4f} and {again[1]:.4f} from two generators with the same seed",
        expected="the same number: shuffle with the `rng` that was handed in",
        why="np.random and a generator without a seed give another number each time, so nobody "
        "can reproduce the result. What a function draws should come from its argument.",
    )
    expect(
        again[0] != again[2],
        "rng-unused",
        saw=f"{again[0]:.4f} from each of two generators with different seeds",
        expected="another number for another generator: shuffle with the `rng` handed in",
        why="A seed inside the function hides how much the result depends on it.",
    )
    nothing, _ = function(_Known(), X, y, "c", 5, np.random.default_rng(5))
    expect(
        abs(nothing) < 1e-9,
        "unused-column",
        saw=f"{nothing:.3f} for a column that the model does not use at all",
        expected="exactly 0",
    )


def _expected_loss(values, y, *, slope):
    """Return the mean loss of R² over all permutations, from the closed form."""
    n = len(values)
    return 2.0 * slope**2 * values.var() * n / (n - 1) / y.var()


def _spread_of_losses(values, y, *, slope):
    """Return how much the loss of one permutation scatters."""
    rng = np.random.default_rng(8)
    losses = [
        np.mean((slope * (values - rng.permutation(values))) ** 2) / y.var() for _ in range(400)
    ]
    return float(np.std(losses, ddof=1))


@questions.code(
    "q4",
    title="Shuffle what belongs together",
    points=2,
    minutes=5,
    hints=(
        "How many permutations do you need for a block of two columns? Not two.",
        "Draw one order of the rows, `rows = rng.permutation(len(X))`, and use it for all columns "
        "of the block.",
        "`shuffled = X.copy()`, then `shuffled[columns] = X[columns].to_numpy()[rows]`. The "
        "`.to_numpy()` keeps pandas from putting the rows back.",
    ),
    insight="The question decides the block: worth of a group beside its companions, or worth of "
    "the whole company.",
)
def check_block(permute_block):
    function = expect_function(permute_block, "permute_block")
    X = _known_table(60)
    before = X.copy()
    table = expect_table(
        function(X, ["a", "c"], np.random.default_rng(2)),
        "permute_block(...)",
        columns=("a", "b", "c"),
    )
    expect(
        X.equals(before),
        "x-changed",
        saw="a table `X` that is not the same after the call",
        expected="a shuffled copy; X as it was",
    )
    expect(
        table.shape == X.shape and list(table.columns) == list(X.columns),
        "wrong-shape",
        saw=f"a table of shape {table.shape} with the columns {', '.join(map(str, table.columns))}",
        expected=f"all columns in their order, shape {X.shape}",
        why="The model wants the table that it was trained on.",
    )
    expect(
        np.allclose(table["b"], X["b"]),
        "other-columns",
        saw="a column outside the block that was shuffled too",
        expected="only the columns of the block in another order",
        why="If whole rows move, every polymer keeps all its motifs, and only y is left behind.",
    )
    n_moved = int((table["a"].to_numpy() != X["a"].to_numpy()).sum())
    expect(
        n_moved > 0,
        "not-shuffled",
        saw="a block in which every value stands at its own polymer",
        expected="values that moved to other polymers",
        why="pandas puts the rows of a table back to their index when it is assigned. Take a plain "
        "array with .to_numpy().",
    )
    pairs = {tuple(row) for row in X[["a", "c"]].to_numpy().round(9)}
    torn = sum(tuple(row) not in pairs for row in table[["a", "c"]].to_numpy().round(9))
    expect(
        torn == 0,
        "torn-apart",
        saw=f"{torn} rows whose values of the block come from different polymers",
        expected="one permutation for all columns of the block",
        why="CF₃ without its hinge, spiro carbon without its rings: shuffled apart, the block "
        "still covers for itself in some rows and makes impossible polymers in others.",
    )
    rows = sorted(map(tuple, table[["a", "c"]].to_numpy()))
    expect(
        np.allclose(rows, sorted(map(tuple, X[["a", "c"]].to_numpy()))),
        "not-a-permutation",
        saw="rows that occur twice, and others that are gone",
        expected="each row of the block exactly once",
        why="Drawing with replacement changes how common the motif is.",
    )


def _random_game(rng, players):
    """Give each coalition a random worth; the empty one too."""
    teams = [frozenset(team) for k in range(len(players) + 1) for team in combinations(players, k)]
    table = {team: float(value) for team, value in zip(teams, rng.normal(size=len(teams)))}  # noqa: B905

    def worth(team):
        _expect_frozenset(team)
        return table[team]

    return worth


def _expect_frozenset(team):
    expect(
        isinstance(team, frozenset),
        "not-a-frozenset",
        saw=f"worth(...) was asked about a {type(team).__name__}",
        expected="a frozenset: start from frozenset(), not from set() or a list",
        why="A game may be a table with the teams as its keys, and a key must not change. "
        "`team | {player}` is a frozenset as long as `team` is one.",
    )


@questions.code(
    "q5",
    title="A fair share",
    points=3,
    minutes=9,
    hints=(
        "Let the players come in one after the other and note what each adds. Then do it in every "
        "other order as well.",
        "For each order start with `team = frozenset()`. A player adds "
        "`worth(team | {player}) - worth(team)`; then it belongs to the team.",
        "Add these up for each player over all orders and divide by the number of orders, "
        "`len(list(permutations(players)))`, which is n!.",
    ),
    insight="The only rule that keeps all four promises. Its price is n! orders, which is why for "
    "forests somebody had to find a shorter way.",
)
def check_shapley(shapley):
    function = expect_function(shapley, "shapley")
    rng = np.random.default_rng(17)
    players = ["spiro", "dioxane", "nitrile"]

    def pair(team):
        _expect_frozenset(team)
        return 0.5 + 2.0 * ({"spiro", "dioxane"} <= team) - 0.25 * ("nitrile" in team)

    shares = _shares(function(pair, players), players)
    total = pair(frozenset(players)) - pair(frozenset())
    everybody = frozenset(players)
    left_out = {name: pair(everybody) - pair(everybody - {name}) for name in players}
    expect(
        not all(np.isclose(shares[name], left_out[name]) for name in players),
        "leave-one-out",
        saw="what the whole team loses when a player leaves: leave one out, "
        f"in all {sum(shares.values()):.2f} in a game in which the team gains {total:.2f}",
        expected="what a player adds when it *joins*, averaged over all orders",
        why="Who leaves the full team takes along the whole gain of a pair, and so does the "
        "partner: it is paid twice.",
    )
    expect(
        np.isclose(sum(shares.values()), total),
        "not-efficient",
        saw=f"shares of {', '.join(f'{s:.2f}' for s in shares.values())}, in all "
        f"{sum(shares.values()):.2f}, in a game in which the team gains {total:.2f}",
        expected="shares that add up to worth(all) − worth(nobody)",
        why="What a player adds depends on who is there already, so each order pays out the whole "
        "gain once. Average over the orders, and start from the worth of nobody.",
    )
    expect(
        np.isclose(shares["spiro"], shares["dioxane"]),
        "not-symmetric",
        saw=f"{shares['spiro']:.2f} and {shares['dioxane']:.2f} for two players who contribute "
        "the same",
        expected="the same share",
        why="In a single order who comes last gets the whole gain of the pair. All orders count.",
    )
    expect(
        np.isclose(shares["nitrile"], -0.25),
        "not-dummy",
        saw=f"{shares['nitrile']:.2f} for a player who adds −0.25 to every team",
        expected="−0.25",
    )
    for n in (2, 4):
        names = [f"player {number}" for number in range(n)]
        worth = _random_game(rng, names)
        shares, right = _shares(function(worth, names), names), shapley_values(worth, names)
        expect(
            all(np.isclose(shares[name], right[name]) for name in names),
            "other-shares",
            saw=", ".join(f"{shares[name]:.3f}" for name in names) + f" in a game of {n} players",
            expected=", ".join(f"{right[name]:.3f}" for name in names),
            why="Teams do not all count alike: as part of the orders a team of s players has the "
            "weight s!(n − s − 1)!/n!. And all numbers come from `worth`, for any game.",
        )


def _shares(value, players):
    """Expect a dictionary with a number for each player."""
    if isinstance(value, pd.Series):
        value = value.to_dict()
    if isinstance(value, Todo):
        expect_array(value, "shapley(...)")
    expect(
        isinstance(value, dict) and set(value) == set(players),
        "not-a-dictionary",
        saw=f"a {type(value).__name__}"
        + (f" with the keys {', '.join(map(str, value))}" if isinstance(value, dict) else ""),
        expected="a dictionary with one share for each player",
    )
    return {name: expect_number(value[name], f"the share of {name!r}") for name in players}


@questions.code(
    "q6",
    title="Believe nothing that you can check",
    points=2,
    minutes=5,
    hints=(
        "Efficiency, the first promise: the shares of one polymer add up to its prediction minus "
        "the base.",
        "The sum over the motifs of one polymer is `shap_table.sum(axis=1)`. For the importance "
        "the mean goes over the polymers, and up and down must not cancel.",
        "`gap = np.abs(base + shap_table.sum(axis=1) - predicted).max()` and "
        "`importance = shap_table.abs().mean()`.",
    ),
    insight="Equal to some ten digits: these are not estimates. The sum is exact; whether it means "
    "something is another matter.",
)
def check_additivity(gap, importance, shap_table, base, predicted, y):
    biggest = expect_number(gap, "gap", unit="decades")
    total = shap_table.sum(axis=1).to_numpy()
    expect(
        not np.isclose(biggest, np.abs(total - predicted).max(), atol=1e-6),
        "no-base",
        saw=f"{biggest:.2f} decades: the sums alone against the predictions",
        expected="`base` plus the sum",
        why="Shapley values share out the difference from what is predicted when nothing is known, "
        "not the prediction itself.",
    )
    expect(
        not np.isclose(biggest, np.abs(base + total - y).max(), atol=1e-6),
        "measured",
        saw=f"{biggest:.2f} decades, which is the largest *error* of the forest",
        expected="the difference from `predicted`",
        why="Shapley values explain what the model says, right or wrong.",
    )
    expect(
        0 <= biggest < 1e-6,
        "not-additive",
        saw=f"{biggest:.3g} decades",
        expected="the largest absolute difference between two numbers that should be equal: below "
        "a millionth of a decade, and not negative",
        why="Add over the motifs of each polymer (axis=1), and take the absolute value before the "
        "maximum.",
    )
    names = list(shap_table.columns)
    values = _expect_series(importance, "importance", names, what="one number for each motif")
    mean = shap_table.mean()
    expect(
        not np.allclose(values, mean) and not np.allclose(values, mean.abs()),
        "cancels",
        saw="the mean of the values, in which up and down cancel",
        expected="the mean of the *absolute* values",
        why="A motif that lifts some polymers and lowers others as much is important, and its mean "
        "is zero.",
    )
    expect(
        np.allclose(values, np.abs(shap_table.to_numpy()).mean(axis=0)),
        "other-importance",
        saw=f"{values.iloc[0]:.4f} for {names[0]!r}",
        expected="the mean over all polymers of the absolute Shapley value of each motif, in "
        "decades",
    )


@questions.code(
    "q7",
    title="Mark the methods",
    points=2,
    minutes=5,
    hints=(
        "How many of the right names stand at the top? The top is as long as the list of right "
        "names.",
        "`ranking.abs().nlargest(k).index` are the names of the k largest. `set(a) & set(b)` is "
        "what two lists have in common.",
        "`top = ranking.abs().nlargest(len(acting)).index`, return `len(set(top) & set(acting))`; "
        "then a dictionary comprehension over `rankings.items()`.",
    ),
    insight="An instrument is calibrated on a known sample before one believes it about an unknown "
    "one. Few explanations in papers ever were.",
)
def check_hits(hits, found, rankings, acting):
    function = expect_function(hits, "hits")
    ranking = pd.Series({"a": 0.1, "b": -0.9, "c": 0.5, "d": 0.0, "e": 0.4})
    before = ranking.copy()
    number = expect_number(function(ranking, pd.Index(["b", "c", "d"])), "hits(...)")
    expect(
        ranking.equals(before),
        "changed",
        saw="a ranking that was changed by the call",
        expected="the same Series afterwards",
    )
    expect(
        number != 1,
        "not-absolute",
        saw="1 for a ranking in which −0.9 is the largest effect",
        expected="2: a strong effect downwards is as important as one upwards",
        why="The difference of medians has a sign. Motifs that lower permeability stand at its "
        "end.",
    )
    expect(
        not 0 < number < 1,
        "a-share",
        saw=f"{number:.2f}, a fraction",
        expected="a count, here 2 of 3",
        why="Count the names and do not divide by k: below, hits of several worlds are averaged "
        "and read as 'so many of eight'.",
    )
    turned = expect_number(function(ranking, pd.Index(["c", "d", "b"])), "hits(...)")
    expect(
        number != 2 or turned == 2,
        "place-by-place",
        saw=f"2 for the acting motifs b, c, d and {turned:g} for the same motifs as c, d, b",
        expected="2 for both: the order of `acting` means nothing",
        why="`==` between two lists of names compares them place by place. Ask for each name "
        "whether it is anywhere in the top: `.isin(acting)`, or what two sets have in common.",
    )
    expect(
        number == 2,
        "other-count",
        saw=f"{number:g} for the ranking b −0.9, c 0.5, e 0.4, a 0.1, d 0 and the names b, c, d",
        expected="2: the first three are b, c and e",
    )
    expect(
        function(ranking, ["e"]) == 0 and function(ranking, ["b"]) == 1,
        "fixed-length",
        saw="another count when only one motif acts",
        expected="a top that is as long as the list of acting motifs",
    )
    if isinstance(found, Todo):
        expect_number(found, "found")
    expect(
        isinstance(found, dict) and set(found) == set(rankings),
        "not-every-method",
        saw=f"`found` is a {type(found).__name__}"
        + (f" with {', '.join(map(str, found))}" if isinstance(found, dict) else ""),
        expected=f"a dictionary with a count for each of {', '.join(rankings)}",
    )
    for name, values in rankings.items():
        top = values.abs().sort_values(ascending=False, kind="stable").index[: len(acting)]
        wanted = sum(motif in set(acting) for motif in top)
        expect(
            expect_number(found[name], f"found[{name!r}]") == wanted,
            "other-marks",
            saw=f"{found[name]} for {name!r}",
            expected=f"hits(rankings[{name!r}], acting)",
        )


@questions.code(
    "q8",
    title="The company that nitrile keeps",
    points=3,
    minutes=7,
    hints=(
        "Three comparisons of the same kind. Only the polymers that take part differ, and they "
        "differ on *both* sides of the comparison.",
        "Combine conditions with `&` and `~`: `y[~is_ladder & has_nitrile]` are polymers with "
        "nitrile that are no ladders.",
        "For some rows: `np.median(y[rows & has_nitrile]) - np.median(y[rows & ~has_nitrile])`, "
        "with `rows` all polymers, `~is_ladder` and `is_ladder`.",
    ),
    insight="The same data, the same motif, another sign. What changed is only who is compared "
    "with whom.",
)
def check_company(overall, outside, inside, X, y):
    nitrile = X["nitrile"].to_numpy() > 0
    ladder = X["dibenzodioxane"].to_numpy() > 0
    everything = np.full(len(y), True)
    given = {
        "overall": (expect_number(overall, "overall", unit="decades"), everything),
        "outside": (expect_number(outside, "outside", unit="decades"), ~ladder),
        "inside": (expect_number(inside, "inside", unit="decades"), ladder),
    }
    expect(
        not (
            np.isclose(outside, _contrast(y, nitrile, ladder))
            and np.isclose(inside, _contrast(y, nitrile, ~ladder))
        ),
        "exchanged",
        saw=f"{outside:+.2f} for `outside` and {inside:+.2f} for `inside`: the two are exchanged",
        expected="`outside` among polymers that are no ladders, `inside` among ladders",
    )
    for name, (number, rows) in given.items():
        with_it, without = y[rows & nitrile], y[rows & ~nitrile]
        right = _contrast(y, nitrile, rows)
        expect(
            not np.isclose(number, -right, atol=1e-9),
            "sign",
            saw=f"{number:+.2f} for `{name}`",
            expected="polymers with nitrile minus those without",
        )
        expect(
            not np.isclose(number, with_it.mean() - without.mean()),
            "means",
            saw=f"{number:+.2f} for `{name}`, the difference of the *means*",
            expected="the difference of the medians",
            why="Two barriers at −3 and less would pull a mean of eight polymers where they like.",
        )
        linear = np.median(10**with_it) - np.median(10**without)
        ratio = np.median(10**with_it) / np.median(10**without)
        expect(
            not np.isclose(number, linear) and not np.isclose(number, ratio),
            "not-decades",
            saw=f"{number:.2f} for `{name}`, in barrer or as a factor",
            expected="a difference of log10 P, in decades",
        )
        expect(
            name == "overall"
            or not np.isclose(number, np.median(with_it) - np.median(y[~nitrile])),
            "other-company",
            saw=f"{number:+.2f} for `{name}`: compared with *all* polymers without nitrile",
            expected="polymers of the same kind on both sides",
            why="Outside the ladders means outside on both sides. Else the ladders still decide "
            "the comparison.",
        )
        expect(
            np.isclose(number, right),
            "other-difference",
            saw=f"{number:+.2f} for `{name}`",
            expected=f"the median of {len(with_it)} polymers with nitrile minus that of "
            f"{len(without)} without",
        )


def _contrast(y, group, rows):
    """Return the median with the group minus the median without it, among some rows."""
    return np.median(y[rows & group]) - np.median(y[rows & ~group])


@questions.written(
    "q9",
    title="A friendly referee",
    points=3,
    minutes=8,
    hints=(
        "Who are the 21 polymers with nitrile? What else do 13 of them have? And which twins did "
        "the table hold, flexible ones or PIM-1 itself?",
        "Quote the difference outside the ladders with its interval, or the twins. And think of "
        "how a ladder is made: which group made the ring give its fluorine away?",
        "Ladders are permeable and carry nitrile because of their synthesis: a confounder. In "
        "flexible chains the difference is negative. A twin of PIM-1 without nitrile, made and "
        "measured in the same way, would decide for ladders.",
    ),
    insight="Adding a group to a chain is an intervention. A table of what people happened to make "
    "is not.",
    rubric=(
        "says that most permeable polymers with nitrile are PIM-like ladders, so that the "
        "comparison is confounded, and why (nitrile activates the monomer for that reaction)",
        "quotes at least one number for the comparison inside a kind or for the twins, with its "
        "uncertainty or the number of polymers",
        "names an experiment: twins of a ladder with and without nitrile, made and measured alike",
    ),
)
def check_referee(verdict_q9, answer_q9):
    if isinstance(verdict_q9, Todo):
        expect_text(verdict_q9, "verdict_q9", words=1, points={})
    _check_effects(verdict_q9)
    text = expect_text(
        answer_q9,
        "answer_q9",
        words=40,
        points={
            "what else the permeable polymers with nitrile have in common": (
                *("ladder", "pim", "dioxane", "microporos", "confound", "spiro", "fused ring"),
                *("backbone", "rigid", "stiff"),
            ),
            "which polymers you would make and compare": (
                *("twin", "pair", "synthes", "make", "made", "prepare", "replace", "measure"),
                *("without nitrile", "same ladder", "analog"),
            ),
        },
    )
    expect(
        not re.search(_AGREES, text.lower()),
        "agrees",
        saw="a referee who agrees with the proposal",
        expected="a report that fits your verdict: in flexible chains nitrile lowers permeability",
        why="The factor of 48 compares ladders with everything else.",
    )
    others = re.sub(r"\b744\b|\b48\b|\b10\b|1\.68|PIM-\d", " ", text)
    expect(
        re.search(r"\d|\b(three|eight|thirteen) ", others.lower()),
        "no-numbers",
        saw="an answer without a number of its own",
        expected="at least one number that contradicts the factor of 48",
        why="A referee who only says 'confounded' has not shown how much it matters.",
    )


def _check_effects(verdict):
    """Expect the right word for flexible chains and for PIM-1."""
    expect(
        isinstance(verdict, dict) and set(verdict) == set(_EFFECTS),
        "not-both-places",
        saw=f"`verdict_q9` is a {type(verdict).__name__}"
        + (f" with {', '.join(map(str, verdict))}" if isinstance(verdict, dict) else ""),
        expected=f"a dictionary with a word for each of {' and '.join(map(repr, _EFFECTS))}",
    )
    for place, (right, why) in _EFFECTS.items():
        expect(
            verdict[place] in _WORDS,
            "other-words",
            saw=f"{verdict[place]!r} for {place}",
            expected=f"one of {', '.join(map(repr, _WORDS))}",
        )
        expect(
            verdict[place] == right,
            f"other-verdict-{place.split()[0].lower()}",
            saw=f"{verdict[place]!r} for {place}",
            expected="what the comparisons of this section show, not what the table as a whole "
            "seems to show",
            why=why,
        )


@questions.written(
    "q10",
    title="What would you make next?",
    points=4,
    minutes=15,
    hints=(
        "Start from a very permeable polymer and change one small thing, so that the model still "
        "knows its relatives.",
        "Bulky groups without dipoles, such as CF₃, tert-butyl or trimethylsilyl, in place of "
        "small or polar ones. Polyacetylenes with two substituents and ladders are good starts. "
        "`smiles[row].replace(...)` exchanges a group.",
        "`report = forecast([proposal], model=gas_model)[0]`; its table `report.gases` has the row "
        "O2 with `low` and `high`. For the reason: what else than P would be different if packing "
        "is why? Density, free volume, a twin of another size.",
    ),
    insight="A prediction that comes true does not prove its reason. Choose the experiment in "
    "which your reason and another one part.",
    rubric=(
        "names the changed group and a reason in terms of packing, stiffness or cohesion",
        "says how sure it is, with the band, the distance to known polymers or the chance to lie "
        "above the bound, and does not overstate it",
        "names an experiment that could refute the reason: a twin, the density or free volume of "
        "the film, not just the measurement of P",
    ),
)
def check_proposal(proposal, band, answer_q10, gas_model):
    if isinstance(proposal, Todo):
        expect_text(proposal, "proposal", words=1, points={})
    expect(
        isinstance(proposal, str),
        "not-smiles",
        saw=f"`proposal` is a {type(proposal).__name__}",
        expected="one repeat unit as SMILES, in quotation marks",
    )
    name, problem = "", ""
    try:
        name = canonical_repeat_unit(proposal)
        report = forecast([name], model=gas_model)[0]
    except InputError as error:
        problem = str(error)
    expect(
        not problem, "unreadable", saw=problem, expected="the SMILES of a repeat unit with two *"
    )
    expect(
        name not in set(gas_model.known_["smiles"]),
        "known",
        saw=f"a polymer that is in the table: {name}",
        expected="one that nobody has measured",
        why="The model was trained with it, so its narrow band is a memory.",
    )
    expect(
        not report.is_far,
        "far",
        saw=f"a polymer that is unlike all known ones: the most similar, "
        f"{report.nearest['smiles'].iloc[0]}, has a similarity of "
        f"{report.nearest['similarity'].iloc[0]:.2f}",
        expected="one that is not far (report.is_far is False)",
        why="Far from all known polymers the band itself is a guess. Change less.",
    )
    low, high = expect_pair(band, "band", parts="low and high end for O2 in barrer")
    oxygen = report.gases.set_index("gas").loc["O2"]
    expect(
        not np.allclose([low, high], np.log10([oxygen["low"], oxygen["high"]]), atol=0.02),
        "logarithms",
        saw=f"{low:.2f} and {high:.2f}, the logarithms of the band",
        expected="the band in barrer",
    )
    expect(
        np.allclose([low, high], [oxygen["low"], oxygen["high"]], rtol=0.02),
        "other-band",
        saw=f"{low:.3g} to {high:.3g} barrer",
        expected="`low` and `high` of the row O2 of `report.gases` for this polymer",
    )
    expect(
        oxygen["low"] >= _LEAST_BARRER,
        "not-permeable-enough",
        saw=f"a lower end of {oxygen['low']:.3g} barrer (the middle is "
        f"{oxygen['permeability']:.3g})",
        expected=f"at least {_LEAST_BARRER:g} barrer at the lower end of the band",
        why="The middle of a band is reached by one of two polymers only. Start from a chain that "
        "cannot pack, and stay near known ones, where the band is narrow.",
    )
    expect_text(
        answer_q10,
        "answer_q10",
        words=40,
        points={
            "why the change should help, in terms of packing": (
                *(
                    "pack",
                    "free volume",
                    "bulk",
                    "stiff",
                    "rigid",
                    "rotate",
                    "rotati",
                    "cohes",
                    "dipole",
                ),
                *("hole", "kink", "space", "attract", "polar"),
            ),
            "how sure you are": (
                *("band", "interval", "barrer", "decade", "factor", "%", "percent", "probab"),
                *("sure", "uncertain", "chance"),
            ),
            "which experiment would show that the reason is wrong": (
                *("twin", "measure", "synthes", "density", "experiment", "compare", "film", "make"),
                *("free-volume", "positron", "x-ray", "diffusi"),
            ),
        },
    )
