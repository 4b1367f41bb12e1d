"""The smallest EdEx that passes all gates, in a form that a test can change line by line."""

import textwrap

from edex.course import Lesson

FRONT = """\
---
id: tiny
number: 0
title: Adding up
minutes: 5
outcomes: [add numbers]
presets:
  quick: {n: 3}
  default: {n: 4}
  full: {n: 5}
seed: 7
---
"""

LESSON = """\

# Adding up

Some numbers and their total.

```{code-cell} ipython3
:parameters: true
```

```{code-cell} ipython3
numbers = list(range(1, n + 1))
```

+++ {"question": "q1"}

Compute `total`, the sum of all numbers.

```{code-cell} ipython3
:question: q1
# BEGIN SOLUTION
total = sum(numbers)
# END SOLUTION
check("q1")
```

+++ {"solution": true}

**Why.** This explanation is only in the solution of the lesson.

+++

## What the total is for

```{code-cell} ipython3
mean = total / n
```

+++ {"question": "q2"}

What happens to the total when a number is added? Answer in words.

```{code-cell} ipython3
:question: q2
# BEGIN SOLUTION
answer_q2 = \"\"\"The total grows by exactly the number that was added to it.\"\"\"
# END SOLUTION
check("q2")
```
"""

CHECKS = """\
from edex.checks import Questions, expect, expect_number, expect_text

questions = Questions("tiny")
HINTS = ("a nudge", "a direction", "nearly the answer")


@questions.code("q1", title="Sum", points=2, minutes=1, hints=HINTS, insight="Sums add up.")
def check_total(total, numbers):
    number = expect_number(total, "total")
    expect(number != len(numbers), "count", saw="how many there are", expected="their sum")
    expect(number == sum(numbers), "another-number", saw=f"{number}", expected="the sum")


@questions.written(
    "q2", title="Growth", points=1, minutes=1, hints=HINTS, insight="Yes.", rubric=("it grows",)
)
def check_growth(answer_q2):
    expect_text(answer_q2, "answer_q2", words=4, points={"it grows": ("grow", "larger")})
"""

MUTANTS = """\
## The number of numbers

```{code-cell} ipython3
:question: q1
:finding: count
total = len(numbers)
```
"""


def write_tiny(folder, *, lesson=LESSON, front=FRONT, checks=CHECKS, mutants=MUTANTS):
    """Write the files of an EdEx and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "edex.md": front + lesson,
        "checks.py": checks,
        "mutants.md": mutants,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Lesson(folder, "tiny", 0, "Adding up", 5)


def code_cell(code, *options):
    """Write a code cell of a source."""
    lines = [f":{option}" for option in options]
    return "\n".join(["```{code-cell} ipython3", *lines, textwrap.dedent(code).strip("\n"), "```"])


def line_of(edex, text):
    """Say in which line of the source a text stands."""
    lines = edex.source.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)
