"""Bring in Keras late, and without its noise.

Keras and TensorFlow take 3 to 10 s to import and print lines about the processor to the error
stream before any Python setting reaches them. Everything in this room that needs Keras asks here,
so that ``import edex.spacegroup`` stays quick and a student sees only what concerns the student.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from edex.errors import MissingExtraError

__all__ = ["import_keras", "known_warnings_ignored"]

_PURPOSE = "the neural networks of the space-group classifier"
_LOGGER = logging.getLogger("tensorflow")


def import_keras() -> Any:
    """Import Keras 3 on TensorFlow; the first call takes some seconds.

    TensorFlow's log is set to errors only. An environment variable ``KERAS_BACKEND`` or
    ``TF_CPP_MIN_LOG_LEVEL`` that is already set wins.

    Returns
    -------
    module
        ``keras``.

    Raises
    ------
    MissingExtraError
        If Keras or its backend is not installed.
    """
    loaded = sys.modules.get("keras")
    if loaded is not None:
        return loaded
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with _silent_error_stream():
            keras = importlib.import_module("keras")
    except ModuleNotFoundError as error:
        package = "keras" if error.name in (None, "keras") else str(error.name)
        raise MissingExtraError(package, extra="spacegroup", purpose=_PURPOSE) from error
    _LOGGER.setLevel(logging.ERROR)
    return keras


@contextmanager
def known_warnings_ignored() -> Iterator[None]:
    """Ignore what TensorFlow says of harmless things: old NumPy calls, and several short fits."""
    level = _LOGGER.level
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="__array__ implementation", category=DeprecationWarning
        )
        _LOGGER.setLevel(max(level, logging.ERROR))
        try:
            yield
        finally:
            _LOGGER.setLevel(level)


@contextmanager
def _silent_error_stream() -> Iterator[None]:
    # TensorFlow's C++ code writes to file descriptor 2 before it reads its own log level.
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError):  # a process without an error stream has nothing to hide
        yield
        return
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
