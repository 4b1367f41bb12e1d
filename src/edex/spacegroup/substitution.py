"""Which element can stand in for which, and how much room it takes.

Goldschmidt's old rule: in a given structure an atom is most easily replaced by one of the same
chemical family and of similar size. Families here are the columns of the periodic table, with the
transition metals in three blocks and the rare earths in one. Sizes are covalent radii
(Cordero et al., Dalton Trans. 2008, 2832), read from the table in gemmi.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import gemmi
import numpy as np

from edex.errors import InputError

__all__ = ["covalent_radii", "substitute", "substitutes"]

_FAMILIES = tuple(
    tuple(family.split())
    for family in (
        "Li Na K Rb Cs",
        "Be Mg Ca Sr Ba",
        "Sc Y La Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu",
        "Ti Zr Hf V Nb Ta Cr Mo W",
        "Mn Fe Co Ni Tc Ru Rh Re Os Ir Pd Pt",
        "Cu Ag Au Zn Cd Hg",
        "B Al Ga In Tl",
        "C Si Ge Sn Pb",
        "N P As Sb Bi",
        "O S Se Te",
        "F Cl Br I",
        "Th U",
    )
)
_METALS = tuple(symbol for family in _FAMILIES[:6] for symbol in family)


@lru_cache(maxsize=128)
def substitutes(symbol: str, *, wide: bool = False) -> tuple[str, ...]:
    """List the elements that may replace an element, without the element itself.

    Parameters
    ----------
    symbol : str
        Element symbol.
    wide : bool, default False
        Let a metal be replaced by any metal, not only by one of its family.

    Returns
    -------
    tuple of str
        Empty for an element without a family, such as hydrogen or a noble gas.

    Examples
    --------
    >>> substitutes("Na")
    ('Li', 'K', 'Rb', 'Cs')
    >>> substitutes("H")
    ()
    """
    if wide and symbol in _METALS:
        return tuple(other for other in _METALS if other != symbol)
    for family in _FAMILIES:
        if symbol in family:
            return tuple(other for other in family if other != symbol)
    return ()


def substitute(
    symbols: Sequence[str],
    random_state: np.random.Generator,
    *,
    probability: float = 0.7,
    wide_share: float = 0.2,
) -> dict[str, str]:
    """Draw a replacement for each element of a compound; different elements stay different.

    Parameters
    ----------
    symbols : sequence of str
        The different elements of the compound.
    random_state : numpy.random.Generator
        Source of randomness.
    probability : float, default 0.7
        Probability with which an element is replaced at all.
    wide_share : float, default 0.2
        Share of the replaced metals that may become any metal.

    Returns
    -------
    dict
        From each element to its replacement.

    Examples
    --------
    >>> new = substitute(["Na", "Cl"], np.random.default_rng(0), probability=1.0, wide_share=0.0)
    >>> new["Na"] in substitutes("Na") and new["Cl"] in substitutes("Cl")
    True
    """
    taken = set(symbols)
    mapping = {}
    for symbol in symbols:
        is_replaced, is_wide = random_state.random(2) < (probability, wide_share)
        choices = [s for s in substitutes(symbol, wide=bool(is_wide)) if s not in taken]
        new = choices[random_state.integers(len(choices))] if is_replaced and choices else symbol
        mapping[symbol] = new
        taken.add(new)
    return mapping


@lru_cache(maxsize=1024)
def _radius(symbol: str) -> float:
    element = gemmi.Element(symbol)
    radius = float(element.covalent_r) if element.atomic_number else 0.0
    if not radius > 0:
        raise InputError(
            f"No covalent radius is known for {symbol!r}. Use element symbols such as 'Na'."
        )
    return radius


def covalent_radii(symbols: Sequence[str]) -> np.ndarray:
    """Look up covalent radii.

    Parameters
    ----------
    symbols : sequence of str of length n
        Element symbols.

    Returns
    -------
    ndarray of shape (n,)
        Radii, Å.

    Raises
    ------
    InputError
        If a symbol is not that of an element.

    Examples
    --------
    >>> covalent_radii(["Na", "Cl"]).round(2).tolist()
    [1.66, 1.02]
    """
    return np.array([_radius(symbol) for symbol in symbols])
