import os

import numpy as np
import pytest

from edex.datasets import card, load_gas_permeability, load_screening_polymers, load_yang_2022
from edex.datasets.yang_2022 import _celsius
from edex.errors import DataError

GASES = ["He", "H2", "O2", "N2", "CO2", "CH4"]
needs_files = pytest.mark.skipif(
    not os.environ.get("EDEX_DATA_DIR"),
    reason="EDEX_DATA_DIR is not set; it must name a folder with the files of yang-2022",
)


@pytest.fixture(scope="module")
def table():
    return load_yang_2022()


@needs_files
def test_columns_are_as_documented_and_none_is_imputed(table):
    assert list(table.columns) == [
        "polymer", "polymer_id", "smiles", "details", "condition", "temperature", "reference",
        "year", *GASES,
    ]  # fmt: skip


@needs_files
def test_card_states_the_counts(table):
    text = card("yang-2022")
    counts = table[GASES].notna().sum().to_dict()
    assert counts == {"He": 311, "H2": 283, "O2": 618, "N2": 437, "CO2": 482, "CH4": 252}
    for gas, count in counts.items():
        assert f"| {gas} | {count} |" in text
    assert f"| all six | {table[GASES].notna().all(axis=1).sum()} |" in text
    smiles, references = table["smiles"].nunique(), table["reference"].nunique()
    assert f"{smiles} different SMILES, {references} references" in text
    known = table["temperature"].dropna()
    assert f"{len(known)} rows state a temperature" in text
    assert f"{(~known.between(15, 45)).sum()} of them below 15 or above 45" in text
    assert f"missing in {table['polymer_id'].isna().sum()} rows" in text
    assert (table[GASES] < 1e-4).sum().sum() == 10


@needs_files
def test_every_stated_condition_gives_a_temperature(table):
    assert (table["condition"].notna() == table["temperature"].notna()).all()
    assert table["temperature"].between(-20, 200)[table["temperature"].notna()].all()


@needs_files
def test_values_stay_as_published_also_the_impossible_one(table):
    assert table["N2"].max() == 1.7e8
    assert (table[GASES].fillna(1) > 0).all().all()


@needs_files
def test_screening_polymers_are_as_the_card_says(table):
    screening = load_screening_polymers()
    assert list(screening.columns) == ["smiles"]
    assert (len(screening), screening["smiles"].nunique()) == (1124, 939)
    points = screening["smiles"].str.count(r"\*")
    assert (points == 4).sum() == 1096
    assert screening["smiles"].isin(table["smiles"]).sum() == 5


@needs_files
def test_units_agree_with_the_embedded_table(table):
    chem = pytest.importorskip("rdkit.Chem")

    def medians(data):
        keys = [chem.CanonSmiles(smiles, useChiral=0) for smiles in data["smiles"]]
        return data.groupby(keys)[["H2", "O2", "N2", "CO2", "CH4"]].median()

    measured = medians(table).add_suffix("_measured")
    both = medians(load_gas_permeability()).join(measured, how="inner")
    assert len(both) == 156
    for gas in ("H2", "O2", "N2", "CO2", "CH4"):
        difference = np.log10(both[gas] / both[f"{gas}_measured"])
        assert abs(difference.median()) < 0.02


@needs_files
def test_changing_a_table_does_not_change_the_next_one(table):
    measurements, screening = load_yang_2022(), load_screening_polymers()
    measurements["O2"] = 0.0
    screening["smiles"] = "C"
    assert load_yang_2022().equals(table)
    assert "C" not in set(load_screening_polymers()["smiles"])


@pytest.mark.parametrize(
    ("condition", "celsius"),
    [
        ("25 [C] , ", 25),
        ("77 [F] , ", 25),
        ("298.15 [K] , ", 25),
        ("25 ... 30 [C] , ", 27.5),
        ("ca 30 [C] , ", 30),
        ("warm", np.nan),
        (np.nan, np.nan),
    ],
)
def test_conditions_are_read_in_degrees_celsius(condition, celsius):
    assert _celsius(condition) == pytest.approx(celsius, nan_ok=True)


@pytest.mark.parametrize("load", [load_yang_2022, load_screening_polymers])
def test_absent_files_say_how_to_get_them(cache, load):
    with pytest.raises(DataError, match=r"EDEX_DATA_DIR.*edex data fetch yang-2022"):
        load()
