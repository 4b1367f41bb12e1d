"""One row per polymer, slips found and reported, nothing lost."""

import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook_polymers import CHAINS

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.merging import merge_polymers
from edex.membranes.slips import find_slips

GASES = ["H2", "O2", "N2", "CO2", "CH4"]


def tight_table(n=120, seed=0, noise=0.1):
    """Permeabilities on a line, with the scatter of real tables."""
    rng = np.random.default_rng(seed)
    fast = rng.normal(1.0, 1.2, n)
    offsets = {"H2": 0.6, "O2": 0.0, "N2": -0.7, "CO2": 0.7, "CH4": -0.6}
    return pd.DataFrame(
        {gas: 10 ** (fast + offset + rng.normal(0, noise, n)) for gas, offset in offsets.items()}
    )


def test_a_clean_table_has_no_slips():
    assert len(find_slips(tight_table())) == 0


@pytest.mark.parametrize("gas", GASES)
@pytest.mark.parametrize(("factor", "kind"), [(100, "factor 100"), (1e-3, "factor 1000")])
def test_a_planted_slip_is_found_and_its_neighbours_are_not_blamed(gas, factor, kind):
    table = tight_table()
    table.loc[17, gas] *= factor
    slips = find_slips(table)
    assert slips[["row", "gas", "kind", "evidence"]].to_numpy().tolist() == [
        [17, gas, kind, "other gases"]
    ]
    assert slips["decades"].iloc[0] == pytest.approx(np.log10(factor), abs=0.5)
    assert slips["value"].iloc[0] == pytest.approx(table.loc[17, gas])
    assert slips["value"].iloc[0] / slips["expected"].iloc[0] == pytest.approx(
        10 ** slips["decades"].iloc[0]
    )


def test_the_rule_finds_what_was_planted_and_little_else():
    table, rng = tight_table(300, seed=3), np.random.default_rng(4)
    table = table.mask(rng.random(table.shape) < 0.25)
    planted = set()
    for row in rng.choice(300, 25, replace=False):
        known = [gas for gas in GASES if np.isfinite(table.loc[row, gas])]
        if len(known) >= 3:
            gas = rng.choice(known)
            table.loc[row, gas] *= rng.choice([1e-3, 1e-2, 1e2, 1e3])
            planted.add((row, gas))
    found = set(find_slips(table)[["row", "gas"]].itertuples(index=False, name=None))
    assert found == planted


def test_two_slips_in_one_row_are_both_found_and_the_right_values_left_alone():
    table = tight_table()
    table.loc[9, "CH4"] *= 1000
    table.loc[9, "H2"] *= 100
    slips = find_slips(table)
    assert slips[["row", "gas", "kind"]].to_numpy().tolist() == [
        [9, "CH4", "factor 1000"],
        [9, "H2", "factor 100"],
    ]


def test_with_two_gases_both_are_reported_because_either_may_be_wrong():
    table = tight_table()[["O2", "N2"]]
    table.loc[5, "O2"] *= 1000
    slips = find_slips(table)
    assert sorted(slips["gas"]) == ["N2", "O2"]
    assert set(slips["row"]) == {5}


def test_a_row_that_is_wrong_as_a_whole_is_found_by_its_twins():
    table = pd.concat([tight_table(40)] * 4, ignore_index=True)
    polymers = np.tile(np.arange(40), 4)
    table.loc[45] *= 100
    assert len(find_slips(table)) == 0
    slips = find_slips(table, polymers=polymers)
    assert set(slips["row"]) == {45}
    assert sorted(slips["gas"]) == sorted(GASES)
    assert set(slips["evidence"]) == {"same polymer"}
    assert set(slips["kind"]) == {"factor 100"}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["*CCO*", "*COC*", "*OCCOCC*", "*CC*", "*C*", "C=C", "*CC(*)C"]),
                min_size=1, max_size=12), st.randoms())  # fmt: skip
def test_merging_keeps_every_value_and_every_row(texts, rng):
    values = [rng.choice([np.nan, 0.5, 1.0, 3.0, 40.0]) for _ in texts]
    table = pd.DataFrame(
        {"smiles": texts, "O2": values}, index=[f"id{i}" for i in range(len(texts))]
    )
    if all(text == "C=C" for text in texts):
        with pytest.raises(InputError, match=r"None of the .* rows"):
            merge_polymers(table)
        return
    merged = merge_polymers(table)
    assert len(merged.unreadable) == texts.count("C=C")
    readable = [text != "C=C" for text in texts]
    assert merged.table["O2_n"].sum() == np.isfinite(values)[readable].sum()
    assert merged.table["n_rows"].sum() == sum(readable)
    assert merged.table["smiles"].is_unique
    assert list(merged.rows.index) == list(table.index)
    for text, (polymer, name) in zip(texts, merged.rows.itertuples(index=False), strict=True):
        if text == "C=C":
            assert (polymer, name) == (-1, "")
        else:
            assert merged.table["smiles"][polymer] == name == canonical_repeat_unit(text)


def test_the_median_is_that_of_the_logarithms_and_the_spread_is_kept():
    table = pd.DataFrame({"smiles": ["*CCO*", "*OCC*", "*COC*", "*CC*"], "O2": [1, 10, 1e4, 2.0],
                          "N2": [1, np.nan, 3, np.nan]})  # fmt: skip
    merged = merge_polymers(table).table
    assert merged["O2"].tolist() == pytest.approx([10, 2])
    assert merged["O2_spread"].tolist() == pytest.approx([4, 0])
    assert merged["O2_n"].tolist() == [3, 1]
    assert merged["N2"][0] == pytest.approx(np.sqrt(3))
    assert np.isnan(merged["N2"][1])
    assert merged["N2_n"].tolist() == [2, 0]


def slipped_table():
    table = tight_table(len(CHAINS)).assign(smiles=CHAINS)
    table = table.drop_duplicates("smiles")
    table.loc[3, "CO2"] *= 1000
    return table


def test_slips_are_reported_and_masked_only_if_asked():
    table = slipped_table()
    kept, masked = merge_polymers(table), merge_polymers(table, mask_slips=True)
    for merged in (kept, masked):
        assert merged.slips[["row", "gas"]].to_numpy().tolist() == [[3, "CO2"]]
        assert merged.slips["smiles"][0] == canonical_repeat_unit(CHAINS[3])
    row = kept.rows["polymer"].iloc[3]
    assert kept.table["CO2"][row] == pytest.approx(table.loc[3, "CO2"])
    assert np.isnan(masked.table["CO2"][row])
    assert masked.table["CO2_n"][row] == 0
    assert "1 suspected slips (1 masked)" in str(masked)


def test_values_that_are_no_permeability_are_listed():
    table = pd.DataFrame({"smiles": ["*CC*", "*CCO*"], "O2": [0.0, 1.0], "N2": [-1.0, np.inf]})
    merged = merge_polymers(table)
    assert merged.refused[["row", "gas"]].to_numpy().tolist() == [[0, "O2"], [0, "N2"], [1, "N2"]]
    assert merged.table["O2_n"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ({"SMILES": ["*CC*"], "O2": [1.0]}, {}, 'Perhaps smiles="SMILES"'),
        ({"smiles": ["*CC*"], "oxygen": [1.0]}, {}, "none of the gases"),
        ({"smiles": ["*CC*"], "O2": ["1 barrer"]}, {}, "holds texts"),
        ({"smiles": ["*CC*"], "O2": [1.0]}, {"gases": ["Ar"]}, "no column 'Ar'"),
        ({"smiles": ["C=C"], "O2": [1.0]}, {}, "None of the 1 rows.*no attachment point"),
        ({"smiles": [], "O2": []}, {}, "table is empty"),
    ],
)
def test_tables_that_cannot_be_merged_are_refused(table, options, words):
    with pytest.raises(InputError, match=words):
        merge_polymers(pd.DataFrame(table), **options)
    with pytest.raises(InputError, match="two or more are needed"):
        find_slips(pd.DataFrame({"O2": [1.0]}))


@pytest.fixture(scope="module")
def published():
    """The public table of 786 rows, where the data folder of this machine has it."""
    folder = os.environ.get("EDEX_DATA_DIR", "")
    found = sorted(Path(folder).rglob("polymer_gas_permeability.csv.gz")) if folder else []
    if not found:
        pytest.skip("EDEX_DATA_DIR does not hold polymer_gas_permeability.csv.gz")
    with gzip.open(found[0], "rt") as stream:
        return pd.read_csv(stream)


def test_the_published_table_holds_hidden_duplicates_and_slips(published):
    merged = merge_polymers(published, smiles="SMILES")
    assert len(merged.unreadable) == 10
    assert len(merged.table) == 758
    assert (merged.table["n_rows"] > 1).sum() == 18
    # Poly(ethylene terephthalate) holds methane back: 3 barrer is off by a factor of a thousand.
    worst = merged.slips.iloc[0]
    assert (worst["gas"], worst["value"], worst["kind"]) == ("CH4", 3.0, "factor 1000")
    assert worst["smiles"] == canonical_repeat_unit("*OCCOC(=O)c1ccc(cc1)C(*)=O")
    assert 5 <= len(merged.slips) <= 12
