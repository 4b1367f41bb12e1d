import pytest

from edex.course import find_edex
from edex.errors import InputError
from edex.notebooks.glossary import Glossary
from edex.notebooks.lint import lint
from edex.notebooks.skeleton import FILES, new_edex
from edex.notebooks.source import read_source


@pytest.mark.parametrize("name", ["demo", "bond-lengths", "a", "x2", "a-1-b"])
def test_a_new_edex_is_complete_and_has_no_mistakes(tmp_path, name):
    folder = new_edex(name, tmp_path / "not" / "there")
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert "EDEX-ID" not in "".join((folder / file).read_text() for file in FILES)
    edex = find_edex(str(folder))
    assert (edex.id, edex.is_in_course) == (name, False)
    assert lint(edex, Glossary({})) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Demo",
        "my edex",
        "-a",
        "a-",
        "a--b",
        "1a",
        "ä",
        "a_b",
        "a/b",
        "../a",
        ".",
        "a\n",
        "a.md",
    ],
)
def test_another_form_of_id_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"is no id of an EdEx\. An id is lower-case words"):
        new_edex(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", ["mkdir", "touch"])
def test_nothing_is_ever_written_over(tmp_path, make):
    getattr(tmp_path / "demo", make)()
    with pytest.raises(InputError, match=r"exists already\. A new EdEx never writes over anything"):
        new_edex("demo", tmp_path)


def test_the_quick_and_the_full_reader_of_the_front_matter_agree(tmp_path):
    edex = find_edex(str(new_edex("demo", tmp_path)))
    front = read_source(edex.source).front
    assert (edex.id, edex.number, edex.title, edex.minutes) == (
        front.id,
        front.number,
        front.title,
        front.minutes,
    )
