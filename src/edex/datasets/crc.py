"""Melting temperatures of inorganic compounds from a handbook table, with formulas.

The table "Physical Constants of Inorganic Compounds" comes with the package `chemicals`. It gives
a CAS number, a name and a melting temperature T_m in kelvin, but no formula. We look for a
formula in three places and test it with physics: the same handbook gives a density rho and a
molar volume V_m for many solids, and their product is the molar mass,

    M = rho * V_m,

so a formula with a wrong number of atoms gives itself away. Every step that drops a row has a
reason, one short word or two, which `load_crc_melting` can show.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import pandas as pd

from edex.datasets.formulas import atom_counts, canonical_formula, reduced_counts
from edex.errors import MissingExtraError

__all__ = ["EXCLUSION_REASONS", "load_crc_melting"]

EXCLUSION_REASONS = {
    "no melting temperature": "the table leaves the cell blank, often because the compound "
    "decomposes or sublimes first",
    "hydrate": "the name says that it holds water; it melts in its own water",
    "isotope": "deuterium or tritium; composition features do not know isotopes",
    "glass": "a glass softens and has no melting temperature",
    "no formula": "none of the three sources knows a formula",
    "ambiguous formula": "name and molar mass do not settle which compound it is",
    "wrong formula": "the only formula known contradicts the molar mass",
    "unexplained hydrogen": "the only formula known holds hydrogen that the name does not",
    "element": "one kind of atom only",
    "organic": "carbon and hydrogen together, or a carboxylate",
    "carbonyl": "a metal with carbon monoxide ligands, a molecular solid",
}

# Right formulas differ from M = rho * V_m by rounding only, below 0.05 % (but for some isotopes
# of americium and plutonium); one hydrogen atom too many is more than that up to 2000 g/mol.
_MASS_TOLERANCE = 5e-4

_HYDRATE = re.compile(r"hydrate\b")
_CARBOXYLATE = re.compile(r"acetate\b")
_CARBONYL = re.compile(r"\S ?carbonyl", re.IGNORECASE)
_NAMES_WITH_HYDROGEN = re.compile(
    r"hydr|ammoni|acid|water|ami(?:de|ne)|azine|azane|silane|silox|germane|stannane|phosphine|"
    r"arsine|stibine|borane|borazine|phosphonium|hydroxyl",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Formula:
    """What the search for a formula found.

    Parameters
    ----------
    text : str
        Canonical formula, or ``""``.
    source : str
        ``"edex"`` (our own table), ``"heat of fusion table"``, ``"index, molar mass agrees"``,
        ``"index"``, or ``""``.
    problem : str
        A key of `EXCLUSION_REASONS`, or ``""``.
    """

    text: str = ""
    source: str = ""
    problem: str = ""


def load_crc_melting(*, include_excluded: bool = False) -> pd.DataFrame:
    """Load melting temperatures of inorganic compounds with their formulas.

    Parameters
    ----------
    include_excluded : bool, default=False
        Also return the rows that are not used for learning, and two more columns that say why
        and where the formula comes from.

    Returns
    -------
    pandas.DataFrame
        One row per substance in the order of the handbook table, with the columns

        - ``cas``: CAS number,
        - ``name``: the name in the handbook,
        - ``formula``: canonical formula (see `edex.datasets.formulas`); ``""`` in an excluded
          row without one,
        - ``melting_temperature``: in K,
        - ``n_same_composition``: number of usable rows with the same reduced composition, this
          one included; more than 1 marks polymorphs, isomers and conflicting entries, 0 marks
          an excluded row,

        and, with `include_excluded`,

        - ``excluded``: a key of `EXCLUSION_REASONS`, or ``""`` for a usable row,
        - ``formula_source``: where the formula was found.

    Raises
    ------
    MissingExtraError
        If the package `chemicals` is not installed.

    Examples
    --------
    >>> table = load_crc_melting()
    >>> table.loc[table["name"] == "Calcium titanate", "formula"].item()
    'CaTiO3'
    """
    table = _parsed_table()
    if include_excluded:
        return table.copy()
    usable = table[table["excluded"] == ""].drop(columns=["excluded", "formula_source"])
    return usable.reset_index(drop=True)


@lru_cache(maxsize=1)
def _parsed_table() -> pd.DataFrame:
    """Read the handbook table and find a formula or a reason for every row."""
    try:
        from chemicals import identifiers, miscdata, phase_change, volume
    except ImportError as error:
        raise MissingExtraError(
            "chemicals", extra="melting", purpose="the data set 'crc-melting'"
        ) from error

    handbook = miscdata.CRC_inorganic_data
    # g/mol from m3/mol and kg/m3
    molar_masses = (1000.0 * volume.rho_data_CRC_inorg_s_const["Vm"] * handbook["rho"]).to_dict()
    fusion_formulas = phase_change.Hfus_data_CRC["Formula"].dropna().to_dict()
    own_formulas = _read_own_formulas()

    rows = []
    for cas, name, melting_temperature in zip(
        handbook.index, handbook["Chemical"], handbook["Tm"], strict=True
    ):
        formula = _Formula()
        excluded = _exclusion_by_name(name, melting_temperature)
        if not excluded:
            formula = _find_formula(
                cas,
                name,
                own_formulas=own_formulas,
                fusion_formulas=fusion_formulas,
                molar_mass=molar_masses.get(cas, float("nan")),
                search=identifiers.search_chemical,
            )
            excluded = formula.problem or _exclusion_by_composition(name, formula.text)
        rows.append((cas, name, formula.text, melting_temperature, excluded, formula.source))
    table = pd.DataFrame(
        rows,
        columns=["cas", "name", "formula", "melting_temperature", "excluded", "formula_source"],
    )
    table.insert(4, "n_same_composition", _count_same_composition(table))
    return table


def _read_own_formulas() -> dict[str, str]:
    """Read the formulas that we wrote by hand, from CAS number to formula or ``""``."""
    path = resources.files("edex.datasets") / "crc_formulas.csv"
    with path.open(encoding="utf-8") as file:
        return {row["cas"]: row["formula"] for row in csv.DictReader(file)}


def _exclusion_by_name(name: str, melting_temperature: float) -> str:
    """Give the reason that needs no formula, or ``""``."""
    if melting_temperature != melting_temperature:  # NaN
        return "no melting temperature"
    if _HYDRATE.search(name):
        return "hydrate"
    if re.search(r"-(d|t)\d?(,|$)", name):
        return "isotope"
    if "vitreous" in name:
        return "glass"
    return ""


def _find_formula(
    cas: str,
    name: str,
    *,
    own_formulas: dict[str, str],
    fusion_formulas: dict[str, str],
    molar_mass: float,
    search: Callable[[str], Any],
) -> _Formula:
    """Look in our own table, then in the heat of fusion table, then in the chemical index.

    Parameters
    ----------
    cas, name : str
        CAS number and name in the handbook.
    own_formulas, fusion_formulas : dict of str to str
        Formulas by CAS number; ``""`` in `own_formulas` says that nobody can tell.
    molar_mass : float
        rho * V_m in g/mol; NaN where the handbook does not give both.
    search : callable
        The chemical index: takes a CAS number, gives an object with ``formula``.

    Returns
    -------
    _Formula
    """
    if cas in own_formulas:
        if own_formulas[cas] == "":
            return _Formula(problem="ambiguous formula")
        return _Formula(_canonical(own_formulas[cas]), "edex")
    if cas in fusion_formulas:
        return _Formula(_canonical(fusion_formulas[cas]), "heat of fusion table")

    try:
        return _formula_from_index(search(cas).formula, name, molar_mass=molar_mass)
    except ValueError:  # the index does not know it, or its formula is not a plain one
        return _Formula(problem="no formula")


def _formula_from_index(text: str, name: str, *, molar_mass: float) -> _Formula:
    """Judge a formula of the chemical index, which may hold a charge or invented hydrogen."""
    counts = atom_counts(re.sub(r"[+-]\d*$", "", text))
    # The index fills bare atoms up with hydrogen: uranium carbide becomes CH4U.
    without_hydrogen = {symbol: n for symbol, n in counts.items() if symbol != "H"}
    has_mass = molar_mass == molar_mass  # not NaN
    if has_mass:
        for candidate in (counts, without_hydrogen):
            if candidate and abs(_mass_of(candidate) / molar_mass - 1) <= _MASS_TOLERANCE:
                return _Formula(canonical_formula(candidate), "index, molar mass agrees")
        if len(counts) > 1:
            return _Formula(canonical_formula(counts), "index", "wrong formula")
    # With carbon beside it the row is organic or a misread carbide: excluded either way.
    if "H" in counts and not _NAMES_WITH_HYDROGEN.search(name) and "C" not in counts:
        return _Formula(canonical_formula(counts), "index", "unexplained hydrogen")
    return _Formula(canonical_formula(counts), "index")


def _exclusion_by_composition(name: str, formula: str) -> str:
    """Give the reason that follows from the kinds of atoms, or ``""``."""
    symbols = set(atom_counts(formula))
    if len(symbols) == 1:
        return "element"
    if {"C", "H"} <= symbols or _CARBOXYLATE.search(name):
        return "organic"
    if _CARBONYL.search(name):
        return "carbonyl"
    return ""


def _count_same_composition(table: pd.DataFrame) -> pd.Series:
    """Count the usable rows that share the reduced composition of each row."""
    composition = table["formula"].where(table["excluded"] == "")
    composition = composition.map(
        lambda formula: canonical_formula(reduced_counts(formula)), na_action="ignore"
    )
    return composition.map(composition.value_counts()).fillna(0).astype(int)


def _canonical(formula: str) -> str:
    """Write a formula in the canonical order."""
    return canonical_formula(atom_counts(formula))


def _mass_of(counts: dict[str, int]) -> float:
    """Give the molar mass in g/mol."""
    from chemicals.elements import periodic_table

    return float(sum(periodic_table[symbol].MW * n for symbol, n in counts.items()))
