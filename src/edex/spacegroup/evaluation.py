r"""Score a classifier of space groups: how good is it, and for whom.

Crystals of one prototype have nearly the same PDF up to scale, so they are not independent. Three
splits answer three questions: *random* (do I recognise relatives of what I know?), *prototype*
(a structure type nobody has seen) and *dissimilar* (a PDF unlike all training PDFs, Pearson
r < 0.9). Error bars treat a prototype as one draw (cluster bootstrap; Efron and Tibshirani 1993):

.. math:: \hat a^* = \frac{\sum_{g \in \mathcal G^*} k_g}{\sum_{g \in \mathcal G^*} n_g},

with k right answers among the n crystals of each prototype g of a resample G* of the prototypes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from edex.errors import InputError
from edex.learn.splits import Folds
from edex.spacegroup.classes import CLASSES, space_group

__all__ = [
    "Accuracy",
    "accuracy",
    "class_recall",
    "confusion_table",
    "family_confusion",
    "paired_gain",
    "prototype_folds",
    "random_folds",
    "true_rank",
]

N_RESAMPLES = 2000


@dataclass(frozen=True)
class Accuracy:
    """A share of right answers with its error bar.

    Attributes
    ----------
    value : float
        Between 0 and 1; a difference may be negative.
    standard_error : float
        Of the cluster bootstrap.
    interval : tuple of float
        95 % percentile interval.
    n : int
        Number of crystals.
    n_groups : int
        Number of prototypes among them.
    """

    value: float
    standard_error: float
    interval: tuple[float, float]
    n: int
    n_groups: int

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}]"


def prototype_folds(
    space_groups: npt.ArrayLike,
    prototypes: npt.ArrayLike,
    n_splits: int = 5,
    *,
    random_state: int | None = 0,
) -> Folds:
    """Deal prototypes into folds in which every class has about the same share.

    Parameters
    ----------
    space_groups : array-like of shape (n_crystals,)
        Space group numbers.
    prototypes : array-like of str of shape (n_crystals,)
        Prototype keys; those of one key stay together.
    n_splits : int, default 5
        Number of folds.
    random_state : int or None, default 0
        Seed of the shuffle.

    Returns
    -------
    list of (train, test)
        Row numbers; each row is in one test set.

    Raises
    ------
    InputError
        If a class has fewer prototypes than there are folds.
    """
    numbers, keys = np.asarray(space_groups), np.asarray(prototypes)
    for number in np.unique(numbers):
        n_prototypes = len(set(keys[numbers == number]))
        if n_prototypes < n_splits:
            raise InputError(
                f"Space group {number} has {n_prototypes} prototypes, and {n_splits} folds need "
                f"at least {n_splits}. Take fewer folds or more crystals."
            )
    dealer = StratifiedGroupKFold(n_splits, shuffle=True, random_state=random_state)
    return list(dealer.split(numbers, numbers, keys))


def random_folds(
    space_groups: npt.ArrayLike, n_splits: int = 5, *, random_state: int | None = 0
) -> Folds:
    """Deal crystals into folds whatever their prototype: the split that flatters.

    Parameters
    ----------
    space_groups : array-like of shape (n_crystals,)
        Space group numbers; every class gets the same share of each fold.
    n_splits : int, default 5
        Number of folds.
    random_state : int or None, default 0
        Seed of the shuffle.

    Returns
    -------
    list of (train, test)
        Row numbers; each row is in one test set.
    """
    numbers = np.asarray(space_groups)
    dealer = StratifiedKFold(n_splits, shuffle=True, random_state=random_state)
    return list(dealer.split(numbers, numbers))


def true_rank(
    space_groups: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    *,
    classes: Sequence[int] = CLASSES,
) -> np.ndarray:
    """Give the place of the true class in the list of guesses; 1 is the first guess.

    Classes of equal probability are all given the last of their places, so a model that does not
    decide is not rewarded.

    Parameters
    ----------
    space_groups : array-like of shape (n_crystals,)
        True space group numbers.
    probabilities : array-like of shape (n_crystals, n_classes)
        Predicted probabilities, columns in the order of ``classes``.
    classes : sequence of int
        Space group number of each column.

    Returns
    -------
    ndarray of int of shape (n_crystals,)

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite or a label is not among the classes.

    Examples
    --------
    >>> true_rank([225, 2], [[0.2, 0.8], [0.4, 0.6]], classes=(2, 225)).tolist()
    [1, 2]
    """
    numbers = np.asarray(space_groups)
    table = np.asarray(probabilities, dtype=float)
    if table.shape != (len(numbers), len(classes)):
        raise InputError(
            f"The probabilities have shape {table.shape}; {len(numbers)} labels and "
            f"{len(classes)} classes need {(len(numbers), len(classes))}. Transpose or check them."
        )
    if not np.isfinite(table).all():
        raise InputError("A probability is not finite. Look for a training run that diverged.")
    column = {number: i for i, number in enumerate(classes)}
    unknown = sorted(set(numbers.tolist()) - set(column))
    if unknown:
        raise InputError(
            f"Space group {unknown[0]} is not one of the classes {tuple(classes)}. "
            "Leave such crystals out before scoring."
        )
    own = table[np.arange(len(table)), [column[n] for n in numbers.tolist()]]
    return np.asarray((table >= own[:, None]).sum(axis=1))


def accuracy(
    is_right: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    each_group_once: bool = False,
    random_state: int = 0,
) -> Accuracy:
    """Average right answers, with an error bar in which a prototype is one draw.

    Parameters
    ----------
    is_right : array-like of shape (n_crystals,)
        Whether each answer is right; numbers between -1 and 1 are averaged as they are.
    groups : array-like of shape (n_crystals,)
        Prototype of each crystal.
    each_group_once : bool, default False
        Give every prototype the same weight, however many crystals it has.
    random_state : int, default 0
        Seed of the resampling.

    Returns
    -------
    Accuracy

    Raises
    ------
    InputError
        If lengths differ or there are fewer than two groups.

    Examples
    --------
    >>> accuracy([1, 1, 1, 0], ["spinel", "spinel", "spinel", "garnet"]).value
    0.75
    """
    values = np.asarray(is_right, dtype=float)
    _, index = np.unique(np.asarray(groups), return_inverse=True)
    n_groups = int(index.max()) + 1 if len(index) else 0
    if len(index) != len(values) or n_groups < 2:
        raise InputError(
            f"There are {len(values)} answers and {len(index)} group labels of {n_groups} groups; "
            "each answer needs a label, and an error bar needs at least two groups."
        )
    sums = np.bincount(index, weights=values)
    sizes = np.bincount(index).astype(float)
    if each_group_once:
        sums, sizes = sums / sizes, np.ones(n_groups)
    rng = np.random.default_rng(random_state)
    weights = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=N_RESAMPLES)
    resampled = (weights @ sums) / (weights @ sizes)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Accuracy(
        float(sums.sum() / sizes.sum()),
        float(resampled.std(ddof=1)),
        (float(low), float(high)),
        len(values),
        n_groups,
    )


def paired_gain(
    is_right_a: npt.ArrayLike,
    is_right_b: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    random_state: int = 0,
) -> Accuracy:
    """Compare two classifiers on the same crystals: accuracy of A minus that of B.

    Parameters
    ----------
    is_right_a, is_right_b : array-like of shape (n_crystals,)
        Whether each answer is right.
    groups : array-like of shape (n_crystals,)
        Prototype of each crystal.
    random_state : int, default 0
        Seed of the resampling.

    Returns
    -------
    Accuracy
        Of the difference; decided if its interval excludes zero.
    """
    difference = np.asarray(is_right_a, dtype=float) - np.asarray(is_right_b, dtype=float)
    return accuracy(difference, groups, random_state=random_state)


def confusion_table(
    space_groups: npt.ArrayLike, predicted: npt.ArrayLike, *, classes: Sequence[int] = CLASSES
) -> pd.DataFrame:
    """Count predictions: rows are true space groups, columns predicted ones.

    Parameters
    ----------
    space_groups, predicted : array-like of shape (n_crystals,)
        Space group numbers.
    classes : sequence of int
        Order of rows and columns.

    Returns
    -------
    DataFrame of shape (n_classes, n_classes)
        Counts.
    """
    table = pd.crosstab(np.asarray(space_groups), np.asarray(predicted))
    table = table.reindex(index=list(classes), columns=list(classes), fill_value=0)
    return table.rename_axis(index="true", columns="predicted")


def class_recall(
    space_groups: npt.ArrayLike, predicted: npt.ArrayLike, *, classes: Sequence[int] = CLASSES
) -> pd.Series:
    """Give the share of each class that was found.

    Parameters
    ----------
    space_groups, predicted : array-like of shape (n_crystals,)
        Space group numbers.
    classes : sequence of int
        Order of the result.

    Returns
    -------
    Series of length n_classes
        NaN for a class of which there is no crystal.
    """
    table = confusion_table(space_groups, predicted, classes=classes)
    found = pd.Series(np.diag(table), index=table.index, dtype=float)
    return (found / table.sum(axis=1)).rename("recall")


def family_confusion(space_groups: npt.ArrayLike, predicted: npt.ArrayLike) -> pd.DataFrame:
    """Give the share of each crystal system that was put into each crystal system.

    Parameters
    ----------
    space_groups, predicted : array-like of shape (n_crystals,)
        Numbers of the eight space groups.

    Returns
    -------
    DataFrame
        Rows are true systems and add up to 1; systems from triclinic to cubic.
    """
    families = list(dict.fromkeys(space_group(number).family for number in CLASSES))
    true = [space_group(int(number)).family for number in np.asarray(space_groups)]
    guess = [space_group(int(number)).family for number in np.asarray(predicted)]
    table = pd.crosstab(np.array(true), np.array(guess), normalize="index")
    table = table.reindex(index=families, columns=families, fill_value=0.0)
    return table.rename_axis(index="true", columns="predicted")
