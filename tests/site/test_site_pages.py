import nbformat
import pytest

from edex.errors import InputError
from edex.site.decks import deck, slides
from edex.site.pages import page_notebook, to_page_links


def shown(page):
    return [cell.source for cell in page.cells]


class TestPage:
    def test_the_answer_of_a_question_is_in_a_fold_under_its_stub(self, built):
        page = page_notebook(built(), "")
        place = next(i for i, text in enumerate(shown(page)) if "Question 1 · Sum" in text)
        stub, opened, answer, closed = page.cells[place + 1 : place + 5]
        assert 'total = todo("q1")' in stub.source
        assert "sum(numbers)" not in stub.source
        assert opened.source == '<details class="edex-fold"><summary>Solution</summary>'
        assert (answer.cell_type, "sum(numbers)" in answer.source) == ("code", True)
        assert answer.outputs
        assert closed.source == "</details>"

    def test_every_fold_is_closed_before_the_next_opens(self, built):
        depth = 0
        for text in shown(page_notebook(built(), "")):
            depth += text.startswith("<details") - (text == "</details>")
            assert depth in (0, 1)
        assert depth == 0

    def test_exercises_are_folded_under_their_own_heading(self, built):
        page = shown(page_notebook(built(), ""))
        assert '<details class="edex-fold"><summary>Solution ★★</summary>' in page

    def test_slides_and_the_setup_cell_stand_on_no_page(self, built):
        page = "\n".join(shown(page_notebook(built(), "")))
        assert "Slide 3" not in page
        assert "%pip install" not in page

    def test_buttons_and_outline_come_under_the_title(self, built):
        first = shown(page_notebook(built(), "BUTTONS"))[0].splitlines()
        assert first[0] == "# Adding up"
        assert first[2] == "BUTTONS"
        assert "**The question of this week.** How much do all of them weigh?" in first

    def test_a_figure_takes_its_description_with_it(self, built):
        page = page_notebook(built(), "")
        described = [cell for cell in page.cells if "mystnb" in cell.metadata]
        assert [cell.metadata.mystnb.image.alt for cell in described] == [
            "A point in an empty square"
        ]

    def test_the_same_lesson_gives_the_same_page(self, built):
        lesson = built()
        pages = [nbformat.writes(page_notebook(lesson, "")) for _ in range(2)]
        assert pages[0] == pages[1]

    def test_a_solution_of_another_version_is_refused(self, built):
        lesson = built()
        lesson.solved.cells = lesson.solved.cells[:3]
        with pytest.raises(InputError, match="built from another version"):
            page_notebook(lesson, "")


@pytest.mark.parametrize(
    ("written", "on_the_page"),
    [
        ("[fold](../../glossary.md#fold)", "[fold](../glossary.md#fold)"),
        (
            "[EdEx 4](../../edexes/4-melting-temperature/edex.md)",
            "[EdEx 4](../edexes/4-melting-temperature.ipynb)",
        ),
        ("[week 5](../05-unsupervised/lecture.md)", "[week 5](../lectures/05-unsupervised.ipynb)"),
        ("[week 5](lectures/05-unsupervised/lecture.md)", None),
        ("[paper](https://doi.org/10.1/x)", "[paper](https://doi.org/10.1/x)"),
    ],
)
def test_links_between_sources_become_links_between_pages(written, on_the_page):
    expected = on_the_page or "[week 5](../lectures/05-unsupervised.ipynb)"
    assert to_page_links(written) == expected


class TestDeck:
    def test_cells_that_open_a_slide_begin_one(self, built):
        parts = list(slides(built()))
        assert len(parts) == 8
        assert parts[0] == ["<h2>Slide 0</h2>", '<div class="words"><p>Short.</p></div>']

    def test_what_a_cell_shows_waits_for_a_key(self, built):
        code, printed, figure = list(slides(built()))[-1][2:]
        assert "range" in code
        assert printed.startswith('<div class="fragment printed"><pre>ran')
        assert 'alt="A point in an empty square"' in figure

    def test_only_what_a_cell_shows_is_there_if_it_is_a_figure(self, built):
        last = list(slides(built((":slide: same", ":slide: figure"))))[-1]
        assert not any("range" in piece for piece in last)

    def test_a_figure_that_opens_a_slide_does_not_wait(self, built):
        parts = list(slides(built((":slide: same", ":slide: new"))))
        assert parts[-1][1].startswith('<div class="fragment printed">')  # its code is shown first
        assert len(parts) == 9

    def test_mathematics_is_left_to_mathjax_and_links_stay_off_slides(self, built):
        text = "Energy $E < 0$ of a [fold](../../glossary.md#fold)"
        pieces = next(iter(slides(built(("## Slide 0\n\nShort.", text)))))
        assert pieces == [
            '<div class="words"><p>Energy <span class="math inline">\\(E &lt; 0\\)</span> of a fold'
            "</p></div>"
        ]

    def test_it_asks_no_other_machine_for_anything(self, built):
        page = deck(built())
        assert "http" not in page.replace("http-equiv", "")
        assert page.count("<section>") == 10  # title, eight slides, what one can do now
