"""From the asymmetric unit to all atoms of the cell.

A file lists one atom of each orbit; the operations (R, t) of the group give the others,
f' = R f + t. An atom within ``SITE_TOLERANCE`` of a special position is put on it (coordinates
such as 0.333 are rounded): the mean over the operations that bring it back to where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edex.errors import InputError
from edex.spacegroup.reading import MAX_ATOMS
from edex.spacegroup.sites import ROUNDED_SUM

__all__ = ["SITE_TOLERANCE", "AsymmetricAtom", "CellAtoms", "fill_cell"]

SITE_TOLERANCE = 0.05  # Å
_NOTED_MOVE = 0.01  # Å


@dataclass(frozen=True)
class AsymmetricAtom:
    """One line of the list of atoms in a file.

    Attributes
    ----------
    label : str
        Its name in the file.
    element : str
        Element symbol.
    frac : ndarray of shape (3,)
        Fractional coordinates.
    occupancy : float
        Share of the site, above 0.
    """

    label: str
    element: str
    frac: np.ndarray
    occupancy: float


@dataclass(frozen=True)
class CellAtoms:
    """All atoms of the cell: elements, fractional coordinates (n_atoms, 3) and occupancies."""

    species: list[str]
    frac_coords: np.ndarray
    occupancies: list[float]


@dataclass
class _Orbit:
    places: np.ndarray
    label: str
    shares: dict[str, float]


def fill_cell(
    lattice: np.ndarray,
    rotations: np.ndarray,
    translations: np.ndarray,
    atoms: Sequence[AsymmetricAtom],
    *,
    name: str,
    notes: list[str],
) -> CellAtoms:
    """Apply all operations to all atoms; atoms that end up on one site share it.

    Parameters
    ----------
    lattice : ndarray of shape (3, 3)
        Cell vectors as rows, Å.
    rotations : ndarray of shape (n_operations, 3, 3)
        Rotation parts of all operations of the group, centring included.
    translations : ndarray of shape (n_operations, 3)
        Translation parts.
    atoms : sequence of AsymmetricAtom
        The atoms of the file.
    name : str
        Name of the file, for messages.
    notes : list of str
        What was changed is added to it.

    Returns
    -------
    CellAtoms

    Raises
    ------
    InputError
        If there are more than 1,000 atoms, an atom is neither on a special position nor away from
        it, or a site is taken more than once.
    """
    found: list[_Orbit] = []
    total = repeated = 0
    largest_move = 0.0
    for atom in atoms:
        images, moved = _orbit_of(lattice, rotations, translations, atom, name)
        largest_move = max(largest_move, moved)
        orbit = next((one for one in found if _is_on(images[0], one.places, lattice)), None)
        if orbit is None:
            total += len(images)
            if total > MAX_ATOMS:
                raise InputError(
                    f"{name} has more than {MAX_ATOMS} atoms in its cell (at least {total}); "
                    f"{MAX_ATOMS} are allowed. Leave this structure out."
                )
            found.append(_Orbit(images, atom.label, {atom.element: atom.occupancy}))
        elif list(orbit.shares) == [atom.element] and (
            orbit.shares[atom.element] + atom.occupancy > ROUNDED_SUM
        ):
            repeated += 1
        else:
            orbit.shares[atom.element] = orbit.shares.get(atom.element, 0.0) + atom.occupancy
    if repeated:
        notes.append(f"{repeated} atoms are listed more than once: repeats left out")
    if largest_move > _NOTED_MOVE:
        notes.append(f"atoms put on special positions, moved by up to {largest_move:.3f} Å")

    species: list[str] = []
    occupancies: list[float] = []
    places = []
    for orbit in found:
        for element, share in _normalised(orbit, name, notes).items():
            species += [element] * len(orbit.places)
            occupancies += [share] * len(orbit.places)
            places.append(orbit.places)
    return CellAtoms(species, np.concatenate(places), occupancies)


def _orbit_of(
    lattice: np.ndarray,
    rotations: np.ndarray,
    translations: np.ndarray,
    atom: AsymmetricAtom,
    name: str,
) -> tuple[np.ndarray, float]:
    """Give the places of one atom, each once, and how far it was moved (Å)."""
    place = atom.frac
    for _ in range(3):  # the first mean may bring a few more operations within reach
        away = rotations @ place + translations - place
        away -= np.rint(away)
        stays = np.linalg.norm(away @ lattice, axis=1) < SITE_TOLERANCE
        place = place + away[stays].mean(axis=0)
    images = rotations @ place + translations
    steps = images[:, None] - images[None]
    distances = np.linalg.norm((steps - np.rint(steps)) @ lattice, axis=-1)
    same = distances < SITE_TOLERANCE
    first = np.unique(same.argmax(axis=1))
    moved = float(np.linalg.norm((place - atom.frac) @ lattice))
    if distances[same].max() > 1e-4 or len(first) * int(stays.sum()) != len(images):
        raise InputError(
            f"{name}: atom {atom.label} at ({', '.join(f'{x:g}' for x in atom.frac)}) is about "
            f"{SITE_TOLERANCE} Å from a special position; it must be on it or clearly away. "
            f"Correct its coordinates, or the space group setting."
        )
    return images[first] % 1.0, moved


def _is_on(place: np.ndarray, places: np.ndarray, lattice: np.ndarray) -> bool:
    steps = places - place
    return bool((np.linalg.norm((steps - np.rint(steps)) @ lattice, axis=1) < SITE_TOLERANCE).any())


def _normalised(orbit: _Orbit, name: str, notes: list[str]) -> dict[str, float]:
    total = sum(orbit.shares.values())
    if total <= 1.0 + 1e-6:
        return orbit.shares
    written = " + ".join(f"{symbol} {share:g}" for symbol, share in orbit.shares.items())
    if total > ROUNDED_SUM:
        raise InputError(
            f"{name}: the site of {orbit.label} holds {written}, {total:.3g} atoms in all; at most "
            f"1 is possible. Correct the occupancies or the coordinates."
        )
    notes.append(f"the site of {orbit.label} holds {written}: scaled to 1 in all")
    return {symbol: share / total for symbol, share in orbit.shares.items()}
