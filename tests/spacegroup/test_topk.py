"""Top-k accuracy: against scikit-learn without ties, against all orders with ties."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import top_k_accuracy_score

from edex.errors import InputError
from edex.spacegroup.topk import rank_classes, top_k_accuracy, top_k_credits

CLASSES = [2, 14, 62, 225]


def random_case(n_rows=200, n_levels=None, seed=0):
    rng = np.random.default_rng(seed)
    proba = rng.random((n_rows, 4))
    if n_levels:
        proba = np.round(proba * n_levels) / n_levels
    return rng.choice(CLASSES, size=n_rows), proba


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("ties", ["average", "pessimistic"])
def test_without_ties_it_is_the_score_of_scikit_learn(k, ties):
    y, proba = random_case()
    expected = top_k_accuracy_score(y, proba, k=k, labels=CLASSES)
    assert top_k_accuracy(y, proba, CLASSES, k, ties=ties) == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_ties_count_as_the_mean_and_the_worst_over_all_orders(k):
    y, proba = random_case(n_rows=40, n_levels=2, seed=1)
    credits_by_order = []
    for order in permutations(range(4)):  # a stable sort breaks ties by this order
        columns = np.array(order)
        first = np.argsort(-proba[:, columns], axis=1, kind="stable")[:, :k]
        best = np.array(CLASSES)[columns[first]]
        credits_by_order.append((best == y[:, None]).any(axis=1))
    average = top_k_credits(y, proba, CLASSES, k)
    worst = top_k_credits(y, proba, CLASSES, k, ties="pessimistic")
    np.testing.assert_allclose(average, np.mean(credits_by_order, axis=0))
    np.testing.assert_allclose(worst, np.min(credits_by_order, axis=0))
    assert not np.array_equal(average, worst)


def test_constant_probabilities_score_what_guessing_scores():
    y, _ = random_case()
    flat = np.full((200, 4), 0.25)
    assert top_k_accuracy(y, flat, CLASSES, 3) == pytest.approx(0.75)
    assert top_k_accuracy(y, flat, CLASSES, 3, ties="pessimistic") == 0.0


def test_k_of_all_classes_always_finds_and_more_guesses_never_lose():
    y, proba = random_case(n_levels=3)
    scores = [top_k_accuracy(y, proba, CLASSES, k) for k in (1, 2, 3, 4)]
    assert scores == sorted(scores)
    assert scores[-1] == 1.0


def test_a_class_that_the_classifier_does_not_know_is_never_found():
    assert top_k_accuracy([194, 2], [[0.9, 0.1], [0.9, 0.1]], [2, 14], 2) == 0.5


def test_classes_are_ranked_by_probability_and_ties_by_their_order():
    proba = [[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25]]
    assert rank_classes(proba, CLASSES, 3).tolist() == [[225, 62, 14], [2, 14, 62]]


@pytest.mark.parametrize(
    ("y", "proba", "classes", "k", "ties", "message"),
    [
        ([2], [[0.5, 0.5]], [2, 14], 3, "average", "k is 3, and there are 2 classes"),
        ([2], [[0.5, 0.5]], [2, 14], 1.0, "average", "k is 1.0"),
        ([2], [[0.5, 0.5]], [2, 14, 15], 1, "average", "one column for each class"),
        ([2], [[0.5, 0.5]], [2, 2], 1, "average", "A class comes twice"),
        ([2, 2], [[0.5, 0.5]], [2, 14], 1, "average", "each row needs one label"),
        ([], np.zeros((0, 2)), [2, 14], 1, "average", "one row is the least"),
        ([2], [[np.nan, 0.5]], [2, 14], 1, "average", "Row 0 of the probabilities holds NaN"),
        ([2], [[0.5, 0.5]], [2, 14], 1, "lucky", "'average' or 'pessimistic'"),
    ],
)
def test_what_cannot_be_scored_is_refused_by_name(y, proba, classes, k, ties, message):
    with pytest.raises(InputError, match=message):
        top_k_accuracy(y, proba, classes, k, ties=ties)
