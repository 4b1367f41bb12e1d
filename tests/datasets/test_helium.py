import os
import re

import numpy as np
import pytest

from edex.datasets import card, load_gas_permeability, load_helium, load_yang_2022

MOST_DECADES = 0.3
COLUMNS = [
    "polymer", "smiles", "He", "temperature", "first_author", "year", "journal", "identifier",
    "read_in",
]  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return load_helium()


def canonical(smiles):
    """Canonical SMILES without stereochemistry; independent of the cut in most repeat units."""
    chem = pytest.importorskip("rdkit.Chem")
    if smiles == "*C*":  # the same polymer with half the unit
        smiles = "*CC*"
    molecule = chem.RWMol(chem.MolFromSmiles(smiles))
    chem.RemoveStereochemistry(molecule)
    stars = [atom for atom in molecule.GetAtoms() if atom.GetAtomicNum() == 0]
    if len(stars) == 2:
        ends = [star.GetNeighbors()[0].GetIdx() for star in stars]
        if ends[0] != ends[1] and molecule.GetBondBetweenAtoms(*ends) is None:
            closed = chem.RWMol(molecule)
            closed.AddBond(*ends, chem.BondType.SINGLE)
            for index in sorted((star.GetIdx() for star in stars), reverse=True):
                closed.RemoveAtom(index)
            if chem.SanitizeMol(closed, catchErrors=True) == chem.SANITIZE_NONE:
                return chem.MolToSmiles(closed)
    return chem.MolToSmiles(molecule)


def test_the_table_has_the_documented_form(table):
    assert list(table.columns) == COLUMNS
    assert len(table) == 80
    assert table["polymer"].is_unique
    assert table["smiles"].is_unique
    assert table.drop(columns=["temperature", "identifier"]).notna().all().all()
    assert (table["smiles"].str.count(r"\*").isin([2, 4])).all()


def test_values_are_plausible_in_barrer(table):
    # A barrier polymer lets through 0.1 barrer of helium, the most permeable known about 2e4.
    assert table["He"].between(0.1, 2e4).all()
    stated = table["temperature"].dropna()
    assert stated.between(0, 100).all()
    assert f"{len(stated)} polymers where the abstract" in card("helium")
    assert f"{len(table) - len(stated)} temperatures are unknown" in card("helium")


def test_every_row_names_a_paper(table):
    assert table["year"].between(1940, 2025).all()
    assert table["first_author"].str.fullmatch(r"[A-Z][A-Za-z-]+").all()
    missing = table.loc[table["identifier"].isna(), "journal"]
    assert missing.str.contains("p. ", regex=False).all()  # cited by its page
    for identifier in table["identifier"].dropna():
        assert re.fullmatch(r"doi:10\.\d{4}/\S+|pii:[S\d][\dX]{14,}[\dA-Z]", identifier), identifier


def test_the_card_explains_where_values_were_read(table):
    text = card("helium")
    keys = {part.split()[0] for cell in table["read_in"] for part in cell.split("; ")}
    assert keys == {"msa", "robeson-2008"}
    for key in keys:
        assert f"| `{key}` |" in text
    assert f"of {len(table)} common polymers" in text
    assert f"{table['He'].min():g} to {table['He'].max():,.0f}, median" in text
    assert f"median {table['He'].median():.0f} " in text
    assert f"papers of {table['year'].min()} to {table['year'].max()}" in text


def test_years_agree_with_the_identifiers_that_hold_one(table):
    for row in table.dropna(subset="identifier").itertuples():
        year = re.search(r"doi:10\.1002/(?:polb?a?|app|macp|pola)\.(\d{4})\.", row.identifier)
        if year:
            assert int(year[1]) == row.year, row.polymer


def test_no_polymer_is_there_twice_and_all_smiles_can_be_read(table):
    keys = [canonical(smiles) for smiles in table["smiles"]]
    assert len(set(keys)) == len(table)


def test_helium_follows_oxygen_as_the_card_says(table):
    oxygen = load_gas_permeability()
    oxygen = oxygen[oxygen["smiles"].str.count(r"\*").isin([2, 4])]
    medians = oxygen.groupby([canonical(smiles) for smiles in oxygen["smiles"]])["O2"].median()
    ours = table.set_index(table["smiles"].map(canonical))
    both = ours.join(medians, how="inner").dropna(subset="O2")
    x, y = np.log10(both["O2"]), np.log10(both["He"])
    inner = x > -2
    slope, intercept = np.polyfit(x[inner], y[inner], 1)
    residual = y - intercept - slope * x
    assert len(both) > 60
    assert residual.abs().max() < 1
    assert both["polymer"].iloc[int(residual.abs().argmax())] == "polyacrylonitrile"


@pytest.mark.skipif(
    not os.environ.get("EDEX_DATA_DIR"),
    reason="EDEX_DATA_DIR is not set; it must name a folder with the files of yang-2022",
)
def test_no_value_is_far_from_the_median_of_another_collection(table):
    other = load_yang_2022().dropna(subset="He")
    medians = other.groupby([canonical(smiles) for smiles in other["smiles"]])["He"].median()
    ours = table.set_index(table["smiles"].map(canonical))
    both = ours.join(medians.rename("other"), how="inner")
    difference = np.log10(both["He"] / both["other"]).abs()
    assert f"{len(both)} of the polymers are there too" in card("helium")
    assert difference.max() < MOST_DECADES, both.loc[difference.idxmax(), "polymer"]
