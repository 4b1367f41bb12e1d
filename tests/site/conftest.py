import sys
from pathlib import Path

import nbformat
import pytest

sys.path.append(str(Path(__file__).parents[1] / "notebooks"))

from tiny_lecture import write_lecture

from edex.checks import load_questions
from edex.notebooks.compiler import compile_notebook
from edex.notebooks.source import read_source
from edex.site.pages import Built

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)
FIGURE = (
    ":slide: same\nn = 4",
    ":slide: same\n:alt: A point in an empty square\nn = 4",
)


@pytest.fixture
def built(tmp_path):
    """A tiny lecture as if it had been run: each cell prints that it ran, one draws."""

    def make(*changes):
        lesson = write_lecture(tmp_path / "03-tiny", FIGURE, *changes)
        source, questions = read_source(lesson.source), load_questions(lesson.checks)
        solved = compile_notebook(source, questions, "solution")
        for cell in solved.cells:
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("stream", text=f"ran {cell.source[:9]}\n")]
                if cell.metadata.edex.get("alt"):
                    data = {"image/png": PNG}
                    cell.outputs.append(nbformat.v4.new_output("display_data", data=data))
        problem_set = compile_notebook(source, questions, "problem-set")
        return Built(lesson, source, questions, problem_set, solved)

    return make
