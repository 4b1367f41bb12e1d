"""Properties of the elements 1 (H) to 96 (Cm), from which compounds are described.

The table ``elements.csv`` is written by ``tools/build_element_table.py`` from the package mendeleev
(MIT licence). It has gaps, because nature has them. They are filled by one rule: *a missing value
is that of the element of the same group with the nearest atomic number* (lanthanides and actinides
count as group 3; if the whole group lacks it, the nearest of all; of two equally near, the
lighter). Two kinds of gap are no gaps but zeros: an electron affinity that is not listed (the anion
is taken as unbound), and the atomisation enthalpy and the oxidation states of the noble gases.
"""

from functools import cache
from importlib.resources import files

import pandas as pd

from edex.errors import InputError

__all__ = ["NOBLE_GASES", "UNITS", "element_properties", "element_table"]

UNITS: dict[str, str] = {
    "atomic_number": "1",
    "period": "1",
    "group": "1",
    "mendeleev_number": "1",
    "atomic_weight": "Da",
    "valence_electrons": "1",
    "electronegativity": "Pauling",
    "covalent_radius": "pm",
    "vdw_radius": "pm",
    "molar_volume": "cm3/mol",
    "polarizability": "bohr3",
    "ionization_energy": "eV",
    "electron_affinity": "eV",
    "atomization_enthalpy": "kJ/mol",
    "melting_point": "K",
    "boiling_point": "K",
    "max_oxidation_state": "e",
    "min_oxidation_state": "e",
}
NOBLE_GASES = ("He", "Ne", "Ar", "Kr", "Xe", "Rn")
_ZERO_FOR_NOBLE_GASES = ("atomization_enthalpy", "max_oxidation_state", "min_oxidation_state")


@cache
def _stored_table() -> pd.DataFrame:
    source = files("edex.melting").joinpath("elements.csv")
    with source.open(encoding="utf-8") as stream:
        # Without keep_default_na=False pandas reads a column of "NA" as missing.
        table = pd.read_csv(
            stream, comment="#", index_col="symbol", keep_default_na=False, na_values=[""]
        )
    return table.astype(float)


@cache
def _filled_table() -> pd.DataFrame:
    table = _stored_table().copy()
    table["electron_affinity"] = table["electron_affinity"].fillna(0.0)
    for name in _ZERO_FOR_NOBLE_GASES:
        noble = table.index.isin(NOBLE_GASES) & table[name].isna()
        table.loc[noble, name] = 0.0
    number, group = table["atomic_number"], table["group"]
    for name in table.columns:
        known = table.index[table[name].notna()]
        for symbol in table.index.difference(known):
            kin = known[group[known] == group[symbol]]
            candidates = kin if len(kin) else known
            nearest = (number[candidates] - number[symbol]).abs().idxmin()
            table.loc[symbol, name] = table.loc[nearest, name]
    return table


def element_table(*, fill: bool = True) -> pd.DataFrame:
    """Return the table of element properties.

    Parameters
    ----------
    fill : bool, default True
        Fill the gaps by the rule of this module. With ``False`` they are NaN.

    Returns
    -------
    DataFrame of shape (96, 18)
        Indexed by symbol in the order of the atomic number; units in :data:`UNITS`. A fresh copy.
    """
    return (_filled_table() if fill else _stored_table()).copy()


def element_properties(symbol: str, *, fill: bool = True) -> dict[str, float]:
    """Return the properties of one element.

    Parameters
    ----------
    symbol : str
        An element symbol such as ``"Na"``.
    fill : bool, default True
        Fill the gaps by the rule of this module. With ``False`` they are NaN.

    Returns
    -------
    dict of str to float
        Units in :data:`UNITS`.

    Raises
    ------
    InputError
        If the symbol is not one of the 96 elements of the table.

    Examples
    --------
    >>> element_properties("Na")["electronegativity"]
    0.93
    """
    table = _filled_table() if fill else _stored_table()
    if symbol not in table.index:
        raise InputError(
            f"{symbol!r} is not in the table of elements, which runs from H (1) to Cm (96). "
            f"Give a symbol such as 'Na', with a capital first letter."
        )
    row = table.index.get_loc(symbol)
    return {str(name): float(table[name].to_numpy()[row]) for name in table.columns}
