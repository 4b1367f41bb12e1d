"""Checks and hints of the lecture "kernels".

Each check tests what must be true of a right answer: a symmetry, a limit, or an independent
computation with scipy's Gaussian. No number of an earlier run is stored here.
"""

import numpy as np
from scipy.stats import multivariate_normal

from edex.checks import (
    Questions,
    expect,
    expect_array,
    expect_function,
    expect_number,
    expect_pair,
    fresh_generator,
)

questions = Questions("kernels")


@questions.code(
    "q1",
    title="A kernel for angles",
    points=2,
    minutes=5,
    hints=(
        "What must happen to the kernel when one angle is turned by a full 360 degrees?",
        "NumPy's sine takes radians. All pairs of angles at once: a column minus a row, "
        "`np.asarray(a)[:, None] - np.asarray(b)`.",
        "`gap = np.radians(column - row)`; then exp of minus 2 times the squared sine of "
        "`gap / 2`, over `length**2`.",
    ),
    insight="A symmetry that is in the kernel is in every curve that the process can draw. No "
    "data are spent on learning it.",
)
def check_angle_kernel(angle_kernel):
    kernel = expect_function(angle_kernel, "angle_kernel")
    rng = fresh_generator()
    a, b, length = rng.uniform(0, 360, 5), rng.uniform(0, 360, 7), 0.8
    found = expect_array(
        kernel(a, b, length),
        "angle_kernel(a, b, length)",
        shape=(5, 7),
        of="likenesses, one row for each a",
    )
    itself = expect_array(kernel(a, a, length), "angle_kernel(a, a, length)", shape=(5, 5))
    expect(
        np.allclose(np.diag(itself), 1.0),
        "not-one",
        saw=f"likeness of an angle with itself {np.diag(itself)[0]:.3g}",
        expected="1 on the diagonal",
        why="Nothing is more alike than a thing and itself.",
    )
    turned = kernel(a + 360.0, b, length)
    expect(
        np.allclose(found, turned),
        "not-periodic",
        saw="other likenesses after a full turn of 360 degrees",
        expected="the same: the molecule has not changed",
        why="The sine must see radians, and the difference of the angles, not one angle.",
    )
    gap = np.radians(np.subtract.outer(a, b))
    expect(
        not np.allclose(found, np.exp(-2 * np.sin(gap / 2) ** 2 / np.radians(length) ** 2)),
        "length-in-degrees",
        saw="a length that was turned from degrees into radians",
        expected="the length as it is: a pure number",
        why="A sine has no unit, and the length is compared with a sine.",
    )
    zero = np.zeros(1)
    opposite, quarter = (np.ravel(kernel(zero, zero + x, length))[0] for x in (180.0, 90.0))
    expect(
        opposite < quarter < 1.0,
        "half-a-turn",
        saw=f"likeness {opposite:.3f} at 180 degrees and {quarter:.3f} at 90",
        expected="angles that are half a turn apart to be the least alike",
        why="The formula has the sine of half the difference. The sine of the whole difference "
        "is zero at 180 degrees.",
    )
    circle = np.exp(1j * np.radians(a))[:, None], np.exp(1j * np.radians(b))[None, :]
    expected = np.exp(-(np.abs(circle[0] - circle[1]) ** 2) / (2 * length**2))
    expect(
        np.allclose(found, expected),
        "another-kernel",
        saw=f"a likeness of {found[0, 0]:.4f} where the formula gives {expected[0, 0]:.4f}",
        expected="the Gaussian kernel of two points on a circle of radius 1",
        why="Look at the factor 2, at the square of the sine and at the square of the length.",
    )


@questions.code(
    "q2",
    title="One gas tells about another",
    points=2,
    minutes=5,
    hints=(
        "With one measurement the matrix A is one number: the variance of what is measured, the "
        "noise included. What is the covariance of the second gas with it?",
        "cov = r sd[0] sd[1] and A = sd[0]**2 + noise_sd**2. The mean moves by cov / A for each "
        "unit of surprise, `value - mean[0]`.",
        "Variance that is left: sd[1]**2 - cov**2 / A. Return its square root.",
    ),
    insight="Noise and weak correlation both shrink the step toward zero. This line, with "
    "matrices, fills the holes of a table.",
)
def check_update(update):
    function = expect_function(update, "update")
    rng = fresh_generator()
    mean, sd = rng.uniform(-1, 2, 2), rng.uniform(0.5, 1.5, 2)
    r, value, noise = rng.uniform(0.4, 0.8), mean[0] + 1.3, 0.4

    def ask(r, value, noise):
        return expect_pair(
            function(mean, sd, r, value, noise), "update(...)", parts="mean, standard deviation"
        )

    found = ask(r, value, noise)
    unrelated = ask(0.0, value, noise)
    expect(
        np.allclose(unrelated[0], mean[1]),
        "not-the-prior",
        saw=f"a mean of {unrelated[0]:.3f} when the gases are not correlated",
        expected=f"the mean it had before, {mean[1]:.3f}",
        why="A measurement that has nothing to do with the second gas must not move it.",
    )
    expect(
        not np.allclose(unrelated[1], sd[1] ** 2) or np.isclose(sd[1], 1.0),
        "a-variance",
        saw="a variance as the second number",
        expected="a standard deviation, in the unit of log10 P",
    )
    certain = ask(r, value, 0.0)
    expect(
        not np.allclose(found, certain),
        "no-noise",
        saw="the same answer with noise and without",
        expected="a smaller step when the instrument is noisy",
        why="What is measured varies by the gas and by the noise: both belong in A.",
    )
    # Independent: integrate the joint density over a fine grid of both gases.
    x, z = (mean[i] + sd[i] * np.linspace(-7, 7, 601) for i in (0, 1))
    covariance = [[sd[0] ** 2, r * sd[0] * sd[1]], [r * sd[0] * sd[1], sd[1] ** 2]]
    grid = np.stack(np.meshgrid(x, z, indexing="ij"), axis=-1)
    weight = multivariate_normal(mean, covariance).pdf(grid)
    weight *= np.exp(-0.5 * ((value - x) / noise) ** 2)[:, None]
    weight = weight.sum(axis=0) / weight.sum()
    expected_mean = weight @ z
    expected_sd = np.sqrt(weight @ (z - expected_mean) ** 2)
    expect(
        np.isclose(found[0], expected_mean, atol=1e-3),
        "wrong-mean",
        saw=f"a mean of {found[0]:.3f}",
        expected=f"{expected_mean:.3f}, which integrating Bayes' rule over a grid gives",
        why="The step is covariance over variance of the measurement, times the surprise.",
    )
    expect(
        np.isclose(found[1], expected_sd, atol=1e-3),
        "wrong-sd",
        saw=f"a standard deviation of {found[1]:.3f}",
        expected=f"{expected_sd:.3f}, which integrating Bayes' rule over a grid gives",
        why="What is explained is taken from the variance, and the root comes last.",
    )


@questions.code(
    "q3",
    title="Which prior did the data expect?",
    points=2,
    minutes=4,
    hints=(
        "The function of the lecture wants data of mean zero. What has to be taken off first?",
        "`log_evidence(A, y_cu - mean)` for each pair. The evidence is a density, so its logs "
        "are subtracted to compare.",
        "odds = exp(log evidence of Debye minus log evidence of plain).",
    ),
    insight="The plain prior would have accepted eight points in many other places. Debye's model "
    "bet on these.",
)
def check_evidence(evidence, odds, priors, y_cu):
    expect(
        isinstance(evidence, dict) and set(evidence) == set(priors),
        "not-both",
        saw=f"`evidence` is {evidence if not isinstance(evidence, dict) else list(evidence)}",
        expected=f"a dictionary with the keys {', '.join(priors)}",
    )
    exact = {name: multivariate_normal(m, A).logpdf(y_cu) for name, (m, A) in priors.items()}
    for name, value in evidence.items():
        found = expect_number(value, f"evidence[{name!r}]")
        raw = multivariate_normal(np.zeros(len(y_cu)), priors[name][1]).logpdf(y_cu)
        expect(
            not np.isclose(found, raw),
            "mean-forgotten",
            saw=f"the evidence of {name!r} for a prior with mean zero",
            expected="the mean of the prior taken off the data first",
            why="The prior speaks of deviations from its mean.",
        )
        expect(
            not np.isclose(found, np.exp(exact[name]), rtol=0.02),
            "not-a-log",
            saw=f"{found:.2g} for {name!r}, the density itself",
            expected="its logarithm; the density comes back when the two are compared",
        )
        sample = multivariate_normal(np.full(len(y_cu), y_cu.mean()), priors[name][1])
        expect(
            not np.isclose(found, sample.logpdf(y_cu), atol=1e-6),
            "mean-of-the-data",
            saw=f"the evidence of {name!r} around the mean of the measurements",
            expected="the mean of the prior taken off, which is `priors[name][0]`",
            why="The evidence asks how probable the data were *before* they were seen. Their own "
            "mean was not known then.",
        )
        expect(
            np.isclose(found, exact[name], atol=0.006),
            "another-evidence",
            saw=f"{found:.3f} for {name!r}",
            expected="the log of the Gaussian density of the eight measurements in `y_cu`",
            why="The covariance that is offered holds the noise already, and the constant "
            "n/2 log 2π belongs to a density.",
        )
    number = expect_number(odds, "odds")
    log_odds = exact["Debye"] - exact["plain"]
    expect(
        not np.isclose(number, log_odds),
        "still-a-log",
        saw=f"{number:.3f}, which is the difference of the logs",
        expected="how many times: the exponential of it",
    )
    expect(
        not np.isclose(number, exact["Debye"] / exact["plain"]),
        "ratio-of-logs",
        saw="one log divided by the other",
        expected="the ratio of the densities, so the exponential of the difference of the logs",
    )
    expect(
        np.isclose(number, np.exp(log_odds), rtol=0.02),
        "another-odds",
        saw=f"{number:.3g}",
        expected="the density with Debye over the density with the plain prior",
    )
