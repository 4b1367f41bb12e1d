"""The compiled sum over pairs of atoms: where most of the time of a PDF is spent.

The pairs of a crystal come in blocks, all vectors d + (lattice vector) for one difference d of two
sites. Equal and opposite differences give the same lengths: their blocks are merged before the sum,
and half of a block is enough where d and -d are the same block. A block is enumerated line by line
along the shortest cell vector; where the line enters and leaves the sphere is solved for, so no
pair is made in vain. Distances are counted on nodes r_k of a fine grid, each shared linearly by its
two neighbours; a Gaussian of variance s^2 = u_i + u_j then smears the counts H_k:

    f(r) = sum_k (H_k / r_k) exp(-(r - r_k)^2 / 2 s^2) / sqrt(2 pi s^2).

Lengths are in Å, numbers are float64, and the functions release the GIL. All compiled code is in
this one file, because numba's cache looks for changes in the file of the function only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from edex.spacegroup.crystal import SAME_SITE

__all__ = ["BAD_ORBITS", "CLASH", "DONE", "NO_CONTRAST", "pdf_of_cell"]

DONE, CLASH, BAD_ORBITS, NO_CONTRAST = range(4)
Status = tuple[int, int, int, float]
Blocks = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Counting = tuple[np.ndarray, float, np.ndarray, np.ndarray, int]
BandLimit = tuple[np.ndarray, np.ndarray, np.ndarray]

_SAME_DIFFERENCE = 1e-9  # in fractions of the cell: far below the error of any coordinate
_SAME_WEIGHT = 5e-3  # relative: published occupancies are rounded
_MIN_CONTRAST = 1e-2  # least |<b>| in units of sqrt(<b^2>)
_MAX_BLOCKS = 1 << 15  # blocks held at once: 3 MB
_CELLS = 4096  # per axis, to look up a difference
_BUFFER = 1024  # distances in flight: they stay in the nearest cache

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile; sums may be reordered (SIMD), but infinities and NaN keep their meaning."""
    options: dict[str, Any] = {"nogil": True, "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
    try:
        return cast(Function, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # there is no folder that we may write to: compile at each start
        return cast(Function, numba.njit(**options)(function))


@compiled
def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Multiply and add."""
    total = 0.0
    for k in range(len(a)):
        total += a[k] * b[k]
    return total


@compiled
def reduce_cell(cell: np.ndarray, coords: np.ndarray) -> None:
    """Make the cell vectors short, the last one the shortest; no atom moves. Works in place."""
    for _ in range(100):
        changed = False
        for i, j in ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)):
            overlap = dot(cell[i], cell[j]) / dot(cell[j], cell[j])
            times = np.rint(overlap * (1.0 - 1e-9))  # a tie stays as it is
            if times != 0.0:
                changed = True
                for k in range(3):
                    cell[i, k] -= times * cell[j, k]
                for n in range(len(coords)):
                    coords[n, j] += times * coords[n, i]
        if not changed:
            break
    for i, j in ((0, 1), (1, 2), (0, 1)):
        if dot(cell[i], cell[i]) < dot(cell[j], cell[j]):
            for k in range(3):
                cell[i, k], cell[j, k] = cell[j, k], cell[i, k]
            for n in range(len(coords)):
                coords[n, i], coords[n, j] = coords[n, j], coords[n, i]


@compiled
def triangular(cell: np.ndarray) -> tuple[float, float, float, float, float, float]:
    """Turn the cell so that c lies along z and b in the yz plane: a_x, a_y, a_z, b_y, b_z, c_z."""
    c_z = math.sqrt(dot(cell[2], cell[2]))
    a_z, b_z = dot(cell[0], cell[2]) / c_z, dot(cell[1], cell[2]) / c_z
    b_y = math.sqrt(dot(cell[1], cell[1]) - b_z * b_z)
    a_y = (dot(cell[0], cell[1]) - a_z * b_z) / b_y
    a_x = math.sqrt(dot(cell[0], cell[0]) - a_y * a_y - a_z * a_z)
    return a_x, a_y, a_z, b_y, b_z, c_z


@compiled
def count_distances(squares: np.ndarray, weight: float, per_step: float, counts: np.ndarray) -> int:
    """Add distances, given as squares in Å^2, to the counts. Returns 0: the buffer is empty."""
    for k in range(len(squares)):
        squares[k] = math.sqrt(squares[k]) * per_step
    for k in range(len(squares)):
        node = int(squares[k])
        upper = (squares[k] - node) * weight
        counts[np.uint64(node)] += weight - upper  # unsigned: no look at negative indices
        counts[np.uint64(node + 1)] += upper
    return 0


@compiled
def count_block(
    turned: tuple[float, float, float, float, float, float],
    difference: np.ndarray,
    is_half: bool,
    radius: float,
    min_distance: float,
    weight: float,
    per_step: float,
    counts: np.ndarray,
    squares: np.ndarray,
) -> float:
    """Count all vectors of a block in a sphere; a half block leaves out v where it has -v.

    Returns the length of the shortest vector if it is below ``min_distance``.
    """
    a_x, a_y, a_z, b_y, b_z, c_z = turned
    d_a, d_b, d_c = difference[0], difference[1], difference[2]
    limit, too_close = radius * radius, min_distance * min_distance
    is_lattice = d_a == 0.0 and d_b == 0.0 and d_c == 0.0
    n, nearest = 0, limit
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
            n_left = math.floor((half_c - z_b) / c_z) + 1 - first
            start = z_b + first * c_z
            while n_left > 0:
                if n == _BUFFER:
                    n = count_distances(squares, weight, per_step, counts)
                n_now = min(n_left, _BUFFER - n)
                line = squares[n : n + n_now]
                for k in range(n_now):
                    z = start + k * c_z
                    line[k] = across + z * z
                n += n_now
                if across < too_close:  # rare: the line passes close to the atom at the origin
                    for k in range(n - 1, n - n_now - 1, -1):
                        if squares[k] < SAME_SITE * SAME_SITE and not is_lattice:
                            n -= 1
                            squares[k] = squares[n]  # one site: no pair
                        else:
                            nearest = min(nearest, squares[k])
                n_left -= n_now
                start += n_now * c_z
    count_distances(squares[:n], weight, per_step, counts)
    return math.sqrt(nearest)


@compiled
def merge_difference(
    coords: np.ndarray, i: int, j: int, u_sum: int, weight: float, blocks: Blocks, n_blocks: int
) -> int:
    """Add the pairs from atom i to atom j to the block that has their difference, or a new one.

    A block has a difference, a weight, and labels: the number of u_i + u_j, 1 if it is its own
    opposite, i, j. The last array of ``blocks`` is a hash table. Returns the number of blocks.
    """
    differences, weights, labels, table = blocks
    own_opposite, sign = True, 0
    d = differences[n_blocks]  # the place of a new block
    for k in range(3):
        d[k] = coords[j, k] - coords[i, k]
        d[k] -= np.rint(d[k])
        own_opposite &= abs(2.0 * d[k] - np.rint(2.0 * d[k])) < 2.0 * _SAME_DIFFERENCE
        cell = int(np.rint(d[k] * _CELLS)) & (_CELLS - 1)
        if sign == 0 and cell != -cell & (_CELLS - 1):
            sign = 1 if cell < -cell & (_CELLS - 1) else -1
    key = u_sum
    for k in range(3):
        if own_opposite:
            d[k] = abs(np.rint(2.0 * d[k]) / 2.0)
        elif sign < 0:
            d[k] = -d[k]
        cell = int(np.rint(d[k] * _CELLS)) & (_CELLS - 1)
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
def count_and_smear(
    turned: tuple[float, float, float, float, float, float],
    blocks: Blocks,
    n_blocks: int,
    counting: Counting,
    min_distance: float,
    density: np.ndarray,
) -> Status:
    """Add the blocks to the density, one sum u_i + u_j after the other."""
    differences, weights, labels, _ = blocks
    radii, step, inverse_r, taps, stride = counting
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
            nearest = count_block(
                turned, differences[block], is_half, radii[u_sum], min_distance, weight,
                1.0 / step, counts, squares,
            )  # fmt: skip
            if nearest < min_distance:
                return CLASH, labels[block, 2], labels[block, 3], nearest
        for k in range(len(counts)):
            counts[k] *= inverse_r[k]
        half = taps.shape[1] // 2
        for n in range(len(density)):
            first = max(n * stride - half, 0)
            near = counts[first : n * stride + half + 1]
            density[n] += dot(near, taps[u_sum, first + half - n * stride :])
    return DONE, 0, 0, 0.0


@compiled
def share_of_pairs(
    amplitudes: np.ndarray, u_types: np.ndarray, first: np.ndarray, multiplicities: np.ndarray
) -> np.ndarray:
    """Say how often the pairs (representative p, atom j) count: 0 where (j, p) are counted instead.

    From all atoms of one kind to all of another the distances are the same as back. It is enough
    to go from the representatives of one kind, whichever makes fewer pairs, and count twice.
    Returns an array of shape (n_orbits, n_atoms), or (0, 0) if the orbits do not fill the cell.
    """
    n_atoms, n_orbits, n_kinds = len(amplitudes), len(first), 0
    kinds, example = np.empty(n_atoms, dtype=np.int64), np.empty(n_atoms, dtype=np.int64)
    in_kind, orbits_in_kind = np.zeros(n_atoms, dtype=np.int64), np.zeros(n_atoms, dtype=np.int64)
    covered = np.zeros(n_atoms, dtype=np.int64)
    for i in range(n_atoms):
        kind, tolerance = 0, _SAME_WEIGHT * abs(amplitudes[i])
        while kind < n_kinds and not (
            u_types[example[kind]] == u_types[i]
            and abs(amplitudes[example[kind]] - amplitudes[i]) <= tolerance
        ):
            kind += 1
        if kind == n_kinds:
            example[kind] = i
            n_kinds += 1
        kinds[i] = kind
        in_kind[kind] += 1
    n_covered = 0
    for p in range(n_orbits):
        if not 0 <= first[p] < n_atoms or multiplicities[p] < 1:
            return np.empty((0, 0))
        orbits_in_kind[kinds[first[p]]] += 1
        covered[kinds[first[p]]] += multiplicities[p]
        n_covered += multiplicities[p]
    if n_covered != n_atoms:
        return np.empty((0, 0))
    kinds_are_whole = True  # always, unless equal atoms were split: then nothing is turned round
    for kind in range(n_kinds):
        kinds_are_whole &= covered[kind] == in_kind[kind]
    share = np.empty((n_orbits, n_atoms))
    for p in range(n_orbits):
        here = kinds[first[p]]
        for j in range(n_atoms):
            other = kinds[j]
            share[p, j] = multiplicities[p]
            if kinds_are_whole and other != here:
                more = orbits_in_kind[here] * in_kind[other] - orbits_in_kind[other] * in_kind[here]
                share[p, j] *= 2.0 if more < 0 or (more == 0 and here < other) else 0.0
    return share


@compiled
def pdf_of_cell(
    cell: np.ndarray,
    coords: np.ndarray,
    occupancies: np.ndarray,
    scattering: np.ndarray,
    u_types: np.ndarray,
    u_sums: np.ndarray,
    first: np.ndarray,
    multiplicities: np.ndarray,
    min_distance: float,
    counting: Counting,
    band_limit: BandLimit,
    curve: np.ndarray,
) -> Status:
    """Calculate G(r) of a crystal, Å^-2, and write it into ``curve``.

    Parameters
    ----------
    cell, coords, occupancies : ndarray
        Cell vectors as rows, Å, and fractional coordinates (both are overwritten); shares.
    scattering, u_types : ndarray of shape (n_atoms,)
        Scattering weight b, and number of the displacement parameter u, of each atom.
    u_sums : ndarray of int of shape (n_u, n_u)
        Number of the sum u_i + u_j for each pair of displacement parameters.
    first, multiplicities : ndarray of int of shape (n_orbits,)
        Representatives of the orbits and numbers of atoms; empty for a sum over all pairs.
    min_distance : float
        Least distance of two sites, Å.
    counting : tuple
        Radius of the sphere for each sum of u, Å; step of the nodes, Å; 1 / r_k; Gaussians of
        shape (n_sums, odd) on the nodes; number of nodes from one sample of f to the next.
    band_limit : tuple
        Matrices of G = synthesis analysis f (``analysis`` may be empty); band-limited 4 pi r.

    Returns a status; for a clash also two atoms and their distance, Å; for no contrast the mean b.
    """
    n_atoms, by_orbits = len(scattering), len(first) > 0
    amplitudes = np.empty(n_atoms)
    n_full = total = square = 0.0
    for i in range(n_atoms):
        amplitudes[i] = occupancies[i] * scattering[i]
        n_full += occupancies[i]
        total += amplitudes[i]
        square += amplitudes[i] * scattering[i]
    if total * total < _MIN_CONTRAST * _MIN_CONTRAST * square * n_full:
        return NO_CONTRAST, 0, 0, total / n_full
    share = share_of_pairs(amplitudes, u_types, first, multiplicities)
    if by_orbits and len(share) == 0:
        return BAD_ORBITS, 0, 0, 0.0

    reduce_cell(cell, coords)
    turned = triangular(cell)
    analysis, synthesis, baseline = band_limit
    density = np.zeros(analysis.shape[1] if len(analysis) else synthesis.shape[1])
    n_first = len(first) if by_orbits else n_atoms
    capacity = min(n_first * n_atoms if by_orbits else n_atoms * (n_atoms + 1) // 2, _MAX_BLOCKS)
    table = np.full(2 * capacity + 1, -1, dtype=np.int64)
    blocks = (
        np.empty((capacity + 1, 3)), np.empty(capacity + 1),
        np.empty((capacity + 1, 4), dtype=np.int64), table,
    )  # fmt: skip
    n_blocks = int(0.0)  # for the literal 0 numba would compile two functions once more
    for p in range(n_first):
        i = first[p] if by_orbits else p
        for j in range(0 if by_orbits else i, n_atoms):
            times = share[p, j] if by_orbits else (1.0 if i == j else 2.0)
            if times == 0.0:
                continue
            if n_blocks == capacity:
                status = count_and_smear(turned, blocks, n_blocks, counting, min_distance, density)
                if status[0] != DONE:
                    return status
                table[:] = -1
                n_blocks = 0
            weight = times * amplitudes[i] * amplitudes[j]
            u_sum = u_sums[u_types[i], u_types[j]]
            n_blocks = merge_difference(coords, i, j, u_sum, weight, blocks, n_blocks)
    status = count_and_smear(turned, blocks, n_blocks, counting, min_distance, density)
    if status[0] != DONE:
        return status
    if len(analysis):
        spectrum = np.empty(len(analysis))
        for k in range(len(analysis)):
            spectrum[k] = dot(analysis[k], density)
        density = spectrum
    scale = n_full / (total * total)
    slope = n_full / (turned[0] * turned[3] * turned[5])
    for k in range(len(curve)):
        curve[k] = scale * dot(density, synthesis[k]) - slope * baseline[k]
    return DONE, 0, 0, 0.0
