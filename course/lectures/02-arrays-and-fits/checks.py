"""Checks and hints of the lecture "arrays-and-fits".

Each check tests what must be true of a right answer: symmetry, a shift that changes nothing, rows
that may not matter, limits, an independent recomputation.
"""

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import linregress

from edex.checks import (
    Questions,
    expect,
    expect_array,
    expect_function,
    expect_number,
    fresh_generator,
)

questions = Questions("arrays-and-fits")


def _is_same(value, other):
    """Compare so closely that two different recipes hardly ever agree by chance."""
    return np.isclose(value, other, rtol=1e-9)


@questions.code(
    "q1",
    title="All distances at once",
    points=2,
    minutes=5,
    hints=(
        "Every atom against every atom: one axis for the first, one for the second, one for x, y, "
        "z. Which shapes broadcast to (N, N, 3)?",
        "`positions[:, None, :]` has the shape (N, 1, 3) and `positions[None, :, :]` has (1, N, "
        "3). Their difference is (N, N, 3); Pythagoras takes away the last axis.",
        "Square the differences, `.sum(axis=-1)`, `np.sqrt`. Last, angstrom to nanometre: the "
        "number gets ten times smaller.",
    ),
    insight="The memory grows as N²: for 10 000 atoms this array takes 0.8 GB, and its differences "
    "three times that. Neighbour lists exist for a reason.",
)
def check_distances(pair_distances):
    function = expect_function(pair_distances, "pair_distances")
    rng = fresh_generator()
    positions = rng.uniform(0, 20, (7, 3))
    distances = expect_array(
        function(positions.copy()),
        "pair_distances(...)",
        shape=(7, 7),
        of="distances, one for each pair of atoms",
    )
    truth = cdist(positions, positions)  # in angstrom
    expect(
        not np.allclose(distances, truth),
        "angstrom",
        saw="distances in angstrom",
        expected="distances in nm",
        why="The number of nanometres is a tenth of the number of angstroms: 1 nm = 10 Å.",
    )
    expect(
        not np.allclose(distances, 10 * truth),
        "wrong-way",
        saw="the number of angstroms times ten",
        expected="1 Å = 0.1 nm, so divide by ten",
        why="A larger unit needs a smaller number.",
    )
    expect(
        not np.allclose(distances, truth**2 / 10) and not np.allclose(distances, truth**2 / 100),
        "squared",
        saw="squares of distances",
        expected="their roots",
        why="A distance has the unit of a length; what came back has that of an area.",
    )
    # |a|² + |b|² - 2 a·b is a right way too, and leaves about 1e-7 on the diagonal by rounding.
    expect(
        np.allclose(np.diag(distances), 0, atol=1e-5) and np.allclose(distances, distances.T),
        "not-symmetric",
        saw="a table that is not symmetric with zeros on its diagonal",
        expected="d(i, j) = d(j, i), and 0 from an atom to itself",
        why="A distance has no sign and no direction.",
    )
    moved = expect_array(function(positions + 3.0), "pair_distances(...)", shape=(7, 7))
    expect(
        np.allclose(moved, distances, atol=1e-5),
        "not-shift-invariant",
        saw="distances that change when all atoms are moved together",
        expected="distances that depend on differences of positions only",
    )
    expect(
        np.allclose(distances, truth / 10, atol=1e-5),
        "wrong-distance",
        saw=f"{distances[0, 1]:.3f} nm between the first two atoms",
        expected=f"{truth[0, 1] / 10:.3f} nm: the root of the sum of the squares of all three "
        "differences",
        why="Each of x, y and z counts.",
    )


@questions.code(
    "q2",
    title="Fit here, score there",
    points=2,
    minutes=4,
    hints=(
        "Which rows may the line see, and which rows does the error speak of?",
        "`fit_line(x[train], y[train])` gives intercept and slope. Predict `x[test]` with them.",
        "The answer is the mean of the absolute values of `y[test]` minus (intercept + slope times "
        "`x[test]`).",
    ),
    insight="Two lines that keep training and test apart: every score of this course is a longer "
    "version of them.",
)
def check_holdout(holdout_error):
    function = expect_function(holdout_error, "holdout_error")
    rng = fresh_generator()
    n_rows = 40
    x = rng.uniform(1, 20, n_rows)
    y = 50 + 25 * x + rng.normal(0, 30, n_rows) + 40 * (x > 15)
    order = rng.permutation(n_rows)
    train, test = order[12:], order[:12]
    value = expect_number(function(x, y, train, test), "holdout_error(...)", unit="K")

    def error(fit_rows, score_rows):
        line = linregress(x[fit_rows], y[fit_rows])
        return y[score_rows] - line.intercept - line.slope * x[score_rows]

    signed = error(train, test)
    wanted = np.abs(signed).mean()
    if not _is_same(value, wanted):
        _explain(value, error, signed, train, test)
    changed = y.copy()
    changed[test] += 1000.0
    shifted = expect_number(function(x, changed, train, test), "holdout_error(...)", unit="K")
    expect(
        _is_same(value, wanted) and _is_same(shifted, np.abs(signed + 1000.0).mean()),
        "wrong-number",
        saw=f"{value:.3g} K",
        expected=f"{wanted:.3g} K: the mean of the absolute errors on the test rows, of the line "
        "fitted to the training rows",
    )


def _explain(value, error, signed, train, test):
    """Recognise what was computed instead."""
    everything = np.concatenate([train, test])
    expect(
        not _is_same(value, np.abs(error(everything, test)).mean()),
        "fitted-on-all",
        saw="the error of a line that was fitted to all rows",
        expected="a line fitted to the training rows only",
        why="The line has seen the test rows, so its error on them is no test.",
    )
    expect(
        not _is_same(value, np.abs(error(train, train)).mean()),
        "training-error",
        saw="the error on the training rows",
        expected="the error on the test rows",
        why="The training error says how well the line remembers; here it is usually too good.",
    )
    expect(
        not _is_same(value, np.abs(error(test, train)).mean()),
        "swapped",
        saw="a line fitted to the test rows and scored on the training rows",
        expected="fit on `train`, score on `test`",
    )
    expect(
        not _is_same(abs(value), abs(signed.mean())),
        "signs-cancel",
        saw="the mean of the errors with their signs",
        expected="the mean of their absolute values",
        why="Too hot and too cold cancel: a poor line can have a mean error of zero.",
    )
    expect(
        not _is_same(value, np.sqrt((signed**2).mean())),
        "root-mean-square",
        saw="the root mean square error",
        expected="the mean of the absolute errors",
        why="Both are in kelvins, but squares give the largest errors most of the weight.",
    )


@questions.code(
    "q3",
    title="What averaging buys",
    points=1,
    minutes=4,
    hints=(
        "Two noises meet: that of the next reading, and what is left of it in the mean of the last "
        "k.",
        "Variances of independent noises add. The next reading has `noise**2`; the mean of k "
        "readings has `noise**2 / k`.",
        "The expected square of the error is noise² (1 + 1/k). The answer is its root.",
    ),
    insight="From k = 1 to infinity the error falls by a factor of 1.41 in all. Ten readings "
    "already bring it within 5 % of the floor.",
)
def check_expected(expected_rmse):
    function = expect_function(expected_rmse, "expected_rmse")
    rng = fresh_generator()
    noise, k = float(rng.uniform(0.2, 3.0)), int(rng.integers(2, 7))
    value = expect_number(function(noise, k), "expected_rmse(...)", unit="K")
    expect(
        not np.isclose(value, noise**2 * (1 + 1 / k)),
        "squared",
        saw="the mean square error",
        expected="its root",
        why="An error in kelvins, not in K².",
    )
    expect(
        not np.isclose(value, noise * (1 + 1 / k)),
        "root-half-done",
        saw="the noise times (1 + 1/k)",
        expected="the root of noise² (1 + 1/k)",
        why="The root of a product is the product of the roots: 1 + 1/k needs one as well.",
    )
    expect(
        not np.isclose(value, noise / np.sqrt(k)),
        "new-noise-forgotten",
        saw="the uncertainty of the mean of k readings alone",
        expected="the error against the next reading, which is noisy as well",
        why="Even a perfect mean cannot foresee the noise of a reading to come: for large k the "
        "error goes to `noise`, not to 0.",
    )
    expect(
        not np.isclose(value, noise * (1 + 1 / np.sqrt(k))),
        "added-linearly",
        saw="two standard deviations added",
        expected="two variances added, then the root",
        why="Independent errors add like the sides of a right angle.",
    )
    readings = rng.normal(0.0, noise, (40_000, k + 1))
    measured = np.sqrt(((readings[:, :k].mean(axis=1) - readings[:, k]) ** 2).mean())
    expect(
        abs(value - measured) < 0.02 * measured,
        "wrong-size",
        saw=f"{value:.3g} K for a noise of {noise:.3g} K and k = {k}",
        expected=f"about {measured:.3g} K: that is what 40 000 simulated predictions give",
        why="The new reading's noise and the noise left in the mean are independent, and both "
        "count.",
    )
    for count in (1, 10**8):
        limit = noise * (2**0.5 if count == 1 else 1.0)
        found = expect_number(function(noise, count), "expected_rmse(...)", unit="K")
        expect(
            np.isclose(found, limit),
            "wrong-limit",
            saw=f"{found:.4g} K for k = {count}",
            expected=f"{limit:.4g} K",
            why="One reading carries the noise twice; very many leave only that of the next one.",
        )
