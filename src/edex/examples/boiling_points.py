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
_DONORS = (7, 8)  # N O
# The index gives tetrabutyl titanate the structure of 1-butanol.
_WRONG_STRUCTURES = frozenset({"5593-70-4"})


def load_boiling_points() -> pd.DataFrame:
    """Load normal boiling points of organic molecules with their structures.

    The temperatures are those of the handbook (not estimated ones, such as those of Yaws); the
    structures come from the index of `chemicals` by CAS number. Kept are connected molecules of C,
    H, N, O, F, S, Cl, Br and I with 1 to 20 carbon atoms and no charge on any atom (so no nitro
    compounds, whose formula needs charges), no isotope and no unpaired electron. Stereoisomers,
    whose SMILES are the same without stereochemistry, make one row with the first name of the
    alphabet and the median: 88 molecules stand for 180 rows of the handbook table, which differ by
    3 K in the median and by 21 K at most.

    Known faults, left in to be found: N-methylpyrrolidine (479 K; other tables of `chemicals` say
    354 K), trifluoromethanesulfonyl chloride (435 K; 304 K), 2-thiophenecarbonyl chloride (553 K;
    480 K) and 3-ethyl-2,4-dimethylpentane (396 K; 410 K). Carbosulfan, 1-bromo-2-naphthol and
    benzo[e]pyrene have values so low for their size that they are probably not at 1 atm; large
    polar molecules may decompose before they boil. Of the 4,100 substances that another measured
    table of `chemicals` lists too, half agree within 0.4 K and 94 % within 10 K; most of the rest
    is low pressure in the other table.

    Returns
    -------
    DataFrame of shape (4389, 11)
        Its length is that with `chemicals` 1.5; sorted by name, with the columns

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
    >>> float(table.loc["Ethanol", "boiling_temperature"]), table.loc["Ethanol", "family"]
    (351.39, 'alcohol')
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
    rdkit_calls = import_rdkit()

    handbook = miscdata.CRC_organic_data
    handbook = handbook[handbook["Tb"].notna() & ~handbook.index.isin(_WRONG_STRUCTURES)]
    rows = []
    with rdkit_calls.quiet():
        for cas, name, boiling_temperature in zip(
            handbook.index, handbook["Name"], handbook["Tb"], strict=True
        ):
            try:
                smiles = identifiers.search_chemical(cas).smiles
            except ValueError:  # the index does not know it
                continue
            molecule = rdkit_calls.Chem.MolFromSmiles(smiles)
            if molecule is None:
                continue
            atoms = rdkit_calls.atoms_of(molecule)
            if _is_simple(atoms) and "." not in smiles:
                columns = _describe(molecule, atoms, float(boiling_temperature))
                rows.append({"name": name, "cas": cas, **columns})
    return rows


def _is_simple(atoms: list[Any]) -> bool:
    """Tell whether a molecule is kept, by its atoms."""
    n_carbon = sum(atom.GetAtomicNum() == 6 for atom in atoms)
    return 1 <= n_carbon <= _MAX_CARBON and all(
        atom.GetAtomicNum() in _ELEMENTS
        and atom.GetFormalCharge() == 0
        and atom.GetIsotope() == 0
        and atom.GetNumRadicalElectrons() == 0
        for atom in atoms
    )


def _describe(molecule: Any, atoms: list[Any], boiling_temperature: float) -> dict[str, Any]:
    """Give the columns that follow from the structure, and the boiling temperature."""
    rdkit_calls = import_rdkit()
    weight_of = rdkit_calls.Chem.GetPeriodicTable().GetAtomicWeight
    numbers = [atom.GetAtomicNum() for atom in atoms]
    hydrogens = [atom.GetTotalNumHs() for atom in atoms]
    return {
        "smiles": rdkit_calls.Chem.MolToSmiles(molecule, isomericSmiles=False),
        "formula": rdkit_calls.rdMolDescriptors.CalcMolFormula(molecule),
        "molar_mass": round(sum(map(weight_of, numbers)) + sum(hydrogens) * weight_of(1), 3),
        "boiling_temperature": boiling_temperature,
        "n_carbon": numbers.count(6),
        "n_heavy": len(numbers) - numbers.count(1),
        "family": family_of(molecule),
        "n_donors": sum(
            number in _DONORS and count > 0
            for number, count in zip(numbers, hydrogens, strict=True)
        ),
        "n_rings": rdkit_calls.rdMolDescriptors.CalcNumRings(molecule),
    }
