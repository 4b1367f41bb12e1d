"""Checks and hints of the lecture "your-stack" (week 1).

The stiffness is recomputed from readings that are made afresh for each check; the number of
readings is compared with the formula for random gauges; the table is looked at before and after.
"""

import math

import numpy as np
import pandas as pd

from edex.checks import (
    Questions,
    expect,
    expect_function,
    expect_number,
    expect_pair,
    expect_table,
    fresh_generator,
)

questions = Questions("your-stack")


@questions.code(
    "q1",
    title="Readings of unequal quality",
    points=2,
    minutes=5,
    hints=(
        "The steps are those of the lecture: slope of the loss, set to zero, solve for k. What has "
        "become of the factor in front of the sum?",
        "It cannot be taken out of the sum any more: each term has its own weight 1/σᵢ². The "
        "variance of the result is one over the denominator.",
        "weight = 1 / noise**2; k = Σ weight·x·F / Σ weight·x²; error = 1 / sqrt(Σ weight·x²).",
    ),
    insight="Weights of one over the variance come back in week 3: noise becomes a likelihood.",
)
def check_weighted(weighted_stiffness):
    function = expect_function(weighted_stiffness, "weighted_stiffness")
    rng = fresh_generator()
    stretch = rng.uniform(0.02, 0.10, 9)
    noise = np.where(np.arange(9) < 4, 0.05, 0.30) * rng.uniform(0.8, 1.2, 9)
    force = 25.0 * stretch + rng.normal(0.0, 0.3, 9)
    value, error = expect_pair(
        function(stretch.copy(), force.copy(), noise.copy()),
        "weighted_stiffness(...)",
        parts="the stiffness and its standard error, in N/m",
    )
    weight = noise**-2.0
    information = float(np.sum(weight * stretch**2))
    best = float(np.sum(weight * stretch * force)) / information
    expect(
        not math.isclose(value, information**-0.5, rel_tol=1e-6),
        "swapped",
        saw="the standard error first",
        expected="the pair (stiffness, standard error)",
    )
    expect(
        not math.isclose(value, stretch @ force / (stretch @ stretch), rel_tol=1e-6),
        "not-weighted",
        saw="a stiffness that does not depend on the noise of the readings",
        expected="good readings with more weight than bad ones",
        why="Readings with six times the noise have the same say here as the good ones.",
    )
    expect(
        not math.isclose(value, stretch @ (force / noise) / (stretch @ (stretch / noise))),
        "one-power",
        saw="readings weighted with 1/σ",
        expected="weights 1/σ²",
        why="The loss counts squared deviations in units of the noise: the noise is squared too.",
    )
    expect(
        not math.isclose(value, np.polyfit(stretch, force, 1, w=1 / noise)[0], rel_tol=1e-6),
        "offset",
        saw="the slope of a line with an offset",
        expected="the slope of a line through the origin",
        why="No stretch, no force: that knowledge halves the error bar.",
    )
    expect(
        math.isclose(value, best, rel_tol=1e-6),
        "other-stiffness",
        saw=f"{value:.3f} N/m for readings of our own",
        expected=f"{best:.3f} N/m, where the weighted loss is lowest",
    )
    expect(
        not math.isclose(error, 1 / information, rel_tol=1e-6),
        "variance",
        saw="the variance of the stiffness, in (N/m)²",
        expected="its square root, in N/m",
        why="An error bar has the unit of the quantity.",
    )
    scatter = math.sqrt(float(np.sum(weight * (force - best * stretch) ** 2)) / (len(force) - 1))
    expect(
        not math.isclose(error, scatter * information**-0.5, rel_tol=1e-4),
        "rescaled",
        saw="a standard error that was scaled with the scatter about the line",
        expected="the one that follows from the given noise",
        why="The gauges are known here. (`curve_fit` scales unless told absolute_sigma=True.)",
    )
    expect(
        math.isclose(error, information**-0.5, rel_tol=1e-6),
        "other-error",
        saw=f"a standard error of {error:.4f} N/m",
        expected=f"{information**-0.5:.4f} N/m for these readings",
        why="Each reading adds x²/σ² to what is known; the error is one over the root of the sum.",
    )


@questions.code(
    "q2",
    title="How many readings?",
    points=1,
    minutes=4,
    hints=(
        "Write down the standard error of the stiffness when all readings are at the same stretch.",
        "Σ x² is then n·x², so the error is σ / (x·√n). Solve for n; there is no half reading.",
        "n = (noise / (stretch * wanted_error))², rounded up, as an int.",
    ),
    insight="Ten times better costs a hundred times the beam time, here as everywhere.",
)
def check_readings(readings_needed):
    function = expect_function(readings_needed, "readings_needed")
    rng = fresh_generator()
    for _ in range(20):
        n = int(rng.integers(3, 400)) + rng.uniform(0.2, 0.8)
        stretch, noise = rng.uniform(0.02, 0.2), rng.uniform(0.05, 0.5)
        wanted_error = noise / stretch / math.sqrt(n)
        answer = function(stretch, noise, wanted_error)
        number = expect_number(answer, "readings_needed(...)")
        case = f"stretch {stretch:.3f} m, noise {noise:.2f} N, wanted error {wanted_error:.2f} N/m"
        expect(
            number not in (math.ceil(math.sqrt(n)), math.sqrt(n)),
            "not-squared",
            saw=f"{number:g} readings for {case}",
            expected=f"{math.ceil(n)}",
            why="The error falls with the square root of the number of readings.",
        )
        expect(
            number == int(number),
            "not-whole",
            saw=f"{number:.3f} readings for {case}",
            expected="a whole number",
            why="There is no fraction of a reading.",
        )
        expect(
            number != math.floor(n),
            "rounded-down",
            saw=f"{number:g} readings for {case}",
            expected=f"{math.ceil(n)}: with one less the error is still larger than wanted",
        )
        expect(
            number != math.ceil((noise / wanted_error) ** 2),
            "stretch-forgotten",
            saw=f"{number:g} readings whatever the stretch ({case})",
            expected=f"{math.ceil(n)}",
            why="The same error of the gauge spoils F/x less where the stretch is long.",
        )
        expect(
            number == math.ceil(n),
            "another-number",
            saw=f"{number:g} readings for {case}",
            expected=f"{math.ceil(n)}",
        )
    for stretch, wanted in ((0.25, 4), (0.125, 16)):  # no rounding in binary numbers
        number = expect_number(function(stretch, 0.5, 1.0), "readings_needed(...)")
        expect(
            number == wanted,
            "one-too-many" if number == wanted + 1 else "another-number",
            saw=f"{number:g} readings for stretch {stretch} m, noise 0.5 N, wanted error 1 N/m",
            expected=f"{wanted}, which give this error exactly",
        )


def expect_one_column(table, name):
    """Expect that no column of the table has the name of another one."""
    expect(
        table.columns.is_unique,
        "column-twice",
        saw=f"`{name}` has the columns {', '.join(table.columns)}",
        expected="each name once",
        why="The function was given its own result and put a second stretch_m beside the first.",
    )


@questions.code(
    "q3",
    title="A step that may run twice",
    points=1,
    minutes=3,
    hints=(
        "Who else holds the table that you were given? And what does your function find when it is "
        "given its own result?",
        "`readings.assign(name=...)` returns a new table with one column more and leaves the old "
        "one alone.",
        "One line: return readings.assign(stretch_m=...), with the centimetres divided by 100.",
    ),
    insight="Functions that change nothing can be run in any order: most of what makes notebooks "
    "hard to reproduce cannot happen to them.",
)
def check_metres(with_metres):
    function = expect_function(with_metres, "with_metres")
    lengths = fresh_generator().uniform(0.5, 16.0, 6)
    original = pd.DataFrame({"stretch_cm": lengths, "force": 0.25 * lengths})
    given = original.copy()
    once = expect_table(
        function(given), "with_metres(...)", columns=("stretch_cm", "force", "stretch_m")
    )
    expect_one_column(once, "with_metres(...)")
    ratio = float(np.median(once["stretch_m"] / original["stretch_cm"]))
    expect(
        not math.isclose(ratio, 100.0),
        "wrong-way",
        saw=f"{lengths[0]:.2f} cm turned into {lengths[0] * ratio:.0f} m",
        expected=f"{lengths[0] / 100:.4f} m",
        why="A spring on a bench is not longer than the building.",
    )
    expect(
        given.equals(original),
        "changed-input",
        saw="a table that has changed after your function was called with it",
        expected="the given table as it was",
        why="Another cell may still need it, and next time the function would find other numbers.",
    )
    expect(
        np.allclose(once["stretch_m"], original["stretch_cm"] / 100)
        and once["stretch_cm"].equals(original["stretch_cm"]),
        "other-values",
        saw=f"{once['stretch_m'].iloc[0]:.5g} m for {lengths[0]:.2f} cm",
        expected="metres in the new column, and centimetres in the old one as before",
    )
    twice = expect_table(
        function(once.copy()), "with_metres(with_metres(...))", columns=("stretch_cm", "stretch_m")
    )
    expect_one_column(twice, "with_metres(with_metres(...))")
    expect(
        np.allclose(twice["stretch_m"], once["stretch_m"]),
        "counts-runs",
        saw=f"{twice['stretch_m'].iloc[0]:.3g} m when it is run on its own result, and "
        f"{once['stretch_m'].iloc[0]:.3g} m the first time",
        expected="the same both times",
        why="This is the pitfall of the week: the result depends on how often the cell ran.",
    )
