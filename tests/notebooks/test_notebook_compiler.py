import ast
import os
import subprocess
import sys

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_edex import CHECKS, FRONT, LESSON, code_cell, line_of, write_tiny

from edex.checks import load_questions
from edex.notebooks.compiler import compile_notebook, notebook_bytes
from edex.notebooks.source import read_source

TARGETS = ("problem-set", "solution")
COMPILE = """\
import sys
from pathlib import Path
from edex.checks import load_questions
from edex.notebooks.compiler import compile_notebook, notebook_bytes
from edex.notebooks.source import read_source
folder = Path(sys.argv[1])
questions = load_questions(folder / "checks.py")
for target in ("problem-set", "solution"):
    notebook = compile_notebook(read_source(folder / "edex.md"), questions, target)
    sys.stdout.buffer.write(notebook_bytes(notebook))
"""


def text_of(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells)


def codes(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


class TestSameBytes:
    def test_twice_gives_the_same(self, compiled):
        for target in TARGETS:
            assert notebook_bytes(compiled(target)) == notebook_bytes(compiled(target))

    def test_another_process_with_another_hash_seed_gives_the_same(self, tiny, compiled):
        folder = tiny().path
        outputs = {
            subprocess.run(
                [sys.executable, "-c", COMPILE, str(folder)],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert outputs == {b"".join(notebook_bytes(compiled(target)) for target in TARGETS)}

    def test_another_folder_gives_the_same(self, tmp_path):
        results = set()
        for name in ("one", "two"):
            edex = write_tiny(tmp_path / name)
            questions = load_questions(edex.checks)
            notebook = compile_notebook(read_source(edex.source), questions, "solution")
            results.add(notebook_bytes(notebook))
        assert len(results) == 1

    def test_the_file_ends_with_one_newline_and_names_no_folder(self, compiled):
        content = notebook_bytes(compiled("solution")).decode()
        assert content.endswith("}\n")
        assert os.getcwd() not in content


class TestNotebook:
    @pytest.mark.parametrize("target", TARGETS)
    def test_it_is_valid_with_unique_ids(self, compiled, target):
        notebook = compiled(target)
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)

    def test_repeated_cells_have_ids_of_their_own(self, compiled):
        again = (code_cell("print(1)") + "\n\nThe same.\n\n+++\n\n") * 4
        notebook = compiled("problem-set", lesson=LESSON + "\n" + again + "+++\n\nThe same.\n")
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        assert codes(notebook).count("print(1)") == 4

    def test_a_cell_keeps_its_id_when_others_move(self, compiled):
        def id_of(notebook):
            return next(cell.id for cell in notebook.cells if cell.source.startswith("mean ="))

        before = id_of(compiled("problem-set"))
        after = id_of(compiled("problem-set", ("Some numbers", "More text.\n\nSome numbers")))
        assert before == after

    @given(st.lists(st.sampled_from(["a = 1", "b = 2", "# c"]), max_size=8))
    def test_any_repetition_is_valid(self, tmp_path_factory, cells):
        lesson = LESSON + "".join(f"\n{code_cell(code)}\n" for code in cells)
        edex = write_tiny(tmp_path_factory.mktemp("edex"), lesson=lesson)
        questions = load_questions(edex.checks)
        notebook = compile_notebook(read_source(edex.source), questions, "problem-set")
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)

    def test_cells_know_their_line_in_the_source(self, tiny, compiled):
        notebook = compiled("solution")
        cell = next(cell for cell in notebook.cells if cell.source.startswith("mean ="))
        assert cell.metadata.edex.line == line_of(tiny(), "mean = total / n")

    def test_its_metadata_say_what_it_is(self, compiled):
        about = compiled("solution", preset="quick").metadata.edex
        assert (about.id, about.notebook, about.preset, about.seed) == (
            "tiny",
            "solution",
            "quick",
            7,
        )

    def test_the_first_code_is_the_setup(self, compiled):
        setup = codes(compiled("problem-set"))[0]
        assert 'start("tiny")' in setup
        assert '"edex"' in setup

    def test_the_setup_installs_the_extra(self, compiled):
        setup = codes(compiled("problem-set", ("seed: 7", "seed: 7\nextra: melting")))[0]
        assert '%pip install --quiet "edex[melting]"' in setup

    def test_the_title_stays_first(self, compiled):
        for target in TARGETS:
            assert compiled(target).cells[0].source.startswith("# Adding up\n")


class TestPreset:
    @pytest.mark.parametrize(("preset", "n"), [("quick", 3), ("default", 4), ("full", 5)])
    def test_its_values_and_the_seed_are_written(self, compiled, preset, n):
        for target in TARGETS:
            assert f"seed = 7\nn = {n}" in codes(compiled(target, preset=preset))

    def test_values_of_any_kind_are_python(self, compiled):
        front = FRONT
        for old in ("{n: 3}", "{n: 4}", "{n: 5}"):
            front = front.replace(old, '{n: "it\'s", m: [1, 2.5], k: null, b: true}')
        text = next(c for c in codes(compiled("solution", front=front)) if c.startswith("seed"))
        namespace = {}
        exec(text, namespace)
        assert (namespace["n"], namespace["m"], namespace["k"]) == ("it's", [1, 2.5], None)

    def test_they_follow_the_text_of_the_cell(self, compiled):
        notebook = compiled("solution", (":parameters: true\n", ":parameters: true\nimport math\n"))
        assert "import math\nseed = 7\nn = 4" in codes(notebook)


class TestProblemSet:
    def test_no_text_of_the_solution_is_in_it(self, compiled):
        text = text_of(compiled("problem-set"))
        for secret in ("sum(numbers)", "only in the solution", "grows by exactly", "SOLUTION"):
            assert secret not in text
        assert "SOLUTION" not in notebook_bytes(compiled("problem-set")).decode()

    def test_every_code_cell_is_python(self, compiled):
        for code in codes(compiled("problem-set"))[1:]:
            ast.parse(code)

    def test_answers_that_others_need_get_a_placeholder(self, compiled):
        assert 'total = todo("q1")' in text_of(compiled("problem-set"))

    def test_prompts_are_framed_with_points_and_minutes(self, compiled):
        text = text_of(compiled("problem-set"))
        assert "> **✎ Question 1 · Sum** (2 points · about 1 min)" in text
        assert "> **✎ Question 2 · Growth** (1 point · about 1 min · written)" in text
        assert "\n> Compute `total`, the sum of all numbers." in text

    def test_the_written_answer_is_empty(self, compiled):
        assert 'answer_q2 = """\n\n"""' in text_of(compiled("problem-set"))

    def test_it_says_how_to_work_with_it(self, compiled):
        text = compiled("problem-set").cells[0].source
        assert "About 5 minutes in\n> all, 3 points" in text


class TestSolution:
    def test_it_has_everything_without_markers(self, compiled):
        text = text_of(compiled("solution"))
        for part in ("total = sum(numbers)", "only in the solution", "grows by exactly"):
            assert part in text
        assert "BEGIN" not in text
        assert "todo(" not in text

    def test_both_notebooks_show_the_same_questions(self, compiled):
        def heads(target):
            return [code.splitlines()[0] for code in codes(compiled(target)) if "# ──" in code]

        assert (
            heads("solution") == heads("problem-set") == ["# ── q1 · Sum ──", "# ── q2 · Growth ──"]
        )

    def test_its_answers_pass_the_checks(self, tmp_path, compiled):
        (tmp_path / "checks.py").write_text(CHECKS)
        questions = load_questions(tmp_path / "checks.py")
        namespace = {"check": lambda name: None}
        for code in codes(compiled("solution"))[1:]:
            exec(code, namespace)
        for question in questions:
            question.check(**{name: namespace[name] for name in question.answers})
