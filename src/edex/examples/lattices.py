"""Lattice parameters of crystals, from which their crystal system is to be told.

A crystal system is a set of conditions on the conventional cell, such as a = b = c and
alpha = beta = gamma = 90 degrees in the cubic one. Written in a primitive cell the same lattice
hides them: rock salt has a_p = b_p = c_p and three angles of 60 degrees there. The primitive cell
is given in its Niggli form, the one that is the same for whoever computes it.

References
----------
I. Krivy, B. Gruber, Acta Cryst. A32, 297 (1976), doi 10.1107/S0567739476000636: the Niggli cell.
A. Togo, K. Shinohara, I. Tanaka, STAM-M 4, 2384822 (2024), doi 10.1080/27660400.2024.2384822.
"""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from edex.errors import DataError, InputError

__all__ = ["CRYSTAL_SYSTEMS", "crystal_system", "load_lattices"]

CRYSTAL_SYSTEMS = {
    "triclinic": 2,
    "monoclinic": 15,
    "orthorhombic": 74,
    "tetragonal": 142,
    "trigonal": 167,
    "hexagonal": 194,
    "cubic": 230,
}
"""The last space group number of each crystal system, International Tables A."""

_SYMPREC = 0.01  # Å, with which the space groups of the data set were found
_CUBIC_F = (225, 227)
_CENTRINGS = {
    "P": np.eye(3),
    "C": np.array([[1, 1, 0], [-1, 1, 0], [0, 0, 2]]) / 2,
    "I": np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1]]) / 2,
    "F": np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) / 2,
}
"""Primitive cell vectors (rows) in terms of the conventional ones."""

_PARAMETERS = ["a", "b", "c", "alpha", "beta", "gamma"]


def crystal_system(space_group_number: int) -> str:
    """Give the crystal system of a space group.

    Raises
    ------
    InputError
        If the number is not from 1 to 230.

    Examples
    --------
    >>> crystal_system(225)
    'cubic'
    """
    for name, last in CRYSTAL_SYSTEMS.items():
        if 1 <= space_group_number <= last:
            return name
    raise InputError(
        f"space_group_number is {space_group_number!r}; there are 230 space groups, 1 to 230. "
        f"Give the number of the International Tables, for example 225 for Fm-3m."
    )


def load_lattices() -> pd.DataFrame:
    """Load the cells of 1,924 computed crystals (the data set ``mp-structures``).

    The first call takes a second or two, as spglib looks for the symmetry of the crystals.

    Returns
    -------
    DataFrame of shape (1924, 17)
        In the order of the data set, with the columns

        - ``formula``,
        - ``a``, ``b``, ``c``: edges of the conventional cell, Å,
        - ``alpha``, ``beta``, ``gamma``: its angles, degrees. The cell is spglib's standard one,
          in which symmetry holds exactly: b is the unique axis of a monoclinic cell, and a
          triclinic cell is the Niggli cell,
        - ``volume_per_atom``: Å3,
        - ``n_atoms``: atoms in the conventional cell,
        - ``space_group_number``: one of 2, 14, 15, 62, 139, 194, 225, 227,
        - ``crystal_system``: by the number; *no crystal here is trigonal*,
        - ``a_p``, ``b_p``, ``c_p`` (Å), ``alpha_p``, ``beta_p``, ``gamma_p`` (degrees): the
          Niggli-reduced primitive cell, a_p <= b_p <= c_p.

    Raises
    ------
    MissingExtraError
        If the package `spglib` is not installed.

    Examples
    --------
    >>> table = load_lattices()
    >>> table["crystal_system"].nunique()
    6
    """
    return _table().copy()


def cell_parameters(lattice: np.ndarray) -> tuple[float, ...]:
    """Give a, b, c in Å and alpha, beta, gamma in degrees of cell vectors in rows."""
    lengths = np.linalg.norm(lattice, axis=1)
    unit = lattice / lengths[:, None]
    cosines = np.array([unit[1] @ unit[2], unit[0] @ unit[2], unit[0] @ unit[1]])
    # 1e-10 Å of rounding in a cell vector must not make an angle 90.00000001.
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1))).round(8)
    return (*lengths.round(8).tolist(), *angles.tolist())


@cache
def _table() -> pd.DataFrame:
    from edex.datasets import load_mp_structures
    from edex.spacegroup.spglib_calls import niggli_basis

    rows = []
    for entry in load_mp_structures().itertuples(index=False):
        number = int(entry.space_group_number)  # type: ignore[arg-type]
        cube = _quick_cube(entry) if number in _CUBIC_F else None
        conventional, n_atoms, centring = cube or _conventional_cell(entry)
        rows.append(
            (
                entry.formula,
                *cell_parameters(conventional),
                abs(np.linalg.det(conventional)) / n_atoms,
                n_atoms,
                number,
                crystal_system(number),
                *cell_parameters(niggli_basis(_CENTRINGS[centring] @ conventional)),
            )
        )
    columns = [
        "formula",
        *_PARAMETERS,
        "volume_per_atom",
        "n_atoms",
        "space_group_number",
        "crystal_system",
        *(f"{name}_p" for name in _PARAMETERS),
    ]
    return pd.DataFrame(rows, columns=columns)


def _conventional_cell(entry: Any) -> tuple[np.ndarray, int, str]:
    """Give the conventional cell, its number of atoms and the letter of its centring."""
    from edex.spacegroup.spglib_calls import symmetry_dataset

    kinds = np.unique(entry.species, return_inverse=True)[1].tolist()
    found, reason = symmetry_dataset(entry.lattice, entry.frac_coords, kinds, _SYMPREC)
    if found is None:
        raise DataError(
            f"spglib finds no symmetry of {entry.material_id} ({reason}). "
            f"Install a version of spglib that edex asks for."
        )
    return np.asarray(found.std_lattice), len(found.std_types), found.international[0]


def _quick_cube(entry: Any) -> tuple[np.ndarray, int, str] | None:
    """Give the same for a crystal with a cubic F lattice, or None if it is not so simple.

    spglib takes 15 ms for each of these 500 crystals, most of the time of the whole table. Most are
    stored as a cube (volume = edge^3) or as the primitive cell with three equal edges (volume =
    edge^3 / sqrt(2)), and then the volume is enough. A test compares the result with spglib's.
    """
    from edex.spacegroup.spglib_calls import niggli_basis

    basis = niggli_basis(entry.lattice)
    edges = np.linalg.norm(basis, axis=1)
    volume = abs(np.linalg.det(basis))
    for cells, share in ((1, 1.0), (4, np.sqrt(0.5))):
        if np.ptp(edges) < _SYMPREC and np.isclose(volume / edges.prod(), share, rtol=0.01):
            return np.eye(3) * np.cbrt(cells * volume), cells * len(entry.species), "F"
    return None
