"""What `edex predict spacegroup` prints."""

import json

import pytest

from edex.cli_predict import describe_prediction, predict_spacegroup
from edex.errors import DataError
from edex.spacegroup.library import KnownCrystal
from edex.spacegroup.predictor import Candidate, FilePrediction

NICKEL = FilePrediction(
    "nickel.gr",
    "measured PDF",
    (Candidate(225, "Fm-3m", 0.93), Candidate(194, "P6_3/mmc", 0.05), Candidate(2, "P-1", 0.004)),
    (
        KnownCrystal("mp-30", "Cu", 225, 0.987, 0.97),
        KnownCrystal("mp-23", "Ni", 225, 0.9712, 1.0),
        KnownCrystal("mp-1", "X", None, 0.5, 1.0125),
    ),
    notes=("it ends early",),
    cautions=("undecided",),
)


def test_a_measured_pdf_in_words():
    assert describe_prediction(NICKEL).splitlines() == [
        "nickel.gr (measured PDF)",
        "  225 Fm-3m     93.0 %  ######################",
        "  194 P6_3/mmc   5.0 %  #",
        "  2 P-1          0.4 %",
        "  most similar: Cu (mp-30), space group 225, correlation 0.99 with a lattice 3 % smaller",
        "                Ni (mp-23), space group 225, correlation 0.97",
        "                X (mp-1), space group ?, correlation 0.50 with a lattice 1.25 % larger",
        "  note: it ends early",
        "  caution: undecided",
    ]


@pytest.mark.parametrize(
    ("number", "line"),
    [(225, "spglib finds 225: guess 1 of 3, right"), (2, "spglib finds 2: guess 3 of 3"),
     (62, "spglib finds 62, which is not among these")],
)  # fmt: skip
def test_the_true_group_of_a_structure_stands_beside_the_guesses(number, line):
    prediction = FilePrediction("a.cif", "structure", NICKEL.candidates, true_space_group=number)
    assert describe_prediction(prediction).splitlines()[4] == f"  {line}"


def test_a_refused_file_in_words():
    prediction = FilePrediction("a.gr", "measured PDF", error="a.gr is empty. Save it again.")
    assert describe_prediction(prediction) == "a.gr: refused\n  a.gr is empty. Save it again."


@pytest.fixture
def called(monkeypatch):
    """Replace the prediction; give a list of the arguments it is called with."""
    calls = []

    def predict_files(files, classifier, *, library, progress):
        calls.append((files, classifier))
        progress("reading")
        return [
            NICKEL if name.startswith("n") else FilePrediction(name, "structure", error="No.")
            for name in files
        ]

    monkeypatch.setattr("edex.spacegroup.predictor.predict_files", predict_files)
    return calls


@pytest.mark.parametrize(
    ("files", "code", "end"),
    [(["n.gr"], 0, "equally common.\n"), (["n.gr", "n.gr"], 0, "equally common.\n"),
     (["b.cif"], 1, "No.\n"), (["n.gr", "b.cif"], 1, "1 of 2 files were refused.\n")],
)  # fmt: skip
def test_the_exit_code_says_whether_all_files_were_used(called, capsys, files, code, end):
    assert predict_spacegroup(files) == code
    shown = capsys.readouterr()
    assert shown.out.endswith(end)
    assert shown.out.count("nickel.gr (measured PDF)") == files.count("n.gr")


def test_json_is_all_that_is_printed(called, capsys):
    assert predict_spacegroup(["n.gr", "b.cif"], as_json=True) == 1
    shown = capsys.readouterr()
    records = json.loads(shown.out)
    assert shown.err == ""
    assert records[0]["candidates"][0]["space_group_number"] == 225
    assert records[0]["nearest"][0]["lattice_ratio"] == 0.97
    assert (records[1]["name"], records[1]["error"]) == ("b.cif", "No.")


def test_the_default_model_is_made_only_when_it_is_wanted(called, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "edex.spacegroup.pretrained.default_classifier",
        lambda preset, progress: asked.append(preset),
    )
    predict_spacegroup(["n.gr"], preset="quick")
    assert asked == []
    called[0][1]()
    assert asked == ["quick"]


def test_a_model_file_is_read_at_once(called, tmp_path):
    with pytest.raises(DataError, match=r"none\.keras"):
        predict_spacegroup(["n.gr"], model=tmp_path / "none.keras")
    assert called == []
