"""The same work on many polymers, in several processes: contiguous chunks, results in order.

Starting processes takes seconds, as each imports RDKit, so it pays from thousands of polymers on.
With p processes the time is t / p at best (Amdahl: plus what is not shared out).

References
----------
G. M. Amdahl, AFIPS Conf. Proc. 30, 483 (1967), doi 10.1145/1465482.1465560.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs

from edex.errors import InputError

__all__ = ["map_chunks"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
# More chunks than processes, as some polymers take longer; none so small that it is not worth it.
_CHUNKS_PER_JOB = 4
_SMALLEST_CHUNK = 50


def map_chunks(
    work: Callable[[Sequence[_Item]], _Result], items: Sequence[_Item], *, n_jobs: int | None
) -> list[tuple[int, _Result]]:
    """Do some work on chunks of a sequence.

    Parameters
    ----------
    work : callable
        Takes a part of ``items``, as long as it likes.
    items : sequence of shape (n_items,)
    n_jobs : int or None
        Number of processes; None or 1 means this one alone, -1 one for each core.

    Returns
    -------
    list of (int, result)
        Of each chunk, where it starts and what ``work`` returned; in order.

    Raises
    ------
    InputError
        If ``n_jobs`` is 0 or no whole number.

    Examples
    --------
    >>> map_chunks(sum, [1, 2, 3], n_jobs=None)
    [(0, 6)]
    """
    is_number = isinstance(n_jobs, int | np.integer) and not isinstance(n_jobs, bool)
    if n_jobs is not None and (not is_number or n_jobs == 0):
        raise InputError(
            f"n_jobs is {n_jobs!r}; it must be a whole number other than 0, or None. Give the "
            "number of processes, or -1 for one on each core."
        )
    jobs = effective_n_jobs(n_jobs) if n_jobs is not None else 1
    size = max(-(-len(items) // (_CHUNKS_PER_JOB * jobs)), _SMALLEST_CHUNK)
    if jobs == 1 or len(items) <= size:
        return [(0, work(items))]
    starts = range(0, len(items), size)
    done = Parallel(n_jobs=jobs)(delayed(work)(items[start : start + size]) for start in starts)
    return list(zip(starts, done, strict=True))
