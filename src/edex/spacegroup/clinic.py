r"""Four sick trainings and a healthy one, to learn the faces of what goes wrong.

Each is a real training of one small network on the same PDFs, made when it is asked for. With the
step of gradient descent w <- w - eta dL/dw, a rate eta that is too high jumps over the valley, one
that is too low stays on the slope; few curves and no dropout are learned by heart; shuffled labels
leave nothing to learn but the class shares. The order of the patients follows from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from edex.errors import InputError
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.keras_backend import import_keras

__all__ = ["ILLNESSES", "Patient", "admit_patients"]

ILLNESSES = ("rate too high", "rate too low", "overfitting", "labels shuffled")
_RATE = 1e-3
_BATCH = 32


@dataclass(frozen=True)
class Patient:
    """The course of one training, one number for each epoch.

    Attributes
    ----------
    loss, val_loss : tuple of float
        Cross-entropy on training and validation data.
    accuracy, val_accuracy : tuple of float
        Share of right answers on each.
    most_common : float
        Share of the most common class in the validation data: what no learning gives.
    illness : str
        One of ``ILLNESSES``, or "healthy".
    """

    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    most_common: float
    illness: str = field(repr=False)


def admit_patients(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    n_training: int,
    n_epochs: int = 15,
    random_state: int = 0,
) -> tuple[Patient, dict[str, Patient]]:
    """Train five small networks on the same PDFs, four of them in a wrong way.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_points, 1)
        Scaled PDFs.
    y : array-like of shape (n_samples,)
        Space group numbers.
    n_training : int
        PDFs to train on; the same number again, at most, is for validation.
    n_epochs : int, default 15
        Epochs of each training.
    random_state : int, default 0
        Seed of the choice of PDFs, the weights and the order of the patients.

    Returns
    -------
    healthy : Patient
        To compare with.
    patients : dict of str to Patient
        "A" to "D".

    Raises
    ------
    InputError
        If there are too few PDFs to train on and to validate with.
    """
    curves, numbers = np.asarray(X, dtype=np.float32), np.asarray(y)
    if n_training < 100 or len(curves) < 2 * n_training or len(curves) != len(numbers):
        raise InputError(
            f"There are {len(curves)} PDFs and {len(numbers)} labels for n_training = {n_training}; "
            "at least 100 to train on and as many to validate with are needed. Give more PDFs."
        )
    rng = np.random.default_rng(random_state)
    order = rng.permutation(len(curves))
    training, validation = order[:n_training], order[n_training : 3 * n_training]
    ward = _Ward(curves, numbers, training, validation, n_epochs, random_state)
    healthy = ward.train("healthy", rate=_RATE, dropout=0.5)
    few = training[: max(80, n_training // 5)]
    shuffled = numbers.copy()
    shuffled[training] = rng.permutation(numbers[training])
    treated = {
        "rate too high": ward.train("rate too high", rate=300 * _RATE, dropout=0.5),
        "rate too low": ward.train("rate too low", rate=_RATE / 1000, dropout=0.5),
        "overfitting": ward.train("overfitting", rate=_RATE, rows=few, n_passes=n_training // len(few)),
        "labels shuffled": ward.train("labels shuffled", rate=_RATE, labels=shuffled),
    }
    names = rng.permutation(ILLNESSES)
    return healthy, {letter: treated[name] for letter, name in zip("ABCD", names, strict=True)}
