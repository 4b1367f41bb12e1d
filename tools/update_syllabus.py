"""Write titles, questions and minutes of the lectures into the table of the syllabus.

A test holds the table to the lectures; this script saves the typing::

    python tools/update_syllabus.py
"""

from __future__ import annotations

import re

from edex.checks import load_questions
from edex.course import course_folder, lecture_folders
from edex.notebooks.source import read_source
from edex.notebooks.timing import measure


def main() -> None:
    """Rewrite the rows of the thirteen weeks, and leave what follows the minutes as it is."""
    file = course_folder() / "syllabus.md"
    text = file.read_text(encoding="utf-8")
    for lecture in lecture_folders():
        source = read_source(lecture.source)
        exercises = measure(source, load_questions(lecture.checks)).exercise_minutes
        link = f"[{source.front.title}](lectures/{lecture.path.name}/lecture.md)"
        row = (
            f"| {lecture.number} | {link} | {source.front.asks} | {lecture.minutes} + {exercises} |"
        )
        pattern = rf"^\| {lecture.number} \| \[[^|]*\|[^|]*\|[^|]*\|"
        text, n_rows = re.subn(pattern, lambda _, row=row: row, text, flags=re.M)  # type: ignore[misc]
        print(f"week {lecture.number}: {n_rows} row")
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
