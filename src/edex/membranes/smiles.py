"""Read a SMILES, and where it is wrong say at which character.

A SMILES is a walk over a molecular graph: letters are atoms, brackets hold what is unusual,
parentheses branches, equal digits the two ends of a ring bond. The commonest slips break that
grammar, so they are found here, character by character; what remains is asked of RDKit.

References
----------
D. Weininger, J. Chem. Inf. Comput. Sci. 28, 31 (1988), doi 10.1021/ci00057a005.
"""

from __future__ import annotations

import re
from typing import Any

from edex.errors import InputError
from edex.membranes.rdkit_calls import Chem, quiet

__all__ = ["MAX_CHARACTERS", "atom_positions", "read_smiles"]

MAX_CHARACTERS = 2000
_TOKEN = re.compile(
    r"(?P<bracket>\[[^\[\]\s]*\])|(?P<atom>Br|Cl|[BCNOPSFIbcnops*])|(?P<arrow>->|<-)"
    r"|(?P<bond>[-=#$:/\\~])|(?P<ring>%\d\d|%\(\d+\)|\d)|(?P<open>\()|(?P<close>\))|(?P<dot>\.)"
)
_ATOMS = ("bracket", "atom")
_BONDS = ("bond", "arrow")
_RULE = (
    "A repeat unit is a SMILES with * at each end, for example *CC(*)C for polypropylene. "
    "Correct the text there, or draw the unit again and copy its SMILES."
)


def read_smiles(text: object) -> Any:
    """Read one SMILES into a molecule that RDKit has not sanitised yet, but could.

    Atoms keep the order of the text, so :func:`atom_positions` tells where each stands.

    Parameters
    ----------
    text : str
        Space around it is ignored.

    Returns
    -------
    rdkit.Chem.Mol

    Raises
    ------
    InputError
        If it is no text, or no SMILES of a possible molecule; the message names the character.
    """
    if not isinstance(text, str):
        raise InputError(f"The repeat unit is {text!r}, which is no text. {_RULE}")
    smiles = text.strip()
    if not smiles:
        raise InputError(f"The repeat unit is empty. {_RULE}")
    if len(smiles) > MAX_CHARACTERS:
        raise InputError(
            f"The SMILES {smiles[:30]}… has {len(smiles)} characters; at most {MAX_CHARACTERS} are "
            "allowed. Write one repeat unit, not a whole chain."
        )
    found = _find_slip(smiles)
    if found is not None:
        raise _error_at(smiles, *found)
    with quiet():
        mol = Chem.MolFromSmiles(smiles, sanitize=False)
        if mol is None:
            raise InputError(f"{smiles!r} is no SMILES that RDKit can read. {_RULE}")
        problems = Chem.DetectChemistryProblems(mol)
    if problems:
        raise _impossible(smiles, problems[0])
    return mol


def atom_positions(smiles: str) -> list[int]:
    """Return for each atom of a SMILES, in order, its first character, counted from 1."""
    return [m.start() + 1 for m in _TOKEN.finditer(smiles) if m.lastgroup in _ATOMS]


def _error_at(smiles: str, position: int, what: str) -> InputError:
    marked = f"{smiles[: position - 1]}»{smiles[position - 1 :]}"
    return InputError(
        f"{smiles!r} is no SMILES: {what} at character {position} ({marked}). {_RULE}"
    )


def _impossible(smiles: str, problem: Any) -> InputError:
    indices = (
        list(problem.GetAtomIndices())
        if hasattr(problem, "GetAtomIndices")
        else [problem.GetAtomIdx()]
        if hasattr(problem, "GetAtomIdx")
        else []
    )
    if not indices:
        return InputError(f"{smiles!r} is no possible molecule: {problem.Message()}. {_RULE}")
    position = atom_positions(smiles)[indices[0]]
    if "Kekulize" in problem.GetType():
        what = "an aromatic ring (small letters) without alternating double bonds begins"
    else:
        what = f"the atom has more bonds than it can have ({problem.Message().strip()})"
    return _error_at(smiles, position, what)


def _find_slip(smiles: str) -> tuple[int, str] | None:
    """Return (character from 1, what is wrong there) for the first slip of grammar, or None."""
    branches: list[int] = []
    rings: dict[str, int] = {}
    place, before, n_atoms = 0, "", 0
    while place < len(smiles):
        token = _TOKEN.match(smiles, place)
        if token is None:
            return place + 1, _strange(smiles, place)
        kind = str(token.lastgroup)
        slip = _wrong_here(kind, token.group(), before, n_atoms, bool(branches))
        if slip:
            return place + 1, slip
        n_atoms += kind in _ATOMS
        if kind == "open":
            branches.append(place + 1)
        elif kind == "close":
            branches.pop()
        elif kind == "ring":
            number = token.group().strip("%()").lstrip("0") or "0"
            if rings.pop(number, None) is None:
                rings[number] = place + 1
        place, before = token.end(), kind
    if before in (*_BONDS, "dot"):
        return len(smiles), "the text ends with a bond that leads nowhere"
    if branches:
        return branches[-1], "a parenthesis is never closed"
    if rings:
        number, position = min(rings.items(), key=lambda item: item[1])
        return position, f"the ring number {number} has no partner"
    return None


def _strange(smiles: str, place: int) -> str:
    letter = smiles[place]
    if letter == "[":
        return "a bracket is never closed"
    if letter == "H":
        return "hydrogen stands outside brackets (it is not written: CH2 is C)"
    if letter.isspace():
        return "there is a space"
    return f"{letter!r} means nothing"


def _wrong_here(kind: str, text: str, before: str, n_atoms: int, in_branch: bool) -> str:
    """Say what is wrong with a token after the kind of token before it; empty if nothing."""
    if kind == "bracket":
        with quiet():
            return "" if Chem.MolFromSmiles(text, sanitize=False) else f"{text} is no atom"
    if kind == "close" and not in_branch:
        return "a parenthesis is closed that was never opened"
    if kind == "close" and before == "open":
        return "a branch is empty"
    if kind == "close" and before in _BONDS:
        return "a bond leads nowhere"
    if kind in _BONDS and before in _BONDS:
        return "two bonds follow each other"
    if kind != "atom" and n_atoms == 0:
        return "there must be an atom first, but this stands"
    return ""
