"""Checks and hints of week 5, unsupervised learning.

Distances are tested for what must not change them, numbers of components on tables whose rank is
planted, and sums of squares with the parallel-axis theorem. No number of an earlier run is stored.
"""

import numpy as np
from sklearn.cluster import KMeans

from edex.checks import Questions, expect, expect_function, expect_number

questions = Questions("unsupervised")

_RANDOM_SEED = 7


def _table(n_rows=40):
    """Make a table whose columns have other units and zeros."""
    rng = np.random.default_rng(_RANDOM_SEED)
    return rng.normal(size=(n_rows, 4)) * [1.0, 20.0, 0.3, 500.0] + [0.0, 5.0, 2.0, 900.0]


@questions.code(
    "q1",
    title="A distance without units",
    points=2,
    minutes=4,
    hints=(
        "What has to happen to each column before its squares may be added?",
        "Divide the difference of the two rows by `table.std(axis=0)`, one number for each column.",
        "`steps = (table[a] - table[b]) / table.std(axis=0)`; the distance is the root of the sum "
        "of its squares.",
    ),
    insight="Who chooses the scale chooses the neighbours. Standardising is one choice, and a "
    "stated one.",
)
def check_distance(scaled_distance):
    function = expect_function(scaled_distance, "scaled_distance")
    table = _table()
    found = expect_number(function(table, 3, 8), "scaled_distance(table, 3, 8)")
    wanted = np.sqrt(np.sum([((col[3] - col[8]) / np.std(col)) ** 2 for col in table.T]))
    expect(
        not np.isclose(found, wanted**2),
        "no-root",
        saw=f"{found:.3f}, the square of the distance",
        expected=f"{wanted:.3f}",
        why="A distance of two standard deviations in one column only has to be 2.",
    )
    in_other_units = expect_number(
        function(table * [0.01, 1000.0, 7.0, 1.0], 3, 8), "the distance in another unit"
    )
    expect(
        np.isclose(in_other_units, found),
        "units",
        saw=f"{found:.3f}, and {in_other_units:.3f} after three columns were given in other units",
        expected="the same number",
        why="Metres or millimetres must not decide who is alike. Each column is divided by its "
        "own standard deviation (not its variance, and not one for the whole table).",
    )
    from_another_zero = expect_number(
        function(table + np.array([0.0, 0.0, 0.0, 273.15]), 3, 8), "the distance with another zero"
    )
    expect(
        np.isclose(from_another_zero, found),
        "zero",
        saw=f"{found:.3f}, and {from_another_zero:.3f} after 273.15 was added to one column",
        expected="the same number",
        why="Kelvins and degrees Celsius differ by their zero. A mean as the unit changes with "
        "it, a standard deviation does not.",
    )
    expect(
        np.isclose(found, wanted, rtol=1e-6) or np.isclose(found, wanted * np.sqrt(39 / 40)),
        "distance",
        saw=f"{found:.4f}",
        expected=f"{wanted:.4f}",
        why="Euclidean distance: the root of the sum of squares, with each difference in units of "
        "the standard deviation over all rows.",
    )


@questions.code(
    "q2",
    title="How many components are enough?",
    points=2,
    minutes=5,
    hints=(
        "Which numbers does PCA give that add up to 1?",
        "Standardise, fit `PCA()`, and add up `explained_variance_ratio_` with `np.cumsum`. At "
        "which place is the share reached for the first time?",
        "`shares = np.cumsum(PCA().fit(scaled).explained_variance_ratio_)`, then the first place "
        "where `shares >= share` is `np.argmax(shares >= share)`; the first component has place 0.",
    ),
    insight="A share of variance is a statement about this cloud in these units. What a later "
    "model needs may sit in a small component.",
)
def check_components(n_components_needed):
    function = expect_function(n_components_needed, "n_components_needed")
    rng = np.random.default_rng(_RANDOM_SEED)
    hidden = rng.normal(size=(200, 2))
    planted = hidden @ rng.normal(size=(2, 6))  # two numbers behind six columns
    all_of_it = expect_number(function(planted, 0.999), "n_components_needed(table, 0.999)")
    expect(
        all_of_it != 1,
        "one-too-few",
        saw="1 component for six columns that are made of two hidden numbers",
        expected="2",
        why="np.argmax gives a place, and places begin with 0.",
    )
    expect(
        all_of_it == 2,
        "planted",
        saw=f"{all_of_it:g} components for six columns that are made of two hidden numbers",
        expected="2",
        why="The cloud is flat: it extends in two directions only.",
    )
    noise = rng.normal(size=(300, 5))
    unrelated = np.linalg.qr(noise - noise.mean(axis=0))[0]
    mixed_units = unrelated * [1.0, 10.0, 100.0, 1e3, 1e4]
    half = expect_number(function(mixed_units, 0.5), "n_components_needed for mixed units")
    expect(
        half != 1,
        "not-standardised",
        saw="1 component for half of the variance of five unrelated columns in different units",
        expected="3, whatever the units",
        why="Without standardising, the column with the largest numbers is the first component.",
    )
    expect(
        half == 3,
        "share",
        saw=f"{half:g} components for half of the variance of five unrelated columns",
        expected="3: each of them holds a fifth",
        why="Add up shares of variance. Singular values are its square roots, and their shares "
        "are others.",
    )
    for share in (0.3, 0.7, 0.95):
        table = rng.normal(size=(100, 5)) @ rng.normal(size=(5, 5))
        variances = np.linalg.eigvalsh(np.corrcoef(table.T))[::-1]
        left, wanted = share, 0
        while left > 1e-9:
            left -= variances[wanted] / 5
            wanted += 1
        found = expect_number(function(table, share), f"n_components_needed(table, {share})")
        expect(
            found == wanted,
            "share",
            saw=f"{found:g} components for a share of {share}",
            expected=f"{wanted}, from the eigenvalues of the correlation matrix",
            why="Add up shares of variance, largest first, until the sum reaches the share. "
            "Singular values are square roots of variances, and their shares are others.",
        )


@questions.code(
    "q3",
    title="What is left inside the clusters",
    points=2,
    minutes=5,
    hints=(
        "One cluster at a time: which point has the smallest sum of squares to its members?",
        "For each different label take `points[labels == name]`, subtract its mean, square, and "
        "add everything up. The total is the same function with one label for all.",
        "`sum(((g - g.mean(axis=0)) ** 2).sum() for g in groups)` with one group for each of "
        "`np.unique(labels)`; `w_share = within_sum(Z, four) / within_sum(Z, np.zeros(len(Z)))`.",
    ),
    insight="Within plus between is the total, as in the parallel-axis theorem: small clusters far "
    "apart have little left inside.",
)
def check_within(within_sum, w_share, Z, seed):
    function = expect_function(within_sum, "within_sum")
    rng = np.random.default_rng(_RANDOM_SEED)
    points = rng.normal([4.0, -2.0, 1.0], size=(60, 3))
    labels = np.array(["salt", "metal", "glass"])[rng.integers(0, 3, size=60)]
    whole = expect_number(function(points, np.zeros(60)), "within_sum with one cluster")
    total = float(60 * np.var(points, axis=0).sum())
    expect(
        not np.isclose(whole, np.linalg.norm(points - points.mean(axis=0), axis=1).sum()),
        "not-squared",
        saw="the sum of the distances",
        expected="the sum of the squared distances",
        why="The mean minimises the sum of squares; for distances it would be another point.",
    )
    expect(
        not np.isclose(whole, total / 60),
        "mean",
        saw="the mean of the squares",
        expected="their sum",
        why="Means of clusters of different size do not add up to the whole.",
    )
    expect(
        np.isclose(whole, total),
        "one-cluster",
        saw=f"{whole:.2f} for one cluster",
        expected=f"{total:.2f}: the number of points times the sum of the variances",
        why="Squares are taken about the mean of the cluster, one mean for each column "
        "(`axis=0`), not about the origin.",
    )
    found = expect_number(function(points, labels), "within_sum(points, labels)")
    between = sum(
        (labels == name).sum()
        * ((points[labels == name].mean(axis=0) - points.mean(axis=0)) ** 2).sum()
        for name in ("salt", "metal", "glass")
    )
    expect(
        not np.isclose(found, total),
        "overall-mean",
        saw=f"{found:.2f}, the same as for one cluster",
        expected=f"{total - between:.2f}",
        why="Each point is compared with the mean of its own cluster. Labels can be words.",
    )
    expect(
        np.isclose(found, total - between),
        "within",
        saw=f"{found:.2f}",
        expected=f"{total - between:.2f}: total minus between, by the parallel-axis theorem",
        why="Count every cluster once, whatever its name.",
    )
    share = expect_number(w_share, "w_share")
    centred = Z - Z.mean(axis=0)
    wanted = KMeans(4, n_init=50, random_state=seed).fit(Z).inertia_ / (centred**2).sum()
    expect(
        not np.isclose(share, 1 - wanted, rtol=1e-3),
        "explained",
        saw=f"{share:.3f}, the share *between* the clusters",
        expected=f"{wanted:.3f}, the share left inside",
        why="Both add up to 1.",
    )
    expect(
        not wanted * (1 + 1e-3) < share < 1.2 * wanted,
        "other-end",
        saw=f"{share:.3f}",
        expected=f"{wanted:.3f}",
        why="With few starts k-means can come to rest at a worse end. `n_init=50` keeps the best "
        "of fifty.",
    )
    expect(
        np.isclose(share, wanted, rtol=1e-3),
        "share",
        saw=f"{share:.3f}",
        expected=f"{wanted:.3f}: W of four clusters over W of one",
        why="The same points, the same function, two ways of labelling.",
    )
