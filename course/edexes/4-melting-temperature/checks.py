"""Checks and hints of the EdEx "melting-temperature".

Each check tests what must be true of a right answer: disjoint groups, units that do not matter,
limits, an independent recomputation. No number of an earlier run is stored here.
"""

import re
from collections import Counter

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from edex.checks import (
    Questions,
    expect,
    expect_array,
    expect_estimator,
    expect_function,
    expect_number,
    expect_pair,
    expect_table,
    expect_text,
    fresh_generator,
)

questions = Questions("melting-temperature")


def _elements(formula):
    """List the elements of a formula, found without the parser that students use."""
    return frozenset(re.findall(r"[A-Z][a-z]?", formula))


@questions.code(
    "q1",
    title="A table to learn from",
    points=2,
    minutes=8,
    hints=(
        "Two conditions, one after the other. Which column says that a row is usable, and which "
        "function counts elements?",
        'Rows with `compounds["excluded"] == ""` are usable. `len(parse_formula(formula))` is the '
        "number of elements; `.map(...)` applies a function to a whole column.",
        '`usable = compounds[compounds["excluded"] == ""]`; then a column of True and False from '
        '`usable["formula"].map(lambda formula: len(parse_formula(formula)) == 2)`; select with it '
        "and call `.reset_index(drop=True)`.",
    ),
    insight="Every row that was left out has a reason in the table. Cleaning that others can "
    "read is part of a result.",
)
def check_table(binaries, compounds):
    table = expect_table(
        binaries, "binaries", columns=("name", "formula", "melting_temperature", "excluded")
    )
    expect(
        len(table) > 0,
        "empty",
        saw="a table with 0 rows",
        expected="the usable binary compounds",
        why='In usable rows the column `excluded` is the empty string "", not NaN and not a word.',
    )
    excluded = table[table["excluded"] != ""]
    expect(
        excluded.empty,
        "not-usable",
        saw=f"{len(excluded)} rows that are marked as not usable, the first with the reason "
        f"{excluded['excluded'].iloc[0] if len(excluded) else ''!r}",
        expected="only rows whose column `excluded` is the empty string",
        why="Hydrates lose water and organics decompose: their number is not the melting point "
        "of the formula.",
    )
    n_elements = table["formula"].map(lambda formula: len(_elements(formula)))
    wrong = table.loc[n_elements != 2, "formula"]
    expect(
        wrong.empty,
        "not-binary",
        saw=f"{len(wrong)} formulas without exactly two elements, such as "
        f"{', '.join(wrong.iloc[:3])}",
        expected="exactly two different elements in each formula",
        why="The number of letters or atoms is not the number of elements.",
    )
    is_wanted = (compounds["excluded"] == "") & (
        compounds["formula"].fillna("").map(lambda formula: len(_elements(formula)) == 2)
    )
    wanted = compounds[is_wanted]
    has_twins = wanted["formula"].duplicated().any()
    expect(
        not (has_twins and not table["formula"].duplicated().any()),
        "twins-dropped",
        saw="no formula that occurs twice",
        expected="compounds that occur twice kept as they are",
        why="Two values for one formula show how uncertain the labels are. We need them soon.",
    )
    expect(
        len(table) == len(wanted),
        "rows-missing",
        saw=f"{len(table)} rows",
        expected=f"{len(wanted)}: all usable rows with two elements",
    )
    expect(
        list(table.index) == list(range(len(table))),
        "index",
        saw=f"an index that starts {list(table.index[:4])}",
        expected="the index 0, 1, 2, ...",
        why="Features, temperatures and predictions are matched by row number.",
    )
    median = wanted["melting_temperature"].median()
    expect(
        np.isclose(table["melting_temperature"].median(), median),
        "units",
        saw=f"a median of {table['melting_temperature'].median():.0f}",
        expected=f"temperatures in kelvins as in the handbook table, median {median:.0f} K",
        why="Only kelvins are proportional to an energy.",
    )


@questions.written(
    "q2",
    title="Why handbooks disagree",
    points=2,
    minutes=8,
    hints=(
        "Think of what can happen to a solid on the way up, before it melts.",
        "TiO₂ has more than one crystal structure. AlN gives off a gas. And somebody had to hold "
        "the melt in something.",
        "Polymorphs; decomposition or sublimation; impurities, container, pressure, method. And "
        "if two careful sources differ by 50 K on average, what would an error of 10 K mean?",
    ),
    insight="Label noise sets the floor. Below it, a model learns the habits of one handbook.",
    rubric=(
        "names two or more physical reasons: polymorphs, isomers or transitions; decomposition, "
        "sublimation, pressure; impurities, containers, method",
        "says that the disagreement of the sources is a floor: no model can be shown to be "
        "better than its labels",
    ),
)
def check_disagreement(answer_q2):
    text = expect_text(
        answer_q2,
        "answer_q2",
        words=30,
        points={
            "what it means for the smallest error that can be reached": (
                *("floor", "limit", "noise", "below", "at best", "best we", "best attain", "hope"),
                *("smallest", "cannot", "can't", "nobody", "no model", "no prediction", "minimum"),
                *(
                    "perfect model",
                    "perfect prediction",
                    "lower bound",
                    "attainable",
                    "best possible",
                ),
            ),
        },
    ).lower()
    reasons = (
        ("polymorph", "phase", "structure", "modification", "anatase", "rutile", "transition"),
        ("decompos", "sublim", "pressure", "evaporat", "gas", "atmosphere", "dissoci", "vapo"),
        ("impur", "purity", "contamin", "container", "crucible", "oxid", "stoichiom"),
        ("measure", "method", "thermometer", "calibrat", "experiment", "estimate"),
        ("isomer", "molecule"),
    )
    n_reasons = sum(any(stem in text for stem in stems) for stems in reasons)
    expect(
        n_reasons >= 2,
        "one-reason",
        saw=f"{n_reasons} physical reason{'s' * (n_reasons != 1)}, as far as a check can read",
        expected="at least two different physical reasons",
    )


@questions.code(
    "q3",
    title="Folds that do not leak",
    points=3,
    minutes=10,
    hints=(
        "What must stay together? Not rows, not formulas: chemical systems.",
        "`GroupKFold` takes what must stay together as `groups`. `split` is a generator: wrap it "
        "in `list(...)`.",
        "`splitter = GroupKFold(n_folds, shuffle=True, random_state=seed)`, then "
        "`list(splitter.split(<anything with one row per compound>, groups=<one label per row>))`.",
    ),
    insight="No pair of elements is on both sides. This score will answer: what about a pair "
    "that nobody has combined yet?",
)
def check_folds(folds, binaries, n_folds):
    expect(
        isinstance(folds, list | tuple),
        "not-a-list",
        saw=f"`folds` is a {type(folds).__name__}",
        expected="a list, made with list(...)",
        why="A generator is used up by the first model; the second would get no folds at all.",
    )
    expect(
        len(folds) == n_folds,
        "wrong-number",
        saw=f"{len(folds)} entries",
        expected=f"n_folds = {n_folds} pairs of train and test",
    )
    n_rows = len(binaries)
    tested = Counter()
    systems = [_elements(formula) for formula in binaries["formula"]]
    n_shared, example = 0, ""
    for number, pair in enumerate(folds):
        expect(
            isinstance(pair, tuple | list) and len(pair) == 2,
            "not-pairs",
            saw=f"entry {number} of `folds` is a {type(pair).__name__}",
            expected="a pair (train, test) of arrays of row numbers",
        )
        is_mask = any(np.asarray(part).dtype == bool for part in pair)
        expect(
            not is_mask,
            "masks",
            saw="arrays of True and False",
            expected="arrays of row numbers, as `split` yields them",
        )
        train, test = (
            expect_array(part, f"folds[{number}][{side}]", shape=(None,), of="row numbers")
            for side, part in enumerate(pair)
        )
        expect(
            len(test) < len(train),
            "swapped",
            saw=f"{len(train)} rows to train on and {len(test)} to test on",
            expected="the large part first: (train, test)",
        )
        expect(
            not set(train) & set(test),
            "rows-on-both-sides",
            saw=f"{len(set(train) & set(test))} rows both in train and in test",
            expected="no row on both sides",
            why="A model that has seen the answer proves nothing.",
        )
        expect(
            len(set(train) | set(test)) == n_rows,
            "rows-unused",
            saw=f"{n_rows - len(set(train) | set(test))} rows in neither part of entry {number}",
            expected="every row either in train or in test",
            why="A model that learns from fewer compounds looks worse than it is.",
        )
        tested.update(test.tolist())
        shared = {systems[row] for row in train} & {systems[row] for row in test}
        n_shared += len(shared)
        if shared and not example:
            example = _example(binaries, systems, min(shared, key=sorted), train, test)
    expect(
        sorted(tested.elements()) == list(range(n_rows)),
        "not-once",
        saw=f"{len(tested)} of {n_rows} rows are tested, {sum(tested.values())} times in all",
        expected="each row in the test part of exactly one pair",
    )
    expect(
        n_shared == 0,
        "leak",
        saw=f"{n_shared} chemical systems on both sides; for example {example}",
        expected="each chemical system on one side only",
        why="Compounds of the same two elements are alike, so the model would be asked about "
        "something it half knows.",
    )
    labels = ["-".join(sorted(system)) for system in systems]
    plain = GroupKFold(n_folds).split(labels, groups=labels)
    expect(
        not all(
            set(test) == set(other) for (_, test), (_, other) in zip(folds, plain, strict=True)
        ),
        "not-shuffled",
        saw="the folds that GroupKFold deals without shuffling",
        expected="shuffle=True and random_state=seed",
        why="Without shuffling there is one partition only, and no way to see how much a score "
        "owes to it.",
    )


def _example(binaries, systems, shared, train, test):
    """Name a compound on each side that share their elements."""
    in_train = next(row for row in train if systems[row] == shared)
    in_test = next(row for row in test if systems[row] == shared)
    formulas = binaries["formula"]
    return f"{formulas[in_train]} (train) and {formulas[in_test]} (test)"


class _Spy(RegressorMixin, BaseEstimator):
    """A regressor that keeps a diary and predicts the sum of the targets it was trained on."""

    diary: list = []  # noqa: RUF012  (shared by all clones, on purpose)

    def fit(self, X, y):
        type(self).diary.append(np.asarray(X)[:, 0].astype(int))
        self.total_ = getattr(self, "total_", 0.0) + float(np.sum(y))  # does not forget
        return self

    def predict(self, X):
        expect(
            hasattr(self, "total_"),
            "not-trained",
            saw="a prediction by a model that was never trained",
            expected="the prediction of the clone that was trained in this fold",
        )
        return np.full(len(X), self.total_)


@questions.code(
    "q4",
    title="The loop behind every score",
    points=3,
    minutes=12,
    hints=(
        "Two lines inside the loop: train on one part, predict the other.",
        "`clone(model)` is untrained; `.fit(X[train], y[train])` returns the trained model. "
        "Predictions belong at the positions `test`.",
        "`fresh = clone(model).fit(X[train], y[train])`; then "
        "`predictions[test] = fresh.predict(X[test])`.",
    ),
    insight="Every score in this notebook comes out of these two lines. No compound was "
    "predicted by a model that had seen it.",
)
def check_loop(out_of_fold):
    function = expect_function(out_of_fold, "out_of_fold")
    rng = fresh_generator()
    n_rows = 23
    X = np.arange(n_rows, dtype=float)[:, None]
    y = rng.uniform(100, 200, n_rows)
    parts = np.array_split(rng.permutation(n_rows), 4)
    folds = [(np.setdiff1d(np.arange(n_rows), part), part) for part in parts]
    model = _Spy()
    _Spy.diary = []
    predictions = function(model, X, y, folds)
    predictions = expect_array(
        predictions, "out_of_fold(...)", shape=(n_rows,), of="predictions, one for each row"
    )
    expect(
        len(_Spy.diary) == len(folds),
        "wrong-number-of-fits",
        saw=f"{len(_Spy.diary)} trainings for {len(folds)} folds",
        expected="one training in each fold",
    )
    for rows, (train, test) in zip(_Spy.diary, folds, strict=True):
        n_seen = len(set(rows) & set(test))
        expect(
            set(rows) != set(test),
            "swapped",
            saw="training on the rows of `test`",
            expected="training on the rows of `train`, prediction of those of `test`",
        )
        expect(
            n_seen == 0,
            "trained-on-test",
            saw=f"a model that was trained on {n_seen} rows it then had to predict",
            expected="training on X[train], y[train] only",
            why="The error on compounds that were learned says how well the model remembers, not "
            "how well it predicts.",
        )
        expect(
            set(rows) == set(train),
            "not-all-training-rows",
            saw=f"training on {len(set(rows))} of {len(train)} training rows",
            expected="all rows of `train`",
        )
    expect(
        not hasattr(model, "total_"),
        "no-clone",
        saw="the model that was handed in has been trained itself",
        expected="a fresh clone(model) in each fold",
        why="A model that is not reset may carry what it learned in one fold into the next.",
    )
    expected = np.empty(n_rows)
    for train, test in folds:
        expected[test] = y[train].sum()
    expect(
        np.allclose(predictions, expected),
        "wrong-order",
        saw="predictions that do not stand at the rows they were made for",
        expected="predictions[test] = the predictions for X[test]",
    )


@questions.code(
    "q5",
    title="An error and its error bar",
    points=2,
    minutes=7,
    hints=(
        "First the absolute errors as an array. The rest is a mean and a spread of that array.",
        "`np.abs(measured - predicted)` has n entries. The standard error of their mean is their "
        "sample standard deviation, `.std(ddof=1)`, divided by the square root of n.",
        "`errors = np.abs(measured - predicted)`; then "
        "`return errors.mean(), errors.std(ddof=1) / np.sqrt(len(errors))`.",
    ),
    insight="Four times as many compounds halve the error bar, not the error.",
)
def check_error_bar(mae_with_error):
    function = expect_function(mae_with_error, "mae_with_error")
    rng = fresh_generator()
    measured = rng.uniform(300, 3000, 40)
    predicted = measured + rng.normal(30, 100, 40)
    parts = "(MAE, standard error)"
    value, error = expect_pair(function(measured, predicted), "mae_with_error(...)", parts=parts)
    signed = predicted - measured
    absolute = np.abs(signed)
    expect(
        not np.isclose(abs(value), abs(signed.mean())),
        "signs-cancel",
        saw="the mean of the errors with their signs",
        expected="the mean of their absolute values",
        why="Too high and too low cancel, so a useless model could have a mean error of zero.",
    )
    expect(
        not np.isclose(value, np.sqrt((signed**2).mean())),
        "root-mean-square",
        saw="the root mean square error",
        expected="the mean absolute error",
        why="Squares let a few large errors decide. Both are used; this notebook compares MAEs.",
    )
    expect(
        np.isclose(value, absolute.mean()),
        "wrong-mae",
        saw=f"{value:.2f} as the MAE of 40 test predictions",
        expected=f"{absolute.mean():.2f}, the mean of |measured - predicted|",
    )
    spread = absolute.std(ddof=1)
    expect(
        not np.isclose(error, spread, rtol=0.03),
        "spread-not-error",
        saw="the standard deviation of the errors",
        expected="that divided by the square root of their number",
        why="The spread says how different compounds are and stays when data are added. The "
        "standard error says how well the mean is known and shrinks.",
    )
    expect(
        not np.isclose(error, signed.std(ddof=1) / np.sqrt(40)),
        "spread-of-signed-errors",
        saw="a standard error from the signed errors",
        expected="the spread of the absolute errors, whose mean the MAE is",
    )
    expect(
        not np.isclose(error, absolute.std() / np.sqrt(40)),
        "population-spread",
        saw="the standard deviation with n in the denominator",
        expected="the sample standard deviation, with n - 1: .std(ddof=1)",
        why="The mean was estimated from the same errors, which uses up one of them.",
    )
    expect(
        np.isclose(error, spread / np.sqrt(40)),
        "wrong-error-bar",
        saw=f"{error:.3f} as the standard error",
        expected=f"{spread / np.sqrt(40):.3f}: standard deviation over the square root of 40",
    )


@questions.code(
    "q6",
    title="How ionic is a bond?",
    points=1,
    minutes=4,
    hints=(
        "What should come out for two equal elements? And for very different ones?",
        "`np.exp` works on numbers and arrays alike; `math.exp` does not. `**` is the power.",
        "`return 1 - np.exp(-(np.asarray(delta_chi) ** 2) / 4)`",
    ),
    insight="Cs and F (Δχ = 3.2) give 0.92, Ga and As 0.03. No bond is quite ionic.",
)
def check_ionic_character(ionic_character):
    function = expect_function(ionic_character, "ionic_character")
    zero = expect_number(function(0.0), "ionic_character(0.0)")
    expect(
        np.isclose(zero, 0.0),
        "not-covalent",
        saw=f"{zero:.2f} for two equal elements",
        expected="0: a bond between equal atoms is covalent",
    )
    differences = np.array([-2.0, -0.5, 0.3, 1.0, 2.0, 3.0])
    values = expect_array(
        function(differences), "ionic_character(array)", shape=(6,), of="ionic characters"
    )
    expect(
        np.isclose(values[0], values[4]),
        "sign-matters",
        saw=f"{values[0]:.3g} for Δχ = -2 and {values[4]:.3g} for +2",
        expected="the same value: NaCl is ClNa",
        why="The difference is squared, so it cannot matter which element is named first.",
    )
    expect(
        values[4] <= 1,
        "more-than-one",
        saw=f"{values[4]:.3g} for Δχ = 2",
        expected="a fraction between 0 and 1",
        why="0 is covalent, 1 is ionic; nothing is more ionic than ionic.",
    )
    expect(
        np.isclose(values[4], 1 - np.exp(-1)),
        "wrong-formula",
        saw=f"{values[4]:.3f} for Δχ = 2",
        expected=f"1 - exp(-2²/4) = {1 - np.exp(-1):.3f}",
    )


@questions.code(
    "q7",
    title="A straight line",
    points=3,
    minutes=10,
    hints=(
        "Scaler and line in one object; then your own loop; then a count.",
        "`make_pipeline(StandardScaler(), LinearRegression())` is the model. Call "
        "`out_of_fold(model, X, y, folds)`. Which temperatures do not exist?",
        "`linear_predictions = out_of_fold(linear_model, X, y, folds)`; then "
        "`n_impossible = (linear_predictions <= 0).sum()`, since nothing melts at or below 0 K.",
    ),
    insight="Far better than the mean, and still it predicts temperatures below absolute zero: a "
    "weighted sum knows no lower limit, whatever its weights.",
    time_limit=120,
)
def check_line(linear_model, linear_predictions, n_impossible, X, y, folds):
    model = expect_estimator(linear_model, "linear_model")
    expect(
        isinstance(model, Pipeline),
        "no-pipeline",
        saw=f"`linear_model` is a {type(model).__name__}",
        expected="a pipeline of StandardScaler and LinearRegression",
        why="Only inside a pipeline is the scaling learned from the training rows alone.",
    )
    kinds = [type(step) for _, step in model.steps]
    expect(
        StandardScaler in kinds,
        "no-scaler",
        saw=f"the steps {', '.join(kind.__name__ for kind in kinds)}",
        expected="a StandardScaler before the regression",
        why="Features in K, in Å and without unit differ by factors of thousands.",
    )
    expect(
        kinds[-1] is LinearRegression,
        "other-model",
        saw=f"{kinds[-1].__name__} as the last step",
        expected="LinearRegression",
    )
    predictions = expect_array(
        linear_predictions, "linear_predictions", shape=(len(y),), of="predictions in K"
    )
    in_sample = clone(model).fit(X, y).predict(X)
    expect(
        not np.allclose(predictions, in_sample, atol=1.0),
        "in-sample",
        saw="predictions of a model that was trained on all compounds",
        expected="out-of-fold predictions: out_of_fold(linear_model, X, y, folds)",
        why="With almost two hundred features the line fits much of the noise of what it has seen.",
    )
    expected = np.empty(len(y))
    for train, test in folds:
        expected[test] = clone(model).fit(X[train], y[train]).predict(X[test])
    expect(
        np.allclose(predictions, expected, atol=1.0),
        "other-predictions",
        saw="predictions that differ from those of `linear_model` on `folds`",
        expected="out_of_fold(linear_model, X, y, folds)",
    )
    count = expect_number(n_impossible, "n_impossible")
    expect(
        count == round(count),
        "not-a-count",
        saw=f"{count:.3g}",
        expected="how many predictions, a whole number (a sum, not a mean)",
    )
    expect(
        count != (predictions < 273.15).sum() or count == (predictions <= 0).sum(),
        "celsius",
        saw=f"{count:.0f}, the number of predictions below 273 K",
        expected="those that no substance can have",
        why="The temperatures are in kelvins. HCl melts at 159 K; nothing melts below 0 K.",
    )
    expect(
        count == (predictions <= 0).sum(),
        "wrong-count",
        saw=f"{count:.0f}",
        expected="the number of predictions at or below absolute zero",
    )


@questions.code(
    "q8",
    title="Clusters without units",
    points=3,
    minutes=10,
    hints=(
        "What would make a difference of 1 count the same in every column?",
        "`StandardScaler().fit_transform(table)` gives every column the standard deviation 1; "
        "give that to k-means.",
        "`scaled = StandardScaler().fit_transform(table)`; then "
        "`return KMeans(k, n_init=10, random_state=seed).fit_predict(scaled)`.",
    ),
    insight="A fraction or percent, K or °C: the families stay the same.",
    time_limit=60,
)
def check_clusters(cluster):
    function = expect_function(cluster, "cluster")
    rng = np.random.default_rng(12)
    family = np.repeat([0, 1], 60)
    table = pd.DataFrame(
        {
            "a": family + rng.normal(0, 0.1, 120),
            "b": family + rng.normal(0, 0.1, 120),
            "c": rng.normal(0, 0.5, 120),
        }
    )
    labels = expect_array(
        function(table, 2), "cluster(table, 2)", shape=(120,), of="labels, one for each row"
    )
    expect(
        len(set(labels)) == 2 and len(set(function(table, 3))) == 3,
        "wrong-k",
        saw=f"{len(set(labels))} labels for k = 2 and {len(set(function(table, 3)))} for k = 3",
        expected="k different labels",
    )
    expect(
        set(labels) == {0, 1},
        "other-labels",
        saw=f"the labels {sorted(set(labels.tolist()))}",
        expected="0 … k-1, as k-means gives them",
    )
    repeated = function(table, 2)
    expect(
        np.array_equal(labels, repeated),
        "not-reproducible",
        saw="other labels when called again on the same table",
        expected="the same labels each time: random_state=seed",
        why="Nobody can check a result that changes when it is run again.",
    )
    other_units = table.assign(c=table["c"] * 1000)
    agreement = adjusted_rand_score(labels, function(other_units, 2))
    expect(
        agreement > 0.99,
        "units",
        saw="other clusters after one column was multiplied by 1000, as from kJ to J",
        expected="the same clusters",
        why="Compounds do not change when somebody changes a unit. Without scaling the column "
        "with the largest numbers decides alone.",
    )
    expect(
        adjusted_rand_score(labels, family) > 0.9,
        "not-the-families",
        saw="clusters that cut through two groups which lie far apart",
        expected="the two groups",
        why="Every column has to count, each scaled by its own spread over the rows.",
    )
    three = pd.DataFrame(rng.normal(0, 0.1, (90, 2)), columns=["a", "b"])
    three["a"] += np.repeat([0, 1, 2], 30)
    three["b"] += np.repeat([0, 2, 0], 30)
    expect(
        adjusted_rand_score(function(three, 3), np.repeat([0, 1, 2], 30)) > 0.9,
        "not-three-families",
        saw="for k = 3 clusters that cut through three groups which lie far apart",
        expected="the three groups",
    )


@questions.code(
    "q9",
    title="How many families?",
    points=2,
    minutes=8,
    hints=(
        "For each k: cluster, then measure. In which space does `cluster` measure distances?",
        "`silhouette_score` must see the scaled table too: "
        "`StandardScaler().fit_transform(family_features)`.",
        "`{k: silhouette_score(scaled, cluster(family_features, k)) for k in range(2, 7)}`",
    ),
    insight="None of them is large. k-means always delivers k clusters, whether or not there "
    "are any.",
    time_limit=120,
)
def check_silhouettes(silhouettes, cluster, family_features):
    expect(
        isinstance(silhouettes, dict),
        "not-a-dict",
        saw=f"`silhouettes` is a {type(silhouettes).__name__}",
        expected="a dictionary from k to the mean silhouette",
    )
    expect(
        1 not in silhouettes,
        "one-cluster",
        saw="a value for k = 1",
        expected="k = 2, 3, 4, 5 and 6",
        why="One cluster has no neighbour, so its silhouette is not defined.",
    )
    expect(
        sorted(silhouettes) == [2, 3, 4, 5, 6],
        "wrong-keys",
        saw=f"the keys {sorted(silhouettes)}",
        expected="2, 3, 4, 5 and 6",
    )
    values = {int(k): expect_number(v, f"silhouettes[{k}]") for k, v in silhouettes.items()}
    raw = np.asarray(family_features)
    labels = {k: expect_array(cluster(family_features, k), f"cluster(.., {k})") for k in (2, 3, 4)}
    raw_labels = {k: KMeans(k, n_init=10, random_state=0).fit_predict(raw) for k in (2, 3, 4)}

    def is_like(space, made):
        return all(abs(values[k] - silhouette_score(space, made[k])) < 0.02 for k in (2, 3, 4))

    # Any scaling will do, as long as clusters and distances use the same one.
    scalers = (StandardScaler(), MinMaxScaler(), RobustScaler())
    is_right = any(is_like(scaler.fit_transform(raw), labels) for scaler in scalers)
    expect(
        is_right or not is_like(raw, raw_labels),
        "unscaled",
        saw="silhouettes of clusters that were made without scaling",
        expected="your own `cluster`, and distances in the scaled space",
        why="They are higher, but only because a space in which one feature decides is easy to "
        "cut.",
    )
    expect(
        is_right or not is_like(raw, labels),
        "unscaled-distances",
        saw="clusters made in the scaled space, and distances measured in the unscaled one",
        expected="both in the scaled space",
        why="A silhouette judges clusters by the distances that made them.",
    )
    expect(
        is_right,
        "other-numbers",
        saw=", ".join(f"{k}: {values[k]:.3f}" for k in (2, 3, 4)),
        expected="the mean silhouette of your clusters, in the scaled space that made them",
    )


@questions.code(
    "q10",
    title="Cluster, then regress",
    points=4,
    minutes=18,
    hints=(
        "The training rows decide where the clusters are. The test rows only ask which one is "
        "theirs.",
        "`families.fit_predict(X_train[:, columns])` labels the training rows, "
        "`families.predict(X_test[:, columns])` the test rows, with the same centres. Then loop "
        "over `range(k)`.",
        "For each family: `mine = train_family == family`; `model = clone(regressor).fit("
        "X_train[mine], y_train[mine])`; `predictions[test_family == family] = model.predict(...)` "
        "if there are such test rows.",
    ),
    insight="Clusters, scaling and regressors all belong to the model, and all of them stay "
    "inside the fold.",
)
def check_two_step(two_step):
    function = expect_function(two_step, "two_step")
    X, y, X_new, y_new = _families(2)
    line = LinearRegression()
    predictions = expect_array(
        function(X, y, X_new, line, [0], 2),
        "two_step(...)",
        shape=(len(X_new),),
        of="predictions, one for each test row",
    )
    expect(
        not hasattr(line, "coef_"),
        "no-clone",
        saw="the regressor that was handed in has been trained itself",
        expected="a clone(regressor) for each cluster",
        why="With one object for all clusters, the last one it was trained on would serve all.",
    )
    direct = LinearRegression().fit(X, y).predict(X_new)
    expect(
        not np.allclose(predictions, direct),
        "one-model",
        saw="the predictions of one regressor for all compounds",
        expected="one regressor for each cluster",
    )
    expect(
        np.allclose(predictions, y_new) or not np.allclose(np.sort(predictions), np.sort(y_new)),
        "wrong-order",
        saw="the right predictions in another order than the test rows",
        expected="predictions[test_family == family] = the predictions for these rows",
    )
    by_all_columns = _reference(X, y, X_new)
    expect(
        not np.allclose(predictions, by_all_columns),
        "columns-ignored",
        saw="clusters that were made from all columns",
        expected="only the features in `columns` decide the cluster",
        why="Clustering features are a choice of yours: what makes two compounds relatives?",
    )
    crowd = np.vstack([X_new, X_new + np.array([40.0, 0.0, 0.0])])
    in_crowd = np.asarray(function(X, y, crowd, LinearRegression(), [0], 2))[: len(X_new)]
    expect(np.allclose(in_crowd, predictions), "sees-test", **_SEES_TEST)
    expect(
        np.allclose(predictions, y_new, atol=1e-6),
        "wrong-cluster",
        saw="errors on a problem in which each family is an exact straight line in all features",
        expected="each test row predicted by the regressor of its own cluster, from all features",
    )
    for k in (1, 3):
        X_k, y_k, X_k_new, y_k_new = _families(k)
        of_k = np.asarray(function(X_k, y_k, X_k_new, LinearRegression(), [0], k))
        expect(
            np.allclose(of_k, y_k_new, atol=1e-6),
            "k-ignored",
            saw=f"errors on a problem with {k} famil{'y' if k == 1 else 'ies'}, each an exact line",
            expected="k families: clusters, and a loop, that use `k`",
        )
    rng = np.random.default_rng(8)
    X_wide = np.column_stack([X, 1e4 * rng.normal(size=len(X))])
    X_wide_new = np.column_stack([X_new, 1e4 * rng.normal(size=len(X_new))])
    wide = np.asarray(function(X_wide, y, X_wide_new, LinearRegression(), [0, 3], 2))
    expect(
        np.allclose(wide, y_new, atol=1e-3),
        "unscaled",
        saw="other clusters when a clustering feature has large numbers, as in another unit",
        expected="clusters in the scaled space: `families` scales and clusters",
    )
    _expect_single_rows(function, X, y, X_new, predictions)


_SEES_TEST = {
    "saw": "the prediction of a compound changes when other test compounds are added or removed",
    "expected": "scaling and clusters that are made from the training rows only",
    "why": "A model in use gets its compounds one at a time. Clusters that move with the test rows "
    "have seen what they should not.",
}


def _expect_single_rows(function, X, y, X_new, predictions):
    """Expect the same prediction for a test row alone, when the other family is empty."""
    try:
        alone = [function(X, y, row[None], LinearRegression(), [0], 2)[0] for row in X_new[:5]]
    except ValueError as error:
        expect("n_clusters" not in str(error), "sees-test", **_SEES_TEST)
        expect(
            "0 sample" not in str(error),
            "empty-family",
            saw="an error when a family has no test rows",
            expected="families without test rows left out",
            why="A model in use may be asked about a single compound; the other family is empty "
            "then, and a regressor cannot predict nothing.",
        )
        raise
    expect(np.allclose(alone, predictions[:5]), "sees-test", **_SEES_TEST)


def _families(n_families):
    """Make families, told apart by column 0, each with an exact law; column 2 misleads."""
    rng = np.random.default_rng(5)
    slopes, offsets = np.array([300.0, -700.0, 1500.0]), np.array([900.0, 1500.0, 400.0])

    def draw(n):
        family = np.arange(n) % n_families
        X = np.column_stack(
            [
                10.0 * family + rng.normal(0, 0.3, n),
                rng.uniform(-1, 1, n),
                50.0 * (rng.random(n) < 0.5) + rng.normal(0, 0.01, n),
            ]
        )
        return X, offsets[family] + slopes[family] * X[:, 1]

    return (*draw(80), *draw(30))


def _reference(X, y, X_new):
    """Predict with clusters from all columns."""
    families = make_pipeline(StandardScaler(), KMeans(2, n_init=10, random_state=0))
    train_family, test_family = families.fit_predict(X), families.predict(X_new)
    predictions = np.full(len(X_new), np.nan)
    for family in set(test_family):
        mine, theirs = train_family == family, test_family == family
        predictions[theirs] = LinearRegression().fit(X[mine], y[mine]).predict(X_new[theirs])
    return predictions


@questions.code(
    "q11",
    title="Is it really better?",
    points=3,
    minutes=10,
    hints=(
        "First one difference for each compound. Then the same two steps as in question 5.",
        "The gains are |measured - direct| - |measured - two_step|, an array. For the second "
        "function, set gain = 2 spread / √n and solve for n.",
        "`return gains.mean(), gains.std(ddof=1) / np.sqrt(len(gains))`; and "
        "`return int(np.ceil((2 * spread / gain) ** 2))`.",
    ),
    insight="Pairing removes what both models find hard. It is the cheapest way to a smaller "
    "error bar.",
)
def check_gain(paired_gain, compounds_needed):
    gain_of = expect_function(paired_gain, "paired_gain")
    needed = expect_function(compounds_needed, "compounds_needed")
    rng = fresh_generator()
    measured = rng.uniform(300, 3000, 60)
    hard = rng.normal(0, 200, 60)  # what both models find hard
    direct = measured + hard + np.sign(hard) * 30 + rng.normal(0, 20, 60)
    better = measured + hard + rng.normal(0, 20, 60)
    result = gain_of(measured, direct, better)
    gain, error = expect_pair(result, "paired_gain(...)", parts="(gain, standard error)")
    e_direct, e_better = np.abs(measured - direct), np.abs(measured - better)
    differences = e_direct - e_better
    expect(
        not np.isclose(gain, -differences.mean()),
        "sign",
        saw=f"{gain:+.1f} K where the second model is the better one",
        expected="a positive gain if two-step has the smaller error",
    )
    expect(
        not np.isclose(gain, np.abs(direct - better).mean()),
        "distance-of-models",
        saw="how far the predictions of the two models are apart",
        expected="by how much one model is nearer to the measured values than the other",
    )
    expect(
        np.isclose(gain, differences.mean()),
        "wrong-gain",
        saw=f"{gain:.2f} K",
        expected=f"{differences.mean():.2f} K: the mean of |error of direct| - |error of two-step|",
    )
    n = len(measured)
    separate = np.sqrt((e_direct.var(ddof=1) + e_better.var(ddof=1)) / n)
    expect(
        not np.isclose(error, separate, rtol=0.02),
        "not-paired",
        saw="the error bars of the two scores added in quadrature",
        expected="the standard error of the differences, compound by compound",
        why="The two models meet the same compounds. What is hard for both drops out of the "
        "difference, and the error bar becomes several times smaller.",
    )
    expect(
        not np.isclose(error, differences.std(ddof=1), rtol=0.02),
        "spread-not-error",
        saw="the standard deviation of the differences",
        expected="that divided by the square root of the number of compounds",
    )
    expect(
        not np.isclose(error, differences.std() / np.sqrt(n), rtol=1e-6),
        "population-spread",
        saw="the standard deviation with n in the denominator",
        expected="the sample standard deviation, with n - 1: .std(ddof=1)",
    )
    expect(
        np.isclose(error, differences.std(ddof=1) / np.sqrt(n), rtol=1e-3),
        "wrong-error-bar",
        saw=f"{error:.2f} K",
        expected=f"{differences.std(ddof=1) / np.sqrt(n):.2f} K",
    )
    number = expect_number(needed(10.0, 50.0), "compounds_needed(10, 50)")
    expect(
        not np.isclose(number, 10.0),
        "not-squared",
        saw="10 compounds for a gain of 10 K and a spread of 50 K",
        expected="100: with n compounds the standard error is spread / √n",
        why="Halving an error bar takes four times as many compounds, not twice as many.",
    )
    expect(
        np.isclose(number, 100.0),
        "wrong-number",
        saw=f"{number:.0f} compounds for a gain of 10 K and a spread of 50 K",
        expected="100, so that gain = 2 spread / √n",
    )
    rounded = expect_number(needed(9.0, 50.0), "compounds_needed(9, 50)")
    expect(
        rounded == 124,
        "not-rounded-up",
        saw=f"{rounded:g} compounds for a gain of 9 K and a spread of 50 K",
        expected="124: the next whole number above 123.5",
    )


@questions.written(
    "q12",
    title="The verdict",
    points=4,
    minutes=12,
    hints=(
        "Start with one row of the table: which model, what gain, what standard error?",
        "A gain is decided if it is larger than two standard errors. How large is that for 56 "
        "compounds? And what does the row of the random halves tell you?",
        "Trees split on features by themselves, also on ionic character. Random halves show what "
        "dividing the data costs; the families give back a part of it, but not all.",
    ),
    insight="You have tested a published claim with your own code. That is how a field finds out.",
    rubric=(
        "a verdict for at least one named model, with gain and standard error in K",
        "compares the gain with its standard error, not with the errors of the two scores",
        "says what 56 compounds can resolve (a gain of some tens of kelvins), with a number",
        "a reason for the pattern: trees split on the same features themselves; each regressor "
        "sees only part of the data, as the random halves show; a line is too stiff",
    ),
)
def check_verdict(verdict, answer_q12, gains):
    table = expect_table(gains, "gains", columns=("model", "clusters", "gain", "standard error"))
    models = list(dict.fromkeys(table["model"]))
    expect(
        isinstance(verdict, dict) and set(verdict) == set(models),
        "not-every-model",
        saw=f"`verdict` is {verdict!r:.80}",
        expected=f"a dictionary with the keys {', '.join(models)}",
    )
    k_means = table[table["clusters"] == "k-means"].set_index("model")
    for model in models:
        gain, error = k_means.loc[model, "gain"], k_means.loc[model, "standard error"]
        right = "undecided" if abs(gain) <= 2 * error else ("helps" if gain > 0 else "hurts")
        expect(
            verdict[model] == right,
            "other-verdict",
            saw=f"{verdict[model]!r} for {model}, whose gain is {gain:.0f} ± {error:.0f} K",
            expected='"helps" or "hurts" if the gain is larger than two standard errors, else '
            '"undecided"',
            why="The sign says who was better on these compounds. Only the error bar says whether "
            "other compounds would agree.",
        )
    text = expect_text(
        answer_q12,
        "answer_q12",
        words=50,
        points={
            "the error bar of the gain": (
                *("error bar", "standard error", "±", "+-", "uncertain", "interval", "significant"),
            ),
            "what the test set of 56 compounds can and cannot show": ("56", "fifty-six"),
            "what trees have that a line lacks": ("tree", "forest"),
            "a reason: what a model can do by itself, or how many compounds each model sees": (
                *("split", "already", "themselves", "itself", "own ", "fewer", "half", "halves"),
                *("less data", "smaller", "divid", "lose", "loss of data", "stiff", "flexib"),
            ),
        },
    )
    expect(
        re.search(r"\d+(\.\d+)?\s*(K\b|kelvin)", text),
        "no-numbers",
        saw="no number with its unit",
        expected="gains and error bars in K, from the table",
        why="A verdict without numbers cannot be checked by anybody else.",
    )
