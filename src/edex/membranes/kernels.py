"""How alike two polymers are, as a kernel: shared features over all features.

Let a and b count the features of two polymers. The min-max kernel

    k(a, b) = Σ_j min(a_j, b_j) / Σ_j max(a_j, b_j) = (|a| + |b| - |a - b|) / (|a| + |b| + |a - b|),

with |·| the sum of absolute values, is 1 for equal counts and 0 if nothing is shared. Of bits (0 or
1) it is the Tanimoto similarity. It is positive definite, so it works wherever a kernel does:
``SVR(kernel=min_max_kernel)``, and :class:`MinMaxKernel` in a Gaussian process.

References
----------
L. Ralaivola et al., Neural Netw. 18, 1093 (2005), doi 10.1016/j.neunet.2005.07.009: both kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.gaussian_process.kernels import Kernel, NormalizedKernelMixin
from sklearn.metrics.pairwise import manhattan_distances

from edex.errors import InputError

__all__ = ["MinMaxKernel", "min_max_kernel", "tanimoto_kernel"]


def min_max_kernel(X: Any, Y: Any = None) -> np.ndarray:
    """Return the min-max similarity of each row of X with each row of Y.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_X, n_features)
        Counts or amounts, not negative.
    Y : array-like or sparse matrix of shape (n_Y, n_features), default None
        None means X.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        From 0 to 1. Two rows without any feature are alike (1).

    Raises
    ------
    InputError
        If a value is negative or not finite, or the numbers of columns differ.

    Examples
    --------
    >>> min_max_kernel([[2, 0, 1]], [[1, 1, 1]]).tolist()
    [[0.5]]
    """
    first = _amounts(X, "X")
    second = first if Y is None else _amounts(Y, "Y")
    _check_widths(first, second)
    apart = manhattan_distances(first, second)
    together = np.asarray(first.sum(axis=1)).reshape(-1, 1) + np.asarray(second.sum(axis=1)).ravel()
    with np.errstate(invalid="ignore"):
        alike = (together - apart) / (together + apart)
    return np.asarray(np.where(together + apart > 0.0, alike, 1.0))


def tanimoto_kernel(X: npt.ArrayLike, Y: npt.ArrayLike | None = None) -> np.ndarray:
    """Return the Tanimoto similarity of each fingerprint of X with each of Y.

    Bits in common over bits set in either. The same as :func:`min_max_kernel` for bits, and
    quicker, as one product of matrices.

    Parameters
    ----------
    X : array-like of shape (n_X, n_bits)
        Bits: 0 or 1.
    Y : array-like of shape (n_Y, n_bits), default None
        None means X.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        From 0 to 1. Two rows without any bit are alike (1).

    Raises
    ------
    InputError
        If a value is neither 0 nor 1, or the numbers of columns differ.

    Examples
    --------
    >>> tanimoto_kernel([[1, 1, 0]], [[0, 1, 1], [1, 1, 0]]).round(2).tolist()
    [[0.33, 1.0]]
    """
    first = _bits(X, "X")
    second = first if Y is None else _bits(Y, "Y")
    _check_widths(first, second)
    common = first @ second.T
    either = first.sum(axis=1)[:, None] + second.sum(axis=1) - common
    return np.asarray(np.where(either > 0.0, common / np.maximum(either, 1.0), 1.0))


class MinMaxKernel(NormalizedKernelMixin, Kernel):  # type: ignore[misc]
    """The min-max kernel for scikit-learn's Gaussian process; of bits it is the Tanimoto kernel.

    It has no parameter of its own. Multiply it by a constant and add noise:
    ``ConstantKernel() * MinMaxKernel() + WhiteKernel()``.
    """

    def __init__(self) -> None:
        """Make the kernel; scikit-learn asks for a signature even if it is empty."""

    def __call__(self, X: Any, Y: Any = None, eval_gradient: bool = False) -> Any:
        """Return the kernel matrix and, if asked for, its (empty) gradient."""
        matrix = min_max_kernel(X, Y)
        return (matrix, np.empty((*matrix.shape, 0))) if eval_gradient else matrix

    def is_stationary(self) -> bool:
        """Return False: the kernel is no function of X - Y."""
        return False

    def __repr__(self) -> str:
        return "MinMaxKernel()"


def _amounts(X: Any, name: str) -> sparse.csr_matrix:
    # Sparse, because a polymer has some fifty of some thousand features.
    matrix = sparse.csr_matrix(X, dtype=float)
    if not np.isfinite(matrix.data).all() or (matrix.data < 0.0).any():
        raise InputError(
            f"{name} holds a negative or missing value; the kernel compares counts. Give counts, "
            "not scaled features, and leave out polymers that could not be read."
        )
    return matrix


def _bits(X: npt.ArrayLike, name: str) -> np.ndarray:
    matrix = np.asarray(X, dtype=float)
    if matrix.ndim != 2 or not np.isin(matrix, (0.0, 1.0)).all():
        raise InputError(
            f"{name} has shape {matrix.shape}, or a value other than 0 and 1; the Tanimoto kernel "
            "compares rows of bits. For counts use min_max_kernel."
        )
    return matrix


def _check_widths(first: Any, second: Any) -> None:
    if first.shape[1] != second.shape[1]:
        raise InputError(
            f"X has {first.shape[1]} columns and Y {second.shape[1]}; they must be the same "
            "features. Transform both with the same fitted transformer."
        )
