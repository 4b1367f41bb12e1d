"""Permeability of polymers to helium: single values of the literature, each with its source.

`load_gas_permeability` has five gases; this table adds the sixth, J = P (p1 - p2) / l with P in
barrer, 1e-10 cm³(STP) cm / (cm² s cmHg).

Reference: each row names its own; see ``edex data card helium`` for where the values were read.
"""

from functools import lru_cache
from importlib import resources

import pandas as pd

__all__ = ["load_helium"]

_FILE = "helium.csv"


def load_helium() -> pd.DataFrame:
    """Load the permeability of common polymers to helium.

    Returns
    -------
    pandas.DataFrame
        One row a polymer, with the columns

        - ``polymer``: its name,
        - ``smiles``: the repeat unit, ``*`` where it goes on,
        - ``He``: permeability in barrer,
        - ``temperature``: in °C, of the measurement; NaN where no text that we read states it,
        - ``first_author``, ``year``, ``journal``: the paper that reports the value,
        - ``identifier``: ``doi:`` or ``pii:`` (Elsevier's number) of that paper, or missing,
        - ``read_in``: where we read the value; the card explains the keys.

    Examples
    --------
    >>> table = load_helium()
    >>> polystyrene = table[table["polymer"] == "polystyrene"].iloc[0]
    >>> float(polystyrene["He"]), polystyrene["first_author"], int(polystyrene["year"])
    (22.4, 'Puleo', 1989)
    """
    return _read_table().copy()


@lru_cache(maxsize=1)
def _read_table() -> pd.DataFrame:
    """Read the embedded file; a # within a line is a triple bond, no comment."""
    path = resources.files("edex.datasets") / _FILE
    with path.open("r", encoding="utf-8") as file:
        return pd.read_csv(file, dtype={"He": float, "temperature": float})
