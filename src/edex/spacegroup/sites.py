"""Sites of a crystal: atoms that share one place are one site.

A site that two elements share (a solid solution) is written as two atoms at one place; symmetry
maps sites to sites, so they are merged first. The total occupancy q = sum of the occupancies of
its atoms is one for a full site and less where there are vacancies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edex.errors import InputError
from edex.spacegroup.crystal import SAME_SITE, Crystal

__all__ = ["MergedSites", "merge_sites"]

Composition = tuple[tuple[str, float], ...]

_OCCUPANCY_DIGITS = 3
ROUNDED_SUM = 1.02  # published occupancies are often rounded to two digits


@dataclass(frozen=True, eq=False)
class MergedSites:
    """The sites of a crystal.

    Attributes
    ----------
    frac_coords : ndarray of shape (n_sites, 3)
        Fractional coordinates.
    compositions : tuple of length n_sites
        What is on each site: pairs (element, occupancy), in alphabetical order.
    members : tuple of length n_sites
        Numbers of the atoms on each site, in the order of its composition.
    """

    frac_coords: np.ndarray
    compositions: tuple[Composition, ...]
    members: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.members)

    @property
    def types(self) -> list[int]:
        """One small integer a site; equal where the composition is equal."""
        number_of: dict[Composition, int] = {}
        return [number_of.setdefault(content, len(number_of)) for content in self.compositions]


def merge_sites(crystal: Crystal, *, tolerance: float = SAME_SITE) -> MergedSites:
    """Merge the atoms that share one place.

    Parameters
    ----------
    crystal : Crystal
        Atoms of one cell.
    tolerance : float
        Atoms closer than this share a site, Å.

    Returns
    -------
    MergedSites
        In the order of the first atom of each site; the place of a shared site is the mean of its
        atoms.

    Raises
    ------
    InputError
        If the atoms of one site add up to more than one (1.02, as published values are rounded).

    Examples
    --------
    >>> import numpy as np
    >>> alloy = Crystal(3.6 * np.eye(3), ["Cu", "Au"], [[0, 0, 0], [0, 0, 0]], [0.75, 0.25])
    >>> merge_sites(alloy).compositions
    ((('Au', 0.25), ('Cu', 0.75)),)
    """
    if crystal.is_ordered:  # nothing can be shared
        return MergedSites(
            crystal.frac_coords,
            tuple(((symbol, 1.0),) for symbol in crystal.species),
            tuple((atom,) for atom in range(len(crystal))),
        )
    labels = _site_of_each_atom(crystal, tolerance)
    shares = [round(float(share), _OCCUPANCY_DIGITS) for share in crystal.occupancies]
    content = sorted(
        range(len(crystal)), key=lambda atom: (labels[atom], crystal.species[atom], shares[atom])
    )
    members: list[list[int]] = [[] for _ in range(int(labels.max()) + 1)]
    for atom in content:
        members[labels[atom]].append(atom)
    coords = np.empty((len(members), 3))
    for site, atoms in enumerate(members):
        total = float(crystal.occupancies[atoms].sum())
        if total > ROUNDED_SUM:
            named = ", ".join(f"{crystal.species[i]} {crystal.occupancies[i]:g}" for i in atoms)
            raise InputError(
                f"The crystal {crystal.source_id!r} has {named} on one site: {total:.3g} atoms in "
                f"all, at most 1 is possible. Correct the occupancies, or remove a repeated atom."
            )
        first = crystal.frac_coords[atoms[0]]
        away = crystal.frac_coords[atoms] - first
        coords[site] = first + (away - np.rint(away)).mean(axis=0)
    return MergedSites(
        coords,
        tuple(tuple((crystal.species[i], shares[i]) for i in atoms) for atoms in members),
        tuple(tuple(atoms) for atoms in members),
    )


def _site_of_each_atom(crystal: Crystal, tolerance: float) -> np.ndarray:
    """Give each atom the number of its site, in order of first atoms; a chain is one site."""
    from scipy.spatial import cKDTree  # half of the start of a worker, and seldom needed

    wrapped = crystal.frac_coords % 1.0
    wrapped[wrapped >= 1.0] = 0.0
    # |f L| >= smallest singular value of L times |f|: no close pair is missed
    radius = min(tolerance / np.linalg.svd(crystal.lattice, compute_uv=False)[-1], 0.49)
    labels = np.arange(len(crystal))
    for i, j in cKDTree(wrapped, boxsize=1.0).query_pairs(radius):
        away = wrapped[i] - wrapped[j]
        if np.linalg.norm((away - np.rint(away)) @ crystal.lattice) < tolerance:
            old, new = max(labels[i], labels[j]), min(labels[i], labels[j])
            labels[labels == old] = new
    return np.unique(labels, return_inverse=True)[1]
