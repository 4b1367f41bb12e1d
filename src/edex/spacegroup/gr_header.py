"""What the header of a .gr file states: Qmax, radiation, composition and the like.

Programs write ``qmax = 25.0`` or ``#Comment: neutron, Qmin=0.9, Qmax=35``; values are therefore
found by their names, wherever they stand. A header that names another function than G(r), or
another unit than Å, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from edex.errors import DataError

__all__ = ["parse_number", "read_header", "shorten"]

_LONGEST_LINE, _MOST_LINES = 400, 4000  # nothing that is looked for is further away
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?"
_NUMBERS = (
    "qmin",
    "qmax",
    "qmaxinst",
    "qdamp",
    "qbroad",
    "rpoly",
    "rmin",
    "rmax",
    "rstep",
    "wavelength",
    "bgscale",
)
_OTHER_FUNCTIONS = {"sq": "S(Q)", "fq": "F(Q)", "iq": "I(Q)", "chi": "I(Q)"}
_RADIATIONS = {
    "xray": (r"x-?rays?", r"x-?ray|pdfgetx"),
    "neutron": (r"neutrons?", r"neutron|pdfgetn"),
    "electron": (r"electrons?", r"electron"),
}
_START = r"(?im)^[^\w\n]*"  # of a line, after comment signs and brackets


def read_header(lines: Sequence[str], name: str) -> dict[str, Any]:
    """Find what the header of a file states.

    Parameters
    ----------
    lines : sequence of str
        The lines before the table.
    name : str
        Of the file, for messages.

    Returns
    -------
    dict
        Those of the keys of :attr:`edex.spacegroup.gr_files.MeasuredPdf.metadata` that are stated.

    Raises
    ------
    DataError
        If it says that the table holds another function than G(r), or r in nm.
    """
    text = "\n".join(line[:_LONGEST_LINE] for line in lines[:_MOST_LINES])
    _require_g_of_r(text, name)
    found: dict[str, Any] = {}
    for key in _NUMBERS:
        match = re.search(rf"(?i)\b{key}[ \t]*[=:][ \t]*({_NUMBER})", text)
        value = parse_number(match.group(1)) if match else None
        if value is not None and np.isfinite(value):
            found[key] = value
    match = re.search(rf"\b(?:[Tt]emp(?:erature)?|T)[ \t]*[=:][ \t]*({_NUMBER})", text)
    if match:
        found["temperature"] = parse_number(match.group(1))
    match = re.search(_START + r"(?:C[ \t]+)?composition[ \t]*[=:][ \t]*(\S[^\n]*)", text)
    if match:
        found["composition"] = match.group(1).strip()
    radiation = _radiation(text)
    if radiation is not None:
        found["radiation"] = radiation
    return found


def _radiation(text: str) -> str | None:
    """Tell the radiation: stated as a mode, else by the words of the header."""
    for kind, (value, _) in _RADIATIONS.items():
        if re.search(rf"{_START}(?:mode|radiation|stype)[^\w\n]*[=:\]][ \t]*{value}\b", text):
            return kind
    # A word inside a path or a file name says nothing.
    text = re.sub(r"\S*[/\\]\S*|(?m:^.*file\w*[ \t]*=.*$)", "", text)
    said = [kind for kind, (_, word) in _RADIATIONS.items() if re.search(f"(?i){word}", text)]
    return said[0] if len(said) == 1 else None


def _require_g_of_r(text: str, name: str) -> None:
    kind = re.search(_START + r"outputtypes?[ \t]*=[ \t]*(\w+)[ \t]*$", text)
    if kind and kind.group(1).lower() in _OTHER_FUNCTIONS:
        raise DataError(
            f"{name} holds {_OTHER_FUNCTIONS[kind.group(1).lower()]} (outputtype = "
            f"{kind.group(1)}), not G(r). Save G(r) instead: outputtype = gr."
        )
    label = re.search(r"(?m)^#L[ \t]+(\S+)([^\n]*)", text)
    if label is None:
        return
    if re.match(r"(?i)(?:q|2theta|two_?theta|tth)\b", label.group(1)):
        raise DataError(
            f"{name}: the first column is called {shorten(label.group(1))}, not r. A PDF gives G "
            "over r. Save G(r) instead."
        )
    if re.match(r"(?i)r[ \t]*[\[(][ \t]*nm", label.group(1) + label.group(2)):
        raise DataError(
            f"{name}: the first column is r in nm; r must be in Å and G(r) in Å⁻². Multiply r by "
            "10, divide G by 100, and change the label to r(A)."
        )


def parse_number(text: str) -> float | None:
    """Read one number, also with Fortran's D for the exponent.

    Parameters
    ----------
    text : str
        Without blanks.

    Returns
    -------
    float or None
        None if it is not a number.

    Examples
    --------
    >>> parse_number("-.25D-02"), parse_number("Ni")
    (-0.0025, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(text.replace("D", "E").replace("d", "e"))
    except ValueError:
        return None


def shorten(text: str) -> str:
    """Quote a text of a file, 40 characters at most.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
    """
    text = text.strip()
    return repr(text if len(text) <= 40 else text[:37] + "...")
