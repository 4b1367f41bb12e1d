"""Count the atoms in a formula and write the counts back as a formula.

A handbook, a chemical index and a paper write the same compound as ``CaTiO3``, ``CaO3Ti`` or
``TiCaO3``. To compare them we count the atoms and write every formula in one order, the most
electropositive element first, as chemists do: ``NaCl``, ``Al2O3``, ``CaTiO3``.

The order of the metals follows Table VI of the IUPAC Red Book (2005); the order of the
nonmetals is the older one of the Red Book (1990), because it gives the usual ``KClO3`` and
``NH3`` where 2005 gives ``KO3Cl``. In some ternary compounds of two transition or post-transition
metals the result is unusual (``WPbO4``) but always the same for the same atoms.
"""

import re
from collections.abc import Mapping
from math import gcd

from edex.errors import InputError

__all__ = ["ELEMENTS", "atom_counts", "canonical_formula", "reduced_counts"]

_SYMBOLS = (
    "Fr Cs Rb K Na Li Ra Ba Sr Ca Mg Be "
    "Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr "
    "La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Y Sc "
    "Hf Zr Ti Ta Nb V W Mo Cr Re Tc Mn Os Ru Fe Ir Rh Co Pt Pd Ni Au Ag Cu Hg Cd Zn "
    "Tl In Ga Al Pb Sn Ge Po Bi "
    "He Ne Ar Rn Xe Kr B Si C Sb As P N H Te Se S At I Br Cl O F"
)
_RANK = {symbol: rank for rank, symbol in enumerate(_SYMBOLS.split())}

ELEMENTS = frozenset(_RANK)
"""The symbols of the elements 1 to 103."""

_ATOMS = re.compile(r"([A-Z][a-z]?)(\d*)")


def atom_counts(formula: str) -> dict[str, int]:
    """Count the atoms in a formula without brackets.

    Parameters
    ----------
    formula : str
        Element symbols, each followed by a whole number or nothing, for example ``"CaO3Ti"``.

    Returns
    -------
    dict of str to int
        Atoms per formula unit, in the order of the formula.

    Raises
    ------
    InputError
        If the text is not such a formula or holds an unknown element.

    Examples
    --------
    >>> atom_counts("CaO3Ti")
    {'Ca': 1, 'O': 3, 'Ti': 1}
    """
    counts: dict[str, int] = {}
    pairs = _ATOMS.findall(formula)
    if not pairs or "".join(symbol + number for symbol, number in pairs) != formula:
        raise InputError(
            f"{formula!r} is not a plain formula. Element symbols and whole numbers are allowed, "
            "without brackets, charges or spaces. Write it like 'CaTiO3'."
        )
    for symbol, number in pairs:
        if symbol not in _RANK:
            raise InputError(
                f"{symbol!r} in the formula {formula!r} is not an element. The symbols of the "
                "elements 1 to 103 are allowed. Check the capital letters: 'Co' is cobalt, "
                "'CO' is carbon monoxide."
            )
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    return counts


def reduced_counts(formula: str) -> dict[str, int]:
    """Count the atoms in the smallest formula with the same composition.

    Parameters
    ----------
    formula : str
        A formula as `atom_counts` takes it.

    Returns
    -------
    dict of str to int
        Atoms per reduced formula unit.

    Raises
    ------
    InputError
        As `atom_counts` does.

    Examples
    --------
    >>> reduced_counts("P4O6")
    {'P': 2, 'O': 3}
    """
    counts = atom_counts(formula)
    divisor = gcd(*counts.values())
    return {symbol: number // divisor for symbol, number in counts.items()}


def canonical_formula(counts: Mapping[str, int]) -> str:
    """Write a formula with the most electropositive element first.

    Parameters
    ----------
    counts : mapping of str to int
        Atoms per formula unit.

    Returns
    -------
    str
        The formula; 1 is not written.

    Examples
    --------
    >>> canonical_formula({"O": 3, "Ti": 1, "Ca": 1})
    'CaTiO3'
    """
    ordered = sorted(counts, key=_RANK.__getitem__)
    return "".join(f"{symbol}{counts[symbol] if counts[symbol] > 1 else ''}" for symbol in ordered)
