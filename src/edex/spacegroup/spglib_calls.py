"""The only place where spglib is called (Togo, Shinohara and Tanaka, STAM-M 4, 2384822, 2024).

spglib fails in several ways, by version and switch: it raises, returns None or warns. Here every
failure is ``None``, and what it said is kept for the message.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from edex.errors import MissingExtraError

try:
    import spglib
    import spglib.error
except ImportError:
    raise MissingExtraError("spglib", extra="spacegroup", purpose="finding symmetry") from None

__all__ = ["group_of_operations", "niggli_basis", "symmetry_dataset"]

# spglib 2.7 and 2.8 warn at every call unless this documented switch is set; 3.0 has no other way.
if hasattr(spglib.error, "OLD_ERROR_HANDLING"):
    spglib.error.OLD_ERROR_HANDLING = False


def symmetry_dataset(
    lattice: np.ndarray, coords: np.ndarray, types: list[int], symprec: float
) -> tuple[Any, str]:
    """Search for all symmetry of a crystal.

    Returns
    -------
    tuple
        The dataset or None, and what spglib said if there is none.
    """
    try:
        found = spglib.get_symmetry_dataset((lattice, coords, types), symprec=symprec)
    except spglib.SpglibError as error:
        return None, str(error).strip()
    return found, "no reason was given"


def group_of_operations(
    rotations: np.ndarray, translations: np.ndarray, lattice: np.ndarray, symprec: float = 1e-5
) -> int | None:
    """Name the space group that operations form: its number, or None if they form none."""
    try:
        found = spglib.get_spacegroup_type_from_symmetry(
            rotations, translations, lattice, symprec=symprec
        )
    except spglib.SpglibError:
        return None
    return None if found is None else int(found.number)


def niggli_basis(lattice: np.ndarray) -> np.ndarray:
    """Give the Niggli-reduced basis of a lattice as rows, right-handed.

    Handedness matters: in a left-handed basis the screw 3_1 looks like 3_2. If the reduction fails,
    the basis that was given is kept.
    """
    try:
        reduced = spglib.niggli_reduce(lattice)
    except spglib.SpglibError:
        reduced = None
    basis = np.array(lattice if reduced is None else reduced, dtype=float, order="C")
    return basis if np.linalg.det(basis) > 0 else -basis
