"""Every EdEx of the course is linted, built, run blank and solved, and attacked by its mutants."""

import json
from pathlib import Path

import nbformat
import pytest

from edex.checks import load_questions
from edex.cli import data_at_hand
from edex.course import course_folder, edex_folders
from edex.datasets import get_spec
from edex.notebooks.builder import build
from edex.notebooks.glossary import read_glossary
from edex.notebooks.lint import lint
from edex.notebooks.mutants import read_mutants
from edex.notebooks.source import read_source

EDEXES = edex_folders()
MINIMUM_OF_MUTANTS = 12
QUICK_BUILDS = Path(__file__).resolve().parents[2] / "build" / "quick"


def _ids(edex):
    return edex.id


def test_the_course_has_edexes():
    assert EDEXES


@pytest.mark.parametrize("edex", EDEXES, ids=_ids)
def test_an_edex_has_no_mistakes(edex):
    assert lint(edex, read_glossary(course_folder() / "glossary.md")) == []


@pytest.mark.parametrize("edex", EDEXES, ids=_ids)
def test_the_minutes_of_the_questions_fit_into_those_of_the_edex(edex):
    questions = load_questions(edex.checks)
    in_questions = sum(question.minutes for question in questions)
    assert 0.5 * edex.minutes <= in_questions <= edex.minutes


@pytest.mark.parametrize("edex", EDEXES, ids=_ids)
def test_an_edex_has_enough_mutants_and_every_question_has_one(edex):
    questions = load_questions(edex.checks)
    mutants = read_mutants(edex.mutants, questions)
    assert len(mutants) >= MINIMUM_OF_MUTANTS
    assert {mutant.question for mutant in mutants} == set(questions.ids)


@pytest.mark.parametrize("edex", EDEXES, ids=_ids)
def test_the_outcomes_of_the_front_matter_stand_in_the_text(edex):
    source = read_source(edex.source)
    text = " ".join(cell.text for cell in source.cells if cell.kind == "markdown")
    squeezed = " ".join(text.split())
    for outcome in source.front.outcomes:
        assert outcome in squeezed


def _uses_fetched_data(edex):
    return any(get_spec(name).files for name in read_source(edex.source).front.datasets)


FETCHING = [edex for edex in EDEXES if _uses_fetched_data(edex)]


@pytest.mark.slow
@pytest.mark.parametrize("edex", EDEXES, ids=_ids)
def test_an_edex_passes_its_gates_without_any_fetched_data(edex, tmp_path, monkeypatch):
    fingerprint = data_at_hand()
    monkeypatch.delenv("EDEX_DATA_DIR", raising=False)
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path / "empty-cache"))
    # Fetched data change nothing in the others, so this is the build for `make course` as well.
    out = tmp_path / "out" if edex in FETCHING else QUICK_BUILDS / edex.path.name
    _check(build(edex, out, preset="quick", fingerprint=fingerprint))


@pytest.mark.slow
@pytest.mark.parametrize("edex", FETCHING, ids=_ids)
def test_an_edex_passes_its_gates_with_the_data_at_hand(edex):
    # Where `make site PRESET=quick` finds it: nothing is built twice.
    out = QUICK_BUILDS / edex.path.name
    _check(build(edex, out, preset="quick", fingerprint=data_at_hand()))


def _check(result):
    assert result.gates.problems == []
    assert result.gates.blank_points == 0
    assert result.gates.solution_points == result.gates.max_points > 0
    assert result.gates.n_mutants >= MINIMUM_OF_MUTANTS
    problem_set = nbformat.read(result.problem_set, as_version=4)
    nbformat.validate(problem_set)
    assert all(not cell.get("outputs") for cell in problem_set.cells)
    assert "BEGIN SOLUTION" not in json.dumps(problem_set)
    nbformat.validate(nbformat.read(result.solution, as_version=4))
