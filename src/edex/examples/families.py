"""The family of an organic molecule, by its functional groups.

Groups that hold a heteroatom (N, O, F, Cl, Br, I) come first, as they decide how molecules attract
each other. If every heteroatom of a molecule belongs to groups of one kind, the molecule has that
family; heteroatoms of two kinds, or one that no rule knows, make it ``other``. So chlorobenzene is
a halide, allyl alcohol and phenol are alcohols, and chloroethanol is other. Only where there is no
heteroatom does the carbon skeleton decide, in the order aromatic, alkyne, alkene, alkane: styrene
is aromatic.
"""

from functools import cache
from types import ModuleType
from typing import Any

from edex.errors import InputError, MissingExtraError

__all__ = ["FAMILIES", "molecule_family"]

# The carbon of a carbonyl group that has hydrogen or carbon on its other side.
_ACYL = "[CX3;$([H1,H2]),$(C[#6])](=[OX1])"
_NOT_CARBONYL = "[#6;!$(C=[!#6])]"

_GROUPS = {
    "acid": f"{_ACYL}[OX2H1]",
    "ester": f"{_ACYL}[OX2H0]{_NOT_CARBONYL}",
    "aldehyde": "[$([CX3H2]),$([CX3H1][#6])]=[OX1]",
    "ketone": "[#6][CX3](=[OX1])[#6]",
    "alcohol": f"[OX2H1]{_NOT_CARBONYL}",
    "ether": f"{_NOT_CARBONYL}[OX2H0]{_NOT_CARBONYL}",
    "amine": "[NX3;!$(N[!#6;!#1]);!$(N[#6]=,#[!#6])]",
    "nitrile": "[#6][CX2]#[NX1]",
    "halide": f"[F,Cl,Br,I]{_NOT_CARBONYL}",
}
_SKELETONS = {"aromatic": "c", "alkyne": "C#C", "alkene": "C=C"}

FAMILIES = (
    "alkane", "alkene", "alkyne", "aromatic", "alcohol", "ether", "ketone", "aldehyde", "acid",
    "ester", "amine", "nitrile", "halide", "other",
)  # fmt: skip
"""All families that a molecule can have."""


def molecule_family(smiles: str) -> str:
    """Tell the family of a molecule.

    Parameters
    ----------
    smiles : str
        The molecule.

    Returns
    -------
    str
        One of `FAMILIES`.

    Raises
    ------
    InputError
        If RDKit cannot read the molecule.
    MissingExtraError
        If RDKit is not installed.

    Examples
    --------
    >>> molecule_family("CCO"), molecule_family("CC(=O)OCC"), molecule_family("OCCCl")
    ('alcohol', 'ester', 'other')
    """
    rdkit_calls = import_rdkit()
    with rdkit_calls.quiet():
        molecule = rdkit_calls.Chem.MolFromSmiles(smiles)
    if molecule is None or molecule.GetNumAtoms() == 0:
        raise InputError(
            f"{smiles!r} is no molecule that RDKit can read. Give SMILES, for example 'CCO' for "
            f"ethanol."
        )
    return family_of(molecule)


def import_rdkit() -> ModuleType:
    """Give the module of edex that calls RDKit, or say which extra brings RDKit."""
    try:
        from edex.membranes import rdkit_calls
    except ImportError:
        raise MissingExtraError("rdkit", extra="membranes", purpose="reading molecules") from None
    return rdkit_calls


def family_of(molecule: Any) -> str:
    """Tell the family of an RDKit molecule."""
    groups, skeletons = _patterns()
    heteroatoms = {
        atom.GetIdx()
        for atom in import_rdkit().atoms_of(molecule)
        if atom.GetAtomicNum() not in (1, 6)
    }
    if heteroatoms:
        found = {}
        for name, pattern in groups.items():
            matches = molecule.GetSubstructMatches(pattern)
            if matches:
                found[name] = {index for match in matches for index in match}
        if len(found) == 1:
            ((name, covered),) = found.items()
            return name if heteroatoms <= covered else "other"
        return "other"
    for name, pattern in skeletons.items():
        if molecule.HasSubstructMatch(pattern):
            return name
    return "alkane"


@cache
def _patterns() -> tuple[dict[str, Any], dict[str, Any]]:
    read = import_rdkit().Chem.MolFromSmarts
    groups = {name: read(smarts) for name, smarts in _GROUPS.items()}
    skeletons = {name: read(smarts) for name, smarts in _SKELETONS.items()}
    return groups, skeletons
