"""Symmetry operators written as text, and the atoms of the cell that they generate.

An operator ``"1/2-x,y,z+1/4"`` maps fractional coordinates f to R f + t. All images of one listed
site are its orbit. On a special position many images coincide, but only nearly: the published
1/3 is 0.3333. So images closer than a tolerance are taken for one atom, which is moved to their
mean, the exact special position; after that the orbit has (number of operators) / (number of
coinciding images) atoms, which is checked.
"""

import re
from collections.abc import Sequence

import numpy as np

from edex.errors import InputError

__all__ = ["SAME_ATOM", "fill_cell", "lattice_fits", "lattice_from_cell", "parse_operators"]

SAME_ATOM = 0.05
"""Images of one site closer than this, in Å, are one atom.

In the mineral database `amcsd` the distances between images fall into two groups: below 0.05 Å,
rounding of special positions; above 0.06 Å, sites that are really split.
"""

_TERM = re.compile(r"([+-]?)(?:(\d+)/(\d+)|(\d*\.?\d+))?([xyz]?)")
_ROUNDS = 5
# Atoms of one orbit are told apart on a grid of fractional coordinates. It is shifted by an odd
# amount, because published coordinates like 0.12345 lie on the edges of a round grid.
_GRID = 1e-4
_SHIFT = 0.1234567891e-4


def parse_operators(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read symmetry operators.

    Parameters
    ----------
    texts : sequence of str
        For example ``["x,y,z", "1/2-x,-y,1/2+z"]``.

    Returns
    -------
    rotations : ndarray of shape (n_operators, 3, 3)
        Whole numbers.
    translations : ndarray of shape (n_operators, 3)
        From 0 to below 1.

    Raises
    ------
    InputError
        If a text is not an operator.

    Examples
    --------
    >>> rotations, translations = parse_operators(["1/2-x,y,x-z"])
    >>> rotations[0].tolist(), translations[0].tolist()
    ([[-1, 0, 0], [0, 1, 0], [1, 0, -1]], [0.5, 0.0, 0.0])
    """
    rotations = np.zeros((len(texts), 3, 3), dtype=int)
    translations = np.zeros((len(texts), 3))
    for number, text in enumerate(texts):
        parts = text.lower().replace(" ", "").split(",")
        if len(parts) != 3:
            raise _not_an_operator(text)
        for row, part in enumerate(parts):
            terms = _TERM.findall(part)
            if not part or "".join(_rebuilt(term) for term in terms) != part:
                raise _not_an_operator(text)
            for sign, numerator, denominator, decimal, axis in terms:
                value = -1.0 if sign == "-" else 1.0
                if axis:
                    rotations[number, row, "xyz".index(axis)] += int(value)
                if denominator:
                    translations[number, row] += value * int(numerator) / int(denominator)
                elif decimal:
                    translations[number, row] += value * float(decimal)
        if abs(round(np.linalg.det(rotations[number]))) != 1:
            raise _not_an_operator(text)
    return rotations, translations % 1


def _rebuilt(term: tuple[str, ...]) -> str:
    """Write a matched term again; a number with an axis is no term of an operator."""
    sign, numerator, denominator, decimal, axis = term
    number = f"{numerator}/{denominator}" if denominator else decimal
    return "?" if number and axis else sign + number + axis


def _not_an_operator(text: str) -> InputError:
    return InputError(
        f"{text!r} is not a symmetry operator. Three sums of x, y, z and fractions are needed, "
        "with commas between them. Write it like '1/2-x,y,z+1/4'."
    )


def lattice_from_cell(
    a: float, b: float, c: float, alpha: float, beta: float, gamma: float
) -> np.ndarray:
    """Make cell vectors from lengths and angles, a along x and b in the xy plane.

    Parameters
    ----------
    a, b, c : float
        Lengths in Å.
    alpha, beta, gamma : float
        Angles in degrees.

    Returns
    -------
    ndarray of shape (3, 3)
        Cell vectors as rows, Å.

    Raises
    ------
    InputError
        If no cell has these lengths and angles.
    """
    cosines = np.cos(np.radians([alpha, beta, gamma]))
    cosines[np.abs(cosines) < 1e-15] = 0.0  # right angles are exactly right
    cos_alpha, cos_beta, cos_gamma = cosines
    sin_gamma = np.sqrt(1 - cos_gamma**2)
    height = 1 - cosines @ cosines + 2 * cos_alpha * cos_beta * cos_gamma
    if not (min(a, b, c) > 0 and sin_gamma > 0 and height > 0):
        raise InputError(
            f"The lengths {a:g}, {b:g}, {c:g} Å and angles {alpha:g}, {beta:g}, {gamma:g} degrees "
            "make no cell. Lengths must be above 0 and the angles must fit together. "
            "Check them."
        )
    c_y = (cos_alpha - cos_beta * cos_gamma) / sin_gamma
    return np.array(
        [
            [a, 0.0, 0.0],
            [b * cos_gamma, b * sin_gamma, 0.0],
            [c * cos_beta, c * c_y, c * np.sqrt(height) / sin_gamma],
        ]
    )


def lattice_fits(lattice: np.ndarray, rotations: np.ndarray, *, tolerance: float = 1e-3) -> bool:
    """Tell whether rotations leave all lengths and angles of a lattice unchanged.

    The metric G = L Lᵀ of the lattice L must obey Rᵀ G R = G.

    Parameters
    ----------
    lattice : ndarray of shape (3, 3)
        Cell vectors as rows, Å.
    rotations : ndarray of shape (n_operators, 3, 3)
        Rotations of fractional coordinates.
    tolerance : float, default=1e-3
        Largest change of an element of G, relative to the largest element.

    Returns
    -------
    bool
    """
    metric = lattice @ lattice.T
    images = rotations.transpose(0, 2, 1) @ metric @ rotations
    return bool(np.abs(images - metric).max() <= tolerance * np.abs(metric).max())


def fill_cell(
    lattice: np.ndarray,
    coordinates: np.ndarray,
    rotations: np.ndarray,
    translations: np.ndarray,
    *,
    same_atom: float = SAME_ATOM,
) -> tuple[np.ndarray, np.ndarray]:
    """Generate all atoms of the cell from the listed sites.

    Parameters
    ----------
    lattice : ndarray of shape (3, 3)
        Cell vectors as rows, Å.
    coordinates : ndarray of shape (n_sites, 3)
        Fractional coordinates of the listed sites.
    rotations : ndarray of shape (n_operators, 3, 3)
        All operators of the group, those of the centring too.
    translations : ndarray of shape (n_operators, 3)
        Their translations.
    same_atom : float, default=SAME_ATOM
        Images closer than this, in Å, are one atom.

    Returns
    -------
    frac_coords : ndarray of shape (n_atoms, 3)
        From 0 to below 1; the atoms of one site follow each other.
    sites : ndarray of shape (n_atoms,)
        Number of the site that each atom comes from.

    Raises
    ------
    InputError
        If the images of a site do not fall into groups of equal size: the operators are no
        group, or atoms are split by about `same_atom`.

    Examples
    --------
    >>> inversion = parse_operators(["x,y,z", "-x,-y,-z"])
    >>> fill_cell(10 * np.eye(3), np.array([[0.5, 0, 0.0001], [0.1, 0, 0]]), *inversion)
    (array([[0.5, 0. , 0. ],
           [0.1, 0. , 0. ],
           [0.9, 0. , 0. ]]), array([0, 1, 1]))
    """
    centres = np.asarray(coordinates, dtype=float)
    for _ in range(_ROUNDS):
        images = _images(centres, rotations, translations)
        shifts = images - centres[:, None]
        shifts -= np.round(shifts)
        coincide = np.linalg.norm(shifts @ lattice, axis=-1) < same_atom
        n_coincide = coincide.sum(axis=1)
        moves = (shifts * coincide[..., None]).sum(axis=1) / n_coincide[:, None]
        if np.abs(moves).max() < 1e-12:
            break
        centres = centres + moves
    images = _images(centres, rotations, translations)
    cells = np.floor((images + _SHIFT) % 1 / _GRID).astype(np.int64)
    keys = (cells[..., 0] * 20_000 + cells[..., 1]) * 20_000 + cells[..., 2]
    orbits = []
    for site, site_keys in enumerate(keys):
        _, first = np.unique(site_keys, return_index=True)
        if len(first) * n_coincide[site] != len(rotations):
            raise InputError(
                f"The {len(rotations)} images of site {site + 1} are {len(first)} atoms, of which "
                f"one has {n_coincide[site]} images. Each atom must have as many. Check the "
                "operators and the coordinates."
            )
        orbits.append(images[site, np.sort(first)])
    numbers = np.repeat(np.arange(len(orbits)), [len(orbit) for orbit in orbits])
    positions = np.concatenate(orbits) % 1
    positions[1 - positions < 1e-12] = 0.0
    return positions, numbers


def _images(coordinates: np.ndarray, rotations: np.ndarray, translations: np.ndarray) -> np.ndarray:
    """Apply all operators to all sites: shape (n_sites, n_operators, 3)."""
    images: np.ndarray = np.einsum("kij,nj->nki", rotations, coordinates) + translations
    return images
