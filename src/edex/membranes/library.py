"""A library of polymers that nobody may have measured: what real monomers could make.

A repeat unit is what monomers leave in a chain. In each monomer a reaction puts attachment points
where it loses its leaving groups, and what remains of two monomers is joined at one of them:

    M(repeat unit) = sum M(monomer) - sum M(leaving group)

as in PMDA + 4,4'-ODA - 2 H2O = Kapton. Where both monomers are unsymmetric, a chain can join them
in two ways; one of the regular chains, the first in the alphabet, stands for all; and so does one
tautomer of each benzimidazole.

References
----------
G. Odian, Principles of Polymerization, 4th ed. (Wiley, 2004): the reactions.
J. W. Barnett et al., Sci. Adv. 6, eaaz4301 (2020), doi 10.1126/sciadv.aaz4301: such a screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit, canonical_smiles
from edex.membranes.parallel import map_chunks
from edex.membranes.rdkit_calls import Chem, atoms_of, quiet, rdChemReactions
from edex.membranes.transformers import as_smiles

__all__ = ["POLYMER_CLASSES", "load_monomers", "make_polymer_library"]

_AMIDE_NITROGEN = "[NX3H2:1]>>*[NH1:1]"
_ACYL = "[CX3:1](=[O:2])[OX2H1]>>*[C:1]=[O:2]"
_CARBAMOYL = "[N:1]=[C:2]=[O:3]>>*[C:2](=[O:3])[NH1:1]"
_OXY = "[OX2H1:1]>>*[O:1]"
_RING_CARBON = "[#6:1][CX3](=O)[OX2H1]>>*[#6:1]"
# Halogens that leave are marked in the list of monomers: [F:1].
_HALIDE = ""

# Of each class, the kinds of its monomers and what happens to each of them.
_RECIPES: dict[str, tuple[tuple[str, str], ...]] = {
    "polyimide": (
        ("dianhydride", "[#8;R;$([#8]([#6]=O)[#6]=O):1]>>[#7:1]*"),
        ("diamine", "[NX3H2][#6:1]>>*[#6:1]"),
    ),
    "polyamide": (("diacid", _ACYL), ("diamine", _AMIDE_NITROGEN)),
    "polyarylate": (("diacid", _ACYL), ("bisphenol", _OXY)),
    "polyester": (("diacid", _ACYL), ("diol", _OXY)),
    "polycarbonate": (
        ("carbonyl", "[CX3:1](=[O:2])(Cl)Cl>>*[C:1](=[O:2])*"),
        ("bisphenol", _OXY),
    ),
    "poly(arylene ether)": (("bisphenol", _OXY), ("dihalide", _HALIDE)),
    "ladder polymer": (
        ("biscatechol", "[OX2H1:1][c:2]:[c:3][OX2H1:4]>>*[O:1][c:2]:[c:3][O:4]*"),
        ("tetrahalide", _HALIDE),
    ),
    "polybenzimidazole": (
        ("tetraamine", "[NX3H2:1][c:2]:[c:3][NX3H2:4]>>*c1:[n:1]:[c:2]:[c:3]:[nH1:4]:1"),
        ("diacid", _RING_CARBON),
    ),
    "polybenzoxazole": (
        ("bisaminophenol", "[NX3H2:1][c:2]:[c:3][OX2H1:4]>>*c1:[n:1]:[c:2]:[c:3]:[o:4]:1"),
        ("diacid", _RING_CARBON),
    ),
    "polyurethane": (("diisocyanate", _CARBAMOYL), ("diol", _OXY)),
    "polyurea": (("diisocyanate", _CARBAMOYL), ("diamine", _AMIDE_NITROGEN)),
    "vinyl polymer": (("vinyl", "[CH2:1]=[CX3:2]>>*[C:1][C:2]*"),),
    "polydiene": (("diene", "[CH2:1]=[C:2][C:3]=[CH2:4]>>*[C:1][C:2]=[C:3][C:4]*"),),
    "polyacetylene": (("acetylene", "[C:1]#[C:2]>>*[C:1]=[C:2]*"),),
    "polynorbornene": (("norbornene", "[CX3;R:1]=[CX3;R:2]>>*[C:1][C:2]*"),),
    "ring-opened polynorbornene": (("norbornene", "[CX3;R:1]=[CX3;R:2]>>(*=[C:1].[C:2]=*)"),),
    "polysiloxane": (("dichlorosilane", "[Si:1](Cl)Cl>>*[Si:1]O*"),),
    "poly(phenylene oxide)": (
        ("phenol", "[OX2H1:1][c:2]1[c:3][c:4][cH1:5][c:6][c:7]1"
         ">>*[O:1][c:2]1[c:3][c:4][c:5](*)[c:6][c:7]1"),
    ),
}  # fmt: skip
POLYMER_CLASSES: tuple[str, ...] = tuple(_RECIPES)


def load_monomers() -> pd.DataFrame:
    """Load the monomers that the library is made from.

    Returns
    -------
    DataFrame of shape (n_monomers, 3)
        ``kind`` (how it reacts, such as "dianhydride"), ``name`` and ``smiles``. Halogens that
        leave in a substitution have a number: ``[F:1]``.

    Examples
    --------
    >>> monomers = load_monomers()
    >>> monomers.loc[monomers["name"] == "PMDA", "smiles"].item()
    'O=C1OC(=O)c2cc3C(=O)OC(=O)c3cc12'
    """
    return _read_monomers().copy()


def make_polymer_library(
    *,
    n: int | None = None,
    classes: Sequence[str] | None = None,
    exclude: Iterable[str] = (),
    n_jobs: int | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Make candidate homopolymers from monomers that chemists know.

    Each is a polymer that could be written down, not one that is known to form a film. Polymers
    that arise in two ways are listed once, at the first.

    Parameters
    ----------
    n : int, default None
        How many, drawn by chance; None means all of them, in the order of the classes.
    classes : sequence of str, default None
        Which of :data:`POLYMER_CLASSES`; None means all.
    exclude : sequence of str
        Repeat units to leave out, such as those already measured, written in any way. Texts that
        are no repeat unit exclude nothing.
    n_jobs : int, default None
        Number of processes, -1 for one a core; None means 1. The result is the same.
    random_state : int, default 0
        Decides which polymers are drawn, if ``n`` is given.

    Returns
    -------
    DataFrame of shape (n_polymers, 3)
        ``smiles`` (canonical, see :func:`edex.membranes.canonical_repeat_unit`),
        ``polymer_class`` and ``monomers`` (their names, joined by " + ").

    Raises
    ------
    InputError
        If a class is not known, or ``n`` is larger than the number of polymers that there are.

    Examples
    --------
    >>> polyesters = make_polymer_library(classes=["polyester"], n=3, random_state=1)
    >>> polyesters["polymer_class"].tolist()
    ['polyester', 'polyester', 'polyester']
    """
    plans = [plan for name in _known_classes(classes) for plan in _plans(name)]
    _check_number(n, at_most=len(plans))
    if n is not None:
        order = np.random.default_rng(random_state).permutation(len(plans))
        plans = [plans[place] for place in order]
    seen = _canonical_names(exclude)
    rows: list[tuple[str, str, str]] = []
    done = 0
    while done < len(plans) and (n is None or len(rows) < n):
        batch = plans[done : None if n is None else done + n - len(rows)]
        done += len(batch)
        made = [
            smiles for _, part in map_chunks(_make_all, batch, n_jobs=n_jobs) for smiles in part
        ]
        for smiles, (name, members) in zip(made, batch, strict=True):
            if smiles not in seen:
                seen.add(smiles)
                rows.append((smiles, name, " + ".join(monomer for monomer, _ in members)))
    _check_number(n, at_most=len(rows))
    return pd.DataFrame(rows, columns=["smiles", "polymer_class", "monomers"])


# A polymer to be made: its class, and name and SMILES of each monomer.
_Plan = tuple[str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=1)
def _read_monomers() -> pd.DataFrame:
    with (resources.files("edex.membranes") / "monomers.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file)


def _known_classes(classes: Sequence[str] | None) -> list[str]:
    chosen = list(POLYMER_CLASSES) if classes is None else list(classes)
    if isinstance(classes, str) or not chosen:
        raise InputError(
            f"classes is {classes!r}; it must be a sequence of at least one name, such as "
            'classes=["polyimide"]. Leave it out to get all.'
        )
    for name in chosen:
        if name not in _RECIPES:
            near = get_close_matches(str(name), POLYMER_CLASSES, n=1)
            raise InputError(
                f"{name!r} is no class of the library; there are {', '.join(POLYMER_CLASSES)}. "
                + (f"Perhaps {near[0]!r}." if near else "Choose some of them.")
            )
    return list(dict.fromkeys(chosen))


def _check_number(n: object, *, at_most: int) -> None:
    if n is None:
        return
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise InputError(
            f"n is {n!r}; it must be a whole number of at least 1. Leave it out to get all."
        )
    if n > at_most:
        raise InputError(
            f"n is {n}, and these classes have at most {at_most} different polymers that are not "
            "excluded. Ask for fewer, give more classes, or leave n out to get all."
        )


def _plans(polymer_class: str) -> list[_Plan]:
    rows = list(_read_monomers().itertuples(index=False, name=None))
    members = [
        [(name, smiles) for kind, name, smiles in rows if kind == wanted]
        for wanted, _ in _RECIPES[polymer_class]
    ]
    return [(polymer_class, combination) for combination in product(*members)]


def _canonical_names(texts: Iterable[str]) -> set[str]:
    names = set()
    for text in as_smiles(texts):
        with suppress(InputError):
            names.add(canonical_repeat_unit(text))
    return names


def _make_all(plans: Sequence[_Plan]) -> list[str]:
    with quiet():
        return [_make(*plan) for plan in plans]


def _make(polymer_class: str, members: tuple[tuple[str, str], ...]) -> str:
    """Return the canonical repeat unit of a polymer."""
    reactions = [reaction for _, reaction in _RECIPES[polymer_class]]
    ways = [
        _residues(smiles, reaction)
        for (_, smiles), reaction in zip(members, reactions, strict=True)
    ]
    if len(ways) == 1:
        return _name(ways[0][0])
    return min(_name(Chem.molzip(first, second)) for first, second in _pairs(*ways))


def _pairs(first: tuple[Any, ...], second: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """Return the ways to join two monomers that can give different chains."""
    if sum(atom.GetAtomicNum() == 0 for atom in atoms_of(first[0])) == 4:
        return list(product(first, second))
    # If the first is symmetric, the second way is the first one read backward.
    return [(first[0], other) for other in (second if len(first) > 1 else second[:1])]


def _name(joined: Any) -> str:
    unit = Chem.Mol(joined)
    for atom in atoms_of(unit):
        atom.SetAtomMapNum(0)
    Chem.SanitizeMol(unit)
    return canonical_smiles(unit)


@lru_cache(maxsize=4096)
def _residues(smiles: str, reaction: str) -> tuple[Any, ...]:
    """Return what a monomer leaves in the chain, once for each end at which it can be joined.

    The attachment points (dummy atoms) to be joined have the atom map numbers 1 and, in a ladder,
    2; the others have none.
    """
    mol = Chem.MolFromSmiles(smiles)
    if reaction == _HALIDE:
        for atom in atoms_of(mol):
            if atom.GetAtomMapNum():
                atom.SetAtomicNum(0)
                atom.SetAtomMapNum(0)
    else:
        mol = _react_everywhere(mol, rdChemReactions.ReactionFromSmarts(reaction))
    stars = [atom.GetIdx() for atom in atoms_of(mol) if atom.GetAtomicNum() == 0]
    distances = Chem.GetDistanceMatrix(mol)
    labelled = {}
    for star in stars:
        joined = Chem.Mol(mol)
        joined.GetAtomWithIdx(star).SetAtomMapNum(1)
        if len(stars) == 4:
            partner = min((s for s in stars if s != star), key=lambda s: distances[star, s])
            joined.GetAtomWithIdx(partner).SetAtomMapNum(2)
        labelled[Chem.MolToSmiles(joined)] = joined
    return tuple(labelled[name] for name in sorted(labelled))


def _react_everywhere(mol: Any, reaction: Any) -> Any:
    """React all groups of a monomer; of different products (tautomers) take the first by name."""
    while True:
        found = [product for (product,) in reaction.RunReactants((mol,))]
        if not found:
            return mol
        for one in found:
            Chem.SanitizeMol(one)
        mol = min(found, key=Chem.MolToSmiles)
