"""Run one check on a student's namespace and turn whatever happens into a verdict.

Nothing that a student writes may end in a traceback of ours: a missing name, a wrong type, an
exception inside the student's own function, a loop without end each become a verdict with words.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import random
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, TracebackType
from typing import Any, Literal

from edex.checks.draws import fixed_draw
from edex.checks.expectations import Unmet
from edex.checks.placeholder import NotAnswered, Todo
from edex.checks.questions import Question
from edex.checks.timelimit import TimeLimitReached, run_within

__all__ = ["Verdict", "judge"]

Status = Literal["passed", "not yet", "blank"]


@dataclass(frozen=True)
class Verdict:
    """What a check says about an answer.

    Attributes
    ----------
    question : str
        Its id.
    status : {"passed", "not yet", "blank"}
        The outcome.
    points, max_points : int
        Earned and possible.
    finding : str
        A short name of what was found; "" when passed.
    saw, expected, why : str
        The three parts of the feedback; "" when passed.
    """

    question: str
    status: Status
    points: int
    max_points: int
    finding: str = ""
    saw: str = ""
    expected: str = ""
    why: str = ""


def judge(question: Question, namespace: Mapping[str, Any], *, draw: int | None = None) -> Verdict:
    """Judge the answer of a question.

    Parameters
    ----------
    question : Question
        The question.
    namespace : mapping of str to object
        The variables of the student's notebook.
    draw : int, optional
        Which random problems the check poses (:func:`~edex.checks.draws.fixed_draw`); new ones
        each time unless given.
    """

    def not_yet(finding: str, saw: str, expected: str, why: str = "") -> Verdict:
        status: Status = "blank" if finding == "blank" else "not yet"
        return Verdict(question.id, status, 0, question.points, finding, saw, expected, why)

    for name in question.answers:
        if name not in namespace:
            return not_yet(
                "missing-name",
                f"no variable or function called `{name}`",
                f"`{name}`, spelled exactly so",
                "A notebook only knows the cells that have been run since it was opened. Run the "
                "cells above once more, from the top.",
            )
    answers = {name: namespace[name] for name in question.answers}
    for value in answers.values():
        if isinstance(value, Todo):
            if value.question == question.id:
                if question.in_parts:
                    continue
                return not_yet("blank", "nothing yet", "your answer in the cell above")
            return not_yet(
                "needs-earlier",
                f"{value.question}, which {question.id} builds on, is still to do",
                f"an answer to {value.question} first",
            )
    try:
        with _undisturbed(), fixed_draw(draw):
            run_within(question.time_limit, lambda: question.check(**answers))
    except Unmet as unmet:
        return not_yet(unmet.finding, unmet.saw, unmet.expected, unmet.why)
    except NotAnswered as open_question:
        if open_question.question == question.id:
            return not_yet("blank", "nothing yet", "your answer in the cell above")
        return not_yet(
            "needs-earlier",
            f"{open_question.question}, which {question.id} builds on, is still to do",
            f"an answer to {open_question.question} first",
        )
    except TimeLimitReached:
        return not_yet(
            "time-limit",
            f"no result after {question.time_limit:g} s",
            "an answer that ends by itself in a few seconds",
            "A `while` whose condition never becomes false runs forever; a loop over rows where "
            "arrays would do can take nearly as long.",
        )
    except KeyboardInterrupt:  # whoever presses "stop" means the whole cell
        raise
    except BaseException as error:  # SystemExit too: a student's `exit()` must not end the notebook
        return not_yet(*_describe_exception(error, namespace))
    return Verdict(question.id, "passed", question.points, question.points)


def _describe_exception(error: BaseException, namespace: Mapping[str, Any]) -> tuple[str, str, str]:
    """Say where in the student's code an exception came from, or that the check could not go on."""
    try:
        message = f"{type(error).__name__}: {error}".strip().removesuffix(":")
    except Exception:  # a student's exception class may have a __str__ that fails
        message = type(error).__name__
    place = _last_student_line(error.__traceback__, namespace)
    if place is None:
        return (
            "unusable",
            f"the check could not work with your answer; it met {message}",
            "an answer of the form that the question describes (name, type, shape, order of "
            "arguments)",
        )
    name, line_number, line = place
    where = f"line {line_number} of " + (f"the cell that defines `{name}`" if name else "your code")
    return (
        "raised",
        f"{message} in {where}" + (f": {line}" if line else ""),
        "code that runs on the input of the check, which has the same form as the notebook's "
        "own but other values",
    )


def _last_student_line(
    traceback: TracebackType | None, namespace: Mapping[str, Any]
) -> tuple[str, int, str] | None:
    """Find the innermost frame whose globals are the student's notebook: name, line, its text."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals is namespace:
            code = frame.f_code
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            found = (_name_of(code, namespace), traceback.tb_lineno, line)
        traceback = traceback.tb_next
    return found


def _name_of(code: CodeType, namespace: Mapping[str, Any]) -> str:
    """Name the function that a piece of code belongs to, as the student called it.

    Comprehensions and lambdas have names of Python's own, ``<listcomp>`` and ``<lambda>``: the
    function around them counts, or the variable that holds the lambda.
    """
    names = [part for part in code.co_qualname.split(".") if not part.startswith("<")]
    if names:
        return names[-1]
    holders = (n for n, value in namespace.items() if getattr(value, "__code__", None) is code)
    return next(holders, "")


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hide what a check prints or warns, and leave the global random numbers as they were."""
    state = random.getstate()
    numpy_random = sys.modules.get("numpy.random")
    numpy_state = numpy_random.get_state() if numpy_random else None
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(state)
        if numpy_random:
            numpy_random.set_state(numpy_state)
