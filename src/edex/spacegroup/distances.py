"""Neighbour shells of a crystal: at which distances atoms sit, and how many.

The area under a peak of the radial distribution function R(r) = r G(r) + 4 pi r^2 rho_0 is the
number of neighbours of its shell; in fcc, for example, 12 atoms at a / sqrt(2), 6 at a, 24 at
a sqrt(3/2). This table is what a PDF shows, before vibrations and resolution blur it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.spacegroup.crystal import SAME_SITE, Crystal
from edex.spacegroup.pdf_parameters import read_number

__all__ = ["pair_distances"]

_SAME_SHELL = 1e-3  # Å
_MAX_PAIRS = 2_000_000


def pair_distances(
    crystal: Crystal, r_max: float, *, center: str | int | None = None
) -> pd.DataFrame:
    """List the neighbour shells around the atoms of a crystal.

    Parameters
    ----------
    crystal : Crystal
        In any cell.
    r_max : float
        Largest distance, Å.
    center : str or int, optional
        Element (``"Na"``) or number of one atom in whose neighbours you are interested; all
        elements by default.

    Returns
    -------
    pandas.DataFrame
        One row a shell: ``center`` and ``neighbour`` (elements), ``distance`` in Å, ``count``, the
        mean number of such neighbours of an atom of the central element (coordination number;
        neighbours count with their occupancy). Distances that differ by less than 0.001 Å are one
        shell. Sorted by distance.

    Raises
    ------
    InputError
        If ``r_max`` is not above 0 or too large for a table, or the crystal has no such center.

    Examples
    --------
    >>> nickel = Crystal(3.52 * np.eye(3), ["Ni"] * 4,
    ...                  [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    >>> pair_distances(nickel, 4.5).round(3)
      center neighbour  distance  count
    0     Ni        Ni     2.489   12.0
    1     Ni        Ni     3.520    6.0
    2     Ni        Ni     4.311   24.0
    """
    radius = read_number(r_max, "r_max", "Å", above=0.0)
    centers = _centers(crystal, center)
    heights = 1.0 / np.linalg.norm(np.linalg.inv(crystal.lattice), axis=0)
    expected = len(centers) * len(crystal) * float(np.prod(2.0 * radius / heights + 3.0))
    if expected > 10 * _MAX_PAIRS:
        raise InputError(
            f"r_max is {radius:g} Å: about {expected:.0e} pairs of atoms are too many for a table. "
            "Choose a smaller r_max or one center; simulate_pdf is made for large distances."
        )
    species = np.array(crystal.species)
    shells = []
    for element in dict.fromkeys(species[centers]):
        of_element = centers[species[centers] == element]
        distances, neighbours, shares = _vectors(crystal, of_element, radius, heights)
        for other in dict.fromkeys(crystal.species):
            chosen = species[neighbours] == other
            for distance, count in _shells(distances[chosen], shares[chosen]):
                shells.append((str(element), other, distance, count))
    table = pd.DataFrame(shells, columns=["center", "neighbour", "distance", "count"])
    return table.sort_values("distance", kind="stable", ignore_index=True)


def _centers(crystal: Crystal, center: str | int | None) -> np.ndarray:
    """Return the numbers of the central atoms."""
    if center is None:
        return np.arange(len(crystal))
    if isinstance(center, int | np.integer):
        if not 0 <= center < len(crystal):
            raise InputError(
                f"center is {center}; the crystal has atoms 0 to {len(crystal) - 1}. "
                "Give one of these numbers, or an element."
            )
        return np.array([int(center)])
    found = np.flatnonzero(np.array(crystal.species) == center)
    if not len(found):
        raise InputError(
            f"center is {center!r}; the crystal has {', '.join(dict.fromkeys(crystal.species))}. "
            "Give one of these elements, or the number of an atom."
        )
    return found


def _vectors(
    crystal: Crystal, centers: np.ndarray, radius: float, heights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lengths, neighbour numbers and shares of all vectors from the centers."""
    reach = [np.arange(-n, n + 1) for n in np.floor(radius / heights).astype(int) + 1]
    images = np.stack(np.meshgrid(*reach, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = crystal.occupancies[centers] / crystal.occupancies[centers].sum()
    lengths, numbers, shares = [], [], []
    for center, weight in zip(centers, weights, strict=True):
        shift = crystal.frac_coords - crystal.frac_coords[center]
        shift -= np.rint(shift)
        vectors = (shift[:, None, :] + images) @ crystal.lattice
        distance = np.linalg.norm(vectors, axis=2)
        atom, image = np.nonzero((distance <= radius) & (distance > SAME_SITE))
        lengths.append(distance[atom, image])
        numbers.append(atom)
        shares.append(weight * crystal.occupancies[atom])
    return np.concatenate(lengths), np.concatenate(numbers), np.concatenate(shares)


def _shells(distances: np.ndarray, shares: np.ndarray) -> list[tuple[float, float]]:
    """Merge equal distances: their mean, and the sum of the shares."""
    if not len(distances):
        return []
    order = np.argsort(distances)
    starts = np.flatnonzero(np.diff(distances[order], prepend=-1.0) > _SAME_SHELL)
    counts = np.add.reduceat(shares[order], starts)
    means = np.add.reduceat((shares * distances)[order], starts) / counts
    return list(zip(means.tolist(), counts.tolist(), strict=True))
