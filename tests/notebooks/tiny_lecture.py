"""The smallest lecture that has everything a lecture needs."""

from tiny_edex import CHECKS

from edex.course import Lesson

FRONT = """\
---
id: tiny
number: 3
title: Adding up
asks: How much do all of them weigh?
minutes: 10
needs: [numbers]
outcomes:
  - add numbers
  - say what a total is for
leads_to: [melting-temperature]
seed: 7
---
"""

SLIDES = "\n".join(f'+++ {{"slide": "only"}}\n\n## Slide {n}\n\nShort.\n' for n in range(8))

LESSON = f"""\

# Adding up

Some numbers and their total.

```{{code-cell}} ipython3
:parameters: true
```

{SLIDES}
+++

**Predict, then run:** how many?

```{{code-cell}} ipython3
:slide: same
n = 4
numbers = list(range(1, n + 1))
print(len(numbers), "numbers")
```

**Predict, then run:** how large?

$$ s = \\sum_i x_i $$

## Pitfall: a number twice

Count it once.

## Another science: the mass of a molecule

Masses add up as well.

## Check yourself

+++ {{"question": "q1"}}

Compute `total`, the sum of all numbers.

```{{code-cell}} ipython3
:question: q1
# BEGIN SOLUTION
total = sum(numbers)
# END SOLUTION
check("q1")
```

+++ {{"question": "q2"}}

What happens to the total when a number is added? Answer in words.

```{{code-cell}} ipython3
:question: q2
# BEGIN SOLUTION
answer_q2 = \"\"\"The total grows by exactly the number that was added to it.\"\"\"
# END SOLUTION
check("q2")
```

+++ {{"question": "q3"}}

Compute `double`, twice the sum.

```{{code-cell}} ipython3
:question: q3
# BEGIN SOLUTION
double = 2 * sum(numbers)
# END SOLUTION
check("q3")
```

## Exercises

### ★ One more (10 min)

Add five.

+++ {{"folded": "Solution ★"}}

The total grows by five.

```{{code-cell}} ipython3
:folded: Solution ★
larger_total = sum([*numbers, 5])
```

+++

### ★★ In words (20 min)

Why?

+++ {{"folded": "Solution ★★"}}

Because sums add up.

+++

### ★★★ Further (40 min)

How far?

+++ {{"folded": "Solution ★★★"}}

As far as you like.

+++

## Key points

- Numbers can be added.
- A total says how much there is.

## Further reading

- A book.
"""

LECTURE_CHECKS = (
    CHECKS
    + """

@questions.code("q3", title="Twice", points=1, minutes=1, hints=HINTS, insight="Twice as much.")
def check_double(double, numbers):
    expect(expect_number(double, "double") == 2 * sum(numbers), "other", saw="", expected="twice")
"""
)

MUTANTS = """\
## The number of numbers

```{code-cell} ipython3
:question: q1
:finding: count
total = len(numbers)
```
"""


def write_lecture(folder, *changes):
    """Write the files of a lecture, each text changed as said, and return its folder."""
    texts = {"lecture.md": FRONT + LESSON, "checks.py": LECTURE_CHECKS, "mutants.md": MUTANTS}
    for old, new in changes:
        assert any(old in text for text in texts.values()), f"{old!r} stands nowhere"
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Lesson(folder, "tiny", 3, "Adding up", 10, "lecture")
