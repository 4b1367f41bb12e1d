"""Normal boiling points of organic molecules from a handbook table.

A liquid boils where its vapour pressure is 1 atm. By Trouton's rule the entropy of vaporisation is
about the same for all liquids whose molecules do not hold on to each other by hydrogen bonds,

    Delta H_vap / T_b = 85 J/(mol K) or so,

so the boiling temperature measures the attraction between molecules: it grows with size, and more
where hydrogen bonds hold.

References
----------
CRC Handbook of Chemistry and Physics, "Physical Constants of Organic Compounds", as it comes with
the package `chemicals` (MIT).
"""

from functools import cache
from typing import Any

import pandas as pd

from edex.errors import MissingExtraError
from edex.examples.families import family_of, import_rdkit

__all__ = ["load_boiling_points"]

_ELEMENTS = frozenset({1, 6, 7, 8, 9, 16, 17, 35, 53})  # H C N O F S Cl Br I
_MAX_CARBON = 20
_DONORS = (7, 8)


def load_boiling_points() -> pd.DataFrame:
    """Load normal boiling points of organic molecules with their structures.

    The temperatures are those of the handbook (not estimated ones, such as those of Yaws); the
    structures come from the index of `chemicals` by CAS number. Kept are connected molecules of C,
    H, N, O, F, S, Cl, Br and I with 1 to 20 carbon atoms and no charge on any atom (so no nitro
    compounds, whose formula needs charges), no isotope and no unpaired electron.

    Returns
    -------
    DataFrame
        Sorted by name, with the columns

        - ``name``: in the handbook,
        - ``cas``: CAS number,
        - ``smiles``: canonical SMILES of RDKit, without stereochemistry,
        - ``formula``: Hill's order,
        - ``molar_mass``: g/mol,
        - ``boiling_temperature``: at 1 atm, K,
        - ``n_carbon``, ``n_heavy``: number of carbon and of all atoms but hydrogen,
        - ``family``: see `edex.examples.families`,
        - ``n_donors``: number of N and O atoms with hydrogen, which can donate a hydrogen bond,
        - ``n_rings``: number of rings (the smallest set).

    Raises
    ------
    MissingExtraError
        If the package `chemicals` or `rdkit` is not installed.

    Examples
    --------
    >>> table = load_boiling_points().set_index("name")
    >>> table.loc["Ethanol", ["boiling_temperature", "family", "n_donors"]].tolist()
    [351.44, 'alcohol', 1]
    """
    return _table().copy()


@cache
def _table() -> pd.DataFrame:
    table = pd.DataFrame(_rows()).sort_values(["name", "cas"], kind="stable")
    median = table.groupby("smiles")["boiling_temperature"].transform("median")
    table["boiling_temperature"] = median
    return table.drop_duplicates("smiles", keep="first").reset_index(drop=True)


def _rows() -> list[dict[str, Any]]:
    """Describe every substance of the handbook table that is kept."""
    try:
        from chemicals import identifiers, miscdata
    except ImportError as error:
        raise MissingExtraError(
            "chemicals", extra="melting", purpose="the boiling points of molecules"
        ) from error
    rdkit_chem, quiet = import_rdkit()

    handbook = miscdata.CRC_organic_data
    handbook = handbook[handbook["Tb"].notna()]
    rows = []
    with quiet():
        for cas, name, boiling_temperature in zip(
            handbook.index, handbook["Name"], handbook["Tb"], strict=True
        ):
            try:
                smiles = identifiers.search_chemical(cas).smiles
            except ValueError:  # the index does not know it
                continue
            molecule = rdkit_chem.MolFromSmiles(smiles)
            if molecule is not None and _is_simple(molecule):
                rows.append({"name": name, "cas": cas, **_describe(molecule, boiling_temperature)})
    return rows


def _is_simple(molecule: Any) -> bool:
    """Tell whether a molecule is kept, by its atoms."""
    from edex.membranes.rdkit_calls import Chem

    atoms = list(molecule.GetAtoms())
    n_carbon = sum(atom.GetAtomicNum() == 6 for atom in atoms)
    return (
        1 <= n_carbon <= _MAX_CARBON
        and all(
            atom.GetAtomicNum() in _ELEMENTS
            and atom.GetFormalCharge() == 0
            and atom.GetIsotope() == 0
            and atom.GetNumRadicalElectrons() == 0
            for atom in atoms
        )
        and len(Chem.GetMolFrags(molecule)) == 1
    )


def _describe(molecule: Any, boiling_temperature: float) -> dict[str, Any]:
    """Give the columns that follow from the structure, and the boiling temperature."""
    from edex.membranes.rdkit_calls import Chem, rdMolDescriptors

    atoms = list(molecule.GetAtoms())
    numbers = [atom.GetAtomicNum() for atom in atoms]
    periodic_table = Chem.GetPeriodicTable()
    n_hydrogen = sum(atom.GetTotalNumHs() for atom in atoms)
    masses = [periodic_table.GetAtomicWeight(number) for number in numbers]
    return {
        "smiles": Chem.MolToSmiles(molecule, isomericSmiles=False),
        "formula": rdMolDescriptors.CalcMolFormula(molecule),
        "molar_mass": round(sum(masses) + n_hydrogen * periodic_table.GetAtomicWeight(1), 3),
        "boiling_temperature": float(boiling_temperature),
        "n_carbon": numbers.count(6),
        "n_heavy": len(atoms) - numbers.count(1),
        "family": family_of(molecule),
        "n_donors": sum(
            number in _DONORS and atom.GetTotalNumHs() > 0
            for number, atom in zip(numbers, atoms, strict=True)
        ),
        "n_rings": rdMolDescriptors.CalcNumRings(molecule),
    }
