"""The random problems that checks pose.

A check calls a student's function with numbers that it draws itself, so that nobody can answer
with the result of one case. In a notebook each call of ``check`` draws anew. Where the same
notebook must get the same marks each time, in grading and in the gates of a build, the draw has a
number.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["fixed_draw", "fresh_generator"]

_seeds: Iterator[tuple[int, int]] | None = None


def fresh_generator() -> np.random.Generator:
    """Return a generator of random numbers for a check.

    Returns
    -------
    Generator
        Seeded by the operating system; inside :func:`fixed_draw` by the number of the draw, and
        different in each call of one check.
    """
    import numpy as np

    return np.random.default_rng(next(_seeds) if _seeds else None)


@contextmanager
def fixed_draw(number: int | None) -> Iterator[None]:
    """Let the checks inside pose the problems of one draw.

    Parameters
    ----------
    number : int or None
        The number of the draw, 0 or larger; None for new problems each time.
    """
    global _seeds
    before = _seeds
    _seeds = None if number is None else zip(itertools.repeat(number), itertools.count())
    try:
        yield
    finally:
        _seeds = before
