"""Checks and hints of the lecture "forests-and-molecules" (week 7).

Each check hands the student's function inputs of its own: committees are simulated by their
equation tree by tree, similarities are counted as sets of numbered pieces, and gradients are
compared with finite differences of the loss.
"""

from itertools import chain

import numpy as np

from edex.checks import Questions, expect, expect_array, expect_function, expect_number

questions = Questions("forests-and-molecules")


def _smallest_committee(single, shared, tolerance):
    """Add trees one by one until the error is small enough."""
    n_trees = 1
    while shared + (single - shared) / n_trees > (1 + tolerance) * shared * (1 + 1e-9):
        n_trees += 1
    return n_trees


@questions.code(
    "q1",
    title="How many trees?",
    points=2,
    minutes=5,
    hints=(
        "Which part of the error of a committee depends on the number of trees, and which part "
        "does not?",
        "Set c + (s² − c)/B equal to (1 + tolerance)·c and solve for B. single is s² and shared "
        "is c.",
        "B = (single − shared)/(tolerance·shared), rounded up (np.ceil), and at least 1.",
    ),
    insight="The number of trees is no parameter to tune: take enough. What is worth tuning is "
    "what the trees have in common.",
)
def check_trees(trees_needed):
    function = expect_function(trees_needed, "trees_needed")
    cases = (
        (1600.0, 1000.0, 0.011),
        (1600.0, 900.0, 0.07),
        (500.0, 100.0, 0.3),
        (101.0, 100.0, 0.05),
        (1500.0, 1000.0, 0.25),  # exactly 2 trees, in binary numbers too
    )
    for single, shared, tolerance in cases:
        call = f"trees_needed({single:g}, {shared:g}, {tolerance})"
        found = expect_number(function(single, shared, tolerance), call)
        right = _smallest_committee(single, shared, tolerance)
        saw, expected = f"{call} is {found:g}", f"{right} trees"
        expect(
            not np.isclose(found, np.ceil(single / (tolerance * shared))),
            "shared-not-subtracted",
            saw=saw,
            expected=expected,
            why="Only single − shared shrinks with more trees. What two trees have in common does "
            "not average out.",
        )
        root_of_mean = (single - shared) / (shared * ((1 + tolerance) ** 2 - 1))
        expect(
            np.ceil(root_of_mean) == right or not np.isclose(found, max(1, np.ceil(root_of_mean))),
            "root-mean-square",
            saw=saw,
            expected=expected,
            why="That many bring the *root* mean square error to within the tolerance. The "
            "question asks for the mean square error.",
        )
        not_relative = np.ceil((single - shared) / tolerance)
        expect(
            not np.isclose(found, not_relative),
            "tolerance-in-k2",
            saw=saw,
            expected=expected,
            why="The tolerance is a fraction of the shared error, not a number of K².",
        )
        roots = (np.sqrt(single) - np.sqrt(shared)) / (tolerance * np.sqrt(shared))
        expect(
            np.isclose(np.ceil(roots), right) or not np.isclose(found, max(1, np.ceil(roots))),
            "roots",
            saw=saw,
            expected=expected,
            why="Squared errors add up, their roots do not. single and shared are squares already.",
        )
        expect(
            found >= 1,
            "no-tree",
            saw=saw,
            expected=expected,
            why="A committee has at least one member.",
        )
        expect(
            float(found).is_integer(),
            "not-whole",
            saw=saw,
            expected=f"{expected}, a whole number",
        )
        expect(
            found >= right,
            "too-few",
            saw=f"{saw}; that many have a mean square error of "
            f"{shared + (single - shared) / found:.4g} K²",
            expected=f"{expected}, to be at most at {(1 + tolerance) * shared:.4g} K²",
            why="Put your number into c + (s² − c)/B. Between two whole numbers, round up.",
        )
        expect(
            found == right,
            "too-many",
            saw=saw,
            expected=f"{expected}: the smallest number that is enough",
            why="Put one tree less into c + (s² − c)/B: it would do as well.",
        )


def _pieces(counts):
    """Return the numbered pieces of a molecule: {"CH3": 2} gives {("CH3", 0), ("CH3", 1)}."""
    return set(chain.from_iterable(((key, n) for n in range(counts[key])) for key in counts))


def _shared_pieces(a, b):
    """Tanimoto similarity of counts as that of two sets of numbered pieces."""
    return len(_pieces(a) & _pieces(b)) / len(_pieces(a) | _pieces(b))


@questions.code(
    "q2",
    title="How alike?",
    points=2,
    minutes=5,
    hints=(
        "Go through all environments that occur in at least one of the two. What does each "
        "contribute above and below the line of the fraction?",
        "min(a_k, b_k) above and max(a_k, b_k) below. a.get(key, 0) is 0 where an environment "
        "does not occur.",
        "keys = set(a) | set(b); the sum of min(a.get(k, 0), b.get(k, 0)) over keys, divided by "
        "the sum of max(a.get(k, 0), b.get(k, 0)).",
    ),
    insight="With bits all long chains are one molecule. With counts the similarity of two chains "
    "falls as their lengths part.",
)
def check_similarity(similarity):
    function = expect_function(similarity, "similarity")
    octane, dodecane = {"CH3": 2, "CH2": 6}, {"CH3": 2, "CH2": 10}
    cases = (
        ({"CH3": 1, "CH2": 3, "Cl": 1}, {"CH3": 1, "CH2": 2, "Br": 3}),
        ({"CH3": 1, "CH2": 1, "OH": 1}, {"CH3": 2, "O": 1}),
        (octane, dodecane),
        (dodecane, octane),
        ({"c": 6}, {"CH2": 6}),
    )
    expect(
        np.isclose(expect_number(function(octane, dict(octane)), "similarity(octane, octane)"), 1),
        "not-one",
        saw=f"similarity(octane, octane) is {function(octane, dict(octane)):.3g}",
        expected="1 for a molecule and itself",
    )
    for a, b in cases:
        call = f"similarity({a}, {b})"
        before = (dict(a), dict(b))
        found, right = expect_number(function(a, b), call), _shared_pieces(a, b)
        expect(
            (a, b) == before, "changes-input", saw=f"{call} changes a or b", expected="no change"
        )
        saw, expected = f"{call} is {found:.3f}", f"{right:.3f}"
        as_bits = len(set(a) & set(b)) / len(set(a) | set(b))
        expect(
            np.isclose(as_bits, right) or not np.isclose(found, as_bits),
            "bits",
            saw=saw,
            expected=expected,
            why="This only asks which environments occur, not how often. Octane and dodecane "
            "would be the same molecule.",
        )
        total = sum(a.values()) + sum(b.values())
        dice = 2 * len(_pieces(a) & _pieces(b)) / total
        expect(
            np.isclose(dice, right) or not np.isclose(found, dice),
            "shared-counted-twice",
            saw=saw,
            expected=expected,
            why="Below the line stands what occurs in at least one of the two, with what they "
            "share counted once: max(a, b), not a + b.",
        )
        one_sided = len(_pieces(a) & _pieces(b)) / len(_pieces(a))
        expect(
            np.isclose(one_sided, right) or not np.isclose(found, one_sided),
            "one-sided",
            saw=saw,
            expected=expected,
            why="What only the second molecule has makes the two less alike as well. Similarity "
            "does not depend on who comes first.",
        )
        expect(
            np.isclose(found, right),
            "not-tanimoto",
            saw=saw,
            expected=f"{expected}, counted as shared pieces over all pieces",
            why="Add up all minima, add up all maxima, and divide once. Products of counts make "
            "other similarities, and so does a mean of ratios.",
        )


def _losses(y, F):
    return {"squared": np.sum((y - F) ** 2) / 2, "absolute": np.sum(np.abs(y - F))}


@questions.code(
    "q3",
    title="What does the next tree learn?",
    points=2,
    minutes=4,
    hints=(
        "Change one prediction F_i by a kelvin. By how much does the loss change, and in which "
        "direction would it fall?",
        "Squared: the derivative of (y − F)²/2 by F is −(y − F). Absolute: the derivative of "
        "|y − F| is −1 where y lies above F and +1 where it lies below.",
        "y − F for the squared loss, np.sign(y − F) for the absolute one.",
    ),
    insight="With the absolute loss a wild outlier pulls no harder than any other molecule: the "
    "next tree learns only on which side it lies.",
)
def check_target(next_target):
    function = expect_function(next_target, "next_target")
    y, F = np.array([300.0, 350.0, 420.0, 380.0]), np.array([310.0, 349.5, 300.0, 400.0])
    for loss in ("squared", "absolute"):
        call = f'next_target(y, F, "{loss}")'
        found = expect_array(function(y.copy(), F.copy(), loss), call, shape=y.shape) * 1.0
        step = 1e-4
        downhill = np.array(
            [
                (_losses(y, F - shift)[loss] - _losses(y, F + shift)[loss]) / (2 * step)
                for shift in step * np.eye(len(y))
            ]
        )
        saw = f"{call} is {np.round(found, 3).tolist()} for y − F = {(y - F).tolist()}"
        expected = f"{np.round(downhill, 3).tolist()}, from small changes of each prediction"
        expect(
            not np.allclose(found, -downhill, rtol=1e-4),
            "uphill",
            saw=saw,
            expected=expected,
            why="This is the gradient itself. Boosting goes down, along minus the gradient.",
        )
        expect(
            loss == "squared" or not np.allclose(found, y - F),
            "same-for-both",
            saw=saw,
            expected=expected,
            why="|y − F| has the same slope however far away y is: only the sign is left.",
        )
        expect(
            not np.allclose(found, _losses_each(y, F, loss)),
            "loss-itself",
            saw=saw,
            expected=expected,
            why="These are the losses, not how they change with the prediction.",
        )
        expect(
            np.allclose(found, downhill, rtol=1e-4, atol=1e-6),
            "not-the-gradient",
            saw=saw,
            expected=expected,
            why="A factor or a sign differs from the derivative of the loss as it is defined.",
        )


def _losses_each(y, F, loss):
    return (y - F) ** 2 / 2 if loss == "squared" else np.abs(y - F)
