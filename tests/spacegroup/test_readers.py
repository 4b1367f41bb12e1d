"""Readers: every way of writing a crystal gives the same crystal; every fault has its message."""

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from textbook_crystals import TEXTBOOK, textbook_cif, textbook_crystal

from edex.errors import DataError, EdexError, InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.expansion import AsymmetricAtom, fill_cell
from edex.spacegroup.prototypes import space_group_and_prototype
from edex.spacegroup.readers import (
    is_structure_file,
    read_cif,
    read_poscar,
    read_structure,
    read_with_notes,
)
from edex.spacegroup.reading import element_symbol
from edex.spacegroup.symmetry import find_space_group

DATA = Path(__file__).parents[1] / "data" / "structures"
# file: number in the file, number of the atoms, atoms in the cell, formula
CONTENTS = {
    "CONTCAR": (None, 225, 2, "NaCl"),
    "POSCAR_rutile": (None, 136, 6, "TiO2"),
    "baddeleyite-two-blocks.cif": (14, 14, 12, "ZrO2"),
    "calcium-deuteride.cif": (62, 62, 12, "CaH2"),
    "corundum.cif": (167, 167, 30, "Al2O3"),
    "diopside.cif": (15, 15, 40, "CaMgSi2O6"),
    "fluorite-cif2.cif": (225, 225, 12, "CaF2"),
    "kyanite.cif": (2, 2, 32, "Al2SiO5"),
    "old-format.poscar": (None, 221, 2, "CsCl"),
    "olivine.cif": (62, 62, 36, None),
    "rock-salt.cif": (225, 225, 8, "NaCl"),
    "silicon.vasp": (None, 227, 2, "Si"),
    "spinel-disordered.cif": (227, 227, 80, "MgAl2O4"),
    "wurtzite-p1.cif": (None, 186, 4, "ZnS"),
}


def distances(crystal, up_to=4.5):
    """All distances from each atom, sorted, with the elements: equal for equal crystals."""
    steps = np.array(list(np.ndindex(5, 5, 5))) - 2
    gaps = crystal.frac_coords[:, None] - crystal.frac_coords
    gaps = (gaps - np.floor(gaps))[:, :, None] + steps
    lengths = np.linalg.norm(gaps @ crystal.lattice, axis=-1)
    found = [
        (a, b, round(float(d), 3))
        for i, a in enumerate(crystal.species)
        for j, b in enumerate(crystal.species)
        for d in lengths[i, j]
        if d < up_to
    ]
    return sorted(found)


def test_every_file_of_the_corpus_is_expected():
    assert sorted(CONTENTS) == sorted(path.name for path in DATA.iterdir())


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_gives_its_crystal(name):
    stated, found, n_atoms, formula = CONTENTS[name]
    crystal = read_structure(DATA / name)
    assert crystal.space_group_number == stated
    assert find_space_group(crystal) == found
    assert len(crystal) == n_atoms
    assert formula in (None, crystal.formula)
    assert crystal.source_id == name


@pytest.mark.parametrize("name", TEXTBOOK)
def test_a_cif_is_filled_as_gemmi_fills_it(name):
    crystal, other = read_cif(textbook_cif(name)), textbook_crystal(name)
    assert crystal.space_group_number == TEXTBOOK[name][0]
    assert len(crystal) == len(other)
    ours, theirs = distances(crystal), distances(other)
    assert len(ours) == len(theirs)
    assert np.allclose(
        sorted(entry[2] for entry in ours), sorted(entry[2] for entry in theirs), atol=2e-3
    )


def test_rounded_coordinates_are_put_on_special_positions():
    text = textbook_cif("magnesium").replace("0.33333 0.66667", "0.333 0.667")
    crystal = read_cif(text)
    assert len(crystal) == 2
    assert find_space_group(crystal, symprec=1e-5) == 194


def test_operations_that_leave_a_place_undecided_are_refused():
    steps = np.array([[0, 0, 0], [0.01, 0, 0], [0.02, 0, 0]])  # 0.04 Å apart: the same or not?
    atom = AsymmetricAtom("Na1", "Na", np.array([0.1, 0.2, 0.3]), 1.0)
    with pytest.raises(InputError, match=r"x\.cif: atom Na1 at \(0\.1, 0\.2, 0\.3\) is about"):
        fill_cell(4 * np.eye(3), np.array([np.eye(3)] * 3), steps, [atom], name="x.cif", notes=[])


def test_a_large_correction_is_noted(tmp_path):
    path = tmp_path / "Mg.cif"
    path.write_text(textbook_cif("magnesium").replace("0.33333 0.66667", "0.33 0.66"))
    assert len(read_structure(path)) == 2
    assert any(
        "special positions, moved by up to 0.0" in one for one in read_with_notes(path).notes
    )


def test_notes_say_what_was_decided():
    assert read_with_notes(DATA / "baddeleyite-two-blocks.cif").notes == (
        "block 2 of 2 read: the first with atoms",
    )
    assert read_with_notes(DATA / "calcium-deuteride.cif").notes == (
        "no angle alpha, beta, gamma: 90 degrees, as the CIF standard says",
        "2 sites of deuterium or tritium read as hydrogen",
    )
    assert read_with_notes(DATA / "wurtzite-p1.cif").notes == (
        "no rotations among the operations: atoms taken as they are listed",
    )
    assert "selective dynamics" in read_with_notes(DATA / "CONTCAR").notes[0]
    assert "VASP 4 format" in read_with_notes(DATA / "old-format.poscar").notes[0]


def test_mixed_sites_keep_all_their_atoms():
    crystal = read_structure(DATA / "spinel-disordered.cif")
    share = {
        (symbol, round(float(value), 3))
        for symbol, value in zip(crystal.species, crystal.occupancies, strict=True)
    }
    assert share == {("Mg", 0.76), ("Al", 0.24), ("Mg", 0.12), ("Al", 0.88), ("O", 1.0)}
    assert space_group_and_prototype(crystal) == (227, "227 | 2 -43m · 4 -3m · 8 3m")


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("latin-1"),
        lambda text: text.encode("utf-8"),
        lambda text: b"\xef\xbb\xbf" + text.encode("utf-8"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode("latin-1"),
        lambda text: text.replace("\n", "\r").encode("utf-8"),
    ],
    ids=["latin-1", "utf-8", "bom", "utf-16", "crlf", "cr"],
)
@pytest.mark.parametrize("name", ["diopside.cif", "POSCAR_rutile"])
def test_encoding_and_line_ends_do_not_matter(tmp_path, name, encode):
    text = (DATA / name).read_text(encoding="utf-8")
    comment = "# Übersetzung von Müller, in Å\n" if name.endswith("cif") else "Müller; Å\n"
    text = comment + (text if name.endswith("cif") else text.split("\n", 1)[1])
    (tmp_path / name).write_bytes(encode(text))
    crystal = read_structure(tmp_path / name)
    assert (len(crystal), crystal.formula) == CONTENTS[name][2:]


def cif(name="rock salt", add="", replace=(), **changes):
    text = textbook_cif(name, **changes)
    for old, new in replace:
        assert old in text
        text = text.replace(old, new)
    return text + add


HM, IT = "space_group_name_H-M_alt", "space_group_IT_number"
OPS = "\nloop_\n_space_group_symop_operation_xyz\n"


@pytest.mark.parametrize(
    ("symbol", "number"),
    [
        ("'F m -3 m'", 225), ("Fm-3m", 225), ("'F m 3 m'", 225), ("'F m -3 m '", 225),
    ],
)  # fmt: skip
def test_spellings_of_a_symbol(symbol, number):
    assert read_cif(cif(**{HM: symbol})).space_group_number == number


@pytest.mark.parametrize(
    ("symbol", "n_atoms"),
    [("'F d -3 m:2'", 56), ("'Fd-3m:2'", 56), ("'F d -3 m Z'", 56), ("'F d -3 m :2'", 56)],
)
def test_the_second_origin_can_be_named(symbol, n_atoms):
    assert len(read_cif(cif("spinel", **{HM: symbol}))) == n_atoms


def test_the_number_alone_is_enough_where_it_leaves_no_choice(tmp_path):
    path = tmp_path / "salt.cif"
    path.write_text(cif(**{HM: "", IT: "225"}))
    reading = read_with_notes(path)
    assert len(reading.crystal) == 8
    assert reading.notes == ("operations taken from the number 225: standard setting",)


def test_operations_come_before_names():
    centred = ["x,y,z", "x,y+1/2,z+1/2", "x+1/2,y,z+1/2", "x+1/2,y+1/2,z"]
    listed = OPS + "\n".join(f"'{one}'" for one in centred)
    crystal = read_cif(cif(add=listed, **{HM: ""}))
    assert (len(crystal), crystal.space_group_number) == (8, None)
    assert find_space_group(crystal) == 225


FAULTS = {
    "no symmetry": (cif(**{HM: ""}), "says nothing about its symmetry"),
    "two origins": (cif("spinel", **{HM: "'F d -3 m'"}), "two choices of origin"),
    "two origins by number": (cif("spinel", **{HM: "", IT: "227"}), "two choices of origin"),
    "unknown symbol": (cif(**{HM: "'F q -3 m'"}), "'F q -3 m' is unknown"),
    "unknown Hall symbol": (
        cif(**{HM: "", "space_group_name_Hall": "'Q 4'"}), "'Q 4' is no Hall symbol",
    ),
    "number out of range": (cif(**{IT: "231"}), "space group number '231'; it must be from 1"),
    "contradiction": (cif(**{IT: "227"}), "names space group 227, but its symbol"),
    "bad operation": (cif(add=OPS + "'x,y,q'\n"), "'x,y,q' is no symmetry operation"),
    "singular operation": (cif(add=OPS + "'x,x,z'\n"), "'x,x,z' is no symmetry operation"),
    "no group": (
        cif(add=OPS + "'x,y,z'\n'y,z,x'\n"), r"its listed operations \(2\) are not a space group",
    ),
    "wrong metric": (
        cif(replace=[("_cell_length_c 5.6402", "_cell_length_c 6.2")]),
        "cell does not have the symmetry",
    ),
    "too many operations": (cif(add=OPS + "'x,y,z'\n" * 900), "lists 900 symmetry operations"),
    "no length": (cif(cell_length_a="?"), "the cell length a is missing"),
    "no number": (cif(cell_length_a="five"), "_cell_length_a is 'five', not a number"),
    "tiny cell": (cif(cell_length_a="0.01"), "the cell length a is 0.01 Å; it must be from 1"),
    "flat angle": (cif(cell_angle_beta="179"), "angle beta is 179; it must be from 10 to 170"),
    "impossible angles": (
        cif(cell_angle_alpha="120", cell_angle_beta="120", cell_angle_gamma="130"),
        "no cell has the angles 120, 120 and 130",
    ),
    "no atoms": ("data_powder\n_cell_length_a 5\n", "has no atoms in its 1 data blocks"),
    "no blocks": ("# data_ nothing\ndata_\n", "has no atoms in its 1 data blocks"),
    "broken loop": (cif(add="9 9 9\n"), r"no valid CIF \(line \d+"),
    "no z": (cif(replace=[("_atom_site_fract_z", "_atom_site_B")]), "x, y and z of every atom"),
    "unknown element": (cif(replace=[("Cl2 Cl", "Q2 Q")]), "atom Q2: 'Q' names no element"),
    "no coordinates": (cif(replace=[("0.50000 0.50000 0.50000", "? ? ?")]), "has no coordinates"),
    "bad coordinate": (
        cif(replace=[("0.50000 0.50000 0.50000", "0.5 1/2 0.5")]),
        "a coordinate is '1/2', not a number",
    ),
    "huge coordinate": (
        cif(replace=[("0.50000 0.50000 0.50000", "0.5 1e9 0.5")]), "a coordinate is 1e[+]09",
    ),
    "clash": (
        cif(replace=[("0.50000 0.50000 0.50000", "0 0 0.03")]), "two sites must be 0.6 Å apart",
    ),
    "one place, two elements": (
        cif(replace=[("0.50000 0.50000 0.50000", "0 0 0")]),
        "the site of Na1 holds Na 1 [+] Cl 1, 2 atoms in all",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_cif_is_named(tmp_path, fault):
    text, message = FAULTS[fault]
    path = tmp_path / "mine.cif"
    path.write_text(text, encoding="utf-8")
    for read in (read_cif, read_structure):
        with pytest.raises(InputError, match=message) as one:
            read(path)
        assert "mine.cif" in str(one.value)
    assert str(one.value).count(". ") >= 1  # what is wrong, and what to do


def occupancy_cif(rows):
    head = textbook_cif("caesium chloride").split("loop_")[0]
    return head + (
        "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
        "_atom_site_occupancy\n_atom_site_calc_flag\n" + "\n".join(rows) + "\n"
    )


def test_atoms_that_are_not_there_are_left_out(tmp_path):
    path = tmp_path / "rows.cif"
    path.write_text(
        occupancy_cif(
            [
                "Cs1 0 0 0 1 .",
                "Cl1 .5 .5 .5 1 .",
                "K1 .5 0 0 0 .",
                "X1 .3 .3 .3 1 dum",  # codespell:ignore dum
                "H1 ? ? ? 1 .",
            ]
        )
    )
    reading = read_with_notes(path)
    assert sorted(reading.crystal.species) == ["Cl", "Cs"]
    assert reading.notes == (
        "1 dummy atoms left out",
        "1 hydrogen atoms without coordinates left out",
        "1 empty sites left out",
    )


def test_repeated_atoms_are_left_out_and_valences_are_one_element(tmp_path):
    path = tmp_path / "rows.cif"
    path.write_text(
        occupancy_cif(
            ["Fe2+ 0 0 0 .4 .", "Fe3+ 0 0 0 .6 .", "Cl1 .5 .5 .5 1 .", "Cl2 .5 .5 .5 1 ."]
        )
    )
    reading = read_with_notes(path)
    assert reading.crystal.species == ("Fe", "Cl")
    assert reading.crystal.is_ordered
    assert reading.notes == ("1 atoms are listed more than once: repeats left out",)


def test_occupancies_that_rounding_made_too_large_are_scaled(tmp_path):
    path = tmp_path / "rows.cif"
    path.write_text(occupancy_cif(["Fe1 0 0 0 .67 .", "Mg1 0 0 0 .34 .", "Cl1 .5 .5 .5 1 ."]))
    reading = read_with_notes(path)
    assert reading.crystal.occupancies.sum() == pytest.approx(2.0)
    assert "scaled to 1 in all" in reading.notes[0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["Cs1 0 0 0 1.5 ."], "the occupancy is 1.5; it must be from 0 to 1"),
        (["Cs1 0 0 0 -1 ."], "the occupancy is -1"),
        (["Cs1 0 0 0 x ."], "the occupancy is 'x', not a number"),
        (["Cs1 0 0 0 0 ."], "lists no atom that is there"),
        (["Cs1 0 0 0 0.2 ."], "80% empty; at least 50% must be filled"),
        (["Cs1 0 0 0 1 .", "Cl1 .5 .5 .5 .5 .", "Cl2 .5 .5 .57 .5 ."], "apart; two sites"),
    ],
)
def test_faulty_occupancies_are_named(rows, message):
    with pytest.raises(InputError, match=message):
        read_cif(occupancy_cif(rows))


def test_cartesian_coordinates_can_be_read():
    text = textbook_cif("caesium chloride").replace("fract", "Cartn")
    crystal = read_cif(text.replace("0.50000 0.50000 0.50000", "2.0615 2.0615 2.0615"))
    assert find_space_group(crystal) == 221


@pytest.mark.parametrize(
    ("label", "among", "element"),
    [
        ("Ti4+", "", "Ti"), ("O2-", "", "O"), ("FE", "", "Fe"), ("Ca1", "", "Ca"), ("D", "", "H"),
        ("OW2", "", "O"), ("OH", "", "O"), ("CO1", "", "Co"), ("CO1", "C O Ca", "C"),
        ("CO1", "Co O", "Co"), ("Si_1", "", "Si"), ("H12", "", "H"), ("Xx", "", None),
        ("7", "", None), ("", "", None), ("Dy3+", "", "Dy"), ("TH1", "", "Th"), ("(O1)", "", None),
    ],
)  # fmt: skip
def test_elements_are_found_in_labels(label, among, element):
    assert element_symbol(label, among=frozenset(among.split())) == element


POSCAR = """comment
1.0
4.123 0 0
0 4.123 0
0 0 4.123
Cs Cl
1 1
Direct
0 0 0
0.5 0.5 0.5
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.0\n4.123 0 0\n0 4.123 0\n0 0 4.123", "4.123\n1 0 0\n0 1 0\n0 0 1"),
        ("1.0\n4.123 0 0\n0 4.123 0\n0 0 4.123", "-70.0877\n1 0 0\n0 1 0\n0 0 1"),
        ("1.0\n4.123 0 0\n0 4.123 0\n0 0 4.123", "4.123 4.123 2.0615\n1 0 0\n0 1 0\n0 0 2"),
        ("Direct\n0 0 0\n0.5 0.5 0.5", "Cartesian\n0 0 0\n2.0615 2.0615 2.0615"),
        ("Direct", "Selective dynamics\nDirect"),
        ("Direct", "direct lattice"),
        ("0.5 0.5 0.5", "0.5D0 5d-1 0.5 T T F Cl"),
        ("Cs Cl", "Cs_sv Cl/0f3a"),
        ("comment", ""),
        ("Cs Cl\n1 1", "Cs Cl ! elements\n1 1 ! counts"),
    ],
)
def test_ways_of_writing_a_poscar(tmp_path, old, new):
    assert old in POSCAR
    path = tmp_path / "POSCAR"
    path.write_text(POSCAR.replace(old, new))
    crystal = read_poscar(path)
    assert crystal.volume == pytest.approx(4.123**3, rel=1e-5)
    assert find_space_group(crystal) == 221
    assert crystal.species == ("Cs", "Cl")


def test_cartesian_coordinates_are_scaled_too(tmp_path):
    path = tmp_path / "POSCAR"
    path.write_text("x\n-70.0877\n2 0 0\n0 2 0\n0 0 2\nCs Cl\n1 1\nC\n0 0 0\n1 1 1\n")
    assert np.allclose(read_poscar(path).frac_coords[1], 0.5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Cs Cl\n", "", "format of VASP 4: line 6 holds counts"),
        ("Cs Cl", "Cs Qq", "'Qq' is no element symbol"),
        ("Cs Cl", "Csx Cl", "'Csx' is no element symbol"),
        ("1 1\n", "1 -1\n", "line 7 is '1 -1'; it must hold one whole number"),
        ("1 1\n", "1\n", "line 7 is '1'; it must hold one whole number"),
        ("1 1\n", "900 900\n", "has 1800 atoms; a cell may have 1 to 1000"),
        ("1 1\n", "0 0\n", "has 0 atoms"),
        ("Direct", "Upright", "line 8 is 'Upright'; it must hold Direct or Cartesian"),
        ("0.5 0.5 0.5\n", "", "ends at line 9; line 10 must hold coordinates"),
        ("0.5 0.5 0.5", "0.5 half 0.5", "line 10 is '0.5 half 0.5'"),
        ("0.5 0.5 0.5", "0.5 nan 0.5", "line 10 is '0.5 nan 0.5'"),
        ("1.0\n", "0\n", "line 2 is '0'; it must hold one number"),
        ("1.0\n", "one\n", "line 2 is 'one'"),
        ("0 4.123 0\n", "8.246 0 0\n", "line 2 is '1.0'|lie in a plane"),
        ("0 4.123 0\n", "0 4.123\n", "line 4 is '0 4.123'"),
        ("0.5 0.5 0.5", "0 0 0", "0.00 Å apart"),
        ("Cs Cl", "", "line 6 is ''; it must hold the element symbols"),
    ],
)
def test_a_fault_in_a_poscar_is_named(tmp_path, old, new, message):
    assert old in POSCAR
    path = tmp_path / "POSCAR"
    path.write_text(POSCAR.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as one:
        read_poscar(path)
    assert "POSCAR" in str(one.value)


def test_a_file_is_told_by_its_content_where_the_name_says_nothing(tmp_path):
    (tmp_path / "a.txt").write_text(POSCAR)
    (tmp_path / "b.txt").write_text(cif())
    (tmp_path / "c.txt").write_text("r G\n1 2\n")
    assert len(read_structure(tmp_path / "a.txt")) == 2
    assert len(read_structure(tmp_path / "b.txt")) == 8
    with pytest.raises(InputError, match=r"c\.txt is neither a CIF .* nor a POSCAR"):
        read_structure(tmp_path / "c.txt")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("x.cif", True), ("X.CIF", True), ("POSCAR", True), ("POSCAR_2", True), ("CONTCAR.old", True),
     ("a.vasp", True), ("a.poscar", True), ("a.gr", False), ("notes.txt", False)],
)  # fmt: skip
def test_names_of_structure_files(name, is_one):
    assert is_structure_file(Path(name)) == is_one


def test_files_that_cannot_be_read_at_all(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"There is no file .*none\.cif"):
        read_structure(tmp_path / "none.cif")
    (tmp_path / "empty.cif").write_text(" \n")
    with pytest.raises(InputError, match=r"empty\.cif is empty"):
        read_structure(tmp_path / "empty.cif")
    (tmp_path / "binary.cif").write_bytes(b"data_\0\0\0")
    with pytest.raises(InputError, match="zero bytes: it is no text"):
        read_structure(tmp_path / "binary.cif")
    with (tmp_path / "big.cif").open("wb") as file:
        file.truncate(5_000_001)
    with pytest.raises(InputError, match=r"big\.cif has 5\.0 MB; a structure file may have 5 MB"):
        read_structure(tmp_path / "big.cif")
    (tmp_path / "locked.cif").write_text(cif())

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"locked\.cif cannot be read \(Permission denied\)"):
        read_structure(tmp_path / "locked.cif")


def test_large_cells_are_refused_with_their_size():
    many = "".join(f"O{i} O {i / 50:.4f} 0.11 0.23\n" for i in range(50))
    text = textbook_cif("rock salt")
    with pytest.raises(InputError, match=r"more than 1000 atoms in its cell \(at least 1"):
        read_cif(text + many)
    rows = "".join(f"O{i} O 0.1 0.11 {i / 1500:.5f}\n" for i in range(1500))
    with pytest.raises(InputError, match="lists 1502 atoms; a cell may have 1000"):
        read_cif(text + rows)


@pytest.mark.skipif("EDEX_DATA_DIR" not in os.environ, reason="EDEX_DATA_DIR is not set")
@pytest.mark.parametrize(
    ("name", "number"),
    [("ch03_Ni", 225), ("ch06_BaZn2As2", 139), ("ch07_SrFe2As2_orthorhombic", 69),
     ("ch07_SrFe2As2_tetragonal", 139), ("ch08_CdSe-Wurtzite", 186), ("ch10_TiO2-anatase", 141)],
)  # fmt: skip
def test_published_files_are_read(name, number):
    path = Path(os.environ["EDEX_DATA_DIR"]) / "pdf-experimental-pdfttp" / f"{name}.cif"
    if not path.is_file():
        pytest.skip(f"{name}.cif is not in the data folder")
    crystal = read_structure(path)
    assert crystal.space_group_number == find_space_group(crystal) == number


WORDS = (b"loop_", b"data_x", b"?", b".", b"_cell_length_a", b"1e400", b"nan", b"-1", b"0", b"'",
         b"\n;\n", b"#", b"99999999999", b"x,y,z", b"-y+1/2,x,z", b"\xff", b"\0", b"1/3", b"P 1",
         b"Direct", b"Cartesian", b"_atom_site_occupancy", b"H", b"\xe2\x88\x921")  # fmt: skip


def mutated(raw, random):
    """Damage a file in one to six places, as a bad transfer or a careless hand does."""
    data = bytearray(raw)
    for _ in range(random.integers(1, 7)):
        kind = random.integers(0, 7)
        at, to = sorted(random.integers(0, len(data) + 1, 2))
        if kind == 0:
            data[at : at + 1] = bytes([random.integers(0, 256)])
        elif kind == 1:
            data[at:at] = WORDS[random.integers(0, len(WORDS))]
        elif kind == 2:
            del data[at : min(to, at + 40)]
        elif kind == 3:
            data = data[:at]
        elif kind == 4:
            data[at:at] = data[at : min(to, at + 200)]
        else:
            lines = bytes(data).split(b"\n")
            i, j = random.integers(0, len(lines), 2)
            if kind == 5:
                lines[i], lines[j] = lines[j], lines[i]
            else:
                words = lines[i].split(b" ")
                words[random.integers(0, len(words))] = WORDS[random.integers(0, len(WORDS))]
                lines[i] = b" ".join(words)
            data = bytearray(b"\n".join(lines))
        data = data or bytearray(b" ")
    return bytes(data)


def assert_damage_is_harmless(folder, n_cases, seed):
    """Only an error of ours or a valid crystal, and that soon."""
    random = np.random.default_rng(seed)
    files = sorted(DATA.iterdir())
    read, lengths = 0, []
    for case in range(n_cases):
        file = files[case % len(files)]
        path = folder / file.name
        path.write_bytes(mutated(file.read_bytes(), random))
        start = time.monotonic()
        try:
            crystal = read_structure(path)
        except EdexError as error:
            lengths.append(len(str(error)))
        else:
            read += 1
            assert isinstance(crystal, Crystal)
            assert np.isfinite(crystal.frac_coords).all()
        assert time.monotonic() - start < 30, f"case {case} hangs"
    assert 0 < read < n_cases
    assert 20 < min(lengths) <= max(lengths) < 1000


def test_damaged_files_give_an_error_of_ours_or_a_crystal(tmp_path):
    assert_damage_is_harmless(tmp_path, 140, seed=1)


@pytest.mark.slow
def test_a_thousand_damaged_files_give_an_error_of_ours_or_a_crystal(tmp_path):
    assert_damage_is_harmless(tmp_path, 2000, seed=2)


def test_a_copy_of_a_file_is_the_same_crystal(tmp_path):
    shutil.copy(DATA / "kyanite.cif", tmp_path / "other.cif")
    crystal = read_structure(tmp_path / "other.cif")
    assert np.array_equal(crystal.frac_coords, read_cif(DATA / "kyanite.cif").frac_coords)
