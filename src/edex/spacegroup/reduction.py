"""A crystal in its smallest cell, with everything that symmetry does to its atoms.

The cell is primitive and Niggli-reduced: no lattice vector is shorter than the cell vectors, so
sums over images are short. In it a group has as many operations as its point group, and each of
them permutes the atoms: atom i goes to ``images[operation, i]``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edex.spacegroup.crystal import Crystal, Orbits
from edex.spacegroup.operations import Operations
from edex.spacegroup.sites import merge_sites
from edex.spacegroup.spglib_calls import niggli_basis
from edex.spacegroup.symmetry import (
    SYMPREC,
    analyse_symmetry,
    primitive_cell,
    quick_operations,
    site_images,
)

__all__ = ["ReducedCrystal", "reduce_crystal"]


@dataclass(frozen=True, eq=False)
class ReducedCrystal:
    """A crystal in its primitive Niggli cell, with its operations there.

    Attributes
    ----------
    crystal : Crystal
        The crystal, not turned, not idealised; atoms of one orbit stand together.
    number : int
        Space group number.
    rotations : ndarray of shape (n_operations, 3, 3), int
        Rotation parts R.
    translations : ndarray of shape (n_operations, 3)
        Translation parts t: the image of f is ``R @ f + t``.
    images : ndarray of shape (n_operations, n_atoms), int
        Atom to which each operation brings each atom; atoms of a mixed site go to atoms of equal
        element and occupancy.
    """

    crystal: Crystal
    number: int
    rotations: np.ndarray
    translations: np.ndarray
    images: np.ndarray

    @property
    def orbits(self) -> Orbits:
        """The sets of equivalent atoms."""
        representatives, multiplicities = np.unique(self.images.min(axis=0), return_counts=True)
        return Orbits(representatives, multiplicities)


def reduce_crystal(crystal: Crystal, *, symprec: float = SYMPREC) -> ReducedCrystal:
    """Bring a crystal to its primitive Niggli cell and find its operations there.

    Parameters
    ----------
    crystal : Crystal
        In any cell; labels and source are kept.
    symprec : float
        How far a site may be from where symmetry puts it, Å.

    Returns
    -------
    ReducedCrystal

    Raises
    ------
    InputError
        As :func:`~edex.spacegroup.symmetry.find_space_group`.

    Examples
    --------
    >>> corners = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
    >>> reduced = reduce_crystal(Crystal(3.6 * np.eye(3), ["Cu"] * 4, corners))
    >>> reduced.number, len(reduced.crystal), len(reduced.rotations)
    (225, 1, 48)
    """
    found = quick_operations(crystal, symprec=symprec)
    if found is None:
        crystal, found = _careful(crystal, symprec)
    sites = merge_sites(crystal)
    # number of each primitive site, as (first site of its orbit, site), then atom by atom
    first_of_orbit = found.images.min(axis=0)
    atoms = sorted(
        (int(first_of_orbit[site]), slot, site, atom)
        for site, kept in enumerate(found.sites)
        for slot, atom in enumerate(sites.members[kept])
    )
    place_of = {(site, slot): place for place, (_, slot, site, _) in enumerate(atoms)}
    images = np.empty((len(found.rotations), len(atoms)), dtype=np.int64)
    for place, (_, slot, site, _) in enumerate(atoms):
        images[:, place] = [place_of[int(other), slot] for other in found.images[:, site]]
    order = [atom for _, _, _, atom in atoms]
    coords = sites.frac_coords[found.sites] @ (crystal.lattice @ np.linalg.inv(found.basis))
    coords -= np.floor(coords + 1e-9)
    reduced = Crystal(
        found.basis,
        [crystal.species[atom] for atom in order],
        coords[[site for _, _, site, _ in atoms]],
        crystal.occupancies[order],
        space_group_number=crystal.space_group_number,
        prototype=crystal.prototype,
        source_id=crystal.source_id,
    )
    # Whole lattice vectors were taken off the coordinates: the operations still hold, modulo one
    return ReducedCrystal(reduced, found.number, found.rotations, found.translations % 1.0, images)


def _careful(crystal: Crystal, symprec: float) -> tuple[Crystal, Operations]:
    """Let spglib decide, and describe its answer in the Niggli cell."""
    primitive = primitive_cell(crystal, symprec=symprec)
    found = analyse_symmetry(primitive, symprec=symprec)
    basis = niggli_basis(primitive.lattice)
    change = np.rint(basis @ np.linalg.inv(primitive.lattice))  # L' = M L, f' = M^-T f
    back = np.linalg.inv(change).T
    return primitive, Operations(
        number=found.number,
        rotations=np.rint(back @ found.rotations @ change.T).astype(np.int64),
        translations=found.translations @ back.T,
        images=site_images(found, primitive.lattice),
        basis=change @ primitive.lattice,
        sites=np.arange(len(found.sites)),
    )
