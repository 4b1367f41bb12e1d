"""How verdicts, hints and progress look: HTML in a notebook, text in a terminal.

Colours carry no meaning of their own (each card says in words what it is) and keep a contrast
above 4.5 : 1 on light and dark pages, because every card brings its own background.
"""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass

from edex.checks.questions import Question, Questions
from edex.checks.verdict import Verdict

__all__ = ["Card", "hint_card", "progress_card", "verdict_card"]

_WIDTH = 88
_COLOURS = {  # edge, background
    "passed": ("#1b7f5c", "#eef8f3"),
    "not yet": ("#b45309", "#fdf6ec"),
    "blank": ("#52606d", "#f4f6f8"),
    "hint": ("#2b5fab", "#eff4fc"),
}
_INK = "#1f2933"


@dataclass(frozen=True)
class Card:
    """A small box of feedback.

    Attributes
    ----------
    look : str
        ``"passed"``, ``"not yet"``, ``"blank"`` or ``"hint"``.
    heading : str
        The first line.
    lines : tuple of (str, str)
        Label and text of each further line; the label may be empty.
    rows : tuple of tuple of str
        A table under the lines; its first row is the header.
    """

    look: str
    heading: str
    lines: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def __repr__(self) -> str:
        parts = [self.heading]
        for label, text in self.lines:
            first = f"  {label}: " if label else "  "
            parts.append(
                textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent="    ")
            )
        if self.rows:
            widths = [max(len(row[i]) for row in self.rows) for i in range(len(self.rows[0]))]
            parts += [
                "  "
                + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
                for row in self.rows
            ]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        edge, ground = _COLOURS[self.look]
        body = "".join(
            '<div style="margin-top:.35em">'
            + (f"<b>{html.escape(label)}:</b> " if label else "")
            + f"{_inline(text)}</div>"
            for label, text in self.lines
        )
        return (
            f'<div role="status" style="border-left:5px solid {edge};background:{ground};'
            f"color:{_INK};padding:.6em .9em;margin:.3em 0;max-width:46em;line-height:1.45;"
            f'font-family:system-ui,sans-serif;font-size:14px">'
            f'<div style="color:{edge};font-weight:700">{_inline(self.heading)}</div>'
            f"{body}{self._table()}</div>"
        )

    def _table(self) -> str:
        if not self.rows:
            return ""
        cell = 'style="text-align:left;padding:.15em 1.2em .15em 0;background:none;color:inherit"'
        header, *rows = self.rows
        head = "".join(f'<th scope="col" {cell}>{html.escape(text)}</th>' for text in header)
        body = "".join(
            "<tr style='background:none'>"
            + "".join(f"<td {cell}>{_inline(text)}</td>" for text in row)
            + "</tr>"
            for row in rows
        )
        return (
            '<table style="border-collapse:collapse;margin-top:.5em;font-size:13px">'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def verdict_card(question: Question, verdict: Verdict, *, with_hint: bool = True) -> Card:
    """Make the card that ``check`` shows; the first hint comes with the first miss."""
    points = f"{verdict.points} of {verdict.max_points} point{'s' * (verdict.max_points != 1)}"
    name = f"{question.id} · {question.title}"
    more = f'hint("{question.id}")'
    if verdict.status == "passed":
        if question.kind == "written":
            note = (
                "",
                "Your text is saved for a reader; no program judges whether it makes an argument. "
                "Compare it with the rubric:",
            )
            rubric = tuple(("", f"– {line}") for line in question.rubric)
            return Card("passed", f"✓ {name} · saved", (note, *rubric, ("", question.insight)))
        return Card("passed", f"✓ {name} · {points}", (("", question.insight),))
    if verdict.status == "blank":
        return Card(
            "blank",
            f"○ {name} · still to do",
            (("", f"Fill in the cell, then run it. If you do not know how to begin: {more}"),),
        )
    lines = [("What I saw", verdict.saw), ("What I expected", verdict.expected)]
    if verdict.why:
        lines.append(("Why", verdict.why))
    if with_hint:
        lines.append(("First hint", f"{question.hints[0]} (More: {more})"))
    else:
        lines.append(("Stuck?", more))
    return Card("not yet", f"✗ {name} · not yet", tuple(lines))


def hint_card(question: Question, number: int) -> Card:
    """Make the card that ``hint`` shows: the hint with that number, counted from 1."""
    last = number == len(question.hints)
    after = "This was the last hint." if last else f'The next one: hint("{question.id}")'
    return Card(
        "hint",
        f"{question.id} · hint {number} of {len(question.hints)}",
        (("", question.hints[number - 1]), ("", after)),
    )


def progress_card(questions: Questions, verdicts: dict[str, Verdict]) -> Card:
    """Make the card that ``progress`` shows."""
    words = {"passed": "✓ passed", "not yet": "✗ not yet", "blank": "○ still to do"}
    rows: list[tuple[str, ...]] = [("question", "title", "status", "points")]
    for question in questions:
        verdict = verdicts.get(question.id)
        status = words[verdict.status] if verdict else "○ not checked yet"
        if verdict and verdict.status == "passed" and question.kind == "written":
            status = "✓ saved, for a reader"
        earned = verdict.points if verdict else 0
        rows.append((question.id, question.title, status, f"{earned} / {question.points}"))
    earned_all = sum(verdict.points for verdict in verdicts.values())
    done = sum(verdict.status == "passed" for verdict in verdicts.values())
    look = "passed" if done == len(questions) else "hint"
    heading = f"{earned_all} of {questions.points} points · {done} of {len(questions)} questions"
    return Card(look, heading, (), tuple(rows))


def _inline(text: str) -> str:
    """Escape text for HTML and set `code` in a code font."""
    return re.sub(
        r"`([^`]+)`",
        r'<code style="background:none;color:inherit;padding:0">\1</code>',
        html.escape(text),
    )
