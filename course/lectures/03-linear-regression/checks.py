"""Checks and hints of the lecture "linear-regression".

Each check tests what must be true of a right answer: limits, a gradient that vanishes, units that
do not matter, an independent recomputation.
"""

import numpy as np

from edex.checks import (
    Questions,
    expect,
    expect_array,
    expect_function,
    expect_number,
    fresh_generator,
)

questions = Questions("linear-regression")


@questions.code(
    "q1",
    title="An error bar for a prediction",
    points=2,
    minutes=5,
    hints=(
        "The prediction is a weighted sum of the weights, x · w. How does a variance go through a "
        "linear combination?",
        "The covariance of the weights is `sigma**2 * np.linalg.inv(X.T @ X)`; the variance of "
        "x · w is x @ covariance @ x.",
        "Take the root of that: a standard error has the unit of y.",
    ),
    insight="Far from the training rows the error bar grows. It still believes that the model is "
    "right there, so it is a lower bound.",
)
def check_prediction_error(prediction_error):
    function = expect_function(prediction_error, "prediction_error")
    rng = fresh_generator()
    X = np.column_stack([np.ones(30), rng.normal(3, 2, 30), rng.uniform(0, 5, 30)])
    sigma = float(rng.uniform(5, 30))
    x = np.array([1.0, 4.0, 2.0])
    value = expect_number(function(X, sigma, x), "prediction_error(...)", unit="K")
    # Independently: from the singular values; |x V / s| is the length of x in units of the spread.
    _, spread, directions = np.linalg.svd(X, full_matrices=False)
    wanted = sigma * np.linalg.norm(directions @ x / spread)
    if not np.isclose(value, wanted):
        expect(
            not np.isclose(value, wanted**2),
            "variance",
            saw="the variance of the prediction, in K²",
            expected="its root, in K",
        )
        expect(
            not np.isclose(value, np.hypot(wanted, sigma)),
            "new-noise",
            saw="the error of a new measurement: prediction and its noise together",
            expected="the standard error of the mean prediction alone",
            why="The question asks how well the plane is known, not where a point falls.",
        )
        diagonal = np.sqrt(((directions.T / spread) ** 2).sum(axis=1)) * sigma
        expect(
            not np.isclose(value, np.sqrt(((diagonal * x) ** 2).sum())),
            "no-covariances",
            saw="the variances of the weights added up, without their covariances",
            expected="x @ covariance @ x with the whole matrix",
            why="Weights of columns that go together err together: constant and slope pull in "
            "opposite directions.",
        )
        expect(
            not np.isclose(value, wanted / sigma),
            "no-noise",
            saw="a number that does not know the noise",
            expected="the covariance of the weights contains sigma²",
            why="Twice the noise, twice the error bar.",
        )
    expect(
        np.isclose(value, wanted),
        "wrong-number",
        saw=f"{value:.4g} K",
        expected=f"{wanted:.4g} K: the root of x @ (sigma² (XᵀX)⁻¹) @ x",
    )
    alone = np.ones((25, 1))
    mean = expect_number(function(alone, sigma, np.ones(1)), "prediction_error(...)", unit="K")
    expect(
        np.isclose(mean, sigma / 5),
        "wrong-limit",
        saw=f"{mean:.4g} K for a model with a constant only and 25 rows",
        expected=f"sigma / 5 = {sigma / 5:.4g} K: the standard error of a mean",
    )


@questions.code(
    "q2",
    title="Ridge in two lines",
    points=2,
    minutes=4,
    hints=(
        "The ridge equation is the normal equation with something added on its diagonal.",
        "`np.eye(p)` is the unit matrix with p rows; p is the number of features, `X.shape[1]`.",
        "`np.linalg.solve(X.T @ X + strength * np.eye(X.shape[1]), X.T @ y)`.",
    ),
    insight="The matrix can be solved for any positive strength, even with fewer rows than "
    "columns: belief fills in where data are silent.",
)
def check_ridge(ridge_weights):
    function = expect_function(ridge_weights, "ridge_weights")
    rng = fresh_generator()
    X = rng.normal(size=(40, 4)) * np.array([1.0, 3.0, 0.5, 2.0])
    X -= X.mean(axis=0)
    y = X @ rng.normal(size=4) + rng.normal(size=40)
    y -= y.mean()
    strength = float(rng.uniform(5, 20))
    weights = expect_array(
        function(X, y, strength), "ridge_weights(...)", shape=(4,), of="weights, one a feature"
    )
    plain = np.linalg.lstsq(X, y, rcond=None)[0]
    expect(
        not np.allclose(weights, plain),
        "no-penalty",
        saw="the weights of plain least squares",
        expected="weights that depend on `strength`",
    )

    def is_minimum(penalty):
        return np.allclose(X.T @ (y - X @ weights), penalty * weights, atol=1e-8)

    expect(
        not is_minimum(strength**2) and not is_minimum(np.sqrt(strength)),
        "wrong-power",
        saw="the weights for the square or the root of `strength`",
        expected="`strength` itself on the diagonal",
        why="It multiplies |w|², so it is added to XᵀX as it is.",
    )
    expect(
        not is_minimum(len(y) * strength),
        "times-rows",
        saw="a penalty multiplied by the number of rows",
        expected="`strength` on the diagonal, however many rows there are",
        why="With more data the squares grow and the belief counts less.",
    )
    singular = np.linalg.solve(X.T @ X + strength, X.T @ y)
    expect(
        not np.allclose(weights, singular),
        "all-entries",
        saw="`strength` added to every entry of the matrix",
        expected="`strength` on the diagonal only: strength * np.eye(...)",
        why="NumPy broadcasts a number to all entries. The penalty has no products of two weights.",
    )
    expect(
        is_minimum(strength),
        "not-the-minimum",
        saw="weights at which the gradient of |y - Xw|² + strength |w|² does not vanish",
        expected="Xᵀ(y - Xw) = strength · w",
    )
    free = expect_array(function(X, y, 0.0), "ridge_weights(...)", shape=(4,), of="weights")
    expect(
        np.allclose(free, plain),
        "wrong-limit",
        saw="weights for strength 0 that differ from least squares",
        expected="least squares where nothing is believed",
    )


@questions.code(
    "q3",
    title="The block with friction",
    points=1,
    minutes=3,
    hints=(
        "Three cases: the block does not move, it slides to the right, it slides to the left.",
        "It moves by |a| - t if that is positive, else not at all, in the direction of a.",
        "`np.sign(a)`, `np.abs(a)` and `np.maximum(..., 0)` put the three cases into one line.",
    ),
    insight="Every weight that survives is too small by t. That is the lasso's bias, and the "
    "reason why some refit the chosen columns without penalty.",
)
def check_threshold(soft_threshold):
    function = expect_function(soft_threshold, "soft_threshold")
    rng = fresh_generator()
    t = float(rng.uniform(0.5, 2.0))
    a = np.concatenate([rng.uniform(-5, 5, 40), [0.0, t / 2, -t / 2, 3 * t, -3 * t]])
    weights = expect_array(function(a.copy(), t), "soft_threshold(...)", shape=a.shape)
    is_small = np.abs(a) < t
    hard = np.where(is_small, 0.0, a)
    expect(
        not np.allclose(weights, hard),
        "hard-threshold",
        saw="large values left as they are",
        expected="large values reduced by t",
        why="Friction acts on a sliding block as well: it stops before it reaches a.",
    )
    expect(
        np.allclose(weights[is_small], 0.0),
        "not-zero",
        saw="weights that are not zero for |a| < t",
        expected="exactly zero: the spring cannot overcome the friction",
    )
    expect(
        not (weights[a < -t] > 0).any(),
        "sign-lost",
        saw="positive weights for negative values",
        expected="the sign of a",
        why="The block slides towards a, to whichever side.",
    )
    grid = np.linspace(-6, 6, 4801)
    cost = 0.5 * (a[:, None] - grid) ** 2 + t * np.abs(grid)
    best = grid[cost.argmin(axis=1)]
    worst = np.abs(weights - best).argmax()
    expect(
        np.allclose(weights, best, atol=0.005),
        "not-the-minimum",
        saw=f"{weights[worst]:.3g} for a = {a[worst]:.3g} and t = {t:.3g}",
        expected=f"{best[worst]:.3g}, where (a - w)²/2 + t|w| is smallest",
    )
