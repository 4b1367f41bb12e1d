import re

import pytest

from edex.datasets import (
    card,
    dataset_names,
    get_spec,
    load_crc_melting,
    load_measured_pdfs,
    load_mp_structures,
)
from edex.datasets.crc import EXCLUSION_REASONS
from edex.errors import InputError


@pytest.mark.parametrize("name", dataset_names())
def test_every_data_set_has_a_card_with_origin_licence_units_and_faults(name):
    text = card(name)
    assert text.startswith(f"# Data card: {name}\n")
    for word in ("Where from", "Licence", "Cite", "| unit |", "## Known faults"):
        assert word in text
    assert get_spec(name).licence.split()[0].removesuffix(",") in text
    for file in get_spec(name).files:
        commit = re.search(r"/([0-9a-f]{40})/", file.url or "")
        if commit:
            assert commit[1] in text


def test_card_states_the_counts_that_the_loader_gives():
    text = card("crc-melting")
    table = load_crc_melting(include_excluded=True)
    usable = table[table["excluded"] == ""]
    for reason, count in table["excluded"].value_counts().items():
        if reason:
            assert re.search(rf"\| {reason}[^|]*\| {count:,} \|", text), reason
    assert f"| rows in the table | {len(table):,} |" in text
    assert f"| **usable** | **{len(usable):,}** |" in text
    assert f"{(usable['melting_temperature'] > 298.15).sum():,} (" in text
    assert f"{(usable['melting_temperature'] < 273.15).sum()} melt below 273.15 K" in text
    assert f"{(usable['n_same_composition'] > 1).sum()} rows share their composition" in text
    for source, count in usable["formula_source"].value_counts().items():
        assert str(count) in text, source


def test_card_speaks_of_every_reason_for_an_exclusion():
    text = card("crc-melting")
    absent_now = {"unexplained hydrogen"}  # a guard for later versions of the package
    for reason in EXCLUSION_REASONS.keys() - absent_now:
        assert f"| {reason}" in text


def test_card_of_an_unknown_data_set_suggests_a_known_one():
    with pytest.raises(InputError, match="Did you mean 'crc-melting'"):
        card("crc-meltin")


def test_card_of_the_computed_structures_states_the_counts_of_the_loader():
    text = card("mp-structures")
    table = load_mp_structures()
    assert f"{len(table):,} crystal structures" in text
    for number, count in table["space_group_number"].value_counts().items():
        assert re.search(rf"\| {number} \S+ \| {count} \|", text)
    for source, count in table["source"].value_counts().items():
        assert re.search(rf"\| `{source}` \|[^|]*\| {count:,} \|", text)
    elements = {element for species in table["species"] for element in species}
    assert f"{len(elements)} elements" in text
    kinds = table["species"].map(lambda species: len(set(species)))
    assert (
        f"{(kinds == 1).sum()} structures are elements, {(kinds == 2).sum()} binary, "
        f"{(kinds == 3).sum()} ternary, {(kinds > 3).sum()} have four"
    ) in text
    repeated = table.duplicated(["formula", "space_group_number"], keep=False)
    assert f"{repeated.sum()} structures share formula and space group" in text


def test_card_of_the_measured_curves_has_a_row_for_each():
    text = card("measured-pdfs")
    for curve in load_measured_pdfs():
        answer = "yes" if curve.is_scored else "no"
        qmax = "not stated" if curve.qmax is None else f"{curve.qmax:g}"
        row = f"| {curve.name} | {curve.space_group_number} | {answer} | {qmax} |"
        assert row in text
