"""Structure types of the elements, and their pair distribution functions in every size.

A structure type is a pattern without a size: multiply all lengths by s and it is still the same
type. Its distances are d, c2 d, c3 d ... with numbers c that belong to the type; d is the distance
of nearest neighbours. Close-packed types are sequences of layers A, B, C, each a triangular net,
sqrt(2/3) d apart.

References
----------
C. Kittel, Introduction to Solid State Physics, 8th ed., Wiley (2005), chapter 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.pdf import simulate_pdf

__all__ = [
    "LAYERS",
    "STRUCTURE_TYPES",
    "close_packed_crystal",
    "element_crystal",
    "faulted_layers",
    "simulate_curves",
]

LAYERS: dict[str, str] = {"fcc": "ABC", "hcp": "AB", "dhcp": "ABAC", "9R": "ABABCBCAC"}
"""Sequence of layers of the close-packed types (copper, magnesium, lanthanum, samarium)."""

STRUCTURE_TYPES: tuple[str, ...] = ("simple cubic", "bcc", "diamond", *LAYERS)
"""Names that :func:`element_crystal` knows."""

_PLACES = {"A": (0.0, 0.0), "B": (1 / 3, 2 / 3), "C": (2 / 3, 1 / 3)}
_CUBIC: dict[str, tuple[float, list[list[float]]]] = {
    "simple cubic": (1.0, [[0, 0, 0]]),
    "bcc": (2 / np.sqrt(3), [[0, 0, 0], [0.5, 0.5, 0.5]]),
    "diamond": (
        4 / np.sqrt(3),
        [
            [x + shift, y + shift, z + shift]
            for x, y, z in ((0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0))
            for shift in (0.0, 0.25)
        ],
    ),
}


def element_crystal(kind: str, distance: float, *, species: str = "Ni") -> Crystal:
    """Build the crystal of an element from its structure type and its shortest distance.

    Parameters
    ----------
    kind : str
        One of ``STRUCTURE_TYPES``. Hexagonal types have the ideal ratio c/a of touching spheres.
    distance : float
        Distance of nearest neighbours, Å.
    species : str
        Element symbol.

    Returns
    -------
    Crystal

    Raises
    ------
    InputError
        If the type is unknown or the distance is not above 0.

    Examples
    --------
    >>> element_crystal("bcc", 2.48, species="Fe").formula
    'Fe'
    """
    if kind in LAYERS:
        return close_packed_crystal(LAYERS[kind], distance, species=species)
    if kind not in _CUBIC:
        raise InputError(
            f"There is no structure type {kind!r} here. Choose from {', '.join(STRUCTURE_TYPES)}."
        )
    _check_distance(distance)
    ratio, coords = _CUBIC[kind]
    return Crystal(ratio * distance * np.eye(3), [species] * len(coords), coords)


def close_packed_crystal(layers: str, distance: float, *, species: str = "Ni") -> Crystal:
    """Stack close-packed layers.

    Parameters
    ----------
    layers : str
        Letters A, B and C, for example ``"ABC"`` for fcc; the sequence is repeated without end,
        so neighbours differ, the last letter and the first one too.
    distance : float
        Distance of nearest neighbours, Å.
    species : str
        Element symbol.

    Returns
    -------
    Crystal
        One atom for each layer.

    Raises
    ------
    InputError
        If the letters are not a close packing or the distance is not above 0.

    Examples
    --------
    >>> len(close_packed_crystal("ABAC", 3.7, species="La"))
    4
    """
    _check_distance(distance)
    n_layers = len(layers)
    if not set(layers) <= set(_PLACES) or n_layers < 2:
        raise InputError(f"layers is {layers!r}; it must be two or more of the letters A, B and C.")
    if any(a == b for a, b in zip(layers, layers[1:] + layers[0], strict=True)):
        raise InputError(
            f"layers is {layers!r}: two equal letters follow each other (the last is followed by "
            "the first), which is no close packing. Change one of them."
        )
    height = n_layers * distance * np.sqrt(2 / 3)
    net = [[distance, 0, 0], [-distance / 2, distance * np.sqrt(3) / 2, 0], [0, 0, height]]
    coords = [[*_PLACES[layer], k / n_layers] for k, layer in enumerate(layers)]
    return Crystal(net, [species] * n_layers, coords)


def faulted_layers(n_layers: int, hexagonal_share: float, *, random_state: int = 0) -> str:
    """Draw a random close packing.

    Each layer is hexagonal (its two neighbours sit alike, as B in ABA) with a given probability,
    else cubic (ABC), independently of all others.

    Parameters
    ----------
    n_layers : int
        Length of the sequence, 4 or more.
    hexagonal_share : float
        Probability of a hexagonal layer: 0 makes fcc, 1 makes hcp, between is a faulted crystal.
    random_state : int or numpy.random.Generator
        Source of randomness.

    Returns
    -------
    str
        Letters that can be repeated without end. The last letter may be changed so that they close.

    Raises
    ------
    InputError
        If ``n_layers`` is below 4 or ``hexagonal_share`` is not from 0 to 1.

    Examples
    --------
    >>> faulted_layers(6, 1.0), faulted_layers(6, 0.0)
    ('ABABAB', 'ABCABC')
    """
    if n_layers < 4 or not 0 <= hexagonal_share <= 1:
        raise InputError(
            f"n_layers is {n_layers} and hexagonal_share {hexagonal_share}; the first must be 4 "
            "or more, the second from 0 to 1."
        )
    rng = np.random.default_rng(random_state)
    letters = [0, 1]
    while len(letters) < n_layers:
        is_hexagonal = rng.random() < hexagonal_share
        letters.append(letters[-2] if is_hexagonal else 3 - letters[-2] - letters[-1])
    if letters[-1] == letters[0]:
        letters[-1] = 3 - letters[-2] - letters[0]
    return "".join("ABC"[letter] for letter in letters)


def simulate_curves(
    crystals: Sequence[Crystal],
    r: npt.ArrayLike,
    *,
    u_iso: npt.ArrayLike = 0.008,
    qmax: npt.ArrayLike = 23.0,
    noise: npt.ArrayLike = 0.0,
    random_state: int | np.random.Generator = 0,
) -> np.ndarray:
    """Calculate a PDF of each crystal as a model gets it: of unit height, with noise.

    Parameters
    ----------
    crystals : sequence of Crystal of length n
        Structures.
    r : array-like of shape (n_r,)
        Distances, Å.
    u_iso, qmax : float or array-like of shape (n,)
        Mean square displacement in Å², and end of the measured range in Å⁻¹, for all or for each.
    noise : float or array-like of shape (n,)
        Standard deviation of white noise, as a share of the root mean square of the curve.
    random_state : int or numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (n, n_r)
        Curves, each divided by its root mean square before the noise is added, and again after.

    Examples
    --------
    >>> curves = simulate_curves([element_crystal("fcc", 2.5)], [2.0, 2.5, 3.0])
    >>> curves.shape, int(curves[0].argmax())
    ((1, 3), 1)
    """
    rng = np.random.default_rng(random_state)
    n = len(crystals)
    u, q, level = (np.broadcast_to(np.asarray(v, float), n) for v in (u_iso, qmax, noise))
    curves = np.array(
        [
            simulate_pdf(crystal, r=r, u_iso=float(u[i]), qmax=float(q[i]))
            for i, crystal in enumerate(crystals)
        ]
    )
    curves = _unit_rows(curves)
    return _unit_rows(curves + level[:, None] * rng.standard_normal(curves.shape))


def _unit_rows(curves: np.ndarray) -> np.ndarray:
    return np.asarray(curves / np.sqrt((curves**2).mean(axis=1, keepdims=True)))


def _check_distance(distance: float) -> None:
    if not 0 < distance < np.inf:
        raise InputError(
            f"distance is {distance}; the distance of nearest neighbours is a number of "
            "ångströms above 0, such as 2.5."
        )
