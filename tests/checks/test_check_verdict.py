import random
import sys
import threading
import warnings

import numpy as np
import pytest
from toy_questions import notebook, question

from edex.checks import Todo, expect, expect_array, expect_function, expect_number, judge


def check_number(mae):
    number = expect_number(mae, "mae", unit="K")
    expect(
        number > 0, "negative", saw=f"{number} K", expected="a positive number", why="It is |x|."
    )


def check_called(predict):
    value = expect_function(predict, "predict")(np.ones(3))
    expect_array(value, "predict(x)", shape=(3,))


def parts(verdict):
    return " ".join([verdict.saw, verdict.expected, verdict.why])


def judge_function(body, **changes):
    """Judge a student's ``predict`` whose body is given."""
    namespace = notebook("import numpy as np\ndef predict(x):\n    " + body.replace("\n", "\n    "))
    return judge(question(check_called, **changes), namespace)


class TestVerdict:
    def test_a_right_answer_gets_all_points(self):
        verdict = judge(question(check_number), {"mae": 3.0})
        assert (verdict.status, verdict.points, verdict.max_points) == ("passed", 2, 2)
        assert (verdict.finding, verdict.saw, verdict.expected, verdict.why) == ("", "", "", "")

    def test_a_wrong_answer_gets_none_and_the_three_parts(self):
        verdict = judge(question(check_number), {"mae": -3.0})
        assert (verdict.status, verdict.points) == ("not yet", 0)
        assert (verdict.finding, verdict.saw) == ("negative", "-3.0 K")
        assert (verdict.expected, verdict.why) == ("a positive number", "It is |x|.")

    def test_a_missing_name_is_spelled_out(self):
        verdict = judge(question(check_number), {"MAE": 3.0})
        assert (verdict.status, verdict.finding) == ("not yet", "missing-name")
        assert "`mae`" in verdict.saw
        assert "Run the cells above" in verdict.why

    def test_its_own_placeholder_is_blank(self):
        verdict = judge(question(check_number), {"mae": Todo("q1")})
        assert (verdict.status, verdict.finding, verdict.points) == ("blank", "blank", 0)

    def test_its_own_placeholder_from_a_call_is_blank(self):
        verdict = judge(question(check_called), {"predict": lambda x: Todo("q1")})
        assert verdict.status == "blank"

    @pytest.mark.parametrize(
        ("check", "namespace"),
        [
            (check_number, {"mae": Todo("q4")}),
            (check_called, {"predict": lambda x: Todo("q4")}),
            (check_called, {"predict": lambda x: x + Todo("q4")}),
        ],
        ids=["direct", "returned", "used inside"],
    )
    def test_an_earlier_question_that_is_blank_is_named(self, check, namespace):
        verdict = judge(question(check, id="q5"), namespace)
        assert (verdict.status, verdict.finding) == ("not yet", "needs-earlier")
        assert verdict.saw == "q4, which q5 builds on, is still to do"
        assert verdict.expected == "an answer to q4 first"

    def test_an_answer_in_parts_reaches_its_check_with_what_is_there(self):
        def check(mae, other):
            expect_number(mae, "mae")
            expect(not isinstance(other, Todo), "part", saw="nothing in `other`", expected="it")

        parts = {"mae": 3.0, "other": Todo("q1")}
        assert judge(question(check), parts).status == "blank"
        verdict = judge(question(check, in_parts=True), parts)
        assert (verdict.status, verdict.finding) == ("not yet", "part")
        nothing = {"mae": Todo("q1"), "other": Todo("q1")}
        assert judge(question(check, in_parts=True), nothing).status == "blank"
        earlier = {"mae": 3.0, "other": Todo("q4")}
        assert judge(question(check, in_parts=True, id="q5"), earlier).finding == "needs-earlier"

    @pytest.mark.parametrize(
        ("value", "finding"),
        [(None, "none"), ("3", "not-a-number"), (np.nan, "not-finite"), ([1, 2], "not-a-number")],
    )
    def test_a_wrong_kind_of_value_is_a_finding(self, value, finding):
        assert judge(question(check_number), {"mae": value}).finding == finding

    def test_a_check_may_use_given_variables(self):
        def check(mae, baseline):
            expect(mae < baseline, "worse", saw="worse", expected="better")

        assert judge(question(check), {"mae": 1, "baseline": 2, "other": 3}).status == "passed"


class TestErrorsInTheStudentsCode:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("return 1 / 0", "ZeroDivisionError: division by zero"),
            ("return x['a']", "IndexError"),
            ("return undefined", "NameError: name 'undefined' is not defined"),
            ("raise ValueError", "ValueError in line"),
            ("raise SystemExit(3)", "SystemExit: 3"),
            ("import sys; sys.exit('bye')", "SystemExit: bye"),
            ("raise GeneratorExit", "GeneratorExit"),
            ("assert len(x) == 4, 'not four'", "AssertionError: not four"),
            ("return np.ones(2) + x", "ValueError"),
            ("return int('a')", "ValueError"),
        ],
    )
    def test_the_error_the_line_and_its_text_are_told(self, body, said):
        verdict = judge_function(body)
        assert (verdict.status, verdict.finding) == ("not yet", "raised")
        assert said in verdict.saw
        assert f"in line 3 of the cell that defines `predict`: {body}" in verdict.saw
        assert "Traceback" not in parts(verdict)

    def test_the_innermost_line_of_the_student_is_the_one(self):
        namespace = notebook(
            "def half(x):\n    return x.nothing\ndef predict(x):\n    return half(x)"
        )
        verdict = judge(question(check_called), namespace)
        assert "line 2 of the cell that defines `half`: return x.nothing" in verdict.saw

    @pytest.mark.parametrize(
        "body",
        [
            "return [1 / (i - i) for i in range(3)]",
            "return sum(1 / (i - i) for i in range(3))",
            "return {i: 1 / (i - i) for i in range(3)}",
            "return list(map(lambda i: 1 / (i - i), range(3)))",
        ],
        ids=["list", "generator", "dictionary", "lambda"],
    )
    def test_inside_a_comprehension_the_function_around_it_is_named(self, body):
        said = judge_function(body).saw
        assert f"in line 3 of the cell that defines `predict`: {body}" in said
        assert "<" not in said

    def test_a_lambda_is_named_by_its_variable(self):
        namespace = notebook("predict = lambda x: x.nothing")
        said = judge(question(check_called), namespace).saw
        assert "in line 1 of the cell that defines `predict`: predict = lambda" in said

    def test_a_lambda_without_a_name_is_code_of_the_student(self):
        namespace = notebook("table = {'f': lambda x: x.nothing}\npredict = table['f'].__call__")
        assert "in line 1 of your code: table =" in judge(question(check_called), namespace).saw

    def test_an_endless_recursion_is_an_error_of_theirs(self):
        verdict = judge_function("return predict(x)")
        assert verdict.finding == "raised"
        assert "RecursionError" in verdict.saw

    def test_an_error_whose_text_fails_is_named_by_its_type(self):
        verdict = judge_function(
            "class Broken(Exception):\n    def __str__(self):\n        raise OSError\nraise Broken"
        )
        assert verdict.finding == "raised"
        assert verdict.saw.startswith("Broken in line")

    def test_a_function_with_other_arguments_is_unusable_not_a_traceback(self):
        namespace = notebook("def predict():\n    return 1")
        verdict = judge(question(check_called), namespace)
        assert verdict.finding == "unusable"
        assert "TypeError" in verdict.saw

    @pytest.mark.parametrize("method", ["__repr__", "__eq__", "__array__", "__float__", "__len__"])
    def test_an_answer_that_fails_when_it_is_looked_at_gets_a_verdict(self, method):
        code = f"class Bad:\n    def {method}(self, *a, **k):\n        raise OSError\nbad = Bad()"

        def check(bad):
            expect(bad == bad, "unequal", saw="", expected="")
            expect_array(bad, "bad")
            expect_number(bad, "bad")

        verdict = judge(question(check), notebook(code))
        assert verdict.status == "not yet"
        assert verdict.finding in ("raised", "not-numeric")

    def test_an_answer_without_truth_value_is_unusable(self):
        def check(mae):
            expect(mae == 3, "other", saw="", expected="")

        verdict = judge(question(check), {"mae": np.ones(3)})
        assert verdict.finding == "unusable"
        assert "ambiguous" in verdict.saw

    def test_who_presses_stop_stops_the_cell(self):
        with pytest.raises(KeyboardInterrupt):
            judge_function("raise KeyboardInterrupt")


class TestLimitOfTime:
    LOOPS = {  # noqa: RUF012
        "a loop": "while True:\n    pass",
        "a loop that swallows": "while True:\n    try:\n        x.sum()\n    except:\n        pass",
        "a sleep that swallows": "import time\nwhile True:\n    try:\n        time.sleep(1)\n"
        "    except BaseException:\n        continue",
    }

    @pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
    def test_code_that_does_not_end_is_a_verdict(self, body):
        verdict = judge_function(body, time_limit=0.1)
        assert (verdict.status, verdict.finding) == ("not yet", "time-limit")
        assert verdict.saw == "no result after 0.1 s"

    @pytest.mark.parametrize("body", [LOOPS["a loop"], LOOPS["a loop that swallows"]])
    def test_so_it_is_outside_the_main_thread(self, body):
        found = []
        thread = threading.Thread(
            target=lambda: found.append(judge_function(body, time_limit=0.1)), daemon=True
        )
        with warnings.catch_warnings():  # belongs to all threads, so this one does it
            warnings.simplefilter("ignore")
            thread.start()
            thread.join(20)
        assert [verdict.finding for verdict in found] == ["time-limit"]

    def test_the_limit_of_one_question_does_not_reach_the_next(self):
        judge_function(self.LOOPS["a sleep that swallows"], time_limit=0.1)
        assert judge_function("import time; time.sleep(0.5); return x").status == "passed"


class TestSurroundings:
    NOISY = (
        "import random, sys, warnings\n"
        "print('out'); print('err', file=sys.stderr); warnings.warn('careful')\n"
        "np.random.seed(1); np.random.rand(); random.seed(1)\n"
    )

    @pytest.mark.parametrize("end", ["return x", "raise ValueError", "return None"])
    def test_print_warning_and_random_state_stay_inside(self, end, capsys):
        random.seed(5)
        np.random.seed(5)  # noqa: NPY002
        wanted = random.random(), np.random.rand()  # noqa: NPY002
        random.seed(5)
        np.random.seed(5)  # noqa: NPY002
        filters, streams = list(warnings.filters), (sys.stdout, sys.stderr)
        judge_function(self.NOISY + end)
        assert (random.random(), np.random.rand()) == wanted  # noqa: NPY002
        assert warnings.filters == filters
        assert (sys.stdout, sys.stderr) == streams
        assert capsys.readouterr() == ("", "")

    def test_they_are_put_back_when_the_student_presses_stop(self):
        streams = sys.stdout, sys.stderr
        with pytest.raises(KeyboardInterrupt):
            judge_function("raise KeyboardInterrupt")
        assert (sys.stdout, sys.stderr) == streams

    def test_a_closed_output_disturbs_nobody(self, capsys):
        assert judge_function("import sys; sys.stdout.close(); return x").status == "passed"
        print("still here")
        assert capsys.readouterr().out == "still here\n"
