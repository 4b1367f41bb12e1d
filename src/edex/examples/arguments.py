"""Checks of the numbers that the simulations of this room are asked for.

A wrong number would give a curve that looks right: a damping of -0.3 is an oscillation that grows,
a temperature of 0 divides by nothing. Each message names the value, the rule and what to do.
"""

import math
from numbers import Real

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["finite_array", "require_count", "require_number"]


def require_number(name: str, value: object, unit: str, *, positive: bool = False) -> float:
    """Return a finite number that is not below 0.

    Parameters
    ----------
    name : str
        What the caller calls it.
    value : object
        What was given.
    unit : str
        For the message, for example ``"K"``.
    positive : bool, default False
        Whether 0 is refused as well.

    Raises
    ------
    InputError
        If it is no such number.
    """
    number = float(value) if isinstance(value, Real) else math.nan
    if not math.isfinite(number) or number < 0 or (positive and number == 0):
        rule = "above 0" if positive else "0 or above"
        raise InputError(
            f"{name} is {value!r}; it must be a finite number, {rule}, in {unit}. "
            f"Check the value and its unit."
        )
    return number


def require_count(name: str, value: object, *, least: int = 1) -> int:
    """Return a whole number that is not below `least`.

    Raises
    ------
    InputError
        If it is no such number.
    """
    if not isinstance(value, int | np.integer) or value < least:
        raise InputError(
            f"{name} is {value!r}; it must be a whole number, {least} or more. "
            f"Write, for example, {name}={max(least, 10)}."
        )
    return int(value)


def finite_array(name: str, values: npt.ArrayLike, unit: str) -> np.ndarray:
    """Return an array of finite numbers, of the shape that was given.

    Raises
    ------
    InputError
        If something in it is no finite number.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"{name} is {values!r}; it must be a number or an array of numbers in {unit}. "
            f"Give, for example, numpy.linspace(1, 4, 50)."
        ) from None
    if not np.isfinite(array).all():
        raise InputError(
            f"{name} holds {array[~np.isfinite(array)][0]}; all values must be finite numbers in "
            f"{unit}. Leave out the rows without a value."
        )
    return array
