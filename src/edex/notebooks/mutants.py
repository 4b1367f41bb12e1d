"""Mutants: plausible wrong answers that the checks must catch.

They stand in ``mutants.md`` beside the source, one code cell each::

    ## Temperatures in Celsius

    ```{code-cell} ipython3
    :question: q1
    :finding: celsius
    baseline_mae = ...
    ```

The code runs in a copy of the solution's namespace, right after the solution of that question;
then the check of the question must not pass, and its finding must be the one that is named.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edex.checks import find_questions, judge
from edex.checks.questions import Questions
from edex.errors import SourceError
from edex.notebooks.source import read_cells

__all__ = ["Mutant", "read_mutants", "try_mutant"]


@dataclass(frozen=True)
class Mutant:
    """A wrong answer.

    Attributes
    ----------
    title : str
        What is wrong about it.
    question : str
        The question it answers.
    finding : str
        The finding that the check must report.
    code : str
        The wrong answer.
    line : int
        Where it stands in ``mutants.md``.
    """

    title: str
    question: str
    finding: str
    code: str
    line: int


def read_mutants(path: Path, questions: Questions) -> list[Mutant]:
    """Read the mutants of an EdEx.

    Parameters
    ----------
    path : Path
        The file ``mutants.md``; if it is missing there are none.
    questions : Questions
        The questions that mutants may answer.

    Raises
    ------
    SourceError
        For a mutant without question, finding or heading, or of an unknown question.
    """
    if not path.is_file():
        return []
    mutants = []
    title = ""
    _, cells = read_cells(path, {"question": str, "finding": str})
    for kind, text, line, options in cells:
        if kind == "markdown":
            headings = [row for row in text.splitlines() if row.startswith("## ")]
            title = headings[-1].removeprefix("## ").strip() if headings else ""
            continue
        question, finding = options.get("question", ""), options.get("finding", "")
        if not (title and question in questions and finding):
            raise SourceError(
                f"A mutant with heading {title!r}, question {question!r} and finding {finding!r}. "
                f"It needs a heading '## ...', a question ({', '.join(questions.ids)}) and the "
                "finding that its check must report. Add what is missing.",
                file=str(path),
                line=line,
            )
        mutants.append(Mutant(title, question, finding, text, line))
        title = ""
    return mutants


def try_mutant(
    edex_id: str,
    question_id: str,
    code: str,
    namespace: Mapping[str, Any],
    *,
    tries: int = 1,
    seconds: float = math.inf,
) -> list[dict[str, Any]]:
    """Run an answer in a copy of a namespace and judge it; called inside the kernel.

    Parameters
    ----------
    edex_id, question_id : str
        The question that the answer belongs to.
    code : str
        The answer; empty for the one that the namespace holds.
    namespace : mapping of str to object
        The variables of the notebook.
    tries : int
        In how many draws of its random problems the check is asked, from draw 0 on.
    seconds : float
        No further draw begins after this time, in s.

    Returns
    -------
    list of dict
        ``{"draw", "status", "finding", "saw", "expected"}`` of each verdict that differs in status
        or finding from those before it; one entry if the draws do not matter.
    """
    copy = dict(namespace)
    exec(compile(code, f"<mutant of {question_id}>", "exec"), copy)
    question = find_questions(edex_id)[question_id]
    verdicts: dict[tuple[str, str], dict[str, Any]] = {}
    end = time.monotonic() + seconds
    for draw in range(tries):
        if draw and time.monotonic() > end:
            break
        verdict = judge(question, copy, draw=draw)
        verdicts.setdefault(
            (verdict.status, verdict.finding),
            {
                "draw": draw,
                "status": verdict.status,
                "finding": verdict.finding,
                "saw": verdict.saw,
                "expected": verdict.expected,
            },
        )
    return list(verdicts.values())
