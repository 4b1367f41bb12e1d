import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edex import course
from edex.course import PLANNED, Lesson, course_folder, edex_folders, find_edex
from edex.errors import InputError
from edex.notebooks.source import read_source

EDEXES = edex_folders()
HEAD = "---\nid: demo\nnumber: 3\ntitle: A title\nminutes: 20\n---\n\n# A title\n"


@pytest.fixture
def write(tmp_path):
    def write(text):
        folder = tmp_path / "demo"
        folder.mkdir(exist_ok=True)
        (folder / "edex.md").write_text(text, encoding="utf-8")
        return str(folder)

    return write


class TestCourse:
    def test_the_course_is_found(self):
        assert (course_folder() / "edexes").is_dir()

    def test_edexes_come_by_number_and_are_planned_ones(self):
        assert [edex.number for edex in EDEXES] == sorted(edex.number for edex in EDEXES)
        assert {(edex.number, edex.id) for edex in EDEXES} <= {row[:2] for row in PLANNED}

    @pytest.mark.parametrize("edex", EDEXES, ids=lambda edex: edex.id)
    def test_each_is_found_by_number_id_and_folder(self, edex):
        names = (str(edex.number), edex.id, edex.path.name, str(edex.path))
        assert [find_edex(name) for name in names] == [edex] * 4
        assert edex.is_in_course
        assert edex.path.name == f"{edex.number}-{edex.id}"

    @pytest.mark.parametrize("edex", EDEXES, ids=lambda edex: edex.id)
    def test_its_front_matter_reads_the_same_as_yaml(self, edex):
        front = read_source(edex.source).front
        assert (edex.id, edex.number, edex.title, edex.minutes) == (
            front.id, front.number, front.title, front.minutes,
        )  # fmt: skip


class TestFindEdex:
    def test_a_folder_outside_the_course_is_found(self, write):
        edex = find_edex(write(HEAD))
        assert edex == Lesson(edex.path, "demo", 3, "A title", 20)
        assert not edex.is_in_course
        assert edex.path.is_absolute()

    def test_a_relative_folder_is_found(self, write, monkeypatch, tmp_path):
        write(HEAD)
        monkeypatch.chdir(tmp_path)
        assert find_edex("demo").path == tmp_path / "demo"

    @pytest.mark.parametrize("row", PLANNED, ids=lambda row: row[1])
    def test_a_planned_one_is_called_planned_until_it_is_there(self, row):
        number, edex_id, _ = row
        for name in (str(number), edex_id, f"{number}-{edex_id}"):
            if edex_id in {edex.id for edex in EDEXES}:
                assert find_edex(name).id == edex_id
            else:
                with pytest.raises(
                    InputError, match=r"is planned and not written yet\. Ready are: "
                ):
                    find_edex(name)

    @pytest.mark.parametrize("name", ["nothing", "0", "99", "4 ", "edex.md", "..", "a/b", "-1"])
    def test_an_unknown_one_lists_those_there_are(self, name):
        with pytest.raises(InputError) as caught:
            find_edex(name)
        assert f"There is no EdEx {name!r}" in str(caught.value)
        assert "See them with: edex list" in str(caught.value)

    @pytest.mark.parametrize("edex", EDEXES, ids=lambda edex: edex.id)
    def test_a_misspelt_one_gets_the_nearest(self, edex):
        with pytest.raises(InputError, match=rf"did you mean '{edex.id}'\?"):
            find_edex(edex.id[:-1])


class TestFrontMatter:
    @pytest.mark.parametrize("field", ["id", "title", "minutes"])
    def test_a_missing_field_is_told(self, write, field):
        text = "".join(line for line in HEAD.splitlines(True) if not line.startswith(field))
        with pytest.raises(InputError, match=f"has no '{field}' in its front matter"):
            find_edex(write(text))

    @pytest.mark.parametrize("text", ["", "# A title\n", "\n" + HEAD, "---\n---\n" + HEAD])
    def test_no_front_matter_is_told(self, write, text):
        with pytest.raises(InputError, match="has no 'id'"):
            find_edex(write(text))

    @pytest.mark.parametrize("value", ["ten", "-3", "1.5", "2 h"])
    @pytest.mark.parametrize("field", ["number: 3", "minutes: 20"])
    def test_what_is_no_whole_number_is_told(self, write, field, value):
        key = field.partition(":")[0]
        with pytest.raises(InputError, match=rf"says {key}: {value}\. It must be a whole number"):
            find_edex(write(HEAD.replace(field, f"{key}: {value}")))

    def test_fields_of_the_text_do_not_count(self, write):
        assert find_edex(write(HEAD + "\nminutes: 99\n")).minutes == 20

    def test_without_a_number_it_is_zero(self, write):
        assert find_edex(write(HEAD.replace("number: 3\n", ""))).number == 0

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ('"A: b"', "A: b"), ("'A: b'", "A: b"), ('Who said "melt"', 'Who said "melt"'),
            ("It's", "It's"), ("Why?  ", "Why?"), ("Å and °C", "Å and °C"),
        ],
    )  # fmt: skip
    def test_a_title_is_read_as_yaml_reads_it(self, write, text, title):
        import yaml

        assert yaml.safe_load(f"title: {text}")["title"] == title
        assert find_edex(write(HEAD.replace("A title", text))).title == title

    @given(st.from_regex(r"[A-Za-z][A-Za-z0-9 ,.?'()-]{0,30}[A-Za-z?]", fullmatch=True))
    def test_any_plain_title_is_read_as_yaml_reads_it(self, tmp_path_factory, title):
        import yaml

        read = yaml.safe_load(f"title: {title}")["title"]
        assume(isinstance(read, str))
        folder = tmp_path_factory.mktemp("edex")
        (folder / "edex.md").write_text(HEAD.replace("A title", title))
        assert find_edex(str(folder)).title == read


def test_a_package_without_the_course_says_how_to_get_it(tmp_path, monkeypatch):
    (tmp_path / "src" / "edex").mkdir(parents=True)
    monkeypatch.setattr(course, "__file__", str(tmp_path / "src" / "edex" / "course.py"))
    with pytest.raises(
        InputError, match=r"The text of the course was not found.*Install edex again"
    ):
        course_folder()
