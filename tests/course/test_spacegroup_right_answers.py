"""Right answers to the space-group EdEx in other styles, which a check must not refuse."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from edex.checks import judge, load_questions
from edex.course import find_edex
from edex.datasets import load_measured_pdfs
from edex.spacegroup.classes import CLASSES

QUESTIONS = load_questions(find_edex("space-group").checks)
START = """
import math
from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
from scipy.special import softmax as scipy_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, pairwise_distances, top_k_accuracy_score
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, RobustScaler, StandardScaler, label_binarize

from edex.spacegroup.classes import CLASSES
seed = 1
"""

SHELLS = {
    "with the primitive vectors": """
def fcc_shells(a, r_max):
    vectors = a / 2 * np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    n = int(2 * r_max / a) + 3
    counts = Counter()
    for steps in product(range(-n, n + 1), repeat=3):
        length = round(float(np.linalg.norm(np.array(steps) @ vectors)), 4)
        if 0 < length <= r_max:
            counts[length] += 1
    distances = sorted(counts)
    return distances, [counts[d] for d in distances]
""",
    "with whole numbers": """
def fcc_shells(a, r_max):
    n = math.ceil(2 * r_max / a)
    h, k, l = np.mgrid[-n:n+1, -n:n+1, -n:n+1].reshape(3, -1)
    squares = (h**2 + k**2 + l**2)[(h + k + l) % 2 == 0]
    squares = squares[(squares > 0) & (squares * a**2 / 4 <= r_max**2 * (1 + 1e-9))]
    values, numbers = np.unique(squares, return_counts=True)
    return [a / 2 * np.sqrt(values), numbers]
""",
    "with pandas": """
def fcc_shells(a, r_max):
    atoms = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    n = math.ceil(r_max / a) + 2
    cells = np.array(list(product(range(-n, n), repeat=3)))
    d = pd.Series(a * np.linalg.norm((cells[:, None] + atoms).reshape(-1, 3), axis=1)).round(6)
    counts = d[(d > 1e-3) & (d <= r_max)].value_counts().sort_index()
    return counts.index.to_numpy(), counts.to_numpy()
""",
}

ONE_HOT = {
    "a loop": """
def one_hot(numbers):
    table = np.zeros((len(numbers), 8))
    for row, number in enumerate(numbers):
        table[row, CLASSES.index(number)] = 1
    return table
""",
    "the rows of a unit matrix": """
def one_hot(numbers):
    return np.eye(len(CLASSES))[np.searchsorted(CLASSES, numbers)]
""",
    "scikit-learn, as integers": """
def one_hot(numbers):
    return label_binarize(numbers, classes=CLASSES)
""",
    "a table of True and False": """
def one_hot(numbers):
    return np.equal.outer(numbers, CLASSES)
""",
}

SOFTMAX = {
    "scipy": "def softmax(scores):\n    return scipy_softmax(scores, axis=1)",
    "by logarithms": """
def softmax(scores):
    top = scores.max(axis=1)[:, None]
    return np.exp(scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True)))
""",
    "row by row": """
def softmax(scores):
    rows = [np.exp(row - max(row)) for row in scores]
    return np.array([row / row.sum() for row in rows])
""",
    "differences of energies": """
def softmax(scores):
    s = np.asarray(scores)
    with np.errstate(over="ignore"):
        return 1 / np.exp(s[:, None, :] - s[:, :, None]).sum(axis=2)
""",
}

OTHERS = {
    "q5, corrcoef": (
        "q5",
        """
def largest_correlation(X_new, X_known):
    return [np.corrcoef(row, X_known)[0, 1:].max() for row in X_new]
twin_share = np.mean(np.array(largest_correlation(X_real[random_test], X_real[random_train])) > 0.9)
""",
    ),
    "q5, scikit-learn": (
        "q5",
        """
def largest_correlation(X_new, X_known):
    return 1 - pairwise_distances(X_new, X_known, metric="correlation").min(axis=1)
close = largest_correlation(X_real[random_test], X_real[random_train])
twin_share = sum(close > 0.9) / len(close)
""",
    ),
    "q5, standardised": (
        "q5",
        """
def largest_correlation(X_new, X_known):
    z = lambda X: (X - X.mean(1)[:, None]) / X.std(1)[:, None]
    return np.max(z(X_new) @ z(X_known).T / X_new.shape[1], axis=1)
twin_share = float((largest_correlation(X_real[random_test], X_real[random_train]) > 0.9).mean())
""",
    ),
    "q6, other parts, as lists": (
        "q6",
        """
parts = [list(p) for _, p in StratifiedGroupKFold(5).split(y_real, y_real, prototypes)]
training_rows, validation_rows, test_rows = parts[0] + parts[2] + parts[4], parts[3], parts[1]
""",
    ),
    "q6, two cuts one after the other": (
        "q6",
        """
rest, test_rows = next(StratifiedGroupKFold(5).split(y_real, y_real, prototypes))
second = StratifiedGroupKFold(4).split(y_real[rest], y_real[rest], prototypes[rest])
training, validation = next(second)
training_rows, validation_rows = rest[training], rest[validation]
""",
    ),
    "q8, correlate": (
        "q8",
        "def slide(signal, pattern):\n    return np.correlate(signal, pattern, 'valid')",
    ),
    "q8, the convolution of a pattern turned around": (
        "q8",
        "def slide(s, p):\n    return np.convolve(s, np.flip(p), mode='valid')",
    ),
    "q8, windows": (
        "q8",
        """
def slide(signal, pattern):
    return np.lib.stride_tricks.sliding_window_view(signal, len(pattern)) @ pattern
""",
    ),
    "q8, a list by hand": (
        "q8",
        """
def slide(signal, pattern):
    n, w = len(signal), len(pattern)
    return [sum(signal[j + i] * pattern[i] for i in range(w)) for j in range(n - w + 1)]
""",
    ),
    "q10, from counts": (
        "q10",
        """
numbers, sizes = np.unique(y_train, return_counts=True)
class_weights = dict(enumerate(len(y_train) / len(CLASSES) / sizes))
""",
    ),
    "q10, a loop": (
        "q10",
        """
class_weights = {}
for j in range(8):
    class_weights[j] = 1 / np.mean(y_train == CLASSES[j]) / 8
""",
    ),
    "q11, powers of ten": (
        "q11",
        """
def learning_rate(epoch, n_epochs):
    done = epoch / n_epochs
    return 5e-4 * 10.0 ** -((done >= 0.4) + (done >= 0.6))
""",
    ),
    "q11, whole numbers": (
        "q11",
        """
def learning_rate(epoch, n_epochs):
    rate = 0.0005
    if 10 * epoch >= 4 * n_epochs:
        rate /= 10
    if 10 * epoch >= 6 * n_epochs:
        rate /= 10
    return rate
""",
    ),
    "q14, a sort": (
        "q14",
        """
def top_k_accuracy(probabilities, numbers, k):
    columns = np.searchsorted(CLASSES, numbers)
    best = np.argpartition(probabilities, -k, axis=1)[:, -k:]
    return float(np.mean([c in row for c, row in zip(columns, best)]))
""",
    ),
    "q14, ranks": (
        "q14",
        """
def top_k_accuracy(probabilities, numbers, k):
    own = np.array([p[CLASSES.index(n)] for p, n in zip(probabilities, numbers)])
    return ((probabilities > own[:, None]).sum(1) < k).mean()
""",
    ),
    "q14, a loop": (
        "q14",
        """
def top_k_accuracy(probabilities, numbers, k):
    hits = 0
    for p, number in zip(probabilities, numbers):
        hits += number in [c for _, c in sorted(zip(p, CLASSES))[::-1][:k]]
    return hits / len(numbers)
""",
    ),
}


def run(question, code, **given):
    namespace = dict(given)
    exec(START + code, namespace)
    return judge(QUESTIONS[question], namespace)


@cache
def crystals_in_families():
    """Make curves in families: 60 prototypes of 8 classes, 4 to 12 crystals each, some twins."""
    rng = np.random.default_rng(7)
    X, y, prototypes = [], [], []
    for family in range(64):
        shape = rng.normal(size=40)
        for _ in range(rng.integers(4, 12)):
            X.append(shape + rng.choice([0.1, 1.0]) * rng.normal(size=40))
            y.append(CLASSES[family % 8])
            prototypes.append(f"type {family}")
    X, rows = np.array(X), rng.permutation(len(X))
    return {
        "X_real": X / np.sqrt((X**2).mean(axis=1, keepdims=True)),
        "y_real": np.array(y),
        "prototypes": np.array(prototypes),
        "random_train": rows[: len(X) * 4 // 5],
        "random_test": rows[len(X) * 4 // 5 :],
    }


@pytest.mark.parametrize("code", SHELLS.values(), ids=list(SHELLS))
def test_shells_may_be_counted_in_another_way(code):
    verdict = run("q1", code)
    assert verdict.status == "passed", verdict


@pytest.mark.parametrize(
    "code",
    [
        "first_peak, lattice_parameter = 2.48, 2.48 * 2**0.5",
        "near = [(g, r) for r, g in zip(r_measured, G_measured) if 2.2 < r < 2.9]\n"
        "first_peak = max(near)[1]\nlattice_parameter = first_peak / math.sin(math.pi / 4)",
        "is_near = (r_measured > 2.42) & (r_measured < 2.56)\n"
        "c, b, a = np.polynomial.Polynomial.fit(r_measured[is_near], G_measured[is_near], 2)"
        ".convert().coef\nfirst_peak = -b / (2 * a)\nlattice_parameter = math.sqrt(2) * first_peak",
    ],
    ids=["read off", "a list", "the top of a parabola"],
)
def test_the_first_peak_may_be_found_in_another_way(code):
    nickel = next(record for record in load_measured_pdfs() if record.material == "Ni")
    verdict = run("q2", code, r_measured=nickel.r, G_measured=nickel.G)
    assert verdict.status == "passed", verdict


@pytest.mark.parametrize("one_hot", ONE_HOT.values(), ids=list(ONE_HOT))
@pytest.mark.parametrize("softmax", SOFTMAX.values(), ids=list(SOFTMAX))
def test_one_hot_and_softmax_may_be_written_in_another_way(one_hot, softmax):
    verdict = run("q3", one_hot + softmax)
    assert verdict.status == "passed", verdict


@pytest.mark.parametrize(
    "code",
    [
        "def scale_rows(G):\n"
        "    return np.array([g / math.sqrt(np.mean(np.square(g))) for g in G])\n"
        "logistic = Pipeline([('scale', RobustScaler()), ('classify', LogisticRegression(C=0.1))])",
        "def scale_rows(G):\n"
        "    norms = np.linalg.norm(G, axis=1)[:, None]\n"
        "    return G / norms * np.sqrt(G.shape[1])\n"
        "logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))",
    ],
    ids=["row by row, another scaler", "by norms"],
)
def test_a_first_score_may_come_from_other_code(code):
    rest = """
logistic.fit(X_real[random_train], y_real[random_train])
logistic_accuracy = np.mean(logistic.predict(X_real[random_test]) == y_real[random_test])
values, sizes = np.unique(y_real[random_train], return_counts=True)
baseline_accuracy = float(np.mean(y_real[random_test] == values[sizes.argmax()]))
"""
    verdict = run("q4", code + rest, **crystals_in_families())
    assert verdict.status == "passed", verdict


@pytest.mark.parametrize(("question", "code"), OTHERS.values(), ids=list(OTHERS))
def test_another_style_of_a_right_answer_passes(question, code):
    labels = np.random.default_rng(1).choice(CLASSES, 500)
    verdict = run(question, code, y_train=labels, **crystals_in_families())
    assert verdict.status == "passed", verdict


NETWORKS = {
    "layers added one by one": """
def build_network():
    n = keras.Sequential()
    n.add(layers.Input(shape=(209, 1)))
    n.add(layers.BatchNormalization(momentum=0.9))
    n.add(layers.Conv1D(filters=filters[0], kernel_size=width, activation="relu", padding="same"))
    n.add(layers.BatchNormalization(momentum=0.9))
    n.add(layers.Conv1D(filters=filters[1], kernel_size=width, activation="relu", padding="same"))
    n.add(layers.BatchNormalization(momentum=0.9))
    n.add(layers.MaxPool1D())
    n.add(layers.Dropout(0.5))
    n.add(layers.Flatten())
    n.add(layers.Dense(128, activation="relu"))
    n.add(layers.BatchNormalization(momentum=0.9))
    n.add(layers.Dropout(0.5))
    n.add(layers.Dense(8, activation=keras.activations.softmax))
    return n
""",
    "activations as layers, functional": """
def build_network():
    x = start = layers.Input((209, 1))
    x = layers.BatchNormalization(momentum=0.9)(x)
    for n in filters:
        x = layers.ReLU()(layers.Conv1D(n, width, padding="same")(x))
        x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.Flatten()(layers.Dropout(0.5)(layers.MaxPooling1D(2)(x)))
    x = layers.BatchNormalization(momentum=0.9)(layers.Activation("relu")(layers.Dense(128)(x)))
    x = layers.Dense(8)(layers.Dropout(0.5)(x))
    return keras.Model(start, layers.Softmax()(x))
""",
    "no layer for the input": """
def build_network():
    block = lambda n: [layers.Conv1D(n, (width,), padding="same", activation=keras.ops.relu),
                       layers.BatchNormalization(momentum=0.9)]
    return keras.Sequential([layers.BatchNormalization(momentum=0.9), *block(filters[0]),
        *block(filters[1]), layers.MaxPooling1D(2), layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(128, activation="relu"), layers.BatchNormalization(momentum=0.9),
        layers.Dropout(0.5), layers.Dense(8, activation="softmax")])
""",
}
COUNTS = """
f1, f2 = filters
shapes = [(width, 1, f1), (width, f1, f2), (104 * f2, 128), (128, 8)]
predicted_parameters = {}
""".replace("{}", "np.array([np.prod(shape) + shape[-1] for shape in shapes])")


@pytest.mark.slow
@pytest.mark.parametrize("code", NETWORKS.values(), ids=list(NETWORKS))
def test_the_network_may_be_built_in_another_way(code):
    from edex.spacegroup.keras_backend import import_keras

    keras = import_keras()
    given = {"keras": keras, "layers": keras.layers, "filters": [6, 4], "width": 5}
    verdict = run("q9", COUNTS + code, **given)
    assert verdict.status == "passed", verdict


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        '"val_loss", patience=4, restore_best_weights=True',
        'mode="min", patience=4, restore_best_weights=True, verbose=1',
        'monitor="val_loss", min_delta=0, patience=4, mode="auto", restore_best_weights=True',
    ],
)
def test_early_stopping_may_be_written_in_another_way(options):
    from edex.spacegroup.keras_backend import import_keras

    code = f"early_stopping = keras.callbacks.EarlyStopping({options})"
    verdict = run("q12", code, keras=import_keras())
    assert verdict.status == "passed", verdict


def test_a_diagnosis_by_eye_passes():
    patients = {
        letter: SimpleNamespace(illness=illness)
        for letter, illness in zip(
            "ABCD",
            ("overfitting", "rate too low", "labels shuffled", "rate too high"),
            strict=True,
        )
    }
    code = (
        'diagnosis = {"D": "rate too high", "A": "overfitting", '
        '"B": "rate too low", "C": "labels shuffled"}'
    )
    verdict = run("q13", code, patients=patients)
    assert verdict.status == "passed", verdict


CONFUSIONS = {
    "scikit-learn": "confusion = confusion_matrix(y_test, predicted, labels=CLASSES, "
    "normalize='true')",
    "pandas": "confusion = pd.crosstab(y_test, predicted, normalize='index')"
    ".reindex(index=CLASSES, columns=CLASSES, fill_value=0)",
    "loops": "confusion = [[np.mean(predicted[y_test == i] == j) for j in CLASSES]"
    " for i in CLASSES]",
}
FAILURES = (
    "Class 14 is found in a fifth of the cases and mostly called 2 or 15, class 2 in two thirds; "
    "62 is sometimes called 194. 225 is much easier. ",
    {
        "averages and training data": "First, the powder average throws away all orientations. "
        "Second, for groups such as 2 there are many structure types, each with a few examples, "
        "so the network has not seen anything like the test crystals. All rock salts look alike.",
        "pseudo-symmetry and thermal motion": "An orthorhombic perovskite is a cubic one that was "
        "distorted a little, by less than the atoms vibrate, so its peaks split by less than their "
        "width, and with Qmax = 23 nobody can resolve that. In the cubic ones every shell has many "
        "atoms.",
        "overlap and few distances": "In a triclinic crystal almost all interatomic distances are "
        "different, so the peaks overlap and smear out beyond 10 Å. A cubic crystal has few "
        "distinct ones. Also a PDF is one-dimensional, and screw axes and glide planes do not "
        "appear in it as such.",
    },
)


@pytest.mark.parametrize("code", CONFUSIONS.values(), ids=list(CONFUSIONS))
@pytest.mark.parametrize("reasons", FAILURES[1].values(), ids=list(FAILURES[1]))
def test_failures_may_be_counted_and_explained_in_other_ways(code, reasons):
    rng = np.random.default_rng(3)
    probabilities = rng.dirichlet(np.ones(8), 200)
    predicted = np.array(CLASSES)[probabilities.argmax(axis=1)]
    given = {"probabilities": probabilities, "predicted": predicted, "y_test": np.tile(CLASSES, 25)}
    rest = """
table = pd.DataFrame(np.array(confusion), CLASSES, CLASSES)
hardest_class = min(CLASSES, key=lambda number: table.loc[number, number])
mistaken_for = table.loc[hardest_class].drop(hardest_class).idxmax()
"""
    verdict = run("q15", f"{code}\n{rest}", answer_q15=FAILURES[0] + reasons, **given)
    assert verdict.status == "passed", verdict


CHOICES = [
    "I give her the lower number, about 0.4 for the trees, since she asks about a structure that "
    "is in no data base. In the random split most test crystals have a sibling in training. "
    "Someone who wants to recognise a rock salt may use the 0.6 of the random split.",
    "29 %, from the grouped split. Her crystal has never been seen by anybody. The 59 % of the "
    "other split come from twins: the answer can be looked up. They would be right for a lab "
    "that only works on known structure types, for which a random split is like everyday life.",
]


SCORES = {
    (model, split): SimpleNamespace(value=value, interval=(value - 0.1, value + 0.1))
    for model, split, value in (
        ("extra trees", "random", 0.6498),
        ("nearest by Pearson", "random", 0.587),
        ("extra trees", "prototypes held out", 0.4249),
        ("nearest by Pearson", "prototypes held out", 0.2921),
    )
}


@pytest.mark.parametrize("text", CHOICES)
@pytest.mark.parametrize(
    "number",
    [0.4249, 0.425, 0.42, np.float32(0.4249), SCORES["extra trees", "prototypes held out"]],
)
def test_the_number_may_be_rounded_and_explained_in_other_words(number, text):
    answer = {"number_q7": number, "answer_q7": text, "scores_by_split": SCORES}
    verdict = judge(QUESTIONS["q7"], answer)
    assert verdict.status == "passed", verdict


class _Scorer:
    """A network that likes curves with large values late."""

    def predict(self, curves, verbose=0):
        flat = np.asarray(curves, dtype=float)[:, :, 0]
        return np.array([part.std(axis=1) for part in np.array_split(flat, 8, axis=1)]).T


def test_measured_pdfs_may_be_predicted_all_at_once():
    code = """
from edex.spacegroup.measured import to_grid
def scale_rows(G):
    return G / np.sqrt((np.asarray(G) ** 2).mean(axis=1, keepdims=True))
curves = scale_rows(np.array([to_grid((m.r, m.G)) for m in measured]))
ranks = np.argsort(-robust_network.predict(curves[..., np.newaxis]))[:, :3]
top_3 = {m.name: tuple(np.array(CLASSES)[rank]) for m, rank in zip(measured, ranks)}
"""
    verdict = run(
        "q16", code, measured=load_measured_pdfs(), network=None, robust_network=_Scorer()
    )
    assert verdict.status == "passed", verdict
