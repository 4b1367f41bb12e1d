import html.parser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_questions import HINTS, question, two_questions

from edex.checks import Verdict, judge
from edex.checks.feedback import Card, hint_card, progress_card, verdict_card

EVIL = "<script>alert('x')</script><img src=x onerror=\"y\"> & `<i>`"
LOOKS = ["passed", "not yet", "blank", "hint"]


class Tags(html.parser.HTMLParser):
    """Collect the tags of a piece of HTML and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = set(), [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


class TestCard:
    @pytest.mark.parametrize("look", LOOKS)
    def test_each_place_for_text_is_escaped(self, look):
        card = Card(look, EVIL, ((EVIL, EVIL), ("", EVIL)), ((EVIL, EVIL), (EVIL, EVIL)))
        shown = card._repr_html_()
        assert "<script" not in shown
        assert "<img" not in shown
        assert "<i>" not in shown
        tags = Tags(shown)
        assert tags.open == []
        assert tags.tags <= {"div", "b", "code", "table", "thead", "tbody", "tr", "th", "td"}

    @given(st.text(), st.text(), st.text())
    def test_no_text_can_open_a_tag(self, heading, label, line):
        card = Card("hint", heading, ((label, line),), ((label,), (line,)))
        tags = Tags(card._repr_html_())
        assert tags.open == []
        assert tags.tags <= {"div", "b", "code", "table", "thead", "tbody", "tr", "th", "td"}

    @given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
    def test_html_and_text_say_the_same(self, line):
        card = Card("hint", "heading", (("", line.replace("`", "")),))
        assert line.replace("`", "") in Tags(card._repr_html_()).text
        assert "".join(line.replace("`", "").split()) in "".join(repr(card).split())

    def test_code_is_set_as_code(self):
        assert ">x = 1</code>" in Card("hint", "`x = 1`")._repr_html_()

    def test_the_text_form_wraps_and_aligns(self):
        card = Card("hint", "heading", (("Why", "word " * 40),), (("a", "b"), ("long", "c")))
        heading, first, *_, header, row = repr(card).splitlines()
        assert heading == "heading"
        assert first.startswith("  Why: word word")
        assert max(map(len, repr(card).splitlines())) <= 88
        assert (header, row) == ("  a     b", "  long  c")


class TestVerdictCard:
    def test_a_right_answer_gets_one_line_of_insight(self):
        card = verdict_card(question(print), Verdict("q1", "passed", 2, 2))
        assert repr(card) == "✓ q1 · A question · 2 of 2 points\n  An insight."

    def test_one_point_is_singular(self):
        card = verdict_card(question(print, points=1), Verdict("q1", "passed", 1, 1))
        assert card.heading.endswith("1 of 1 point")

    def test_a_blank_answer_is_no_mistake_and_costs_no_hint(self):
        card = verdict_card(question(print), Verdict("q1", "blank", 0, 2, "blank"))
        assert card.look == "blank"
        assert HINTS[0] not in repr(card)
        assert 'hint("q1")' in repr(card)

    @pytest.mark.parametrize("why", ["", "a reason"])
    def test_a_wrong_answer_gets_what_was_seen_and_expected_and_why(self, why):
        verdict = Verdict("q1", "not yet", 0, 2, "celsius", "1 °C", "1 K", why)
        labels = dict(verdict_card(question(print), verdict).lines)
        assert labels["What I saw"] == "1 °C"
        assert labels["What I expected"] == "1 K"
        assert labels.get("Why", "") == why
        assert labels["First hint"] == 'a nudge (More: hint("q1"))'

    def test_the_rubric_comes_when_the_text_is_there_and_not_before(self):
        asked = question(print, kind="written", rubric=("first point", "second point"))
        saved = repr(verdict_card(asked, Verdict("q1", "passed", 2, 2)))
        assert "first point" in saved
        assert "second point" in saved
        missing = verdict_card(asked, Verdict("q1", "not yet", 0, 2, "x", "y", "z"))
        assert "first point" not in repr(missing)

    def test_the_rubric_has_dashes_and_no_stray_colons(self):
        asked = question(print, kind="written", rubric=("first point", "second point"))
        card = verdict_card(asked, Verdict("q1", "passed", 2, 2))
        assert "\n  – first point\n  – second point\n" in repr(card)
        assert "– first point" in Tags(card._repr_html_()).text
        assert "–:" not in repr(card) + card._repr_html_()

    def test_the_first_hint_comes_with_the_first_miss_only(self):
        missed = Verdict("q1", "not yet", 0, 2, "x", "y", "z")
        assert HINTS[0] in repr(verdict_card(question(print), missed))
        again = repr(verdict_card(question(print), missed, with_hint=False))
        assert HINTS[0] not in again
        assert 'hint("q1")' in again

    def test_a_written_answer_is_not_called_right(self):
        asked = question(print, kind="written", rubric=("a point",))
        card = verdict_card(asked, Verdict("q1", "passed", 2, 2))
        assert "saved" in card.heading
        assert "for a reader" in repr(card)

    def test_what_a_student_wrote_is_escaped(self):
        questions = two_questions()
        card = verdict_card(questions["q1"], judge(questions["q1"], {"total": EVIL[:30]}))
        assert "<script" not in card._repr_html_()
        assert "Sum &lt;b&gt;" in card._repr_html_()
        assert "<script>" in repr(card)


class TestHintCard:
    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_it_shows_one_hint_and_how_to_go_on(self, number):
        card = hint_card(question(print), number)
        assert card.heading == f"q1 · hint {number} of 3"
        hint, after = (text for _, text in card.lines)
        assert hint == HINTS[number - 1]
        assert after == ("This was the last hint." if number == 3 else 'The next one: hint("q1")')


class TestProgressCard:
    def test_it_counts_points_and_questions(self):
        verdicts = {"q1": Verdict("q1", "passed", 2, 2), "q2": Verdict("q2", "blank", 0, 1)}
        card = progress_card(two_questions(), verdicts)
        assert card.heading == "2 of 3 points · 1 of 2 questions"
        assert card.rows[1:] == (
            ("q1", "Sum <b>", "✓ passed", "2 / 2"),
            ("q2", "Why", "○ still to do", "0 / 1"),
        )

    def test_before_any_check_it_says_so(self):
        card = progress_card(two_questions(), {})
        assert card.look == "hint"
        assert {row[2] for row in card.rows[1:]} == {"○ not checked yet"}

    def test_when_all_is_done_it_looks_so(self):
        verdicts = {"q1": Verdict("q1", "passed", 2, 2), "q2": Verdict("q2", "passed", 1, 1)}
        assert progress_card(two_questions(), verdicts).look == "passed"
