r"""Search for the symmetry operations of a crystal, fast.

In a reduced primitive basis L with metric G = L L^T, a rotation R is a candidate if it leaves G as
it is, and an operation (R, t) if it then brings every site to a site of the same kind:

.. math:: \min_n | (R f_i + t - f_j - n) L | < \mathrm{symprec} .

That is the search of spglib with its tolerances (Togo, Shinohara and Tanaka, STAM-M 4, 2384822,
2024), without its assignment of Wyckoff letters, which takes ten times as long in cubic groups.
The name of the group is left to spglib.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from edex.errors import MissingExtraError
from edex.spacegroup.spglib_calls import group_of_operations, niggli_basis

try:
    from numba import njit
except ImportError:
    raise MissingExtraError("numba", extra="spacegroup", purpose="finding symmetry") from None

__all__ = ["Operations", "find_operations"]


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
        None where the tolerance leaves room for doubt: sites as close as the tolerance, or
        operations that are no group. Then a careful search is needed.
    """
    kinds = np.asarray(types)
    order = np.argsort(kinds, kind="stable")
    starts = np.searchsorted(kinds[order], np.arange(kinds.max() + 2))
    basis = niggli_basis(lattice)
    places = coords[order] @ (lattice @ np.linalg.inv(basis))
    shifts, images = _pure_translations(basis, places, starts, symprec)
    if len(shifts) == 0:
        return None
    if len(shifts) > 1:
        finer = _primitive_basis(basis, shifts)
        first = np.unique(images.min(axis=0))
        if finer is None or len(first) * len(shifts) != len(order):
            return None
        places = places[first] @ (basis @ np.linalg.inv(finer))
        order, basis = order[first], finer
        starts = np.searchsorted(kinds[order], np.arange(kinds.max() + 2))
    rotations, translations, images = _operations(basis, places, starts, symprec)
    number = _group_number(rotations, translations, basis)
    if number is None:
        return None
    return Operations(number, rotations, translations, images, basis, order)


_known: OrderedDict[bytes, int] = OrderedDict()


def _group_number(
    rotations: np.ndarray, translations: np.ndarray, basis: np.ndarray
) -> int | None:
    """Name the group; crystals of one template have the same operations, so ask once."""
    steps = np.rint(translations * 1e6).astype(np.int64) % 1_000_000
    key = rotations.tobytes() + steps.tobytes()
    number = _known.get(key)
    if number is None:
        number = group_of_operations(rotations, translations, basis, 1e-3)
        if number is not None:
            _known[key] = number
            if len(_known) > 20_000:
                _known.popitem(last=False)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _maps(
    turned: np.ndarray,
    shift: np.ndarray,
    places: np.ndarray,
    starts: np.ndarray,
    basis: np.ndarray,
    symprec: float,
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
                if gap < symprec * symprec:
                    met = j
                    break
            if met < 0:
                return False
            image[i] = met
    return True


@njit(cache=True, nogil=True)
def _rarest(starts: np.ndarray) -> int:
    best = 0
    for kind in range(len(starts) - 1):
        if starts[kind + 1] - starts[kind] < starts[best + 1] - starts[best]:
            best = kind
    return best


@njit(cache=True, nogil=True)
def _pure_translations(
    basis: np.ndarray, places: np.ndarray, starts: np.ndarray, symprec: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find all translations of the crystal in its cell; none if two sites are too close."""
    n = len(places)
    for i in range(n):
        for j in range(i):
            gap = _distance2(
                places[i, 0] - places[j, 0],
                places[i, 1] - places[j, 1],
                places[i, 2] - places[j, 2],
                basis,
            )
            if gap < 4 * symprec * symprec:
                return np.empty((0, 3)), np.empty((0, n), dtype=np.int64)
    kind = _rarest(starts)
    count = starts[kind + 1] - starts[kind]
    shifts = np.empty((count, 3))
    images = np.empty((count, n), dtype=np.int64)
    found = 0
    for j in range(starts[kind], starts[kind + 1]):
        shift = places[j] - places[starts[kind]]
        if _maps(places, shift, places, starts, basis, symprec, images[found]):
            shifts[found] = shift
            found += 1
    return shifts[:found], images[:found]


@njit(cache=True, nogil=True)
def _lattice_rotations(basis: np.ndarray, symprec: float) -> np.ndarray:
    """Find all integer matrices that leave the metric as it is, within the tolerance."""
    metric = basis @ basis.T
    lengths = np.sqrt(np.diag(metric))
    vectors = np.empty((26, 3), dtype=np.int64)
    count = 0
    for x in range(-1, 2):
        for y in range(-1, 2):
            for z in range(-1, 2):
                if x != 0 or y != 0 or z != 0:
                    vectors[count] = (x, y, z)
                    count += 1
    products = vectors.astype(np.float64) @ metric @ vectors.astype(np.float64).T
    norms = np.sqrt(np.diag(products))
    rotations = np.empty((96, 3, 3), dtype=np.int64)
    found = 0
    for i in range(26):
        if abs(norms[i] - lengths[0]) > symprec:
            continue
        for j in range(26):
            if abs(norms[j] - lengths[1]) > symprec or not _same_angle(
                products, norms, metric, lengths, i, j, 0, 1, symprec
            ):
                continue
            for k in range(26):
                if (
                    abs(norms[k] - lengths[2]) > symprec
                    or not _same_angle(products, norms, metric, lengths, i, k, 0, 2, symprec)
                    or not _same_angle(products, norms, metric, lengths, j, k, 1, 2, symprec)
                ):
                    continue
                a, b, c = vectors[i], vectors[j], vectors[k]
                volume = (
                    a[0] * (b[1] * c[2] - b[2] * c[1])
                    - a[1] * (b[0] * c[2] - b[2] * c[0])
                    + a[2] * (b[0] * c[1] - b[1] * c[0])
                )
                if abs(volume) == 1 and found < 96:
                    for row in range(3):  # new vectors are a' = W a, coordinates turn with W^T
                        rotations[found, row, 0] = a[row]
                        rotations[found, row, 1] = b[row]
                        rotations[found, row, 2] = c[row]
                    found += 1
    return rotations[:found]


@njit(cache=True, nogil=True)
def _same_angle(
    products: np.ndarray,
    norms: np.ndarray,
    metric: np.ndarray,
    lengths: np.ndarray,
    i: int,
    j: int,
    p: int,
    q: int,
    symprec: float,
) -> bool:
    """Whether an angle is kept: the arc sin(d theta) times the mean length is within symprec."""
    new = products[i, j] / (norms[i] * norms[j])
    old = metric[p, q] / (lengths[p] * lengths[q])
    cosine = new * old + np.sqrt(max(0.0, 1 - new * new)) * np.sqrt(max(0.0, 1 - old * old))
    sine2 = 1 - cosine * cosine
    area = 0.25 * (norms[i] + lengths[p]) * (norms[j] + lengths[q])
    return bool(sine2 < 1e-12 or sine2 * area < symprec * symprec)


@njit(cache=True, nogil=True)
def _operations(
    basis: np.ndarray, places: np.ndarray, starts: np.ndarray, symprec: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the translation that goes with each rotation of the lattice, if there is one."""
    n = len(places)
    candidates = _lattice_rotations(basis, symprec)
    rotations = np.empty_like(candidates)
    translations = np.empty((len(candidates), 3))
    images = np.empty((len(candidates), n), dtype=np.int64)
    kind = _rarest(starts)
    turned = np.empty((n, 3))
    found = 0
    for rotation in candidates:
        for i in range(n):
            for c in range(3):
                turned[i, c] = (
                    rotation[c, 0] * places[i, 0]
                    + rotation[c, 1] * places[i, 1]
                    + rotation[c, 2] * places[i, 2]
                )
        for j in range(starts[kind], starts[kind + 1]):
            shift = places[j] - turned[starts[kind]]
            if _maps(turned, shift, places, starts, basis, symprec, images[found]):
                for c in range(3):  # the mean over all sites is more exact than one of them
                    rest = 0.0
                    for i in range(n):
                        gap = turned[i, c] + shift[c] - places[images[found, i], c]
                        rest += gap - np.rint(gap)
                    translations[found, c] = shift[c] - rest / n
                rotations[found] = rotation
                found += 1
                break
    return rotations[:found], translations[:found], images[:found]
