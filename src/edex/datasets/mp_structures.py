"""Crystal structures of the Materials Project in the eight space groups of the course.

They were relaxed with density functional theory: positions at 0 K, lattices a percent or two too
large. Fractional coordinates f and the lattice L, whose rows are the cell vectors, give the
positions x = f L.

Reference: A. Jain et al., APL Materials 1, 011002 (2013), doi 10.1063/1.4812323.
"""

import gzip
import json
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["load_mp_structures"]

_FILE = "mp_structures.jsonl.gz"


def load_mp_structures() -> pd.DataFrame:
    """Load 1,924 computed crystal structures with their space groups.

    Returns
    -------
    pandas.DataFrame
        One row a structure, sorted by space group and id, with the columns

        - ``material_id``: id in the Materials Project, for example ``"mp-22862"``,
        - ``formula``: reduced, most electropositive element first,
        - ``space_group_number``: 2, 14, 15, 62, 139, 194, 225 or 227, found by spglib with
          symprec 0.01 Å,
        - ``lattice``: ndarray of shape (3, 3), cell vectors as rows, in Å,
        - ``species``: tuple of element symbols, one an atom,
        - ``frac_coords``: ndarray of shape (n_atoms, 3), from 0 to below 1,
        - ``source``: the table in the package matminer that the structure was taken from.

        The cells are those of the source: some primitive, some not, in no standard setting.

    Examples
    --------
    >>> table = load_mp_structures()
    >>> salt = table[table["material_id"] == "mp-22862"].iloc[0]
    >>> salt["formula"], int(salt["space_group_number"]), len(salt["species"])
    ('NaCl', 225, 8)
    """
    rows = [
        {
            "material_id": entry["material_id"],
            "formula": entry["formula"],
            "space_group_number": entry["space_group_number"],
            "lattice": np.array(entry["lattice"], dtype=float),
            "species": tuple(entry["species"].split()),
            "frac_coords": np.array(entry["frac_coords"], dtype=float),
            "source": entry["source"],
        }
        for entry in _entries()
    ]
    return pd.DataFrame(rows)


@lru_cache(maxsize=1)
def _entries() -> list[dict[str, Any]]:
    """Read the lines of the embedded file."""
    path = resources.files("edex.datasets") / _FILE
    with path.open("rb") as file, gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
