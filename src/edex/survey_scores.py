"""What a class has gained between two rounds of the concept inventory.

The normalised gain of a class is the part of what could be gained that was gained,
<g> = (after - before) / (1 - before), from the mean shares of right answers of the students who
took part in both rounds (R. R. Hake, Am. J. Phys. 66, 64 (1998), doi:10.1119/1.18809). Its standard
error comes from a bootstrap over students.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edex.errors import InputError
from edex.survey import LETTERS, Item

__all__ = ["ItemScore", "SurveyScore", "normalised_gain", "read_answers", "score_survey"]

N_RESAMPLES = 2000
Answers = dict[str, dict[str, str]]


@dataclass(frozen=True)
class ItemScore:
    """How the matched students answered one item.

    Attributes
    ----------
    item : Item
        The item.
    before, after : float
        Share of right answers, from 0 to 1. No answer counts as not right.
    wrong : str
        The wrong option that was chosen most often afterwards, or "" if none was.
    wrong_share : float
        The share of students who chose it afterwards.
    """

    item: Item
    before: float
    after: float
    wrong: str
    wrong_share: float


@dataclass(frozen=True)
class SurveyScore:
    """What a class has gained.

    Attributes
    ----------
    n_before, n_after, n_matched : int
        Number of students in the first round, in the second, and in both.
    before, after : float
        Mean share of right answers of the matched students.
    gain : float or None
        The normalised gain; None if everything was right before.
    standard_error : float or None
        Its standard error over students; None for fewer than two students.
    items : list of ItemScore
        The items, in the order of the inventory.
    """

    n_before: int
    n_after: int
    n_matched: int
    before: float
    after: float
    gain: float | None
    standard_error: float | None
    items: list[ItemScore]


def normalised_gain(before: float, after: float) -> float | None:
    """Return the part of what could be gained that was gained.

    Parameters
    ----------
    before, after : float
        Mean share of right answers, from 0 to 1.

    Returns
    -------
    float or None
        (after - before) / (1 - before): 1 if all is right afterwards, 0 if nothing has changed,
        negative if less is right; None if everything was right before.

    Examples
    --------
    >>> normalised_gain(0.5, 0.75)
    0.5
    """
    return None if before >= 1 else (after - before) / (1 - before)


def read_answers(path: Path, items: Sequence[Item]) -> Answers:
    """Read the answers of one round.

    Parameters
    ----------
    path : Path
        A CSV file with the column ``student`` and a column of letters for each item. The full text
        of an option, as learning platforms export it, counts as its letter.
    items : sequence of Item
        The inventory.

    Returns
    -------
    dict of str to dict
        For each student, the letter for each item, or "" where no answer was given.

    Raises
    ------
    InputError
        If the file cannot be read, or a column, a letter or a student is not as it should be.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="")
            columns, rows = list(reader.fieldnames or ()), list(reader)
    except FileNotFoundError:
        raise InputError(
            f"There is no file {path}. Give a CSV file with the column student and one for each "
            "item. Check the name."
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} cannot be read as a table ({error}). It must be a CSV file in UTF-8, with "
            "commas. Save it again from your spreadsheet as CSV UTF-8."
        ) from error
    known = {item.id: item for item in items}
    unknown = [name for name in columns if name not in known and name != "student"]
    if "student" not in columns or unknown or len(columns) < 2 or len(set(columns)) < len(columns):
        raise InputError(
            f"{path} has the columns {', '.join(map(repr, columns)) or 'none'}. It must have "
            f"'student' and one column for each item, from {items[0].id} to {items[-1].id}, each "
            f"once{'; unknown: ' + ', '.join(map(repr, unknown)) if unknown else ''}. "
            "Rename or remove columns."
        )
    answers: Answers = {}
    for number, row in enumerate(rows, start=2):
        place = f"{path}, row {number}"
        student = (row.pop("student") or "").strip()
        if not student or student in answers:
            raise InputError(
                f"{place}: {f'student {student!r} is there twice' if student else 'no student'}. "
                "Each row belongs to one student, who has one row. Keep one and remove the other."
            )
        if "" in row:
            raise InputError(
                f"{place} has more values than there are columns. Put text with commas in quotes."
            )
        answers[student] = {
            name: _letter(text or "", known[name], place) for name, text in row.items()
        }
    return answers


def _letter(text: str, item: Item, place: str) -> str:
    """Return the letter that was meant, or "" for a blank."""
    plain = " ".join(text.split())
    letters = {option: letter for letter, option in item.options.items()}
    if plain in letters:
        return letters[plain]
    if plain.upper() in ("", *LETTERS):
        return plain.upper()
    raise InputError(
        f"{place}: the answer to {item.id} is {plain[:40]!r}. Answers are the letters "
        f"{', '.join(LETTERS)}, the full text of an option, or nothing. Correct the table."
    )


def score_survey(
    before: Answers, after: Answers, items: Sequence[Item], *, random_state: int = 0
) -> SurveyScore:
    """Compare two rounds, on the students who took part in both.

    Parameters
    ----------
    before, after : dict of str to dict
        The answers of each round, as read by :func:`read_answers`.
    items : sequence of Item
        The inventory.
    random_state : int
        Seed of the bootstrap over students.

    Raises
    ------
    InputError
        If nobody is in both rounds, or the rounds asked different items.
    """
    import numpy as np

    matched = [student for student in before if student in after]
    if not matched:
        raise InputError(
            f"None of the {len(before)} students before and {len(after)} after is in both tables. "
            "The column student must hold the same code both times. Compare the codes."
        )
    asked = set(before[matched[0]])
    if odd := asked ^ set(after[matched[0]]):
        raise InputError(
            f"Only one of the two tables has {', '.join(sorted(odd))}. Both rounds must ask the "
            "same items. Remove these columns."
        )
    used = [item for item in items if item.id in asked]
    right_before, right_after = (
        np.array([[r[s][item.id] == item.answer for item in used] for s in matched], dtype=float)
        for r in (before, after)
    )
    shares = np.column_stack([right_before.mean(axis=1), right_after.mean(axis=1)])
    picks = np.random.default_rng(random_state).integers(
        len(matched), size=(N_RESAMPLES, len(matched))
    )
    gains = [normalised_gain(b, a) for b, a in shares[picks].mean(axis=1)]
    finite = [gain for gain in gains if gain is not None]
    return SurveyScore(
        n_before=len(before),
        n_after=len(after),
        n_matched=len(matched),
        before=float(shares[:, 0].mean()),
        after=float(shares[:, 1].mean()),
        gain=normalised_gain(float(shares[:, 0].mean()), float(shares[:, 1].mean())),
        standard_error=float(np.std(finite, ddof=1)) if len(matched) > 1 and finite else None,
        items=[
            ItemScore(item, float(b), float(a), *_favourite(item, after, matched))
            for item, b, a in zip(
                used, right_before.mean(axis=0), right_after.mean(axis=0), strict=True
            )
        ],
    )


def _favourite(item: Item, answers: Answers, students: Sequence[str]) -> tuple[str, float]:
    """Return the wrong option chosen most often, and by which share of the students."""
    given = Counter(answers[student][item.id] for student in students)
    letter = max(item.misconceptions, key=lambda wrong: given[wrong])
    return (letter, given[letter] / len(students)) if given[letter] else ("", 0.0)
