"""The chemical elements 1 (H) to 96 (Cm) and their properties, with the gaps that nature left.

The numbers are those of :func:`edex.melting.element_table`; here symbols are a column, gaps stay
gaps (NaN), and one column says which elements are metals. There is no sharp border: metalloids
conduct poorly and look metallic. The rule of this table is

    metal = neither one of the 17 non-metals nor one of the six common metalloids nor astatine.

References
----------
R. E. Vernon, J. Chem. Educ. 90, 1703 (2013), doi 10.1021/ed3008457: which are metalloids.
"""

import pandas as pd

__all__ = ["METALLOIDS", "NONMETALS", "load_elements"]

NONMETALS = (
    "H", "He", "C", "N", "O", "F", "Ne", "P", "S", "Cl", "Ar", "Se", "Br", "Kr", "I", "Xe", "Rn",
)  # fmt: skip
"""Non-metals; carbon counts as one, though graphite conducts."""

METALLOIDS = ("B", "Si", "Ge", "As", "Sb", "Te")
"""The six elements that most authors call metalloids."""

_UNKNOWN = ("At",)  # nobody has seen a piece of it; a halogen by its place
_WHOLE_NUMBERS = ("atomic_number", "period", "group", "mendeleev_number", "valence_electrons")


def load_elements() -> pd.DataFrame:
    """Load the elements, one row each, in the order of the atomic number.

    Returns
    -------
    DataFrame of shape (96, 20)
        With the columns

        - ``symbol``,
        - ``atomic_number``, ``period``, ``group`` (lanthanides and actinides count as 3),
          ``mendeleev_number``, ``valence_electrons``: whole numbers,
        - ``atomic_weight``: Da,
        - ``electronegativity``: Pauling's scale,
        - ``covalent_radius``, ``vdw_radius``: pm,
        - ``molar_volume``: cm3/mol,
        - ``polarizability``: bohr3,
        - ``ionization_energy`` (the first), ``electron_affinity``: eV,
        - ``atomization_enthalpy``: kJ/mol,
        - ``melting_point``, ``boiling_point``: K; carbon, phosphorus and arsenic sublime at 1 atm,
          so their melting points, above the other number, are those under pressure; helium does
          not freeze at 1 atm, and its 2.177 K is where it turns superfluid,
        - ``max_oxidation_state``, ``min_oxidation_state``: e,
        - ``is_metal``: bool. Metalloids (B, Si, Ge, As, Sb, Te) and astatine count as *not*
          metals; aluminium, gallium, tin, bismuth and polonium as metals.

        What is not known is NaN. A fresh copy.

    Examples
    --------
    >>> elements = load_elements().set_index("symbol")
    >>> elements.loc[["Na", "Si"], "is_metal"].tolist()
    [True, False]
    """
    from edex.melting.elements import element_table

    table = element_table(fill=False).reset_index()
    for name in _WHOLE_NUMBERS:
        table[name] = table[name].astype(int)
    table["is_metal"] = ~table["symbol"].isin((*NONMETALS, *METALLOIDS, *_UNKNOWN))
    return table
