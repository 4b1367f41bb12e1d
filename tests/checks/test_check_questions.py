import sys
from pathlib import Path

import pytest
from toy_questions import HINTS, two_questions

from edex.checks import Questions, load_questions
from edex.errors import EdexError, InputError

GOOD = {"title": "T", "points": 1, "minutes": 1, "hints": HINTS, "insight": "I"}
CHECKS = """\
from edex.checks import Questions
questions = Questions("toy")
@questions.code("q1", title="T", points=1, minutes=1, hints=("a", "b", "c"), insight="I")
def check(x): ...
"""


class TestQuestions:
    def test_they_keep_their_order_and_add_their_points(self):
        questions = two_questions()
        assert questions.ids == ("q1", "q2")
        assert [question.id for question in questions] == ["q1", "q2"]
        assert (len(questions), questions.points) == (2, 3)
        assert "q1" in questions
        assert "q3" not in questions

    def test_the_arguments_of_a_check_are_the_answers(self):
        questions = Questions("toy")
        check = questions.code("q1", **GOOD)(lambda mae, y_true: None)
        assert questions["q1"].answers == ("mae", "y_true")
        assert questions["q1"].check is check

    @pytest.mark.parametrize("unknown", ["q9", "Q1", "", 1, None, ["q1"], 1.5])
    def test_an_unknown_one_is_answered_with_those_there_are(self, unknown):
        with pytest.raises(InputError, match=r"has q1, q2\. Write, for example, check\(\"q1\"\)"):
            two_questions()[unknown]

    @pytest.mark.parametrize(
        ("question_id", "changes", "said"),
        [
            ("3", {}, "'3' is no question id"),
            ("q0", {}, "'q0' is no question id"),
            ("q01", {}, "is no question id"),
            ("Q1", {}, "is no question id"),
            ("q1 ", {}, "is no question id"),
            ("q1", {"hints": HINTS[:2]}, "q1 has 2 hints. Each question has 3"),
            ("q1", {"hints": ("a", "b", "")}, "Write the missing ones"),
            ("q1", {"hints": ()}, "q1 has 0 hints"),
            ("q1", {"points": 0}, "points=0, minutes=1. Both are whole numbers from 1"),
            ("q1", {"minutes": -1}, "minutes=-1"),
        ],
    )
    def test_a_mistake_in_a_declaration_is_told(self, question_id, changes, said):
        with pytest.raises(InputError) as caught:
            Questions("toy").code(question_id, **(GOOD | changes))(lambda x: None)
        assert said in str(caught.value)

    def test_two_of_the_same_id_are_refused(self):
        questions = Questions("toy")
        questions.code("q1", **GOOD)(lambda x: None)
        with pytest.raises(InputError, match="q1 is declared twice"):
            questions.code("q1", **GOOD)(lambda x: None)

    def test_a_written_question_needs_a_rubric(self):
        with pytest.raises(InputError, match="q1 is a written question without a rubric"):
            Questions("toy").written("q1", **GOOD, rubric=())(lambda x: None)


class TestLoadQuestions:
    @pytest.fixture
    def write(self, tmp_path):
        def write(text):
            path = tmp_path / "checks.py"
            path.write_text(text, encoding="utf-8")
            return path

        return write

    def test_a_module_gives_its_questions(self, write):
        questions = load_questions(write(CHECKS))
        assert (questions.edex_id, questions.ids) == ("toy", ("q1",))

    def test_two_files_of_the_same_name_do_not_meet(self, tmp_path):
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "checks.py").write_text(CHECKS.replace("toy", name))
        loaded = [load_questions(tmp_path / name / "checks.py") for name in ("one", "two")]
        assert [questions.edex_id for questions in loaded] == ["one", "two"]

    def test_a_missing_file_is_told(self, tmp_path):
        with pytest.raises(InputError, match=r"checks\.py does not exist.*edex new demo"):
            load_questions(tmp_path / "checks.py")

    @pytest.mark.parametrize("text", ["", "questions = 3", "Questions = 1"])
    def test_a_module_without_questions_is_told(self, write, text):
        with pytest.raises(InputError, match="does not define `questions`"):
            load_questions(write(text))

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            ("x = 1\ndef check(:\n", 2, "SyntaxError"),
            ("\n\nimport nowhere_at_all\n", 3, "ModuleNotFoundError"),
            ("def f():\n    return 1 / 0\nf()\n", 2, "ZeroDivisionError"),
            (CHECKS + "\nundefined\n", 6, "NameError"),
        ],
    )
    def test_a_module_that_fails_is_told_with_its_line(self, write, text, line, said):
        path = write(text)
        with pytest.raises(InputError) as caught:
            load_questions(path)
        assert f"{path}:{line} cannot be loaded: {said}" in str(caught.value)

    def test_a_module_that_fails_leaves_nothing_behind(self, write):
        before = set(sys.modules)
        for text in ("1 / 0", "from edex.errors import EdexError\nraise EdexError('mine')"):
            with pytest.raises(EdexError):
                load_questions(write(text + "  # " + "x" * len(before)))
        assert not [name for name in set(sys.modules) - before if name.startswith("edex_checks")]

    def test_its_own_errors_come_through_as_they_are(self, write):
        twice = CHECKS + CHECKS.partition("\n")[2].partition("\n")[2]
        with pytest.raises(InputError, match=r"^q1 is declared twice"):
            load_questions(write(twice))

    def test_the_path_may_be_relative(self, write, monkeypatch):
        monkeypatch.chdir(write(CHECKS).parent)
        assert load_questions(Path("checks.py")).edex_id == "toy"
