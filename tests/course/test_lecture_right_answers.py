"""Right answers to the questions of lectures, written in other ways than in the solutions."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from edex.checks import judge, load_questions
from edex.course import lecture_folders

QUESTIONS = {lecture.id: load_questions(lecture.checks) for lecture in lecture_folders()}
START = """
import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, cross_val_predict
from sklearn.preprocessing import StandardScaler
from edex.learn.metrics import mean_absolute_error
seed = 5
"""
ERROR = "def error_of_difference(a, b, rho):\n    return (a * a + b * b - 2 * rho * a * b) ** 0.5\n"

RIGHT = {
    ("model-selection", "q1", "a loop over rows"): (
        "def share_with_relatives(groups, folds):\n"
        "    hits = [groups[row] in set(groups[train]) for train, test in folds for row in test]\n"
        "    return sum(hits) / len(hits)"
    ),
    ("model-selection", "q2", "a score with its error bar"): (
        "metal_folds = list(GroupKFold(8).split(X, groups=metals_of))\n"
        "hidden = cross_val_predict(neighbours, X, temperatures, cv=metal_folds)\n"
        "metal_mae = mean_absolute_error(temperatures, hidden, groups=metals_of)"
    ),
    ("model-selection", "q2", "one metal at a time, other rows left out"): (
        "metal_folds, errors = [], np.empty(len(X))\n"
        "for train, test in LeaveOneGroupOut().split(X, groups=metals_of):\n"
        "    train = train[:-3]\n"
        "    metal_folds.append((train, test))\n"
        "    neighbours.fit(X[train], temperatures[train])\n"
        "    errors[test] = abs(neighbours.predict(X[test]) - temperatures[test])\n"
        "metal_mae = errors.mean()"
    ),
    ("model-selection", "q3", "not rounded"): ERROR + "least_correlation = 1 - 9 / 72",
    ("model-selection", "q3", "by a root finder"): (
        ERROR + "least_correlation = brentq(lambda r: 6 - 2 * error_of_difference(6, 6, r), 0, 1)"
    ),
    ("unsupervised", "q1", "by scipy, with n - 1"): (
        "def scaled_distance(table, a, b):\n    return squareform(pdist(table, 'seuclidean'))[a, b]"
    ),
    ("unsupervised", "q2", "the share handed to PCA"): (
        "def n_components_needed(table, share):\n"
        "    return PCA(share).fit(StandardScaler().fit_transform(table)).n_components_"
    ),
    ("unsupervised", "q3", "by pandas, with another seed"): (
        "def within_sum(points, labels):\n"
        "    table = pd.DataFrame(points)\n"
        "    means = table.groupby(np.asarray(labels)).transform('mean')\n"
        "    return float(((table - means) ** 2).sum().sum())\n"
        "w_share = KMeans(4, n_init=50, random_state=1).fit(Z).inertia_ / (len(Z) * Z.var(0).sum())"
    ),
    ("training-at-scale", "q1", "by scipy"): (
        "from scipy.stats import sem\n"
        "def two_lucks(right):\n"
        "    return [sem(right.mean(axis=1)), sem(np.mean(right, axis=0))]"
    ),
    ("training-at-scale", "q2", "row by row, until nothing changes"): (
        "def estimate_shares(p, old_shares):\n"
        "    guess = [1 / p.shape[1]] * p.shape[1]\n"
        "    for _ in range(300):\n"
        "        rows = [[a * g / o for a, g, o in zip(row, guess, old_shares)] for row in p]\n"
        "        guess = np.mean([np.array(row) / sum(row) for row in rows], axis=0)\n"
        "    return guess"
    ),
    ("training-at-scale", "q3", "by a search"): (
        "def starts_needed(gain, spread):\n"
        "    n = 1\n"
        "    while 2 * spread * (2 / n) ** 0.5 > gain * (1 + 1e-12):\n"
        "        n += 1\n"
        "    return n"
    ),
    ("project-fair", "q1", "by relative differences, one if after the other"): (
        "def find_fault(answer, y_train, y_test):\n"
        "    def same(other):\n"
        "        return abs(answer / other - 1) < 1e-5\n"
        "    middle, everything = np.mean(y_train), np.r_[y_train, y_test]\n"
        "    if same(np.mean(abs(y_test - middle))): return 'ok'\n"
        "    if same(np.mean(abs(y_train - middle))): return 'in-sample'\n"
        "    if same(np.mean(abs(y_test - everything.mean()))): return 'leak'\n"
        "    if same(np.mean((y_test - middle) ** 2) ** 0.5): return 'root-mean-square'\n"
        "    return 'another-number'"
    ),
    ("project-fair", "q2", "with arrays"): (
        "def wins_from(sizes, gains, errors):\n"
        "    bad = np.flatnonzero(gains - 2 * errors <= 0)\n"
        "    first = bad[-1] + 1 if len(bad) else 0\n"
        "    return sizes[first] if first < len(sizes) else None"
    ),
    ("project-fair", "q3", "in SI units"): (
        "from edex.examples import load_elements\n"
        "from edex.melting import parse_formula\n"
        "weights = load_elements().set_index('symbol')['atomic_weight']\n"
        "def density(formula, volume_per_atom):\n"
        "    parts = parse_formula(formula)\n"
        "    grams = sum(n * weights[e] for e, n in parts.items()) / 6.02214e23\n"
        "    return grams / (sum(parts.values()) * volume_per_atom * 1e-24)"
    ),
}


@pytest.fixture(scope="module")
def world():
    """Made-up compounds of twelve metals and points in four clusters, under the lectures' names."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    centres = 6 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    return {
        "X": X,
        "temperatures": 1000 + 300 * X[:, 0] + 50 * rng.normal(size=120),
        "metals_of": rng.integers(0, 12, size=120).astype(str),
        "neighbours": KNeighborsRegressor(5),
        "Z": centres[rng.integers(0, 4, size=80)] + rng.normal(size=(80, 3)),
    }


@pytest.mark.parametrize("case", RIGHT, ids=" ".join)
def test_a_right_answer_in_another_style_passes(case, world):
    lecture, question, _ = case
    namespace = dict(world)
    exec(START + RIGHT[case], namespace)
    verdict = judge(QUESTIONS[lecture][question], namespace)
    assert verdict.status == "passed", (verdict.finding, verdict.saw)
