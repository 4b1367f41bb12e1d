import pytest
from tiny_edex import MUTANTS, code_cell

from edex.checks import load_questions
from edex.errors import SourceError
from edex.notebooks.mutants import read_mutants, try_mutant


@pytest.fixture
def read(tiny):
    def read(text):
        edex = tiny(mutants=text)
        return read_mutants(edex.mutants, load_questions(edex.checks))

    return read


def mutant(*options, heading="## Wrong\n\n"):
    return heading + code_cell("total = 1", *options) + "\n"


def test_each_has_a_title_a_question_a_finding_and_a_line(read):
    (found,) = read(MUTANTS)
    assert (found.title, found.question, found.finding) == ("The number of numbers", "q1", "count")
    assert found.code == "total = len(numbers)"
    assert MUTANTS.splitlines()[found.line - 1] == "total = len(numbers)"


def test_without_the_file_there_are_none(tiny, tmp_path):
    questions = load_questions(tiny().checks)
    assert read_mutants(tmp_path / "nowhere.md", questions) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (mutant("question: q1"), "finding ''"),
        (mutant("finding: count"), "question ''"),
        (mutant("question: q9", "finding: count"), "question 'q9'"),
        (mutant("question: q1", "finding: count", heading=""), "heading ''"),
        (mutant("question: q1", "finding: count", heading="Wrong\n\n"), "heading ''"),
        (MUTANTS + mutant("question: q1", "finding: count", heading=""), "heading ''"),
        (mutant("question: q1", "findings: count"), "the option findings: 'count'"),
    ],
)
def test_an_incomplete_one_is_told_with_its_line(read, text, said):
    with pytest.raises(SourceError) as caught:
        read(text)
    assert said in str(caught.value)
    assert text.splitlines()[caught.value.line - 1] == "total = 1"


@pytest.mark.parametrize(
    ("code", "status", "finding"),
    [
        ("total = len(numbers)", "not yet", "count"),
        ("total = 7", "not yet", "another-number"),
        ("total = sum(numbers)", "passed", ""),
        ("del total", "not yet", "missing-name"),
        ("def total(): return 1", "not yet", "not-a-number"),
    ],
)
def test_it_is_judged_in_a_copy_of_the_namespace(tiny, monkeypatch, code, status, finding):
    monkeypatch.chdir(tiny().path)
    namespace = {"numbers": [1, 2, 3], "total": 6}
    (verdict,) = try_mutant("tiny", "q1", code, namespace)
    assert (verdict["status"], verdict["finding"]) == (status, finding)
    assert namespace == {"numbers": [1, 2, 3], "total": 6}


MOODY = """\
from edex.checks import Questions, expect, fresh_generator

questions = Questions("tiny")


@questions.code("q1", title="T", points=1, minutes=1, hints=("a", "b", "c"), insight="Yes.")
def check(total):
    number = int(fresh_generator().integers(3))
    expect(number != total, "unlucky", saw=f"{number}", expected="another number")
"""


def test_several_draws_tell_each_verdict_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checks.py").write_text(MOODY, encoding="utf-8")
    verdicts = try_mutant("tiny", "q1", "", {"total": 1}, tries=50)
    assert sorted(v["status"] for v in verdicts) == ["not yet", "passed"]
    (unlucky,) = [v for v in verdicts if v["status"] == "not yet"]
    assert (unlucky["finding"], unlucky["saw"], unlucky["expected"]) == (
        "unlucky", "1", "another number")  # fmt: skip
    before = try_mutant("tiny", "q1", "", {"total": 1}, tries=unlucky["draw"])
    assert all(v["status"] == "passed" for v in before)
    assert try_mutant("tiny", "q1", "", {"total": 1}, tries=50) == verdicts
    assert len(try_mutant("tiny", "q1", "", {"total": 9}, tries=50)) == 1


def test_no_draw_begins_after_the_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checks.py").write_text(MOODY, encoding="utf-8")
    (only,) = try_mutant("tiny", "q1", "", {"total": 1}, tries=10**9, seconds=0)
    assert only["draw"] == 0
