r"""New crystals from a real one: move everything that its symmetry leaves free.

A real crystal is the template. Its lattice is strained, its atoms are displaced and its elements
are replaced, but only along the directions that every operation (W, w) of its space group leaves
as they are. For a displacement u of an atom that is the average over its site symmetry S,

.. math:: u' = \frac{1}{|S|} \sum_{W \in S} W u ,

and for a strain the same average over the point group; equivalent atoms follow by symmetry. So the
space group stays (it can only become higher by accident, which is checked afterwards).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from edex.errors import EdexError, InputError
from edex.spacegroup.crystal import Crystal, Orbits
from edex.spacegroup.reduction import ReducedCrystal, reduce_crystal
from edex.spacegroup.sites import merge_sites
from edex.spacegroup.substitution import covalent_radii, substitute
from edex.spacegroup.symmetry import SYMPREC

__all__ = ["Perturbation", "RejectedDrawError", "Template", "make_template", "perturb"]

_IMAGES = np.array(list(product((-1, 0, 1), repeat=3)), dtype=float)


class RejectedDrawError(EdexError):
    """A perturbed crystal that no chemist would accept; draw again."""


@dataclass(frozen=True)
class Perturbation:
    """How far a new crystal may go from its template.

    Attributes
    ----------
    strain : float
        Standard deviation of each free component of the strain.
    scale : float
        Standard deviation of the logarithm of an overall factor on all lengths.
    displacement : float
        Standard deviation of each free coordinate of an atom, Å.
    substitution : float
        Probability that an element is replaced by a similar one.
    closest : float
        Smallest distance allowed, as a share of the sum of the covalent radii. A template whose
        own atoms are closer sets the limit itself.
    """

    strain: float = 0.03
    scale: float = 0.06
    displacement: float = 0.12
    substitution: float = 0.7
    closest: float = 0.72

    def __post_init__(self) -> None:
        for name in ("strain", "scale", "displacement", "substitution", "closest"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise InputError(
                    f"Perturbation: {name} is {value!r}; it must be between 0 and 1. "
                    f"The default is {getattr(type(self), name)}."
                )


@dataclass(frozen=True, eq=False)
class Template:
    """A real crystal with everything that :func:`perturb` needs, worked out once.

    Attributes
    ----------
    crystal : Crystal
        Primitive cell with short cell vectors.
    orbits : Orbits
        Sets of equivalent atoms.
    strains : ndarray of shape (n_strains, 3, 3)
        Orthonormal basis of the strains that keep the symmetry.
    displacements : ndarray of shape (n_free, n_atoms, 3)
        Patterns of displacement that keep the symmetry, in Å along x, y, z; the atoms of one orbit
        move together, by 1 Å each.
    closest : float
        Smallest distance over the sum of covalent radii.
    """

    crystal: Crystal
    orbits: Orbits
    strains: np.ndarray
    displacements: np.ndarray
    closest: float


def make_template(crystal: Crystal, *, symprec: float = SYMPREC) -> Template:
    """Work out what the symmetry of a crystal leaves free.

    Parameters
    ----------
    crystal : Crystal
        A real structure, in any cell.
    symprec : float, default 0.01
        Tolerance of the symmetry search, Å.

    Returns
    -------
    Template

    Raises
    ------
    InputError
        If the symmetry search fails or finds another space group than the label says.

    Examples
    --------
    >>> rutile_like = Crystal(np.diag([4.0, 4.0, 5.0]), ["Ti", "C"], [[0, 0, 0], [0.5, 0.5, 0.3]])
    >>> template = make_template(rutile_like)
    >>> len(template.strains), len(template.displacements)  # a and c; z of each atom
    (2, 2)
    """
    reduced = reduce_crystal(crystal, symprec=symprec)
    wanted = crystal.space_group_number
    if wanted is not None and reduced.number != wanted:
        raise InputError(
            f"{crystal!r} is labelled {wanted}, but spglib finds {reduced.number} within "
            f"{symprec} Å. Correct the label or leave the crystal out."
        )
    primitive = _symmetrised(reduced)
    lattice = primitive.lattice
    # A column of Cartesian components is turned by L^T W L^-T, where W turns fractional ones.
    cartesian = np.einsum("jb,nji,ai->nba", lattice, reduced.rotations, np.linalg.inv(lattice))
    radii = covalent_radii(primitive.species)
    orbits = reduced.orbits
    return Template(
        crystal=primitive,
        orbits=orbits,
        strains=_invariant_strains(cartesian),
        displacements=_invariant_displacements(reduced, cartesian),
        closest=_closest(lattice, primitive.frac_coords, radii, orbits.representatives),
    )


def perturb(
    template: Template,
    random_state: np.random.Generator,
    settings: Perturbation | None = None,
) -> tuple[Crystal, Orbits]:
    """Draw a new crystal with the symmetry of the template.

    Parameters
    ----------
    template : Template
        From :func:`make_template`.
    random_state : numpy.random.Generator
        Source of randomness; the same state gives the same crystal.
    settings : Perturbation, optional
        How far to go.

    Returns
    -------
    crystal : Crystal
        In the primitive cell, labelled as the template.
    orbits : Orbits
        Sets of equivalent atoms.

    Raises
    ------
    RejectedDrawError
        If atoms come too close.
    """
    settings = settings or Perturbation()
    old = template.crystal
    new_of = substitute(sorted(set(old.species)), random_state, probability=settings.substitution)
    species = tuple(new_of[symbol] for symbol in old.species)
    old_radii, radii = covalent_radii(old.species), covalent_radii(species)
    growth = np.cbrt((radii**3).sum() / (old_radii**3).sum())
    strain = np.eye(3) + np.einsum(
        "n,nab->ab",
        settings.strain * random_state.normal(size=len(template.strains)),
        template.strains,
    )
    factor = growth * np.exp(settings.scale * random_state.normal())
    lattice = factor * old.lattice @ strain
    amplitudes = settings.displacement * random_state.normal(size=len(template.displacements))
    shifts = np.einsum("n,nia->ia", amplitudes, template.displacements)
    coords = old.frac_coords + shifts @ np.linalg.inv(old.lattice)
    closest = _closest(lattice, coords, radii, template.orbits.representatives)
    limit = min(settings.closest, 0.95 * template.closest)
    if closest < limit:
        raise RejectedDrawError(
            f"Atoms come as close as {closest:.2f} times the sum of their covalent radii; "
            f"the limit is {limit:.2f}."
        )
    crystal = Crystal(
        lattice,
        species,
        coords,
        old.occupancies,
        space_group_number=old.space_group_number,
        prototype=old.prototype,
        source_id=old.source_id,
    )
    return crystal, template.orbits


def _symmetrised(reduced: ReducedCrystal) -> Crystal:
    """Average lattice and positions over all operations, so that they hold exactly.

    What is within the tolerance in the template would leave it in a bigger copy.
    """
    crystal, rotations = reduced.crystal, reduced.rotations
    lattice, inverse = crystal.lattice, np.linalg.inv(crystal.lattice)
    metric = np.einsum("nia,ij,njb->ab", rotations, lattice @ lattice.T, rotations) / len(rotations)
    values, vectors = np.linalg.eigh(inverse @ metric @ inverse.T)
    coords = crystal.frac_coords
    moved = np.einsum("nij,sj->nsi", rotations, coords) + reduced.translations[:, None, :]
    away = moved - coords[reduced.images]
    shift = np.zeros_like(coords)
    np.add.at(shift, reduced.images.ravel(), (away - np.rint(away)).reshape(-1, 3))
    return replace(
        crystal,
        lattice=lattice @ (vectors * np.sqrt(values)) @ vectors.T,
        frac_coords=coords + shift / len(rotations),
    )


def _invariant_strains(cartesian: np.ndarray) -> np.ndarray:
    """Find the symmetric tensors that all rotations leave unchanged, as an orthonormal basis."""
    basis = []
    for i, j in ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)):
        tensor = np.zeros((3, 3))
        tensor[i, j] = tensor[j, i] = 1.0
        basis.append(np.einsum("nab,bc,ndc->ad", cartesian, tensor, cartesian) / len(cartesian))
    return _orthonormal(np.array(basis).reshape(6, 9)).reshape(-1, 3, 3)


def _invariant_displacements(reduced: ReducedCrystal, cartesian: np.ndarray) -> np.ndarray:
    """Find the patterns of displacement that the space group leaves unchanged.

    The atoms of a mixed site belong to different orbits, but the site moves as one.
    """
    members = merge_sites(reduced.crystal).members
    site_of = np.empty(len(reduced.crystal), dtype=int)
    for site, atoms in enumerate(members):
        site_of[list(atoms)] = site
    images = site_of[reduced.images]  # site to which each operation brings each atom
    patterns = []
    is_done = np.zeros(len(members), dtype=bool)
    for site, atoms in enumerate(members):
        if is_done[site]:
            continue
        own = images[:, atoms[0]]
        orbit, first = np.unique(own, return_index=True)
        is_done[orbit] = True
        for direction in _orthonormal(cartesian[own == site].mean(axis=0)):
            pattern = np.zeros((len(members), 3))
            pattern[orbit] = cartesian[first] @ direction
            patterns.append(pattern[site_of])
    return np.array(patterns).reshape(-1, len(site_of), 3)


def _orthonormal(rows: np.ndarray) -> np.ndarray:
    """Make an orthonormal basis of the space that the rows span; it may be empty."""
    _, values, vectors = np.linalg.svd(rows)
    return vectors[: int((values > 1e-6).sum())]


def _closest(
    lattice: np.ndarray, coords: np.ndarray, radii: np.ndarray, representatives: np.ndarray
) -> float:
    """Find the smallest distance over the sum of radii; atoms that share a site do not count."""
    gaps = coords[representatives, None, :] - coords
    gaps -= np.rint(gaps)
    vectors = (gaps[:, :, None, :] + _IMAGES) @ lattice
    distances = np.sqrt(np.einsum("ijka,ijka->ijk", vectors, vectors))
    distances[distances < 0.05] = np.inf
    sums = radii[representatives, None] + radii
    return float((distances.min(axis=2) / sums).min())
