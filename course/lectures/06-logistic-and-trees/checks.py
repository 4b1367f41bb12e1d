"""Checks and hints of the lecture "logistic-and-trees" (week 6).

Each check hands the student's function inputs of its own and compares with a second way to the same
number: Boltzmann factors written out, Bayes' theorem with counts, pairs drawn from a node.
"""

from itertools import product

import numpy as np

from edex.checks import Questions, expect, expect_array, expect_function, expect_number

questions = Questions("logistic-and-trees")


@questions.code(
    "q1",
    title="A classifier as a thermometer",
    points=1,
    minutes=4,
    hints=(
        "What does the weight of the energy per spin consist of? Look at the underbrace in the "
        "derivation of the log odds.",
        "weight = −N (β_cold − β_warm), with β = 1/T in units of k/J. Only β_cold is unknown.",
        "β_cold = 1/t_warm − weight/n_spins, and the temperature is its inverse.",
    ),
    insight="The weights of a classifier have units and can be measured quantities. This one is "
    "read from labels alone: no label said a temperature of the cold class.",
)
def check_temperature(read_temperature):
    function = expect_function(read_temperature, "read_temperature")
    for t_cold, t_warm, n_spins in ((2.2, 2.4, 256), (1.5, 3.0, 64), (2.0, 2.5, 1024)):
        # The weight, from Boltzmann factors at two energies per spin instead of from its formula.
        energies = np.array([-2.0, -1.0]) * n_spins
        log_odds = -energies / t_cold + energies / t_warm
        weight = float(log_odds[1] - log_odds[0])
        call = f"read_temperature({weight:.3g}, {t_warm}, {n_spins})"
        found = expect_number(function(weight, t_warm, n_spins), call, unit="J/k")
        saw, expected = f"{call} is {found:.4g}", f"{t_cold} J/k"
        expect(
            not np.isclose(found, 1 / t_cold),
            "inverse",
            saw=saw,
            expected=f"{expected}, a temperature",
            why="This is β = 1/kT. Take its inverse.",
        )
        expect(
            found > 0 and not found >= t_warm,
            "too-warm",
            saw=saw,
            expected=f"{expected}: the cold class is colder than {t_warm} J/k",
            why="The weight is negative, because low energies speak for cold. β_cold is larger "
            "than β_warm, so something must be added to 1/t_warm.",
        )
        per_spin = 1 / (1 / t_warm - weight), 1 / (1 / t_warm - weight * n_spins)
        expect(
            not np.isclose(found, per_spin, rtol=1e-6, atol=0).any(),
            "not-extensive",
            saw=saw,
            expected=expected,
            why="The Boltzmann factor holds the energy of all spins. The weight of the energy "
            "*per spin* is larger by their number, so β_cold − β_warm is smaller than it by that.",
        )
        expect(
            np.isclose(found, t_cold),
            "not-boltzmann",
            saw=saw,
            expected=expected,
            why="Boltzmann factors hold energy over temperature: what is subtracted are inverse "
            "temperatures, not temperatures.",
        )


def _shares_by_counting(trained, used):
    """Bayes' theorem with counts: objects of a bin at the first place and at the second."""
    positive, negative = 300.0, 200.0  # how many of each kind fall into one bin, per share of 1
    at_training = positive * trained, negative * (1 - trained)
    at_use = positive * used, negative * (1 - used)
    return at_training[0] / sum(at_training), at_use[0] / sum(at_use)


@questions.code(
    "q2",
    title="Another place, other shares",
    points=2,
    minutes=5,
    hints=(
        "What do the two places have in common, and what not? Objects of one class look the same "
        "in both.",
        "Take the odds p/(1 − p). Divide out the odds of the training set, put in those of the "
        "place of use, and go back to a probability.",
        "odds = p/(1−p) · [used/(1−used)] / [trained/(1−trained)]; the probability is "
        "odds/(1 + odds).",
    ),
    insight="In log odds this is one added constant, as a chemical potential is. It repairs a "
    "changed share, but not a changed appearance of the classes.",
)
def check_share(shift_share):
    function = expect_function(shift_share, "shift_share")
    grid = np.linspace(0.05, 0.95, 7)
    same = expect_array(function(grid, 0.3, 0.3), "shift_share(p, 0.3, 0.3)", shape=(7,))
    for trained, used in product((0.5, 0.2, 0.9), (0.5, 0.05, 0.6)):
        p, right = _shares_by_counting(trained, used)
        call = f"shift_share({p:.3f}, {trained}, {used})"
        found = expect_number(function(p, trained, used), call)
        saw, expected = f"{call} is {found:.3f}", f"{right:.3f}"
        expect(
            0 <= found <= 1,
            "no-probability",
            saw=saw,
            expected="a number from 0 to 1",
            why="Odds have no upper end, and log odds none at all. Turn them back into a "
            "probability.",
        )
        if np.isclose(trained, used):
            continue
        reverse = _from_odds(p / (1 - p) * trained / (1 - trained) / (used / (1 - used)))
        expect(
            not np.isclose(found, reverse),
            "wrong-way",
            saw=saw,
            expected=expected,
            why="Where positives are rarer than in training, probabilities must fall.",
        )
        balanced = _from_odds(p / (1 - p) * used / (1 - used))
        expect(
            np.isclose(trained, 0.5) or not np.isclose(found, balanced),
            "training-share-ignored",
            saw=saw,
            expected=expected,
            why="The probability already holds the share of the training set. Divide its odds "
            "out; only where it was one half is there nothing to divide.",
        )
        shares_only = _from_odds(p / (1 - p) * used / trained)
        expect(
            np.isclose(shares_only, right) or not np.isclose(found, shares_only),
            "negatives-forgotten",
            saw=saw,
            expected=expected,
            why="If positives are rarer, negatives are more common. The odds change by the ratio "
            "of the odds used/(1 − used) and trained/(1 − trained), not of the shares.",
        )
        expect(
            np.isclose(found, right),
            "not-bayes",
            saw=saw,
            expected=f"{expected}, found by counting objects of both classes",
            why="By Bayes' theorem it is the odds p/(1 − p) that are multiplied, not the "
            "probabilities.",
        )
    expect(
        np.allclose(same, grid),
        "moves-without-reason",
        saw="probabilities that change although both shares are 0.3",
        expected="the same probabilities",
    )


def _from_odds(odds):
    return odds / (1 + odds)


def _mixed_pairs(labels):
    """Give the Gini impurity by its meaning: the share of pairs (with replacement) that differ."""
    return np.mean([a != b for a, b in product(labels, repeat=2)])


@questions.code(
    "q3",
    title="One question of a tree",
    points=2,
    minutes=5,
    hints=(
        "Three impurities: of the node, of its left side and of its right side. How much does "
        "each side count?",
        "Shares of the classes: np.unique(labels, return_counts=True)[1] / len(labels). The two "
        "sides are labels[goes_left] and labels[~goes_left].",
        "G(labels) − (n_left/n) G(left) − (n_right/n) G(right), with G = 1 − Σ p². "
        "np.mean(goes_left) is n_left/n.",
    ),
    insight="A tree computes this for every feature and every threshold, thousands of times, and "
    "keeps the largest. That is all it does.",
)
def check_impurity(impurity_drop):
    function = expect_function(impurity_drop, "impurity_drop")
    cases = (
        (np.array([0, 0, 0, 1, 1, 1, 1, 1]), np.array([1, 1, 0, 0, 0, 0, 0, 0], dtype=bool)),
        (np.array(["cubic"] * 4 + ["other"] * 4), np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)),
        (np.array([0, 1, 2, 2, 1, 0, 2]), np.array([1, 0, 0, 0, 1, 1, 0], dtype=bool)),
        (np.array([0, 1, 0, 1]), np.array([1, 1, 0, 0], dtype=bool)),
    )
    for labels, goes_left in cases:
        call = f"impurity_drop({labels.tolist()}, {goes_left.astype(int).tolist()})"
        found = expect_number(function(labels, goes_left), call)
        node, left, right = map(_mixed_pairs, (labels, labels[goes_left], labels[~goes_left]))
        weight = goes_left.mean()
        drop = node - weight * left - (1 - weight) * right
        saw, expected = f"{call} is {found:.3f}", f"{drop:.3f}"
        for wrong, finding, why in (
            (
                node - (left + right) / 2,
                "not-weighted",
                "A side counts by the objects in it. Otherwise splitting off a single pure object "
                "would look wonderful.",
            ),
            (
                node - left - right,
                "not-weighted",
                "A side counts by the share of the objects in it.",
            ),
            (
                node - goes_left.sum() * left - (~goes_left).sum() * right,
                "not-weighted",
                "A side counts by the *share* of the objects in it, n_L/n, not by their number.",
            ),
            (
                node - (1 - weight) * left - weight * right,
                "sides-exchanged",
                "Each side counts by the share of the objects in it; here the left impurity has "
                "the share of the right side.",
            ),
            (
                drop / node,
                "relative",
                "This is the fall as a fraction of the impurity before. Δ is the fall itself.",
            ),
            (
                weight * left + (1 - weight) * right,
                "what-is-left",
                "This is the impurity after the question. How much has it fallen?",
            ),
        ):
            expect(
                np.isclose(wrong, drop) or not np.isclose(found, wrong),
                finding,
                saw=saw,
                expected=expected,
                why=why,
            )
        expect(
            found > -1e-9,
            "negative",
            saw=saw,
            expected=f"{expected}; it cannot be negative",
            why="A drop is before minus after, and a question never makes the weighted mean of "
            "both sides more mixed.",
        )
        expect(
            np.isclose(found, drop),
            "not-gini",
            saw=saw,
            expected=f"{expected}, from the share of pairs that differ",
            why="The Gini impurity is 1 − Σ p², summed over all classes that occur. Entropy and "
            "the share of the minority are other measures.",
        )
