"""Grouped splits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score

from edex.errors import InputError
from edex.learn.splits import (
    RepeatedGroupKFold,
    grouped_folds,
    out_of_fold_predictions,
    row_folds,
    shared_groups,
)

group_lists = st.lists(st.sampled_from("abcdefgh"), min_size=12, max_size=60).filter(
    lambda labels: len(set(labels)) >= 3
)


@given(group_lists, st.integers(0, 1000))
def test_no_group_is_on_both_sides_and_every_row_is_tested_once(labels, seed):
    folds = grouped_folds(labels, 3, random_state=seed)
    assert shared_groups(labels, folds) == set()
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested) == list(range(len(labels)))
    for train, test in folds:
        assert sorted(np.concatenate([train, test])) == list(range(len(labels)))


def test_the_seed_decides_the_split():
    labels = list(range(40))
    same = [grouped_folds(labels, 5, random_state=1)[0][1].tolist() for _ in range(2)]
    other = grouped_folds(labels, 5, random_state=2)[0][1].tolist()
    assert same[0] == same[1] != other


def test_a_row_split_shares_groups_where_a_grouped_one_does_not():
    labels = np.repeat(np.arange(20), 3)
    assert shared_groups(labels, row_folds(60, 5))
    assert not shared_groups(labels, grouped_folds(labels, 5))


def test_repetitions_differ_and_fit_into_scikit_learn():
    labels = np.repeat(np.arange(15), 2)
    splitter = RepeatedGroupKFold(3, n_repeats=2, random_state=0)
    splits = list(splitter.split(labels, groups=labels))
    assert len(splits) == splitter.get_n_splits() == 6
    assert splits[0][1].tolist() != splits[3][1].tolist()
    scores = cross_val_score(
        Ridge(), np.arange(30.0)[:, None], np.arange(30.0), groups=labels, cv=splitter
    )
    assert len(scores) == 6


@pytest.mark.parametrize("n_splits", [0, 1, 4])
def test_an_impossible_number_of_folds_is_refused(n_splits):
    with pytest.raises(InputError, match="3 groups can be dealt into 2 to 3 folds"):
        grouped_folds(["a", "b", "c", "a"], n_splits)


def test_groups_must_be_given():
    with pytest.raises(InputError, match="needs groups"):
        next(RepeatedGroupKFold().split([1, 2, 3]))


@pytest.mark.parametrize(
    "container",
    [np.asarray, lambda x: pd.DataFrame({"x": x[:, 0]}), lambda x: x.tolist()],
)
def test_out_of_fold_predictions_come_from_the_other_folds(container):
    X, y = np.arange(8.0)[:, None], np.arange(8.0)
    folds = [(np.arange(4, 8), np.arange(4)), (np.arange(4), np.arange(4, 8))]
    predicted = out_of_fold_predictions(DummyRegressor(), container(X), y, folds=folds)
    assert predicted.tolist() == [5.5] * 4 + [1.5] * 4


def test_poisoned_targets_of_a_fold_do_not_change_its_predictions():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    folds = grouped_folds(np.arange(30), 3)
    honest = out_of_fold_predictions(Ridge(), X, y, folds=folds)
    for _, test in folds:
        poisoned = y.copy()
        poisoned[test] = 1e9
        found = out_of_fold_predictions(Ridge(), X, poisoned, folds=folds)
        np.testing.assert_array_equal(found[test], honest[test])


def test_the_model_that_is_handed_in_stays_unfitted_and_progress_is_told():
    model, told = Ridge(), []
    X, y = np.zeros((6, 1)), np.zeros(6)
    out_of_fold_predictions(model, X, y, folds=row_folds(6, 3), progress=told.append)
    assert not hasattr(model, "coef_")
    assert told == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]


def test_folds_that_miss_a_row_are_refused():
    folds = [(np.array([0]), np.array([1]))]
    with pytest.raises(InputError, match="each row must be tested once"):
        out_of_fold_predictions(Ridge(), [[0.0], [1.0]], [0.0, 1.0], folds=folds)
