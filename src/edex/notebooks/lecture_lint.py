"""What every lecture has, so that a student finds the same places in each week."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edex.checks.questions import Questions
from edex.errors import SourceError
from edex.notebooks.source import Source
from edex.notebooks.timing import EXERCISE, PREDICT, measure

__all__ = ["lecture_mistakes"]

N_QUESTIONS, MAX_OUTCOMES, MIN_PREDICTIONS, MIN_SLIDES = 3, 3, 2, 8
SECTIONS = (
    "Pitfall",
    "Another science",
    "Check yourself",
    "Exercises",
    "Key points",
    "Further reading",
)
TOLERANCE = 5.0  # min


def lecture_mistakes(source: Source, questions: Questions) -> Iterator[SourceError]:
    """Find what a lecture lacks: sections, questions, exercises, slides, honest minutes."""
    front = source.front
    if not front.asks.endswith("?"):
        yield source.error(
            f"The front matter says asks: {front.asks!r}. A lecture answers one physical question, "
            "which ends with a question mark. Write it.",
            1,
        )
    if not 1 <= len(front.outcomes) <= MAX_OUTCOMES:
        yield source.error(
            f"There are {len(front.outcomes)} outcomes. A lecture has one to {MAX_OUTCOMES}. "
            "Drop or join some.",
            1,
        )
    if len(questions) != N_QUESTIONS:
        yield source.error(
            f"There are {len(questions)} questions. A lecture has {N_QUESTIONS} short ones. "
            "Add or remove.",
            1,
        )
    text = "\n\n".join(
        cell.text for cell in source.cells if cell.kind == "markdown" and cell.slide != "only"
    )
    yield from _sections(source, text)
    yield from _exercises(source)
    n_predictions = text.count(PREDICT)
    if n_predictions < MIN_PREDICTIONS:
        yield source.error(
            f"{n_predictions} places say {PREDICT}**. A lecture has at least {MIN_PREDICTIONS}: "
            "a guess that was written down is remembered. Add some.",
            1,
        )
    n_slides = sum(cell.slide in ("new", "only") for cell in source.cells)
    if n_slides < MIN_SLIDES:
        yield source.error(
            f"The deck has {n_slides} slides. A lecture has at least {MIN_SLIDES}. Mark cells with "
            "'slide: new' or write slides of their own with 'slide: only'.",
            1,
        )
    minutes = measure(source, questions).minutes
    if abs(minutes - front.minutes) > TOLERANCE:
        yield source.error(
            f"The front matter says minutes: {front.minutes}, and the text, cells, figures and "
            f"questions come to {minutes:.0f} at the rates of edex.notebooks.timing. "
            "Correct the minutes.",
            1,
        )


def _sections(source: Source, text: str) -> Iterator[SourceError]:
    headings = re.findall(r"^## (.+)$", text, flags=re.M)
    found = [next((i for i, h in enumerate(headings) if h.startswith(s)), None) for s in SECTIONS]
    for section, place in zip(SECTIONS, found, strict=True):
        if place is None:
            yield source.error(
                f"There is no section '## {section} ...'. Each lecture has "
                f"{', '.join(SECTIONS)}, in this order. Write it.",
                1,
            )
    places = [place for place in found if place is not None]
    if places != sorted(places):
        yield source.error(
            f"The sections come in the order {', '.join(headings)}. Those that each lecture has "
            f"come as {', '.join(SECTIONS)}. Move them.",
            1,
        )
    points = re.search(r"^## Key points$(.*?)(?=^## |\Z)", text, flags=re.M | re.S)
    n_points = len(re.findall(r"^- ", points[1], flags=re.M)) if points else 0
    if points and n_points != len(source.front.outcomes):
        yield source.error(
            f"There are {n_points} key points and {len(source.front.outcomes)} outcomes. "
            "Each point answers one outcome. Add or remove.",
            1,
        )


def _exercises(source: Source) -> Iterator[SourceError]:
    """Three exercises, one star more each time, each with a folded solution below it."""
    stars: list[str] = []
    is_solved = True
    last = 1
    for cell in source.cells:
        if cell.folded:
            is_solved = True
        elif cell.kind == "markdown":
            for match in EXERCISE.finditer(cell.text):
                if not is_solved:
                    yield _unsolved(source, stars[-1], last)
                stars.append(match[1])
                is_solved, last = False, cell.line
    if not is_solved:
        yield _unsolved(source, stars[-1], last)
    if stars != ["★", "★★", "★★★"]:
        yield source.error(
            f"The exercises are {', '.join(stars) or 'missing'}. A lecture has three, headed "
            "'### ★ Title (10 min)', '### ★★ ...' and '### ★★★ ...'. Correct the headings.",
            last,
        )


def _unsolved(source: Source, stars: str, line: int) -> SourceError:
    return source.error(
        f"The exercise {stars} has no solution. Cells with 'folded: Solution {stars}' below it "
        "hold one. Write it.",
        line,
    )
