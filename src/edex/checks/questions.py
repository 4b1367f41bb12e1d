"""The questions of one EdEx: points, minutes, hints, insight and the check of each.

``checks.py`` of an EdEx makes one :class:`Questions` and declares its questions with it. All that
a student is told about a question stands there in one place, next to the code that judges it::

    questions = Questions("melting-temperature")

    @questions.code("q1", title="The mean as a model", points=1, minutes=5,
                    hints=("...", "...", "..."), insight="...")
    def check_mean(baseline_mae): ...
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from edex.errors import EdexError, InputError

__all__ = ["Question", "Questions", "load_questions"]

N_HINTS = 3
CheckFunction = Callable[..., None]


@dataclass(frozen=True)
class Question:
    """One place where students work.

    Attributes
    ----------
    id : str
        ``"q1"``, ``"q2"``, ...
    kind : {"code", "written"}
        Whether the answer is code or text.
    title : str
        A few words.
    points, minutes : int
        What it is worth, and about how long it takes.
    check : callable
        Its arguments are names of the notebook: the answers, and given variables if it needs any.
    hints : tuple of str
        Three, from a nudge to nearly the answer.
    insight : str
        One line for whoever has it right.
    rubric : tuple of str
        What a good written answer contains; empty for code.
    time_limit : float
        Seconds the check may take.
    in_parts : bool
        Whether the check also judges an answer of which a part is still to do. It is then called
        with placeholders among its arguments, and says itself what is missing.
    """

    id: str
    kind: Literal["code", "written"]
    title: str
    points: int
    minutes: int
    check: CheckFunction
    hints: tuple[str, ...]
    insight: str
    rubric: tuple[str, ...] = ()
    time_limit: float = 20.0
    in_parts: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of the notebook that the check reads."""
        return tuple(inspect.signature(self.check).parameters)


class Questions:
    """The questions of one EdEx, in order.

    Parameters
    ----------
    edex_id : str
        The id of the EdEx, as in the front matter of its source.
    """

    def __init__(self, edex_id: str) -> None:
        self.edex_id = edex_id
        self._questions: dict[str, Question] = {}

    def code(
        self,
        question_id: str,
        *,
        title: str,
        points: int,
        minutes: int,
        hints: tuple[str, ...],
        insight: str,
        time_limit: float = 20.0,
        in_parts: bool = False,
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Declare a question that is answered with code; decorates its check."""

        def declare(check: CheckFunction) -> CheckFunction:
            self._add(
                Question(
                    question_id,
                    "code",
                    title,
                    points,
                    minutes,
                    check,
                    hints,
                    insight,
                    time_limit=time_limit,
                    in_parts=in_parts,
                )
            )
            return check

        return declare

    def written(
        self,
        question_id: str,
        *,
        title: str,
        points: int,
        minutes: int,
        hints: tuple[str, ...],
        insight: str,
        rubric: tuple[str, ...],
        in_parts: bool = False,
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Declare a question that is answered in words; decorates its check."""

        def declare(check: CheckFunction) -> CheckFunction:
            if not rubric:
                raise InputError(
                    f"{question_id} is a written question without a rubric. "
                    "A written answer is judged by a person, who needs one. "
                    "Give rubric=(...), one line for each point of a good answer."
                )
            self._add(
                Question(
                    question_id,
                    "written",
                    title,
                    points,
                    minutes,
                    check,
                    hints,
                    insight,
                    rubric,
                    in_parts=in_parts,
                )
            )
            return check

        return declare

    def _add(self, question: Question) -> None:
        if not re.fullmatch(r"q[1-9]\d*", question.id):
            raise InputError(
                f"{question.id!r} is no question id. Ids are q1, q2, ... in the order of the text."
                " Rename it here and in the source."
            )
        if question.id in self._questions:
            raise InputError(
                f"{question.id} is declared twice. Each question has one check. "
                "Rename one of the two."
            )
        if len(question.hints) != N_HINTS or not all(question.hints):
            raise InputError(
                f"{question.id} has {len(question.hints)} hints. Each question has {N_HINTS}: "
                "a nudge, a direction, nearly the answer. Write the missing ones."
            )
        if question.points < 1 or question.minutes < 1:
            raise InputError(
                f"{question.id} has points={question.points}, minutes={question.minutes}. "
                "Both are whole numbers from 1. Correct them."
            )
        self._questions[question.id] = question

    def __getitem__(self, question_id: str) -> Question:
        """Return a question, or say which ones there are."""
        try:
            return self._questions[question_id]
        except (KeyError, TypeError):
            raise InputError(
                f"There is no question {question_id!r}. This EdEx has {', '.join(self.ids)}. "
                f'Write, for example, check("{self.ids[0] if self.ids else "q1"}").'
            ) from None

    def __iter__(self) -> Iterator[Question]:
        return iter(self._questions.values())

    def __len__(self) -> int:
        return len(self._questions)

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._questions

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(self._questions)

    @property
    def points(self) -> int:
        """All points together."""
        return sum(question.points for question in self)


def load_questions(path: Path) -> Questions:
    """Load the questions that a ``checks.py`` declares.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    InputError
        If the file is not there or does not make ``questions = Questions(...)``.
    """
    if not path.is_file():
        raise InputError(
            f"{path} does not exist. Each EdEx has its checks beside its source. "
            "Make a complete example with: edex new demo"
        )
    name = "edex_checks_" + re.sub(r"\W", "_", str(path.resolve()))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    writes_bytecode = not sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # no __pycache__ among the texts of the course
    try:
        spec.loader.exec_module(module)
    except EdexError:
        del sys.modules[name]
        raise
    except Exception as error:
        del sys.modules[name]
        raise InputError(
            f"{path}{_line_of(error, path)} cannot be loaded: {type(error).__name__}: {error}. "
            "It is a Python module that declares the questions. Correct it; "
            "a complete example comes with: edex new demo"
        ) from error
    finally:
        sys.dont_write_bytecode = not writes_bytecode
    questions = getattr(module, "questions", None)
    if not isinstance(questions, Questions):
        raise InputError(
            f"{path} does not define `questions`. "
            "It starts with: questions = Questions(<id of the EdEx>). Add that line."
        )
    return questions


def _line_of(error: Exception, path: Path) -> str:
    """Say in which line of a file an error arose: ``":12"``, or "" if it is not known."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f":{lines[-1]}" if lines else ""
