"""Polymers as the repeat unit of an endless chain, written as SMILES with attachment points.

A chain has two attachment points ``*``: the unit before ends where this one begins. A ladder
polymer, whose backbone is two strands, has four. Labels of attachment points (``[*:1]``, ``[1*]``)
mean nothing here and are dropped. So are stereo marks (cis/trans, R/S) and isotopes: tables of
permeability rarely say which tacticity a film had, and deuterium hardly changes how gas moves. The
repeat unit remembers that it had them.

References
----------
D. Weininger, J. Chem. Inf. Comput. Sci. 28, 31 (1988), doi 10.1021/ci00057a005: SMILES.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edex.errors import InputError
from edex.membranes.rdkit_calls import Chem, atoms_of, bonds_of, quiet
from edex.membranes.smiles import atom_positions, read_smiles

__all__ = ["RepeatUnit", "parse_repeat_unit"]

_ORDERS = (Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE)


@dataclass(frozen=True, eq=False)
class RepeatUnit:
    """One repeat unit, checked.

    Attributes
    ----------
    smiles : str
        As it was written.
    mol : rdkit.Chem.Mol
        Sanitised, with a dummy atom at each attachment point; no labels, stereo or isotopes.
    stars : tuple of int
        Indices of the dummy atoms: two for a chain, four for a ladder.
    has_stereo, has_isotopes : bool
        Whether marks of stereo or isotopes were dropped.
    """

    smiles: str
    mol: Any
    stars: tuple[int, ...]
    has_stereo: bool
    has_isotopes: bool

    @property
    def is_ladder(self) -> bool:
        """Whether the backbone has two strands (four attachment points)."""
        return len(self.stars) == 4

    @property
    def n_heavy_atoms(self) -> int:
        """Number of atoms that are neither hydrogen nor attachment points."""
        return int(self.mol.GetNumAtoms()) - len(self.stars)


def parse_repeat_unit(smiles: str) -> RepeatUnit:
    """Read the SMILES of a repeat unit.

    Parameters
    ----------
    smiles : str
        With two attachment points, written ``*``, ``[*]``, ``[*:1]`` or ``[1*]``; a ladder polymer
        has four.

    Returns
    -------
    RepeatUnit

    Raises
    ------
    InputError
        If the text is no SMILES (the message names the character), or not that of a repeat unit:
        no, one or three attachment points, one in the middle of the unit, several molecules.

    Examples
    --------
    >>> unit = parse_repeat_unit("*CC(*)c1ccccc1")
    >>> unit.n_heavy_atoms, unit.is_ladder
    (8, False)
    """
    mol = read_smiles(smiles)
    text = smiles.strip()
    _check_ends(text, mol)
    has_isotopes = any(atom.GetIsotope() and atom.GetAtomicNum() for atom in atoms_of(mol))
    for atom in atoms_of(mol):
        atom.SetIsotope(0)
        atom.SetAtomMapNum(0)
        if atom.GetAtomicNum() == 0:
            atom.SetFormalCharge(0)
            atom.SetNumExplicitHs(0)
    has_stereo = False
    with quiet():
        Chem.SanitizeMol(mol)
        if any(mark in text for mark in "/\\@"):
            has_stereo = _drop_stereo(mol)
        if any(atom.GetAtomicNum() == 1 for atom in atoms_of(mol)):
            mol = Chem.RemoveHs(mol)
    stars = tuple(atom.GetIdx() for atom in atoms_of(mol) if atom.GetAtomicNum() == 0)
    return RepeatUnit(text, mol, stars, has_stereo, has_isotopes)


def _drop_stereo(mol: Any) -> bool:
    """Remove all marks of stereo that mean something, and say whether there were any."""
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    has_stereo = any(bond.GetStereo() > Chem.BondStereo.STEREOANY for bond in bonds_of(mol)) or any(
        atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED for atom in atoms_of(mol)
    )
    Chem.RemoveStereochemistry(mol)
    return bool(has_stereo)


def _check_ends(smiles: str, mol: Any) -> None:
    """Check number and surroundings of the attachment points, before anything is changed."""
    positions = atom_positions(smiles)
    stars = [atom for atom in atoms_of(mol) if atom.GetAtomicNum() == 0]
    where = ", ".join(str(positions[star.GetIdx()]) for star in stars)
    if not stars:
        raise InputError(
            f"{smiles!r} has no attachment point, so it is a molecule and no repeat unit. A chain "
            "has two (*), a ladder polymer four. Mark where the chain goes on: ethylene is C=C, "
            "polyethylene *CC*."
        )
    if len(stars) not in (2, 4):
        raise InputError(
            f"{smiles!r} has {len(stars)} attachment point{'s' * (len(stars) > 1)} (*), at "
            f"character {where}. A chain has two, a ladder polymer four. Add or remove * so that "
            "it does."
        )
    for star in stars:
        if star.GetDegree() != 1:
            raise InputError(
                f"{smiles!r} has an attachment point with {star.GetDegree()} neighbours at "
                f"character {positions[star.GetIdx()]}; it must have one. Move * to the end of a "
                "branch."
            )
        if star.GetNeighbors()[0].GetAtomicNum() <= 1:
            raise InputError(
                f"{smiles!r} has an attachment point without an atom to attach at character "
                f"{positions[star.GetIdx()]}. Each * must be bonded to an atom of the repeat unit, "
                "as in *CC*."
            )
    orders = {star.GetBonds()[0].GetBondType() for star in stars}
    orders = {
        Chem.BondType.SINGLE if order == Chem.BondType.AROMATIC else order for order in orders
    }
    if len(orders) > 1 or not orders <= set(_ORDERS):
        raise InputError(
            f"{smiles!r} is attached with different bonds at its ends (* at character {where}): "
            "where units meet they make one bond. Write the same bond at each *."
        )
    if len(Chem.GetMolFrags(mol)) > 1:
        raise InputError(
            f"{smiles!r} holds several molecules (a dot is between them); a repeat unit is one. "
            "Leave out solvent and counter-ions, or write a salt as its neutral acid or base."
        )
