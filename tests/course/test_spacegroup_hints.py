"""Answers to the space-group EdEx that get a hint of their own, beside the mutants."""

import numpy as np
import pytest
from test_spacegroup_right_answers import SCORES, crystals_in_families, run

from edex.checks import Todo
from edex.datasets import load_measured_pdfs
from edex.spacegroup.classes import CLASSES

REASON = "Her structure type is new, and in the random split the trees only have to remember."
FIRST_SCORE = """
def scale_rows(G):
    return G / np.sqrt((np.asarray(G) ** 2).mean(axis=1, keepdims=True))
"""


@pytest.mark.parametrize(
    ("number", "finding"),
    [
        (0.65, "random-split"),
        (0.29, "other-model"),
        (42.5, "not-a-share"),
        (0.5, "other-number"),
        ("0.42", "not-a-number"),
    ],
)
def test_a_number_that_is_not_hers_is_told_whose_it_is(number, finding):
    verdict = run("q7", "", number_q7=number, answer_q7=REASON, scores_by_split=SCORES)
    assert verdict.finding == finding


@pytest.mark.parametrize("text", ["", "   ", "Held out.", Todo("q7")])
def test_a_right_number_without_a_reason_is_asked_for_one(text):
    verdict = run("q7", "", number_q7=0.42, answer_q7=text, scores_by_split=SCORES)
    assert verdict.finding == "too-short"
    assert "the number is the one to give her" in verdict.saw


def test_any_reason_of_some_length_is_saved():
    text = "Nobody has seen her structure type, so I would not trust anything that was looked up."
    assert run("q7", "", number_q7=0.42, answer_q7=text, scores_by_split=SCORES).status == "passed"


def test_a_first_score_is_judged_part_by_part():
    given = crystals_in_families()
    blank = {name: Todo("q4") for name in ("logistic", "baseline_accuracy", "logistic_accuracy")}
    verdict = run("q4", FIRST_SCORE, **blank, **given)
    assert verdict.finding == "part-missing"
    assert "`logistic`, `baseline_accuracy`, `logistic_accuracy`" in verdict.saw
    verdict = run("q4", FIRST_SCORE, **{**blank, "baseline_accuracy": 1 / 8}, **given)
    assert verdict.finding == "other-baseline"
    nothing = "def scale_rows(G):\n    return blank"
    assert run("q4", nothing, blank=Todo("q4"), **blank, **given).status == "blank"


def test_a_baseline_of_the_training_crystals_is_told():
    given = crystals_in_families()
    counts = [np.mean(given["y_real"][given["random_train"]] == number) for number in CLASSES]
    rest = {"logistic": Todo("q4"), "logistic_accuracy": Todo("q4")}
    verdict = run("q4", FIRST_SCORE, baseline_accuracy=max(counts), **rest, **given)
    assert verdict.finding == "baseline-of-other-rows"
    assert "among the training crystals" in verdict.saw


@pytest.mark.parametrize("cut", ["", "[: len(X_new)]"])
def test_curves_that_find_themselves_are_told(cut):
    code = f"""
def largest_correlation(X_new, X_known):
    return np.corrcoef(X_new, X_known){cut}.max(axis=1)
"""
    verdict = run("q5", code, twin_share=Todo("q5"), **crystals_in_families())
    assert verdict.finding == "found-itself"


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("q10", {"class_weights": [1.0] * 8, "y_train": np.array(CLASSES)}),
        ("q13", {"diagnosis": ["overfitting"], "patients": {}}),
        (
            "q16",
            {
                "top_3": [[225, 2, 14]],
                "measured": load_measured_pdfs(),
                "network": None,
                "robust_network": None,
                "scale_rows": None,
            },
        ),
    ],
)
def test_a_list_where_a_dictionary_is_wanted_is_told_the_form(question, given):
    verdict = run(question, "", **given)
    assert verdict.finding == "not-a-dictionary"
    assert "is a list" in verdict.saw
    assert verdict.expected.startswith("a dictionary, of the form {")


def test_weights_with_a_mean_of_one_over_the_classes_are_told():
    y_train = np.repeat(CLASSES, [10, 20, 30, 40, 50, 60, 70, 80])
    weights = 1 / np.array([10, 20, 30, 40, 50, 60, 70, 80])
    for scale, what in ((weights.mean(), "mean over the eight"), (weights.sum(), "add up to 1")):
        table = dict(enumerate(weights / scale))
        verdict = run("q10", "", class_weights=table, y_train=y_train)
        assert verdict.finding == "mean-over-classes"
        assert what in verdict.saw


@pytest.mark.parametrize(("whole", "epoch"), [("int", 4), ("round", 7), ("math.floor", 4)])
def test_the_epoch_that_a_whole_number_moves_is_named(whole, epoch):
    code = f"""
def learning_rate(epoch, n_epochs):
    if epoch < {whole}(0.4 * n_epochs):
        return 5e-4
    return 5e-5 if epoch < {whole}(0.6 * n_epochs) else 5e-6
"""
    verdict = run("q11", code)
    assert verdict.finding == "whole-numbers"
    assert f"in epoch {epoch}" in verdict.saw


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"hardest_class": 1}, "column-not-number"),
        ({"hardest_class": 3}, "not-a-class"),
        ({"hardest_class": 225}, "easiest"),
        ({"hardest_class": 62}, "other-class"),
        ({"mistaken_for": 14}, "itself"),
        ({"mistaken_for": 62}, "column-read"),
        ({"mistaken_for": 0}, "column-not-number"),
        ({"mistaken_for": 227}, "other-mistake"),
        ({"mistaken_for": Todo("q15")}, "part-missing"),
        ({"confusion": Todo("q15")}, "part-missing"),
        ({"answer_q15": ""}, "too-short"),
        ({}, ""),
    ],
)
def test_the_hardest_class_is_compared_with_the_students_matrix(changes, finding):
    table = np.eye(8)
    table[1] = [0.5, 0.1, 0.2, 0.2, 0, 0, 0, 0]
    table[3] = [0, 0.4, 0, 0.6, 0, 0, 0, 0]
    probabilities = np.repeat(np.eye(8), 10, axis=0)
    probabilities[10:20] = np.eye(8)[[0] * 5 + [1] + [2] * 2 + [3] * 2]
    probabilities[30:40] = np.eye(8)[[1] * 4 + [3] * 6]
    answer = {
        "confusion": table,
        "hardest_class": 14,
        "mistaken_for": 2,
        "answer_q15": "word " * 30,
        "probabilities": probabilities,
        "y_test": np.repeat(CLASSES, 10),
    }
    assert run("q15", "", **{**answer, **changes}).finding == finding


class _Ripples:
    """A network that tells curves apart by how fast they ripple."""

    def predict(self, curves, verbose=0):
        flat = np.asarray(curves, dtype=float)[:, :, 0]
        fast = np.abs(np.fft.rfft(flat, axis=1))[:, -30:]
        return np.array([part.std(axis=1) for part in np.array_split(fast, 8, axis=1)]).T


def test_curves_that_were_merely_read_off_are_told():
    code = """
def scale_rows(G):
    return G / np.sqrt((np.asarray(G) ** 2).mean(axis=1, keepdims=True))
from edex.spacegroup import default_grid
top_3 = {}
for m in measured:
    curve = scale_rows(np.interp(default_grid(), m.r, m.G)[None])
    ranks = robust_network.predict(curve[:, :, None])[0].argsort()[::-1][:3]
    top_3[m.name] = [CLASSES[k] for k in ranks]
"""
    verdict = run(
        "q16", code, measured=load_measured_pdfs(), network=None, robust_network=_Ripples()
    )
    assert verdict.finding == "read-off"
