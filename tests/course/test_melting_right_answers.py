"""Right answers in other styles, which a check must not refuse."""

import pytest

from edex.checks import judge, load_questions
from edex.course import find_edex

QUESTIONS = load_questions(find_edex("melting-temperature").checks)
START = """
import math
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
seed = 4
"""

RIGHT = {
    "q4, by cross_val_predict": (
        "q4",
        "def out_of_fold(model, X, y, folds):\n    return cross_val_predict(model, X, y, cv=folds)",
    ),
    "q4, a pandas Series": (
        "q4",
        "def out_of_fold(model, X, y, folds):\n"
        "    parts = [pd.Series(clone(model).fit(X[a], y[a]).predict(X[b]), b) for a, b in folds]\n"
        "    return pd.concat(parts).sort_index()",
    ),
    "q5, a list, by hand": (
        "q5",
        "def mae_with_error(measured, predicted):\n"
        "    e = [abs(m - p) for m, p in zip(measured, predicted)]\n"
        "    mean = sum(e) / len(e)\n"
        "    var = sum((x - mean) ** 2 for x in e) / (len(e) - 1)\n"
        "    return [mean, math.sqrt(var / len(e))]",
    ),
    "q6, with np.square": (
        "q6",
        "def ionic_character(delta_chi):\n    return 1.0 - np.exp(-0.25 * np.square(delta_chi))",
    ),
    "q6, with expm1": (
        "q6",
        "def ionic_character(d):\n    return -np.expm1(-(np.abs(d) / 2) ** 2)",
    ),
    "q8, scaled to the range": (
        "q8",
        "def cluster(table, k):\n"
        "    scaled = MinMaxScaler().fit_transform(table)\n"
        "    return KMeans(k, n_init=10, random_state=seed).fit(scaled).labels_",
    ),
    "q8, a pipeline": (
        "q8",
        "def cluster(table, k):\n"
        "    return make_pipeline(StandardScaler(), KMeans(k, n_init=10, random_state=0))"
        ".fit_predict(table)",
    ),
    "q8, standardised by hand": (
        "q8",
        "def cluster(table, k):\n"
        "    scaled = (table - table.mean()) / table.std()\n"
        "    return list(KMeans(k, n_init=10, random_state=seed).fit_predict(scaled))",
    ),
    "q11, an array and math.ceil": (
        "q11",
        "def paired_gain(measured, direct, two_step):\n"
        "    g = pd.Series(abs(measured - direct) - abs(measured - two_step))\n"
        "    return np.array([g.mean(), g.sem()])\n"
        "def compounds_needed(gain, spread):\n"
        "    return math.ceil(4 * spread**2 / gain**2)",
    ),
    "q10, a dictionary of models": (
        "q10",
        "def two_step(X_train, y_train, X_test, regressor, columns, k):\n"
        "    scaler = StandardScaler().fit(X_train[:, columns])\n"
        "    scaled = scaler.transform(X_train[:, columns])\n"
        "    km = KMeans(k, n_init=10, random_state=seed).fit(scaled)\n"
        "    models = {}\n"
        "    for c in range(k):\n"
        "        is_c = km.labels_ == c\n"
        "        models[c] = clone(regressor).fit(X_train[is_c], y_train[is_c])\n"
        "    family = km.predict(scaler.transform(X_test[:, columns]))\n"
        "    return [models[c].predict(row[None])[0] for c, row in zip(family, X_test)]",
    ),
}

REASONS = (
    "TiO2 is listed as anatase and rutile, which are two polymorphs, and AlN loses nitrogen, so "
    "one source may give a decomposition point. "
)
FLOORS = [
    "No prediction can be closer to a value than the values are to one another, so about 46 K on "
    "average is the best we could hope for.",
    "If two references scatter by 46 K around one another, nobody can predict either of them "
    "better than a few tens of kelvin.",
    "Because labels scatter, the MAE of a perfect model would still be about 46 K.",
    "Roughly fifty kelvin is the best attainable MAE on this table of numbers.",
]


@pytest.mark.parametrize(("question", "code"), RIGHT.values(), ids=list(RIGHT))
def test_another_style_of_a_right_answer_passes(question, code):
    namespace = {}
    exec(START + code, namespace)
    verdict = judge(QUESTIONS[question], namespace)
    assert verdict.status == "passed", verdict


@pytest.mark.parametrize("floor", FLOORS)
def test_the_floor_may_be_said_in_other_words(floor):
    verdict = judge(QUESTIONS["q2"], {"answer_q2": REASONS + floor})
    assert verdict.status == "passed", verdict
