"""The table of elements."""

import importlib.util
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from edex.errors import InputError
from edex.melting.elements import UNITS, element_properties, element_table

TOOL = Path(__file__).parents[2] / "tools" / "build_element_table.py"


def test_the_table_has_96_elements_in_order_and_a_unit_for_every_column():
    table = element_table()
    assert list(table["atomic_number"]) == list(range(1, 97))
    assert list(table.columns) == list(UNITS)


def test_the_filled_table_has_no_gap_and_the_stored_one_has():
    assert np.isfinite(element_table().to_numpy()).all()
    assert np.isnan(element_table(fill=False).to_numpy()).any()


def test_filling_leaves_known_values_alone():
    stored, filled = element_table(fill=False), element_table()
    known = stored.notna().to_numpy()
    np.testing.assert_array_equal(stored.to_numpy()[known], filled.to_numpy()[known])


@pytest.mark.parametrize(
    ("symbol", "name", "like"),
    [
        ("Pm", "electronegativity", "Nd"),
        ("Am", "electronegativity", "Pu"),
        ("O", "molar_volume", "S"),
        ("F", "molar_volume", "Br"),
        ("H", "molar_volume", "Li"),
        ("Fr", "boiling_point", "Cs"),
        ("Kr", "molar_volume", "Br"),  # no noble gas has one: the nearest of all, the lighter
    ],
)
def test_a_gap_takes_the_value_of_the_nearest_element_of_its_group(symbol, name, like):
    assert np.isnan(element_properties(symbol, fill=False)[name])
    assert element_properties(symbol)[name] == element_properties(like)[name]


@pytest.mark.parametrize(
    ("symbol", "name"),
    [("Mg", "electron_affinity"), ("Ar", "atomization_enthalpy"), ("He", "max_oxidation_state")],
)
def test_what_nature_lacks_is_zero(symbol, name):
    assert element_properties(symbol)[name] == 0.0


@pytest.mark.parametrize(
    ("symbol", "name", "value", "tolerance"),
    [
        # From textbooks, not from the table: CODATA and IUPAC values.
        ("W", "melting_point", 3695.0, 15.0),
        ("Na", "ionization_energy", 5.139, 0.001),
        ("F", "electronegativity", 3.98, 0.001),
        ("Fe", "atomic_weight", 55.845, 0.001),
        ("C", "atomization_enthalpy", 716.7, 0.5),
        ("Cl", "electron_affinity", 3.613, 0.001),
        ("Cu", "molar_volume", 7.11, 0.05),
    ],
)
def test_values_agree_with_textbooks(symbol, name, value, tolerance):
    assert element_properties(symbol)[name] == pytest.approx(value, abs=tolerance)


def test_a_caller_cannot_spoil_the_table():
    table = element_table()
    table.loc["Na", "electronegativity"] = 99.0
    assert element_properties("Na")["electronegativity"] == 0.93


def test_an_element_beyond_the_table_is_refused():
    with pytest.raises(InputError, match="runs from H"):
        element_properties("Og")


def test_the_embedded_file_is_what_the_tool_makes():
    pytest.importorskip("mendeleev", reason="a dev dependency, needed to rebuild the table only")
    spec = importlib.util.spec_from_file_location("build_element_table", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    embedded = files("edex.melting").joinpath("elements.csv").read_text(encoding="utf-8")
    made = tool.table_text(tool.build_table())
    # The first line names the version of mendeleev, which may be newer here.
    assert embedded.splitlines()[1:] == made.splitlines()[1:]
