"""Read chemical formulas.

A formula may hold element symbols, amounts (``2``, ``0.95``, ``₂``), nested brackets ``() [] {}``,
and parts joined by ``·``, ``*`` or ``.`` with a factor in front (``CuSO4·5H2O``). Charges, isotopes
and open amounts (``7-x``) are refused by name: a composition has no place for them.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from edex.errors import InputError

__all__ = ["ELEMENT_SYMBOLS", "parse_formula"]

_SYMBOL_TEXT = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb
Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf
Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
ELEMENT_SYMBOLS: tuple[str, ...] = tuple(_SYMBOL_TEXT.split())
_SYMBOLS = frozenset(ELEMENT_SYMBOLS)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_CHARGE = re.compile(r"[+\-−–⁺⁻^]")
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_JOIN = re.compile(r"[·•∙⋅*.]")
_WATER = re.compile(r"[0-9]*(?:\.[0-9]+)?H2O$")


def parse_formula(text: str) -> dict[str, float]:
    """Read a chemical formula.

    Parameters
    ----------
    text : str
        A neutral formula, for example ``"Ca3(PO4)2"``, ``"Fe0.95O"`` or ``"CuSO4·5H2O"``.

    Returns
    -------
    dict of str to float
        Amount of each element (atoms per formula), in the order in which the elements are written.

    Raises
    ------
    InputError
        If the text is no such formula; the message gives the position, counted from 1.

    Examples
    --------
    >>> parse_formula("Ca3(PO4)2")
    {'Ca': 3.0, 'P': 2.0, 'O': 8.0}
    """
    if not isinstance(text, str):
        raise InputError(
            f"A formula is a text such as 'NaCl', and this is {text!r} ({type(text).__name__}). "
            f"Give the formula in quotes."
        )
    return dict(_parse(text))


@lru_cache(maxsize=8192)
def _parse(text: str) -> tuple[tuple[str, float], ...]:
    formula = text.strip().translate(_SUBSCRIPTS)
    if not formula:
        raise InputError("The formula is empty. Give one such as 'NaCl' or 'CaTiO3'.")
    _refuse_decorations(text.strip(), formula)
    amounts: dict[str, float] = {}
    start = 0
    joins = [*_joins(formula), (len(formula), len(formula))]
    for end, following in joins:
        for symbol, amount in _parse_part(text.strip(), formula, start, end).items():
            amounts[symbol] = amounts.get(symbol, 0.0) + amount
        start = following
    return tuple(amounts.items())


def _joins(formula: str) -> list[tuple[int, int]]:
    spans = (match.span() for match in _JOIN.finditer(formula))
    return [span for span in spans if not _is_decimal_point(formula, span[0])]


def _is_decimal_point(formula: str, index: int) -> bool:
    """Tell a decimal point from a full stop that joins parts.

    A point has digits on both sides. Before a last part of water a stop joins (CuSO4.5H2O is a
    hydrate, not 4.5 oxygens), unless a lone 0 precedes it (CaSO4.0.5H2O).
    """
    before, after = formula[max(index - 2, 0) : index], formula[index + 1 :]
    if formula[index] != "." or not before[-1:].isdigit() or not after[:1].isdigit():
        return False
    is_lone_zero = before.endswith("0") and not before[:-1].isdigit()
    return is_lone_zero or _WATER.match(after) is None


def _refuse_decorations(text: str, formula: str) -> None:
    if match := _SUPERSCRIPT.search(formula):
        raise _error(
            text,
            match.start(),
            f"the raised digit {match.group()!r} marks a charge or an isotope, and a composition "
            f"has neither",
            "Write the neutral formula with plain digits",
        )
    if match := _CHARGE.search(formula):
        if re.match(r"[\-−–]\s*[xyzδ]", formula[match.start() :]):
            what, remedy = "an open amount such as 7-x cannot be counted", "Write a number: O6.9"
        else:
            what = f"the sign {match.group()!r} is a charge, and a compound that melts is neutral"
            remedy = "Write the whole compound, 'NaCl' rather than 'Na+'"
        raise _error(text, match.start(), what, remedy)


def _error(text: str, index: int, what: str, remedy: str) -> InputError:
    return InputError(f"{text!r}: {what}, position {index + 1}. {remedy}.")


def _parse_part(text: str, formula: str, start: int, end: int) -> dict[str, float]:
    """Read one part between separators, ``formula[start:end]``, with its factor in front."""
    while start < end and formula[start] == " ":
        start += 1
    while end > start and formula[end - 1] == " ":
        end -= 1
    if start == end:
        where = min(start, len(text) - 1)
        raise _error(text, where, "nothing stands beside a separator", "Remove the separator")
    factor, index = _read_amount(text, formula, start, end)
    if index == end:
        raise _error(text, start, "a number stands alone", "Write the element that it counts")
    stack: list[tuple[str, int, dict[str, float]]] = [("", start, {})]
    while index < end:
        character = formula[index]
        if character in _CLOSING:
            stack.append((character, index, {}))
            index += 1
        elif character in ")]}":
            opening, opened_at, inner = stack.pop()
            if not stack or _CLOSING[opening] != character:
                closes = f"{opening!r} of position {opened_at + 1}" if opening else "nothing"
                what = f"the bracket {character!r} closes {closes}"
                raise _error(text, index, what, "Balance the brackets")
            if not inner:
                raise _error(text, opened_at, "the brackets hold nothing", "Remove them")
            amount, index = _read_amount(text, formula, index + 1, end)
            _add(stack[-1][2], inner, amount)
        else:
            symbol = _read_symbol(text, formula, index, end)
            amount, index = _read_amount(text, formula, index + len(symbol), end)
            _add(stack[-1][2], {symbol: 1.0}, amount)
    if len(stack) > 1:
        opening, opened_at, _ = stack[-1]
        raise _error(text, opened_at, f"the bracket {opening!r} is never closed", "Close it")
    total: dict[str, float] = {}
    _add(total, stack[0][2], factor)
    for symbol, amount in total.items():
        if not 0.0 < amount < math.inf:
            what = f"the amount of {symbol} comes to {amount}"
            raise _error(text, start, what, "Amounts are positive numbers of ordinary size")
    return total


def _add(target: dict[str, float], amounts: dict[str, float], factor: float) -> None:
    for symbol, amount in amounts.items():
        target[symbol] = target.get(symbol, 0.0) + factor * amount


def _read_amount(text: str, formula: str, start: int, end: int) -> tuple[float, int]:
    match = _AMOUNT.match(formula, start, end)
    if match is None:
        return 1.0, start
    amount = float(match.group())
    if amount == 0.0:
        raise _error(text, start, f"the amount {match.group()} is zero", "Leave the element out")
    if match.end() < end and formula[match.end()] == ".":
        raise _error(text, match.end(), "a second point in a number", "Join parts with '·'")
    return amount, match.end()


def _read_symbol(text: str, formula: str, index: int, end: int) -> str:
    match = _SYMBOL.match(formula, index, end)
    symbol = match.group() if match else ""
    if symbol in _SYMBOLS:
        return symbol
    if symbol in ("D", "T"):
        name = {"D": "deuterium", "T": "tritium"}[symbol]
        what = f"{symbol} is {name}, and isotopes are one element here"
        raise _error(text, index, what, "Write H")
    if symbol:
        what = f"{symbol} is no element"
    elif formula[index].isalpha():
        what = f"{formula[index]!r} starts no element; symbols begin with a capital Latin letter"
    elif formula[index] == " ":
        what = "a space inside the formula"
    else:
        what = f"{formula[index]!r} has no place in a formula"
    raise _error(text, index, what, _suggestion(formula))


def _suggestion(formula: str) -> str:
    """Suggest spellings of the same letters with proper capitals, those of fewest symbols first."""
    if not re.fullmatch(r"[A-Za-z0-9. ]{1,24}", formula):
        return "Symbols are spelt as in NaCl"
    found: list[tuple[int, str]] = []

    def extend(index: int, text: str, symbols: int) -> None:
        if len(found) >= 64:
            return
        if index == len(formula):
            found.append((symbols, text))
        elif not formula[index].isalpha():
            extend(index + 1, text + formula[index].strip(), symbols)
        else:
            for length in (2, 1):
                letters = formula[index : index + length]
                if len(letters) == length and letters.capitalize() in _SYMBOLS:
                    extend(index + length, text + letters.capitalize(), symbols + 1)

    extend(0, "", 0)
    if not found:
        return "Symbols are spelt as in NaCl"
    names = [repr(text) for _, text in sorted(found, key=lambda item: item[0])[:3]]
    return "Perhaps you mean " + " or ".join(names)
