"""A motif that keeps good company looks good overall, and not inside families."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from edex.errors import InputError
from edex.membranes.confounders import stratified_effect, with_and_without


def confounded(seed=0, effect=-0.5, n=200):
    """A family with a high level, in which the motif is common; the motif itself lowers y."""
    rng = np.random.default_rng(seed)
    family = (rng.random(n) < 0.3).astype(int)
    motif = rng.random(n) < np.where(family, 0.7, 0.05)
    return 3.0 * family + effect * motif + 0.3 * rng.normal(size=n), motif, family


def test_the_plain_difference_has_the_wrong_sign_and_families_put_it_right():
    y, motif, family = confounded()
    assert with_and_without(y, motif).interval[0] > 0
    inside = stratified_effect(y, motif, family)
    assert inside.interval[1] < 0
    assert inside.interval[0] < -0.5 < inside.interval[1]


@given(st.integers(0, 1000))
def test_the_stratified_effect_is_the_slope_of_least_squares_with_a_level_per_family(seed):
    rng = np.random.default_rng(seed)
    family = rng.integers(0, 4, size=40)
    motif = rng.random(40) < 0.4
    y = rng.normal(size=40) + family
    counts = pd.crosstab(family, motif)
    if (counts == 0).any(axis=None):
        return
    design = np.column_stack([motif, *(family == number for number in range(4))]).astype(float)
    slopes, residual, *_ = np.linalg.lstsq(design, y)
    variance = residual[0] / (40 - 5) * np.linalg.inv(design.T @ design)[0, 0]
    found = stratified_effect(y, motif, family)
    assert found.effect == pytest.approx(slopes[0])
    assert found.standard_error == pytest.approx(np.sqrt(variance))
    reach = t.ppf(0.975, 35) * np.sqrt(variance)
    assert found.interval == pytest.approx((slopes[0] - reach, slopes[0] + reach))


def test_the_interval_covers_the_true_effect_as_often_as_it_says():
    covered = 0
    for seed in range(200):
        low, high = stratified_effect(*confounded(seed), coverage=0.9).interval
        covered += low < -0.5 < high
    assert 0.9 * 200 - 3 * np.sqrt(18) < covered < 0.9 * 200 + 3 * np.sqrt(18)


def test_families_with_or_without_only_say_nothing():
    y = [1.0, 2.0, 4.0, 7.0, 100.0, 50.0]
    found = stratified_effect(y, [0, 0, 1, 1, 1, 0], ["a", "a", "a", "a", "b", "c"])
    assert found.effect == pytest.approx(5.5 - 1.5)
    assert found.n_used == 4
    assert found.table.to_dict("list") == {
        "n_with": [2], "n_without": [2], "difference": [4.0], "weight": [1.0],
    }  # fmt: skip
    assert "inside 1 of the families (n = 4)" in str(found)


def test_medians_and_numbers_are_those_of_the_groups_and_missing_values_are_left_out():
    y = np.array([1.0, 2.0, 9.0, np.nan, 5.0, 7.0, np.nan])
    found = with_and_without(y, np.array([0, 0, 0, 0, 1, 1, 1], dtype=bool))
    assert (found.median_with, found.median_without) == (6.0, 2.0)
    assert (found.n_with, found.n_without, found.difference) == (2, 3, 4.0)
    assert found.interval[0] <= 4.0 <= found.interval[1]
    assert str(found).startswith("with 6.00 (n = 2), without 2.00 (n = 3): difference +4.00 [")


def test_the_bootstrap_interval_of_the_medians_covers_as_often_as_it_says():
    covered = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        y = np.concatenate([rng.normal(1.0, 1.0, 60), rng.normal(0.0, 1.0, 80)])
        motif = np.arange(140) < 60
        low, high = with_and_without(y, motif, n_resamples=300, coverage=0.8).interval
        covered += low < 1.0 < high
    # The bootstrap of medians is a little too wide; it must not be much too narrow.
    assert 0.72 < covered / 150 < 0.93


def test_the_seed_decides():
    y, motif, _ = confounded()
    one, again, other = (with_and_without(y, motif, random_state=seed) for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize(
    ("motif", "message"),
    [
        ([0, 0, 0], "0 of the 2 polymers"),
        ([1, 1, 0], "2 of the 2 polymers"),
        ([1, 0], r"y has shape \(3,\), has_motif \(2,\)"),
    ],
)
def test_one_group_alone_is_refused(motif, message):
    y = [1.0, 2.0, np.nan]
    with pytest.raises(InputError, match=message):
        with_and_without(y, motif)
    with pytest.raises(InputError, match=message):
        stratified_effect(y, motif, [0, 0, 0])


def test_families_that_allow_no_comparison_or_no_error_bar_are_refused():
    with pytest.raises(InputError, match="None of the 2 families"):
        stratified_effect([1.0, 2.0, 3.0], [1, 1, 0], ["a", "a", "b"])
    with pytest.raises(InputError, match="Only 2 polymers are in the 1 families"):
        stratified_effect([1.0, 2.0, 3.0], [1, 0, 0], ["a", "a", "b"])
