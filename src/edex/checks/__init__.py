"""Questions, checks, hints and feedback: what runs when a student calls ``check("q3")``."""

from edex.checks.draws import fixed_draw, fresh_generator
from edex.checks.expectations import (
    Unmet,
    expect,
    expect_array,
    expect_estimator,
    expect_function,
    expect_number,
    expect_pair,
    expect_table,
    expect_text,
)
from edex.checks.placeholder import NotAnswered, Todo
from edex.checks.questions import Question, Questions, load_questions
from edex.checks.session import Session, Tools, find_questions, report, start
from edex.checks.verdict import Verdict, judge

__all__ = [
    "NotAnswered",
    "Question",
    "Questions",
    "Session",
    "Todo",
    "Tools",
    "Unmet",
    "Verdict",
    "expect",
    "expect_array",
    "expect_estimator",
    "expect_function",
    "expect_number",
    "expect_pair",
    "expect_table",
    "expect_text",
    "find_questions",
    "fixed_draw",
    "fresh_generator",
    "judge",
    "load_questions",
    "report",
    "start",
]
