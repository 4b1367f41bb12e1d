import json

import nbformat
import pytest
from tiny_edex import CHECKS

from edex.errors import InputError
from edex.notebooks.execution import NotebookError
from edex.notebooks.submission import check_notebook, print_report


@pytest.fixture
def submit(compiled, tmp_path):
    """Write one of the two notebooks, changed by a function, as a student's file."""

    def submit(target, change=lambda notebook: None):
        notebook = compiled(target)
        change(notebook)
        folder = tmp_path / "student"
        folder.mkdir(exist_ok=True)
        (folder / "checks.py").write_text(CHECKS)
        path = folder / "mine.ipynb"
        path.write_text(json.dumps(notebook))
        return path

    return submit


def replace(old, new):
    """Make a change of every cell's code."""

    def change(notebook):
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return change


def strip(notebook):
    """Remove all metadata and all ids, as some tools do."""
    notebook.metadata = nbformat.NotebookNode()
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()
        del cell["id"]


def duplicate(notebook):
    notebook.cells[1:] = [cell for cell in notebook.cells[1:] for _ in range(2)]


def remove_setup(notebook):
    notebook.cells = [cell for cell in notebook.cells if 'start("tiny")' not in cell.source]


@pytest.mark.slow
class TestCheckNotebook:
    @pytest.mark.parametrize(
        ("target", "change", "points", "findings"),
        [
            ("solution", None, 3, ["", ""]),
            ("problem-set", None, 0, ["blank", "blank"]),
            ("solution", replace("sum(numbers)", "len(numbers)"), 1, ["count", ""]),
            ("solution", replace("sum(numbers)", "'a'"), 1, ["not-a-number", ""]),
            ("solution", replace("sum(numbers)", "1 / 0"), 1, ["missing-name", ""]),
            ("solution", strip, 3, ["", ""]),
            ("problem-set", strip, 0, ["blank", "blank"]),
            ("solution", duplicate, 3, ["", ""]),
            ("solution", remove_setup, 3, ["", ""]),
        ],
        ids=["right", "blank", "wrong", "wrong type", "failing", "stripped", "blank and stripped",
             "duplicated", "without setup"],
    )  # fmt: skip
    def test_answers_are_judged(self, submit, target, change, points, findings):
        path = submit(target, change) if change else submit(target)
        before = path.read_bytes()
        steps = []
        report = check_notebook(path, step=lambda *step: steps.append(step))
        assert (report["points"], report["max_points"]) == (points, 3)
        assert [question["finding"] for question in report["questions"]] == findings
        assert report["notebook"] == str(path)
        assert json.loads(json.dumps(report)) == report
        assert path.read_bytes() == before
        assert steps[-1][1] == steps[-1][2]

    def test_cells_that_fail_are_listed_but_open_questions_are_not(self, submit):
        assert check_notebook(submit("problem-set"))["failed_cells"] == []
        report = check_notebook(submit("solution", replace("mean = total / n", "mean = 1 / 0")))
        assert report["failed_cells"] == ["ZeroDivisionError: division by zero"]
        assert report["points"] == 3

    def test_a_kernel_that_dies_in_the_middle_is_told_with_the_cell(self, submit):
        path = submit("solution", replace("mean = total / n", "import os; os._exit(1)"))
        with pytest.raises(NotebookError, match="The Python process died in a cell") as caught:
            check_notebook(path)
        assert f"{path}\n    | import os; os._exit(1)" in str(caught.value)

    def test_a_cell_beyond_the_limit_is_told(self, submit):
        path = submit("solution", replace("mean = total / n", "while True: pass"))
        with pytest.raises(NotebookError, match="ran longer than 4 s"):
            check_notebook(path, timeout=4)

    def test_outputs_of_the_student_do_not_matter(self, submit):
        def change(notebook):
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="v")]

        assert check_notebook(submit("solution", change))["failed_cells"] == []


class TestUnreadable:
    @pytest.mark.parametrize(
        "text",
        ["", "print(1)", "{}", "[]", "\x00", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
         '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}'],
    )  # fmt: skip
    def test_what_is_no_notebook_is_told(self, tmp_path, text):
        path = tmp_path / "mine.ipynb"
        path.write_text(text)
        with pytest.raises(InputError, match=r"is no notebook that can be read"):
            check_notebook(path)

    def test_a_folder_is_no_notebook(self, tmp_path):
        with pytest.raises(InputError, match="is no notebook"):
            check_notebook(tmp_path)

    def test_a_missing_file_is_told(self, tmp_path):
        with pytest.raises(InputError, match=r"There is no file .*nowhere\.ipynb"):
            check_notebook(tmp_path / "nowhere.ipynb")

    def test_one_of_no_edex_is_told(self, submit):
        def change(notebook):
            remove_setup(notebook)
            strip(notebook)

        with pytest.raises(InputError, match="does not say which EdEx it belongs to"):
            check_notebook(submit("solution", change))


def test_the_table_shows_what_a_student_wrote_as_it_is(capsys):
    question = {"id": "q1", "title": "[red]T[/red]", "status": "not yet", "points": 0}
    question |= {"kind": "code", "max_points": 2, "saw": "[b] is a list"}
    print_report(
        {"edex": "tiny", "notebook": "[a].ipynb", "points": 0, "max_points": 2,
         "questions": [question], "failed_cells": ["KeyError: [/x]"]}
    )  # fmt: skip
    shown = capsys.readouterr().out
    for text in ("[red]T[/red]", "[b] is a list", "KeyError: [/x]", "[a].ipynb", "0 of 2 points"):
        assert text in shown


def test_a_written_answer_is_not_printed_as_passed(capsys):
    row = {"id": "q1", "title": "Why", "kind": "written", "status": "passed", "points": 1}
    report = {"notebook": "mine.ipynb", "edex": "tiny", "failed_cells": [], "points": 1}
    questions = [{**row, "max_points": 1, "saw": ""}]
    print_report({**report, "max_points": 1, "questions": questions})
    printed = " ".join(capsys.readouterr().out.split())
    assert "saved" in printed
    assert "passed" not in printed
