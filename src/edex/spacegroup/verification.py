r"""Prove the space group of a perturbed crystal, without a new symmetry search where possible.

The template's operations (W, w) are known. A crystal in the same cell has exactly this group if

1. every operation maps it onto itself,
2. no further translation does, so its lattice is that of the cell, and
3. its lattice has no more symmetry than the operations use:
   :math:`|\{W : W^T G W = G\}| = |P|`, with the metric tensor G and the order of the point group.

For the point group of a crystal is a subgroup of that of its lattice. The classes of the course are
centrosymmetric and *holohedral*: condition 3 fails by accident only (a monoclinic angle near 90°).
Then, and whenever anything else is in doubt within a generous tolerance, spglib decides.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.sites import merge_sites
from edex.spacegroup.symmetry import SYMPREC, Symmetry, analyse_symmetry, find_space_group

__all__ = ["LabelCheck", "count_lattice_symmetries"]

HOLDS = 1e-3  # Å: operations of the template must hold this well, a tenth of spglib's tolerance
CLEAR = 0.05  # Å: other symmetry must be broken by this much, five times the tolerance
_EXACT = 1e-4  # Å: how well a template must obey its own operations
_COMBINATIONS = np.array([n for n in product(range(-2, 3), repeat=3) if any(n)], dtype=float)


class LabelCheck:
    """Finds the space group of crystals that were made from one template.

    Parameters
    ----------
    crystal : Crystal
        The template, in its primitive cell, labelled.

    Attributes
    ----------
    n_searches : int
        How often spglib had to decide.
    """

    def __init__(self, crystal: Crystal) -> None:
        self.n_searches = 0
        self._symmetry: Symmetry | None = None
        try:
            symmetry = analyse_symmetry(crystal, symprec=_EXACT)
        except InputError:
            return
        if symmetry.number != crystal.space_group_number:
            return  # the template obeys its group roughly only
        self._rotations = symmetry.rotations.astype(float)
        self._translations = symmetry.translations[:, None, :]
        self._number = symmetry.number
        self._n_sites = len(symmetry.sites)
        coords = symmetry.sites.frac_coords
        images = coords @ self._rotations.transpose(0, 2, 1) + self._translations
        gaps = images[:, :, None, :] - coords
        gaps -= np.rint(gaps)
        # (n_operations, n_sites): onto which site each one falls
        self._targets = np.einsum("nsta,nsta->nst", *[gaps @ crystal.lattice] * 2).argmin(axis=2)
        self._symmetry = symmetry

    def __call__(self, crystal: Crystal) -> int:
        """Find the space group of a crystal in the cell of the template.

        Parameters
        ----------
        crystal : Crystal
            Same number and order of atoms.

        Returns
        -------
        int
            Number in the International Tables.

        Raises
        ------
        InputError
            If spglib finds no group.
        """
        if self._symmetry is not None and self.is_proven(crystal):
            return self._number
        self.n_searches += 1
        return find_space_group(crystal, symprec=SYMPREC)

    def is_proven(self, crystal: Crystal) -> bool:
        """Tell whether the crystal has the template's group and clearly no higher one.

        Parameters
        ----------
        crystal : Crystal
            As for a call.
        """
        coords, types = _sites_and_types(crystal)
        if self._symmetry is None or len(coords) != self._n_sites:
            return False
        if len(self._rotations) != count_lattice_symmetries(crystal.lattice, CLEAR):
            return False
        return (
            _is_isometric(self._rotations, crystal.lattice)
            and self._holds(coords, types, crystal.lattice)
            and not _has_translation(coords, types, crystal.lattice)
        )

    def _holds(self, coords: np.ndarray, types: np.ndarray, lattice: np.ndarray) -> bool:
        """Tell whether all operations map the atoms onto atoms of the same kind."""
        if not (types[self._targets] == types).all():
            return False
        gaps = coords @ self._rotations.transpose(0, 2, 1) + self._translations
        gaps -= coords[self._targets]
        gaps -= np.rint(gaps)
        return bool(np.abs(gaps @ lattice).max() < HOLDS)


def count_lattice_symmetries(lattice: np.ndarray, tolerance: float) -> int:
    """Count the rotations and rotoinversions that map a lattice onto itself.

    Parameters
    ----------
    lattice : ndarray of shape (3, 3)
        Short cell vectors as rows, Å.
    tolerance : float
        By how much lengths may change, Å.

    Returns
    -------
    int
        2 for a triclinic lattice up to 48 for a cubic one; others with a large tolerance.

    Examples
    --------
    >>> count_lattice_symmetries(np.diag([3.0, 3.0, 5.0]), 0.01)
    16
    """
    lengths = np.sqrt((lattice * lattice).sum(axis=1))
    vectors = _COMBINATIONS @ lattice
    length_of = np.sqrt((vectors * vectors).sum(axis=1))
    a, b, c = (vectors[np.abs(length_of - length) < tolerance] for length in lengths)
    metric = lattice @ lattice.T
    slack = tolerance * (lengths[:, None] + lengths)
    is_ab = np.abs(a @ b.T - metric[0, 1]) < slack[0, 1]
    is_ac = np.abs(a @ c.T - metric[0, 2]) < slack[0, 2]
    is_bc = np.abs(b @ c.T - metric[1, 2]) < slack[1, 2]
    # Triples (a, b, c) all of whose three scalar products are right
    return int(((is_ac.astype(float) @ is_bc.T.astype(float)) * is_ab).sum())


def _is_isometric(rotations: np.ndarray, lattice: np.ndarray) -> bool:
    """Tell whether the rotations leave all lengths in the lattice as they are."""
    metric = lattice @ lattice.T
    change = rotations.transpose(0, 2, 1) @ metric @ rotations - metric
    return bool(np.abs(change).max() < HOLDS * np.sqrt(metric.diagonal().min()))


def _sites_and_types(crystal: Crystal) -> tuple[np.ndarray, np.ndarray]:
    """Return places of the sites, and for each a number that says what is on it."""
    if crystal.is_ordered:
        number_of: dict[str, int] = {}
        types = [number_of.setdefault(symbol, len(number_of)) for symbol in crystal.species]
        return crystal.frac_coords, np.array(types)
    sites = merge_sites(crystal)
    return sites.frac_coords, np.array(sites.types)


def _has_translation(coords: np.ndarray, types: np.ndarray, lattice: np.ndarray) -> bool:
    """Tell whether a translation by less than a cell may map the sites of the rarest type."""
    counts = np.bincount(types)
    if (counts == 1).any():
        return False
    rare = coords[types == counts.argmin()]
    shifts = rare[1:] - rare[0]
    gaps = rare[:, None, None, :] + shifts[:, None, :] - rare  # (site, shift, site)
    gaps -= np.rint(gaps)
    vectors = gaps @ lattice
    distances = np.sqrt(np.einsum("ikja,ikja->ikj", vectors, vectors))
    return bool((distances.min(axis=2).max(axis=0) < CLEAR).any())
