"""A spring on the bench: force against stretch, with the noise of a gauge.

Up to its elastic limit x_e the spring obeys Hooke's law; pulled further, the wire yields and each
further metre costs less force (linear hardening):

    F(x) = k x  for x <= x_e,   F(x) = k [x_e + s (x - x_e)]  beyond, with 0 <= s <= 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["pull_spring"]


def pull_spring(
    stretch: npt.ArrayLike,
    *,
    stiffness: float = 25.0,
    elastic_limit: float = 0.10,
    softening: float = 0.4,
    noise: float = 0.10,
    random_state: int | np.random.Generator | None = None,
) -> npt.NDArray[np.float64]:
    """Return simulated readings of the force of a spring.

    Parameters
    ----------
    stretch : array-like of any shape
        By how much the spring is longer than at rest, in m, not negative.
    stiffness : float, default 25.0
        The constant k of Hooke's law, in N/m.
    elastic_limit : float, default 0.10
        Stretch at which the wire begins to yield, in m.
    softening : float, default 0.4
        Stiffness beyond the elastic limit as a part of that below, from 0 to 1.
    noise : float, default 0.10
        Standard deviation of one reading, in N; 0 gives the true force.
    random_state : int, Generator or None, default None
        Seed or generator of the noise; ``None`` gives another noise each time.

    Returns
    -------
    ndarray of the shape of ``stretch``
        Forces in N.

    Raises
    ------
    InputError
        If a stretch is negative or not finite, the noise is negative, or ``softening`` is not
        between 0 and 1.

    Examples
    --------
    >>> pull_spring([0.0, 0.04, 0.20], noise=0.0).round(2).tolist()
    [0.0, 1.0, 3.5]
    """
    lengths = np.asarray(stretch, dtype=float)
    if not (np.isfinite(lengths).all() and (lengths >= 0.0).all()):
        raise InputError(
            f"stretch holds {lengths[~(lengths >= 0.0) | ~np.isfinite(lengths)].flat[0]} m; this "
            "spring is pulled, so each value must be finite and not negative. Give the stretch "
            "from the rest length, in m."
        )
    if noise < 0.0 or not 0.0 <= softening <= 1.0:
        raise InputError(
            f"noise is {noise} N and softening is {softening}; the noise must not be negative and "
            "softening lies between 0 and 1. Correct the one that does not fit."
        )
    beyond = np.maximum(lengths - elastic_limit, 0.0)
    true_force = stiffness * (np.minimum(lengths, elastic_limit) + softening * beyond)
    return true_force + np.random.default_rng(random_state).normal(0.0, noise, lengths.shape)
