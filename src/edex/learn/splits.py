"""Splits that keep a group (a composition, a polymer, a prototype) on one side.

Two rows of one compound know each other's target to within its noise. If one is trained on and the
other is scored, the score measures memory, not prediction. A grouped split removes that: in every
fold, groups(train) and groups(test) have nothing in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, KFold

from edex.errors import InputError

__all__ = [
    "Folds",
    "RepeatedGroupKFold",
    "grouped_folds",
    "out_of_fold_predictions",
    "row_folds",
    "shared_groups",
]

Folds = list[tuple[np.ndarray, np.ndarray]]


def grouped_folds(
    groups: npt.ArrayLike,
    n_splits: int = 5,
    *,
    random_state: int | None = 0,
) -> Folds:
    """Deal groups, shuffled, into folds.

    Parameters
    ----------
    groups : array-like of shape (n_samples,)
        What must stay together, for example reduced formulas or chemical systems.
    n_splits : int, default 5
        Number of folds, from 2 to the number of groups.
    random_state : int or None, default 0
        Seed of the shuffle; ``None`` gives another split each time.

    Returns
    -------
    list of (train, test)
        Pairs of arrays of row numbers. Each row is in one test set.

    Raises
    ------
    InputError
        If the number of folds is not possible.

    Examples
    --------
    >>> folds = grouped_folds(["NaCl", "MgO", "NaCl", "MgO"], 2)
    >>> sorted(test.tolist() for _, test in folds)
    [[0, 2], [1, 3]]
    """
    labels = np.asarray(groups)
    n_groups = len(set(labels.tolist()))
    if not 2 <= n_splits <= n_groups:
        raise InputError(
            f"n_splits is {n_splits}, and {n_groups} groups can be dealt into 2 to {n_groups} "
            f"folds. Choose a number in this range, or check what groups holds."
        )
    splitter = GroupKFold(n_splits, shuffle=True, random_state=random_state)
    return list(splitter.split(labels, groups=labels))


def row_folds(n_samples: int, n_splits: int = 5, *, random_state: int | None = 0) -> Folds:
    """Deal rows, shuffled, into folds, whatever they hold: the naive split, to compare with.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    n_splits : int, default 5
        Number of folds.
    random_state : int or None, default 0
        Seed of the shuffle.

    Returns
    -------
    list of (train, test)
        As :func:`grouped_folds`.
    """
    splitter = KFold(n_splits, shuffle=True, random_state=random_state)
    return list(splitter.split(np.zeros(n_samples)))


class RepeatedGroupKFold:
    """Grouped k-fold cross-validation, repeated with other shuffles.

    One partition into folds is one draw; repeating it shows how much a score owes to that draw.
    Works wherever scikit-learn takes ``cv``.

    Parameters
    ----------
    n_splits : int, default 5
        Folds in each repetition.
    n_repeats : int, default 3
        Number of repetitions.
    random_state : int, default 0
        Seed of the first; repetition r uses ``random_state + r``.
    """

    def __init__(self, n_splits: int = 5, *, n_repeats: int = 3, random_state: int = 0) -> None:
        self.n_splits = n_splits
        self.n_repeats = n_repeats
        self.random_state = random_state

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (train, test) row numbers, ``n_splits`` per repetition.

        Parameters
        ----------
        X, y : ignored
            Present for scikit-learn.
        groups : array-like of shape (n_samples,)
            What must stay together.
        """
        if groups is None:
            raise InputError(
                "RepeatedGroupKFold needs groups and got None. Pass groups=, one label per row, "
                "such as reduced formulas."
            )
        for repeat in range(self.n_repeats):
            yield from grouped_folds(groups, self.n_splits, random_state=self.random_state + repeat)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of (train, test) pairs."""
        return self.n_splits * self.n_repeats


def shared_groups(groups: npt.ArrayLike, folds: Folds) -> set[object]:
    """Return the groups that some fold has on both sides; empty for an honest split.

    Parameters
    ----------
    groups : array-like of shape (n_samples,)
        Label of each row.
    folds : list of (train, test)
        Row numbers.
    """
    labels = np.asarray(groups)
    shared: set[object] = set()
    for train, test in folds:
        shared |= set(labels[train].tolist()) & set(labels[test].tolist())
    return shared


def out_of_fold_predictions(
    model: Any,
    X: Any,
    y: Any,
    *,
    folds: Folds,
    progress: Callable[[str], None] | None = None,
) -> np.ndarray:
    """Predict every row with a clone of the model that was fitted without its fold.

    Parameters
    ----------
    model : regressor
        Cloned for each fold, so nothing of it survives from one fold to the next.
    X : array-like, DataFrame or sequence of str, n_samples rows
        Features or formulas.
    y : array-like of shape (n_samples,)
        Targets.
    folds : list of (train, test)
        Each row in exactly one test set.
    progress : callable, default None
        Called with a short text after each fold.

    Returns
    -------
    ndarray of shape (n_samples,)
        In the unit of ``y``.

    Raises
    ------
    InputError
        If the test sets do not cover each row once.
    """
    targets = np.asarray(y, dtype=float)
    tested = np.concatenate([test for _, test in folds])
    if not np.array_equal(np.sort(tested), np.arange(len(targets))):
        raise InputError(
            f"The test sets hold {len(tested)} rows, {len(set(tested.tolist()))} different, and "
            f"there are {len(targets)}; each row must be tested once. Use grouped_folds."
        )
    predicted = np.empty(len(targets))
    for number, (train, test) in enumerate(folds, start=1):
        fitted = clone(model).fit(_rows(X, train), targets[train])
        predicted[test] = fitted.predict(_rows(X, test))
        if progress is not None:
            progress(f"fold {number} of {len(folds)}")
    return predicted


def _rows(X: Any, rows: np.ndarray) -> Any:
    if isinstance(X, pd.DataFrame | pd.Series):
        return X.iloc[rows]
    if isinstance(X, np.ndarray):
        return X[rows]
    return [X[row] for row in rows]
