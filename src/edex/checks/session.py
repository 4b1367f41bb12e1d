"""What a notebook talks to: ``check``, ``hint``, ``progress`` and ``todo``.

The first cell of every problem set reads::

    from edex.checks import start
    check, hint, progress, todo = start("melting-temperature")

Answers are found by name in the namespace of the caller, so no cell metadata is needed and it
does not matter which tool opened the notebook.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from edex.checks.carry import carry_placeholders
from edex.checks.feedback import Card, hint_card, progress_card, verdict_card
from edex.checks.placeholder import Todo
from edex.checks.questions import Question, Questions, load_questions
from edex.checks.verdict import Verdict, judge
from edex.course import edex_folders, lecture_folders
from edex.errors import InputError

__all__ = ["Session", "Tools", "find_questions", "report", "start"]


class Tools(NamedTuple):
    """The four functions that a notebook gets.

    Attributes
    ----------
    check : callable
        ``check("q3")`` judges the answer of a question and shows what it found.
    hint : callable
        ``hint("q3")`` shows the next hint.
    progress : callable
        ``progress()`` shows the points so far.
    todo : callable
        ``todo("q3")`` makes the placeholder of an answer that is still to do.
    """

    check: Callable[[str], None]
    hint: Callable[[str], None]
    progress: Callable[[], None]
    todo: Callable[[str], Todo]


class Session:
    """One student's work on one EdEx, from opening the notebook to closing it.

    Parameters
    ----------
    questions : Questions
        The questions of the EdEx.
    """

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.verdicts: dict[str, Verdict] = {}
        self._hints_shown: dict[str, int] = {}

    def check(self, question_id: str = "") -> None:
        """Judge the answer of a question and show the feedback."""
        namespace = sys._getframe(1).f_globals
        question = self._question(question_id)
        if question is None:
            return
        verdict = judge(question, namespace)
        self.verdicts[question.id] = verdict
        is_first_miss = verdict.status == "not yet" and not self._hints_shown.get(question.id)
        if is_first_miss:  # the card shows the first hint, so hint() goes on with the second
            self._hints_shown[question.id] = 1
        _show(verdict_card(question, verdict, with_hint=is_first_miss))

    def hint(self, question_id: str = "") -> None:
        """Show the next hint of a question; after the last one, the last one again."""
        question = self._question(question_id)
        if question is None:
            return
        number = min(self._hints_shown.get(question.id, 0) + 1, len(question.hints))
        self._hints_shown[question.id] = number
        _show(hint_card(question, number))

    def progress(self) -> None:
        """Show the points so far."""
        _show(progress_card(self.questions, self.verdicts))

    def todo(self, question_id: str) -> Todo:
        """Make the placeholder of an answer that is still to do."""
        return Todo(question_id)

    def _question(self, question_id: str) -> Question | None:
        """Find a question; a mistyped id is answered with a card, not with a traceback."""
        try:
            return self.questions[question_id]
        except InputError as error:
            _show(Card("blank", str(error)))
            return None


def start(edex_id: str) -> Tools:
    """Open an EdEx for work and say what is in it.

    In a notebook ``OMP_NUM_THREADS`` becomes 1 unless it was set before.

    Parameters
    ----------
    edex_id : str
        The id of an EdEx of the course, or of one whose ``checks.py`` lies in the working folder.

    Raises
    ------
    InputError
        If there is no such EdEx.
    """
    if shell := _notebook_shell():
        carry_placeholders(shell)
        _prefer_one_thread()  # before the checks are read, as they import scikit-learn
    questions = find_questions(edex_id)
    session = Session(questions)
    _show(
        Card(
            "hint",
            f"{edex_id}: {len(questions)} questions, {questions.points} points",
            (
                ("", 'After each answer run check("q1"). Stuck? hint("q1"). So far: progress().'),
                ("", "Checks run on this computer. Nothing is sent anywhere."),
            ),
        )
    )
    return Tools(session.check, session.hint, session.progress, session.todo)


def find_questions(edex_id: str) -> Questions:
    """Find the questions of an EdEx: in ``checks.py`` of the working folder, else in the course.

    The working folder comes first, so that an author's copy of an EdEx of the course is judged by
    its own checks. A ``checks.py`` of another EdEx is passed over.
    """
    local = Path("checks.py")
    if local.is_file():
        questions = load_questions(local)
        if questions.edex_id == edex_id:
            return questions
    lessons = {lesson.id: lesson for lesson in (*edex_folders(), *lecture_folders())}
    if edex_id in lessons:
        return load_questions(lessons[edex_id].checks)
    raise InputError(
        f"No checks for {edex_id!r} were found. They come with the course "
        f"({', '.join(lessons)}), or lie as checks.py beside the "
        "notebook. Copy checks.py here, or build the EdEx again: edex build"
    )


def report(edex_id: str, namespace: Mapping[str, Any], *, draw: int = 0) -> dict[str, Any]:
    """Judge every question of an EdEx on a namespace.

    The same namespace gets the same report each time.

    Parameters
    ----------
    edex_id : str
        The EdEx.
    namespace : mapping of str to object
        The variables of a notebook that has been run.
    draw : int
        Which random problems the checks pose (:func:`~edex.checks.draws.fixed_draw`).

    Returns
    -------
    dict
        ``{"edex", "points", "max_points", "questions": [...]}``, ready for JSON.
    """
    questions = find_questions(edex_id)
    verdicts = [judge(question, namespace, draw=draw) for question in questions]
    return {
        "edex": edex_id,
        "points": sum(verdict.points for verdict in verdicts),
        "max_points": questions.points,
        "questions": [
            {
                "id": verdict.question,
                "title": questions[verdict.question].title,
                "kind": questions[verdict.question].kind,
                "status": verdict.status,
                "points": verdict.points,
                "max_points": verdict.max_points,
                "finding": verdict.finding,
                "saw": verdict.saw,
                "expected": verdict.expected,
                "why": verdict.why,
            }
            for verdict in verdicts
        ],
    }


def _show(card: Card) -> None:
    """Display a card in a notebook, print it elsewhere."""
    if _notebook_shell():
        from IPython.display import display

        display(card)  # type: ignore[no-untyped-call]
    else:
        print(card)


def _prefer_one_thread() -> None:
    """Let scikit-learn compute on one thread, unless somebody has decided otherwise.

    The tables of the lessons are small. Two threads gain nothing on them, and while another program
    uses the machine they wait for each other: a notebook full of k-means then takes ten times
    as long.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def _notebook_shell() -> Any:
    """Return the IPython shell if this is a notebook, else None."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return shell if hasattr(shell, "kernel") else None
