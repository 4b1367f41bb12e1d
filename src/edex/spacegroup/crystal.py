"""A crystal: the lattice, and the atoms in one unit cell.

Positions are fractional: the atom with coordinates f sits at x = f L, where the rows of L are the
three cell vectors in Å. A site that two elements share is written as two atoms at one place whose
occupancies add up to one at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["Crystal", "Orbits"]

SAME_SITE = 0.01  # Å: two atoms closer than this share one site
_MAX_SITES = 5000


@dataclass(frozen=True, eq=False)
class Crystal:
    """A crystal structure.

    Parameters
    ----------
    lattice : array-like of shape (3, 3)
        Cell vectors as rows, Å.
    species : sequence of str of length n_atoms
        Element symbols.
    frac_coords : array-like of shape (n_atoms, 3)
        Fractional coordinates.
    occupancies : array-like of shape (n_atoms,), optional
        Share of each atom on its site, 0 < occupancy <= 1; 1 by default.
    space_group_number : int, optional
        Label: number in the International Tables, 1 to 230.
    prototype : str, optional
        Key of the structure type; crystals with one key must stay on one side of a split.
    source_id : str
        Where the crystal comes from, for example ``"mp-22862"``.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, the cell has no volume, an occupancy is out
        of range or there are no atoms.

    Examples
    --------
    >>> salt = Crystal(5.64 * np.eye(3) / 2 @ (1 - np.eye(3)), ["Na", "Cl"], [[0] * 3, [0.5] * 3])
    >>> salt.formula, round(salt.volume, 2)
    ('NaCl', 44.85)
    """

    lattice: np.ndarray
    species: tuple[str, ...]
    frac_coords: np.ndarray
    occupancies: np.ndarray = field(default_factory=lambda: np.empty(0))
    space_group_number: int | None = None
    prototype: str | None = None
    source_id: str = ""

    def __init__(
        self,
        lattice: npt.ArrayLike,
        species: Sequence[str],
        frac_coords: npt.ArrayLike,
        occupancies: npt.ArrayLike | None = None,
        *,
        space_group_number: int | None = None,
        prototype: str | None = None,
        source_id: str = "",
    ) -> None:
        name = f"The crystal {source_id!r}" if source_id else "The crystal"
        lattice_array = _numbers(lattice, f"{name}: lattice", "a 3 x 3 array in Å, rows a, b, c")
        if isinstance(species, str):
            raise InputError(
                f"{name}: species is the text {species!r}, not a list of element symbols. "
                'Write, for example, ["Na", "Cl"].'
            )
        symbols = tuple(str(symbol) for symbol in species)
        coords = _numbers(frac_coords, f"{name}: frac_coords", "an array of shape (n_atoms, 3)")
        _require_shape(lattice_array, (3, 3), f"{name}: lattice")
        if not symbols or len(symbols) > _MAX_SITES:
            raise InputError(
                f"{name} has {len(symbols)} atoms; 1 to {_MAX_SITES} are allowed. "
                "Give the atoms of one unit cell."
            )
        _require_shape(coords, (len(symbols), 3), f"{name}: frac_coords")
        volume = float(np.linalg.det(lattice_array))
        longest = float(np.prod(np.linalg.norm(lattice_array, axis=1)))
        if not abs(volume) > 1e-6 * max(longest, 1e-6):
            raise InputError(
                f"{name}: the cell vectors lie in a plane (volume {volume:.3g} Å³). "
                "Check the cell lengths and angles."
            )
        share = (
            np.ones(len(symbols))
            if occupancies is None
            else _numbers(occupancies, f"{name}: occupancies", "an array of shape (n_atoms,)")
        )
        _require_shape(share, (len(symbols),), f"{name}: occupancies")
        if not ((share > 0) & (share <= 1 + 1e-6)).all():
            worst = share[~((share > 0) & (share <= 1 + 1e-6))][0]
            raise InputError(
                f"{name}: an occupancy is {worst:g}; it must be above 0 and at most 1. "
                "Leave out atoms with occupancy 0."
            )
        for array in (lattice_array, coords, share):
            array.setflags(write=False)
        set_field = object.__setattr__
        set_field(self, "lattice", lattice_array)
        set_field(self, "species", symbols)
        set_field(self, "frac_coords", coords)
        set_field(self, "occupancies", share)
        set_field(self, "space_group_number", space_group_number)
        set_field(self, "prototype", prototype)
        set_field(self, "source_id", source_id)

    def __len__(self) -> int:
        return len(self.species)

    def __repr__(self) -> str:
        group = f", space group {self.space_group_number}" if self.space_group_number else ""
        origin = f", {self.source_id}" if self.source_id else ""
        return f"<Crystal {self.formula}: {len(self)} atoms in {self.volume:.1f} Å³{group}{origin}>"

    @property
    def volume(self) -> float:
        """Volume of the cell, Å³."""
        return abs(float(np.linalg.det(self.lattice)))

    @property
    def is_ordered(self) -> bool:
        """Whether every site is taken by exactly one atom."""
        return bool((self.occupancies > 1 - 1e-6).all())

    @property
    def cell_parameters(self) -> tuple[float, float, float, float, float, float]:
        """Lengths a, b, c in Å and angles alpha, beta, gamma in degrees."""
        a, b, c = np.linalg.norm(self.lattice, axis=1)
        unit = self.lattice / np.array([[a], [b], [c]])
        cosines = np.clip([unit[1] @ unit[2], unit[0] @ unit[2], unit[0] @ unit[1]], -1, 1)
        alpha, beta, gamma = np.degrees(np.arccos(cosines))
        return float(a), float(b), float(c), float(alpha), float(beta), float(gamma)

    @cached_property
    def formula(self) -> str:
        """Reduced formula in the order in which the elements first appear."""
        amounts: dict[str, float] = {}
        for symbol, share in zip(self.species, self.occupancies, strict=True):
            amounts[symbol] = amounts.get(symbol, 0.0) + float(share)
        values = np.array(list(amounts.values()))
        if np.allclose(values, values.round(), atol=1e-3):
            values = values.round() / np.gcd.reduce(values.round().astype(int))
        else:
            values = values / values.min()
        return "".join(
            symbol + ("" if abs(value - 1) < 1e-3 else f"{value:.3g}")
            for symbol, value in zip(amounts, values, strict=True)
        )

    def with_label(
        self, *, space_group_number: int | None = None, prototype: str | None = None
    ) -> Crystal:
        """Copy the crystal with other labels; what is not named stays.

        Parameters
        ----------
        space_group_number : int, optional
            New space group number.
        prototype : str, optional
            New prototype key.

        Returns
        -------
        Crystal
        """
        return replace(
            self,
            space_group_number=(
                self.space_group_number if space_group_number is None else space_group_number
            ),
            prototype=self.prototype if prototype is None else prototype,
        )


@dataclass(frozen=True, eq=False)
class Orbits:
    """One atom of every set of symmetry-equivalent atoms, and the size of the set.

    The environment of equivalent atoms is the same up to a rotation, so their sums of distances
    are equal: it is enough to sum over one of them and multiply.

    Attributes
    ----------
    representatives : ndarray of shape (n_orbits,)
        Numbers of the atoms in the crystal.
    multiplicities : ndarray of shape (n_orbits,)
        Number of equivalent atoms in the cell.
    """

    representatives: np.ndarray
    multiplicities: np.ndarray


def _numbers(values: npt.ArrayLike, name: str, wanted: str) -> np.ndarray:
    """Read values as finite float64 numbers, in memory of our own."""
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must hold numbers: give {wanted}. ({error})") from None
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].flat[0]
        raise InputError(f"{name} holds {bad}; all numbers must be finite. Give {wanted}.")
    return array


def _require_shape(array: np.ndarray, shape: tuple[int, ...], name: str) -> None:
    if array.shape != shape:
        raise InputError(f"{name} has shape {array.shape}; it must be {shape}. Check the input.")
