import numpy as np
import pytest

from edex.errors import InputError
from edex.examples import crystal_system, load_lattices

pytest.importorskip("spglib")


@pytest.fixture(scope="module")
def table():
    return load_lattices()


def cell_volume(table, suffix=""):
    a, b, c = (table[f"{name}{suffix}"] for name in "abc")
    cosines = [np.cos(np.radians(table[f"{name}{suffix}"])) for name in ("alpha", "beta", "gamma")]
    square = 1 - sum(x**2 for x in cosines) + 2 * cosines[0] * cosines[1] * cosines[2]
    return a * b * c * np.sqrt(square)


@pytest.mark.parametrize(
    ("number", "system"),
    [
        (1, "triclinic"), (2, "triclinic"), (3, "monoclinic"), (15, "monoclinic"),
        (16, "orthorhombic"), (74, "orthorhombic"), (75, "tetragonal"), (142, "tetragonal"),
        (143, "trigonal"), (167, "trigonal"), (168, "hexagonal"), (194, "hexagonal"),
        (195, "cubic"), (230, "cubic"),
    ],
)  # fmt: skip
def test_the_crystal_system_follows_from_the_number(number, system):
    assert crystal_system(number) == system


@pytest.mark.parametrize("number", [0, 231, -1])
def test_there_are_230_space_groups(number):
    with pytest.raises(InputError, match="230 space groups"):
        crystal_system(number)


def test_the_table_has_every_structure_and_no_gap(table):
    assert table.shape == (1924, 17)
    assert not table.isna().to_numpy().any()
    assert set(table["crystal_system"]) == {
        "triclinic", "monoclinic", "orthorhombic", "tetragonal", "hexagonal", "cubic",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("system", "equal", "right", "other"),
    [
        ("cubic", ["a", "b", "c"], ["alpha", "beta", "gamma"], {}),
        ("hexagonal", ["a", "b"], ["alpha", "beta"], {"gamma": 120.0}),
        ("tetragonal", ["a", "b"], ["alpha", "beta", "gamma"], {}),
        ("orthorhombic", [], ["alpha", "beta", "gamma"], {}),
        ("monoclinic", [], ["alpha", "gamma"], {}),
    ],
)
def test_the_conventional_cell_obeys_the_rules_of_its_system(table, system, equal, right, other):
    cells = table[table["crystal_system"] == system]
    assert len(cells) > 100
    for name in equal[1:]:
        np.testing.assert_allclose(cells[name], cells[equal[0]], rtol=1e-9)
    for name, angle in {**dict.fromkeys(right, 90.0), **other}.items():
        np.testing.assert_allclose(cells[name], angle, atol=1e-6)


def test_the_primitive_cell_holds_the_share_of_the_centring(table):
    """One lattice point in a P cell, two in C and I, four in F."""
    points = {2: 1, 14: 1, 15: 2, 62: 1, 139: 2, 194: 1, 225: 4, 227: 4}
    ratio = cell_volume(table) / cell_volume(table, "_p")
    np.testing.assert_allclose(ratio, table["space_group_number"].map(points), rtol=1e-5)


def test_the_primitive_cell_of_a_cubic_f_crystal_has_angles_of_60_degrees(table):
    cells = table[table["crystal_system"] == "cubic"]
    for name in ("alpha_p", "beta_p", "gamma_p"):
        np.testing.assert_allclose(cells[name], 60.0, atol=1e-5)
    np.testing.assert_allclose(cells["a_p"] * np.sqrt(2), cells["a"], rtol=1e-7)


def test_niggli_edges_are_in_order_and_angles_all_acute_or_none(table):
    edges = table[["a_p", "b_p", "c_p"]].to_numpy()
    assert (np.diff(edges, axis=1) > -1e-6).all()
    angles = table[["alpha_p", "beta_p", "gamma_p"]].to_numpy()
    acute, blunt = (angles < 90 + 1e-5).all(axis=1), (angles > 90 - 1e-5).all(axis=1)
    assert (acute | blunt).all()


def test_the_conventional_triclinic_cell_is_the_niggli_cell(table):
    cells = table[table["crystal_system"] == "triclinic"]
    for name in ("a", "b", "c", "alpha", "beta", "gamma"):
        np.testing.assert_allclose(cells[name], cells[f"{name}_p"], rtol=1e-5)


def test_the_volume_per_atom_is_that_of_the_cell(table):
    np.testing.assert_allclose(table["volume_per_atom"], cell_volume(table) / table["n_atoms"])
    assert table["volume_per_atom"].between(3, 130).all()


@pytest.mark.parametrize(
    ("formula", "number", "edge", "n_atoms"),
    [("NaCl", 225, 5.64, 8), ("MgO", 225, 4.21, 8), ("Si", 227, 5.43, 8)],
)
def test_well_known_crystals_have_their_edge_within_two_per_cent(
    table, formula, number, edge, n_atoms
):
    row = table[(table["formula"] == formula) & (table["space_group_number"] == number)].iloc[0]
    assert row["a"] == pytest.approx(edge, rel=0.02)
    assert row["n_atoms"] == n_atoms


def test_the_quick_way_for_cubes_agrees_with_spglib(table):
    from edex.datasets import load_mp_structures
    from edex.spacegroup.spglib_calls import symmetry_dataset

    crystals = load_mp_structures()
    cubes = np.flatnonzero(table["crystal_system"] == "cubic")
    for row in cubes[::7]:
        crystal = crystals.iloc[row]
        kinds = np.unique(crystal["species"], return_inverse=True)[1].tolist()
        found, _ = symmetry_dataset(crystal["lattice"], crystal["frac_coords"], kinds, 0.01)
        assert table["a"][row] == pytest.approx(found.std_lattice[0, 0], rel=1e-5)
        assert table["n_atoms"][row] == len(found.std_types)


def test_every_call_gives_a_fresh_copy(table):
    again = load_lattices()
    again["a"] = 0.0
    assert load_lattices().equals(table)
