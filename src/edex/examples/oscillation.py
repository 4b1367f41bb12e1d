"""A damped oscillator, the data set for which we know the law and the noise.

A mass on a spring with friction swings as

    x(t) = A exp(-gamma t) cos(2 pi f t + phi),

with the displacement x in the unit of the amplitude A. Measured at random times with normal noise
it asks all the questions of a regression: which curve, how flexible, how certain.

References
----------
L. D. Landau, E. M. Lifshitz, Mechanics, 3rd ed. (Butterworth-Heinemann, 1976), section 25.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from edex.examples.arguments import finite_array, require_count, require_number

__all__ = ["damped_oscillation", "simulate_oscillation"]


def damped_oscillation(
    time: npt.ArrayLike,
    *,
    amplitude: float = 1.0,
    damping: float = 0.3,
    frequency: float = 1.0,
    phase: float = 0.0,
) -> np.ndarray:
    """Give the displacement of a damped oscillator.

    Parameters
    ----------
    time : array-like
        Times, s.
    amplitude : float, default 1.0
        Amplitude A at time 0; the displacement has its unit.
    damping : float, default 0.3
        Damping rate gamma, 1/s.
    frequency : float, default 1.0
        Frequency f, Hz.
    phase : float, default 0.0
        Phase phi, rad.

    Returns
    -------
    ndarray of the shape of `time`
        Displacement.

    Raises
    ------
    InputError
        If a time or the phase is not finite, or another parameter is negative.

    Examples
    --------
    >>> damped_oscillation([0.0, 0.5, 1.0], damping=0.0)
    array([ 1., -1.,  1.])
    """
    times = finite_array("time", time, "s")
    angle = float(finite_array("phase", phase, "rad"))
    height = require_number("amplitude", amplitude, "the unit of the displacement")
    rate = require_number("damping", damping, "1/s")
    cycles = require_number("frequency", frequency, "Hz")
    displacement: np.ndarray = (
        height * np.exp(-rate * times) * np.cos(2 * np.pi * cycles * times + angle)
    )
    return displacement


def simulate_oscillation(
    n_points: int,
    *,
    duration: float = 6.0,
    noise: float = 0.1,
    random_state: int,
    **parameters: Any,
) -> tuple[np.ndarray, np.ndarray]:
    """Measure a damped oscillator at random times with normal noise.

    Parameters
    ----------
    n_points : int
        Number of measurements.
    duration : float, default 6.0
        The times are uniform from 0 to this, s.
    noise : float, default 0.1
        Standard deviation of the noise, in the unit of the displacement.
    random_state : int
        Seed of the times and the noise.
    **parameters
        ``amplitude``, ``damping``, ``frequency``, ``phase`` of :func:`damped_oscillation`.

    Returns
    -------
    time : ndarray of shape (n_points,)
        Sorted, s.
    displacement : ndarray of shape (n_points,)
        Measured displacement.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> time, displacement = simulate_oscillation(30, random_state=0)
    >>> time.shape, displacement.shape
    ((30,), (30,))
    """
    count = require_count("n_points", n_points)
    end = require_number("duration", duration, "s", positive=True)
    spread = require_number("noise", noise, "the unit of the displacement")
    generator = np.random.default_rng(random_state)
    time = np.sort(generator.uniform(0.0, end, count))
    displacement = damped_oscillation(time, **parameters) + generator.normal(0.0, spread, count)
    return time, displacement
