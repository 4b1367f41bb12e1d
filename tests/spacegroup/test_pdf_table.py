import pytest
from toy_rows import run_toy

from edex.errors import DataError
from edex.spacegroup.pdf_table import load_pdfs, verify_pdfs


@pytest.fixture
def folder(tmp_path):
    run_toy(tmp_path / "run", size=30)
    return tmp_path / "run"


def test_loading_gives_what_making_gave(folder):
    made, loaded = run_toy(folder, size=30), load_pdfs(str(folder))
    assert (made.G == loaded.G).all()
    assert made.labels.equals(loaded.labels)
    assert loaded.G.dtype == "float32"
    assert loaded.G.shape == (30, 7)
    assert repr(loaded) == "<PdfTable: 30 PDFs of 7 points, 3 space groups>"


def test_a_good_folder_is_verified(folder):
    states = verify_pdfs(folder)
    assert {state.status for state in states} == {"ok"}
    assert len(states) == 2 + 2 * 3


@pytest.mark.parametrize(
    ("name", "is_loaded"),
    [
        ("shards/pdfs-00001.npy", True),
        ("labels.parquet", True),
        ("shards/pdfs-00001.json", False),
        ("settings.json", False),
    ],
)
def test_a_damaged_file_is_named_with_the_command_that_repairs_it(folder, name, is_loaded):
    path = folder / name
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    damaged = [state.name for state in verify_pdfs(folder) if state.status == "damaged"]
    assert damaged == [name]
    if is_loaded:
        with pytest.raises(DataError) as caught:
            load_pdfs(folder)
        assert f"{path} is damaged" in str(caught.value)
        assert f"edex data make pdfs --resume --folder {folder} --size 30" in str(caught.value)


@pytest.mark.parametrize("name", ["shards/pdfs-00000.npy", "labels.parquet"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    assert [state.name for state in verify_pdfs(folder) if state.status == "missing"] == [name]
    with pytest.raises(DataError, match=f"{name} cannot be read"):
        load_pdfs(folder)


def test_a_folder_that_is_not_complete_is_refused(folder):
    (folder / "manifest.json").unlink()
    for function in (load_pdfs, verify_pdfs):
        with pytest.raises(DataError, match=r"not complete.*--resume --folder .* --seed 0"):
            function(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"There is no folder .*none.*edex data make pdfs --folder"):
        load_pdfs(tmp_path / "none")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"settings": {}}', b"\xff\xfe"])
def test_a_damaged_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(DataError, match=r"manifest.json cannot be read.*Repair it with"):
        load_pdfs(folder)


def test_options_that_are_not_known_are_said_to_be_missing(folder):
    (folder / "manifest.json").unlink()
    (folder / "settings.json").write_bytes(b"?")
    with pytest.raises(DataError, match="and the options it was made with"):
        load_pdfs(folder)
