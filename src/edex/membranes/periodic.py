"""Rings of repeat units: a finite molecule in which every repeat unit sees an endless chain.

A repeat unit with its ends cut off has atoms that see nothing where the chain would go on. Joined
to a ring of n units, each atom has its true neighbours. With l bonds from one unit to the next, an
environment of radius r cannot reach itself around the ring if n l >= 2 r + 2. The ring's own
closure makes no atom a ring atom and no annulene aromatic: such flags are those of an open chain.

A ladder polymer can go on straight or with its strands crossed, which SMILES does not say. Both
ways are made, and what is computed of them is averaged, as in a polymer without regular order.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from edex.errors import InputError
from edex.membranes.polymers import RepeatUnit
from edex.membranes.rdkit_calls import Chem, bonds_of, quiet, rdMolDescriptors

__all__ = ["PeriodicUnit", "close_ring", "open_chain", "periodic_units"]

# Of what RDKit can perceive: valences and hydrogens, rings, aromaticity.
_WHAT_IS_READ = (
    Chem.SanitizeFlags.SANITIZE_PROPERTIES
    | Chem.SanitizeFlags.SANITIZE_SYMMRINGS
    | Chem.SanitizeFlags.SANITIZE_KEKULIZE
    | Chem.SanitizeFlags.SANITIZE_SETAROMATICITY
    | Chem.SanitizeFlags.SANITIZE_ADJUSTHS
)


@dataclass(frozen=True, eq=False)
class PeriodicUnit:
    """A repeat unit in an endless chain.

    Attributes
    ----------
    origin : tuple of int
        For each atom, its index in ``RepeatUnit.mol``.
    atomic_numbers, charges, hydrogens, degrees : tuple of int
        Of each atom; degrees count bonded atoms other than hydrogen.
    is_aromatic, is_in_ring : tuple of bool
        Of each atom, in an open chain.
    inner, across : tuple of (int, int, BondType, bool)
        Bonds inside the unit, and from it to the next; whether each is in a ring.
    n_rings, n_aromatic_rings, n_spiro : float
        Smallest rings, and atoms that are all that two rings share, per unit.
    bonds_per_unit : int
        Length of the shortest way through the unit, from one unit to the next.
    """

    origin: tuple[int, ...]
    atomic_numbers: tuple[int, ...]
    charges: tuple[int, ...]
    hydrogens: tuple[int, ...]
    degrees: tuple[int, ...]
    is_aromatic: tuple[bool, ...]
    is_in_ring: tuple[bool, ...]
    inner: tuple[tuple[int, int, Any, bool], ...]
    across: tuple[tuple[int, int, Any, bool], ...]
    n_rings: float
    n_aromatic_rings: float
    n_spiro: float
    bonds_per_unit: int

    @property
    def n_atoms(self) -> int:
        """Number of atoms other than hydrogen."""
        return len(self.origin)

    def units_needed(self, radius: int) -> int:
        """Return how many units a ring needs so that no environment meets itself.

        The ring has three bonds at least, so no two atoms are joined twice.
        """
        return math.ceil(max(3, 2 * radius + 2) / self.bonds_per_unit)


def periodic_units(unit: RepeatUnit) -> list[PeriodicUnit]:
    """Return the ways in which a repeat unit can go on: one for a chain, two or more for a ladder.

    The four ends of a ladder are taken in the pairs that lie closest together; where several
    pairings are equally close, all are made.

    Parameters
    ----------
    unit : RepeatUnit

    Returns
    -------
    list of PeriodicUnit

    Raises
    ------
    InputError
        If units cannot be joined, as of a unit whose aromatic rings hold impossible bonds.
    """
    try:
        return _ways_on(unit)
    except ValueError as error:
        raise InputError(
            f"Units of {unit.smiles!r} cannot be joined to a chain: {str(error).strip()}. The ends "
            "and the bonds of aromatic rings must leave every atom its valence. Draw the unit "
            "again and copy its SMILES."
        ) from None


def _ways_on(unit: RepeatUnit) -> list[PeriodicUnit]:
    distances = Chem.GetDistanceMatrix(unit.mol)
    if not unit.is_ladder:
        head, tail = unit.stars
        return [_periodic(unit.mol, (head,), (tail,), distances)]
    a, *others = unit.stars
    pairings = []
    for b in others:
        c, d = (star for star in others if star != b)
        pairings.append((distances[a, b] + distances[c, d], (a, b), (c, d)))
    shortest = min(length for length, _, _ in pairings)
    return [
        _periodic(unit.mol, heads, tails, distances)
        for length, heads, pair in pairings
        if length == shortest
        for tails in (pair, pair[::-1])
    ]


def close_ring(unit: PeriodicUnit, n_units: int) -> Any:
    """Join copies of a unit to a ring.

    Atom i of copy k has index ``k * unit.n_atoms + i``.

    Parameters
    ----------
    unit : PeriodicUnit
    n_units : int
        See :meth:`PeriodicUnit.units_needed`.

    Returns
    -------
    rdkit.Chem.Mol
    """
    ring = _join(unit, n_units, n_units)
    Chem.FastFindRings(ring)
    return ring


def open_chain(unit: PeriodicUnit, n_units: int) -> Any:
    """Join copies of a unit in a row, for questions about rings: a closed ring is one itself.

    Atom i of copy k has index ``k * unit.n_atoms + i``. Look at the copies in the middle: at both
    ends atoms lack the neighbours that the chain would give them.

    Parameters
    ----------
    unit : PeriodicUnit
    n_units : int
        At least 1.

    Returns
    -------
    rdkit.Chem.Mol
        With its smallest rings found.
    """
    chain = _join(unit, n_units, n_units - 1)
    Chem.GetSSSR(chain)
    return chain


def _join(unit: PeriodicUnit, n_units: int, n_joints: int) -> Any:
    """Bond each of the first ``n_joints`` copies of a unit to the next; the last, to the first."""
    joined = Chem.RWMol()
    size = unit.n_atoms
    template = [
        _atom(*values)
        for values in zip(
            unit.atomic_numbers, unit.charges, unit.hydrogens, unit.is_aromatic, strict=True
        )
    ]
    for _ in range(n_units):
        for atom in template:
            joined.AddAtom(atom)
    for copy in range(n_units):
        here, there = copy * size, (copy + 1) % n_units * size
        for i, j, order, _ in unit.inner:
            joined.AddBond(here + i, here + j, order)
        for i, j, order, _ in unit.across if copy < n_joints else ():
            joined.AddBond(here + i, there + j, order)
    mol = joined.GetMol()
    mol.UpdatePropertyCache(strict=False)
    return mol


def _atom(number: int, charge: int, hydrogens: int, is_aromatic: bool) -> Any:
    atom = Chem.Atom(number)
    atom.SetFormalCharge(charge)
    atom.SetNoImplicit(True)
    atom.SetNumExplicitHs(hydrogens)
    atom.SetIsAromatic(is_aromatic)
    return atom


def _periodic(
    mol: Any, heads: tuple[int, ...], tails: tuple[int, ...], distances: Any
) -> PeriodicUnit:
    """Join three units in a row and look at the one in the middle."""
    plain = Chem.Mol(mol)
    Chem.Kekulize(plain, clearAromaticFlags=True)
    size = plain.GetNumAtoms()
    trimer = Chem.RWMol()
    for _ in range(3):
        trimer.InsertMol(plain)
    ends: set[int] = set()
    for copy in (0, 1):
        for tail, head in zip(tails, heads, strict=True):
            out, into = tail + copy * size, head + (copy + 1) * size
            bond = trimer.GetAtomWithIdx(out).GetBonds()[0]
            after = trimer.GetAtomWithIdx(into).GetNeighbors()[0].GetIdx()
            trimer.AddBond(bond.GetOtherAtomIdx(out), after, bond.GetBondType())
            ends |= {out, into}
    trimer.BeginBatchEdit()
    for end in ends:
        trimer.RemoveAtom(end)
    trimer.CommitBatchEdit()
    with quiet():
        Chem.SanitizeMol(trimer, sanitizeOps=_WHAT_IS_READ)
    # Removing atoms leaves the others in order.
    places = [place for place in range(3 * size) if place not in ends]
    middle = [
        trimer.GetAtomWithIdx(index) for index, place in enumerate(places) if place // size == 1
    ]
    origin = tuple(place % size for place in places if place // size == 1)
    number = {place: index for index, place in enumerate(origin)}
    inner: list[tuple[int, int, Any, bool]] = []
    across: list[tuple[int, int, Any, bool]] = []
    for bond in bonds_of(trimer):
        first, second = places[bond.GetBeginAtomIdx()], places[bond.GetEndAtomIdx()]
        if first > second:
            first, second = second, first
        if not size <= first < 2 * size:
            continue
        joined = (number[first % size], number[second % size], bond.GetBondType(), bond.IsInRing())
        (inner if second // size == 1 else across).append(joined)
    spiro: Any = []
    rdMolDescriptors.CalcNumSpiroAtoms(trimer, atoms=spiro)
    n_rings = n_aromatic = 0.0
    for ring in trimer.GetRingInfo().AtomRings():
        # A ring that reaches into the next unit counts with the share of its atoms in this one.
        share = sum(size <= places[atom] < 2 * size for atom in ring) / len(ring)
        if share:
            n_rings += share
            n_aromatic += share * all(trimer.GetAtomWithIdx(a).GetIsAromatic() for a in ring)
    way = min(distances[head, tail] for head, tail in itertools.product(heads, tails))
    return PeriodicUnit(
        origin=origin,
        atomic_numbers=tuple(atom.GetAtomicNum() for atom in middle),
        charges=tuple(atom.GetFormalCharge() for atom in middle),
        hydrogens=tuple(atom.GetTotalNumHs() for atom in middle),
        degrees=tuple(atom.GetDegree() for atom in middle),
        is_aromatic=tuple(atom.GetIsAromatic() for atom in middle),
        is_in_ring=tuple(atom.IsInRing() for atom in middle),
        inner=tuple(inner),
        across=tuple(across),
        n_rings=n_rings,
        n_aromatic_rings=n_aromatic,
        n_spiro=float(sum(places[atom] // size == 1 for atom in spiro)),
        bonds_per_unit=int(way) - 1,
    )
