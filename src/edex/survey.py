"""The concept inventory of the course: multiple-choice items as a form, for Moodle, or as a key.

Each of the 24 items describes a measurement or a simulation; one of four options is right, and
each wrong one is what a plausible misconception would answer. Asked before and after the course,
they show what has changed (:mod:`edex.survey_scores`). The items lie in
``course/instructor/concept-inventory.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edex.course import course_folder
from edex.errors import InputError

__all__ = ["LETTERS", "Item", "gift_form", "markdown_form", "markdown_key", "read_items"]

LETTERS = ("A", "B", "C", "D")
_FIELDS = ("id", "week", "concept", "stem", "options", "answer", "misconceptions", "explanation")
_HEAD = """# A survey: 24 situations from measurement and simulation

For each situation choose the one option that fits best. If you do not know, choose what you would
bet on. The survey is not graded. Write a code that only you know below, and use the same code next
time.

Code:

"""


@dataclass(frozen=True)
class Item:
    """One multiple-choice item.

    Attributes
    ----------
    id : str
        Its name on forms and in tables, which says nothing about the concept.
    week : int
        The week of the course that teaches it.
    concept : str
        What it asks about.
    stem : str
        The situation and the question.
    options : dict of str to str
        The text of options A to D.
    answer : str
        The letter of the right option.
    misconceptions : dict of str to str
        For each wrong option, what somebody believes who chooses it.
    explanation : str
        Why the right option is right.
    """

    id: str
    week: int
    concept: str
    stem: str
    options: dict[str, str]
    answer: str
    misconceptions: dict[str, str]
    explanation: str


def read_items() -> list[Item]:
    """Read the items of the inventory, in the order of the course.

    Raises
    ------
    InputError
        If an item is not complete.
    """
    import yaml

    file = course_folder() / "instructor" / "concept-inventory.yml"
    return [_item(entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]


def _item(entry: dict[str, Any]) -> Item:
    """Make an item of what the file says, or say what is missing."""
    if set(entry) != set(_FIELDS):
        odd = sorted(set(entry) ^ set(_FIELDS))
        raise InputError(
            f"Item {entry.get('id', '?')} of the concept inventory has missing or unknown fields: "
            f"{', '.join(odd)}. An item has {', '.join(_FIELDS)}. Correct the file."
        )
    wrong = set(LETTERS) - {entry["answer"]}
    if tuple(entry["options"]) != LETTERS or set(entry["misconceptions"]) != wrong:
        raise InputError(
            f"Item {entry['id']} of the concept inventory has options "
            f"{', '.join(entry['options'])}, answer {entry['answer']} and misconceptions "
            f"{', '.join(entry['misconceptions'])}. It must have the options A, B, C, D, one of "
            "them as answer, and a misconception for each of the others. Correct the file."
        )
    return Item(**entry)


def markdown_form(items: Sequence[Item]) -> str:
    """Write the items for print, without answers.

    Parameters
    ----------
    items : sequence of Item
        The items.

    Returns
    -------
    str
        Markdown.
    """
    blocks = []
    for item in items:
        options = "\n".join(f"- ☐ **{letter}** {text}" for letter, text in item.options.items())
        blocks.append(f"**{item.id}.** {item.stem}\n\n{options}\n")
    return _HEAD + "\n".join(blocks)


def gift_form(items: Sequence[Item]) -> str:
    """Write the items in GIFT, the text format that Moodle and others import.

    The right option and the feedback are in it: it is not for students' eyes.

    Parameters
    ----------
    items : sequence of Item
        The items.

    Returns
    -------
    str
        One question for each item, named by its id: a line for each option with its feedback, then
        the explanation.

    References
    ----------
    Moodle documentation, "GIFT format", https://docs.moodle.org/en/GIFT_format.
    """
    blocks = ["$CATEGORY: edex concept inventory\n"]
    for item in items:
        lines = [f"::{_gift(item.id)}::[plain]{_gift(item.stem)} {{"]
        for letter, text in item.options.items():
            is_right = letter == item.answer
            feedback = (
                "Right." if is_right else f"The idea behind it: {item.misconceptions[letter]}"
            )
            lines.append(f"{'=' if is_right else '~'}{_gift(text)}#{_gift(feedback)}")
        lines += [f"####{_gift(item.explanation)}", "}\n"]
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _gift(text: str) -> str:
    """Escape what has a meaning in GIFT; a question is one paragraph."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", " ".join(text.split()))


def markdown_key(items: Sequence[Item]) -> str:
    """Write the answers with explanations and the misconceptions behind the wrong options.

    Parameters
    ----------
    items : sequence of Item
        The items.

    Returns
    -------
    str
        Markdown.
    """
    blocks = ["# Key to the survey, for instructors\n"]
    for item in items:
        head = f"## {item.id}: {item.concept} (week {item.week})"
        right = f"**{item.answer}** {item.options[item.answer]}"
        wrong = "\n".join(f"- {letter}: {text}" for letter, text in item.misconceptions.items())
        blocks.append(
            f"{head}\n\n{item.stem}\n\n{right}\n\n{item.explanation}\n\n"
            f"What the others believe:\n\n{wrong}\n"
        )
    return "\n".join(blocks)
