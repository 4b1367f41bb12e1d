"""Train a network: recipe, batches, loss, callbacks.

The loss is the weighted cross-entropy -sum_i w_i log p_i(y_i) / n; with w_i = n / (K n_c) every
class weighs the same, however many curves it has. Batches are drawn by one generator of our own,
and every random layer has its own seed, so a training repeats itself without touching any global
random state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from edex.errors import InputError
from edex.spacegroup.callbacks import HistoryTable, ProgressLine, make_callbacks
from edex.spacegroup.holdout import Part
from edex.spacegroup.keras_backend import import_keras, known_warnings_ignored

__all__ = ["RECIPES", "Recipe", "predict_in_blocks", "train_network"]

_keras = import_keras()
_PyDataset: Any = _keras.utils.PyDataset
_PREDICT_BLOCK = 512
_VALIDATION_BLOCK = 1024


@dataclass(frozen=True)
class Recipe:
    """How to train a network.

    Attributes
    ----------
    epochs : int
        Passes over the training curves, at most.
    batch_size : int
        Curves per step.
    learning_rate : float
        Of Adam, at its highest.
    schedule : str
        See :func:`edex.spacegroup.callbacks.learning_rate_at`.
    patience : int
        Epochs without a better validation loss after which training stops, counted from
        :func:`edex.spacegroup.callbacks.first_watched_epoch`.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    schedule: str
    patience: int

    def updated(self, **changes: Any) -> Recipe:
        """Return the recipe with other values where they are not ``None``.

        Raises
        ------
        InputError
            If a value is not positive.
        """
        recipe = replace(self, **{k: v for k, v in changes.items() if v is not None})
        for name in ("epochs", "batch_size", "learning_rate", "patience"):
            value = getattr(recipe, name)
            if not 0 < value < float("inf"):
                raise InputError(
                    f"{name} is {value}; it is a positive number. Leave it out for the network's "
                    f"own recipe, {name}={getattr(self, name)}."
                )
        return recipe


RECIPES = {
    "small_cnn": Recipe(8, 128, 1e-3, "cosine", 4),
    "resnet": Recipe(8, 128, 1e-3, "cosine", 4),
    # The course's: 5e-4, 5e-5 from epoch 40, 5e-6 from epoch 60, of 100; batches of 32.
    "paper_cnn": Recipe(100, 32, 5e-4, "step", 20),
}


def train_network(
    network: Any,
    training: Part,
    validation: Part | None,
    recipe: Recipe,
    *,
    verbose: int = 0,
    random_state: int = 0,
) -> pd.DataFrame:
    """Train a network in place.

    Parameters
    ----------
    network : keras.Model
        Of :func:`edex.spacegroup.networks.build_network`.
    training : Part
        What to learn from.
    validation : Part or None
        What early stopping looks at; ``None`` trains for all epochs.
    recipe : Recipe
        How.
    verbose : int, default 0
        1 shows a line of progress.
    random_state : int, default 0
        Seed of the order of the curves.

    Returns
    -------
    DataFrame
        One row per epoch; see :meth:`edex.spacegroup.callbacks.HistoryTable.table`.

    Raises
    ------
    InputError
        If the loss became NaN: the training diverged.
    """
    n_samples, n_classes = len(training.curves), network.output_shape[-1]
    network.compile(
        optimizer=_keras.optimizers.Adam(recipe.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=[
            "accuracy",
            _keras.metrics.SparseTopKCategoricalAccuracy(min(3, n_classes), name="top3"),
        ],
        # On a CPU, XLA makes these convolutions 1.2 to 4 times as slow as oneDNN does.
        jit_compile=False,
    )
    record = HistoryTable()
    callbacks = make_callbacks(
        n_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        schedule=recipe.schedule,
        patience=None if validation is None else recipe.patience,
    )
    callbacks.append(record)  # after the schedule, so that it notes the new rate
    if verbose:
        callbacks.append(ProgressLine(network.name, n_samples=n_samples, n_epochs=recipe.epochs))
    batches = _Batches(training, recipe.batch_size, np.random.default_rng(random_state))
    with known_warnings_ignored():
        network.fit(
            batches,
            epochs=recipe.epochs,
            shuffle=False,  # _Batches does it
            verbose=0,
            callbacks=callbacks,
            validation_data=None
            if validation is None
            else _Batches(validation, _VALIDATION_BLOCK, None),
        )
    history = record.table()
    if not np.isfinite(history["loss"]).all():
        epoch = int(history["epoch"][~np.isfinite(history["loss"])].iloc[0])
        raise InputError(
            f"The training of {network.name} diverged: its loss was not a number in epoch {epoch}. "
            f"The learning rate of {recipe.learning_rate:g} is too high for these curves; try a "
            f"tenth of it."
        )
    return history


def predict_in_blocks(network: Any, curves: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return a network's probabilities.

    Parameters
    ----------
    network : keras.Model
        A trained network.
    curves : ndarray of float32, shape (n_samples, n_points)
        Scaled curves.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        Rows that sum to 1 to the precision of float64.
    """
    # Called directly: model.predict would compile a graph first, which few curves never repay.
    blocks = [
        _keras.ops.convert_to_numpy(network(curves[start : start + _PREDICT_BLOCK], training=False))
        for start in range(0, len(curves), _PREDICT_BLOCK)
    ]
    proba = np.concatenate(blocks).astype(float)
    return np.asarray(proba / proba.sum(axis=1, keepdims=True))


class _Batches(_PyDataset):  # type: ignore[misc]
    """Batches of a part, in a new random order every epoch, or in the given one without a rng."""

    def __init__(self, part: Part, batch_size: int, rng: np.random.Generator | None) -> None:
        super().__init__()
        self._part, self._size, self._rng = part, batch_size, rng
        self._order = np.arange(len(part.curves))
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self._order) // self._size)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = self._order[number * self._size : (number + 1) * self._size]
        return self._part.curves[rows], self._part.classes[rows], self._part.weights[rows]

    def on_epoch_end(self) -> None:
        if self._rng is not None:
            self._order = self._rng.permutation(len(self._order))
