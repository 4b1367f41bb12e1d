"""The only place where RDKit is imported, so that one message tells what to do without it.

RDKit writes what it thinks of a molecule to the error stream; :func:`quiet` holds that back, as our
own errors say it with the place in the text.
"""

from __future__ import annotations

from typing import Any

from edex.errors import MissingExtraError

try:
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors
except ImportError:
    raise MissingExtraError("rdkit", extra="membranes", purpose="reading polymers") from None

__all__ = [
    "Chem",
    "atoms_of",
    "bonds_of",
    "picture_of",
    "quiet",
    "rdFingerprintGenerator",
    "rdMolDescriptors",
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


def picture_of(mol: Any, width: int, height: int) -> bytes:
    """Return a drawing of a molecule as a PNG file of so many pixels."""
    from rdkit.Chem.Draw import rdMolDraw2D

    drawer = rdMolDraw2D.MolDraw2DCairo(width, height)
    options: Any = drawer.drawOptions()
    options.fixedBondLength = 42
    options.minFontSize = 16
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol)
    drawer.FinishDrawing()
    return bytes(drawer.GetDrawingText())
