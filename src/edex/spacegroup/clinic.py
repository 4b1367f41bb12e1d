r"""Four sick trainings and a healthy one, to learn the faces of what goes wrong.

Each is a real training of one small network on the same PDFs, made when it is asked for. With the
step of gradient descent w <- w - eta dL/dw, a rate eta that is too high jumps over the valley, one
that is too low stays on the slope; few curves and no dropout are learned by heart; shuffled labels
leave nothing to learn but the class shares. The order of the patients follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
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
    n_training: int = 800,
    n_epochs: int = 15,
    random_state: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Patient, dict[str, Patient]]:
    """Train five small networks on the same PDFs, four of them in a wrong way.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_points, 1)
        Scaled PDFs.
    y : array-like of shape (n_samples,)
        Space group numbers.
    n_training : int, default 800
        PDFs to train on, drawn at random; all others are for validation.
    n_epochs : int, default 15
        Epochs of each training.
    random_state : int, default 0
        Seed of the choice of PDFs, the weights and the order of the patients.
    progress : callable, optional
        Called as ``progress("trainings", done, 5)``; it does not say which one is done.

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
    if len(curves) != len(numbers) or not 40 <= n_training <= len(curves) - 40:
        raise InputError(
            f"There are {len(curves)} PDFs and {len(numbers)} labels for n_training = {n_training};"
            " at least 40 are needed to train on, and 40 more to validate with. Give more PDFs."
        )
    rng = np.random.default_rng(random_state)
    order = rng.permutation(len(curves))
    training, validation = order[:n_training], order[n_training:]
    few = training[: n_training // 4]
    shuffled = rng.permutation(numbers[training])
    ward = _Ward(curves[validation], numbers[validation], n_epochs, random_state, progress)
    ward.tell()
    healthy = ward.train("healthy", curves[training], numbers[training])
    treated = {
        "rate too high": ward.train(
            "rate too high", curves[training], numbers[training], rate=1000 * _RATE
        ),
        "rate too low": ward.train(
            "rate too low", curves[training], numbers[training], rate=_RATE / 1000
        ),
        "overfitting": ward.train("overfitting", curves[few], numbers[few], repeats=4, dropout=0.0),
        "labels shuffled": ward.train("labels shuffled", curves[training], shuffled),
    }
    names = rng.permutation(ILLNESSES)
    return healthy, {letter: treated[name] for letter, name in zip("ABCD", names, strict=True)}


class _Ward:
    """Trains the same small network again and again, judged on the same validation PDFs."""

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        n_epochs: int,
        seed: int,
        progress: Callable[[str, int, int], None] | None,
    ) -> None:
        self._X, self._y = X, _columns(y)
        self._progress, self._n_done = progress, 0
        self._most_common = float(np.bincount(self._y).max() / len(self._y))
        self._n_epochs, self._seed = n_epochs, seed

    def tell(self) -> None:
        """Say how many trainings are done."""
        if self._progress is not None:
            self._progress("trainings", self._n_done, len(ILLNESSES) + 1)

    def train(
        self,
        illness: str,
        X: np.ndarray,
        y: np.ndarray,
        *,
        rate: float = _RATE,
        dropout: float = 0.3,
        repeats: int = 1,
    ) -> Patient:
        """Train; ``repeats`` lets a few PDFs take as many steps as all of them would."""
        keras = import_keras()
        network = _small_network(X.shape[1], dropout, self._seed)
        network.compile(
            keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )  # fmt: skip
        order = np.random.default_rng(self._seed).permutation(np.tile(np.arange(len(X)), repeats))
        course = network.fit(
            X[order], _columns(y)[order], epochs=self._n_epochs, batch_size=_BATCH, verbose=0,
            shuffle=False, validation_data=(self._X, self._y), validation_batch_size=512,
        ).history  # fmt: skip
        loss, val_loss, right, val_right = (
            tuple(float(value) for value in course[name])
            for name in ("loss", "val_loss", "accuracy", "val_accuracy")
        )
        self._n_done += 1
        self.tell()
        return Patient(loss, val_loss, right, val_right, self._most_common, illness)


def _small_network(n_points: int, dropout: float, seed: int) -> Any:
    keras = import_keras()
    layers = keras.layers
    start = [keras.initializers.GlorotUniform(seed=seed + place) for place in range(3)]
    return keras.Sequential(
        [
            layers.Input((n_points, 1)),
            layers.Conv1D(16, 9, strides=2, activation="relu", kernel_initializer=start[0]),
            layers.MaxPooling1D(2),
            layers.Flatten(),
            layers.Dropout(dropout, seed=seed),
            layers.Dense(48, activation="relu", kernel_initializer=start[1]),
            layers.Dense(len(CLASSES), activation="softmax", kernel_initializer=start[2]),
        ]
    )


def _columns(numbers: np.ndarray) -> np.ndarray:
    return np.searchsorted(CLASSES, numbers)
