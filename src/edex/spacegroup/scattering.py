"""How strongly each element scatters: the weight b of an atom in the pair distribution function.

X-rays see electrons, so b = Z, the number of electrons of the neutral atom; the fall of the form
factor with Q divides out of G(r) when it is the same for all elements. Neutrons see nuclei: b is
the bound coherent scattering length in fm, which jumps from element to element and can be negative.

References
----------
V. F. Sears, Neutron News 3(3), 26 (1992): scattering lengths, as tabulated by periodictable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

import numpy as np

from edex.errors import InputError, MissingExtraError

__all__ = ["RADIATIONS", "scattering_weights"]

RADIATIONS = ("xray", "neutron")

_SYMBOLS = (
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg",
    "Al", "Si", "P", "S", "Cl", "Ar", "K", "Ca", "Sc", "Ti", "V", "Cr",
    "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr",
    "Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd",
    "In", "Sn", "Sb", "Te", "I", "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd",
    "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf",
    "Ta", "W", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po",
    "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U", "Np", "Pu", "Am", "Cm",
    "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh", "Hs",
    "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og",
)  # fmt: skip


def scattering_weights(species: Sequence[str], radiation: str = "xray") -> np.ndarray:
    """Look up the scattering weight of every atom.

    Parameters
    ----------
    species : sequence of str of length n_atoms
        Element symbols; ``"D"`` is deuterium.
    radiation : {"xray", "neutron"}
        What is scattered.

    Returns
    -------
    ndarray of shape (n_atoms,)
        Number of electrons, or bound coherent scattering length in fm.

    Raises
    ------
    InputError
        If the radiation or an element is unknown, or an element has no measured length.
    MissingExtraError
        If neutron lengths are wanted and periodictable is not installed.

    Examples
    --------
    >>> scattering_weights(["Na", "Cl"])
    array([11., 17.])
    >>> scattering_weights(["Ti", "O"], "neutron").round(2)
    array([-3.37,  5.8 ])
    """
    table = weight_table(radiation)
    try:
        return np.array([table[symbol] for symbol in species])
    except KeyError as error:
        raise _unknown(error.args[0], radiation) from None


@lru_cache(maxsize=len(RADIATIONS))
def weight_table(radiation: str) -> Mapping[str, float]:
    """Return the weight of each element that has one.

    Parameters
    ----------
    radiation : {"xray", "neutron"}

    Raises
    ------
    InputError
        If the radiation is unknown.
    MissingExtraError
        If neutron lengths are wanted and periodictable is not installed.
    """
    if radiation not in RADIATIONS:
        raise InputError(
            f"radiation is {radiation!r}; it must be 'xray' or 'neutron'. "
            "Take the one that the experiment used."
        )
    if radiation == "xray":
        return {"D": 1.0, **{symbol: float(z) for z, symbol in enumerate(_SYMBOLS, start=1)}}
    try:
        import periodictable
    except ImportError:
        raise MissingExtraError(
            "periodictable", extra="spacegroup", purpose="neutron scattering lengths"
        ) from None
    lengths = {symbol: getattr(periodictable, symbol).neutron.b_c for symbol in ("D", *_SYMBOLS)}
    return {symbol: float(length) for symbol, length in lengths.items() if length is not None}


def _unknown(symbol: str, radiation: str) -> InputError:
    if symbol in _SYMBOLS:
        return InputError(
            f"{symbol} has no measured {radiation} scattering length. "
            'Leave out this crystal, or use radiation="xray".'
        )
    near = get_close_matches(str(symbol).strip().capitalize(), ["D", *_SYMBOLS], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return InputError(
        f"{symbol!r} is not an element.{hint} "
        "Write the symbol alone, as in the periodic table: 'Na', not 'Na1+' or 'NA'."
    )
