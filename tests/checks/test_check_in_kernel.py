"""What a student sees in a real kernel, with notebooks as careless tools leave them."""

import json

import nbformat
import pytest

from edex.checks import load_questions
from edex.course import Lesson
from edex.notebooks.compiler import compile_notebook
from edex.notebooks.execution import open_run
from edex.notebooks.glossary import Glossary
from edex.notebooks.skeleton import new_edex
from edex.notebooks.source import read_source

pytestmark = pytest.mark.slow


@pytest.fixture
def problem_set(tmp_path):
    folder = new_edex("demo", tmp_path)
    edex = Lesson(folder, "demo", 0, "Demo", 15)
    questions = load_questions(edex.checks)
    return compile_notebook(
        read_source(edex.source), questions, "problem-set", glossary=Glossary({})
    )


@pytest.fixture
def run_in_kernel(tmp_path):
    def run(notebook):
        with open_run(notebook, folder=tmp_path / "demo", origin="demo", allow_errors=True) as run:
            run.run_all()
            score = run.evaluate("__import__('edex.checks').checks.report('demo', globals())")
        return notebook, score

    return run


def answer(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace(
            'baseline_mae = todo("q1")',
            "baseline_mae = np.abs(force[is_test] - force[~is_test].mean()).mean()",
        )


def add(notebook, code):
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    return len(notebook.cells) - 1


def cards(cell):
    return [o.data for o in cell.outputs if o.output_type == "display_data"]


def test_without_any_metadata_and_with_cells_twice_it_still_checks(problem_set, run_in_kernel):
    answer(problem_set)
    bare = nbformat.v4.new_notebook()
    for cell in problem_set.cells:
        for _ in range(2):
            make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
            bare.cells.append(make(cell.source))
    notebook, score = run_in_kernel(bare)
    assert (score["points"], score["max_points"]) == (2, 3)
    shown = json.dumps([cell.get("outputs") for cell in notebook.cells], ensure_ascii=False)
    assert shown.count("✓ q1 · The simplest model · 2 of 2 points") >= 2


def test_open_questions_say_so_in_one_line(problem_set, run_in_kernel):
    first = add(problem_set, "baseline_mae * 2")
    second = add(problem_set, "baseline_mae")
    notebook, score = run_in_kernel(problem_set)
    assert score["points"] == 0
    (error,) = notebook.cells[first].outputs
    assert error.ename == "NotAnswered"
    (line,) = error.traceback
    assert line.startswith("NotAnswered: q1 is still to do")
    (shown,) = notebook.cells[second].outputs
    assert shown.data == {"text/plain": "<q1: still to do>"}


def test_tools_answer_with_cards(problem_set, run_in_kernel):
    answer(problem_set)
    calls = ['check("q9")', "check(3)", 'hint("first")', 'hint("q1")', "progress()", 'check("q2")']
    places = [add(problem_set, code) for code in calls]
    notebook, _ = run_in_kernel(problem_set)
    said = []
    for place in places:
        assert [o.output_type for o in notebook.cells[place].outputs] == ["display_data"]
        (card,) = cards(notebook.cells[place])
        assert card["text/html"].startswith('<div role="status"')
        said.append(card["text/plain"])
    for text in said[:3]:
        assert "There is no question" in text
    assert "hint 1 of 3" in said[3]
    assert "2 of 3 points" in said[4]
    assert "○ q2" in said[5]


def test_the_line_of_a_failing_function_is_that_of_its_cell(problem_set, run_in_kernel):
    code = "class Bad(float):\n    def __float__(self):\n        return undefined\n"
    place = add(problem_set, code + 'baseline_mae = Bad(1)\ncheck("q1")')
    notebook, _ = run_in_kernel(problem_set)
    (card,) = cards(notebook.cells[place])
    assert "line 3 of the cell that defines `__float__`: return undefined" in " ".join(
        card["text/plain"].split()
    )


def test_a_loop_without_end_in_an_answer_is_stopped(problem_set, run_in_kernel):
    code = (
        "import time\nfrom edex.checks.questions import Question\nclass Slow(float):\n"
        "    def __float__(self):\n        while True:\n            try: time.sleep(1)\n"
        "            except: pass\n"
        "from dataclasses import replace\nquestions = check.__self__.questions\n"
        "questions._questions['q1'] = replace(questions['q1'], time_limit=0.2)\n"
        "baseline_mae = Slow(1)\ncheck('q1')"
    )
    place = add(problem_set, code)
    notebook, _ = run_in_kernel_bounded(problem_set, run_in_kernel)
    (card,) = cards(notebook.cells[place])
    assert "no result after 0.2 s" in card["text/plain"]


def run_in_kernel_bounded(notebook, run_in_kernel):
    """Run, but give the answer back before the report, which would meet the loop again."""
    add(notebook, "baseline_mae = todo('q1')")
    return run_in_kernel(notebook)


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("3", "3")])
def test_a_notebook_computes_on_one_thread_unless_told_otherwise(
    problem_set, tmp_path, monkeypatch, before, after
):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if before:
        monkeypatch.setenv("OMP_NUM_THREADS", before)
    with open_run(problem_set, folder=tmp_path / "demo", origin="demo", allow_errors=True) as run:
        run.run_cell(next(i for i, c in enumerate(problem_set.cells) if c.cell_type == "code"))
        assert run.evaluate("__import__('os').environ['OMP_NUM_THREADS']") == after


def test_one_thread_is_what_scikit_learn_uses_even_if_the_checks_import_it(tmp_path, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    (tmp_path / "checks.py").write_text(
        "import sklearn.ensemble\nfrom edex.checks import Questions, expect_number\n"
        'questions = Questions("demo")\n'
        '@questions.code("q1", title="T", points=1, minutes=1, hints=tuple("abc"), insight="I")\n'
        "def check(x):\n    expect_number(x, 'x')\n",
        encoding="utf-8",
    )
    code = "from edex.checks import start\nstart('demo')\nfrom threadpoolctl import threadpool_info"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    with open_run(notebook, folder=tmp_path, origin="demo") as run:
        run.run_all()
        pools = run.evaluate(
            "[p['num_threads'] for p in threadpool_info() if p['user_api'] == 'openmp']"
        )
    assert pools == [1]


def test_an_unknown_edex_is_one_message(run_in_kernel, problem_set):
    place = add(problem_set, "from edex.checks import start\nstart('nothing')")
    notebook, _ = run_in_kernel(problem_set)
    (error,) = notebook.cells[place].outputs
    assert error.ename == "InputError"
    assert len(error.traceback) == 1
    assert "No checks for 'nothing' were found" in error.traceback[0]
