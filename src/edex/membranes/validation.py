"""How far a permeability model can be trusted: its floor, and the ways to fool oneself.

The *noise floor* is how far one laboratory is from the others on the same polymer: with y_r the
median log10 P of reference r, the root mean square of y_r - median(y_s, s ≠ r). No model that is
scored on single values can do better. The *leaked bootstrap* is a published mistake made again: an
ensemble whose members are trained on draws from all rows, and scored on some of the same rows.

References
----------
J. Yang, L. Tao, J. He, J. R. McCutcheon, Y. Li, Sci. Adv. 8, eabn9545 (2022), and its program
github.com/jsunn-y/PolymerGasMembraneML: members trained on draws from all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from edex.errors import InputError
from edex.learn.metrics import Estimate, mean_with_error
from edex.learn.splits import grouped_folds

__all__ = ["leaked_bootstrap_predictions", "learning_curve", "replicate_noise"]


def replicate_noise(
    log10_permeability: npt.ArrayLike,
    polymers: Sequence[object],
    references: Sequence[object],
) -> Estimate:
    """Return the root mean square difference of one reference from the others, in decades.

    Parameters
    ----------
    log10_permeability : array-like of shape (n_rows,)
        Of one gas; NaN where it was not measured.
    polymers : sequence of shape (n_rows,)
        Name of each row's polymer, best a canonical repeat unit.
    references : sequence of shape (n_rows,)
        Where each row was published. Several rows of one reference count as one, their median: a
        laboratory agrees with itself.

    Returns
    -------
    Estimate
        ``n`` counts pairs of polymer and reference, ``n_groups`` polymers; the error bar is over
        polymers.

    Raises
    ------
    InputError
        If fewer than two polymers have two references.

    Examples
    --------
    >>> floor = replicate_noise([1.0, 2.0, 0.0, 1.0], ["A", "A", "B", "B"], ["r", "s", "r", "t"])
    >>> floor.value, floor.n
    (1.0, 4)
    """
    table = pd.DataFrame(
        {
            "polymer": list(polymers),
            "reference": list(references),
            "value": np.asarray(log10_permeability, dtype=float),
        }
    ).dropna()
    by_reference = table.groupby(["polymer", "reference"], sort=False)["value"].median()
    squares, names = [], []
    for polymer, values in by_reference.groupby(level="polymer", sort=False):
        array = values.to_numpy()
        for row in range(len(array) if len(array) > 1 else 0):
            squares.append(float((array[row] - np.median(np.delete(array, row))) ** 2))
            names.append(polymer)
    if len(set(names)) < 2:
        raise InputError(
            f"{len(set(names))} polymers have values from two or more references, and at least 2 "
            "are needed. Take a table with replicates, such as yang-2022."
        )
    mean = mean_with_error(squares, np.array(names, dtype=object).astype(str))
    root = float(np.sqrt(mean.value))
    error = mean.standard_error / (2.0 * root) if root else 0.0
    return Estimate(root, error, mean.n, mean.n_groups)


def leaked_bootstrap_predictions(
    model: Any,
    X: Sequence[str],
    y: npt.ArrayLike,
    *,
    test: npt.ArrayLike,
    n_members: int = 16,
    random_state: int = 0,
) -> np.ndarray:
    """Predict rows with an ensemble that was trained on them: a mistake, to measure its size.

    Each member is fitted on as many rows as there are, drawn with replacement from *all* of them,
    so a test row is in a draw with probability 1 - 1/e = 63 %. Do not use it for anything else.

    Parameters
    ----------
    model : regressor
        Cloned for each member.
    X : sequence of str of shape (n_rows,)
    y : array-like of shape (n_rows,)
        log10 permeability.
    test : array-like of int of shape (n_test,)
        Rows that the ensemble is scored on.
    n_members : int, default 16
    random_state : int, default 0
        Seed of the draws.

    Returns
    -------
    ndarray of shape (n_test,)
        Mean of the members.
    """
    texts, targets = list(X), np.asarray(y, dtype=float)
    asked = [texts[row] for row in np.asarray(test, dtype=int)]
    rng = np.random.default_rng(random_state)
    total = np.zeros(len(asked))
    for _ in range(n_members):
        drawn = rng.integers(len(texts), size=len(texts))
        member = clone(model).fit([texts[row] for row in drawn], targets[drawn])
        total += member.predict(asked)
    return total / n_members


def learning_curve(
    model: Any,
    X: Sequence[str],
    y: npt.ArrayLike,
    *,
    sizes: Sequence[int],
    n_repeats: int = 3,
    n_splits: int = 5,
    random_state: int = 0,
) -> pd.DataFrame:
    """Score a model that was trained on ever more polymers, on polymers it has not seen.

    Parameters
    ----------
    model : regressor
        Takes SMILES.
    X : sequence of str of shape (n_polymers,)
        Different polymers, a row each.
    y : array-like of shape (n_polymers,)
        log10 permeability.
    sizes : sequence of int
        Numbers of training polymers; each smaller than ``1 - 1 / n_splits`` of all.
    n_repeats : int, default 3
        Draws of the training polymers for each fold.
    n_splits : int, default 5
        Folds; the scores of one repetition are pooled over them.
    random_state : int, default 0
        Seed.

    Returns
    -------
    DataFrame of shape (n_sizes, 3)
        ``n_train``, ``r2`` (mean over repetitions) and ``standard_deviation`` (between them).

    Raises
    ------
    InputError
        If a size is too large or smaller than 10.
    """
    texts, targets = list(X), np.asarray(y, dtype=float)
    folds = grouped_folds(texts, n_splits, random_state=random_state)
    largest = min(len(train) for train, _ in folds)
    wrong = [size for size in sizes if not 10 <= size <= largest]
    if wrong:
        raise InputError(
            f"A size is {wrong[0]}; with {len(texts)} polymers in {n_splits} folds it can be 10 to "
            f"{largest}. Choose sizes in this range."
        )
    rng = np.random.default_rng(random_state)
    spread = float(np.sum((targets - targets.mean()) ** 2))
    rows = []
    for size in sizes:
        scores = []
        for _ in range(n_repeats):
            loss = 0.0
            for train, test in folds:
                drawn = rng.choice(train, size, replace=False)
                fitted = clone(model).fit([texts[row] for row in drawn], targets[drawn])
                loss += float(
                    np.sum((fitted.predict([texts[row] for row in test]) - targets[test]) ** 2)
                )
            scores.append(1.0 - loss / spread)
        deviation = float(np.std(scores, ddof=1)) if n_repeats > 1 else float("nan")
        rows.append({"n_train": size, "r2": np.mean(scores), "standard_deviation": deviation})
    return pd.DataFrame(rows)
