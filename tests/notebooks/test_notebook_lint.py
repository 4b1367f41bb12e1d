import pytest
from tiny_edex import CHECKS, LESSON, code_cell, line_of

from edex.errors import InputError, SourceError
from edex.notebooks.glossary import Glossary
from edex.notebooks.lint import lint

EMPTY = Glossary({})
LONG = "\n".join(f"x{n} = {n}" for n in range(13))
PLOT = "import matplotlib.pyplot as plt\n"

# One change of the tiny EdEx, what is said about it, and a text in the line that is named.
MISTAKES = {
    "no title": (("# Adding up", "Adding up"), "does not start with its title", "Adding up\n"),
    "code first": (
        ("# Adding up\n\nSome numbers and their total.\n", ""), "its title", "```",
    ),
    "another id": (("id: tiny", "id: small"), "id 'small', checks.py has 'tiny'", "---"),
    "an open region": (("# END SOLUTION\ncheck(\"q1\")", 'check("q1")'), "never closed", "# BEGIN"),
    "an unknown question": (
        (":question: q2", ":question: q9"), "q9 has no check. checks.py declares q1, q2", "# BEGIN",
    ),
    "no prompt": (
        ('+++ {"question": "q1"}', "+++"), "q1 has no prompt. A Markdown cell after", "# BEGIN",
    ),
    "no region": (
        ("# BEGIN SOLUTION\ntotal = sum(numbers)\n# END SOLUTION", "total = 3"),
        "q1 has no solution region", "total = 3",
    ),
    "no check at the end": (
        ('check("q1")\n', 'check("q1")\nprint(1)\n'), "does not end with its check", "# BEGIN",
    ),
    "the check of another": (
        ('check("q1")', 'check("q2")'), 'Make the last line: check("q1")', "#",
    ),
    "no such name": (
        ("def check_total(total, numbers)", "def check_total(total, number_list)"),
        "asks for `number_list`, which no cell up to here sets", "# BEGIN",
    ),
    "a name that only the text has": (
        ("def check_total(total, numbers)", "def check_total(total, sum_of_all)"),
        "asks for `sum_of_all`", "# BEGIN",
    ),
    "a long cell": (("mean = total / n", LONG), "has 13 lines of code", "x0 = 0"),
    "a figure without words": (
        ("mean = total / n", PLOT + "plt.plot(numbers)"),
        "figure without a description", "import mat",
    ),
    "a figure from a helper": (
        ("mean = total / n", "parity_plot(numbers)"), "figure without a description", "parity",
    ),
    "a heading in a prompt": (
        ("Compute `total`,", "## Sums\n\nCompute `total`,"), "inside a prompt of q1", "## Sums",
    ),
    "a heading in an explanation": (
        ("+++\n\n## What", "## What"), "inside a solution-only cell", "## What",
    ),
    "an unknown term": (
        ("Some numbers", "[a](../../glossary.md#nothing)"), "no entry #nothing", "glossary.md",
    ),
    "a line that the page would leave out": (
        ("Some numbers and", "Some numbers, 5\n% of them odd, and"),
        "In MyST that is a comment",
        "% of",
    ),
    "a mutant of no question": (("## The number", "The number"), "A mutant with heading ''", None),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said", "where"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(tiny, change, said, where):
    if change[1] == "def check_total(total, sum_of_all)":
        edex = tiny(change, ("the sum of all numbers", "the `sum_of_all` numbers"))
    else:
        edex = tiny(change)
    mistakes = lint(edex, EMPTY)
    assert [m for m in mistakes if said in str(m)], list(map(str, mistakes))
    (found,) = [m for m in mistakes if said in str(m)]
    assert isinstance(found, SourceError)
    if where is None:
        assert found.file == str(edex.mutants)
    else:
        assert found.file == str(edex.source)
        assert where.strip() in edex.source.read_text().splitlines()[found.line - 1]


def test_a_good_source_has_none(tiny):
    assert lint(tiny(), EMPTY) == []


def test_all_mistakes_are_told_at_once_in_order(tiny):
    edex = tiny(("mean = total / n", LONG), ("Compute `total`", "## A\n\nCompute `total`"))
    lines = [mistake.line for mistake in lint(edex, EMPTY)]
    assert lines == [line_of(edex, "## A"), line_of(edex, "x0 = 0")]


def test_a_question_that_is_never_asked_is_told(tiny):
    more = (
        CHECKS + "\nquestions.code('q3', title='T', points=1, minutes=1, hints=HINTS, insight='I')"
    )
    (mistake,) = lint(tiny(checks=more + "(lambda total: None)\n"), EMPTY)
    assert "q3 is declared in checks.py and never asked" in str(mistake)


def test_questions_out_of_order_are_told(tiny):
    swapped = LESSON.replace("q1", "q0").replace("q2", "q1").replace("q0", "q2")
    mistakes = lint(tiny(lesson=swapped), EMPTY)
    assert any("come in the order q2, q1" in str(mistake) for mistake in mistakes)


def test_a_question_asked_twice_is_told(tiny):
    again = LESSON[LESSON.index('+++ {"question": "q1"}') : LESSON.index('+++ {"solution"')]
    mistakes = lint(tiny(lesson=LESSON.replace(again, again + again, 1)), EMPTY)
    assert any("Each comes once" in str(mistake) for mistake in mistakes)


def test_an_empty_source_is_told(tiny):
    (mistake,) = lint(tiny(lesson=""), EMPTY)
    assert "does not start with its title" in str(mistake)


class TestLeaks:
    ANSWER = "total = sum(number for number in numbers)"
    CHANGE = ("total = sum(numbers)", ANSWER)

    @pytest.mark.parametrize(
        "shown",
        [
            code_cell(ANSWER),
            code_cell("if True:\n    " + ANSWER),
            f"```python\n{ANSWER}\n```",
            code_cell(ANSWER.replace(" ", "")),
            f"> {ANSWER}",
        ],
        ids=["a cell", "indented", "text", "other spaces", "quotation"],
    )
    def test_a_line_of_the_solution_elsewhere_is_told(self, tiny, shown):
        lesson = LESSON.replace(*self.CHANGE)
        edex = tiny(lesson=f"{lesson}\n+++\n\n{shown}\n")
        (mistake,) = lint(edex, EMPTY)
        assert "also stands in the problem set" in str(mistake)
        assert mistake.line == line_of(edex, self.ANSWER)

    def test_a_line_of_an_explanation_elsewhere_is_told(self, tiny):
        line = "**Why.** This explanation is only in the solution of the lesson."
        (mistake,) = lint(tiny(lesson=f"{LESSON}\n+++\n\n{line}\n"), EMPTY)
        assert "also stands in the problem set" in str(mistake)

    def test_short_lines_may_repeat(self, tiny):
        assert lint(tiny(lesson=f"{LESSON}\n{code_cell('total = sum(numbers)')}\n"), EMPTY) == []

    def test_what_only_the_solution_shows_is_no_leak(self, tiny):
        lesson = (
            LESSON.replace(*self.CHANGE) + "\n" + code_cell(self.ANSWER, "solution: true") + "\n"
        )
        assert lint(tiny(lesson=lesson), EMPTY) == []


class TestStyle:
    def test_remarks_and_blank_lines_do_not_count(self, tiny):
        code = "\n\n# remark\n".join(f"x{n} = {n}" for n in range(12))
        assert lint(tiny(("mean = total / n", code)), EMPTY) == []

    @pytest.mark.parametrize(
        "code", ["numbers.plots = 1", "x = 'plt.plot()'", "%matplotlib inline\nx = 1", "!ls plot()"]
    )
    def test_what_draws_nothing_needs_no_description(self, tiny, code):
        assert lint(tiny(("mean = total / n", code)), EMPTY) == []

    def test_a_described_figure_is_fine(self, tiny):
        change = ("```{code-cell} ipython3\nmean = total / n\n```",
                  code_cell(PLOT + "plt.plot(numbers)", "alt: A line."))  # fmt: skip
        assert lint(tiny(change), EMPTY) == []

    def test_values_of_the_preset_are_names_a_check_may_ask_for(self, tiny):
        edex = tiny(("def check_total(total, numbers):", "def check_total(total, seed, n):"))
        assert lint(edex, EMPTY) == []


def test_checks_that_cannot_be_loaded_are_told(tiny):
    with pytest.raises(InputError, match=r"checks\.py:1 cannot be loaded: SyntaxError"):
        lint(tiny(checks="def (:\n"), EMPTY)


def test_a_percent_sign_in_a_fence_or_inside_a_line_is_text(tiny):
    text = "Some 5 % of\n\n````\n```\n% ls\n```\n%pip\n````\n\nnumbers and"
    assert lint(tiny(("Some numbers and", text)), EMPTY) == []
