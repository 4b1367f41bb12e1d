"""How long a lecture takes, measured on its text.

No class has been timed yet, so the minutes are counted at stated rates: words as fast as one
explains them, each displayed equation, cell, figure and prediction with time to think, and each
question with the minutes that its check declares. Exercises come after the lecture and are counted
apart, with the minutes that stand in their headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edex.checks.questions import Questions
from edex.notebooks.source import Cell, Source

__all__ = ["EXERCISE", "PREDICT", "RATES", "Timing", "measure"]

WORDS_PER_MINUTE = 130.0
# Minutes for each thing that is more than words.
RATES = {"equations": 1.5, "cells": 1.5, "figures": 1.0, "predictions": 1.5}
PREDICT = "**Predict, then run"
EXERCISE = re.compile(r"^### (★{1,3}) (.+) \((\d+) min\)$", re.M)


@dataclass(frozen=True)
class Timing:
    """What a lecture consists of, and the minutes it takes.

    Attributes
    ----------
    words, equations, cells, figures, predictions : int
        How many of each stand in the lecture, exercises and slides left out.
    question_minutes, exercise_minutes : int
        Declared for the questions and for the exercises, in min.
    """

    words: int
    equations: int
    cells: int
    figures: int
    predictions: int
    question_minutes: int
    exercise_minutes: int

    @property
    def minutes(self) -> float:
        """Minutes of the lecture with its questions and without its exercises."""
        more: float = sum(rate * getattr(self, name) for name, rate in RATES.items())
        return self.words / WORDS_PER_MINUTE + more + self.question_minutes


def measure(source: Source, questions: Questions) -> Timing:
    """Count what a lecture consists of."""
    cells = [cell for cell in source.cells if not (cell.folded or cell.slide == "only")]
    text = "\n\n".join(cell.text for cell in cells if cell.kind == "markdown")
    exercises = "".join(re.findall(r"^## Exercises$.*?(?=^## |\Z)", text, flags=re.M | re.S))
    taught = text.replace(exercises, "") if exercises else text
    code = [cell for cell in cells if cell.kind == "code" and not _is_answer(cell)]
    return Timing(
        words=len(re.findall(r"\w+", re.sub(r"\$\$.*?\$\$|\]\(.*?\)", "", taught, flags=re.S))),
        equations=len(re.findall(r"\$\$.+?\$\$", taught, flags=re.S)),
        cells=len(code),
        figures=sum(bool(cell.alt) for cell in code),
        predictions=taught.count(PREDICT),
        question_minutes=sum(question.minutes for question in questions),
        exercise_minutes=sum(int(match[3]) for match in EXERCISE.finditer(exercises)),
    )


def _is_answer(cell: Cell) -> bool:
    """Whether the time for a cell is that of its question."""
    return bool(cell.question) or cell.is_parameters
