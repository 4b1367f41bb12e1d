"""Files in, space groups out; a bad file never stops the others."""

import json

import numpy as np
import pytest
from damage import mutate

from edex.errors import InputError
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.library import KnownCrystal, Library
from edex.spacegroup.pdf import default_grid, simulate_pdf
from edex.spacegroup.predictor import Candidate, file_kind, predict_files

SALT_CIF = """data_salt
_cell_length_a 5.64
_cell_length_b 5.64
_cell_length_c 5.64
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_space_group_name_H-M_alt 'F m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 Na 0 0 0
Cl1 Cl 0.5 0.5 0.5
"""
CESIUM_POSCAR = """cesium chloride
1.0
4.12 0 0
0 4.12 0
0 0 4.12
Cs Cl
1 1
Direct
0 0 0
0.5 0.5 0.5
"""
SALT = Crystal(
    5.64 * (np.ones((3, 3)) - np.eye(3)) / 2,
    ["Na", "Cl"],
    [[0, 0, 0], [0.5, 0.5, 0.5]],
    space_group_number=225,
    source_id="mine",
)


def gr_text(r_max=40.0, header="qmax = 23\nmode = xray\n"):
    r = 0.01 * np.arange(1, round(100 * r_max) + 1)
    G = simulate_pdf(SALT, r=r)
    return header + "".join(f"{a:.2f} {b:.6g}\n" for a, b in zip(r, G, strict=True))


class Fake:
    """A classifier that gives the same probabilities to all."""

    classes_ = np.array(CLASSES)
    r_ = None

    def __init__(self, probabilities=(0.0, 0.0, 0.0, 0.02, 0.03, 0.0, 0.9, 0.05)):
        self.probabilities = np.array(probabilities)
        self.seen = []

    def predict_proba(self, X):
        self.seen.append(X)
        return np.tile(self.probabilities, (len(X), 1))


@pytest.fixture(scope="module")
def library():
    return Library([SALT], simulate_pdf(SALT)[None])


@pytest.fixture
def files(tmp_path):
    """One file of each kind."""
    contents = {
        "salt.gr": gr_text(),
        "salt.cif": SALT_CIF,
        "POSCAR": CESIUM_POSCAR,
        "broken.gr": "1 2\n3\n",
        "broken.cif": "data_\n_cell_length_a nonsense\n",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    return tmp_path


class TestKind:
    @pytest.mark.parametrize(
        ("name", "text", "kind"),
        [("a.gr", gr_text(22), "measured PDF"), ("a.txt", gr_text(22, ""), "measured PDF"),
         ("a.cif", "", "structure"), ("a.txt", SALT_CIF, "structure"),
         ("a.gr", SALT_CIF.replace("\n", "\r\n"), "structure"), ("CONTCAR", "", "structure"),
         ("cell.dat", CESIUM_POSCAR, "structure"), ("a.vasp", "", "structure"),
         ("cell.dat", CESIUM_POSCAR.replace("Cs Cl\n", "").replace("\n", "\r\n"), "structure"),
         ("a.dat", "a title\n6001\n" + gr_text(22, ""), "measured PDF"),
         ("a.dat", "title\n1.0\n1 2 3\n4 5 6\n7 8 9\n10 11 12\n", "structure"),
         ("a.dat", "", "measured PDF"), ("a.dat", "\n" * 60_000, "measured PDF")],
    )  # fmt: skip
    def test_it_is_told_by_content_or_name(self, tmp_path, name, text, kind):
        (tmp_path / name).write_bytes(text.encode())
        assert file_kind(tmp_path / name) == kind

    def test_a_file_that_is_not_there_is_told_by_its_name(self, tmp_path):
        assert file_kind(tmp_path / "none.cif") == "structure"
        assert file_kind(tmp_path) == "measured PDF"


class TestPredictions:
    def test_a_measured_pdf(self, files, library):
        model = Fake()
        found = predict_files([files / "salt.gr"], model, library=library)[0]
        assert found.name == str(files / "salt.gr")
        assert found.kind == "measured PDF"
        assert found.candidates[:3] == (
            Candidate(225, "Fm-3m", 0.9),
            Candidate(227, "Fd-3m", 0.05),
            Candidate(139, "I4/mmm", 0.03),
        )
        assert len(found.candidates) == 6
        assert found.nearest == (KnownCrystal("mine", "NaCl", 225, 1.0, 1.0),)
        assert (found.true_space_group, found.notes, found.cautions) == (None, (), ())
        assert found.error is None
        np.testing.assert_allclose(model.seen[0][0], simulate_pdf(SALT), atol=0.05)

    def test_a_cif_is_simulated_as_in_training_and_its_group_found(self, files, library):
        model = Fake()
        found = predict_files([files / "salt.cif"], model, library=library)[0]
        assert found.kind == "structure"
        assert found.true_space_group == 225
        assert found.nearest[0].correlation == 1
        assert "PDF simulated from NaCl, 8 atoms in the cell" in found.notes
        assert found.cautions == ()
        np.testing.assert_allclose(model.seen[0][0], simulate_pdf(SALT), atol=1e-6)

    def test_a_crystal_of_another_group_is_said_to_be_beyond_the_model(self, files):
        found = predict_files([files / "POSCAR"], Fake())[0]
        assert found.true_space_group == 221
        assert "its space group, 221, is not one of the eight" in found.cautions[0]

    def test_a_bad_file_does_not_stop_the_others(self, files, library):
        names = ["broken.gr", "salt.gr", "none.gr", "broken.cif", "salt.cif", ""]
        model = Fake()
        found = predict_files([files / name for name in names], model, library=library)
        assert [p.error is None for p in found] == [False, True, False, False, True, False]
        assert len(model.seen) == 1
        assert len(model.seen[0]) == 2
        assert "broken.gr" in found[0].error
        assert "There is no file" in found[2].error
        assert found[3].kind == "structure"
        assert "is a folder" in found[5].error
        assert not found[0].candidates
        assert not found[0].nearest

    def test_without_a_good_file_no_model_is_made(self, files):
        def never():
            raise AssertionError

        found = predict_files([files / "broken.gr"], never, library=never)
        assert found[0].error is not None
        assert predict_files([], never) == []

    def test_model_and_library_may_be_made_when_they_are_wanted(self, files, library):
        said = []
        found = predict_files(
            [files / "salt.gr"], Fake, library=lambda: library, progress=said.append
        )
        assert found[0].candidates[0].space_group_number == 225
        assert said == [f"reading {files / 'salt.gr'}", "predicting"]

    def test_the_grid_of_the_model_is_used(self, files, library):
        model = Fake()
        model.r_ = np.linspace(2.0, 20.0, 91)
        found = predict_files([files / "salt.gr", files / "salt.cif"], model, library=library)
        assert found[0].candidates
        assert found[0].nearest == ()  # the library is on the default grid
        assert model.seen[0].shape == (2, 91)
        np.testing.assert_allclose(model.seen[0][1], simulate_pdf(SALT, r=model.r_), atol=1e-6)

    def test_how_many_are_named_can_be_chosen(self, files, library):
        found = predict_files([files / "salt.gr"], Fake(), library=library, k=2, n_nearest=5)[0]
        assert len(found.candidates) == 2
        assert len(found.nearest) == 1
        assert len(predict_files([files / "salt.gr"], Fake(), k=99)[0].candidates) == 8

    @pytest.mark.parametrize("wrong", [{"k": 0}, {"n_nearest": 0}, {"k": 1.5}])
    def test_an_impossible_number_is_refused(self, wrong):
        with pytest.raises(InputError, match="it must be 1 or more"):
            predict_files([], Fake(), **wrong)

    def test_equal_probabilities_are_named_by_number(self, files):
        found = predict_files([files / "salt.gr"], Fake([1 / 8] * 8))[0]
        assert [c.space_group_number for c in found.candidates] == list(CLASSES[:6])

    def test_a_group_outside_the_eight_has_no_symbol_here(self, files):
        model = Fake([0.4, 0.6])
        model.classes_ = np.array([1, 225])
        assert predict_files([files / "salt.gr"], model)[0].candidates[1].symbol == ""

    def test_plain_values_for_programs(self, files, library):
        found = predict_files([files / "salt.gr", files / "none.gr"], Fake(), library=library)
        record = json.loads(json.dumps(found[0].to_json()))
        assert record["candidates"][0] == {
            "space_group_number": 225, "symbol": "Fm-3m", "probability": 0.9,
        }  # fmt: skip
        assert record["nearest"][0]["formula"] == "NaCl"
        assert json.loads(json.dumps(found[1].to_json()))["candidates"] == []


class TestCautions:
    def caution(self, tmp_path, text, model=None, library=None):
        (tmp_path / "a.gr").write_text(text)
        return predict_files([tmp_path / "a.gr"], model or Fake(), library=library)[0].cautions

    def test_a_pdf_unlike_all_known_ones(self, tmp_path):
        other = Crystal(2.87 * np.eye(3), ["Fe", "Fe"], [[0] * 3, [0.5] * 3])
        library = Library([other], simulate_pdf(other)[None])
        cautions = self.caution(tmp_path, gr_text(), library=library)
        assert cautions[0].startswith("unlike all known crystals: the best correlation is 0.")

    @pytest.mark.parametrize(
        ("probabilities", "n_equal"),
        [([1 / 8] * 8, "8.0"), ([0.25] * 4 + [0.0] * 4, "4.0"), ([1.0] + [0.0] * 7, None),
         ([0.9, 0.1] + [0.0] * 6, None)],
    )  # fmt: skip
    def test_probabilities_that_decide_nothing(self, tmp_path, probabilities, n_equal):
        cautions = self.caution(tmp_path, gr_text(), Fake(probabilities))
        if n_equal is None:
            assert cautions == ()
        else:
            assert f"undecided, as if {n_equal} space groups" in cautions[0]

    def test_neutrons(self, tmp_path):
        cautions = self.caution(tmp_path, gr_text(header="#Comment: neutron, Qmax=23\n"))
        assert "measured with neutrons: the model was trained on x-ray PDFs" in cautions[0]

    def test_what_was_done_to_the_data_is_noted(self, tmp_path):
        (tmp_path / "a.gr").write_text(gr_text(25, "qmax = 18\n") + "25.01 nan\n")
        notes = predict_files([tmp_path / "a.gr"], Fake())[0].notes
        assert len(notes) == 3
        assert "without a finite value" in notes[0]
        assert "Qmax is 18" in notes[1]
        assert "ends at r = 25 Å" in notes[2]

    def test_another_function_is_refused_with_the_reason(self, tmp_path):
        r = default_grid()
        table = "\n".join(f"{a} {b}" for a, b in zip(r, 1 + simulate_pdf(SALT) / r, strict=True))
        (tmp_path / "a.gr").write_text(table)
        assert "looks like g(r)" in predict_files([tmp_path / "a.gr"], Fake())[0].error


def predict_damaged(n_files, seed, folder, library):
    """Predict for damaged files; count those that could still be used."""
    rng = np.random.default_rng(seed)
    r = np.arange(0.05, 31, 0.05)
    rows = [f"{a:.2f} {b:.4g}\n" for a, b in zip(r, simulate_pdf(SALT, r=r), strict=True)]
    sources = ["".join(rows), "qmax = 23\n" + "".join(rows), SALT_CIF, CESIUM_POSCAR]
    files = []
    for number in range(n_files):
        path = folder / f"{number}.txt"
        path.write_bytes(mutate(sources[rng.integers(len(sources))].encode(), rng))
        files.append(path)
    found = predict_files(files, Fake(), library=library)
    for prediction in found:
        assert (prediction.error is None) == bool(prediction.candidates)
    return sum(prediction.error is None for prediction in found)


def test_damaged_files_are_used_or_refused(tmp_path, library):
    assert 0 < predict_damaged(100, 0, tmp_path, library) < 90


@pytest.mark.slow
def test_many_damaged_files_are_used_or_refused(tmp_path, library):
    predict_damaged(2000, 1, tmp_path, library)
