"""The only place where RDKit is imported, so that one message tells what to do without it.

RDKit writes what it thinks of a molecule to the error stream; :func:`quiet` holds that back, as our
own errors say it with the place in the text.
"""

from __future__ import annotations

from typing import Any

from edex.errors import MissingExtraError

try:
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdChemReactions, rdFingerprintGenerator, rdMolDescriptors
except ImportError:
    raise MissingExtraError("rdkit", extra="membranes", purpose="reading polymers") from None

__all__ = [
    "Chem",
    "atoms_of",
    "bonds_of",
    "place_atoms",
    "quiet",
    "rdChemReactions",
    "rdFingerprintGenerator",
    "rdMolDescriptors",
    "start_drawing",
]


def quiet() -> Any:
    """Return a context manager inside which RDKit says nothing."""
    return rdBase.BlockLogs()


def atoms_of(mol: Any) -> list[Any]:
    """Return the atoms of a molecule; several times as fast as going through GetAtoms()."""
    return [mol.GetAtomWithIdx(index) for index in range(mol.GetNumAtoms())]


def bonds_of(mol: Any) -> list[Any]:
    """Return the bonds of a molecule; several times as fast as going through GetBonds()."""
    return [mol.GetBondWithIdx(index) for index in range(mol.GetNumBonds())]


def place_atoms(mol: Any) -> Any:
    """Return a copy with flat coordinates from CoordGen, which crowds fused rings the least."""
    from rdkit.Chem import rdCoordGen

    placed = Chem.Mol(mol)
    with quiet():
        rdCoordGen.AddCoords(placed)
    return placed


def start_drawing(width: int, height: int) -> Any:
    """Return an empty drawing of molecules, in pixels; imported late, as it brings much with it."""
    from rdkit.Chem.Draw import rdMolDraw2D

    return rdMolDraw2D.MolDraw2DCairo(width, height)
