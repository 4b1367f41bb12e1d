"""The compiled sum over pairs of atoms: where most of the time of a PDF is spent.

The pairs of a crystal come in blocks, all vectors d + (lattice vector) for one difference d of two
sites. Equal and opposite differences give the same lengths: their blocks are merged before the sum,
and half of a block is enough where d and -d are the same block. A block is enumerated line by line
along the shortest cell vector; where the line enters and leaves the sphere is solved for, so no
pair is made in vain. Distances are counted on nodes r_k of a fine grid, each shared linearly by its
two neighbours; a Gaussian of variance s^2 = u_i + u_j then smears the counts H_k:

    f(r) = sum_k (H_k / r_k) exp(-(r - r_k)^2 / 2 s^2) / sqrt(2 pi s^2).

Lengths are in Å, numbers are float64, and the functions release the GIL.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from edex.spacegroup.crystal import SAME_SITE

__all__ = ["BAD_ORBITS", "CLASH", "DONE", "NO_CONTRAST", "Status", "pdf_of_cell"]

DONE, CLASH, BAD_ORBITS, NO_CONTRAST = range(4)
Status = tuple[int, int, int, float]

_SAME_DIFFERENCE = 1e-9  # in fractions of the cell: far below the error of any coordinate
_SAME_WEIGHT = 5e-3  # relative: published occupancies are rounded
_MIN_CONTRAST = 1e-2  # least |<b>| in units of sqrt(<b^2>)
_MAX_BLOCKS = 1 << 15  # blocks held at once: 3 MB
_CELLS = 4096  # per axis, to look up a difference
_BUFFER = 1024  # distances in flight: they stay in the nearest cache

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile; sums may be reordered (SIMD), but infinities and NaN keep their meaning."""
    allowed = {"reassoc", "contract", "nsz", "arcp"}
    return cast(Function, numba.njit(cache=True, nogil=True, fastmath=allowed)(function))


@compiled
def reduce_cell(cell: np.ndarray, coords: np.ndarray) -> None:
    """Make the cell vectors short, the last one the shortest, without moving any atom (in place).

    Parameters
    ----------
    cell : ndarray of shape (3, 3)
        Rows are the cell vectors, Å.
    coords : ndarray of shape (n_atoms, 3)
        Fractional coordinates.
    """
    for _ in range(100):
        changed = False
        for i in range(3):
            for j in range(3):
                if i == j:
                    continue
                overlap = square = 0.0
                for k in range(3):
                    overlap += cell[i, k] * cell[j, k]
                    square += cell[j, k] * cell[j, k]
                times = np.rint(overlap / square * (1.0 - 1e-9))
                if times != 0.0:
                    cell[i] -= times * cell[j]
                    coords[:, j] += times * coords[:, i]
                    changed = True
        if not changed:
            break
    for i, j in ((0, 1), (1, 2), (0, 1)):
        if (cell[i] ** 2).sum() < (cell[j] ** 2).sum():
            for k in range(3):
                cell[i, k], cell[j, k] = cell[j, k], cell[i, k]
            for n in range(len(coords)):
                coords[n, i], coords[n, j] = coords[n, j], coords[n, i]


@compiled
def triangular(cell: np.ndarray) -> np.ndarray:
    """Turn the cell so that c lies along z and b in the yz plane: a_x, a_y, a_z, b_y, b_z, c_z."""
    c_z = math.sqrt((cell[2] * cell[2]).sum())
    e_z = cell[2] / c_z
    b_z = (cell[1] * e_z).sum()
    across = cell[1] - b_z * e_z
    b_y = math.sqrt((across * across).sum())
    e_y = across / b_y
    a_y, a_z = (cell[0] * e_y).sum(), (cell[0] * e_z).sum()
    rest = cell[0] - a_y * e_y - a_z * e_z
    return np.array([math.sqrt((rest * rest).sum()), a_y, a_z, b_y, b_z, c_z])


@compiled
def count_distances(
    squares: np.ndarray, n: int, weight: float, inverse_step: float, counts: np.ndarray
) -> None:
    """Add distances, given as squares in Å^2, to the counts on the grid."""
    for k in range(n):
        squares[k] = math.sqrt(squares[k]) * inverse_step
    for k in range(n):
        node = int(squares[k])
        upper = (squares[k] - node) * weight
        counts[np.uint64(node)] += weight - upper  # unsigned: no look at negative indices
        counts[np.uint64(node + 1)] += upper


@compiled
def _pushed(
    square: float,
    squares: np.ndarray,
    n: int,
    weight: float,
    inverse_step: float,
    counts: np.ndarray,
) -> int:
    """Put one squared distance into the buffer, which is emptied when it is full."""
    if n == _BUFFER:
        count_distances(squares, n, weight, inverse_step, counts)
        n = 0
    squares[n] = square
    return n + 1


@compiled
def count_block(
    turned: np.ndarray,
    difference: np.ndarray,
    is_half: bool,
    radius: float,
    min_distance: float,
    weight: float,
    inverse_step: float,
    counts: np.ndarray,
    squares: np.ndarray,
) -> float:
    """Count all vectors of a block in a sphere; a half block leaves out v where it has -v.

    Returns the length of a vector that is too short, or 0.
    """
    a_x, a_y, a_z, b_y, b_z, c_z = turned
    d_a, d_b, d_c = difference
    limit, too_close = radius * radius, min_distance * min_distance
    is_lattice = d_a == 0.0 and d_b == 0.0 and d_c == 0.0
    n = 0
    first_a = 0 if is_half else math.ceil(-radius / a_x - d_a)
    for n_a in range(first_a, math.floor(radius / a_x - d_a) + 1):
        t_a = n_a + d_a
        x, y_a, z_a = t_a * a_x, t_a * a_y, t_a * a_z + d_c * c_z
        half_b = math.sqrt(max(limit - x * x, 0.0))
        on_axis = is_half and t_a == 0.0
        first_b = 0 if on_axis else math.ceil((-half_b - y_a) / b_y - d_b)
        for n_b in range(first_b, math.floor((half_b - y_a) / b_y - d_b) + 1):
            t_b = n_b + d_b
            y, z_b = y_a + t_b * b_y, z_a + t_b * b_z
            across = x * x + y * y
            half_c = math.sqrt(max(limit - across, 0.0))
            first = math.ceil((-half_c - z_b) / c_z)
            if on_axis and t_b == 0.0:
                first = 0 if d_c > 0.0 else 1
            n_line = math.floor((half_c - z_b) / c_z) + 1 - first
            if n_line <= 0:
                continue
            start = z_b + first * c_z
            if across < too_close:  # rare: the line passes close to the atom at the origin
                for k in range(n_line):
                    square = across + (start + k * c_z) ** 2
                    if square < too_close and (is_lattice or square >= SAME_SITE * SAME_SITE):
                        return math.sqrt(square)
                    if square >= too_close:
                        n = _pushed(square, squares, n, weight, inverse_step, counts)
                continue
            while n_line > 0:
                if n == _BUFFER:
                    count_distances(squares, n, weight, inverse_step, counts)
                    n = 0
                n_now = min(n_line, _BUFFER - n)
                line = squares[n : n + n_now]
                for k in range(n_now):
                    z = start + k * c_z
                    line[k] = across + z * z
                n += n_now
                n_line -= n_now
                start += n_now * c_z
    count_distances(squares, n, weight, inverse_step, counts)
    return 0.0


@compiled
def merge_difference(
    coords: np.ndarray,
    i: int,
    j: int,
    u_sum: int,
    weight: float,
    table: np.ndarray,
    differences: np.ndarray,
    weights: np.ndarray,
    labels: np.ndarray,
    n_blocks: int,
) -> int:
    """Add the pairs from site i to site j to the block that has their difference, or a new one.

    ``labels`` holds for every block: the number of u_i + u_j, 1 if it is its own opposite, i, j.
    Returns the number of blocks.
    """
    own_opposite, sign = True, 0
    d = differences[n_blocks]  # the place of a new block
    for k in range(3):
        value = coords[j, k] - coords[i, k]
        d[k] = value - np.rint(value)
        own_opposite &= abs(2.0 * d[k] - np.rint(2.0 * d[k])) < 2.0 * _SAME_DIFFERENCE
        cell = np.int64(np.rint(d[k] * _CELLS)) & (_CELLS - 1)
        if sign == 0 and cell != -cell & (_CELLS - 1):
            sign = 1 if cell < -cell & (_CELLS - 1) else -1
    key = u_sum
    for k in range(3):
        if own_opposite:
            d[k] = abs(np.rint(2.0 * d[k]) / 2.0)
        elif sign < 0:
            d[k] = -d[k]
        cell = np.int64(np.rint(d[k] * _CELLS)) & (_CELLS - 1)
        key = (key ^ cell) * 0x9E3779B1 & 0xFFFFFFFF
        key ^= key >> 15
    place = key % len(table)
    while table[place] >= 0:
        known = table[place]
        if labels[known, 0] == u_sum:
            same = opposite = True
            for k in range(3):
                minus, plus = differences[known, k] - d[k], differences[known, k] + d[k]
                same &= abs(minus - np.rint(minus)) < _SAME_DIFFERENCE
                opposite &= abs(plus - np.rint(plus)) < _SAME_DIFFERENCE
            if same or opposite:
                weights[known] += weight
                return n_blocks
        place = place + 1 if place + 1 < len(table) else 0
    table[place] = n_blocks
    weights[n_blocks] = weight
    labels[n_blocks, 0], labels[n_blocks, 1] = u_sum, own_opposite
    labels[n_blocks, 2], labels[n_blocks, 3] = i, j
    return n_blocks + 1


@compiled
def smear(
    counts: np.ndarray, inverse_r: np.ndarray, taps: np.ndarray, stride: int, density: np.ndarray
) -> None:
    """Add the smeared counts / r to the density at every stride-th node."""
    half = len(taps) // 2
    for k in range(len(counts)):
        counts[k] *= inverse_r[k]
    for n in range(len(density)):
        first, last = max(n * stride - half, 0), min(n * stride + half + 1, len(counts))
        near, gaussian = counts[first:last], taps[first + half - n * stride :]
        total = 0.0
        for k in range(len(near)):
            total += near[k] * gaussian[k]
        density[n] += total


@compiled
def count_and_smear(
    turned: np.ndarray,
    differences: np.ndarray,
    weights: np.ndarray,
    labels: np.ndarray,
    n_blocks: int,
    radii: np.ndarray,
    step: float,
    taps: np.ndarray,
    inverse_r: np.ndarray,
    stride: int,
    min_distance: float,
    density: np.ndarray,
) -> Status:
    """Add the blocks to the density, one sum u_i + u_j after the other."""
    squares = np.empty(_BUFFER)
    is_there = np.zeros(len(radii), dtype=np.bool_)
    for block in range(n_blocks):
        is_there[labels[block, 0]] = True
    for u_sum in range(len(radii)):
        if not is_there[u_sum]:
            continue
        counts = np.zeros(int(radii[u_sum] / step) + 3)
        for block in range(n_blocks):
            if labels[block, 0] != u_sum:
                continue
            is_half = labels[block, 1] == 1
            weight = weights[block] * (2.0 if is_half else 1.0)
            clash = count_block(
                turned, differences[block], is_half, radii[u_sum], min_distance, weight,
                1.0 / step, counts, squares,
            )  # fmt: skip
            if clash > 0.0:
                return CLASH, labels[block, 2], labels[block, 3], clash
        smear(counts, inverse_r, taps[u_sum], stride, density)
    return DONE, 0, 0, 0.0


@compiled
def share_of_pairs(
    amplitudes: np.ndarray,
    u_types: np.ndarray,
    representatives: np.ndarray,
    multiplicities: np.ndarray,
) -> np.ndarray:
    """Say how often the pairs (representative p, atom j) count: 0 where (j, p) are counted instead.

    From all atoms of one kind to all of another the distances are the same as back. It is enough
    to go from the representatives of one kind, whichever makes fewer pairs, and count twice.
    Returns an array of shape (n_orbits, n_atoms), or (0, 0) if the orbits do not fill the cell.
    """
    n_atoms, n_orbits = len(amplitudes), len(representatives)
    kinds = np.empty(n_atoms, dtype=np.int64)
    example = np.empty(n_atoms, dtype=np.int64)
    n_of_kind = np.zeros(n_atoms, dtype=np.int64)
    n_kinds = 0
    for i in range(n_atoms):
        kind = 0
        while kind < n_kinds and not (
            u_types[example[kind]] == u_types[i]
            and abs(amplitudes[example[kind]] - amplitudes[i]) <= _SAME_WEIGHT * abs(amplitudes[i])
        ):
            kind += 1
        if kind == n_kinds:
            example[kind] = i
            n_kinds += 1
        kinds[i] = kind
        n_of_kind[kind] += 1
    n_orbits_of_kind = np.zeros(n_kinds, dtype=np.int64)
    covered = np.zeros(n_kinds, dtype=np.int64)
    for p in range(n_orbits):
        if not 0 <= representatives[p] < n_atoms or multiplicities[p] < 1:
            return np.empty((0, 0))
        n_orbits_of_kind[kinds[representatives[p]]] += 1
        covered[kinds[representatives[p]]] += multiplicities[p]
    if covered.sum() != n_atoms:
        return np.empty((0, 0))
    kinds_are_whole = True
    for kind in range(n_kinds):
        kinds_are_whole &= covered[kind] == n_of_kind[kind]
    share = np.empty((n_orbits, n_atoms))
    for p in range(n_orbits):
        kind = kinds[representatives[p]]
        for j in range(n_atoms):
            there = n_orbits_of_kind[kind] * n_of_kind[kinds[j]]
            back = n_orbits_of_kind[kinds[j]] * n_of_kind[kind]
            if not kinds_are_whole or kinds[j] == kind:
                share[p, j] = multiplicities[p]
            elif there < back or (there == back and kind < kinds[j]):
                share[p, j] = 2.0 * multiplicities[p]
            else:
                share[p, j] = 0.0
    return share


@compiled
def pdf_of_cell(
    lattice: np.ndarray,
    frac_coords: np.ndarray,
    scattering: np.ndarray,
    occupancies: np.ndarray,
    u_types: np.ndarray,
    u_sums: np.ndarray,
    representatives: np.ndarray,
    multiplicities: np.ndarray,
    min_distance: float,
    radii: np.ndarray,
    step: float,
    taps: np.ndarray,
    inverse_r: np.ndarray,
    stride: int,
    analysis: np.ndarray,
    synthesis: np.ndarray,
    baseline: np.ndarray,
    curve: np.ndarray,
) -> Status:
    """Calculate G(r) of a crystal; the tables come from :mod:`edex.spacegroup.filters`.

    Parameters
    ----------
    lattice, frac_coords, occupancies : ndarray
        As in :class:`edex.spacegroup.crystal.Crystal`.
    scattering : ndarray of shape (n_atoms,)
        Scattering weight b of each atom.
    u_types : ndarray of int of shape (n_atoms,)
        Number of the displacement parameter u of each atom.
    u_sums : ndarray of int of shape (n_u, n_u)
        Number of the sum u_i + u_j for each pair of displacement parameters.
    representatives, multiplicities : ndarray of int of shape (n_orbits,)
        As in :class:`edex.spacegroup.crystal.Orbits`; empty for a sum over all pairs.
    min_distance : float
        Least distance of two sites, Å.
    radii : ndarray of shape (n_sums,)
        How far atoms must be counted, Å.
    step, taps, inverse_r, stride
        Step of the counting grid in Å; Gaussians of shape (n_sums, odd); 1 / r at its nodes;
        number of steps from one sample of the smeared density to the next.
    analysis, synthesis, baseline : ndarray
        The band limit as two matrices, G = synthesis analysis f (the first may be empty), and the
        band-limited 4 pi r.
    curve : ndarray of shape (n_r,)
        Is overwritten with G, Å^-2.

    Returns
    -------
    tuple of (int, int, int, float)
        Status; for a clash the two atoms and their distance; for no contrast the mean b.
    """
    n_atoms = len(scattering)
    amplitudes = np.empty(n_atoms)
    n_full, total, square = 0.0, 0.0, 0.0
    for i in range(n_atoms):
        amplitudes[i] = occupancies[i] * scattering[i]
        n_full += occupancies[i]
        total += amplitudes[i]
        square += amplitudes[i] * scattering[i]
    if total * total < _MIN_CONTRAST * _MIN_CONTRAST * square * n_full:
        return NO_CONTRAST, 0, 0, total / n_full

    cell, coords = lattice.copy(), frac_coords.copy()
    reduce_cell(cell, coords)
    turned = triangular(cell)
    density = np.zeros(analysis.shape[1] if len(analysis) else synthesis.shape[1])

    by_orbits = len(representatives) > 0
    share = share_of_pairs(amplitudes, u_types, representatives, multiplicities)
    if by_orbits and len(share) == 0:
        return BAD_ORBITS, 0, 0, 0.0
    n_first = len(representatives) if by_orbits else n_atoms
    capacity = min(n_first * n_atoms, _MAX_BLOCKS)
    differences, weights = np.empty((capacity + 1, 3)), np.empty(capacity + 1)
    labels = np.empty((capacity + 1, 4), dtype=np.int64)
    table = np.full(2 * capacity + 1, -1, dtype=np.int32)
    n_blocks = 0
    for p in range(n_first):
        i = representatives[p] if by_orbits else p
        for j in range(0 if by_orbits else i, n_atoms):
            weight = amplitudes[i] * amplitudes[j]
            if by_orbits:
                if share[p, j] == 0.0:
                    continue
                weight *= share[p, j]
            elif j > i:
                weight *= 2.0
            if n_blocks == capacity:
                status = count_and_smear(
                    turned, differences, weights, labels, n_blocks, radii, step, taps,
                    inverse_r, stride, min_distance, density,
                )  # fmt: skip
                if status[0] != DONE:
                    return status
                table[:] = -1
                n_blocks = 0
            n_blocks = merge_difference(
                coords, i, j, u_sums[u_types[i], u_types[j]], weight, table, differences,
                weights, labels, n_blocks,
            )  # fmt: skip
    status = count_and_smear(
        turned, differences, weights, labels, n_blocks, radii, step, taps,
        inverse_r, stride, min_distance, density,
    )  # fmt: skip
    if status[0] != DONE:
        return status

    if len(analysis):
        density = product(analysis, density)
    scale = n_full / (total * total)
    slope = n_full / abs(turned[0] * turned[3] * turned[5])
    smooth = product(synthesis, density)
    for k in range(len(curve)):
        curve[k] = scale * smooth[k] - slope * baseline[k]
    return DONE, 0, 0, 0.0


@compiled
def product(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Multiply on this thread alone: calls in several threads or processes do not compete."""
    result = np.empty(len(matrix))
    for i in range(len(matrix)):
        total = 0.0
        for k in range(len(vector)):
            total += matrix[i, k] * vector[k]
        result[i] = total
    return result
