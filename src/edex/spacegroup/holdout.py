"""Set aside a validation part that shares no group with the training part.

Early stopping and calibration look at the validation part. If it holds perturbed copies of training
crystals, its loss falls for as long as the network memorises, and training stops too late. With
groups (prototype keys), groups(training) and groups(validation) have nothing in common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["HeldOutMean", "Part", "hold_out", "row_weights"]


@dataclass(frozen=True)
class Part:
    """Rows to train or to validate with.

    Attributes
    ----------
    curves : ndarray of float32, shape (n_samples, n_points)
        Scaled curves.
    classes : ndarray of int, shape (n_samples,)
        Column of the true class.
    weights : ndarray of float32, shape (n_samples,)
        Weight of each row in the loss.
    """

    curves: npt.NDArray[np.float32]
    classes: npt.NDArray[np.intp]
    weights: npt.NDArray[np.float32]

    def rows(self, rows: npt.NDArray[np.intp]) -> Part:
        """Return some of the rows."""
        return Part(self.curves[rows], self.classes[rows], self.weights[rows])


class HeldOutMean:
    """Mean probabilities of rows over those members of an ensemble that did not learn them.

    The members' validation parts differ; where they overlap, the mean is as modest as that of the
    whole ensemble, and the temperature is fitted to it.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    """

    def __init__(self, n_classes: int) -> None:
        self._sums: dict[int, npt.NDArray[np.float64]] = {}
        self._counts: dict[int, int] = {}
        self._known: dict[int, tuple[int, float]] = {}
        self._n_classes = n_classes

    def __len__(self) -> int:
        return len(self._sums)

    def add(self, rows: npt.NDArray[np.intp], proba: npt.NDArray[np.float64], part: Part) -> None:
        """Take what one member says of its validation part.

        Parameters
        ----------
        rows : ndarray of int, shape (n_samples,)
            Row numbers.
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities.
        part : Part
            Classes and weights of the rows.
        """
        for row, values, column, weight in zip(
            rows.tolist(), proba, part.classes.tolist(), part.weights.tolist(), strict=True
        ):
            self._sums[row] = self._sums.get(row, 0.0) + values
            self._counts[row] = self._counts.get(row, 0) + 1
            self._known[row] = column, weight

    def result(
        self,
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
        """Return probabilities, classes and weights, one row each, in the order of the rows."""
        order = sorted(self._sums)
        proba = np.array([self._sums[row] / self._counts[row] for row in order])
        classes = np.array([self._known[row][0] for row in order], dtype=np.intp)
        weights = np.array([self._known[row][1] for row in order])
        return proba.reshape(-1, self._n_classes), classes, weights


def hold_out(
    y: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    fraction: float = 0.15,
    random_state: int = 0,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Split rows into a training and a validation part, class by class.

    Each class gives about ``fraction`` of its rows, in whole groups drawn at random. The last
    group of a class always stays in training, so a class with a single group is not validated.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes.
    groups : array-like of shape (n_samples,), default None
        What must stay together, for example prototype keys; ``None`` takes each row for itself.
    fraction : float, default 0.15
        Part of the rows of each class to set aside, between 0 and 1.
    random_state : int, default 0
        Seed.

    Returns
    -------
    training, validation : ndarray of int
        Row numbers, ascending.

    Raises
    ------
    InputError
        If the fraction or the lengths are wrong, or no class can spare a group.
    """
    labels = np.asarray(y)
    names = np.arange(len(labels)) if groups is None else np.asarray(groups)
    if names.shape != labels.shape or labels.ndim != 1:
        raise InputError(
            f"y has shape {labels.shape} and groups have shape {names.shape}; each row needs one "
            f"class and one group. Take both from the same rows."
        )
    if not 0.0 < fraction < 1.0:
        raise InputError(
            f"The validation fraction is {fraction}; it lies between 0 and 1. Give for example "
            f"0.15."
        )
    _, class_of_row = np.unique(labels, return_inverse=True)
    _, group_of_row = np.unique(names, return_inverse=True)
    counts = np.zeros((group_of_row.max() + 1, class_of_row.max() + 1), dtype=np.int64)
    np.add.at(counts, (group_of_row, class_of_row), 1)
    is_held = _choose_groups(counts, fraction, np.random.default_rng(random_state))
    if not is_held.any():
        raise InputError(
            "No class has two groups, so none can be set aside for validation. Pass "
            "validation_data, or coarser data: groups=None splits single rows."
        )
    held = is_held[group_of_row]
    return np.flatnonzero(~held), np.flatnonzero(held)


def row_weights(
    columns: npt.NDArray[np.intp],
    sample_weight: npt.ArrayLike | None = None,
    class_weight: str | None = "balanced",
) -> npt.NDArray[np.float32]:
    """Return the weight of each row in the loss; balanced, all classes have one sum of weights.

    Parameters
    ----------
    columns : ndarray of int, shape (n_samples,)
        Class of each row, counted from 0.
    sample_weight : array-like of shape (n_samples,), default None
        Weight of each row; its sum is kept. ``None`` is 1 for each.
    class_weight : {"balanced", None}, default "balanced"
        Give all classes the same sum of weights, or leave the weights as they are.

    Returns
    -------
    ndarray of float32, shape (n_samples,)

    Raises
    ------
    InputError
        If a sample weight is negative or not finite, or their number is wrong, or a class has
        none but zeros.

    Examples
    --------
    >>> row_weights(np.array([0, 0, 0, 1])).astype(float).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    weights = np.ones(len(columns))
    if sample_weight is not None:
        weights = np.asarray(sample_weight, dtype=float)
        is_good = weights.shape == columns.shape and bool(np.isfinite(weights).all())
        is_good = is_good and bool((weights >= 0.0).all())
        if not is_good or not np.bincount(columns, weights=weights).all():
            raise InputError(
                f"sample_weight has shape {weights.shape} for {len(columns)} curves; it is one "
                f"finite number of 0 or more for each, and a class whose weights are all zero "
                f"cannot be learned. Leave it out for equal weights."
            )
    if class_weight == "balanced":
        totals = np.bincount(columns, weights=weights)
        n_present = np.count_nonzero(totals)  # validation data may lack a class
        weights = weights * (weights.sum() / n_present) / totals[columns]
    return np.asarray(weights, dtype=np.float32)


def _choose_groups(
    counts: npt.NDArray[np.int64], fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Pick groups, rows of a table (n_groups, n_classes) of row counts."""
    n_groups, n_classes = counts.shape
    is_held = np.zeros(n_groups, dtype=bool)
    n_left = (counts > 0).sum(axis=0)  # groups of each class that are still in training
    n_held = np.zeros(n_classes)
    targets = fraction * counts.sum(axis=0)
    # Scarce classes first: they have the least choice.
    for column in np.argsort(n_left, kind="stable"):
        members = rng.permutation(np.flatnonzero(counts[:, column]))
        smallest_first = members[np.argsort(counts[members, column], kind="stable")]
        for is_last_resort, order in ((False, members), (True, smallest_first)):
            if is_last_resort and n_held[column] > 0:
                break
            for group in order:
                if n_held[column] >= targets[column]:
                    break
                size = counts[group, column]
                is_closer = abs(n_held[column] + size - targets[column]) < abs(
                    n_held[column] - targets[column]
                )
                can_spare = (n_left[counts[group] > 0] > 1).all()
                if is_held[group] or not can_spare or not (is_closer or is_last_resort):
                    continue
                is_held[group] = True
                n_held += counts[group]
                n_left -= counts[group] > 0
                if is_last_resort:
                    break
    return is_held
