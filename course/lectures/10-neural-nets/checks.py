"""Checks and hints of the lecture "neural-nets".

Slopes are compared with finite differences, the largest rate is tried out by walking, and the
doctor is shown curves of which the illness is known. No number of an earlier run is stored here.
"""

import numpy as np

from edex.checks import (
    NotAnswered,
    Questions,
    Todo,
    expect,
    expect_array,
    expect_function,
    expect_number,
    fresh_generator,
)

questions = Questions("neural-nets")


def _cross_entropy(scores, classes):
    """Return the mean of -ln p of the true class, by way of a stable logarithm."""
    top = scores.max(axis=1)
    log_sum = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return np.mean(log_sum - scores[np.arange(len(scores)), classes])


def _slopes(scores, classes, h=1e-5):
    """Nudge each score in turn."""
    slopes = np.zeros_like(scores)
    for place in np.ndindex(scores.shape):
        nudge = np.zeros_like(scores)
        nudge[place] = h
        up, down = (_cross_entropy(scores + sign * nudge, classes) for sign in (1, -1))
        slopes[place] = (up - down) / (2 * h)
    return slopes


@questions.code(
    "q1",
    title="Where blame begins for classes",
    points=2,
    minutes=5,
    hints=(
        "Write -ln p of the true class as a difference of two terms before you differentiate. "
        "Which of them knows about the true class?",
        "-ln p_c = -z_c + ln(sum of exp z). The slope of the second term along z_k is p_k; the "
        "first gives -1 at the true class only. And the loss is a mean over samples.",
        "Subtract each row's largest score before `np.exp`; divide by the row sums (`axis=1, "
        "keepdims=True`); subtract the rows of `np.eye(n_classes)` picked by `classes`; divide "
        "by the number of samples.",
    ),
    insight="Predicted minus true, over n: the blame of the squared loss without its 2. All the "
    "rest of backpropagation stays.",
)
def check_blame(blame_of_scores):
    function = expect_function(blame_of_scores, "blame_of_scores")
    rng = fresh_generator()
    scores, classes = rng.normal(0, 2, (7, 4)), rng.integers(0, 3, 7)  # class 3 has no sample
    blame = expect_array(
        function(scores.copy(), classes.copy()),
        "blame_of_scores(...)",
        shape=(7, 4),
        of="slopes, one for each score",
    )
    slopes = _slopes(scores, classes)
    expect(
        not np.allclose(blame, -slopes, atol=1e-7),
        "sign",
        saw="the right sizes with the opposite sign",
        expected="the slope of the loss: negative at the true class",
        why="A larger score of the true class makes the loss smaller.",
    )
    expect(
        not np.allclose(blame, 7 * slopes, atol=1e-7),
        "not-the-mean",
        saw="slopes that are 7 times too large for 7 samples",
        expected="the slope of the mean over samples",
        why="Without the division the learning rate would depend on the size of the batch.",
    )
    expect(
        not np.allclose(blame, 2 * slopes, atol=1e-7),
        "twice",
        saw="slopes that are twice too large",
        expected="the slope of a mean of -ln p",
        why="The 2 in step 1 of the lecture comes from the square. Here nothing is squared.",
    )
    sums = blame.sum(axis=1)
    expect(
        not np.allclose(sums, 1 / 7) and not np.allclose(sums, 1.0),
        "true-class-forgotten",
        saw="rows that sum to the same positive number",
        expected="rows that sum to 0",
        why="Adding the same number to all scores of a sample changes no probability, so the "
        "slopes of a row cancel. Without the true class there is nothing to learn from.",
    )
    expect(
        np.allclose(sums, 0, atol=1e-9),
        "rows-do-not-cancel",
        saw=f"rows that sum to numbers such as {sums[0]:.3g}",
        expected="rows that sum to 0",
        why="Softmax is over the classes of one sample, which is one row (axis=1). Adding the "
        "same number to all scores of a row changes nothing.",
    )
    expect(
        np.allclose(blame, slopes, atol=1e-7),
        "wrong-slope",
        saw=f"{blame[0, 0]:.5f} for the first score of a test batch",
        expected=f"{slopes[0, 0]:.5f}, by nudging that score",
        why="The mean is over the samples, the rows; softmax is over the classes of one row.",
    )
    large = np.array([[1000.0, 0.0], [-1000.0, -1000.0], [1001.0, 1000.0]])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        extreme = np.asarray(function(large.copy(), np.array([1, 0, 0])), dtype=float)
    expect(
        np.isfinite(extreme).all(),
        "overflow",
        saw="NaN or infinity for scores of 1000 or -1000",
        expected="finite slopes",
        why="exp(1000) is beyond the largest floating-point number. Softmax does not change when "
        "the largest score of each row is subtracted first.",
    )
    differences = np.array([[1000.0, 0.0], [0.0, 0.0], [1.0, 0.0]])  # the same probabilities
    expect(
        np.allclose(extreme, _slopes(differences, np.array([1, 0, 0])), atol=1e-7),
        "wrong-extremes",
        saw=f"{extreme.round(3).tolist()} for the rows [1000, 0], [-1000, -1000], [1001, 1000]",
        expected="what the rows [1000, 0], [0, 0] and [1, 0] give: only differences count",
        why="Cutting large scores off changes their differences. Subtracting the same number from "
        "all scores of a row does not.",
    )


def _growth(X, rate, n_steps=400):
    """Walk at a rate from a random start; return by what factor the distance has changed."""
    rng = np.random.default_rng(1)
    w = rng.normal(size=X.shape[1])  # the targets are 0, so the bottom is at w = 0
    before = np.linalg.norm(X @ w)
    with np.errstate(over="ignore", invalid="ignore"):  # far too large a rate ends in NaN
        for _ in range(n_steps):
            w = w - rate * 2 * X.T @ (X @ w) / len(X)
        return np.linalg.norm(X @ w) / before


@questions.code(
    "q2",
    title="The wall",
    points=2,
    minutes=5,
    hints=(
        "Differentiate the loss twice. What matrix is left, and which of its eigenvalues explodes "
        "first?",
        "The second derivative is 2 XᵀX / n, with n samples. Steps along an eigenvector are "
        "multiplied by 1 - rate * eigenvalue.",
        "`np.linalg.eigvalsh(2 * X.T @ X / len(X))` gives the curvatures; the limit is 2 over the "
        "largest one.",
    ),
    insight="One long direction in the inputs slows all the others down. That is what scaling is "
    "for.",
)
def check_rate(largest_rate):
    function = expect_function(largest_rate, "largest_rate")
    rng = fresh_generator()
    for n_samples, n_features in ((40, 3), (60, 5)):
        X = rng.normal(1.0, rng.uniform(0.5, 2.0, n_features), (n_samples, n_features))
        rate = expect_number(function(X.copy()), "largest_rate(X)")
        expect(
            rate > 0,
            "not-positive",
            saw=f"{rate:.3g}",
            expected="a positive rate",
            why="Curvatures of a sum of squares are not negative.",
        )
        below, above = _growth(X, 0.97 * rate), _growth(X, 1.03 * rate)
        tried = f"a rate of {rate:.3g} for a table of {n_samples} rows and {n_features} columns; "
        expect(
            below < 1.0,
            "too-large",
            saw=tried + "3 % below it the walk explodes",
            expected="a rate below which every direction shrinks",
            why="The steepest direction, the largest curvature, is the first to explode. And the "
            "factor 2 of the squares is part of the curvature.",
        )
        expect(
            above > 1.0,
            "too-small",
            saw=tried + "3 % above it the walk still shrinks",
            expected="the rate where it just begins to explode",
            why="At 1 over the curvature one step lands at the bottom. It takes twice that rate "
            "to land as far away on the other side. And the loss is a mean, not a sum.",
        )


def _course(start, end, n=30):
    """Make a smooth curve from one loss to another."""
    return end + (start - end) * np.exp(-np.arange(n) / 5.0)


@questions.code(
    "q3",
    title="A doctor for curves",
    points=2,
    minutes=5,
    hints=(
        "Four rules, and the first that fits counts. Which ones look at all epochs, which ones at "
        "the last?",
        "A comparison with NaN is never true, so ask `np.isfinite(...)` first, of both curves. "
        '"diverged" looks at every epoch, the others at `[-1]`.',
        'Join both with `np.concatenate`; return "diverged" unless all are finite and the largest '
        'is at most 10; then `loss[-1] > 0.9` is "stuck"; then compare `val_loss[-1]` with 1 and '
        "with 5 * loss[-1].",
    ),
    insight="A rule that reads curves finds what shows in curves. It cannot know how your rows "
    "are related.",
)
def check_doctor(diagnose):
    function = expect_function(diagnose, "diagnose")
    late = _course(1.5, 0.02)
    late[20] = np.nan
    jump = _course(1.5, 0.3)
    jump[1] = 400.0
    dip, relapse = _course(1.2, 0.3), _course(1.2, 0.3)
    dip[-3:], relapse[-3:] = (0.6, 1.1, 1.4), (0.5, 0.8, 0.95)
    cases = (
        ("healthy", "healthy", _course(1.5, 0.05), _course(1.4, 0.07), "both fall together"),
        (
            "healthy",
            "healthy",
            _course(2.0, 0.2),
            _course(1.5, 0.1),
            "validation runs below training",
        ),
        (
            "healthy",
            "start-counts",
            _course(3.0, 0.05),
            _course(8.0, 0.06),
            "both start above 0.9 and fall",
        ),
        ("stuck", "not-stuck", _course(5.1, 4.8), _course(5.1, 4.8), "both stay near 5"),
        ("stuck", "not-stuck", _course(1.2, 1.0), _course(1.1, 0.97), "both end at 1"),
        (
            "stuck",
            "order",
            _course(1.3, 0.95),
            _course(1.3, 4.0),
            "training ends at 0.95 and validation at 4",
        ),
        (
            "by heart",
            "not-by-heart",
            _course(2.0, 0.001),
            _course(1.5, 0.6),
            "training ends at 0.001 and validation at 0.6",
        ),
        (
            "by heart",
            "not-by-heart",
            _course(2.0, 0.1),
            _course(0.9, 0.99),
            "training ends at 0.1 and validation at 0.99",
        ),
        (
            "by heart",
            "above-one",
            _course(2.0, 0.4),
            _course(1.2, 1.4),
            "training ends at 0.4 and validation rises to 1.4, worse than the mean",
        ),
        (
            "by heart",
            "not-by-heart",
            _course(0.1, 0.1),
            _course(0.55, 0.55),
            "training ends at 0.1 and validation at 0.55",
        ),
        (
            "by heart",
            "not-the-last",
            _course(2.0, 0.4),
            dip,
            "validation falls to 0.3 and ends at 1.4",
        ),
        (
            "stuck",
            "not-the-last",
            relapse,
            _course(1.2, 0.5),
            "training falls to 0.3 and ends at 0.95",
        ),
        (
            "healthy",
            "healthy",
            _course(2.0, 0.2),
            _course(1.6, 0.7),
            "training ends at 0.2 and validation at 0.7",
        ),
        ("diverged", "not-finite-missed", late, _course(1.4, 0.03), "one training loss is NaN"),
        (
            "diverged",
            "not-finite-missed",
            _course(1.4, 0.03),
            np.full(30, np.inf),
            "the validation loss is infinite",
        ),
        (
            "diverged",
            "jump-missed",
            jump,
            _course(1.4, 0.4),
            "the training loss jumps to 400 and comes back",
        ),
        (
            "diverged",
            "jump-missed",
            _course(1.4, 0.3),
            jump,
            "the validation loss jumps to 400 and comes back",
        ),
        (
            "diverged",
            "order",
            _course(400.0, 1.0),
            _course(30.0, 0.98),
            "the losses start at 400 and end at 1",
        ),
    )
    for wanted, finding, loss, val_loss, words in cases:
        verdict = function(loss.copy(), val_loss.copy())
        if isinstance(verdict, Todo):
            raise NotAnswered(verdict.question)
        expect(
            isinstance(verdict, str) and verdict in ("diverged", "stuck", "by heart", "healthy"),
            "no-such-word",
            saw=f"{verdict!r}",
            expected='one of "diverged", "stuck", "by heart", "healthy"',
        )
        expect(
            verdict == wanted,
            finding,
            saw=f"{verdict!r} for a course in which {words}",
            expected=f"{wanted!r}",
            why="The first rule that fits counts. The rule for divergence looks at all epochs, the "
            "others at the last one only; NaN is neither above nor below anything.",
        )
