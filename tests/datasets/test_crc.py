import builtins
import csv
import math
import re
from importlib import resources

import pytest

from edex.datasets import load_crc_melting
from edex.datasets.crc import EXCLUSION_REASONS, _formula_from_index, _parsed_table
from edex.datasets.formulas import atom_counts, canonical_formula, reduced_counts
from edex.errors import MissingExtraError

chemicals = pytest.importorskip("chemicals")

NAN = float("nan")
ANIONS = {
    "oxide": ("O", 2),
    "fluoride": ("F", 1),
    "chloride": ("Cl", 1),
    "bromide": ("Br", 1),
    "iodide": ("I", 1),
    "sulfide": ("S", 2),
    "selenide": ("Se", 2),
    "telluride": ("Te", 2),
    "nitride": ("N", 3),
}
PREFIXES = {"mono": 1, "di": 2, "tri": 3, "tetra": 4, "penta": 5, "hexa": 6, "hepta": 7, "octa": 8}
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8}

# The handbook's density belongs to another modification, so rho * V_m is not the molar mass of
# the formula; or its molar mass is wrong (Li4SiO4) or uses another isotope (AmCl3, PuCl3).
MOLAR_MASS_IS_NO_WITNESS = {
    "Lead(II) oxide (massicot)",
    "Aluminum oxide (α)",
    "Mercury(II) sulfide (black)",
    "Metaboric acid (γ form)",
    "Lead(II) tungstate (stolzite)",
    "Lithium orthosilicate",
    "Americium(III) chloride",
    "Plutonium(III) chloride",
}


@pytest.fixture(scope="module")
def table():
    return load_crc_melting(include_excluded=True)


@pytest.fixture(scope="module")
def usable():
    return load_crc_melting()


def molar_mass(formula):
    periodic_table = chemicals.elements.periodic_table
    return sum(periodic_table[symbol].MW * n for symbol, n in atom_counts(formula).items())


def test_columns_are_as_documented(table, usable):
    expected = ["cas", "name", "formula", "melting_temperature", "n_same_composition"]
    assert list(usable.columns) == expected
    assert list(table.columns) == [*expected, "excluded", "formula_source"]


def test_usable_rows_are_those_without_a_reason_against_them(table, usable):
    assert list(usable["cas"]) == list(table.loc[table["excluded"] == "", "cas"])
    assert list(usable.index) == list(range(len(usable)))


def test_every_exclusion_has_a_documented_reason(table):
    assert set(table["excluded"]) - {""} <= EXCLUSION_REASONS.keys()


def test_size_is_what_a_course_can_rely_on(usable):
    n_elements = usable["formula"].map(lambda formula: len(atom_counts(formula)))
    assert len(usable) > 1200
    assert (n_elements == 2).sum() > 800
    assert usable["cas"].is_unique


def test_temperatures_are_physical_kelvins(usable):
    assert usable["melting_temperature"].between(10, 4300).all()


@pytest.mark.parametrize(
    ("formula", "celsius"),
    [("H2O", 0.0), ("NaCl", 801.0), ("MgO", 2825.0), ("NH3", -78.0), ("GaAs", 1238.0)],
)
def test_textbook_melting_temperatures_in_kelvin(usable, formula, celsius):
    row = usable[usable["formula"] == formula]
    assert len(row) == 1
    assert row["melting_temperature"].iloc[0] == pytest.approx(celsius + 273.15, abs=30)


def test_formulas_are_canonical_compounds_of_at_least_two_elements(usable):
    for formula in usable["formula"]:
        counts = atom_counts(formula)
        assert len(counts) >= 2
        assert canonical_formula(counts) == formula
        assert not {"C", "H"} <= counts.keys()


def test_molar_mass_of_every_formula_is_density_times_molar_volume(usable):
    density = chemicals.miscdata.CRC_inorganic_data["rho"]
    molar_volume = chemicals.volume.rho_data_CRC_inorg_s_const["Vm"]
    n_checked = 0
    for row in usable.itertuples():
        if row.cas in molar_volume.index and row.name not in MOLAR_MASS_IS_NO_WITNESS:
            expected = 1000 * density[row.cas] * molar_volume[row.cas]
            if not math.isnan(expected):
                n_checked += 1
                assert molar_mass(row.formula) == pytest.approx(expected, rel=5e-4), row.name
    assert n_checked > 700


def test_formulas_agree_with_the_number_words_in_the_names(usable):
    # "Arsenic diiodide" is As2I4, and complex xenon salts count both of their ions.
    words = re.compile(rf"({'|'.join(PREFIXES)})({'|'.join(ANIONS)})\b")
    n_checked = 0
    for row in usable.itertuples():
        if row.name == "Arsenic diiodide" or row.name.startswith("Xenon"):
            continue
        for prefix, anion in words.findall(row.name.lower()):
            n_checked += 1
            assert atom_counts(row.formula)[ANIONS[anion][0]] == PREFIXES[prefix], row.name
    assert n_checked > 90


def test_roman_numerals_in_the_names_balance_the_charges(usable):
    pattern = re.compile(rf"[A-Z][a-z]+\(([IV]+)\) ({'|'.join(ANIONS)})( [(\[].*)?")
    n_checked = 0
    for row in usable.itertuples():
        match = pattern.fullmatch(row.name)
        counts = atom_counts(row.formula)
        if match and len(counts) == 2:
            n_checked += 1
            anion, charge = ANIONS[match[2]]
            (cation,) = counts.keys() - {anion}
            assert ROMAN[match[1]] * counts[cation] == charge * counts[anion], row.name
    assert n_checked > 300


def test_formulas_agree_with_those_spelled_out_in_the_names(usable):
    n_checked = 0
    for row in usable.itertuples():
        match = re.search(r"[(\[]((?:[A-Z][a-z]?\d*){2,})[)\]]", row.name)
        # structural formulas such as (FSSF) repeat an element
        if match and not re.fullmatch("[IV]+", match[1]):
            n_checked += 1
            assert atom_counts(match[1]) == atom_counts(row.formula), row.name
    assert n_checked > 50


def test_formulas_hold_every_element_that_the_name_spells(usable):
    mendeleev = pytest.importorskip("mendeleev.fetch")
    elements = mendeleev.fetch_table("elements")
    symbol_of = dict(zip(elements["name"].str.lower(), elements["symbol"], strict=True))
    symbol_of |= {"cesium": "Cs", "sulfur": "S", "aluminum": "Al"}
    for row in usable.itertuples():
        spelled = [symbol_of[w] for w in re.findall("[a-z]+", row.name.lower()) if w in symbol_of]
        assert set(spelled) <= atom_counts(row.formula).keys(), row.name


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("Uranium carbide", "UC"),
        ("Niobium boride [NbB2]", "NbB2"),
        ("Manganese phosphide (MnP)", "MnP"),
        ("Barium niobate", "BaNb2O6"),
        ("Lithium orthosilicate", "Li4SiO4"),
        ("Calcium titanate", "CaTiO3"),
    ],
)
def test_known_traps_of_the_chemical_index_are_avoided(usable, name, formula):
    assert usable.loc[usable["name"] == name, "formula"].tolist() == [formula]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Calcium acetate", "no melting temperature"),
        ("Copper(II) nitrate trihydrate", "hydrate"),
        ("Water-d2", "isotope"),
        ("Silicon dioxide (vitreous)", "glass"),
        ("Ruthenium pentacarbonyl", "no formula"),
        ("Xenon fluoride hexafluoroantimonate", "ambiguous formula"),
        ("Tin (white)", "element"),
        ("Ferrocene", "organic"),
        ("Cesium trifluoroacetate", "organic"),
        ("Nickel carbonyl [Ni(CO)4]", "carbonyl"),
        ("Carbonyl chloride", ""),
        ("Sodium carbonate", ""),
        ("Water", ""),
    ],
)
def test_rows_are_excluded_for_the_right_reason(table, name, reason):
    assert table.loc[table["name"] == name, "excluded"].tolist() == [reason]


@pytest.mark.parametrize(
    ("text", "name", "mass", "formula", "problem"),
    [
        ("ClNa", "Sodium chloride", 58.44, "NaCl", ""),
        ("CuFeH4S2", "Copper(II) ferrous sulfide", 183.521, "FeCuS2", ""),
        ("C2Ce-", "Cerium carbide", 164.138, "CeC2", ""),
        ("Mn2O7-14", "Manganese(VII) oxide", NAN, "Mn2O7", ""),
        ("H4Si", "Silane", NAN, "SiH4", ""),
        ("BNb", "Niobium boride [NbB2]", 114.528, "NbB", "wrong formula"),
        ("H3PtSi", "Platinum silicide", NAN, "PtSiH3", "unexplained hydrogen"),
    ],
)
def test_formula_of_the_index_is_judged_by_molar_mass_and_name(text, name, mass, formula, problem):
    found = _formula_from_index(text, name, molar_mass=mass)
    assert (found.text, found.problem) == (formula, problem)


def test_own_formulas_name_the_same_substances_as_the_handbook():
    handbook = chemicals.miscdata.CRC_inorganic_data["Chemical"]
    path = resources.files("edex.datasets") / "crc_formulas.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["cas"] for row in rows}) == len(rows)
    for row in rows:
        assert handbook[row["cas"]] == row["name"]
        assert row["formula"] or row["note"], f"{row['name']}: no formula and no word why"


def test_same_composition_is_counted_over_usable_rows(table, usable):
    compositions = [tuple(sorted(reduced_counts(f).items())) for f in usable["formula"]]
    assert list(usable["n_same_composition"]) == [compositions.count(c) for c in compositions]
    assert (table.loc[table["excluded"] != "", "n_same_composition"] == 0).all()


def test_rutile_and_anatase_are_kept_and_marked(usable):
    titania = usable[usable["formula"] == "TiO2"]
    assert len(titania) == 2
    assert (titania["n_same_composition"] == 2).all()


@pytest.mark.parametrize("include_excluded", [False, True])
def test_changing_the_table_does_not_change_the_next_one(include_excluded):
    first = load_crc_melting(include_excluded=include_excluded)
    first["formula"] = "X"
    assert "X" not in set(load_crc_melting(include_excluded=include_excluded)["formula"])


def test_missing_package_says_what_to_install(monkeypatch):
    real_import = builtins.__import__

    def without_chemicals(name, *args, **kwargs):
        if name == "chemicals":
            raise ImportError("No module named 'chemicals'")
        return real_import(name, *args, **kwargs)

    _parsed_table.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without_chemicals)
    with pytest.raises(MissingExtraError, match=r"'chemicals' is needed for the data set 'crc-"):
        load_crc_melting()
