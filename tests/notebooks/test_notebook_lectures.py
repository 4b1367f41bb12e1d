import nbformat
import pytest
from tiny_lecture import LESSON, write_lecture

from edex.checks import load_questions
from edex.errors import SourceError
from edex.notebooks.builder import build, notebook_name
from edex.notebooks.compiler import compile_notebook
from edex.notebooks.glossary import Glossary
from edex.notebooks.lint import lint
from edex.notebooks.source import read_source
from edex.notebooks.timing import measure

EMPTY = Glossary({})


@pytest.fixture
def lecture(tmp_path):
    return lambda *changes: write_lecture(tmp_path / "03-tiny", *changes)


def compiled(lesson, target):
    return compile_notebook(read_source(lesson.source), load_questions(lesson.checks), target)


def texts(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


class TestLint:
    def test_a_complete_lecture_has_no_mistakes(self, lecture):
        assert lint(lecture(), EMPTY) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (("How much do all of them weigh?", "Weights"), "ends with a question mark"),
            (("  - add numbers\n", "  - a\n  - b\n  - c\n"), "There are 4 outcomes"),
            (("- Numbers can be added.\n", ""), "There are 1 key points and 2 outcomes"),
            (("## Pitfall: a number", "## A number"), "There is no section '## Pitfall ...'"),
            (("## Further reading", "## Books"), "no section '## Further reading ...'"),
            (("### ★ One more (10 min)", "### ★ One more"), "The exercises are ★★, ★★★"),
            (("**Predict, then run:** how large", "How large"), "1 places say **Predict, then run"),
            (('+++ {"slide": "only"}\n\n## Slide 7', "## Slide 7"), "The deck has 7 slides"),
            (("minutes: 10", "minutes: 90"), "minutes: 90, and the text, cells, figures and"),
            (
                ('+++ {"folded": "Solution ★★★"}\n\nAs far as you like.', "As far as you like."),
                "The exercise ★★★ has no solution",
            ),
            (
                ("Some numbers", "See [week 5](../05-none/lecture.md). Some numbers"),
                "'[week 5](../05-none/lecture.md)' leads to no file",
            ),
        ],
    )
    def test_what_is_missing_is_named(self, lecture, change, said):
        found = [str(mistake) for mistake in lint(lecture(change), EMPTY)]
        assert any(said in text for text in found)

    def test_a_slide_may_be_called_like_a_section(self, lecture):
        assert lint(lecture(("## Slide 3", "## Key points\n\n- One.")), EMPTY) == []

    def test_sections_have_one_order(self, lecture):
        first, second = "## Pitfall: a number twice", "## Check yourself"
        swapped = lecture((first, "## X"), (second, first), ("## X", second))
        assert "The sections come in the order" in str(lint(swapped, EMPTY)[0])

    def test_a_lecture_has_three_questions(self, lecture):
        cut = LESSON[LESSON.index('+++ {"question": "q3"}') : LESSON.index("## Exercises")]
        changed = lecture((cut, ""), ('@questions.code("q3"', '@Questions("x").code("q3"'))
        assert "There are 2 questions" in str(lint(changed, EMPTY)[0])

    def test_an_unknown_kind_of_slide_is_refused(self, lecture):
        with pytest.raises(SourceError, match="Allowed are new, same, figure, only"):
            read_source(lecture((":slide: same", ":slide: big")).source)


class TestNotebooks:
    def test_a_student_finds_solutions_of_exercises_folded_and_not_as_cells(self, lecture):
        notebook = compiled(lecture(), "problem-set")
        folds = [text for text in texts(notebook, "markdown") if text.startswith("<details>")]
        assert [text.split("</b>")[0] for text in folds] == [
            f"<details><summary><b>Solution {stars}" for stars in ("★", "★★", "★★★")
        ]
        assert "```python\nlarger_total = sum([*numbers, 5])\n```" in folds[0]
        assert not any("larger_total" in code for code in texts(notebook, "code"))

    def test_an_empty_cell_waits_where_there_is_code_to_write(self, lecture):
        codes = texts(compiled(lecture(), "problem-set"), "code")
        assert codes.count("# Your code for this exercise") == 1

    def test_the_solution_runs_the_code_of_exercises(self, lecture):
        notebook = compiled(lecture(), "solution")
        assert "larger_total = sum([*numbers, 5])" in texts(notebook, "code")
        assert "**Solution ★**" in texts(notebook, "markdown")

    def test_slides_of_their_own_stand_in_no_notebook(self, lecture):
        for target in ("problem-set", "solution"):
            notebook = compiled(lecture(), target)
            assert not any("Slide 3" in text for text in texts(notebook, "markdown"))

    def test_the_opening_says_question_outcomes_and_needs(self, lecture):
        opening = compiled(lecture(), "problem-set").cells[0].source
        assert "How much do all of them weigh?" in opening
        assert "- add numbers;\n- say what a total is for." in opening
        assert "**It needs** numbers." in opening

    def test_links_to_other_lessons_keep_their_text_alone(self, lecture):
        lesson = lecture(("Some numbers", "See [this week](../03-tiny/lecture.md): numbers"))
        assert lint(lesson, EMPTY) == []
        assert "See this week: numbers" in compiled(lesson, "problem-set").cells[0].source


def test_minutes_are_counted_at_the_stated_rates(lecture):
    lesson = lecture()
    timing = measure(read_source(lesson.source), load_questions(lesson.checks))
    assert (timing.equations, timing.cells, timing.figures, timing.predictions) == (1, 1, 0, 2)
    assert (timing.question_minutes, timing.exercise_minutes) == (3, 70)
    assert timing.minutes == pytest.approx(timing.words / 130 + 1.5 + 1.5 + 2 * 1.5 + 3)


def test_words_of_exercises_folds_and_slides_are_not_counted(lecture):
    more = " word" * 500
    lesson = lecture(
        ("Add five.", "Add five." + more),
        ("Because sums add up.", "Because." + more),
        ("Short.", "Short." + more),
    )
    same = measure(read_source(lesson.source), load_questions(lesson.checks))
    plain = lecture()
    assert same.words == measure(read_source(plain.source), load_questions(plain.checks)).words


@pytest.mark.slow
def test_a_lecture_is_built_with_its_gates(lecture, tmp_path):
    lesson = lecture()
    result = build(lesson, tmp_path / "out")
    assert result.problem_set.name == notebook_name(lesson) == "week-03-tiny.ipynb"
    assert result.gates.solution_points == result.gates.max_points == 4
    assert (result.gates.blank_points, result.gates.n_mutants) == (0, 1)
    assert result.gates.seconds > 0
    solved = nbformat.read(result.solution, as_version=4)
    assert "4 numbers" in str([cell.get("outputs") for cell in solved.cells])
