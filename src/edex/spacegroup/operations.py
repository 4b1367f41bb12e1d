r"""Search for the symmetry operations of a crystal, fast.

In a reduced primitive basis L with metric G = L L^T, a rotation R is a candidate if it leaves G as
it is, and an operation (R, t) if it then brings every site to a site of the same kind:

.. math:: \max_i \min_{j,n} | (R f_i + t - f_j - n) L | < \mathrm{symprec} .

That is the search of spglib (Togo, Shinohara and Tanaka, STAM-M 4, 2384822, 2024) without its
Wyckoff letters, which take ten times as long. It is made with a wider tolerance; if the misfit of
any operation is neither far below symprec nor far above, the answer is left to spglib.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar, cast

import numpy as np

from edex.errors import MissingExtraError
from edex.spacegroup.spglib_calls import group_of_operations, niggli_basis

try:
    from numba import njit
except ImportError:
    raise MissingExtraError("numba", extra="spacegroup", purpose="finding symmetry") from None

__all__ = ["Operations", "find_operations"]

Function = TypeVar("Function", bound=Callable[..., Any])

_WIDER = 3.0
_MOST_KNOWN = 50_000


@dataclass(frozen=True, eq=False)
class Operations:
    """The operations of a crystal in a reduced primitive basis.

    Attributes
    ----------
    number : int
        Space group number.
    rotations : ndarray of shape (n_operations, 3, 3), int
        Rotation parts.
    translations : ndarray of shape (n_operations, 3)
        Translation parts.
    images : ndarray of shape (n_operations, n_primitive), int
        Site to which each operation brings each site of the primitive cell.
    basis : ndarray of shape (3, 3)
        Cell vectors as rows, Å.
    sites : ndarray of shape (n_primitive,), int
        Which sites of the given cell stand for the primitive ones.
    """

    number: int
    rotations: np.ndarray
    translations: np.ndarray
    images: np.ndarray
    basis: np.ndarray
    sites: np.ndarray


def find_operations(
    lattice: np.ndarray, coords: np.ndarray, types: list[int], symprec: float
) -> Operations | None:
    """Find all operations and the space group that they form.

    Parameters
    ----------
    lattice : ndarray of shape (3, 3)
        Cell vectors as rows, Å; any cell.
    coords : ndarray of shape (n_sites, 3)
        Fractional coordinates.
    types : list of int
        Kind of each site: 0, 1, 2 ...
    symprec : float
        Tolerance, Å.

    Returns
    -------
    Operations or None
        None where the tolerance leaves room for doubt: sites almost as close as the tolerance, a
        misfit within a factor of three of it, or operations that are no group.
    """
    kinds = np.asarray(types)
    order = np.argsort(kinds, kind="stable")
    starts = np.searchsorted(kinds[order], np.arange(kinds.max() + 2))
    basis = niggli_basis(lattice)
    places = coords[order] @ (lattice @ np.linalg.inv(basis))
    shifts, images, misfits = _pure_translations(basis, places, starts, _WIDER * symprec)
    if len(shifts) == 0 or misfits.max() > symprec / _WIDER:
        return None
    if len(shifts) > 1:
        finer = _primitive_basis(basis, shifts)
        first = np.unique(images.min(axis=0))
        if finer is None or len(first) * len(shifts) != len(order):
            return None
        places = places[first] @ (basis @ np.linalg.inv(finer))
        order, basis = order[first], finer
        starts = np.searchsorted(kinds[order], np.arange(kinds.max() + 2))
    rotations, translations, images, misfits = _operations(basis, places, starts, _WIDER * symprec)
    if misfits.max() > symprec / _WIDER:
        return None
    number = _group_number(rotations, translations, basis)
    if number is None:
        return None
    return Operations(number, rotations, translations, images, basis, order)


_known: dict[bytes, int] = {}


def _group_number(rotations: np.ndarray, translations: np.ndarray, basis: np.ndarray) -> int | None:
    """Name the group; crystals of one template have the same operations, so ask once."""
    steps = np.rint(translations * 1e6).astype(np.int64) % 1_000_000
    key = rotations.tobytes() + steps.tobytes()
    if key in _known:
        return _known[key]
    number = group_of_operations(rotations, translations, basis, 1e-3)
    if number is not None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = number
    return number


def _primitive_basis(basis: np.ndarray, shifts: np.ndarray) -> np.ndarray | None:
    """Find the reduced basis of a lattice and its pure translations."""
    vectors = np.concatenate((shifts - np.rint(shifts), np.eye(3)))
    vectors = vectors[np.linalg.norm(vectors @ basis, axis=1) > 1e-6]
    vectors = vectors[np.argsort(np.linalg.norm(vectors @ basis, axis=1), kind="stable")]
    wanted = 1 / len(shifts)
    for three in combinations(range(min(len(vectors), 40)), 3):
        volume = np.linalg.det(vectors[list(three)])
        if abs(abs(volume) - wanted) < 0.01 * wanted:
            return niggli_basis(vectors[list(three)] @ basis)
    return None


def _compiled(function: Function) -> Function:
    """Compile with numba, once for all runs; other threads may run meanwhile."""
    return cast(Function, njit(cache=True, nogil=True)(function))


@_compiled
def _distance2(x: float, y: float, z: float, basis: np.ndarray) -> float:
    """Square of the length of a fractional vector, to the nearest lattice point."""
    x -= np.rint(x)
    y -= np.rint(y)
    z -= np.rint(z)
    total = 0.0
    for c in range(3):
        part = x * basis[0, c] + y * basis[1, c] + z * basis[2, c]
        total += part * part
    return total


@_compiled
def _maps(
    turned: np.ndarray,
    shift: np.ndarray,
    places: np.ndarray,
    starts: np.ndarray,
    basis: np.ndarray,
    tolerance: float,
    image: np.ndarray,
) -> bool:
    """Whether every site, turned and shifted, meets a site of its kind; fill in which."""
    for kind in range(len(starts) - 1):
        for i in range(starts[kind], starts[kind + 1]):
            met = -1
            for j in range(starts[kind], starts[kind + 1]):
                gap = _distance2(
                    turned[i, 0] + shift[0] - places[j, 0],
                    turned[i, 1] + shift[1] - places[j, 1],
                    turned[i, 2] + shift[2] - places[j, 2],
                    basis,
                )
                if gap < tolerance * tolerance:
                    met = j
                    break
            if met < 0:
                return False
            image[i] = met
    return True


@_compiled
def _centre(
    turned: np.ndarray,
    shift: np.ndarray,
    places: np.ndarray,
    basis: np.ndarray,
    image: np.ndarray,
) -> float:
    """Make the shift the mean over all sites, in place; give the largest misfit, Å."""
    n = len(places)
    for c in range(3):
        rest = 0.0
        for i in range(n):
            gap = turned[i, c] + shift[c] - places[image[i], c]
            rest += gap - np.rint(gap)
        shift[c] -= rest / n
    largest = 0.0
    for i in range(n):
        gap = _distance2(
            turned[i, 0] + shift[0] - places[image[i], 0],
            turned[i, 1] + shift[1] - places[image[i], 1],
            turned[i, 2] + shift[2] - places[image[i], 2],
            basis,
        )
        largest = max(largest, gap)
    return float(np.sqrt(largest))


@_compiled
def _rarest(starts: np.ndarray) -> int:
    best = 0
    for kind in range(len(starts) - 1):
        if starts[kind + 1] - starts[kind] < starts[best + 1] - starts[best]:
            best = kind
    return best


@_compiled
def _pure_translations(
    basis: np.ndarray, places: np.ndarray, starts: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find all translations of the crystal in its cell; none if two sites are too close."""
    n = len(places)
    kind = _rarest(starts)
    count = starts[kind + 1] - starts[kind]
    shifts = np.empty((count, 3))
    images = np.empty((count, n), dtype=np.int64)
    misfits = np.empty(count)
    for i in range(n):
        for j in range(i):
            gap = _distance2(
                places[i, 0] - places[j, 0],
                places[i, 1] - places[j, 1],
                places[i, 2] - places[j, 2],
                basis,
            )
            if gap < 4 * tolerance * tolerance:
                return shifts[:0], images[:0], misfits[:0]
    found = 0
    for j in range(starts[kind], starts[kind + 1]):
        shift = places[j] - places[starts[kind]]
        if _maps(places, shift, places, starts, basis, tolerance, images[found]):
            misfits[found] = _centre(places, shift, places, basis, images[found])
            shifts[found] = shift
            found += 1
    return shifts[:found], images[:found], misfits[:found]


@_compiled
def _lattice_rotations(basis: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Find all integer matrices that leave the metric as it is, and how well (Å).

    Lengths may differ by the tolerance, and angles by as much as moves the end of a vector of mean
    length by the tolerance.
    """
    vectors = np.empty((26, 3), dtype=np.int64)
    ends = np.zeros((26, 3))
    count = 0
    for x in range(-1, 2):  # enough in a reduced basis
        for y in range(-1, 2):
            for z in range(-1, 2):
                if x != 0 or y != 0 or z != 0:
                    vectors[count] = (x, y, z)
                    for c in range(3):
                        ends[count, c] = x * basis[0, c] + y * basis[1, c] + z * basis[2, c]
                    count += 1
    products = _products(ends)
    metric = _products(basis)
    rotations = np.empty((96, 3, 3), dtype=np.int64)
    misfits = np.empty(96)
    found = 0
    for i in range(26):
        first = abs(np.sqrt(products[i, i]) - np.sqrt(metric[0, 0]))
        if first > tolerance:
            continue
        for j in range(26):
            second = max(
                first,
                abs(np.sqrt(products[j, j]) - np.sqrt(metric[1, 1])),
                _arc(products, metric, i, j, 0, 1),
            )
            if second > tolerance:
                continue
            for k in range(26):
                third = max(
                    second,
                    abs(np.sqrt(products[k, k]) - np.sqrt(metric[2, 2])),
                    _arc(products, metric, i, k, 0, 2),
                    _arc(products, metric, j, k, 1, 2),
                )
                if third > tolerance or found == 96:
                    continue
                for row in range(3):  # new vectors are a' = W a, coordinates turn with W^T
                    rotations[found, row, 0] = vectors[i, row]
                    rotations[found, row, 1] = vectors[j, row]
                    rotations[found, row, 2] = vectors[k, row]
                if abs(_determinant(rotations[found])) == 1:
                    misfits[found] = third
                    found += 1
    return rotations[:found], misfits[:found]


@_compiled
def _products(rows: np.ndarray) -> np.ndarray:
    """Give the scalar products of all pairs of rows."""
    result = np.empty((len(rows), len(rows)))
    for i in range(len(rows)):
        for j in range(len(rows)):
            total = 0.0
            for c in range(3):
                total += rows[i, c] * rows[j, c]
            result[i, j] = total
    return result


@_compiled
def _determinant(matrix: np.ndarray) -> int:
    return int(
        matrix[0, 0] * (matrix[1, 1] * matrix[2, 2] - matrix[1, 2] * matrix[2, 1])
        - matrix[0, 1] * (matrix[1, 0] * matrix[2, 2] - matrix[1, 2] * matrix[2, 0])
        + matrix[0, 2] * (matrix[1, 0] * matrix[2, 1] - matrix[1, 1] * matrix[2, 0])
    )


@_compiled
def _arc(products: np.ndarray, metric: np.ndarray, i: int, j: int, p: int, q: int) -> float:
    """Change of the angle between two vectors, times their mean length, Å."""
    new_lengths = np.sqrt(products[i, i] * products[j, j])
    lengths = np.sqrt(metric[p, p] * metric[q, q])
    new, old = products[i, j] / new_lengths, metric[p, q] / lengths
    sine = np.sqrt(max(0.0, 1 - new * new)) * old - np.sqrt(max(0.0, 1 - old * old)) * new
    return float(abs(sine) * np.sqrt(0.5 * (new_lengths + lengths)))


@_compiled
def _operations(
    basis: np.ndarray, places: np.ndarray, starts: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find the translation that goes with each rotation of the lattice, if there is one."""
    n = len(places)
    candidates, metric_misfits = _lattice_rotations(basis, tolerance)
    rotations = np.empty_like(candidates)
    translations = np.empty((len(candidates), 3))
    images = np.empty((len(candidates), n), dtype=np.int64)
    misfits = np.empty(len(candidates))
    kind = _rarest(starts)
    turned = np.empty((n, 3))
    found = 0
    for candidate in range(len(candidates)):
        rotation = candidates[candidate]
        for i in range(n):
            for c in range(3):
                turned[i, c] = (
                    rotation[c, 0] * places[i, 0]
                    + rotation[c, 1] * places[i, 1]
                    + rotation[c, 2] * places[i, 2]
                )
        for j in range(starts[kind], starts[kind + 1]):
            shift = places[j] - turned[starts[kind]]
            if _maps(turned, shift, places, starts, basis, tolerance, images[found]):
                misfit = _centre(turned, shift, places, basis, images[found])
                misfits[found] = max(misfit, metric_misfits[candidate])
                rotations[found] = rotation
                translations[found] = shift
                found += 1
                break
    return rotations[:found], translations[:found], images[:found], misfits[:found]
