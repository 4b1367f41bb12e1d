"""Permeability of 785 polymers to five gases, one repeat unit a row.

A membrane of thickness l lets a gas through at the flux J = P (p1 - p2) / l; the permeability P is
a property of polymer and gas, P = D S (diffusion coefficient times solubility). Its unit is the
barrer, 1e-10 cm³(STP) cm / (cm² s cmHg) = 3.35e-16 mol m / (m² s Pa).

Reference: the table of the package torch-molecule 0.1.7; see ``edex data card gas-permeability``.
"""

from functools import lru_cache
from importlib import resources

import pandas as pd

__all__ = ["load_gas_permeability"]

_FILE = "gas_permeability.csv"


def load_gas_permeability() -> pd.DataFrame:
    """Load the permeabilities of polymers to H2, O2, N2, CO2 and CH4.

    Returns
    -------
    pandas.DataFrame
        786 rows in the order of the source, with the columns

        - ``smiles``: the repeat unit as published, ``*`` where it goes on; not canonical, and
          one polymer is there twice,
        - ``H2``, ``O2``, ``N2``, ``CO2``, ``CH4``: permeability in barrer; NaN where it is absent.

    Examples
    --------
    >>> table = load_gas_permeability()
    >>> table.shape
    (786, 6)
    >>> polystyrene = table[table["smiles"] == "*CC(*)c1ccccc1"].iloc[0]
    >>> float(polystyrene["O2"])
    2.9
    """
    return _read_table().copy()


@lru_cache(maxsize=1)
def _read_table() -> pd.DataFrame:
    """Read the embedded file; a # within a line is a triple bond, no comment."""
    path = resources.files("edex.datasets") / _FILE
    with path.open("r", encoding="utf-8") as file:
        return pd.read_csv(file, skiprows=2)
