import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_edex import FRONT, LESSON, code_cell

from edex.errors import InputError, SourceError
from edex.notebooks.source import read_cells, read_source

FIRST = FRONT.count("\n") + 1  # the line after the front matter


def error_of(edex):
    with pytest.raises(SourceError) as caught:
        read_source(edex.source)
    assert str(caught.value).startswith(f"{edex.source}:{caught.value.line}: ")
    return caught.value


class TestFrontMatter:
    def test_it_is_read_with_defaults(self, tiny):
        front = read_source(tiny().source).front
        assert (front.id, front.title, front.minutes, front.seed) == ("tiny", "Adding up", 5, 7)
        assert front.presets["full"] == {"n": 5}
        assert (front.paper, front.needs, front.datasets, front.extra) == ("", (), (), "")

    @pytest.mark.parametrize("field", ["id", "title", "minutes", "outcomes", "seed"])
    def test_a_missing_field_is_named(self, tiny, field):
        line = next(row for row in FRONT.splitlines() if row.startswith(f"{field}:"))
        error = error_of(tiny((line + "\n", "")))
        assert f"The front matter lacks {field}." in str(error)
        assert error.line == 1

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("minutes: 5", "minute: 5", "unknown field 'minute'"),
            ("minutes: 5", "minutes: five", "minutes: 'five'. It must be of type int"),
            ("minutes: 5", "minutes: 5.5", "minutes: 5.5. It must be of type int"),
            ("minutes: 5", "minutes: true", "minutes: True. It must be of type int"),
            ("seed: 7", "seed:", "seed: None. It must be of type int"),
            ("title: Adding up", "title: 5", "cannot be used: 5 is not of type 'string'"),
            ("[add numbers]", "add numbers", "outcomes: 'add numbers'. It must be of type list"),
            ("quick: {n: 3}", "fast: {n: 3}", "presets fast, default, full"),
            ("  quick: {n: 3}\n", "", "presets default, full"),
            ("  quick", "  1", "presets 1, default, full"),
            ("{n: 3}", "{m: 3}", "The presets set different parameters"),
            ("{n: 3}", "{n: 3, m: 1}", "The presets set different parameters"),
            ("{n: 3}", "3", "The preset quick is 3"),
            ("{n: 3}", "[n]", "The preset quick is ['n']"),
            (" {n: 3}", "", "The preset quick is None"),
        ],
    )
    def test_a_wrong_field_is_told_with_its_value(self, tiny, old, new, said):
        error = error_of(tiny((old, new)))
        assert said in str(error)
        assert error.line == 1

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            ("title: Adding up", "title: [Adding", 4),
            ("title: Adding up", "title: Adding: up", 4),
            ("seed: 7", "seed: {7", 11),
            ("minutes: 5", "minutes: 5\n bad: indent", 6),
        ],
    )
    def test_bad_yaml_is_told_with_its_line(self, tiny, old, new, line):
        assert error_of(tiny((old, new))).line == line

    @pytest.mark.parametrize("front", ["", FRONT.removesuffix("---\n")])
    def test_no_front_matter_is_told(self, tiny, front):
        assert "The front matter lacks id, title" in str(error_of(tiny(front=front)))

    @pytest.mark.parametrize("text", ["- tiny\n", "", "tiny\n", "5\n"])
    def test_what_is_no_list_of_fields_is_told(self, tiny, text):
        error = error_of(tiny(front=f"---\n{text}---\n"))
        assert "The front matter cannot be used" in str(error)
        assert error.line == 1


class TestCells:
    def test_each_has_the_line_in_which_its_text_starts(self, tiny):
        edex = tiny()
        lines = edex.source.read_text().splitlines()
        cells = [cell for cell in read_source(edex.source).cells if cell.text]
        assert len(cells) == 9
        for cell in cells:
            assert lines[cell.line - 1] == cell.text.splitlines()[0]

    @pytest.mark.parametrize(
        ("lesson", "expected"),
        [
            ("# T\n", [1]),
            ("\n\n# T\n\ntext\n", [3]),
            ("# T\n\n+++\n\n\ntext\n", [1, 6]),
            ('# T\n+++ {"solution": true}\ntext\n+++\nmore\n', [1, 3, 5]),
            ("# T\n\n```{code-cell} ipython3\nx = 1\n```\ntext\n", [1, 4, 6]),
            ("# T\n```{code-cell} ipython3\n:question: q1\n:alt: what\nx = 1\n```\n", [1, 5]),
            ("# T\n```{code-cell} ipython3\n---\nquestion: q1\n---\nx = 1\n```\n", [1, 6]),
            ("# T\n```{code-cell} ipython3\n\n\nx = 1\n```\n", [1, 3]),
            ("# T\n~~~{code-cell} ipython3\nx = 1\n~~~\n", [1, 3]),
            ("# T\n````{code-cell} ipython3\nx = '''\n```\n'''\n````\ntext\n", [1, 3, 7]),
            ("# T\n\n% remark\n\n```{code-cell} ipython3\nx = 1\n```\n", [1, 6]),
            ("# T\n```{code-cell}\nx\n```\n```{code-cell}\ny\n```\n", [1, 3, 6]),
        ],
    )
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_lines_are_those_of_the_file(self, tiny, lesson, expected, newline):
        edex = tiny(lesson="x")
        edex.source.write_bytes((FRONT + lesson).replace("\n", newline).encode())
        cells = read_source(edex.source).cells
        assert [cell.line - FIRST + 1 for cell in cells] == expected

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["text", "+++\ntext", "- a\n- b", "x = 1", "# c\n\ny = 2"]),
                st.integers(0, 3),
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_lines_are_right_in_any_order_and_distance(self, tmp_path_factory, blocks):
        parts = ["# T\n"]
        for text, blanks in blocks:
            is_code = "=" in text
            parts += ["\n" * blanks, code_cell(text) if is_code else "+++\n\n" + text, "\n"]
        path = tmp_path_factory.mktemp("source") / "edex.md"
        path.write_text(FRONT + "".join(parts))
        lines = path.read_text().splitlines()
        for cell in read_source(path).cells:
            if cell.text:
                assert lines[cell.line - 1] == cell.text.splitlines()[0]

    def test_options_are_read(self, source_of):
        cell = source_of("# T\n" + code_cell("x", "question: q1", "alt: 'a: b'")).cells[1]
        assert (cell.question, cell.alt, cell.is_solution, cell.text) == ("q1", "a: b", False, "x")
        cell = source_of('# T\n\n+++ {"solution": true}\n\nWhy.\n').cells[1]
        assert cell.is_solution

    @pytest.mark.parametrize(
        ("option", "said"),
        [
            ("quest: q1", "the option quest: 'q1'. Allowed are question (str), solution (bool)"),
            ("question: 1", "the option question: 1."),
            ("question: [q1]", "the option question: ['q1']"),
            ("solution: maybe", "the option solution: 'maybe'"),
            ("parameters: 1", "the option parameters: 1"),
            ("alt: true", "the option alt: True"),
        ],
    )
    def test_a_wrong_option_is_told_with_its_line(self, tiny, option, said):
        error = error_of(tiny(lesson="# T\n\n" + code_cell("x = 1", option)))
        assert said in str(error)
        assert error.line == FIRST + 4

    @pytest.mark.parametrize(
        "lesson",
        [
            "# T\n\n" + code_cell("x = 1", "question: [q1"),
            "# T\n\n" + code_cell("x = 1", "alt: a: b"),
            "# T\n\n+++ {question: q1}\n\ntext\n",
            "# T\n\n+++ [1]\n\ntext\n",
        ],
    )
    def test_an_option_that_cannot_be_read_is_told_with_its_line(self, tiny, lesson):
        assert error_of(tiny(lesson=lesson)).line == FIRST + 2


class TestFences:
    @pytest.mark.parametrize(
        ("lesson", "line"),
        [
            ("# T\n```{code-cell} ipython3\nx = 1\n\n" + code_cell("y = 1") + "\n", 2),
            ("# T\n```{code-cell} ipython3\nx = 1\n", 2),
            ("# T\n```python\nx = 1\n\n" + code_cell("y = 1") + "\n", 2),
            ("# T\n~~~\nx = 1\n```\n", 2),
            ("# T\n````\nx = 1\n```\n", 2),
            (code_cell("a = 1") + "\n```{code-cell} ipython3\n", 4),
        ],
    )
    def test_one_that_is_not_closed_is_told_with_its_line(self, tiny, lesson, line):
        error = error_of(tiny(lesson=lesson))
        assert "not closed" in str(error)
        assert error.line == FIRST + line - 1

    @pytest.mark.parametrize(
        "text",
        [
            "```x``` is code in a line",
            "````\n```\ninside\n```\n````",
            "~~~\n```\n~~~",
            "- item\n  ```\n  code\n  ```",
            "```python\na\n`````",
            "~~~ a ``` b\n~~~",
        ],
    )
    def test_what_markdown_closes_is_closed(self, source_of, text):
        assert [
            cell.kind for cell in source_of(f"# T\n\n{text}\n\n{code_cell('x = 1')}\n").cells
        ] == [
            "markdown",
            "code",
        ]

    @pytest.mark.parametrize(
        "before",
        ["- item\n  ", "> quoted\n> ", "1. first\n   "],
        ids=["list", "quotation", "number"],
    )
    def test_a_cell_inside_a_list_or_quotation_is_refused(self, tiny, before):
        inside = before.rpartition("\n")[2]
        cell = f"```{{code-cell}} ipython3\n{inside}x = 1\n{inside}```\n"
        error = error_of(tiny(lesson=f"# T\n\n{before}{cell}"))
        assert "inside a list or a quotation" in str(error)
        assert error.line == FIRST + 3

    def test_a_source_may_show_how_a_cell_is_written(self, source_of):
        shown = "````\n" + code_cell("x = 1") + "\n````\n"
        assert [cell.kind for cell in source_of("# T\n\n" + shown).cells] == ["markdown"]


class TestFile:
    def test_a_missing_file_is_told(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere\.md could not be read"):
            read_source(tmp_path / "nowhere.md")

    def test_a_file_in_another_encoding_is_told(self, tiny):
        edex = tiny()
        edex.source.write_bytes("---\ntitle: Ångström\n---\n".encode("latin-1"))
        with pytest.raises(InputError, match="must be a text file in UTF-8"):
            read_source(edex.source)

    def test_other_files_may_have_other_options(self, tiny):
        edex = tiny()
        _, cells = read_cells(edex.mutants, {"question": str, "finding": str})
        assert cells[1][3] == {"question": "q1", "finding": "count"}

    def test_the_lesson_is_whole(self, tiny):
        source = read_source(tiny().source)
        assert sum(cell.kind == "code" for cell in source.cells) == LESSON.count("{code-cell}")
