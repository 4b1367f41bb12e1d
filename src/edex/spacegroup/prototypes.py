"""Prototype key: the structure type of a crystal, as a group for honest splits.

Two crystals are isopointal if they have the same space group and their sites the same symmetry.
Over the orbits of the primitive cell the key lists (m, S): multiplicity and point group of the
site, with m |S| = |P|, the order of the group's point group. Neither depends on axes, origin or
cell, and the elements are left out; so spinels, inverse or mixed, have one key. The classes are
those of isopointal structures (Lima-de-Faria et al., Acta Cryst. A46, 1, 1990); Wyckoff positions
of equal site symmetry are not told apart.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from edex.spacegroup.crystal import Crystal
from edex.spacegroup.symmetry import (
    SYMPREC,
    analyse_symmetry,
    primitive_cell,
    quick_operations,
    site_images,
)

__all__ = ["point_group_of", "prototype_key", "sites_in_key", "space_group_and_prototype"]

# How many operations of each kind a point group has: "1 2 3 4 6 | -1 m -3 -4 -6".
_KINDS = ((1, 3), (1, -1), (1, 0), (1, 1), (1, 2), (-1, -3), (-1, 1), (-1, 0), (-1, -1), (-1, -2))
_POINT_GROUPS: dict[tuple[int, ...], str] = {
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 0): "1",
    (1, 0, 0, 0, 0, 1, 0, 0, 0, 0): "-1",
    (1, 1, 0, 0, 0, 0, 0, 0, 0, 0): "2",
    (1, 0, 0, 0, 0, 0, 1, 0, 0, 0): "m",
    (1, 1, 0, 0, 0, 1, 1, 0, 0, 0): "2/m",
    (1, 3, 0, 0, 0, 0, 0, 0, 0, 0): "222",
    (1, 1, 0, 0, 0, 0, 2, 0, 0, 0): "mm2",
    (1, 3, 0, 0, 0, 1, 3, 0, 0, 0): "mmm",
    (1, 1, 0, 2, 0, 0, 0, 0, 0, 0): "4",
    (1, 1, 0, 0, 0, 0, 0, 0, 2, 0): "-4",
    (1, 1, 0, 2, 0, 1, 1, 0, 2, 0): "4/m",
    (1, 5, 0, 2, 0, 0, 0, 0, 0, 0): "422",
    (1, 1, 0, 2, 0, 0, 4, 0, 0, 0): "4mm",
    (1, 3, 0, 0, 0, 0, 2, 0, 2, 0): "-42m",
    (1, 5, 0, 2, 0, 1, 5, 0, 2, 0): "4/mmm",
    (1, 0, 2, 0, 0, 0, 0, 0, 0, 0): "3",
    (1, 0, 2, 0, 0, 1, 0, 2, 0, 0): "-3",
    (1, 3, 2, 0, 0, 0, 0, 0, 0, 0): "32",
    (1, 0, 2, 0, 0, 0, 3, 0, 0, 0): "3m",
    (1, 3, 2, 0, 0, 1, 3, 2, 0, 0): "-3m",
    (1, 1, 2, 0, 2, 0, 0, 0, 0, 0): "6",
    (1, 0, 2, 0, 0, 0, 1, 0, 0, 2): "-6",
    (1, 1, 2, 0, 2, 1, 1, 2, 0, 2): "6/m",
    (1, 7, 2, 0, 2, 0, 0, 0, 0, 0): "622",
    (1, 1, 2, 0, 2, 0, 6, 0, 0, 0): "6mm",
    (1, 3, 2, 0, 0, 0, 4, 0, 0, 2): "-62m",
    (1, 7, 2, 0, 2, 1, 7, 2, 0, 2): "6/mmm",
    (1, 3, 8, 0, 0, 0, 0, 0, 0, 0): "23",
    (1, 3, 8, 0, 0, 1, 3, 8, 0, 0): "m-3",
    (1, 9, 8, 6, 0, 0, 0, 0, 0, 0): "432",
    (1, 3, 8, 0, 0, 0, 6, 0, 6, 0): "-43m",
    (1, 9, 8, 6, 0, 1, 9, 8, 6, 0): "m-3m",
}


def point_group_of(rotations: np.ndarray) -> str:
    """Name the type of a point group from its operations, whatever the axes.

    Parameters
    ----------
    rotations : ndarray of shape (n_operations, 3, 3), int
        The rotation parts of all its operations, each once.

    Returns
    -------
    str
        One of the 32 crystallographic point groups, without orientation: ``"-42m"`` is the name
        of -4m2 too.

    Raises
    ------
    KeyError
        If the operations are not a group.

    Examples
    --------
    >>> point_group_of(np.array([np.eye(3, dtype=int), -np.eye(3, dtype=int)]))
    '-1'
    """
    trace = np.trace(rotations, axis1=1, axis2=2)
    counts = Counter(zip(np.rint(np.linalg.det(rotations)).astype(int), trace, strict=True))
    return _POINT_GROUPS[tuple(counts.get(kind, 0) for kind in _KINDS)]


def prototype_key(crystal: Crystal, *, symprec: float = SYMPREC) -> str:
    """Name the structure type of a crystal.

    Parameters
    ----------
    crystal : Crystal
        In any cell, setting and origin, with or without mixed sites.
    symprec : float
        Tolerance of the symmetry search, Å.

    Returns
    -------
    str
        Space group number, then for each orbit the multiplicity in the primitive cell and the
        point group of its sites, sorted; equal entries are counted.

    Raises
    ------
    InputError
        If no space group can be found.

    Examples
    --------
    >>> salt = Crystal(2.82 * (1 - np.eye(3)), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    >>> prototype_key(salt)
    '225 | 1 m-3m ×2'
    """
    return space_group_and_prototype(crystal, symprec=symprec)[1]


def space_group_and_prototype(crystal: Crystal, *, symprec: float = SYMPREC) -> tuple[int, str]:
    """Find the space group and the structure type in one search.

    Parameters
    ----------
    crystal : Crystal
        In any cell, setting and origin, with or without mixed sites.
    symprec : float
        Tolerance of the symmetry search, Å.

    Returns
    -------
    tuple of int and str
        As :func:`~edex.spacegroup.symmetry.find_space_group` and :func:`prototype_key`.

    Raises
    ------
    InputError
        If no space group can be found.
    """
    quick = quick_operations(crystal, symprec=symprec)
    if quick is not None:
        return quick.number, _written(quick.number, quick.rotations, quick.images)
    found = analyse_symmetry(crystal, symprec=symprec)
    if found.n_primitive_sites < len(found.sites):
        reduced = primitive_cell(crystal, symmetry=found)
        found, lattice = analyse_symmetry(reduced, symprec=symprec), reduced.lattice
    else:
        lattice = crystal.lattice
    return found.number, _written(found.number, found.rotations, site_images(found, lattice))


def _written(number: int, rotations: np.ndarray, images: np.ndarray) -> str:
    """Write the key from the operations and what they do to the sites of the primitive cell."""
    entries: Counter[tuple[int, str]] = Counter()
    for site in np.unique(images.min(axis=0)):
        stays = images[:, site] == site
        multiplicity = len(np.unique(images[:, site]))
        entries[multiplicity, point_group_of(rotations[stays])] += 1
    return f"{number} | " + " · ".join(
        f"{multiplicity} {group}" + (f" ×{count}" if count > 1 else "")
        for (multiplicity, group), count in sorted(entries.items())
    )


def sites_in_key(key: str) -> int:
    """Count the sites in the primitive cell that a prototype key lists.

    Parameters
    ----------
    key : str
        As :func:`prototype_key` gives it.

    Returns
    -------
    int

    Examples
    --------
    >>> sites_in_key("62 | 4 -1 · 4 m ×2 · 8 1")
    20
    """
    total = 0
    for entry in key.split(" | ")[1].split(" · "):
        words = entry.split()
        total += int(words[0]) * (int(words[2][1:]) if len(words) == 3 else 1)
    return total
