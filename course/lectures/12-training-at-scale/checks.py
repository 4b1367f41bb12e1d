"""Checks and hints of lecture 12, training at scale.

Answers are held against constructed cases with a known truth and against a direct maximisation of
the likelihood, never against a stored number.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from edex.checks import Questions, expect, expect_array, expect_function, expect_number, expect_pair

questions = Questions("training-at-scale")


@questions.code(
    "q1",
    title="Two kinds of luck",
    points=2,
    minutes=5,
    hints=(
        "The mean along one axis gives the score of each start, the mean along the other one how "
        "often each curve was answered rightly. Which axis is which?",
        "`right.mean(axis=1)` has one number for each start. A standard error is the sample "
        "standard deviation (`ddof=1`) divided by the root of how many numbers there are.",
        "`by_start = right.mean(axis=1)` and `by_curve = right.mean(axis=0)`; for each, "
        "`values.std(ddof=1) / np.sqrt(len(values))`; return the two in this order.",
    ),
    insight="If all starts agree on every curve, the first number is zero, and the error bar is "
    "that of the test alone: more starts would not make it smaller.",
)
def check_lucks(two_lucks):
    lucks = expect_function(two_lucks, "two_lucks")
    rng = np.random.default_rng(5)

    def answer(right):
        return expect_pair(lucks(right), "two_lucks(right)", parts="starts and test curves")

    easy = rng.random((1, 500)) < 0.8
    from_starts, from_curves = answer(np.repeat(easy, 4, axis=0))
    share = easy.mean()
    expected = np.sqrt(share * (1 - share) / 499)
    expect(
        not (np.isclose(from_curves, 0) and from_starts > 0),
        "swapped",
        saw=f"({from_starts:.4f}, {from_curves:.4f}) for four networks that answer all alike",
        expected=f"(0, {expected:.4f})",
        why="Networks that agree show no luck of the start. Which axis are the starts?",
    )
    expect(
        np.isclose(from_starts, 0),
        "starts",
        saw=f"{from_starts:.4f} from the starts, for four networks that answer all alike",
        expected="0",
        why="The score of each start is the mean over the curves.",
    )
    right = rng.random((5, 40)) < np.linspace(0.5, 0.95, 5)[:, None]
    pair = answer(right)
    axes = (right.mean(axis=1), right.mean(axis=0))
    truth = [np.sqrt(np.var(a, ddof=1) / len(a)) for a in axes]
    spread = [np.sqrt(np.var(a, ddof=1)) for a in axes]
    population = [np.sqrt(np.var(a) / len(a)) for a in axes]
    for finding, wrong, why in (
        ("not-divided", spread, "A standard error is the spread divided by the root of n."),
        (
            "population",
            population,
            "With five starts, ddof=1 and ddof=0 differ by a tenth. Use ddof=1.",
        ),
    ):
        expect(
            not np.allclose(pair, wrong),
            finding,
            saw=f"({pair[0]:.4f}, {pair[1]:.4f})",
            expected=f"({truth[0]:.4f}, {truth[1]:.4f})",
            why=why,
        )
    for k, (name, n) in enumerate((("starts", 5), ("test curves", 40))):
        other = (
            "the other number is right"
            if np.isclose(pair[1 - k], truth[1 - k])
            else "average first"
        )
        expect(
            np.isclose(pair[k], truth[k]),
            f"wrong-error-of-{name.replace(' ', '-')}",
            saw=f"{pair[k]:.4f} from the {name}, for five networks and 40 curves",
            expected=f"{truth[k]:.4f}",
            why=f"The spread (ddof=1) of {n} means, divided by the root of {n}; {other}.",
        )


def _overlapping_classes(share, n=4000):
    """Return exact probabilities for two Gaussian classes, when trained with shares 0.3 and 0.7."""
    rng = np.random.default_rng(8)
    is_first = np.arange(n) < round(share * n)
    x = np.where(is_first, -0.8, 0.8) + rng.normal(size=n)
    densities = np.column_stack([0.3 * norm.pdf(x, -0.8), 0.7 * norm.pdf(x, 0.8)])
    return densities / densities.sum(axis=1, keepdims=True)


@questions.code(
    "q2",
    title="Shares without labels",
    points=2,
    minutes=6,
    hints=(
        "One round: multiply each column by (guess / old share), make the rows add up to 1 again, "
        "and average the rows.",
        "Two traps: the correction starts from the original p in every round, and it divides by "
        "the *old* shares, not by the last guess.",
        "`corrected = p * guess / old_shares`, then divide by "
        "`corrected.sum(axis=1, keepdims=True)`, then `guess = corrected.mean(axis=0)`.",
    ),
    insight="The mean of the uncorrected probabilities lies between the old shares and the new "
    "ones: a classifier that is unsure leans to what it was trained with.",
)
def check_shares(estimate_shares):
    estimate = expect_function(estimate_shares, "estimate_shares")
    old = np.array([0.3, 0.7])
    p = _overlapping_classes(0.9)
    kept = p.copy()
    found = expect_array(estimate(p, old), "estimate_shares(p, old_shares)", shape=(2,))
    for name, now, before, why in (
        ("p", p, kept, "Write `p * guess` instead of `p *= guess`."),
        ("old_shares", old, [0.3, 0.7], "After `guess = old_shares` both are one array; copy it."),
    ):
        expect(
            np.array_equal(now, before),
            "changed-input",
            saw=f"the array `{name}` was changed",
            expected="inputs that are left as they are",
            why=why,
        )
    expect(
        np.isclose(found.sum(), 1, atol=1e-6),
        "not-normalised",
        saw=f"shares that add up to {found.sum():.3f}",
        expected="1",
        why="The rows of corrected probabilities have to add up to 1 before you average.",
    )

    def minus_likelihood(share):
        return -np.log(p @ (np.array([share, 1 - share]) / old)).sum()

    best = minimize_scalar(minus_likelihood, bounds=(1e-4, 1 - 1e-4), method="bounded").x
    one_round = p.mean(axis=0)
    expect(
        not np.allclose(found, one_round, atol=1e-3),
        "one-round",
        saw=f"{np.round(found, 3)}, the mean of the probabilities as they are",
        expected=f"{best:.3f} for the first class",
        why="The first mean is still drawn to the old shares. Correct with it, and go on.",
    )
    expect(
        found.max() < 1 - 1e-3,
        "ran-away",
        saw=f"{np.round(found, 3)}: one class takes all",
        expected=f"{best:.3f} for the first class",
        why="Usual causes: p was overwritten with what was corrected, the rows were not each made "
        "to add up to 1, or labels were counted instead of probabilities averaged.",
    )
    expect(
        abs(found[0] - best) < 0.01,
        "wrong-shares",
        saw=f"{np.round(found, 3)} for data with 90 % of the first class, trained with 30 %",
        expected=f"{best:.3f} for the first class, where the likelihood is largest",
        why="Divide by the shares of the training, multiply by the guess.",
    )
    three = np.array([0.2, 0.3, 0.5])
    rng, means = np.random.default_rng(9), np.array([-3.0, 0.0, 3.0])
    x = rng.choice(means, 3000, p=[0.6, 0.3, 0.1]) + rng.normal(size=3000)
    weights = three * norm.pdf(x[:, None], means)
    p = weights / weights.sum(axis=1, keepdims=True)
    found = expect_array(estimate(p, three), "estimate_shares(p, old_shares)", shape=(3,))
    is_stationary = np.allclose(
        (p / three / (p / three @ found)[:, None]).mean(axis=0), 1, atol=0.01
    )
    expect(
        np.isclose(found.sum(), 1, atol=1e-6) and is_stationary,
        "three-classes",
        saw=f"{np.round(found, 3)} for three classes",
        expected="shares that one more round would leave as they are, near [0.6, 0.3, 0.1]",
        why="All columns are treated alike, and the sum runs over all classes.",
    )


@questions.code(
    "q3",
    title="How many starts",
    points=2,
    minutes=4,
    hints=(
        "What is the standard error of the mean of n starts? And of two means' difference?",
        "The difference has the error spread · sqrt(2 / n). Twice this must be at most the gain. "
        "Solve for n.",
        "n ≥ 8 (spread / gain)². Round up to a whole number with `int(np.ceil(...))`.",
    ),
    insight="Two standard errors is where one may begin to believe. To see the gain in "
    "four of five repetitions of the whole experiment takes about twice as many starts.",
)
def check_starts(starts_needed):
    needed = expect_function(starts_needed, "starts_needed")

    def answer(gain, spread):
        return expect_number(needed(gain, spread), f"starts_needed({gain}, {spread})")

    first = answer(0.013, 0.03)
    expect(
        float(first).is_integer(),
        "not-whole",
        saw=f"{first:.3f} starts",
        expected="a whole number",
        why="One cannot train half a network. Round up, or the gain is not quite reached.",
    )
    for gain, spread in ((0.013, 0.03), (0.01, 0.05), (0.02, 0.007), (0.015, 0.02)):
        n = answer(gain, spread)
        error, with_one_more = (spread * np.sqrt(2 / max(m, 1)) for m in (n, n + 1))
        is_enough = 2 * error <= gain * (1 + 1e-9)
        case = f"{n:g} starts for a gain of {gain} and a spread of {spread}"
        expect(
            is_enough or 2 * with_one_more > gain,
            "not-rounded-up",
            saw=f"{case}: the error of the difference is then {error:.5f}",
            expected=f"an error of at most {gain / 2:.5f}",
            why="One start more reaches it: round up, not off.",
        )
        expect(
            is_enough,
            "too-few",
            saw=f"{case}: the error of the difference is then {error:.4f}",
            expected=f"an error of at most {gain / 2:.4f}",
            why="Both means have an error, and the squares add up. An error falls with √n.",
        )
        fewer = spread * np.sqrt(2 / (n - 1)) if n > 1 else np.inf
        expect(
            2 * fewer > gain * (1 - 1e-9),
            "too-many",
            saw=case,
            expected=f"the smallest; {np.ceil(8 * (spread / gain) ** 2 - 1e-6):.0f} would do",
            why="Two standard errors of the difference, no more.",
        )
