"""The verbs of ``edex data`` for each way in which a data set can come."""

import json

import pytest
from click.testing import CliRunner

from edex.cli import cli


@pytest.fixture
def call(cache):
    """Call ``edex data`` with an empty cache and no data folder."""
    return lambda *words: CliRunner().invoke(cli, ["data", *words])


def test_embedded_data_sets_are_here_and_the_minerals_are_not(call):
    rows = {row["name"]: row for row in json.loads(call("list", "--json").stdout)}
    assert rows["mp-structures"]["state"] == rows["measured-pdfs"]["state"] == "here"
    assert rows["amcsd"]["state"] == "not here"
    assert rows["mp-structures"]["licence"] == "CC BY 4.0"
    assert rows["measured-pdfs"]["licence"] == "BSD-3-Clause"
    assert "no licence text" in rows["amcsd"]["licence"]


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("mp-structures", "edex"),
        ("measured-pdfs", "edex"),
        ("gas-permeability", "edex"),
        ("helium", "edex"),
        ("crc-melting", "the package chemicals"),
    ],
)
def test_what_comes_with_something_is_neither_fetched_nor_verified(call, name, origin):
    verified = call("verify", name)
    assert verified.exit_code == 0
    assert verified.stdout == f"ok       {name}  comes with {origin}, no file to verify\n"
    fetched = call("fetch", name)
    assert fetched.exit_code == 0
    assert fetched.stdout == f"{name} comes with {origin}: nothing to fetch\n"


def test_an_absent_file_in_a_package_is_missing_and_no_failure(call):
    result = call("verify", "amcsd")
    assert result.exit_code == 0
    assert result.stdout == "missing  amcsd  amcsd_cif1.db\n"


def test_a_damaged_file_in_a_package_is_a_failure(call, cache):
    (cache / "amcsd").mkdir(parents=True)
    (cache / "amcsd" / "amcsd_cif1.db").write_bytes(b"damaged")
    result = call("verify")
    assert result.exit_code == 1
    assert "damaged  amcsd  amcsd_cif1.db" in result.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("amcsd", ["Downs", "xraylarch", "no licence text", "edex data fetch amcsd", "hydrogen"]),
        ("mp-structures", ["10.1063/1.4812323", "matminer", "CC BY 4.0", "biased"]),
        ("gas-permeability", ["torch-molecule", "MIT", "barrer", "written in two ways"]),
        ("helium", ["barrer", "Robeson", "Second hand"]),
        ("yang-2022", ["eabn9545", "edex data fetch yang-2022", "imputed", "factor of 100"]),
        ("measured-pdfs", ["Billinge", "BSD-3-Clause", "doped", "126 Å"]),
    ],
)
def test_the_card_says_where_it_is_from_and_what_is_wrong_with_it(call, name, words):
    text = call("card", name).stdout
    for word in words:
        assert word in text
