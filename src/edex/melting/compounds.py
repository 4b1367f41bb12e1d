"""Compositions: bring every spelling of a compound to one.

``CaTiO3``, ``TiCaO3`` and ``Ca2Ti2O6`` are the same composition: the fractions a_i / sum(a) of all
elements i agree. Scores are honest only if such rows stay on one side of every split, so
:func:`reduced_formula` is the grouping key of the lessons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

import numpy as np

from edex.errors import InputError
from edex.melting.elements import element_properties, element_table
from edex.melting.formulas import ELEMENT_SYMBOLS, parse_formula

__all__ = ["ELEMENT_SYMBOLS", "chemical_system", "parse_formula", "reduced_formula"]

_WITHOUT_ELECTRONEGATIVITY = 1.3  # elements beyond Cm: the value of the late actinides
_LARGEST_FACTOR = 1000
_WHOLE = 1e-9


def chemical_system(compound: str | Mapping[str, float]) -> str:
    """Return the elements of a compound in alphabetical order, joined by hyphens.

    All titanates of calcium share one system; holding whole systems out is a harder test than
    holding compositions out.

    Examples
    --------
    >>> chemical_system("CaTiO3")
    'Ca-O-Ti'
    """
    return "-".join(sorted(_amounts_of(compound)))


def reduced_formula(compound: str | Mapping[str, float]) -> str:
    """Return the one spelling that all formulas of a composition share.

    Parameters
    ----------
    compound : str or mapping of str to float
        A formula, or amounts as :func:`parse_formula` returns them.

    Returns
    -------
    str
        Smallest whole amounts, elements in the order of rising Pauling electronegativity (the
        metal first, as chemists write; equal values in alphabetical order). Amounts for which no
        factor up to 1,000 gives whole numbers are given per smallest amount, to four decimals.

    Raises
    ------
    InputError
        If the formula cannot be read, or an amount is not a positive number.

    Examples
    --------
    >>> reduced_formula("Ti2Ca2O6"), reduced_formula("Fe0.95O")
    ('CaTiO3', 'Fe19O20')
    """
    amounts = _amounts_of(compound)
    ordered = sorted(amounts, key=_electronegativity_order)
    values = np.array([amounts[symbol] for symbol in ordered])
    return "".join(
        symbol + ("" if amount == "1" else amount)
        for symbol, amount in zip(ordered, _smallest_amounts(values), strict=True)
    )


def _smallest_amounts(values: np.ndarray) -> list[str]:
    ratios = values / values.min()
    factors = np.arange(1, _LARGEST_FACTOR + 1)[:, None]
    scaled = factors * ratios
    whole = np.all(np.abs(scaled - np.rint(scaled)) <= _WHOLE * scaled, axis=1)
    if not whole.any():
        return [f"{ratio:.4f}".rstrip("0").rstrip(".") for ratio in ratios]
    return [str(int(amount)) for amount in np.rint(scaled[np.argmax(whole)])]


@cache
def _electronegativity_order(symbol: str) -> tuple[float, str]:
    if symbol not in element_table().index:
        return _WITHOUT_ELECTRONEGATIVITY, symbol
    return element_properties(symbol)["electronegativity"], symbol


def _amounts_of(compound: str | Mapping[str, float]) -> Mapping[str, float]:
    if not isinstance(compound, Mapping):
        return parse_formula(compound)
    if not compound:
        raise InputError("The compound holds no element. Give amounts such as {'Na': 1, 'Cl': 1}.")
    for symbol, amount in compound.items():
        if symbol not in ELEMENT_SYMBOLS:
            raise InputError(
                f"{symbol!r} is no element symbol. Give amounts such as {{'Na': 1, 'Cl': 1}}."
            )
        if not 0.0 < amount < math.inf:
            raise InputError(
                f"The amount of {symbol} is {amount}; amounts are positive numbers. Leave it out "
                f"if the element is absent."
            )
    return compound
