"""Symmetry of a crystal: its space group, primitive cell and orbits.

An operation (R, t) maps a site f to R f + t in fractional coordinates; it is a symmetry if every
site then lies within the tolerance (``SYMPREC``, Å) of a site of equal composition. Atoms that
operations map to each other form an orbit. The authority is spglib (Togo, Shinohara and Tanaka,
STAM-M 4, 2384822, 2024); where the answer does not depend on the tolerance,
:mod:`edex.spacegroup.operations` has it thirty times sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal, Orbits
from edex.spacegroup.operations import Operations, find_operations
from edex.spacegroup.sites import MergedSites, merge_sites
from edex.spacegroup.spglib_calls import symmetry_dataset

__all__ = [
    "SYMPREC",
    "Symmetry",
    "analyse_symmetry",
    "find_space_group",
    "orbits",
    "primitive_cell",
    "quick_operations",
    "site_images",
]

SYMPREC = 0.01  # Å
_MAX_SYMPREC = 0.5  # Å: half of the shortest bond


@dataclass(frozen=True, eq=False)
class Symmetry:
    """The symmetry of a crystal in the cell in which it was given.

    Attributes
    ----------
    number : int
        Space group number in the International Tables.
    symbol : str
        Hermann-Mauguin symbol, short, of the standard setting.
    rotations : ndarray of shape (n_operations, 3, 3), int
        Rotation parts R; a cell that is k times the primitive one has k times as many operations,
        less those that do not fit an unusual supercell.
    translations : ndarray of shape (n_operations, 3)
        Translation parts t: the image of f is ``R @ f + t``.
    equivalent_atoms : ndarray of shape (n_atoms,), int
        The first atom of the orbit to which each atom belongs.
    wyckoff_letters : tuple of str of length n_atoms
        Wyckoff letter of each atom in the standard setting.
    site_symmetry_symbols : tuple of str of length n_atoms
        Oriented site symmetry of each atom.
    sites : MergedSites
        The sites that the search saw.
    equivalent_sites : ndarray of shape (n_sites,), int
        The first site of the orbit to which each site belongs.
    primitive_lattice : ndarray of shape (3, 3)
        Cell vectors of a primitive cell as rows, Å; not rotated.
    primitive_sites : ndarray of shape (n_sites,), int
        Number of each site in the primitive cell, from 0.
    """

    number: int
    symbol: str
    rotations: np.ndarray
    translations: np.ndarray
    equivalent_atoms: np.ndarray
    wyckoff_letters: tuple[str, ...]
    site_symmetry_symbols: tuple[str, ...]
    sites: MergedSites
    equivalent_sites: np.ndarray
    primitive_lattice: np.ndarray
    primitive_sites: np.ndarray

    @property
    def n_primitive_sites(self) -> int:
        """Number of sites in the primitive cell."""
        return int(self.primitive_sites.max()) + 1


def find_space_group(crystal: Crystal, *, symprec: float = SYMPREC) -> int:
    """Find the space group of a crystal, whatever its label says.

    Parameters
    ----------
    crystal : Crystal
        In any cell; a primitive one is fastest.
    symprec : float
        How far a site may be from where symmetry puts it, Å.

    Returns
    -------
    int
        Number in the International Tables.

    Raises
    ------
    InputError
        If no group can be found: mostly two atoms at one place, or a tolerance out of range.

    Examples
    --------
    >>> import numpy as np
    >>> salt = Crystal(2.82 * (1 - np.eye(3)), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    >>> find_space_group(salt)
    225
    """
    quick = quick_operations(crystal, symprec=symprec)
    return analyse_symmetry(crystal, symprec=symprec).number if quick is None else quick.number


def quick_operations(crystal: Crystal, *, symprec: float = SYMPREC) -> Operations | None:
    """Find the operations of a crystal, if they do not depend on the tolerance.

    Parameters
    ----------
    crystal : Crystal
        In any cell.
    symprec : float
        How far a site may be from where symmetry puts it, Å.

    Returns
    -------
    Operations or None
        None if :func:`analyse_symmetry` has to decide: some misfit is less than three times away
        from the tolerance.

    Raises
    ------
    InputError
        If the tolerance is out of range or a site holds more than one atom.
    """
    _require_tolerance(symprec)
    if crystal.is_ordered:
        number_of: dict[str, int] = {}
        types = [number_of.setdefault(symbol, len(number_of)) for symbol in crystal.species]
        return find_operations(crystal.lattice, crystal.frac_coords, types, symprec)
    sites = merge_sites(crystal)
    return find_operations(crystal.lattice, sites.frac_coords, sites.types, symprec)


def analyse_symmetry(crystal: Crystal, *, symprec: float = SYMPREC) -> Symmetry:
    """Find all that symmetry says about a crystal.

    Parameters
    ----------
    crystal : Crystal
        In any cell.
    symprec : float
        How far a site may be from where symmetry puts it, Å.

    Returns
    -------
    Symmetry

    Raises
    ------
    InputError
        As :func:`find_space_group`.
    """
    _require_tolerance(symprec)
    sites = merge_sites(crystal)
    found = _dataset(crystal, sites.frac_coords, sites.types, symprec)
    equivalent_sites = np.asarray(found.crystallographic_orbits, dtype=np.int64)
    equivalent_atoms = np.empty(len(crystal), dtype=np.int64)
    letters, symbols = [""] * len(crystal), [""] * len(crystal)
    for site, atoms in enumerate(sites.members):
        for atom, first in zip(atoms, sites.members[equivalent_sites[site]], strict=True):
            equivalent_atoms[atom] = first
            letters[atom] = found.wyckoffs[site]
            symbols[atom] = found.site_symmetry_symbols[site]
    return Symmetry(
        number=int(found.number),
        symbol=str(found.international),
        rotations=found.rotations,
        translations=found.translations,
        equivalent_atoms=equivalent_atoms,
        wyckoff_letters=tuple(letters),
        site_symmetry_symbols=tuple(symbols),
        sites=sites,
        equivalent_sites=equivalent_sites,
        primitive_lattice=np.array(found.primitive_lattice),
        primitive_sites=np.asarray(found.mapping_to_primitive, dtype=np.int64),
    )


def primitive_cell(
    crystal: Crystal, *, symprec: float = SYMPREC, symmetry: Symmetry | None = None
) -> Crystal:
    """Reduce a crystal to a primitive cell without turning it.

    Parameters
    ----------
    crystal : Crystal
        In any cell.
    symprec : float
        How far a site may be from where symmetry puts it, Å.
    symmetry : Symmetry, optional
        What :func:`analyse_symmetry` found for this crystal, to save the search.

    Returns
    -------
    Crystal
        Atoms of one orbit stand together; all atoms of mixed sites and the labels are kept. Sites
        that differ by a translation are averaged.

    Raises
    ------
    InputError
        As :func:`find_space_group`.
    """
    found = symmetry or analyse_symmetry(crystal, symprec=symprec)
    basis = found.primitive_lattice
    places = found.sites.frac_coords @ crystal.lattice @ np.linalg.inv(basis)
    count = found.n_primitive_sites
    first_site = np.full(count, -1)
    first_site[found.primitive_sites[::-1]] = np.arange(len(found.sites))[::-1]
    away = places - places[first_site[found.primitive_sites]]
    shift = np.zeros((count, 3))
    np.add.at(shift, found.primitive_sites, away - np.rint(away))
    images = np.bincount(found.primitive_sites, minlength=count)[:, None]
    coords = places[first_site] + shift / images
    coords -= np.floor(coords + 1e-9)

    atoms = [
        (found.equivalent_atoms[atom], site, atom)
        for site, kept in enumerate(first_site)
        for atom in found.sites.members[kept]
    ]
    atoms.sort()
    order = [atom for _, _, atom in atoms]
    return Crystal(
        basis,
        [crystal.species[atom] for atom in order],
        coords[[site for _, site, _ in atoms]],
        crystal.occupancies[order],
        space_group_number=crystal.space_group_number,
        prototype=crystal.prototype,
        source_id=crystal.source_id,
    )


def orbits(
    crystal: Crystal, *, symprec: float = SYMPREC, symmetry: Symmetry | None = None
) -> Orbits:
    """Find one atom of each set of equivalent atoms.

    Parameters
    ----------
    crystal : Crystal
        In any cell.
    symprec : float
        How far a site may be from where symmetry puts it, Å.
    symmetry : Symmetry, optional
        What :func:`analyse_symmetry` found for this crystal, to save the search.

    Returns
    -------
    Orbits
        The multiplicities add up to the number of atoms; each atom of a mixed site has an orbit of
        its own.

    Raises
    ------
    InputError
        As :func:`find_space_group`.
    """
    found = symmetry or analyse_symmetry(crystal, symprec=symprec)
    representatives, multiplicities = np.unique(found.equivalent_atoms, return_counts=True)
    return Orbits(representatives, multiplicities)


def site_images(symmetry: Symmetry, lattice: np.ndarray) -> np.ndarray:
    """Find where the operations of a primitive cell bring its sites.

    Parameters
    ----------
    symmetry : Symmetry
        Of a crystal in a primitive cell.
    lattice : ndarray of shape (3, 3)
        That cell.

    Returns
    -------
    ndarray of shape (n_operations, n_sites), int
        The nearest site of the same orbit.
    """
    places = symmetry.sites.frac_coords
    moved = np.einsum("oij,sj->osi", symmetry.rotations, places) + symmetry.translations[:, None]
    images = np.empty(moved.shape[:2], dtype=np.int64)
    for first in np.unique(symmetry.equivalent_sites):
        orbit = np.flatnonzero(symmetry.equivalent_sites == first)
        away = moved[:, orbit, None] - places[orbit]
        distances = np.linalg.norm((away - np.rint(away)) @ lattice, axis=-1)
        images[:, orbit] = orbit[distances.argmin(axis=-1)]
    return images


def _require_tolerance(symprec: float) -> None:
    if not 0 < symprec <= _MAX_SYMPREC:
        raise InputError(
            f"symprec is {symprec!r}; it must be above 0 and at most {_MAX_SYMPREC} Å. "
            f"{SYMPREC} suits relaxed and refined structures."
        )


def _dataset(crystal: Crystal, coords: np.ndarray, types: list[int], symprec: float) -> Any:
    """Ask spglib; every way in which it fails becomes one error."""
    found, reason = symmetry_dataset(crystal.lattice, coords, types, symprec)
    if found is None:
        raise InputError(
            f"spglib finds no space group for the crystal {crystal.source_id or crystal.formula!r} "
            f"within {symprec:g} Å ({reason}). Atoms must lie further apart than the tolerance: "
            f"look for repeated atoms or wrong cell lengths."
        )
    return found
