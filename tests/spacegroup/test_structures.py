"""Structures: labels are verified, every entry is accounted for, nothing stops the batch."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from textbook_crystals import OF_THE_COURSE, TEXTBOOK, textbook_cif, textbook_crystal, transformed

from edex.datasets import load_mp_structures
from edex.errors import DataError, InputError
from edex.spacegroup import structures
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.prototypes import prototype_key
from edex.spacegroup.structures import (
    StructureReport,
    crystal_table,
    crystals_from_table,
    load_crystals,
    read_folder,
)

DATA = Path(__file__).parents[1] / "data" / "structures"


@pytest.fixture(scope="module")
def embedded():
    return load_crystals()


def test_all_embedded_structures_are_confirmed(embedded):
    crystals, report = embedded
    table = load_mp_structures()
    assert report.n_read == report.kept == len(crystals) == len(table) == 1924
    assert report.refused == ()
    assert [crystal.source_id for crystal in crystals] == list(table["material_id"])
    labels = [crystal.space_group_number for crystal in crystals]
    assert labels == list(table["space_group_number"])
    assert set(labels) == set(CLASSES)
    assert all(
        crystal.prototype.startswith(f"{crystal.space_group_number} | ") for crystal in crystals
    )


def test_every_class_has_enough_prototypes_for_five_folds(embedded):
    table = crystal_table(embedded[0])
    assert (table.groupby("space_group_number")["prototype"].nunique() >= 10).all()


def test_known_compounds_of_one_type_share_a_key(embedded):
    crystals = {crystal.source_id: crystal for crystal in embedded[0]}
    salt = crystals["mp-22862"]
    assert salt.formula == "NaCl"
    assert salt.prototype == prototype_key(textbook_crystal("rock salt"))


def test_the_embedded_set_is_read_once_and_the_list_is_the_callers_own(embedded):
    first, report = load_crystals()
    first.clear()
    second, again = load_crystals()
    assert len(second) == 1924
    assert again is report
    assert second[0] is embedded[0][0]


def test_classes_can_be_chosen():
    crystals, report = load_crystals(classes=[227, 2])
    assert {crystal.space_group_number for crystal in crystals} == {2, 227}
    assert report.n_read == len(crystals) == 257


def table_of(crystals, labels):
    return pd.DataFrame(
        {
            "material_id": [crystal.source_id for crystal in crystals],
            "formula": [crystal.formula for crystal in crystals],
            "space_group_number": labels,
            "lattice": [crystal.lattice for crystal in crystals],
            "species": [crystal.species for crystal in crystals],
            "frac_coords": [crystal.frac_coords for crystal in crystals],
        }
    )


def test_a_table_gives_labelled_crystals():
    crystals = [textbook_crystal(name) for name in OF_THE_COURSE]
    labels = [TEXTBOOK[name][0] for name in OF_THE_COURSE]
    kept, report = crystals_from_table(table_of(crystals, labels), source="textbook")
    assert [crystal.space_group_number for crystal in kept] == labels
    assert [crystal.prototype for crystal in kept] == [prototype_key(one) for one in crystals]
    assert report == StructureReport("textbook", len(labels), len(labels))


def test_a_wrong_label_is_refused_with_both_numbers():
    crystals = [textbook_crystal("rock salt"), textbook_crystal("fluorite")]
    kept, report = crystals_from_table(table_of(crystals, [216, 225]))
    assert [crystal.source_id for crystal in kept] == ["fluorite"]
    [(name, reason)] = report.refused
    assert name == "rock salt"
    assert "source says space group 216, its atoms have space group 225" in reason


def test_broken_rows_do_not_stop_the_batch():
    names = ["rock salt", "fluorite", "spinel", "copper", "tungsten"]
    table = table_of([textbook_crystal(name) for name in names], [225, 225, 227, 225, 229])
    flat, short, close = list(table["lattice"]), list(table["frac_coords"]), np.zeros((4, 3))
    flat[0] = np.zeros((3, 3))
    short[2] = short[2][:5]
    close[1:] = [[0, 0, 0.01], [0.5, 0.5, 0], [0.5, 0, 0.5]]
    short[3] = close
    table = table.assign(lattice=flat, frac_coords=short)
    table.attrs["refused"] = [("lost", "it could not be decoded")]
    kept, report = crystals_from_table(table, classes=CLASSES)
    assert [crystal.source_id for crystal in kept] == ["fluorite"]
    assert report.n_read == 6
    assert dict(report.refused).keys() == {"rock salt", "spinel", "copper", "tungsten", "lost"}
    reasons = dict(report.refused)
    assert "in a plane" in reasons["rock salt"]
    assert "frac_coords has shape (5, 3)" in reasons["spinel"]
    assert "0.04 Å apart" in reasons["copper"]
    assert "Space group 229 is not among those that are wanted: 2, 14, 15" in reasons["tungsten"]
    assert reasons["lost"] == "it could not be decoded"


def test_shared_sites_of_a_table_are_kept_and_noted():
    crystal = textbook_crystal("copper")
    table = table_of([crystal], [225])
    table = table.assign(
        species=[("Cu",) * 4 + ("Au",) * 4],
        frac_coords=[np.concatenate((crystal.frac_coords, crystal.frac_coords))],
        occupancies=[np.array([0.75] * 4 + [0.25] * 4)],
    )
    [alloy], report = crystals_from_table(table)
    assert alloy.prototype == prototype_key(crystal)
    assert report.handled == (("copper", "4 of 4 sites are mixed: kept as mean atoms"),)


def test_repeats_are_kept_and_reported():
    crystal = textbook_crystal("spinel")
    again = transformed(crystal, np.diag([1, 1, 2]), (0.1, 0.2, 0.3))
    table = table_of([crystal, again], [227, 227])
    table["material_id"] = ["one", "two"]
    kept, report = crystals_from_table(table)
    assert len(kept) == 2
    assert report.handled == (("two", "repeats one: same structure and volume; kept"),)


def test_a_folder_is_read_file_by_file(tmp_path):
    shutil.copytree(DATA, tmp_path / "good")
    (tmp_path / "broken.cif").write_text("data_\nloop_\n")
    (tmp_path / "wrong.cif").write_text(
        textbook_cif("wurtzite").replace("0.37500", "0.50000")  # becomes hexagonal graphite
    )
    (tmp_path / "notes.txt").write_text("not a structure")
    (tmp_path / ".hidden.cif").write_text("data_\n")
    crystals, report = read_folder(tmp_path)
    assert report.n_read == len(list(DATA.iterdir())) + 2
    assert [name for name, _ in report.refused] == ["broken.cif", "wrong.cif"]
    assert "no valid CIF" in report.refused[0][1]
    assert "space group 186, its atoms have space group 194" in report.refused[1][1]
    assert [crystal.source_id for crystal in crystals] == sorted(
        f"good/{path.name}" for path in DATA.iterdir()
    )
    handled = {}
    for name, note in report.handled:
        handled.setdefault(name, []).append(note)
    assert handled["good/wurtzite-p1.cif"][-1] == (
        "space group 186 found by spglib: the file names none"
    )
    assert any("mixed" in note for note in handled["good/olivine.cif"])


def test_load_crystals_reads_a_folder_for_the_course():
    crystals, report = load_crystals(DATA)
    assert {crystal.space_group_number for crystal in crystals} <= set(CLASSES)
    assert report.kept == len(crystals) == 10
    assert all("is not among those that are wanted" in reason for _, reason in report.refused)
    everything, _ = load_crystals(str(DATA), classes=None)
    assert len(everything) == 14


def test_what_is_no_folder_is_refused_with_advice(tmp_path):
    with pytest.raises(InputError, match=r"neither a data set \(mp-structures, amcsd\) nor a fold"):
        load_crystals("mp-structure")
    with pytest.raises(InputError, match=r"holds no file named \*\.cif"):
        load_crystals(tmp_path)


def test_the_report_can_be_read_by_people_and_programs():
    report = StructureReport(
        "folder",
        5,
        2,
        refused=(
            ("a", "A site holds Na 0.2 and is 80% empty; more."),
            ("b", "A site holds K 0.1 and is 90% empty; more."),
            ("c", "It is no valid CIF. Correct it."),
        ),
        handled=(("d", "4 of 4 sites are mixed: kept"),),
    )
    assert report.summary(most=1).splitlines() == [
        "folder: 5 entries read, 2 crystals kept, 3 refused",
        "  refused a and 1 more like it: A site holds Na 0.2 and is 80% empty; more.",
        "  refused 1 more for other reasons: see to_frame()",
        "  handled d: 4 of 4 sites are mixed: kept",
    ]
    frame = report.to_frame()
    assert list(frame.columns) == ["source_id", "outcome", "reason"]
    assert list(frame["outcome"]) == ["refused"] * 3 + ["handled"]
    assert len(StructureReport("none", 0, 0).to_frame()) == 0


def test_the_table_describes_the_primitive_cell():
    crystals, _ = read_folder(DATA)
    table = crystal_table(crystals).set_index("source_id")
    assert list(table.columns) == [
        "formula", "space_group_number", "prototype", "n_atoms", "volume_per_atom",
    ]  # fmt: skip
    salt = table.loc["rock-salt.cif"]
    assert (salt["formula"], salt["n_atoms"], salt["space_group_number"]) == ("NaCl", 2, 225)
    assert salt["volume_per_atom"] == pytest.approx(5.6402**3 / 8)
    assert table.loc["spinel-disordered.cif", "n_atoms"] == 14
    assert table.loc["spinel-disordered.cif", "volume_per_atom"] == pytest.approx(8.0898**3 / 56)


def test_minerals_are_read_where_they_are():
    try:
        crystals, report = load_crystals("amcsd", classes=[227])
    except DataError as error:
        pytest.skip(f"the minerals are not on this computer: {error}")
    assert report.kept == len(crystals) > 500
    assert report.n_read == report.kept + len(report.refused)
    assert structures.load_crystals("amcsd", classes=[227])[1] is report
