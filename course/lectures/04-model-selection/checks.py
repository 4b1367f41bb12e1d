"""Checks and hints of week 4, model selection.

Each check recomputes what it judges: shares are counted row by row, scores come from a loop of its
own, and the rule for the error of a difference is tested on its limits and on simulated errors.
"""

import numpy as np
from sklearn.base import clone

from edex.checks import Questions, expect, expect_array, expect_function, expect_number
from edex.learn.metrics import Estimate

questions = Questions("model-selection")

# Groups and folds small enough to count by hand: one test row of six has a relative in training.
_GROUPS = np.array(["Fe-Cl", "Fe-Cl", "Cu-O", "Cu-O", "H-O", "C-Si"])
_FOLDS = [
    (np.array([1, 2, 3]), np.array([0, 4, 5])),  # row 0 has row 1
    (np.array([0, 1, 4, 5]), np.array([2, 3])),
    (np.array([2, 3, 4, 5]), np.array([0, 1])),
]
# Row 1, the only relative of row 0, is in neither part: left out on purpose.
_GAP = [(np.array([2, 3, 4, 5]), np.array([0]))]
_RANDOM_SEED = 11


@questions.code(
    "q1",
    title="How many hidden rows have relatives?",
    points=2,
    minutes=5,
    hints=(
        "Ask of each hidden row: does anybody of its group sit in the training part of this fold?",
        "In one fold `groups[test]` are the groups of the hidden rows and `groups[train]` those "
        "of the training rows. `np.isin(a, b)` is True for each entry of a that occurs in b.",
        "Collect `np.isin(groups[test], groups[train])` for all folds, join them with "
        "`np.concatenate`, and take the mean: the share of True.",
    ),
    insight="One line of code that a referee can run. A split by rows and a split by groups look "
    "the same in a paper that only says 'ten-fold'.",
)
def check_relatives(share_with_relatives):
    function = expect_function(share_with_relatives, "share_with_relatives")
    found = expect_number(function(_GROUPS, _FOLDS), "share_with_relatives(groups, folds)")
    expect(
        0 <= found <= 1,
        "not-a-share",
        saw=f"{found:g}",
        expected="a share between 0 and 1",
        why="A count says little without the number of hidden rows.",
    )
    honest = _FOLDS[1:]
    clean = expect_number(function(_GROUPS, honest), "share for an honest split")
    expect(
        clean == 0,
        "honest-split",
        saw=f"{clean:.2f} for folds in which no group is on both sides",
        expected="0",
        why="Rows that are hidden together are no help to each other: the model sees neither. "
        "Compare groups, fold by fold, not row numbers.",
    )
    expect(
        not np.isclose(found, 1 / 3) and not np.isclose(found, 1 / 9),
        "not-all-folds",
        saw=f"{found:.3f} where one of seven hidden rows (three folds together) has a relative",
        expected=f"{1 / 7:.3f}: all hidden rows counted alike",
        why="Folds can have different sizes; a mean of their shares, or the first fold alone, is "
        "another number.",
    )
    expect(
        found > 0,
        "row-numbers",
        saw="0, though row 0 is hidden while row 1 of its group is trained on",
        expected=f"{1 / 7:.3f}",
        why="A row is never on both sides; its group may be. Look up the groups of the rows.",
    )
    expect(
        np.isclose(found, 1 / 7),
        "share",
        saw=f"{found:.3f} where one of seven hidden rows has a relative in training",
        expected=f"{1 / 7:.3f}",
        why="Count hidden rows, not groups, and divide by the number of hidden rows.",
    )
    gap = expect_number(function(_GROUPS, _GAP), "share with a row in neither part")
    expect(
        gap == 0,
        "not-the-training-part",
        saw=f"{gap:.2f} where the only relative of the hidden row is in neither part of the fold",
        expected="0",
        why="Authors may leave rows out of a fold, to keep a distance. Look into its training part "
        "and not at all rows that are not hidden.",
    )
    rng = np.random.default_rng(_RANDOM_SEED)
    groups = rng.integers(0, 12, size=40)
    parts = np.array_split(rng.permutation(40), 4)
    folds = [(np.setdiff1d(np.arange(40), part), part) for part in parts]
    wanted = sum(any(groups[j] == groups[i] for j in train) for train, test in folds for i in test)
    random_share = expect_number(function(groups, folds), "share for random groups")
    expect(
        np.isclose(random_share, wanted / 40),
        "share",
        saw=f"{random_share:.3f} for 40 rows in 12 random groups",
        expected=f"{wanted / 40:.3f}, counted row by row",
        why="Groups may be numbers or words, and a group may have many rows.",
    )


@questions.code(
    "q2",
    title="A metal that nobody has looked at",
    points=2,
    minutes=5,
    hints=(
        "What is new about her compound? That has to be new in every fold as well.",
        "Rows with the same entry in `metals_of` have to stay together. `GroupKFold` and "
        "`LeaveOneGroupOut` both deal out groups.",
        "`GroupKFold(8, shuffle=True, random_state=seed).split(X, groups=metals_of)` gives the "
        "pairs; make a list of them, hand it to `cross_val_predict` as `cv`, and take the mean "
        "absolute error.",
    ),
    insight="The sentence 'a metal that nobody has looked at' became a line of code. Most "
    "questions about new matter can be put that way before any model is trained.",
)
def check_new_metal(metal_folds, metal_mae, metals_of, X, temperatures, neighbours):
    n_rows = len(temperatures)
    folds = list(metal_folds) if isinstance(metal_folds, list | tuple) else None
    expect(
        folds is not None and all(len(pair) == 2 for pair in folds),
        "not-folds",
        saw=f"`metal_folds` of type {type(metal_folds).__name__}",
        expected="a list of pairs (training rows, test rows)",
        why="`split(...)` yields its pairs once; `list(...)` keeps them.",
    )
    pairs = [
        (expect_array(train, "training rows"), expect_array(test, "test rows"))
        for train, test in folds
    ]
    expect(
        len(pairs) >= 5,
        "few-folds",
        saw=f"{len(pairs)} folds",
        expected="at least five",
        why="With few folds each model learns from much less than you have.",
    )
    tested = np.concatenate([test for _, test in pairs])
    expect(
        np.array_equal(np.sort(tested), np.arange(n_rows)),
        "rows-not-tested-once",
        saw=f"{len(tested)} hidden rows, {len(np.unique(tested))} of them different",
        expected=f"each of the {n_rows} rows hidden once",
        why="Then every compound counts once in the score. `GroupKFold` and `LeaveOneGroupOut` do "
        "so, draws such as `GroupShuffleSplit` do not.",
    )
    shared = [
        np.isin(np.asarray(metals_of)[test], np.asarray(metals_of)[train]).mean()
        for train, test in pairs
    ]
    expect(
        max(shared) == 0,
        "leak",
        saw=f"a fold in which {100 * max(shared):.0f} % of the hidden compounds have their metal "
        "in the training part",
        expected="no metal on both sides of a fold",
        why="For a metal that nobody has looked at there are no training compounds. Rows of one "
        "entry of `metals_of` stay together.",
    )
    with_bar = isinstance(metal_mae, Estimate)  # what `mean_absolute_error` of edex returns
    mae = expect_number(metal_mae.value if with_bar else metal_mae, "metal_mae", unit="K")
    expect(
        mae >= 0,
        "negative",
        saw=f"{mae:.0f} K",
        expected="an error, which is not negative",
        why='The scores of scikit-learn are "larger is better": `neg_mean_absolute_error` is minus '
        "the error.",
    )
    errors = np.full(n_rows, np.nan)
    for train, test in pairs:
        model = clone(neighbours).fit(X[train], temperatures[train])
        errors[test] = np.abs(model.predict(X[test]) - temperatures[test])
    in_sample = np.abs(clone(neighbours).fit(X, temperatures).predict(X) - temperatures)
    expect(
        not np.isclose(mae, in_sample.mean(), rtol=0.01),
        "trained-on-everything",
        saw=f"{mae:.0f} K, the error of a model that has seen the compounds",
        expected="the error of models that have not seen the hidden metals",
        why="Fit inside each fold; `cross_val_predict(model, X, y, cv=folds)` does.",
    )
    rms = np.sqrt((errors**2).mean())
    expect(
        not np.isclose(mae, rms, rtol=0.01),
        "root-mean-square",
        saw=f"{mae:.0f} K, the root mean square error",
        expected="the mean of the absolute errors",
        why="Squares give most weight to a few refractory compounds.",
    )
    is_right = np.isclose(mae, errors.mean(), rtol=1e-3)
    of_folds = np.mean([errors[test].mean() for _, test in pairs])
    expect(
        is_right or not np.isclose(mae, of_folds, rtol=1e-3),
        "mean-of-folds",
        saw=f"{mae:.1f} K, the mean of the scores of {len(pairs)} folds",
        expected=f"{errors.mean():.1f} K, the mean over all hidden compounds",
        why="Folds differ in size: in a mean of their scores, a metal with one compound counts as "
        "much as one with fifty.",
    )
    expect(
        is_right,
        "mae",
        saw=f"{mae:.1f} K",
        expected=f"{errors.mean():.1f} K, recomputed with your folds and `neighbours`",
        why="The score belongs to these folds and this model.",
    )


@questions.code(
    "q3",
    title="When is a difference decided?",
    points=2,
    minutes=5,
    hints=(
        "What does the variance of a difference of two correlated numbers look like?",
        "Take the formula of the paired comparison, with the standard errors in place of σ/√n. "
        "For the second part: 6 K is two standard errors, so which standard error is needed?",
        "The error is the root of a² + b² − 2ρab. For a = b = 6 K it must be at most 3 K: solve "
        "72 (1 − ρ) = 9 for ρ.",
    ),
    insight="Two overlapping error bars prove nothing either way. Ask for the error bar of the "
    "difference.",
)
def check_difference(error_of_difference, least_correlation):
    function = expect_function(error_of_difference, "error_of_difference")
    independent = expect_number(function(3.0, 4.0, 0.0), "error_of_difference(3, 4, 0)", unit="K")
    expect(
        not np.isclose(independent, 7.0),
        "added",
        saw="7.0 K for independent errors of 3 and 4 K",
        expected="5.0 K",
        why="Variances of independent numbers add, standard errors do not.",
    )
    expect(
        not np.isclose(independent, 25.0),
        "variance",
        saw="25 for errors of 3 and 4 K",
        expected="5 K",
        why="That is the variance, in K². Its root has the unit of the score.",
    )
    expect(
        np.isclose(independent, 5.0),
        "independent",
        saw=f"{independent:.2f} K for independent errors of 3 and 4 K",
        expected="5.0 K",
        why="Without correlation the errors add in quadrature.",
    )
    same = expect_number(function(6.0, 6.0, 1.0), "error_of_difference(6, 6, 1)", unit="K")
    expect(
        np.isclose(same, 0.0, atol=1e-6),
        "sign",
        saw=f"{same:.1f} K when both errors are 6 K and always the same",
        expected="0 K",
        why="If both models are wrong by the same amount on each compound, their difference is "
        "always zero. What is common drops out of a difference and doubles in a sum.",
    )
    rng = np.random.default_rng(_RANDOM_SEED)
    common, own_a, own_b = rng.normal(size=(3, 200_000))
    a, b = 5 * (0.8 * common + 0.6 * own_a), 8 * (0.8 * common + 0.6 * own_b)
    measured = float((a - b).std())
    found = expect_number(function(5.0, 8.0, 0.64), "error_of_difference(5, 8, 0.64)", unit="K")
    expect(
        np.isclose(found, measured, rtol=0.02),
        "correlated",
        saw=f"{found:.2f} K for errors of 5 and 8 K with the correlation 0.64",
        expected=f"{measured:.2f} K, as in 200 000 simulated pairs",
        why="The term with the correlation is 2ρ times the product of both errors.",
    )
    least = expect_number(least_correlation, "least_correlation")
    expect(
        not np.isclose(least, 0.5, atol=0.011),
        "one-standard-error",
        saw=f"{least:g}, for which 6 K are one standard error",
        expected="a correlation for which 6 K are two standard errors, 3 K each",
        why="One standard error is exceeded by chance in one of three comparisons.",
    )
    ratio = 6.0 / np.sqrt(72.0 * max(1.0 - least, 1e-12))
    expect(
        ratio >= 2.0 - 1e-6,
        "not-decided",
        saw=f"a correlation of {least:g}, for which 6 K are {ratio:.2f} standard errors",
        expected="at least two",
        why="Solve 6 K = 2 · error_of_difference(6, 6, ρ), and round up.",
    )
    expect(
        least <= 0.885,
        "not-least",
        saw=f"a correlation of {least:g}, for which 6 K are {ratio:.2f} standard errors",
        expected="the smallest one with two",
        why="Solve 6 K = 2 · error_of_difference(6, 6, ρ), and round up to two decimals.",
    )
