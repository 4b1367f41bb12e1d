import gzip
import importlib.util
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from edex.datasets import load_mp_structures
from edex.datasets.formulas import atom_counts, reduced_counts

SCRIPT = Path(__file__).parents[2] / "tools" / "build_mp_structures.py"
CONTENT = (resources.files("edex.datasets") / "mp_structures.jsonl.gz").read_bytes()

# Measured lattice constants of cubic crystals at room temperature, in Å, and formula units in
# the conventional cell; any crystallography textbook.
CUBIC = {
    "NaCl": (225, 5.640, 4),
    "KBr": (225, 6.600, 4),
    "MgO": (225, 4.212, 4),
    "LiF": (225, 4.027, 4),
    "BaF2": (225, 6.200, 4),
    "CaF2": (225, 5.463, 4),
    "Al": (225, 4.050, 4),
    "Cu": (225, 3.615, 4),
    "Si": (227, 5.431, 8),
    "MgAl2O4": (227, 8.083, 8),
    "MgCu2": (227, 7.034, 8),
}


@pytest.fixture(autouse=True)
def quiet_spglib(monkeypatch):
    """spglib 2.7 and 2.8 warn at every call unless they are told to raise."""
    monkeypatch.setenv("SPGLIB_OLD_ERROR_HANDLING", "0")


@pytest.fixture(scope="module")
def table():
    return load_mp_structures()


@pytest.fixture(scope="module")
def tool():
    pytest.importorskip("gemmi")
    pytest.importorskip("spglib")
    spec = importlib.util.spec_from_file_location("build_mp_structures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def found_space_group(entry, symprec=0.01):
    import spglib

    types = [sorted(set(entry.species)).index(element) for element in entry.species]
    cell = (entry.lattice, entry.frac_coords, types)
    return spglib.get_symmetry_dataset(cell, symprec=symprec).number


def test_columns_are_as_documented(table):
    assert list(table.columns) == [
        "material_id", "formula", "space_group_number", "lattice", "species", "frac_coords",
        "source",
    ]  # fmt: skip


def test_there_are_1924_structures_in_eight_groups(table):
    counts = table["space_group_number"].value_counts(sort=False).to_dict()
    assert counts == {2: 130, 14: 179, 15: 135, 62: 321, 139: 306, 194: 353, 225: 373, 227: 127}
    assert len(table) == 1924


def test_every_id_is_there_once_in_the_order_of_group_and_number(table):
    assert table["material_id"].is_unique
    keys = [
        (row.space_group_number, int(row.material_id.removeprefix("mp-")))
        for row in table.itertuples()
    ]
    assert keys == sorted(keys)


def test_arrays_have_one_row_an_atom_and_finite_numbers(table):
    for row in table.itertuples():
        assert row.lattice.shape == (3, 3)
        assert row.frac_coords.shape == (len(row.species), 3)
        assert abs(np.linalg.det(row.lattice)) > 5 * len(row.species)
        assert ((row.frac_coords >= 0) & (row.frac_coords < 1)).all()


def test_formulas_are_reduced_and_count_the_atoms(table):
    for row in table.itertuples():
        counts = atom_counts(row.formula)
        assert reduced_counts(row.formula) == counts
        n_units = len(row.species) / sum(counts.values())
        assert {e: row.species.count(e) for e in set(row.species)} == {
            element: n_units * number for element, number in counts.items()
        }


@pytest.mark.parametrize("formula", CUBIC)
def test_lattice_constants_are_those_of_the_textbook_within_three_percent(table, formula):
    number, constant, n_units = CUBIC[formula]
    rows = table[(table["formula"] == formula) & (table["space_group_number"] == number)]
    assert len(rows)
    found = []
    for row in rows.itertuples():
        units = len(row.species) / sum(atom_counts(formula).values())
        found.append((n_units * abs(np.linalg.det(row.lattice)) / units) ** (1 / 3))
    assert min(abs(value / constant - 1) for value in found) < 0.03


def test_no_two_atoms_are_closer_than_a_bond(table):
    # The shortest bond there is, in the molecule H2, has 0.74 Å.
    shifts = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3), axis=-1).reshape(-1, 3)
    for row in table.itertuples():
        if len(row.species) > 60:
            continue  # checked when the file is built
        differences = row.frac_coords[:, None, None] - row.frac_coords[None, :, None] + shifts
        distances = np.linalg.norm(differences @ row.lattice, axis=-1)
        assert distances[distances > 1e-9].min() > 0.7, row.material_id
        assert (distances < 1e-9).sum() == len(row.species), row.material_id


def test_a_sample_of_the_labels_is_what_spglib_finds(table):
    pytest.importorskip("spglib")
    for row in table.iloc[::12].itertuples():
        assert found_space_group(row) == row.space_group_number, row.material_id


@pytest.mark.slow
def test_all_labels_are_what_spglib_finds(table):
    pytest.importorskip("spglib")
    wrong = [
        row.material_id
        for row in table.itertuples()
        if found_space_group(row) != row.space_group_number
    ]
    assert wrong == []


def test_changing_the_table_does_not_change_the_next_one():
    first = load_mp_structures()
    first["formula"] = "X"
    first["lattice"].iloc[0][:] = 0
    first["frac_coords"].iloc[0][:] = 0
    second = load_mp_structures()
    assert "X" not in set(second["formula"])
    assert abs(np.linalg.det(second["lattice"].iloc[0])) > 1
    assert second["frac_coords"].iloc[0].any()


def test_the_file_is_small_and_readable_line_by_line():
    assert len(CONTENT) < 300_000
    lines = gzip.decompress(CONTENT).decode("utf-8").splitlines()
    assert len(lines) == 1924
    assert json.loads(lines[-1])["space_group_number"] == 227


def test_the_packed_bytes_hold_no_time_and_no_name(tool):
    assert CONTENT[3] == 0  # no name, no comment
    assert CONTENT[4:8] == bytes(4)  # no time
    assert gzip.decompress(tool.compressed("text\n")) == b"text\n"
    assert tool.compressed("text\n") == tool.compressed("text\n")


def test_a_poscar_is_read_and_another_form_of_it_refused(tool):
    text = "Na1 Cl1\n2.0\n0 1 1\n1 0 1\n1 1 0\nNa Cl\n1 1\ndirect\n0 0 0 Na\n0.5 0.5 0.5 Cl"
    lattice, species, coordinates = tool.parse_poscar(text)
    assert lattice.tolist() == [[0, 2, 2], [2, 0, 2], [2, 2, 0]]
    assert species == ["Na", "Cl"]
    assert coordinates.tolist() == [[0, 0, 0], [0.5, 0.5, 0.5]]
    with pytest.raises(ValueError, match="another form"):
        tool.parse_poscar(text.replace("direct", "cartesian"))


def test_a_structure_as_a_dictionary_is_read_and_a_mixed_site_refused(tool):
    site = "{'species': [{'occu': %s, 'element': 'Na'}], 'abc': [0.5, 0, 0]}"
    text = "{'lattice': {'matrix': [[1, 0, 0], [0, 2, 0], [0, 0, 3]]}, 'sites': [%s]}"
    lattice, species, coordinates = tool.parse_dictionary(text % (site % 1))
    assert np.array_equal(lattice, np.diag([1, 2, 3]))
    assert (species, coordinates.tolist()) == (["Na"], [[0.5, 0, 0]])
    with pytest.raises(ValueError, match="not full"):
        tool.parse_dictionary(text % (site % 0.5))


@pytest.mark.parametrize(
    ("gap", "problem"), [(0.95, ""), (0.6, "Na and Cl are 0.60 Å apart"), (0.0, "0.00 Å")]
)
def test_clashing_atoms_are_a_fault_also_across_the_edge_of_a_skewed_cell(tool, gap, problem):
    lattice = np.array([[4.0, 0, 0], [39.0, 4.0, 0], [0, 0, 4.0]])
    # The second atom lies `gap` sums of covalent radii (2.68 Å) from an image of the first.
    position = np.array([10.0, 4.0, 4.0]) - [0, 0, gap if gap < 0.9 else gap * 2.68]
    position[0] = 2 * 4.0 + 39.0
    coordinates = np.stack([np.zeros(3), position @ np.linalg.inv(lattice)])
    entry = tool.Entry("mp-0", "toy", lattice, ["Na", "Cl"], coordinates, None)
    found = tool.fault(entry)
    assert problem in found
    assert bool(found) == bool(problem)


def test_rounding_wraps_coordinates_into_the_cell(tool):
    coordinates = np.array([[0.99999999, -0.25, 1 / 3]])
    entry = tool.Entry("mp-0", "toy", -0.0 * np.eye(3), ["Na"], coordinates, None)
    short = tool.rounded(entry)
    assert short.coordinates.tolist() == [[0, 0.75, 0.333333]]
    assert not np.signbit(short.lattice).any()


@pytest.mark.slow
def test_the_script_gives_the_same_file_again():
    pytest.importorskip("gemmi")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    if "CalledProcessError" in done.stderr:
        pytest.skip(f"pip cannot download the archive: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert "1924 structures kept" in done.stdout
