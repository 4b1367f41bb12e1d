import re

import nbformat
import pytest
from tiny_edex import FRONT, LESSON, code_cell, line_of

from edex.checks import load_questions
from edex.notebooks.builder import build
from edex.notebooks.execution import NotebookError, open_run
from edex.notebooks.gates import GateReport, run_blank, run_solution
from edex.notebooks.mutants import read_mutants

pytestmark = pytest.mark.slow


@pytest.fixture
def gate(tiny, compiled):
    """Run one notebook of a changed tiny EdEx through its gate: the EdEx, report and notebook."""

    def run(target, *changes, tries=1, **texts):
        edex = tiny(*changes, **texts)
        notebook, report = compiled(target, *changes, **texts), GateReport()
        if target == "problem-set":
            run_blank(notebook, report, folder=edex.path, origin="edex.md")
        else:
            mutants = read_mutants(edex.mutants, load_questions(edex.checks))
            run_solution(notebook, mutants, report, folder=edex.path, origin="edex.md", tries=tries)
        return edex, report, notebook

    return run


def test_a_good_edex_is_built_and_every_stage_tells_its_progress(tiny, tmp_path):
    stages = []
    result = build(tiny(), tmp_path / "out", step=lambda *step: stages.append(step))
    gates = result.gates
    assert (gates.problems, gates.blank_points, gates.solution_points) == ([], 0, 3)
    assert (gates.max_points, gates.n_mutants) == (3, 1)
    for name in ("solution", "blank problem set"):
        steps = [(done, total) for stage, done, total in stages if stage == name]
        assert steps == [(n, steps[0][1]) for n in range(1, steps[0][1] + 1)]
    nbformat.validate(nbformat.read(result.solution, as_version=4))
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


class TestBlank:
    def test_one_that_scores_is_a_problem(self, gate):
        _, report, _ = gate("problem-set", ("total = sum(numbers)\n# END SOLUTION", "x = 1\n"
                            "# END SOLUTION\ntotal = sum(numbers)"))  # fmt: skip
        (problem,) = report.problems
        assert "the blank problem set scores 2 on q1. A blank answer scores 0." in problem
        assert report.blank_points == 2

    def test_a_foreign_error_is_a_problem_with_its_line(self, gate):
        edex, report, _ = gate("problem-set", ("mean = total / n", "mean = undefined + 1"))
        (problem,) = report.problems
        line = line_of(edex, "mean = undefined")
        assert problem.startswith(f"edex.md:{line}: in the blank problem set this cell fails with")
        assert "NameError: name 'undefined' is not defined" in problem

    def test_a_check_that_stumbles_over_a_blank_answer_is_a_problem(self, gate):
        _, report, _ = gate("problem-set", ("    number = expect_number(total, \"total\")\n",
                            "    assert not isinstance(total, object)\n    number = 1\n"),
                            ("total = sum(numbers)\n# END SOLUTION", "print(1)\n# END SOLUTION\n"
                             "total = None"))  # fmt: skip
        assert any("blank, the check of q1 says" in problem for problem in report.problems)

    def test_it_does_not_change_the_notebook(self, gate):
        _, report, notebook = gate("problem-set")
        assert report.problems == []
        assert all(not cell.get("outputs") for cell in notebook.cells)


class TestSolution:
    def test_one_that_fails_its_own_check_is_a_problem(self, gate):
        _, report, _ = gate("solution", ("total = sum(numbers)\n#", "total = 99\n#"))
        (problem,) = report.problems
        assert "the solution of q1 does not pass its own check (another-number): saw 99" in problem
        assert (report.solution_points, report.max_points) == (1, 3)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (("total = len(numbers)", "total = sum(numbers)"), "passes the check of q1"),
            ((":finding: count", ":finding: celsius"), "is caught as 'count'"),
            (("total = len(numbers)", "total = undefined"), "does not run: "),
            (("total = len(numbers)", "total = ("), "does not run: "),
        ],
    )
    def test_a_mutant_that_is_not_caught_as_it_should_be_is_a_problem(self, gate, change, said):
        edex, report, _ = gate("solution", change)
        (problem,) = report.problems
        line = edex.mutants.read_text().splitlines().index(
            next(row for row in edex.mutants.read_text().splitlines() if row.startswith("total"))
        )  # fmt: skip
        assert problem.startswith(f"mutants.md:{line + 1}: the mutant 'The number of numbers' ")
        assert said in problem
        assert (report.n_mutants, report.solution_points) == (1, 3)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (("number != len(numbers),", "number != len(numbers) + luck,"),
             r"'another-number' in draw \d+ of its numbers"),
            (('expect(number == sum(numbers), "another', 'expect(luck == 0, "another'),
             r"the solution of q1 is refused as 'another-number' in draw \d+ of the numbers"),
            (('expect(number != len(numbers), "count"', 'expect(luck, "count"'),
             r"the solution of q1 is refused as 'count' in draw \d+ of the numbers"),
        ],
    )  # fmt: skip
    def test_a_verdict_that_hangs_on_the_draw_is_found_in_many(self, gate, change, said):
        draws = [
            change,
            ("    number = exp", "    luck = int(fresh_generator().integers(9) == 8)\n"
             "    number = exp"),
            ("expect_number, ", "expect_number, fresh_generator, "),
        ]  # fmt: skip
        _, report, _ = gate("solution", *draws, tries=100)
        assert any(re.search(said, problem) for problem in report.problems), report.problems
        _, report, _ = gate("solution", *draws[1:], tries=100)
        assert report.problems == []

    def test_figures_get_their_description_and_one_without_is_a_problem(self, gate):
        draw = "import matplotlib.pyplot as plt\n_ = plt.plot(numbers)"
        lesson = LESSON + "\n" + code_cell(draw, "alt: A rising line.") + "\n\n" + code_cell(
            draw + "\nplt.grid()") + "\n"  # fmt: skip
        edex, report, notebook = gate("solution", lesson=lesson)
        figures = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        ]
        assert [f.metadata.get("image/png") for f in figures] == [{"alt": "A rising line."}, None]
        (problem,) = report.problems
        assert "shows a figure without a description" in problem
        line = line_of(edex, "plt.grid()") - 2
        assert problem.startswith(f"edex.md:{line}: ")

    def test_a_cell_that_fails_is_shown_with_its_place(self, gate, tiny):
        change = ("mean = total / n", "mean = total / 0")
        with pytest.raises(NotebookError) as caught:
            gate("solution", change)
        text = str(caught.value)
        assert text.startswith("A cell failed with ZeroDivisionError: division by zero\n")
        assert f"edex.md:{line_of(tiny(change), 'mean = total')}\n    | mean = total / 0" in text
        assert "Traceback" not in text
        assert "\x1b" not in text


class TestRun:
    @pytest.fixture
    def run(self, tmp_path):
        def run(*codes, **options):
            cells = [nbformat.v4.new_code_cell(code) for code in codes]
            notebook = nbformat.v4.new_notebook(cells=cells)
            return open_run(notebook, folder=tmp_path, origin="edex.md", **options)

        return run

    @pytest.mark.parametrize("allow_errors", [False, True])
    def test_a_kernel_that_dies_is_told_with_the_cell(self, run, allow_errors):
        code = "import os; os._exit(1)"
        with (
            pytest.raises(NotebookError, match="The Python process died in a cell") as caught,
            run("x = 1", code, allow_errors=allow_errors) as notebook,
        ):
            notebook.run_all()
        assert f"edex.md\n    | {code}" in str(caught.value)

    @pytest.mark.parametrize("allow_errors", [False, True])
    def test_a_cell_beyond_the_limit_is_told(self, run, allow_errors):
        with (
            pytest.raises(NotebookError, match="ran longer than 1 s and was stopped") as caught,
            run("while True: pass", timeout=1, allow_errors=allow_errors) as notebook,
        ):
            notebook.run_all()
        assert "    | while True: pass" in str(caught.value)

    def test_a_long_cell_is_shown_in_part(self, run):
        code = "\n".join(f"x{n} = {n}" for n in range(30)) + "\n1 / 0"
        with pytest.raises(NotebookError) as caught, run(code) as notebook:
            notebook.run_all()
        assert "    | x0 = 0" in str(caught.value)
        assert "    | ..." in str(caught.value)
        assert "    | 1 / 0" in str(caught.value)
        assert "x15" not in str(caught.value)

    def test_expressions_are_evaluated_beside_the_notebook(self, run):
        with run("x = [1, 2.5, 'ä']") as notebook:
            notebook.run_all()
            assert notebook.evaluate("x") == [1, 2.5, "ä"]
            assert notebook.evaluate("print('noise') or {'a': None}") == {"a": None}
            assert len(notebook.notebook.cells) == 1
            for bad in ("undefined", "object()", "1 +"):
                with pytest.raises(NotebookError, match="The kernel gave no value for"):
                    notebook.evaluate(bad)
            assert notebook.evaluate("len(x)") == 3

    @pytest.mark.parametrize(
        "expression", ["__import__('os')._exit(1)", "__import__('time').sleep(9)"]
    )
    def test_an_expression_that_ends_or_blocks_the_kernel_is_told(self, run, expression):
        with (
            run("x = 1", timeout=2) as notebook,
            pytest.raises(NotebookError, match="the kernel gave no answer"),
        ):
            notebook.evaluate(expression)


def test_every_preset_builds(tiny, tmp_path):
    assert "full: {n: 5}" in FRONT
    for preset in ("quick", "full"):
        result = build(tiny(), tmp_path / preset, preset=preset)
        code = [cell.source for cell in nbformat.read(result.solution, as_version=4).cells]
        assert any(f"n = {3 if preset == 'quick' else 5}" in text for text in code)
