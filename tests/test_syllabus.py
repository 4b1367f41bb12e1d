"""The tables of the syllabus and of the instructor's pages add up."""

import re

import pytest

from edex.checks import load_questions
from edex.course import course_folder, edex_folders, lecture_folders

TEXT = (course_folder() / "syllabus.md").read_text(encoding="utf-8")
EDEXES = {edex.number: edex for edex in edex_folders()}
LAB = 110  # min


def rows_of(text, heading, n_columns):
    """The cells of each row of the first table below a heading, without the table's head."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    rows = [[cell.strip() for cell in row] for row in rows[2:]]
    assert {len(row) for row in rows} == {n_columns}
    return rows


def weeks():
    return rows_of(TEXT, "The thirteen weeks", 6)


def test_there_is_a_row_for_each_week():
    assert [row[0] for row in weeks()] == [str(week) for week in range(1, 14)]


def test_every_question_of_every_edex_is_done_once_in_the_labs():
    done, number = {}, 0
    for row in weeks():
        if match := re.search(r"EdEx (\d)", row[4]):
            number = int(match[1])
        if match := re.search(r"q(\d+)–q(\d+)", row[4]):
            done.setdefault(number, []).extend(range(int(match[1]), int(match[2]) + 1))
    assert list(done) == [4, 2, 3, 1]
    for number, questions in done.items():
        asked = [question.id for question in load_questions(EDEXES[number].checks)]
        assert [f"q{question}" for question in questions] == asked


def test_every_edex_is_due_once_after_its_last_lab():
    lab = {}
    number = 0
    for week, row in enumerate(weeks(), start=1):
        if match := re.search(r"EdEx (\d)", row[4]):
            number = int(match[1])
        if "q" in row[4] and number:
            lab[number] = week
    due = {int(n): int(row[0]) for row in weeks() for n in re.findall(r"\*\*EdEx (\d)\*\*", row[5])}
    assert due == {number: week + 1 for number, week in lab.items()}


def test_the_weeks_of_the_summer_add_up():
    section = TEXT.split("## In six weeks\n")[1].split("\n## ")[0]
    rows = re.findall(
        r"^\| (\w+) \| ([\d, and]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) h (\d+) \|",
        section,
        flags=re.M,
    )
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6", "all"]
    numbers = [[int(cell) for cell in row[2:]] for row in rows]
    for lectures, labs, home, total, hours, minutes in numbers:
        assert lectures + labs + home == total == 60 * hours + minutes
    assert [sum(column) for column in list(zip(*numbers[:-1], strict=True))[:4]] == numbers[-1][:4]
    taught = [int(week) for row in rows[:-1] for week in re.findall(r"\d+", row[1])]
    assert taught == list(range(1, 14))
    for row, (lectures, labs, *_) in zip(rows[:-1], numbers, strict=False):
        n_weeks = len(re.findall(r"\d+", row[1]))
        assert lectures == 2 * 150
        assert labs == n_weeks * LAB
    whole = 13 * (150 + 110 + 180)
    assert f"are {whole} minutes, {whole // 60} h {whole % 60}" in TEXT
    assert f"The difference, {whole - numbers[-1][3]}\nminutes" in TEXT
    assert whole - numbers[-1][3] == 150 + 180


def test_the_weights_of_the_grades_add_up():
    assert sum(int(row[1]) for row in rows_of(TEXT, "What is graded", 3)) == 100


def test_the_shortest_path_takes_ten_hours():
    lectures = [lecture for lecture in lecture_folders() if lecture.number in (2, 3, 4)]
    if len(lectures) < 3:
        pytest.skip("not all of its lectures are written yet")
    minutes = sum(lecture.minutes for lecture in lectures) + EDEXES[4].minutes
    assert 540 <= minutes + 3 * (10 + 20) <= 600


def test_what_a_lab_cannot_hold_is_said():
    beyond = EDEXES[1].minutes - 2 * LAB
    assert f"EdEx 1 needs about {beyond} minutes more than the lab of week 12 has" in TEXT


def page(name):
    return (course_folder() / "instructor" / name).read_text(encoding="utf-8")


def test_the_minutes_of_edexes_in_the_labs_are_those_of_their_questions():
    total = dict.fromkeys(EDEXES, 0)
    for row in rows_of(page("pacing.md"), "EdExes in the labs", 6):
        _, number, questions, minutes, with_reading, left = row
        first, last = (int(text) for text in re.findall(r"q(\d+)", questions))
        edex = EDEXES[int(number)]
        declared = [question.minutes for question in load_questions(edex.checks)]
        part = sum(declared[first - 1 : last])
        assert int(minutes) == part
        if edex.number != 1:  # its own notes divide it in two sittings
            assert int(with_reading) == round(edex.minutes * part / sum(declared))
        assert int(with_reading) + int(left.replace("−", "-")) == LAB
        total[edex.number] += int(with_reading)
    assert total == {number: edex.minutes for number, edex in EDEXES.items()}


def test_pacing_has_a_row_for_each_week():
    rows = rows_of(page("pacing.md"), "Week by week", 5)
    assert [re.match(r"\[(\d+)\]\(\.\./lectures/(\d\d)-", row[0]).groups() for row in rows] == [
        (str(week), f"{week:02d}") for week in range(1, 14)
    ]


def test_the_rubric_of_the_project_is_that_of_week_13_and_the_fair():
    rows = rows_of(page("rubrics.md"), "The project", 5)
    points = {row[0]: int(row[1]) for row in rows}
    assert sum(points.values()) == 25
    assert f"Sum: {sum(points.values())}." in page("rubrics.md")
    assert sum(list(points.values())[:7]) == 20
    source = course_folder() / "lectures" / "13-project-fair" / "lecture.md"
    if source.is_file():
        told = re.findall(r"^\| ([\w ]+) \| (\d+) \| .+ \|$", source.read_text("utf-8"), re.M)
        assert dict(list(points.items())[:7]).items() <= {n: int(p) for n, p in told}.items()


def test_all_written_questions_are_named_for_the_reader():
    text = page("rubrics.md")
    found = {
        (edex.number, question.id)
        for edex in EDEXES.values()
        for question in load_questions(edex.checks)
        if question.kind == "written"
    }
    named = set()
    for ids, number in re.findall(
        r"((?:q\d+(?: and\s|,\s)?)+)\s*of\s+EdEx (\d)", text.split(". ")[0]
    ):
        named |= {(int(number), name) for name in re.findall(r"q\d+", ids)}
    assert named == found
    assert len(found) == 7
    assert "seven written questions" in text


@pytest.mark.parametrize(
    "name", sorted(path.name for path in (course_folder() / "instructor").glob("*.md"))
)
def test_links_of_an_instructor_page_lead_to_files_or_to_lectures(name):
    folder = course_folder() / "instructor"
    taught = {lecture.number for lecture in lecture_folders()}
    for link in re.findall(r"\]\((?!http)([^)#]+)", page(name)):
        week = re.match(r"\.\./lectures/(\d\d)-", link)
        assert (folder / link).is_file() or (week and int(week[1]) not in taught), link
    assert re.match(r"# [^\n]+\n", page(name))
    assert len(re.findall(r"^# ", re.sub(r"```.*?```", "", page(name), flags=re.S), re.M)) == 1
