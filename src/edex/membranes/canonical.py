"""One name for each polymer: the canonical repeat unit.

The same endless chain can be cut at any bond of its backbone, read in both directions, and written
with one repeat unit or several: ``*CCO*``, ``*COC*`` and ``*OCCOCC*`` are one polymer. The bonds at
which a chain can be cut, and no others, are those that every path along the backbone must pass (its
bridges). They divide the unit into blocks b_1 … b_m, and the chain is the cyclic word of the
blocks. Its shortest period is the primitive unit; of the period's rotations in both directions the
first in the alphabet is the canonical cut, at a single bond if there is one.

Ladder polymers are not rotated or shortened: their four attachment points do not say which strand
goes on in which, so another cut is another text (see :func:`canonical_repeat_unit`).

References
----------
M. Lothaire, Combinatorics on Words (Cambridge, 1997), chapter 1: primitive and conjugate words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from edex.membranes.polymers import parse_repeat_unit
from edex.membranes.rdkit_calls import Chem, atoms_of, quiet

__all__ = ["canonical_repeat_unit", "canonical_smiles"]

_SINGLE = Chem.BondType.SINGLE
_PREVIOUS, _NEXT = 1, 2  # isotope labels of the two cuts of a block


def canonical_repeat_unit(smiles: str) -> str:
    """Return the SMILES that every way to write this polymer has in common.

    Independent of where the unit was cut, of its direction, of how many repeat units were written,
    of the order of the atoms, of labels at ``*``, of stereo marks and of isotopes. It is canonical
    for one version of RDKit: store the SMILES as published, and compare canonical ones.

    Limits: of a ladder polymer (four ``*``) the order of atoms, the labels, the stereo marks and
    the isotopes do not matter, but the cut and the number of repeat units do. Tautomers and
    charged forms count as different polymers.

    Parameters
    ----------
    smiles : str
        A repeat unit, see :func:`edex.membranes.parse_repeat_unit`.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it is no repeat unit.

    Examples
    --------
    >>> canonical_repeat_unit("*CCO*") == canonical_repeat_unit("[*:1]OCCOCC[*:2]")
    True
    """
    # What is no text is refused by the parser; a list could not be looked up in the cache.
    return _cached(smiles) if isinstance(smiles, str) else parse_repeat_unit(smiles).smiles


def canonical_smiles(mol: Any) -> str:
    """Return the canonical SMILES of a repeat unit that is a molecule already.

    Parameters
    ----------
    mol : rdkit.Chem.Mol
        As in :class:`edex.membranes.RepeatUnit`: sanitised, with two or four dummy atoms; no
        labels, stereo or isotopes.

    Returns
    -------
    str
    """
    if sum(atom.GetAtomicNum() == 0 for atom in atoms_of(mol)) == 4:
        return str(Chem.MolToSmiles(mol))
    chain = _divide(mol)
    if chain.orders[0] != _SINGLE and _SINGLE in chain.orders:
        # A double bond to nothing hides what it is conjugated with: cut elsewhere, then look.
        chain = _divide(_window(chain, chain.orders.index(_SINGLE), len(chain.orders)))
    forward, backward = _spell(chain)
    period = _shortest_period(list(zip(map(str, chain.orders), forward, strict=True)))
    start = _first_rotation(chain.orders[:period], forward[:period], backward[:period])
    return str(Chem.MolToSmiles(_window(chain, start, period)))


@lru_cache(maxsize=20_000)
def _cached(smiles: str) -> str:
    return canonical_smiles(parse_repeat_unit(smiles).mol)


@dataclass(frozen=True, eq=False)
class _Chain:
    """A chain as blocks from its first attachment point to its second.

    ``entries[i]`` and ``exits[i]`` are the atoms at which block i is entered and left, and
    ``orders[i]`` is the type of the bond before it; before the first one, of that between units.
    """

    mol: Any
    atoms: list[tuple[int, ...]]
    entries: list[int]
    exits: list[int]
    orders: list[Any]


def _divide(mol: Any) -> _Chain:
    first, last = (atom.GetIdx() for atom in atoms_of(mol) if atom.GetAtomicNum() == 0)
    path = Chem.GetShortestPath(mol, first, last)
    entries, exits = [path[1]], []
    orders = [mol.GetBondBetweenAtoms(path[0], path[1]).GetBondType()]
    blocks = Chem.RWMol(mol)
    blocks.RemoveBond(first, path[1])
    blocks.RemoveBond(path[-2], last)
    for here, there in pairwise(path[1:-1]):
        bond = mol.GetBondBetweenAtoms(here, there)
        if not bond.IsInRing():
            exits.append(here)
            entries.append(there)
            orders.append(bond.GetBondType())
            blocks.RemoveBond(here, there)
    exits.append(path[-2])
    owner = {atom: part for part in Chem.GetMolFrags(blocks) for atom in part}
    return _Chain(mol, [owner[atom] for atom in entries], entries, exits, orders)


def _spell(chain: _Chain) -> tuple[list[str], list[str]]:
    """Return the canonical SMILES of each block, read forward and backward."""
    pieces = Chem.RWMol(chain.mol)
    for entry, leaving in zip(chain.entries[1:], chain.exits[:-1], strict=True):
        pieces.RemoveBond(leaving, entry)
    for atom in [atom.GetIdx() for atom in atoms_of(pieces) if atom.GetAtomicNum() == 0]:
        neighbour = pieces.GetAtomWithIdx(atom).GetNeighbors()[0].GetIdx()
        pieces.RemoveBond(atom, neighbour)
    orders_after = [*chain.orders[1:], chain.orders[0]]
    for number, (entry, leaving) in enumerate(zip(chain.entries, chain.exits, strict=True)):
        for atom, order, label in (
            (entry, chain.orders[number], _PREVIOUS),
            (leaving, orders_after[number], _NEXT),
        ):
            end = Chem.Atom(0)
            end.SetIsotope(label)
            pieces.AddBond(atom, pieces.AddAtom(end), order)
    pieces.UpdatePropertyCache(strict=False)
    # To write a small molecule is several times as fast as to write a part of a large one.
    piece_of: list[int] = []
    molecules = Chem.GetMolFrags(pieces, asMols=True, sanitizeFrags=False, frags=piece_of)
    blocks = [molecules[piece_of[entry]] for entry in chain.entries]
    forward = [str(Chem.MolToSmiles(block)) for block in blocks]
    for block in blocks:
        for end in atoms_of(block)[-2:]:
            end.SetIsotope(_PREVIOUS + _NEXT - end.GetIsotope())
    return forward, [str(Chem.MolToSmiles(block)) for block in blocks]


def _shortest_period(word: list[tuple[str, str]]) -> int:
    length = len(word)
    return next(
        period
        for period in range(1, length + 1)
        if length % period == 0 and word == word[period:] + word[:period]
    )


def _first_rotation(orders: list[Any], forward: list[str], backward: list[str]) -> int:
    """Return the block before which to cut, over all rotations in both directions."""
    names = [str(order) for order in orders]
    blocks = range(len(orders))
    allowed = [block for block in blocks if orders[block] == _SINGLE] or list(blocks)
    spellings = []
    for cut in allowed:
        ahead = [*blocks[cut:], *blocks[:cut]]
        spellings.append(([(names[block], forward[block]) for block in ahead], cut))
        # Backward, the bond before a block is the one that stood after it.
        back = ahead[::-1]
        before = [names[cut], *(names[block] for block in back[:-1])]
        spelled = [(bond, backward[block]) for bond, block in zip(before, back, strict=True)]
        spellings.append((spelled, cut))
    return min(spellings)[1]


def _window(chain: _Chain, start: int, count: int) -> Any:
    """Return the repeat unit that begins with block ``start`` and has ``count`` blocks."""
    total = len(chain.orders)
    blocks = [(start + step) % total for step in range(count)]
    kept = {atom for block in blocks for atom in chain.atoms[block]}
    mol = Chem.RWMol(chain.mol)
    if count == total and start > 0:
        mol.RemoveBond(chain.exits[start - 1], chain.entries[start])
    if 0 in blocks[1:]:
        mol.AddBond(chain.exits[-1], chain.entries[0], chain.orders[0])
    for atom in (chain.entries[start], chain.exits[blocks[-1]]):
        star = mol.AddAtom(Chem.Atom(0))
        kept.add(star)
        mol.AddBond(atom, star, chain.orders[start])
    mol.BeginBatchEdit()
    for atom in range(mol.GetNumAtoms()):
        if atom not in kept:
            mol.RemoveAtom(atom)
    mol.CommitBatchEdit()
    with quiet():
        Chem.SanitizeMol(mol)
    return mol.GetMol()
