"""Scores with error bars."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import r2_score

from edex.errors import InputError
from edex.learn.metrics import (
    bootstrap_mae,
    compounds_needed,
    corrected_difference,
    format_with_error,
    mean_absolute_error,
    mean_with_error,
    paired_difference,
    r_squared,
)

columns = st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=40)


@given(columns)
def test_without_groups_the_error_bar_is_the_textbook_one(values):
    found = mean_with_error(values)
    array = np.array(values)
    assert found.value == pytest.approx(array.mean())
    expected = array.std(ddof=1) / math.sqrt(len(array))
    assert found.standard_error == pytest.approx(expected, abs=1e-9)


@given(columns, st.integers(2, 5))
def test_repeating_every_row_in_its_group_adds_no_certainty(values, copies):
    groups = list(range(len(values)))
    once = mean_with_error(values, groups)
    often = mean_with_error(np.repeat(values, copies), np.repeat(groups, copies))
    assert often.value == pytest.approx(once.value, abs=1e-9)
    assert often.standard_error == pytest.approx(once.standard_error, abs=1e-9)
    assert often.n == copies * once.n
    assert often.n_groups == once.n_groups


@given(columns, st.floats(0.1, 10))
def test_the_unit_carries_through(values, factor):
    first = mean_absolute_error(values, np.zeros(len(values)))
    second = mean_absolute_error(np.multiply(values, factor), np.zeros(len(values)))
    assert second.value == pytest.approx(factor * first.value, abs=1e-6)
    assert second.standard_error == pytest.approx(factor * first.standard_error, abs=1e-6)


def test_the_error_bar_covers_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    misses = 0
    for _ in range(400):
        group_effect = np.repeat(rng.normal(size=40), 5)
        found = mean_with_error(group_effect + rng.normal(size=200), np.repeat(np.arange(40), 5))
        misses += abs(found.value) > 1.96 * found.standard_error
    assert misses / 400 == pytest.approx(0.05, abs=0.03)


def test_the_bootstrap_agrees_with_the_error_bar():
    rng = np.random.default_rng(1)
    errors, groups = rng.exponential(size=300), np.repeat(np.arange(100), 3)
    score = mean_absolute_error(errors, np.zeros(300), groups=groups)
    low, high = bootstrap_mae(errors, np.zeros(300), groups=groups)
    assert low < score.value < high
    assert (high - low) / (2 * 1.96) == pytest.approx(score.standard_error, rel=0.15)


def test_the_paired_difference_is_the_paired_t_test():
    rng = np.random.default_rng(2)
    y, a, b = rng.normal(size=(3, 50))
    found = paired_difference(y, a, b)
    reference = stats.ttest_rel(np.abs(y - a), np.abs(y - b))
    assert found.value / found.standard_error == pytest.approx(reference.statistic)
    assert found.interval == pytest.approx(tuple(reference.confidence_interval(0.95)))
    assert found.is_decided == (reference.pvalue < 0.05)


@given(columns)
def test_swapping_the_models_swaps_the_sign(values):
    y, a = np.zeros(len(values)), np.array(values)
    b = a[::-1]
    one, other = paired_difference(y, a, b), paired_difference(y, b, a)
    assert one.value == pytest.approx(-other.value, abs=1e-9)
    assert one.interval[0] == pytest.approx(-other.interval[1], abs=1e-6)


def test_the_corrected_error_bar_follows_nadeau_and_bengio():
    differences = np.array([1.0, 2.0, 3.0, 2.0, 2.0])
    found = corrected_difference(differences, test_fraction=0.2)
    variance = differences.var(ddof=1)
    assert found.value == 2.0
    assert found.standard_error == pytest.approx(math.sqrt((1 / 5 + 0.2 / 0.8) * variance))


def test_many_repetitions_do_not_shrink_the_corrected_error_bar_to_nothing():
    rng = np.random.default_rng(3)
    few = corrected_difference(rng.normal(size=10), test_fraction=0.1)
    many = corrected_difference(rng.normal(size=10_000), test_fraction=0.1)
    assert many.standard_error > 0.4 * few.standard_error


def test_the_number_of_compounds_needed_gives_the_promised_power():
    rng = np.random.default_rng(4)
    n = compounds_needed(9.0, spread=60.0)
    found = [stats.ttest_1samp(rng.normal(9.0, 60.0, n), 0.0).pvalue < 0.05 for _ in range(500)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (141.94, 5.97, "141.9 ± 6.0"),
        (673.2, 17.1, "673 ± 17"),
        (0.9135, 0.008, "0.9135 ± 0.0080"),
        (12.0, 0.0, "12"),
    ],
)
def test_numbers_are_written_with_two_digits_of_their_error(value, error, text):
    assert format_with_error(value, error) == text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_with_error([1.0]), "an error bar needs at least 2"),
        (lambda: mean_with_error([1.0, 2.0], ["a", "a"]), "There are 1 groups"),
        (lambda: mean_with_error([1.0, 2.0], ["a"]), "2 values and 1 groups"),
        (lambda: mean_with_error([1.0, np.nan]), "1 values that are not finite"),
        (lambda: mean_absolute_error([1.0, 2.0], [1.0]), "2 targets and 1 predictions"),
        (lambda: mean_absolute_error([[1.0]], [[1.0]]), "one column of numbers"),
        (lambda: corrected_difference([1.0], test_fraction=0.1), "at least 2 splits"),
        (lambda: corrected_difference([1.0, 2.0], test_fraction=10), "fraction between 0 and 1"),
        (lambda: compounds_needed(0.0, spread=1.0), "gain must not be 0"),
        (lambda: compounds_needed(1.0, spread=0.0), "spread must be"),
    ],
)
def test_what_has_no_score_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_r_squared_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    y = rng.normal(size=40)
    predicted = y + rng.normal(0.0, 0.5, 40)
    assert r_squared(y, predicted).value == pytest.approx(r2_score(y, predicted))
    assert r_squared(y, np.full(40, y.mean())).value == pytest.approx(0.0)


def test_the_error_bar_of_r_squared_is_the_scatter_between_samples():
    rng = np.random.default_rng(2)
    scores = []
    for _ in range(400):
        y = rng.normal(size=300)
        scores.append(r_squared(y, y + rng.normal(0.0, 0.5, 300)))
    scatter = np.std([score.value for score in scores])
    claimed = np.mean([score.standard_error for score in scores])
    assert claimed == pytest.approx(scatter, rel=0.15)


def test_copies_of_rows_do_not_shrink_the_error_bar_of_r_squared():
    rng = np.random.default_rng(3)
    y = rng.normal(size=50)
    predicted = y + rng.normal(0.0, 0.5, 50)
    once = r_squared(y, predicted)
    copies = np.tile(np.arange(50), 4)
    again = r_squared(np.tile(y, 4), np.tile(predicted, 4), groups=copies)
    assert again.standard_error == pytest.approx(once.standard_error)


def test_equal_targets_have_no_r_squared():
    with pytest.raises(InputError, match="All 3 targets are"):
        r_squared([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])
