"""Scale curves so that only their shape counts.

The amplitude of a measured G(r) is known to some per cent at best, and a calculated one depends on
the weights of the atoms. Dividing each curve by its root mean square, g_i = G_i / sqrt(sum_j G_j^2
/ n), removes the amplitude and keeps the zero, which has a meaning: the average density.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["SCALINGS", "check_finite", "read_grid", "scale_curves"]

SCALINGS = ("rms", "min_max", "none")
_BLOCK = 4096


def scale_curves(X: npt.ArrayLike, scaling: str = "rms") -> npt.NDArray[np.float32]:
    """Scale each curve by itself; multiplying a curve by a number changes nothing.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_points)
        Curves, one a row, for example G(r) in Å⁻².
    scaling : {"rms", "min_max", "none"}, default "rms"
        Divide by the root mean square; or bring the smallest value to 0 and the largest to 1, as
        the course's notebook does; or leave the values alone.

    Returns
    -------
    ndarray of float32, shape (n_samples, n_points)
        A new array. A curve that is the same everywhere becomes 0 with ``"min_max"``.

    Raises
    ------
    InputError
        If the scaling is unknown, or a curve is zero everywhere and cannot be divided.

    Examples
    --------
    >>> scale_curves([[3.0, -3.0], [0.1, 0.1]]).tolist()
    [[1.0, -1.0], [1.0, 1.0]]
    """
    if scaling not in SCALINGS:
        raise InputError(
            f"There is no scaling {scaling!r}; scalings are {', '.join(SCALINGS)}. Choose one."
        )
    curves = np.asarray(X)
    scaled = np.empty(curves.shape, dtype=np.float32)
    for start in range(0, len(curves), _BLOCK):  # a memory-mapped X is read piece by piece
        block = np.asarray(curves[start : start + _BLOCK], dtype=float)
        largest = np.abs(block).max(axis=1, keepdims=True)
        if scaling == "rms":
            empty = np.flatnonzero(largest == 0.0)
            if len(empty):
                raise InputError(
                    f"Row {start + empty[0]} of X is zero at every point, so it has no shape to "
                    f"judge. Remove it, or check how it was read."
                )
            block = block / largest  # so that squares neither overflow nor vanish
            block /= np.sqrt(np.mean(block**2, axis=1, keepdims=True))
        elif scaling == "min_max":
            lowest = block.min(axis=1, keepdims=True)
            span = block.max(axis=1, keepdims=True) - lowest
            block = (block - lowest) / np.where(span > 0.0, span, 1.0)
        scaled[start : start + _BLOCK] = block
    return scaled


def check_finite(X: npt.ArrayLike) -> None:
    """Refuse curves with missing or infinite points.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_points)
        Curves.

    Raises
    ------
    InputError
        It names the first such row and point.
    """
    curves = np.asarray(X)
    for start in range(0, len(curves), _BLOCK):
        wrong = np.argwhere(~np.isfinite(curves[start : start + _BLOCK]))
        if len(wrong):
            row, point = wrong[0] + (start, 0)
            raise InputError(
                f"Row {row} of X holds NaN or infinity at point {point}, and every point of a "
                f"curve must be a finite number. Leave the curve out, or fill it on purpose."
            )


def read_grid(r: npt.ArrayLike | None, n_points: int) -> npt.NDArray[np.float64] | None:
    """Return the grid of curves, or what can be known of it.

    Parameters
    ----------
    r : array-like of shape (n_points,) or None
        Distances, Å.
    n_points : int
        Points of a curve.

    Returns
    -------
    ndarray of shape (n_points,) or None
        Without ``r``, the default grid if it has as many points.

    Raises
    ------
    InputError
        If the shape is another one, or the distances do not ascend.
    """
    if r is None:
        from edex.spacegroup.pdf import default_grid

        default = np.asarray(default_grid())
        return default if len(default) == n_points else None
    grid = np.asarray(r, dtype=float)
    if grid.shape != (n_points,) or not np.all(np.diff(grid) > 0.0):
        raise InputError(
            f"The grid r has shape {grid.shape} and curves have {n_points} points; r holds the "
            f"distance of each point in Å, ascending. Give the grid that X was made on."
        )
    return grid
