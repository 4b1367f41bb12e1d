"""Twins: pairs of polymers that differ in one group."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edex.errors import InputError
from edex.membranes import embedded_polymers, find_twins

VINYLS = {"*CC(*)C": 0.1, "*CC(*)C#N": -3.6, "*CC(*)Cl": -1.3, "*C*": 0.5, "*CC(*)(C)C": 0.4}
UNITS, VALUES = list(VINYLS), list(VINYLS.values())


@pytest.mark.parametrize(
    ("group", "replacement", "with_group", "without", "difference"),
    [
        ("C#N", "C", "*CC(*)C#N", "*CC(*)C", -3.7),
        ("[Cl]", "C", "*CC(*)Cl", "*CC(*)C", -1.4),
        ("[Cl]", "C#N", "*CC(*)Cl", "*CC(*)C#N", 2.3),
        ("[Cl]", "[H]", "*CC(*)Cl", "*C*", -1.8),
    ],
)
def test_a_group_is_exchanged(group, replacement, with_group, without, difference):
    twins = find_twins(UNITS, VALUES, group, replacement)
    assert twins[["with_group", "without"]].to_numpy().tolist() == [[with_group, without]]
    assert twins["difference"].iloc[0] == pytest.approx(difference)


def test_a_group_is_exchanged_in_all_its_places_at_once():
    units = ["*CC(*)(C(F)(F)F)C(F)(F)F", "*CC(*)(C)C(F)(F)F", "*CC(*)(C)C"]
    twins = find_twins(units, [3.0, 2.0, 1.0], "C(F)(F)F", "C")
    assert twins["difference"].tolist() == [2.0, 1.0]
    assert set(twins["without"]) == {"*CC(*)(C)C"}


def test_how_a_polymer_was_written_does_not_matter():
    twins = find_twins(["*C(C#N)CC(C#N)C*", "CC(*)C*"], [1.0, 3.0], "C#N", "C")
    assert twins["difference"].tolist() == [-2.0]


def test_a_pair_without_a_measurement_is_left_out():
    assert find_twins(UNITS, [np.nan, *VALUES[1:]], "C#N", "C").empty


@pytest.mark.parametrize(("group", "replacement"), [("[Br]", "C"), ("C#N", "CCCC"), ("C", "N")])
def test_without_twins_the_table_is_empty_and_has_its_columns(group, replacement):
    twins = find_twins(UNITS, VALUES, group, replacement)
    assert twins.empty
    assert "difference" in twins.columns


@given(shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
def test_differences_do_not_depend_on_the_zero_and_scale_with_the_unit(shift, scale):
    values = np.array(VALUES)
    plain = find_twins(UNITS, values, "[Cl]", "C")["difference"].to_numpy()
    moved = find_twins(UNITS, scale * values + shift, "[Cl]", "C")["difference"].to_numpy()
    np.testing.assert_allclose(moved, scale * plain, atol=1e-9)


def test_there_and_back_gives_the_opposite():
    there = find_twins(UNITS, VALUES, "[Cl]", "C#N")
    back = find_twins(UNITS, VALUES, "C#N", "Cl")
    assert there["difference"].tolist() == [-value for value in back["difference"]]


@pytest.mark.parametrize(
    ("units", "values", "group", "replacement", "said"),
    [
        (["*CC*"], [1.0], "not a pattern", "C", "cannot be read by RDKit"),
        (["*CC*"], [1.0], "C", "not a group", "cannot be read by RDKit"),
        (["*CC*"], [1.0], "C", "", "cannot be read by RDKit"),
        (["*CC*"], [1.0, 2.0], "C", "N", "one value"),
        (["*CC*", "*CCCC*"], [1.0, 2.0], "C", "N", "must come once"),
        (["CC"], [1.0], "C", "N", "repeat unit"),
    ],
)
def test_what_cannot_be_done_is_said(units, values, group, replacement, said):
    with pytest.raises(InputError, match=said):
        find_twins(units, values, group, replacement)


@pytest.mark.slow
def test_trifluoromethyl_for_methyl_raises_the_permeability_of_measured_twins():
    table = embedded_polymers().table.dropna(subset="O2")
    twins = find_twins(table["smiles"].tolist(), np.log10(table["O2"]), "[CX4](F)(F)F", "C")
    assert len(twins) >= 20
    assert twins["difference"].mean() > 5 * twins["difference"].sem()
    assert (twins["difference"] > 0).mean() > 0.8
