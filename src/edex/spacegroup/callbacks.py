"""What happens between epochs: learning-rate schedules, early stopping, the record, the progress.

A schedule is a function of the epoch alone, so the same recipe means the same on 2,000 and on
40,000 curves. ``cosine``: rate = start * (1 + cos(pi e / n)) / 2 after one epoch of warming up;
``step``: the course's recipe, a tenth from 40 % and a hundredth from 60 % of the epochs on.
Early stopping watches the validation loss and gives back the weights of the best epoch. Where the
rate falls, it looks at the second half of the epochs only: before, the steps are still so large
that the loss on a few unseen prototypes goes up and down by chance.
"""

from __future__ import annotations

import math
import sys
import time
from typing import Any, TextIO

import pandas as pd

from edex.errors import InputError
from edex.spacegroup.keras_backend import import_keras

__all__ = [
    "SCHEDULES",
    "HistoryTable",
    "ProgressLine",
    "first_watched_epoch",
    "learning_rate_at",
    "make_callbacks",
]

SCHEDULES = ("cosine", "step", "constant")
_COLUMNS = ("loss", "val_loss", "accuracy", "val_accuracy", "top3", "val_top3", "learning_rate")
_WARM_UP = 0.3  # of the starting rate, in the first epoch of a cosine
_BAR_WIDTH = 20
_SECONDS_BETWEEN_LINES = 0.2

_keras = import_keras()
_Callback: Any = _keras.callbacks.Callback


def learning_rate_at(epoch: int, n_epochs: int, start: float, schedule: str = "cosine") -> float:
    """Return the learning rate of an epoch.

    Parameters
    ----------
    epoch : int
        Counted from 0.
    n_epochs : int
        Number of epochs of the whole recipe.
    start : float
        The rate at its highest.
    schedule : {"cosine", "step", "constant"}, default "cosine"
        See the top of this module.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If the schedule is unknown.

    Examples
    --------
    >>> [learning_rate_at(e, 100, 5e-4, "step") for e in (0, 39, 40, 60)]
    [0.0005, 0.0005, 5e-05, 5e-06]
    """
    if schedule not in SCHEDULES:
        raise InputError(
            f"There is no schedule {schedule!r}; schedules are {', '.join(SCHEDULES)}. Choose one."
        )
    if schedule == "step":
        drops = (5 * epoch >= 2 * n_epochs) + (5 * epoch >= 3 * n_epochs)
        return float(start / 10**drops)
    if schedule == "cosine" and n_epochs > 1:
        if epoch == 0:
            return _WARM_UP * start
        return start * (1.0 + math.cos(math.pi * (epoch - 0.5) / n_epochs)) / 2.0
    return start


def first_watched_epoch(n_epochs: int, schedule: str = "cosine") -> int:
    """Return the epoch, counted from 0, from which on early stopping looks at the loss.

    Parameters
    ----------
    n_epochs : int
        Number of epochs of the whole recipe.
    schedule : {"cosine", "step", "constant"}, default "cosine"
        See :func:`learning_rate_at`.

    Returns
    -------
    int
        The first one for a constant rate, else that in the middle.

    Examples
    --------
    >>> first_watched_epoch(20), first_watched_epoch(20, "constant")
    (10, 0)
    """
    return 0 if schedule == "constant" else n_epochs // 2


def make_callbacks(
    *,
    n_epochs: int,
    learning_rate: float,
    schedule: str = "cosine",
    patience: int | None = None,
) -> list[Any]:
    """Return Keras callbacks for a schedule and for early stopping.

    Parameters
    ----------
    n_epochs : int
        Number of epochs of the whole recipe.
    learning_rate : float
        The rate at its highest.
    schedule : {"cosine", "step", "constant"}, default "cosine"
        See :func:`learning_rate_at`.
    patience : int, default None
        Stop when the validation loss has not improved for that many epochs, counted from
        :func:`first_watched_epoch`. In any case the weights of the epoch with the smallest
        validation loss since then are restored at the end. ``None`` for a training without
        validation data: no stopping, the last weights are kept.

    Returns
    -------
    list of keras.callbacks.Callback
        For ``model.fit(callbacks=...)``.
    """
    learning_rate_at(0, n_epochs, learning_rate, schedule)  # a wrong name is told before training

    def rate(epoch: int, _: float) -> float:
        return learning_rate_at(epoch, n_epochs, learning_rate, schedule)

    callbacks = [_keras.callbacks.LearningRateScheduler(rate)]
    if patience is not None:
        callbacks.append(
            _keras.callbacks.EarlyStopping(
                monitor="val_loss",
                mode="min",
                patience=patience,
                restore_best_weights=True,
                start_from_epoch=first_watched_epoch(n_epochs, schedule),
            )
        )
    return callbacks


class HistoryTable(_Callback):  # type: ignore[misc]
    """Record one row per epoch; :meth:`table` gives them as a DataFrame.

    It stands after the callback that sets the learning rate, so that it notes the new one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[dict[str, float]] = []
        self._start = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the clock and note the learning rate that this epoch is trained with."""
        self._start = time.perf_counter()
        self._rows.append(
            {"epoch": epoch + 1, "learning_rate": float(self.model.optimizer.learning_rate)}
        )

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the scores; a loss that is not a number ends the training."""
        row = self._rows[-1]
        row.update({name: float(value) for name, value in (logs or {}).items()})
        if not math.isfinite(row.get("loss", 0.0)):
            self.model.stop_training = True
        row["seconds"] = time.perf_counter() - self._start

    def table(self) -> pd.DataFrame:
        """Return ``epoch`` (from 1), losses, accuracies, ``learning_rate`` and ``seconds``.

        Losses and accuracies of the training part are means over an epoch, during which the
        weights change and dropout is on; those of the validation part are taken at its end.
        """
        table = pd.DataFrame(self._rows)
        names = [name for name in ("epoch", *_COLUMNS, "seconds") if name in table]
        return table[names].astype({"epoch": int})


class ProgressLine(_Callback):  # type: ignore[misc]
    """One line that says how far the training is, how fast, and how long it will take.

    Parameters
    ----------
    label : str
        What is trained.
    n_samples : int
        Curves in one epoch.
    n_epochs : int
        Epochs at most.
    stream : text file, default None
        Where to write; ``None`` is ``sys.stdout``. A stream that is neither a terminal nor a
        notebook gets the last line alone.
    """

    def __init__(
        self, label: str, *, n_samples: int, n_epochs: int, stream: TextIO | None = None
    ) -> None:
        super().__init__()
        self._label, self._n_samples, self._n_epochs = label, n_samples, n_epochs
        self._stream = sys.stdout if stream is None else stream
        is_notebook = type(self._stream).__name__ == "OutStream"  # that of ipykernel
        self._is_live = is_notebook or self._stream.isatty()
        self._epoch, self._done, self._width, self._scores = 0, 0, 0, ""
        self._start = self._last = time.perf_counter()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._start = self._last = time.perf_counter()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Count the epoch."""
        self._epoch, self._done = epoch, 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Rewrite the line, a few times a second."""
        steps = max(int(self.params.get("steps") or 1), 1)
        self._done = min(self._n_samples, (batch + 1) * self._n_samples // steps)
        now = time.perf_counter()
        if self._is_live and now - self._last > _SECONDS_BETWEEN_LINES:
            self._last = now
            self._write(self._line(now))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Take up the scores."""
        scores = logs or {}
        names = {"val_loss": "val loss", "val_accuracy": "val accuracy"}
        if "val_loss" not in scores:
            names = {"loss": "loss", "accuracy": "accuracy"}
        self._scores = "".join(f" · {text} {scores[name]:.3f}" for name, text in names.items())

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Write the last line."""
        seconds = time.perf_counter() - self._start
        self._write(
            f"{self._label}: {self._epoch + 1} epochs of {self._n_samples:,} curves in "
            f"{_duration(seconds)}{self._scores}"
        )
        self._stream.write("\n")
        self._stream.flush()

    def _line(self, now: float) -> str:
        total = self._n_samples * self._n_epochs
        seen = self._epoch * self._n_samples + self._done
        rate = seen / (now - self._start)
        filled = _BAR_WIDTH * seen // total
        return (
            f"{self._label} {'█' * filled}{'░' * (_BAR_WIDTH - filled)} epoch "
            f"{self._epoch + 1}/{self._n_epochs} · {rate:,.0f} curves/s · at most "
            f"{_duration((total - seen) / rate)} left{self._scores}"
        )

    def _write(self, line: str) -> None:
        self._stream.write(("\r" if self._width else "") + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line) if self._is_live else 0


def _duration(seconds: float) -> str:
    if seconds < 60.0:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes / 60:.1f} h"
