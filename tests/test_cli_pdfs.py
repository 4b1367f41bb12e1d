"""``edex data make pdfs``, on three small structures."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from edex.cli_pdfs import make
from edex.errors import EdexError
from edex.spacegroup.pdf_table import load_pdfs

POSCARS = {
    "POSCAR-salt": "salt\n1.0\n0 2.82 2.82\n2.82 0 2.82\n2.82 2.82 0\nNa Cl\n1 1\nDirect\n"
    "0 0 0\n0.5 0.5 0.5\n",
    "POSCAR-sylvite": "sylvite\n1.0\n0 3.15 3.15\n3.15 0 3.15\n3.15 3.15 0\nK Cl\n1 1\nDirect\n"
    "0 0 0\n0.5 0.5 0.5\n",
    "POSCAR-silicon": "silicon\n1.0\n0 2.715 2.715\n2.715 0 2.715\n2.715 2.715 0\nSi\n2\nDirect\n"
    "0 0 0\n0.25 0.25 0.25\n",
}


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Call ``make pdfs`` with the structures; return exit code and output."""
    structures = tmp_path / "structures"
    structures.mkdir()
    for name, text in POSCARS.items():
        (structures / name).write_text(text)
    monkeypatch.chdir(tmp_path)

    def call(*options):
        arguments = ["pdfs", "--structures", str(structures), "--size", "12", "--workers", "1"]
        result = CliRunner().invoke(make, [*arguments, *options])
        if isinstance(result.exception, EdexError):
            return 2, str(result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout

    return call


def test_it_makes_what_can_be_loaded(call, tmp_path):
    code, text = call("--folder", "mine")
    assert code == 0
    assert "Made 12 PDFs in" in text
    assert "mine: 12 PDFs; by space group 225: 8, 227: 4." in text
    assert len(load_pdfs(tmp_path / "mine")) == 12


def test_a_complete_folder_is_only_verified(call):
    call()
    code, text = call()
    assert code == 0
    assert text.startswith("Complete already; all files have the right hash.")


def test_a_program_can_read_the_summary(call):
    summary = json.loads(call("--json")[1])
    assert summary.pop("seconds") >= 0
    assert summary == {
        "folder": "pdfs", "size": 12, "made": 12, "rows_per_class": {"225": 8, "227": 4},
        "quarantine": 0,
    }  # fmt: skip


def test_an_unfinished_folder_needs_resume(call, tmp_path):
    call("--shard-rows", "5")
    (tmp_path / "pdfs" / "manifest.json").unlink()
    (tmp_path / "pdfs" / "shards" / "pdfs-00001.json").unlink()
    code, text = call("--shard-rows", "5")
    assert code == 2
    assert "Add --resume" in text
    code, text = call("--shard-rows", "5", "--resume")
    assert code == 0
    assert "Made 5 PDFs" in text


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        (["--seed", "1"], "seed is 0 there and 1 here"),
        (["--size", "13"], "size is 12 there and 13 here"),
        (["--balanced"], "balanced is False there and True here"),
        (["--varied"], r"conditions.u_iso is 0.008 there and [0.003, 0.02] here"),
        (["--structures", "mp-structures"], "structures.source is folder there"),
    ],
)
def test_other_options_are_refused_by_name(call, options, setting):
    call()
    code, text = call(*options, "--resume")
    assert code == 2
    assert setting in text


def test_a_quarantine_is_mentioned(call, monkeypatch):
    from edex.errors import InputError
    from edex.spacegroup import simulate

    original = simulate.make_template

    def fragile(crystal):
        if crystal.source_id == "POSCAR-sylvite":
            raise InputError("Not this one.")
        return original(crystal)

    monkeypatch.setattr(simulate, "make_template", fragile)
    assert "Templates in quarantine, whose rows others took: 1" in call()[1]


def test_unknown_things_to_make_get_a_suggestion():
    result = CliRunner().invoke(make, ["pdf"])
    assert result.exit_code == 2
    assert "Did you mean 'pdfs'?" in result.output


def test_help_is_a_sentence_and_quick():
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom edex.cli_pdfs import make\n"
        "print(CliRunner().invoke(make, ['pdfs', '--help']).output)\n"
        "sys.exit(bool({'numpy', 'pandas', 'rich'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0
    assert "Simulate labelled PDFs from real crystals." in done.stdout
