"""Every lecture is linted, built, run blank and solved, and attacked by its mutants."""

import re
from pathlib import Path

import nbformat
import pytest

from edex.checks import load_questions
from edex.cli import data_at_hand
from edex.course import course_folder, edex_folders, lecture_folders
from edex.notebooks.builder import build
from edex.notebooks.glossary import read_glossary
from edex.notebooks.lint import lint
from edex.notebooks.mutants import read_mutants
from edex.notebooks.source import read_source
from edex.notebooks.timing import measure

LECTURES = lecture_folders()
WEEKS = 13
MINIMUM_OF_MUTANTS = 6
QUICK_BUILDS = Path(__file__).resolve().parents[2] / "build" / "quick"
each_lecture = pytest.mark.parametrize("lecture", LECTURES, ids=lambda lecture: lecture.id)


def test_there_is_a_lecture_for_every_week():
    assert [lecture.number for lecture in LECTURES] == list(range(1, WEEKS + 1))


@each_lecture
def test_a_folder_has_the_week_and_the_id_in_its_name(lecture):
    assert lecture.path.name == f"{lecture.number:02d}-{lecture.id}"
    assert lecture.is_in_course


@each_lecture
def test_a_lecture_has_no_mistakes(lecture):
    assert lint(lecture, read_glossary(course_folder() / "glossary.md")) == []


@each_lecture
def test_every_question_has_two_mutants(lecture):
    questions = load_questions(lecture.checks)
    mutants = [mutant.question for mutant in read_mutants(lecture.mutants, questions)]
    assert len(mutants) >= MINIMUM_OF_MUTANTS
    assert all(mutants.count(question) >= 2 for question in questions.ids)


@each_lecture
def test_a_lecture_leads_to_edexes_of_the_course(lecture):
    assert set(read_source(lecture.source).front.leads_to) <= {edex.id for edex in edex_folders()}


@each_lecture
def test_an_instructor_finds_timing_mistakes_and_what_to_cut(lecture):
    notes = (lecture.path / "instructor.md").read_text(encoding="utf-8")
    assert len(notes.split()) >= 200
    assert "|---" in notes
    assert re.search(r"cut|leave out|skip", notes, flags=re.I)


def test_the_syllabus_says_what_the_lectures_say():
    text = (course_folder() / "syllabus.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (\d+) \| \[(.+?)\]\((.+?)\) \| (.+?) \| (\d+) \+ (\d+) \|", text, flags=re.M
    )
    expected = []
    for lecture in LECTURES:
        source = read_source(lecture.source)
        exercises = measure(source, load_questions(lecture.checks)).exercise_minutes
        link = f"lectures/{lecture.path.name}/lecture.md"
        told = (lecture.number, source.front.title, link, source.front.asks)
        expected.append((*map(str, told), str(lecture.minutes), str(exercises)))
    assert rows == expected


@pytest.mark.slow
@each_lecture
def test_a_lecture_passes_its_gates(lecture):
    # Where `make site PRESET=quick` finds it: nothing is built twice.
    out = QUICK_BUILDS / lecture.path.name
    result = build(lecture, out, preset="quick", fingerprint=data_at_hand())
    assert result.gates.problems == []
    assert result.gates.blank_points == 0
    assert result.gates.solution_points == result.gates.max_points > 0
    for notebook in (result.problem_set, result.solution):
        nbformat.validate(nbformat.read(notebook, as_version=4))
