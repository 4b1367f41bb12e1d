"""Scattering weights: against tables of other people, and what happens to wrong symbols."""

import sys

import numpy as np
import periodictable
import pytest

from edex.errors import InputError, MissingExtraError
from edex.spacegroup.scattering import RADIATIONS, scattering_weights, weight_table

# Bound coherent scattering lengths in fm: V. F. Sears, Neutron News 3(3), 26 (1992).
SEARS = {
    "H": -3.7390, "D": 6.671, "Li": -1.90, "C": 6.6460, "N": 9.36, "O": 5.803, "F": 5.654,
    "Na": 3.63, "Mg": 5.375, "Al": 3.449, "Si": 4.1491, "Cl": 9.5770, "Ca": 4.70, "Ti": -3.438,
    "Mn": -3.73, "Fe": 9.45, "Ni": 10.3, "Cu": 7.718, "Sr": 7.02, "Zr": 7.16, "Ba": 5.07,
    "Pb": 9.405, "U": 8.417,
}  # fmt: skip


def test_x_ray_weights_are_the_atomic_numbers_of_all_118_elements():
    elements = [element for element in periodictable.elements if element.number > 0]
    found = scattering_weights([element.symbol for element in elements])
    np.testing.assert_array_equal(found, [element.number for element in elements])
    assert len(elements) == 118


@pytest.mark.parametrize("symbol", SEARS)
def test_neutron_scattering_lengths_agree_with_sears(symbol):
    # A few were measured again since: within 3 % and 0.1 fm.
    found = scattering_weights([symbol], "neutron")[0]
    assert found == pytest.approx(SEARS[symbol], rel=0.03, abs=0.1)


def test_deuterium_is_hydrogen_for_x_rays_and_another_nucleus_for_neutrons():
    assert np.ptp(scattering_weights(["H", "D"])) == 0
    light, heavy = scattering_weights(["H", "D"], "neutron")
    assert light < 0 < heavy


def test_every_weight_is_a_finite_number():
    for radiation in RADIATIONS:
        weights = np.array(list(weight_table(radiation).values()))
        assert np.isfinite(weights).all()
        assert len(weights) > 90


@pytest.mark.parametrize(
    ("symbol", "hint"),
    [("Na1+", "'Na1+'"), ("NA", "Did you mean 'Na'"), ("cl", "'Cl'"), ("", "''")],
)
def test_what_is_no_element_is_named(symbol, hint):
    with pytest.raises(InputError, match="is not an element") as error:
        scattering_weights(["O", symbol])
    assert hint in str(error.value)


def test_an_element_without_a_measured_length_is_named():
    with pytest.raises(InputError, match="Po has no measured neutron scattering length"):
        scattering_weights(["O", "Po"], "neutron")


def test_an_unknown_radiation_is_refused():
    with pytest.raises(InputError, match=r"'electron'.*'xray' or 'neutron'"):
        scattering_weights(["O"], "electron")


def test_neutrons_without_periodictable_name_the_extra(monkeypatch):
    weight_table.cache_clear()
    monkeypatch.setitem(sys.modules, "periodictable", None)
    with pytest.raises(MissingExtraError, match=r"edex\[spacegroup\]"):
        scattering_weights(["O"], "neutron")
    assert scattering_weights(["O"])[0] == 8
