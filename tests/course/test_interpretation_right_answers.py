"""Right answers to EdEx 3 in other styles, and answers that get a hint of their own."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from edex.checks import Todo, judge, load_questions
from edex.course import find_edex
from edex.learn.splits import row_folds

QUESTIONS = load_questions(find_edex("membrane-interpretation").checks)
START = """
import itertools
import math
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_validate
seed = 3
"""


@pytest.fixture(scope="module")
def world():
    """A table of made-up motifs with the names that the checks ask for."""
    rng = np.random.default_rng(0)
    names = ["methyl", "nitrile", "dibenzodioxane", "ketone"]
    X = pd.DataFrame(rng.random((90, 4)) * (rng.random((90, 4)) < 0.5), columns=names)
    y = 3 * X["methyl"].to_numpy() - X["nitrile"].to_numpy() + 0.8 * rng.normal(size=len(X))
    model = ExtraTreesRegressor(10, min_samples_leaf=2, random_state=1)
    return {"X": X, "y": y, "model": model, "folds": row_folds(len(X), 5, random_state=2)}


def run(question, code, **given):
    namespace = dict(given)
    exec(START + code, namespace)
    return judge(QUESTIONS[question], namespace)


RIGHT = {
    "q1, by cross_validate": (
        "q1",
        "folds = list(folds)\n"
        "cv = cross_validate(model, X, y, cv=folds, return_estimator=True)\n"
        "forests = cv['estimator']\n"
        "parts = [pd.Series(f.predict(X.iloc[b]), b) for f, (_, b) in zip(forests, folds)]\n"
        "predicted = pd.concat(parts).sort_index()\n"
        "r2 = 1 - ((y - predicted) ** 2).sum() / ((y - y.mean()) ** 2).sum()\n"
        "rmse = math.sqrt(((y - predicted) ** 2).mean())",
    ),
    "q2, a copy and a loop": (
        "q2",
        "X_noise = X.copy()\n"
        "X_noise['noise'] = np.random.default_rng(seed).standard_normal(len(X))\n"
        "f = clone(model).fit(X_noise, y)\n"
        "impurity = pd.Series(dict(zip(X_noise.columns, f.feature_importances_)))\n"
        "n_below = len([m for m in X.columns if impurity[m] < impurity['noise']])",
    ),
    "q3, a list and no r2_score": (
        "q3",
        "def permutation_importance(model, X, y, column, n_repeats, rng):\n"
        "    def score(Z):\n"
        "        return 1 - np.mean((y - model.predict(Z)) ** 2) / np.var(y)\n"
        "    s = score(X)\n"
        "    d = pd.Series([s - score(X.assign(**{column: rng.permutation(X[column])}))\n"
        "                   for _ in range(n_repeats)])\n"
        "    return [d.mean(), d.sem()]",
    ),
    "q3, with sample and the index forgotten": (
        "q3",
        "def permutation_importance(model, X, y, column, n_repeats, rng):\n"
        "    d = []\n"
        "    for _ in range(n_repeats):\n"
        "        Z = X.copy()\n"
        "        Z[column] = X[column].sample(frac=1, random_state=rng).values\n"
        "        d.append(r2_score(y, model.predict(X)) - r2_score(y, model.predict(Z)))\n"
        "    return np.array([np.mean(d), np.std(d, ddof=1) / n_repeats ** 0.5])",
    ),
    "q3, the score of the model": (
        "q3",
        "def permutation_importance(model, X, y, column, n_repeats, rng):\n"
        "    intact, Z, d = model.score(X, y), X.copy(), []\n"
        "    for _ in range(n_repeats):\n"
        "        Z[column] = rng.permutation(X[column].to_numpy())\n"
        "        d.append(intact - model.score(Z, y))\n"
        "    return np.mean(d), np.std(d, ddof=1) / np.sqrt(n_repeats)",
    ),
    "q3, the copy shuffled on and on, and n in the deviation": (
        "q3",
        "def permutation_importance(model, X, y, column, n_repeats, rng):\n"
        "    intact, Z, d = model.score(X, y), X.copy(), []\n"
        "    for _ in range(n_repeats):\n"
        "        Z[column] = rng.permutation(Z[column].to_numpy())\n"
        "        d.append(intact - model.score(Z, y))\n"
        "    return np.mean(d), np.std(d) / np.sqrt(n_repeats)",
    ),
    "q4, column by column with one order": (
        "q4",
        "def permute_block(X, columns, rng):\n"
        "    Z, order = X.copy(), rng.permutation(len(X))\n"
        "    for name in columns:\n"
        "        Z[name] = X[name].to_numpy()[order]\n"
        "    return Z",
    ),
    "q5, by the weights of coalitions": (
        "q5",
        "def shapley(worth, players):\n"
        "    n, out = len(players), {}\n"
        "    for p in players:\n"
        "        rest = [q for q in players if q != p]\n"
        "        out[p] = sum(\n"
        "            math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n)\n"
        "            * (worth(frozenset(c) | {p}) - worth(frozenset(c)))\n"
        "            for k in range(n) for c in itertools.combinations(rest, k))\n"
        "    return out",
    ),
    "q5, a Series": (
        "q5",
        "def shapley(worth, players):\n"
        "    rows = []\n"
        "    for order in itertools.permutations(players):\n"
        "        v = [worth(frozenset(order[:k])) for k in range(len(order) + 1)]\n"
        "        rows.append(dict(zip(order, np.diff(v))))\n"
        "    return pd.DataFrame(rows).mean()",
    ),
    "q7, sorted by hand": (
        "q7",
        "def hits(ranking, acting):\n"
        "    order = sorted(ranking.index, key=lambda m: -abs(ranking[m]))\n"
        "    return sum(m in list(acting) for m in order[:len(acting)])\n"
        "acting = ['a', 'b']\n"
        "rankings = {'one': pd.Series({'a': -3.0, 'b': 0.1, 'c': 1.0})}\n"
        "found = {'one': 1}",
    ),
    "q8, with pandas": (
        "q8",
        "t = pd.DataFrame({'y': y, 'n': X['nitrile'] > 0, 'l': X['dibenzodioxane'] > 0})\n"
        "m = t.groupby(['l', 'n'])['y'].median().unstack()\n"
        "outside, inside = m[True] - m[False]\n"
        "overall = t[t.n].y.median() - t.y[~t.n].median()",
    ),
}


@pytest.mark.parametrize(("question", "code"), RIGHT.values(), ids=list(RIGHT))
def test_another_style_of_a_right_answer_passes(question, code, world):
    verdict = run(question, code, **world)
    assert verdict.status == "passed", verdict


def test_shares_that_add_up_pass(world):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.normal(size=world["X"].shape), columns=world["X"].columns)
    given = {"shap_table": table, "base": np.full(len(table), 0.5), "y": world["y"]}
    given["predicted"] = (0.5 + table.sum(axis=1)).to_numpy()
    code = (
        "gap = max(abs(b + row.sum() - p) for b, (_, row), p in "
        "zip(base, shap_table.iterrows(), predicted))\n"
        "importance = np.abs(shap_table).mean(axis=0)"
    )
    assert run("q6", code, **given).status == "passed"
    assert run("q6", code + "\ngap = gap - 1", **given).finding == "not-additive"
    for other in ("importance.to_numpy()", "importance.to_dict()", "list(importance)"):
        verdict = run("q6", f"{code}\nimportance = {other}", **given)
        assert verdict.finding == "not-a-series"


REFEREES = [
    "The highly permeable ones of your polymers are mostly PIM ladders, and these are made from a "
    "dinitrile, so you compare backbones. Leaving them out I find -1.2 decades. Please prepare the "
    "methyl analogue of PIM-1 and compare both films after the same history.",
    "Your factor is confounded by the rigid backbone. In thirteen of 21 polymers nitrile sits on a "
    "ladder. Exchanging it for methyl in polypropylene costs more than three decades. I would want "
    "pairs of polymers with the same chain, made in one laboratory, before I believe any sign.",
]


VERDICT = {"flexible chains": "lowers", "PIM-1": "cannot tell"}


@pytest.mark.parametrize("text", REFEREES)
def test_a_referee_may_use_other_words(text):
    assert run("q9", "", verdict_q9=VERDICT, answer_q9=text).status == "passed"


def test_a_referee_may_say_that_she_does_not_agree():
    text = "I do not agree with the proposal, and I cannot fully agree with its factor. "
    verdict = run("q9", "", verdict_q9=VERDICT, answer_q9=text + REFEREES[0])
    assert verdict.status == "passed"


@pytest.mark.parametrize("verdict", [Todo("q9"), VERDICT])
def test_half_of_the_referee_report_is_blank(verdict):
    assert run("q9", "", verdict_q9=verdict, answer_q9=Todo("q9")).status == "blank"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("q3", ["permutation_importance"]),
        ("q4", ["permute_block"]),
        ("q5", ["shapley"]),
    ],
)
def test_a_function_that_is_still_to_do_is_blank(question, names):
    given = {name: lambda *args, question=question: Todo(question) for name in names}
    assert run(question, "", **given).status == "blank"
