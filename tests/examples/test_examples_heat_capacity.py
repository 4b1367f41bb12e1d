import numpy as np
import pytest
from scipy.integrate import quad

from edex.errors import InputError
from edex.examples import debye_heat_capacity, einstein_heat_capacity, load_heat_capacities

R = 8.314462618

pytest.importorskip("chemicals")


@pytest.fixture(scope="module")
def table():
    return load_heat_capacities()


def curve(table, formula):
    rows = table[table["formula"] == formula]
    return rows["temperature"].to_numpy(), rows["heat_capacity"].to_numpy()


@pytest.mark.parametrize("model", [debye_heat_capacity, einstein_heat_capacity])
@pytest.mark.parametrize("n_atoms", [1, 2, 5])
def test_a_hot_solid_has_3r_for_each_atom(model, n_atoms):
    assert model(1e5, 400.0, n_atoms=n_atoms) == pytest.approx(3 * n_atoms * R, rel=1e-4)


@pytest.mark.parametrize("model", [debye_heat_capacity, einstein_heat_capacity])
def test_at_zero_kelvin_nothing_is_left(model):
    assert model(0.0, 400.0) == 0.0
    assert model([0.0, 1e-300], 400.0).tolist() == [0.0, 0.0]


def test_a_cold_solid_of_debye_follows_the_cube_of_the_temperature():
    cold = debye_heat_capacity([1.0, 2.0, 5.0], 400.0)
    exact = 12 * np.pi**4 / 5 * R * (np.array([1.0, 2.0, 5.0]) / 400.0) ** 3
    np.testing.assert_allclose(cold, exact, rtol=1e-8)


@pytest.mark.parametrize("temperature", [20.0, 60.0, 150.0, 400.0, 2000.0])
def test_the_debye_integral_agrees_with_adaptive_quadrature(temperature):
    def integrand(x):
        return x**4 * np.exp(x) / np.expm1(x) ** 2

    integral = quad(integrand, 0, 400.0 / temperature, epsabs=0, epsrel=1e-11)[0]
    expected = 9 * R * (temperature / 400.0) ** 3 * integral
    assert debye_heat_capacity(temperature, 400.0) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("temperature", [30.0, 150.0, 700.0])
def test_the_einstein_heat_capacity_is_the_slope_of_its_energy(temperature):
    def energy(kelvin):
        return 3 * R * 300.0 / np.expm1(300.0 / kelvin)

    step = 1e-3
    slope = (energy(temperature + step) - energy(temperature - step)) / (2 * step)
    assert einstein_heat_capacity(temperature, 300.0) == pytest.approx(slope, rel=1e-6)


def test_arrays_keep_their_shape():
    assert debye_heat_capacity(np.full((2, 3), 100.0), 400.0).shape == (2, 3)
    assert debye_heat_capacity(100.0, 400.0).shape == ()


@pytest.mark.parametrize("model", [debye_heat_capacity, einstein_heat_capacity])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-20.0, 400.0), "0 K or above"),
        ((300.0, 0.0), "temperature is 0.0"),
        ((np.nan, 400.0), "temperature holds nan"),
    ],
)
def test_a_temperature_out_of_range_is_named(model, arguments, message):
    with pytest.raises(InputError, match=message):
        model(*arguments)


def test_a_fraction_of_an_atom_is_refused():
    with pytest.raises(InputError, match=r"n_atoms is 1\.5"):
        debye_heat_capacity(300.0, 400.0, n_atoms=1.5)


def test_the_table_holds_twelve_clean_solids(table):
    assert list(table.columns) == ["formula", "name", "temperature", "heat_capacity"]
    assert table["formula"].nunique() == table["name"].nunique() == 12
    assert not table.isna().to_numpy().any()
    for _, rows in table.groupby("formula"):
        assert (rows["temperature"].diff().dropna() > 0).all()
        assert len(rows) >= 10


def test_the_third_law_holds_and_it_is_the_only_zero(table):
    zero = table["temperature"] == 0
    assert zero.sum() == 12
    assert (table.loc[zero, "heat_capacity"] == 0).all()
    assert (table.loc[~zero, "heat_capacity"] > 0).all()


@pytest.mark.parametrize(
    ("formula", "n_atoms", "heat_capacity"),
    [  # specific heats near 298 K, J/(g K), of school tables, times the molar mass
        ("Al", 1, 0.897 * 26.98),
        ("Cu", 1, 0.385 * 63.55),
        ("Pb", 1, 0.129 * 207.2),
        ("W", 1, 0.132 * 183.84),
        ("NaCl", 2, 0.864 * 58.44),
        ("SiO2", 3, 0.742 * 60.08),
    ],
)
def test_room_temperature_values_are_those_of_a_school_table(
    table, formula, n_atoms, heat_capacity
):
    temperatures, values = curve(table, formula)
    measured = values[temperatures == 298.15].item()
    assert measured == pytest.approx(heat_capacity, rel=0.02)
    assert measured < 1.1 * 3 * n_atoms * R


def test_the_landmarks_of_the_docstring_are_there(table):
    temperatures, values = curve(table, "Ni")
    inner = (values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])
    assert temperatures[1:-1][inner].tolist() == [631.0]
    temperatures, values = curve(table, "SiO2")
    assert values[temperatures == 847].item() > values[temperatures == 900].item()
    temperatures, values = curve(table, "C")
    assert values[temperatures == 1000].item() < 0.9 * 3 * R


def test_debye_describes_aluminium_below_its_debye_temperature(table):
    """The Debye temperature of aluminium from elastic constants is 428 K."""
    temperatures, values = curve(table, "Al")
    cold = (temperatures >= 100) & (temperatures <= 300)
    debye = debye_heat_capacity(temperatures[cold], 428.0)
    np.testing.assert_allclose(values[cold], debye, rtol=0.13)


def test_every_call_gives_a_fresh_copy(table):
    again = load_heat_capacities()
    again["heat_capacity"] = 0.0
    assert load_heat_capacities().equals(table)
