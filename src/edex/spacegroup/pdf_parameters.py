"""Reading the parameters of a PDF: grid, range of Q, displacement parameters.

Each is checked once, when a calculator is made, so that calculating stays cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.scattering import scattering_weights

__all__ = ["UIso", "read_grid", "read_number", "read_q_range", "read_u_iso", "u_values"]

UIso = float | Mapping[str, float] | npt.ArrayLike

_LARGEST_U = 1.0  # Å^2: ten times that of a liquid
_LONGEST = 1000.0  # Å


def read_number(
    value: Any,
    name: str,
    unit: str,
    *,
    least: float = -np.inf,
    above: float = -np.inf,
    most: float = np.inf,
) -> float:
    """Read one finite number.

    Parameters
    ----------
    value : Any
        What the user gave.
    name, unit : str
        For the message.
    least, above : float
        Lower bound, allowed or not allowed itself.
    most : float
        Upper bound, allowed itself.

    Raises
    ------
    InputError
        If it is no number, not finite or out of range.
    """
    rule = f"at least {least:g}" if least > -np.inf else f"above {above:g}"
    rule += f" {unit}" if most == np.inf else f" and at most {most:g} {unit}"
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InputError(f"{name} is {value!r:.60}; it must be a number {rule}. Give a number.")
    number = float(value)
    if not (np.isfinite(number) and least <= number <= most and number > above):
        raise InputError(f"{name} is {number:g}; it must be {rule}. Change {name}.")
    return number


def read_grid(r: npt.ArrayLike) -> np.ndarray:
    """Read the distances at which G is wanted.

    Parameters
    ----------
    r : array-like of shape (n_r,)
        Å; increasing and above 0.

    Returns
    -------
    ndarray of shape (n_r,)
        Read-only.

    Raises
    ------
    InputError
        If it is not such a grid.
    """
    example = "For example: np.arange(1.5, 30.0, 0.01)."
    try:
        grid = np.array(r, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"r must be an array of distances in Å, not {r!r:.60}. {example}"
        ) from None
    if grid.ndim != 1 or len(grid) == 0:
        raise InputError(f"r has shape {grid.shape}; it must be a list of distances. {example}")
    if not np.isfinite(grid).all() or grid[0] <= 0.0 or grid[-1] > _LONGEST:
        wrong = grid[~(np.isfinite(grid) & (grid > 0.0) & (grid <= _LONGEST))]
        raise InputError(
            f"r contains {wrong[0]:g}; distances must be above 0 and at most {_LONGEST:g} Å. "
            f"{example}"
        )
    falls = np.flatnonzero(np.diff(grid) <= 0.0)
    if len(falls):
        k = int(falls[0])
        raise InputError(
            f"r does not increase: {grid[k]:g} Å is followed by {grid[k + 1]:g} Å. "
            "Sort it and leave out repeated values: np.unique(r)."
        )
    grid.setflags(write=False)
    return grid


def read_q_range(qmin: Any, qmax: Any) -> tuple[float, float]:
    """Read the range of Q.

    Parameters
    ----------
    qmin, qmax : float
        Å^-1, 0 <= qmin < qmax.

    Raises
    ------
    InputError
        If it is no range.
    """
    low = read_number(qmin, "qmin", "Å⁻¹", least=0.0)
    high = read_number(qmax, "qmax", "Å⁻¹", above=0.0)
    if high <= low:
        raise InputError(
            f"qmin is {low:g} Å⁻¹ and qmax is {high:g} Å⁻¹; qmax must be the larger. "
            "A good x-ray measurement has, for example, qmin=0.5 and qmax=23."
        )
    return low, high


def read_u_iso(u_iso: Any) -> float | dict[str, float] | np.ndarray:
    """Read displacement parameters: one, one for each element, or one for each atom.

    Parameters
    ----------
    u_iso : float, mapping from element to float, or array-like of shape (n_atoms,)
        Å^2, above 0.

    Raises
    ------
    InputError
        If a value is no number or not above 0, or a name is no element.
    """
    if isinstance(u_iso, Mapping):
        if not u_iso:
            raise InputError('u_iso is empty; give a value for each element: {"Na": 0.01, ...}.')
        scattering_weights(list(u_iso))
        return {element: _read_u(value, f"u_iso of {element}") for element, value in u_iso.items()}
    if np.ndim(u_iso) == 0:
        return _read_u(u_iso, "u_iso")
    values = [_read_u(value, f"u_iso of atom {k}") for k, value in enumerate(u_iso)]
    array = np.array(values)
    array.setflags(write=False)
    return array


def _read_u(value: Any, name: str) -> float:
    return read_number(value, name, "Å² (a solid has 0.003 to 0.03)", above=0.0, most=_LARGEST_U)


def u_values(u_iso: float | dict[str, float] | np.ndarray, crystal: Crystal) -> np.ndarray:
    """Return the displacement parameter of each atom of a crystal.

    Parameters
    ----------
    u_iso : float, dict or ndarray
        From :func:`read_u_iso`.
    crystal : Crystal

    Returns
    -------
    ndarray of shape (n_atoms,)
        Å^2.

    Raises
    ------
    InputError
        If an element has no value, or the number of values is not the number of atoms.
    """
    if isinstance(u_iso, float):
        return np.full(len(crystal), u_iso)
    if isinstance(u_iso, dict):
        missing = sorted(set(crystal.species) - set(u_iso))
        if missing:
            raise InputError(
                f"u_iso has no value for {', '.join(missing)}; it has {', '.join(u_iso)}. "
                f"Add {missing[0]!r}: 0.008, or give one number for all elements."
            )
        return np.array([u_iso[element] for element in crystal.species])
    if len(u_iso) != len(crystal):
        raise InputError(
            f"u_iso has {len(u_iso)} values and the crystal {len(crystal)} atoms; there must be "
            "one value for each atom. Give one number, or one for each element."
        )
    return u_iso
