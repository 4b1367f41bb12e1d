"""Questions made in one line, and the namespace of a notebook whose cells have been run."""

import linecache

from edex.checks import Question, Questions

HINTS = ("a nudge", "a direction", "nearly the answer")


def question(check, **changes):
    """Make a question around a check."""
    fields = {
        "id": "q1",
        "kind": "code",
        "title": "A question",
        "points": 2,
        "minutes": 5,
        "check": check,
        "hints": HINTS,
        "insight": "An insight.",
        "time_limit": 5.0,
    }
    return Question(**(fields | changes))


def notebook(code):
    """Run code as the cell of a notebook and return its namespace."""
    name = "<cell of the student>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    namespace = {"__name__": "__main__"}
    exec(compile(code, name, "exec"), namespace)
    return namespace


def two_questions(edex_id="toy"):
    """Make an EdEx with a code question and a written one."""
    from edex.checks import expect, expect_number, expect_text

    questions = Questions(edex_id)

    @questions.code(
        "q1", title="Sum <b>", points=2, minutes=1, hints=HINTS, insight="Sums `add` up."
    )
    def check_total(total):
        number = expect_number(total, "total")
        expect(number == 6, "another-number", saw=f"{number}", expected="6", why="1 + 2 + 3")

    @questions.written(
        "q2", title="Why", points=1, minutes=1, hints=HINTS, insight="Yes.", rubric=("a reason",)
    )
    def check_why(answer_q2):
        expect_text(answer_q2, "answer_q2", words=2, points={})

    return questions
