"""Write src/edex/melting/elements.csv from the package mendeleev (MIT licence).

Run it with ``python tools/build_element_table.py``; a test compares the file with what
:func:`build_table` makes. Blanks stay blank here: how a gap is filled is decided, and documented,
in :mod:`edex.melting.elements`.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd

TARGET = Path(__file__).parents[1] / "src" / "edex" / "melting" / "elements.csv"
LAST_ATOMIC_NUMBER = 96  # curium: beyond it no compound of the lessons, and mostly blanks
# The form of an element whose melting point is meant, where mendeleev lists several.
MELTING_FORM = {"P": "red", "S": "monoclinic", "Se": "gray", "Sn": "white"}
GASES = ("H", "He", "N", "O", "F", "Ne", "Cl", "Ar", "Kr", "Xe", "Rn")  # at 298 K and 1 bar
SIGNIFICANT_DIGITS = 6


def build_table() -> pd.DataFrame:
    """Collect the properties of the elements 1 to 96.

    Returns
    -------
    DataFrame of shape (96, 18)
        Indexed by symbol; column names and units as in ``edex.melting.elements.UNITS``.
    """
    from mendeleev.fetch import fetch_table

    elements = fetch_table("elements").set_index("symbol")
    elements = elements[elements["atomic_number"] <= LAST_ATOMIC_NUMBER]
    changes = fetch_table("phasetransitions")
    ionization = fetch_table("ionizationenergies").query("ion_charge == 0")
    ionization = ionization.set_index("atomic_number")["ionization_energy"]
    states = fetch_table("oxidationstates").query("category == 'main'")
    rows = {}
    for symbol, entry in elements.iterrows():
        number = entry["atomic_number"]
        change = changes[changes["atomic_number"] == number]
        if symbol in MELTING_FORM:
            change = change[change["allotrope"] == MELTING_FORM[symbol]]
        melting, triple, boiling = change[
            ["melting_point", "triple_point_temperature", "boiling_point"]
        ].iloc[0]
        charges = states.loc[states["atomic_number"] == number, "oxidation_state"]
        # Lanthanides and actinides have no group there; chemically they follow Sc and Y.
        group = 3 if pd.isna(entry["group_id"]) else entry["group_id"]
        rows[symbol] = {
            "atomic_number": number,
            "period": entry["period"],
            "group": group,
            "mendeleev_number": entry["mendeleev_number"],
            "atomic_weight": entry["atomic_weight"],
            # A closed d shell takes no part in bonding: zinc has 2, gallium 3. Helium has 2.
            "valence_electrons": (group if group < 12 else group - 10) if number > 2 else number,
            "electronegativity": entry["en_pauling"],
            "covalent_radius": entry["covalent_radius_cordero"],
            "vdw_radius": entry["vdw_radius_alvarez"],
            "molar_volume": None if symbol in GASES else entry["atomic_weight"] / entry["density"],
            "polarizability": entry["dipole_polarizability"],
            "ionization_energy": ionization[number],
            "electron_affinity": entry["electron_affinity"],
            "atomization_enthalpy": entry["heat_of_formation"],
            # Carbon sublimes at 1 bar: its triple point stands in. Helium has neither.
            "melting_point": triple if pd.isna(melting) else melting,
            "boiling_point": boiling,
            "max_oxidation_state": charges.max() if len(charges) else None,
            "min_oxidation_state": charges.min() if len(charges) else None,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").astype(float)
    table.index.name = "symbol"
    return table.map(lambda value: float(f"{value:.{SIGNIFICANT_DIGITS}g}"))


def table_text(table: pd.DataFrame) -> str:
    """Return the text of elements.csv: whole numbers without a point, blanks where unknown."""
    origin = f"# made by tools/build_element_table.py from mendeleev {version('mendeleev')} (MIT)"
    cells = table.map(lambda value: "" if pd.isna(value) else f"{value:.{SIGNIFICANT_DIGITS}g}")
    return origin + "\n" + cells.to_csv(lineterminator="\n")


if __name__ == "__main__":
    TARGET.write_text(table_text(build_table()), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET.name}\n")
