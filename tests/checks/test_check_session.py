import json

import pytest
from toy_questions import HINTS, two_questions

from edex.checks import NotAnswered, Session, find_questions, report, start
from edex.course import edex_folders
from edex.errors import InputError

CHECKS = """\
from edex.checks import Questions, expect_number
questions = Questions("toy")
@questions.code("q1", title="T", points=2, minutes=1, hints=("a", "b", "c"), insight="Well done.")
def check(x):
    expect_number(x, "x")
"""


@pytest.fixture
def session(capsys):
    """A session, and a function that runs code in a notebook's namespace and returns the output."""
    session = Session(two_questions())
    namespace = {
        "check": session.check,
        "hint": session.hint,
        "progress": session.progress,
        "todo": session.todo,
    }

    def run(code):
        exec(code, namespace)
        return capsys.readouterr().out

    return run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with checks.py."""
    (tmp_path / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestSession:
    def test_answers_are_found_in_the_namespace_of_the_caller(self, session):
        assert "✓ q1" in session("total = 6\ncheck('q1')")

    def test_check_works_inside_a_function_of_the_notebook(self, session):
        assert "✓ q1" in session("total = 6\ndef run():\n    total = 1\n    check('q1')\nrun()")

    def test_the_placeholder_is_blank(self, session):
        assert "○ q1" in session("total = todo('q1')\ncheck('q1')")
        with pytest.raises(NotAnswered, match="q1"):
            session("total + 1")

    @pytest.mark.parametrize("name", ["'q9'", "'Q1'", "1", "None", "[]", "''"])
    @pytest.mark.parametrize("tool", ["check", "hint"])
    def test_a_mistyped_question_gives_a_card(self, session, tool, name):
        shown = session(f"{tool}({name})")
        assert "There is no question" in shown
        assert "q1, q2" in shown

    def test_hints_come_one_at_a_time_and_the_last_stays(self, session):
        shown = [session("hint('q1')") for _ in range(4)]
        for number, text in enumerate(shown):
            assert HINTS[min(number, 2)] in text
        assert "This was the last hint." in shown[2]

    def test_after_a_wrong_answer_the_ladder_goes_on_with_the_second_hint(self, session):
        assert HINTS[0] in session("total = 5\ncheck('q1')")
        assert HINTS[1] in session("hint('q1')")
        session("check('q1')")
        assert HINTS[2] in session("hint('q1')")

    def test_a_right_answer_does_not_move_the_ladder(self, session):
        session("total = 6\ncheck('q1')")
        assert HINTS[0] in session("hint('q1')")

    def test_each_question_has_its_own_ladder(self, session):
        session("hint('q1')")
        assert HINTS[0] in session("hint('q2')")

    def test_progress_tells_the_latest_verdicts(self, session):
        assert "0 of 3 points" in session("progress()")
        session("total = 6\ncheck('q1')")
        assert "2 of 3 points" in session("progress()")
        session("total = 5\ncheck('q1')")
        assert "0 of 3 points" in session("progress()")


class TestStart:
    def test_it_finds_checks_beside_the_notebook(self, folder, capsys):
        tools = start("toy")
        assert "toy: 1 questions, 2 points" in capsys.readouterr().out
        assert tools._fields == ("check", "hint", "progress", "todo")

    @pytest.mark.parametrize("name", ["unknown", "", "4", "toys"])
    def test_an_unknown_id_is_an_error_that_lists_the_course(self, folder, name):
        with pytest.raises(InputError) as caught:
            start(name)
        assert f"No checks for {name!r} were found" in str(caught.value)
        for edex in edex_folders():
            assert edex.id in str(caught.value)

    def test_without_any_checks_it_is_the_same_error(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(InputError, match="No checks for 'toy'"):
            start("toy")

    def test_the_course_comes_first(self, folder):
        for edex in edex_folders():
            assert find_questions(edex.id).edex_id == edex.id


class TestReport:
    @pytest.mark.parametrize(
        ("namespace", "status", "points"),
        [({"x": 1}, "passed", 2), ({"x": "a"}, "not yet", 0), ({}, "not yet", 0)],
    )
    def test_it_is_json_with_a_row_for_each_question(self, folder, namespace, status, points):
        result = report("toy", namespace)
        assert json.loads(json.dumps(result)) == result
        assert (result["edex"], result["points"], result["max_points"]) == ("toy", points, 2)
        assert [row["status"] for row in result["questions"]] == [status]
        assert set(result["questions"][0]) == {
            "id", "title", "kind", "status", "points", "max_points", "finding", "saw", "expected",
            "why",
        }  # fmt: skip
