"""The validation part shares no group with the training part, and every class stays learnable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edex.errors import InputError
from edex.spacegroup.holdout import hold_out, row_weights


@st.composite
def grouped_labels(draw):
    n_rows = draw(st.integers(8, 120))
    groups = draw(st.lists(st.integers(0, 15), min_size=n_rows, max_size=n_rows))
    is_mixed = draw(st.booleans())  # a group may hold several classes
    y = [(g + (i if is_mixed else 0)) % 3 for i, g in enumerate(groups)]
    return np.array(y), np.array(groups), draw(st.integers(0, 1000))


@settings(max_examples=150)
@given(grouped_labels())
def test_no_group_is_on_both_sides_and_no_class_leaves_the_training(case):
    y, groups, seed = case
    try:
        training, validation = hold_out(y, groups, fraction=0.3, random_state=seed)
    except InputError:  # allowed only where each class has one group, or shares all of its groups
        assert min(len(np.unique(groups[y == c])) for c in np.unique(y)) == 1
        return
    assert sorted([*training, *validation]) == list(range(len(y)))
    assert not set(groups[training]) & set(groups[validation])
    assert set(y[training]) == set(y)
    assert len(validation)


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.5])
def test_rows_without_groups_are_set_aside_class_by_class(fraction):
    y = np.repeat([2, 14, 225], [1000, 200, 40])
    _, validation = hold_out(y, fraction=fraction, random_state=3)
    _, counts = np.unique(y[validation], return_counts=True)
    np.testing.assert_allclose(counts, fraction * np.array([1000, 200, 40]), atol=1)


def test_a_huge_group_does_not_swallow_the_validation_part():
    y = np.repeat([2, 227], [300, 600])
    groups = np.r_[np.arange(300) // 10, np.full(400, 99), 100 + np.arange(200) // 10]
    _, validation = hold_out(y, groups, fraction=0.15, random_state=0)
    share = np.mean(np.isin(np.flatnonzero(y == 227), validation))
    assert 0.1 < share < 0.2


def test_a_class_with_two_groups_is_validated_with_the_smaller_one():
    y, groups = np.repeat([2, 14], [50, 100]), np.repeat(["a", "b", "c", "d"], [10, 40, 30, 70])
    _, validation = hold_out(y, groups, fraction=0.1)
    assert set(groups[validation]) == {"a", "c"}


def test_the_seed_decides_the_draw():
    y = np.repeat([2, 14], 100)
    first, again = hold_out(y, random_state=1), hold_out(y, random_state=1)
    other = hold_out(y, random_state=2)
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


@pytest.mark.parametrize(
    ("y", "groups", "fraction", "message"),
    [
        ([2, 2, 14, 14], ["a", "a", "b", "b"], 0.5, "No class has two groups"),
        ([2, 2, 14], ["a", "b"], 0.5, r"y has shape \(3,\) and groups have shape \(2,\)"),
        ([2, 2, 14], None, 1.0, "validation fraction is 1.0"),
    ],
)
def test_what_cannot_be_split_is_refused_by_name(y, groups, fraction, message):
    with pytest.raises(InputError, match=message):
        hold_out(y, groups, fraction=fraction)


def test_balanced_weights_give_all_classes_the_same_sum_and_keep_the_whole():
    columns = np.repeat([0, 1, 2], [70, 20, 10])
    weights = row_weights(columns)
    np.testing.assert_allclose(np.bincount(columns, weights=weights), [100 / 3] * 3, rtol=1e-6)
    mine = np.linspace(0.0, 2.0, 100)
    weighted = row_weights(columns, mine)
    sums = np.bincount(columns, weights=weighted)
    np.testing.assert_allclose(sums, [mine.sum() / 3] * 3, rtol=1e-5)
    np.testing.assert_allclose(weighted[1] / weighted[2], mine[1] / mine[2], rtol=1e-5)
    np.testing.assert_allclose(row_weights(columns, mine, None), mine, rtol=1e-6)


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0, 1.0], [1.0, np.nan, 1.0], [1.0, 1.0, 0.0]])
def test_weights_that_cannot_be_used_are_refused(weights):
    with pytest.raises(InputError, match=r"sample_weight has shape .* for 3 curves"):
        row_weights(np.array([0, 0, 1]), weights)
