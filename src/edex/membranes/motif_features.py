"""How often each named motif occurs in the endless chain, and where in a repeat unit it is.

A motif is counted at the first atom of its pattern, per atom other than hydrogen:

    x_j = (atoms of one unit at which pattern j begins) / (atoms of one unit).

Patterns are looked for in a chain that is long on both sides of one unit, and counted in that unit
alone, so the cut does not matter. (In a closed ring of units every atom of the backbone would be a
ring atom, and patterns that ask for rings would be wrong.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from edex.errors import InputError
from edex.membranes.motifs import MOTIFS, Motif
from edex.membranes.periodic import PeriodicUnit, open_chain, periodic_units
from edex.membranes.polymers import RepeatUnit, parse_repeat_unit
from edex.membranes.rdkit_calls import Chem, quiet
from edex.membranes.transformers import PolymerTransformer

__all__ = ["MotifCounts", "find_motif", "motif_atoms"]

_REACH = 10  # bonds of the chain on each side of the unit, at least


class MotifCounts(PolymerTransformer):
    """How often each motif occurs in the endless chain, per atom other than hydrogen.

    A motif is counted at the first atom of its pattern: 0.05 says that one atom in twenty is one.
    Does not depend on where the unit was cut, on its direction, or on how many repeat units were
    written. Of a ladder polymer the straight and the crossed continuation are averaged, and the cut
    can matter (see :func:`edex.membranes.canonical_repeat_unit`).

    Parameters
    ----------
    motifs : sequence of Motif, default None
        What to count; None takes :data:`edex.membranes.MOTIFS`. No atom of a pattern may lie more
        than 10 bonds from its first.
    canonical : bool, default True
        Rewrite each polymer with :func:`edex.membranes.canonical_repeat_unit` first.
    sparse_output : bool, default False
        Give a sparse matrix.
    on_error : {"raise", "nan"}, default "raise"
        What to do with a polymer that cannot be read.

    Examples
    --------
    >>> nylon = MotifCounts().fit_transform(["*NCCCCCC(*)=O"])[0]
    >>> names = list(MotifCounts().get_feature_names_out())
    >>> float(nylon[names.index("amide NH")]), float(nylon[names.index("CH2 in a chain")])
    (0.125, 0.5)
    """

    def __init__(
        self,
        motifs: Sequence[Motif] | None = None,
        *,
        canonical: bool = True,
        sparse_output: bool = False,
        on_error: str = "raise",
    ) -> None:
        self.motifs = motifs
        self.canonical = canonical
        self.sparse_output = sparse_output
        self.on_error = on_error

    def _check_options(self) -> None:
        super()._check_options()
        for motif in self._motifs():
            _pattern(motif.smarts)

    def _names(self) -> list[str]:
        return [motif.name for motif in self._motifs()]

    def _row(self, unit: RepeatUnit) -> dict[int, float]:
        periods = periodic_units(unit)
        counts: dict[int, float] = {}
        for period in periods:
            chain, middle = _long_chain(period)
            for column, motif in enumerate(self._motifs()):
                first_atoms = chain.GetSubstructMatches(_first_atom(motif.smarts), maxMatches=10**6)
                number = sum(atom in middle for (atom,) in first_atoms)
                if number:
                    share = number / (len(periods) * unit.n_heavy_atoms)
                    counts[column] = counts.get(column, 0.0) + share
        return counts

    def _motifs(self) -> Sequence[Motif]:
        return MOTIFS if self.motifs is None else self.motifs


def find_motif(name: str) -> Motif:
    """Return the motif of :data:`edex.membranes.MOTIFS` that has a name.

    Parameters
    ----------
    name : str

    Returns
    -------
    Motif

    Raises
    ------
    InputError
        If there is none.
    """
    known = {motif.name: motif for motif in MOTIFS}
    if name not in known:
        near = get_close_matches(str(name), known, n=1, cutoff=0.3)
        hint = f"Perhaps {near[0]!r}." if near else "See edex.membranes.MOTIFS."
        raise InputError(
            f"There is no motif {name!r}; the {len(known)} names stand in MOTIFS. {hint}"
        )
    return known[name]


def motif_atoms(smiles: str, motif: Motif | str) -> tuple[int, ...]:
    """Return the atoms of a repeat unit that belong to a motif, to be highlighted.

    Parameters
    ----------
    smiles : str
        A repeat unit.
    motif : Motif or str
        Or the name of one of :data:`edex.membranes.MOTIFS`.

    Returns
    -------
    tuple of int
        Indices into ``parse_repeat_unit(smiles).mol``; empty if the polymer does not have it. An
        atom of the next unit that belongs to the motif is shown in this one, as the chain repeats.

    Raises
    ------
    InputError
        If there is no such motif, its pattern cannot be read, or the polymer cannot be read.

    Examples
    --------
    >>> motif_atoms("*CC(*)C#N", "nitrile")
    (4, 5)
    """
    chosen = find_motif(motif) if isinstance(motif, str) else motif
    found: set[int] = set()
    for period in periodic_units(parse_repeat_unit(smiles)):
        chain, middle = _long_chain(period)
        matches = chain.GetSubstructMatches(_pattern(chosen.smarts), maxMatches=10**6)
        for match in matches:
            if match[0] in middle:
                found |= {period.origin[atom % period.n_atoms] for atom in match}
    return tuple(sorted(found))


def _long_chain(period: PeriodicUnit) -> tuple[Any, range]:
    """Return an open chain, and the atoms of the unit in its middle."""
    n_beside = math.ceil(_REACH / period.bonds_per_unit)
    chain = open_chain(period, 2 * n_beside + 1)
    return chain, range(n_beside * period.n_atoms, (n_beside + 1) * period.n_atoms)


@lru_cache(maxsize=256)
def _pattern(smarts: str) -> Any:
    with quiet():
        pattern = Chem.MolFromSmarts(smarts)
    if pattern is None or pattern.GetNumAtoms() == 0:
        raise InputError(
            f"{smarts!r} is no SMARTS that RDKit can read. A pattern looks like '[OX2;H1]c'. Try "
            "it with rdkit.Chem.MolFromSmarts."
        )
    return pattern


@lru_cache(maxsize=256)
def _first_atom(smarts: str) -> Any:
    return _pattern(f"[$({smarts})]")
